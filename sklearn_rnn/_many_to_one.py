"""What the classifier and the regressor share: one vector, and a value, a sequence."""

from itertools import islice
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._threads import workers
from sklearn_rnn._word_vectors import embedding_width
from sklearn_rnn.base import BaseRNN
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.prediction import check_finite, in_batches, packed_batches


class ManyToOneRNN(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseRNN):
    """Base of the estimators that give one value, or several, for each sequence."""

    _build = staticmethod(sequence_to_value)

    def _describe_network(self, data):
        widths = self.hidden_layer_sizes
        widths = [widths] if isinstance(widths, Integral) else list(widths)
        if not widths or any(not isinstance(w, Integral) or w < 1 for w in widths):
            raise ValueError(
                "hidden_layer_sizes must be positive integers, one for each recurrent "
                f"layer, got {self.hidden_layer_sizes!r}."
            )
        if self.activation != "tanh" and self.rnn_type != "rnn":
            raise ValueError(
                f"activation={self.activation!r} is for rnn_type='rnn' only; the gates "
                f"of rnn_type={self.rnn_type!r} rely on tanh."
            )
        if self.freeze_embedding and self.embedding_init is None:
            raise ValueError("freeze_embedding needs embedding_init, which is None.")
        return {
            "n_in": data.values.shape[1],
            "n_outputs": self.n_outputs_,
            "hidden_layer_sizes": [int(width) for width in widths],
            "rnn_type": self.rnn_type,
            "activation": self.activation,
            "bidirectional": bool(self.bidirectional),
            "embedding_dim": embedding_width(self),
            "freeze_embedding": bool(self.freeze_embedding),
            "pooling": self.pooling,
            "dropout": float(self.dropout),
            "input_dropout": float(self.input_dropout),
            "recurrent_dropout": float(self.recurrent_dropout),
            "fan_in": _features_at_a_time(data),
        }

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
        """
        data, network = self._sequences(X), self._network()
        w = network.layout().views(self.theta_)

        def pooled(x, packing):
            out, state, _ = network.encode(w, x, packing)
            return network.pool(w, out, state[-1][0], packing)[0]

        with workers(self.n_jobs) as (run_parallel, _):
            return in_batches(pooled, data, run_parallel)

    @property
    def _n_features_out(self):
        check_is_fitted(self, "theta_")
        return self._network().stack.n_out

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


def _features_at_a_time(data):
    """How many features of a step are other than zero, in the weighted mean."""
    values = data.values
    if sparse.issparse(values):
        counts = np.diff(values.indptr)
    else:
        counts = np.count_nonzero(values, axis=1)
    weight = np.repeat(data.weight, data.lengths)
    return max(1, round(float(counts @ weight / weight.sum()))) if weight.any() else 1
