"""Numbers that overflow in a fit: an error that helps, and the estimator as before."""

import numpy as np
import pytest
from breaking import TASKS, assert_same, fitted_state, quietly, task

from sklearn_rnn import RNNRegressor
from sklearn_rnn.core.training import NonFiniteLoss
from sklearn_rnn.sequences import Sequences

ADVICE = r" in epoch \d+\. Scale X .*learning_rate_init or max_grad_norm"
NORM = r"The loss is \S+ and the norm of its gradient \S+"
DIVERGES = rf"({NORM}|The weights are no longer finite){ADVICE}"
HELD_OUT = rf"The loss of the held-out part is no longer finite.*{ADVICE}"


def numbers(X, dtype):
    """Numbers in a dtype; text as it is."""
    if isinstance(X[0], str):
        return X
    return Sequences.from_list([np.array(x, dtype)[:, None] for x in X])


def too_fast(name, dtype, **params):
    """An estimator whose first updates overflow, in the dtype that it computes in."""
    estimator, X, y = task(name, max_grad_norm=None, max_iter=20, **params)
    X = numbers(X, dtype)
    dtype = "float32" if isinstance(X, list) else dtype
    rate = float(np.finfo(dtype).max)
    return estimator.set_params(learning_rate_init=rate), X, y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("solver", ["adam", "adamw", "rmsprop", "sgd"])
@pytest.mark.parametrize("name", TASKS)
def test_a_learning_rate_that_is_far_too_large(name, solver, dtype):
    """In a first fit, with data that are held out, too, and with threads."""
    estimator, X, y = too_fast(name, dtype, solver=solver)
    held_out = {"X_val": X[:4], "y_val": None if y is None else y[:4]}
    ways = [({}, {}, DIVERGES), ({"n_jobs": 2}, {}, DIVERGES)]
    ways += [
        ({"early_stopping": early}, held_out, f"{DIVERGES}|{HELD_OUT}")
        for early in (False, True)
    ]
    for params, kwargs, message in ways:
        estimator.set_params(**params)
        with pytest.raises(NonFiniteLoss, match=message):
            estimator.fit(X, y, **kwargs)
        assert not fitted_state(estimator)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", TASKS)
def test_what_was_fitted_stays(name, dtype):
    """In another fit, one that goes on, and in single epochs; then it can go on."""
    fast, X, y = too_fast(name, dtype)
    for method in ("fit", "partial_fit"):
        estimator, _, _ = task(name, warm_start=True)
        quietly(estimator.fit, X, y)
        estimator.set_params(
            max_iter=20, max_grad_norm=None, learning_rate_init=fast.learning_rate_init
        )
        before = until_it_diverges(getattr(estimator, method), X, y)
        assert_same(fitted_state(estimator), before)
        assert np.isfinite(estimator.theta_).all()


def until_it_diverges(fit, X, y):
    """Fit again and again; returns what was before the call that failed."""
    for _ in range(20):
        before = fitted_state(fit.__self__)
        try:
            quietly(fit, X, y)
        except NonFiniteLoss:
            return before
    raise AssertionError("it does not diverge")


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("rnn_type", ["gru", "rnn"])
def test_overflow_in_the_held_out_part_only(rnn_type, n_jobs, early_stopping):
    """The square of the error overflows, or already the network does."""
    estimator = RNNRegressor(
        2,
        rnn_type=rnn_type,
        activation="relu" if rnn_type == "rnn" else "tanh",
        n_jobs=n_jobs,
        early_stopping=early_stopping,
        random_state=0,
    )
    X, y = [[1.0, 2.0], [2.0], [3.0, 1.0]], [1.0, 2.0, 3.0]
    X_val = [[1e300, 1e300], [1e300]]
    with pytest.raises(NonFiniteLoss, match=HELD_OUT):
        estimator.fit(X, y, X_val=X_val, y_val=[1e200, -1e200])
    assert not fitted_state(estimator)
