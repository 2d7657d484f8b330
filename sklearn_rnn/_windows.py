"""Windows of a series, and the values that follow each of them."""

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_array

from sklearn_rnn._arrays import as_array, check_count, naming, refuse_masked
from sklearn_rnn._frames import list_names


class Table(NamedTuple):
    """A series as its numbers, and what pandas knows of them."""

    values: np.ndarray  # (n_steps, n_columns)
    columns: list  # names, or numbers
    index: Any  # of the steps, None if the series is an array
    flat: bool  # whether the series has one dimension


def cut_windows(series, length, horizon, targets, stride):
    """The windows that have all their targets, and the targets.

    Returns the steps (n_windows * length, n_columns), the names of the columns or None,
    and y (n_windows, n_targets * n_ahead), a data frame if `series` is one.
    """
    length = check_count(length, "length", "steps")
    stride = check_count(stride, "stride", "steps")
    table = _read_table(series)
    ahead = _steps_ahead(horizon, len(table.values))
    chosen, flat = _choose_targets(table, targets)
    last = int(ahead[-1])
    stride = min(stride, len(table.values) + 1)  # as no array could hold some numbers
    n_windows = (len(table.values) - length - last) // stride + 1
    if n_windows < 1:
        raise ValueError(
            f"series has {len(table.values)} steps, but a window of {length} and a "
            f"target {last} ahead of it need {length + last}"
        )
    ends = length - 1 + stride * np.arange(n_windows)  # the last step of each window
    steps = (ends[:, None] + np.arange(1 - length, 1)).ravel()
    y = table.values[ends[:, None] + ahead][:, :, chosen]
    y = y.transpose(0, 2, 1).reshape(n_windows, -1)
    if table.index is not None:
        index = table.index[length - 1 : ends[-1] + 1 : stride]  # a slice keeps `freq`
        names = None if flat else [table.columns[place] for place in chosen]
        y = _frame(y, index, names, ahead)
    named = all(isinstance(name, str) for name in table.columns)
    return table.values[steps], table.columns if named else None, y


def _steps_ahead(horizon, n_steps):
    """Distances from the last step of a window to its targets, (n_ahead,)."""
    ahead = as_array(horizon, "horizon")
    if isinstance(horizon, Integral) and not isinstance(horizon, bool):
        ahead = np.arange(1, min(int(horizon), n_steps) + 1)  # more are too many
    if (
        ahead.ndim != 1
        or ahead.size == 0
        or ahead.dtype.kind not in "iu"
        or ahead[0] < 1
        or (ahead[1:] <= ahead[:-1]).any()
    ):
        raise ValueError(
            "horizon must be a number of steps, at least 1, or an increasing list of "
            f"steps ahead such as [1, 7], got {horizon!r}"
        )
    return ahead.astype(np.intp)


def _read_table(series):
    """A series as a `Table` of finite numbers."""
    if not hasattr(series, "iloc"):
        series = as_array(series, "series")
    flat, index, columns = np.ndim(series) == 1, None, None
    if hasattr(series, "iloc"):
        index = series.index
        _check_index(index)
        series = series.to_frame() if flat else series
        columns = [None] if flat else list(series.columns)
        if len(set(columns)) < len(columns):
            raise ValueError(f"series has columns more than once: {columns}")
        named = [] if flat else columns
        times = [name for name in named if series[name].dtype.kind in "mM"]
        if times:
            raise TypeError(f"columns {times} are times: turn them into numbers first")
    refuse_masked(series, "series")
    with naming("series"):
        values = check_array(
            series, ensure_2d=False, ensure_all_finite=False, input_name="series"
        )
    if values.dtype.kind not in "biuf":
        raise TypeError(f"series must be numbers, got {values.dtype}")
    values = values.reshape(len(values), -1)
    columns = list(range(values.shape[1])) if columns is None else columns
    table = Table(values, columns, index, flat)
    _check_finite(table)
    return table


def _check_index(index):
    """Raise if an index does not tell what comes after what."""
    if index.nlevels > 1:
        raise ValueError(
            f"the index of series has {index.nlevels} levels: cut the windows of one "
            "series at a time"
        )
    if index.hasnans:
        place = int(np.argmax(index.isna()))
        raise ValueError(f"the index of series is missing in row {place}")
    if not index.is_unique:
        raise ValueError(
            f"the index of series has {index[index.duplicated()][0]} more than once; "
            "series.groupby(level=0).mean() makes one row of such rows"
        )
    if not index.is_monotonic_increasing:
        place = int(np.argmax(index[1:] < index[:-1]))
        raise ValueError(
            f"the index of series is not sorted: {index[place + 1]} comes after "
            f"{index[place]}; series.sort_index() sorts it"
        )


def _check_finite(table):
    """Raise if a value is NaN or infinite, and say where."""
    finite = np.isfinite(table.values)
    if finite.all():
        return
    row, column = np.unravel_index(np.argmin(finite), finite.shape)
    place = f"row {row}" if table.index is None else f"row {row}, {table.index[row]}"
    if not table.flat:
        place += f", column {table.columns[column]!r}"
    raise ValueError(
        f"series is {table.values[row, column]} in {place}. Fill it first: pandas has "
        "series.interpolate() and series.ffill()"
    )


def _choose_targets(table, targets):
    """Places of the columns that are targets, and whether they are one by name."""
    columns = table.columns
    if targets is None:
        return list(range(len(columns))), table.flat
    if table.flat:
        raise ValueError(
            f"series has one column, which is the target, got targets={targets!r}"
        )
    flat = np.isscalar(targets) or isinstance(targets, tuple)
    names = list_names([targets] if flat else targets, (), "targets")
    place = {name: i for i, name in enumerate(columns)}
    # A mask would be taken for the columns 0 and 1.
    strange = [n for n in names if isinstance(n, bool | np.bool_) or n not in place]
    if strange or not names:
        raise ValueError(
            f"targets must be columns of series, which are {columns}, got {targets!r}"
        )
    return [place[name] for name in names], flat


def _frame(y, index, names, ahead):
    """Targets as a data frame; `names` is None if they are of one column."""
    import pandas as pd

    columns = pd.Index(ahead, name="ahead")
    if names is not None:
        with naming("series", always=True):  # names may be of any kind
            columns = pd.MultiIndex.from_product([names, ahead], names=[None, "ahead"])
    return pd.DataFrame(y, index=index, columns=columns)
