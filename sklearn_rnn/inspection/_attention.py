"""Where a translator looks."""

from sklearn.utils import check_array

from sklearn_rnn._targets import text_tokens
from sklearn_rnn.inspection._drawing import axes_or_new, label_ticks, labels_or_numbers


class AttentionDisplay:
    """How much each token that is written looks at each step that is read.

    Parameters
    ----------
    attention : array-like of shape (n_target, n_source)
        An item of what ``translator.predict(X, return_attention=True)`` gives.
    source : sequence of str of length n_source, default=None
        What is read; None numbers the steps.
    target : sequence of str of length n_target, default=None
        What is written; None numbers the tokens.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The shades, after `plot`.
    ax_ : matplotlib Axes
        With the picture, after `plot`.
    figure_ : matplotlib Figure
        That holds it, after `plot`.

    Raises
    ------
    ValueError
        If there are not as many tokens as rows or columns.

    See Also
    --------
    RNNTranslator.predict : Gives attention as arrays.

    Examples
    --------
    >>> from sklearn_rnn.inspection import AttentionDisplay
    >>> display = AttentionDisplay([[0.9, 0.1], [0.2, 0.8]], source="ab", target="AB")
    >>> display.source
    ['a', 'b']
    """

    def __init__(self, attention, *, source=None, target=None):
        self.attention = check_array(attention, input_name="attention")
        n_target, n_source = self.attention.shape
        self.source = labels_or_numbers(source, n_source, "source", first=1)
        self.target = labels_or_numbers(target, n_target, "target", first=1)

    @classmethod
    def from_estimator(cls, estimator, X, **kwargs):
        """Translate one sequence, and draw where the translator looks.

        Parameters
        ----------
        estimator : RNNTranslator
            Fitted, with attention.
        X : str, list of str, or array-like of shape (length, n_features)
            One sequence: a text, its tokens, or its steps.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : AttentionDisplay
            With the picture.

        Raises
        ------
        ValueError, TypeError
            As `RNNTranslator.predict`.
        """
        found = estimator._translate([X], 1, aligned=True)
        source = None
        if estimator.source_vectorizer_ is not None:
            source = text_tokens(estimator.source_vectorizer_, [X])[0]
        display = cls(found.attention[0], source=source, target=found.tokens[0])
        return display.plot(**kwargs)

    def plot(self, ax=None, *, cmap="Greys", colorbar=True):
        """Draw the shares as shades, a row for each token that is written.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        cmap : str or matplotlib Colormap, default="Greys"
            Colours from 0 to 1.
        colorbar : bool, default=True
            Whether to draw what the shades mean.

        Returns
        -------
        self : AttentionDisplay
            With `im_`, `ax_` and `figure_`.
        """
        n_target, n_source = self.attention.shape
        ax = axes_or_new(ax, figsize=(2.5 + 0.35 * n_source, 1.5 + 0.35 * n_target))
        self.im_ = ax.imshow(self.attention, cmap=cmap, vmin=0, vmax=1)
        label_ticks(ax.xaxis, self.source)
        label_ticks(ax.yaxis, self.target)
        ax.set(xlabel="read", ylabel="written")
        if colorbar:
            ax.figure.colorbar(self.im_, ax=ax, label="share of attention")
        self.ax_, self.figure_ = ax, ax.figure
        return self
