"""What property tests draw: ragged data, their targets, small estimators of all kinds.

A `Problem` is an estimator that is not fitted yet and what it may be fitted to:
`problems` draws one of any kind, ``classification()`` and so on of one.
"""

from typing import Any, NamedTuple

import numpy as np
from helpers import fitted
from hypothesis import settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
)

DTYPES = ("float64", "float32", "int8", "float16", "bool")
LETTERS = "abc"

seeds = st.integers(0, 2**16)

# For tests that run once for each kind of estimator.
fewer = settings(max_examples=max(1, settings.default.max_examples * 2 // 5))


class Problem(NamedTuple):
    """What an estimator is to learn."""

    estimator: Any
    X: list  # arrays or CSR (length, n_features); or documents
    y: Any  # one target, or condition, for each sequence; None if there are none

    def new(self, **params):
        """A clone with other parameters."""
        return clone(self.estimator).set_params(**params)

    def fit(self, **params):
        """A fitted clone whose weights are large, so that nothing is hidden."""
        return fitted(self.new(**params), self.X, self.y)


# -- data ------------------------------------------------------------------------------


@st.composite
def lengths(draw, min_sequences=1, max_sequences=6, min_steps=0):
    """Lengths of sequences, of which some are empty; together at least `min_steps`."""
    n = draw(st.integers(min_sequences, max_sequences))
    found = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    found[0] += max(0, min_steps - sum(found))
    return found


def steps(rng, n, width, dtype):
    """Random values (n, width), most of which are not zero."""
    if dtype == "bool":
        return rng.random_sample((n, width)) < 0.5
    if dtype == "int8":
        return rng.randint(-2, 3, (n, width)).astype(dtype)
    return rng.normal(size=(n, width)).astype(dtype)


@st.composite
def ragged(draw, dtypes=DTYPES, can_be_sparse=True, max_width=3, **sizes):
    """A list of arrays (length, n_features) of one dtype, or of CSR ones.

    `sizes` are parameters of `lengths`.
    """
    parts = draw(lengths(**sizes))
    width, dtype = draw(st.integers(1, max_width)), draw(st.sampled_from(dtypes))
    rng = np.random.RandomState(draw(seeds))
    X = [steps(rng, n, width, dtype) for n in parts]
    if can_be_sparse and dtype != "float16" and draw(st.booleans()):
        X = [sparse.csr_array(x * (rng.random_sample(x.shape) < 0.6)) for x in X]
    return X


@st.composite
def rectangles(draw, dtypes=DTYPES, max_sequences=6):
    """Univariate sequences of equal length, (n_sequences, n_steps)."""
    shape = draw(st.tuples(st.integers(1, max_sequences), st.integers(1, 4)))
    rng = np.random.RandomState(draw(seeds))
    return steps(rng, *shape, draw(st.sampled_from(dtypes)))


@st.composite
def one_hot(draw, **sizes):
    """A list of arrays whose rows each have a single one, in one of three columns."""
    rng = np.random.RandomState(draw(seeds))
    return [np.eye(3)[rng.randint(3, size=n)] for n in draw(lengths(**sizes))]


@st.composite
def documents(draw, min_sequences=1, max_sequences=6, min_size=0):
    """Texts, or lists of tokens, the first of which is not empty."""
    text = st.text(LETTERS, min_size=min_size, max_size=5)
    first = draw(st.text(LETTERS, min_size=1, max_size=5))
    n = draw(st.integers(min_sequences, max_sequences)) - 1
    found = [first, *draw(st.lists(text, min_size=n, max_size=n))]
    return found if draw(st.booleans()) else [list(one) for one in found]


def letters():
    """A vectorizer that knows all letters, whichever occur."""
    return SequenceVectorizer(analyzer="char", vocabulary=list(LETTERS))


def object_array(items):
    """One-dimensional array of objects, whatever they are."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


# -- parameters ------------------------------------------------------------------------


@st.composite
def architectures(draw, directions=(False, True)):
    """Parameters of the network that all estimators have."""
    rnn_type = draw(st.sampled_from(["gru", "lstm", "rnn"]))
    relu = rnn_type == "rnn" and draw(st.booleans())
    params = {
        "hidden_layer_sizes": draw(st.sampled_from([2, (4,), (3, 2)])),
        "rnn_type": rnn_type,
        "activation": "relu" if relu else "tanh",
        "embedding_dim": draw(st.sampled_from([None, 2])),
    }
    if directions:
        params["bidirectional"] = draw(st.sampled_from(directions))
    return params


@st.composite
def trainings(draw, noise=True):
    """Parameters of a short training; without `noise`, nothing but weights is drawn."""
    params = {
        "solver": draw(st.sampled_from(["adam", "adamw", "rmsprop", "sgd"])),
        "alpha": draw(st.sampled_from([0.0, 0.1])),
        "learning_rate": draw(st.sampled_from(["linear", "cosine", "constant"])),
        "max_grad_norm": draw(st.sampled_from([1.0, None])),
        "max_iter": draw(st.integers(1, 2)),
        # Gradients that are zero but for rounding move nothing.
        "epsilon": 1e-8 if noise else 1e-2,
        "random_state": draw(st.integers(0, 9)),
        "shuffle": False,
    }
    if noise:
        some = st.sampled_from([0.0, 0.3])
        params |= {
            "dropout": draw(some),
            "input_dropout": draw(some),
            "recurrent_dropout": draw(some),
            "batch_size": draw(st.sampled_from(["auto", 2])),
            "shuffle": draw(st.booleans()),
        }
    return params


# -- problems --------------------------------------------------------------------------


@st.composite
def classification(draw, X=None, noise=True):
    """Classes of sequences."""
    X = draw(ragged() if X is None else X)
    rng = np.random.RandomState(draw(seeds))
    names = draw(st.sampled_from([["no", "yes"], [3, 1, 2], [False, True]]))
    estimator = RNNClassifier(
        pooling=draw(st.sampled_from(["last", "mean", "max", "attention"])),
        **draw(architectures()),
        **draw(trainings(noise)),
    )
    return Problem(estimator, X, np.array(names)[rng.randint(len(names), size=len(X))])


@st.composite
def regression(draw, X=None, noise=True):
    """One number for each sequence, or two."""
    X = draw(ragged() if X is None else X)
    rng = np.random.RandomState(draw(seeds))
    estimator = RNNRegressor(
        pooling=draw(st.sampled_from(["last", "mean", "max", "attention"])),
        **draw(architectures()),
        **draw(trainings(noise)),
    )
    y = rng.normal(size=(len(X), 2))
    return Problem(estimator, X, y if draw(st.booleans()) else y[:, 0])


@st.composite
def tagging(draw, X=None, noise=True):
    """A label for each step."""
    X = draw(ragged(min_steps=1) if X is None else X)
    rng = np.random.RandomState(draw(seeds))
    names = np.array(draw(st.sampled_from([["a", "b"], [3, 1, 2]])))
    estimator = RNNSequenceTagger(
        crf=draw(st.booleans()), **draw(architectures()), **draw(trainings(noise))
    )
    y = [names[rng.randint(len(names), size=x.shape[0])] for x in X]
    return Problem(estimator, X, object_array(y))


def _steps_to_generate(kind):
    """Data for a density of a kind."""
    if kind == "text":
        return documents()
    if kind == "one-hot":
        return one_hot(min_steps=1)
    dtypes = ["bool"] if kind == "bernoulli" else DTYPES
    return ragged(dtypes=dtypes, min_steps=1)


@st.composite
def density(draw, X=None, noise=True):
    """Sequences whose steps depend on those before, and perhaps on a condition."""
    kinds = ["text", "one-hot", "gaussian", "bernoulli"]
    kind = draw(st.sampled_from(kinds)) if X is None else "gaussian"
    X = draw(_steps_to_generate(kind) if X is None else X)
    rng = np.random.RandomState(draw(seeds))
    labels, vectors = rng.randint(2, size=len(X)), rng.normal(size=(len(X), 2))
    estimator = RNNGenerator(
        vectorizer=letters() if kind == "text" else None,
        distribution=kind if kind in ("gaussian", "bernoulli") else "auto",
        n_components=draw(st.integers(1, 2)) if kind == "gaussian" else 1,
        bptt_steps=draw(st.sampled_from(["auto", 2])) if noise else None,
        **draw(architectures(directions=())),
        # The scale of a single number falls to zero, and its gradient grows for ever.
        **draw(trainings(noise)) | {"max_grad_norm": 1.0},
    )
    return Problem(estimator, X, draw(st.sampled_from([None, labels, vectors])))


def _targets(kind, n, rng):
    """Targets of a translator, none of them empty."""
    lengths = rng.randint(1, 4, size=n)
    words = ["".join(rng.choice(list(LETTERS), size=m)) for m in lengths]
    if kind == "text":
        return words
    if kind == "tokens":
        return [list(word) for word in words]
    numbers = [np.array([ord(letter) for letter in word]) for word in words]
    return [own[0] for own in numbers] if kind == "scalars" else object_array(numbers)


@st.composite
def translation(draw, X=None, noise=True):
    """A sequence for each sequence."""
    from_text = X is None and draw(st.booleans())
    if X is None:
        X = documents() if from_text else ragged()
    X = draw(X)
    kind = draw(st.sampled_from(["text", "tokens", "values", "scalars"]))
    y = _targets(kind, len(X), np.random.RandomState(draw(seeds)))
    estimator = RNNTranslator(
        attention=draw(st.sampled_from([None, "dot", "general", "additive"])),
        source_vectorizer=letters() if from_text else None,
        target_vectorizer=letters() if kind in ("text", "tokens") else None,
        target_embedding_dim=draw(st.sampled_from([None, 2])),
        beam_size=draw(st.integers(1, 3)),
        length_penalty=draw(st.sampled_from([0.0, 1.0])),
        **draw(architectures()),
        **draw(trainings(noise)),
    )
    return Problem(estimator, X, y)


KINDS = [classification, regression, tagging, density, translation]


def problems(noise=True):
    """Problems of all kinds."""
    return st.one_of(*(kind(noise=noise) for kind in KINDS))
