"""Sequences, and the reading of every form of input."""

import copy
import pickle
import re
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    learning_curve,
    train_test_split,
)
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNRegressor,
    StepwiseTransformer,
    labels_from_frame,
)
from sklearn_rnn.sequences import Sequences
from sklearn_rnn.validation import check_sequences, validate_sequences

RAGGED = [np.arange(6.0).reshape(3, 2), np.empty((0, 2)), np.array([[7.0, 8.0]])]


def random_list(rng, n_sequences=8, n_features=3, dtype=np.float64):
    """Random ragged sequences, some of them empty."""
    lengths = rng.integers(0, 6, n_sequences)
    return [rng.normal(size=(n, n_features)).astype(dtype) for n in lengths]


def assert_same(sequences, expected):
    """Whether a container holds exactly these arrays."""
    assert isinstance(sequences, Sequences)
    assert len(sequences) == len(expected)
    for found, wanted in zip(sequences, expected, strict=True):
        found = found.toarray() if sp.issparse(found) else found
        assert_array_equal(found, wanted, strict=True)


# --- the container ---------------------------------------------------------------


def test_container_looks_like_a_ragged_array():
    X = Sequences.from_list(RAGGED)
    assert X.shape == (3, 3, 2)
    assert (X.ndim, X.n_features, len(X)) == (3, 2, 3)
    assert X.dtype == np.float64
    assert_array_equal(X.starts, [0, 3, 3])
    assert X.lengths.dtype == np.intp
    assert repr(X) == "Sequences(shape=(3, 3, 2), n_steps=4, dtype=float64)"
    assert_same(X, RAGGED)


def test_no_sequences_and_only_empty_sequences_are_containers():
    nothing = Sequences(np.empty((0, 4)), [])
    assert nothing.shape == (0, 0, 4)
    assert list(nothing) == []
    assert nothing.to_padded().shape == (0, 0, 4)
    assert Sequences.from_list([]).shape == (0, 0, 1)
    empty = Sequences(np.empty((0, 4)), [0, 0])
    assert empty.shape == (2, 0, 4)
    assert empty[1].shape == (0, 4)
    assert empty[[1]].shape == (1, 0, 4)


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csc_array, sp.coo_array])
def test_sparse_values_become_csr_arrays(kind):
    values = np.eye(4)
    X = Sequences(kind(values), [3, 1])
    assert isinstance(X.values, sp.csr_array)
    assert "sparse" in repr(X)
    assert_same(X, [values[:3], values[3:]])
    assert_same(X[[1, 0]], [values[3:], values[:3]])
    assert isinstance(X[0], sp.csr_array)


@pytest.mark.parametrize(
    ("values", "lengths", "message"),
    [
        (np.ones(3), [3], r"\(n_steps, n_features\), got an array of shape \(3,\)"),
        (np.ones((3, 1, 1)), [3], r"got an array of shape \(3, 1, 1\)"),
        (np.ones((3, 1)), [1, 1], "lengths sum to 2, but values has 3 rows"),
        (np.ones((3, 1)), [5, -2], r"lengths\[1\] is -2"),
        (np.ones((3, 1)), [1.5, 1.5], "one integer .* dtype float64"),
        (np.ones((3, 1)), [[3]], r"shape \(1, 1\)"),
        (np.ones((3, 1)), 3, r"shape \(\)"),
    ],
)
def test_constructor_errors(values, lengths, message):
    with pytest.raises(ValueError, match=message):
        Sequences(values, lengths)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("sparse", [False, True])
def test_indexing_is_that_of_a_list(seed, sparse):
    rng = np.random.default_rng(seed)
    parts = random_list(rng)
    X = Sequences.from_list([sp.csr_array(p) if sparse else p for p in parts])
    n = len(parts)
    integers = rng.integers(-n, n, 5)
    mask = rng.random(n) < 0.5
    chosen = [parts[i] for i in integers]
    assert_same(X[integers], chosen)
    assert_same(X[integers.tolist()], chosen)
    assert_same(X[integers, ...], chosen)
    assert_same(X[integers, :], chosen)
    assert_same(X[integers, :, :], chosen)
    assert_same(X[mask], [p for p, m in zip(parts, mask, strict=True) if m])
    assert_same(X[mask.tolist(), ...], [parts[i] for i in np.flatnonzero(mask)])
    assert_same(X[[]], [])
    for i in (0, -1, np.int64(3)):
        one = X[i].toarray() if sparse else X[i]
        assert_array_equal(one, parts[i])
    for part in (slice(None), slice(2, 5), slice(5, 2), slice(-3, None), slice(9, 20)):
        assert_same(X[part], parts[part])
        assert_same(X[part, ...], parts[part])
    assert_same(X[::-2], parts[::-2])


