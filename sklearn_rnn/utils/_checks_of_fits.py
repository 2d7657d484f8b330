"""Checks of what fits, copies and predictions depend on, and of what they do not."""

import pickle
import tempfile
from copy import deepcopy
from pathlib import Path

import joblib
import numpy as np
from sklearn.base import clone
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

from sklearn_rnn.sequences import Sequences
from sklearn_rnn.steps import StepwiseTransformer
from sklearn_rnn.utils._checking import (
    N_FEATURES,
    ROUNDING,
    TRAINING,
    any_estimator,
    applies_to,
    assert_same,
    assert_unfitted,
    chosen,
    close,
    configured,
    containers,
    dense,
    deterministic,
    error_of,
    has_threads,
    incremental,
    is_density,
    is_predictor,
    learns_on,
    learns_sequences,
    make_data,
    outputs_of,
    refuses_nan,
    takes_weights,
)


@applies_to(any_estimator)
def check_sequence_batch_invariance(name, estimator_orig):
    """A result is the same whether sequences come together or one by one.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a sequence alone has another result than among others.

    Examples
    --------
    The mean is that of all sequences at hand:

    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_batch_invariance
    >>> centred = StepwiseTransformer(FunctionTransformer(lambda x: x - x.mean(axis=0)))
    >>> check_sequence_batch_invariance("centred", centred)
    Traceback (most recent call last):
        ...
    AssertionError: centred.transform on sequence 0 alone gives ...
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for i, x in enumerate(X):
        when = f"on sequence {i} alone"
        assert_same(name, when, outputs_of(fitted, [x]), chosen(expected, [i]))


@applies_to(any_estimator)
def check_sequence_order_invariance(name, estimator_orig):
    """Results come in the order of the sequences, whatever that is.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a sequence has another result in another place.

    Examples
    --------
    Sums that run on from one sequence to the next:

    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_order_invariance
    >>> sums = StepwiseTransformer(FunctionTransformer(lambda x: x.cumsum(axis=0)))
    >>> check_sequence_order_invariance("sums", sums)
    Traceback (most recent call last):
        ...
    AssertionError: sums.transform in another order gives ...
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    order = np.random.RandomState(1).permutation(len(X))
    expected = chosen(outputs_of(fitted, X), order)
    for form in ([X[i] for i in order], Sequences.from_list(X)[order]):
        assert_same(name, "in another order", outputs_of(fitted, form), expected)


