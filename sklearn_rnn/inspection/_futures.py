"""A series and what may come of it."""

import numpy as np

from sklearn_rnn._arrays import as_array, as_numbers
from sklearn_rnn.generator import RNNGenerator
from sklearn_rnn.inspection._drawing import axes_or_new, one_series
from sklearn_rnn.inspection._networks import check_kind


class FuturesDisplay:
    """A series, and what a generator simulates for its future.

    Parameters
    ----------
    past : array-like of shape (n_past,)
        The series so far.
    futures : array-like of shape (n_samples, n_steps)
        Simulated futures: ``generator.forecast([series], n_steps)[0, :, :, 0]``, of the
        first series and feature, or what was computed from it.
    levels : tuple of float in (0, 1), default=(0.5, 0.9)
        Shares of the futures that the bands hold at each step.

    Attributes
    ----------
    quantiles_ : ndarray of shape (2 * n_levels + 1, n_steps)
        Edges of the bands and, in the middle, the median.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    See Also
    --------
    RNNGenerator.forecast : Simulates futures.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn.inspection import FuturesDisplay
    >>> futures = np.random.RandomState(0).normal(size=(200, 12)).cumsum(axis=1)
    >>> display = FuturesDisplay([0.0, 1.0, 0.0], futures)
    >>> display.quantiles_.shape
    (5, 12)
    """

    def __init__(self, past, futures, *, levels=(0.5, 0.9)):
        self.past = one_series(past, "past")
        self.futures = as_numbers(futures, "futures")
        levels = np.atleast_1d(as_array(levels, "levels"))
        if levels.ndim != 1 or levels.dtype.kind not in "iuf":
            raise TypeError(f"levels must be numbers, got {levels!r}.")
        self.levels = tuple(sorted(levels.tolist()))
        if not all(0 < level < 1 for level in self.levels):
            raise ValueError(f"levels must be between 0 and 1, got {levels}.")
        low = [0.5 - level / 2 for level in reversed(self.levels)]
        high = [0.5 + level / 2 for level in self.levels]
        self.quantiles_ = np.quantile(self.futures, [*low, 0.5, *high], axis=0)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        n_steps,
        *,
        n_samples=200,
        feature=None,
        y=None,
        levels=(0.5, 0.9),
        random_state=None,
        **kwargs,
    ):
        """Simulate futures of one series and draw them.

        Parameters
        ----------
        estimator : RNNGenerator
            Fitted to series of numbers.
        X : array-like of shape (n_past,) or (n_past, n_features)
            The series so far.
        n_steps, n_samples : int
            Length and number of the futures.
        feature : int, default=None
            The feature that is drawn, if a step has several.
        y : label or vector, default=None
            Condition, as in `RNNGenerator.forecast`.
        levels : tuple of float, default=(0.5, 0.9)
            As in the class.
        random_state : int, RandomState instance or None, default=None
            As in `RNNGenerator.forecast`.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : FuturesDisplay
            With the picture.

        Raises
        ------
        TypeError
            If the estimator is of another kind.
        ValueError, TypeError
            As `RNNGenerator.forecast`; and if X is no single series, or has several
            features, of which none is chosen.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_rnn import RNNGenerator
        >>> from sklearn_rnn.inspection import FuturesDisplay
        >>> wave = np.sin(np.arange(60) / 3)
        >>> generator = RNNGenerator(16, max_iter=50, random_state=0).fit([wave])
        >>> display = FuturesDisplay.from_estimator(
        ...     generator, wave, n_steps=12, n_samples=50, random_state=0
        ... )
        >>> display.futures.shape
        (50, 12)

        Of two features, the second:

        >>> both = np.column_stack([wave, np.cos(np.arange(60) / 3)])
        >>> generator = RNNGenerator(16, max_iter=50, random_state=0).fit([both])
        >>> display = FuturesDisplay.from_estimator(
        ...     generator, both, n_steps=12, n_samples=50, feature=1, random_state=0
        ... )
        >>> bool((display.past == both[:, 1]).all())
        True
        """
        check_kind(estimator, (RNNGenerator,), cls.__name__)
        X = np.asanyarray(X)
        X = X[:, None] if X.ndim == 1 else X
        if X.ndim != 2 or (feature is None and X.shape[1] != 1):
            raise ValueError(
                f"X must be one series, got an array of shape {X.shape}: of several "
                "features choose one, such as feature=0."
            )
        feature = 0 if feature is None else feature
        if feature not in range(X.shape[1]):
            raise ValueError(f"feature must be 0 to {X.shape[1] - 1}, got {feature!r}.")
        past = one_series(X[:, feature], "X")
        futures = estimator.forecast(
            [X], n_steps, n_samples=n_samples, y=y, random_state=random_state
        )
        display = cls(past, futures[0, :, :, feature], levels=levels)
        return display.plot(**kwargs)

    def plot(self, ax=None, *, x=None, actual=None, n_lines=3):
        """Draw past, bands, median, and a few of the futures.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        x : array-like of shape (n_past + n_steps,), default=None
            Positions of past and future steps, such as dates; None counts steps from
            the last one of the past.
        actual : array-like of shape (n_actual,), default=None
            What came, if that is known.
        n_lines : int, default=3
            How many single futures to draw.

        Returns
        -------
        self : FuturesDisplay
            With `ax_` and `figure_`.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_rnn.inspection import FuturesDisplay
        >>> futures = np.random.RandomState(0).normal(size=(200, 3)).cumsum(axis=1)
        >>> display = FuturesDisplay([0.0, 1.0, 0.0], futures)
        >>> months = np.arange("2026-01", "2026-07", dtype="datetime64[M]")
        >>> display = display.plot(x=months, actual=[0.2, 0.4])
        >>> [text.get_text() for text in display.ax_.get_legend().get_texts()][-1]
        'actual'
        """
        n_past, n_steps = len(self.past), self.futures.shape[1]
        numbered = x is None
        x = np.arange(1 - n_past, n_steps + 1) if numbered else np.asarray(x)
        if len(x) != n_past + n_steps:
            raise ValueError(
                f"x has {len(x)} positions, but past and futures together have "
                f"{n_past + n_steps} steps."
            )
        actual = np.empty(0) if actual is None else one_series(actual, "actual")
        if len(actual) > n_steps:
            raise ValueError(
                f"actual has {len(actual)} steps, more than the futures: {n_steps}."
            )
        ax = axes_or_new(ax, figsize=(8, 4))
        ahead = x[n_past - 1 :]  # all lines begin with the last step that is known
        ax.plot(x[:n_past], self.past, color="black", label="past")
        n_levels = len(self.levels)
        for i, level in enumerate(reversed(self.levels)):
            low, high = map(self._joined, self.quantiles_[[i, -1 - i]])
            shade = 0.15 + 0.2 * i
            label = f"{100 * level:.6g}% of the futures"
            ax.fill_between(
                ahead, low, high, color="tab:blue", alpha=shade, lw=0, label=label
            )
        median = self._joined(self.quantiles_[n_levels])
        ax.plot(ahead, median, color="tab:blue", ls="--", label="median")
        for i, future in enumerate(self.futures[:n_lines]):
            label = "single futures" if not i else None
            line = self._joined(future)
            ax.plot(ahead, line, color="tab:blue", lw=0.6, label=label)
        if len(actual):
            line = self._joined(actual)
            ax.plot(ahead[: len(line)], line, color="black", ls=":", label="actual")
        if numbered:
            ax.set_xlabel("steps from the last one known")
        ax.legend(frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _joined(self, ahead):
        """A line ahead, from the last step of the past on."""
        return np.concatenate([self.past[-1:], ahead])
