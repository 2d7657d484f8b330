"""One vector for each sequence: the last state, or the mean, maximum or attention.

``forward(w, out, last, packing) -> (pooled, trace)`` with out (n_tokens, n_units) and
last (n_sequences, n_units), the final state; ``backward`` gives the gradients of both.
The mean, maximum and attention of an empty sequence are zero.

The same, of windows one after another: ``start(n_sequences, dtype)`` gives a list of
arrays, to which ``add(w, memory, out, last, packing)`` adds a window whose columns are
the first ones of all; ``finish(memory)`` is then what ``forward`` gives of the whole.
``stages(w, out, packing)`` yields what ``forward`` would give if sequences ended after
one step, after two, and so on.
"""

import numpy as np

from sklearn_rnn.core.packing import steps
from sklearn_rnn.core.parameters import Parameter, glorot, zeros


def sum_over_time(x, packing):
    """Sum of the tokens of each column, (n_sequences, n_units)."""
    total = np.zeros((packing.n_sequences, x.shape[1]), x.dtype)
    for _, t in steps(packing):
        total[: t.stop - t.start] += x[t]
    return total


class LastState:
    """The final state."""

    def __init__(self, n_in):
        self.n_in = n_in

    def parameters(self):
        """Nothing to learn."""
        return {}

    def forward(self, w, out, last, packing):
        """See the module."""
        return last, out.shape

    def backward(self, w, shape, dpooled, dw):
        """See the module."""
        return np.zeros(shape, dpooled.dtype), dpooled

    def start(self, n_sequences, dtype):
        """See the module."""
        return [np.zeros((n_sequences, self.n_in), dtype)]

    def add(self, w, memory, out, last, packing):
        """See the module."""
        memory[0][: len(last)] = last

    def finish(self, memory):
        """See the module."""
        return memory[0]

    def stages(self, w, out, packing):
        """See the module."""
        memory = self.start(packing.n_sequences, out.dtype)
        for tokens, step in packing.windows(1):
            self.add(w, memory, out[tokens], out[tokens], step)
            yield self.finish(memory)


class MeanOverTime(LastState):
    """The mean of all steps."""

    def forward(self, w, out, last, packing):
        """See the module."""
        share = 1.0 / np.maximum(packing.lengths, 1)[:, None].astype(out.dtype)
        return sum_over_time(out, packing) * share, (share, packing.columns)

    def backward(self, w, trace, dpooled, dw):
        """See the module."""
        share, columns = trace
        return (dpooled * share)[columns], np.zeros_like(dpooled)

    def start(self, n_sequences, dtype):
        """The sum, and the number of steps."""
        return [*super().start(n_sequences, dtype), np.zeros((n_sequences, 1), dtype)]

    def add(self, w, memory, out, last, packing):
        """See the module."""
        total, n_steps = (part[: packing.n_sequences] for part in memory)
        total += sum_over_time(out, packing)
        n_steps += packing.lengths[:, None]

    def finish(self, memory):
        """See the module."""
        total, n_steps = memory
        return total / np.maximum(n_steps, 1.0)


class MaxOverTime(LastState):
    """The largest value of each unit; the earliest step of a tie takes the gradient."""

    def forward(self, w, out, last, packing):
        """See the module."""
        pooled = np.full((packing.n_sequences, out.shape[1]), -np.inf, out.dtype)
        winner = np.zeros(pooled.shape, np.intp)  # token whose value is the largest
        for _, t in steps(packing):
            best = pooled[: t.stop - t.start]
            token = np.arange(t.start, t.stop)[:, None]
            larger = out[t] > best
            np.copyto(winner[: len(best)], token, where=larger)
            np.copyto(best, out[t], where=larger)
        nonempty = int(packing.sizes[0]) if len(packing.sizes) else 0
        pooled[nonempty:] = 0.0
        return pooled, (winner[:nonempty], out.shape)

    def backward(self, w, trace, dpooled, dw):
        """See the module."""
        winner, shape = trace
        dout = np.zeros(shape, dpooled.dtype)
        dout[winner, np.arange(shape[1])] = dpooled[: len(winner)]
        return dout, np.zeros_like(dpooled)

    def start(self, n_sequences, dtype):
        """The maximum."""
        return [np.full((n_sequences, self.n_in), -np.inf, dtype)]

    def add(self, w, memory, out, last, packing):
        """See the module."""
        for _, t in steps(packing):
            best = memory[0][: t.stop - t.start]
            np.maximum(best, out[t], out=best)

    def finish(self, memory):
        """See the module."""
        return np.where(memory[0] == -np.inf, 0.0, memory[0])


class AttentionOverTime(LastState):
    """Mean of the steps weighted by softmax(tanh(h W + b) v) (Yang et al., 2016)."""

    def parameters(self):
        """Names, shapes and initial values."""
        n = self.n_in
        return {
            "W": Parameter((n, n), glorot(n, n)),
            "b": Parameter((n,), zeros),
            "v": Parameter((n, 1), glorot(n, 1)),
        }

    def forward(self, w, out, last, packing):
        """See the module."""
        columns, n = packing.columns, packing.n_sequences
        hidden = np.tanh(out @ w["W"] + w["b"])  # (n_tokens, n_in)
        score = (hidden @ w["v"])[:, 0]
        peak = np.full(n, -np.inf, out.dtype)
        np.maximum.at(peak, columns, score)
        score = np.exp(score - peak[columns])
        weight = score / np.bincount(columns, score, n)[columns]
        weight = weight.astype(out.dtype)[:, None]  # (n_tokens, 1)
        pooled = sum_over_time(weight * out, packing)
        return pooled, (out, hidden, weight, columns)

    def backward(self, w, trace, dpooled, dw):
        """See the module."""
        out, hidden, weight, columns = trace
        dtoken = dpooled[columns]
        dweight = (dtoken * out).sum(axis=1)
        mean = np.bincount(columns, weight[:, 0] * dweight, len(dpooled))
        dscore = weight * (dweight - mean[columns])[:, None].astype(out.dtype)
        dw["v"] += hidden.T @ dscore
        da = dscore * w["v"][:, 0] * (1.0 - hidden * hidden)
        dw["W"] += out.T @ da
        dw["b"] += da.sum(axis=0)
        return weight * dtoken + da @ w["W"].T, np.zeros_like(dpooled)

    def start(self, n_sequences, dtype):
        """The mean, and its weight relative to the largest score, which is last."""
        shape = (n_sequences, 1)
        weight, peak = np.zeros(shape, dtype), np.full(shape, -np.inf, dtype)
        return [*super().start(n_sequences, dtype), weight, peak]

    def add(self, w, memory, out, last, packing):
        """See the module."""
        n = np.count_nonzero(packing.lengths)
        mean, weight, peak = (part[:n] for part in memory)
        columns, highest = packing.columns, peak.copy()
        score = np.tanh(out @ w["W"] + w["b"]) @ w["v"]  # (n_tokens, 1)
        np.maximum.at(highest, columns, score)
        score = np.exp(score - highest[columns])
        before = weight * np.exp(peak - highest)
        weight[:] = before + np.bincount(columns, score[:, 0], n)[:, None]
        mean *= before / weight
        mean += sum_over_time(score / weight[columns] * out, packing)[:n]
        peak[:] = highest


POOLINGS = {
    "last": LastState,
    "mean": MeanOverTime,
    "max": MaxOverTime,
    "attention": AttentionOverTime,
}
