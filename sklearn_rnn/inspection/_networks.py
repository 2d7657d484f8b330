"""The network that an estimator is, or will be: what gradients are computed of."""

from sklearn.base import clone
from sklearn.pipeline import Pipeline


def network_of(estimator):
    """The last step of a pipeline; other estimators as given."""
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator


def last_step(estimator, X, y=None):
    """The last step of a pipeline and X as it gets there; other estimators as given.

    Transformers in front of an estimator that is not fitted are fitted, as copies.
    """
    network = network_of(estimator)
    if network is estimator or len(estimator) == 1:
        return network, X
    front = estimator[:-1]
    if hasattr(network, "theta_"):
        return network, front.transform(X)
    return network, clone(front).fit_transform(X, y)


def started(estimator, X, y):
    """The estimator if it is fitted, else a clone with its initial parameters."""
    if hasattr(estimator, "theta_"):
        return estimator
    estimator = clone(estimator)
    estimator._validate_params()
    estimator._start(estimator._read(X, y, None, reset=True))
    return estimator
