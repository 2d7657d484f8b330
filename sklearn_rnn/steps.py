"""Transformers over the time steps of sequences."""

from contextlib import contextmanager
from copy import deepcopy
from numbers import Integral

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._arrays import naming
from sklearn_rnn._callbacks import as_one_task
from sklearn_rnn._compat import CallbackSupportMixin, HasMethods, Interval, _fit_context
from sklearn_rnn._state import FormattedState
from sklearn_rnn.sequences import Sequences
from sklearn_rnn.validation import (
    check_sequences,
    check_width,
    read_layout,
    record_layout,
    validate_layout,
)

# What a transformer says about one row holds for a step.
_INPUT_TAGS = ("two_d_array", "categorical", "dict", "positive_only", "allow_nan")


class ArrayOutput:
    """Mixin of transformers whose result cannot be a data frame."""

    def set_output(self, *, transform=None):
        """Do nothing: a ragged or three-dimensional result cannot be a data frame.

        It exists so that a pipeline with this step can be told to output frames.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            Ignored.

        Returns
        -------
        self : object
            The transformer itself.

        Examples
        --------
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn_rnn import FrameTransformer, StepwiseTransformer
        >>> model = make_pipeline(StepwiseTransformer(), FrameTransformer(2))
        >>> model.set_output(transform="pandas").fit_transform([[1, 2, 3], [4, 5]])
        Sequences(shape=(2, 2, 2), n_steps=3, dtype=float64)
        """
        return self


def _inner_has(method):
    """Whether the wrapped transformer has a method, for `available_if`."""

    def check(self):
        return hasattr(getattr(self, "transformer_", self._inner()), method)

    return check


