"""What y means: from scores to a loss, and from scores to predictions.

``loss_gradient(scores, y, weight) -> (loss, dscores)``: the sum over the sequences of
weight times loss, and its gradient; whoever calls divides by the sum of the weights.
``inverse(scores)``: what the scores mean. ``constant(y, weight)``: the scores of the
best prediction that looks at no input, from which training starts.

Those that a generator learns are densities of a step: ``log_density(scores, y)`` gives
the log of the density of each y, (n,), and, where y are numbers,
``draw(scores, noise, temperature)`` samples, from noise that is independent of them.
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

    def log_density(self, scores, y):
        """Log of the probability of each class in y."""
        return log_softmax(scores)[np.arange(len(y)), y]

    def constant(self, y, weight):
        """Log of the weighted shares.

        Less than a hundredth counts as a hundredth, less than an equal share if there
        are more classes as that share.
        """
        share = np.bincount(y, weight, self.n_classes) / weight.sum()
        return np.log(np.maximum(share, min(0.01, 1.0 / self.n_classes)))


class Gaussian:
    """Independent normal features; y is (n, n_features).

    Scores are the means, then the logs a of the scales, of all features. The variance
    is exp(2 a) + 1e-6, so that a feature that never varies has a density, too.
    """

    floor = 1e-6

    def __init__(self, n_features):
        self.n_features = n_features
        self.n_scores = 2 * n_features

    def mean_variance(self, scores):
        """Means and variances, (n, n_features) each."""
        mean, log_scale = scores[:, : self.n_features], scores[:, self.n_features :]
        return mean, np.exp(2.0 * log_scale) + self.floor

    def log_density(self, scores, y):
        """See the module."""
        mean, variance = self.mean_variance(scores)
        squares = (y - mean) ** 2 / variance
        return -0.5 * (squares + np.log(2.0 * np.pi * variance)).sum(axis=1)

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        loss = -float(weight @ self.log_density(scores, y))
        mean, variance = self.mean_variance(scores)
        error = (mean - y) / variance
        dvariance = 0.5 * (1.0 / variance - error**2)
        dlog_scale = dvariance * 2.0 * (variance - self.floor)
        dscores = np.concatenate([error, dlog_scale], axis=1)
        dscores *= weight[:, None]
        return loss, dscores.astype(scores.dtype, copy=False)

    def inverse(self, scores):
        """Means."""
        return scores[:, : self.n_features]

    def mean_square(self, scores):
        """Means of the squares."""
        mean, variance = self.mean_variance(scores)
        return mean**2 + variance

    def draw(self, scores, noise, temperature=1.0):
        """Samples from standard normal noise; the temperature scales deviations."""
        mean, variance = self.mean_variance(scores)
        return mean + temperature * np.sqrt(variance) * noise

    def constant(self, y, weight):
        """Weighted mean and log of the scale."""
        mean = np.average(y, axis=0, weights=weight)
        variance = np.average((y - mean) ** 2, axis=0, weights=weight)
        variance = np.maximum(variance - self.floor, self.floor)
        return np.concatenate([mean, 0.5 * np.log(variance)])


class Bernoulli:
    """Independent features that are 0 or 1; y is (n, n_features), scores are logits."""

    def __init__(self, n_features):
        self.n_features = self.n_scores = n_features

    def log_density(self, scores, y):
        """See the module."""
        return -np.logaddexp(0.0, np.where(y > 0, -scores, scores)).sum(axis=1)

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        loss = -float(weight @ self.log_density(scores, y))
        dscores = (self.inverse(scores) - y) * weight[:, None]
        return loss, dscores.astype(scores.dtype, copy=False)

    def inverse(self, scores):
        """Probabilities of ones."""
        return 0.5 + 0.5 * np.tanh(0.5 * scores)

    def draw(self, scores, noise, temperature=1.0):
        """Samples from uniform noise; at temperature 0 the more probable values."""
        if not temperature:
            return (scores > 0).astype(scores.dtype)
        return (noise < self.inverse(scores / temperature)).astype(scores.dtype)

    def constant(self, y, weight):
        """Logits of the weighted shares, counted as 1 % at least and 99 % at most."""
        share = np.clip(np.average(y, axis=0, weights=weight), 0.01, 0.99)
        return np.log(share / (1.0 - share))
