"""Modules of PyTorch beside the estimators, and weights that go to and fro."""

import sys

import numpy as np
import pytest
from helpers import CELLS, QUICK, fitted, six_sequences
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
)
from sklearn_rnn.export import load_torch_weights, to_torch

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TOLERANCE = {np.float32: 1e-5, np.float64: 1e-10}
RNG = np.random.RandomState(0)
X = six_sequences(np.float64)
Y = [0, 1, 2, 0, 1, 2]
TABLE = RNG.normal(size=(12, 5))


def tensors(X):
    """Padded steps, NaN behind the ends, and lengths."""
    return torch.tensor(X.to_padded(np.nan)), torch.tensor(X.lengths)


def close(actual, expected, dtype=np.float64):
    actual = actual.detach().numpy()
    assert actual.dtype == dtype
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("rnn_type", "activation"), CELLS)
@pytest.mark.parametrize(
    "layers",
    [
        dict(hidden_layer_sizes=(4, 2)),
        dict(hidden_layer_sizes=(4, 3), embedding_dim=2),
    ],
    ids=["two", "embedding"],
)
def test_classifier(layers, rnn_type, activation, bidirectional, pooling, dtype):
    own = X.with_values(X.values.astype(dtype))
    classifier = RNNClassifier(
        rnn_type=rnn_type,
        activation=activation,
        bidirectional=bidirectional,
        pooling=pooling,
        **layers,
        **QUICK,
    )
    fitted(classifier, own, Y)
    expected = classifier.predict_log_proba(own)
    assert np.ptp(expected, axis=0).max() > 0.01, "sequences must differ"
    module = to_torch(classifier)
    close(module(*tensors(own)).log_softmax(dim=1), expected, dtype)
    theta = classifier.theta_.copy()
    classifier.theta_[:] = 0.0
    load_torch_weights(classifier, module.state_dict())
    np.testing.assert_array_equal(classifier.theta_, theta)


def test_regressor_without_lengths():
    regressor = RNNRegressor((3, 2), rnn_type="lstm", **QUICK)
    X3 = RNG.normal(size=(6, 4, 3))
    fitted(regressor, X3, RNG.normal(size=(6, 2)))
    close(to_torch(regressor)(torch.tensor(X3)), regressor.predict(X3))


def test_tagger():
    tagger = RNNSequenceTagger((3, 2), **QUICK)
    fitted(tagger, X, [RNG.choice(3, size=n) for n in X.lengths])
    p = to_torch(tagger)(*tensors(X)).softmax(dim=2)
    for own, expected in zip(p, tagger.predict_proba(X), strict=True):
        close(own[: len(expected)], expected)


def test_tables():
    y = np.arange(12) % 3
    tagger = fitted(RNNSequenceTagger(3, **QUICK), TABLE, y)
    p = to_torch(tagger)(torch.tensor(TABLE)).softmax(dim=1)
    close(p, tagger.predict_proba(TABLE))
    classifier = fitted(RNNClassifier(3, pooling="mean", **QUICK), TABLE, y)
    p = to_torch(classifier)(torch.tensor(TABLE)).softmax(dim=1)
    close(p, classifier.predict_proba(TABLE))


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_batch_without_steps(pooling):
    classifier = fitted(RNNClassifier(3, pooling=pooling, **QUICK), X, Y)
    empty = torch.zeros(2, 0, 3, dtype=torch.float64)
    expected = classifier.predict_proba([np.ones((0, 3))] * 2)
    close(to_torch(classifier)(empty).softmax(dim=1), expected)
    tagger = RNNSequenceTagger(3, **QUICK).fit(TABLE[:, :3, None], [[0, 1, 2]] * 12)
    assert to_torch(tagger)(empty[:, :, :1]).shape == (2, 0, 3)


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_batch_without_sequences(pooling):
    classifier = fitted(RNNClassifier(3, pooling=pooling, **QUICK), X, Y)
    module = to_torch(classifier)
    tagger = to_torch(RNNSequenceTagger(3, **QUICK).fit(TABLE, np.arange(12) % 3))
    for n_steps in (0, 5):
        empty = torch.zeros(0, n_steps, 3, dtype=torch.float64, requires_grad=True)
        for lengths in (None, [], torch.zeros(0, dtype=torch.int64)):
            scores = module(empty, lengths)
            assert scores.shape == (0, 3)
        scores.sum().backward()  # as a last minibatch would be
    assert not any(p.grad.any() for p in module.parameters())
    assert tagger(torch.tensor(TABLE[:0])).shape == (0, 3)


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_training_goes_on(pooling):
    classifier = RNNClassifier(4, pooling=pooling, bidirectional=True, **QUICK)
    module = to_torch(classifier.fit(X, Y)).train()
    optimizer = torch.optim.Adam(module.parameters(), 0.02)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        scores = module(*tensors(X))
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(Y))
        loss.backward()
        assert all(torch.isfinite(p.grad).all() for p in module.parameters())
        losses.append(loss.item())
        optimizer.step()
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad.any() for p in module.parameters())
    load_torch_weights(classifier, module.state_dict())
    close(module(*tensors(X)).softmax(dim=1), classifier.predict_proba(X))