class StepwiseTransformer(
    ArrayOutput,
    TransformerMixin,
    FormattedState,
    CallbackSupportMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
):
    """Apply any scikit-learn transformer to every time step.

    The steps of all sequences together, one row a step, are what the transformer is
    fitted on and what it transforms; the lengths of the sequences stay. The
    transformer itself checks the values, so that what it takes, NaN or categories or
    dicts, is what this takes.

    Parameters
    ----------
    transformer : transformer instance, default=None
        It is cloned, not changed. None means
        :class:`~sklearn.preprocessing.StandardScaler`.

    Attributes
    ----------
    transformer_ : transformer instance
        The fitted one.
    n_features_in_ : int
        Columns of a two-dimensional `X`, else features of a step.
    n_step_features_ : int
        Features of a step.
    step_feature_names_ : ndarray of shape (`n_step_features_`,) or None
        Their names, if `X` had them.
    fixed_length_ : int or None
        Columns of a two-dimensional `X`, which `transform` then insists on.
    no_steps_ : ndarray or sparse matrix of shape (0, n_step_features_out)
        What becomes of sequences without steps.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Defined only for data frames.

    See Also
    --------
    FrameTransformer : Cut sequences into frames.

    Notes
    -----
    The result is an array if `X` was one: of three dimensions, or of two if `X` had
    two and a step still has one feature. In all other cases, and whenever it is
    sparse, the result is `Sequences`. A list of equally long lists of numbers counts
    as a two-dimensional array.

    The transformer gets the steps as an array, without names: in a
    :class:`~sklearn.compose.ColumnTransformer` here, columns are numbers.

    Examples
    --------
    >>> from sklearn.feature_extraction import DictVectorizer
    >>> from sklearn_rnn.steps import StepwiseTransformer
    >>> X = [[{"word": "the"}, {"word": "cat"}], [{"word": "the"}]]
    >>> words = StepwiseTransformer(DictVectorizer()).fit(X)
    >>> words.transform(X)
    Sequences(shape=(2, 2, 2), n_steps=3, dtype=float64, sparse)
    >>> words.get_feature_names_out()
    array(['word=cat', 'word=the'], dtype=object)
    """

    _parameter_constraints: dict = {
        "transformer": [HasMethods(["fit", "transform"]), None],
    }

    def __init__(self, transformer=None):
        self.transformer = transformer

    @_fit_context(prefer_skip_nested_validation=False)
    @as_one_task
    def fit(self, X, y=None):
        """Fit the transformer on the steps of all sequences.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Sequences as in `check_sequences`; their steps may also be dicts or
            categories if the transformer takes them.
        y : Ignored
            Present by convention.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError, TypeError
            If `X` cannot be read or the transformer does not take its steps.

        Examples
        --------
        By default all features are scaled, over all steps of all sequences:

        >>> from sklearn_rnn import StepwiseTransformer
        >>> scaler = StepwiseTransformer().fit([[[1, 10], [3, 30]], [[5, 50]]])
        >>> scaler.transformer_.mean_
        array([ 3., 30.])
        """
        return self._fit(X, "fit")

    @available_if(_inner_has("partial_fit"))
    @_fit_context(prefer_skip_nested_validation=False)
    @as_one_task
    def partial_fit(self, X, y=None):
        """Go on fitting with more sequences.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            As in `fit`.
        y : Ignored
            Present by convention.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError, TypeError
            As in `fit`, and if the width differs from the one before.

        Examples
        --------
        >>> from sklearn_rnn import StepwiseTransformer
        >>> scaler = StepwiseTransformer()
        >>> for X in ([[1, 2, 3], [4]], [[5, 6]]):
        ...     _ = scaler.partial_fit(X)
        >>> scaler.transformer_.mean_, int(scaler.transformer_.n_samples_seen_)
        (array([3.5]), 6)
        """
        if not hasattr(self, "transformer_"):
            return self._fit(X, "partial_fit")
        sequences, _ = validate_layout(self, X, reset=False, as_numbers=False)
        transformer = deepcopy(self.transformer_)  # which may fail half-way
        with _reading_steps(transformer):
            transformer.partial_fit(self._steps(sequences))
        self.transformer_ = transformer
        return self

    def transform(self, X):
        """Transform every step.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            As wide as in `fit`.

        Returns
        -------
        X_out : Sequences or ndarray of shape (n_sequences, n_steps, n_features_out) \
                or (n_sequences, n_steps)
            Sequences of the same lengths, in the form that the class describes.

        Raises
        ------
        ValueError, TypeError
            If `X` cannot be read, differs in width from `fit`, or the transformer does
            not take its steps.

        Examples
        --------
        An array stays one, as long as before; what is ragged is `Sequences`:

        >>> from sklearn.preprocessing import MinMaxScaler
        >>> from sklearn_rnn import StepwiseTransformer
        >>> scaler = StepwiseTransformer(MinMaxScaler()).fit([[0, 5, 10], [5, 10, 0]])
        >>> scaler.transform([[0, 5, 10]])
        array([[0. , 0.5, 1. ]])
        >>> scaler.transform([[0, 5, 10], [5]])
        Sequences(shape=(2, 3, 1), n_steps=4, dtype=float64)
        """
        check_is_fitted(self)
        sequences, shape = validate_layout(self, X, reset=False, as_numbers=False)
        if not sequences.values.shape[0]:
            return _like_input(sequences.with_values(self.no_steps_), shape)
        with _reading_steps(self.transformer_):
            out = self.transformer_.transform(self._steps(sequences))
        return _like_input(sequences.with_values(out, self._names(sequences)), shape)

    def _names(self, sequences):
        """Names of the transformed features of a step, if they had names before."""
        if sequences.feature_names is None:
            return None
        try:
            return self.transformer_.get_feature_names_out(sequences.feature_names)
        except (AttributeError, ValueError):  # it cannot tell
            return None

    @available_if(_inner_has("inverse_transform"))
    def inverse_transform(self, X):
        """Undo `transform`.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            In a form that `transform` returns.

        Returns
        -------
        X_original : Sequences or ndarray
            In the form of `X`; two-dimensional if `fit` saw a two-dimensional array. A
            transformer whose inverse is a list, such as
            :class:`~sklearn.feature_extraction.DictVectorizer`, gives an object array
            of shape (n_sequences,) that holds lists.

        Raises
        ------
        ValueError, TypeError
            If `X` cannot be read or has another width than `transform` returns.

        Examples
        --------
        >>> from sklearn_rnn import StepwiseTransformer
        >>> X = [[1, 2, 3], [4]]
        >>> scaler = StepwiseTransformer().fit(X)
        >>> back = scaler.inverse_transform(scaler.transform(X))
        >>> [step.tolist() for step in back[0].round(6)]
        [[1.0], [2.0], [3.0]]
        """
        check_is_fitted(self)
        width = self.no_steps_.shape[1]
        sequences, shape = read_layout(X, empty_width=width)
        check_width(self, sequences.n_features, width, "transformed features per step")
        if sequences.values.shape[0]:
            with _reading_steps(self.transformer_):
                steps = self.transformer_.inverse_transform(sequences.values.copy())
        else:
            steps = np.empty((0, self.n_step_features_))
        if isinstance(steps, list):
            return _split_list(steps, sequences)
        if shape is not None and self.fixed_length_ is not None:
            shape = shape[:2]
        return _like_input(sequences.with_values(steps), shape)

    @available_if(_inner_has("get_feature_names_out"))
    def get_feature_names_out(self, input_features=None):
        """Name the features of a transformed step.

        Parameters
        ----------
        input_features : array-like of str of shape (`n_step_features_`,), default=None
            Names of the features of a step before.

        Returns
        -------
        names : ndarray of str of shape (n_step_features_out,)
            As the wrapped transformer names them.

        Raises
        ------
        NotFittedError
            If it is not fitted.
        ValueError
            If `input_features` are not as many as a step has.

        Examples
        --------
        >>> from sklearn.preprocessing import PolynomialFeatures
        >>> from sklearn_rnn import StepwiseTransformer
        >>> products = StepwiseTransformer(PolynomialFeatures(include_bias=False))
        >>> products.fit([[[1, 2], [3, 4]], [[5, 6]]]).get_feature_names_out(["u", "v"])
        array(['u', 'v', 'u^2', 'u v', 'v^2'], dtype=object)
        """
        check_is_fitted(self)
        return self.transformer_.get_feature_names_out(input_features)

    def _inner(self):
        """The transformer that the parameter stands for."""
        if self.transformer is not None:
            return self.transformer
        from sklearn.preprocessing import StandardScaler  # slow to import

        return StandardScaler()

    def _fit(self, X, method):
        """Fit a clone with the named method; set attributes only if all went well."""
        sequences, shape = read_layout(X, estimator_name=type(self).__name__)
        steps = self._steps(sequences)
        transformer = clone(self._inner())
        with _reading_steps(transformer):
            getattr(transformer, method)(steps)
            no_steps = transformer.transform(steps[:1].copy())[:0]
        record_layout(self, X, sequences, shape)
        self.transformer_, self.no_steps_ = transformer, no_steps
        return self

    def _steps(self, sequences):
        """All steps as the wrapped transformer wants them: a table, or a list."""
        if get_tags(self._inner()).input_tags.two_d_array:
            return sequences.values
        if sp.issparse(sequences.values) or sequences.n_features != 1:
            raise ValueError(
                f"X must have one object for each step, such as a dict, got "
                f"{sequences!r}."
            )
        return sequences.values[:, 0].tolist()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._inner())
        tags.non_deterministic = inner.non_deterministic
        tags.input_tags.three_d_array = True
        for kind in _INPUT_TAGS:
            setattr(tags.input_tags, kind, getattr(inner.input_tags, kind))
        if inner.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = (
                inner.transformer_tags.preserves_dtype
            )
        return tags


