"""Time of one training step on one-hot input, by the size of the vocabulary.

Shows that a step costs what its minibatch contains and not what the vocabulary could:
only rows of the tables that occur are touched, by the gradient and by the optimizer.
A vocabulary of 1,000 against one of 100,000, with the same tokens (the first 1,000
ids) and with tokens drawn from all ids; minibatches of 32 ragged sequences, a GRU of
64 units, float32, one BLAS thread. Contestants take turns on the same minibatches.
The ratio of the medians for the same tokens should be 1.3 at most; with tokens from
all ids more rows occur in a minibatch, which is counted in the last column.

    python benchmarks/sparse_step.py [--quick] [--profile]
"""

import argparse
import cProfile
import os
import platform
import pstats
import time

import numpy as np
from scipy import __version__ as scipy_version
from scipy import sparse

from sklearn_rnn._threads import workers
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.optimizers import SCHEDULES, SGD, Adam
from sklearn_rnn.core.training import Data, State, Trainer, minibatch

SMALL, LARGE, TARGET = 1_000, 100_000, 1.3
N_SEQUENCES, BATCH_SIZE, N_UNITS, N_CLASSES, RATE = 512, 32, 64, 2, 1e-3
# name -> (size of the vocabulary, ids that tokens are drawn from)
VOCABULARIES = {
    "1,000": (SMALL, SMALL),
    "100,000 same tokens": (LARGE, SMALL),
    "100,000 all ids": (LARGE, LARGE),
}
OPTIMIZERS = {"adam": Adam, "sgd": SGD}


def one_hot_data(n_features, n_drawn):
    """Ragged one-hot sequences; the same ones for the same ``n_drawn``."""
    rng = np.random.RandomState(0)
    lengths = rng.randint(5, 41, size=N_SEQUENCES)
    y = rng.randint(N_CLASSES, size=N_SEQUENCES)
    n = lengths.sum()
    tokens = rng.randint(n_drawn, size=n).astype(np.int32)
    parts = (np.ones(n, np.float32), tokens, np.arange(n + 1, dtype=np.int32))
    values = sparse.csr_array(parts, shape=(n, n_features))
    return Data(values, np.cumsum(lengths) - lengths, lengths, y, np.ones(N_SEQUENCES))


class Contestant:
    """A network and its training on one vocabulary."""

    def __init__(self, vocabulary, embedding_dim, optimizer):
        n_features, n_drawn = VOCABULARIES[vocabulary]
        self.data = one_hot_data(n_features, n_drawn)
        self.rng = np.random.RandomState(0)
        network = sequence_to_value(
            n_features,
            N_CLASSES,
            (N_UNITS,),
            pooling="last",
            embedding_dim=embedding_dim,
            dropout=0.0,
            rnn_type="gru",
            fan_in=1,
        )
        layout, rule = network.layout(), OPTIMIZERS[optimizer]()
        theta = layout.start(self.rng, np.float32)
        self.state = State(theta, np.zeros((rule.n_slots, theta.size), np.float32))
        self.trainer = Trainer(
            network,
            Softmax(N_CLASSES),
            rule,
            layout,
            SCHEDULES["constant"],
            learning_rate=RATE,
            alpha=1e-4,
            batch_size=BATCH_SIZE,
            max_grad_norm=1.0,
        )
        self.times, self.rows = [], []

    def step(self, index):
        """One update on the sequences ``index``."""
        self.trainer.update(self.state, self.data, index, RATE, self.rng, 1)

    def timed_step(self, index):
        """One update, whose time is kept; the one before it warms the caches up."""
        self.step(index)
        start = time.perf_counter()
        self.step(index)
        self.times.append(time.perf_counter() - start)
        self.rows.append(len(minibatch(self.data, index)[1]))


def compare(embedding_dim, optimizer, n_repetitions):
    """Print one line for each vocabulary; returns the ratio for the same tokens."""
    contestants = {
        name: Contestant(name, embedding_dim, optimizer) for name in VOCABULARIES
    }
    rng = np.random.RandomState(1)
    for _ in range(n_repetitions):
        index = rng.choice(N_SEQUENCES, BATCH_SIZE, replace=False)
        for contestant in contestants.values():
            contestant.timed_step(index)
    base = np.median(contestants["1,000"].times)
    for name, contestant in contestants.items():
        median, best = np.median(contestant.times), min(contestant.times)
        print(
            f"{optimizer:5} {embedding_dim or '-':>9} {name:20} {median * 1e3:7.2f} "
            f"{best * 1e3:7.2f} {median / base:6.2f} {np.mean(contestant.rows):10.0f}",
            flush=True,
        )
    return np.median(contestants["100,000 same tokens"].times) / base


def profile(embedding_dim, optimizer, n_repetitions):
    """Print where the time of the large vocabulary goes."""
    contestant = Contestant("100,000 same tokens", embedding_dim, optimizer)
    index = np.arange(BATCH_SIZE)
    contestant.step(index)
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(n_repetitions):
            contestant.step(index)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(12)


def main():
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="20 repetitions, not 100")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    options = parser.parse_args()
    n_repetitions = 20 if options.quick else 100
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy "
        f"{scipy_version}; one BLAS thread; {n_repetitions} repetitions\n"
    )
    print("rule  embedding vocabulary           median    best  ratio  rows used")
    worst = 0.0
    with workers(1):
        for embedding_dim in (None, 50):
            for optimizer in OPTIMIZERS:
                ratio = compare(embedding_dim, optimizer, n_repetitions)
                worst = max(worst, ratio)
                if options.profile:
                    profile(embedding_dim, optimizer, n_repetitions)
    print(
        f"\nmilliseconds; worst ratio for the same tokens {worst:.2f}, at most {TARGET}"
    )


if __name__ == "__main__":
    main()
