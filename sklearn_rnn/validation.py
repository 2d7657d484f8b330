"""Reading whatever people have into `Sequences`, and checking it against a fit."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from sklearn_rnn._arrays import naming, refuse_masked
from sklearn_rnn.sequences import Sequences, join, place_of, read_part, text_error

__all__ = ["check_sequences", "validate_sequences"]


def check_sequences(X, *, input_name="X", estimator_name=None):
    """Read sequences in any of the usual forms, as numbers.

    Parameters
    ----------
    X : Sequences, list of array-like, or array-like
        One of:

        - `Sequences`;
        - a list, tuple, object array or pandas Series with one array of shape
          (length, n_features) or (length,) a sequence. One-dimensional ones are
          univariate. `scipy.sparse` arrays of shape (length, n_features) stay sparse;
        - an array of shape (n_sequences, n_steps, n_features), where trailing steps
          that are NaN in all features are padding;
        - an array or data frame of shape (n_sequences, n_steps): univariate sequences
          of equal length. A list of equally long lists of numbers is such an array (a
          list of *arrays* never is).
    input_name : str, default="X"
        What error messages call the input.
    estimator_name : str, default=None
        Which estimator error messages name.

    Returns
    -------
    sequences : Sequences
        In float32 if all of `X` is float32, else in float64. Shares memory with `X`
        where nothing had to change.

    Raises
    ------
    ValueError
        If `X` is empty, holds text, NaN or infinity, or if the sequences differ in
        width or dimensions. The message names the first sequence at fault.
    TypeError
        If `X` is of another kind, such as a dict, a generator or a sparse matrix.

    Examples
    --------
    >>> from sklearn_rnn import check_sequences
    >>> check_sequences([[1, 2, 3], [4, 5]])
    Sequences(shape=(2, 3, 1), n_steps=5, dtype=float64)
    >>> check_sequences([[[1, 2], [3, 4]], [[5, 6]]])
    Sequences(shape=(2, 2, 2), n_steps=3, dtype=float64)
    """
    sequences, _ = read_layout(X, input_name, estimator_name)
    return numeric(sequences, input_name)


def dtype_kind(X):
    """Kind of the dtype that X says it has; "" if it has none, or not one of NumPy."""
    return getattr(getattr(X, "dtype", None), "kind", "")


def validate_sequences(estimator, X, *, reset):
    """Read the sequences given to an estimator and check them against its fit.

    Parameters
    ----------
    estimator : estimator instance
        If `reset`, it gets the attributes `n_features_in_` (columns of a
        two-dimensional `X`, else features of a step), `n_step_features_` (features of
        a step), `step_feature_names_` (their names, or None), `fixed_length_` (columns
        of a two-dimensional `X`, else None) and, for data frames, `feature_names_in_`.
        Nothing is set if the check raises.
    X : Sequences, list of array-like, or array-like
        As in `check_sequences`.
    reset : bool
        True in `fit`, False in whatever needs a fitted estimator.

    Returns
    -------
    sequences : Sequences
        In float32 or float64.

    Raises
    ------
    ValueError, TypeError
        As `check_sequences` does, and if `X` differs in width from the data of `fit`.

    Examples
    --------
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn_rnn.validation import validate_sequences
    >>> estimator = BaseEstimator()
    >>> validate_sequences(estimator, [[1, 2, 3], [4, 5]], reset=True)
    Sequences(shape=(2, 3, 1), n_steps=5, dtype=float64)
    >>> estimator.n_features_in_
    1
    """
    return validate_layout(estimator, X, reset=reset, as_numbers=True)[0]


def validate_as_they_are(estimator, X, *, reset):
    """`validate_sequences` without a copy in another dtype.

    Whoever computes with the steps takes some of them at a time, and converts these.
    """
    return validate_layout(estimator, X, reset=reset, as_numbers=True, keep=True)[0]


def computed_in(sequences):
    """The dtype that an estimator computes in: float32 or float64."""
    return np.dtype(np.float32 if sequences.dtype == np.float32 else np.float64)


def validate_layout(estimator, X, *, reset, as_numbers, keep=False):
    """`validate_sequences`, and the shape of `X` if it was one array, else None.

    Without `as_numbers` only lengths and widths are read: the steps keep their dtype
    and may be text, objects, NaN or infinite. For `keep` see `numeric`.
    """
    empty_width = 1 if reset else estimator.n_step_features_
    name = type(estimator).__name__
    sequences, shape = read_layout(X, estimator_name=name, empty_width=empty_width)
    if as_numbers:
        sequences = numeric(sequences, "X", keep)
    if reset:
        record_layout(estimator, X, sequences, shape)
    else:
        _compare_layout(estimator, X, sequences, shape)
    return sequences, shape


def record_layout(estimator, X, sequences, shape):
    """Set what an estimator remembers of the layout of `X`."""
    validate_data(estimator, X, reset=True, skip_check_array=True, ensure_2d=False)
    estimator.fixed_length_ = _fixed_length(shape)
    estimator.n_step_features_ = sequences.n_features
    estimator.step_feature_names_ = sequences.feature_names
    estimator.n_features_in_ = estimator.fixed_length_ or sequences.n_features


def _compare_layout(estimator, X, sequences, shape):
    """Raise if `X` differs in names or width from what `record_layout` saw."""
    validate_names(estimator, X)
    fixed_length, expected = _fixed_length(shape), estimator.fixed_length_
    if fixed_length is not None and expected is not None:
        hint = (
            " A 2-D array, such as a list of equally long lists, has the width that it "
            "had in fit. Sequences of other lengths are passed as a list of arrays, or "
            "as Sequences.from_list(X)."
        )
        check_width(estimator, fixed_length, expected, "features", hint)
    else:
        expected = estimator.n_step_features_
        check_width(estimator, sequences.n_features, expected, "features per step")
    _compare_names(estimator, sequences.feature_names)


def validate_names(estimator, X):
    """Check the columns of a data frame against those of `fit`."""
    validate_data(estimator, X, reset=False, skip_check_array=True, ensure_2d=False)


def _compare_names(estimator, names):
    """Raise if the features of a step are named otherwise than in fit."""
    expected = estimator.step_feature_names_
    if names is None or expected is None or names is expected:
        return
    differ = names != expected
    if differ.any():
        place = int(np.argmax(differ))
        raise ValueError(
            "The feature names should match those that were passed during fit: feature "
            f"{place} of a step is {names[place]!r}, and was {expected[place]!r}."
        )


def _fixed_length(shape):
    """The length that all sequences have if `shape` is that of a 2-D array."""
    return shape[1] if shape is not None and len(shape) == 2 else None


def check_width(estimator, width, expected, unit, hint=""):
    """Raise, in scikit-learn's words, if a width is not the expected one."""
    if width != expected:
        raise ValueError(
            f"X has {width} {unit}, but {type(estimator).__name__} is expecting "
            f"{expected} {unit} as input.{hint}"
        )


