"""Labels of steps: from what people have to one array, and back."""

from numbers import Number

import numpy as np
from sklearn.utils.validation import check_consistent_length

from sklearn_rnn._arrays import as_array, naming
from sklearn_rnn.sequences import Sequences
from sklearn_rnn.validation import (
    check_width,
    numeric,
    read_layout,
    record_layout,
    validate_names,
)


def are_flat(y):
    """Whether labels are one-dimensional: one for each row of a table."""
    y = y if isinstance(y, (list, tuple)) else as_array(y, "y")
    if getattr(y, "ndim", 1) != 1:
        return False
    first = next(iter(y), None)
    return not isinstance(first, (list, tuple)) and np.ndim(first) == 0


def read_rows(estimator, X, *, reset):
    """A table whose rows are steps, each a sequence of its own; None if X is none."""
    sequences, shape = read_layout(X, estimator_name=type(estimator).__name__)
    if shape is None or len(shape) != 2:
        return None
    rows = Sequences(sequences.values.reshape(shape), np.ones(shape[0], int))
    rows = numeric(rows, "X", keep=True)
    if reset:
        record_layout(estimator, X, rows, None)
    else:
        validate_names(estimator, X)
        check_width(estimator, shape[1], estimator.n_step_features_, "features")
    return rows


def check_flat(y):
    """Raise unless labels, if there are any, are one for each row of a table."""
    if y is not None and not are_flat(y):
        raise ValueError(
            "X is a table whose rows are steps, as in fit, so y must be one-"
            "dimensional: one label for each row."
        )


def read_step_labels(y, lengths):
    """Labels of all steps (n_steps,), of sequences with the lengths of those in X."""
    if not np.iterable(y) and not hasattr(y, "__array__"):
        raise TypeError(f"y must be the labels of each sequence, got {y!r}.")
    if are_flat(y):
        if (lengths != 1).any():
            first = as_array(next(iter(y), None), "y").tolist()
            raise ValueError(
                "y must hold the labels of each sequence, such as a list of lists, but "
                f"begins with {first!r}. One label for each row is for a table X whose "
                "rows are steps; labels_from_frame reads tables of several sequences."
            )
        check_consistent_length(lengths, y)
        return _one_kind(y, "row {}")
    check_consistent_length(lengths, y)
    padded = getattr(y, "ndim", 1) == 2
    y = y.to_numpy() if hasattr(y, "to_numpy") else y
    parts = []
    for index, (part, length) in enumerate(zip(y, lengths.tolist(), strict=True)):
        part = _labels_of(part[:length] if padded else part, index)
        if len(part) != length:
            hint = " A table X takes a one-dimensional y." * (padded and len(part) == 1)
            raise ValueError(
                f"Sequence {index} has {length} steps in X, but {len(part)} labels in "
                f"y.{hint}"
            )
        parts.append(part)
    return _joined(parts)


def _labels_of(part, index):
    """Labels of one sequence as an array."""
    if isinstance(part, (str, bytes)):
        raise ValueError(
            f"Labels of sequence {index} must be a list with one for each step, got "
            f"the text {part!r}."
        )
    labels = as_array(part, f"y, sequence {index}")
    if labels.ndim != 1:
        raise ValueError(
            f"Labels of sequence {index} must be one-dimensional, got shape "
            f"{labels.shape}."
        )
    return _one_kind(part, f"sequence {index}, step {{}}")


def _one_kind(labels, where):
    """Labels as an array; raise if only some are text, or if one is no label.

    An array of text that was made from a list hides what was a number there.
    """
    array = as_array(labels, "y")
    if array.dtype.kind != "O" and not isinstance(labels, (list, tuple)):
        return array
    listed = labels if isinstance(labels, (list, tuple)) else array.tolist()
    is_text = [isinstance(label, str) for label in listed]
    if any(is_text) and not all(is_text):
        odd = is_text.index(not is_text[0])
        raise ValueError(
            f"Labels must be all text or all numbers: y has {listed[odd]} in "
            f"{where.format(odd)}, and {listed[0]} before."
        )
    if array.dtype.kind != "O" or any(is_text):
        return array
    with naming("y"):
        array = np.array(listed)  # numbers may have stood beside padding
    if array.dtype.kind == "O":
        numbers = [isinstance(label, (Number, np.bool_)) for label in listed]
        odd = int(np.argmin(numbers))
        raise ValueError(
            f"Labels must be text or numbers: y has {listed[odd]!r} in "
            f"{where.format(odd)}."
        )
    return array


def _joined(parts):
    """One array of all labels, which must be of one kind."""
    parts = [part for part in parts if len(part)]
    if not parts:
        raise ValueError("X and y have no steps: there is nothing to learn from.")
    if len({isinstance(part[0], str) for part in parts}) > 1:
        raise ValueError("y mixes labels that are text and labels that are numbers.")
    with naming("y"):
        return np.concatenate(parts)
