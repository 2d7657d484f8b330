"""Checks of what any estimator must do that takes sequences.

scikit-learn's own checks know tables only. These are their complement: each
``check_...(name, estimator)`` clones the estimator, fits it on small sequences of
unequal lengths and raises an `AssertionError` that says what differs.
"""

import pickle
import re
import tempfile
import warnings
from copy import deepcopy
from functools import partial, wraps
from pathlib import Path

import joblib
import numpy as np
import scipy.sparse as sp
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    cross_val_predict,
    cross_val_score,
    learning_curve,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from sklearn_rnn.sequences import Sequences
from sklearn_rnn.steps import StepwiseTransformer

__all__ = [
    "check_sequence_estimator",
    "parametrize_with_sequence_checks",
    "sequence_checks",
]

N_FEATURES = 3
LENGTHS = [4, 1, 6, 3, 1, 5, 2, 7, 3, 3, 8, 2, 4, 1, 5, 2, 6, 3, 1, 4, 2, 5, 3, 2]
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
)
ROUNDING = 1e-10  # the same numbers, added in another order
TRAINING = 1e-6  # what becomes of that in a fit

_CHECKS = []  # pairs (check, predicate of the estimators that it is for)


# -- which checks there are ------------------------------------------------------------


def sequence_checks(estimator):
    """All checks that apply to an estimator.

    Parameters
    ----------
    estimator : estimator instance
        Classifier, regressor or transformer of sequences of numbers.

    Returns
    -------
    checks : list of callable
        Each is called as ``check(name, estimator)`` and raises an `AssertionError` if
        the estimator does not pass.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer, RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import sequence_checks
    >>> len(sequence_checks(FrameTransformer())) < len(sequence_checks(RNNClassifier()))
    True
    """
    return [check for check, applies in _CHECKS if applies(estimator)]


def check_sequence_estimator(estimator):
    """Run all checks that apply to an estimator.

    A classifier, regressor or transformer passes if it takes sequences in every form
    that `sklearn_rnn.sequences.check_sequences` reads, and if no result depends on the
    form, the order, or the other sequences. It should pass
    `sklearn.utils.estimator_checks.check_estimator` too.

    Parameters
    ----------
    estimator : estimator instance
        It is cloned, not changed. Estimators that train for long should come with few
        iterations: about a hundred fits follow, on 24 sequences of 3 features.

    Raises
    ------
    AssertionError
        If the estimator fails a check. The message says which behaviour differs.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_estimator
    >>> check_sequence_estimator(FrameTransformer(width=2))
    """
    for check in sequence_checks(estimator):
        check(type(estimator).__name__, estimator)


def parametrize_with_sequence_checks(estimators):
    """Pytest decorator that runs a test once for each estimator and check.

    Parameters
    ----------
    estimators : list of estimator instances
        What is checked.

    Returns
    -------
    decorator : pytest.MarkDecorator
        For a function with the arguments `estimator` and `check`.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import parametrize_with_sequence_checks
    >>> @parametrize_with_sequence_checks([FrameTransformer()])
    ... def test_sequence_checks(estimator, check):
    ...     check(estimator)
    """
    import pytest  # the package itself does without

    cases = []
    for estimator in estimators:
        for check in sequence_checks(estimator):
            described = re.sub(r"\s+", " ", repr(estimator))
            bound = partial(check, type(estimator).__name__)
            case = pytest.param(estimator, bound, id=f"{described}-{check.__name__}")
            cases.append(case)
    return pytest.mark.parametrize(("estimator", "check"), cases)


def _applies_to(predicate):
    """Register a check for the estimators of which the predicate is true.

    Any exception in it is a failed check. That few iterations do not converge is none.
    """

    def register(check):
        @wraps(check)
        def run(name, estimator_orig):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                try:
                    check(name, estimator_orig)
                except AssertionError:
                    raise
                except Exception as error:
                    raise AssertionError(
                        f"{name}: {check.__name__} met {type(error).__name__}: {error}"
                    ) from error

        _CHECKS.append((run, predicate))
        return run

    return register


