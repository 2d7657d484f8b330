"""Where a translator looks."""

from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import as_numbers
from sklearn_rnn._targets import text_tokens
from sklearn_rnn._text import is_listing
from sklearn_rnn.inspection._drawing import axes_or_new, label_ticks, labels_or_numbers
from sklearn_rnn.inspection._networks import last_step, network_of
from sklearn_rnn.translator import RNNTranslator


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
        self.attention = as_numbers(attention, "attention")
        n_target, n_source = self.attention.shape
        self.source = labels_or_numbers(source, n_source, "source", first=1)
        self.target = labels_or_numbers(target, n_target, "target", first=1)

    @classmethod
    def from_estimator(cls, estimator, X, **kwargs):
        """Translate one sequence, and draw where the translator looks.

        Parameters
        ----------
        estimator : RNNTranslator
            Fitted, with attention, or a pipeline that ends in one.
        X : str, list of str, or array-like of shape (length, n_features)
            One sequence: a text, its tokens, or its steps. A list with one string is
            that text, if texts were fitted.
        **kwargs : dict
            Of `plot`.

        Returns
        -------
        display : AttentionDisplay
            With the picture.

        Raises
        ------
        NotFittedError
            If the translator was not fitted.
        TypeError
            If the estimator is of another kind.
        ValueError, TypeError
            As `RNNTranslator.predict`; and if nothing is read, or written.

        Examples
        --------
        >>> from sklearn_rnn import RNNTranslator
        >>> from sklearn_rnn.inspection import AttentionDisplay
        >>> X, y = ["ab", "ba", "a", "b"], ["AB", "BA", "A", "B"]
        >>> translator = RNNTranslator(16, random_state=0).fit(X, y)
        >>> display = AttentionDisplay.from_estimator(translator, "ba")
        >>> display.source, display.target
        (['b', 'a'], ['B', 'A'])
        """
        kinds, user = (RNNTranslator,), cls.__name__
        check_is_fitted(network_of(estimator, kinds, user), "theta_")
        translator, sequences = last_step(estimator, kinds, user, [X])
        source, vectorizer = None, translator.source_vectorizer_
        if vectorizer is not None:
            [given] = sequences
            if vectorizer.from_text_ and is_listing(given) and len(given) == 1:
                sequences = list(given)
            source = text_tokens(vectorizer, sequences)[0]
        found = translator._translate(sequences, 1, aligned=True)
        [attention], [target] = found.attention, found.tokens
        if not attention.size:
            raise ValueError(
                f"There is nothing to draw: of X, {attention.shape[1]} steps are read, "
                f"and {attention.shape[0]} tokens written."
            )
        return cls(attention, source=source, target=target).plot(**kwargs)

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

        Examples
        --------
        >>> from sklearn_rnn.inspection import AttentionDisplay
        >>> weights = [[0.9, 0.1], [0.2, 0.8]]
        >>> display = AttentionDisplay(weights, source="ab", target="AB")
        >>> display = display.plot(cmap="viridis", colorbar=False)
        >>> [label.get_text() for label in display.ax_.get_xticklabels()]
        ['a', 'b']
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
