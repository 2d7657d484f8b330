"""Several threads at once: each gets what it would have got alone, bit for bit."""

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from breaking import TASKS, assert_same, fitted_state, task
from sklearn.base import clone

from sklearn_rnn import RNNClassifier, SequenceVectorizer

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]
N_THREADS = 8
METHODS = {
    "predict": {},
    "predict_proba": {},
    "predict_n_best": {"n_best": 2},
    "transform": {},
    "score_samples": {},
    "predict_log_proba": {},
}
WRITES = {
    "sample": {"n_samples": 5, "random_state": 1},
    "generate": {"n_samples": 3, "random_state": 1},
    "suggest": {"prefix": "a", "k": 3},
}


def at_once(function, n=N_THREADS):
    """Results of a function that n threads begin at the same moment."""
    barrier = threading.Barrier(n)

    def run(i):
        barrier.wait(30)
        return function(i)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


def plain(results):
    """Results of any kind as lists and numbers that compare exactly."""
    if isinstance(results, np.ndarray) and results.dtype != object:
        return results.tolist()
    if hasattr(results, "values") and hasattr(results, "lengths"):
        return [x.tolist() for x in results]
    if isinstance(results, (list, tuple, np.ndarray)):
        return [plain(x) for x in results]
    return results


def everything(estimator, X):
    """What all methods that change nothing say."""
    said = {
        name: plain(getattr(estimator, name)(X, **given))
        for name, given in METHODS.items()
        if hasattr(estimator, name)
    }
    if hasattr(estimator, "sample"):
        said["sample"] = plain(estimator.sample(**WRITES["sample"]))
        if estimator.distribution_ == "categorical":
            said["generate"] = estimator.generate(["a", "ab"], **WRITES["generate"])
            said["suggest"] = plain(estimator.suggest(**WRITES["suggest"]))
            said["stream"] = list(estimator.stream("a", random_state=1))
        else:
            said["forecast"] = plain(estimator.forecast(X, n_steps=2, random_state=1))
    if hasattr(estimator, "staged_predict_proba"):
        said["stages"] = [plain(p) for p in estimator.staged_predict_proba(X)]
    return said


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", TASKS)
def test_fits_of_clones(name, n_jobs):
    estimator, X, y = task(name, n_jobs=n_jobs, dropout=0.3)
    alone = fitted_state(clone(estimator).fit(X, y))
    for state in at_once(lambda _: fitted_state(clone(estimator).fit(X, y)), 2):
        assert_same(state, alone)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", TASKS)
def test_one_estimator_while_another_learns(name, n_jobs):
    estimator, X, y = task(name, n_jobs=n_jobs)
    estimator.fit(X, y)
    before, alone = fitted_state(estimator), everything(estimator, X)
    other = clone(estimator)

    def run(i):
        if i == 0:
            return fitted_state(other.fit(X, y))
        return everything(estimator, X)

    learned, *said = at_once(run)
    assert said == [alone] * len(said)
    assert_same(learned, before)
    assert_same(fitted_state(estimator), before)


def test_one_vectorizer():
    texts = [f"a{i % 7} b{i % 5}. C?" for i in range(50)]
    vectorizer = SequenceVectorizer().fit(texts)

    def run(_):
        steps = vectorizer.transform(texts)
        return steps.values.toarray().tolist(), vectorizer.inverse_transform(steps)

    alone = run(0)
    assert at_once(run) == [alone] * N_THREADS


def test_errors_in_some_threads():
    """What fails in one thread is nothing to the others."""
    estimator, X, y = task("classifier", n_jobs=2)
    alone = fitted_state(clone(estimator).fit(X, y))

    def run(i):
        if i % 2:
            with pytest.raises(ValueError, match="NaN in sequence 0"):
                RNNClassifier(2, n_jobs=2).fit([[np.nan], [1.0]], [0, 1])
            return alone
        return fitted_state(clone(estimator).fit(X, y))

    for state in at_once(run):
        assert_same(state, alone)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_numbers_that_overflow_warn_of_nothing(n_jobs):
    """In the threads of an estimator, too, which have error states of their own."""
    estimator, X, y = task("generator of numbers", n_jobs=n_jobs)
    estimator.fit(X, y)
    estimator.theta_[:] = 1e200
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in (
            lambda: estimator.sample(2000, random_state=0),
            lambda: estimator.forecast(X, n_steps=20, random_state=0),
            lambda: estimator.score_samples(X),
        ):
            with pytest.raises(ValueError, match=r"overflow|not finite"):
                call()
