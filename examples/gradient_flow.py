"""What a network remembers: gradients that vanish, and gradients that are clipped
===============================================================================

A sequence of up to 150 numbers, two of which are marked: what is their sum? The first
mark is far from the end, so the loss has to reach back a long way for a network to
learn anything of it (Hochreiter and Schmidhuber, 1997). `gradient_flow` measures how
far it reaches, and `gradient_norms` which updates `max_grad_norm` scales down.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklearn_rnn import RNNRegressor
from sklearn_rnn.inspection import GradientFlowDisplay, GradientNormsDisplay


def marked_numbers(n_sequences, least, most, rng):
    """Sequences of numbers and marks, and sums of the two numbers that are marked."""
    X, y = [], []
    for length in rng.randint(least, most + 1, n_sequences):
        numbers, marks = rng.uniform(-1, 1, length), np.zeros(length)
        early, late = rng.randint(length // 2), rng.randint(length // 2, length)
        marks[[early, late]] = 1
        X.append(np.column_stack([numbers, marks]).astype(np.float32))
        y.append(numbers[early] + numbers[late])
    return X, np.array(y)


rng = np.random.RandomState(0)
X, y = marked_numbers(2000, 5, 150, rng)
X_test, y_test = marked_numbers(200, 150, 150, rng)

# %%
# Four networks of the same width, after equally many updates. How well they do on
# sequences of 150 numbers:

warnings.simplefilter("ignore", ConvergenceWarning)  # not all of them will learn it
networks = {
    "tanh": RNNRegressor(32, rnn_type="rnn"),
    "relu": RNNRegressor(32, rnn_type="rnn", activation="relu"),
    "LSTM": RNNRegressor(32, rnn_type="lstm"),
    "GRU": RNNRegressor(32, rnn_type="gru"),
}
for name, network in networks.items():
    network.set_params(max_iter=12, random_state=2).fit(X, y)
    print(f"{name}: R² {network.score(X_test, y_test):.2f}")

# %%
# And so the gradient of the loss by the state falls on the way back from the end of a
# sequence. In a simple network with tanh it shrinks at each step, so the network never
# hears of the first mark. A GRU hands it on, as does the memory cell of an LSTM.

figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for name, network in networks.items():
    GradientFlowDisplay.from_estimator(network, X_test, y_test, name=name, ax=ax)

# %%
# A simple network with relu can remember, too. But what need not shrink may grow: some
# gradients are larger than the others by orders of magnitude, and are scaled down to
# norm 1. Where that is switched off, one such update throws the network off its way.

figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained", sharey=True)
for ax, highest in zip(axes, [1.0, None], strict=True):
    network = clone(networks["relu"]).set_params(max_grad_norm=highest)
    GradientNormsDisplay.from_estimator(network, X, y, n_epochs=3, ax=ax)
    r2 = network.fit(X, y).score(X_test, y_test)
    ax.set_title(f"max_grad_norm={highest}: R² {r2:.2f}")
axes[1].set_ylabel("")
plt.show()
