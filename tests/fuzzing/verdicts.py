"""What is demanded of the outcome of a call."""

import contextlib
import io
import linecache
import re
import signal
import traceback
import types
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from fuzz_models import MODELS
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn import Sequences

SECONDS = 20.0
GOOD = ("result", "ValueError", "TypeError")
RAW_WARNINGS = (RuntimeWarning, DeprecationWarning, FutureWarning, BytesWarning)
# Besides names of arguments, words that say what is meant.
WORDS = (
    "sequence|step|row|column|line|label|target|token|prefix|weight|document|vocabulary|"
    "dtype|length|feature|class|classes|parameter|class_weight|value|array|estimator|"
    "horizon|entity|entities|quantile|path|file|special|state|saved|format|"
    "validation data"
)


# Attributes that sparse matrices consist of.
PARTS = {"_shape", "data", "indices", "indptr", "coords", "row", "col", "offsets"}
PARTS |= {"rows", "_dict"}


class Verdict(NamedTuple):
    """How a call ended; `good` or not."""

    outcome: str
    detail: str = ""

    @property
    def good(self):
        return self.outcome in GOOD


class Hang(BaseException):
    """The call took too long."""


def _interrupt(number, stack):
    raise Hang


@contextlib.contextmanager
def time_limit():
    """Raise `Hang` in the block after so many seconds."""
    before = signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# -- fingerprints ----------------------------------------------------------------------


def fingerprint(value, depth=8):
    """Something comparable that changes whenever a value does."""
    kind = type(value).__name__
    if depth == 0:
        return kind
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        items = [fingerprint(item, depth - 1) for item in value.ravel().tolist()]
        return kind, value.shape, items
    if isinstance(value, np.ndarray):
        form = value.shape, value.strides, str(value.dtype), value.flags.writeable
        mask = np.ma.getmaskarray(value).tobytes() if kind == "MaskedArray" else b""
        return kind, form, np.asarray(value).tobytes(), mask
    if isinstance(value, (pd.DataFrame, pd.Series, pd.Index)):
        axes = [list(map(repr, axis)) for axis in getattr(value, "axes", [])]
        columns = value.items() if kind == "DataFrame" else [(0, value)]
        return kind, axes, [(str(c.dtype), list(map(repr, c))) for _, c in columns]
    if sparse.issparse(value):  # which remembers whether it is sorted, when asked
        parts = {n: v for n, v in vars(value).items() if n in PARTS}
        return kind, fingerprint(parts, depth - 1)
    if isinstance(value, Sequences):
        return kind, fingerprint(vars(value), depth - 1)
    if isinstance(value, dict):
        items = value.items()
        return kind, [(repr(k), fingerprint(v, depth - 1)) for k, v in items]
    if isinstance(value, (list, tuple)):
        return kind, [fingerprint(item, depth - 1) for item in value]
    if isinstance(value, np.random.RandomState):
        return kind, fingerprint(value.get_state(legacy=False), depth - 1)
    if kind.startswith(("RNN", "Sequence", "Stepwise", "Frame")):
        return kind, fingerprint(vars(value), depth - 1)
    return kind, repr(value)


def floats_of(value, depth=8):
    """All arrays of floats in a value."""
    if depth == 0:
        return
    if isinstance(value, Sequences):
        value = value.values
    if sparse.issparse(value):
        value = getattr(value, "data", None)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        value = value.to_numpy()
    if isinstance(value, (float, complex, np.number)):
        yield np.asarray(value)
    elif isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from floats_of(item, depth - 1)
    elif isinstance(value, (list, tuple)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.ndim
    ):
        for item in value:
            yield from floats_of(item, depth - 1)


def is_finite(value):
    """Whether all floats in a value are numbers."""
    return all(np.isfinite(array).all() for array in floats_of(value))


# -- errors ----------------------------------------------------------------------------


def last_frame(error):
    """File and line from which an error came."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return code.co_filename, linecache.getline(code.co_filename, trace.tb_lineno)


def is_of_sklearn(error):
    """Whether no function of this package is on the way to an error."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return not any(re.search(r"[/\\]sklearn_rnn[/\\]", file) for file in files)


def is_own(error):
    """Whether somebody chose the words of an error.

    The line that it came from is a `raise`, in this package or in scikit-learn, whose
    validation of parameters and arrays its users know. A method that is scikit-learn's
    alone, such as the score of a classifier, may speak as it does.
    """
    if is_of_sklearn(error):
        return True
    file, line = last_frame(error)
    return bool(re.search(r"[/\\]sklearn(_rnn)?[/\\]", file)) and "raise" in line


def names_culprit(error, case):
    """Whether a message has the name of an argument, or a word for it."""
    message = str(error)
    if re.search(r"[/\\]sklearn[/\\]", last_frame(error)[0]):
        return True
    if is_of_sklearn(error):
        return True
    names = [*case.arguments, *case.arguments.values()]
    names = [re.escape(name) for name in names if isinstance(name, str)]
    words = "|".join([*names, WORDS])
    return bool(re.search(rf"\b({words})s?\b", message, re.IGNORECASE))