def test_slices_share_memory():
    X = Sequences.from_list(RAGGED)
    assert np.shares_memory(X[1:].values, X.values)
    assert np.shares_memory(X[0], X.values)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (3, "out of bounds"),
        (-4, "out of bounds"),
        ([0, 3], "out of bounds"),
        ([True, False], "boolean"),
        ([[0, 1]], "one dimension"),
        ((0, 1), "first axis only"),
        ((slice(None), slice(0, 1)), "first axis only"),
        ((0, slice(None), slice(None), ...), "indexed by"),
        ((..., 0), "indexed by"),
        ((), "indexed by"),
        ("a", "indices"),
    ],
)
def test_indexing_errors(index, message):
    X = Sequences.from_list(RAGGED)
    with pytest.raises(IndexError, match=message):
        X[index]


@pytest.mark.parametrize("seed", range(10))
def test_padded_round_trip(seed):
    rng = np.random.default_rng(seed)
    parts = random_list(rng, dtype=[np.float32, np.float64][seed % 2])
    X = Sequences.from_list(parts)
    padded = X.to_padded()
    assert padded.shape == X.shape
    assert padded.dtype == X.dtype
    assert_same(Sequences.from_padded(padded), parts)
    assert_same(Sequences.from_padded(X.to_padded(n_steps=9)), parts)
    univariate = Sequences.from_list([p[:, 0] for p in parts])
    assert_same(
        Sequences.from_padded(univariate.to_padded()[:, :, 0]),
        [p[:, :1] for p in parts],
    )


def test_from_padded_keeps_nan_that_is_no_padding():
    nan = np.nan
    X = np.array([[[1, nan], [nan, nan], [2, 3]], [[4, 5], [nan, 6], [nan, nan]]])
    read = Sequences.from_padded(X)
    assert_array_equal(read.lengths, [3, 2])
    assert_array_equal(read[0], X[0])
    assert_array_equal(read[1], X[1, :2])
    nothing = Sequences.from_padded(np.full((2, 3, 1), nan))
    assert_array_equal(nothing.lengths, [0, 0])
    assert Sequences.from_padded(np.empty((2, 0, 3))).shape == (2, 0, 3)


def test_from_padded_does_not_copy_without_padding():
    X = np.ones((2, 3, 4))
    assert np.shares_memory(Sequences.from_padded(X).values, X)
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        Sequences.from_padded(np.ones(3))


@pytest.mark.parametrize(
    ("dtype", "fill_value", "expected"),
    [
        (np.float32, np.nan, np.float32),
        (np.int64, np.nan, np.float64),
        (np.int64, 0, np.int64),
        (np.float32, 0, np.float32),
        ("U1", "<pad>", "U5"),
    ],
)
def test_to_padded_dtype(dtype, fill_value, expected):
    X = Sequences(np.ones((3, 1), dtype=dtype), [2, 1])
    padded = X.to_padded(fill_value)
    assert padded.dtype == expected
    assert_array_equal(padded[1, 1, 0], np.array(fill_value, dtype=expected))


def test_to_padded_of_sparse_values_is_dense():
    X = Sequences(sp.csr_array(np.eye(3)), [1, 2])
    assert_array_equal(X.to_padded(0), [[[1, 0, 0], [0, 0, 0]], [[0, 1, 0], [0, 0, 1]]])
    with pytest.raises(ValueError, match="n_steps=1 is less than"):
        X.to_padded(n_steps=1)


def test_from_list_agrees_with_the_list():
    assert_same(Sequences.from_list(RAGGED), RAGGED)
    words = Sequences.from_list([["a", "bc"], [], ["d"]])
    assert words.dtype.kind == "U"
    assert_array_equal(words.lengths, [2, 0, 1])
    dicts = Sequences.from_list([[{"a": 1}, {"b": 2}], [{"a": 3}]])
    assert dicts.values[2, 0] == {"a": 3}


def frame():
    return pd.DataFrame(
        {
            "who": ["b", "a", "b", "c", "a"],
            "day": [1, 1, 1, 1, 1],
            "x": [1.0, 2.0, 3.0, 4.0, 5.0],
            "n": pd.array([1, 2, 3, 4, None], dtype="Int64"),
        }
    )


def test_from_frame_keeps_the_order_of_appearance():
    df = frame()
    before = df.copy()
    X = Sequences.from_frame(df, by="who", columns=["x"])
    assert_same(X, [[[1.0], [3.0]], [[2.0], [5.0]], [[4.0]]])
    assert_array_equal(X.lengths, df.groupby("who", sort=False).size())
    assert_same(Sequences.from_frame(df, by=["who", "day"], columns="x"), list(X))
    everything = Sequences.from_frame(df, by="who")
    assert_array_equal(everything.values[-2:], [[1, 5, np.nan], [1, 4, 4]])
    single = Sequences.from_frame(df.astype({"x": "float32"}), by="who", columns="x")
    assert single.dtype == np.float32
    assert Sequences.from_frame(df[:0], by="who", columns=["x", "n"]).shape == (0, 0, 2)
    pd.testing.assert_frame_equal(df, before)


def test_from_frame_keeps_the_order_of_long_tables():
    rng = np.random.default_rng(0)
    df = pd.DataFrame({"who": rng.integers(0, 7, 500), "row": np.arange(500.0)})
    X = Sequences.from_frame(df, by="who")
    groups = [group[["row"]].to_numpy() for _, group in df.groupby("who", sort=False)]
    assert_same(X, groups)


