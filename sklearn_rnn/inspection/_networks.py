"""The network that an estimator is, or will be: what gradients are computed of."""

from sklearn.base import clone
from sklearn.pipeline import Pipeline


def last_step(estimator, X, y=None):
    """The last step of a pipeline and X as it gets there; other estimators as given.

    Transformers in front of an estimator that is not fitted are fitted, as copies.
    """
    if not isinstance(estimator, Pipeline):
        return estimator, X
    for transformer in [step for _, step in estimator.steps[:-1]]:
        if hasattr(estimator[-1], "theta_"):
            X = transformer.transform(X)
        else:
            X = clone(transformer).fit_transform(X, y)
    return estimator[-1], X


def started(estimator, X, y):
    """The estimator if it is fitted, else a clone with its initial parameters."""
    if hasattr(estimator, "theta_"):
        return estimator
    estimator = clone(estimator)
    estimator._validate_params()
    estimator._start(estimator._read(X, y, None, reset=True))
    return estimator
