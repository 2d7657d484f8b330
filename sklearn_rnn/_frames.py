"""What pandas knows of a long table, one row a step."""

from collections import Counter

import numpy as np
import scipy.sparse as sp

from sklearn_rnn._arrays import naming


def frame_columns(df, by, columns):
    """Lists of the names `by` and `columns`, after all checks of a long table."""
    if not hasattr(df, "groupby") or not hasattr(df, "columns"):
        raise TypeError(f"df must be a pandas DataFrame, got {type(df).__name__}")
    by = [] if by is None else list_names(by, df.columns, "by")
    if not by:
        raise ValueError("by must name the columns that tell sequences apart")
    if columns is None:
        columns = [column for column in df.columns if column not in {*by}]
    columns = list_names(columns, (), "columns")
    missing = [column for column in by + columns if column not in df.columns]
    if missing:
        raise ValueError(
            f"df has no columns {missing}; its columns are {list(df.columns)}"
        )
    for names, what in ((list(df.columns), "df"), (by, "by"), (columns, "columns")):
        times = Counter(names)
        twice = [name for name in by + columns if times[name] > 1]
        if twice:
            raise ValueError(f"{what} has the name {twice[0]!r} more than once")
    with naming("by", always=True):
        missing = df[by].isna().to_numpy().any(axis=1)
    if missing.any():
        raise ValueError(
            f"the columns by={by} have missing values, the first in row "
            f"{int(missing.argmax())}"
        )
    times = [column for column in columns if df[column].dtype.kind in "mM"]
    if times:
        raise ValueError(f"columns {times} are times: turn them into numbers first")
    return by, columns


def list_names(names, known, what):
    """Names of columns as a list; a tuple is one name if it is known as such."""
    one = isinstance(names, tuple) and _is_name(names) and names in known
    if one or np.isscalar(names):
        names = [names]
    if not np.iterable(names) or sp.issparse(names):
        raise TypeError(
            f"{what} must be the name of a column, or a list of names, got a "
            f"{type(names).__name__}"
        )
    names = list(names)
    for place, name in enumerate(names):
        if not _is_name(name):
            kind = type(name).__name__
            raise TypeError(f"{what} must be names, but {what}[{place}] is a {kind}")
    return names


def _is_name(value):
    """Whether a column may be called so: pandas hashes names, and knows no void."""
    try:
        hash(value)
    except TypeError:
        return False
    return not isinstance(value, np.void)


def group_rows(df, by):
    """The rows (n_steps,) sequence after sequence, and the lengths (n_sequences,)."""
    if not len(df):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    # Names may be NaN, or those of levels, too: positions tell keys apart.
    positions = list(range(len(by)))
    keys = df[by].set_axis(positions, axis=1).reset_index(drop=True)
    with naming("by", always=True):  # categories that do not occur are no sequences
        sequence = keys.groupby(positions, sort=False, observed=True).ngroup()
    sequence = sequence.to_numpy()
    return np.argsort(sequence, kind="stable"), np.bincount(sequence)
