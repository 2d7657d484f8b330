"""Fits with the same data and random state are the same, and change nothing else."""

import joblib
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from outcomes import assert_same, outcomes
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from strategies import (
    KINDS,
    classification,
    documents,
    fewer,
    letters,
    problems,
    ragged,
    regression,
    tagging,
)

from sklearn_rnn import FrameTransformer, Sequences, StepwiseTransformer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
each_kind = pytest.mark.parametrize("kind", KINDS)
EXACT = dict(rtol=0, atol=0)


def learned(estimator):
    """All that a fit sets, in a form that is equal if it is."""
    return joblib.hash(estimator.__getstate__())


@each_kind
@fewer
@given(st.data(), st.sampled_from([None, 2]), st.booleans())
def test_same_random_state(kind, data, n_jobs, early_stopping):
    problem = data.draw(kind())
    assume(len(problem.X) >= 2)
    given_y = {} if problem.y is None else {"y_val": problem.y}
    one = problem.new(n_jobs=n_jobs, early_stopping=early_stopping)
    one.fit(problem.X, problem.y, X_val=problem.X, **given_y)
    other = clone(one).fit(problem.X, problem.y, X_val=problem.X, **given_y)
    assert learned(other) == learned(one)
    one.fit(problem.X, problem.y, X_val=problem.X, **given_y)
    assert learned(other) == learned(one)
    other.set_params(random_state=np.random.RandomState(one.random_state))
    other.fit(problem.X, problem.y, X_val=problem.X, **given_y)
    assert np.array_equal(other.theta_, one.theta_)


@given(st.data(), problems())
def test_earlier_fits_are_forgotten(data, problem):
    other = data.draw(type_of(problem)())
    used = other.new().fit(other.X, other.y)
    used.set_params(**problem.new().get_params(deep=False))
    used.fit(problem.X, problem.y)
    fresh = problem.new().fit(problem.X, problem.y)
    assert set(vars(used)) == set(vars(fresh))
    assert learned(used) == learned(fresh)
    expected = outcomes(fresh, problem.X, problem.y)
    assert_same(outcomes(used, problem.X, problem.y), expected, **EXACT)


def type_of(problem):
    """The strategy of the kind of a problem."""
    name = type(problem.estimator).__name__
    kinds = "RNNClassifier RNNRegressor RNNSequenceTagger RNNGenerator RNNTranslator"
    return dict(zip(kinds.split(), KINDS, strict=True))[name]


@given(st.data(), problems())
def test_failed_fits_are_forgotten(data, problem):
    fitted = problem.new().fit(problem.X, problem.y)
    before = learned(fitted)
    way = data.draw(st.sampled_from(["fit", "partial_fit"]))
    too_many = [*problem.X, problem.X[0]]
    with pytest.raises((TypeError, ValueError)):
        getattr(fitted, way)(too_many, problem.y, sample_weight=[1.0])
    assert learned(fitted) == before


# -- arguments -------------------------------------------------------------------------


def frozen(items):
    """The same arrays, which nobody may write to."""
    for item in [items, *([] if items is None else items)]:
        for array in (item, *(getattr(item, part, None) for part in PARTS)):
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
    return items


PARTS = ("data", "indices", "indptr")


@each_kind
@fewer
@given(st.data())
def test_arguments_are_left_alone(kind, data):
    problem = data.draw(kind())
    X, y = frozen(problem.X), frozen(problem.y)
    weight = np.ones(len(X))
    weight.flags.writeable = False
    estimator = problem.new()
    params = estimator.get_params()
    arguments = [X, y, weight, params]
    before = joblib.hash(arguments)
    estimator.fit(X, y, sample_weight=weight)
    theta = estimator.theta_.copy()
    outcomes(estimator, X, y)
    if kind is not regression or len(X) > 1:
        estimator.score(X, y, sample_weight=weight)
    assert np.array_equal(estimator.theta_, theta)
    assert joblib.hash(arguments) == before
    assert all(value is params[name] for name, value in estimator.get_params().items())


@given(problems())
def test_read_only_state(problem):
    """A fitted estimator that lies in shared memory predicts."""
    estimator = problem.fit()
    expected = outcomes(estimator, problem.X, problem.y)
    frozen(list(vars(estimator).values()))
    assert_same(outcomes(estimator, problem.X, problem.y), expected, **EXACT)


# -- pipelines -------------------------------------------------------------------------

FROM_STEPS = [classification, regression, tagging]


@pytest.mark.parametrize("kind", FROM_STEPS)
@fewer
@given(st.data())
def test_scaler_in_a_pipeline(kind, data):
    X = ragged(can_be_sparse=False, dtypes=["float64", "float32"], min_steps=1)
    problem = data.draw(kind(X))
    pipeline = make_pipeline(StepwiseTransformer(), problem.new())
    pipeline.fit(problem.X, problem.y)
    scaler = StepwiseTransformer()
    scaled = scaler.fit_transform(problem.X)
    by_hand = problem.new().fit(scaled, problem.y)
    expected = outcomes(by_hand, scaler.transform(problem.X))
    assert np.array_equal(pipeline[-1].theta_, by_hand.theta_)
    found = outcomes(pipeline[-1], pipeline[:-1].transform(problem.X))
    assert_same(found, expected, **EXACT)
    for name in ("predict", "predict_proba"):
        if name in expected:
            same = {name: list(getattr(pipeline, name)(problem.X))}
            assert_same(same, {name: expected[name]}, **EXACT)


@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_frames_in_a_pipeline(data, width, hop, differences):
    problem = data.draw(classification(ragged(can_be_sparse=False, min_steps=1)))
    frames = FrameTransformer(width, hop=hop, differences=differences)
    pipeline = make_pipeline(frames, problem.new()).fit(problem.X, problem.y)
    cut = clone(frames).fit_transform(problem.X)
    by_hand = problem.new().fit(cut, problem.y)
    found = list(pipeline.predict_proba(problem.X))
    assert_same({"p": found}, {"p": list(by_hand.predict_proba(cut))}, **EXACT)


@pytest.mark.parametrize("kind", FROM_STEPS)
@fewer
@given(st.data())
def test_text_in_a_pipeline(kind, data):
    texts = data.draw(documents())
    tokens = letters().fit_transform(texts)
    problem = data.draw(kind(st.just(tokens)))
    pipeline = make_pipeline(letters(), problem.new()).fit(texts, problem.y)
    by_hand = problem.new().fit(tokens, problem.y)
    assert isinstance(tokens, Sequences)
    assert learned(pipeline[-1]) == learned(by_hand)
    expected = {"predict": list(by_hand.predict(tokens))}
    assert_same({"predict": list(pipeline.predict(texts))}, expected, **EXACT)
