"""Sparse matrices of every format, and CSR whose parts contradict each other."""

import numpy as np
from scipy import sparse

FORMATS = ["csr", "csc", "coo", "lil", "dok", "dia", "bsr"]


def dense(rng, shape):
    """A dense array of shape, mostly zeros."""
    drawn = np.random.RandomState(rng.randrange(2**31)).normal(size=shape)
    return np.where(drawn > 0.3, drawn, 0.0)


def of_any_format(rng, table):
    """The table as an array or a matrix."""
    kind = rng.choice(FORMATS) + rng.choice(["_array", "_matrix"])
    return getattr(sparse, kind)(table)


def with_zeros(rng, table):
    """Every element is stored, and most are zero."""
    rows, columns = np.indices(table.shape)
    parts = (table.ravel(), (rows.ravel(), columns.ravel()))
    return sparse.csr_array(sparse.coo_array(parts, shape=table.shape))


def unsorted(rng, table):
    """Columns from right to left."""
    found = sparse.csr_array(table)
    for start, stop in zip(found.indptr[:-1], found.indptr[1:], strict=True):
        found.indices[start:stop] = found.indices[start:stop][::-1].copy()
        found.data[start:stop] = found.data[start:stop][::-1].copy()
    found.has_sorted_indices = False
    return found


def repeated(rng, table):
    """Each element in two halves."""
    found = sparse.csr_array(table)
    parts = (
        np.repeat(found.data / 2, 2),
        np.repeat(found.indices, 2),
        found.indptr * 2,
    )
    return sparse.csr_array(parts, shape=table.shape)


def broken(rng, table):
    """One part is overwritten after SciPy has checked it."""
    found = sparse.csr_array(table)
    part = rng.choice(["indices", "indptr", "data", "shape"])
    if part == "shape":
        found._shape = (table.shape[0] + rng.choice([-1, 1, 5]), table.shape[1])
        return found
    if part == "data":
        found.data = found.data[: len(found.data) // 2]
        return found
    values = getattr(found, part)
    if not len(values):
        return found
    values[rng.randrange(len(values))] = rng.choice(
        [-1, 10**6, 2**31 - 1, table.shape[1], len(found.data) + 1]
    )
    return found


def odd_values(rng, table):
    """Values that are no numbers, or not finite."""
    found = sparse.csr_array(table)
    if rng.random() < 0.5:
        return found.astype(rng.choice([np.complex128, np.int8, bool, np.longdouble]))
    if len(found.data):
        found.data[rng.randrange(len(found.data))] = rng.choice([np.nan, np.inf])
    return found


def empty(rng, table):
    """No rows, no columns, or neither."""
    shape = rng.choice([(0, table.shape[1]), (table.shape[0], 0), (0, 0)])
    return sparse.csr_array(shape)


def of_one_dimension(rng, table):
    """A sparse array that is no table."""
    return sparse.coo_array(table.ravel())


KINDS = {
    "sparse": of_any_format,
    "sparse, zeros stored": with_zeros,
    "sparse, unsorted": unsorted,
    "sparse, repeated": repeated,
    "sparse, broken": broken,
    "sparse, odd values": odd_values,
    "sparse, empty": empty,
    "sparse, one dimension": of_one_dimension,
}
