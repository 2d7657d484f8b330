"""Every backward pass against central differences in float64.

The loss is a random weighting of everything that a forward pass returns, so that no
error can hide behind a symmetry. Rule one of this project: no backward without this.
"""

import numpy as np
import pytest
from helpers import (
    BATCHES,
    assert_gradient,
    central_differences,
    one_hot,
    packed,
    random_weights,
)
from scipy import sparse

from sklearn_rnn.core.crf import CRF
from sklearn_rnn.core.heads import Bernoulli, Gaussian, Softmax, SquaredError
from sklearn_rnn.core.layers import (
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Stack,
)
from sklearn_rnn.core.networks import sequence_to_sequence, sequence_to_value
from sklearn_rnn.core.pooling import POOLINGS
from sklearn_rnn.core.recurrent import CELLS, GRU, LSTM, RNN
from sklearn_rnn.core.training import Shard, objective

N_IN, N_UNITS = 3, 4


def relu(n_in, n_units):
    return RNN(n_in, n_units, activation="relu")


def bidirectional(cell):
    return lambda n_in, n: Bidirectional(cell(n_in, n), cell(n_in, n))


RECURRENT = {
    "rnn": RNN,
    "relu": relu,
    "lstm": LSTM,
    "gru": GRU,
    "bidirectional rnn": bidirectional(RNN),
    "bidirectional lstm": bidirectional(LSTM),
    "bidirectional gru": bidirectional(GRU),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("lengths", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("make", RECURRENT.values(), ids=RECURRENT)
def test_recurrent(make, lengths, masked):
    layer, packing, rng = make(N_IN, N_UNITS), packed(lengths), np.random.RandomState(1)
    layout, theta = random_weights(layer.parameters())
    w, grad = layout.views(theta), np.zeros_like(theta)
    x = rng.normal(size=(packing.n_tokens, N_IN))
    state = rng.normal(size=(layer.n_states, packing.n_sequences, layer.n_out))
    mask = rng.normal(size=state.shape[1:]) if masked else None

    out, end, trace = layer.forward(w, x, packing, state, mask)
    dout, dend = rng.normal(size=out.shape), rng.normal(size=end.shape)

    def loss():
        out, end, _ = layer.forward(w, x, packing, state, mask)
        return (out * dout).sum() + (end * dend).sum()

    dx, dstate = layer.backward(w, trace, dout.copy(), dend.copy(), layout.views(grad))
    assert_gradient(loss, w=(theta, grad), x=(x, dx), state=(state, dstate))


@pytest.mark.parametrize("n_layers", [1, 2, 3])
@pytest.mark.parametrize("rates", [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.3, 0.4)])
def test_stack_with_dropout(n_layers, rates):
    widths = [4, 2, 3][:n_layers]
    layers = [
        Bidirectional(GRU(n_in, n), GRU(n_in, n))
        for n_in, n in zip([N_IN, 8, 4], widths, strict=False)
    ]
    stack, packing = Stack(layers, *rates), packed(BATCHES["with empty ones"])
    layout, theta = random_weights(stack.parameters())
    w, grad, rng = layout.views(theta), np.zeros_like(theta), np.random.RandomState(1)
    x = rng.normal(size=(packing.n_tokens, N_IN))
    state = [rng.normal(size=(1, packing.n_sequences, layer.n_out)) for layer in layers]

    def forward():
        return stack.forward(w, x, packing, state, np.random.RandomState(7))

    out, end, trace = forward()
    dout, dend = rng.normal(size=out.shape), [rng.normal(size=s.shape) for s in end]

    def loss():
        out, end, _ = forward()
        return (out * dout).sum() + sum(
            (s * d).sum() for s, d in zip(end, dend, strict=True)
        )

    dend_ = [d.copy() for d in dend]
    dx, dstate = stack.backward(w, trace, dout.copy(), dend_, layout.views(grad))
    assert_gradient(loss, w=(theta, grad), x=(x, dx))
    for array, gradient in zip(state, dstate, strict=True):
        assert_gradient(loss, state=(array, gradient))


@pytest.mark.parametrize("lengths", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("kind", POOLINGS)
def test_pooling(kind, lengths):
    pooling, packing, rng = POOLINGS[kind](4), packed(lengths), np.random.RandomState(1)
    layout, theta = random_weights(pooling.parameters())
    w, grad = layout.views(theta), np.zeros_like(theta)
    out = rng.normal(size=(packing.n_tokens, 4))
    last = rng.normal(size=(packing.n_sequences, 4))
    pooled, trace = pooling.forward(w, out, last, packing)
    dpooled = rng.normal(size=pooled.shape)

    def loss():
        return (pooling.forward(w, out, last, packing)[0] * dpooled).sum()

    dout, dlast = pooling.backward(w, trace, dpooled, layout.views(grad))
    assert_gradient(loss, w=(theta, grad), out=(out, dout), last=(last, dlast))


def test_max_pooling_gives_a_tie_to_the_earliest_step():
    pooling, packing = POOLINGS["max"](1), packed([3])
    out = np.array([[1.0], [2.0], [2.0]])
    pooled, trace = pooling.forward({}, out, np.zeros((1, 1)), packing)
    dout, _ = pooling.backward({}, trace, np.array([[5.0]]), {})
    assert pooled == 2.0
    assert dout.ravel().tolist() == [0.0, 5.0, 0.0]


@pytest.mark.parametrize("layer", [Dense(3, 2), Embedding(3, 2, frozen=False)])
def test_dense_and_embedding(layer):
    layout, theta = random_weights(layer.parameters())
    w, grad, rng = layout.views(theta), np.zeros_like(theta), np.random.RandomState(1)
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    _, trace = layer.forward(w, x)
    dx = layer.backward(w, trace, dout, layout.views(grad))
    assert_gradient(
        lambda: (layer.forward(w, x)[0] * dout).sum(), w=(theta, grad), x=(x, dx)
    )


def test_dropout():
    layer, rng = Dropout(0.4), np.random.RandomState(1)
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))

    def forward():
        return layer.forward(x, np.random.RandomState(3))

    dx = layer.backward(forward()[1], dout)
    assert_gradient(lambda: (forward()[0] * dout).sum(), x=(x, dx))
    assert 0 < (forward()[0] == 0).sum() < x.size


