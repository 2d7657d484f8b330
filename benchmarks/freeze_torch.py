"""Write the numbers of PyTorch that the tests compare ours with.

Shows nothing: it computes outputs, states, gradients, optimizer steps and the losses
of a whole network in PyTorch, float64, from weights and inputs drawn here, and stores
both, so that the tests need no PyTorch. Run once, and again when a case is added:

    python benchmarks/freeze_torch.py

The weights of the two packages correspond as ``sklearn_rnn/export/_gates.py`` says. The
scripts beside this one use what is here, too.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence

from sklearn_rnn.core.attention import ATTENTIONS
from sklearn_rnn.core.encoder_decoder import encoder_decoder
from sklearn_rnn.core.networks import recurrent_stack, sequence_to_value
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.parameters import Layout
from sklearn_rnn.export._gates import from_library, to_library
from sklearn_rnn.export._torch_state import names_of_layers

TARGET = Path(__file__).parents[1] / "tests" / "data" / "torch_reference.npz"
N_IN, N_UNITS, LENGTHS = 3, 4, np.array([3, 5, 1, 5, 2])
CELLS = {
    "rnn": dict(rnn_type="rnn"),
    "relu": dict(rnn_type="rnn", activation="relu"),
    "lstm": dict(rnn_type="lstm"),
    "gru": dict(rnn_type="gru"),
}


def torch_recurrent(n_in, n_units, n_layers, bidirectional, *, rnn_type, **options):
    """PyTorch's layer of the given cell."""
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[rnn_type]
    if "activation" in options:
        options = {"nonlinearity": options["activation"]}
    return module(n_in, n_units, n_layers, bidirectional=bidirectional, **options)


def load_(module, rnn_type, w):
    """Give a recurrent module of PyTorch our weights, whole stack."""
    with torch.no_grad():
        for names, own in names_of_layers(w):
            arrays = to_library("torch", rnn_type, own)
            for name, value in zip(names, arrays, strict=True):
                getattr(module, name).copy_(torch.tensor(value))


