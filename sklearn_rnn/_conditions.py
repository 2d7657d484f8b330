"""Conditions of a generator: labels or vectors that its input has at every step."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target

from sklearn_rnn._arrays import as_array, is_missing, naming
from sklearn_rnn._classes import encode, is_label, read_labels


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
        return
    labels = _plain(y if targets is None else targets)
    if targets is not None or _are_labels(labels):
        estimator.classes_ = np.unique(read_labels(labels))
        estimator.n_conditions_ = len(estimator.classes_)
    else:
        estimator.n_conditions_ = _read_vectors(y).shape[1]


def _plain(y):
    """y as an array; objects that are all numbers, or all strings, as such."""
    array = as_array(y, "y")
    if array.dtype.kind in "OU" and array.ndim == 1:
        items = y.tolist() if hasattr(y, "tolist") else list(y)
        for i, item in enumerate(items):
            if is_missing(item):
                raise ValueError(f"y has no label in place {i}, but {item!r}.")
            if not is_label(item):
                raise ValueError(
                    f"y must be labels or numbers, and has {item!r} in place {i}."
                )
        kinds = {isinstance(item, str) for item in items}
        if len(kinds) > 1:
            raise ValueError(
                "y has strings beside numbers, labels must be of one kind."
            )
        array = np.array(items)
    return array


def _are_labels(y):
    """Whether y is one label for each sequence, rather than quantities."""
    if y.ndim != 1 or (y.dtype.kind == "f" and not np.isfinite(y).all()):
        return False
    with np.errstate(invalid="ignore"):  # of floats that are no integers
        return type_of_target(y, input_name="y") in ("binary", "multiclass")


def _read_vectors(y):
    vectors = as_array(y, "y")
    if vectors.dtype.kind not in "biufO":
        raise TypeError(f"y must be labels, or numbers, got {vectors.dtype}.")
    with naming("y"), np.errstate(invalid="ignore"):  # of the sum of infinities
        vectors = check_array(
            vectors, ensure_2d=False, allow_nd=True, input_name="y", dtype=np.float64
        )
    if vectors.ndim == 1:
        vectors = vectors[:, None]
    if vectors.ndim != 2:
        raise ValueError(
            "y must be a label, a number or a vector for each sequence, got an array "
            f"of shape {vectors.shape}."
        )
    return vectors


def read_conditions(estimator, y, n_sequences):
    """Conditions of sequences from y, a row or label for each, or one for all."""
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
    if is_single(estimator, y):
        y = [y] * n_sequences
    shape = as_array(y, "y").shape
    n_given = shape[0] if shape else 0
    if n_given != n_sequences:
        raise ValueError(
            f"y has {n_given} conditions for {n_sequences} sequences: found input "
            "variables with inconsistent numbers of samples."
        )
    if estimator.classes_ is not None:
        columns = encode(read_labels(_plain(y)), estimator.classes_)[:, None]
        return Conditions(columns, np.ones(columns.shape), n)
    values = _read_vectors(y)
    if values.shape[1] != n:
        raise ValueError(
            f"y has {values.shape[1]} features per condition, but "
            f"{type(estimator).__name__} was fitted with {n}."
        )
    return Conditions(np.tile(np.arange(n), (len(values), 1)), values, n)


def is_single(estimator, y):
    """Whether y is one label or one vector, rather than one for each sequence."""
    if y is None:
        return False
    vectors = estimator.classes_ is None and estimator.n_conditions_ > 1
    return as_array(y, "y").ndim == int(vectors)


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