def _all(estimator):
    return True


def _predictor(estimator):
    return is_classifier(estimator) or is_regressor(estimator)


def _takes_weights(estimator):
    return _predictor(estimator) and has_fit_parameter(estimator, "sample_weight")


def _has_threads(estimator):
    return "n_jobs" in estimator.get_params()


def _learns_on(estimator):
    return hasattr(estimator, "partial_fit")


def _refuses_nan(estimator):
    return not get_tags(estimator).input_tags.allow_nan


# -- data, fits and comparisons --------------------------------------------------------


def _data(estimator, lengths=LENGTHS, n_features=N_FEATURES, dtype=np.float64):
    """A list of arrays (length, n_features), and y as the estimator wants it."""
    random_state = np.random.RandomState(0)
    X = [random_state.normal(size=(n, n_features)).astype(dtype) for n in lengths]
    if get_tags(estimator).input_tags.positive_only:
        X = [np.abs(x) for x in X]
    y = random_state.permutation(np.arange(len(X)) % 2)
    if is_classifier(estimator):
        return X, np.array(["no", "yes"])[y]
    return X, y + random_state.normal(size=len(X))


def _containers(X):
    """The same sequences in all forms that keep them."""
    objects = np.empty(len(X), dtype=object)
    objects[:] = X
    sequences = Sequences.from_list(X)
    return {
        "a list of arrays": X,
        "a tuple of arrays": tuple(X),
        "a list of nested lists": [x.tolist() for x in X],
        "an object array of arrays": objects,
        "a 3-D array padded with NaN": sequences.to_padded(),
        "Sequences": sequences,
    }


def _configured(estimator, **params):
    """Clone with a fixed random state and with those of the parameters that it has."""
    estimator = clone(estimator)
    has = estimator.get_params()
    params = {"random_state": 0, **params}
    return estimator.set_params(**{p: v for p, v in params.items() if p in has})


def _deterministic(estimator):
    """Clone whose fit depends on the sum of the losses alone: nothing is drawn."""
    return _configured(
        estimator,
        batch_size="auto",
        dropout=0.0,
        recurrent_dropout=0.0,
        early_stopping=False,
    )


def _incremental(estimator):
    """Clone that `partial_fit` does not refuse."""
    return _configured(estimator, early_stopping=False, class_weight=None)


def _outputs(estimator, X):
    """Method -> list with one flat array for each sequence."""
    outputs = {}
    for method in METHODS:
        if hasattr(estimator, method):
            result = getattr(estimator, method)(X)
            if getattr(result, "ndim", 1) == 3 and not isinstance(result, Sequences):
                result = Sequences.from_padded(result)
            outputs[method] = [_dense(one).ravel() for one in result]
            assert len(outputs[method]) == len(X), (
                f"{type(estimator).__name__}.{method} gives {len(outputs[method])} "
                f"results for {len(X)} sequences."
            )
    return outputs


def _dense(x):
    return x.toarray() if sp.issparse(x) else np.asarray(x)


def _assert_same(name, when, actual, expected, tolerance=ROUNDING):
    """Raise if two results of `_outputs` differ; `when` says what ought not matter."""
    for method, all_expected in expected.items():
        pairs = zip(actual[method], all_expected, strict=True)
        for i, (one, other) in enumerate(pairs):
            same = one.shape == other.shape and _close(one, other, tolerance)
            assert same, (
                f"{name}.{method} {when} gives {one} for sequence {i}, not {other}."
            )


def _close(one, other, tolerance):
    if other.dtype.kind in "biufc":
        return np.allclose(one, other, rtol=tolerance, atol=tolerance)
    return np.array_equal(one, other)


def _chosen(outputs, index):
    """The part of `_outputs` for some of the sequences."""
    return {method: [rows[i] for i in index] for method, rows in outputs.items()}


