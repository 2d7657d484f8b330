"""What processes run that are interrupted, killed, or short of disk; by name.

A process of its own, since what happens to it must not happen to pytest.
"""

import contextlib
import os
import pickle
import signal
import sys
import tempfile
import threading
import warnings

import numpy as np
from breaking import TASKS, assert_same, fitted_state, task
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import RNNClassifier, RNNGenerator, SequenceVectorizer

SOON = 0.3  # seconds
LONG = 10**9
rng = np.random.RandomState(0)
MANY = [rng.normal(size=(5, 2)) for _ in range(200)]
SIGNS = [int(x.sum() > 0) for x in MANY]


class AfterSomeEpochs:
    """Standard output that has Ctrl-C pressed soon after the second epoch."""

    def __init__(self, press):
        self.press, self.pressed = press, False

    def write(self, text):
        if text.startswith("epoch 2/") and not self.pressed:
            self.pressed = True
            press_soon(self.press)

    def flush(self):
        """Nothing is kept."""


def press():
    """What a terminal does: all processes of a group get the signal."""
    os.killpg(0, signal.SIGINT)


def press_soon(press=press):
    threading.Timer(SOON, press).start()


def is_interrupted(method, *args):
    """Whether Ctrl-C, pressed soon after the start, ends a method by an error."""
    press_soon()
    try:
        method(*args)
    except KeyboardInterrupt:
        return True
    return False


def fit_after_some_epochs(n_jobs):
    """Ctrl-C in a fit that would never end: a warning, and whole epochs."""
    for name in TASKS:
        estimator, X, y = task(name, max_iter=LONG, verbose=1, n_jobs=n_jobs)
        estimator.set_params(tol=0.0, n_iter_no_change=LONG)
        sys.stdout = AfterSomeEpochs(press)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                estimator.fit(X, y)
        finally:
            sys.stdout = sys.__stdout__
        (warning,) = (str(w.message) for w in caught)
        n_epochs = estimator.n_iter_
        assert n_epochs >= 2
        assert f"interrupted by user after epoch {n_epochs}," in warning
        other, _, _ = task(name, max_iter=n_epochs, n_jobs=n_jobs)
        other.set_params(tol=0.0, n_iter_no_change=LONG)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert_same(fitted_state(estimator), fitted_state(other.fit(X, y)))


def fit_in_the_first_epoch():
    """It is an error then, and in `partial_fit`; the estimator is what it was."""
    many, signs = MANY * 100, SIGNS * 100
    for n_jobs in (1, 2):
        estimator = RNNClassifier(2, batch_size=2, max_iter=1, n_jobs=n_jobs)
        assert is_interrupted(estimator.fit, many, signs)
        assert not fitted_state(estimator)
        estimator.set_params(max_iter=20)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(MANY, SIGNS)
        before = fitted_state(estimator)
        assert is_interrupted(estimator.partial_fit, many, signs)
        assert_same(fitted_state(estimator), before)
        assert estimator.predict(MANY).shape == (200,)


def predictions_and_vocabularies():
    """Nothing changes."""
    for n_jobs in (1, 2):
        estimator, X, y = task("generator", n_jobs=n_jobs)
        estimator.fit(X, y)
        before = fitted_state(estimator)
        assert is_interrupted(estimator.sample, 10**6)
        assert_same(fitted_state(estimator), before)
        assert len(estimator.sample(3)) == 3
    vectorizer = SequenceVectorizer()
    assert is_interrupted(vectorizer.fit, ("a b c d e" for _ in range(LONG)))
    assert not fitted_state(vectorizer)


def a_search_on_two_processes():
    """It ends, as all of it is lost; another one runs."""
    with tempfile.TemporaryDirectory() as folder:
        pressing = FunctionTransformer(
            press_once, kw_args={"flag": os.path.join(folder, "pressed")}
        )
        network = RNNClassifier(2, max_iter=LONG, tol=0.0, n_iter_no_change=LONG)
        model = make_pipeline(pressing, network)
        grid = {"rnnclassifier__rnn_type": ["gru", "rnn"]}
        search = GridSearchCV(model, grid, cv=2, n_jobs=2)
        try:
            search.fit(MANY, SIGNS)
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError("nobody noticed")
        assert not hasattr(search, "best_estimator_")
        assert not fitted_state(network)
        network.set_params(max_iter=1)
        assert search.fit(MANY, SIGNS).predict(MANY).shape == (200,)


def press_once(X, flag):
    """A transformer in a worker, with which Ctrl-C is pressed soon, once."""
    if not os.path.exists(flag):
        with contextlib.suppress(FileExistsError), open(flag, "x"):
            press_soon()
    return X


def killed_workers():
    """An error and no waiting; the next call has new workers, as the one below."""
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    for name, scorer in (("classifier", kill_yourself), ("translator", leave)):
        estimator, X, y = task(name)
        before = dict(vars(estimator))
        try:
            cross_val_score(estimator, X, y, cv=2, n_jobs=2, scoring=scorer)
        except TerminatedWorkerError:
            pass
        else:
            raise AssertionError("nobody noticed")
        assert vars(estimator) == before
        estimator.fit(X, y)


def kill_yourself(*_):
    """A scorer whose process is killed, as when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def leave(*_):
    """A scorer that ends its process."""
    os._exit(1)


def a_file_that_may_not_grow():
    """The limit of the size of a file, as of a quota."""
    import resource

    import joblib

    estimator = RNNGenerator(64, max_iter=1, random_state=0).fit(["abc", "cba"])
    before, size = fitted_state(estimator), len(pickle.dumps(estimator))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, hard))
        for dump in (joblib.dump, pickle_to):
            try:
                dump(estimator, path)
            except OSError:
                pass
            else:
                raise AssertionError("nobody noticed")
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert_same(fitted_state(estimator), before)
        joblib.dump(estimator, path)
        assert joblib.load(path).sample(3, random_state=0) == estimator.sample(
            3, random_state=0
        )


def pickle_to(estimator, path):
    """As joblib does."""
    with open(path, "wb") as file:
        pickle.dump(estimator, file)


if __name__ == "__main__":
    os.setpgid(0, 0)
    # A shell has what runs in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for call in sys.argv[1:]:
        name, *given = call.split(":")
        globals()[name](*map(int, given))
        print("survived", call, flush=True)
