"""Linear-chain conditional random field (Lafferty et al., 2001): labels that follow.

The probability of labels y_1 … y_n is exp(score) / Z, where the score is

    start[y_1] + sum_t emission_t[y_t] + sum_t transition[y_(t-1), y_t] + end[y_n]

and Z sums exp(score) over all paths. The recursions run over the steps of a packing,
all sequences at once, and in float64: a product with exp(transition) stands for the sum
over the previous label, so that no array has three dimensions. Where scores lie so far
apart that it would lose them, the sum is taken over their logarithms.

Letters: a_t[j] log of the sum over all beginnings that have label j at step t, b_t[i]
of all endings that go on from label i, log_z of all paths; p marginal probabilities.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.packing import Packing, last, previous, turns

LARGEST = 600.0  # exp of it, and of its negative, is far from the ends of float64
AT_A_TIME = 2**20  # elements of an array with three dimensions


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


def log_product(a, transition, weights):
    """Log of exp(a) @ exp(transition), without overflow; weights are the latter."""
    peak = a.max(axis=1, keepdims=True)
    # The log of a sum over nothing is -inf.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        value = np.log(np.exp(a - peak) @ weights) + peak
    far = np.flatnonzero(~(np.abs(value - peak) < LARGEST).all(axis=1))
    for part in parts(far, transition.size):
        value[part] = np.logaddexp.reduce(a[part, :, None] + transition, axis=1)
    return value


def parts(rows, size):
    """Rows a few at a time, so that ``size`` elements for each are not too many."""
    n = max(1, AT_A_TIME // size)
    return (rows[start : start + n] for start in range(0, len(rows), n))


def forward_backward(chain):
    """Sums over all paths."""
    packing, a = chain.packing, chain.emission.astype(np.float64)
    transition = chain.transition.astype(np.float64)
    with np.errstate(over="ignore"):  # see log_product
        weights = np.exp(transition)
    b, before = np.empty_like(a), None
    for t in turns(packing):
        n = t.stop - t.start
        if before is None:
            a[t] += chain.start
        else:
            a[t] += log_product(a[before][:n], transition, weights)
        before = t
    after = None
    for t in turns(packing, backward=True):
        b[t] = chain.end
        if after is not None:  # whatever does not go on ends here
            n = after.stop - after.start
            rest = chain.emission[after] + b[after]
            b[t][:n] = log_product(rest, transition.T, weights.T)
        after = t
    log_z, ends = np.zeros(packing.n_sequences), last_tokens(packing)
    log_z[: len(ends)] = np.logaddexp.reduce(a[ends] + chain.end, axis=1)
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


def check_paths(scores, packing):
    """Raise if all labels of a sequence are forbidden, whose score is then -inf."""
    if (scores == -np.inf).any():
        length = packing.lengths[np.argmin(scores)]
        raise ValueError(
            f"The labels that occurred in y cannot label a sequence of {length} "
            "step(s) without breaking the scheme."
        )


class CRF(Softmax):
    """Head of label sequences: y is (n_tokens,), integers from 0; scores are a `Chain`.

    The loss of a sequence is multiplied by the mean weight of its steps, so that it
    weighs as much as they do together.
    """

    def loss_gradient(self, chain, y, weight):
        """See `heads`; the gradient is a `Chain`, too."""
        packing, n = chain.packing, self.n_classes
        columns, ends = packing.columns, last_tokens(packing)
        now, before = pairs(packing)
        sums = forward_backward(chain)
        total = np.bincount(columns, weight, packing.n_sequences)
        weight = total / np.maximum(packing.lengths, 1)
        score = np.zeros(packing.n_sequences)
        score += np.bincount(
            columns, chain.emission[np.arange(len(y)), y], packing.n_sequences
        )
        score += np.bincount(
            columns[now], chain.transition[y[before], y[now]], packing.n_sequences
        )
        score[: len(ends)] += chain.start[y[: len(ends)]]
        score[: len(ends)] += chain.end[y[ends]]
        loss = float(weight @ (sums.log_z - score))
        demission = self._marginals(sums, columns)
        dtransition = self._expected(chain, sums, demission, weight)
        demission[np.arange(len(y)), y] -= 1.0
        demission *= weight[columns][:, None]
        observed = np.bincount(y[before] * n + y[now], weight[columns[now]], n * n)
        dtransition -= observed.reshape(n, n)
        dstart, dend = demission[: len(ends)].sum(axis=0), demission[ends].sum(axis=0)
        demission = demission.astype(chain.emission.dtype, copy=False)
        return loss, Chain(demission, dstart, dtransition, dend, packing)

    def _marginals(self, sums, columns):
        """Probability of each label at each token."""
        p = sums.a + sums.b
        p -= sums.log_z[columns][:, None]
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        return p

    def _expected(self, chain, sums, p, weight):
        """Weighted expected number of times that each label follows each other one."""
        now, before = pairs(chain.packing)
        transition, a = chain.transition.astype(np.float64), sums.a[before]
        p = p[now] * weight[chain.packing.columns[now]][:, None]
        # Of a label's probability, each one before it has the share that it has of the
        # sum which came to that label.
        came = sums.a[now] - chain.emission[now]
        came[came == -np.inf] = np.inf  # from nowhere
        peak = a.max(axis=1, keepdims=True)
        near = (np.abs(came - peak) < LARGEST).all(axis=1)
        near &= transition.max() < LARGEST
        rest = p[near] * np.exp((peak - came)[near])
        expected = np.exp(a - peak)[near].T @ rest
        expected *= np.exp(np.minimum(transition, LARGEST))
        for part in parts(np.flatnonzero(~near), transition.size):
            share = np.exp(a[part, :, None] + transition - came[part, None])
            expected += (share * p[part, None]).sum(axis=0)
        return expected

    def inverse(self, chain):
        """Marginal probabilities of the labels, (n_tokens, n_labels)."""
        sums = forward_backward(chain)
        check_paths(sums.log_z, chain.packing)
        return self._marginals(sums, chain.packing.columns)

    def decode(self, chain):
        """Most probable labels of each sequence (Viterbi, 1967), (n_tokens,)."""
        packing, emission = chain.packing, chain.emission
        to = np.ascontiguousarray(chain.transition.T, np.float64)
        ended = np.empty((len(last_tokens(packing)), self.n_classes))
        # From which label each came, in as few bytes as will do.
        came = np.empty(emission.shape, np.min_scalar_type(self.n_classes - 1))
        best = None  # of the paths that end in a label
        for t in turns(packing):
            n = t.stop - t.start
            if best is None:
                best = chain.start.astype(np.float64)
            else:
                ended[n : len(best)] = best[n:]
                best, came[t] = _best_before(best[:n], to)
            best = best + emission[t]
        if best is not None:
            ended[: len(best)] = best
        ended += chain.end
        check_paths(ended.max(axis=1), packing)
        label, labels = ended.argmax(axis=1), np.empty(len(emission), np.intp)
        for t in turns(packing, backward=True):
            n = t.stop - t.start
            labels[t] = label[:n]
            if t.start:
                label[:n] = came[t][np.arange(n), label[:n]]
        return labels


def _best_before(best, to):
    """Largest of best[:, i] + to[j, i] over i for each j, and that i.

    Transitions lie transposed, so that what is compared are neighbours.
    """
    value, label = np.empty_like(best), np.empty(best.shape, np.intp)
    for part in parts(np.arange(len(best)), to.size):
        paths = best[part, None] + to
        label[part] = paths.argmax(axis=2)
        value[part] = np.take_along_axis(paths, label[part][..., None], 2)[..., 0]
    return value, label
