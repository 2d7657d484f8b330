"""What a translator writes: text, lists of tokens, lists of numbers, or single values.

Text and lists of tokens that are strings go through a vectorizer. Other tokens are
classes: each different value is one.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn._autoregression import one_hot_tokens
from sklearn_rnn._classes import encode, read_labels
from sklearn_rnn._documents import joiner
from sklearn_rnn._step_labels import are_flat, read_step_labels
from sklearn_rnn._text import check_documents, is_listing, read_tokens
from sklearn_rnn.sequences import object_array


class Written(NamedTuple):
    """Sequences of tokens by their numbers, one after another."""

    ids: np.ndarray  # (n_tokens,)
    lengths: np.ndarray  # (n_sequences,)


def as_written(parts):
    """Arrays of numbers of tokens as `Written`."""
    return Written(np.concatenate(parts), np.array([len(part) for part in parts]))


def as_listing(y):
    """Targets that can be gone through more than once."""
    if hasattr(y, "__array__") and not hasattr(y, "__iter__"):
        y = np.asarray(y)
    if isinstance(y, (str, bytes)) or not hasattr(y, "__len__"):
        raise TypeError(f"y must be one target for each sequence, got {y!r}.")
    check_documents(y)
    return y


def kind_of(y):
    """ "text", "tokens", "values" for lists of numbers, or "scalars"."""
    flat = are_flat(y) or getattr(y, "shape", ())[1:] == (1,)
    first = next(iter(y), None)
    if flat:
        return "text" if isinstance(first, (str, bytes)) else "scalars"
    filled = [part for part in y if is_listing(part) and len(part)]
    if filled and isinstance(next(iter(filled[0])), (str, bytes)):
        return "tokens"
    return "values"


def declare_targets(estimator, y, vectorizer):
    """Set what an estimator remembers of its targets: kind, vectorizer, tokens."""
    y = as_listing(y)
    estimator.target_kind_ = kind_of(y)
    estimator.target_vectorizer_ = None
    if estimator.target_kind_ in ("text", "tokens"):
        estimator.target_vectorizer_ = vectorizer.fit(y)
        estimator.target_tokens_ = vectorizer.get_feature_names_out()
    else:
        estimator.target_tokens_ = np.unique(_values(y, estimator.target_kind_)[0])


def read_targets(estimator, y):
    """Targets as `Written`; unknown tokens that are strings are the unknown token."""
    y = _of_known_kind(estimator, y)
    if estimator.target_vectorizer_ is not None:
        sequences = estimator.target_vectorizer_.transform(y)
        written = Written(one_hot_tokens(sequences), sequences.lengths)
    else:
        values, lengths = _values(y, estimator.target_kind_)
        written = Written(encode(values, estimator.target_tokens_), lengths)
    empty = np.flatnonzero(written.lengths == 0)
    if len(empty):
        raise ValueError(
            f"Target {empty[0]} of y is empty, where at least one token is needed. "
            "Leave such pairs out."
        )
    return written


def _of_known_kind(estimator, y):
    """Targets, which must be of the same kind as in fit."""
    y = as_listing(y)
    kind, expected = kind_of(y), estimator.target_kind_
    if kind != expected:
        words = {"text": "text", "tokens": "lists of strings"}
        words |= {"values": "lists of numbers", "scalars": "single values"}
        raise ValueError(
            f"The targets in y are {words[kind]}, but were {words[expected]} in fit."
        )
    return y


def _values(y, kind):
    """Tokens that are no strings, (n_tokens,), and how many each target has."""
    if kind == "scalars":
        values = read_labels(y, warn=True)
        return values, np.ones(len(values), int)
    for i, part in enumerate(y):
        if np.ndim(part) != 1:
            raise ValueError(
                f"Target {i} of y must be a list of tokens, as those before, got "
                f"{part!r}."
            )
    lengths = np.array([len(part) for part in y])
    if not lengths.any():
        raise ValueError("All targets of y are empty: there is nothing to learn.")
    return read_labels(read_step_labels(y, lengths)), lengths


def tokens_of(estimator, y):
    """The tokens of each target as tuples, as they stand there."""
    y = _of_known_kind(estimator, y)
    if estimator.target_vectorizer_ is not None:
        return text_tokens(estimator.target_vectorizer_, y)
    values, lengths = _values(y, estimator.target_kind_)
    parts = np.split(values, np.cumsum(lengths)[:-1])
    return [tuple(part.tolist()) for part in parts]


def text_tokens(vectorizer, documents):
    """The tokens of each document as tuples, whether they are known or not."""
    check_documents(documents)
    read = read_tokens(documents, vectorizer._tokenizer(), list)
    words = object_array(read.types)[read.ids]
    parts = np.split(words, np.cumsum(read.lengths)[:-1])
    return [tuple(part[: vectorizer.max_length].tolist()) for part in parts]


def write_targets(estimator, tokens):
    """Lists of tokens in the form that y had."""
    kind, known = estimator.target_kind_, estimator.target_tokens_
    if kind == "scalars":
        return np.array([own[0] for own in tokens], dtype=known.dtype)
    if kind == "values":
        return object_array(np.array(own, dtype=known.dtype) for own in tokens)
    if kind == "tokens":
        return object_array(list(own) for own in tokens)
    join = joiner(estimator.target_vectorizer_)
    return object_array(join(own) for own in tokens)