def test_from_frame_errors():
    df = frame()
    with pytest.raises(ValueError, match=r"no columns \['whom', 'y'\].*'who', 'day'"):
        Sequences.from_frame(df, by="whom", columns=["x", "y"])
    with pytest.raises(ValueError, match="no feature columns"):
        Sequences.from_frame(df[["who"]], by="who")
    with pytest.raises(ValueError, match="missing values"):
        Sequences.from_frame(df, by="n")
    with pytest.raises(TypeError, match="DataFrame, got ndarray"):
        Sequences.from_frame(np.ones((3, 2)), by="who")


def test_from_frame_leaves_out_categories_that_do_not_occur():
    kinds = pd.CategoricalDtype(["z", "a", "b"])
    df = pd.DataFrame({"who": list("bab"), "day": list("baa"), "x": [1.0, 2.0, 3.0]})
    df = df.astype({"who": kinds, "day": kinds})
    assert_same(
        Sequences.from_frame(df, by="who", columns="x"), [[[1.0], [3.0]], [[2.0]]]
    )
    X = Sequences.from_frame(df, by=["who", "day"])
    assert_same(X, [[[1.0]], [[2.0]], [[3.0]]])


def test_with_values():
    X = Sequences.from_list(RAGGED)
    twice = X.with_values(2 * X.values)
    assert_same(twice, [2 * part for part in RAGGED])
    with pytest.raises(ValueError, match="sum to 4, but values has 3 rows"):
        X.with_values(np.ones((3, 2)))


@pytest.mark.parametrize("sparse", [False, True])
def test_pickle_and_copies(sparse):
    X = Sequences.from_list([sp.csr_array(p) if sparse else p for p in RAGGED])
    _ = X.starts
    for again in (pickle.loads(pickle.dumps(X)), copy.deepcopy(X), copy.copy(X)):
        assert_same(again, RAGGED)
        assert_array_equal(again.starts, X.starts)


# --- names of features ------------------------------------------------------------


def named(names=("x", "y"), sparse=False):
    """The sequences of `RAGGED`, with names."""
    X = Sequences.from_list(RAGGED)
    return X.with_values(sp.csr_array(X.values) if sparse else X.values, names)


@pytest.mark.parametrize(
    "names", [["x", "y"], ("x", "y"), np.array(["x", "y"]), pd.Index(["x", "y"])]
)
def test_names_become_an_object_array(names):
    X = Sequences(np.ones((3, 2)), [1, 2], feature_names=names)
    expected = np.array(["x", "y"], dtype=object)
    assert_array_equal(X.feature_names, expected, strict=True)


def test_without_names_there_are_none():
    X = Sequences.from_list(RAGGED)
    assert X.feature_names is None
    assert X[1:].feature_names is None
    assert Sequences.from_padded(CUBE).feature_names is None


@pytest.mark.parametrize("names", [["x"], ["x", "y", "z"], [["x", "y"]], "xy", []])
def test_there_must_be_one_name_for_each_feature(names):
    shape = re.escape(str(np.shape(names)))
    with pytest.raises(ValueError, match=f"each of 2 features, got .* shape {shape}"):
        Sequences(np.ones((3, 2)), [3], names)


@pytest.mark.parametrize(
    "index", [[2, 0], slice(1, None), slice(None, None, -1), [True, False, True], []]
)
@pytest.mark.parametrize("sparse", [False, True])
def test_indexing_keeps_names(index, sparse):
    assert named(sparse=sparse)[index].feature_names.tolist() == ["x", "y"]


def test_pickle_and_copies_keep_names():
    X = named()
    for again in (pickle.loads(pickle.dumps(X)), copy.deepcopy(X), copy.copy(X)):
        assert_array_equal(again.feature_names, X.feature_names)


def test_other_values_have_the_names_that_come_with_them():
    X = named()
    assert X.with_values(X.values).feature_names is None
    wide = X.with_values(np.ones((4, 3)), ["a", "b", "c"])
    assert wide.feature_names.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="each of 3 features"):
        X.with_values(np.ones((4, 3)), X.feature_names)


@pytest.mark.parametrize(
    ("columns", "names"), [(None, ["day", "x", "n"]), ("x", ["x"]), (["n", "x"],) * 2]
)
def test_from_frame_takes_names_from_columns(columns, names):
    for df in (frame(), frame()[:0]):
        X = Sequences.from_frame(df, by="who", columns=columns)
        assert X.feature_names.tolist() == names


def test_columns_whose_names_are_no_strings_give_none():
    df = pd.DataFrame([[0, 1.0], [0, 2.0]])
    assert Sequences.from_frame(df, by=0).feature_names is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64, int, object])
def test_reading_numbers_keeps_names(dtype):
    X = named()
    read = check_sequences(X.with_values(X.values.astype(dtype), X.feature_names))
    assert read.dtype.kind == "f"
    assert_array_equal(read.feature_names, X.feature_names)