def judge_error(error, case):
    """The verdict on what a call raised."""
    kind = type(error).__name__
    file, line = last_frame(error)
    place = f"{file.rpartition('site-packages/')[2][-60:]}: {line.strip()}"
    detail = f"{kind}: {error!s:.300} [{place}]"
    if _is_excepted(error, case):
        return Verdict("ValueError")
    if not isinstance(error, (TypeError, ValueError)):
        return Verdict("crash", detail)
    if not is_own(error):
        return Verdict("words of NumPy", detail)
    if not names_culprit(error, case):
        return Verdict("no culprit", detail)
    return Verdict("TypeError" if isinstance(error, TypeError) else "ValueError")


def _is_excepted(error, case):
    """A path to nowhere is told by the operating system, an odd index by NumPy.

    And a function that is a parameter says itself what it cannot take, as do the
    scores of scikit-learn.
    """
    if _is_score_of_sklearn(case) and is_of_sklearn(error):
        return isinstance(error, Exception)
    if case.target.name == "Sequences[index]":
        return isinstance(error, (IndexError, TypeError, ValueError))
    if any(callable(value) for value in case.arguments.values()):
        return isinstance(error, (TypeError, ValueError))
    return case.target.name.startswith("read_") and isinstance(error, OSError)


# -- calls -----------------------------------------------------------------------------


def judge(case):
    """Make the call of a case, and say how it ended."""
    inputs, subject = fingerprint(case.arguments), fingerprint(case.subject)
    finite = is_finite(case.arguments)
    result, error = None, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with time_limit(), contextlib.redirect_stdout(io.StringIO()):
                result = case.target.call(case.subject, case.arguments)
                if isinstance(result, types.GeneratorType):
                    result = list(result)
        except Hang:
            return Verdict("hang", f"more than {SECONDS} seconds")
        except BaseException as raised:
            error = raised
    if fingerprint(case.arguments) != inputs:
        return Verdict("changed input", _changed(inputs, fingerprint(case.arguments)))
    raw = [w for w in caught if _is_raw(w, case)]
    if raw:
        return Verdict("raw warning", f"{raw[0].category.__name__}: {raw[0].message}")
    if error is not None:
        if _is_learning(case) and fingerprint(case.subject) != subject:
            return _left_behind(case, subject, error)
        return judge_error(error, case)
    return judge_result(result, case, finite)


def _is_raw(warning, case):
    """Whether NumPy, or Python, warns of what this package did.

    What a scaler that is wrapped, or Matplotlib, says of huge numbers is theirs.
    """
    if case.target.name.startswith("stepwise") or _is_score_of_sklearn(case):
        return False
    theirs = r"[/\\](sklearn|matplotlib|pandas)[/\\]"
    return issubclass(warning.category, RAW_WARNINGS) and not re.search(
        theirs, warning.filename
    )


def _is_learning(case):
    """Whether a failure must leave the subject as it was.

    Parameters that were set stay set.
    """
    return case.subject is not None and not case.target.name.endswith("parameters")


def _left_behind(case, subject, error):
    changed = _changed(subject, fingerprint(case.subject))
    return Verdict("half fitted", f"{type(error).__name__}: {error}; {changed}"[:300])


def judge_result(result, case, finite):
    """The verdict on what a call returned."""
    if finite and not is_finite(result) and not _may_be_infinite(case):
        return Verdict("not finite", repr(result)[:300])
    method = case.target.name.rpartition(": ")[2]
    if method in ("fit", "partial_fit", "parameters"):
        return _judge_fitted(case)
    return Verdict("result")


def _may_be_infinite(case):
    """Padding is NaN, and so is a mean of nothing; scalers, and R², overflow."""
    name = case.target.name
    if _is_score_of_sklearn(case):
        return True
    return name.startswith(
        ("Sequences", "frames", "stepwise", "memorization", "predictions")
    )


def _is_score_of_sklearn(case):
    """Whether accuracy or R² are computed, with whatever weights and targets."""
    name = case.target.name
    own = name.startswith(("classifier", "regressor")) and name.endswith(": score")
    return own or name == "ValidationScorer"


def _judge_fitted(case):
    """What says that it is fitted predicts, in numbers that are finite."""
    try:
        check_is_fitted(case.subject)
    except NotFittedError as error:
        return Verdict("half fitted", f"after success: {error}")
    method = "predict" if hasattr(case.subject, "predict") else "transform"
    model = MODELS[case.target.model]
    X = case.arguments.get("X", model.X)
    if isinstance(X, types.GeneratorType) or hasattr(X, "__next__"):
        return Verdict("result")
    given = {}
    if getattr(case.subject, "n_conditions_", 0):
        given["y"] = case.arguments.get("y", model.y)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with time_limit():
                predicted = getattr(case.subject, method)(X, **given)
    except BaseException as error:
        detail = f"{method} after success: {type(error).__name__}: {error}"
        return Verdict("half fitted", detail[:300])
    if not is_finite(predicted) and not _may_be_infinite(case):
        return Verdict("not finite", f"{method} after success: {predicted!r:.200}")
    return Verdict("result")


def _changed(before, after):
    """Where two fingerprints differ."""
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                if one != other:
                    return _changed(one, other)
        return f"{str(before)[:100]} became {str(after)[:100]}"
    return f"{str(before)[:100]} became {str(after)[:100]}"
