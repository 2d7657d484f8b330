"""Long tables, one row a step: labels out of them, predictions back into them."""

from contextlib import suppress

import numpy as np

from sklearn_rnn._arrays import as_array, naming
from sklearn_rnn._frames import frame_columns, group_rows, list_names
from sklearn_rnn._text import has_items
from sklearn_rnn.sequences import cut


def labels_from_frame(df, *, by, column):
    """Read one label for each step, or one word, from a long pandas table.

    The table is the one that `Sequences.from_frame` reads, with a row for each step.
    Labels and sequences of the same table belong together.

    Parameters
    ----------
    df : pandas.DataFrame of shape (n_steps, n_columns)
        The rows of a sequence are in the order of time; other rows may lie between
        them.
    by : str or list of str
        Columns that tell which sequence a row belongs to.
    column : str
        The column of the labels.

    Returns
    -------
    labels : ndarray of object of shape (n_sequences,)
        One ndarray of shape (length,) for each sequence, in the order in which their
        first rows appear. All have one dtype: that of the column, or str if it holds
        nothing but strings.

    Raises
    ------
    TypeError
        If `df` is not a data frame, or `column` is not the name of one column.
    ValueError
        If a column is missing, `by` or `column` has missing values, or the labels are
        times.

    See Also
    --------
    Sequences.from_frame : The features of the same steps.
    predictions_to_frame : The way back.
    sklearn_rnn.SequenceVectorizer : Reads the words of documents.

    Notes
    -----
    Unless told otherwise, pandas reads the words "null", "NA", "None", "nan" and a few
    more as missing values. A table of words is read by
    ``pd.read_csv(path, sep="\\t", keep_default_na=False, quoting=csv.QUOTE_NONE)``;
    the last parameter keeps quotation marks.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_rnn import SequenceVectorizer, labels_from_frame
    >>> df = pd.DataFrame(
    ...     {
    ...         "sentence": [0, 0, 0, 1, 1],
    ...         "word": ["Birds", "can", "sing", "Open", "cans"],
    ...         "pos": ["NOUN", "AUX", "VERB", "VERB", "NOUN"],
    ...     }
    ... )
    >>> y = labels_from_frame(df, by="sentence", column="pos")
    >>> y[0]
    array(['NOUN', 'AUX', 'VERB'], dtype='<U4')

    Words are read in the same way, and are documents then:

    >>> words = labels_from_frame(df, by="sentence", column="word")
    >>> SequenceVectorizer().fit_transform(words)
    Sequences(shape=(2, 3, 7), n_steps=5, dtype=float32, sparse)
    """
    if not np.isscalar(column) and not isinstance(column, tuple):
        kind = type(column).__name__
        raise TypeError(f"column must be the name of one column, got a {kind}")
    by, _ = frame_columns(df, by, [column])
    order, lengths = group_rows(df, by)
    labels = df[column]
    with naming("column", always=True):  # such as of a signalling NaN
        missing = labels.isna().to_numpy()[order]
    if missing.any():
        place = int(np.argmax(missing))
        sequence = int(np.searchsorted(np.cumsum(lengths), place, side="right"))
        step = place - int(lengths[:sequence].sum())
        raise ValueError(
            f"column {column!r} has no value in row {int(order[place])}, which is step "
            f"{step} of sequence {sequence}. If it was a word such as 'null' or 'NA', "
            "pandas took it for a missing value: read the file with "
            "keep_default_na=False."
        )
    return cut(_plain(labels)[order], lengths)


