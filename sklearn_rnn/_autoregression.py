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
        one = (np.count_nonzero(values, axis=1) == 1) & (values.sum(axis=1) == 1)
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


def token_inputs(tokens, lengths, n_features, conditions, dtype):
    """Inputs (n_steps + n_sequences, n_inputs) of one-hot steps, as CSR."""
    step = shifted(tokens, lengths, n_features)
    own, of_conditions = _repeated(conditions, lengths, dtype)
    columns = n_features + 1 + conditions.columns[own]
    indices = np.column_stack([step, columns]).astype(np.int32)
    values = np.ones(indices.shape, dtype)
    values[:, 1:] = of_conditions
    pointers = np.arange(len(indices) + 1) * indices.shape[1]
    if indices.size < 2**31:
        pointers = pointers.astype(np.int32)
    shape = (len(indices), n_inputs(n_features, conditions.width))
    return sparse.csr_array((values.ravel(), indices.ravel(), pointers), shape=shape)


def number_inputs(values, lengths, conditions, dtype):
    """Inputs (n_steps + n_sequences, n_inputs) of dense steps."""
    n_features = values.shape[1]
    own, of_conditions = _repeated(conditions, lengths, dtype)
    inputs = np.zeros((len(own), n_inputs(n_features, conditions.width)), dtype)
    inputs[:, :n_features] = shifted(values, lengths, 0.0)
    inputs[_starts(lengths), n_features] = 1.0
    rows = np.arange(len(own))[:, None]
    inputs[rows, n_features + 1 + conditions.columns[own]] = of_conditions
    return inputs


def _repeated(conditions, lengths, dtype):
    """Which sequence each input belongs to, and the values of its condition."""
    with np.errstate(over="ignore"):
        values = conditions.values.astype(dtype, copy=False)
    if not np.isfinite(values).all():
        raise ValueError(f"y has values that are too large for {np.dtype(dtype)}.")
    own = np.repeat(np.arange(len(lengths)), lengths + 1)
    return own, values[own]


def shifted(steps, lengths, start):
    """The steps with the start in front of each sequence."""
    return np.insert(steps, np.cumsum(lengths) - lengths, start, axis=0)


def ended(steps, lengths, end):
    """The steps with the end after each sequence."""
    return np.insert(steps, np.cumsum(lengths), end, axis=0)


def _starts(lengths):
    return np.cumsum(lengths + 1) - lengths - 1
