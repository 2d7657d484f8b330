"""Recurrent layers against equations written a second time, and against themselves.

The gradients are tested by differences elsewhere; here is what must stay the same
when a batch is taken apart, reordered, cut in time or stored in another way.
"""

from math import exp, tanh

import numpy as np
import pytest
from helpers import one_hot, packed, random_weights

from sklearn_rnn.core.heads import Softmax, SquaredError
from sklearn_rnn.core.layers import Bidirectional, Stack
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.optimizers import SGD, Adam, AdamW, RMSProp
from sklearn_rnn.core.packing import pack, reversal
from sklearn_rnn.core.parameters import flatten
from sklearn_rnn.core.pooling import POOLINGS
from sklearn_rnn.core.recurrent import GRU, LSTM, RNN
from sklearn_rnn.core.training import Data, Shard, Trainer, objective

N_IN, N_UNITS = 3, 4
LENGTHS = [3, 0, 5, 2, 5, 1]


def relu(n_in, n_units):
    return RNN(n_in, n_units, activation="relu")


CELLS = {"rnn": RNN, "relu": relu, "lstm": LSTM, "gru": GRU}
LAYERS = CELLS | {
    "two rnn": lambda n_in, n: Bidirectional(RNN(n_in, n), RNN(n_in, n)),
    "two lstm": lambda n_in, n: Bidirectional(LSTM(n_in, n), LSTM(n_in, n)),
    "two gru": lambda n_in, n: Bidirectional(GRU(n_in, n), GRU(n_in, n)),
}
each_cell = pytest.mark.parametrize("make", CELLS.values(), ids=CELLS)
each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


class Case:
    """A layer with weights, a ragged batch, initial states and gradients to send."""

    def __init__(self, make, lengths=LENGTHS, dtype=np.float64, scale=0.5):
        self.layer = make(N_IN, N_UNITS)
        self.packing = packed(lengths)
        self.layout, theta = random_weights(self.layer.parameters(), scale=scale)
        self.theta = theta.astype(dtype)
        self.w = self.layout.views(self.theta)
        rng = np.random.RandomState(1)
        shape = (self.layer.n_states, len(lengths), self.layer.n_out)
        self.x = rng.normal(size=(sum(lengths), N_IN)).astype(dtype)
        self.state = rng.normal(size=shape).astype(dtype)
        self.dout = rng.normal(size=(sum(lengths), shape[2])).astype(dtype)
        self.dend = rng.normal(size=shape).astype(dtype)

    def backward(self, trace, dout=None, dend=None):
        """Gradients (dx, dstart, dtheta)."""
        dout = self.dout if dout is None else dout
        dend = self.dend if dend is None else dend
        grad = np.zeros_like(self.theta)
        dx, dstart = self.layer.backward(
            self.w, trace, dout.copy(), dend.copy(), self.layout.views(grad)
        )
        return dx, dstart, grad


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


def rnn_reference(w, x, h, activation=tanh):
    n = len(h)
    a = [w["b"][j] + x @ w["Wx"][:, j] + h @ w["Wh"][:, j] for j in range(n)]
    return [[activation(v) for v in a]]


def relu_reference(w, x, h):
    return rnn_reference(w, x, h, lambda v: max(v, 0.0))


def lstm_reference(w, x, h, c):
    n, new_h, new_c = len(h), [], []
    a = [w["b"][j] + x @ w["Wx"][:, j] + h @ w["Wh"][:, j] for j in range(4 * n)]
    for j in range(n):
        o, i, f = (1 / (1 + exp(-a[k * n + j])) for k in range(3))
        new_c.append(f * c[j] + i * tanh(a[3 * n + j]))
        new_h.append(o * tanh(new_c[j]))
    return [new_h, new_c]


def gru_reference(w, x, h):
    n, new_h = len(h), []
    gate_x = [w["b"][j] + x @ w["Wx"][:, j] for j in range(3 * n)]
    gate_h = [h @ w["Wh"][:, j] for j in range(3 * n)]
    for j in range(n):
        r, z = (1 / (1 + exp(-gate_x[k + j] - gate_h[k + j])) for k in (0, n))
        u = tanh(gate_x[2 * n + j] + r * (gate_h[2 * n + j] + w["bh"][j]))
        new_h.append((1 - z) * u + z * h[j])
    return [new_h]


