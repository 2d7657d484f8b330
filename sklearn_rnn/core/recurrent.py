"""The one loop of backpropagation through time, and the cells as their equations.

Letters, as in the papers:

    x       inputs, (n_tokens, n_in), packed (see packing.py), dense or CSR
    h, c    state and memory cell; an array of states is (n_states, rows, n_units)
    a       pre-activations: what the input and the bias contribute to the gates
    p       planes, (n_planes, rows, n_units): gates and whatever else backward needs
    d…      gradient of the loss with respect to …
    U       recurrent weights, one (n_units, n_units) plane a gate
    w, dw   parameters and their gradients, name -> array
    t, now  rows of the tokens of one step

Two products with all steps at once surround the loop: ``x @ Wx`` before it, the
gradients of the weights after it. Inside it, each step is one product with the
recurrent weights and a few operations on contiguous arrays. Backward computes the
local derivatives of every step before its loop.

A sigmoid is written (1 + tanh(a / 2)) / 2: one fast function for all gates, and no
overflow. The half is taken where it costs nothing, from the arrays before the loop.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from sklearn_rnn.core.packing import Packing, last, previous, steps
from sklearn_rnn.core.parameters import Parameter, glorot, orthogonal, zeros


class Trace(NamedTuple):
    """What backward needs to know of a forward pass."""

    x: Any  # (n_tokens, n_in)
    planes: np.ndarray  # (n_planes, n_tokens, n_units)
    states: np.ndarray  # (n_states, n_sequences + n_tokens, n_units), see steps()
    mask: np.ndarray | None  # (n_sequences, n_units) recurrent dropout
    packing: Packing


class Recurrent:
    """The loop over time; a cell adds its equations in three methods.

    ``step(w, p, a, before, now)``
        One step from the states ``before`` to ``now``; the first planes of ``p`` hold
        h @ U, and all of them are kept for backward.
    ``slopes(trace, before)``
        Local derivatives of all steps at once.
    ``step_backward(slopes, t, dh, d, da)``
        Writes the gradient of the gates into ``da``, given that of the state, ``dh``.
        ``d``, the gradient of the states after the step, becomes that part of the
        gradient of the states before it which does not pass through the gates.

    Parameters
    ----------
    n_in, n_units : int
        Features of a step, width of the layer.
    fan_in : int, default=n_in
        How many features of a step are other than zero: sets the scale of the initial
        input weights. One-hot inputs have 1.
    """

    n_states = 1
    n_gates: int  # pre-activations of each unit
    n_planes: int  # of which the first n_gates start as h @ U
    n_sigmoid = 0  # the first gates are sigmoids, the rest is tanh

    def __init__(self, n_in, n_units, fan_in=None):
        self.n_in, self.n_units = n_in, n_units
        self.fan_in = fan_in or n_in
        self.n_out = n_units

    def parameters(self):
        """Names, shapes and initial values."""
        width = self.n_gates * self.n_units
        start = glorot(self.fan_in, self.n_units)
        return {
            "Wx": Parameter((self.n_in, width), start),
            "Wh": Parameter((self.n_units, width), orthogonal),
            "b": Parameter((width,), self.start_bias),
        }

    start_bias = staticmethod(zeros)

    def forward(self, w, x, packing, state, mask=None):
        """Run all steps.

        Returns
        -------
        out : (n_tokens, n_units)
        state : (n_states, n_sequences, n_units), where each sequence ended
        trace : Trace
        """
        n, n_tokens = packing.n_sequences, packing.n_tokens
        a, U = self.gates(w, x), self.recurrent_planes(w)
        states = np.empty((self.n_states, n + n_tokens, self.n_units), a.dtype)
        states[:, :n] = state
        tokens = states[:, n:]
        planes = np.empty((self.n_planes, n_tokens, self.n_units), a.dtype)
        scratch = np.empty(self.n_planes * n * self.n_units, a.dtype)
        for before, t in steps(packing):
            running = t.stop - t.start
            p = scratch[: self.n_planes * running * self.n_units]
            p = p.reshape(self.n_planes, running, self.n_units)
            h = (
                states[0, before]
                if mask is None
                else states[0, before] * mask[:running]
            )
            np.matmul(h, U, out=p[: self.n_gates])
            self.step(w, p, a[:, t], states[:, before], tokens[:, t])
            planes[:, t] = p
        trace = Trace(x, planes, states, mask, packing)
        return tokens[0], states[:, last(packing)], trace

    def gates(self, w, x):
        """What the input and the bias contribute to the gates, halved for sigmoids.

        (n_gates, n_tokens, n_units)
        """
        a = x @ w["Wx"]
        a += w["b"]
        a = self._planes(a)
        a[: self.n_sigmoid] *= 0.5
        return a

    def recurrent_planes(self, w):
        """U, halved for sigmoids."""
        U = self._planes(w["Wh"]).copy()
        U[: self.n_sigmoid] *= 0.5
        return U

    def _planes(self, columns):
        """A plane for each gate, of columns that lie side by side."""
        planes = columns.reshape(len(columns), self.n_gates, self.n_units)
        return planes.transpose(1, 0, 2)

    def backward(self, w, trace, dout, dstate, dw):
        """Add the gradients of the parameters to ``dw``.

        ``dout`` and ``dstate``, the gradients of ``out`` and of the final states, are
        overwritten; the latter becomes the gradient of the initial states.

        Returns
        -------
        dx : (n_tokens, n_in), None if x is sparse
        dstate : (n_states, n_sequences, n_units)
        """
        x, _, states, mask, packing = trace
        before = previous(packing)
        slopes = self.slopes(trace, before)
        UT = np.ascontiguousarray(w["Wh"].T)
        rows = np.empty((len(dout), self.n_gates * self.n_units), dout.dtype)
        da = rows.reshape(len(dout), self.n_gates, self.n_units)
        for _, t in reversed(steps(packing)):
            running = t.stop - t.start
            d = dstate[:, :running]  # a sequence enters at its own last step
            dout[t] += d[0]
            self.step_backward(slopes, t, dout[t], d, da[t].transpose(1, 0, 2))
            dh = rows[t] @ UT
            if mask is not None:
                dh *= mask[:running]
            d[0] += dh
        h = states[0, before]
        if mask is not None:
            h *= mask[packing.columns]
        dw["Wh"] += h.T @ rows
        self.after_loop(slopes, dout, da, dw)
        dw["Wx"] += x.T @ rows
        dw["b"] += rows.sum(axis=0)
        dx = None if sparse.issparse(x) else rows @ w["Wx"].T
        return dx, dstate

    def after_loop(self, slopes, dh, da, dw):
        """Turn gradients of h @ U into those of x @ Wx where the two differ."""


class RNN(Recurrent):
    """Simple recurrent layer (Elman, 1990).

    h = tanh(x Wx + h Wh + b), or relu in the place of tanh
    """

    n_gates = n_planes = 1

    def __init__(self, n_in, n_units, fan_in=None, activation="tanh"):
        super().__init__(n_in, n_units, fan_in)
        self.relu = activation == "relu"

    def step(self, w, p, a, before, now):
        """See the class."""
        p += a
        np.maximum(p, 0.0, out=p) if self.relu else np.tanh(p, out=p)
        now[...] = p

    def slopes(self, trace, before):
        """Derivative of the activation, by its value."""
        h = trace.planes
        return (h > 0).astype(h.dtype) if self.relu else 1.0 - h * h

    def step_backward(self, slopes, t, dh, d, da):
        """See Recurrent."""
        np.multiply(slopes[:, t], dh, out=da)
        d[0] = 0.0


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000).

    o, i, f = sigmoid(x Wx + h Wh + b),  g = tanh(x Wx + h Wh + b)
    c = f c + i g,  h = o tanh(c)

    Columns of Wx, Wh and b in this order: output, input, forget, candidate.
    """

    n_gates, n_planes, n_states, n_sigmoid = 4, 5, 2, 3

    @staticmethod
    def start_bias(random_state, shape):
        """Forget gates start open (Jozefowicz et al., 2015)."""
        n = shape[0] // 4
        return np.repeat([0.0, 0.0, 1.0, 0.0], n)

    def step(self, w, p, a, before, now):
        """See the class."""
        gates, sigmoids = p[:4], p[:3]
        gates += a
        np.tanh(gates, out=gates)
        sigmoids *= 0.5
        sigmoids += 0.5
        o, i, f, g, tanh_c = p
        h, c = now
        np.multiply(f, before[1], out=c)
        c += i * g
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def slopes(self, trace, before):
        """Gates by h or c, then c by h, then f, by which c reaches its past."""
        o, i, f, g, tanh_c = p = trace.planes
        gates = 1.0 - p[:4]
        gates *= p[:4]
        gates[0] *= tanh_c
        gates[1] *= g
        gates[2] *= trace.states[1, before]
        gates[3] = (1.0 - g * g) * i
        return gates, o * (1.0 - tanh_c * tanh_c), f

    def step_backward(self, slopes, t, dh, d, da):
        """See Recurrent."""
        gates, through, f = slopes
        dc = d[1]
        dc += dh * through[t]
        np.multiply(gates[0, t], dh, out=da[0])
        np.multiply(gates[1:, t], dc, out=da[1:])
        dc *= f[t]
        d[0] = 0.0


