"""Fitted generators and translators so small that all they can say can be listed."""

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from strategies import architectures, seeds

from sklearn_rnn import RNNGenerator, RNNTranslator, SequenceVectorizer

LETTERS = "abc"
TEXTS = ["ab", "b", "", "cab", "a", "aa"]
# What numbers of the dtype of a model may differ by.
ROUNDING = {4: 2e-4, 8: 1e-9}
dtypes = st.sampled_from([np.float32, np.float64])


def rounding(model):
    """What numbers that a model computes may differ by."""
    return ROUNDING[model.theta_.dtype.itemsize]


@st.composite
def weighed(draw, model):
    """A fitted model with other weights, small or large, none of them zero."""
    scale = draw(st.sampled_from([0.3, 0.7, 1.5]))
    rng = np.random.RandomState(draw(seeds))
    model.theta_[:] = rng.normal(0.0, scale, model.theta_.size)
    return model


class Density(NamedTuple):
    """A fitted generator, and a condition."""

    model: RNNGenerator
    y: Any  # a label, a vector, or None: there is none, or it is not known

    def all_tokens(self, length):
        """All sequences of a length, as numbers of tokens."""
        n_tokens = self.model.n_step_features_
        return np.indices((n_tokens,) * length).reshape(length, n_tokens**length).T

    def written(self, tokens):
        """Sequences of numbers of tokens in the form that the model reads."""
        if self.model.vectorizer_ is None:
            return [np.eye(self.model.n_step_features_)[own] for own in tokens]
        return [self.model.outcomes_[own].tolist() for own in tokens]


def _steps(kind, dtype):
    """What a generator of a kind is fitted to, and its vectorizer."""
    if kind in ("text", "lists"):
        X = TEXTS if kind == "text" else [list(text) for text in TEXTS]
        return X, SequenceVectorizer(analyzer="char", dtype=dtype)
    places = [[LETTERS.index(letter) for letter in text] for text in TEXTS]
    if kind == "one-hot":
        return [np.eye(3, dtype=dtype)[own] for own in places], None
    n_features = 2 if kind == "bernoulli" else 1
    X = [np.array([own] * n_features, dtype).T for own in places]
    return [x.reshape(-1, n_features) % 2 for x in X], None


@st.composite
def densities(draw, *kinds):
    """Generators of some of "text", "lists", "one-hot", "gaussian" and "bernoulli"."""
    kind = draw(st.sampled_from(kinds))
    X, vectorizer = _steps(kind, draw(dtypes))
    conditions = draw(
        st.sampled_from(
            [None, ["x", "y", "x", "x", "y", "x"], np.arange(12.0).reshape(6, 2) / 6]
        )
    )
    model = RNNGenerator(
        vectorizer=vectorizer,
        distribution="auto" if vectorizer else kind.replace("one-hot", "categorical"),
        n_components=draw(st.integers(1, 2)) if kind == "gaussian" else 1,
        max_iter=1,
        random_state=0,
        **draw(architectures(directions=())),
    )
    model = draw(weighed(model.fit(X, conditions)))
    if conditions is None or draw(st.booleans()):
        return Density(model, None)
    return Density(model, conditions[draw(st.integers(0, 5))])


@st.composite
def translators(draw, **params):
    """Translators of texts, or series, into texts or lists of three tokens."""
    reads, writes = draw(st.booleans()), draw(st.sampled_from(["text", "tokens"]))
    dtype, y = draw(dtypes), ["ab", "b", "cab", "aa"]
    X = ["xy", "y", "", "yyx"] if reads else [[1.0, 2], [0.5], [], [2, -1, 1.0]]
    vectorizer = SequenceVectorizer(analyzer="char", dtype=dtype)
    model = RNNTranslator(
        source_vectorizer=vectorizer if reads else None,
        attention=draw(st.sampled_from([None, "general", "additive"])),
        length_penalty=draw(st.sampled_from([0.0, 0.6, 1.0, 3.0])),
        max_iter=1,
        random_state=0,
        **draw(architectures()),
        **params,
    )
    if not reads:
        X = [np.array(x, dtype).reshape(-1, 1) for x in X]
    model.fit(X, y if writes == "text" else [list(text) for text in y])
    return draw(weighed(model)), X
