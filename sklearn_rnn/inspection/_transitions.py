"""Which labels a tagger likes behind each other."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import as_numbers
from sklearn_rnn.inspection._drawing import axes_or_new, label_ticks, labels_or_numbers
from sklearn_rnn.inspection._networks import network_of
from sklearn_rnn.tagger import RNNSequenceTagger


class TransitionsDisplay:
    """Scores of labels behind each other, at the start, and at the end.

    Parameters
    ----------
    transitions : array-like of shape (n_classes, n_classes)
        Scores of each class (column) behind each other one (row); -inf where it is
        forbidden.
    start, end : array-like of shape (n_classes,)
        Scores of each class as the first and as the last one.
    classes : array-like of shape (n_classes,), default=None
        The labels; None numbers them.

    Attributes
    ----------
    scores_ : ndarray of shape (n_classes + 1, n_classes + 1)
        All of them: the first row is `start`, the last column `end`. From the start
        straight to the end is -inf, since no sequence is empty.
    im_ : matplotlib AxesImage
        The shades, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.

    See Also
    --------
    RNNSequenceTagger : Learns such scores with ``crf=True``.

    Examples
    --------
    >>> from sklearn_rnn.inspection import TransitionsDisplay
    >>> display = TransitionsDisplay([[1, 2], [3, 4]], start=[5, 6], end=[7, 8])
    >>> display.scores_
    array([[  5.,   6., -inf],
           [  1.,   2.,   7.],
           [  3.,   4.,   8.]])
    """

    def __init__(self, transitions, start, end, *, classes=None):
        transitions = _scores(transitions, "transitions")
        n_classes = len(transitions)
        if transitions.shape != (n_classes, n_classes):
            raise ValueError(
                f"transitions must be square, got shape {transitions.shape}."
            )
        self.classes = labels_or_numbers(classes, n_classes, "classes")
        start, end = _scores(start, "start"), _scores(end, "end")
        for given, name in ((start, "start"), (end, "end")):
            if given.shape != (n_classes,):
                raise ValueError(
                    f"{name} must be one for each of {n_classes} classes, got "
                    f"shape {given.shape}."
                )
        self.scores_ = np.full((n_classes + 1, n_classes + 1), -np.inf)
        self.scores_[1:, :-1] = transitions
        self.scores_[0, :-1], self.scores_[1:, -1] = start, end

    @classmethod
    def from_estimator(cls, estimator, **kwargs):
        """Draw the scores that a tagger has learned.

        Parameters
        ----------
        estimator : RNNSequenceTagger
            Fitted with ``crf=True``, or a pipeline that ends in such a one.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : TransitionsDisplay
            With the picture.

        Raises
        ------
        NotFittedError
            If the tagger was not fitted.
        TypeError
            If the estimator is of another kind.
        ValueError
            If it has no conditional random field.

        Examples
        --------
        >>> from sklearn_rnn import RNNSequenceTagger
        >>> from sklearn_rnn.inspection import TransitionsDisplay
        >>> X, y = [[1, 2, 2], [1, 1], [2]], [["a", "b", "b"], ["a", "a"], ["b"]]
        >>> tagger = RNNSequenceTagger(8, crf=True, max_iter=50, random_state=0)
        >>> tagger = tagger.fit(X, y)
        >>> display = TransitionsDisplay.from_estimator(tagger, colorbar=False)
        >>> [label.get_text() for label in display.ax_.get_xticklabels()]
        ['a', 'b', '(end)']
        """
        tagger = network_of(estimator, (RNNSequenceTagger,), cls.__name__)
        check_is_fitted(tagger, "theta_")
        if not tagger._network_description.get("crf"):
            raise ValueError(
                "Transitions are learned by RNNSequenceTagger with crf=True only."
            )
        network = tagger._network()
        labels = network.allowed(network.layout().views(tagger.theta_)["labels"])
        display = cls(
            labels["transition"],
            labels["start"],
            labels["end"],
            classes=tagger.classes_,
        )
        return display.plot(**kwargs)

    def plot(self, ax=None, *, cmap="Greys", values_format="z.1f", colorbar=True):
        """Draw the scores as shades; what cannot be is hatched.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        cmap : str or matplotlib Colormap, default="Greys"
            Colours from the lowest to the highest score.
        values_format : str or None, default="z.1f"
            How to write the scores into the cells; None writes none.
        colorbar : bool, default=True
            Whether to draw what the shades mean.

        Returns
        -------
        self : TransitionsDisplay
            With `im_`, `ax_` and `figure_`.

        Examples
        --------
        >>> from sklearn_rnn.inspection import TransitionsDisplay
        >>> display = TransitionsDisplay([[1, 2], [3, 4]], start=[5, 6], end=[7, 8])
        >>> [label.get_text() for label in display.plot().ax_.get_yticklabels()]
        ['(start)', '0', '1']
        """
        side = 2 + 0.45 * len(self.scores_)
        ax = axes_or_new(ax, figsize=(side + 1, side))
        possible = np.isfinite(self.scores_)
        self.im_ = ax.imshow(np.where(possible, self.scores_, np.nan), cmap=cmap)
        ax.patch.set(hatch="////", edgecolor="0.75")  # seen where no shade is
        if values_format is not None:
            for row, column in np.argwhere(possible):
                score = self.scores_[row, column]
                red, green, blue, _ = self.im_.cmap(self.im_.norm(score))
                dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
                ax.text(
                    column,
                    row,
                    format(score, values_format),
                    color="white" if dark else "black",
                    ha="center",
                    va="center",
                    fontsize="small",
                )
        label_ticks(ax.xaxis, [*self.classes, "(end)"])
        label_ticks(ax.yaxis, ["(start)", *self.classes])
        ax.set(xlabel="next label", ylabel="label")
        if colorbar:
            ax.figure.colorbar(self.im_, ax=ax, label="score (nats)")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _scores(scores, name):
    """Scores as an array of floats, in which only -inf may be other than finite."""
    scores = as_numbers(scores, name, ensure_2d=False, ensure_all_finite=False)
    if np.isnan(scores).any() or (scores == np.inf).any():
        raise ValueError(f"{name} must be finite, or -inf where it is forbidden.")
    return scores
