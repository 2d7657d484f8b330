"""One list of sequences in all the forms that people may have it in."""

import numpy as np
import pytest
from scipy import sparse
from strategies import object_array

from sklearn_rnn import Sequences

pd = pytest.importorskip("pandas")

BIG = {1: "|", 2: ">", 4: ">", 8: ">"}


def strided(x):
    """A view on every second row and column of a larger array."""
    large = np.repeat(np.repeat(x, 2, axis=0), 2, axis=1)
    return large[::2, ::2]


def turned(x):
    """A view with negative strides."""
    return x[::-1, ::-1].copy()[::-1, ::-1]


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def big_endian(x):
    return x.astype(x.dtype.newbyteorder(BIG[x.dtype.itemsize]))


LAYOUTS = {
    "Fortran order": np.asfortranarray,
    "strided": strided,
    "negative strides": turned,
    "read-only": read_only,
    "big-endian": big_endian,
    "of objects": lambda x: x.astype(object),
}


def dense_forms(X, n_more=1):
    """Name -> container, of a list of dense arrays (length, n_features).

    `n_more` steps of padding stand behind the longest sequence.
    """
    sequences = Sequences.from_list(X)
    padded = sequences.to_padded(n_steps=sequences.shape[1] + n_more)
    forms = {
        "tuple": tuple(X),
        "object array": object_array(X),
        "Sequences": sequences,
        "slice of Sequences": Sequences.from_list([X[0], *X, X[-1]])[1:-1],
        "series of arrays": pd.Series(object_array(X), index=range(len(X), 0, -1)),
        "list of frames": [pd.DataFrame(x) for x in X],
    }
    if n_more:
        forms["padded"] = padded
        forms["padded in Fortran order"] = np.asfortranarray(padded)
        forms["padded, time first"] = padded.swapaxes(0, 1).copy().swapaxes(0, 1)
        forms["padded and read-only"] = read_only(padded)
    if any(len(x) for x in X):  # otherwise no width is known
        forms["nested lists"] = [x.tolist() for x in X]
    if X[0].shape[1] == 1:
        forms["list of 1-D arrays"] = [x[:, 0] for x in X]
    for name, change in LAYOUTS.items():
        forms["list, " + name] = [change(x) for x in X]
        values = change(sequences.values)
        forms["Sequences, " + name] = Sequences(values, sequences.lengths)
    return forms


def flat_forms(X):
    """The same of an array (n_sequences, n_steps) of univariate sequences."""
    forms = {
        "frame": pd.DataFrame(X),
        "frame of columns": pd.concat([pd.Series(x) for x in X.T], axis=1),
        "nested lists": X.tolist(),
        "lists of one": X[:, :, None].tolist(),
        "list of 1-D arrays": list(X),
        "list of columns": list(X[:, :, None]),
        "3-D array": X[:, :, None],
        "Sequences": Sequences(X.reshape(-1, 1), np.full(len(X), X.shape[1])),
    }
    if X.dtype.kind in "if" and X.dtype.itemsize > 2:
        forms["nullable frame"] = forms["frame"].convert_dtypes()
    return forms | {name: change(X) for name, change in LAYOUTS.items()}


# -- sparse ----------------------------------------------------------------------------


def shuffled(x):
    """CSR whose columns within a row are not in order."""
    x = x.copy()
    for start, stop in zip(x.indptr[:-1], x.indptr[1:], strict=True):
        x.indices[start:stop] = x.indices[start:stop][::-1].copy()
        x.data[start:stop] = x.data[start:stop][::-1].copy()
    x.has_sorted_indices = False
    return x


def with_zeros(x):
    """CSR that stores all elements, zeros, too."""
    n, width = x.shape
    indices = np.tile(np.arange(width, dtype=np.int32), n)
    indptr = np.arange(n + 1, dtype=np.int32) * width
    return sparse.csr_array((x.toarray().ravel(), indices, indptr), shape=x.shape)


def in_two_parts(x):
    """CSR each element of which is the sum of two stored ones."""
    parts = (np.repeat(x.data, 2), np.repeat(x.indices, 2), 2 * x.indptr)
    x = sparse.csr_array(parts, shape=x.shape)
    x.data[::2] = 0
    return x


def long_indices(x):
    parts = (x.data, x.indices.astype(np.int64), x.indptr.astype(np.int64))
    return sparse.csr_array(parts, shape=x.shape)


SPARSE = {
    "CSR": lambda x: x,
    "unsorted": shuffled,
    "with zeros": with_zeros,
    "in two parts": in_two_parts,
    "64-bit indices": long_indices,
    "matrix": sparse.csr_matrix,
}
FORMATS = ("csc", "coo", "lil", "dok", "bsr")


def sparse_forms(X):
    """The same of a list of CSR arrays, and as dense ones."""
    sequences = Sequences.from_list(X)
    forms = {"dense": [x.toarray() for x in X], "Sequences": sequences}
    for name, change in SPARSE.items():
        forms["list, " + name] = [change(x) for x in X]
        values = change(sequences.values)
        forms["Sequences, " + name] = Sequences(values, sequences.lengths)
    for name in FORMATS:
        forms["list, " + name] = [x.asformat(name) for x in X]
    return forms
