"""A prediction depends on its own sequence: not on mates, order, batches, threads."""

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import ROUNDING, assert_same, chosen, outcomes, take
from sklearn.base import clone
from strategies import KINDS, classification, density, fewer, problems, seeds

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    _generation,
)
from sklearn_rnn.core import prediction

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@contextmanager
def small_batches(n_tokens, n_steps):
    """Predict in batches of so few tokens, and read windows of so few steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prediction, "TOKENS_AT_A_TIME", n_tokens)
        patch.setattr(prediction, "STEPS_AT_A_TIME", n_steps)
        patch.setattr(_generation, "PREFIXES_AT_A_TIME", n_tokens)
        yield


@pytest.mark.parametrize("kind", KINDS)
@fewer
@given(st.data())
def test_mates(kind, data):
    problem = data.draw(kind())
    estimator = problem.fit()
    expected = outcomes(estimator, problem.X, problem.y)
    for i in range(len(problem.X)):
        alone = outcomes(estimator, take(problem.X, [i]), take(problem.y, [i]))
        assert_same(alone, chosen(expected, [i]), estimator.theta_.dtype)


@pytest.mark.parametrize("kind", KINDS)
@fewer
@given(st.data())
def test_order_and_repetition(kind, data):
    problem = data.draw(kind())
    estimator = problem.fit()
    numbers = st.integers(0, len(problem.X) - 1)
    index = data.draw(st.lists(numbers, min_size=1, max_size=8))
    found = outcomes(estimator, take(problem.X, index), take(problem.y, index))
    expected = chosen(outcomes(estimator, problem.X, problem.y), index)
    assert_same(found, expected, estimator.theta_.dtype)


@pytest.mark.parametrize("kind", KINDS)
@fewer
@given(st.data(), st.integers(1, 6), st.integers(1, 3), st.sampled_from([1, 2]))
def test_batches_and_threads(kind, data, n_tokens, n_steps, n_jobs):
    problem = data.draw(kind())
    estimator = problem.fit()
    expected = outcomes(estimator, problem.X, problem.y)
    estimator.set_params(batch_size=1, n_jobs=n_jobs)
    with small_batches(n_tokens, n_steps):
        found = outcomes(estimator, problem.X, problem.y)
    assert_same(found, expected, estimator.theta_.dtype)


@given(problems(noise=False))
def test_threads_of_fit(problem):
    one, two = problem.fit(), problem.fit(n_jobs=2)
    tolerance = dict(rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(two.loss_curve_, one.loss_curve_, **tolerance)


@pytest.mark.parametrize(
    "estimator",
    [
        RNNClassifier(),
        RNNRegressor(),
        RNNSequenceTagger(),
        RNNSequenceTagger(crf=True),
        RNNGenerator(),
        RNNGenerator(n_components=2),
        RNNGenerator(distribution="bernoulli"),
        RNNTranslator(),
    ],
    ids=repr,
)
def test_threads_without_steps(estimator):
    """One thread has empty sequences only."""
    X, y = [[0.0, 1.0], [], [1.0], []], [1, 2, 3, 4]
    if isinstance(estimator, RNNSequenceTagger):
        y = [[1, 2], [], [1], []]
    estimator = clone(estimator).set_params(
        hidden_layer_sizes=4, max_iter=1, random_state=0, shuffle=False
    )
    expected = estimator.fit(X, y).loss_curve_
    found = estimator.set_params(n_jobs=2).fit(X, y).loss_curve_
    assert found == pytest.approx(expected)


@given(classification())
def test_last_stage_is_the_prediction(problem):
    classifier = problem.fit()
    *_, last = [None, *classifier.staged_predict_proba(problem.X)]
    if last is not None:
        tolerance = ROUNDING[classifier.theta_.dtype.itemsize]
        expected = classifier.predict_proba(problem.X)
        np.testing.assert_allclose(last, expected, **tolerance)


# -- what is drawn ---------------------------------------------------------------------

# With large weights, numbers that a network without bounds reads back grow for ever.
STABLE = {"activation": "tanh"}


def drawn(generator, X, y, n_samples, seed):
    """What follows sequences, as a list for each of them."""
    if generator.distribution_ == "categorical":
        found = generator.generate(
            X, y=y, n_samples=n_samples, max_new_tokens=4, random_state=seed
        )
        found = list(found)
    else:
        found = generator.forecast(X, 3, n_samples=n_samples, y=y, random_state=seed)
        found = found.reshape(-1, *found.shape[2:])
    return [found[i : i + n_samples] for i in range(0, len(found), n_samples)]


@given(density(), st.integers(1, 3), st.booleans(), seeds, st.sampled_from([1, 2]))
def test_draws_depend_on_their_places(problem, n_samples, knows_y, seed, n_jobs):
    generator = problem.fit(**STABLE)
    y = problem.y if knows_y else None
    many = drawn(generator, problem.X, y, n_samples + 2, seed)
    generator.set_params(n_jobs=n_jobs, batch_size=1)
    n = 1 + len(problem.X) // 2
    with small_batches(3, 2):
        few = drawn(
            generator, take(problem.X, range(n)), take(y, range(n)), n_samples, seed
        )
    expected = {"draws": [own[:n_samples] for own in many[:n]]}
    assert_same({"draws": few}, expected, generator.theta_.dtype)


@given(density(), st.integers(1, 4), st.booleans(), seeds)
def test_samples_depend_on_their_places(problem, n_samples, knows_y, seed):
    generator, y = problem.fit(**STABLE), None
    more = n_samples + 2
    if knows_y and problem.y is not None:
        y = np.resize(problem.y, (more, *problem.y.shape[1:]))
    many = generator.sample(more, y=y, random_state=seed)
    few = generator.sample(n_samples, y=take(y, range(n_samples)), random_state=seed)
    expected = {"samples": list(many)[:n_samples]}
    assert_same({"samples": list(few)}, expected, generator.theta_.dtype)
