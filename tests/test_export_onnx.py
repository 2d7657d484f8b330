"""Exported models beside the estimators that they come from, run by onnxruntime."""

import sys

import numpy as np
import pytest
from helpers import CELLS, QUICK, fitted, six_sequences
from sklearn.decomposition import PCA
from sklearn.ensemble import StackingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    StepwiseTransformer,
)
from sklearn_rnn.export import register_skl2onnx, to_onnx

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.RandomState(0)
X = six_sequences(np.float32)
FEEDS = {"X": X.to_padded(np.nan), "lengths": X.lengths}
TABLE = RNG.normal(size=(12, 5)).astype(np.float32)
TEXT = np.array(["no", "yes", "perhaps"] * 2)


def session(model):
    """A runtime for a model that is checked."""
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def run(estimator, **feeds):
    """Outputs of an exported estimator by name."""
    runtime = session(to_onnx(estimator))
    names = [output.name for output in runtime.get_outputs()]
    return dict(zip(names, runtime.run(None, feeds), strict=True))


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("rnn_type", "activation"), CELLS)
@pytest.mark.parametrize(
    "layers",
    [
        dict(hidden_layer_sizes=3),
        dict(hidden_layer_sizes=(4, 2)),
        dict(hidden_layer_sizes=(4, 3), embedding_dim=2),
    ],
    ids=["one", "two", "embedding"],
)
def test_classifier(layers, rnn_type, activation, bidirectional, pooling):
    classifier = RNNClassifier(
        rnn_type=rnn_type,
        activation=activation,
        bidirectional=bidirectional,
        pooling=pooling,
        **layers,
        **QUICK,
    )
    fitted(classifier, X, TEXT)
    expected = classifier.predict_proba(X)
    assert np.ptp(expected, axis=0).max() > 0.01, "sequences must differ"
    out = run(classifier, **FEEDS)
    close(out["probabilities"], expected)
    assert out["label"].tolist() == classifier.predict(X).tolist()


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_batches_of_empty_sequences(pooling):
    classifier = fitted(RNNClassifier(3, pooling=pooling, **QUICK), X, TEXT)
    for n_steps in (0, 2):
        padded = np.full((2, n_steps, 3), np.nan, np.float32)
        out = run(classifier, X=padded, lengths=np.zeros(2, np.int64))
        close(out["probabilities"], classifier.predict_proba([np.ones((0, 3))] * 2))


@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
def test_batches_without_sequences(rnn_type):
    """On which runtimes crash, were the graph not made for them."""
    classifier = fitted(RNNClassifier(3, rnn_type=rnn_type, **QUICK), X, TEXT)
    for n_steps in (0, 2):
        padded = np.empty((0, n_steps, 3), np.float32)
        out = run(classifier, X=padded, lengths=np.zeros(0, np.int64))
        assert out["probabilities"].shape == (0, 3)
    tagger = fitted(RNNSequenceTagger(3, **QUICK), TABLE, np.arange(12) % 3)
    assert run(tagger, X=TABLE[:0])["label"].shape == (0,)


@pytest.mark.parametrize(
    "y",
    [
        np.array([2**63 + 5, 3] * 3, np.uint64),
        np.array(["2020-01-01", "2021-01-01"] * 3, "datetime64[D]"),
    ],
)
def test_classes_that_are_no_integers_of_64_bits(y):
    classifier = RNNClassifier(3, **QUICK).fit(X, y)
    with pytest.raises(ValueError, match=r"Classes must be text or integers of 64"):
        to_onnx(classifier)


@pytest.mark.parametrize("y", [[3, 7, 1] * 2, [True, False] * 3, [0.0, 2.0] * 3])
def test_classes_that_are_numbers_become_integers(y):
    classifier = fitted(RNNClassifier(3, **QUICK), X, y)
    label = run(classifier, **FEEDS)["label"]
    assert label.dtype == np.int64
    assert label.tolist() == classifier.predict(X).astype(int).tolist()


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_regressor(n_outputs):
    """Fitted in float64, whose parameters are rounded."""
    y = RNG.normal(size=(6, n_outputs))
    regressor = RNNRegressor((3, 2), rnn_type="lstm", **QUICK)
    fitted(regressor, [x.astype(float) for x in X], y)
    close(run(regressor, **FEEDS)["variable"], regressor.predict(X).reshape(6, -1))