class GRU(Recurrent):
    """Gated recurrent unit, reset after the product (Cho et al., 2014).

    r, z = sigmoid(x Wx + h Wh + b)
    n = tanh(x Wx + b + r (h Wh + bh))
    h = n + z (h - n)

    Columns of Wx, Wh and b in this order: reset, update, candidate.
    """

    n_gates, n_planes, n_sigmoid = 3, 4, 2

    def parameters(self):
        """Those of every cell, and the bias that the reset gate scales."""
        return {**super().parameters(), "bh": Parameter((self.n_units,), zeros)}

    def step(self, w, p, a, before, now):
        """See the class."""
        sigmoids = p[:2]
        sigmoids += a[:2]
        np.tanh(sigmoids, out=sigmoids)
        sigmoids *= 0.5
        sigmoids += 0.5
        r, z, u, n = p
        u += w["bh"]
        np.multiply(r, u, out=n)
        n += a[2]
        np.tanh(n, out=n)
        h = now[0]
        np.subtract(before[0], n, out=h)
        h *= z
        h += n

    def slopes(self, trace, before):
        """Gates by h, then n by h, then z, by which h reaches its past."""
        r, z, u, n = p = trace.planes
        candidate = (1.0 - n * n) * (1.0 - z)
        gates = np.empty_like(p[:3])
        np.subtract(1.0, p[:2], out=gates[:2])
        gates[:2] *= p[:2]
        gates[0] *= u * candidate
        gates[1] *= trace.states[0, before] - n
        np.multiply(r, candidate, out=gates[2])
        return gates, candidate, z

    def step_backward(self, slopes, t, dh, d, da):
        """See Recurrent."""
        gates, _, z = slopes
        np.multiply(gates[:, t], dh, out=da)
        np.multiply(z[t], dh, out=d[0])

    def after_loop(self, slopes, dh, da, dw):
        """The reset gate stands between h Wh and the candidate, not before x Wx."""
        candidate = slopes[1]
        dw["bh"] += da[:, 2].sum(axis=0)
        np.multiply(candidate, dh, out=da[:, 2])


CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
