"""Series and data frames as nobody should pass them."""

import numpy as np
import pandas as pd


def table_of(value):
    """What pandas makes of a value, as a frame with at least one column."""
    if isinstance(value, pd.DataFrame):
        return value.copy()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = None
    if array is not None and array.ndim == 2:
        return pd.DataFrame(array)
    return pd.DataFrame({"value": pd.Series(list(value), dtype=object)})


def repeated_names(rng, value):
    """All columns have the same name."""
    frame = table_of(value)
    frame = pd.concat([frame, frame.iloc[:, :1]], axis=1)
    frame.columns = [rng.choice(["a", 0, "who"])] * frame.shape[1]
    return frame


def several_levels(rng, value):
    """Columns or rows have two levels."""
    frame = table_of(value)
    n_rows, n_columns = frame.shape
    if rng.random() < 0.5:
        pairs = [("a", i) for i in range(n_columns)]
        frame.columns = pd.MultiIndex.from_tuples(pairs, names=["u", "v"])
    else:
        frame.index = pd.MultiIndex.from_tuples([("r", i % 2) for i in range(n_rows)])
    return frame


def odd_names(rng, value):
    """Names that are numbers, times, missing, or of several kinds."""
    frame = table_of(value)
    odd = [None, np.nan, 1, ("a", "b"), pd.Timestamp("2020-01-01"), "\ud800", b"x"]
    names = list(frame.columns)
    for place in range(len(names)):
        if rng.random() < 0.7:
            names[place] = rng.choice(odd)
    frame.columns = pd.Index(names, dtype=object)
    return frame


DTYPES = {
    "category": lambda s: s.astype(str).astype("category"),
    "Int64": lambda s: pd.array([1, None] * len(s), dtype="Int64")[: len(s)],
    "Float64": lambda s: pd.array([1.5, None] * len(s), dtype="Float64")[: len(s)],
    "boolean": lambda s: pd.array([True, None] * len(s), dtype="boolean")[: len(s)],
    "string": lambda s: pd.array(["a", None] * len(s), dtype="string")[: len(s)],
    "datetime": lambda s: pd.date_range("2020-01-01", periods=len(s)),
    "timezone": lambda s: pd.date_range("2020-01-01", periods=len(s), tz="UTC"),
    "timedelta": lambda s: pd.to_timedelta(np.arange(len(s)), unit="D"),
    "period": lambda s: pd.period_range("2020-01", periods=len(s), freq="M"),
    "interval": lambda s: pd.interval_range(0, len(s)),
    "sparse": lambda s: pd.arrays.SparseArray(np.zeros(len(s))),
    "complex": lambda s: np.full(len(s), 1j),
    "object": lambda s: np.array([None] * len(s), dtype=object),
}


def odd_dtypes(rng, value):
    """One column, or all, of a dtype that NumPy does not have."""
    frame = table_of(value)
    frame.columns = pd.Index(range(frame.shape[1]))
    chosen = range(frame.shape[1])
    if rng.random() < 0.5:
        chosen = [rng.randrange(max(1, frame.shape[1]))]
    convert = DTYPES[rng.choice(sorted(DTYPES))]
    columns = {i: frame[i] for i in frame}
    columns |= {i: pd.Series(convert(frame.index), index=frame.index) for i in chosen}
    return pd.DataFrame(columns)


def odd_series(rng, value):
    """A series, an index or an extension array."""
    items = list(value)
    series = pd.Series(items, dtype=object)
    convert = DTYPES[rng.choice(sorted(DTYPES))]
    return rng.choice(
        [
            lambda: series,
            lambda: pd.Series(convert(series)),
            lambda: pd.array(convert(series)),
            lambda: pd.Index(series),
            lambda: pd.Series(items, index=[0] * len(items), dtype=object),
            lambda: pd.MultiIndex.from_product([range(len(items)), [0]]),
            lambda: series.to_frame(),
            lambda: pd.Categorical(series.astype(str)),
        ]
    )()


def empty_frame(rng, value):
    """No rows, no columns, or neither."""
    frame = table_of(value)
    return rng.choice([frame.iloc[:0], frame.iloc[:, :0], frame.iloc[:0, :0]])


KINDS = {
    "frame, repeated names": repeated_names,
    "frame, several levels": several_levels,
    "frame, odd names": odd_names,
    "frame, odd dtypes": odd_dtypes,
    "series and arrays of pandas": odd_series,
    "frame, empty": empty_frame,
}
