"""Sequences as what a generator learns from: at each step, what came before it.

The input of the first step is a feature of its own, the start; that of every other step
is the step before. Conditions are further features, the same at all steps. There is one
step more than the sequence has: after its end, where a token has to predict that
nothing follows, and where a prefix goes on.

    features    n_features of a step | start | n_conditions
"""

import numpy as np
from scipy import sparse

from sklearn_rnn.sequences import place_of


def one_hot_tokens(sequences):
    """The token that each step is, (n_steps,); raise if a step is not one-hot."""
    values = sequences.values
    if sparse.issparse(values):
        tokens, one = values.indices, np.diff(values.indptr) == 1
        one = values.data == 1 if one.all() else one
    else:
        tokens = values.argmax(axis=1)
        one = values[np.arange(len(values)), tokens] == 1
        one &= np.count_nonzero(values, axis=1) == 1
    if not one.all():
        place = place_of(sequences.lengths, int(np.argmin(one)))
        raise ValueError(
            f"X is not one-hot in {place}, as tokens of distribution='categorical' "
            "must be. Lists of tokens, which are strings, need not be."
        )
    return tokens


def is_one_hot(sequences):
    """Whether every step is a token."""
    try:
        one_hot_tokens(sequences)
    except ValueError:
        return False
    return True


def not_binary(sequences):
    """Steps with values other than 0 and 1, as their rows."""
    values = sequences.values
    if sparse.issparse(values):
        odd = (values.data != 0) & (values.data != 1)
        return np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))[odd]
    return np.flatnonzero(((values != 0) & (values != 1)).any(axis=1))


def n_inputs(n_features, n_conditions):
    """Features of an input."""
    return n_features + 1 + n_conditions


def one_hot(tokens, n_features, dtype):
    """CSR with a one for the token of each row, (n_rows, n_features)."""
    n = len(tokens)
    parts = (np.ones(n, dtype), tokens.astype(np.int32), np.arange(n + 1))
    return sparse.csr_array(parts, shape=(n, n_features))


class Following:
    """What follows each input: a step or, after the last one, the end.

    ``following[rows]`` are those of some inputs, made when they are asked for, so that
    memory does not grow with what is read.
    """

    def __init__(self, steps, lengths, end):
        self.steps, self.lengths, self.end = steps, lengths, end
        self.starts = np.cumsum(lengths + 1) - lengths - 1

    def __getitem__(self, rows):
        own = np.searchsorted(self.starts, rows, side="right") - 1
        place = rows - self.starts[own]
        return _taken(self.steps, rows - own, place == self.lengths[own], self.end)


class Inputs:
    """What the network reads: CSR of tokens (n_steps,), else dense rows.

    ``inputs[rows]`` are some of them, see `Following`.
    """

    def __init__(self, steps, lengths, n_features, conditions, dtype):
        with np.errstate(over="ignore"):
            values = conditions.values.astype(dtype, copy=False)
        if not np.isfinite(values).all():
            raise ValueError(f"y has values that are too large for {np.dtype(dtype)}.")
        self.steps, self.n_features, self.dtype = steps, n_features, dtype
        self.conditions = conditions._replace(values=values)
        self.starts = np.cumsum(lengths + 1) - lengths - 1
        n_rows = len(steps) + len(lengths)
        self.shape = n_rows, n_inputs(n_features, conditions.width)

    def __getitem__(self, rows):
        own = np.searchsorted(self.starts, rows, side="right") - 1
        begins, before = rows == self.starts[own], rows - own - 1
        columns = self.n_features + 1 + self.conditions.columns[own]
        values = self.conditions.values[own]
        if self.steps.ndim == 1:
            tokens = _taken(self.steps, before, begins, self.n_features)
            return self._sparse(tokens, columns, values)
        inputs = np.zeros((len(rows), self.shape[1]), self.dtype)
        inputs[:, : self.n_features] = _taken(self.steps, before, begins, 0)
        inputs[begins, self.n_features] = 1.0
        inputs[np.arange(len(rows))[:, None], columns] = values
        return inputs

    def _sparse(self, tokens, columns, of_conditions):
        indices = np.column_stack([tokens, columns]).astype(np.int32)
        values = np.ones(indices.shape, self.dtype)
        values[:, 1:] = of_conditions
        pointers = np.arange(len(indices) + 1) * indices.shape[1]
        if indices.size < 2**31:
            pointers = pointers.astype(np.int32)
        parts = values.ravel(), indices.ravel(), pointers
        return sparse.csr_array(parts, shape=(len(tokens), self.shape[1]))


def _taken(steps, rows, beyond, other):
    """Rows of the steps; the other one where they are beyond these."""
    taken = np.full((len(rows), *steps.shape[1:]), other, steps.dtype)
    taken[~beyond] = steps[rows[~beyond]]
    return taken


def shifted(steps, lengths, start):
    """The steps with the start in front of each sequence."""
    return np.insert(steps, np.cumsum(lengths) - lengths, start, axis=0)


def ended(steps, lengths, end):
    """The steps with the end after each sequence."""
    return np.insert(steps, np.cumsum(lengths), end, axis=0)
