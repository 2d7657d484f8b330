"""Forward and backward of one recurrent layer: ours against PyTorch, float32.

Shows how long one minibatch takes, gradients of the weights and of x included, for
five ragged shapes and each cell:

- ours with n_jobs of 1 and 2 (two shards in two Python threads, gradients summed, BLAS
  held to one thread). Packing and the gathering of rows are part of our time.
- PyTorch with 1 and 2 threads, packed and padded. The PackedSequence and the padded
  tensor are made beforehand: PyTorch gets packing for free.

Contestants take turns, so that noise hits all of them; each timed call follows one
that is not timed, as the thread pools of the last contestant need to come to rest.
Ratios are of ours to PyTorch's time, below 1 is faster; each side is represented by
the better of its one and two threads. The share says how close we come to the rate
that large products reach on this machine, counting 3 products each with Wx and Wh.

    python benchmarks/kernels.py [--quick] [--cpu-time]

On a machine that others use, ``--cpu-time`` compares the processor time of single
threads: waiting for a core is not counted then.
"""

import argparse
import itertools
import os
import platform
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from freeze_torch import load_, packed_sequence, store_gradients_, torch_recurrent
from threadpoolctl import threadpool_info, threadpool_limits
from torch.nn.utils.rnn import pad_packed_sequence

from sklearn_rnn._threads import workers
from sklearn_rnn.core.parameters import Layout
from sklearn_rnn.core.recurrent import CELLS
from sklearn_rnn.core.training import Data, minibatch

# batch, inputs, units, shortest and longest sequence, most that the ratio should be
SHAPES = [
    (32, 32, 32, 5, 40, 0.7),
    (32, 64, 64, 5, 40, 0.7),
    (64, 100, 128, 5, 60, 0.7),
    (64, 128, 256, 5, 60, 0.9),
    (32, 12, 64, 7, 29, 0.7),
]
CONTESTANTS = list(itertools.product(("ours", "packed", "padded"), (1, 2)))


class Problem:
    """One layer and one minibatch, as every contestant needs them."""

    def __init__(self, rnn_type, n, n_in, n_units, shortest, longest):
        rng = np.random.RandomState(0)
        lengths = rng.randint(shortest, longest + 1, size=n)
        starts = np.cumsum(lengths) - lengths
        n_tokens = lengths.sum()
        values = rng.normal(size=(n_tokens, n_in)).astype(np.float32)
        self.dout = rng.normal(size=(n_tokens, n_units)).astype(np.float32)
        self.data = Data(values, starts, lengths, np.zeros(n), np.ones(n))
        self.rnn_type, self.layer = rnn_type, CELLS[rnn_type](n_in, n_units)
        self.layout = Layout(self.layer.parameters())
        self.theta = self.layout.start(rng, np.float32)
        self.w = self.layout.views(self.theta)
        self.flops = 6 * n_tokens * (n_in + n_units) * self.w["b"].size
        self.module = torch_recurrent(n_in, n_units, 1, False, rnn_type=rnn_type)
        load_(self.module, rnn_type, {"0": self.w})
        self.packed, self.dpacked, self.padded, self.dpadded = self._tensors()

    def _tensors(self):
        """What PyTorch is given."""
        [shard], _ = minibatch(self.data, np.arange(len(self.data.lengths)))
        dpacked = packed_sequence(self.dout[shard.packing.rows], shard.packing)
        packed = packed_sequence(shard.x, shard.packing)
        padded, dpadded = (pad_packed_sequence(p)[0] for p in (packed, dpacked))
        packed.data.requires_grad_()
        return packed, dpacked.data, padded.requires_grad_(), dpadded

    def ours(self, run, n_shards):
        """Pack, forward, backward; returns the gradient of the weights."""
        index = np.arange(len(self.data.lengths))
        shards, _ = minibatch(self.data, index, n_shards)
        first, *others = run(self.shard, shards)
        for other in others:
            first += other
        return first

    def shard(self, shard):
        """Forward and backward of a part of the minibatch."""
        packing = shard.packing
        shape = (self.layer.n_states, packing.n_sequences, self.layer.n_out)
        state, grad = np.zeros(shape, np.float32), np.zeros_like(self.theta)
        _, end, trace = self.layer.forward(self.w, shard.x, packing, state)
        dout, dend = self.dout[packing.rows], np.zeros_like(end)
        self.layer.backward(self.w, trace, dout, dend, self.layout.views(grad))
        return grad

    def torch(self, x, dout):
        """Forward and backward; ``x`` is packed or padded."""
        self.module.zero_grad()
        is_packed = x is self.packed
        (x.data if is_packed else x).grad = None
        out, _ = self.module(x)
        (out.data if is_packed else out).backward(dout)

    def check(self):
        """Both sides compute the same gradient."""
        grad = np.zeros_like(self.theta)
        for x, dout in [(self.packed, self.dpacked), (self.padded, self.dpadded)]:
            self.torch(x, dout)
            store_gradients_(self.module, self.rnn_type, {"0": self.layout.views(grad)})
            for n_shards in (1, 2):
                difference = abs(self.ours(map, n_shards) - grad).max()
                assert difference < 1e-3 * abs(grad).max(), difference

    def seconds(self, who, n_threads, clock):
        """Time of one call, after one that warms up."""
        if who == "ours":
            with workers(n_threads) as (run, n_shards):
                return timed(partial(self.ours, run, n_shards), clock)
        torch.set_num_threads(n_threads)
        given = {"packed": (self.packed, self.dpacked)}
        given["padded"] = (self.padded, self.dpadded)
        return timed(partial(self.torch, *given[who]), clock)


