"""What the classifier and the regressor share: one vector, and a value, a sequence."""

from functools import partial
from itertools import islice

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from sklearn_rnn._architecture import describe_encoder
from sklearn_rnn._compat import StrOptions
from sklearn_rnn._threads import workers
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.prediction import check_finite, in_batches, packed_batches
from sklearn_rnn.core.training import Data


class ManyToOneRNN(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseRNN):
    """Base of the estimators that give one value, or several, for each sequence."""

    _parameter_constraints = {
        **BaseRNN._parameter_constraints,
        "pooling": [StrOptions({"last", "mean", "max", "attention"})],
    }
    _build = staticmethod(sequence_to_value)

    def _describe_network(self, data):
        encoder = describe_encoder(self, data)
        return {"n_outputs": self.n_outputs_, "pooling": self.pooling, **encoder}

    def _data(self, values, sequences, y, weight):
        check_consistent_length(sequences, y)
        dtype = weight.dtype
        weight = self._reweight(weight, y).astype(dtype, copy=False)
        if y.dtype.kind == "f":
            with np.errstate(over="ignore"):  # the loss will be infinite, which it says
                y = y.astype(dtype, copy=False)
        return Data(values, sequences.starts, sequences.lengths, y, weight)

    def _reweight(self, weight, y):
        """Weights of the sequences after those of their classes."""
        return weight

    def _check_held_out(self, data, held_out):
        super()._check_held_out(data, held_out)
        if len(held_out.lengths) < 2:
            raise ValueError(
                f"The held-out part has {len(held_out.lengths)} sequence, and a score "
                "needs two. Enlarge X_val, or validation_fraction="
                f"{self.validation_fraction}."
            )

    def transform(self, X):
        """States as features: what the output layer sees of each sequence.

        The final state, or the mean, maximum or attention over the states of all steps,
        as `pooling` says.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences, as in `fit`.

        Returns
        -------
        features : ndarray of shape (n_sequences, n_units)
            `n_units` is the width of the last layer, twice if `bidirectional`.

        Raises
        ------
        ValueError, TypeError
            As `predict`.

        Examples
        --------
        >>> from sklearn_rnn import RNNClassifier, RNNRegressor
        >>> X, y = [[1, 2, 3], [3, 2], [0, 1]], [1, 0, 1]
        >>> estimator = RNNClassifier(8, max_iter=30, random_state=0)
        >>> estimator.fit(X, y).transform(X).shape
        (3, 8)
        >>> estimator = RNNRegressor(
        ...     (8, 5), bidirectional=True, max_iter=30, random_state=0
        ... )
        >>> estimator.fit(X, y).transform(X).shape
        (3, 10)
        """
        data, network = self._sequences(X), self._network()
        read = partial(network.read, network.layout().views(self.theta_))
        with workers(self.n_jobs) as (run_parallel, _):
            return in_batches(network, read, data, run_parallel)

    @property
    def _n_features_out(self):
        check_is_fitted(self, "theta_")
        return self._network().encoder.stack.n_out

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _staged_scores(self, X):
        """Yield the scores after each step, (n_sequences, n_outputs).

        A sequence that has ended keeps its scores.
        """
        data = self._sequences(X)
        network = self._network()
        w = network.layout().views(self.theta_)
        scores = np.zeros((len(data.lengths), network.output.n_out), self.theta_.dtype)
        batches = [
            (index, network.stages(w, x, packing))
            for index, x, packing in packed_batches(data)
        ]
        for _ in range(data.lengths.max(initial=0)):
            with workers(None), np.errstate(over="ignore", invalid="ignore"):
                for index, stages in batches:
                    for stage in islice(stages, 1):  # none if the batch has ended
                        scores[index] = stage
            check_finite(scores)
            yield scores.copy()
