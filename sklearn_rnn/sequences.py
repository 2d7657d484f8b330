"""One container for sequences of any length."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from sklearn_rnn._arrays import (
    as_array,
    as_csr,
    differs_from_itself,
    is_number,
    naming,
    refuse_masked,
)
from sklearn_rnn._frames import frame_columns, group_rows
from sklearn_rnn._windows import cut_windows
from sklearn_rnn.core.packing import consecutive


class Sequences:
    """Sequences of any length: their steps one after another, and their lengths.

    It behaves as a ragged three-dimensional array, so that scikit-learn can split,
    shuffle and index it. Nothing is padded, and sparse steps stay sparse.

    Parameters
    ----------
    values : array-like or sparse matrix of shape (n_steps, n_features)
        The steps of the first sequence, then those of the second, and so on. Arrays
        are not copied; sparse ones are held as `scipy.sparse.csr_array`.
    lengths : array-like of int of shape (n_sequences,)
        Number of steps of each sequence; 0 is allowed.
    feature_names : array-like of str of shape (n_features,), default=None
        What the features of a step are called.

    Attributes
    ----------
    values : ndarray or csr_array of shape (n_steps, n_features)
        The steps. Treat them as read-only, other containers may share them.
    lengths : ndarray of shape (n_sequences,)
        The lengths.
    feature_names : ndarray of object of shape (n_features,) or None
        The names.

    Raises
    ------
    ValueError
        If `values` is not two-dimensional, a length is negative or not an integer, the
        lengths do not sum to the number of steps, or there are not as many names as
        features.

    See Also
    --------
    check_sequences : Read lists, arrays and frames into `Sequences`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import Sequences
    >>> X = Sequences(np.arange(10.0).reshape(5, 2), lengths=[3, 0, 2])
    >>> X.shape
    (3, 3, 2)
    >>> X[2]
    array([[6., 7.],
           [8., 9.]])
    >>> X[[2, 0]].lengths
    array([2, 3])
    """

    ndim = 3

    def __init__(self, values, lengths, feature_names=None):
        sparse = sp.issparse(values)
        values = values if sparse else as_array(values, "values")
        if values.ndim != 2:
            raise ValueError(
                "values must have shape (n_steps, n_features), "
                f"got an array of shape {values.shape}"
            )
        self.values = as_csr(values, "values") if sparse else values
        self.lengths = _check_lengths(lengths, values.shape[0])
        if feature_names is not None:
            feature_names = as_array(feature_names, "feature_names").astype(object)
            if feature_names.shape != (values.shape[1],):
                raise ValueError(
                    f"feature_names must be one name for each of {values.shape[1]} "
                    f"features, got an array of shape {feature_names.shape}"
                )
        self.feature_names = feature_names

    @classmethod
    def from_list(cls, sequences):
        """Join one array per sequence.

        Parameters
        ----------
        sequences : iterable of array-like of shape (length, n_features) or (length,)
            Dense or sparse. One-dimensional ones are univariate. An empty `[]` takes
            the width of the others, or 1 if no other is there.

        Returns
        -------
        sequences : Sequences
            The dtype is the common one of all arrays, unchecked.

        Raises
        ------
        ValueError, TypeError
            If the arrays do not agree in width or dimensions.

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> Sequences.from_list([[1, 2, 3], [4, 5]])
        Sequences(shape=(2, 3, 1), n_steps=5, dtype=int64)
        """
        if not np.iterable(sequences) or sp.issparse(sequences):
            raise TypeError(
                "sequences must be a list or another iterable of arrays, got "
                f"{type(sequences).__name__}"
            )
        return join([read_part(part, i) for i, part in enumerate(sequences)])

    @classmethod
    def from_padded(cls, X):
        """Read a padded array: trailing steps that are NaN in all features end it.

        Parameters
        ----------
        X : array-like of shape (n_sequences, n_steps, n_features) or \
                (n_sequences, n_steps)
            Two-dimensional arrays hold univariate sequences.

        Returns
        -------
        sequences : Sequences
            Without the padding; NaN elsewhere is kept.

        Raises
        ------
        ValueError
            If `X` has neither two nor three dimensions.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_rnn import Sequences
        >>> Sequences.from_padded([[1, 2, np.nan], [3, 4, 5]]).lengths
        array([2, 3])
        """
        X = as_array(X, "X")
        if X.ndim not in (2, 3):
            raise ValueError(
                "a padded array has shape (n_sequences, n_steps, n_features) or "
                f"(n_sequences, n_steps), got {X.shape}"
            )
        X = X[:, :, None] if X.ndim == 2 else X
        lengths = _padded_lengths(X)
        if (lengths == X.shape[1]).all():
            return cls(X.reshape(len(lengths) * X.shape[1], X.shape[2]), lengths)
        return cls(X[np.arange(X.shape[1]) < lengths[:, None]], lengths)

    @classmethod
    def from_frame(cls, df, *, by, columns=None):
        """Read a long pandas table that has one row for each step.

        Parameters
        ----------
        df : pandas.DataFrame of shape (n_steps, n_columns)
            The rows of a sequence are in the order of time; other rows may lie between
            them.
        by : str or list of str
            Columns that tell which sequence a row belongs to.
        columns : str or list of str, default=None
            The features; None takes all columns but `by`.

        Returns
        -------
        sequences : Sequences
            In the order in which their first rows appear, which is the order of
            ``df[by].unique()`` and of ``df.groupby(by, sort=False)``.

        Raises
        ------
        TypeError
            If `df` is not a data frame.
        ValueError
            If a column is missing, no feature is left, `by` has missing values, or a
            feature is a time.

        See Also
        --------
        labels_from_frame : The labels of the same steps.
        predictions_to_frame : The way back.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn_rnn import Sequences
        >>> df = pd.DataFrame({"who": ["b", "a", "b"], "pulse": [60.0, 75.0, 62.0]})
        >>> X = Sequences.from_frame(df, by="who", columns=["pulse"])
        >>> X[0]
        array([[60.],
               [62.]])
        """
        by, columns = frame_columns(df, by, columns)
        if not columns:
            raise ValueError(f"df has no feature columns beside by={by}")
        names = columns if all(isinstance(name, str) for name in columns) else None
        if not len(df):
            return cls(np.empty((0, len(columns))), [], names)
        order, lengths = group_rows(df, by)
        with naming("columns", always=True):  # such as bytes beside NaN
            table = df[columns]
        values = check_array(table, dtype=None, ensure_all_finite=False)
        return cls(values[order], lengths, names)

    @classmethod
    def from_windows(cls, series, length, horizon=1, *, targets=None, stride=1):
        """Cut a series into windows, and what follows each of them.

        Parameters
        ----------
        series : pandas.Series, pandas.DataFrame or array-like of shape (n_steps,) or \
                (n_steps, n_columns)
            One row for each step, in the order of time, without missing values. An
            index must be sorted and unique; steps are rows, whatever lies between them.
        length : int
            Steps of a window.
        horizon : int or list of int, default=1
            Which values are targets: so many steps after the window, or, if it is an
            increasing list, those so many steps ahead of its last one. ``3`` is
            ``[1, 2, 3]``; ``[7]`` leaves out the six steps that come first.
        targets : str, int or list of these, default=None
            Names, or numbers in an array, of the columns whose values are predicted;
            None means all. Windows have all columns.
        stride : int, default=1
            Steps from one window to the next. The first begins where the series does.

        Returns
        -------
        X : Sequences of shape (n_windows, length, n_columns)
            The windows that have all their targets.
        y : DataFrame or ndarray of shape (n_windows, n_targets * n_ahead)
            Their targets: a frame if `series` is a pandas object, which is indexed by
            the last step of each window, as that is when the forecast can be made. Its
            columns are the steps ahead, named "ahead"; if there is a choice of columns,
            because `series` is a frame and `targets` not the name of one, they are
            pairs (column, steps ahead).

        Raises
        ------
        TypeError
            If `length` or `stride` is no integer, or `series` is not numeric.
        ValueError
            If a value is NaN or infinite, the index is not sorted and unique, the
            series is too short, `horizon` is not positive or not increasing, or
            `targets` are not columns.

        See Also
        --------
        FrameTransformer : Cuts each sequence into frames, which become its steps.
        RNNGenerator.forecast : Simulates what may follow a sequence.

        Notes
        -----
        A window and its targets depend on nothing that comes later. In a split by
        :class:`~sklearn.model_selection.TimeSeriesSplit`, the last windows of the
        training part still have targets within the test part, unless it leaves a gap:
        ``gap=horizon - 1``, or for other strides ``ceil(last / stride) - 1`` where
        `last` is the largest number of steps ahead. All targets of training are then
        known when the first forecast of the test is made.

        Each value is in `length` windows, so that X is `length` times as large as the
        series.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn_rnn import Sequences
        >>> days = pd.date_range("2026-03-01", periods=6, name="day")
        >>> series = pd.Series([10.0, 11.0, 12.0, 13.0, 14.0, 15.0], index=days)
        >>> X, y = Sequences.from_windows(series, length=3, horizon=2)
        >>> X[0].ravel()
        array([10., 11., 12.])
        >>> y
        ahead          1     2
        day
        2026-03-03  13.0  14.0
        2026-03-04  14.0  15.0
        """
        values, names, y = cut_windows(series, length, horizon, targets, stride)
        return cls(values, np.full(len(y), length), names), y

    @property
    def starts(self):
        """ndarray of shape (n_sequences,): where in `values` each sequence begins.

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> X = Sequences.from_list([[1, 2, 3], [], [4, 5]])
        >>> X.starts
        array([0, 3, 3])
        >>> X.values[X.starts[2]]  # the first step of the last one
        array([4])
        """
        return np.cumsum(self.lengths) - self.lengths

    @property
    def shape(self):
        """tuple of int: (n_sequences, length of the longest, n_features).

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> X = Sequences.from_list([[[1, 2]], [[3, 4], [5, 6], [7, 8]]])
        >>> X.shape, X[:1].shape
        ((2, 3, 2), (1, 1, 2))
        """
        return len(self), int(self.lengths.max(initial=0)), self.n_features

    @property
    def dtype(self):
        """numpy.dtype: type of the values.

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> X = Sequences.from_list([[1, 2, 3], [4.5]])
        >>> X.dtype, X.with_values(X.values.astype("float32")).dtype
        (dtype('float64'), dtype('float32'))
        """
        return self.values.dtype

    @property
    def n_features(self):
        """int: number of features of a step.

        Examples
        --------
        >>> from sklearn_rnn import Sequences, SequenceVectorizer
        >>> Sequences.from_list([[1, 2, 3], [4, 5]]).n_features
        1
        >>> SequenceVectorizer().fit_transform(["to be or not to be"]).n_features
        6
        """
        return self.values.shape[1]

    def __len__(self):
        return len(self.lengths)

    def __iter__(self):
        for start, length in zip(self.starts, self.lengths, strict=True):
            yield self.values[start : start + length]

    def __repr__(self):
        sparse = ", sparse" if sp.issparse(self.values) else ""
        return (
            f"Sequences(shape={self.shape}, n_steps={self.values.shape[0]}, "
            f"dtype={self.dtype}{sparse})"
        )

    def __sizeof__(self):
        # dask sends what is large once, and not with each task.
        arrays = [self.values, self.lengths]
        if sp.issparse(self.values):
            arrays[:1] = self.values.data, self.values.indices, self.values.indptr
        return object.__sizeof__(self) + sum(array.nbytes for array in arrays)

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "Sequences have unequal lengths, so they are no array. X.to_padded() gives "
            "one; whatever demands an array cannot work on Sequences."
        )

    def __getitem__(self, index):
        if isinstance(index, tuple):
            index = _first_axis(index)
        # NumPy itself judges masks, negative numbers, slices and their errors.
        try:
            chosen = np.arange(len(self))[index]
        except OverflowError as error:
            raise IndexError(f"index {index} is out of bounds") from error
        if chosen.ndim > 1:
            raise IndexError(
                f"Sequences take indices of one dimension, got shape {chosen.shape}"
            )
        starts, lengths = self.starts[chosen], self.lengths[chosen]
        if chosen.ndim == 0:
            return self.values[starts : starts + lengths]
        if isinstance(index, slice) and index.step in (None, 1):
            first = starts[0] if len(starts) else 0
            values = self.values[first : first + lengths.sum()]
        else:
            values = self.values[consecutive(starts, lengths)]
        return Sequences(values, lengths, self.feature_names)

    def with_values(self, values, feature_names=None):
        """Put other values on the same steps.

        Parameters
        ----------
        values : array-like or sparse matrix of shape (n_steps, n_new_features)
            One row for each step of `self`.
        feature_names : array-like of str of shape (n_new_features,), default=None
            What the new features are called.

        Returns
        -------
        sequences : Sequences
            With the lengths of `self`.

        Raises
        ------
        ValueError
            If the number of rows differs from the number of steps.

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> X = Sequences.from_list([[1.0, 2.0], [3.0]])
        >>> X.with_values(X.values ** 2)[0]
        array([[1.],
               [4.]])
        """
        return Sequences(values, self.lengths, feature_names)

    def to_padded(self, fill_value=np.nan, n_steps=None):
        """Write the sequences into one rectangular array.

        Parameters
        ----------
        fill_value : scalar, default=nan
            What stands behind the end of a sequence. The dtype is widened where it
            could not hold this value.
        n_steps : int, default=None
            Number of steps of the array; None means the longest length.

        Returns
        -------
        X : ndarray of shape (n_sequences, n_steps, n_features)
            Dense, also if the values are sparse. It shares memory with `values` if
            there is nothing to pad.

        Raises
        ------
        ValueError
            If `n_steps` is smaller than the longest length.

        Examples
        --------
        >>> from sklearn_rnn import Sequences
        >>> Sequences.from_list([[1, 2], [3]]).to_padded(fill_value=0)[:, :, 0]
        array([[1, 2],
               [3, 0]])
        """
        n_steps = self.shape[1] if n_steps is None else n_steps
        if not is_number(n_steps):
            raise TypeError(f"n_steps must be an integer, got {n_steps!r}")
        if n_steps < self.shape[1]:
            raise ValueError(
                f"n_steps={n_steps} is less than the longest length {self.shape[1]}"
            )
        values = self.values.toarray() if sp.issparse(self.values) else self.values
        running = np.arange(n_steps) < self.lengths[:, None]
        if running.all():
            return values.reshape(len(self), n_steps, self.n_features)
        fill = as_array(fill_value, "fill_value")
        if fill.ndim or (fill.dtype.kind in "OV" and values.dtype.kind != "O"):
            raise TypeError(f"fill_value must be one number, got {fill_value!r}")
        with naming("fill_value"):
            dtype = np.result_type(values.dtype, np.min_scalar_type(fill))
        padded = np.full((len(self), n_steps, self.n_features), fill_value, dtype)
        padded[running] = values
        return padded


def cut(values, lengths):
    """Cut (n_steps,) into an object array (n_sequences,) of arrays (length,)."""
    parts = np.empty(len(lengths), dtype=object)
    ends = np.cumsum(lengths)
    for i, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        parts[i] = values[end - length : end].copy()
    return parts


def place_of(lengths, row):
    """Words for the sequence and the step that a row of all steps is."""
    ends = np.cumsum(lengths)
    index = int(np.searchsorted(ends, row, side="right"))
    return f"sequence {index}, step {row - (ends[index] - lengths[index])}"


def object_array(items):
    """One-dimensional array of objects, whatever they are."""
    return np.array([*items, None], dtype=object)[:-1]


def _check_lengths(lengths, n_steps):
    """Lengths (n_sequences,) as intp that sum to `n_steps`."""
    lengths = as_array(lengths, "lengths")
    if lengths.ndim != 1 or (lengths.size and lengths.dtype.kind not in "iu"):
        raise ValueError(
            "lengths must be one integer for each sequence, got an array of shape "
            f"{lengths.shape} and dtype {lengths.dtype}"
        )
    if not lengths.size:
        lengths = lengths.astype(np.intp)  # of whatever dtype nothing has
    if (lengths < 0).any():
        index = int(np.argmax(lengths < 0))
        raise ValueError(
            f"lengths must not be negative, lengths[{index}] is {lengths[index]}"
        )
    # Where one is too long, the sum in NumPy might overflow.
    fit = lengths.max(initial=0) <= n_steps
    lengths = lengths.astype(np.intp, copy=False) if fit else lengths
    total = lengths.sum() if fit else sum(lengths.tolist())
    if total != n_steps:
        raise ValueError(f"lengths sum to {total}, but values has {n_steps} rows")
    return lengths


def _padded_lengths(X):
    """Lengths (n_sequences,) of a padded X (n_sequences, n_steps, n_features)."""
    n_sequences, n_steps, n_features = X.shape
    # Most arrays have no padding, and their last steps tell.
    if not n_steps or not n_features or not _is_nan(X[:, -1]).all(axis=1).any():
        return np.full(n_sequences, n_steps)
    present = ~_is_nan(X).all(axis=2)
    from_behind = np.argmax(present[:, ::-1], axis=1)
    return np.where(present.any(axis=1), n_steps - from_behind, 0)


def _is_nan(X):
    """Where an array of any dtype is NaN, which is what differs from itself."""
    if X.dtype.kind == "O":
        return np.frompyfunc(differs_from_itself, 1, 1)(X).astype(bool)
    return X != X


def _first_axis(index):
    """The first of the tuple `index`; what follows may only be `...` and `:`."""
    if not index or index[0] is Ellipsis or len(index) > Sequences.ndim:
        raise IndexError("Sequences are indexed by X[i], X[i, ...] or X[i, :, :]")
    for other in index[1:]:
        if other is not Ellipsis and other != slice(None):
            raise IndexError(
                "Sequences can be indexed along the first axis only; "
                "features are chosen by X.with_values(X.values[:, columns])"
            )
    return index[0]


def read_part(part, index):
    """One sequence of a list as an array (length, n_features) or (length,)."""
    if sp.issparse(part) and part.ndim == 2:
        return as_csr(part, f"sequence {index}")
    if isinstance(part, (str, bytes)):
        raise text_error(f"Sequence {index} is one {type(part).__name__}")
    refuse_masked(part, f"sequence {index}")
    try:
        array = np.asarray(part)
    except ValueError as error:
        raise ValueError(
            f"Sequence {index} is no array of shape (length, n_features): its steps "
            "have unequal numbers of features"
        ) from error
    if array.ndim == 0 and array.dtype.kind in "biufc":
        raise ValueError(
            f"Expected 2D array, got 1D array instead: item {index} of the list is the "
            f"number {part!r}. Reshape your data either using array.reshape(-1, 1) if "
            "your sequences have a single step or array.reshape(1, -1) if it is a "
            "single sequence."
        )
    if array.ndim == 0:
        raise TypeError(
            f"Sequence {index} must be an array of shape (length, n_features) or "
            f"(length,), got {type(part).__name__}"
        )
    if array.ndim > 2:
        raise ValueError(
            f"Sequence {index} has shape {array.shape}, while (length, n_features) or "
            "(length,) is required"
        )
    return array


def join(parts, empty_width=1):
    """`Sequences` of the arrays (length, n_features) or (length,) in `parts`."""
    # An empty list knows neither its width nor its dtype.
    known = [i for i, part in enumerate(parts) if part.ndim == 2 or len(part)]
    lengths = [part.shape[0] for part in parts]
    if not known:
        return Sequences(np.empty((0, empty_width)), lengths)
    for i in known:
        _check_alike(parts[known[0]], known[0], parts[i], i)
    return Sequences(_stack([parts[i] for i in known]), lengths)


def _check_alike(first, first_index, other, index):
    """Raise if two sequences of a list differ in dimensions, width or sparsity."""
    if first.ndim != other.ndim:
        raise ValueError(
            f"Sequences must all have one dimension or all have two: sequence "
            f"{first_index} has shape {first.shape}, sequence {index} has shape "
            f"{other.shape}. Univariate sequences are (length,) or (length, 1)."
        )
    if first.shape[1:] != other.shape[1:]:
        raise ValueError(
            f"Sequences must have equal numbers of features: sequence {first_index} "
            f"has {first.shape[1]}, sequence {index} has {other.shape[1]} "
            f"(shape {other.shape})"
        )
    if sp.issparse(first) != sp.issparse(other):
        raise TypeError(
            f"Sequences must all be sparse or all be dense: sequences {first_index} "
            f"and {index} differ"
        )


def _stack(parts):
    """One array (n_steps, n_features) of all steps, in the dtype common to `parts`."""
    parts = [part for part in parts if part.shape[0]] or parts[:1]
    dtypes = {part.dtype.newbyteorder("=") for part in parts}
    try:
        dtype = np.result_type(*dtypes)
    except TypeError as error:
        raise TypeError(
            f"Sequences must be of one kind, got the dtypes {sorted(map(str, dtypes))}"
        ) from error
    if dtype == np.float32 and len(dtypes) > 1:
        # Small integers beside float32 are no reason for less precision.
        dtype = np.dtype(np.float64)
    if sp.issparse(parts[0]):
        return sp.vstack(parts, format="csr", dtype=dtype)
    values = parts[0] if len(parts) == 1 else np.concatenate(parts, dtype=dtype)
    return values[:, None] if values.ndim == 1 else values


def text_error(found):
    """The error for text where numbers are needed."""
    return ValueError(
        f"{found}: text must become numbers first. Put SequenceVectorizer() before "
        "the estimator: make_pipeline(SequenceVectorizer(), estimator)."
    )