def hold_second_bias_(rnn_type, gradient):
    """Drop the gradient of a bias that we do not have: only a GRU has part of it."""
    gradient[: len(gradient) // 3 * 2 if rnn_type == "gru" else None] = 0.0


def store_gradients_(module, rnn_type, dw):
    """Write the gradients of a recurrent module of PyTorch where ours would be."""
    for names, own in names_of_layers(dw):
        arrays = [getattr(module, name).grad.numpy() for name in names]
        hold_second_bias_(rnn_type, arrays[-1])
        for name, value in from_library("torch", rnn_type, *arrays).items():
            own[name][...] = value


class TorchNetwork(torch.nn.Module):
    """Recurrent layers, last state, output layer, with the weights of ours."""

    def __init__(self, network, w, n_units, *, rnn_type):
        super().__init__()
        layers = network.encoder.stack.layers
        bidirectional = layers[0].n_out == 2 * n_units
        self.rnn_type = rnn_type
        self.recurrent = torch_recurrent(
            network.encoder.stack.n_in,
            n_units,
            len(layers),
            bidirectional,
            rnn_type=rnn_type,
        )
        self.output = torch.nn.Linear(*w["output"]["W"].shape)
        self.double()
        load_(self.recurrent, rnn_type, w["recurrent"])
        with torch.no_grad():
            self.output.weight.copy_(torch.tensor(w["output"]["W"].T))
            self.output.bias.copy_(torch.tensor(w["output"]["b"]))

    def forward(self, x, packing):
        """Scores of a packed minibatch."""
        _, end = self.recurrent(packed_sequence(x, packing))
        h = end[0] if self.rnn_type == "lstm" else end
        n_directions = 2 if self.recurrent.bidirectional else 1
        return self.output(torch.cat(list(h[-n_directions:]), dim=1))

    def hold_second_biases(self):
        """Drop the gradients of biases that we do not have."""
        for name, parameter in self.recurrent.named_parameters():
            if name.startswith("bias_hh"):
                hold_second_bias_(self.rnn_type, parameter.grad)

    def clip_(self, max_norm):
        """As ours; torch's own divides by the norm plus 1e-6."""
        grads = [parameter.grad for parameter in self.parameters()]
        norm = torch.sqrt(sum((grad**2).sum() for grad in grads))
        for grad in grads:
            grad *= min(1.0, float(max_norm / norm))
        return float(norm)


def packed_sequence(x, packing):
    """PyTorch packs as we do: time-major, longest sequence first."""
    return PackedSequence(torch.as_tensor(x), torch.as_tensor(packing.sizes))


def torch_state(states, n_units, rnn_type):
    """Our list of states as PyTorch's: (layers x directions, n, units)."""
    parts = [
        s for state in states for s in np.split(state, state.shape[2] // n_units, 2)
    ]
    whole = torch.tensor(np.stack(parts, axis=1))  # (n_states, layers x directions, …)
    whole.requires_grad_()
    return whole, (tuple(whole) if rnn_type == "lstm" else whole[0])


def our_state(state, n_layers):
    """The way back, from an array (n_states, layers x directions, n, units)."""
    per_layer = np.split(state, n_layers, axis=1)
    return [np.concatenate(list(s.swapaxes(0, 1)), axis=2) for s in per_layer]


def freeze_layers(name, n_layers, bidirectional, rng):
    """Forward and backward of a recurrent stack, initial and final states included."""
    options, widths = CELLS[name], (N_UNITS,) * n_layers
    rnn_type = options["rnn_type"]
    stack = recurrent_stack(
        N_IN, widths, dropout=0.0, bidirectional=bidirectional, **options
    )
    layout, packing = Layout(stack.parameters()), pack(np.cumsum(LENGTHS), LENGTHS)
    theta = rng.normal(0.0, 0.5, layout.size)
    grad, w = np.zeros_like(theta), layout.views(theta)
    start = [rng.normal(size=s.shape) for s in stack.start_state(len(LENGTHS), float)]
    x = torch.tensor(rng.normal(size=(packing.n_tokens, N_IN)), requires_grad=True)

    module = torch_recurrent(N_IN, N_UNITS, n_layers, bidirectional, **options).double()
    load_(module, rnn_type, w)
    leaf, state = torch_state(start, N_UNITS, rnn_type)
    out, end = module(packed_sequence(x, packing), state)
    end = torch.stack(end) if rnn_type == "lstm" else end[None]
    dout, dend = rng.normal(size=out.data.shape), rng.normal(size=end.shape)
    loss = (out.data * torch.tensor(dout)).sum() + (end * torch.tensor(dend)).sum()
    loss.backward()
    store_gradients_(module, rnn_type, layout.views(grad))

    arrays = {"x": x.detach(), "dx": x.grad, "out": out.data.detach(), "dout": dout}
    frozen = {key: np.asarray(value) for key, value in arrays.items()}
    frozen |= {f"w.{key}": value for key, value in layout.named(theta).items()}
    frozen |= {f"dw.{key}": value for key, value in layout.named(grad).items()}
    of_states = {"end": end.detach().numpy(), "dend": dend, "dstart": leaf.grad.numpy()}
    of_states = {key: our_state(s, n_layers) for key, s in of_states.items()}
    for key, states in (of_states | {"start": start}).items():
        frozen |= {f"{key}.{i}": state for i, state in enumerate(states)}
    return frozen


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.02),
    "nesterov": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, 0.1, alpha=0.9, eps=1e-8),
    "adam": lambda p: torch.optim.Adam(p, 0.1, weight_decay=0.02),
    "adamw": lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.02),
}


def freeze_optimizers(rng):
    """Ten steps of each optimizer along given gradients."""
    start, grads = rng.normal(size=(4, 5)), rng.normal(size=(10, 4, 5))
    frozen = {"start": start, "grads": grads}
    for name, make in OPTIMIZERS.items():
        theta = torch.tensor(start, requires_grad=True)
        optimizer, path = make([theta]), []
        for grad in grads:
            theta.grad = torch.tensor(grad)
            optimizer.step()
            path.append(theta.detach().numpy().copy())
        frozen[name] = np.stack(path)
    return frozen


def train_torch(module, loss, batches, optimizer, max_norm):
    """Losses of updates with ``batches``, a list of (x, packing, y)."""
    losses, norms = [], []
    for x, packing, y in batches:
        optimizer.zero_grad()
        value = loss(module(x, packing), torch.as_tensor(y))
        value.backward()
        module.hold_second_biases()
        norms.append(module.clip_(max_norm))
        optimizer.step()
        losses.append(value.item())
    return losses, norms


def freeze_training(rng, n_sequences=24, n_updates=20, batch_size=8, max_norm=0.5):
    """Losses of a whole network, two bidirectional GRU layers, with clipping."""
    options = dict(pooling="last", embedding_dim=None, dropout=0.0)
    network = sequence_to_value(
        N_IN, 3, (N_UNITS, N_UNITS), rnn_type="gru", bidirectional=True, **options
    )
    layout = network.layout()
    theta = layout.start(rng, np.float64)
    lengths = rng.randint(1, 9, size=n_sequences)
    starts, y = np.cumsum(lengths) - lengths, rng.randint(3, size=n_sequences)
    values = rng.normal(size=(lengths.sum(), N_IN))
    index = rng.randint(n_sequences, size=(n_updates, batch_size))

    module = TorchNetwork(network, layout.views(theta), N_UNITS, rnn_type="gru")
    optimizer = torch.optim.Adam(module.parameters(), 0.02)
    batches = []
    for batch in index:
        packing = pack(starts[batch], lengths[batch])
        batches.append((values[packing.rows], packing, y[batch[packing.order]]))
    loss = torch.nn.functional.cross_entropy
    losses, norms = train_torch(module, loss, batches, optimizer, max_norm)
    assert min(norms) < max_norm < max(norms), "clipping must act on some steps only"
    frozen = {f"w.{name}": value for name, value in layout.named(theta).items()}
    data = dict(values=values, lengths=lengths, y=y, index=index, losses=losses)
    return frozen | data | {"max_norm": max_norm, "rate": 0.02}


