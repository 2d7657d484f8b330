"""How large the gradients of training are, and which of them are scaled down."""

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from numbers import Real

import numpy as np
from sklearn.utils import Bunch

from sklearn_rnn._arrays import check_count
from sklearn_rnn._sampling_rules import check_number
from sklearn_rnn.core.training import Trainer, clip_
from sklearn_rnn.inspection._drawing import axes_or_new, number_ticks, one_series
from sklearn_rnn.inspection._networks import RECURRENT, fit_copy, last_step


@dataclass
class _RecordingTrainer(Trainer):
    """Notes the norm of the gradient of each update, before it is scaled down."""

    norms: list = field(default_factory=list)

    def loss_gradient(self, theta, shards, *others):
        """See `Trainer`."""
        loss, grad = super().loss_gradient(theta, shards, *others)
        weight = sum(shard.weight.sum() for shard in shards)
        self.norms.append(clip_(grad / weight, None))
        return loss, grad


def gradient_norms(estimator, X, y=None, *, n_epochs=1):
    """Norm of the gradient by the parameters in each update of the next epochs.

    It tells what `max_grad_norm` does: updates whose gradient is larger are scaled down
    to it (Pascanu et al., 2013). The epochs are those that `fit` would begin with, on
    what early stopping leaves to learn from; or, if the estimator is fitted, those that
    `partial_fit` would add, without early stopping. The estimator stays as it is.

    Parameters
    ----------
    estimator : estimator instance
        Any of the recurrent estimators, fitted or not, or a pipeline that ends in one.
    X : Sequences, list of array-like, or array-like
        Sequences, as in `fit`.
    y : array-like, default=None
        What is to be predicted, as in `fit`.
    n_epochs : int, default=1
        How often to go over the data. There are no more epochs than `max_iter` if the
        estimator is not fitted, but no rule stops before, nor divides an "adaptive"
        learning rate.

    Returns
    -------
    gradients : Bunch
        With the following attributes.

        norms : ndarray of shape (n_updates,)
            Euclidean norm of the gradient of the mean loss of each minibatch by all
            parameters, without the penalty.
        max_grad_norm : float or None
            That of the estimator.
        share_scaled_down : float
            Share of the updates whose norm is larger; 0 if nothing is scaled down.

    Raises
    ------
    TypeError
        If the estimator is of another kind.
    ValueError, TypeError
        As `fit`: if parameters, X or y cannot be, or the loss ceases to be a number.

    See Also
    --------
    GradientNormsDisplay : Draws them.
    gradient_flow : How far back in time the gradient reaches.

    References
    ----------
    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural
    networks, ICML 2013.

    Examples
    --------
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.inspection import gradient_norms
    >>> X, y = [[0] * length for length in (1, 2, 3, 4)], [5, 50, 500, 5000]
    >>> regressor = RNNRegressor(batch_size=2, max_grad_norm=1, random_state=0)
    >>> gradients = gradient_norms(regressor, X, y, n_epochs=3)
    >>> gradients.norms.shape
    (6,)
    >>> gradients.share_scaled_down
    1.0
    """
    n_epochs = check_count(n_epochs, "n_epochs", "epochs")
    network, X = last_step(estimator, RECURRENT, "gradient_norms", X, y)
    norms = []

    def train(copy, trainer, data, held_out, given, incremental, random_state):
        """Run the first of the epochs, see `BaseRNN._train`."""
        planned = n_epochs
        if not incremental:
            planned = copy._n_epochs(trainer.n_batches(data))
        trainer = _RecordingTrainer(**vars(trainer), norms=norms)
        epochs = trainer.epochs(copy._state(), data, planned, random_state)
        deque(islice(epochs, n_epochs), maxlen=0)

    fit_copy(network, X, y, train)
    norms, highest = np.array(norms), network.max_grad_norm
    share = float(_scaled_down(norms, highest).mean())
    return Bunch(norms=norms, max_grad_norm=highest, share_scaled_down=share)


