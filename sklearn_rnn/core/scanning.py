"""Sequences read a window of steps at a time: memory does not grow with their length.

All that a network must know at the edge of a window are the states of its layers. A
layer that reads forward starts a window from the states in which it left the one
before, a layer that reads backward from those in which it left the one behind. Where
layers do both, the latter are found first, layer after layer, and kept.
"""

import numpy as np

from sklearn_rnn.core.packing import pack


class Windows:
    """Some sequences, longest first, as windows of ``n_steps``.

    A window is packed when it is asked for. Its columns are the sequences that still
    run, which are the first of all; the first window has all, empty ones included.
    """

    def __init__(self, data, index, n_steps):
        self.index = index[np.argsort(-data.lengths[index], kind="stable")]
        self.starts, self.lengths = data.starts[self.index], data.lengths[self.index]
        self.values, self.n_steps = data.values, n_steps

    @property
    def n_sequences(self):
        """Number of sequences."""
        return len(self.index)

    def __len__(self):
        return max(1, -(-int(self.lengths.max(initial=0)) // self.n_steps))

    def n_columns(self, number):
        """Sequences that still run in a window."""
        if not number:
            return self.n_sequences
        return int(np.count_nonzero(self.lengths > number * self.n_steps))

    def read(self, number):
        """The packed steps of a window, and its packing."""
        n, begin = self.n_columns(number), number * self.n_steps
        lengths = np.minimum(self.lengths[:n] - begin, self.n_steps)
        packing = pack(self.starts[:n] + begin, lengths)
        return self.values[packing.rows], packing

    def whole(self):
        """The packing of the sequences, whose tokens are those of all windows."""
        return pack(self.starts, self.lengths)


def scan(encoder, w, windows):
    """Yield (packing, out, state) of an encoder, window after window.

    ``out`` (n_tokens, n_units) are the states of its last layer at all steps; ``state``
    those in which its layers leave the sequences, as far as they have been read, a list
    as `Stack` has it.
    """
    both_ways = encoder.stack.looks_ahead and len(windows) > 1
    edges = _edges(encoder, w, windows) if both_ways else None
    first = state = None
    for number in range(len(windows)):
        x, packing = windows.read(number)
        if state is not None:
            state = [s[:, : packing.n_sequences] for s in state]
        if both_ways:
            state = _joined(encoder.stack, state, edges[number])
        out, state = encoder.forward(w, x, packing, state=state)[:2]
        if both_ways:
            first = first or state
            begun = [s[:, : packing.n_sequences] for s in first]
            state = _joined(encoder.stack, state, begun)
        yield packing, out, state


def _joined(stack, ahead, behind):
    """States with the forward half of some, zeros if None, and the other of others."""
    states = [s.copy() for s in behind]
    for layer, own, s in zip(stack.layers, ahead or states, states, strict=True):
        s[..., : layer.n_units] = own[..., : layer.n_units]
    return states


def _edges(encoder, w, windows):
    """States from which layers that read both ways start each window.

    Of the last layer, the forward half is left at zero. A layer reads what those below
    give, so that their states at all edges come first.
    """
    stack, n_windows = encoder.stack, len(windows)
    dtype = w["output"]["W"].dtype
    columns = [windows.n_columns(number) for number in range(n_windows)]
    edges = [stack.start_state(n, dtype) for n in columns]
    for i, layer in enumerate(stack.layers):
        own, n = w["recurrent"][str(i)], layer.n_units
        for number in range(n_windows - 1, 0, -1):
            x, packing = windows.read(number)
            x = encoder.forward(w, x, packing, state=edges[number], stop=i)[0]
            start = layer.from_behind(own, x, packing, edges[number][i])
            edges[number - 1][i][:, : columns[number], n:] = start
        if layer is stack.layers[-1]:
            break
        for number in range(n_windows - 1):
            x, packing = windows.read(number)
            state = encoder.forward(w, x, packing, state=edges[number], stop=i + 1)[1]
            follow = state[i][:, : columns[number + 1], :n]
            edges[number + 1][i][..., :n] = follow
    return edges