def _error(name, when, call, kind=ValueError):
    """The message of the error that a call must raise."""
    try:
        call()
    except kind as error:
        return str(error)
    except Exception as error:
        raise AssertionError(
            f"{name} {when} raises {type(error).__name__}, not {kind.__name__}: {error}"
        ) from error
    raise AssertionError(f"{name} {when} does not raise {kind.__name__}.")


# -- forms of input --------------------------------------------------------------------


@_applies_to(_all)
def check_sequence_containers(name, estimator_orig):
    """Lists, object arrays, padded arrays and `Sequences` mean the same."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    for form, container in _containers(X).items():
        _assert_same(name, f"on {form}", _outputs(fitted, container), expected)
        other = _configured(estimator_orig).fit(container, y)
        when = f"after fit on {form}"
        _assert_same(name, when, _outputs(other, X), expected)


@_applies_to(_all)
def check_sparse_sequences(name, estimator_orig):
    """Sparse steps mean the same as dense ones, or are refused as sparse.

    Predictors must take them. The fits are compared on steps in which no value is
    zero, since a network may start otherwise where few are stored.
    """
    X, y = _data(estimator_orig)
    filled = Sequences.from_list(X)
    columns = np.arange(len(filled.values)) % N_FEATURES
    one_hot = filled.with_values(np.eye(N_FEATURES)[columns])
    for dense, what in ((filled, "filled"), (one_hot, "one-hot")):
        sparse = dense.with_values(sp.csr_array(dense.values))
        fitted = _deterministic(estimator_orig).fit(dense, y)
        expected = _outputs(fitted, dense)
        if not _predictor(estimator_orig) and _refuses_sparse(estimator_orig, sparse):
            return
        for form in (sparse, list(sparse)):
            when = f"on {what} sparse sequences"
            _assert_same(name, when, _outputs(fitted, form), expected)
            other = _deterministic(estimator_orig).fit(form, y)
            when = f"on dense sequences after fit on the same {what} sparse ones"
            _assert_same(name, when, _outputs(other, dense), _outputs(other, form))
            if dense is filled:
                when = "after fit on filled sparse sequences"
                _assert_same(name, when, _outputs(other, dense), expected, TRAINING)


def _refuses_sparse(estimator_orig, X):
    try:
        clone(estimator_orig).fit(X)
    except (TypeError, ValueError) as error:
        return "sparse" in str(error)
    return False


@_applies_to(_all)
def check_univariate_sequences(name, estimator_orig):
    """Arrays (length,) mean the same as arrays (length, 1)."""
    X, y = _data(estimator_orig, n_features=1)
    flat = [x[:, 0] for x in X]
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    for form in (flat, [x.tolist() for x in flat]):
        when = "on sequences of shape (length,)"
        _assert_same(name, when, _outputs(fitted, form), expected)
        other = _configured(estimator_orig).fit(form, y)
        _assert_same(name, f"after fit {when}", _outputs(other, X), expected)


@_applies_to(_all)
def check_two_dimensional_array(name, estimator_orig):
    """The rows of a table are univariate sequences of equal length."""
    X, y = _data(estimator_orig, lengths=[5] * 24, n_features=1)
    sequences, table = Sequences.from_list(X), np.stack(X)[:, :, 0]
    fitted = _configured(estimator_orig).fit(sequences, y)
    expected = _outputs(fitted, sequences)
    _assert_same(name, "on a 2-D array", _outputs(fitted, table), expected)
    other = _configured(estimator_orig).fit(table, y)
    _assert_same(name, "after fit on a 2-D array", _outputs(other, table), expected)
    _assert_same(name, "after fit on it", _outputs(other, sequences), expected)
    assert other.n_features_in_ == 5, (
        f"{name}.n_features_in_ is {other.n_features_in_} after fit on 5 columns."
    )


@_applies_to(_all)
def check_sequences_of_one_step(name, estimator_orig):
    """Sequences of one step are as good as others."""
    X, y = _data(estimator_orig, lengths=[1] * 24)
    fitted = _configured(estimator_orig).fit(X, y)
    _assert_finite(name, "on sequences of one step", _outputs(fitted, X))
    both = [*X, np.ones((4, N_FEATURES))]
    expected = _chosen(_outputs(fitted, both), range(len(X)))
    when = "on sequences of one step without a longer one"
    _assert_same(name, when, _outputs(fitted, X), expected)


@_applies_to(_all)
def check_empty_sequences(name, estimator_orig):
    """A sequence without steps is a sequence, in `fit` and elsewhere."""
    X, y = _data(estimator_orig)
    nothing = np.empty((0, N_FEATURES))
    fitted = _configured(estimator_orig).fit(X, y)
    full = _outputs(fitted, X)
    among = _outputs(fitted, [X[0], nothing, *X[1:], []])
    _assert_finite(name, "with empty sequences", among)
    others = _chosen(among, [0, *range(2, len(X) + 1)])
    _assert_same(name, "beside an empty sequence", others, full)
    for form in ([nothing], [[]], Sequences(nothing, [0])):
        alone = _outputs(fitted, form)
        when = "on an empty sequence alone"
        _assert_same(name, when, alone, _chosen(among, [1]))
        _assert_same(name, when, alone, _chosen(among, [-1]))
    X = [X[0], nothing, *X[2:-1], nothing]
    fitted = _configured(estimator_orig).fit(X, y)
    _assert_finite(name, "after fit with empty sequences", _outputs(fitted, X))


def _assert_finite(name, when, outputs):
    for method, rows in outputs.items():
        for i, row in enumerate(rows):
            if row.dtype.kind == "f":
                assert np.isfinite(row).all(), (
                    f"{name}.{method} {when} gives {row} for sequence {i}."
                )


@_applies_to(_all)
def check_sequence_memory_layout(name, estimator_orig):
    """Read-only, column-major and strided values are as good as others."""
    X, y = _data(estimator_orig)
    sequences = Sequences.from_list(X)
    expected = _outputs(_configured(estimator_orig).fit(sequences, y), sequences)
    readonly = sequences.values.copy()
    readonly.flags.writeable = False
    strided = np.repeat(sequences.values, 2, axis=1)[:, ::2]
    layouts = {
        "read-only": readonly,
        "column-major": np.asfortranarray(sequences.values),
        "strided": strided,
    }
    for layout, values in layouts.items():
        form = Sequences(values, sequences.lengths)
        outputs = _outputs(_configured(estimator_orig).fit(form, y), form)
        _assert_same(name, f"on {layout} values", outputs, expected)


@_applies_to(_all)
def check_sequence_dtype(name, estimator_orig):
    """Single precision stays single, double stays double, where tags promise it."""
    preserved = ["float64", "float32"]
    if not _predictor(estimator_orig):
        preserved = get_tags(estimator_orig).transformer_tags.preserves_dtype
    for dtype in preserved:
        X, y = _data(estimator_orig, dtype=dtype)
        fitted = _configured(estimator_orig).fit(X, y)
        results = {
            f"{name}.{method}": getattr(fitted, method)(X)
            for method in METHODS
            if hasattr(fitted, method)
        }
        if hasattr(fitted, "theta_"):
            results[f"{name}.theta_"] = fitted.theta_
        for what, result in results.items():
            assert result.dtype.kind != "f" or result.dtype == dtype, (
                f"{what} is {result.dtype} where X is {dtype}."
            )


# -- nothing depends on the other sequences --------------------------------------------


@_applies_to(_all)
def check_sequence_batch_invariance(name, estimator_orig):
    """A result is the same whether sequences come together or one by one."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    for i, x in enumerate(X):
        when = f"on sequence {i} alone"
        _assert_same(name, when, _outputs(fitted, [x]), _chosen(expected, [i]))


