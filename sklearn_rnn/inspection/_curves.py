"""How training went."""

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import is_number
from sklearn_rnn.core.heads import SquaredError
from sklearn_rnn.inspection._drawing import (
    axes_or_new,
    legend,
    number_ticks,
    one_series,
)
from sklearn_rnn.inspection._networks import RECURRENT, network_of


class TrainingCurveDisplay:
    """Loss of each epoch, and what was measured on a held-out part.

    Parameters
    ----------
    loss : array-like of shape (n_epochs,)
        Mean training loss.
    validation_loss, validation_score : array-like of shape (n_epochs,), default=None
        Loss and score on the held-out part, if there was one.
    best_epoch : int, default=None
        The epoch, counted from 1, whose weights were kept, if one was chosen.
    loss_name, score_name : str, default="loss", "validation score"
        What the axes are called, with units.

    Attributes
    ----------
    ax_ : matplotlib Axes
        With the losses, after `plot`.
    score_ax_ : matplotlib Axes or None
        With the scores, on the right of `ax_`; None if there are none.
    lines_ : list of matplotlib Line2D
        Of the losses and the scores, in the order of the parameters.
    figure_ : matplotlib Figure
        That holds them, after `plot`.

    Raises
    ------
    ValueError
        If the curves differ in length, as those of an estimator do that went on
        training without a held-out part; or if there is no such epoch as the best one.

    See Also
    --------
    GradientNormsDisplay : What `max_grad_norm` does in each update.

    Examples
    --------
    >>> from sklearn_rnn.inspection import TrainingCurveDisplay
    >>> display = TrainingCurveDisplay([0.7, 0.4, 0.3], [0.7, 0.5, 0.6], best_epoch=2)
    >>> display.best_epoch
    2
    """

    def __init__(
        self,
        loss,
        validation_loss=None,
        validation_score=None,
        *,
        best_epoch=None,
        loss_name="loss",
        score_name="validation score",
    ):
        self.loss = one_series(loss, "loss")
        self.validation_loss = self._beside(validation_loss, "validation_loss")
        self.validation_score = self._beside(validation_score, "validation_score")
        self.best_epoch = self._one_of_them(best_epoch)
        self.loss_name, self.score_name = loss_name, score_name

    def _beside(self, curve, name):
        """A curve as an array, as long as the training loss; None if there is none."""
        if curve is None:
            return None
        curve = one_series(curve, name)
        if curve.shape != self.loss.shape:
            raise ValueError(
                f"{name} has shape {curve.shape}, but loss has {self.loss.shape}: "
                "curves need a value for each epoch."
            )
        return curve

    def _one_of_them(self, epoch):
        """The number of an epoch, if it is one; None if there is none."""
        there = is_number(epoch) and 1 <= epoch <= len(self.loss)
        if epoch is not None and not there:
            raise ValueError(
                f"best_epoch is {epoch}, but epochs go from 1 to {len(self.loss)}."
            )
        return epoch

    @classmethod
    def from_estimator(cls, estimator, **kwargs):
        """Draw the curves of a fitted estimator.

        Parameters
        ----------
        estimator : estimator instance
            Any of the recurrent estimators, or a pipeline that ends in one. If it has
            stopped early, the epoch whose weights it kept is marked.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : TrainingCurveDisplay
            With the picture.

        Raises
        ------
        NotFittedError
            If the estimator was not fitted.
        TypeError
            If it is of another kind.
        ValueError
            As the class.

        Examples
        --------
        >>> from sklearn_rnn import RNNClassifier
        >>> from sklearn_rnn.inspection import TrainingCurveDisplay
        >>> X, y = [[1, 2, 3], [3, 1], [1, 2], [4, 2, 0]], ["up", "down", "up", "down"]
        >>> classifier = RNNClassifier(8, random_state=0)
        >>> classifier = classifier.fit(X, y, X_val=X[2:], y_val=y[2:])
        >>> display = TrainingCurveDisplay.from_estimator(classifier)
        >>> [line.get_label() for line in display.lines_]
        ['training loss', 'validation loss', 'validation accuracy']
        """
        network = network_of(estimator, RECURRENT, cls.__name__)
        check_is_fitted(network, "theta_")
        squared = isinstance(network._head(), SquaredError)
        measure = "score"
        if is_regressor(network):
            measure = "R²"
        elif is_classifier(network):
            measure = "accuracy"
        display = cls(
            network.loss_curve_,
            network.validation_loss_curve_ or None,
            network.validation_scores_ or None,
            best_epoch=_best_epoch(network),
            loss_name="half the squared error" if squared else "loss (nats)",
            score_name=f"validation {measure}",
        )
        return display.plot(**kwargs)

    def plot(self, ax=None):
        """Draw the losses, and the scores on an axis of their own.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : TrainingCurveDisplay
            With `ax_`, `score_ax_`, `lines_` and `figure_`.

        Examples
        --------
        >>> from sklearn_rnn.inspection import TrainingCurveDisplay
        >>> display = TrainingCurveDisplay([0.7, 0.4, 0.3], [0.7, 0.5, 0.6])
        >>> display.plot().lines_[1].get_ydata()
        array([0.7, 0.5, 0.6])
        """
        ax = axes_or_new(ax, figsize=(6, 4))
        epochs = np.arange(1, len(self.loss) + 1)
        lines = ax.plot(epochs, self.loss, color="black", label="training loss")
        if self.validation_loss is not None:
            lines += ax.plot(
                epochs,
                self.validation_loss,
                color="tab:blue",
                ls="--",
                label="validation loss",
            )
        self.score_ax_ = None
        if self.validation_score is not None:
            self.score_ax_ = ax.twinx()
            lines += self.score_ax_.plot(
                epochs, self.validation_score, color="0.55", ls=":", lw=2
            )
            lines[-1].set_label(self.score_name)
            self.score_ax_.set_ylabel(self.score_name, parse_math=False)
        self.lines_ = lines[:]
        if self.best_epoch is not None:
            label = f"best epoch: {self.best_epoch}"
            lines += [ax.axvline(self.best_epoch, color="0.4", lw=0.8, label=label)]
        ax.set_xlabel("epoch")
        ax.set_ylabel(self.loss_name, parse_math=False)
        number_ticks(ax.xaxis)
        if len(lines) > 1:
            above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2}
            legend(ax, lines, frameon=False, **above)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _best_epoch(network):
    """The epoch, counted from 1, with the best score in the last fit; None without one.

    Of equal scores that of the smaller loss: so the stopping rule chooses.
    """
    losses, scores = network.validation_loss_curve_, network.validation_scores_
    if not (network.early_stopping and scores):
        return None
    first = len(losses) - network.n_iter_  # earlier ones are those of a warm start
    best = max(range(first, len(losses)), key=lambda i: (scores[i], -losses[i]))
    return best + 1
