"""One step at a time gives what all steps at once give."""

import numpy as np
import pytest
from helpers import one_hot, packed
from scipy import sparse

from sklearn_rnn.core.networks import sequence_to_sequence
from sklearn_rnn.core.recurrent import CELLS
from sklearn_rnn.core.stepping import Stepper


def make(rnn_type, embedding_dim, sizes=(4, 3)):
    network = sequence_to_sequence(
        5, 6, sizes, rnn_type=rnn_type, embedding_dim=embedding_dim, dropout=0.5
    )
    layout = network.layout()
    theta = np.random.RandomState(0).normal(0.0, 0.5, layout.size)
    return network, layout.views(theta)


@pytest.mark.parametrize("rnn_type", CELLS)
@pytest.mark.parametrize("embedding_dim", [None, 2])
@pytest.mark.parametrize("is_sparse", [True, False])
def test_steps_are_those_of_the_network(rnn_type, embedding_dim, is_sparse):
    network, w = make(rnn_type, embedding_dim)
    n, n_steps = 3, 7
    packing = packed([n_steps] * n)
    x = np.random.RandomState(1).normal(size=(n * n_steps, 5))
    x = sparse.csr_array(x) if is_sparse else x
    expected, (ends, *_) = network.forward(w, x[packing.rows], packing)
    stepper = Stepper(network.encoder, w, w["output"])
    state = network.encoder.stack.start_state(n, np.float64)
    for t in range(n_steps):
        state = stepper.step(stepper.gates(x[packing.rows[n * t : n * t + n]]), state)
        scores = stepper.scores(state)
        np.testing.assert_allclose(scores, expected[n * t : n * t + n], atol=1e-12)
    for one, other in zip(state, ends, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_gates_are_linear_but_for_their_bias():
    """So the gates of a token and what a condition adds to them can be prepared."""
    network, w = make("lstm", 2)
    stepper = Stepper(network.encoder, w, w["output"])
    x, other = np.eye(5)[[1, 3]], np.eye(5)[[2, 2]]
    nothing = stepper.gates(np.zeros((2, 5)))
    both = stepper.gates(x) + stepper.gates(other) - nothing
    np.testing.assert_allclose(stepper.gates(x + other), both, atol=1e-12)
    np.testing.assert_allclose(stepper.gates(one_hot([1, 3], 5)), stepper.gates(x))


def test_dropped_outputs_are_impossible_and_weights_stay():
    network, w = make("gru", None)
    before = w["output"]["b"].copy()
    stepper = Stepper(network.encoder, w, w["output"], dropped=[0, 4])
    state = network.encoder.stack.start_state(2, np.float64)
    scores = stepper.scores(stepper.step(stepper.gates(np.eye(5)[:2]), state))
    assert np.isneginf(scores[:, [0, 4]]).all()
    assert np.isfinite(scores[:, [1, 2, 3, 5]]).all()
    np.testing.assert_array_equal(w["output"]["b"], before)


def test_a_step_leaves_the_states_before_it_alone():
    network, w = make("gru", None)
    stepper = Stepper(network.encoder, w, w["output"])
    state = [np.ones_like(s) for s in network.encoder.stack.start_state(2, float)]
    stepper.step(stepper.gates(np.eye(5)[:2]), state)
    assert all((s == 1).all() for s in state)
