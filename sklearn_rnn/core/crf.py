"""Linear-chain conditional random field (Lafferty et al., 2001): labels that follow.

The probability of labels y_1 … y_n is exp(score) / Z, where the score is

    start[y_1] + sum_t emission_t[y_t] + sum_t transition[y_(t-1), y_t] + end[y_n]

and Z sums exp(score) over all paths. The recursions run over the steps of a packing,
all sequences at once, and in float64: a product with exp(transition) stands for the sum
over the previous label, so that no array has three dimensions.

Letters: a_t[j] log of the sum over all beginnings that have label j at step t, b_t[i]
of all endings that go on from label i, log_z of all paths; p marginal probabilities.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.packing import Packing, last, previous, steps

LARGEST = 700.0  # exp of it is still a number
AT_A_TIME = 2**20  # elements of the largest array in Viterbi


class Chain(NamedTuple):
    """Scores of a minibatch, or their gradients."""

    emission: np.ndarray  # (n_tokens, n_labels)
    start: np.ndarray  # (n_labels,)
    transition: np.ndarray  # (n_labels, n_labels) from, to; -inf where forbidden
    end: np.ndarray  # (n_labels,)
    packing: Packing


class Sums(NamedTuple):
    """What the recursions give; see the module."""

    a: np.ndarray  # (n_tokens, n_labels)
    b: np.ndarray  # (n_tokens, n_labels)
    log_z: np.ndarray  # (n_sequences,), 0 for an empty one


def log_product(a, weights):
    """Log of exp(a) @ weights, without overflow."""
    peak = np.maximum(a.max(axis=1, keepdims=True), -LARGEST)
    with np.errstate(divide="ignore"):  # the log of a sum over nothing is -inf
        return np.log(np.exp(a - peak) @ weights) + peak


def forward_backward(chain):
    """Sums over all paths."""
    emission, packing = chain.emission.astype(np.float64), chain.packing
    weights = np.exp(chain.transition.astype(np.float64))
    a, b = emission.copy(), np.empty_like(emission)
    before = None
    for _, t in steps(packing):
        n = t.stop - t.start
        a[t] += chain.start if before is None else log_product(a[before][:n], weights)
        before = t
    after = None
    for _, t in reversed(steps(packing)):
        b[t] = chain.end
        if after is not None:  # whatever does not go on ends here
            n = after.stop - after.start
            b[t][:n] = log_product(emission[after] + b[after], weights.T)
        after = t
    log_z, ends = np.zeros(packing.n_sequences), last_tokens(packing)
    final, all_labels = a[ends] + chain.end, np.ones((a.shape[1], 1))
    log_z[: len(ends)] = log_product(final, all_labels)[:, 0]
    return Sums(a, b, log_z)


def last_tokens(packing):
    """Last token of each sequence that has one; those are the first columns."""
    n_nonempty = int(packing.sizes[0]) if len(packing.sizes) else 0
    return last(packing)[:n_nonempty] - packing.n_sequences


def pairs(packing):
    """Tokens that have a predecessor, and their predecessors."""
    before = previous(packing) - packing.n_sequences
    now = np.flatnonzero(before >= 0)
    return now, before[now]


class CRF(Softmax):
    """Head of label sequences: y is (n_tokens,), integers from 0; scores are a `Chain`.

    A sequence weighs as much as its steps together.
    """

    def loss_gradient(self, chain, y, weight):
        """See `heads`; the gradient is a `Chain`, too."""
        packing, n = chain.packing, self.n_classes
        columns, ends = packing.columns, last_tokens(packing)
        now, before = pairs(packing)
        sums = forward_backward(chain)
        # The mean weight of its steps stands in front of the log-likelihood.
        total = np.bincount(columns, weight, packing.n_sequences)
        weight = total / np.maximum(packing.lengths, 1)
        score = np.zeros(packing.n_sequences)
        score += np.bincount(
            columns, chain.emission[np.arange(len(y)), y], packing.n_sequences
        )
        score += np.bincount(
            columns[now], chain.transition[y[before], y[now]], packing.n_sequences
        )
        score[: len(ends)] += chain.start[y[: len(ends)]] + chain.end[y[ends]]
        loss = float(weight @ (sums.log_z - score))
        demission = self._marginals(sums, columns)
        demission[np.arange(len(y)), y] -= 1.0
        demission *= weight[columns][:, None]
        observed = np.bincount(y[before] * n + y[now], weight[columns[now]], n * n)
        dtransition = self._expected(chain, sums, weight) - observed.reshape(n, n)
        dstart, dend = demission[: len(ends)].sum(axis=0), demission[ends].sum(axis=0)
        return loss, Chain(demission, dstart, dtransition, dend, packing)

    def _marginals(self, sums, columns):
        """Probability of each label at each token."""
        p = np.exp(sums.a + sums.b - sums.log_z[columns][:, None])
        return p / p.sum(axis=1, keepdims=True)

    def _expected(self, chain, sums, weight):
        """Weighted expected number of times that each label follows each other one."""
        columns = chain.packing.columns
        now, before = pairs(chain.packing)
        peak = sums.a[before].max(axis=1, keepdims=True)
        rest = chain.emission[now] + sums.b[now] + peak
        rest = np.exp(np.minimum(rest - sums.log_z[columns[now]][:, None], LARGEST))
        rest *= weight[columns[now]][:, None]
        return np.exp(chain.transition) * (np.exp(sums.a[before] - peak).T @ rest)

    def inverse(self, chain):
        """Marginal probabilities of the labels, (n_tokens, n_labels)."""
        return self._marginals(forward_backward(chain), chain.packing.columns)

    def decode(self, chain):
        """Most probable labels of each sequence (Viterbi, 1967), (n_tokens,)."""
        turns = [t for _, t in steps(chain.packing)]
        best = chain.emission.astype(np.float64)  # of the paths that end in a label
        came = np.zeros(best.shape, np.intp)  # from which label
        for before, t in zip([None, *turns], turns, strict=False):
            if before is None:
                best[t] += chain.start
            else:
                n = t.stop - t.start
                value, came[t] = _best_before(best[before][:n], chain.transition)
                best[t] += value
        labels = (best + chain.end).argmax(axis=1)  # where a sequence ends
        for t, after in zip(turns[-2::-1], turns[:0:-1], strict=True):
            n = after.stop - after.start
            labels[t][:n] = came[after][np.arange(n), labels[after]]
        return labels


def _best_before(best, transition):
    """Largest of best[:, i] + transition[i, j] over i for each j, and that i."""
    value, label = np.empty_like(best), np.empty(best.shape, np.intp)
    size = max(1, AT_A_TIME // transition.size)
    for start in range(0, len(best), size):
        part = slice(start, start + size)
        paths = best[part, :, None] + transition
        label[part] = paths.argmax(axis=1)
        value[part] = np.take_along_axis(paths, label[part][:, None], 1)[:, 0]
    return value, label
