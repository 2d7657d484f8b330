"""Probabilities of classifiers and taggers are probabilities."""

import numpy as np
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal
from strategies import classification, tagging

from sklearn_rnn import check_sequences

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
