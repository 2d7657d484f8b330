"""Checks of the forms of input that an estimator takes, and of those it refuses."""

import re
from functools import partial

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.utils import get_tags

from sklearn_rnn.sequences import Sequences
from sklearn_rnn.utils._checking import (
    LENGTHS,
    METHODS,
    N_FEATURES,
    TRAINING,
    any_estimator,
    applies_to,
    assert_same,
    assert_unfitted,
    chosen,
    configured,
    containers,
    deterministic,
    error_of,
    has_ragged_targets,
    labels_steps,
    learns_sequences,
    make_data,
    outputs_of,
    ragged_targets,
    refuses_nan,
    refuses_text,
    writes_sequences,
)


@applies_to(any_estimator)
def check_sequence_containers(name, estimator_orig):
    """Lists, object arrays, padded arrays and `Sequences` mean the same.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a result depends on the form of X.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_containers
    >>> check_sequence_containers("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for form, container in containers(X).items():
        assert_same(name, f"on {form}", outputs_of(fitted, container), expected)
        other = configured(estimator_orig).fit(container, y)
        when = f"after fit on {form}"
        assert_same(name, when, outputs_of(other, X), expected)


@applies_to(any_estimator)
def check_sparse_sequences(name, estimator_orig):
    """Sparse steps mean the same as dense ones, or are refused as sparse.

    Predictors must take them. The fits are compared on steps in which no value is
    zero, since a network may start otherwise where few are stored.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If sparse steps lead to another result, or to an error that is not about them.

    Examples
    --------
    A transformer may refuse them, if it says so:

    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sparse_sequences
    >>> check_sparse_sequences("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig)
    filled = Sequences.from_list(X)
    columns = np.arange(len(filled.values)) % N_FEATURES
    one_hot = filled.with_values(np.eye(N_FEATURES)[columns])
    for dense, what in ((filled, "filled"), (one_hot, "one-hot")):
        sparse = dense.with_values(sp.csr_array(dense.values))
        fitted = deterministic(estimator_orig).fit(dense, y)
        expected = outputs_of(fitted, dense)
        must = learns_sequences(estimator_orig)
        if not must and _refuses_sparse(estimator_orig, sparse):
            return
        for form in (sparse, list(sparse)):
            when = f"on {what} sparse sequences"
            assert_same(name, when, outputs_of(fitted, form), expected)
            other = deterministic(estimator_orig).fit(form, y)
            when = f"on dense sequences after fit on the same {what} sparse ones"
            assert_same(name, when, outputs_of(other, dense), outputs_of(other, form))
            if dense is filled:
                when = "after fit on filled sparse sequences"
                assert_same(name, when, outputs_of(other, dense), expected, TRAINING)


def _refuses_sparse(estimator_orig, X):
    try:
        clone(estimator_orig).fit(X)
    except (TypeError, ValueError) as error:
        return "sparse" in str(error)
    return False


@applies_to(any_estimator)
def check_univariate_sequences(name, estimator_orig):
    """Arrays (length,) mean the same as arrays (length, 1).

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If they have other results.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_univariate_sequences
    >>> check_univariate_sequences("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig, n_features=1)
    flat = [x[:, 0] for x in X]
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for form in (flat, [x.tolist() for x in flat]):
        when = "on sequences of shape (length,)"
        assert_same(name, when, outputs_of(fitted, form), expected)
        other = configured(estimator_orig).fit(form, y)
        assert_same(name, f"after fit {when}", outputs_of(other, X), expected)


@applies_to(any_estimator)
def check_two_dimensional_array(name, estimator_orig):
    """The rows of a table are univariate sequences of equal length.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If rows are read as anything else.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_two_dimensional_array
    >>> check_two_dimensional_array("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig, lengths=[5] * 24, n_features=1)
    sequences, table = Sequences.from_list(X), np.stack(X)[:, :, 0]
    fitted = configured(estimator_orig).fit(sequences, y)
    expected = outputs_of(fitted, sequences)
    assert_same(name, "on a 2-D array", outputs_of(fitted, table), expected)
    other = configured(estimator_orig).fit(table, y)
    assert_same(name, "after fit on a 2-D array", outputs_of(other, table), expected)
    assert_same(name, "after fit on it", outputs_of(other, sequences), expected)
    assert other.n_features_in_ == 5, (
        f"{name}.n_features_in_ is {other.n_features_in_} after fit on 5 columns."
    )


@applies_to(any_estimator)
def check_sequences_of_one_step(name, estimator_orig):
    """Sequences of one step are as good as others.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a result is not finite, or depends on longer sequences.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import check_sequences_of_one_step
    >>> check_sequences_of_one_step("RNNClassifier", RNNClassifier(2, max_iter=5))
    """
    X, y = make_data(estimator_orig, lengths=[1] * 24)
    fitted = configured(estimator_orig).fit(X, y)
    _assert_finite(name, "on sequences of one step", outputs_of(fitted, X))
    both = [*X, np.ones((4, N_FEATURES))]
    expected = chosen(outputs_of(fitted, both), range(len(X)))
    when = "on sequences of one step without a longer one"
    assert_same(name, when, outputs_of(fitted, X), expected)


@applies_to(any_estimator)
def check_empty_sequences(name, estimator_orig):
    """A sequence without steps is a sequence, in `fit` and elsewhere.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a sequence without steps has no result, or changes others.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import check_empty_sequences
    >>> check_empty_sequences("RNNClassifier", RNNClassifier(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    nothing = np.empty((0, N_FEATURES))
    fitted = configured(estimator_orig).fit(X, y)
    full = outputs_of(fitted, X)
    among = outputs_of(fitted, [X[0], nothing, *X[1:], []])
    _assert_finite(name, "with empty sequences", among)
    others = chosen(among, [0, *range(2, len(X) + 1)])
    assert_same(name, "beside an empty sequence", others, full)
    for form in ([nothing], [[]], Sequences(nothing, [0])):
        alone = outputs_of(fitted, form)
        when = "on an empty sequence alone"
        assert_same(name, when, alone, chosen(among, [1]))
        assert_same(name, when, alone, chosen(among, [-1]))
    X = [X[0], nothing, *X[2:-1], nothing]
    if has_ragged_targets(estimator_orig):
        y = ragged_targets(estimator_orig, X)
    fitted = configured(estimator_orig).fit(X, y)
    _assert_finite(name, "after fit with empty sequences", outputs_of(fitted, X))


def _assert_finite(name, when, outputs):
    for method, rows in outputs.items():
        for i, row in enumerate(rows):
            if row.dtype.kind == "f":
                assert np.isfinite(row).all(), (
                    f"{name}.{method} {when} gives {row} for sequence {i}."
                )


@applies_to(any_estimator)
def check_sequence_memory_layout(name, estimator_orig):
    """Read-only, column-major and strided values are as good as others.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a result depends on the layout, or an array cannot be read.

    Examples
    --------
    A function that writes into the array that it gets:

    >>> import numpy as np
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_memory_layout
    >>> write = FunctionTransformer(lambda x: np.negative(x, out=x))
    >>> negative = StepwiseTransformer(write)
    >>> check_sequence_memory_layout("negative", negative)
    Traceback (most recent call last):
        ...
    AssertionError: negative: check_sequence_memory_layout met ValueError: ... read-only
    """
    X, y = make_data(estimator_orig)
    sequences = Sequences.from_list(X)
    expected = outputs_of(configured(estimator_orig).fit(sequences, y), sequences)
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
        outputs = outputs_of(configured(estimator_orig).fit(form, y), form)
        assert_same(name, f"on {layout} values", outputs, expected)


@applies_to(any_estimator)
def check_sequence_dtype(name, estimator_orig):
    """Single precision stays single, double stays double, where tags promise it.

    Log-densities, sums over long sequences, may be double.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a result has another precision than X.

    Examples
    --------
    Single precision, whatever it gets:

    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequence_dtype
    >>> single = StepwiseTransformer(FunctionTransformer(lambda x: x.astype("float32")))
    >>> check_sequence_dtype("single", single)
    Traceback (most recent call last):
        ...
    AssertionError: single.transform is float32 where X is float64.
    """
    preserved = ["float64", "float32"]
    if not learns_sequences(estimator_orig):
        preserved = get_tags(estimator_orig).transformer_tags.preserves_dtype
    for dtype in preserved:
        X, y = make_data(estimator_orig, dtype=dtype)
        fitted = configured(estimator_orig).fit(X, y)
        results = {
            f"{name}.{method}": getattr(fitted, method)(X)
            for method in METHODS
            if hasattr(fitted, method) and method != "score_samples"
        }
        for what, result in results.items():
            if result.dtype == object:  # of arrays
                results[what] = np.concatenate(result)
        if hasattr(fitted, "theta_"):
            results[f"{name}.theta_"] = fitted.theta_
        for what, result in results.items():
            assert result.dtype.kind != "f" or result.dtype == dtype, (
                f"{what} is {result.dtype} where X is {dtype}."
            )


@applies_to(any_estimator)
def check_sequences_unfitted(name, estimator_orig):
    """An estimator that is not fitted says so, whatever the form of X.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If there is a result, or an error of another kind.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import check_sequences_unfitted
    >>> check_sequences_unfitted("RNNClassifier", RNNClassifier(2))
    """
    X, _ = make_data(estimator_orig)
    for form, container in containers(X).items():
        when = f"before fit, on {form},"
        assert_unfitted(name, when, clone(estimator_orig), container)


@applies_to(refuses_nan)
def check_sequences_not_finite(name, estimator_orig):
    """NaN and infinity are errors; those of predictors name sequence and step.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If they are taken, or the error of a predictor does not name the place.

    Examples
    --------
    A function that takes whatever comes, which its tags do not tell:

    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from sklearn_rnn import StepwiseTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequences_not_finite
    >>> double = StepwiseTransformer(FunctionTransformer(lambda x: 2 * x))
    >>> check_sequences_not_finite("double", double)
    Traceback (most recent call last):
        ...
    AssertionError: double with nan in a list of arrays does not raise ValueError.
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    for value in (np.nan, np.inf):
        bad = [x.copy() for x in X]
        bad[7][2, 1] = value
        for form, container in containers(bad).items():
            calls = [partial(configured(estimator_orig).fit, container, y)]
            calls += [partial(outputs_of, fitted, container)]
            for call in calls:
                message = error_of(name, f"with {value} in {form}", call)
                named = re.search(r"\b7\b.*\b2\b", message)
                assert named or not learns_sequences(estimator_orig), (
                    f"{name} says of {value} in sequence 7, step 2, of {form}: "
                    f"{message!r}, which does not name that place."
                )


@applies_to(any_estimator)
def check_sequences_of_other_width(name, estimator_orig):
    """Another number of features than in `fit` is an error that names both numbers.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If they are taken, or the error does not name both numbers.

    Examples
    --------
    >>> from sklearn_rnn import FrameTransformer
    >>> from sklearn_rnn.utils.estimator_checks import check_sequences_of_other_width
    >>> check_sequences_of_other_width("FrameTransformer", FrameTransformer(width=2))
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    wide, _ = make_data(estimator_orig, n_features=N_FEATURES + 4)
    for method in METHODS:
        if hasattr(fitted, method):
            for form, container in containers(wide).items():
                when = f"on {form} of 7 features after fit on 3"
                call = partial(getattr(fitted, method), container)
                message = error_of(f"{name}.{method}", when, call)
                named = re.search(r"\b7\b", message) and re.search(r"\b3\b", message)
                assert named, f"{name}.{method} {when} does not say so: {message!r}"


@applies_to(refuses_text)
def check_sequences_of_text(name, estimator_orig):
    """Text is an error that names the transformer which makes numbers of it.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If text is taken, or the error does not name `SequenceVectorizer`.

    Examples
    --------
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.utils.estimator_checks import check_sequences_of_text
    >>> check_sequences_of_text("RNNClassifier", RNNClassifier(2, max_iter=5))
    """
    _, y = make_data(estimator_orig)
    texts = ["good day", "no"] * (len(y) // 2)
    for form in (texts, np.array(texts), [text.split() for text in texts]):
        call = partial(configured(estimator_orig).fit, form, y)
        message = error_of(f"{name}.fit", "on text", call)
        named = "SequenceVectorizer" in message
        assert named, f"{name}.fit on text names no SequenceVectorizer: {message!r}"


@applies_to(labels_steps)
def check_labels_of_steps(name, estimator_orig):
    """A label for each step, from y in any form; labels for other steps are refused.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If labels have other shapes, or a form of y is not read, or a label too few is
        taken.

    Examples
    --------
    >>> from sklearn_rnn import RNNSequenceTagger
    >>> from sklearn_rnn.utils.estimator_checks import check_labels_of_steps
    >>> check_labels_of_steps("RNNSequenceTagger", RNNSequenceTagger(2, max_iter=5))
    """
    for lengths in (LENGTHS, [3] * len(LENGTHS)):
        X, y = make_data(estimator_orig, lengths=lengths)
        fitted = configured(estimator_orig).fit(X, y)
        labels = fitted.predict(X)
        shapes = [np.shape(labels), *(np.shape(part) for part in labels)]
        assert shapes == [(len(X),), *((length,) for length in lengths)], (
            f"{name}.predict gives no array of labels for each sequence: {labels!r}."
        )
        padded = Sequences.from_list([part[:, None] for part in y.tolist()])
        forms = {
            "a list of arrays": y.tolist(),
            "a list of lists": [part.tolist() for part in y],
            "a padded array": padded.to_padded(fill_value="")[:, :, 0],
        }
        for form, container in forms.items():
            other = configured(estimator_orig).fit(X, container)
            when = f"after fit with y as {form}"
            assert_same(name, when, outputs_of(other, X), outputs_of(fitted, X))
        short = [*y[:4], y[4][:-1], *y[5:]]
        call = partial(configured(estimator_orig).fit, X, short)
        message = error_of(f"{name}.fit", "with a label too few", call)
        assert re.search(r"\b4\b", message), (
            f"{name} says of a label that sequence 4 lacks: {message!r}, which does "
            "not name it."
        )


@applies_to(writes_sequences)
def check_written_sequences(name, estimator_orig):
    """Targets in any form; the best of several is what `predict` gives.

    Parameters
    ----------
    name : str
        What error messages call the estimator.
    estimator_orig : estimator instance
        It is cloned, not changed.

    Raises
    ------
    AssertionError
        If a form of y is not read, or results contradict each other.

    Examples
    --------
    >>> from sklearn_rnn import RNNTranslator
    >>> from sklearn_rnn.utils.estimator_checks import check_written_sequences
    >>> check_written_sequences("RNNTranslator", RNNTranslator(2, max_iter=5))
    """
    X, y = make_data(estimator_orig)
    fitted = configured(estimator_orig).fit(X, y)
    expected = outputs_of(fitted, X)
    for form, container in {
        "a list of lists": y.tolist(),
        "a tuple of arrays": tuple(np.array(part) for part in y),
    }.items():
        other = configured(estimator_orig).fit(X, container)
        when = f"after fit with y as {form}"
        assert_same(name, when, outputs_of(other, X), expected)
    best, _ = fitted.predict_n_best(X, n_best=1)
    _, scores = fitted.predict_n_best(X, n_best=2)
    for i, (one, own) in enumerate(zip(best, scores, strict=True)):
        assert list(one[0]) == list(expected["predict"][i]), (
            f"{name}.predict gives {expected['predict'][i]} for sequence {i}, but "
            f"{one[0]} is the best of predict_n_best."
        )
        assert (np.diff(own) <= 0).all(), (
            f"{name}.predict_n_best gives the scores {own} for sequence {i}, which do "
            "not fall."
        )
    right = [list(one) == true for one, true in zip(fitted.predict(X), y, strict=True)]
    score = fitted.score(X, y)
    assert np.isclose(score, np.mean(right)), (
        f"{name}.score is {score}, but {np.mean(right)} of the predictions are right."
    )
    nothing = [*y[:4], [], *y[5:]]
    call = partial(configured(estimator_orig).fit, X, nothing)
    message = error_of(f"{name}.fit", "with an empty target", call)
    assert re.search(r"\b4\b", message), (
        f"{name} says of target 4, which is empty: {message!r}, which does not name it."
    )