def _scaled_down(norms, max_grad_norm):
    """Which updates are scaled down, (n_updates,)."""
    return norms > (np.inf if max_grad_norm is None else max_grad_norm)


class GradientNormsDisplay:
    """Norm of the gradient in each update, and the largest one that is let through.

    Parameters
    ----------
    norms : array-like of shape (n_updates,)
        Norms that `gradient_norms` gives.
    max_grad_norm : float, default=None
        To which larger ones are scaled down; None if they are not.

    Attributes
    ----------
    share_scaled_down_ : float
        Share of the updates that are scaled down.
    points_ : list of matplotlib Line2D
        The updates that are as they were and those that are scaled down, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    See Also
    --------
    gradient_norms : Computes the norms.

    Examples
    --------
    >>> from sklearn_rnn.inspection import GradientNormsDisplay
    >>> GradientNormsDisplay([3.0, 1.5, 0.7, 0.4], 1.0).share_scaled_down_
    0.5
    """

    def __init__(self, norms, max_grad_norm=None):
        self.norms = one_series(norms, "norms")
        if max_grad_norm is not None:
            check_number("max_grad_norm", max_grad_norm, Real, 0)
        self.max_grad_norm = max_grad_norm
        self._large = _scaled_down(self.norms, max_grad_norm)
        self.share_scaled_down_ = float(self._large.mean())

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, n_epochs=1, **kwargs):
        """Train a copy of an estimator and draw the norms of its updates.

        Parameters
        ----------
        estimator, X, y : as in `gradient_norms`
            The network, fitted or not, and data.
        n_epochs : int, default=1
            How often to go over the data.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : GradientNormsDisplay
            With the picture.

        Raises
        ------
        ValueError, TypeError
            As `gradient_norms`.

        Examples
        --------
        >>> from sklearn_rnn import RNNRegressor
        >>> from sklearn_rnn.inspection import GradientNormsDisplay
        >>> X, y = [[0] * length for length in (1, 2, 3, 4)], [5, 50, 500, 5000]
        >>> regressor = RNNRegressor(batch_size=2, random_state=0)
        >>> GradientNormsDisplay.from_estimator(regressor, X, y).share_scaled_down_
        1.0
        """
        gradients = gradient_norms(estimator, X, y, n_epochs=n_epochs)
        return cls(gradients.norms, gradients.max_grad_norm).plot(**kwargs)

    def plot(self, ax=None):
        """Draw a point for each update, on a logarithmic axis.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : GradientNormsDisplay
            With `points_`, `ax_` and `figure_`.

        Examples
        --------
        >>> from sklearn_rnn.inspection import GradientNormsDisplay
        >>> display = GradientNormsDisplay([3.0, 1.5, 0.7, 0.4], 1.0).plot()
        >>> [points.get_ydata().tolist() for points in display.points_]
        [[0.7, 0.4], [3.0, 1.5]]
        """
        ax = axes_or_new(ax, figsize=(6, 4))
        update = np.arange(1, len(self.norms) + 1)
        share = self.share_scaled_down_
        self.points_ = []
        for chosen, fill, label in (
            (~self._large, "none", f"as it is: {1 - share:.0%}"),
            (self._large, "black", f"scaled down: {share:.0%}"),
        ):
            self.points_ += ax.plot(
                update[chosen],
                self.norms[chosen],
                ls="none",
                marker="o",
                ms=4,
                mec="black",
                mew=0.6,
                mfc=fill,
                label=label,
            )
        if self.max_grad_norm is not None:
            ax.axhline(self.max_grad_norm, color="0.4", ls="--", label="max_grad_norm")
            ax.legend(frameon=False)
        ax.set(yscale="log", xlabel="update", ylabel="norm of the gradient")
        number_ticks(ax.xaxis)
        self.ax_, self.figure_ = ax, ax.figure
        return self