def torch_energies(attention, w, h, s):
    """How well states of a decoder (n, units) fit those of an encoder (m, units)."""
    if attention == "dot":
        return h @ s.T
    if attention == "general":
        return h @ w["attention.W"] @ s.T
    hidden = torch.tanh((h @ w["attention.W"])[:, None] + s @ w["attention.U"])
    return (hidden @ w["attention.v"])[..., 0]


def torch_translation(attention, w, encoder, decoder, x, read):
    """Scores of what follows each token read by the decoder, for a single pair."""
    s, end = encoder(x)
    start = torch.tanh(torch.cat(list(end)) @ w["bridge.0.W"] + w["bridge.0.b"])
    h, _ = decoder(read, start[None])
    a = torch.softmax(torch_energies(attention, w, h, s), dim=1)
    both = torch.cat([a @ s, h], dim=1) @ w["combination.W"] + w["combination.b"]
    return torch.tanh(both) @ w["output.W"] + w["output.b"]


def freeze_translation(attention, rng, n_target=5):
    """Scores, loss and gradients of encoder and decoder, one pair after another."""
    network = encoder_decoder(
        N_IN,
        n_target,
        [N_UNITS],
        encoder_layer_sizes=[N_UNITS // 2],
        attention=attention,
        bidirectional=True,
        target_embedding_dim=None,
        rnn_type="gru",
    )
    layout = network.layout()
    theta = rng.normal(0.0, 0.5, layout.size)
    grad, w = np.zeros_like(theta), layout.views(theta)
    encoder = torch_recurrent(N_IN, N_UNITS // 2, 1, True, rnn_type="gru").double()
    decoder = torch_recurrent(n_target + 1, N_UNITS, 1, False, rnn_type="gru").double()
    load_(encoder, "gru", w["recurrent"])
    load_(decoder, "gru", w["decoder"]["recurrent"])
    leaves = {
        name: torch.tensor(value, requires_grad=True)
        for name, value in layout.named(theta).items()
        if "recurrent" not in name
    }
    values, target_lengths = rng.normal(size=(LENGTHS.sum(), N_IN)), LENGTHS[::-1] + 1
    read, y = rng.randint(n_target + 1, size=(2, target_lengths.sum()))
    scores = torch.cat(
        [
            torch_translation(attention, leaves, encoder, decoder, *pair)
            for pair in zip(
                torch.split(torch.tensor(values), LENGTHS.tolist()),
                torch.split(torch.eye(n_target + 1).double()[read], [*target_lengths]),
                strict=True,
            )
        ]
    )
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(y), reduction="sum")
    loss.backward()
    dw = layout.views(grad)
    store_gradients_(encoder, "gru", dw["recurrent"])
    store_gradients_(decoder, "gru", dw["decoder"]["recurrent"])
    for name, leaf in leaves.items():
        layout.named(grad)[name][...] = leaf.grad.numpy()
    frozen = dict(values=values, target_lengths=target_lengths, read=read, y=y)
    frozen |= dict(scores=scores.detach().numpy(), loss=loss.item())
    frozen |= {f"w.{key}": value for key, value in layout.named(theta).items()}
    return frozen | {f"dw.{key}": value for key, value in layout.named(grad).items()}


def main():
    """Compute everything and write one file."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    rng = np.random.RandomState(0)
    sections = {"optimizers": freeze_optimizers(rng), "training": freeze_training(rng)}
    for name in CELLS:
        sections[f"{name} one layer"] = freeze_layers(name, 1, False, rng)
        sections[f"{name} two bidirectional"] = freeze_layers(name, 2, True, rng)
    for attention in ATTENTIONS:
        sections[f"attention {attention}"] = freeze_translation(attention, rng)
    arrays = {
        f"{section}/{key}": value
        for section, its in sections.items()
        for key, value in its.items()
    }
    np.savez_compressed(TARGET, torch_version=torch.__version__, **arrays)
    print(f"{TARGET}: {len(arrays)} arrays, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
