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
        with np.errstate(over="ignore", invalid="ignore"):  # which the loss will show
            return np.average(y, axis=0, weights=weight)


class Softmax:
    """Cross-entropy of exclusive classes; y is (n,), integers from 0."""

    def __init__(self, n_classes):
        self.n_classes = n_classes

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        rows = np.arange(len(y))
        dscores = scores - scores.max(axis=1, keepdims=True)
        chosen = dscores[rows, y]
        np.exp(dscores, out=dscores)
        total = dscores.sum(axis=1)
        loss = -float(weight @ (chosen - np.log(total)))
        dscores *= (weight / total)[:, None].astype(scores.dtype, copy=False)
        dscores[rows, y] -= weight
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
    """Independent normal features, or a mixture of such (Bishop, 1994).

    y is (n, n_features). Scores are the logits of the components, if there are several,
    then the means of all components, then the logs a of their scales. A variance is
    exp(2 a) + 1e-6, so that a feature that never varies has a density, too.
    """

    floor = 1e-6

    def __init__(self, n_features, n_components=1):
        self.n_features, self.n_components = n_features, n_components
        self.n_logits = n_components if n_components > 1 else 0
        self.n_scores = self.n_logits + 2 * n_components * n_features
        self.n_noise = n_features + (n_components > 1)

    def components(self, scores):
        """Log-weights (n, n_components), means and variances (…, n_features)."""
        shape = (len(scores), 2, self.n_components, self.n_features)
        log_w = np.zeros(shape[::2], scores.dtype)
        if self.n_logits:
            log_w = log_softmax(scores[:, : self.n_logits])
        mean, log_scale = scores[:, self.n_logits :].reshape(shape).swapaxes(0, 1)
        return log_w, mean, np.exp(2.0 * log_scale) + self.floor

    def log_densities(self, parts, y):
        """Log of weight times density, of each component."""
        log_w, mean, variance = parts
        squares = (y[:, None] - mean) ** 2 / variance
        return log_w - 0.5 * (squares + np.log(2.0 * np.pi * variance)).sum(axis=2)

    def log_density(self, scores, y):
        """See the module."""
        parts = self.components(scores)
        return np.logaddexp.reduce(self.log_densities(parts, y), axis=1)

    def loss_gradient(self, scores, y, weight):
        """See the module."""
        log_w, mean, variance = parts = self.components(scores)
        each = self.log_densities(parts, y)
        log_p = np.logaddexp.reduce(each, axis=1)
        share = np.exp(each - log_p[:, None])  # of each component in the density of y
        error = (mean - y[:, None]) / variance
        dlog_scale = (1.0 / variance - error**2) * (variance - self.floor)
        dparts = np.stack([error, dlog_scale], axis=1) * share[:, None, :, None]
        dscores = dparts.reshape(len(scores), self.n_scores - self.n_logits)
        if self.n_logits:
            dscores = np.concatenate([np.exp(log_w) - share, dscores], axis=1)
        dscores *= weight[:, None]
        return -float(weight @ log_p), dscores.astype(scores.dtype, copy=False)

    def inverse(self, scores):
        """Means."""
        log_w, mean, _ = self.components(scores)
        return (np.exp(log_w)[:, :, None] * mean).sum(axis=1)

    def variance(self, scores):
        """Variances, those between components included."""
        log_w, mean, variance = self.components(scores)
        apart = (mean - self.inverse(scores)[:, None]) ** 2
        return (np.exp(log_w)[:, :, None] * (variance + apart)).sum(axis=1)

    def draw(self, scores, noise, temperature=1.0):
        """Samples; the temperature scales deviations and divides logits.

        The noise (n, n_noise) is standard normal, but for a last column, if there are
        several components, which is uniform.
        """
        log_w, mean, variance = self.components(scores)
        chosen = log_w.argmax(axis=1)
        if self.n_logits and temperature:
            w = np.exp(log_softmax(log_w / temperature)).cumsum(axis=1)
            chosen = (w <= noise[:, -1:] * w[:, -1:]).argmin(axis=1)
        row = np.arange(len(scores))
        scale = temperature * np.sqrt(variance[row, chosen])
        return mean[row, chosen] + scale * noise[:, : self.n_features]

    def constant(self, y, weight):
        """Weighted mean, around which components are spread, and log of the scale."""
        spread = np.linspace(-1.0, 1.0, self.n_components) if self.n_logits else [0.0]
        with np.errstate(over="ignore", invalid="ignore"):  # which the loss will show
            mean = np.average(y, axis=0, weights=weight)
            variance = np.average((y - mean) ** 2, axis=0, weights=weight)
            variance = np.maximum(variance - self.floor, self.floor)
            means = mean + np.sqrt(variance) * np.reshape(spread, (-1, 1))
        log_scales = np.tile(0.5 * np.log(variance), self.n_components)
        return np.concatenate([np.zeros(self.n_logits), means.ravel(), log_scales])


class Bernoulli:
    """Independent features that are 0 or 1; y is (n, n_features), scores are logits."""

    def __init__(self, n_features):
        self.n_features = self.n_scores = self.n_noise = n_features

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