def test_dropout_is_that_of_the_estimator():
    options = dict(dropout=0.3, input_dropout=0.2, **QUICK)
    init = RNG.normal(size=(3, 2))
    classifier = RNNClassifier(
        4, embedding_dim=2, embedding_init=init, freeze_embedding=True, **options
    )
    module = to_torch(classifier.fit(X, Y))
    assert not module.training
    assert (module.dropout.p, module.input_dropout.p) == (0.3, 0.2)
    assert not module.embedding.weight.requires_grad
    module.train()
    assert not torch.equal(module(*tensors(X)), module(*tensors(X)))


@pytest.mark.parametrize(("embedding_dim", "n_calls"), [(2, 3), (None, 2)])
@pytest.mark.parametrize(
    ("kind", "y"),
    [(RNNClassifier, Y), (RNNSequenceTagger, [np.arange(n) for n in X.lengths])],
    ids=["classifier", "tagger"],
)
def test_where_dropout_acts(kind, y, embedding_dim, n_calls):
    """Behind word vectors, between layers, and before the output layer."""
    options = dict(embedding_dim=embedding_dim, dropout=0.3, input_dropout=0, **QUICK)
    module = to_torch(kind((4, 3), **options).fit(X, y))
    calls = []
    module.dropout.register_forward_hook(lambda *call: calls.append(call))
    module(*tensors(X))
    assert len(calls) == n_calls


def test_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"^to_torch needs torch: pip install torch$"):
        to_torch(RNNClassifier())


# -- from PyTorch ----------------------------------------------------------------------

LAYERS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def final_state(layer, x):
    """Both directions of the last layer, of one sequence (length, 3)."""
    _, end = layer(torch.tensor(x))
    end = end[0] if isinstance(end, tuple) else end
    return torch.cat(list(end[-1 - layer.bidirectional :]))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("rnn_type", LAYERS)
def test_recurrent_layers_of_torch(rnn_type, bidirectional, bias):
    """PyTorch's own layers, with both their biases, give our features."""
    torch.manual_seed(0)
    layer = LAYERS[rnn_type](3, 4, 2, bias=bias, bidirectional=bidirectional).double()
    regressor = RNNRegressor(
        (4, 4), rnn_type=rnn_type, bidirectional=bidirectional, **QUICK
    )
    regressor.fit(X, Y)
    before = {name: a.copy() for name, a in regressor.parameters_.items()}
    assert load_torch_weights(regressor, layer.state_dict()) is regressor
    features = regressor.transform(X)
    for x, expected in zip(X, features, strict=True):
        if len(x):
            close(final_state(layer, x), expected)
    np.testing.assert_array_equal(regressor.parameters_["output.W"], before["output.W"])
    close(to_torch(regressor)(*tensors(X))[:, 0], regressor.predict(X))


