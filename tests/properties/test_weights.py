"""Weights are repetitions, in full batches of float64 where nothing is drawn."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from outcomes import assert_same, outcomes, take
from sklearn.utils.class_weight import compute_class_weight
from strategies import (
    KINDS,
    classification,
    density,
    fewer,
    object_array,
    regression,
    seeds,
    tagging,
)

from sklearn_rnn import RNNClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_kind = pytest.mark.parametrize("kind", KINDS)
TRAINED = dict(rtol=1e-6, atol=1e-8)


def in_float64(problem):
    """The same problem in the precision in which sums agree in any order."""
    if not isinstance(problem.X[0], (str, list)):
        return problem._replace(X=[x.astype(np.float64) for x in problem.X])
    params = {
        name: value.set_params(dtype=np.float64)
        for name, value in problem.estimator.get_params(deep=False).items()
        if name.endswith("vectorizer") and value is not None
    }
    return problem._replace(estimator=problem.new(**params))


def said(problem, estimator):
    """All that an estimator has learned, and says."""
    found = outcomes(estimator, problem.X, problem.y)
    curves = [estimator.loss_curve_, estimator.validation_loss_curve_]
    curves += [estimator.validation_scores_]
    return {
        "theta": [estimator.theta_],
        "curves": [np.array(c) for c in curves],
        **found,
    }


def fitted(problem, X, y, weight=None, **params):
    """The same after a fit."""
    estimator = problem.new(**params).fit(X, y, sample_weight=weight)
    return said(problem, estimator)


def repeated(problem, weight):
    """X and y in which sequences occur as often as their weights say."""
    index = np.repeat(np.arange(len(weight)), weight)
    return take(problem.X, index), take(problem.y, index)


@st.composite
def weighed(draw, kind, least=1, smallest=1):
    """A problem and integer weights of its sequences, of which there are some."""
    problem = in_float64(draw(kind(noise=False)))
    n = len(problem.X)
    assume(n >= least)
    whole = st.integers(smallest, 3)
    return problem, np.array(draw(st.lists(whole, min_size=n, max_size=n)))


@each_kind
@fewer
@given(st.data())
def test_repetitions(kind, data):
    problem, weight = data.draw(weighed(kind))
    expected = fitted(problem, *repeated(problem, weight))
    assert_same(fitted(problem, problem.X, problem.y, weight), expected, **TRAINED)


@each_kind
@fewer
@given(st.data())
def test_repetitions_in_partial_fit(kind, data):
    problem, weight = data.draw(weighed(kind))
    one, other = problem.new(), problem.new()
    first = {}
    if isinstance(one, RNNClassifier):
        first["classes"] = np.unique(problem.y)
    for _ in range(2):
        one.partial_fit(problem.X, problem.y, sample_weight=weight, **first)
        other.partial_fit(*repeated(problem, weight), **first)
    assert_same(said(problem, one), said(problem, other), **TRAINED)


@each_kind
@fewer
@given(st.data())
def test_repetitions_of_what_is_held_out(kind, data):
    problem, weight = data.draw(weighed(kind, least=2))
    if problem.y is None:
        X_val, y_val, given_y = *repeated(problem, weight), {}
    else:
        X_val, y_val = repeated(problem, weight)
        given_y = {"y_val": problem.y}
    weighted, other = problem.new(), problem.new()
    held_out = dict(X_val=problem.X, sample_weight_val=weight, **given_y)
    weighted.fit(problem.X, problem.y, **held_out)
    other.fit(problem.X, problem.y, X_val=X_val, y_val=y_val)
    assert_same(said(problem, weighted), said(problem, other), **TRAINED)


@each_kind
@fewer
@given(st.data())
def test_repetitions_in_score(kind, data):
    problem, weight = data.draw(weighed(kind, least=2, smallest=0))
    assume((weight > 0).sum() >= 2)
    X, y = repeated(problem, weight)
    if kind is tagging:
        assume(any(x.shape[0] for x in X))
    estimator = problem.fit()
    found = estimator.score(problem.X, problem.y, sample_weight=weight)
    assert found == pytest.approx(estimator.score(X, y))


@st.composite
def with_more(draw, kind):
    """A problem, and X, y, weights in which more sequences have no weight.

    They have nothing new to say of labels, features or lengths.
    """
    problem = in_float64(draw(kind(noise=False)))
    n = len(problem.X)
    rows = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4))
    X = [*problem.X, *(problem.X[i][::-1] for i in rows)]
    others = rows if kind is tagging else [(i + 1) % n for i in rows]
    index = [*range(n), *others]
    weight = np.repeat([1.0, 0.0], [n, len(rows)])
    order = np.random.RandomState(draw(seeds)).permutation(len(X))
    return problem, take(X, order), take(take(problem.y, index), order), weight[order]


@each_kind
@fewer
@given(st.data())
def test_no_weight_is_removal(kind, data):
    problem, X, y, weight = data.draw(with_more(kind))
    expected = fitted(problem, problem.X, problem.y)
    assert_same(fitted(problem, X, y, weight), expected, **TRAINED)


@given(with_more(density), st.integers(1, 3), st.integers(1, 3))
def test_no_weight_is_removal_from_streams(drawn, bptt_steps, batch_size):
    problem, X, y, weight = drawn
    order = [i for i in range(len(X)) if weight[i]]
    params = dict(bptt_steps=bptt_steps, batch_size=batch_size)
    expected = fitted(problem, take(X, order), take(y, order), **params)
    assert_same(fitted(problem, X, y, weight, **params), expected, **TRAINED)


@each_kind
@fewer
@given(st.data(), st.sampled_from([0.25, 3.0, 1e-4, 1e4]))
def test_scale(kind, data, scale):
    """Only of the penalty, which weights are weighed against, is the scale one."""
    problem, weight = data.draw(weighed(kind))
    some = fitted(problem, problem.X, problem.y, weight, alpha=0.0)
    others = fitted(problem, problem.X, problem.y, weight * scale, alpha=0.0)
    assert_same(others, some, **TRAINED)


@each_kind
@fewer
@given(st.data())
def test_order(kind, data):
    problem = in_float64(data.draw(kind(noise=False)))
    order = np.random.RandomState(data.draw(seeds)).permutation(len(problem.X))
    expected = fitted(problem, problem.X, problem.y)
    found = fitted(problem, take(problem.X, order), take(problem.y, order))
    assert_same(found, expected, **TRAINED)


# -- classes ---------------------------------------------------------------------------


def constant_labels(problem):
    """Each sequence has one label throughout."""
    y = [np.full_like(own, own[0]) if len(own) else own for own in problem.y]
    firsts = [own[0] if len(own) else None for own in problem.y]
    return problem._replace(y=object_array(y)), firsts


@pytest.mark.parametrize("kind", [classification, tagging])
@fewer
@given(st.data())
def test_weights_of_classes(kind, data):
    problem, weight = data.draw(weighed(kind))
    labels = problem.y
    if kind is tagging:
        problem, labels = constant_labels(problem)
    factors = {"no": 2.0, 1: 0.5, False: 3.0, "a": 2.0}
    own = weight * [factors.get(label, 1.0) for label in labels]
    known = {label: f for label, f in factors.items() if label in set(labels)}
    expected = fitted(problem, problem.X, problem.y, own)
    found = fitted(problem, problem.X, problem.y, weight, class_weight=known)
    assert_same(found, expected, **TRAINED)


@pytest.mark.parametrize("kind", [classification, tagging])
@fewer
@given(st.data())
def test_balanced_classes(kind, data):
    problem = in_float64(data.draw(kind(noise=False)))
    labels = np.concatenate(problem.y) if kind is tagging else problem.y
    classes = np.unique(labels)
    balanced = compute_class_weight("balanced", classes=classes, y=labels)
    weights = dict(zip(classes.tolist(), balanced.tolist(), strict=True))
    expected = fitted(problem, problem.X, problem.y, class_weight=weights)
    found = fitted(problem, problem.X, problem.y, class_weight="balanced")
    assert_same(found, expected, **TRAINED)


@pytest.mark.parametrize("kind", [classification, tagging])
@fewer
@given(st.data())
def test_repetitions_of_balanced_classes(kind, data):
    problem, weight = data.draw(weighed(kind))
    X, y = repeated(problem, weight)
    expected = fitted(problem, X, y, class_weight="balanced")
    found = fitted(problem, problem.X, problem.y, weight, class_weight="balanced")
    assert_same(found, expected, **TRAINED)


@given(regression(noise=False))
def test_weights_of_one(problem):
    """Those that are not given."""
    estimator = problem.new().fit(problem.X, problem.y)
    theta = estimator.theta_
    ones = np.ones(len(problem.X))
    estimator.fit(problem.X, problem.y, sample_weight=ones)
    assert np.array_equal(estimator.theta_, theta)