@_applies_to(_all)
def check_sequence_order_invariance(name, estimator_orig):
    """Results come in the order of the sequences, whatever that is."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    order = np.random.RandomState(1).permutation(len(X))
    expected = _chosen(_outputs(fitted, X), order)
    for form in ([X[i] for i in order], Sequences.from_list(X)[order]):
        _assert_same(name, "in another order", _outputs(fitted, form), expected)


@_applies_to(_all)
def check_sequence_padding_invariance(name, estimator_orig):
    """More padding changes nothing, in `fit` and elsewhere."""
    X, y = _data(estimator_orig)
    sequences = Sequences.from_list(X)
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    for n_steps in (sequences.shape[1] + 1, 3 * sequences.shape[1]):
        padded = sequences.to_padded(n_steps=n_steps)
        when = f"padded to {n_steps} steps"
        _assert_same(name, when, _outputs(fitted, padded), expected)
        other = _configured(estimator_orig).fit(padded, y)
        _assert_same(name, f"after fit {when}", _outputs(other, X), expected)


@_applies_to(_has_threads)
def check_sequence_n_jobs(name, estimator_orig):
    """The number of threads changes neither fits nor results, but for rounding."""
    X, y = _data(estimator_orig)
    one = _deterministic(estimator_orig).set_params(n_jobs=1).fit(X, y)
    two = _deterministic(estimator_orig).set_params(n_jobs=2).fit(X, y)
    expected = _outputs(one, X)
    _assert_same(name, "after fit with n_jobs=2", _outputs(two, X), expected, TRAINING)
    one.set_params(n_jobs=2)
    _assert_same(name, "with n_jobs=2", _outputs(one, X), expected)


# -- copies ----------------------------------------------------------------------------


def _copies(estimator):
    """The estimator after each way in which estimators travel."""
    yield "pickle", pickle.loads(pickle.dumps(estimator))
    yield "deepcopy", deepcopy(estimator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estimator.joblib"
        joblib.dump(estimator, path)
        yield "joblib", joblib.load(path)


@_applies_to(_all)
def check_sequence_persistence(name, estimator_orig):
    """Pickle, joblib and deepcopy keep all results."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    for way, copy in _copies(fitted):
        _assert_same(name, f"after {way}", _outputs(copy, X), expected)


