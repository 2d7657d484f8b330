"""Windows of a series hold what was known, and their targets what followed."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import TimeSeriesSplit, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklearn_rnn import RNNRegressor, Sequences, StepwiseTransformer
from sklearn_rnn.datasets import load_airline

MONTHS = pd.date_range("2024-01-01", periods=12, freq="MS", name="month")
SERIES = pd.Series(np.arange(12.0) ** 2, index=MONTHS, name="x")
TABLE = pd.DataFrame({"x": SERIES, "z": -np.arange(12.0)}, index=MONTHS)


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("horizon", [1, 3, [2], [1, 4]])
@pytest.mark.parametrize("length", [1, 3])
def test_values_one_by_one(length, horizon, stride):
    """Beside a loop over all places, with two columns."""
    ahead = range(1, horizon + 1) if isinstance(horizon, int) else horizon
    X, y = Sequences.from_windows(TABLE, length, horizon, stride=stride)
    table, window = TABLE.to_numpy(), 0
    for start in range(0, len(table), stride):
        last = start + length - 1
        if last + max(ahead) >= len(table):
            break
        assert_array_equal(X[window], table[start : last + 1])
        row = y.iloc[window]
        assert row.name == TABLE.index[last]
        for name, place in (("x", 0), ("z", 1)):
            for steps in ahead:
                assert row[name, steps] == table[last + steps, place]
        window += 1
    assert len(X) == len(y) == window


def test_kinds_of_series():
    X, y = Sequences.from_windows(SERIES, 3, 2)
    assert list(y.columns) == [1, 2]
    assert y.columns.name == "ahead"
    assert y.index.name == "month"
    assert X.feature_names is None
    for series in (SERIES.to_numpy(), SERIES.tolist(), SERIES.to_numpy()[:, None]):
        X_array, y_array = Sequences.from_windows(series, 3, 2)
        assert_array_equal(X_array.values, X.values)
        assert type(y_array) is np.ndarray
        assert_array_equal(y_array, y)
    X, y = Sequences.from_windows(TABLE, 3, 2)
    assert list(y.columns) == [("x", 1), ("x", 2), ("z", 1), ("z", 2)]
    assert list(X.feature_names) == ["x", "z"]
    X_array, y_array = Sequences.from_windows(TABLE.to_numpy(), 3, 2)
    assert_array_equal(X_array.values, X.values)
    assert_array_equal(y_array, y)


def test_which_columns_are_targets():
    everything, y = Sequences.from_windows(TABLE, 3, 2)
    for targets, expected in [
        ("z", y["z"]),
        (["z"], y[["z"]]),
        (["z", "x"], y[["z", "x"]]),
    ]:
        X, chosen = Sequences.from_windows(TABLE, 3, 2, targets=targets)
        assert_array_equal(X.values, everything.values)
        pd.testing.assert_frame_equal(chosen, expected, check_names=False)
        assert chosen.columns.names[-1] == "ahead"
    _, numbered = Sequences.from_windows(TABLE.to_numpy(), 3, 2, targets=1)
    assert_array_equal(numbered, y["z"])
    _, numbered = Sequences.from_windows(TABLE.to_numpy(), 3, 2, targets=[1, 0])
    assert_array_equal(numbered, y[["z", "x"]])


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "Int64"])
def test_dtypes(dtype):
    series = pd.Series([0, 1, 1, 0, 1], dtype=dtype)
    X, y = Sequences.from_windows(series, 2)
    assert X.values.ravel().tolist() == [0, 1, 1, 1, 1, 0]
    assert y[1].tolist() == [1, 0, 1]
    if dtype == "float32":
        assert X.dtype == y.to_numpy().dtype == np.float32


@pytest.mark.parametrize(
    "index",
    [
        MONTHS,
        MONTHS.to_period("M"),
        pd.RangeIndex(12),
        pd.Index(np.arange(12.0) * 3 + 0.5),
        MONTHS.tz_localize("Europe/Paris"),
        MONTHS - MONTHS[0],
        pd.Index(list("abcdefghijkl")),
    ],
    ids=lambda index: type(index).__name__,
)
def test_indexes(index):
    _, y = Sequences.from_windows(SERIES.set_axis(index), 3, stride=2)
    assert y.index.equals(index[2:11:2])
    assert type(y.index) is type(index)


# -- nothing of the future -------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 3])
def test_the_future_never_changes_a_window(stride):
    rng = np.random.RandomState(0)
    before = pd.DataFrame(rng.normal(size=(30, 2)), columns=["x", "z"])
    X, y = Sequences.from_windows(before, 5, [1, 3], stride=stride)
    for now in range(4, 30):
        after = before.copy()
        after.iloc[now + 1 :] += 1.0
        X_after, y_after = Sequences.from_windows(after, 5, [1, 3], stride=stride)
        known = y.index <= now
        assert_array_equal(X_after[known].values, X[known].values)
        for steps in (1, 3):
            known = y.index + steps <= now
            columns = [("x", steps), ("z", steps)]
            assert_array_equal(y_after.loc[known, columns], y.loc[known, columns])
            assert (y_after.loc[~known, columns] > y.loc[~known, columns]).all(
                axis=None
            )
        # And what was cut before the future came is the same.
        if now + 1 >= 5 + 3:
            X_now, y_now = Sequences.from_windows(
                before.iloc[: now + 1], 5, [1, 3], stride=stride
            )
            assert_array_equal(X_now.values, X[: len(X_now)].values)
            pd.testing.assert_frame_equal(y_now, y.iloc[: len(y_now)])


@pytest.mark.parametrize(
    ("horizon", "stride", "gap"),
    [(1, 1, 0), (4, 1, 3), ([7], 1, 6), (4, 2, 1), (5, 2, 2), (3, 4, 0)],
)
def test_gap_of_time_series_split(horizon, stride, gap):
    """With this gap, all that training knows is past when the test begins."""
    steps = np.arange(100)
    X, y = Sequences.from_windows(steps, 6, horizon, stride=stride)
    last = horizon if isinstance(horizon, int) else horizon[-1]
    assert gap == -(-last // stride) - 1
    for train, test in TimeSeriesSplit(3, gap=gap).split(X):
        end_of_first_window = X[int(test[0])].max()
        assert y[train].max() <= end_of_first_window < y[test].min()
    if gap:  # one less is too few
        train, test = next(TimeSeriesSplit(3, gap=gap - 1).split(X))
        assert y[train].max() > X[int(test[0])].max()


# -- with estimators -------------------------------------------------------------------


def flat(X):
    return X.to_padded()[:, :, 0]


def test_cross_validation_is_that_of_a_hand_made_table():
    """A linear model of lags, with the windows and without them."""
    rng = np.random.RandomState(0)
    series = pd.Series(rng.normal(size=80).cumsum(), name="x")
    X, y = Sequences.from_windows(series, 4, 2)
    lags = pd.concat({lag: series.shift(lag) for lag in (3, 2, 1, 0)}, axis=1)
    aheads = pd.concat({ahead: series.shift(-ahead) for ahead in (1, 2)}, axis=1)
    both = lags.notna().all(axis=1) & aheads.notna().all(axis=1)
    cv = TimeSeriesSplit(3, gap=1)
    expected = cross_val_score(
        LinearRegression(), lags[both].to_numpy(), aheads[both].to_numpy(), cv=cv
    )
    model = make_pipeline(FunctionTransformer(flat), LinearRegression())
    np.testing.assert_allclose(cross_val_score(model, X, y, cv=cv), expected)


def test_forecasts_have_the_index_of_the_series():
    series = load_airline(as_frame=True).frame.set_index("month")["passengers"]
    X, y = Sequences.from_windows(series, 12, 3)
    model = TransformedTargetRegressor(
        make_pipeline(
            StepwiseTransformer(StandardScaler()),
            RNNRegressor(8, max_iter=5, random_state=0),
        ),
        transformer=StandardScaler(),
    )
    with pytest.warns(match="hasn't converged"):
        model.fit(X, y)
    forecast = pd.DataFrame(model.predict(X), index=y.index, columns=y.columns)
    assert forecast.shape == y.shape
    assert y.index.isin(series.index).all()
    # The value that was forecast three months ahead stands three months later.
    later = y[3].shift(3, freq="MS")
    pd.testing.assert_series_equal(
        later, series[later.index], check_names=False, check_freq=False
    )
    # What follows the last known value, from the last window that is there.
    last = series.iloc[-12:]
    future = pd.DataFrame(
        model.predict([last]), index=last.index[-1:], columns=y.columns
    )
    assert future.index[0] == series.index[-1]
    assert np.isfinite(future).all(axis=None)


def test_windows_of_frames_are_predicted_from_frames():
    X, y = Sequences.from_windows(TABLE / 100, 3, targets="x")
    model = RNNRegressor(4, max_iter=99, random_state=0).fit(X, y)
    assert model.predict([TABLE.iloc[-3:] / 100]).shape == (1, 1)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict([TABLE.iloc[-3:, ::-1]])


def test_cross_val_predict_of_a_network():
    X, y = Sequences.from_windows(SERIES / 100, 3, 2)
    predicted = cross_val_predict(
        RNNRegressor(4, max_iter=99, random_state=0), X, y, cv=2
    )
    assert predicted.shape == y.shape


# -- errors ----------------------------------------------------------------------------


def with_value(value, row, column):
    table = TABLE.copy()
    table.iloc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (with_value(np.nan, 3, 1), r"nan in row 3, 2024-04-01 00:00:00, column 'z'"),
        (with_value(np.inf, 0, 0), r"inf in row 0, 2024-01-01 00:00:00, column 'x'"),
        (with_value(np.nan, 3, 1)["z"], r"nan in row 3, 2024-04-01 00:00:00\. Fill"),
        ([1.0, 2.0, np.nan, 3.0, 4.0, 5.0], r"nan in row 2\. Fill"),
        (SERIES.iloc[:5], r"5 steps, but a window of 4 and a target 2 ahead .* need 6"),
        (SERIES.iloc[[0, 1, 3, 2, 4, 5]], r"not sorted: 2024-03-01 .*after 2024-04-01"),
        (SERIES.iloc[[0, 1, 1, 2, 3, 4]], r"2024-02-01 00:00:00 more than once"),
        (SERIES.iloc[::-1], r"2024-11-01 00:00:00 comes after 2024-12-01"),
        (SERIES.set_axis([*MONTHS[:-1], pd.NaT]), r"missing in row 11"),
        (pd.concat({"a": SERIES, "b": SERIES}), r"has 2 levels"),
        (pd.Series(["a"] * 9), r"could not convert string to float"),
        (np.ones((9, 2, 2)), r"dim 3"),
    ],
)
def test_series_that_cannot_be_cut(series, message):
    with pytest.raises(ValueError, match=message):
        Sequences.from_windows(series, 4, 2)


def test_series_of_times():
    with pytest.raises(TypeError, match="must be numbers, got datetime64"):
        Sequences.from_windows(MONTHS.to_numpy(), 4)


@pytest.mark.parametrize("horizon", [0, -1, 1.5, [], [0, 1], [2, 1], [1, 1], "3", None])
def test_bad_horizons(horizon):
    with pytest.raises(ValueError, match="horizon must be a number of steps"):
        Sequences.from_windows(SERIES, 3, horizon)


def test_bad_parameters():
    with pytest.raises(ValueError, match="length == 0, must be >= 1"):
        Sequences.from_windows(SERIES, 0)
    with pytest.raises(TypeError, match="length must be an instance of"):
        Sequences.from_windows(SERIES, 2.0)
    with pytest.raises(ValueError, match="stride == 0, must be >= 1"):
        Sequences.from_windows(SERIES, 2, stride=0)
    for targets in ("y", ["x", "y"], [], 0):
        with pytest.raises(ValueError, match=r"which are \['x', 'z'\], got"):
            Sequences.from_windows(TABLE, 2, targets=targets)
    with pytest.raises(ValueError, match="has one column, which is the target"):
        Sequences.from_windows(SERIES, 2, targets="x")


def test_the_series_stays_as_it_was():
    before = TABLE.copy()
    X, y = Sequences.from_windows(TABLE, 3)
    X.values[:] = 0
    y.iloc[:] = 0
    pd.testing.assert_frame_equal(TABLE, before)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.uint64])
def test_integers_of_numpy(kind):
    series = np.arange(300.0)
    expected = Sequences.from_windows(series, 3, [1, 7], stride=2)
    ahead = np.array([1, 7], dtype=kind)
    found = Sequences.from_windows(series, kind(3), ahead, stride=kind(2))
    assert_array_equal(found[0].values, expected[0].values)
    assert_array_equal(found[1], expected[1])


def test_what_is_no_number_of_steps():
    with pytest.raises(TypeError, match=r"length must be a number of steps, got True"):
        Sequences.from_windows(SERIES, True)
    with pytest.raises(ValueError, match=r"horizon must be a number.*got True"):
        Sequences.from_windows(SERIES, 3, True)
    with pytest.raises(ValueError, match=r"series has 12 steps, but a window of 3"):
        Sequences.from_windows(SERIES, 3, 10**12)


def test_columns_that_cannot_be_told_apart():
    with pytest.raises(ValueError, match=r"targets must be columns.*got \[True, False"):
        Sequences.from_windows(np.ones((9, 3)), 2, targets=[True, False, True])
    twice = pd.DataFrame(np.ones((9, 3)), columns=["a", "b", "a"])
    with pytest.raises(ValueError, match=r"columns more than once: \['a', 'b', 'a'\]"):
        Sequences.from_windows(twice, 2, targets=["a"])
    with pytest.raises(TypeError, match=r"columns \['when'\] are times"):
        Sequences.from_windows(TABLE.assign(when=MONTHS), 2)
