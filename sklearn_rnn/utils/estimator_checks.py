"""Checks of what any estimator must do that takes sequences.

scikit-learn's own checks know tables only. These are their complement: each
``check_...(name, estimator)`` clones the estimator, fits it on small sequences of
unequal lengths and raises an `AssertionError` that says what differs.
"""

import re
from functools import partial

from sklearn_rnn.utils._checking import CHECKS
from sklearn_rnn.utils._checks_of_fits import (
    check_clone_of_fitted,
    check_density_of_sequences,
    check_failed_fit,
    check_fit_is_repeatable,
    check_fit_leaves_arguments_alone,
    check_partial_fit_after_loading,
    check_sequence_batch_invariance,
    check_sequence_model_selection,
    check_sequence_n_jobs,
    check_sequence_order_invariance,
    check_sequence_padding_invariance,
    check_sequence_persistence,
    check_sequence_pipeline,
    check_sequence_weights,
)
from sklearn_rnn.utils._checks_of_input import (
    check_empty_sequences,
    check_labels_of_steps,
    check_sequence_containers,
    check_sequence_dtype,
    check_sequence_memory_layout,
    check_sequences_not_finite,
    check_sequences_of_one_step,
    check_sequences_of_other_width,
    check_sequences_of_text,
    check_sequences_unfitted,
    check_sparse_sequences,
    check_two_dimensional_array,
    check_univariate_sequences,
    check_written_sequences,
)

__all__ = [
    "check_clone_of_fitted",
    "check_density_of_sequences",
    "check_empty_sequences",
    "check_failed_fit",
    "check_fit_is_repeatable",
    "check_fit_leaves_arguments_alone",
    "check_labels_of_steps",
    "check_partial_fit_after_loading",
    "check_sequence_batch_invariance",
    "check_sequence_containers",
    "check_sequence_dtype",
    "check_sequence_estimator",
    "check_sequence_memory_layout",
    "check_sequence_model_selection",
    "check_sequence_n_jobs",
    "check_sequence_order_invariance",
    "check_sequence_padding_invariance",
    "check_sequence_persistence",
    "check_sequence_pipeline",
    "check_sequence_weights",
    "check_sequences_not_finite",
    "check_sequences_of_one_step",
    "check_sequences_of_other_width",
    "check_sequences_of_text",
    "check_sequences_unfitted",
    "check_sparse_sequences",
    "check_two_dimensional_array",
    "check_univariate_sequences",
    "check_written_sequences",
    "parametrize_with_sequence_checks",
    "sequence_checks",
]


def sequence_checks(estimator):
    """All checks that apply to an estimator.

    Parameters
    ----------
    estimator : estimator instance
        Classifier, regressor or transformer of sequences of numbers; an estimator that
        writes sequences, which has the method `predict_n_best`; one that labels steps:
        that requires y and is none of the former; or a density, which has the methods
        `score_samples` and `sample`, and may have conditions y.

    Returns
    -------
    checks : list of callable
        Each is called as ``check(name, estimator)`` and raises an `AssertionError` if
        the estimator does not pass.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import sequence_checks
    >>> names = [check.__name__ for check in sequence_checks(FrameTransformer())]
    >>> "check_empty_sequences" in names
    True
    >>> "check_sequence_weights" in names  # its fit takes none
    False
    """
    return [check for check, applies in CHECKS if applies(estimator)]


def check_sequence_estimator(estimator):
    """Run all checks that apply to an estimator.

    An estimator passes if it takes sequences in every form that
    `sklearn_rnn.check_sequences` reads, and if no result depends on the form, the
    order, or the other sequences. It should pass
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

    Raises
    ------
    ImportError
        If pytest is not installed.

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