@_applies_to(_learns_on)
def check_partial_fit_after_loading(name, estimator_orig):
    """A loaded estimator learns on just as the one that was saved."""
    X, y = _data(estimator_orig)
    more = [2 * x + 1 for x in X]
    fitted = _incremental(estimator_orig).fit(X, y)
    before = _outputs(fitted, X)
    copies = dict(_copies(fitted))
    expected = _outputs(fitted.partial_fit(more, y), X)
    for way, copy in copies.items():
        when = f"unchanged by partial_fit after {way}"
        _assert_same(name, f"after {way}", _outputs(copy, X), before)
        learned = _outputs(copy.partial_fit(more, y), X)
        moved = any(
            not _close(one, other, ROUNDING)
            for method in before
            for one, other in zip(learned[method], before[method], strict=True)
        )
        assert moved, f"All results of {name} are {when}."
        when = f"after {way} and partial_fit"
        _assert_same(name, when, learned, expected)


@_applies_to(_all)
def check_clone_of_fitted(name, estimator_orig):
    """A clone has the parameters and nothing of what was learned."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    copy = clone(fitted)
    assert repr(copy) == repr(fitted), f"clone of {fitted!r} is {copy!r}."
    learned = [attribute for attribute in vars(copy) if attribute.endswith("_")]
    assert not learned, f"A clone of {name} has the fitted attributes {learned}."
    _assert_unfitted(name, "cloned", copy, X)


# -- fit -------------------------------------------------------------------------------


@_applies_to(_all)
def check_fit_is_repeatable(name, estimator_orig):
    """Two fits with the same random state agree to the last bit."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    expected = _outputs(fitted, X)
    others = {"fitted again": fitted, "cloned and fitted": clone(fitted)}
    if get_tags(estimator_orig).non_deterministic:
        return
    for when, other in others.items():
        if "warm_start" in other.get_params():
            other.set_params(warm_start=False)
        _assert_same(name, when, _outputs(other.fit(X, y), X), expected, tolerance=0)


