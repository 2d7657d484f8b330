"""Long sequences as streams that are read side by side, a window of steps at a time.

All sequences, one after another, are cut into streams of equal length. A minibatch is
the next ``n_steps`` of each stream: gradients end at the edge of the window, states are
carried across it (truncated backpropagation through time, Williams and Peng, 1990). A
sequence that begins inside a window begins from the initial state. So a minibatch needs
the same memory however long the sequences are.

    sequences   abcdefg, hij, kl     2 streams   abcdef, ghijkl
    windows of 3 steps               abc, g, hi     def, j, kl
"""

from typing import NamedTuple

import numpy as np


class Pieces(NamedTuple):
    """The parts of sequences that a window, or all of them, consist of."""

    sequence: np.ndarray  # (n_pieces,) which sequence each is part of
    offset: np.ndarray  # (n_pieces,) its first step in that sequence
    length: np.ndarray  # (n_pieces,)
    stream: np.ndarray  # (n_pieces,)
    goes_on: np.ndarray  # (n_pieces,) whether it starts where its stream was left
    last: np.ndarray  # (n_pieces,) whether its end is where the stream is left

    def subset(self, index):
        """Some of the pieces."""
        return Pieces(*(field[index] for field in self))


class Carrier:
    """Carries the states of streams from one window to the next.

    ``states`` is a list as `Stack` has it, with a column for each stream. A window
    reads one copy and writes another, so that its shards may run side by side.
    """

    def __init__(self, states):
        self.states, self.following = states, [s.copy() for s in states]

    def turn(self):
        """Go on to the next window."""
        self.states, self.following = self.following, self.states

    def start(self, pieces):
        """States from which pieces start."""
        return [s[:, pieces.stream] * pieces.goes_on[:, None] for s in self.states]

    def keep(self, pieces, states):
        """Take note of the states in which pieces end."""
        for kept, state in zip(self.following, states, strict=True):
            kept[:, pieces.stream[pieces.last]] = state[:, pieces.last]


def n_windows(lengths, n_streams, n_steps):
    """Number of windows of all streams."""
    return -(-_stream_length(lengths, n_streams) // n_steps)


def cut_windows(lengths, n_streams, n_steps):
    """List of `Pieces`, one for each window, of sequences in the given order."""
    ends = np.cumsum(lengths)
    begins, total = ends - lengths, int(ends[-1])
    size = _stream_length(lengths, n_streams)
    edges = np.arange(n_streams)[:, None] * size + np.arange(0, size, n_steps)
    cuts = np.union1d(edges, begins)
    cuts = cuts[cuts < total]
    sequence = np.searchsorted(ends, cuts, side="right")
    stream, place = np.divmod(cuts, size)
    window = place // n_steps
    last = np.ones(len(cuts), bool)
    last[:-1] = (np.diff(stream) > 0) | (np.diff(window) > 0)
    offset = cuts - begins[sequence]
    goes_on = (offset > 0) & (place > 0)
    pieces = Pieces(
        sequence, offset, np.diff(cuts, append=total), stream, goes_on, last
    )
    order = np.argsort(window, kind="stable")
    counts = np.bincount(window)
    return [pieces.subset(part) for part in np.split(order, np.cumsum(counts)[:-1])]


def _stream_length(lengths, n_streams):
    return max(1, -(-int(lengths.sum()) // n_streams))