@applies_to(any_estimator)
def check_sequence_padding_invariance(name, estimator_orig):
    """More padding changes nothing, in `fit` and elsewhere.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If more padding leads to another result.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_padding_invariance
    >>> check_sequence_padding_invariance("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    sequences = Sequences.from_list(X)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for n_steps in (sequences.shape[1] + 1, 3 * sequences.shape[1]):
        padded = sequences.to_padded(n_steps=n_steps)
        when = f"padded to {n_steps} steps"
        assert_same(name, when, outputs_of(fitted, padded), expected)
        other = configured(estimator_orig).fit(padded, y)
        assert_same(name, f"after fit {when}", outputs_of(other, X), expected)


@applies_to(has_threads)
def check_sequence_n_jobs(name, estimator_orig):
    """The number of threads changes neither fits nor results, but for rounding.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If results with two threads differ by more than rounding.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_n_jobs
    >>> check_sequence_n_jobs("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    one = deterministic(estimator_orig).set_params(n_jobs=1).fit(X, y)
    two = deterministic(estimator_orig).set_params(n_jobs=2).fit(X, y)
    expected = outputs_of(one, X)
    assert_same(name, "after fit with n_jobs=2", outputs_of(two, X), expected, TRAINING)
    one.set_params(n_jobs=2)
    assert_same(name, "with n_jobs=2", outputs_of(one, X), expected)


def _copies(estimator):
    """The estimator after each way in which estimators travel."""
    yield "pickle", pickle.loads(pickle.dumps(estimator))
    yield "deepcopy", deepcopy(estimator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estimator.joblib"
        joblib.dump(estimator, path)
        yield "joblib", joblib.load(path)


@applies_to(any_estimator)
def check_sequence_persistence(name, estimator_orig):
    """Pickle, joblib and deepcopy keep all results.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a copy has other results, or cannot be made.

    Examples
    --------
    What cannot be pickled cannot be stored:

    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_persistence
    >>> double = StepwiseTransformer(FunctionTransformer(lambda x: 2 * x))
    >>> check_sequence_persistence("double", double)
    Traceback (most recent call last):
        ...
    AssertionError: double: check_sequence_persistence met ...
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for way, copy in _copies(fitted):
        assert_same(name, f"after {way}", outputs_of(copy, X), expected)


@applies_to(learns_on)
def check_partial_fit_after_loading(name, estimator_orig):
    """A loaded estimator learns on just as the one that was saved.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a copy learns nothing, or something else.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_partial_fit_after_loading
    >>> check_partial_fit_after_loading("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    more = [2 * x + 1 for x in X]
    fitted = incremental(estimator_orig).fit(X, y)
    before = outputs_of(fitted, X)
    copies = dict(_copies(fitted))
    expected = outputs_of(fitted.partial_fit(more, y), X)
    for way, copy in copies.items():
        when = f"unchanged by partial_fit after {way}"
        assert_same(name, f"after {way}", outputs_of(copy, X), before)
        learned = outputs_of(copy.partial_fit(more, y), X)
        moved = any(
            not close(one, other, ROUNDING)
            for method in before
            for one, other in zip(learned[method], before[method], strict=True)
        )
        assert moved, f"All results of {name} are {when}."
        when = f"after {way} and partial_fit"
        assert_same(name, when, learned, expected)


@applies_to(any_estimator)
def check_clone_of_fitted(name, estimator_orig):
    """A clone has the parameters and nothing of what was learned.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a clone has other parameters, or anything that was learned.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_clone_of_fitted
    >>> check_clone_of_fitted("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    copy = clone(fitted)
    assert repr(copy) == repr(fitted), f"clone of {fitted!r} is {copy!r}."
    learned = [attribute for attribute in vars(copy) if attribute.endswith("_")]
    assert not learned, f"A clone of {name} has the fitted attributes {learned}."
    assert_unfitted(name, "cloned", copy, X)


@applies_to(any_estimator)
def check_fit_is_repeatable(name, estimator_orig):
    """Two fits with the same random state agree to the last bit.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a second fit leads to results that differ at all.

    Examples
    --------
    Noise that no `random_state` determines:

    >>> import numpy as np
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_fit_is_repeatable
    >>> noise = np.random.RandomState(0)
    >>> add_noise = FunctionTransformer(lambda x: x + noise.normal(size=x.shape))
    >>> noisy = StepwiseTransformer(add_noise)
    >>> check_fit_is_repeatable("noisy", noisy)
    Traceback (most recent call last):
        ...
    AssertionError: noisy.transform fitted again gives ...
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    others = {"fitted again": fitted, "cloned and fitted": clone(fitted)}
    if get_tags(estimator_orig).non_deterministic:
        return
    for when, other in others.items():
        if "warm_start" in other.get_params():
            other.set_params(warm_start=False)
        assert_same(name, when, outputs_of(other.fit(X, y), X), expected, tolerance=0)


@applies_to(any_estimator)
def check_fit_leaves_arguments_alone(name, estimator_orig):
    """`fit` and what follows change neither parameters nor data.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If X, y or a parameter is changed.

    Examples
    --------
    A scaler that writes into the array that it gets:

    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_fit_leaves_arguments_alone
    >>> scaler = StepwiseTransformer(StandardScaler(copy=False))
    >>> check_fit_leaves_arguments_alone("scaler", scaler)
    Traceback (most recent call last):
        ...
    AssertionError: scaler changes its X where X is ...
    """
    X, y = make_data(estimator_orig)
    for form, container in containers(X).items():
        estimator = configured(estimator_orig)
        parameters = estimator.get_params(deep=False)
        arguments = {"X": container, "y": y, "parameters": parameters}
        before = {what: joblib.hash(value) for what, value in arguments.items()}
        outputs_of(estimator.fit(container, y), container)
        for what, value in arguments.items():
            changed = joblib.hash(value) != before[what]
            assert not changed, f"{name} changes its {what} where X is {form}."
        for parameter, value in estimator.get_params(deep=False).items():
            kept = value is parameters[parameter]
            assert kept, f"{name}.fit replaces the parameter {parameter!r}."


@applies_to(any_estimator)
def check_failed_fit(name, estimator_orig):
    """A `fit` that raises leaves the estimator as it was, fitted or not.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If bad data are taken, or if a fit that fails leaves a trace.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_failed_fit
    >>> check_failed_fit("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    bad = {"widths differ": ([*X[:-1], np.ones((2, N_FEATURES + 1))], y)}
    if refuses_nan(estimator_orig):
        bad["a value is NaN"] = ([*X[:-1], np.full((2, N_FEATURES), np.nan)], y)
    if learns_sequences(estimator_orig):
        bad["X and y differ in length"] = (X, y[:-1])
    for why, (bad_X, bad_y) in bad.items():
        when = f"after a fit that fails since {why}"
        estimator = configured(estimator_orig)
        error_of(name, f"where {why}", lambda: estimator.fit(bad_X, bad_y))  # noqa: B023
        assert_unfitted(name, when, estimator, X)
        expected = outputs_of(estimator.fit(X, y), X)
        error_of(name, f"where {why}", lambda: estimator.fit(bad_X, bad_y))  # noqa: B023
        assert_same(name, when, outputs_of(estimator, X), expected)


@applies_to(takes_weights)
def check_sequence_weights(name, estimator_orig):
    """Weight 2 is a sequence twice, weight 0 one removed, in full batches.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If weights lead to another result than repetitions.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_weights
    >>> check_sequence_weights("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    weight = np.random.RandomState(2).randint(0, 3, len(X))
    index = np.repeat(np.arange(len(X)), weight)
    weighted = deterministic(estimator_orig).fit(X, y, sample_weight=weight)
    repeated = deterministic(estimator_orig).fit([X[i] for i in index], y[index])
    when = "after fit with weights 0, 1, 2 in the place of repetitions"
    assert_same(
        name, when, outputs_of(weighted, X), outputs_of(repeated, X), tolerance=TRAINING
    )


@applies_to(is_predictor)
def check_sequence_model_selection(name, estimator_orig):
    """Cross-validation, searches and learning curves take lists and `Sequences`.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If scores or predictions depend on the form of X, or cannot be had.

    Examples
    --------
    A search runs two jobs, which may be threads:

    >>> import joblib
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_model_selection
    >>> with joblib.parallel_backend("threading"):
    ...     check_sequence_model_selection("RNNRegressor", RNNRegressor(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    estimator, cv, results = configured(estimator_orig), KFold(3), []
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
        assert close(np.asarray(one), np.asarray(other), ROUNDING), (
            f"Model selection with {name} differs between a list and Sequences: "
            f"{one} and {other}."
        )


@applies_to(is_density)
def check_density_of_sequences(name, estimator_orig):
    """The score is the mean log-density; samples depend on their own place alone.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If scores contradict each other, or a sample depends on how many are drawn.

    Examples
    --------
    >>> from sklearn_rnn import RNNGenerator
    >>> from sklearn_rnn.utils.estimator_checks import check_density_of_sequences
    >>> check_density_of_sequences("RNNGenerator", RNNGenerator(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    for conditions in (None, y):
        fitted = configured(estimator_orig).fit(X, conditions)
        mean = np.mean(fitted.score_samples(X, conditions))
        score = fitted.score(X, conditions)
        assert np.isclose(score, mean, rtol=ROUNDING), (
            f"{name}.score is {score}, the mean of score_samples {mean}."
        )
        given = None if conditions is None else conditions[:5]
        few = fitted.sample(2, y=None if given is None else given[:2], random_state=7)
        many = fitted.sample(5, y=given, random_state=7)
        for i, (one, other) in enumerate(zip(few, many, strict=False)):
            assert close(dense(one), dense(other), ROUNDING), (
                f"{name}.sample gives {one} in place {i} of 2 and {other} in that of 5."
            )
        scores = [
            cross_val_score(fitted, form, conditions, cv=KFold(3), error_score="raise")
            for form in (X, Sequences.from_list(X))
        ]
        assert close(*scores, ROUNDING), (
            f"Cross-validation of {name} gives {scores[0]} on a list and {scores[1]} "
            "on the same Sequences."
        )


@applies_to(any_estimator)
def check_sequence_pipeline(name, estimator_orig):
    """A pipeline that scales the steps equals scaling them by hand.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a pipeline has other results.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_pipeline
    >>> check_sequence_pipeline("RNNClassifier", RNNClassifier(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    scaler = StepwiseTransformer().fit(X)
    scaled = scaler.transform(X)
    if get_tags(estimator_orig).input_tags.positive_only:
        return
    by_hand = configured(estimator_orig).fit(scaled, y)
    pipeline = make_pipeline(StepwiseTransformer(), configured(estimator_orig))
    pipeline.fit(X, y)
    expected = outputs_of(by_hand, scaled)
    assert_same(name, "in a pipeline", outputs_of(pipeline, X), expected)
