"""What is exported of a fitted estimator."""

from typing import Any, NamedTuple

from sklearn.utils.validation import check_is_fitted

from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.regressor import RNNRegressor
from sklearn_rnn.tagger import RNNSequenceTagger


class Fitted(NamedTuple):
    """A network as numbers, and what its scores mean."""

    description: dict  # arguments of the network's constructor
    w: dict  # arrays, nested as the layers are
    form: str  # what X is: "padded", "series" or "rows"
    fixed_length: int | None  # steps of each series
    classes: Any  # (n_outputs,), None for numbers

    @property
    def layers(self):
        """Weights of each recurrent layer: a list of one direction, or of two."""
        return [directions(layer) for layer in self.w["recurrent"].values()]

    @property
    def pooling(self):
        """How steps become one vector, None if each has scores of its own."""
        return self.description.get("pooling")

    @property
    def n_lead_axes(self):
        """How many axes of X predictions have, too: of sequences or steps, or both."""
        return 2 if self.pooling is None and self.form != "rows" else 1


def directions(layer):
    """Weights of a recurrent layer: a list of one direction, or of two."""
    return list(layer.values()) if "forward" in layer else [layer]


def read_fitted(estimator):
    """All of it, of an estimator that is checked to be one of those that export."""
    name = type(estimator).__name__
    if not isinstance(estimator, (RNNClassifier, RNNRegressor, RNNSequenceTagger)):
        raise TypeError(
            f"{name} cannot be exported. Fitted RNNClassifier, RNNRegressor and "
            "RNNSequenceTagger (with crf=False) can; generators and translators draw "
            "or search what they write, which is no fixed computation. Of a pipeline "
            "or a search, give the estimator in it, or see register_skl2onnx."
        )
    check_is_fitted(estimator, "theta_")
    description = estimator._network_description
    if description.get("crf"):
        raise ValueError(
            f"A {name} with crf=True cannot be exported: it searches the labels of a "
            "whole sequence. One that was fitted with crf=False can."
        )
    form = "padded" if estimator.fixed_length_ is None else "series"
    if getattr(estimator, "rows_are_steps_", False):
        form = "rows"
    return Fitted(
        description,
        estimator._network().layout().views(estimator.theta_),
        form,
        estimator.fixed_length_,
        getattr(estimator, "classes_", None),
    )
