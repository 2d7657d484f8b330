"""Memory that does not grow with the length of sequences, or with their number.

What is measured is the largest amount that is allocated at once, beyond what was there
before: `tracemalloc` counts each array of NumPy exactly. Networks are small, so that
what grows would be seen soon.
"""

import tracemalloc
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
)
from sklearn_rnn.core import prediction

N_FEATURES = 2
ONCE = dict(hidden_layer_sizes=8, max_iter=1, random_state=0)
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def small_windows(monkeypatch):
    """What is read at a time is less than usual, so that short data are many."""
    monkeypatch.setattr(prediction, "TOKENS_AT_A_TIME", 256)
    monkeypatch.setattr(prediction, "STEPS_AT_A_TIME", 32)


def series(n, length, dtype=np.float32):
    values = np.random.RandomState(0).normal(size=(n * length, N_FEATURES))
    return Sequences(values.astype(dtype), np.full(n, length))


def texts(n, length):
    return ["".join("abcdefgh"[(i + j) % 8] for j in range(length)) for i in range(n)]


MODELS = {
    "classifier": RNNClassifier(**ONCE),
    "both ways": RNNClassifier(**ONCE, bidirectional=True),
    "attention": RNNClassifier(**ONCE, pooling="attention"),
    "regressor": RNNRegressor(**ONCE),
    "tagger": RNNSequenceTagger(**ONCE),
    "crf": RNNSequenceTagger(**ONCE, crf=True),
    "numbers": RNNGenerator(**ONCE),
    "text": RNNGenerator(**ONCE),
    "labels": RNNGenerator(**ONCE),
    "translator": RNNTranslator(**ONCE, max_length=6),
}


@cache
def fitted(name):
    """A model that learned from next to nothing."""
    X = texts(9, 6) if name in ("text", "labels", "translator") else series(9, 6)
    targets = {
        "tagger": [np.arange(6) % 3] * 9,
        "crf": [np.arange(6) % 3] * 9,
        "numbers": None,
        "text": None,
        "translator": X,
    }
    return MODELS[name].fit(X, targets.get(name, np.arange(9) % 3))


# Model, method, and the bytes that each further step may take, its output included:
# some numbers of bookkeeping, but not the states of a network. Text becomes tokens.
OF_STEPS = [
    ("classifier", "predict", 16),
    ("classifier", "transform", 16),
    ("both ways", "predict_proba", 16),
    ("attention", "predict", 16),
    ("regressor", "predict", 16),
    ("tagger", "predict", 40),
    ("tagger", "predict_proba", 48),
    ("crf", "predict", 60),
    ("numbers", "score_samples", 16),
    ("numbers", "predict", 16),
    ("text", "score_samples", 60),
    ("text", "predict_proba", 60),
    ("labels", "score_samples", 60),
]


def peak(call, *args):
    """Bytes, after a first call that fills caches."""
    call(*args)
    tracemalloc.start()
    call(*args)
    bytes_at_once = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return bytes_at_once


@pytest.mark.parametrize(("name", "method", "most"), OF_STEPS)
def test_long_sequences_are_read_in_windows(name, method, most):
    make = texts if name in ("text", "labels") else series
    call = getattr(fitted(name), method)
    short, long = 600, 1_800
    grown = peak(call, make(1, long)) - peak(call, make(1, short))
    assert grown < most * (long - short) + 4_000


# The same for each further sequence of six steps, whose input has been there before.
OF_SEQUENCES = [
    ("classifier", "predict", 150),
    ("both ways", "transform", 300),
    ("tagger", "predict", 600),
    ("crf", "predict", 600),
    ("numbers", "score_samples", 150),
    ("numbers", "predict", 150),
    ("text", "predict", 400),
    ("text", "predict_proba", 400),
    ("labels", "score_samples", 400),
    ("text", "generate", 1200),
    ("text", "sample", 400),
    ("translator", "predict", 1200),
]


@pytest.mark.parametrize(("name", "method", "most"), OF_SEQUENCES)
def test_many_sequences_are_read_in_batches(name, method, most, monkeypatch):
    monkeypatch.setattr("sklearn_rnn._generation.PREFIXES_AT_A_TIME", 64)
    monkeypatch.setattr("sklearn_rnn._generation.GROUP", 64)
    call, few, many = getattr(fitted(name), method), 300, 900

    def given(n):
        if method == "sample":
            return n
        return texts(n, 6) if name in ("text", "labels", "translator") else series(n, 6)

    grown = peak(call, given(many)) - peak(call, given(few))
    assert grown < most * (many - few) + 4_000


NARROW = {
    "classifier": (RNNClassifier(**ONCE), np.arange(9) % 3),
    "tagger": (RNNSequenceTagger(**ONCE), [np.arange(6) % 3] * 9),
    "generator": (RNNGenerator(**ONCE, distribution="gaussian"), None),
    "translator": (RNNTranslator(**ONCE, max_length=3), ["ab", "c", "ab"] * 3),
}


@pytest.mark.parametrize("dtype", [np.float16, np.int8, bool, np.int64])
@pytest.mark.parametrize("name", NARROW)
def test_numbers_of_other_dtypes_are_converted_a_few_at_a_time(name, dtype):
    model, y = NARROW[name]
    values = np.random.RandomState(0).randint(0, 2, size=(9 * 6, N_FEATURES))
    lengths = np.full(9, 6)
    wide = clone(model).fit(Sequences(values.astype(float), lengths), y)
    model = clone(model).fit(Sequences(values.astype(dtype), lengths), y)
    assert_allclose(model.theta_, wide.theta_, rtol=1e-6, atol=1e-9)
    assert model.theta_.dtype == np.float64
    inputs = [Sequences(values.astype(dtype), lengths)]
    if dtype != np.float16:  # which SciPy does not have
        inputs.append(Sequences(csr_array(values.astype(dtype)), lengths))
    for method in ("predict", "score_samples", "predict_proba"):
        if hasattr(model, method):
            expected = getattr(wide, method)(Sequences(values.astype(float), lengths))
            for X in inputs:
                found = getattr(model, method)(X)
                for own, other in zip(found, expected, strict=True):
                    if np.asarray(own).dtype.kind == "f":
                        assert_allclose(own, other, rtol=1e-6, atol=1e-9)
                    else:
                        assert_array_equal(own, other)


@pytest.mark.parametrize("dtype", [np.float16, np.int8])
@pytest.mark.parametrize("name", ["classifier", "tagger"])
def test_no_wide_copy_is_made(name, dtype):
    """In float64 these bytes are four or eight times as many."""

    def given(n):
        values = np.random.RandomState(0).randint(0, 2, size=(n * 6, 200))
        return Sequences(values.astype(dtype), np.full(n, 6))

    model, y = NARROW[name]
    model = clone(model).fit(given(9), y)
    few, many = given(100), given(300)
    grown = peak(model.predict, many) - peak(model.predict, few)
    assert grown < 0.75 * (many.values.nbytes - few.values.nbytes)


@pytest.mark.parametrize("method", ["predict", "partial_fit"])
def test_what_the_dtype_of_the_model_cannot_hold_is_refused(method):
    classifier = RNNClassifier(**ONCE).fit(series(9, 6), np.arange(9) % 3)
    X = series(9, 6, np.float64)
    assert_array_equal(classifier.predict(X), classifier.predict(series(9, 6)))
    X.values[7, 1] = 1e39
    args = (X,) if method == "predict" else (X, np.arange(9) % 3)
    message = "X as float32 contains infinity in sequence 1, step 1"
    with pytest.raises(ValueError, match=message):
        getattr(classifier, method)(*args)