@pytest.mark.parametrize(("rnn_type", "activation"), CELLS)
def test_tagger(rnn_type, activation):
    y = [RNG.choice(TEXT, size=n) for n in X.lengths]
    options = dict(rnn_type=rnn_type, activation=activation, **QUICK)
    tagger = fitted(RNNSequenceTagger((3, 2), **options), X, y)
    out = run(tagger, **FEEDS)
    for i, (labels, p) in enumerate(
        zip(tagger.predict(X), tagger.predict_proba(X), strict=True)
    ):
        close(out["probabilities"][i, : len(p)], p)
        assert out["label"][i, : len(p)].tolist() == labels.tolist()


def test_tables_of_series():
    y = np.arange(12) % 3
    classifier = fitted(RNNClassifier(3, pooling="mean", **QUICK), TABLE, y)
    close(run(classifier, X=TABLE)["probabilities"], classifier.predict_proba(TABLE))
    tagger = fitted(RNNSequenceTagger(3, **QUICK), TABLE, np.tile(y[:, None], 5))
    expected = np.stack(tagger.predict_proba(TABLE))
    close(run(tagger, X=TABLE)["probabilities"], expected)


def test_tables_of_steps():
    tagger = fitted(RNNSequenceTagger(3, **QUICK), TABLE, np.arange(12) % 3)
    out = run(tagger, X=TABLE)
    close(out["probabilities"], tagger.predict_proba(TABLE))
    assert out["label"].tolist() == tagger.predict(TABLE).tolist()


@pytest.mark.parametrize("pooling", ["mean", "max", "attention"])
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
def test_operators_mean_the_same_in_later_opsets(rnn_type, pooling):
    classifier = RNNClassifier((3, 2), rnn_type=rnn_type, pooling=pooling, **QUICK)
    model = to_onnx(fitted(classifier, X, TEXT))
    assert (model.opset_import[0].version, model.ir_version) == (13, 7)
    model.opset_import[0].version, model.ir_version = 21, 10
    close(session(model).run(None, FEEDS)[1], classifier.predict_proba(X))


def test_what_cannot_be_exported():
    with pytest.raises(TypeError, match=r"RNNGenerator cannot be exported.*crf=False"):
        to_onnx(RNNGenerator())
    with pytest.raises(TypeError, match=r"Pipeline cannot be.*see register_skl2onnx"):
        to_onnx(make_pipeline(RNNClassifier()))
    with pytest.raises(NotFittedError):
        to_onnx(RNNClassifier())
    tagger = RNNSequenceTagger(3, crf=True, **QUICK).fit(TABLE, np.arange(12) % 3)
    with pytest.raises(ValueError, match=r"with crf=True cannot be exported"):
        to_onnx(tagger)


@pytest.mark.parametrize("library", ["onnx", "skl2onnx"])
def test_without_libraries(library, monkeypatch):
    classifier = RNNClassifier(3, **QUICK).fit(X, TEXT)
    monkeypatch.setitem(sys.modules, library, None)
    export = {"onnx": lambda: to_onnx(classifier), "skl2onnx": register_skl2onnx}
    match = rf"onnx needs {library}: pip install {library}$"
    with pytest.raises(ImportError, match=match):
        export[library]()


# -- pipelines, by skl2onnx ------------------------------------------------------------


def run_pipeline(pipeline, X, **options):
    """Outputs of a pipeline that skl2onnx exported."""
    skl2onnx = pytest.importorskip("skl2onnx")
    register_skl2onnx()
    model = skl2onnx.to_onnx(pipeline, X, options=options or None)
    return session(model).run(None, {"X": X})


def padded(dtype):
    """Three dimensions, padded with NaN; one sequence is empty."""
    X3 = RNG.normal(size=(12, 4, 3)).astype(dtype)
    X3[1:4, 2:], X3[2], X3[5, :, 1:] = np.nan, np.nan, 0.0
    return X3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pipeline_of_a_classifier(dtype):
    X2 = TABLE.astype(dtype)
    pipeline = make_pipeline(StandardScaler(), RNNClassifier(3, **QUICK))
    fitted(pipeline, X2, np.repeat(["a", "b", "c"], 4))
    label, p = run_pipeline(pipeline, X2, zipmap=False)
    assert p.dtype == dtype
    close(p, pipeline.predict_proba(X2))
    assert label.tolist() == pipeline.predict(X2).tolist()
    numbers, _ = run_pipeline(pipeline, X2, zipmap=False, nocl=True)
    assert pipeline.classes_[numbers].tolist() == label.tolist()


