"""Probabilities of classifiers and taggers are probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from small_models import weighed
from strategies import architectures, classification, seeds, tagging

from sklearn_rnn import RNNSequenceTagger, check_sequences
from sklearn_rnn.metrics import extract_entities, mark_entities

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ROUNDING = {4: 1e-5, 8: 1e-12}


def rounding(model):
    """What numbers of the dtype of a model may differ by."""
    return ROUNDING[model.theta_.dtype.itemsize]


def assert_probabilities(p, model):
    """No row has less than nothing, and each of them has one altogether."""
    assert p.dtype == model.theta_.dtype
    assert p.shape[1:] == (len(model.classes_),)
    assert (p >= 0).all()
    assert_allclose(p.sum(axis=1), 1, atol=rounding(model))


@given(classification())
def test_classes(problem):
    model = problem.fit()
    p = model.predict_proba(problem.X)
    assert_probabilities(p, model)
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    atol = 20 * rounding(model)
    assert_allclose(model.predict_log_proba(problem.X), log_p, atol=atol, rtol=1e-4)
    assert_array_equal(model.predict(problem.X), model.classes_[p.argmax(axis=1)])
    right = model.predict(problem.X) == problem.y
    assert model.score(problem.X, problem.y) == pytest.approx(right.mean())


@given(classification())
def test_classes_after_each_step(problem):
    """Sequences that have ended keep what they ended with."""
    model = problem.fit()
    lengths = check_sequences(problem.X).lengths
    stages = list(model.staged_predict_proba(problem.X))
    assert len(stages) == lengths.max()
    for step, p in enumerate(stages):
        assert_probabilities(p, model)
        ended = lengths <= step + 1
        assert_allclose(
            p[ended],
            model.predict_proba(problem.X)[ended],
            atol=10 * rounding(model),
        )


@given(tagging())
def test_labels_of_steps(problem):
    model = problem.fit()
    lengths = check_sequences(problem.X).lengths
    found = model.predict_proba(problem.X)
    labels = model.predict(problem.X)
    for p, own, length in zip(found, labels, lengths, strict=True):
        assert len(p) == len(own) == length
        assert_probabilities(p, model)
        if not model.crf:
            assert_array_equal(own, model.classes_[p.argmax(axis=1)])
    right = np.concatenate(labels) == np.concatenate([*problem.y])
    assert model.score(problem.X, problem.y) == pytest.approx(right.mean())


ENTITIES = [("X", 0, 3), ("X", 3, 4), ("Y", 4, 7), ("X", 8, 10), ("X", 10, 12)]

# Prefixes that no sequence begins with, and that none ends with.
NEVER = {"IOB1": ("B", ""), "IOB2": ("I", ""), "BIOES": ("IE", "BI")}


@st.composite
def taggers_of_entities(draw):
    """A fitted tagger that knows all labels of a scheme, of two types."""
    scheme = draw(st.sampled_from(["IOB1", "IOB2", "BIOES"]))
    y = [mark_entities(ENTITIES, 13, scheme), mark_entities([("Y", 0, 1)], 2, scheme)]
    X = [np.linspace(-1, 1, len(own)) for own in y]
    options = dict(crf=True, scheme=scheme, max_iter=1, random_state=0)
    tagger = RNNSequenceTagger(**options, **draw(architectures()))
    return draw(weighed(tagger.fit(X, y)))


@given(taggers_of_entities(), st.lists(st.integers(0, 6), min_size=1), seeds)
def test_labels_that_a_scheme_forbids_never_come(model, lengths, seed):
    """Neither behind each other nor at an end."""
    rng = np.random.RandomState(seed)
    X = [rng.normal(size=(n, 1)) for n in lengths]
    first, last = NEVER[model.scheme]
    for own, p in zip(model.predict(X), model.predict_proba(X), strict=True):
        found = extract_entities(own, model.scheme)
        assert mark_entities(found, len(own), model.scheme) == own.tolist()
        assert_probabilities(p, model)
        if not len(own):
            continue
        for label, at_start, at_end in zip(model.classes_, p[0], p[-1], strict=True):
            assert at_start == 0 or label[0] not in first
            assert at_end == 0 or label[0] not in last
