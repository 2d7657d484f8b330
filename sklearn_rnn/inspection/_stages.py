"""What a classifier thinks while it reads."""

from itertools import cycle

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import as_numbers, naming
from sklearn_rnn._text import is_listing
from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.inspection._drawing import (
    axes_or_new,
    label_ticks,
    labelled,
    labels_or_numbers,
    legend,
    next_style,
    number_ticks,
)
from sklearn_rnn.inspection._networks import last_step, network_of, reads_text


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
        self.probabilities = as_numbers(probabilities, "probabilities")
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
            One sequence, of the kind that the estimator or pipeline reads: a text, its
            tokens, or its steps. A list with one string is that text, if texts were
            fitted.
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
        NotFittedError
            If the classifier was not fitted.
        TypeError
            If the estimator is of another kind.
        ValueError, TypeError
            As `RNNClassifier.staged_predict_proba`; and if the sequence has no steps.

        Examples
        --------
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn_rnn import RNNClassifier, SequenceVectorizer
        >>> from sklearn_rnn.inspection import StagedProbabilitiesDisplay
        >>> letters = SequenceVectorizer(analyzer="char")
        >>> model = make_pipeline(letters, RNNClassifier(8, random_state=0))
        >>> model = model.fit(["anna", "otto", "ada", "udo"], ["f", "m", "f", "m"])
        >>> draw = StagedProbabilitiesDisplay.from_estimator
        >>> display = draw(model, "ida", steps="ida")
        >>> display.probabilities.shape
        (3, 2)
        """
        kinds, user = (RNNClassifier,), cls.__name__
        check_is_fitted(network_of(estimator, kinds, user), "theta_")
        if reads_text(estimator) and is_listing(X) and len(X) == 1:
            [X] = X
        classifier, sequences = last_step(estimator, kinds, user, [X])
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
        classes : label or array-like of them, default=None
            The classes to draw; None draws those that are the most probable one after
            some step, but of two the second only.

        Returns
        -------
        self : StagedProbabilitiesDisplay
            With `lines_`, `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If there are no such classes.

        Examples
        --------
        >>> from sklearn_rnn.inspection import StagedProbabilitiesDisplay
        >>> p = [[0.5, 0.3, 0.2], [0.2, 0.7, 0.1]]
        >>> display = StagedProbabilitiesDisplay(p, classes=["walk", "run", "rest"])
        >>> [line.get_label() for line in display.plot().lines_]
        ['walk', 'run']
        """
        if classes is None:
            best = np.unique(self.probabilities.argmax(axis=1))
            binary = len(self.classes) == 2
            classes = self.classes[1:] if binary else [self.classes[i] for i in best]
        classes = [classes] if np.ndim(classes) == 0 else classes
        if not len(classes):
            raise ValueError("classes is empty, so that there is nothing to draw.")
        with naming("classes"):  # such as of days beside huge integers
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
            number_ticks(ax.xaxis, first=1)
        else:
            label_ticks(ax.xaxis, self.steps)
        what = "class" if len(classes) > 1 else repr(str(classes[0]))
        ax.set(xlabel="step read", ylim=(-0.05, 1.05))
        ax.set_ylabel(f"probability of {what}", parse_math=False)
        if len(classes) > 1:
            aside = {"loc": "center left", "bbox_to_anchor": (1, 0.5)}
            legend(ax, labelled(ax), title="class", **aside)
        self.ax_, self.figure_ = ax, ax.figure
        return self