# --- scikit-learn's tools --------------------------------------------------------


class MeanSign(ClassifierMixin, BaseEstimator):
    """The smallest classifier of sequences: the sign of the mean, shifted."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, X, y):
        validate_sequences(self, X, reset=True)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        check_is_fitted(self)
        X = validate_sequences(self, X, reset=False)
        return np.array([int(x.mean() > self.shift) for x in X])


def labelled():
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    parts = [rng.normal(2 * k - 1, 1, size=(rng.integers(4, 9), 2)) for k in y]
    return Sequences.from_list(parts), y


@pytest.mark.parametrize("sparse", [False, True])
def test_train_test_split(sparse):
    X, y = labelled()
    X = X.with_values(sp.csr_array(X.values)) if sparse else X
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    rows, held_out = train_test_split(np.arange(len(X)), random_state=0)
    assert_same(X_train, [_dense(X[i]) for i in rows])
    assert_same(X_test, [_dense(X[i]) for i in held_out])
    assert (len(y_train), len(y_test)) == (len(X_train), len(X_test))


def _dense(x):
    return x.toarray() if sp.issparse(x) else x


def test_model_selection():
    X, y = labelled()
    scores = cross_val_score(MeanSign(), X, y, error_score="raise")
    assert scores.mean() > 0.9
    as_list = cross_val_score(MeanSign(), list(X), y, error_score="raise")
    assert_array_equal(scores, as_list)
    assert cross_val_predict(MeanSign(), X, y).shape == y.shape
    learning_curve(MeanSign(), X, y, cv=3, error_score="raise")
    search = GridSearchCV(MeanSign(), {"shift": [0.0, 5.0]}, cv=3, n_jobs=2)
    assert search.fit(X, y).best_params_ == {"shift": 0.0}


# --- what can be read ------------------------------------------------------------

SQUARE = np.arange(12.0).reshape(4, 3)
CUBE = np.arange(24.0).reshape(4, 3, 2)


def objects(parts):
    array = np.empty(len(parts), dtype=object)
    array[:] = parts
    return array


ROWS = [row[:, None] for row in SQUARE]
UNIVARIATE = [np.arange(3.0)[:, None], np.array([[5.0]])]

READ = {
    "sequences": (Sequences.from_list(RAGGED), RAGGED),
    "list of 2-D arrays": (RAGGED, RAGGED),
    "tuple of 2-D arrays": (tuple(RAGGED), RAGGED),
    "object array": (objects(RAGGED), RAGGED),
    "object array, equal lengths": (objects(list(CUBE)), list(CUBE)),
    "series of arrays": (pd.Series(RAGGED), RAGGED),
    "series with another index": (pd.Series(RAGGED, index=[5, 3, 9]), RAGGED),
    "list of frames": ([pd.DataFrame(part) for part in RAGGED], RAGGED),
    "list of lists of lists": ([[[0, 1], [2, 3], [4, 5]], [], [[7, 8]]], RAGGED),
    "list of 1-D arrays": ([np.arange(3.0), np.array([5])], UNIVARIATE),
    "list of lists": ([[0, 1, 2], [5]], UNIVARIATE),
    "list of tuples": ([(0, 1, 2), (5,)], UNIVARIATE),
    "list of ranges": ([range(3), [5]], UNIVARIATE),
    "list of series": ([pd.Series([0, 1, 2]), pd.Series([5])], UNIVARIATE),
    "object array of lists": (objects([[0, 1, 2], [5]]), UNIVARIATE),
    "series of lists": (pd.Series([[0, 1, 2], [5]]), UNIVARIATE),
    "list of equal 1-D arrays": (list(SQUARE), ROWS),
    "object array of equal lists": (objects(SQUARE.tolist()), ROWS),
    "one sequence in a list": ([RAGGED[0]], RAGGED[:1]),
    "empty first": ([[], [[1.0, 2.0]]], [np.empty((0, 2)), np.array([[1.0, 2.0]])]),
    "all empty": ([[], []], [np.empty((0, 1))] * 2),
    "all empty with width": ([np.empty((0, 4))] * 2, [np.empty((0, 4))] * 2),
    "3-D": (CUBE, list(CUBE)),
    "3-D nested lists": (CUBE.tolist(), list(CUBE)),
    "3-D with padding": (Sequences.from_list(RAGGED).to_padded(), RAGGED),
    "2-D": (SQUARE, ROWS),
    "2-D nested lists": (SQUARE.tolist(), ROWS),
    "2-D tuple of tuples": (tuple(map(tuple, SQUARE.tolist())), ROWS),
    "2-D Fortran order": (np.asfortranarray(SQUARE), ROWS),
    "data frame": (pd.DataFrame(SQUARE), ROWS),
    "nullable frame": (pd.DataFrame(SQUARE).astype("Int64"), ROWS),
}


@pytest.mark.parametrize("name", READ)
def test_every_form_is_read(name):
    X, expected = READ[name]
    before = pickle.dumps(np.asarray(X) if isinstance(X, pd.DataFrame) else X)
    assert_same(check_sequences(X), expected)
    after = pickle.dumps(np.asarray(X) if isinstance(X, pd.DataFrame) else X)
    assert after == before


@pytest.mark.parametrize("kind", [sp.csr_array, sp.csr_matrix, sp.coo_array])
def test_list_of_sparse_arrays_stays_sparse(kind):
    X = check_sequences([kind(part) for part in RAGGED])
    assert isinstance(X.values, sp.csr_array)
    assert_same(X, RAGGED)
    single = check_sequences([kind(part.astype(np.float32)) for part in RAGGED])
    assert single.dtype == np.float32
    flags = check_sequences([kind(part > 0) for part in RAGGED])
    assert_same(flags, [(part > 0).astype(float) for part in RAGGED])


DTYPES = [
    (np.float32, np.float32),
    (np.float64, np.float64),
    (np.float16, np.float64),
    (np.int8, np.float64),
    (np.uint64, np.float64),
    (bool, np.float64),
    (object, np.float64),
    (">f8", np.float64),
    (">f4", np.float32),
    (">i4", np.float64),
]


@pytest.mark.parametrize(("dtype", "expected"), DTYPES)
def test_dtype(dtype, expected):
    cube = np.array([[[0], [1]], [[1], [1]]]).astype(dtype)
    for X in (cube, cube[:, :, 0], list(cube), Sequences(cube[0], [1, 1])):
        read = check_sequences(X)
        assert read.dtype == expected
        assert read.dtype.isnative
    assert_same(check_sequences(cube), list(cube.astype(expected)))


def test_dtype_is_single_only_if_all_parts_are():
    single = np.ones((2, 1), dtype=np.float32)
    assert check_sequences([single, single]).dtype == np.float32
    assert check_sequences([single, []]).dtype == np.float32
    assert check_sequences([single, np.empty((0, 1))]).dtype == np.float32
    for other in (np.float64, np.int8, np.float16, bool, object):
        assert check_sequences([single, single.astype(other)]).dtype == np.float64


def test_numbers_of_other_kinds():
    X = [[Decimal("1.5"), 2, np.float32(3)], [True]]
    assert_same(check_sequences(X), [[[1.5], [2.0], [3.0]], [[1.0]]])


def test_nothing_is_copied_without_need():
    assert check_sequences(X := Sequences.from_list(RAGGED)) is X
    for array in (SQUARE, CUBE):
        assert np.shares_memory(check_sequences(array).values, array)
    assert np.shares_memory(check_sequences([RAGGED[0]]).values, RAGGED[0])
    sparse = Sequences(sp.csr_array(np.eye(3)), [3])
    assert check_sequences(sparse) is sparse


def test_subclass_free_array_likes_are_read():
    class ArrayLike:
        def __array__(self, dtype=None, copy=None):
            return SQUARE

    assert_same(check_sequences(ArrayLike()), ROWS)


# --- what cannot -----------------------------------------------------------------

VECTORIZER = re.escape("Put SequenceVectorizer() before")
NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    "text",
    [
        "a text",
        b"bytes",
        ["a text", "another"],
        ["ab", b"c"],
        [["a", "b"], ["c"]],
        [["a", "b"], ["c", "d"]],
        [[b"a"], [b"b", b"c"]],
        [[1.0, 2.0], ["a"]],
        np.array(["a text", "another"]),
        np.array(["a text", "another"], dtype=object),
        np.array([["a", "b"], ["c", "d"]]),
        np.array([["a", "b"], ["c", 1.0]], dtype=object),
        pd.Series(["a text", "another"]),
        pd.DataFrame({"x": ["a", "b"]}),
        pd.DataFrame({"x": ["a", "b"], "n": [1, 2]}),
        Sequences(np.array([["a"], ["b"]]), [2]),
    ],
    ids=repr,
)
def test_text_asks_for_a_vectorizer(text):
    with pytest.raises(ValueError, match=VECTORIZER):
        check_sequences(text)


def test_text_error_names_the_place():
    with pytest.raises(ValueError, match="holds 'a' in sequence 1, step 2"):
        check_sequences([[1, 2], np.array([1, 2, "a"], dtype=object)])
    with pytest.raises(ValueError, match="Sequence 1 is one str"):
        check_sequences([[1, 2], "b"])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0], [2.0, NAN]], "Input X contains NaN in sequence 1, step 1"),
        (
            [[1.0], [], [2.0, INF, NAN]],
            "Input X contains infinity in sequence 2, step 1",
        ),
        ([[-INF, INF], [1]], "infinity in sequence 0, step 0"),
        (np.array([[1, 2], [3, NAN]]), "NaN in sequence 1, step 1"),
        (np.array([[[1, 2], [NAN, NAN], [1, 2]]]), "NaN in sequence 0, step 1"),
        (np.array([[[1, 2], [3, NAN]]]), "NaN in sequence 0, step 1"),
        (np.array([[[1, 2], [INF, INF]]]), "infinity in sequence 0, step 1"),
        (pd.DataFrame({"a": [1, 2], "b": [1, None]}), "NaN in sequence 1, step 1"),
        (Sequences(np.array([[1], [NAN]]), [1, 1]), "NaN in sequence 1, step 0"),
        (
            Sequences(sp.csr_array([[0, 1], [NAN, 0]]), [0, 2]),
            "NaN in sequence 1, step 1",
        ),
    ],
)
def test_first_bad_value_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        check_sequences(X)


def test_large_values_are_finite():
    X = np.full((4, 2), np.finfo(np.float32).max, dtype=np.float32)
    assert_array_equal(check_sequences(X).values.ravel(), X.ravel())


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (
            [np.ones((2, 3)), [], np.ones((1, 4))],
            ValueError,
            "sequence 0 has 3, sequence 2 has 4",
        ),
        (
            [np.ones((2, 3)), np.ones((0, 4))],
            ValueError,
            "sequence 0 has 3, sequence 1 has 4",
        ),
        (
            [np.ones((2, 3))] * 3 + [np.ones((1, 4))],
            ValueError,
            "sequence 0 has 3, sequence 3 has 4",
        ),
        (
            [np.ones(2), np.ones((3, 1))],
            ValueError,
            r"shape \(2,\), sequence 1 has shape \(3, 1\)",
        ),
        ([[[1, 2], [3]], [[1, 2]]], ValueError, "Sequence 0 is no array .* unequal"),
        ([[1, 2], np.ones((1, 2, 3))], ValueError, r"Sequence 1 has shape \(1, 2, 3\)"),
        ([sp.csr_array(np.eye(2)), np.eye(2)], TypeError, "sequences 0 and 1 differ"),
        (
            np.ones(3),
            ValueError,
            "Expected 2D array, got 1D array instead(.|\n)*Reshape your data",
        ),
        (
            [1.0, 2.0],
            ValueError,
            "Expected 2D array, got 1D array instead.*Reshape your data",
        ),
        (pd.Series([1.0, 2.0]), ValueError, "Expected 2D array, got 1D array instead"),
        (
            [[1.0], 2.0],
            ValueError,
            "Expected 2D array.*item 1 of the list is the number 2.0",
        ),
        (np.float64(1), ValueError, "Expected 2D array, got scalar"),
        (np.ones((2, 2, 2, 2)), ValueError, r"shape \(2, 2, 2, 2\): 4 dimensions"),
        ([], ValueError, r"0 sample\(s\) \(shape=\(0, 0, 1\)\) while a minimum of 1"),
        (
            np.ones((0, 3)),
            ValueError,
            r"0 sample\(s\) \(shape=\(0, 3\)\) while a minimum of 1",
        ),
        (np.ones((0, 3, 2)), ValueError, r"0 sample\(s\)"),
        (
            Sequences(np.ones((0, 2)), []),
            ValueError,
            r"0 sample\(s\) \(shape=\(0, 0, 2\)\)",
        ),
        (
            np.ones((12, 0)),
            ValueError,
            r"0 feature\(s\) \(shape=\(12, 0\)\) while a minimum of 1",
        ),
        (np.ones((4, 3, 0)), ValueError, r"0 feature\(s\) \(shape=\(4, 3, 0\)\)"),
        ([np.ones((3, 0))], ValueError, r"0 feature\(s\) \(shape=\(1, 3, 0\)\)"),
        (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported"),
        ([[1j], [1j, 2]], ValueError, "Complex data not supported"),
        ([sp.csr_array(np.eye(2) * 1j)], ValueError, "Complex data not supported"),
        (
            sp.csr_array(np.eye(2)),
            TypeError,
            r"sparse matrix of shape \(2, 2\).*Sequences\(values, lengths\)",
        ),
        (sp.csc_matrix(np.eye(2)), TypeError, "sparse matrix"),
        ({"a": [1, 2]}, TypeError, "got dict"),
        (None, TypeError, "got NoneType"),
        (3.0, TypeError, "got float"),
        ((x for x in RAGGED), TypeError, "got generator"),
        ({1, 2}, TypeError, "got set"),
        ([[1], None], TypeError, "Sequence 1 must be an array .* got NoneType"),
        ([[1], {"a": 1}], TypeError, "Sequence 1 must be an array .* got dict"),
        ([(x for x in [1])], TypeError, "Sequence 0 must be an array .* got generator"),
        ([[1], [None]], TypeError, "NoneType in sequence 1, step 0: float"),
        (
            [[{"a": 1}], [{"a": 2}]],
            TypeError,
            "dict in sequence 0, step 0.*DictVectorizer",
        ),
        (
            np.array([["2020-01-01"]], dtype="M8[D]"),
            TypeError,
            r"dtype datetime64\[D\]",
        ),
    ],
)
def test_errors(X, error, message):
    with pytest.raises(error, match=message):
        check_sequences(X)


def test_errors_name_input_and_estimator():
    with pytest.raises(ValueError, match="Input X_val contains NaN"):
        check_sequences([[NAN]], input_name="X_val")
    with pytest.raises(ValueError, match="is required by RNNClassifier"):
        check_sequences([], estimator_name="RNNClassifier")
    with pytest.raises(ValueError, match="is required by RNNClassifier"):
        check_sequences(np.ones((0, 2)), estimator_name="RNNClassifier")


# --- against the data of fit -----------------------------------------------------


def fitted(X):
    estimator = BaseEstimator()
    validate_sequences(estimator, X, reset=True)
    return estimator


@pytest.mark.parametrize(
    ("X", "n_features", "n_step_features", "fixed_length"),
    [
        (SQUARE, 3, 1, 3),
        (SQUARE.tolist(), 3, 1, 3),
        (SQUARE[:, :1], 1, 1, 1),
        (CUBE, 2, 2, None),
        (RAGGED, 2, 2, None),
        ([[1, 2], [3]], 1, 1, None),
        (list(SQUARE), 1, 1, None),
    ],
)
def test_fit_remembers_the_layout(X, n_features, n_step_features, fixed_length):
    estimator = fitted(X)
    assert estimator.n_features_in_ == n_features
    assert estimator.n_step_features_ == n_step_features
    assert estimator.fixed_length_ == fixed_length
    assert not hasattr(estimator, "feature_names_in_")


@pytest.mark.parametrize(
    ("X", "other"),
    [
        (SQUARE, SQUARE[:2]),
        (SQUARE, [[1, 2], [3]]),
        (SQUARE, np.ones((2, 5, 1))),
        (SQUARE, [[]]),
        ([[1, 2], [3]], SQUARE),
        ([[1, 2], [3]], SQUARE[:, :1]),
        (RAGGED, CUBE),
        (RAGGED, [[], []]),
        (CUBE, [[[1, 2]]]),
    ],
)
def test_layouts_that_agree(X, other):
    estimator = fitted(X)
    before = vars(estimator).copy()
    read = validate_sequences(estimator, other, reset=False)
    assert read.n_features == estimator.n_step_features_
    assert vars(estimator) == before


@pytest.mark.parametrize(
    ("X", "other", "message"),
    [
        (
            SQUARE,
            SQUARE[:, :2],
            "X has 2 features, but BaseEstimator is expecting 3 features as input.",
        ),
        (
            SQUARE[:, :1],
            SQUARE,
            "X has 3 features, but BaseEstimator is expecting 1 features as input.",
        ),
        (
            SQUARE,
            CUBE,
            "X has 2 features per step, but BaseEstimator is expecting 1 features",
        ),
        (
            CUBE,
            SQUARE,
            "X has 1 features per step, but BaseEstimator is expecting 2 features",
        ),
        (
            RAGGED,
            [np.ones((3, 5))],
            "X has 5 features per step, but BaseEstimator is expecting 2",
        ),
    ],
)
def test_layouts_that_differ(X, other, message):
    estimator = fitted(X)
    before = vars(estimator).copy()
    with pytest.raises(ValueError, match=message):
        validate_sequences(estimator, other, reset=False)
    assert vars(estimator) == before


def test_sequences_of_another_length_as_the_message_advises():
    estimator, short = fitted(SQUARE), [[1, 2]]
    with pytest.raises(ValueError, match=r"list of arrays, or as Sequences\.from_list"):
        validate_sequences(estimator, short, reset=False)
    for X in (Sequences.from_list(short), [np.array(row) for row in short]):
        assert_array_equal(validate_sequences(estimator, X, reset=False).lengths, [2])


def test_feature_names():
    df = pd.DataFrame(SQUARE, columns=["mon", "tue", "wed"])
    estimator = fitted(df)
    assert_array_equal(estimator.feature_names_in_, ["mon", "tue", "wed"])
    validate_sequences(estimator, df, reset=False)
    with pytest.raises(ValueError, match="feature names should match"):
        validate_sequences(estimator, df[["tue", "mon", "wed"]], reset=False)
    with pytest.raises(ValueError, match=r"Feature names seen at fit time.*\n- wed"):
        validate_sequences(estimator, df[["mon", "tue"]], reset=False)
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        validate_sequences(estimator, SQUARE, reset=False)
    validate_sequences(estimator, SQUARE, reset=True)
    assert not hasattr(estimator, "feature_names_in_")


@pytest.mark.parametrize("bad", [[[NAN]], "text", [], pd.DataFrame({"a": ["b"]})])
def test_a_failed_check_sets_nothing(bad):
    estimator = BaseEstimator()
    with pytest.raises(ValueError, match=r"."):
        validate_sequences(estimator, bad, reset=True)
    assert vars(estimator) == {}


def test_frames_with_columns_in_another_order():
    a = pd.DataFrame({"x": [1.0], "y": [2.0]})
    with pytest.raises(ValueError, match=r"sequence 1 has \['y', 'x'\]"):
        check_sequences([a, a[["y", "x"]]])


def test_sequences_are_no_array():
    with pytest.raises(TypeError, match="no array"):
        np.asarray(Sequences.from_list([[1.0, 2.0], [3.0]]))


def test_from_frame_of_numbered_columns_and_times():
    frame = pd.DataFrame([[0, 1.0], [0, 2.0]])
    assert Sequences.from_frame(frame, by=0, columns=1).shape == (1, 2, 1)
    frame["when"] = pd.to_datetime(["2020-01-01", "2020-01-02"])
    with pytest.raises(ValueError, match=r"columns \['when'\] are times"):
        Sequences.from_frame(frame, by=0)


# --- names of the features of a step, against fit ---------------------------------


def test_fit_remembers_the_names_of_step_features():
    assert fitted(named()).step_feature_names_.tolist() == ["x", "y"]
    assert fitted(RAGGED).step_feature_names_ is None
    estimator = fitted(named())
    validate_sequences(estimator, RAGGED, reset=True)
    assert estimator.step_feature_names_ is None


@pytest.mark.parametrize("names", [["y", "x"], ["x", "z"]])
def test_other_names_are_refused(names):
    estimator = fitted(named())
    before = vars(estimator).copy()
    place = 0 if names[0] != "x" else 1
    was = ["x", "y"][place]
    message = f"feature {place} of a step is '{names[place]}', and was '{was}'"
    with pytest.raises(ValueError, match=message):
        validate_sequences(estimator, named(names), reset=False)
    assert vars(estimator) == before


@pytest.mark.parametrize(
    ("X", "other"),
    [
        (named(), named()),
        (named(), named()[[1]]),
        (named(), named(np.array(["x", "y"]))),
        (named(), RAGGED),
        (named(), CUBE),
        (RAGGED, named()),
    ],
)
def test_equal_names_and_missing_ones_are_accepted(X, other):
    validate_sequences(fitted(X), other, reset=False)


def test_another_width_is_told_before_other_names():
    other = Sequences(np.ones((2, 3)), [2], ["x", "y", "z"])
    with pytest.raises(ValueError, match="X has 3 features per step"):
        validate_sequences(fitted(named()), other, reset=False)


@pytest.mark.parametrize(
    ("estimator", "method"),
    [
        (RNNClassifier(2, max_iter=1), "predict"),
        (RNNRegressor(2, max_iter=1), "predict"),
        (StepwiseTransformer(), "transform"),
        (FrameTransformer(2), "transform"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_estimators_refuse_other_names(estimator, method):
    estimator.fit(named(), [0, 1, 0])
    assert estimator.step_feature_names_.tolist() == ["x", "y"]
    expected = getattr(estimator, method)(named())
    assert len(getattr(estimator, method)(RAGGED)) == len(expected)
    with pytest.raises(ValueError, match="feature 0 of a step is 'y', and was 'x'"):
        getattr(estimator, method)(named(["y", "x"]))


def test_columns_of_frames_in_a_list_are_names():
    frame = pd.DataFrame({"x": [1.0, 2.0], "k": [3.0, 4.0]})
    frames = [frame, frame[:1]]
    assert check_sequences(frames).feature_names.tolist() == ["x", "k"]
    unnamed = [frame.set_axis([0, 1], axis=1) for frame in frames]
    assert check_sequences(unnamed).feature_names is None
    estimator = BaseEstimator()
    validate_sequences(estimator, frames, reset=True)
    assert estimator.step_feature_names_.tolist() == ["x", "k"]
    validate_sequences(estimator, unnamed, reset=False)
    with pytest.raises(ValueError, match="feature 0 of a step is 'k', and was 'x'"):
        validate_sequences(estimator, [f[["k", "x"]] for f in frames], reset=False)


@pytest.mark.parametrize("read", ["features", "labels"])
def test_names_that_a_table_has_more_than_once(read):
    df = pd.DataFrame([[0, 1, 2], [0, 3, 4]], columns=["g", "x", "x"])

    def call(df, by, column):
        if read == "features":
            return Sequences.from_frame(df, by=by, columns=[column])
        return labels_from_frame(df, by=by, column=column)

    with pytest.raises(ValueError, match="df has the name 'x' more than once"):
        call(df, "g", "x")
    with pytest.raises(ValueError, match="df has the name 'x' more than once"):
        call(df, "x", "g")
    with pytest.raises(ValueError, match="by has the name 'g' more than once"):
        call(df, ["g", "g"], "g")
    for nothing in (None, []):
        with pytest.raises(ValueError, match="by must name the columns"):
            call(df, nothing, "g")
    with pytest.raises(TypeError, match="must be a pandas DataFrame, got Series"):
        call(df["g"], "g", "g")
    with pytest.raises(ValueError, match="columns has the name 'g' more than once"):
        Sequences.from_frame(df, by="g", columns=["g", "g"])


def test_size_is_that_of_the_arrays():
    dense = Sequences(np.zeros((1000, 3)), [400, 600])
    assert 24_016 < sys.getsizeof(dense) < 24_216
    one_hot = sp.csr_array(np.eye(1000, dtype=np.float32))
    size = 4 * 1000 + 2 * one_hot.indices.nbytes
    assert size < sys.getsizeof(Sequences(one_hot, [1000])) < size + 300
