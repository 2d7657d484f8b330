"""Labels of classes: checked, numbered, weighted."""

from numbers import Number, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from sklearn_rnn._arrays import is_missing, naming, refuse_masked
from sklearn_rnn.validation import dtype_kind


def read_labels(y, warn=False):
    """Labels (n,), checked."""
    refuse_masked(y, "y")
    lists = isinstance(y, (list, tuple)) or (dtype_kind(y) == "O" and np.iterable(y))
    if lists and any(is_nested(labels) and len(labels) > 1 for labels in y):
        raise ValueError(
            "y has several labels for each sequence. RNNSequenceTagger learns a label "
            "for each step, OneVsRestClassifier around a classifier any number of them."
        )
    if isinstance(y, (list, tuple)) and len({isinstance(a, str) for a in y}) > 1:
        raise ValueError("y mixes labels that are text and labels that are not.")
    with naming("y"):
        y = column_or_1d(y, warn=warn)
    _check_labels(y)
    with np.errstate(invalid="ignore"):  # of infinities and fractions
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
    return y


def _check_labels(y):
    """Raise if an array (n,) has what can never be a label, or several kinds."""
    if y.dtype.kind in "cV":
        raise ValueError(f"Labels must be text or numbers: y has dtype {y.dtype}.")
    if y.dtype.kind != "O":
        return
    for place, label in enumerate(y.tolist()):
        if is_missing(label):
            raise ValueError(
                f"Input y contains NaN: there is no label in place {place}, but "
                f"{label!r}."
            )
        if not is_label(label):
            raise ValueError(
                f"Labels must be text or numbers: y has {label!r} in place {place}."
            )
    if len({isinstance(label, str) for label in y}) > 1:
        raise ValueError("y mixes labels that are text and labels that are not.")


def is_label(label):
    """Whether something may name a class: text, or a single number."""
    return isinstance(label, (str, bytes, Number, np.generic)) and not isinstance(
        label, np.void
    )


def is_nested(labels):
    """Whether what belongs to a sequence is a list or an array itself."""
    array = getattr(labels, "ndim", 0) == 1 and not issparse(labels)
    return array or isinstance(labels, (list, tuple))


def encode(labels, classes):
    """Numbers of labels (n,) among the classes, which are sorted."""
    kinds = {isinstance(some[0], str) for some in (labels, classes) if len(some)}
    if len(kinds) > 1:
        raise ValueError(
            f"y contains labels such as {labels[:1].tolist()[0]!r}, but those that the "
            f"estimator knows are {classes.tolist()}."
        )
    found, codes = np.unique(labels, return_inverse=True)
    if not len(found):
        return codes
    with naming("y"):
        unknown = found[~np.isin(found, classes)]
    if len(unknown):
        raise ValueError(
            f"y contains the classes {unknown.tolist()}, which are not among those "
            f"that the estimator knows: {classes.tolist()}."
        )
    return np.searchsorted(classes, found)[codes]


def weigh_classes(class_weight, classes, codes, weight):
    """Weights (n,) of labels, given by their codes, times those of their classes.

    "balanced" looks at the weights: a label of weight two is a label that occurs twice.
    """
    if class_weight is None:
        return weight
    if isinstance(class_weight, dict):
        for value in class_weight.values():
            if not isinstance(value, Real) or not 0 <= value < np.inf:
                raise ValueError(
                    "class_weight must be finite numbers that are not negative, "
                    f"got {class_weight}."
                )
        known = classes.tolist()
        strangers = [label for label in class_weight if label not in known]
        # As in scikit-learn: if all classes have weights, others may have them, too.
        if strangers and not class_weight.keys() >= {*known}:
            raise ValueError(
                f"class_weight has weights of {strangers}, which are not among the "
                f"classes: {known}."
            )
        factors = np.array([class_weight.get(label, 1.0) for label in known])
        return weight * factors[codes]
    totals = np.bincount(codes, weight, len(classes))
    factors = np.zeros_like(totals)
    equal = totals * np.count_nonzero(totals)
    np.divide(totals.sum(), equal, out=factors, where=totals > 0)
    return weight * factors[codes]


def check_partial_classes(estimator, classes, needed=True):
    """Refuse a call of `partial_fit` that does not know all classes, or others."""
    if getattr(estimator, "class_weight", None) == "balanced":
        raise ValueError(
            "class_weight='balanced' needs all data at once, which partial_fit "
            "does not have. Give the weights as a dict, or use sample_weight."
        )
    if not hasattr(estimator, "theta_"):
        if needed and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
    elif classes is not None and not np.array_equal(
        np.unique(read_labels(classes)), estimator.classes_
    ):
        raise ValueError(
            f"classes={classes!r} is not the same as on the first call to "
            f"partial_fit, which was {estimator.classes_!r}."
        )
