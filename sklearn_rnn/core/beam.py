"""The most probable sequences that a decoder can write, by a beam search.

All sequences are written side by side, each with the ``beam_size`` most probable
beginnings so far. What a beginning has ended leaves the beam, which has a place less
from then on; so with one place the search is greedy. Nothing of a sequence depends on
the others beside it: each has its own end.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn.core.heads import log_softmax
from sklearn_rnn.core.prediction import check_finite

BLOCK = 64  # values whose maximum is taken first


class BeamRules(NamedTuple):
    """What is searched for.

    A sequence of n tokens, its end included, and the log-probability p has the score
    ``p / n ** length_penalty``. Lengths are without the end.
    """

    beam_size: int
    n_best: int
    length_penalty: float
    min_length: int
    max_length: int
    start: int  # token that is read before the first one
    end: int  # token that ends a sequence, the last one
    never: tuple = ()  # tokens that are not written


class Hypothesis(NamedTuple):
    """A sequence that has ended."""

    score: float
    tokens: np.ndarray  # (length,) without the end


class Ended(NamedTuple):
    """A sequence that has ended, whose tokens are still to be looked up."""

    score: float
    length: int  # its end included
    row: int  # of its end, in the last step


class Beams:
    """The beginnings of sequences that still go on, in the order of their probability.

    Where a beam has fewer than ``beam_size`` of them, the log-probability is -inf. Only
    the last token of each is at hand. Each step keeps which tokens it added to what, in
    rows, from which ``found`` puts together what has ended.
    """

    def __init__(self, n_sequences, rules):
        self.rules, k = rules, rules.beam_size
        self.log_p = np.full((n_sequences, k), -np.inf)
        self.log_p[:, 0] = 0.0  # one beginning, the empty one
        self.token = np.full((n_sequences, k), rules.start)
        self.row = np.arange(n_sequences * k).reshape(n_sequences, k)  # in a step
        self.steps = []  # pairs (row in the step before, token), each (n_rows,)
        self.places = np.full(n_sequences, k)
        self.sequence = np.arange(n_sequences)
        self.ended = [[] for _ in range(n_sequences)]

    def last(self):
        """The token that each beginning ends with, (n_sequences * beam_size,)."""
        return self.token.ravel()

    def follow(self, log_next):
        """Go on with the most probable tokens.

        Parameters
        ----------
        log_next : (n_sequences, beam_size, n_tokens)
            Their log-probabilities, overwritten.

        Returns
        -------
        row : (n_sequences, beam_size)
            Which beginning each new one had been.
        """
        rules, length = self.rules, len(self.steps)
        log_next[:, :, list(rules.never)] = -np.inf
        if length < rules.min_length:
            log_next[:, :, rules.end] = -np.inf
        if length >= rules.max_length:
            log_next[:, :, : rules.end] = -np.inf
        log_next += self.log_p[:, :, None]
        row, self.token, self.log_p = best_continuations(log_next, rules.beam_size)
        self.log_p[np.arange(rules.beam_size) >= self.places[:, None]] = -np.inf
        came = np.take_along_axis(self.row, row, 1)
        self.steps.append((came.ravel(), self.token.ravel()))
        self.row = np.arange(row.size).reshape(row.shape)
        self._take_out_ended(self.token == rules.end)
        return row

    def _take_out_ended(self, ended):
        """Keep what has ended as found, and its place in the beam empty."""
        ended &= np.isfinite(self.log_p)
        length = len(self.steps)
        for i, j in zip(*np.nonzero(ended), strict=True):
            score = float(self.log_p[i, j]) / length**self.rules.length_penalty
            one = Ended(score, length, int(self.row[i, j]))
            self.ended[self.sequence[i]].append(one)
        self.places -= ended.sum(axis=1)
        self.log_p[ended] = -np.inf

    def drop_finished(self):
        """Take out sequences that cannot find better; returns which stay, or None."""
        rules = self.rules
        # A longer sequence is less probable, but a penalty may make up for it.
        longest = (rules.max_length + 1) ** rules.length_penalty
        could_be = self.log_p.max(axis=1) / longest
        stays = np.isfinite(could_be)
        for i in np.flatnonzero(stays & (self.places < rules.beam_size)):
            scores = sorted(h.score for h in self.ended[self.sequence[i]])
            stays[i] = len(scores) < rules.n_best or could_be[i] > scores[-rules.n_best]
        if stays.all():
            return None
        self.log_p, self.token = self.log_p[stays], self.token[stays]
        self.row, self.places = self.row[stays], self.places[stays]
        self.sequence = self.sequence[stays]
        return stays

    def found(self):
        """List of the ``n_best`` hypotheses, best first, of each sequence."""
        best = [
            sorted(own, key=lambda h: -h.score)[: self.rules.n_best]
            for own in self.ended
        ]
        tokens = iter(self._tokens([h for own in best for h in own]))
        return [[Hypothesis(h.score, next(tokens)) for h in own] for own in best]

    def _tokens(self, ended):
        """Arrays of the tokens of what has ended, all looked up from behind."""
        lengths = np.array([h.length for h in ended], int)
        longest_first = np.argsort(-lengths, kind="stable")
        rows = np.array([h.row for h in ended], int)[longest_first]
        written = np.empty(lengths.sum(), np.int32)
        ends = np.cumsum(lengths)
        begins = (ends - lengths)[longest_first]
        running = np.searchsorted(-lengths[longest_first], -np.arange(len(self.steps)))
        for t in range(len(self.steps) - 1, -1, -1):
            (came, token), n = self.steps[t], running[t]
            written[begins[:n] + t] = token[rows[:n]]
            rows[:n] = came[rows[:n]]
        spans = zip(ends - lengths, ends - 1, strict=True)
        return [written[begin:end].copy() for begin, end in spans]


def largest(x, k):
    """Places of the k largest values of each row, (n, k), in any order.

    In long rows they are looked for in the k blocks whose maxima are the largest ones,
    and in what the last block leaves.
    """
    n, width = x.shape
    n_blocks = width // BLOCK
    if n_blocks <= 2 * k:
        return np.argpartition(x, -k, axis=1)[:, -k:]
    blocks = x[:, : n_blocks * BLOCK].reshape(n, n_blocks, BLOCK)
    best = np.argpartition(blocks.max(axis=2), -k, axis=1)[:, -k:]
    places = (best[:, :, None] * BLOCK + np.arange(BLOCK)).reshape(n, -1)
    rest = np.arange(n_blocks * BLOCK, width)
    places = np.concatenate([places, np.tile(rest, (n, 1))], axis=1)
    values = np.take_along_axis(x, places, 1)
    return np.take_along_axis(places, np.argpartition(values, -k, axis=1)[:, -k:], 1)


def best_continuations(log_p, k):
    """The k best of each beam: beginning, token, log-probability, each (n, k), sorted.

    ``log_p`` is (n_sequences, beam_size, n_tokens).
    """
    n, _, n_tokens = log_p.shape
    flat = log_p.reshape(n, -1)
    best = largest(flat, k)
    values = np.take_along_axis(flat, best, 1)
    order = np.lexsort((best, -values), axis=1)
    best = np.take_along_axis(best, order, 1)
    return *np.divmod(best, n_tokens), np.take_along_axis(values, order, 1)


def search(writer, memory, state, rules, names=None):
    """List of the ``n_best`` hypotheses, best first, of each sequence.

    ``writer`` runs the decoder, see `Writer`, from ``state`` with what ``memory`` has.
    ``names`` (n_sequences,) are what errors call the sequences.
    """
    n, k = state[0].shape[1], rules.beam_size
    beams = Beams(n, rules)
    state = [np.repeat(s, k, axis=1) for s in state]
    while len(beams.sequence):
        state = writer.read(beams.last(), state)
        scores = writer.scores(state, memory)
        own = beams.sequence if names is None else names[beams.sequence]
        check_finite(scores, np.repeat(own, k))
        log_next = log_softmax(scores.astype(np.float64))
        log_next = log_next.reshape(len(beams.sequence), k, -1)
        row = beams.follow(log_next)
        row += np.arange(0, row.size, k)[:, None]
        stays = beams.drop_finished()
        if stays is not None:
            row, memory = row[stays], memory.subset(stays)
        state = [s[:, row.ravel()] for s in state]
    return beams.found()
