"""What the checks of estimators share: their register, data, fits, comparisons."""

import warnings
from functools import partial, wraps

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from sklearn_rnn.sequences import Sequences

N_FEATURES = 3
LENGTHS = [4, 1, 6, 3, 1, 5, 2, 7, 3, 3, 8, 2, 4, 1, 5, 2, 6, 3, 1, 4, 2, 5, 3, 2]
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "transform",
)
ROUNDING = 1e-10  # the same numbers, added in another order
TRAINING = 1e-6  # what becomes of that in a fit

CHECKS = []  # pairs (check, predicate of the estimators that it is for)


def applies_to(predicate):
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

        CHECKS.append((run, predicate))
        return run

    return register


def any_estimator(estimator):
    return True


def writes_sequences(estimator):
    """Whether y are sequences of lengths of their own."""
    return hasattr(estimator, "predict_n_best")


def labels_steps(estimator):
    """Whether y has a label for each step, as that of no other kind of estimator."""
    is_other = is_classifier(estimator) or is_regressor(estimator)
    is_other = is_other or writes_sequences(estimator)
    return get_tags(estimator).target_tags.required and not is_other


def is_predictor(estimator):
    return (
        is_classifier(estimator)
        or is_regressor(estimator)
        or labels_steps(estimator)
        or writes_sequences(estimator)
    )


def refuses_text(estimator):
    """Whether it predicts, from numbers only."""
    return is_predictor(estimator) and not get_tags(estimator).input_tags.string


def is_density(estimator):
    """Whether it tells how probable sequences are; y, if any, are conditions."""
    return hasattr(estimator, "score_samples") and hasattr(estimator, "sample")


def learns_sequences(estimator):
    """Whether it is no mere transformer."""
    return is_predictor(estimator) or is_density(estimator)


def takes_weights(estimator):
    return has_fit_parameter(estimator, "sample_weight")


def has_threads(estimator):
    return "n_jobs" in estimator.get_params()


def learns_on(estimator):
    return hasattr(estimator, "partial_fit")


def refuses_nan(estimator):
    return not get_tags(estimator).input_tags.allow_nan


def make_data(estimator, lengths=LENGTHS, n_features=N_FEATURES, dtype=np.float64):
    """A list of arrays (length, n_features), and y as the estimator wants it."""
    random_state = np.random.RandomState(0)
    X = [random_state.normal(size=(n, n_features)).astype(dtype) for n in lengths]
    if get_tags(estimator).input_tags.positive_only:
        X = [np.abs(x) for x in X]
    if has_ragged_targets(estimator):
        return X, ragged_targets(estimator, X)
    y = random_state.permutation(np.arange(len(X)) % 2)
    if is_classifier(estimator):
        return X, np.array(["no", "yes"])[y]
    return X, y + random_state.normal(size=len(X))


def has_ragged_targets(estimator):
    """Whether each target is a sequence."""
    return labels_steps(estimator) or writes_sequences(estimator)


def ragged_targets(estimator, X):
    """Object array of the targets of all sequences, as the estimator wants them."""
    return step_labels(X) if labels_steps(estimator) else sequences_to_write(X)


def sequences_to_write(X):
    """Object array of lists of words, of other lengths than the sequences have."""
    y = np.empty(len(X), dtype=object)
    for i, labels in enumerate(step_labels(X)):
        y[i] = ["begin", *labels[::2].tolist()]
    return y


def step_labels(X):
    """Object array with the labels of the steps of each sequence."""
    y = np.empty(len(X), dtype=object)
    for i, x in enumerate(X):
        y[i] = np.where(np.asarray(x)[:, 0] > 0, "yes", "no")
    return y


def containers(X):
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


def configured(estimator, **params):
    """Clone with a fixed random state and with those of the parameters that it has."""
    estimator = clone(estimator)
    has = estimator.get_params()
    params = {"random_state": 0, **params}
    return estimator.set_params(**{p: v for p, v in params.items() if p in has})


def deterministic(estimator):
    """Clone whose fit depends on the sum of the losses alone: nothing is drawn."""
    return configured(
        estimator,
        batch_size="auto",
        dropout=0.0,
        input_dropout=0.0,
        recurrent_dropout=0.0,
        early_stopping=False,
    )


def incremental(estimator):
    """Clone that `partial_fit` does not refuse."""
    return configured(estimator, early_stopping=False, class_weight=None)


def outputs_of(estimator, X):
    """Method -> list with one flat array for each sequence."""
    outputs = {}
    for method in METHODS:
        if hasattr(estimator, method):
            result = getattr(estimator, method)(X)
            if getattr(result, "ndim", 1) == 3 and not isinstance(result, Sequences):
                result = Sequences.from_padded(result)
            outputs[method] = [dense(one).ravel() for one in result]
            assert len(outputs[method]) == len(X), (
                f"{type(estimator).__name__}.{method} gives {len(outputs[method])} "
                f"results for {len(X)} sequences."
            )
    return outputs


def dense(x):
    return x.toarray() if sp.issparse(x) else np.asarray(x)


def assert_same(name, when, actual, expected, tolerance=ROUNDING):
    """Raise if two results of `outputs_of` differ, say `when` that was."""
    for method, all_expected in expected.items():
        pairs = zip(actual[method], all_expected, strict=True)
        for i, (one, other) in enumerate(pairs):
            same = one.shape == other.shape and close(one, other, tolerance)
            assert same, (
                f"{name}.{method} {when} gives {one} for sequence {i}, not {other}."
            )


def close(one, other, tolerance):
    if other.dtype == object and one.shape == other.shape:
        pairs = zip(one.tolist(), other.tolist(), strict=True)
        return all(np.array_equal(part, rest) for part, rest in pairs)
    if other.dtype.kind in "biufc":
        return np.allclose(one, other, rtol=tolerance, atol=tolerance)
    return np.array_equal(one, other)


def chosen(outputs, index):
    """The part of `outputs_of` for some of the sequences."""
    return {method: [rows[i] for i in index] for method, rows in outputs.items()}


def error_of(name, when, call, kind=ValueError):
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


def assert_unfitted(name, when, estimator, X):
    for method in METHODS:
        if hasattr(estimator, method):
            call = partial(getattr(estimator, method), X)
            error_of(f"{name}.{method}", when, call, NotFittedError)