def test_going_on_here():
    """The optimizer starts anew, and float32 stays."""
    own = X.with_values(X.values.astype(np.float32))
    classifier = RNNClassifier(4, max_iter=3, random_state=0).fit(own, Y)
    arrays = {k: v.numpy() for k, v in torch.nn.GRU(3, 4).state_dict().items()}
    load_torch_weights(classifier, arrays)
    assert not classifier._slots.any()
    loaded = classifier.theta_.copy()
    classifier.partial_fit(own, Y)
    assert classifier.theta_.dtype == np.float32
    assert (classifier.theta_ != loaded).mean() > 0.9


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (RNNSequenceTagger(2, crf=True, bidirectional=False, **QUICK), "labels"),
        (RNNGenerator(2, **QUICK), None),
        (RNNTranslator(2, encoder_layer_sizes=2, bidirectional=False, **QUICK), "text"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_recurrent_estimator_takes_weights(estimator, y):
    targets = {"labels": [RNG.choice(2, size=n) for n in X.lengths], "text": ["ab"] * 6}
    estimator.fit(X[[0, 3, 4, 5]] if y is None else X, targets.get(y))
    width = estimator.parameters_["recurrent.0.Wx"].shape[0]
    layer = torch.nn.GRU(width, 2)
    load_torch_weights(estimator, layer.state_dict())
    expected = layer.weight_hh_l0.detach().numpy().T
    np.testing.assert_array_equal(estimator.parameters_["recurrent.0.Wh"], expected)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            lambda s: s.pop("weight_hh_l1"),
            r"^weight_hh_l1 \(recurrent\.1\.weight_hh_l0 in a module of to_torch\) is",
        ),
        (
            lambda s: [s.pop(name) for name in list(s) if "_l1" in name],
            r"^weight_ih_l1 \(.*\) is missing",
        ),
        (
            lambda s: s.pop("weight_ih_l0_reverse"),
            r"^weight_ih_l0_reverse \(recurrent\.0\.weight_ih_l0_reverse in .* is miss",
        ),
        (
            lambda s: s.update(weight_ih_l0=np.ones((12, 5))),
            r"'weight_ih_l0' has shape \(12, 5\), but the estimator needs \(12, 3\)",
        ),
        (lambda s: s.update({"rnn.weight_ih_l0": 1}), r"no array for 'rnn.weight_ih_l"),
        (lambda s: s["bias_ih_l0"].fill_(np.nan), r"'bias_ih_l0' contains NaN"),
        (lambda s: s.pop("bias_ih_l0"), r"^bias_ih_l0 \(.*\) is missing"),
        (
            lambda s: s.update({"recurrent.0.bias_hh_l0": s["bias_hh_l0"]}),
            r"has bias_hh_l0 \(recurrent\.0\.bias_hh_l0 in a .*\) twice",
        ),
        (lambda s: s.update(bias_hh_l0=np.full(12, 1j)), r"not of real numbers"),
        (
            lambda s: s.update(bias_hh_l0=np.full(12, 1e39)),
            r"too large for the float32",
        ),
    ],
    ids=[
        *[
            "missing",
            "missing layer",
            "missing direction",
            "shape",
            "unknown",
            "not finite",
        ],
        *["one bias", "twice", "complex", "overflow"],
    ],
)
def test_weights_that_do_not_fit(change, match):
    single = X.with_values(X.values.astype(np.float32))
    classifier = RNNClassifier((4, 4), bidirectional=True, **QUICK).fit(single, Y)
    theta = classifier.theta_.copy()
    state = torch.nn.GRU(3, 4, 2, bidirectional=True).state_dict()
    change(state)
    with pytest.raises(ValueError, match=match):
        load_torch_weights(classifier, state)
    np.testing.assert_array_equal(classifier.theta_, theta)


def test_lengths_of_other_sequences():
    module = to_torch(RNNClassifier(4, **QUICK).fit(X, Y))
    x = torch.zeros(4, 3, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"one number for each of 4 .* shape \(1,\)"):
        module(x, torch.tensor([3]))
    for length in (-1, 4):
        with pytest.raises(ValueError, match=r"lengths must be from 0 to 3, got"):
            module(x, torch.tensor([3, 2, 1, length]))


def test_what_takes_no_weights():
    with pytest.raises(TypeError, match=r"recurrent estimator, got Pipeline"):
        load_torch_weights(make_pipeline(RNNClassifier()), {})
    with pytest.raises(NotFittedError):
        load_torch_weights(RNNClassifier(), {})
    with pytest.raises(TypeError, match=r"state_dict must map names to .*, got GRU"):
        load_torch_weights(RNNClassifier(4, **QUICK).fit(X, Y), torch.nn.GRU(3, 4))
    with pytest.raises(TypeError, match=r"RNNGenerator cannot be exported"):
        to_torch(RNNGenerator())
