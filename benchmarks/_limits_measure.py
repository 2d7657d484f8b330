"""Time and memory of a call, and made-up data; see limits.py."""

import ctypes
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
)

MB = 1e6
STATUS = Path("/proc/self/status")
ONCE = dict(max_iter=1, random_state=0)


class Section(NamedTuple):
    """A table: each case is a function that gives some of its rows, and arguments."""

    title: str
    columns: str  # of the head, with | between them
    cases: list  # of tuples (function, *arguments)
    note: str = ""


class Cost(NamedTuple):
    """What a call gave and took."""

    result: object
    seconds: float
    peak: int  # bytes beyond those at its start

    @property
    def extra(self):
        """The peak without the result itself."""
        return max(0, self.peak - size_of(self.result))


def cost(call, *args, **options):
    """Call, and measure the time and the largest resident memory meanwhile."""
    before = _reset_peak()
    result, seconds = timed(call, *args, **options)
    return Cost(result, seconds, max(0, _peak() - before))


def timed(call, *args, clock=time.perf_counter, **options):
    """What a call gives, and its time, in which memory need not be fetched anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = clock()
        result = call(*args, **options)
        return result, clock() - start


def _reset_peak():
    """Give freed memory back and forget the peak; returns what is in use."""
    if not STATUS.exists():
        return _peak()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _kilobytes("VmRSS:") * 1024


def _peak():
    """The largest resident memory so far, in bytes."""
    if STATUS.exists():
        return _kilobytes("VmHWM:") * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _kilobytes(field):
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def size_of(thing):
    """Bytes of arrays, sequences, text and lists of them."""
    if isinstance(thing, Sequences):
        return size_of(thing.values) + thing.lengths.nbytes
    if sparse.issparse(thing):
        return thing.data.nbytes + thing.indices.nbytes + thing.indptr.nbytes
    if isinstance(thing, np.ndarray) and thing.dtype == object:
        return thing.nbytes + sum(map(size_of, thing))
    if isinstance(thing, np.ndarray) and thing.base is not None:
        return sys.getsizeof(thing) + thing.nbytes
    if isinstance(thing, (list, tuple)):
        return sys.getsizeof(thing) + sum(map(size_of, thing))
    return sys.getsizeof(thing)


# -- data ------------------------------------------------------------------------------


def lengths_up_to_ten(n):
    """Lengths of n short sequences, 5.5 steps on average."""
    return np.random.default_rng(0).integers(1, 11, n)


def series(lengths, n_features=4, dtype=np.float32):
    """Random numbers."""
    shape, rng = (int(np.sum(lengths)), n_features), np.random.default_rng(0)
    return Sequences(rng.standard_normal(shape, np.float32).astype(dtype), lengths)


def texts(lengths, alphabet="abcdefghijklmnop"):
    """Random letters, every one of which occurs."""
    rng, letters = np.random.default_rng(0), np.array(list(alphabet))
    drawn = "".join(letters[rng.integers(len(letters), size=int(np.sum(lengths)))])
    ends = np.cumsum(lengths).tolist()
    starts = [0, *ends[:-1]]
    return [drawn[a:b] for a, b in zip(starts, ends, strict=True)]


def step_labels(lengths, n_classes):
    """A label for each step."""
    rng = np.random.default_rng(1)
    drawn = rng.integers(n_classes, size=int(np.sum(lengths)))
    return np.split(drawn, np.cumsum(lengths)[:-1])


# -- models ----------------------------------------------------------------------------

MODELS = {
    "classifier": (RNNClassifier, {}),
    "classifier, both ways": (RNNClassifier, {"bidirectional": True}),
    "regressor": (RNNRegressor, {}),
    "tagger, one way": (RNNSequenceTagger, {"bidirectional": False}),
    "tagger": (RNNSequenceTagger, {}),
    "tagger, CRF": (RNNSequenceTagger, {"crf": True}),
    "generator of numbers": (RNNGenerator, {}),
    "generator of text": (RNNGenerator, {}),
    "translator": (RNNTranslator, {}),
}


def make(name, **options):
    """A model that is to run one epoch."""
    kind, own = MODELS[name]
    return kind(**{"hidden_layer_sizes": 64, **ONCE, **own, **options})


def data(name, lengths):
    """X and y for a model."""
    if name == "translator":
        source = texts(lengths)
        return source, source
    if name == "generator of text":
        return texts(lengths), None
    X = series(lengths)
    if name == "generator of numbers":
        return X, None
    if name.startswith("tagger"):
        return X, step_labels(lengths, 5)
    return X, np.arange(len(lengths)) % 3


def fitted(name, **options):
    """A model that learned from next to nothing."""
    model = make(name, **options)
    X, y = data(name, np.full(32, 10))
    return cost(model.fit, X, y).result
