"""Ctrl-C, killed workers and quotas in processes of their own; forks and spawns."""

import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from breaking import TASKS, assert_same, fitted_state, quietly, results, task

from sklearn_rnn._threads import workers

# Where libraries of the system have threads, as on macOS, a fork may crash.
forks = pytest.mark.skipif(sys.platform != "linux", reason="forks are not safe here")
CHILD = Path(__file__).with_name("in_children.py")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


CALLS = [
    "fit_after_some_epochs:1",
    "fit_after_some_epochs:2",
    "fit_in_the_first_epoch",
    "predictions_and_vocabularies",
    "a_file_that_may_not_grow",
    "killed_workers",
    "a_search_on_two_processes",
]


def test_survived():
    """Each call says when it has come through, in one process, as starts are slow."""
    child = subprocess.run(
        [sys.executable, "-W", "ignore", CHILD, *CALLS],
        capture_output=True,
        text=True,
        timeout=600,
    )
    said = [f"survived {call}" for call in CALLS]
    assert child.stdout.splitlines() == said, child.stderr[-3000:]
    assert child.returncode == 0


def all_tasks():
    """Results and states of all estimators, fitted here, with one thread and two."""
    found = {}
    for name in TASKS:
        for n_jobs in (1, 2):
            estimator, X, y = task(name, n_jobs=n_jobs)
            quietly(estimator.fit, X, y)
            found[name, n_jobs] = estimator, results(estimator, X)
    return found


def again(found):
    """The same in a child, where the fitted estimators predict, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predicted = {
            key: results(estimator, TASKS[key[0]][1])
            for key, (estimator, _) in found.items()
        }
    return predicted, all_tasks()


@pytest.fixture(scope="module")
def found():
    return all_tasks()


@pytest.mark.parametrize(
    "method", [pytest.param("fork", marks=forks), "spawn", "forkserver"]
)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_in_a_child(method, found):
    """After threads ran here, which a fork does not take along."""
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        predicted, fitted = pool.submit(again, found).result(300)
    for key, (estimator, here) in found.items():
        assert_same(predicted[key], here)
        there, of_there = fitted[key]
        assert_same(fitted_state(there), fitted_state(estimator))
        assert_same(of_there, here)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@forks
def test_a_fork_while_other_threads_learn(found):
    """Those do not go on in the child, and must not leave locks and limits there."""
    inside, end = threading.Event(), threading.Event()

    def learn():
        with workers(2):
            inside.set()
            end.wait(300)

    thread = threading.Thread(target=learn)
    thread.start()
    assert inside.wait(30)
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            predicted, _ = pool.submit(again, found).result(300)
    finally:
        end.set()
        thread.join()
    for key, (_, here) in found.items():
        assert_same(predicted[key], here)


def in_a_daemon(queue, found):
    queue.put(again(found)[0])


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@forks
def test_in_a_daemon(found):
    """Which may have threads, though no processes."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=in_a_daemon, args=(queue, found), daemon=True)
    process.start()
    predicted = queue.get(timeout=60)
    process.join(30)
    for key, (_, here) in found.items():
        assert_same(predicted[key], here)