def read_layout(X, input_name="X", estimator_name=None, empty_width=1):
    """`X` as `Sequences` of any dtype, and the shape of `X` if it was one array."""
    if isinstance(X, (str, bytes)):
        raise text_error(f"Input {input_name} is one {type(X).__name__}")
    if sp.issparse(X):
        raise TypeError(
            f"Input {input_name} is a sparse matrix of shape {X.shape}, which does not "
            "tell where sequences end. Wrap it: Sequences(values, lengths), one row a "
            "step; or pass a list with one sparse matrix a sequence."
        )
    if _is_listing(X):
        X = _rectangle_or_list(X)
    shape = None
    if isinstance(X, Sequences):
        sequences = X
    elif isinstance(X, list):
        names = _common_columns(X)
        sequences = join([read_part(x, i) for i, x in enumerate(X)], empty_width)
        if names is not None:
            sequences = sequences.with_values(sequences.values, names)
    elif hasattr(X, "__array__") or hasattr(X, "__dataframe__"):
        sequences, shape = _read_array(X, input_name, estimator_name)
    else:
        raise TypeError(
            f"Input {input_name} must be Sequences, a list of arrays, an array or a "
            f"data frame, got {type(X).__name__}"
        )
    _check_not_empty(sequences, estimator_name)
    return sequences, shape


def _common_columns(frames):
    """Names of the columns of frames in a list, if text; raise if they differ."""
    known = [
        (i, list(x.columns)) for i, x in enumerate(frames) if hasattr(x, "columns")
    ]
    for i, columns in known[1:]:
        if columns != known[0][1]:
            raise ValueError(
                f"Data frames must have the same columns in the same order: sequence "
                f"{known[0][0]} has {known[0][1]}, sequence {i} has {columns}."
            )
    names = known[0][1] if known else []
    return names if names and all(isinstance(name, str) for name in names) else None


def _is_listing(X):
    """Whether `X` is one-dimensional and lists sequences (or text) one by one."""
    if isinstance(X, (list, tuple)):
        return True
    lists = dtype_kind(X) in set("OUS") or hasattr(X, "iloc")
    return getattr(X, "ndim", 0) == 1 and lists


def _rectangle_or_list(X):
    """Nested lists of numbers as an array if they are rectangular, else a plain list.

    Only so can `X.tolist()` of a two-dimensional X mean the same as X. Text and objects
    stay lists: no estimator fixes their length.
    """
    nested = isinstance(X, (list, tuple)) and all(
        isinstance(row, (list, tuple)) for row in X
    )
    if nested and len({len(row) for row in X}) == 1 and len(X[0]):
        try:
            array = np.asarray(X)
        except ValueError:
            return list(X)
        if array.dtype.kind in "biufc":
            return array
    return list(X)


