"""Transformers over time steps."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import DictVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_rnn.sequences import Sequences
from sklearn_rnn.steps import FrameTransformer, StepwiseTransformer


@parametrize_with_checks(
    [
        StepwiseTransformer(),
        StepwiseTransformer(PCA(n_components=1)),
        StepwiseTransformer(MinMaxScaler()),
        StepwiseTransformer(PolynomialFeatures()),
        StepwiseTransformer(SimpleImputer()),
        FrameTransformer(),
        FrameTransformer(width=3, hop=2, differences=True),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def ragged(seed=0, n_features=3, dtype=np.float64):
    """Random sequences of lengths 0 to 8, the second of them empty."""
    rng = np.random.default_rng(seed)
    lengths = [4, 0, *rng.integers(1, 9, 6)]
    return [rng.normal(2, 3, (n, n_features)).astype(dtype) for n in lengths]


# --- StepwiseTransformer ---------------------------------------------------------


@pytest.mark.parametrize("transformer", [None, StandardScaler(), PCA(n_components=2)])
def test_equals_the_transformer_on_all_steps(transformer):
    X = ragged()
    before = pickle.dumps(X)
    steps = np.concatenate(X)
    expected = clone(transformer or StandardScaler()).fit(steps).transform(steps)
    stepwise = StepwiseTransformer(transformer)
    for form in (X, Sequences.from_list(X)):
        out = stepwise.fit(form).transform(form)
        assert isinstance(out, Sequences)
        assert_allclose(out.values, expected)
        assert_array_equal(out.lengths, [len(x) for x in X])
    assert_allclose(stepwise.fit_transform(X).values, expected)
    assert stepwise.transformer is transformer
    assert pickle.dumps(X) == before


def test_arrays_stay_arrays():
    X = Sequences.from_list(ragged())
    ragged_out = StepwiseTransformer().fit_transform(X)
    out = StepwiseTransformer().fit_transform(X.to_padded(n_steps=11))
    assert_array_equal(out, ragged_out.to_padded(n_steps=11))
    X = np.arange(12.0).reshape(4, 3)
    out = StepwiseTransformer().fit_transform(X)
    assert_allclose(out, (X - X.mean()) / X.std())
    frame = pd.DataFrame(X)
    assert_allclose(StepwiseTransformer().fit_transform(frame), out)
    powers = StepwiseTransformer(PolynomialFeatures(include_bias=False))
    assert_allclose(powers.fit_transform(X), np.stack([X, X**2], axis=2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_that_of_the_transformer(dtype):
    X = ragged(dtype=dtype)
    stepwise = StepwiseTransformer().fit(X)
    assert stepwise.transform(X).dtype == dtype
    assert stepwise.transform([X[1]]).dtype == dtype
    padded = Sequences.from_list(X).to_padded()
    assert stepwise.transform(padded).dtype == dtype
    assert stepwise.inverse_transform(stepwise.transform(X)).dtype == dtype


def test_inverse_round_trip():
    X = Sequences.from_list(ragged())
    stepwise = StepwiseTransformer().fit(X)
    back = stepwise.inverse_transform(stepwise.transform(X))
    assert_allclose(back.values, X.values)
    assert_array_equal(back.lengths, X.lengths)
    padded = X.to_padded()
    assert_allclose(stepwise.inverse_transform(stepwise.transform(padded)), padded)
    square = np.arange(12.0).reshape(4, 3)
    for inner in (None, PCA(n_components=1)):
        stepwise = StepwiseTransformer(inner).fit(square)
        assert_allclose(stepwise.inverse_transform(stepwise.transform(square)), square)
    with pytest.raises(ValueError, match="X has 2 transformed features per step"):
        stepwise.inverse_transform(np.ones((2, 3, 2)))
    with pytest.raises(AttributeError, match="inverse_transform"):
        StepwiseTransformer(PolynomialFeatures()).inverse_transform(X)


def test_inverse_gives_two_dimensions_back():
    square = np.arange(12).reshape(4, 3)
    coded = StepwiseTransformer(OneHotEncoder(sparse_output=False)).fit(square)
    out = coded.transform(square)
    assert out.shape == (4, 3, 12)
    assert_array_equal(coded.inverse_transform(out), square)


def test_sparse_stays_sparse():
    X = Sequences.from_list([sp.csr_array(np.maximum(x, 0)) for x in ragged()])
    stepwise = StepwiseTransformer(MaxAbsScaler()).fit(X)
    out = stepwise.transform(X)
    assert isinstance(out.values, sp.csr_array)
    dense = X.values.toarray()
    assert_allclose(out.values.toarray(), dense / dense.max(axis=0))
    assert sp.issparse(stepwise.inverse_transform(out).values)
    assert sp.issparse(stepwise.transform(X[[1]]).values)


@pytest.mark.parametrize(
    "transformer",
    [None, PCA(n_components=2), OneHotEncoder(handle_unknown="ignore")],
)
def test_empty_batches(transformer):
    X = ragged()
    stepwise = StepwiseTransformer(transformer).fit(X)
    width = stepwise.transform(X).n_features
    for batch in (
        [np.empty((0, 3))] * 2,
        [[], []],
        Sequences(np.empty((0, 3)), [0, 0]),
    ):
        out = stepwise.transform(batch)
        assert out.shape == (2, 0, width)
        back = stepwise.inverse_transform(out)
        assert back.shape == (2, 0, 3)
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        stepwise.transform([])
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        StepwiseTransformer().fit([np.empty((0, 3))])


def test_dicts():
    X = [[{"word": "a", "n": 1}, {"word": "b"}], [], [{"word": "c", "n": 3}]]
    flat = [step for x in X for step in x]
    stepwise = StepwiseTransformer(DictVectorizer()).fit(X)
    reference = DictVectorizer().fit(flat)
    out = stepwise.transform(X)
    assert_array_equal(out.lengths, [2, 0, 1])
    assert_array_equal(out.values.toarray(), reference.transform(flat).toarray())
    assert_array_equal(
        stepwise.get_feature_names_out(), reference.get_feature_names_out()
    )
    back = stepwise.inverse_transform(out)
    assert back.dtype == object
    assert [len(steps) for steps in back] == [2, 0, 1]
    assert back[2] == [{"word=c": 1.0, "n": 3.0}]
    assert stepwise.transform([[], []]).shape == (2, 0, 4)
    equally_long = [[{"word": "a"}], [{"word": "z"}]]
    assert_array_equal(stepwise.transform(equally_long).values.toarray().sum(1), [1, 0])


@pytest.mark.parametrize("sparse", [False, True])
def test_categories(sparse):
    X = [["b", "a"], ["c"], []]
    stepwise = StepwiseTransformer(OneHotEncoder(sparse_output=sparse)).fit(X)
    out = stepwise.transform(X)
    values = out.values.toarray() if sparse else out.values
    assert_array_equal(values, [[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    back = stepwise.inverse_transform(out)
    assert [x.ravel().tolist() for x in back] == X
    pairs = [np.array([["a", 1], ["b", 2]], dtype=object), np.array([["a", 2]], object)]
    wide = StepwiseTransformer(OneHotEncoder()).fit(pairs)
    assert wide.transform(pairs).shape == (2, 2, 4)
    assert_array_equal(
        wide.get_feature_names_out(["x", "n"]), ["x_a", "x_b", "n_1", "n_2"]
    )


def test_categories_in_a_two_dimensional_array():
    X = np.array([["a", "b"], ["b", "c"]])
    out = StepwiseTransformer(OneHotEncoder()).fit_transform(X)
    assert out.shape == (2, 2, 3)
    assert isinstance(out, Sequences)


def test_nan_is_the_business_of_the_transformer():
    X = [[1.0, np.nan], [3.0]]
    filled = StepwiseTransformer(SimpleImputer()).fit_transform(X)
    assert_array_equal(filled.values.ravel(), [1, 2, 3])
    with pytest.raises(ValueError, match="NaN"):
        StepwiseTransformer(PCA()).fit(X)


def test_padding_is_not_data():
    X = np.array([[[1.0], [2.0], [np.nan]], [[3.0], [np.nan], [np.nan]]])
    filled = StepwiseTransformer(SimpleImputer()).fit_transform(X)
    assert_array_equal(filled, X)


def test_partial_fit():
    X = Sequences.from_list(ragged())
    whole = StepwiseTransformer().fit(X)
    parts = StepwiseTransformer().partial_fit(X[:4]).partial_fit(X[4:])
    assert_allclose(parts.transformer_.mean_, whole.transformer_.mean_)
    assert_allclose(parts.transform(X).values, whole.transform(X).values)
    with pytest.raises(ValueError, match="X has 2 features per step"):
        parts.partial_fit([np.ones((3, 2))])
    assert not hasattr(StepwiseTransformer(PCA()), "partial_fit")


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_unfitted(method):
    with pytest.raises(NotFittedError):
        getattr(StepwiseTransformer(), method)([[1.0]])


def test_a_failed_fit_sets_nothing():
    stepwise = StepwiseTransformer(PCA())
    with pytest.raises(ValueError, match="NaN"):
        stepwise.fit([[np.nan]])
    assert vars(stepwise) == {"transformer": stepwise.transformer}


def test_other_errors():
    with pytest.raises(ValueError, match="The 'transformer' parameter of Stepwise"):
        StepwiseTransformer("scale").fit([[1.0]])
    with pytest.raises(ValueError, match="X has 2 features per step"):
        StepwiseTransformer().fit([[1.0]]).transform([np.ones((3, 2))])
    with pytest.raises(
        ValueError, match="X has 2 features, but StepwiseTransformer is"
    ):
        StepwiseTransformer().fit(np.ones((4, 3))).transform(np.ones((4, 2)))
    halves = StepwiseTransformer(FunctionTransformer(lambda x: x[:1])).fit([[1.0, 2.0]])
    with pytest.raises(ValueError, match="lengths sum to 2, but values has 1 rows"):
        halves.transform([[1.0, 2.0]])


@pytest.mark.parametrize("estimator", [StepwiseTransformer(), FrameTransformer()])
def test_set_output_is_harmless(estimator):
    X = ragged()
    expected = clone(estimator).fit_transform(X)
    pipe = make_pipeline(clone(estimator)).set_output(transform="pandas")
    assert_array_equal(pipe.fit_transform(X).values, expected.values)
    with sklearn.config_context(transform_output="pandas"):
        out = clone(estimator).fit_transform(X)
        assert clone(estimator).fit(X).transform(X[1:2]).shape == (1, 0, out.shape[2])
    assert_array_equal(out.values, expected.values)


def test_tags_are_those_of_the_transformer():
    tags = sklearn.utils.get_tags(StepwiseTransformer(OneHotEncoder()))
    assert tags.input_tags.categorical
    assert tags.input_tags.three_d_array
    assert sklearn.utils.get_tags(StepwiseTransformer()).input_tags.allow_nan
    assert not sklearn.utils.get_tags(StepwiseTransformer(PCA())).input_tags.allow_nan


# --- FrameTransformer ------------------------------------------------------------


def slow_frames(x, width, hop):
    """Frames of one sequence (length, n_features), written down plainly."""
    frames = []
    for start in range(0, len(x), hop):
        steps = [x[min(start + i, len(x) - 1)] for i in range(width)]
        frames.append(np.concatenate(steps))
        if start + width >= len(x):
            break
    return np.array(frames).reshape(len(frames), width * x.shape[1])


def slow_differences(x):
    """A sequence (length, n_features) and its first differences beside it."""
    return np.hstack([x, np.diff(x, axis=0, prepend=x[:1])])


@pytest.mark.parametrize("differences", [False, True])
@pytest.mark.parametrize("hop", [None, 1, 2, 3, 5])
@pytest.mark.parametrize("width", [1, 2, 3, 7, 20])
def test_frames_equal_the_slow_reference(width, hop, differences):
    X = ragged(width)
    before = pickle.dumps(X)
    frames = FrameTransformer(width, hop=hop, differences=differences).fit_transform(X)
    assert len(frames) == len(X)
    for x, found in zip(X, frames, strict=True):
        x = slow_differences(x) if differences else x
        assert_array_equal(found, slow_frames(x, width, hop or width), strict=True)
    assert pickle.dumps(X) == before


def test_frames_of_arrays():
    X = np.arange(300.0).reshape(2, 150)
    frames = FrameTransformer(width=10).fit_transform(X)
    assert_array_equal(frames, X.reshape(2, 15, 10))
    cube = np.arange(48.0).reshape(2, 8, 3)
    frames = FrameTransformer(width=4).fit_transform(cube)
    assert_array_equal(frames, cube.reshape(2, 2, 12))
    cube[1, 4:] = np.nan
    frames = FrameTransformer(width=4).fit_transform(cube)
    assert_array_equal(frames, cube.reshape(2, 2, 12))
    cube[:, 4:] = np.nan
    assert FrameTransformer(width=4).fit_transform(cube).shape == (2, 2, 12)


def test_frames_keep_single_precision():
    X = ragged(dtype=np.float32)
    frames = FrameTransformer(width=3, differences=True).fit_transform(X)
    assert frames.dtype == np.float32
    padded = Sequences.from_list(X).to_padded()
    assert FrameTransformer(width=3).fit_transform(padded).dtype == np.float32


def test_frames_of_nothing():
    frames = FrameTransformer(width=3, differences=True).fit([[1.0]])
    assert frames.transform([[], []]).shape == (2, 0, 6)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"width": 0}, "'width' parameter of FrameTransformer must be"),
        ({"width": 2.5}, "'width' parameter"),
        ({"hop": 0}, "'hop' parameter"),
        ({"differences": "yes"}, "'differences' parameter"),
    ],
)
def test_frame_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        FrameTransformer(**parameters).fit([[1.0]])


def test_frame_errors():
    sparse = [sp.csr_array(x) for x in ragged()]
    for X in (sparse, Sequences.from_list(sparse)):
        with pytest.raises(TypeError, match="dense sequences only"):
            FrameTransformer().fit(X)
    with pytest.raises(ValueError, match="NaN in sequence 1, step 0"):
        FrameTransformer().fit([[1.0], [np.nan]])
    frames = FrameTransformer().fit(np.ones((4, 3)))
    with pytest.raises(ValueError, match="X has 2 features, but FrameTransformer"):
        frames.transform(np.ones((4, 2)))
    with pytest.raises(NotFittedError):
        FrameTransformer().transform([[1.0]])


def test_pipeline_of_both():
    X = ragged()
    pipe = make_pipeline(FrameTransformer(width=2), StepwiseTransformer(PCA(2)))
    out = pipe.fit_transform(X)
    assert out.n_features == 2
    assert_allclose(pickle.loads(pickle.dumps(pipe)).transform(X).values, out.values)


def test_fit_leaves_steps_alone_where_the_transformer_works_in_place():
    X = np.random.RandomState(0).rand(3, 4, 2)
    before = X.copy()
    StepwiseTransformer(StandardScaler(copy=False)).fit(X[:, :, :1])
    assert_array_equal(X, before)


def test_frames_of_sparse_sequences_in_a_series():
    X = pd.Series([sp.csr_array(np.eye(3)), sp.csr_array(np.eye(3))])
    with pytest.raises(TypeError, match="dense sequences only"):
        FrameTransformer(2).fit(X)
