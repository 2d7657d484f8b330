"""Poolings: what is made of sequences that are empty, or end earlier."""

import numpy as np
import pytest
from helpers import packed, random_weights

from sklearn_rnn.core.pooling import POOLINGS

each_pooling = pytest.mark.parametrize("name", POOLINGS)
LENGTHS = [3, 0, 1, 5, 2, 0]


def pooling_of(name, packing, n_units=4):
    """A pooling, its weights, and outputs to pool."""
    pooling = POOLINGS[name](n_units)
    layout, theta = random_weights(pooling.parameters())
    out = np.random.RandomState(1).normal(size=(packing.n_tokens, n_units))
    return pooling, layout.views(theta), out


@each_pooling
@pytest.mark.parametrize("lengths", [LENGTHS, [0, 0]])
def test_empty_sequences_pool_to_zero_and_others_to_something_else(name, lengths):
    packing = packed(lengths)
    pooling, w, out = pooling_of(name, packing)
    end = np.zeros((len(lengths), 4))  # where empty sequences end, as they started
    end[packing.lengths > 0] = 1.0
    pooled, _ = pooling.forward(w, out, end, packing)
    np.testing.assert_array_equal((pooled == 0).all(axis=1), packing.lengths == 0)


@each_pooling
def test_stages_are_the_poolings_of_beginnings(name):
    packing = packed(LENGTHS)
    pooling, w, out = pooling_of(name, packing)
    stages = [stage.copy() for stage in pooling.stages(w, out, packing)]
    assert len(stages) == 5
    for n_steps, stage in enumerate(stages, start=1):
        prefix = packing.prefix(n_steps)
        tokens = np.arange(prefix.n_tokens)
        end = np.zeros((6, 4))  # the last output of each is where it is then
        end[prefix.columns] = out[tokens]
        expected, _ = pooling.forward(w, out[tokens], end, prefix)
        np.testing.assert_allclose(stage, expected, rtol=1e-12, atol=1e-15)


def test_attention_to_large_scores_does_not_overflow():
    packing = packed(LENGTHS)
    pooling, w, out = pooling_of("attention", packing)
    w["v"] *= 1e4
    pooled, _ = pooling.forward(w, out, np.zeros((6, 4)), packing)
    for column, length in enumerate(packing.lengths):
        own = out[packing.columns == column]
        score = (np.tanh(own @ w["W"] + w["b"]) @ w["v"])[:, 0]
        if length:
            weight = np.exp(score - score.max())
            expected = weight @ own / weight.sum()
            np.testing.assert_allclose(pooled[column], expected, rtol=1e-10)
