"""Losses of twenty updates, ours beside those of PyTorch from the same start.

Shows that a network here and the same network in PyTorch are the same thing: equal
initial weights, minibatches, Adam and clipping give equal losses in float64, for a
classifier (softmax) and a regressor (squared error), each cell, two bidirectional
layers. The target is a difference of at most 1e-5. Run:

    python benchmarks/parity.py
"""

import argparse
import sys

import numpy as np
import torch
from freeze_torch import TorchNetwork, train_torch

from sklearn_rnn.core.heads import Softmax, SquaredError
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.optimizers import SCHEDULES, Adam
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.training import Data, State, Trainer

TARGET, RATE, MAX_NORM = 1e-5, 0.01, 1.0
N_IN, N_UNITS, N_OUT, N_SEQUENCES, BATCH_SIZE, N_UPDATES = 6, 16, 3, 64, 16, 20


def half_squared_error(scores, y):
    """As our head has it."""
    return 0.5 * torch.nn.functional.mse_loss(scores, y)


TASKS = {
    "classifier": (Softmax(N_OUT), torch.nn.functional.cross_entropy),
    "regressor": (SquaredError(), half_squared_error),
}


def draw_data(task, rng):
    """Ragged sequences, and something to learn from them."""
    lengths = rng.randint(1, 20, size=N_SEQUENCES)
    values = rng.normal(size=(lengths.sum(), N_IN))
    if task == "classifier":
        y = rng.randint(N_OUT, size=N_SEQUENCES)
    else:
        y = rng.normal(size=(N_SEQUENCES, N_OUT))
    starts = np.cumsum(lengths) - lengths
    return Data(values, starts, lengths, y, np.ones(N_SEQUENCES))


def our_losses(network, head, layout, theta, data, indices):
    """Twenty updates here."""
    trainer = Trainer(
        network,
        head,
        Adam(),
        layout,
        SCHEDULES["constant"],
        learning_rate=RATE,
        alpha=0.0,
        batch_size=BATCH_SIZE,
        max_grad_norm=MAX_NORM,
    )
    state, rng = State(theta, np.zeros((2, theta.size))), np.random.RandomState(0)
    return [
        trainer.update(state, data, index, RATE, rng, 1) / len(index)
        for index in indices
    ]


def torch_losses(network, loss, layout, theta, data, indices, rnn_type):
    """Twenty updates there."""
    module = TorchNetwork(network, layout.views(theta), N_UNITS, rnn_type=rnn_type)
    batches = []
    for index in indices:
        packing = pack(data.starts[index], data.lengths[index])
        y = data.y[index[packing.order]]
        batches.append((data.values[packing.rows], packing, y))
    optimizer = torch.optim.Adam(module.parameters(), RATE)
    return train_torch(module, loss, batches, optimizer, MAX_NORM)[0]


def compare(task, rnn_type):
    """Losses (ours, PyTorch's) of one task and cell."""
    rng = np.random.RandomState(0)
    network = sequence_to_value(
        N_IN,
        N_OUT,
        (N_UNITS, N_UNITS),
        pooling="last",
        embedding_dim=None,
        dropout=0.0,
        rnn_type=rnn_type,
        bidirectional=True,
    )
    layout, data = network.layout(), draw_data(task, rng)
    theta = layout.start(rng, np.float64)
    indices = rng.randint(N_SEQUENCES, size=(N_UPDATES, BATCH_SIZE))
    head, loss = TASKS[task]
    theirs = torch_losses(network, loss, layout, theta, data, indices, rnn_type)
    return our_losses(network, head, layout, theta.copy(), data, indices), theirs


def main():
    """Print both series of losses and the largest difference."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(f"NumPy {np.__version__}, PyTorch {torch.__version__}, float64")
    worst = 0.0
    for task in TASKS:
        for rnn_type in ("rnn", "lstm", "gru"):
            ours, theirs = compare(task, rnn_type)
            difference = np.abs(np.subtract(ours, theirs)).max()
            worst = max(worst, difference)
            print(f"\n{task}, {rnn_type}: largest difference {difference:.1e}")
            for name, losses in [("ours", ours), ("PyTorch", theirs)]:
                rows = (
                    " ".join(f"{v:.6f}" for v in half)
                    for half in np.split(np.array(losses), 2)
                )
                print(f"{name:>8}", f"\n{'':8} ".join(rows))
    print(f"\nlargest difference of all {worst:.1e}, target {TARGET:.0e}")
    return int(worst > TARGET)


if __name__ == "__main__":
    sys.exit(main())