def timed(call, clock):
    """Seconds of the second of two calls."""
    call()
    start = clock()
    call()
    return clock() - start


def product_rate(n_threads, clock, size=1536):
    """Operations a second of a large float32 product in NumPy."""
    a = np.random.RandomState(0).rand(size, size).astype(np.float32)
    with threadpool_limits(n_threads, user_api="blas"):
        best = min(timed(lambda: a @ a, clock) for _ in range(5))
    return 2 * size**3 / best


def describe_machine(rates):
    """Print what the figures depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = {line.split(": ")[1] for line in lines if line.startswith("model name")}
    blas = {i["internal_api"] for i in threadpool_info() if i["user_api"] == "blas"}
    print(
        f"{', '.join(names) or platform.processor()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, NumPy "
        f"{np.__version__} ({', '.join(blas)}), PyTorch {torch.__version__}"
    )
    print(
        "large float32 product, Gflop/s by threads: "
        + ", ".join(f"{n}: {rate / 1e9:.0f}" for n, rate in rates.items())
    )


def measure(problem, n_repetitions, contestants, clock):
    """(who, threads) -> times."""
    times = {contestant: [] for contestant in contestants}
    # Ours, PyTorch's, ours, PyTorch's; in the other direction every second time.
    turns = sorted(contestants, key=lambda contestant: contestant[1])
    for i in range(n_repetitions):
        for contestant in turns[:: -1 if i % 2 else 1]:
            times[contestant].append(problem.seconds(*contestant, clock))
    return times


def report(rnn_type, shape, times, flops, rates):
    """Print one line of the table."""
    *sizes, target = shape
    best = {key: min(value) for key, value in times.items()}
    median = {key: np.median(value) for key, value in times.items()}

    def ratio(of, other):
        ours, theirs = (
            min(value for (its, _), value in of.items() if its == who)
            for who in ("ours", other)
        )
        return ours / theirs

    name = "{:>3} {:>3} {:>3} {:>2}-{}".format(*sizes)
    cells = [f"{best[key] * 1e3:6.1f} {median[key] * 1e3:6.1f}" for key in times]
    found = ratio(best, "packed")
    shares = [flops / best["ours", n] / rates[n] for n in rates]
    print(
        f"{rnn_type:>4} {name:17}|{' |'.join(cells)} |"
        f"{found:5.2f} {'<=' if found <= target else '> '}{target:4.1f}"
        f"{ratio(median, 'packed'):6.2f}{ratio(best, 'padded'):7.2f}"
        f" |{''.join(f'{share:5.0%}' for share in shares)}",
        flush=True,
    )


def main():
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="5 repetitions, not 15")
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=CELLS)
    parser.add_argument("--cpu-time", action="store_true", help="one thread each")
    options = parser.parse_args()
    n_repetitions = 5 if options.quick else options.repetitions
    threads = (1,) if options.cpu_time else (1, 2)
    clock = time.process_time if options.cpu_time else time.perf_counter
    contestants = [key for key in CONTESTANTS if key[1] in threads]
    rates = {n: product_rate(n, clock) for n in threads}
    describe_machine(rates)
    kind = "processor" if options.cpu_time else "elapsed"
    print(f"{kind} milliseconds, best and median of {n_repetitions}\n")
    heads = [f"{who} {n}" for who, n in contestants]
    print(
        f"{'cell  n  in units steps':22}|{' |'.join(f'{h:>13}' for h in heads)} |"
        " ratio target median padded | shares"
    )
    for rnn_type in options.cells:
        for shape in SHAPES:
            problem = Problem(rnn_type, *shape[:-1])
            problem.check()
            times = measure(problem, n_repetitions, contestants, clock)
            report(rnn_type, shape, times, problem.flops, rates)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
