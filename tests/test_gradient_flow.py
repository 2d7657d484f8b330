"""Gradients of the loss by the state, against forward passes alone."""

from itertools import count

import numpy as np
import pytest
from helpers import central_differences, packed
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_rnn import (
    RNNClassifier,
    RNNRegressor,
    RNNSequenceTagger,
    SequenceVectorizer,
)
from sklearn_rnn.inspection import GradientFlowDisplay, gradient_flow

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.RandomState(0)
LENGTHS = [3, 1, 4, 0, 4]
X = [RNG.normal(size=(length, 2)) for length in LENGTHS]
CLASSES, NUMBERS = np.array([0, 1, 2, 1, 0]), RNG.normal(size=(5, 2))


def loss_with_bump(estimator, x, y, layer, way, step, bump):
    """Loss of one sequence if the state is moved after a step of a cell.

    ``bump`` is (n_states, n_units); ``step`` counts in the cell's own order of reading.
    """
    network = estimator._network()
    cell = network.encoder.stack.layers[layer]
    cell = cell if way is None else cell.cells[way]
    run, numbers = cell.step, count()

    def step_and_bump(w, p, a, before, now):
        run(w, p, a, before, now)
        if next(numbers) == step:
            now += bump[:, None]

    cell.step = step_and_bump
    w = network.layout().views(estimator.theta_)
    scores, _ = network.forward(w, x, packed([len(x)]))
    return estimator._head().loss_gradient(scores, y[None], np.ones(1))[0]


def expected_norms(estimator, X, y, layer, way, n_states, n_units):
    """Mean norm of central differences, step by step back from the end."""
    norms = [[] for _ in range(max(map(len, X)))]
    for x, target in zip(X, y, strict=True):
        for step in range(len(x)):
            bump = np.zeros((n_states, n_units))
            where = layer, way, step, bump
            gradient = central_differences(
                lambda x=x, target=target, where=where: loss_with_bump(
                    estimator, x, target, *where
                ),
                bump,
            )
            norms[len(x) - 1 - step].append(np.linalg.norm(gradient))
    return [np.mean(own) for own in norms]