REFERENCES = {
    "rnn": (RNN, rnn_reference),
    "relu": (relu, relu_reference),
    "lstm": (LSTM, lstm_reference),
    "gru": (GRU, gru_reference),
}


@pytest.mark.parametrize(("make", "reference"), REFERENCES.values(), ids=REFERENCES)
def test_against_scalar_equations(make, reference):
    case = Case(make)
    out, end, _ = case.layer.forward(case.w, case.x, case.packing, case.state)
    for column in range(len(LENGTHS)):
        state = list(case.state[:, column])
        for token in np.flatnonzero(case.packing.columns == column):
            state = [np.array(s) for s in reference(case.w, case.x[token], *state)]
            close(out[token], state[0])
        close(end[:, column], state)


@each_layer
def test_a_batch_is_each_sequence_alone(make):
    case = Case(make)
    out, end, trace = case.layer.forward(case.w, case.x, case.packing, case.state)
    dx, dstart, grad = case.backward(trace)
    total = np.zeros_like(grad)
    for column, length in enumerate(case.packing.lengths):
        token = case.packing.columns == column
        alone, one = packed([length]), slice(column, column + 1)
        state = case.state[:, one]
        its = case.layer.forward(case.w, case.x[token], alone, state)
        close(its[0], out[token])
        close(its[1], end[:, one])
        its = case.backward(its[2], case.dout[token], case.dend[:, one])
        close(its[0], dx[token])
        close(its[1], dstart[:, one])
        total += its[2]
    close(total, grad)


@each_cell
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_a_batch_is_its_beginning_and_its_rest(make, cut):
    """Backward too: the gradient of the state is all that crosses the cut."""
    case = Case(make)
    layer, packing, w = case.layer, case.packing, case.w
    out, end, trace = layer.forward(w, case.x, packing, case.state)
    dx, dstart, grad = case.backward(trace)

    n = packing.prefix(cut).n_tokens
    rest = packing._replace(rows=packing.rows[n:], sizes=packing.sizes[cut:])
    first = layer.forward(w, case.x[:n], packing.prefix(cut), case.state)
    second = layer.forward(w, case.x[n:], rest, first[1])
    close(np.concatenate([first[0], second[0]]), out)
    close(second[1], end)

    late = case.backward(second[2], case.dout[n:])
    early = case.backward(first[2], case.dout[:n], late[1])
    close(np.concatenate([early[0], late[0]]), dx)
    close(early[1], dstart)
    close(early[2] + late[2], grad)


@each_cell
def test_a_batch_is_its_single_steps(make):
    case = Case(make)
    packing, state, outs = case.packing, case.state, []
    out, end, _ = case.layer.forward(case.w, case.x, packing, state)
    ends = np.cumsum(packing.sizes)
    for n, stop in zip(packing.sizes, ends, strict=True):
        step = packing._replace(rows=np.arange(n), sizes=np.array([n]))
        x = case.x[stop - n : stop]
        now, state, _ = case.layer.forward(case.w, x, step, state)
        outs.append(now)
    close(np.concatenate(outs), out)
    close(state, end)


@each_layer
def test_order_of_the_sequences_does_not_matter(make):
    case, rng = Case(make), np.random.RandomState(2)
    lengths = np.asarray(LENGTHS)
    starts = np.cumsum(lengths) - lengths
    values, state = case.x, case.state
    dout = rng.normal(size=case.dout.shape)

    def run(order):
        """Results by token of the data and by sequence, whatever the order."""
        packing = pack(starts[order], lengths[order])
        sequence = np.asarray(order)[packing.order]
        start = state[:, sequence]
        out, end, trace = case.layer.forward(
            case.w, values[packing.rows], packing, start
        )
        dx, dstart, grad = case.backward(
            trace, dout[packing.rows], case.dend[:, sequence]
        )
        by_token, by_sequence = np.argsort(packing.rows), np.argsort(sequence)
        tokens = [out[by_token], dx[by_token]]
        return [*tokens, end[:, by_sequence], dstart[:, by_sequence], grad]

    for first, second in zip(run(range(6)), run(rng.permutation(6)), strict=True):
        close(second, first)


