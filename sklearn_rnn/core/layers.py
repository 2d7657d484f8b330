"""Layers around the recurrent ones: word vectors, output, dropout, two directions.

A layer is stateless: ``forward(w, x, …) -> (out, …, trace)`` and
``backward(w, trace, dout, …, dw) -> dx``, which adds to the gradients in ``dw``.
"""

import numpy as np
from scipy import sparse

from sklearn_rnn.core.packing import reversal
from sklearn_rnn.core.parameters import Parameter, glorot, normal, zeros


class Dense:
    """Affine map, x W + b."""

    def __init__(self, n_in, n_out):
        self.n_in, self.n_out = n_in, n_out

    def parameters(self):
        """Names, shapes and initial values."""
        shape = (self.n_in, self.n_out)
        return {
            "W": Parameter(shape, glorot(*shape)),
            "b": Parameter((self.n_out,), zeros),
        }

    def forward(self, w, x):
        """Map the rows of x."""
        return x @ w["W"] + w["b"], x

    def backward(self, w, x, dout, dw):
        """See the module."""
        dw["W"] += x.T @ dout
        dw["b"] += dout.sum(axis=0)
        return dout @ w["W"].T


class Embedding:
    """Linear map of each step, x E: word vectors if x is one-hot.

    It is learned, unless it is frozen.
    """

    def __init__(self, n_in, n_out, frozen):
        self.n_in, self.n_out, self.frozen = n_in, n_out, frozen

    def parameters(self):
        """Names, shapes and initial values."""
        shape = (self.n_in, self.n_out)
        return {"E": Parameter(shape, normal(0.1), decays=not self.frozen)}

    def forward(self, w, x):
        """Map the rows of x, dense or CSR."""
        return x @ w["E"], x

    def backward(self, w, x, dout, dw):
        """See the module; None if x is sparse."""
        if not self.frozen:
            dw["E"] += x.T @ dout
        return None if sparse.issparse(x) else dout @ w["E"].T


def dropout_mask(shape, rate, random_state, dtype):
    """Zeros with probability ``rate``, else 1 / (1 - rate); None for no dropout.

    Without a random state, which means inference, nothing is dropped.
    """
    if not rate or random_state is None:
        return None
    keep = random_state.random_sample(shape) >= rate
    return keep / dtype.type(1.0 - rate)


class Dropout:
    """Silences a share of the elements in training (Srivastava et al., 2014).

    Of sparse rows those that are stored: words of one-hot, features of multi-hot steps.
    """

    def __init__(self, rate):
        self.rate = rate

    def forward(self, x, random_state):
        """Drop, if there is a random state."""
        is_sparse = sparse.issparse(x)
        values = x.data if is_sparse else x
        mask = dropout_mask(values.shape, self.rate, random_state, x.dtype)
        if mask is None:
            return x, None
        if is_sparse:
            parts = (values * mask, x.indices, x.indptr)
            return sparse.csr_array(parts, shape=x.shape), None
        return x * mask, mask

    def backward(self, mask, dout):
        """See the module."""
        return dout if mask is None else dout * mask


class Bidirectional:
    """One layer forward in time and one backward, side by side (Schuster, 1997).

    States have the units of the forward layer first.
    """

    def __init__(self, forward, backward):
        self.cells = {"forward": forward, "backward": backward}
        self.n_in, self.n_states = forward.n_in, forward.n_states
        self.n_units = forward.n_units
        self.n_out = 2 * self.n_units

    def parameters(self):
        """Those of both layers."""
        return {name: cell.parameters() for name, cell in self.cells.items()}

    def forward(self, w, x, packing, state, mask=None):
        """As a recurrent layer with twice the units."""
        back, n = reversal(packing), self.n_units
        ahead, past = self.cells.values()
        masks = (None, None) if mask is None else (mask[:, :n], mask[:, n:])
        out, end, trace = ahead.forward(
            w["forward"], x, packing, state[..., :n], masks[0]
        )
        turned, start, turned_trace = past.forward(
            w["backward"], x[back], packing, state[..., n:], masks[1]
        )
        out = np.concatenate([out, turned[back]], axis=1)
        return out, np.concatenate([end, start], axis=2), (trace, turned_trace, back)

    def from_behind(self, w, x, packing, state):
        """The half of the states in which the backward layer ends, at the starts."""
        x, state = x[reversal(packing)], state[..., self.n_units :]
        return self.cells["backward"].forward(w["backward"], x, packing, state)[1]

    def backward(self, w, trace, dout, dstate, dw):
        """As a recurrent layer with twice the units."""
        n, (ahead_trace, past_trace, back) = self.n_units, trace
        ahead, past = self.cells.values()
        dx, dend = ahead.backward(
            w["forward"],
            ahead_trace,
            dout[:, :n].copy(),
            dstate[..., :n].copy(),
            dw["forward"],
        )
        dturned, dstart = past.backward(
            w["backward"],
            past_trace,
            dout[back, n:],
            dstate[..., n:].copy(),
            dw["backward"],
        )
        if dx is not None:
            dx += dturned[back]
        return dx, np.concatenate([dend, dstart], axis=2)


class Stack:
    """Recurrent layers on top of each other, with dropout between them.

    Recurrent dropout silences the same units of the state at all steps of a sequence
    (Gal and Ghahramani, 2016).
    """

    def __init__(self, layers, dropout, recurrent_dropout):
        self.layers = layers
        self.dropout = Dropout(dropout)
        self.recurrent_dropout = recurrent_dropout
        self.n_in, self.n_out = layers[0].n_in, layers[-1].n_out
        self.looks_ahead = any(isinstance(layer, Bidirectional) for layer in layers)

    def parameters(self):
        """Those of all layers, by number."""
        return {str(i): layer.parameters() for i, layer in enumerate(self.layers)}

    def start_state(self, n_sequences, dtype):
        """Zeros: list of (n_states, n_sequences, width), one for each layer."""
        return [
            np.zeros((layer.n_states, n_sequences, layer.n_out), dtype)
            for layer in self.layers
        ]

    def forward(self, w, x, packing, state, random_state=None, stop=None):
        """Run all layers; ``state`` and the state returned are lists, a layer each.

        ``stop`` is the number of a layer that is not to be run, nor those above.
        """
        states, traces = [], []
        for i, layer in enumerate(self.layers[:stop]):
            dropped = None
            if i:
                x, dropped = self.dropout.forward(x, random_state)
            shape = (packing.n_sequences, layer.n_out)
            mask = dropout_mask(
                shape, self.recurrent_dropout, random_state, state[i].dtype
            )
            x, end, trace = layer.forward(w[str(i)], x, packing, state[i], mask)
            states.append(end)
            traces.append((dropped, trace))
        return x, states, traces

    def backward(self, w, traces, dout, dstate, dw):
        """Returns dx and the list of gradients of the initial states."""
        dstart = [None] * len(self.layers)
        for i in reversed(range(len(self.layers))):
            dropped, trace = traces[i]
            dout, dstart[i] = self.layers[i].backward(
                w[str(i)], trace, dout, dstate[i], dw[str(i)]
            )
            if i:
                dout = self.dropout.backward(dropped, dout)
        return dout, dstart