@pytest.mark.parametrize("pooling", ["last", "mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize(
    ("kind", "y"), [(RNNClassifier, CLASSES), (RNNRegressor, NUMBERS)]
)
def test_norms_are_those_of_central_differences(
    kind, y, rnn_type, bidirectional, pooling
):
    estimator = kind(
        (3, 2),
        rnn_type=rnn_type,
        bidirectional=bidirectional,
        pooling=pooling,
        dropout=0.3,  # which must not matter
        max_iter=2,
        learning_rate="constant",
        random_state=0,
    )
    if kind is RNNClassifier:
        estimator.set_params(class_weight={0: 1, 1: 2, 2: 5})  # nor these
    estimator.fit(X, y)
    theta = estimator.theta_.copy()
    flow = gradient_flow(estimator, X, y)
    assert_array_equal(flow.n_sequences, [4, 3, 3, 2])
    ways = ["forward", "backward"] if bidirectional else [None]
    cells = [(layer, way) for layer in (0, 1) for way in ways]
    assert flow.norms.shape == (len(cells), 4)
    for (layer, way), name, norms in zip(cells, flow.names, flow.norms, strict=True):
        assert name == f"layer {layer + 1}" + (f", {way}" if way else "")
        expected = expected_norms(
            estimator, X, y, layer, way, 1 + (rnn_type == "lstm"), (3, 2)[layer]
        )
        assert_allclose(norms, expected, rtol=1e-6, atol=1e-10)
    assert_array_equal(estimator.theta_, theta)


def with_weights(estimator, X, y, **values):
    """The estimator fitted, and then with these parameters of its recurrent layer."""
    estimator.set_params(max_iter=1, random_state=0).fit(X, y)
    views = estimator._network().layout().named(estimator.theta_)
    for name, value in values.items():
        views[f"recurrent.0.{name}"][...] = value
    return estimator


def test_a_linear_recurrence_shrinks_by_its_factor():
    """A rectifier that is always positive is linear: h Wh with Wh = 0.9."""
    X, y = [np.ones((length, 1)) for length in (40, 25)], [1.0, 2.0]
    regressor = RNNRegressor(4, rnn_type="rnn", activation="relu")
    with_weights(regressor, X, y, Wx=1.0, Wh=0.9 * np.eye(4), b=0.1)
    [norms] = gradient_flow(regressor, X[:1], y[:1]).norms
    assert_allclose(norms, norms[0] * 0.9 ** np.arange(40))
    both = gradient_flow(regressor, X, y)
    [other] = gradient_flow(regressor, X[1:], y[1:]).norms
    assert_allclose(both.norms[0, :25], (norms[:25] + other) / 2)
    assert_allclose(both.norms[0, 25:], norms[25:])


def test_memory_shrinks_by_the_forget_gate():
    """Without recurrent weights, the memory cell is the only way back."""
    X, y, forget = [np.ones((30, 1))], [1.0], 3.0
    bias = np.repeat([0.0, 0.0, forget, 0.0], 4)
    Wx = RNG.normal(size=(1, 16))
    Wx[:, 8:12] = 0.0  # the gate is the same at all steps
    regressor = RNNRegressor(4, rnn_type="lstm")
    with_weights(regressor, X, y, Wx=Wx, Wh=0.0, b=bias)
    [norms] = gradient_flow(regressor, X, y).norms
    assert_allclose(norms[2:] / norms[1:-1], 1 / (1 + np.exp(-forget)))


def test_a_network_that_is_not_fitted_is_the_one_that_fit_starts_from():
    fresh = RNNClassifier((3, 2), random_state=0)
    flow = gradient_flow(fresh, X, CLASSES)
    assert not hasattr(fresh, "theta_")
    still = RNNClassifier((3, 2), random_state=0, max_iter=1, learning_rate_init=1e-300)
    still.fit(X, CLASSES)
    assert_array_equal(flow.norms, gradient_flow(still, X, CLASSES).norms)


def test_small_gradients_of_float32_are_not_zero():
    x = np.zeros((1, 120, 1), np.float32)
    regressor = with_weights(
        RNNRegressor(2, rnn_type="rnn"), x, [1], Wh=0.1 * np.eye(2)
    )
    [norms] = gradient_flow(regressor, x, [2.0]).norms
    assert 0 < norms[-1] < 1e-100


def test_pipelines():
    words, y = ["ab", "b", "aab", "bb"], [0, 1, 0, 1]
    letters = SequenceVectorizer(analyzer="char")
    reader = make_pipeline(letters, RNNClassifier(3, random_state=0, max_iter=20))
    fresh = gradient_flow(reader, words, y)
    assert not hasattr(letters, "vocabulary_")
    X = letters.fit_transform(words)
    alone = gradient_flow(RNNClassifier(3, random_state=0), X, y)
    assert_array_equal(fresh.norms, alone.norms)
    reader.fit(words, y)
    fitted = gradient_flow(reader, words, y)
    assert_array_equal(fitted.norms, gradient_flow(reader[-1], X, y).norms)
    assert (fitted.norms != fresh.norms).all()


class Scales(TransformerMixin, BaseEstimator):
    """Divides by the largest number; notes the fits in a list that clones share."""

    fits = []

    def fit(self, X, y=None):
        self.fits.append(self)
        self.largest_ = max(np.abs(x).max(initial=0.0) for x in X)
        return self

    def transform(self, X):
        return [x / self.largest_ for x in X]


def test_pipelines_that_end_in_pipelines():
    scales = [Scales(), Scales()]
    network = RNNClassifier(3, random_state=0, max_iter=2)
    inner = make_pipeline(None, scales[1], make_pipeline(network))
    outer = make_pipeline(scales[0], inner)
    once = Scales().fit_transform(X)
    twice = Scales().fit_transform(once)
    fresh = gradient_flow(outer, X, CLASSES)
    assert_array_equal(fresh.norms, gradient_flow(network, twice, CLASSES).norms)
    assert not hasattr(scales[0], "largest_")
    outer.fit(X, CLASSES)
    fitted = gradient_flow(outer, X, CLASSES)
    assert_array_equal(fitted.norms, gradient_flow(network, twice, CLASSES).norms)
    assert (fitted.norms != fresh.norms).any()


@pytest.mark.parametrize(
    ("front", "scaled"),
    [
        (["passthrough"], False),
        (["passthrough", Scales()], True),
        ([Scales(), "passthrough"], True),
        ([make_pipeline(Scales(), "passthrough")], True),
        ([None, Scales(), None], True),
        ([], False),
    ],
    ids=str,
)
def test_steps_that_pass_through(front, scaled):
    pipeline = make_pipeline(*front, RNNClassifier(3, random_state=0, max_iter=2))
    given = Scales().fit_transform(X) if scaled else X
    fresh = gradient_flow(pipeline, X, CLASSES)
    assert_array_equal(fresh.norms, gradient_flow(pipeline[-1], given, CLASSES).norms)
    pipeline.fit(X, CLASSES)
    fitted = gradient_flow(pipeline, X, CLASSES)
    assert_array_equal(fitted.norms, gradient_flow(pipeline[-1], given, CLASSES).norms)


def test_the_picture_fits_transformers_once(pyplot):
    Scales.fits.clear()
    network = RNNClassifier(3, rnn_type="lstm", random_state=0)
    display = GradientFlowDisplay.from_estimator(
        make_pipeline(Scales(), network), X, CLASSES
    )
    assert display.name == "lstm"
    assert len(Scales.fits) == 1


def test_empty_sequences_count_for_nothing():
    """Even if they are so many that they fill a batch."""
    full = [x for x in X if len(x)]
    regressor = RNNRegressor(3, random_state=0, max_iter=1).fit(full, NUMBERS[:4])
    alone = gradient_flow(regressor, full, NUMBERS[:4])
    many = full + [np.empty((0, 2))] * 10_000
    flow = gradient_flow(regressor, many, np.resize(NUMBERS[:4], (10_004, 2)))
    assert_allclose(flow.norms, alone.norms)
    assert_array_equal(flow.n_sequences, alone.n_sequences)


def test_what_is_refused():
    with pytest.raises(ValueError, match="All sequences of X are empty"):
        gradient_flow(RNNClassifier(), [np.empty((0, 2))] * 5, CLASSES)
    with pytest.raises(TypeError, match="RNNClassifier or RNNRegressor, got RNNSeq"):
        gradient_flow(RNNSequenceTagger(), [[1, 2]], [[0, 1]])
    with pytest.raises(TypeError, match="got Pipeline"):
        gradient_flow(Pipeline([]), X, CLASSES)
    with pytest.raises(ValueError, match="hidden_layer_sizes"):
        gradient_flow(RNNClassifier(0), X, CLASSES)
    with pytest.raises(ValueError, match="names must hold a label for each of 2"):
        GradientFlowDisplay([[1.0], [2.0]], names=["one"])


def test_picture(pyplot):
    first = GradientFlowDisplay([[4.0, 2.0, 0.0]], name="tanh").plot()
    [line] = first.lines_
    assert_array_equal(line.get_ydata(), [1.0, 0.5, np.nan])
    estimator = RNNClassifier((3, 2), rnn_type="lstm", random_state=0)
    second = GradientFlowDisplay.from_estimator(estimator, X, CLASSES, ax=first.ax_)
    labels = [text.get_text() for text in second.ax_.get_legend().get_texts()]
    assert labels == ["tanh", "lstm, layer 1", "lstm, layer 2"]
    assert second.ax_.get_yscale() == "log"
    assert len({line.get_linestyle() for line in second.ax_.lines}) == 3
    absolute = GradientFlowDisplay([[4.0, 2.0]]).plot(relative=False)
    assert_array_equal(absolute.lines_[0].get_ydata(), [4.0, 2.0])
    assert absolute.lines_[0].get_label() == "layer 1"


def test_names_are_written_to_the_letter(pyplot):
    """Neither an underscore in front nor a dollar means anything."""
    first = GradientFlowDisplay([[2.0, 1.0]], name="_tanh $_$").plot()
    second = GradientFlowDisplay([[2.0, 1.0]], name="gru").plot(first.ax_)
    second.figure_.canvas.draw()
    texts = second.ax_.get_legend().get_texts()
    assert [text.get_text() for text in texts] == ["_tanh $_$", "gru"]
    assert not any(text.get_parse_math() for text in texts)


def test_nothing_is_divided_by_zero(pyplot):
    display = GradientFlowDisplay([[1.0, 2.0], [0.0, 2.0]])
    with pytest.raises(ValueError, match="The norm of layer 2 is 0 at the last step"):
        display.plot()
    assert not pyplot.get_fignums()
    line = display.plot(relative=False).lines_[1]
    assert_array_equal(line.get_ydata(), [np.nan, 2.0])