@each_cell
def test_bidirectional_is_two_runs(make):
    cell, n = make(N_IN, N_UNITS), N_UNITS
    case = Case(lambda n_in, n: Bidirectional(make(n_in, n), make(n_in, n)))
    packing, x, state = case.packing, case.x, case.state
    mask = np.random.RandomState(2).rand(*state.shape[1:])
    out, end, trace = case.layer.forward(case.w, x, packing, state, mask)
    dx, dstart, grad = case.backward(trace)
    dw, back = case.layout.views(grad), reversal(packing)

    total = np.zeros_like(dx)
    for name, order, own in [
        ("forward", slice(None), slice(0, n)),
        ("backward", back, slice(n, None)),
    ]:
        w = case.w[name]
        run, its_end, trace = cell.forward(
            w, x[order], packing, state[..., own], mask[:, own]
        )
        close(run[order], out[:, own])
        close(its_end, end[..., own])
        its = {key: np.zeros_like(value) for key, value in w.items()}
        dout, dend = case.dout[order, own].copy(), case.dend[..., own].copy()
        its_dx, its_dstart = cell.backward(w, trace, dout, dend, its)
        total += its_dx[order]
        close(its_dstart, dstart[..., own])
        for key, value in its.items():
            close(value, dw[name][key])
    close(total, dx)


@each_layer
def test_sparse_input_is_dense_input(make):
    case = Case(make)
    x = one_hot(np.random.RandomState(0).randint(N_IN, size=len(case.x)), N_IN)
    results = []
    for form in (x, x.toarray()):
        out, end, trace = case.layer.forward(case.w, form, case.packing, case.state)
        results.append([out, end, *case.backward(trace)[1:]])
    for first, second in zip(*results, strict=True):
        close(first, second)
    assert case.backward(case.layer.forward(case.w, x, *rest(case))[2])[0] is None


def rest(case):
    return case.packing, case.state


@each_layer
def test_a_stack_is_its_layers(make):
    bottom, packing = make(N_IN, N_UNITS), packed(LENGTHS)
    stack = Stack([bottom, make(bottom.n_out, 2)], 0.0, 0.0)
    layout, theta = random_weights(stack.parameters())
    w, grad, rng = layout.views(theta), np.zeros_like(theta), np.random.RandomState(1)
    x = rng.normal(size=(packing.n_tokens, N_IN))
    start = stack.start_state(packing.n_sequences, x.dtype)
    assert not any(state.any() for state in start)
    out, end, traces = stack.forward(w, x, packing, start)
    dout, dend = rng.normal(size=out.shape), [rng.normal(size=s.shape) for s in end]
    dend_ = [d.copy() for d in dend]
    dx, dstart = stack.backward(w, traces, dout.copy(), dend_, layout.views(grad))

    own = np.zeros_like(theta)
    dw, flow, own_traces = layout.views(own), x, []
    for i, layer in enumerate(stack.layers):
        flow, its_end, trace = layer.forward(w[str(i)], flow, packing, start[i])
        own_traces.append(trace)
        close(its_end, end[i])
    close(flow, out)
    dflow = dout.copy()
    for i in (1, 0):
        dflow, its_dstart = stack.layers[i].backward(
            w[str(i)], own_traces[i], dflow, dend[i], dw[str(i)]
        )
        close(its_dstart, dstart[i])
    close(dflow, dx)
    close(own, grad)


@each_cell
def test_recurrent_dropout_silences_the_same_units_at_all_steps(make):
    """A silenced unit reaches no later step: its rows of Wh might as well be zero."""
    case, dropped = Case(make), np.array([0, 2])
    mask = np.ones(case.state.shape[1:])
    mask[:, dropped] = 0.0
    masked, _, trace = case.layer.forward(case.w, case.x, *rest(case), mask)
    cut = {name: value.copy() for name, value in case.w.items()}
    cut["Wh"][dropped] = 0.0
    out, _, _ = case.layer.forward(cut, case.x, *rest(case))
    close(masked, out)
    grad = case.layout.views(case.backward(trace)[2])
    assert not grad["Wh"][dropped].any()
    assert grad["Wh"][1].any()


