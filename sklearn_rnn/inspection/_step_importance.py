"""Which steps, or features of steps, a score rests on."""

from functools import partial
from numbers import Real

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.metrics import check_scoring
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch, check_random_state

from sklearn_rnn._arrays import as_numbers, check_count, naming
from sklearn_rnn._sampling_rules import check_number
from sklearn_rnn.inspection._drawing import (
    axes_or_new,
    label_ticks,
    labels_or_numbers,
    number_ticks,
)
from sklearn_rnn.validation import numeric, read_layout

BY = ("step", "step_from_end", "feature")


def step_importance(
    estimator,
    X,
    y=None,
    *,
    by="step",
    width=1,
    scoring=None,
    n_repeats=5,
    random_state=None,
    n_jobs=None,
):
    """Permutation importance of time steps, or of the features of steps.

    How much worse the score becomes if sequences exchange what is at some steps: each
    takes it from the next one, in a random order, that has that step. So every value
    still occurs as often as before at each step, but says nothing of y any more.

    Parameters
    ----------
    estimator : estimator instance
        Fitted, of any kind that takes `Sequences`: also a pipeline. Of one that begins
        with text, give the last step, and X as it gets there.
    X : Sequences, list of array-like, or array-like
        Sequences as in `check_sequences`, dense or sparse. They stay as they are. The
        estimator sees `Sequences`, but of a table, whose rows are series, a table.
    y : array-like, default=None
        What is to be predicted.
    by : {"step", "step_from_end", "feature"}, default="step"
        What is exchanged: everything at a step, counted from the start, or from the end
        of each sequence, where 0 is the last step; or a feature at all steps, the same
        sequences, as far as they are long enough, exchanging theirs with one another.
    width : int, default=1
        How many neighbouring steps are exchanged together. In long series, what one
        step says is often said by those around it, too. Not for features.
    scoring : str, callable or None, default=None
        Scorer; None means the `score` of the estimator.
    n_repeats : int, default=5
        How often each item is exchanged.
    random_state : int, RandomState instance or None, default=None
        Chooses the orders.
    n_jobs : int, default=None
        How many processes share the items; None means one.

    Returns
    -------
    result : Bunch
        With the following attributes.

        importances : ndarray of shape (n_items, n_repeats)
            Score of X less that after the exchange. It is zero for steps that only one
            sequence has.
        importances_mean, importances_std : ndarray of shape (n_items,)
            Of the repeats.
        names : ndarray of shape (n_items,)
            The first step of each item; or the features, by name or number.
        n_steps : int
            Those of the longest sequence, which the last item may be cut short by.

    Raises
    ------
    ValueError, TypeError
        If X cannot be read or has no steps, or `by` is none of the above.

    See Also
    --------
    StepImportanceDisplay : Draws it.
    sklearn.inspection.permutation_importance : Does so for the columns of tables.

    References
    ----------
    Breiman, Random forests, Machine Learning 45, 2001.

    Fisher, Rudin and Dominici, All models are wrong, but many are useful, Journal of
    Machine Learning Research 20, 2019.

    Examples
    --------
    The class is what the second step says:

    >>> import numpy as np
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.inspection import step_importance
    >>> X = np.random.RandomState(0).normal(size=(100, 4, 1))
    >>> y = X[:, 1, 0] > 0
    >>> classifier = RNNClassifier(random_state=0, max_iter=30).fit(X, y)
    >>> result = step_importance(classifier, X, y, random_state=0)
    >>> int(result.importances_mean.argmax())
    1
    """
    _check_by(by)
    width = check_count(width, "width", "steps")
    n_repeats = check_count(n_repeats, "n_repeats", "repetitions")
    with naming("random_state"):
        random_state = check_random_state(random_state)
    sequences, shape = _read(estimator, X)
    if not sequences.shape[1]:
        raise ValueError("All sequences of X are empty: there is nothing to exchange.")
    is_table = shape is not None and len(shape) == 2
    table = partial(_table, X) if is_table else None
    scorer = check_scoring(estimator, scoring=scoring)
    score = partial(_score, estimator, scorer, y, table)
    if by == "feature":
        items = _features(sequences)
    else:
        items = _steps(sequences, width, by == "step")
    names, parts = zip(*items, strict=True)
    seeds = random_state.randint(2**31 - 1, size=(len(parts), n_repeats))
    intact = score(sequences)
    exchanged = Parallel(n_jobs=n_jobs)(
        delayed(_scores)(score, sequences, *part, own)
        for part, own in zip(parts, seeds, strict=True)
    )
    importances = intact - np.array(exchanged)
    return Bunch(
        importances=importances,
        importances_mean=importances.mean(axis=1),
        importances_std=importances.std(axis=1),
        names=np.array(names),
        n_steps=sequences.shape[1],
    )