def test_frozen_embedding():
    layer, rng = Embedding(3, 2, frozen=True), np.random.RandomState(1)
    layout, theta = random_weights(layer.parameters())
    w, grad = layout.views(theta), np.zeros_like(theta)
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    _, trace = layer.forward(w, x)
    dx = layer.backward(w, trace, dout, layout.views(grad))
    assert_gradient(lambda: (layer.forward(w, x)[0] * dout).sum(), x=(x, dx))
    assert not grad.any()
    x = sparse.csr_array(x)
    _, trace = layer.forward(w, x)
    assert layer.backward(w, trace, dout, layout.views(grad)) is None
    assert not grad.any()


def test_dropout_of_dense_steps():
    layer, rng = Dropout(0.4), np.random.RandomState(1)
    x, dout = rng.normal(size=(9, 3)), rng.normal(size=(9, 3))

    def forward():
        return layer.forward(x, np.random.RandomState(3))

    out, trace = forward()
    assert_gradient(
        lambda: (forward()[0] * dout).sum(), x=(x, layer.backward(trace, dout))
    )
    silenced = out == 0
    assert 0 < silenced.sum() < out.size
    np.testing.assert_allclose(out[~silenced], x[~silenced] / 0.6)


def test_dropout_of_sparse_steps():
    """Each stored element is silenced by itself."""
    layer = Dropout(0.4)
    dense = np.random.RandomState(1).randint(3, size=(40, 4)).astype(np.float32)
    dense[::7] = 0.0
    x = sparse.csr_array(dense)
    kept = x.copy()
    out, trace = layer.forward(x, np.random.RandomState(3))
    data, _ = layer.forward(x.data, np.random.RandomState(3))
    assert out.format == "csr"
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out.data, data)
    np.testing.assert_array_equal(out.indices, x.indices)
    np.testing.assert_array_equal(out.indptr, x.indptr)
    assert layer.backward(trace, None) is None
    np.testing.assert_array_equal(x.data, kept.data)


