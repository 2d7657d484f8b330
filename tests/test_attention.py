"""Attention: gradients, weights, and that nothing depends on padding."""

import tracemalloc

import numpy as np
import pytest
from helpers import assert_gradient, packed, random_weights

from sklearn_rnn.core.attention import ATTENTIONS, grid, masked_softmax

N_SOURCE, N_UNITS = 4, 4  # equal, as dot needs them
PAIRS = {
    "ragged": ([3, 1, 4, 2], [2, 5, 1, 3]),
    "equal": ([3, 3, 3], [2, 2, 2]),
    "length one": ([1, 1], [1, 1]),
    "one pair": ([5], [3]),
    "with empty sources": ([0, 3, 0], [2, 1, 4]),
    "with empty targets": ([2, 3, 1], [0, 2, 0]),
    "nothing read": ([0, 0], [2, 1]),
    "nothing written": ([2, 1], [0, 0]),
}


class Pair:
    """Packed states of both sides; sequence i is read and written as number i."""

    def __init__(self, kind, lengths, seed=1):
        rng = np.random.RandomState(seed)
        self.attention = ATTENTIONS[kind](N_SOURCE, N_UNITS)
        self.source, self.target = map(packed, lengths)
        layout, self.theta = random_weights(self.attention.parameters())
        self.w, self.grad = layout.views(self.theta), np.zeros_like(self.theta)
        self.dw = layout.views(self.grad)
        self.s = rng.normal(size=(self.source.n_tokens, N_SOURCE))
        self.h = rng.normal(size=(self.target.n_tokens, N_UNITS))
        column = np.argsort(self.source.order)[self.target.order]
        self.grids = grid(self.source, column), grid(self.target)

    def forward(self):
        source, target = self.grids
        return self.attention.forward(self.w, self.s, source, self.h, target)


@pytest.mark.parametrize("lengths", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("kind", ATTENTIONS)
def test_gradient(kind, lengths):
    pair = Pair(kind, lengths)
    c, trace = pair.forward()
    dc = np.random.RandomState(2).normal(size=c.shape)
    ds, dh = pair.attention.backward(pair.w, trace, dc, pair.dw)
    assert_gradient(
        lambda: float((pair.forward()[0] * dc).sum()),
        w=(pair.theta, pair.grad),
        s=(pair.s, ds),
        h=(pair.h, dh),
    )


def energy(kind, w, h, s):
    """What the papers write, for one state of each side."""
    if kind == "dot":
        return h @ s
    if kind == "general":
        return h @ w["W"] @ s
    return w["v"][:, 0] @ np.tanh(h @ w["W"] + s @ w["U"])


@pytest.mark.parametrize("kind", ATTENTIONS)
def test_contexts_are_means_by_the_equations_of_the_papers(kind):
    lengths = PAIRS["ragged"]
    pair = Pair(kind, lengths)
    c, trace = pair.forward()
    tokens = {}
    for packing, name in ((pair.source, "s"), (pair.target, "h")):
        sequence = packing.order[packing.columns]
        tokens[name] = [np.flatnonzero(sequence == i) for i in range(4)]
    for i, own in enumerate(tokens["h"]):
        s = pair.s[tokens["s"][i]]
        column = int(np.argsort(pair.target.order)[i])
        for step, token in enumerate(own):
            e = np.array([energy(kind, pair.w, pair.h[token], one) for one in s])
            a = np.exp(e) / np.exp(e).sum()
            np.testing.assert_allclose(c[token], a @ s, rtol=1e-12)
            np.testing.assert_allclose(trace.a[column, step, : len(s)], a, rtol=1e-12)
            assert (trace.a[column, step, len(s) :] == 0).all()


@pytest.mark.parametrize("kind", ATTENTIONS)
def test_nothing_read_gives_contexts_of_zero(kind):
    pair = Pair(kind, PAIRS["with empty sources"])
    c, _ = pair.forward()
    packing = pair.target
    empty = packing.order[packing.columns] != 1
    assert (c[empty] == 0).all()
    assert (c[~empty] != 0).all()


@pytest.mark.parametrize("kind", ATTENTIONS)
def test_no_array_has_both_sides_and_all_units(kind):
    n_sequences, n_steps, n_units = 4, 40, 32
    attention = ATTENTIONS[kind](n_units, n_units)
    layout, theta = random_weights(attention.parameters())
    w, dw = layout.views(theta), layout.views(np.zeros_like(theta))
    rng = np.random.RandomState(0)
    q, k = rng.normal(size=(2, n_sequences, n_steps, n_units))
    tracemalloc.start()
    e = attention.energies(w, q, k)
    attention.energies_backward(w, e, q, k, dw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.3 * 8 * n_sequences * n_steps**2 * n_units


def test_softmax_of_large_energies():
    e = np.array([[[1e4, 1e4 + 1, -1e4]]], np.float32)
    a = masked_softmax(e.copy(), np.array([[True, True, True]]))
    np.testing.assert_allclose(a[0, 0], [0.26894142, 0.73105858, 0.0], rtol=1e-6)
    a = masked_softmax(e.copy(), np.array([[True, False, True]]))
    np.testing.assert_array_equal(a[0, 0], [1.0, 0.0, 0.0])


def test_grid_spreads_and_gathers():
    packing = packed([2, 0, 3])
    x = np.arange(10.0).reshape(5, 2) + 1
    places = grid(packing)
    padded = places.spread_on_zeros(x)
    np.testing.assert_array_equal(places.inside.sum(axis=1), [3, 2, 0])
    np.testing.assert_array_equal(padded[~places.inside], 0)
    np.testing.assert_array_equal(
        padded[places.inside], places.spread(x)[places.inside]
    )
    np.testing.assert_array_equal(places.gather(padded), x)
    turned = grid(packing, np.array([2, 0, 1]))
    np.testing.assert_array_equal(turned.spread_on_zeros(x), padded[[2, 0, 1]])
    np.testing.assert_array_equal(turned.gather(padded[[2, 0, 1]]), x)