def test_stack_draws_one_recurrent_mask_a_sequence():
    stack, packing = Stack([GRU(N_IN, 50)], 0.0, 0.4), packed(LENGTHS)
    layout, theta = random_weights(stack.parameters())
    x = np.random.RandomState(0).normal(size=(packing.n_tokens, N_IN))
    start = stack.start_state(packing.n_sequences, x.dtype)
    rng = np.random.RandomState(1)
    _, _, [(_, trace)] = stack.forward(layout.views(theta), x, packing, start, rng)
    assert trace.mask.shape == (packing.n_sequences, 50)
    assert set(trace.mask.ravel()) == {0.0, 1 / 0.6}
    assert 0.25 < (trace.mask == 0.0).mean() < 0.55
    assert (trace.mask[0] != trace.mask[1]).any()


def network_of(rnn_type, pooling="last", **options):
    return sequence_to_value(
        5,
        options.pop("n_outputs", 3),
        options.pop("sizes", (4, 2)),
        pooling=pooling,
        rnn_type=rnn_type,
        embedding_dim=options.pop("embedding_dim", None),
        dropout=options.pop("dropout", 0.0),
        **options,
    )


def test_inference_drops_nothing():
    rates = dict(dropout=0.5, recurrent_dropout=0.5)
    plain = network_of("gru", embedding_dim=3)
    dropping = network_of("gru", embedding_dim=3, **rates)
    layout = plain.layout()
    w = layout.views(layout.start(np.random.RandomState(0), np.dtype(float)))
    packing, rng = packed(LENGTHS), np.random.RandomState(1)
    x = rng.normal(size=(packing.n_tokens, 5))
    expected = plain.forward(w, x, packing)[0]
    np.testing.assert_array_equal(dropping.forward(w, x, packing)[0], expected)
    assert (dropping.forward(w, x, packing, rng)[0] != expected).any()
    undisturbed = plain.forward(w, x, packing, rng)[0]
    np.testing.assert_array_equal(undisturbed, expected)


@each_layer
def test_layers_keep_float32(make):
    case = Case(make, dtype=np.float32)
    mask = np.ones(case.state.shape[1:], np.float32)
    for x in (case.x, one_hot(np.zeros(len(case.x)), N_IN).astype(np.float32)):
        out, end, trace = case.layer.forward(case.w, x, *rest(case), mask)
        dx, dstart, grad = case.backward(trace)
        for array in (out, end, dstart, grad, dx):
            assert array is None or array.dtype == np.float32


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
def test_networks_keep_float32(rnn_type, pooling):
    """What goes through, at every stage, though y and weights are float64."""
    options = dict(dropout=0.3, recurrent_dropout=0.3, embedding_dim=3)
    network = network_of(rnn_type, pooling, bidirectional=True, **options)
    layout, packing = network.layout(), packed(LENGTHS)
    theta = layout.start(np.random.RandomState(0), np.dtype(np.float32))
    w, rng = layout.views(theta), np.random.RandomState(1)
    x = rng.normal(size=(packing.n_tokens, 5)).astype(np.float32)
    scores, trace = network.forward(w, x, packing, rng)
    assert scores.dtype == np.float32
    out, state, _ = network.encoder.forward(w, x, packing)
    pooled, _ = network.pool(w, x, packing)
    for array in (out, pooled, *state):
        assert array.dtype == np.float32
    grad = np.zeros_like(theta)
    dx = network.backward(w, trace, np.ones_like(scores), layout.views(grad))
    assert dx.dtype == np.float32
    assert Softmax(3).inverse(scores).dtype == np.float32


RULES = [SGD(), SGD(nesterov=False), RMSProp(), Adam(), AdamW()]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: type(r).__name__)
@pytest.mark.parametrize("head", [Softmax(3), SquaredError()])
def test_training_keeps_float32(rule, head):
    """float64 numbers given as parameters, as grids of NumPy do, change nothing."""
    network, lengths = network_of("gru"), np.asarray(LENGTHS)
    layout, rng = network.layout(), np.random.RandomState(0)
    theta = layout.start(rng, np.float32)
    slots = np.zeros((rule.n_slots, layout.size), np.float32)
    y = np.arange(6) % 3 if isinstance(head, Softmax) else rng.normal(size=(6, 3))
    x = rng.normal(size=(lengths.sum(), 5)).astype(np.float32)
    data = Data(x, np.cumsum(lengths) - lengths, lengths, y, rng.rand(6))
    trainer = Trainer(
        network, head, rule, layout, None, 0.1, np.float64(0.1), 6, np.float64(0.01)
    )
    shards = [Shard(x, packed(LENGTHS), y, data.weight)]
    loss, grad = trainer.loss_gradient(theta, shards, None, rng)
    assert isinstance(loss, float)
    assert grad.dtype == np.float32
    rule.update(theta, grad, slots, np.float64(0.1), 1)
    trainer.decay(theta, grad, np.float64(0.1), None)
    for array in (theta, grad, slots):
        assert array.dtype == np.float32