def _check_by(by):
    """What items are, if they can be."""
    if not isinstance(by, str) or by not in BY:
        raise ValueError(f"by must be one of {BY}, got {by!r}.")
    return by


def _read(estimator, X):
    """X as `Sequences` of numbers, and the shape of X if it was one array."""
    try:
        sequences, shape = read_layout(X)
        return numeric(sequences, "X"), shape
    except (TypeError, ValueError) as error:
        if not isinstance(estimator, Pipeline):
            raise
        raise ValueError(
            "Only sequences of finite numbers can exchange their steps. If the "
            "pipeline makes such of X, give its last step, and X as it gets there: "
            "step_importance(pipeline[-1], pipeline[:-1].transform(X), y)."
        ) from error


def _steps(X, width, from_start):
    """Pairs of the first step of each item, and what `_scores` wants to know of it."""
    for first in range(0, X.shape[1], width):
        yield first, (range(first, min(first + width, X.shape[1])), from_start, None)


def _features(X):
    """The same for features."""
    names = range(X.n_features) if X.feature_names is None else X.feature_names
    for feature, name in enumerate(names):
        yield name, (range(X.shape[1]), True, feature)


def _score(estimator, scorer, y, table, sequences):
    """Score of sequences, or of the table that a function, if any, makes of them."""
    with naming("X or y"):
        return scorer(estimator, sequences if table is None else table(sequences), y)


def _table(X, sequences):
    """Series (n_sequences, n_steps) as a table again: a data frame if X is one."""
    table = sequences.values.reshape(sequences.shape[:2])
    if hasattr(X, "columns"):
        return type(X)(table, index=X.index, columns=X.columns)
    return table


def _scores(score, X, steps, from_start, feature, seeds):
    """Score after each exchange, (n_repeats,)."""
    scores = []
    for seed in seeds:
        rows = _exchange(X, steps, from_start, np.random.RandomState(seed))
        values = X.values[rows] if feature is None else _column(X.values, rows, feature)
        scores.append(score(X.with_values(values, X.feature_names)))
    return scores


def _exchange(X, steps, from_start, random_state):
    """The row from which each step is taken, (n_steps,)."""
    rows = np.arange(X.values.shape[0])
    order = random_state.permutation(len(X))
    starts, lengths = X.starts[order], X.lengths[order]
    for step in steps:
        place = starts + step if from_start else starts + lengths - 1 - step
        own = place[lengths > step]
        rows[own] = np.roll(own, 1)
    return rows


def _column(values, rows, feature):
    """Values with one feature taken from other rows."""
    if sparse.issparse(values):
        one = np.ones(1, values.dtype)
        shape = (values.shape[1], values.shape[1])
        only = sparse.csr_array((one, ([feature], [feature])), shape=shape)
        column = values @ only
        return values - column + column[rows]
    values = values.copy()
    values[:, feature] = values[rows, feature]
    return values