@_applies_to(_all)
def check_fit_leaves_arguments_alone(name, estimator_orig):
    """`fit` and what follows change neither parameters nor data."""
    X, y = _data(estimator_orig)
    for form, container in _containers(X).items():
        estimator = _configured(estimator_orig)
        parameters = estimator.get_params(deep=False)
        arguments = {"X": container, "y": y, "parameters": parameters}
        before = {what: joblib.hash(value) for what, value in arguments.items()}
        _outputs(estimator.fit(container, y), container)
        for what, value in arguments.items():
            changed = joblib.hash(value) != before[what]
            assert not changed, f"{name} changes its {what} where X is {form}."
        for parameter, value in estimator.get_params(deep=False).items():
            kept = value is parameters[parameter]
            assert kept, f"{name}.fit replaces the parameter {parameter!r}."


@_applies_to(_all)
def check_failed_fit(name, estimator_orig):
    """A `fit` that raises leaves the estimator as it was, fitted or not."""
    X, y = _data(estimator_orig)
    bad = {"widths differ": ([*X[:-1], np.ones((2, N_FEATURES + 1))], y)}
    if _refuses_nan(estimator_orig):
        bad["a value is NaN"] = ([*X[:-1], np.full((2, N_FEATURES), np.nan)], y)
    if _predictor(estimator_orig):
        bad["X and y differ in length"] = (X, y[:-1])
    for why, (bad_X, bad_y) in bad.items():
        when = f"after a fit that fails since {why}"
        estimator = _configured(estimator_orig)
        _error(name, f"where {why}", lambda: estimator.fit(bad_X, bad_y))  # noqa: B023
        _assert_unfitted(name, when, estimator, X)
        expected = _outputs(estimator.fit(X, y), X)
        _error(name, f"where {why}", lambda: estimator.fit(bad_X, bad_y))  # noqa: B023
        _assert_same(name, when, _outputs(estimator, X), expected)


@_applies_to(_takes_weights)
def check_sequence_weights(name, estimator_orig):
    """Weight 2 is a sequence twice, weight 0 one removed, in full batches."""
    X, y = _data(estimator_orig)
    weight = np.random.RandomState(2).randint(0, 3, len(X))
    index = np.repeat(np.arange(len(X)), weight)
    weighted = _deterministic(estimator_orig).fit(X, y, sample_weight=weight)
    repeated = _deterministic(estimator_orig).fit([X[i] for i in index], y[index])
    when = "after fit with weights 0, 1, 2 in the place of repetitions"
    _assert_same(
        name, when, _outputs(weighted, X), _outputs(repeated, X), tolerance=TRAINING
    )


# -- errors ----------------------------------------------------------------------------


def _assert_unfitted(name, when, estimator, X):
    for method in METHODS:
        if hasattr(estimator, method):
            call = partial(getattr(estimator, method), X)
            _error(f"{name}.{method}", when, call, NotFittedError)


@_applies_to(_all)
def check_sequences_unfitted(name, estimator_orig):
    """An estimator that is not fitted says so, whatever the form of X."""
    X, _ = _data(estimator_orig)
    for form, container in _containers(X).items():
        when = f"before fit, on {form},"
        _assert_unfitted(name, when, clone(estimator_orig), container)