def test_pipeline_gives_dicts_by_default():
    pipeline = make_pipeline(StandardScaler(), RNNClassifier(3, **QUICK))
    fitted(pipeline, TABLE, np.arange(12) % 3)
    _, p = run_pipeline(pipeline, TABLE)
    assert list(p[0]) == [0, 1, 2]
    close([list(row.values()) for row in p], pipeline.predict_proba(TABLE))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_search_over_a_pipeline_of_a_regressor(dtype):
    X2 = TABLE.astype(dtype)
    pipeline = make_pipeline(StandardScaler(), RNNRegressor(3, **QUICK))
    search = GridSearchCV(pipeline, {"rnnregressor__rnn_type": ["lstm"]}, cv=2)
    search.fit(X2, X2[:, :2])
    (variable,) = run_pipeline(search, X2)
    assert variable.dtype == dtype
    close(variable, search.predict(X2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "transformer",
    [
        StandardScaler(),
        make_pipeline(StandardScaler(), PCA(2)),
        # This would make numbers of NaN.
        KBinsDiscretizer(2, encode="ordinal", strategy="uniform"),
    ],
    ids=lambda transformer: type(transformer).__name__,
)
def test_pipeline_of_transformed_steps(transformer, dtype):
    X3 = padded(dtype)
    classifier = RNNClassifier(3, pooling="mean", **QUICK)
    pipeline = make_pipeline(StepwiseTransformer(transformer), classifier)
    fitted(pipeline, X3, np.arange(12) % 3)
    label, p = run_pipeline(pipeline, X3, zipmap=False)
    close(p, pipeline.predict_proba(X3))
    assert label.tolist() == pipeline.predict(X3).tolist()


def test_pipeline_of_transformed_steps_of_a_table():
    regressor = RNNRegressor(3, **QUICK)
    pipeline = make_pipeline(StepwiseTransformer(), regressor).fit(TABLE, TABLE[:, 0])
    close(run_pipeline(pipeline, TABLE)[0][:, 0], pipeline.predict(TABLE))


def test_pipeline_of_a_tagger():
    X3 = padded(np.float32)
    tagger = RNNSequenceTagger(3, **QUICK)
    pipeline = make_pipeline(StepwiseTransformer(), tagger)
    fitted(pipeline, X3, np.tile(["a", "b", "c", "d"], (12, 1)))
    out = run_pipeline(pipeline, X3)
    expected = pipeline.predict(X3), pipeline.predict_proba(X3)
    for label, p, labels, probabilities in zip(*out, *expected, strict=True):
        close(p[: len(probabilities)], probabilities)
        assert label[: len(labels)].tolist() == labels.tolist()


def test_pipeline_in_which_steps_follow():
    """They read states, and must not get predictions in their place."""
    pipeline = make_pipeline(RNNRegressor(3, **QUICK), Ridge()).fit(TABLE, TABLE[:, 0])
    with pytest.raises(ValueError, match=r"RNNRegressor can be exported as the last"):
        run_pipeline(pipeline, TABLE)
    stacked = StackingRegressor([("rnn", RNNRegressor(3, **QUICK))], Ridge(), cv=2)
    stacked.fit(TABLE, TABLE[:, 0])
    found = run_pipeline(stacked, TABLE)
    close(found[0].ravel(), stacked.predict(TABLE))


def test_pipeline_of_another_number_of_dimensions():
    classifier = RNNClassifier(3, **QUICK).fit(TABLE, np.arange(12) % 3)
    with pytest.raises(ValueError, match=r"fitted to a table, so that it takes.* of 2"):
        run_pipeline(make_pipeline(classifier), padded(np.float32))


def test_pipeline_of_several_inputs():
    skl2onnx = pytest.importorskip("skl2onnx")
    kind = skl2onnx.common.data_types.FloatTensorType
    register_skl2onnx()
    classifier = RNNClassifier(3, **QUICK).fit(TABLE, np.arange(12) % 3)
    columns = [("first", kind([None, 2])), ("others", kind([None, 3]))]
    with pytest.raises(ValueError, match=r"RNNClassifier takes one array, got 2 inp"):
        skl2onnx.to_onnx(classifier, initial_types=columns)
