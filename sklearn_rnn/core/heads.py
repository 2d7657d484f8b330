"""What y means: from scores to a loss, and from scores to predictions.

``loss_gradient(scores, y, weight) -> (loss, dscores)``: the sum over the sequences of
weight times loss, and its gradient; whoever calls divides by the sum of the weights.
``inverse(scores)``: what the scores mean. ``constant(y, weight)``: the scores of the
best prediction that looks at no input, from which training starts.
"""

import numpy as np


def log_softmax(scores):
    """Log of the softmax of each row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


class SquaredError:
    """Half the squared error, averaged over the outputs; y is (n, n_outputs)."""

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        dscores = scores - y
        share = (weight / y.shape[1])[:, None]
        loss = 0.5 * float((share * dscores**2).sum())
        return loss, (share * dscores).astype(scores.dtype, copy=False)

    def inverse(self, scores):
        """The scores are the predictions."""
        return scores

    def constant(self, y, weight):
        """The weighted mean."""
        return np.average(y, axis=0, weights=weight)


class Softmax:
    """Cross-entropy of exclusive classes; y is (n,), integers from 0."""

    def __init__(self, n_classes):
        self.n_classes = n_classes

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        log_p = log_softmax(scores)
        rows = np.arange(len(y))
        loss = -float(weight @ log_p[rows, y])
        dscores = np.exp(log_p)
        dscores[rows, y] -= 1.0
        dscores *= weight[:, None].astype(scores.dtype, copy=False)
        return loss, dscores

    def inverse(self, scores):
        """Probabilities of the classes."""
        return np.exp(log_softmax(scores))

    def decode(self, scores):
        """Number of the most probable class, (n,)."""
        return scores.argmax(axis=1)

    def constant(self, y, weight):
        """Log of the weighted shares; less than a hundredth counts as a hundredth."""
        share = np.bincount(y, weight, self.n_classes) / weight.sum()
        return np.log(np.maximum(share, 0.01))
