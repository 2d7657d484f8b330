"""What follows: tokens drawn from scores, and the rules that restrain them.

Samples run side by side, and one that has ended leaves. The noise of a sample is drawn
for its own place, see `Noise`, so it does not depend on its neighbours.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sklearn_rnn.core.heads import log_softmax

BLOCK = 64  # steps whose noise is drawn at once


class Noise:
    """Random numbers of samples side by side, by (seed, group, place, step) alone.

    ``groups`` are pairs (group, n_samples): the first samples of a group, which is
    named by integers, are drawn. ``draw(generator, shape)`` fills an array row by row,
    so the numbers of the first rows do not depend on how many follow. ``shape`` is that
    of the numbers of a step.
    """

    def __init__(self, seed, groups, draw, shape=()):
        self.seed, self.groups, self.draw, self.shape = seed, groups, draw, shape
        self.number, self.block = None, None  # of the block at hand

    def at(self, t):
        """Numbers of step t, (n_samples, …)."""
        number, place = divmod(t, BLOCK)
        if number != self.number:
            self.number, self.block = number, self._draw(number)
        return self.block[:, place]

    def _draw(self, number):
        return np.concatenate(
            [
                self.draw(
                    np.random.default_rng([self.seed, *group, number]),
                    (n, BLOCK, *self.shape),
                )
                for group, n in self.groups
            ]
        )


class Rules(NamedTuple):
    """How tokens are chosen.

    ``end`` is the token that ends a sample, ``stops`` are sequences of tokens that do.
    Lengths are those of what is generated; no stop counts before the least one.
    """

    max_new: np.ndarray  # (n_samples,)
    min_new: np.ndarray  # (n_samples,)
    end: int
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    stops: tuple = ()

    @property
    def looks_back(self):
        """Whether what may follow depends on the tokens so far."""
        return self.repetition_penalty != 1 or self.no_repeat_ngram_size or self.stops


def choose(scores, u, rules):
    """A token for each row of scores, which are overwritten; u is uniform in [0, 1)."""
    if not rules.temperature:
        return scores.argmax(axis=1)
    if rules.temperature != 1:
        scores = scores - scores.max(axis=1, keepdims=True).astype(np.float64)
        with np.errstate(over="ignore"):  # a tiny temperature leaves the best ones
            scores /= rules.temperature
    if rules.top_k is not None and rules.top_k < scores.shape[1]:
        least = np.partition(scores, -rules.top_k, axis=1)[:, -rules.top_k, None]
        scores[scores < least] = -np.inf
    scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
    p = np.exp(scores, out=scores)
    if rules.top_p is not None:
        keep_nucleus_(p, rules.top_p)
    total = p.cumsum(axis=1, dtype=np.float64)
    if len(u) == 1:
        return total[0].searchsorted(u * total[0, -1], side="right")
    return (total <= (u * total[:, -1])[:, None]).argmin(axis=1)


def keep_nucleus_(p, top_p):
    """Keep the most probable of each row that together have a share of at least top_p.

    Nucleus sampling (Holtzman et al., 2020).
    """
    order = np.argsort(-p, axis=1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=1)
    before = ranked.cumsum(axis=1, dtype=np.float64) - ranked
    total = ranked.sum(axis=1, keepdims=True, dtype=np.float64)
    ranked[before >= top_p * total] = 0.0
    np.put_along_axis(p, order, ranked, axis=1)


class History:
    """The tokens of each sample so far, and what they forbid.

    ``prefixes`` are lists of tokens, which count as generated, but not for stops.
    """

    def __init__(self, prefixes, rules, n_tokens):
        self.rules = rules
        self.tokens = [list(prefix) for prefix in prefixes]
        self.n_prefix = [len(prefix) for prefix in prefixes]
        self.seen = np.zeros((len(prefixes), n_tokens), bool)
        # For each sample: the n - 1 tokens before -> the tokens that followed them.
        self.followers = [{} for _ in prefixes]
        for i, tokens in enumerate(self.tokens):
            self.seen[i, tokens] = True
            for stop in range(1, len(tokens) + 1):
                self._note(i, stop)

    def _note(self, i, stop):
        """Take note of the n-gram that ends in front of ``stop``."""
        n = self.rules.no_repeat_ngram_size
        if n and stop >= n:
            *before, token = self.tokens[i][stop - n : stop]
            self.followers[i].setdefault(tuple(before), set()).add(token)

    def restrain_(self, scores, active):
        """Make what was there less probable, and repeated n-grams impossible.

        A penalty multiplies log-probabilities (after Keskar et al., 2019).
        """
        penalty, n = self.rules.repetition_penalty, self.rules.no_repeat_ngram_size
        if penalty != 1:
            scores[...] = log_softmax(scores)
            with np.errstate(over="ignore"):
                scores[self.seen[active]] *= penalty
        if n:
            for row, i in enumerate(active.tolist()):
                tokens = self.tokens[i]
                last = tuple(tokens[len(tokens) - n + 1 :])
                banned = self.followers[i].get(last) if len(last) == n - 1 else None
                if banned:
                    scores[row, list(banned)] = -np.inf

    def add(self, active, tokens):
        """Take note of a token of each; returns which samples a stop has ended."""
        stopped = np.zeros(len(active), bool)
        self.seen[active, tokens] = True
        for row, (i, token) in enumerate(
            zip(active.tolist(), tokens.tolist(), strict=True)
        ):
            own = self.tokens[i]
            own.append(token)
            self._note(i, len(own))
            new = own[self.n_prefix[i] :]
            stopped[row] = any(
                tuple(new[len(new) - len(stop) :]) == stop for stop in self.rules.stops
            )
        return stopped


def distinct(rows):
    """The different ones of some rows, and which of these each is.

    None, with the rows in their order, if all differ.
    """
    found, place = np.unique(rows, return_inverse=True)
    return (rows, None) if len(found) == len(rows) else (found, place)


@dataclass
class Pasts:
    """What samples go on from: those with the same tokens so far share a past."""

    state: list  # (n_states, n_pasts, n_units) of each layer
    scores: np.ndarray  # (n_pasts, n_tokens) of what follows
    base: np.ndarray | None  # (n_gates, n_pasts, n_units) what conditions add to gates
    of: np.ndarray | None  # (n_samples,) the past of each sample; None: its own

    def scores_of_samples(self):
        """Scores (n_samples, n_tokens), which may be overwritten."""
        return self.scores if self.of is None else self.scores[self.of]

    def subset(self, samples):
        """Those of some samples."""
        row, of = samples, None
        if self.of is not None:
            row, of = distinct(self.of[samples])
        return self._replaced(row, self.scores[row], of)

    def _replaced(self, row, scores, of):
        base = None if self.base is None else self.base[:, row]
        return Pasts([s[:, row] for s in self.state], scores, base, of)

    def follow(self, stepper, table, tokens):
        """The pasts after a token of each sample."""
        pasts = self
        if self.of is not None:
            pairs, of = distinct(self.of * table.shape[1] + tokens)
            row, tokens = np.divmod(pairs, table.shape[1])
            pasts = self._replaced(row, None, of)
        a = table.take(tokens, axis=1)
        a = a if pasts.base is None else a + pasts.base
        state = stepper.step(a, pasts.state)
        return Pasts(state, stepper.scores(state), pasts.base, pasts.of)


def generate_tokens(stepper, pasts, table, noise, rules, prefixes):
    """Yield (samples, their next tokens) step after step, until all have ended.

    ``pasts`` are those after the prefixes; ``table`` has the gates of each token as an
    input, (n_gates, n_tokens, n_units).
    """
    active, t = np.flatnonzero(rules.max_new > 0), 0
    if len(active) < len(rules.max_new):
        pasts = pasts.subset(active)
    history = None
    if rules.looks_back:
        history = History(prefixes, rules, pasts.scores.shape[1])
    # Most steps end no sample: what could is looked at only where it may.
    least, most = rules.min_new[active], rules.max_new[active]
    none_may_end, all_may_end = min(least, default=0), max(least, default=0)
    some_must_end = min(most, default=0)
    while len(active):
        scores = pasts.scores_of_samples()
        if t < none_may_end:
            scores[:, rules.end] = -np.inf
        elif t < all_may_end:
            scores[rules.min_new[active] > t, rules.end] = -np.inf
        if history:
            history.restrain_(scores, active)
            stuck = np.isneginf(scores).all(axis=1)
            scores[stuck, rules.end] = 0.0  # what cannot go on ends
        u = noise.at(t)
        tokens = choose(scores, u if len(u) == len(active) else u[active], rules)
        yield active, tokens
        t += 1
        ended = tokens == rules.end
        if history:
            ended |= history.add(active, tokens) & (rules.min_new[active] <= t)
        if t >= some_must_end:
            ended |= rules.max_new[active] <= t
        if np.count_nonzero(ended):
            going = np.flatnonzero(~ended)
            active, tokens, pasts = active[going], tokens[going], pasts.subset(going)
        if len(active):
            pasts = pasts.follow(stepper, table, tokens)


def generate_numbers(stepper, state, scores, inputs, head, noise, n_steps, temperature):
    """Yield the values of ``n_steps`` steps, (n_samples, n_features).

    ``inputs(values)`` gives the gates to which the values of a step lead.
    """
    for t in range(n_steps):
        values = head.draw(scores, noise.at(t), temperature)
        yield values
        if t + 1 < n_steps:
            state = stepper.step(inputs(values), state)
            scores = stepper.scores(state)


def complete(step, state, scores, boundary, k, *, beam_size, max_new, empty):
    """The k most probable words that a prefix goes on with, by a beam search.

    ``step(tokens, state)`` gives the states and scores after them. A word ends where a
    token of ``boundary``, true for those (n_tokens,), follows, any of them; if
    ``empty``, the prefix may be one already. Returns pairs (tokens, probability).
    """
    beams, log_p, found = [()], np.zeros(1), []
    for length in range(max_new + 1):
        log_next = log_softmax(scores.astype(np.float64))
        if length or empty:
            ends = log_p + np.logaddexp.reduce(log_next[:, boundary], axis=1)
            found += zip(beams, np.exp(ends).tolist(), strict=True)
            found = sorted(found, key=lambda pair: -pair[1])[:k]
        following = log_p[:, None] + np.where(boundary, -np.inf, log_next)
        best = np.argsort(-following, axis=None, kind="stable")[:beam_size]
        best = best[np.isfinite(following.ravel()[best])]
        row, token = np.divmod(best, following.shape[1])
        log_p = following[row, token]
        # What is not finished yet only becomes less probable.
        if not len(best) or (len(found) == k and np.exp(log_p[0]) <= found[-1][1]):
            break
        beams = [(*beams[r], t) for r, t in zip(row, token.tolist(), strict=True)]
        state, scores = step(token, [s[:, row] for s in state])
    return found
