"""Small estimators of each kind, Ctrl-C at any call, and whether a fit is whole."""

import inspect
import signal
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.base import clone

import sklearn_rnn
from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
)
from sklearn_rnn.sequences import object_array

SMALL = dict(
    hidden_layer_sizes=2,
    max_iter=2,
    batch_size=6,
    learning_rate="constant",
    random_state=0,
)
X = [[1, 2, 4], [7, 5], [2, 3], [6, 4, 1, 0], [0, 1, 2, 5], [5, 3, 2]]
Y = [1, 0, 1, 0, 1, 0]
LABELS = object_array([[str(v > 2) for v in x] for x in X])
WORDS = ["ab", "ba", "abab", "b", "bb", "aba"]
SEXES = ["f", "m", "f", "m", "f", "m"]
TASKS = {
    "classifier": (RNNClassifier(**SMALL), X, Y),
    "regressor": (RNNRegressor(**SMALL), X, [float(v) for v in Y]),
    "tagger": (RNNSequenceTagger(**SMALL), X, LABELS),
    "tagger with crf": (RNNSequenceTagger(crf=True, **SMALL), X, LABELS),
    "generator": (RNNGenerator(**SMALL), WORDS, SEXES),
    "generator of numbers": (RNNGenerator(bptt_steps=2, **SMALL), X, None),
    "translator": (RNNTranslator(**SMALL), WORDS, [word[::-1] for word in WORDS]),
}
ROOT = str(Path(sklearn_rnn.__file__).parent)
CORE = str(Path(ROOT, "core"))


def task(name, **params):
    """A new estimator of a name, its X and its y."""
    estimator, X, y = TASKS[name]
    return clone(estimator).set_params(**params), X, y


def results(estimator, X):
    """What an estimator says of X, as a list of arrays or strings."""
    for method in ("predict_proba", "predict"):
        if hasattr(estimator, method):
            return list(getattr(estimator, method)(X))
    return list(estimator.transform(X))


def assert_same(one, other):
    """Compare results, or the values of two dicts, bit for bit."""
    assert len(one) == len(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        other = [other[name] for name in one]
        one = list(one.values())
    for a, b in zip(one, other, strict=True):
        if isinstance(a, np.random.RandomState):
            a, b = a.get_state()[1], b.get_state()[1]
        if hasattr(a, "get_params"):
            assert_same(fitted_state(a), fitted_state(b))
        elif isinstance(a, dict):
            assert_same(a, b)
        else:
            np.testing.assert_array_equal(a, b)


def fitted_state(estimator):
    """Everything that is no parameter."""
    parameters = estimator.get_params(deep=False)
    return {k: v for k, v in vars(estimator).items() if k not in parameters}


class Interrupts:
    """Ctrl-C in the n-th call that code of the package, or around it, makes.

    Python looks for signals when it enters a function, and when one in C returns. With
    ``n`` None, calls are only counted: `places` says where they were.
    """

    around = (ROOT, "contextlib.py", "threadpoolctl.py", "_callback_support.py")
    is_around = {}  # by file, as there are many calls

    def __init__(self, n=None):
        self.n, self.places = n, []

    def __enter__(self):
        # A shell has what runs in the background ignore Ctrl-C.
        self.handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.setprofile(self.look)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        signal.signal(signal.SIGINT, self.handler)

    def look(self, frame, event, arg):
        """Called by Python at each call and return."""
        if event not in ("call", "c_return"):
            return
        code = frame.f_code
        file = code.co_filename
        if file not in self.is_around:
            self.is_around[file] = any(part in file for part in self.around)
        is_generator = code.co_flags & inspect.CO_GENERATOR  # which `close` calls, too
        if not self.is_around[file] or (event == "call" and is_generator):
            return
        line = None if CORE in file else frame.f_lineno
        self.places.append((code, line, event, getattr(arg, "__name__", "")))
        if len(self.places) - 1 == self.n:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)


def each_place(places):
    """Numbers of the last call at each place; in the mathematics, in each function."""
    return sorted({place: n for n, place in enumerate(places)}.values())


def quietly(method, *args, **kwargs):
    """Call a method; its warnings do not count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return method(*args, **kwargs)