class FrameTransformer(
    ArrayOutput,
    TransformerMixin,
    FormattedState,
    CallbackSupportMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
):
    """Cut sequences into frames: several steps in a row become one longer step.

    A recurrent network then takes fewer and richer steps: a series of 150 values
    becomes 15 steps of 10, and overlapping frames are the windows of speech
    processing.

    Parameters
    ----------
    width : int, default=10
        Steps in a frame.
    hop : int, default=None
        Steps from the start of a frame to the start of the next. None means `width`:
        frames do not overlap. A larger one leaves steps out.
    differences : bool, default=False
        Whether to put beside each feature its change since the step before, which is 0
        at the first step of a sequence.

    Attributes
    ----------
    n_features_in_ : int
        Columns of a two-dimensional `X`, else features of a step.
    n_step_features_ : int
        Features of a step.
    step_feature_names_ : ndarray of shape (`n_step_features_`,) or None
        Their names, if `X` had them.
    fixed_length_ : int or None
        Columns of a two-dimensional `X`, which `transform` then insists on.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Defined only for data frames.

    See Also
    --------
    StepwiseTransformer : Apply a transformer to every step.

    Notes
    -----
    Frames start at steps 0, `hop`, 2 `hop`, ... until one reaches the end of the
    sequence. If the last one reaches beyond, the last step of the sequence is repeated
    in it, so that no data are lost and a short sequence is one frame. An empty sequence
    stays empty.

    Examples
    --------
    >>> from sklearn_rnn.steps import FrameTransformer
    >>> frames = FrameTransformer(width=3).fit_transform([[1, 2, 3, 4, 5], [6, 7]])
    >>> frames[0]
    array([[1., 2., 3.],
           [4., 5., 5.]])
    >>> frames[1]
    array([[6., 7., 7.]])
    """

    _parameter_constraints: dict = {
        "width": [Interval(Integral, 1, None, closed="left")],
        "hop": [Interval(Integral, 1, None, closed="left"), None],
        "differences": ["boolean"],
    }

    def __init__(self, width=10, hop=None, differences=False):
        self.width = width
        self.hop = hop
        self.differences = differences

    @_fit_context(prefer_skip_nested_validation=True)
    @as_one_task
    def fit(self, X, y=None):
        """Check the parameters and remember how wide `X` is.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            Dense sequences as in `check_sequences`.
        y : Ignored
            Present by convention.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError, TypeError
            If a parameter is out of its range or `X` cannot be read.

        Examples
        --------
        >>> from sklearn_rnn import FrameTransformer
        >>> frames = FrameTransformer(width=2).fit([[[1, 2]], [[3, 4], [5, 6]]])
        >>> frames.n_step_features_
        2
        >>> frames.transform([[[1, 2], [3, 4], [5, 6]]]).shape  # of 4 values
        (1, 2, 4)
        """
        sequences, shape = read_layout(X, estimator_name=type(self).__name__)
        _refuse_sparse(sequences)
        check_sequences(sequences)
        record_layout(self, X, sequences, shape)
        return self

    def transform(self, X):
        """Cut sequences into frames.

        Parameters
        ----------
        X : Sequences, list of array-like, or array-like
            As wide as in `fit`.

        Returns
        -------
        frames : Sequences or ndarray of shape (n_sequences, n_frames, n_values)
            An array if `X` was one, padded with NaN where `X` was. `n_values` is
            `width` times the features of a step, twice that with `differences`; the
            features of the first step of a frame come first.

        Raises
        ------
        ValueError, TypeError
            If `X` cannot be read or differs in width from `fit`.

        Examples
        --------
        Frames that overlap, and beside the values their changes:

        >>> from sklearn_rnn import FrameTransformer
        >>> X = [[1, 2, 4, 7], [5]]
        >>> FrameTransformer(width=2, hop=1).fit(X).transform(X)[0]
        array([[1., 2.],
               [2., 4.],
               [4., 7.]])
        >>> FrameTransformer(width=2, differences=True).fit(X).transform(X)[0]
        array([[1., 0., 2., 1.],
               [4., 2., 7., 3.]])
        """
        check_is_fitted(self)
        sequences, shape = validate_layout(self, X, reset=False, as_numbers=True)
        _refuse_sparse(sequences)
        if self.differences:
            sequences = _with_differences(sequences)
        hop = self.width if self.hop is None else self.hop
        frames = _cut(sequences, self.width, hop)
        if shape is None:
            return frames
        n_frames = _count_frames(np.array([shape[1]]), self.width, hop)[0]
        return frames.to_padded(n_steps=n_frames)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


