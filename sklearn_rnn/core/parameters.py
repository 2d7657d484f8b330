"""Names and shapes over one flat vector: all that a network learns is one array."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Parameter(NamedTuple):
    """One learned array: its shape and how it starts."""

    shape: tuple
    start: Callable  # start(random_state, shape) -> array
    decays: bool = True  # whether L2 may act on it; on a vector it never does


def zeros(random_state, shape):
    """Start at zero: biases."""
    return np.zeros(shape)


def normal(scale):
    """Start normally distributed: word vectors."""
    return lambda random_state, shape: random_state.normal(0.0, scale, shape)


def glorot(fan_in, fan_out):
    """Start uniform within sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010)."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return lambda random_state, shape: random_state.uniform(-limit, limit, shape)


def orthogonal(random_state, shape):
    """Start as square orthogonal blocks side by side (Saxe et al., 2014)."""
    n, width = shape
    blocks = []
    for _ in range(width // n):
        q, r = np.linalg.qr(random_state.normal(size=(n, n)))
        blocks.append(q * np.sign(np.diagonal(r)))  # uniform over the orthogonal group
    return np.concatenate(blocks, axis=1)


def flatten(tree, prefix=""):
    """Pairs (dotted name, leaf) of a nested dict, in its order."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


class Layout:
    """Where each parameter of a network lies in the flat vector.

    Tables come first: a table has one row for each feature of the input, and a sparse
    minibatch touches few of them. ``take`` cuts out the compact vector that such a
    minibatch sees, in which a table has only the rows that occur; everything that
    follows (views, gradient, clipping, optimizer) works on it as on the whole.

    Parameters
    ----------
    tree : nested dict of Parameter
    tables : sequence of str
        Dotted names of the tables.
    """

    def __init__(self, tree, tables=()):
        self.tree, self.tables = tree, tuple(tables)
        leaves = dict(flatten(tree))
        self.parameters = dict.fromkeys(self.tables) | leaves  # tables come first
        self.size = sum(self._sizes(None))

    def _shapes(self, n_rows):
        """Name -> shape; tables have ``n_rows`` rows if it is not None."""
        shapes = {name: p.shape for name, p in self.parameters.items()}
        if n_rows is not None:
            shapes |= {name: (n_rows, *shapes[name][1:]) for name in self.tables}
        return shapes

    def _sizes(self, n_rows):
        return [math.prod(shape) for shape in self._shapes(n_rows).values()]

    def named(self, vector, n_rows=None):
        """Views of a flat vector, dotted name -> array; ``n_rows`` if it is compact."""
        views, start = {}, 0
        for name, shape in self._shapes(n_rows).items():
            stop = start + math.prod(shape)
            views[name] = vector[start:stop].reshape(shape)
            start = stop
        return views

    def views(self, vector, n_rows=None):
        """Views of a flat vector, nested as the network's layers are."""
        views = self.named(vector, n_rows)

        def nest(tree, prefix=""):
            return {
                name: nest(value, f"{prefix}{name}.")
                if isinstance(value, dict)
                else views[prefix + name]
                for name, value in tree.items()
            }

        return nest(self.tree)

    def start(self, random_state, dtype):
        """Initial values of all parameters as one vector."""
        if self.size > np.iinfo(np.intp).max // 8:
            raise ValueError(
                f"The network would have {self.size:.3g} parameters: make "
                "hidden_layer_sizes, or embeddings, smaller."
            )
        theta = np.empty(self.size, dtype)
        views = self.named(theta)
        for name, parameter in flatten(self.tree):
            views[name][...] = parameter.start(random_state, parameter.shape)
        return theta

    def decay(self, n_rows=None):
        """Whether each element is subject to L2: matrices are, biases are not."""
        decays = [p.decays and len(p.shape) > 1 for p in self.parameters.values()]
        return np.repeat(decays, self._sizes(n_rows))

    def _parts(self, vectors):
        """The tables as matrices, and the rest, of vectors along the last axis."""
        tables, start = [], 0
        for name in self.tables:
            shape = self.parameters[name].shape
            stop = start + math.prod(shape)
            tables.append(vectors[..., start:stop].reshape(*vectors.shape[:-1], *shape))
            start = stop
        return tables, vectors[..., start:]

    def take(self, vectors, rows):
        """Compact copy of vectors, with the given rows of the tables.

        ``rows=None`` takes all, and is no copy.
        """
        if rows is None:
            return vectors
        tables, rest = self._parts(vectors)
        lead = vectors.shape[:-1]
        touched = [table[..., rows, :].reshape(*lead, -1) for table in tables]
        return np.concatenate([*touched, rest], axis=-1)

    def put(self, vectors, rows, compact):
        """Write back what ``take`` gave."""
        if rows is None:
            return
        tables, rest = self._parts(vectors)
        start = 0
        for table in tables:
            shape = (*table.shape[:-2], len(rows), table.shape[-1])
            stop = start + shape[-2] * shape[-1]
            table[..., rows, :] = compact[..., start:stop].reshape(shape)
            start = stop
        rest[...] = compact[..., start:]
