"""Ragged batches, central differences, public names: what several tests need."""

import importlib
import pkgutil
import re

import numpy as np
from scipy import sparse

import sklearn_rnn
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.parameters import Layout
from sklearn_rnn.sequences import Sequences

BATCHES = {
    "ragged": [3, 1, 4, 2, 4],
    "equal": [3, 3, 3],
    "length one": [1, 1, 1],
    "one sequence": [5],
    "with empty ones": [0, 3, 1, 0, 2],
    "all empty": [0, 0],
}


def packed(lengths):
    """The packing of sequences that lie one after another."""
    lengths = np.asarray(lengths)
    return pack(np.cumsum(lengths) - lengths, lengths)


def random_weights(tree, seed=0, scale=0.5):
    """A layout and parameters that are nowhere zero, biases included."""
    layout = Layout(tree)
    theta = np.random.RandomState(seed).normal(0.0, scale, layout.size)
    return layout, theta


def central_differences(loss, array, step=1e-5):
    """Numerical gradient of ``loss()`` with respect to ``array``, changed in place."""
    gradient = np.zeros_like(array)
    flat, out = array.reshape(-1), gradient.reshape(-1)
    assert np.shares_memory(flat, array) or not array.size
    for i in range(flat.size):
        value = flat[i]
        flat[i] = value + step
        above = loss()
        flat[i] = value - step
        below = loss()
        flat[i] = value
        out[i] = (above - below) / (2 * step)
    return gradient


def assert_gradient(loss, **checked):
    """Compare pairs (array, analytical gradient) with central differences."""
    for name, (array, gradient) in checked.items():
        expected = central_differences(loss, array)
        np.testing.assert_allclose(
            gradient, expected, rtol=1e-6, atol=1e-8, err_msg=name
        )


def one_hot(tokens, n_features):
    """CSR with one entry a row."""
    n = len(tokens)
    parts = (np.ones(n), np.asarray(tokens, np.int32), np.arange(n + 1))
    return sparse.csr_array(parts, shape=(n, n_features))


def public_modules():
    """Modules without an underscore that say which of their names are public."""
    yield sklearn_rnn
    for found in pkgutil.walk_packages(sklearn_rnn.__path__, "sklearn_rnn."):
        if not re.search(r"\._|\.core\b", found.name):
            module = importlib.import_module(found.name)
            if hasattr(module, "__all__"):
                yield module


# -- networks that are exported --------------------------------------------------------

CELLS = [("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh")]
# The shortest training; `fitted` makes every part of the network matter.
QUICK = dict(max_iter=1, random_state=0)


def six_sequences(dtype):
    """Sequences of 0 to 6 steps of three features."""
    rng = np.random.RandomState(0)
    return Sequences.from_list(
        [rng.normal(size=(n, 3)).astype(dtype) for n in (4, 0, 1, 6, 2, 3)]
    )


def fitted(estimator, X, y):
    """An estimator, or a pipeline, whose weights are large and nowhere zero."""
    theta = getattr(estimator.fit(X, y), "theta_", None)
    theta = estimator[-1].theta_ if theta is None else theta
    theta[:] = np.random.RandomState(1).normal(0.0, 0.7, theta.size)
    return estimator
