"""How a ragged minibatch lies in memory: time-major, longest sequence first.

Packed tokens of one step are neighbours, and the sequences that still run at a step
are the first ones, so every step of every layer is one slice and padding never exists.

    sequences   abc, d, ef            columns, longest first   abc, ef, d
    packed      a e d | b f | c       sizes                    3, 2, 1
"""

from typing import NamedTuple

import numpy as np


class Packing(NamedTuple):
    """Where the tokens of a minibatch come from and how they are laid out."""

    rows: np.ndarray  # (n_tokens,) the row of the data that each packed token is
    sizes: np.ndarray  # (n_steps,) sequences that still run at each step
    order: np.ndarray  # (n_sequences,) which sequence each column is

    @property
    def n_sequences(self):
        """Number of columns, those of empty sequences included."""
        return len(self.order)

    @property
    def n_tokens(self):
        """Number of packed tokens."""
        return int(self.sizes.sum())

    @property
    def lengths(self):
        """Length of the sequence in each column, (n_sequences,), descending."""
        return np.searchsorted(-self.sizes, -np.arange(self.n_sequences), side="left")

    @property
    def columns(self):
        """The column of each token, (n_tokens,)."""
        starts = np.cumsum(self.sizes) - self.sizes
        return np.arange(self.n_tokens) - np.repeat(starts, self.sizes)

    def prefix(self, n_steps):
        """The same minibatch with every sequence cut off after ``n_steps``."""
        sizes = self.sizes[:n_steps]
        return Packing(self.rows[: int(sizes.sum())], sizes, self.order)

    def windows(self, n_steps):
        """Yield (tokens, packing) of so many steps after another.

        ``tokens`` is their slice of the packed tokens. Only the sequences that still
        run have columns in a window, which are the first ones of the window before.
        """
        stops = np.cumsum(self.sizes)
        for step in range(0, len(self.sizes), n_steps):
            sizes = self.sizes[step : step + n_steps]
            stop = int(stops[step + len(sizes) - 1])
            tokens = slice(stop - int(sizes.sum()), stop)
            yield tokens, Packing(self.rows[tokens], sizes, self.order[: sizes[0]])


def consecutive(starts, lengths):
    """The rows of sequences one after another, (n_tokens,)."""
    ends = np.cumsum(lengths)
    return np.arange(lengths.sum()) + np.repeat(starts - (ends - lengths), lengths)


def pack(starts, lengths):
    """Pack the sequences that occupy ``lengths`` rows of the data from ``starts``."""
    order = np.argsort(-lengths, kind="stable")
    ordered = lengths[order]
    sizes = np.searchsorted(-ordered, -np.arange(lengths.max(initial=0)))
    step = np.repeat(np.arange(len(sizes)), sizes)
    column = np.arange(len(step)) - (np.cumsum(sizes) - sizes)[step]
    return Packing(starts[order][column] + step, sizes, order)


def reversal(packing):
    """Index that reverses every packed sequence in time; it is its own inverse."""
    sizes, columns = packing.sizes, packing.columns
    starts = np.cumsum(sizes) - sizes
    step = np.repeat(np.arange(len(sizes)), sizes)
    return starts[packing.lengths[columns] - 1 - step] + columns


def steps(packing):
    """List of (before, now) slices, one pair for each step.

    States are kept as one row for each sequence, the initial states, followed by one
    row for each token. ``before`` are the rows of that array that hold the states from
    which the step starts; ``now`` are the step's tokens, counted from the first token.
    """
    pairs, before, now = [], 0, 0
    for n in packing.sizes.tolist():
        pairs.append((slice(before, before + n), slice(now, now + n)))
        before, now = packing.n_sequences + now, now + n
    return pairs


def turns(packing, backward=False):
    """Yield the tokens of each step as a slice, without a list of all of them."""
    stops = np.cumsum(packing.sizes)
    order = range(len(stops))
    for step in reversed(order) if backward else order:
        stop = int(stops[step])
        yield slice(stop - int(packing.sizes[step]), stop)


def previous(packing):
    """Row of the state from which each token starts, (n_tokens,); see ``steps``."""
    sizes, n = packing.sizes, packing.n_sequences
    shift = np.concatenate([[0], n - sizes[:-1]])[: len(sizes)]
    return np.arange(packing.n_tokens) + np.repeat(shift, sizes)


def last(packing):
    """Row of the final state of each column, (n_sequences,); see ``steps``.

    An empty sequence ends in its initial state.
    """
    sizes, n = packing.sizes, packing.n_sequences
    starts = np.concatenate([[0], n + np.cumsum(sizes) - sizes])
    return starts[packing.lengths] + np.arange(n)