def predictions_to_frame(predictions, df, *, by, columns=None):
    """Put predictions beside the rows of the long table that sequences came from.

    Parameters
    ----------
    predictions : array-like
        Either those of a tagger, one for each step: an object array, or a list, of
        n_sequences arrays of shape (length,) or (length, n_outputs). Or those of a
        classifier or regressor, an array of shape (n_sequences,) or
        (n_sequences, n_outputs); each then stands beside all rows of its sequence. A
        list of lists is always one of steps, even if it would make such an array.
    df : pandas.DataFrame of shape (n_steps, n_columns)
        The table that `Sequences.from_frame` or `labels_from_frame` has read.
    by : str or list of str
        The columns that they were told.
    columns : str or list of str, default=None
        What the outputs are called, such as ``model.classes_`` for probabilities. None
        means "prediction" if there is one, else their numbers.

    Returns
    -------
    frame : pandas.DataFrame of shape (n_steps, n_outputs)
        With the index of `df`, and in the order of its rows.

    Raises
    ------
    TypeError
        If `df` is not a data frame.
    ValueError
        If a column is missing, `by` has missing values, or there are not as many
        predictions as sequences or steps, or not as many names as outputs.

    See Also
    --------
    Sequences.from_frame : The sequences of a table.
    labels_from_frame : Their labels.

    Notes
    -----
    ``pd.concat([df, frame], axis=1)`` joins the two, even if the index has duplicates.
    With one row for each sequence, and `by` as a list, predictions are
    ``df[by].drop_duplicates().assign(prediction=predictions)``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_rnn import predictions_to_frame
    >>> df = pd.DataFrame({"who": ["b", "a", "b"], "pulse": [60, 95, 97]})
    >>> predictions_to_frame([["rest", "run"], ["run"]], df, by="who")
      prediction
    0       rest
    1        run
    2        run
    >>> risk = predictions_to_frame([0.5, 0.25], df, by="who", columns="risk")
    >>> pd.concat([df, risk], axis=1)
      who  pulse  risk
    0   b     60  0.50
    1   a     95  0.25
    2   b     97  0.50
    """
    import pandas as pd

    by, _ = frame_columns(df, by, [])
    order, lengths = group_rows(df, by)
    if not isinstance(predictions, (list, tuple)):
        predictions = np.atleast_1d(as_array(predictions, "predictions"))
    if len(predictions) != len(lengths):
        raise ValueError(
            f"df has {len(lengths)} sequences, but there are {len(predictions)} "
            "predictions"
        )
    if _are_of_steps(predictions):
        values = _join(predictions, lengths)
    else:
        values = np.repeat(as_array(predictions, "predictions"), lengths, axis=0)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2:
        raise ValueError(
            f"predictions must be numbers or vectors, got the shape {values.shape}"
        )
    n_outputs = values.shape[1]
    if columns is None:
        columns = ["prediction"] if n_outputs == 1 else range(n_outputs)
    if isinstance(columns, np.ndarray):
        columns = columns.tolist()  # as names that Python has, too
    columns = list_names(columns, (), "columns")
    if len(columns) != n_outputs:
        raise ValueError(f"columns are {columns}, but there are {n_outputs} outputs")
    rows = np.empty_like(values)
    rows[order] = values
    with naming("predictions"):
        return pd.DataFrame(rows, index=df.index, columns=columns)


def _are_of_steps(predictions):
    """Whether predictions list one array, or list, for each sequence."""
    if isinstance(predictions, (list, tuple)):
        return len(predictions) > 0 and all(map(has_items, predictions))
    listing = predictions.dtype == object and predictions.ndim == 1
    return listing and _are_of_steps(list(predictions))


def _join(predictions, lengths):
    """Predictions of all steps, sequence after sequence."""
    parts = [as_array(part, f"predictions[{i}]") for i, part in enumerate(predictions)]
    found = np.array([part.shape[0] if part.ndim else 0 for part in parts])
    if (found != lengths).any():
        place = int(np.argmax(found != lengths))
        raise ValueError(
            f"sequence {place} has {lengths[place]} rows in df, but there are "
            f"{found[place]} predictions for its steps. A list of lists holds those of "
            "steps; several for each sequence are np.asarray(predictions)"
        )
    with naming("predictions"):
        return np.concatenate(parts)


def _plain(labels):
    """A pandas Series without missing values as an array, of str if all are str."""
    # Older versions of pandas make objects of Int64 unless they are told not to.
    dtype = getattr(labels.dtype, "numpy_dtype", None)
    with suppress(UnicodeEncodeError):  # lone surrogates stay objects
        labels = labels.infer_objects()
    values = labels.to_numpy(dtype)
    if values.dtype.kind == "O" and all(isinstance(value, str) for value in values):
        return values.astype(str)
    return values
