"""Ctrl-C at any call of a fit leaves what was there, or whole epochs.

As many calls as there are take minutes: EVERY_CALL=1 pytest tests/faults
"""

import os

import pytest
from breaking import (
    TASKS,
    Interrupts,
    X,
    assert_same,
    each_place,
    fitted_state,
    quietly,
    results,
    task,
)
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import FrameTransformer, SequenceVectorizer, StepwiseTransformer

# Python itself loses a Ctrl-C that comes while it collects garbage.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
EVERY_CALL = "EVERY_CALL" in os.environ
STRIDE = 1 if EVERY_CALL else 9


def interrupted_calls(method, *args):
    """Numbers of the calls to interrupt, of those that a method makes."""
    with Interrupts() as calls:
        quietly(method, *args)
    if EVERY_CALL:
        return range(len(calls.places))
    return each_place(calls.places)


def interrupt(n, method, *args):
    """Whether a method ended by Ctrl-C in its n-th call, rather than as usual."""
    try:
        with Interrupts(n):
            quietly(method, *args)
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.parametrize("name", TASKS)
def test_a_fit_is_that_of_whole_epochs(name):
    """The same, bit for bit, as if it had been planned to end there."""
    new, X, y = task(name)
    whole = {}
    for n_epochs in (1, 2):
        estimator = clone(new).set_params(max_iter=n_epochs)
        whole[n_epochs] = fitted_state(quietly(estimator.fit, X, y))
    ends = set()
    calls = interrupted_calls(clone(new).fit, X, y)
    for n in calls if name == "classifier" else calls[::STRIDE]:
        estimator = clone(new)
        interrupted = interrupt(n, estimator.fit, X, y)
        state = fitted_state(estimator)
        n_epochs = state.get("n_iter_", 0)
        ends.add((interrupted, n_epochs))
        if n_epochs:
            assert_same(state, whole[n_epochs])
        else:
            assert interrupted
            assert not state
    # Ctrl-C is an error before the first epoch and after the fit, only.
    assert ends >= {(True, 0), (False, 1)}
    assert ends <= {(True, 0), (False, 1), (False, 2), (True, 2)}
    assert_same(fitted_state(quietly(estimator.fit, X, y)), whole[2])


@pytest.mark.parametrize("name", ["classifier", "tagger"])
def test_best_weights_are_those_of_the_epochs_that_count(name):
    """Under early stopping, scores and weights are of the same epochs."""
    estimator, X, y = task(name)
    part = X[:4], y[:4]

    def fit():
        return estimator.fit(X, y, X_val=part[0], y_val=part[1])

    def new():
        return task(name, early_stopping=True)[0]

    estimator = new()
    for n in interrupted_calls(fit)[::STRIDE]:
        estimator = new()
        interrupt(n, fit)
        if not fitted_state(estimator):
            continue
        assert len(estimator.validation_loss_curve_) == estimator.n_iter_
        best = estimator.best_validation_score_
        assert best == max(estimator.validation_scores_)
        assert estimator.score(*part) == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("name", ["classifier", "tagger with crf", "translator"])
def test_going_on(name, method):
    """A fit that goes on, or one more epoch: all of it or nothing."""

    def fitted():
        estimator, X, y = task(name, warm_start=True)
        return quietly(estimator.fit, X, y)

    def go_on():
        return getattr(estimator, method)(X, y)

    _, X, y = task(name)
    estimator, ends = fitted(), set()
    before = fitted_state(estimator)
    n_before = before["n_iter_"]
    calls = interrupted_calls(go_on)
    whole = fitted_state(estimator)
    for n in calls[::STRIDE]:
        estimator = fitted()
        interrupted = interrupt(n, go_on)
        state = fitted_state(estimator)
        n_new = len(state["loss_curve_"]) - n_before
        ends.add((interrupted, n_new))
        if n_new == 0:
            assert_same(state, before)
        elif len(state["loss_curve_"]) == len(whole["loss_curve_"]):
            assert_same(state, whole)
    assert (True, 0) in ends
    assert method == "partial_fit" or (False, 1) in ends
    assert (False, 0) not in ends


TRANSFORMERS = {
    "vectorizer": (SequenceVectorizer(), ["a b", "b c d"], ["b e"]),
    "steps": (StepwiseTransformer(StandardScaler()), X, [[3, 4], [5, 6, 7]]),
    "frames": (FrameTransformer(2), X, X),
}


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers(name, method):
    """They are fitted, or not; and know new data, or none of them."""
    transformer, X, more = TRANSFORMERS[name]
    if not hasattr(transformer, method):
        pytest.skip("it has no such method")
    transformer = clone(transformer)

    def fit():
        return getattr(transformer, method)(X)

    def fit_more():
        return getattr(transformer, method)(more)

    whole = fitted_state(clone(transformer).fit(X))
    for n in interrupted_calls(fit):
        transformer = clone(transformer)
        interrupted = interrupt(n, fit)
        assert interrupted or fitted_state(transformer)
        if fitted_state(transformer):
            assert_same(fitted_state(transformer), whole)
    transformer = clone(transformer).fit(X)
    before = [x.tolist() for x in whole_results(transformer, X)]
    calls = interrupted_calls(fit_more)
    after = [x.tolist() for x in whole_results(transformer, X)]
    for n in calls:
        transformer = clone(transformer).fit(X)
        if interrupt(n, fit_more):
            assert [x.tolist() for x in whole_results(transformer, X)] in (
                before,
                after,
            )


def whole_results(transformer, X):
    """What becomes of X."""
    return [
        x.toarray() if hasattr(x, "toarray") else x for x in transformer.transform(X)
    ]


@pytest.mark.parametrize("name", TASKS)
def test_predictions(name):
    """They change nothing, whether they end or not."""
    estimator, X, y = task(name)
    quietly(estimator.fit, X, y)
    before, expected = dict(vars(estimator)), results(estimator, X)
    for n in interrupted_calls(lambda: results(estimator, X))[::STRIDE]:
        interrupt(n, lambda: results(estimator, X))
        assert vars(estimator) == before
    assert_same(results(estimator, X), expected)
