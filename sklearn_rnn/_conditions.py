"""Conditions of a generator: labels or vectors that its input has at every step."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_consistent_length

from sklearn_rnn._classes import encode, read_labels


class Conditions(NamedTuple):
    """Of each sequence the values of m condition features; the others are zero."""

    columns: np.ndarray  # (n_sequences, m)
    values: np.ndarray  # (n_sequences, m)
    width: int  # how many features there are

    def subset(self, index):
        """Those of some sequences."""
        return Conditions(self.columns[index], self.values[index], self.width)


def joined(parts):
    """Conditions of some sequences and then of others."""
    columns, values, width = zip(*parts, strict=True)
    return Conditions(np.concatenate(columns), np.concatenate(values), width[0])


def declare_conditions(estimator, y, targets):
    """Set `classes_`, None unless y has labels, and the number of condition features.

    `targets`, if not None, are all labels that will ever come.
    """
    estimator.classes_ = None
    if y is None and targets is None:
        estimator.n_conditions_ = 0
    elif targets is not None or _has_labels(y):
        estimator.classes_ = np.unique(read_labels(y if targets is None else targets))
        estimator.n_conditions_ = len(estimator.classes_)
    else:
        estimator.n_conditions_ = _read_vectors(y).shape[1]


def _has_labels(y):
    """Whether y is one label for each sequence, rather than quantities."""
    if np.asarray(y).ndim != 1:
        return False
    return type_of_target(y, input_name="y") in ("binary", "multiclass")


def _read_vectors(y):
    vectors = check_array(y, ensure_2d=False, allow_nd=True, input_name="y")
    if vectors.ndim == 1:
        vectors = vectors[:, None]
    if vectors.ndim != 2:
        raise ValueError(
            "y must be a label, a number or a vector for each sequence, got an array "
            f"of shape {vectors.shape}."
        )
    return vectors.astype(np.float64, copy=False)


def read_conditions(estimator, y, n_sequences):
    """Conditions of sequences from y, a row or label for each."""
    n = estimator.n_conditions_
    if y is None:
        if n:
            raise ValueError(
                f"This {type(estimator).__name__} was fitted with conditions, so that "
                "it cannot learn from X without y."
            )
        none = np.zeros((n_sequences, 0))
        return Conditions(none.astype(int), none, 0)
    if not n:
        raise ValueError(
            f"This {type(estimator).__name__} was fitted without y, so that it knows "
            "no conditions: fit it with y, or leave y out."
        )
    if estimator.classes_ is not None:
        columns = encode(read_labels(y), estimator.classes_)[:, None]
        values = np.ones(columns.shape)
    else:
        values = _read_vectors(y)
        if values.shape[1] != n:
            raise ValueError(
                f"y has {values.shape[1]} features per condition, but "
                f"{type(estimator).__name__} was fitted with {n}."
            )
        columns = np.tile(np.arange(n), (len(values), 1))
    if len(values) != n_sequences:
        check_consistent_length(np.empty(n_sequences), values)
    return Conditions(columns, values, n)


def is_single(estimator, y):
    """Whether y is one label or one vector, rather than one for each sequence."""
    if y is None:
        return False
    vectors = estimator.classes_ is None and estimator.n_conditions_ > 1
    return np.asarray(y).ndim == int(vectors)


def alternatives(estimator, y, n_sequences):
    """Pairs (log of the prior, conditions): one if y is known, else all labels.

    Vectors that are not known are their mean in training.
    """
    n = estimator.n_conditions_
    if y is not None or not n:
        return [(0.0, read_conditions(estimator, y, n_sequences))]
    mean = estimator.condition_mean_
    if estimator.classes_ is None:
        columns = np.tile(np.arange(n), (n_sequences, 1))
        values = np.tile(mean, (n_sequences, 1))
        return [(0.0, Conditions(columns, values, n))]
    one = np.ones((n_sequences, 1))
    with np.errstate(divide="ignore"):  # a label without weight is impossible
        log_prior = np.log(mean)
    return [
        (log_prior[label], Conditions(np.full((n_sequences, 1), label), one, n))
        for label in np.flatnonzero(mean > 0)
    ]
