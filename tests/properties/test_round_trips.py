"""Sequences to lists, padded arrays, tables, frames, and back."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    FrameTransformer,
    Sequences,
    StepwiseTransformer,
    labels_from_frame,
    predictions_to_frame,
)

lengths = st.lists(st.integers(0, 5), min_size=1, max_size=6)
dtypes = st.sampled_from([np.float32, np.float64, np.int32, np.int64, np.uint8, bool])
n_features = st.integers(1, 3)
whole = st.integers(-9, 9)


def numbered(lengths, n_features=1, dtype=np.float64):
    """Sequences whose values all differ, as far as the dtype has so many."""
    values = np.arange(sum(lengths) * n_features).reshape(-1, n_features)
    return Sequences(values.astype(dtype), lengths)


@st.composite
def sequences(draw, dtypes=dtypes, least=0):
    """Sequences with any finite values, dense or sparse."""
    own = draw(st.lists(st.integers(least, 5), min_size=1, max_size=6))
    dtype = np.dtype(draw(dtypes))
    elements = None
    if dtype.kind == "f":
        bounds = dict(allow_nan=False, allow_infinity=False)
        elements = st.floats(width=8 * dtype.itemsize, **bounds)
    shape = (sum(own), draw(n_features))
    values = draw(hnp.arrays(dtype, shape, elements=elements))
    return Sequences(values, own)


def assert_same(one, other):
    """Two `Sequences` have the same steps, lengths, dtype, names."""
    assert_array_equal(one.lengths, other.lengths)
    assert one.dtype == other.dtype
    values, others = (
        x.values.toarray() if sparse.issparse(x.values) else x.values
        for x in (one, other)
    )
    assert_array_equal(values, others)
    assert_array_equal(one.feature_names, other.feature_names)


@given(sequences())
def test_lists(X):
    again = Sequences.from_list(list(X))
    assert_array_equal(again.lengths, X.lengths)
    assert_array_equal(again.values, X.values)
    assert again.dtype == X.dtype


@given(sequences(), st.integers(0, 3))
def test_padded_arrays(X, more):
    """Only of integers that NaN turns into floats, the dtype is another one."""
    padded = X.to_padded(n_steps=X.shape[1] + more)
    assert padded.shape == (len(X), X.shape[1] + more, X.n_features)
    again = Sequences.from_padded(padded)
    assume(X.shape[1] + more)  # an array without steps has no NaN
    assert_array_equal(again.lengths, X.lengths)
    assert_array_equal(again.values, X.values)
    if X.dtype.kind == "f":
        assert again.dtype == X.dtype


@given(sequences(), whole)
def test_padding_of_any_value(X, fill_value):
    padded = X.to_padded(fill_value=fill_value)
    for one, row in zip(X, padded, strict=True):
        assert_array_equal(row[: len(one)], one)
        assert (row[len(one) :] == fill_value).all()


@given(sequences(dtypes=st.just(np.float32)))
def test_sparse_steps_are_the_dense_ones(X):
    thin = Sequences(sparse.csr_array(X.values), X.lengths)
    assert_array_equal(thin.to_padded(0), X.to_padded(0))
    assert_same(Sequences.from_list(list(thin)), X)
    assert_same(thin[::-1], X[::-1])


@st.composite
def indices(draw):
    """Lengths, and an index of the first axis, as NumPy has them."""
    own = draw(lengths)
    n = len(own)
    bound = st.none() | st.integers(-n - 2, n + 2)
    step = st.none() | st.integers(-3, 3).filter(bool)
    numbers = st.lists(st.integers(-n, n - 1), max_size=8)
    integers = st.sampled_from([np.int8, np.int64, np.uint16])
    index = draw(
        st.one_of(
            st.builds(slice, bound, bound, step),
            st.integers(-n, n - 1),
            numbers.map(lambda listed: np.array(listed, int)),
            st.lists(st.integers(0, n - 1), min_size=1).flatmap(
                lambda listed: integers.map(lambda kind: np.array(listed, kind))
            ),
            numbers.filter(bool),
            hnp.arrays(bool, n),
            st.lists(st.booleans(), min_size=n, max_size=n),
            st.just(...),
        )
    )
    return own, index


@given(indices(), st.sampled_from([(), (...,), (slice(None), slice(None))]), dtypes)
def test_an_index_means_what_it_means_for_an_array_of_sequences(own, rest, dtype):
    own, index = own
    X = numbered(own, 2, dtype)
    parts = np.empty(len(own), dtype=object)
    parts[:] = [*X]
    expected = parts[index]
    if rest and index is not Ellipsis:
        index = (index, *rest)
    elif index is Ellipsis:
        expected = parts
    found = X[index]
    if np.ndim(expected) and isinstance(found, Sequences):
        assert len(found) == len(expected)
        assert found.dtype == X.dtype
        for one, other in zip(found, expected, strict=True):
            assert_array_equal(one, other)
    else:
        assert_array_equal(found, expected)


@given(lengths, st.integers(0, 9), st.integers(0, 9))
def test_slices_put_together_are_the_whole(own, first, second):
    X = numbered(own)
    first, second = sorted([first, second])
    parts = [X[:first], X[first:second], X[second:]]
    assert_same(Sequences.from_list([one for part in parts for one in part]), X)
    assert_array_equal(np.concatenate([part.values for part in parts]), X.values)
    assert_same(X[::-1][::-1], X)
    order = np.random.RandomState(first).permutation(len(X))
    assert_same(X[order][np.argsort(order)], X)


@given(sequences(), st.booleans(), st.booleans())
def test_copies(X, sparsely, named):
    values = sparse.csr_array(X.values) if sparsely else X.values
    names = [f"f{i}" for i in range(X.n_features)] if named else None
    X = Sequences(values, X.lengths, names)
    for again in (pickle.loads(pickle.dumps(X)), copy.copy(X), copy.deepcopy(X)):
        assert type(again.values) is type(X.values)
        assert_same(again, X)


# -- long tables -----------------------------------------------------------------------


@st.composite
def tables(draw):
    """Lengths of sequences that have steps, and the sequence of each row of a table."""
    own = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    rows = draw(st.permutations(np.repeat(np.arange(len(own)), own).tolist()))
    return rows


@given(tables(), st.sampled_from([int, str]), n_features, st.booleans())
def test_long_tables(rows, kind, n_features, pair):
    """Rows of a sequence may lie apart, and predictions get to the rows they are of."""
    pd = pytest.importorskip("pandas")
    columns = [f"f{i}" for i in range(n_features)]
    values = np.arange(len(rows) * n_features, dtype=float).reshape(-1, n_features)
    df = pd.DataFrame(values, columns=columns)
    df["who"] = [kind(i) for i in rows]
    df["when"] = 7
    df["label"] = [f"{i}" for i in range(len(rows))]
    df.index = np.arange(len(rows))[::-1] // 2  # which need not be unique
    by = ["who", "when"] if pair else "who"
    X = Sequences.from_frame(df, by=by, columns=columns)
    y = labels_from_frame(df, by=by, column="label")
    assert X.lengths.tolist() == [len(part) for part in y]
    seen = list(dict.fromkeys(rows))
    for one, labels, i in zip(X, y, seen, strict=True):
        own = np.flatnonzero(np.array(rows) == i)
        assert_array_equal(one, values[own])
        assert labels.tolist() == [str(place) for place in own]
    back = predictions_to_frame(y, df, by=by, columns="label")
    pd.testing.assert_frame_equal(back, df[["label"]], check_dtype=False)
    back = predictions_to_frame(list(X), df, by=by, columns=columns)
    pd.testing.assert_frame_equal(back, df[columns])
    back = predictions_to_frame(np.array([kind(i) for i in seen]), df, by=by)
    assert back["prediction"].tolist() == df["who"].tolist()


# -- transformers of steps -------------------------------------------------------------


@given(lengths, n_features, st.integers(1, 4), st.none() | st.integers(1, 5))
def test_frames_hold_the_steps_they_begin_at(own, n_features, width, hop):
    assume(sum(own))
    X = numbered(own, n_features)
    frames = FrameTransformer(width, hop).fit_transform(X)
    hop = width if hop is None else hop
    assert frames.n_features == width * n_features
    for one, cut in zip(X, frames, strict=True):
        # No frame begins once one has reached the end.
        starts = range(0, len(one), hop)
        starts = [s for s in starts if not s or s - hop + width < len(one)]
        steps = np.array([np.arange(s, s + width) for s in starts], int)
        expected = one[np.minimum(steps, len(one) - 1).ravel()]
        assert_array_equal(cut.reshape(-1, n_features), expected)
    if hop <= width:  # nothing is lost
        for one, cut in zip(X, frames, strict=True):
            steps = cut.reshape(-1, n_features)
            assert_array_equal(np.unique(steps, axis=0), np.unique(one, axis=0))


@given(lengths, n_features, st.integers(1, 4))
def test_frames_side_by_side_are_the_sequence(own, n_features, width):
    assume(sum(own))
    X = numbered(own, n_features)
    frames = FrameTransformer(width).fit_transform(X)
    for one, cut in zip(X, frames, strict=True):
        assert_array_equal(cut.reshape(-1, n_features)[: len(one)], one)


@given(lengths, n_features, whole, st.sampled_from([np.float32, np.float64]))
def test_scaled_steps_come_back(own, n_features, shift, dtype):
    assume(sum(own))
    X = numbered(own, n_features, dtype)
    X = X.with_values(X.values + dtype(shift))
    scaler = StepwiseTransformer(StandardScaler()).fit(X)
    scaled = scaler.transform(X)
    assert_array_equal(scaled.lengths, X.lengths)
    back = scaler.inverse_transform(scaled)
    assert_array_equal(back.lengths, X.lengths)
    assert_allclose(back.values, X.values, rtol=1e-5, atol=1e-5)
    expected = StandardScaler().fit_transform(X.values)
    assert_allclose(scaled.values, expected, rtol=1e-5, atol=1e-6)
