"""A network one step at a time, for what is generated: each step needs the one before.

The equations of the cells are those of training. What the input contributes to the
gates of the first layer is linear in it, so it is prepared: the gates of each token are
a row of a table, those of a condition are the same at all steps.
"""

import numpy as np


class Stepper:
    """Runs all samples side by side.

    ``w`` are the parameters of the encoder, ``output`` those of the output layer.
    ``dropped`` are outputs that must never be chosen: their scores are -inf.
    """

    def __init__(self, encoder, w, output, dropped=()):
        cells = encoder.stack.layers
        weights = [w["recurrent"][str(i)] for i in range(len(cells))]
        planes = [c.recurrent_planes(v) for c, v in zip(cells, weights, strict=True)]
        # For one sample, one product is faster than one for each gate.
        rows = [np.concatenate([*U], axis=1) for U in planes]
        self.layers = list(zip(cells, weights, planes, rows, strict=True))
        self.embedding, self.w = encoder.embedding, w
        self.W, self.b = output["W"], output["b"].copy()
        self.b[list(dropped)] = -np.inf

    def gates(self, x):
        """What inputs (n, n_in) contribute to the first layer, (n_gates, n, n_units).

        Its bias included.
        """
        if self.embedding:
            x, _ = self.embedding.forward(self.w["embedding"], x)
        cell, w, *_ = self.layers[0]
        return np.ascontiguousarray(cell.gates(w, x))

    def scores(self, state):
        """Scores of what follows states, a list with (n_states, n, n_units) a layer."""
        return state[-1][0] @ self.W + self.b

    def step(self, a, state):
        """States after a step whose gates ``a`` come from its input."""
        following = []
        for i, (cell, w, U, one_U) in enumerate(self.layers):
            before = state[i]
            if i:
                a = cell.gates(w, following[-1][0])
            p = np.empty((cell.n_planes, *before.shape[1:]), before.dtype)
            if before.shape[1] == 1:
                np.dot(before[0], one_U, out=p[: cell.n_gates].reshape(1, -1))
            else:
                np.matmul(before[0], U, out=p[: cell.n_gates])
            now = np.empty_like(before)
            cell.step(w, p, a, before, now)
            following.append(now)
        return following
