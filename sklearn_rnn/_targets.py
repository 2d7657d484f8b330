"""What a translator writes: text, lists of tokens, lists of numbers, or single values.

Text and lists of tokens that are strings go through a vectorizer. Other tokens are
classes: each different value is one.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import assert_all_finite

from sklearn_rnn._autoregression import one_hot_tokens
from sklearn_rnn._classes import encode
from sklearn_rnn._spacing import learn_spacing, write_spaced
from sklearn_rnn._text import check_documents, has_items, is_listing
from sklearn_rnn._warning import warn_user
from sklearn_rnn.sequences import object_array

WORDS_FOR = {
    "text": "text",
    "tokens": "lists of strings",
    "values": "lists of numbers",
    "scalars": "single values",
}


class Written(NamedTuple):
    """Sequences of tokens by their numbers, one after another."""

    ids: np.ndarray  # (n_tokens,)
    lengths: np.ndarray  # (n_sequences,)


def as_written(parts):
    """Arrays of numbers of tokens as `Written`."""
    return Written(np.concatenate(parts), np.array([len(part) for part in parts]))


# -- what y is -------------------------------------------------------------------------


def list_targets(y, rows=False):
    """Targets as a list. A single column is a list of its values unless ``rows``."""
    if hasattr(y, "columns") or (
        hasattr(y, "__array__") and not hasattr(y, "__iter__")
    ):
        y = np.asarray(y)
    if isinstance(y, (str, bytes)) or not hasattr(y, "__len__"):
        raise TypeError(f"y must be one target for each sequence, got {y!r}.")
    with naming_y():
        check_documents(y)
    for i, target in enumerate(y):
        if issparse(target):
            raise TypeError(f"Target {i} of y is sparse, where tokens are needed.")
    if getattr(y, "shape", ())[1:] == (1,) and not rows:
        warn_user(
            "A column-vector y was passed when a 1d array was expected. Please change "
            "the shape of y to (n_sequences,), for example using ravel().",
            DataConversionWarning,
        )
        y = np.ravel(y)
    return list(y)


@contextmanager
def naming_y():
    """Have errors about documents say that they are those of y."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In y: {error}") from error


def kind_of(targets):
    """Kind of a list of targets, one of `WORDS_FOR`."""
    listings = [target for target in targets if has_items(target)]
    if any(isinstance(target, (str, bytes)) for target in targets):
        if listings:
            raise ValueError(f"y mixes text and lists, such as {listings[0]!r}.")
        return "text"
    if not listings:
        return "scalars"
    first = next((token for one in listings for token in one), None)
    return "tokens" if isinstance(first, (str, bytes)) else "values"


def _is_list_of_tokens(target):
    return is_listing(target) and not any(has_items(token) for token in target)


def known_targets(estimator, y):
    """Targets as a list, which must be of the same kind as in fit."""
    expected = estimator.target_kind_
    targets = list_targets(y, rows=expected in ("tokens", "values"))
    kind = kind_of(targets)
    if kind != expected and targets:
        raise ValueError(
            f"The targets in y are {WORDS_FOR[kind]}, but were {WORDS_FOR[expected]} "
            "in fit."
        )
    return targets


# -- reading ---------------------------------------------------------------------------


def declare_targets(estimator, y, vectorizer):
    """Set what an estimator remembers of its targets: kind, vectorizer, tokens."""
    targets = list_targets(y)
    kind = kind_of(targets)
    estimator.target_kind_ = kind
    estimator.target_vectorizer_ = estimator._spacing = None
    if kind not in ("text", "tokens"):
        estimator.target_tokens_ = np.unique(_flat_values(targets, kind)[0])
        return
    with naming_y():
        estimator.target_vectorizer_ = vectorizer.fit(targets)
    estimator.target_tokens_ = vectorizer.get_feature_names_out()
    if kind == "text" and vectorizer.analyzer != "char":
        estimator._spacing = learn_spacing(targets, vectorizer._tokenizer())


def read_targets(estimator, y):
    """Targets as `Written`; unknown tokens that are strings are the unknown token."""
    targets = known_targets(estimator, y)
    if estimator.target_vectorizer_ is not None:
        with naming_y():
            sequences = estimator.target_vectorizer_.transform(targets)
        written = Written(one_hot_tokens(sequences), sequences.lengths)
    else:
        values, lengths = _flat_values(targets, estimator.target_kind_)
        written = Written(encode(values, estimator.target_tokens_), lengths)
    empty = np.flatnonzero(written.lengths == 0)
    if len(empty):
        raise ValueError(
            f"Target {empty[0]} of y is empty, where at least one token is needed. "
            "Leave such pairs out."
        )
    return written


def _flat_values(targets, kind):
    """Tokens that are no strings, (n_tokens,), and how many each target has."""
    if kind == "scalars":
        targets = [[target] for target in targets]
    for i, target in enumerate(targets):
        if not _is_list_of_tokens(target):
            raise ValueError(
                f"Target {i} of y must be a list of tokens, as others are, got "
                f"{target!r}."
            )
    lengths = np.array([len(target) for target in targets])
    if not lengths.any():
        raise ValueError("All targets of y are empty.")
    with naming_y():
        values = np.array([token for target in targets for token in target])
    if values.ndim != 1:  # such as deques
        first = next(token for target in targets for token in target)
        raise ValueError(f"Tokens in y must be text or integers, got {first!r}.")
    if values.dtype.kind == "f":
        assert_all_finite(values, input_name="y")
    if values.dtype.kind not in "biuf" or (values != np.round(values)).any():
        raise ValueError(
            "Tokens in y must be text, integers or booleans, got such as "
            f"{_odd_one(targets, values)!r}. Quantities are for RNNRegressor."
        )
    return values, lengths


def _odd_one(targets, values):
    """A token that is no whole number; the first one if they are odd only together."""
    for target in targets:
        for token in target:
            if np.asarray(token).dtype.kind not in "biuf" or token != np.round(token):
                return token
    return values[0]


def tokens_of(estimator, y):
    """The tokens of each target as tuples, as they stand there."""
    targets = known_targets(estimator, y)
    if estimator.target_vectorizer_ is not None:
        with naming_y():
            return text_tokens(estimator.target_vectorizer_, targets)
    if not targets:
        return []
    values, lengths = _flat_values(targets, estimator.target_kind_)
    parts = np.split(values, np.cumsum(lengths)[:-1])
    return [tuple(part.tolist()) for part in parts]


def text_tokens(vectorizer, documents):
    """The tokens of each document as tuples: those read, whether known or not."""
    read = vectorizer._read(documents)
    parts = np.split(object_array(read.types)[read.ids], np.cumsum(read.lengths)[:-1])
    return [tuple(part.tolist()) for part in parts]


# -- writing ---------------------------------------------------------------------------


def write_targets(estimator, tokens):
    """Lists of tokens in the form that y had."""
    kind, known = estimator.target_kind_, estimator.target_tokens_
    if kind == "scalars":
        return np.array([own[0] for own in tokens], dtype=known.dtype)
    if kind == "values":
        return object_array(np.array(own, dtype=known.dtype) for own in tokens)
    if kind == "tokens":
        return object_array(list(own) for own in tokens)
    if estimator._spacing is None:
        return object_array("".join(own) for own in tokens)
    return object_array(write_spaced(own, estimator._spacing) for own in tokens)