@pytest.mark.parametrize(("rate", "training"), [(0.0, True), (0.5, False)])
def test_no_dropout(rate, training):
    layer, rng = Dropout(rate), np.random.RandomState(3)
    x, dout = np.ones((5, 3)), np.ones((5, 3))
    out, trace = layer.forward(x, rng if training else None)
    assert out is x
    assert layer.backward(trace, dout) is dout
    assert rng.random_sample() == np.random.RandomState(3).random_sample()


@pytest.mark.parametrize(
    ("head", "y"),
    [
        (Softmax(3), np.array([0, 2, 1, 1])),
        (SquaredError(), np.random.RandomState(0).normal(size=(4, 3))),
        (Gaussian(2), np.random.RandomState(0).normal(size=(4, 2))),
        (Gaussian(2, 3), np.random.RandomState(0).normal(size=(4, 2))),
        (Bernoulli(3), np.random.RandomState(0).randint(2, size=(4, 3))),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("weight", [np.ones(4), np.array([2.0, 0.0, 0.5, 3.0])])
def test_heads(head, y, weight):
    n_scores = getattr(head, "n_scores", 3)
    scores = np.random.RandomState(1).normal(size=(4, n_scores))
    _, dscores = head.loss_gradient(scores, y, weight)
    assert_gradient(
        lambda: head.loss_gradient(scores, y, weight)[0], scores=(scores, dscores)
    )
    only = head.loss_gradient(scores[1:2], y[1:2], np.ones(1))[0]
    rest = head.loss_gradient(scores, y, np.array([1.0, 0.0, 1.0, 1.0]))[0]
    assert head.loss_gradient(scores, y, np.ones(4))[0] == pytest.approx(only + rest)


def test_gaussian_of_a_tiny_scale():
    """The variance has a floor, which its gradient knows."""
    head, y = Gaussian(1), np.array([[0.001], [0.0], [-0.003]])
    scores = np.array([[0.0, -9.0], [0.002, -6.0], [0.0, -30.0]])
    _, dscores = head.loss_gradient(scores, y, np.ones(3))
    expected = central_differences(
        lambda: head.loss_gradient(scores, y, np.ones(3))[0], scores, step=1e-7
    )
    np.testing.assert_allclose(dscores, expected, rtol=1e-5, atol=1e-5)
    assert abs(dscores[2, 1]) < 1e-10


def test_constant_scores_are_the_best_ones():
    weight, rng = np.array([2.0, 0.5, 1.0, 3.0]), np.random.RandomState(0)
    for head, y in [
        (Softmax(3), np.array([0, 2, 1, 1])),
        (SquaredError(), rng.rand(4, 3)),
        (Gaussian(3), rng.rand(4, 3)),
        (Bernoulli(2), np.array([[0, 1], [1, 1], [0, 0], [1, 0]])),
    ]:
        scores = np.tile(head.constant(y, weight), (4, 1))
        _, dscores = head.loss_gradient(scores, y, weight)
        np.testing.assert_allclose(dscores.sum(axis=0), 0.0, atol=1e-12)


NETWORKS = [
    dict(rnn_type=rnn_type, pooling=pooling, bidirectional=both, embedding_dim=width)
    for rnn_type in CELLS
    for pooling in POOLINGS
    for both in (False, True)
    for width in (None, 2)
]


def check_network(
    network, is_sparse, frozen=False, lengths="with empty ones", head=None, y=None
):
    """Check all gradients; returns that of x, None if it is sparse.

    A head other than the one of sequences learns y at each step.
    """
    packing, rng = packed(BATCHES[lengths]), np.random.RandomState(1)
    layout = network.layout()
    theta = rng.normal(0.0, 0.5, layout.size)
    w, grad = layout.views(theta), np.zeros_like(theta)
    x = rng.normal(size=(packing.n_tokens, 5))
    if is_sparse:
        x = one_hot(rng.randint(5, size=packing.n_tokens), 5)
    if head is None:
        head, y = Softmax(3), np.array([0, 2, 1, 1, 0])
        weight = np.array([1.0, 2.0, 0.0, 0.5, 3.0])
    else:
        weight = rng.rand(packing.n_tokens)
    shard = Shard(x, packing, y, weight)

    def loss(dw=None):
        dw = layout.views(np.zeros_like(theta)) if dw is None else dw
        stream = np.random.RandomState(2)
        return objective(network, head, w, dw, shard, stream)

    loss(layout.views(grad))
    if frozen:
        table = layout.named(grad)["embedding.E"]
        assert not table.any()
        assert layout.tables == ("embedding.E",)  # which comes first
        assert central_differences(loss, theta[: table.size]).any()
        assert_gradient(loss, w=(theta[table.size :], grad[table.size :]))
    else:
        assert_gradient(loss, w=(theta, grad))
    scores, trace = network.forward(w, x, packing, np.random.RandomState(2))
    _, dscores = head.loss_gradient(scores, y, weight)
    dx = network.backward(w, trace, dscores, layout.views(np.zeros_like(theta)))
    if is_sparse:
        assert dx is None
    else:
        assert_gradient(loss, x=(x, dx))
    return dx


@pytest.mark.parametrize(
    "options", NETWORKS, ids=lambda o: " ".join(map(str, o.values()))
)
@pytest.mark.parametrize(("dropout", "is_sparse"), [(0.4, False), (0.0, True)])
def test_whole_network(options, dropout, is_sparse):
    network = sequence_to_value(
        5, 3, (3, 2), dropout=dropout, recurrent_dropout=dropout / 2, **options
    )
    check_network(network, is_sparse)


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("input_dropout", [0.0, 0.4])
@pytest.mark.parametrize(
    ("embedding_dim", "freeze_embedding"), [(None, False), (2, False), (2, True)]
)
def test_network_with_input_dropout_and_frozen_embedding(
    embedding_dim, freeze_embedding, input_dropout, dropout, bidirectional, is_sparse
):
    network = sequence_to_value(
        5,
        3,
        (3, 2),
        rnn_type="gru",
        pooling="mean",
        bidirectional=bidirectional,
        embedding_dim=embedding_dim,
        freeze_embedding=freeze_embedding,
        dropout=dropout,
        input_dropout=input_dropout,
    )
    dx = check_network(network, is_sparse, freeze_embedding, "ragged")
    if input_dropout and not is_sparse:
        # The first numbers of the stream choose the elements.
        silenced = np.random.RandomState(2).random_sample(dx.shape) < input_dropout
        assert 0 < silenced.sum() < dx.size
        assert not dx[silenced].any()


# As labels "O", "B" and "I" of the scheme IOB2 would have it, and an end that is not.
FORBIDDEN = {
    "start": np.array([False, False, True]),
    "transition": np.array([[False, False, True], [False] * 3, [False] * 3]),
    "end": np.array([False, True, False]),
}
STEPS = {
    "softmax": (Softmax(3), {}),
    "gaussian": (Gaussian(2), {"n_outputs": 4}),
    "mixture": (Gaussian(2, 2), {"n_outputs": 10}),
    "bernoulli": (Bernoulli(3), {"n_outputs": 3}),
    "chain": (CRF(3), {"crf": True}),
    "chain with a scheme": (CRF(3), {"crf": True, "forbidden": FORBIDDEN}),
}


def step_labels(packing):
    """Labels of the packed tokens, which FORBIDDEN allows."""
    y = np.random.RandomState(5).randint(2, size=packing.n_tokens)
    previous = np.full(packing.n_sequences, 2)
    for token, column in enumerate(packing.columns):
        step = (packing.columns[:token] == column).sum()
        if step + 1 == packing.lengths[column]:
            y[token] = 0 if step == 0 or previous[column] == 0 else 2
        previous[column] = y[token]
    return y


def step_targets(head, packing):
    """What the packed tokens have to teach that head."""
    n = getattr(head, "n_features", 0)
    rng = np.random.RandomState(5)
    if isinstance(head, Gaussian):
        return rng.normal(size=(packing.n_tokens, n))
    if isinstance(head, Bernoulli):
        return rng.randint(2, size=(packing.n_tokens, n))
    return step_labels(packing)


@pytest.mark.parametrize(("head", "options"), STEPS.values(), ids=STEPS)
@pytest.mark.parametrize(
    ("rnn_type", "bidirectional"), [("rnn", True), ("lstm", False), ("gru", True)]
)
@pytest.mark.parametrize("embedding_dim", [None, 2])
@pytest.mark.parametrize(
    ("dropout", "lengths", "is_sparse"),
    [
        (0.4, "with empty ones", False),
        (0.4, "with empty ones", True),
        (0.0, "ragged", False),
        (0.0, "length one", True),
    ],
)
def test_whole_network_of_steps(
    head, options, rnn_type, bidirectional, embedding_dim, dropout, lengths, is_sparse
):
    network = sequence_to_sequence(
        **{"n_in": 5, "n_outputs": 3, "hidden_layer_sizes": (2, 2), **options},
        rnn_type=rnn_type,
        bidirectional=bidirectional,
        embedding_dim=embedding_dim,
        dropout=dropout,
        recurrent_dropout=dropout / 2,
        input_dropout=dropout / 2,
    )
    y = step_targets(head, packed(BATCHES[lengths]))
    check_network(network, is_sparse, lengths=lengths, head=head, y=y)


@pytest.mark.parametrize(("head", "options"), STEPS.values(), ids=STEPS)
def test_gradients_of_steps_add_to_what_is_there(head, options):
    options = {"n_in": 5, "n_outputs": 3, "hidden_layer_sizes": (3,), **options}
    network = sequence_to_sequence(rnn_type="gru", **options)
    packing, layout = packed([3, 0, 2]), network.layout()
    rng = np.random.RandomState(0)
    w, grad = layout.views(rng.normal(size=layout.size)), np.zeros(layout.size)
    x, y = rng.normal(size=(5, 5)), step_targets(head, packing)
    shard = Shard(x, packing, y, np.ones(5))
    objective(network, head, w, layout.views(grad), shard)
    once = grad.copy()
    assert np.abs(once).max() > 0
    objective(network, head, w, layout.views(grad), shard)
    np.testing.assert_allclose(grad, 2 * once, rtol=1e-12)


def test_what_is_forbidden_is_not_learned():
    network = sequence_to_sequence(
        5, 3, (3,), rnn_type="gru", crf=True, forbidden=FORBIDDEN
    )
    packing, layout = packed([3, 4]), network.layout()
    rng = np.random.RandomState(0)
    theta, grad = rng.normal(size=layout.size), np.zeros(layout.size)
    x = rng.normal(size=(7, 5))
    w = layout.views(theta)
    chain, _ = network.forward(w, x, packing)
    shard = Shard(x, packing, step_labels(packing), np.ones(7))
    objective(network, CRF(3), w, layout.views(grad), shard)
    assert list(network.allowed(w["labels"])) == list(FORBIDDEN)
    for name, forbidden in FORBIDDEN.items():
        scores, learned = getattr(chain, name), w["labels"][name]
        assert (scores[forbidden] == -np.inf).all()
        np.testing.assert_array_equal(scores[~forbidden], learned[~forbidden])
        gradient = layout.named(grad)[f"labels.{name}"]
        assert not gradient[forbidden].any()
        assert gradient[~forbidden].all()
