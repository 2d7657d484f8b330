"""Numbers of PyTorch for the same weights, frozen in a file by a script.

``benchmarks/freeze_torch.py`` wrote the file and says how the weights of the two
packages correspond; no PyTorch is needed here.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sklearn_rnn.core.attention import ATTENTIONS
from sklearn_rnn.core.encoder_decoder import encoder_decoder
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import recurrent_stack, sequence_to_value
from sklearn_rnn.core.optimizers import SCHEDULES, SGD, Adam, AdamW, RMSProp
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.pairs import PairData, Targets
from sklearn_rnn.core.parameters import Layout, Parameter, zeros
from sklearn_rnn.core.training import Data, State, Trainer, minibatch, objective

LENGTHS = np.array([3, 5, 1, 5, 2])
CELLS = {
    "rnn": dict(rnn_type="rnn"),
    "relu": dict(rnn_type="rnn", activation="relu"),
    "lstm": dict(rnn_type="lstm"),
    "gru": dict(rnn_type="gru"),
}


@cache
def reference(section):
    """Arrays of one section of the file, by their names."""
    with np.load(Path(__file__).parent / "data" / "torch_reference.npz") as arrays:
        prefix = f"{section}/"
        return {
            name.removeprefix(prefix): arrays[name]
            for name in arrays.files
            if name.startswith(prefix)
        }


def vector(layout, frozen, prefix):
    """The flat vector whose views are the arrays ``prefix`` of the file."""
    theta = np.full(layout.size, np.nan)
    for name, view in layout.named(theta).items():
        view[...] = frozen[f"{prefix}.{name}"]
    return theta


def close(actual, expected, name=""):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-10, err_msg=name)


@pytest.mark.parametrize(
    ("depth", "widths", "bidirectional"),
    [("one layer", (4,), False), ("two bidirectional", (4, 4), True)],
)
@pytest.mark.parametrize("name", CELLS)
def test_layers(name, depth, widths, bidirectional):
    frozen = reference(f"{name} {depth}")
    stack = recurrent_stack(
        3, widths, dropout=0.0, bidirectional=bidirectional, **CELLS[name]
    )
    layout, packing = Layout(stack.parameters()), pack(np.cumsum(LENGTHS), LENGTHS)
    theta = vector(layout, frozen, "w")
    w, grad, layers = layout.views(theta), np.zeros_like(theta), range(len(widths))
    start = [frozen[f"start.{i}"] for i in layers]
    out, end, traces = stack.forward(w, frozen["x"], packing, start)
    dend = [frozen[f"dend.{i}"].copy() for i in layers]
    dx, dstart = stack.backward(
        w, traces, frozen["dout"].copy(), dend, layout.views(grad)
    )
    close(out, frozen["out"])
    close(dx, frozen["dx"])
    for i in layers:
        close(end[i], frozen[f"end.{i}"])
        close(dstart[i], frozen[f"dstart.{i}"])
    for key, value in layout.named(grad).items():
        close(value, frozen[f"dw.{key}"], key)


@pytest.mark.parametrize(
    ("name", "rule", "alpha"),
    [
        ("sgd", SGD(0.9, nesterov=False), 0.02),
        ("nesterov", SGD(0.9, nesterov=True), 0.0),
        ("rmsprop", RMSProp(0.9, 1e-8), 0.0),
        ("adam", Adam(), 0.02),
        ("adamw", AdamW(), 0.02),
    ],
)
def test_ten_steps_of_an_optimizer(name, rule, alpha):
    frozen = reference("optimizers")
    layout = Layout({"W": Parameter((4, 5), zeros)})
    trainer = Trainer(None, None, rule, layout, None, 0.1, alpha, 1, None)
    theta = frozen["start"].ravel().copy()
    slots = np.zeros((rule.n_slots, theta.size))
    for t, (grad, expected) in enumerate(
        zip(frozen["grads"], frozen[name], strict=True)
    ):
        grad = grad.ravel().copy()
        trainer.decay(theta, grad, 0.1, None)
        rule.update(theta, grad, slots, 0.1, t + 1)
        close(theta, expected.ravel())


def test_losses_of_a_whole_network():
    """Bidirectional GRU of two layers, softmax, clipping, Adam: twenty updates."""
    frozen = reference("training")
    network = sequence_to_value(
        3,
        3,
        (4, 4),
        pooling="last",
        embedding_dim=None,
        dropout=0.0,
        rnn_type="gru",
        bidirectional=True,
    )
    layout, lengths = network.layout(), frozen["lengths"]
    state = State(vector(layout, frozen, "w"), np.zeros((2, layout.size)))
    starts, n = np.cumsum(lengths) - lengths, len(lengths)
    data = Data(frozen["values"], starts, lengths, frozen["y"], np.ones(n))
    rate, most = float(frozen["rate"]), float(frozen["max_norm"])
    trainer = Trainer(
        network,
        Softmax(3),
        Adam(),
        layout,
        SCHEDULES["constant"],
        learning_rate=rate,
        alpha=0.0,
        batch_size=8,
        max_grad_norm=most,
    )
    rng = np.random.RandomState(0)
    losses = [
        trainer.update(state, data, index, rate, rng, 1) / len(index)
        for index in frozen["index"]
    ]
    assert len(losses) == 20
    close(losses, frozen["losses"])


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_encoder_and_decoder(attention):
    """Scores, loss and all gradients, which PyTorch computed pair by pair."""
    frozen = reference(f"attention {attention}")
    network = encoder_decoder(
        3,
        5,
        [4],
        encoder_layer_sizes=[2],
        attention=attention,
        bidirectional=True,
        target_embedding_dim=None,
        rnn_type="gru",
    )
    layout, lengths = network.layout(), frozen["target_lengths"]
    theta = vector(layout, frozen, "w")
    w, grad = layout.views(theta), np.zeros_like(theta)
    read = np.eye(6)[frozen["read"]]
    target = Targets(read, np.cumsum(lengths) - lengths, lengths)
    starts, weight = np.cumsum(LENGTHS) - LENGTHS, np.ones(len(frozen["y"]))
    data = PairData(frozen["values"], starts, LENGTHS, frozen["y"], weight, target)
    (shard,), _ = minibatch(data, np.arange(len(LENGTHS)))
    scores, _ = network.forward(w, shard.x, shard.packing, teacher=shard.teacher)
    rows = pack(target.starts, lengths).rows
    close(scores, frozen["scores"][rows])
    loss = objective(network, Softmax(6), w, layout.views(grad), shard)
    close(loss, frozen["loss"])
    for key, value in layout.named(grad).items():
        close(value, frozen[f"dw.{key}"], key)