@each_layer
@pytest.mark.parametrize("masked", [False, True])
def test_nothing_is_changed_that_belongs_to_others(make, masked):
    case = Case(make)
    mask = np.random.RandomState(0).rand(*case.state.shape[1:]) if masked else None
    given = [case.x, case.theta, case.state, case.packing.rows, case.packing.sizes]
    given += [mask] if masked else []
    out, end, trace = case.layer.forward(case.w, case.x, *rest(case), mask)
    # A trace may be used twice: tests, and staged predictions, do so.
    watched = [*given, *arrays(trace)]
    kept = [array.copy() for array in watched]
    first = case.backward(trace)
    second = case.backward(trace)
    for array, copy in zip(watched, kept, strict=True):
        np.testing.assert_array_equal(array, copy)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    again = case.layer.forward(case.w, case.x, *rest(case), mask)
    np.testing.assert_array_equal(again[0], out)
    np.testing.assert_array_equal(again[1], end)


def arrays(trace):
    """All arrays inside nested tuples and lists."""
    if isinstance(trace, np.ndarray):
        return [trace]
    if isinstance(trace, tuple | list):
        return [array for part in trace for array in arrays(part)]
    return []


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_network_changes_neither_x_nor_theta_nor_trace(pooling):
    options = dict(dropout=0.3, recurrent_dropout=0.3, embedding_dim=3)
    network = network_of("lstm", pooling, bidirectional=True, **options)
    layout, packing = network.layout(), packed(LENGTHS)
    theta = layout.start(np.random.RandomState(0), np.dtype(float))
    w, rng = layout.views(theta), np.random.RandomState(1)
    x = rng.normal(size=(packing.n_tokens, 5))
    scores, trace = network.forward(w, x, packing, rng)
    dscores = rng.normal(size=scores.shape)
    watched = [x, theta, scores, dscores, *arrays(trace)]
    kept, results = [array.copy() for array in watched], []
    for _ in range(2):
        grad = np.zeros_like(theta)
        dx = network.backward(w, trace, dscores, layout.views(grad))
        results.append((dx, grad))
        for array, copy in zip(watched, kept, strict=True):
            np.testing.assert_array_equal(array, copy)
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_inputs_saturate_quietly(rnn_type, pooling, dtype):
    network = network_of(rnn_type, pooling, bidirectional=True)
    layout, packing = network.layout(), packed([40, 3, 0])
    theta = layout.start(np.random.RandomState(0), dtype)
    w, grad, rng = layout.views(theta), np.zeros_like(theta), np.random.RandomState(1)
    x = (1e4 * rng.normal(size=(packing.n_tokens, 5))).astype(dtype)
    shard = Shard(x, packing, np.array([0, 2, 1]), np.ones(3))
    loss = objective(network, Softmax(3), w, layout.views(grad), shard)
    assert np.isfinite(loss)
    assert np.isfinite(grad).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores_give_a_finite_loss(dtype):
    scores = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], dtype)
    y, weight = np.array([1, 2]), np.ones(2)
    loss, dscores = Softmax(3).loss_gradient(scores, y, weight)
    assert loss == pytest.approx(2e4 + np.log(2))
    np.testing.assert_allclose(dscores, [[1, -1, 0], [0, 0.5, -0.5]])
    close(Softmax(3).inverse(scores).sum(axis=1), 1.0)


@each_layer
def test_parameters_are_all_used(make):
    """No weight may be without effect on a batch that is long enough."""
    case = Case(make)
    _, _, trace = case.layer.forward(case.w, case.x, *rest(case))
    named = case.layout.named(case.backward(trace)[2])
    assert set(named) == {name for name, _ in flatten(case.layer.parameters())}
    for value in named.values():
        assert np.count_nonzero(value) > 0.5 * value.size
