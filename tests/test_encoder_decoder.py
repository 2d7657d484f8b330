"""Encoder, bridge, decoder: gradients of the whole, and writing step by step."""

import numpy as np
import pytest
from helpers import assert_gradient, one_hot, random_weights

from sklearn_rnn.core.encoder_decoder import Bridge, Writer, encoder_decoder
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.layers import Bidirectional
from sklearn_rnn.core.pairs import PairData, Targets
from sklearn_rnn.core.recurrent import GRU, LSTM
from sklearn_rnn.core.scanning import Windows
from sklearn_rnn.core.training import minibatch, objective

N_IN, N_TARGET = 3, 4
SOURCE, TARGET = [3, 0, 4, 2, 1], [2, 3, 1, 5, 1]
NETWORKS = {
    "gru": {},
    "no attention": {"attention": None},
    "dot": {"attention": "dot"},
    "additive": {"attention": "additive"},
    "lstm": {"rnn_type": "lstm"},
    "one direction": {"bidirectional": False, "encoder_layer_sizes": [4]},
    "two layers": {"hidden_layer_sizes": [3, 4], "encoder_layer_sizes": [2, 2]},
    "deeper encoder": {"encoder_layer_sizes": [3, 2]},
    "deeper decoder": {"hidden_layer_sizes": [3, 3, 4]},
    "embeddings": {"embedding_dim": 2, "target_embedding_dim": 3},
    "dropout": {"dropout": 0.3, "recurrent_dropout": 0.2, "input_dropout": 0.2},
    "dropout, no attention": {"dropout": 0.3, "attention": None},
}


def network(**options):
    defaults = dict(
        hidden_layer_sizes=[4],
        encoder_layer_sizes=[2],
        attention="general",
        bidirectional=True,
        target_embedding_dim=None,
        rnn_type="gru",
    )
    return encoder_decoder(N_IN, N_TARGET, **{**defaults, **options})


def pairs(values=None, seed=3):
    """Data whose targets are random tokens."""
    rng = np.random.RandomState(seed)
    source, target = np.array(SOURCE), np.array(TARGET)
    n = int(target.sum())
    values = rng.normal(size=(source.sum(), N_IN)) if values is None else values
    read, y = rng.randint(N_TARGET + 1, size=(2, n))
    targets = Targets(one_hot(read, N_TARGET + 1), np.cumsum(target) - target, target)
    weight = np.repeat(rng.rand(len(source)) + 0.1, target)
    return PairData(values, np.cumsum(source) - source, source, y, weight, targets)


@pytest.mark.parametrize("options", NETWORKS.values(), ids=NETWORKS)
def test_gradient(options):
    whole, data = network(**options), pairs()
    layout, theta = random_weights(whole.layout().tree)
    (shard,), _ = minibatch(data, np.arange(len(SOURCE)))
    head, w = Softmax(N_TARGET + 1), layout.views(theta)

    def loss():
        grad = np.zeros_like(theta)
        stream = np.random.RandomState(5)
        return objective(whole, head, w, layout.views(grad), shard, stream), grad

    _, grad = loss()
    scores, trace = whole.forward(
        w, shard.x, shard.packing, np.random.RandomState(5), shard.teacher
    )
    _, dscores = head.loss_gradient(scores, shard.y, shard.weight)
    dx = whole.backward(w, trace, dscores, layout.views(np.zeros_like(theta)))
    assert_gradient(lambda: loss()[0], w=(theta, grad), x=(shard.x, dx))


@pytest.mark.parametrize("cell", [GRU, LSTM])
@pytest.mark.parametrize(("n_read", "n_written"), [(1, 1), (2, 1), (1, 3), (3, 2)])
def test_gradient_of_the_bridge(cell, n_read, n_written):
    read = [Bidirectional(cell(3, 2), cell(3, 2)) for _ in range(n_read)]
    written = [cell(3, 3) for _ in range(n_written)]
    bridge, rng = Bridge(read, written), np.random.RandomState(0)
    layout, theta = random_weights(bridge.parameters())
    w, grad = layout.views(theta), np.zeros_like(theta)
    state = [rng.normal(size=(layer.n_states, 4, layer.n_out)) for layer in read]
    column = np.array([2, 0, 3, 1])
    start, trace = bridge.forward(w, state, column)
    assert [s.shape for s in start] == [(cell.n_states, 4, 3)] * n_written
    dstart = [rng.normal(size=s.shape) for s in start]

    def loss():
        start, _ = bridge.forward(w, state, column)
        return sum((s * d).sum() for s, d in zip(start, dstart, strict=True))

    dstate = bridge.backward(w, trace, dstart, layout.views(grad))
    assert_gradient(loss, w=(theta, grad))
    for array, gradient in zip(state, dstate, strict=True):
        assert_gradient(loss, state=(array, gradient))


