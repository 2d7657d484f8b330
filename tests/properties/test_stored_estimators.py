"""Copies of estimators of all kinds: the same parameters, predictions and learning."""

import copy
import io
import pickle
from importlib.util import find_spec

import joblib
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from outcomes import assert_same, outcomes
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from strategies import problems
from texts import documents

import sklearn_rnn
from sklearn_rnn import FrameTransformer, SequenceVectorizer, StepwiseTransformer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
EXACT = dict(rtol=0, atol=0)


def through_pickle(model):
    return pickle.loads(pickle.dumps(model))


def through_joblib(model):
    with io.BytesIO() as file:
        joblib.dump(model, file)
        file.seek(0)
        return joblib.load(file)


def through_skops(model):
    import skops.io

    stored = skops.io.dumps(model)
    trusted = skops.io.get_untrusted_types(data=stored)
    return skops.io.loads(stored, trusted=trusted)


WAYS = [through_pickle, through_joblib, copy.deepcopy]
WAYS += [through_skops] * bool(find_spec("skops"))


def everything(model, problem):
    """What the methods of a fitted model give."""
    found = outcomes(model, problem.X, problem.y)
    if hasattr(model, "sample"):
        y = None if problem.y is None else problem.y[0]
        found["sample"] = list(model.sample(3, y=y, random_state=0))
    return found


@given(problems())
def test_copies_predict_and_learn_as_the_original(problem):
    model = problem.fit()
    copies = [way(model) for way in WAYS]
    before, theta = everything(model, problem), model.theta_.copy()
    for again in copies:
        assert type(again) is type(model)
        assert repr(again) == repr(model)
        assert_array_equal(again.theta_, theta)
        assert not np.shares_memory(again.theta_, model.theta_)
        assert_same(everything(again, problem), before, **EXACT)
        again.partial_fit(problem.X, problem.y)
    assert_array_equal(model.theta_, theta)  # the original has not moved
    model.partial_fit(problem.X, problem.y)
    for again in copies:
        assert vars(again).keys() == vars(model).keys()
        assert_array_equal(again.theta_, model.theta_)
        assert again.loss_curve_ == model.loss_curve_


@given(problems())
def test_clones_have_the_parameters_and_nothing_else(problem):
    model = problem.fit()
    again = clone(model)
    assert repr(again) == repr(model)
    assert vars(again).keys() == again.get_params(deep=False).keys()
    with pytest.raises(NotFittedError):
        again.predict(problem.X)
    other = clone(problem.estimator).fit(problem.X, problem.y)
    assert_array_equal(again.fit(problem.X, problem.y).theta_, other.theta_)


@given(problems(), st.randoms(use_true_random=False))
def test_parameters_come_back(problem, random):
    estimator = problem.estimator
    params = estimator.get_params()
    names = list(params)
    random.shuffle(names)
    other = type(estimator)().set_params(**{name: params[name] for name in names})
    assert repr(other) == repr(estimator)
    assert other.get_params().keys() == params.keys()
    for name, value in other.get_params(deep=False).items():
        assert value is params[name]


@given(problems())
def test_the_text_of_an_estimator_makes_it_again(problem):
    names = {name: getattr(sklearn_rnn, name) for name in sklearn_rnn.__all__}
    again = eval(repr(problem.estimator), names)
    assert repr(again) == repr(problem.estimator)
    for name, value in again.get_params().items():
        if not hasattr(value, "get_params"):
            assert value == problem.estimator.get_params()[name]
    theta = clone(problem.estimator).fit(problem.X, problem.y).theta_
    assert_array_equal(again.fit(problem.X, problem.y).theta_, theta)


@given(documents, st.sampled_from(["char", "word"]), st.booleans())
def test_copies_of_vectorizers(X, analyzer, add_sos):
    vectorizer = SequenceVectorizer(analyzer=analyzer, add_sos=add_sos)
    assume(any(map(vectorizer.build_analyzer(), X)))
    steps = vectorizer.fit_transform(X)
    for again in (way(vectorizer) for way in WAYS):
        assert list(again.vocabulary_.items()) == list(vectorizer.vocabulary_.items())
        found = again.transform(X)
        assert_array_equal(found.lengths, steps.lengths)
        assert_array_equal(found.values.toarray(), steps.values.toarray())
        assert again.inverse_transform(steps) == vectorizer.inverse_transform(steps)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("model", [StepwiseTransformer(), FrameTransformer(2)])
def test_copies_of_transformers(way, model):
    X = [[1.0, 2.0, 4.0], [], [0.5]]
    model = clone(model).fit(X)
    assert_array_equal(way(model).transform(X).values, model.transform(X).values)