def _read_array(X, input_name, estimator_name):
    """Array or frame of two or three dimensions as `Sequences`, and its shape."""
    if getattr(X, "ndim", 0) == 1:
        raise ValueError(
            f"Expected 2D array, got 1D array instead: {input_name} has shape "
            f"{X.shape}. Reshape your data: one sequence of so many steps is a "
            f"list with one array, [{input_name}]; so many sequences of one step are "
            f"{input_name}.reshape(-1, 1)."
        )
    _check_columns(X, input_name, estimator_name)
    refuse_masked(X, input_name)
    with naming(input_name):
        array = check_array(
            X,
            dtype=None,
            allow_nd=True,
            ensure_all_finite=False,
            input_name=input_name,
            estimator=estimator_name,
        )
    if array.ndim > 3:
        raise ValueError(
            f"Input {input_name} has shape {array.shape}: {array.ndim} dimensions, "
            "while (n_sequences, n_steps, n_features) are at most 3"
        )
    if array.ndim == 3:
        return Sequences.from_padded(array), array.shape
    n_sequences, n_steps = array.shape
    lengths = np.full(n_sequences, n_steps)
    return Sequences(array.reshape(-1, 1), lengths), array.shape


def _check_columns(X, input_name, estimator_name):
    """Raise if a data frame has no columns, or some of the same name."""
    columns = list(getattr(X, "columns", [None]))
    if not columns:
        raise _none_of("feature", X.shape, estimator_name)
    if len({*map(repr, columns)}) < len(columns):
        raise ValueError(f"{input_name} has columns of the same name: {columns}")


def _check_not_empty(sequences, estimator_name):
    """Raise if there are no sequences or no features."""
    for count, what in ((len(sequences), "sample"), (sequences.n_features, "feature")):
        if count == 0:
            raise _none_of(what, sequences.shape, estimator_name)


def _none_of(what, shape, estimator_name):
    """The error of scikit-learn for what is empty."""
    context = f" by {estimator_name}" if estimator_name else ""
    return ValueError(
        f"Found array with 0 {what}(s) (shape={shape}) while a minimum of 1 is "
        f"required{context}."
    )


def numeric(sequences, input_name, keep=False):
    """The same sequences in float32 or float64, all finite.

    With `keep` in any dtype whose numbers float64 has.
    """
    values = sequences.values
    kind = values.dtype.kind
    if kind == "c":
        raise ValueError(f"Complex data not supported: {input_name} is {values.dtype}")
    if kind in "US":
        such = f", such as {str(values[0, 0])!r}" if values.size else ""
        raise text_error(f"Input {input_name} holds text{such}")
    if kind == "O":
        values = _numbers_of_objects(sequences, input_name)
    elif kind not in "biuf":
        raise TypeError(f"Input {input_name} has dtype {values.dtype}, not numbers")
    single = values.dtype.newbyteorder("=") == np.float32
    kept = keep and values.dtype.isnative and np.can_cast(values.dtype, np.float64)
    if not kept:
        with np.errstate(over="ignore"):  # what is too large becomes infinite
            values = values.astype(np.float32 if single else np.float64, copy=False)
    if sp.issparse(values):
        values = _canonical(values)
    if values is not sequences.values:
        sequences = sequences.with_values(values, sequences.feature_names)
    _check_finite(sequences, input_name)
    return sequences


def _canonical(values):
    """CSR that stores what is not zero, each once: others count what is stored."""
    if values.has_canonical_format and values.data.all():
        return values
    values = values.copy()
    values.sum_duplicates()
    values.eliminate_zeros()
    return values


def _numbers_of_objects(sequences, input_name):
    """Object values (n_steps, n_features) as float64."""
    for row, step in enumerate(sequences.values.tolist()):
        for value in step:
            if isinstance(value, (str, bytes)):
                place = place_of(sequences.lengths, row)
                raise text_error(f"Input {input_name} holds {value!r} in {place}")
            try:
                if np.ndim(value):
                    raise TypeError("it has several elements")
                if isinstance(value, np.complexfloating):  # float would discard a part
                    raise TypeError("it is complex")
                float(value)
            except (TypeError, ValueError, OverflowError) as error:
                place = place_of(sequences.lengths, row)
                raise TypeError(
                    f"Input {input_name} holds a {type(value).__name__} in {place}: "
                    f"{error}. StepwiseTransformer turns steps of another kind into "
                    "numbers, for example StepwiseTransformer(DictVectorizer()) for "
                    "dicts."
                ) from error
    with np.errstate(over="ignore"):  # what is too large becomes infinite
        return sequences.values.astype(np.float64)


def _check_finite(sequences, input_name):
    """Raise if a value is NaN or infinite, and say where."""
    values = sequences.values
    data = values.data if sp.issparse(values) else values
    with np.errstate(over="ignore", invalid="ignore"):
        # A finite sum needs no second look, and takes no memory.
        half = data.dtype == np.float16
        if np.isfinite(data.sum(dtype=np.float64 if half else None)):
            return
    finite = np.isfinite(data)
    if finite.all():
        return
    place = np.unravel_index(np.argmin(finite), data.shape)
    row = place[0]
    if sp.issparse(values):
        row = np.searchsorted(values.indptr, row, side="right") - 1
    what = "NaN" if np.isnan(data[place]) else "infinity"
    raise ValueError(
        f"Input {input_name} contains {what} in {place_of(sequences.lengths, row)}. "
        "Impute the value or end the sequence before it; only trailing steps of a 3-D "
        "array that are NaN in all features are read as padding."
    )
