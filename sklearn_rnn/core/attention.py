"""Attention: what a decoder looks at in what an encoder has read (Luong et al., 2015).

    s       states of the encoder, (n_source_tokens, n_source), packed
    h       states of the decoder, (n_target_tokens, n_units), packed
    q, k    queries and keys, in which h and s are compared
    a       weights, (n_sequences, n_target_steps, n_source_steps), rows sum to one
    c       contexts, a @ s: a mean of the states of the encoder for each of the decoder

The product of all steps of two sequences is a rectangle, so here alone is padding: a
`Grid` spreads packed tokens over rectangles, one for each sequence, and gathers them
again. An empty sequence has weights and contexts of zero.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn.core.parameters import Parameter, glorot


class Grid(NamedTuple):
    """Packed tokens as (n_sequences, n_steps): where each place gets its token."""

    token: np.ndarray  # (n_sequences, n_steps), any in the padding
    inside: np.ndarray  # (n_sequences, n_steps), false in the padding
    place: np.ndarray  # (n_tokens,) of each token, among n_sequences * n_steps

    def spread(self, x):
        """x (n_tokens, …) as (n_sequences, n_steps, …), with anything as padding."""
        return x[self.token]

    def spread_on_zeros(self, x):
        """The same with zeros as padding."""
        n_sequences, n_steps = self.inside.shape
        out = np.zeros((n_sequences * n_steps, *x.shape[1:]), x.dtype)
        out[self.place] = x
        return out.reshape(n_sequences, n_steps, *x.shape[1:])

    def gather(self, x):
        """The tokens of x (n_sequences, n_steps, …), packed again."""
        return x.reshape(-1, *x.shape[2:])[self.place]


def grid(packing, column=None):
    """The grid of a packing; ``column`` says which of its columns come, in their order.

    All of them by default.
    """
    n_steps, sizes = len(packing.sizes), packing.sizes
    if column is None:
        column = np.arange(packing.n_sequences)
    inside = column[:, None] < sizes
    token = np.where(inside, np.cumsum(sizes) - sizes + column[:, None], 0)
    row = np.empty(len(column), np.intp)
    row[column] = np.arange(len(column))
    step = np.repeat(np.arange(n_steps), sizes)
    return Grid(token, inside, row[packing.columns] * n_steps + step)


def masked_softmax(e, inside):
    """Softmax over the last axis of e, which is overwritten, of what is inside.

    ``inside`` is (n_sequences, n_source_steps). Where nothing is, weights are zero.
    """
    np.copyto(e, -np.inf, where=~inside[:, None])
    peak = e.max(axis=2, keepdims=True, initial=np.finfo(e.dtype).min)
    e -= peak
    np.exp(e, out=e)
    total = e.sum(axis=2, keepdims=True)
    e /= np.where(total > 0, total, 1)
    return e


class Attended(NamedTuple):
    """What backward needs to know of a forward pass."""

    s: np.ndarray  # (n_source_tokens, n_source)
    h: np.ndarray  # (n_target_tokens, n_units)
    source: Grid
    target: Grid
    q: np.ndarray  # (n_sequences, n_target_steps, …)
    k: np.ndarray  # (n_sequences, n_source_steps, …)
    spread: np.ndarray  # (n_sequences, n_source_steps, n_source), s
    a: np.ndarray  # (n_sequences, n_target_steps, n_source_steps)


class DotAttention:
    """Compares states as they are: e = h · s."""

    def __init__(self, n_source, n_units):
        self.n_source, self.n_units = n_source, n_units

    def parameters(self):
        """Nothing to learn."""
        return {}

    def keys(self, w, s):
        """What the queries are compared with, (…, n_source)."""
        return s

    def queries(self, w, h):
        """What the keys are compared with, (…, n_source)."""
        return h

    def energies(self, w, q, k):
        """How well each query fits each key."""
        return q @ k.swapaxes(1, 2)

    def energies_backward(self, w, de, q, k, dw):
        """Gradients of queries and keys."""
        return de @ k, de.swapaxes(1, 2) @ q

    def keys_backward(self, w, s, dk, dw):
        """Gradient of s, of (n_source_tokens, …)."""
        return dk

    def queries_backward(self, w, h, dq, dw):
        """Gradient of h, of (n_target_tokens, …)."""
        return dq

    def attend(self, w, q, k, s, inside):
        """Weights and contexts of queries (n_sequences, n, …) and keys."""
        a = masked_softmax(self.energies(w, q, k), inside)
        return a, a @ s

    def forward(self, w, s, source, h, target):
        """Contexts (n_target_tokens, n_source), of packed states and their grids."""
        q = target.spread(self.queries(w, h))
        k = source.spread(self.keys(w, s))
        spread = source.spread(s)
        a, c = self.attend(w, q, k, spread, source.inside)
        trace = Attended(s, h, source, target, q, k, spread, a)
        return target.gather(c), trace

    def backward(self, w, trace, dc, dw):
        """Adds to the gradients in ``dw``; returns those of s and h."""
        s, h, source, target, q, k, spread, a = trace
        dc = target.spread_on_zeros(dc)
        da = dc @ spread.swapaxes(1, 2)
        da -= (da * a).sum(axis=2, keepdims=True)
        da *= a
        dq, dk = self.energies_backward(w, da, q, k, dw)
        ds = source.gather(a.swapaxes(1, 2) @ dc)
        ds += self.keys_backward(w, s, source.gather(dk), dw)
        return ds, self.queries_backward(w, h, target.gather(dq), dw)


class GeneralAttention(DotAttention):
    """Compares them through a matrix: e = (h W) · s."""

    def parameters(self):
        """Names, shapes and initial values."""
        shape = (self.n_units, self.n_source)
        return {"W": Parameter(shape, glorot(*shape))}

    def queries(self, w, h):
        """See DotAttention."""
        return h @ w["W"]

    def queries_backward(self, w, h, dq, dw):
        """See DotAttention."""
        dw["W"] += h.T @ dq
        return dq @ w["W"].T


class AdditiveAttention(GeneralAttention):
    """Compares them through a layer (Bahdanau et al., 2015): v · tanh(h W + s U).

    The layer is computed for one step of the target after the other, and again on the
    way back: all steps at once would take most of the memory, and more time.
    """

    def parameters(self):
        """Names, shapes and initial values."""
        n = self.n_units
        return {
            "W": Parameter((n, n), glorot(n, n)),
            "U": Parameter((self.n_source, n), glorot(self.n_source, n)),
            "v": Parameter((n, 1), glorot(n, 1)),
        }

    def keys(self, w, s):
        """See DotAttention."""
        return s @ w["U"]

    @staticmethod
    def hidden(q, k, t):
        """The layer at a step of the target, (n_sequences, n_source_steps, n_units)."""
        hidden = q[:, t, None] + k
        return np.tanh(hidden, out=hidden)

    def energies(self, w, q, k):
        """See DotAttention."""
        e = np.empty((*q.shape[:2], k.shape[1]), q.dtype)
        for t in range(q.shape[1]):
            e[:, t] = (self.hidden(q, k, t) @ w["v"])[..., 0]
        return e

    def energies_backward(self, w, de, q, k, dw):
        """See DotAttention."""
        dq, dk = np.empty_like(q), np.zeros_like(k)
        for t in range(q.shape[1]):
            hidden = self.hidden(q, k, t)
            dw["v"][:, 0] += np.tensordot(de[:, t], hidden, axes=2)
            hidden *= hidden
            dhidden = np.subtract(1.0, hidden, out=hidden)
            dhidden *= w["v"][:, 0]
            dhidden *= de[:, t, :, None]
            dhidden.sum(axis=1, out=dq[:, t])
            dk += dhidden
        return dq, dk

    def keys_backward(self, w, s, dk, dw):
        """See DotAttention."""
        dw["U"] += s.T @ dk
        return dk @ w["U"].T


ATTENTIONS = {
    "dot": DotAttention,
    "general": GeneralAttention,
    "additive": AdditiveAttention,
}
