"""The network that an estimator is, or will be: what gradients are computed of."""

from copy import deepcopy
from functools import partial

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.generator import RNNGenerator
from sklearn_rnn.regressor import RNNRegressor
from sklearn_rnn.tagger import RNNSequenceTagger
from sklearn_rnn.translator import RNNTranslator

RECURRENT = (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
)


def check_kind(estimator, kinds, user):
    """The estimator, if it is what its user, a function or a display, can do with."""
    if not isinstance(estimator, kinds):
        needed = " or ".join(kind.__name__ for kind in kinds)
        searched = hasattr(estimator, "best_estimator_")
        advice = ": give its best_estimator_" if searched else ""
        raise TypeError(
            f"{user} needs {needed}, got {type(estimator).__name__}{advice}."
        )
    return estimator


def network_of(estimator, kinds, user):
    """The last step of a pipeline, or of one that ends it; other estimators as given.

    For kinds and user see `check_kind`.
    """
    while isinstance(estimator, Pipeline) and len(estimator):
        estimator = estimator[-1]
    return check_kind(estimator, kinds, user)


def reads_text(estimator):
    """Whether a fitted pipeline begins with a vectorizer that was fitted to texts."""
    while isinstance(estimator, Pipeline) and len(estimator):
        estimator = estimator[0]
    return getattr(estimator, "from_text_", False)


def last_step(estimator, kinds, user, X, y=None):
    """What `network_of` gives, and X as it gets there.

    Transformers in front of an estimator that is not fitted are fitted, as copies.
    """
    network = network_of(estimator, kinds, user)
    while estimator is not network:
        front, estimator = estimator[:-1], estimator[-1]
        if not len(front):
            continue
        if hasattr(network, "theta_"):
            X = front.transform(X)
        else:
            X = clone(front).fit_transform(X, y)
    return network, X


def fit_copy(network, X, y, train):
    """A copy after `fit`, or after `partial_fit` if the network is fitted.

    In the place of the loop over epochs it runs ``train(copy, …)``, see `_train`.
    """
    if hasattr(network, "theta_"):
        copy = deepcopy(network).set_params(early_stopping=False)
        fit = copy.partial_fit
    else:
        copy = clone(network)
        fit = copy.fit
    copy._train = partial(train, copy)
    return fit(X, y)


def started(network, X, y):
    """The network if it is fitted, else a copy with its initial parameters."""
    if hasattr(network, "theta_"):
        return network
    return fit_copy(network, X, y, lambda *_: None)