@contextmanager
def _reading_steps(transformer):
    """Errors of a wrapped transformer say that it is about the steps of X."""
    try:
        with naming("X"):
            yield
    except (AttributeError, LookupError) as error:
        name = type(transformer).__name__
        raise TypeError(f"{name} cannot read the steps of X: {error}") from error


def _like_input(sequences, shape):
    """Transformed sequences in the form of an input array of `shape`, if there was one.

    Sparse results stay `Sequences`: an array of three dimensions would be dense.
    """
    if shape is None or sp.issparse(sequences.values):
        return sequences
    padded = sequences.to_padded(n_steps=shape[1])
    return padded[:, :, 0] if len(shape) == 2 and padded.shape[2] == 1 else padded


def _split_list(steps, sequences):
    """A list of steps as an object array (n_sequences,) of lists."""
    parts = np.empty(len(sequences), dtype=object)
    bounds = zip(sequences.starts, sequences.lengths, strict=True)
    for i, (start, length) in enumerate(bounds):
        parts[i] = steps[start : start + length]
    return parts


def _refuse_sparse(sequences):
    """Raise if the sequences are sparse: frames of them would not be."""
    if sp.issparse(sequences.values):
        raise TypeError(
            "FrameTransformer takes dense sequences only, got sparse ones. Make them "
            "dense by X.with_values(X.values.toarray())."
        )


def _with_differences(sequences):
    """Sequences with the first differences in time as further features."""
    values = sequences.values
    change = np.zeros_like(values)
    np.subtract(values[1:], values[:-1], out=change[1:])
    change[sequences.starts[sequences.lengths > 0]] = 0
    return sequences.with_values(np.hstack([values, change]))


def _count_frames(lengths, width, hop):
    """Number of frames (n_sequences,) of sequences of these lengths."""
    until_end = 1 + -(-np.maximum(lengths - width, 0) // hop)
    # A hop beyond the width could step over the end.
    return np.minimum(until_end, -(-lengths // hop))


def _cut(sequences, width, hop):
    """Frames of the sequences, each laid flat as one step."""
    counts = _count_frames(sequences.lengths, width, hop)
    of_frame = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (number * hop)[:, None] + np.arange(width)
    step = np.minimum(step, sequences.lengths[of_frame, None] - 1)
    frames = sequences.values[sequences.starts[of_frame, None] + step]
    flat = frames.reshape(len(frames), width * sequences.n_features)
    return Sequences(flat, counts)