@pytest.mark.parametrize("kind", ["gru", "lstm", "rnn"])
@pytest.mark.parametrize("attention", ["general", None])
def test_a_minibatch_gives_what_each_pair_gives_alone(kind, attention):
    whole = network(rnn_type=kind, attention=attention)
    layout, theta = random_weights(whole.layout().tree)
    data, w = pairs(), layout.views(theta)
    results = {}
    for index in [np.arange(5), *np.arange(5)[:, None]]:
        (shard,), _ = minibatch(data, index)
        scores, _ = whole.forward(w, shard.x, shard.packing, teacher=shard.teacher)
        packing = shard.teacher.packing
        own = index[packing.order][packing.columns]
        for i in index:
            results.setdefault(i, []).append(scores[own == i])
    for together, alone in results.values():
        np.testing.assert_allclose(together, alone, rtol=1e-11)


@pytest.mark.parametrize("n_steps", [1, 2, 9])
@pytest.mark.parametrize("options", NETWORKS.values(), ids=NETWORKS)
def test_writing_step_by_step_gives_the_scores_of_the_teacher(options, n_steps):
    whole, data = network(**options), pairs()
    layout, theta = random_weights(whole.layout().tree)
    w, index = layout.views(theta), np.arange(len(SOURCE))
    (shard,), _ = minibatch(data, index)
    scores, _ = whole.forward(w, shard.x, shard.packing, teacher=shard.teacher)
    packing = shard.teacher.packing
    own = packing.order[packing.columns]
    windows = Windows(data, index, n_steps)
    memory, state = whole.read(w, windows)
    place = np.argsort(windows.index)
    memory, state = memory.subset(place), [s[:, place] for s in state]
    writer = Writer(whole, w)
    for t in range(max(TARGET)):
        running = np.flatnonzero(np.array(TARGET) > t)
        tokens = data.target.inputs.indices[data.target.starts[running] + t]
        rows = memory.subset(running)
        state_of = [s[:, running] for s in state]
        after = writer.read(tokens, state_of)
        for s, new in zip(state, after, strict=True):
            s[:, running] = new
        for i, row in zip(running, writer.scores(after, rows), strict=True):
            np.testing.assert_allclose(row, scores[own == i][t], rtol=1e-10)


def test_alignments_are_those_of_the_teacher():
    whole, data = network(), pairs()
    layout, theta = random_weights(whole.layout().tree)
    (shard,), _ = minibatch(data, np.arange(5))
    a = whole.align(layout.views(theta), shard.x, shard.packing, shard.teacher)
    n_read = np.array(SOURCE)[shard.teacher.packing.order]
    assert a.shape == (5, max(TARGET), max(SOURCE))
    for one, n, n_written in zip(a, n_read, shard.teacher.packing.lengths, strict=True):
        np.testing.assert_allclose(one[:n_written].sum(axis=1), float(n > 0))
        assert (one[:, n:] == 0).all()


def test_a_decoder_starts_as_what_reads_one_token_at_a_time():
    whole = encoder_decoder(
        3,
        400,
        [5],
        encoder_layer_sizes=[5],
        attention=None,
        bidirectional=False,
        target_embedding_dim=None,
        rnn_type="gru",
    )
    layout = whole.layout()
    w = layout.views(layout.start(np.random.RandomState(0), np.dtype(float)))
    assert 0.98 < abs(w["decoder"]["recurrent"]["0"]["Wx"]).max() <= 1.0


def test_a_subset_of_pairs():
    data = pairs()
    part = data.subset(np.array([3, 1]))
    assert part.total() == pytest.approx(
        5 * data.weight[data.target.starts[3]] + 3 * data.weight[data.target.starts[1]]
    )
    np.testing.assert_array_equal(part.step_weights(), [data.weight[6]] * 2)
    (shard,), _ = minibatch(part, np.array([0, 1]))
    (same,), _ = minibatch(data, np.array([3, 1]))
    np.testing.assert_array_equal(shard.x, same.x)
    np.testing.assert_array_equal(shard.y, same.y)
    np.testing.assert_array_equal(shard.teacher.x.indices, same.teacher.x.indices)


def test_weights_whose_sum_overflows_warn_of_nothing():
    data = pairs()
    assert data._replace(weight=np.full(len(data.weight), 1e308)).total() == np.inf


def test_dropout_hides_a_share_of_what_is_looked_at():
    whole, data = network(dropout=0.5, encoder_layer_sizes=[40]), pairs()
    layout, theta = random_weights(whole.layout().tree)
    (shard,), _ = minibatch(data, np.arange(len(SOURCE)))
    given = layout.views(theta), shard.x, shard.packing
    random_state = np.random.RandomState(0)
    _, trace = whole.forward(*given, random_state, shard.teacher)
    assert 0.4 < (trace.attended.s == 0).mean() < 0.6
    _, trace = whole.forward(*given, teacher=shard.teacher)
    assert (trace.attended.s != 0).all()