@_applies_to(_refuses_nan)
def check_sequences_not_finite(name, estimator_orig):
    """NaN and infinity are errors; those of predictors name sequence and step."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    for value in (np.nan, np.inf):
        bad = [x.copy() for x in X]
        bad[7][2, 1] = value
        for form, container in _containers(bad).items():
            calls = [partial(_configured(estimator_orig).fit, container, y)]
            calls += [partial(_outputs, fitted, container)]
            for call in calls:
                message = _error(name, f"with {value} in {form}", call)
                named = re.search(r"\b7\b.*\b2\b", message)
                assert named or not _predictor(estimator_orig), (
                    f"{name} says of {value} in sequence 7, step 2, of {form}: "
                    f"{message!r}, which does not name that place."
                )


@_applies_to(_all)
def check_sequences_of_other_width(name, estimator_orig):
    """Another number of features than in `fit` is an error that names both numbers."""
    X, y = _data(estimator_orig)
    fitted = _configured(estimator_orig).fit(X, y)
    wide, _ = _data(estimator_orig, n_features=N_FEATURES + 4)
    for method in METHODS:
        if hasattr(fitted, method):
            for form, container in _containers(wide).items():
                when = f"on {form} of 7 features after fit on 3"
                call = partial(getattr(fitted, method), container)
                message = _error(f"{name}.{method}", when, call)
                named = re.search(r"\b7\b", message) and re.search(r"\b3\b", message)
                assert named, f"{name}.{method} {when} does not say so: {message!r}"


@_applies_to(_predictor)
def check_sequences_of_text(name, estimator_orig):
    """Text is an error that names the transformer which makes numbers of it."""
    _, y = _data(estimator_orig)
    texts = ["good day", "no"] * (len(y) // 2)
    for form in (texts, np.array(texts), [text.split() for text in texts]):
        call = partial(_configured(estimator_orig).fit, form, y)
        message = _error(f"{name}.fit", "on text", call)
        named = "SequenceVectorizer" in message
        assert named, f"{name}.fit on text names no SequenceVectorizer: {message!r}"


# -- scikit-learn around the estimator -------------------------------------------------


@_applies_to(_predictor)
def check_sequence_model_selection(name, estimator_orig):
    """Cross-validation, searches and learning curves take lists and `Sequences`."""
    X, y = _data(estimator_orig)
    estimator, cv, results = _configured(estimator_orig), KFold(3), []
    for form in (X, Sequences.from_list(X)):
        scores = cross_val_score(estimator, form, y, cv=cv, error_score="raise")
        predicted = cross_val_predict(estimator, form, y, cv=cv)
        assert predicted.shape == y.shape, (
            f"cross_val_predict of {name} has shape {predicted.shape}, not {y.shape}."
        )
        search = GridSearchCV(estimator, {}, cv=cv, n_jobs=2, error_score="raise")
        searched = search.fit(form, y).predict(form)
        curve = learning_curve(
            estimator, form, y, cv=cv, train_sizes=[0.8, 1.0], error_score="raise"
        )
        train, test, y_train, _ = train_test_split(form, y, random_state=0)
        tested = clone(estimator).fit(train, y_train).predict(test)
        results.append([scores, predicted, searched, curve[2], tested])
        best = search.cv_results_["mean_test_score"][0]
        assert np.isclose(best, scores.mean(), atol=ROUNDING), (
            f"GridSearchCV of {name} scores {best}, cross_val_score {scores.mean()}."
        )
    for one, other in zip(*results, strict=True):
        assert _close(np.asarray(one), np.asarray(other), ROUNDING), (
            f"Model selection with {name} differs between a list and Sequences: "
            f"{one} and {other}."
        )


@_applies_to(_all)
def check_sequence_pipeline(name, estimator_orig):
    """A pipeline that scales the steps equals scaling them by hand."""
    X, y = _data(estimator_orig)
    scaler = StepwiseTransformer().fit(X)
    scaled = scaler.transform(X)
    if get_tags(estimator_orig).input_tags.positive_only:
        return
    by_hand = _configured(estimator_orig).fit(scaled, y)
    pipeline = make_pipeline(StepwiseTransformer(), _configured(estimator_orig))
    pipeline.fit(X, y)
    expected = _outputs(by_hand, scaled)
    _assert_same(name, "in a pipeline", _outputs(pipeline, X), expected)
