"""The one place that knows how other libraries order gates and split biases.

Ours are output, input, forget, candidate (LSTM) and reset, update, candidate (GRU),
side by side in the columns of Wx, Wh and b, with one bias for each gate and, in a GRU,
bh, which the reset gate scales. PyTorch and ONNX stack gates in the rows of their
matrices, and have two biases: one beside the input, one beside the state. Only their
sum matters, except for the candidate of a GRU, whose second bias is our bh.
"""

import numpy as np

# Which of our gates stands at each place of theirs.
ORDERS = {
    "torch": {"rnn": [0], "lstm": [1, 2, 3, 0], "gru": [0, 1, 2]},
    "onnx": {"rnn": [0], "lstm": [1, 0, 2, 3], "gru": [1, 0, 2]},
}


def reorder(rows, order):
    """Blocks of the first axis in another order."""
    blocks = np.split(rows, len(order))
    return np.concatenate([blocks[i] for i in order])


def to_library(library, rnn_type, w):
    """One layer and direction of ours as the four arrays of a library.

    The second bias is zero but for that of the candidate of a GRU.

    Returns
    -------
    W : (n_gates * n_units, n_in)
    R : (n_gates * n_units, n_units)
    bias_x, bias_h : (n_gates * n_units,)
    """
    order = ORDERS[library][rnn_type]
    bias_h = np.zeros_like(w["b"])
    if rnn_type == "gru":
        bias_h[-len(w["bh"]) :] = w["bh"]  # the candidate is last everywhere
    return *(reorder(w[name].T, order) for name in ("Wx", "Wh", "b")), bias_h


def from_library(library, rnn_type, W, R, bias_x, bias_h):
    """The way back: our arrays by their names."""
    order = np.argsort(ORDERS[library][rnn_type])
    bh = {}
    if rnn_type == "gru":
        *shared, candidate = np.split(bias_h, 3)
        bias_h = np.concatenate([*shared, np.zeros_like(candidate)])
        bh = {"bh": candidate}
    bias = reorder(bias_x + bias_h, order)
    return {"Wx": reorder(W, order).T, "Wh": reorder(R, order).T, "b": bias, **bh}