class StepImportanceDisplay:
    """How much the score falls if what is at a step, or a feature, is exchanged.

    Parameters
    ----------
    importances : array-like of shape (n_items, n_repeats)
        Importances that `step_importance` gives.
    names : array-like of shape (n_items,), default=None
        The first step of each item, or the features; None counts from 0.
    by : {"step", "step_from_end", "feature"}, default="step"
        What the items are.
    n_steps : int, default=None
        How many steps there are; None means that the last item has as many as the one
        before it. Not for features.

    Attributes
    ----------
    bars_ : matplotlib BarContainer
        Means, with the standard deviation over the repeats, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    Raises
    ------
    ValueError
        If there are not as many names as importances, if those of steps are no rising
        numbers below `n_steps`, or if `by` is none of the above.

    See Also
    --------
    step_importance : Computes them.

    Examples
    --------
    >>> from sklearn_rnn.inspection import StepImportanceDisplay
    >>> display = StepImportanceDisplay([[0.1, 0.2], [0.0, 0.0]], by="step_from_end")
    >>> display.names
    array([0, 1])
    """

    def __init__(self, importances, *, names=None, by="step", n_steps=None):
        self.importances = as_numbers(importances, "importances")
        names = labels_or_numbers(names, len(self.importances), "names")
        self.names = np.asarray(names)
        self.by = _check_by(by)
        if by != "feature":
            self._widths = _widths(self.names, n_steps)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        by="step",
        width=1,
        scoring=None,
        n_repeats=5,
        random_state=None,
        n_jobs=None,
        **kwargs,
    ):
        """Compute the importances of an estimator and draw them.

        Parameters
        ----------
        estimator, X, y, by, width, scoring, n_repeats, random_state, n_jobs : as in \
                `step_importance`
            What is exchanged, and how the estimator is scored.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : StepImportanceDisplay
            With the picture.

        Raises
        ------
        ValueError, TypeError
            As `step_importance`.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_rnn import RNNClassifier
        >>> from sklearn_rnn.inspection import StepImportanceDisplay
        >>> X = np.random.RandomState(0).normal(size=(100, 4, 1))
        >>> y = X[:, 1, 0] > 0
        >>> classifier = RNNClassifier(random_state=0, max_iter=30).fit(X, y)
        >>> draw = StepImportanceDisplay.from_estimator
        >>> display = draw(classifier, X, y, random_state=0)
        >>> int(display.importances.mean(axis=1).argmax())
        1
        """
        result = step_importance(
            estimator,
            X,
            y,
            by=by,
            width=width,
            scoring=scoring,
            n_repeats=n_repeats,
            random_state=random_state,
            n_jobs=n_jobs,
        )
        display = cls(
            result.importances, names=result.names, by=by, n_steps=result.n_steps
        )
        return display.plot(**kwargs)

    def plot(self, ax=None):
        """Draw a bar for each item; time runs from left to right.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : StepImportanceDisplay
            With `bars_`, `ax_` and `figure_`.

        Examples
        --------
        >>> from sklearn_rnn.inspection import StepImportanceDisplay
        >>> display = StepImportanceDisplay([[0.1, 0.3], [0.0, 0.0]])
        >>> [round(float(bar.get_height()), 2) for bar in display.plot().bars_]
        [0.2, 0.0]
        """
        n_items = len(self.importances)
        with np.errstate(over="ignore"):
            mean, std = self.importances.mean(axis=1), self.importances.std(axis=1)
        if not np.isfinite(std).all():
            raise ValueError("importances are too large to be averaged.")
        error = {"ecolor": "black", "elinewidth": 1, "capsize": 2}
        style = {"color": "0.7", "edgecolor": "black", "lw": 0.6, "error_kw": error}
        what = "fall of the score"
        if self.by == "feature":
            ax = axes_or_new(ax, figsize=(6, 1.2 + 0.28 * n_items))
            self.bars_ = ax.barh(range(n_items), mean, xerr=std, **style)
            label_ticks(ax.yaxis, self.names)
            ax.yaxis.set_inverted(True)
            ax.axvline(0, color="black", lw=0.8)
            ax.set(xlabel=what, ylabel="feature exchanged")
        else:
            ax = axes_or_new(ax, figsize=(6, 3.5))
            middle = self.names + (self._widths - 1) / 2
            self.bars_ = ax.bar(middle, mean, 0.8 * self._widths, yerr=std, **style)
            ax.axhline(0, color="black", lw=0.8)
            number_ticks(ax.xaxis)
            ax.set(xlabel="step exchanged", ylabel=what)
            if self.by == "step_from_end":
                ax.xaxis.set_inverted(True)
                ax.set_xlabel("step exchanged, counted back from the last one")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _widths(names, n_steps):
    """How many steps each item has, (n_items,), from the first ones of them."""
    if names.dtype.kind not in "iuf" or not np.isfinite(names).all():
        raise ValueError(f"names of steps must be finite numbers, got {names}.")
    if n_steps is not None:
        check_number("n_steps", n_steps, Real, 0)
    else:
        n_steps = names[-1] + (names[-1] - names[-2] if len(names) > 1 else 1)
    widths = np.diff(names, append=n_steps)
    if not (widths > 0).all():
        raise ValueError(
            f"names of steps must rise, and be below n_steps={n_steps}, got {names}."
        )
    return widths
