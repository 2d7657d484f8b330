"""What a classifier thinks while it reads."""

from itertools import cycle

import numpy as np
from sklearn.utils import check_array

from sklearn_rnn.inspection._drawing import (
    axes_or_new,
    label_ticks,
    labels_or_numbers,
    next_style,
)
from sklearn_rnn.inspection._networks import last_step


class StagedProbabilitiesDisplay:
    """Probabilities of the classes after each step of one sequence.

    Parameters
    ----------
    probabilities : array-like of shape (n_steps, n_classes)
        One sequence of ``classifier.staged_predict_proba(X)``.
    classes : array-like of shape (n_classes,), default=None
        The classes; None numbers them.
    steps : sequence of length n_steps, default=None
        What each step is, such as the letters of a word; None numbers them.

    Attributes
    ----------
    lines_ : list of matplotlib Line2D
        One for each class that is drawn, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    Raises
    ------
    ValueError
        If there are not as many classes or steps as columns or rows.

    See Also
    --------
    RNNClassifier.staged_predict_proba : Gives these probabilities.

    Examples
    --------
    >>> from sklearn_rnn.inspection import StagedProbabilitiesDisplay
    >>> display = StagedProbabilitiesDisplay([[0.6, 0.4], [0.1, 0.9]], steps="no")
    >>> display.steps
    ['n', 'o']
    """

    def __init__(self, probabilities, *, classes=None, steps=None):
        self.probabilities = check_array(probabilities, input_name="probabilities")
        n_steps, n_classes = self.probabilities.shape
        self.classes = labels_or_numbers(classes, n_classes, "classes")
        self.steps = labels_or_numbers(steps, n_steps, "steps", first=1)
        self._numbered = steps is None

    @classmethod
    def from_estimator(cls, estimator, X, *, steps=None, **kwargs):
        """Let a classifier read one sequence, and draw what it thinks.

        Parameters
        ----------
        estimator : RNNClassifier
            Fitted, or a pipeline that ends in one.
        X : str, list of str, or array-like of shape (length, n_features)
            One sequence, of the kind that the estimator or pipeline reads.
        steps : sequence of length n_steps, default=None
            As in the class.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : StagedProbabilitiesDisplay
            With the picture.

        Raises
        ------
        ValueError, TypeError
            As `RNNClassifier.staged_predict_proba`; and if the sequence has no steps.
        """
        classifier, sequences = last_step(estimator, [X])
        stages = [p[0] for p in classifier.staged_predict_proba(sequences)]
        if not stages:
            raise ValueError("X has no steps, so that there is nothing to draw.")
        display = cls(stages, classes=classifier.classes_, steps=steps)
        return display.plot(**kwargs)

    def plot(self, ax=None, *, classes=None):
        """Draw a line for each class.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        classes : array-like, default=None
            The classes to draw; None draws those that are the most probable one after
            some step, but of two the second only.

        Returns
        -------
        self : StagedProbabilitiesDisplay
            With `lines_`, `ax_` and `figure_`.
        """
        if classes is None:
            best = np.unique(self.probabilities.argmax(axis=1))
            binary = len(self.classes) == 2
            classes = self.classes[1:] if binary else [self.classes[i] for i in best]
        strangers = [label for label in classes if label not in self.classes]
        if strangers:
            raise ValueError(f"There are no classes {strangers} among {self.classes}.")
        ax = axes_or_new(ax, figsize=(6, 3.5))
        n_steps = len(self.steps)
        self.lines_ = []
        for label, marker in zip(classes, cycle("os^vDP"), strict=False):
            p = self.probabilities[:, self.classes.index(label)]
            style = next_style(ax) | {"marker": marker, "markersize": 5}
            self.lines_ += ax.plot(range(n_steps), p, label=str(label), **style)
        if self._numbered:
            ax.xaxis.set_major_formatter(lambda place, _: f"{place + 1:.0f}")
            ax.xaxis.get_major_locator().set_params(integer=True)
        else:
            label_ticks(ax.xaxis, self.steps)
        what = "class" if len(classes) > 1 else repr(str(classes[0]))
        ax.set(xlabel="step read", ylabel=f"probability of {what}", ylim=(-0.05, 1.05))
        if len(classes) > 1:
            ax.legend(title="class", loc="center left", bbox_to_anchor=(1, 0.5))
        self.ax_, self.figure_ = ax, ax.figure
        return self
