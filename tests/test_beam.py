"""The beam search against all sequences there are, and beside others."""

from itertools import product

import numpy as np
import pytest

from sklearn_rnn.core.beam import (
    BLOCK,
    BeamRules,
    best_continuations,
    largest,
    search,
)
from sklearn_rnn.core.heads import log_softmax

END = 3  # of the tokens 0, 1, 2; also what is read first


class Markov:
    """Writes by the last two tokens, each sequence by a table of its own.

    The state of a row are these tokens.
    """

    def __init__(self, n_sequences, seed=0, dtype=np.float64, scale=2.0):
        rng = np.random.RandomState(seed)
        shape = (n_sequences, END + 1, END + 1, END + 1)
        self.tables = (scale * rng.normal(size=shape)).astype(dtype)
        self.n_steps = 0

    def read(self, tokens, state):
        self.n_steps += 1
        return [np.stack([state[0][:, :, 1], tokens[None]], axis=2)]

    def scores(self, state, memory):
        before, last = state[0][0].T.reshape(2, len(memory.tables), -1).astype(int)
        rows = np.arange(len(last))[:, None]
        return memory.tables[rows, before, last].reshape(-1, END + 1)

    def log_p(self, sequence, tokens):
        """Log-probability of tokens and the end."""
        path = [END, END, *tokens, END]
        return sum(
            log_softmax(self.tables[sequence, a, b][None].astype(np.float64))[0, c]
            for a, b, c in zip(path, path[1:], path[2:], strict=False)
        )


class Tables:
    """What the search takes for a memory."""

    def __init__(self, tables):
        self.tables = tables

    def subset(self, index):
        return Tables(self.tables[index])


def found(markov, index=None, **rules):
    rules = {
        "beam_size": 4,
        "n_best": 1,
        "length_penalty": 0.0,
        "min_length": 1,
        "max_length": 4,
        "start": END,
        "end": END,
        **rules,
    }
    tables = markov.tables if index is None else markov.tables[index]
    state = [np.full((1, len(tables), 2), END)]
    return search(markov, Tables(tables), state, BeamRules(**rules))


def everything(markov, sequence, least=1, most=4, penalty=0.0):
    """All sequences with their scores, the best one first."""
    options = [
        tokens
        for length in range(least, most + 1)
        for tokens in product(range(END), repeat=length)
    ]
    scored = [
        (markov.log_p(sequence, tokens) / (len(tokens) + 1) ** penalty, tokens)
        for tokens in options
    ]
    return sorted(scored, reverse=True)


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
@pytest.mark.parametrize(("least", "most"), [(1, 4), (2, 3), (3, 3), (1, 1)])
def test_a_wide_beam_finds_the_best_of_all(penalty, least, most):
    markov = Markov(6)
    options = dict(length_penalty=penalty, min_length=least, max_length=most)
    results = found(markov, beam_size=200, n_best=5, **options)
    for sequence, hypotheses in enumerate(results):
        best = everything(markov, sequence, least, most, penalty)[:5]
        np.testing.assert_allclose(
            [h.score for h in hypotheses], [score for score, _ in best], rtol=1e-12
        )
        written = [tuple(h.tokens.tolist()) for h in hypotheses]
        assert written == [tokens for _, tokens in best]


def test_the_search_ends_when_nothing_better_can_come():
    markov = Markov(1)
    markov.tables[...] = 0.0
    markov.tables[0, END, END, 0] = 9.0
    markov.tables[0, END, 0, END] = 9.0  # then the end, almost certainly
    (own,) = found(markov, beam_size=4, max_length=50)[0]
    assert own.tokens.tolist() == [0]
    assert markov.n_steps == 2


def test_what_ends_last_of_all_may_still_be_the_best():
    markov = Markov(1)
    markov.tables[0, END, END] = np.log([0.35, 0.125, 0.125, 0.4])  # at once, or 0 and
    markov.tables[0, END, 0] = np.log([1e-9, 1e-9, 1e-9, 1.0])  # then almost certainly
    rules = dict(beam_size=2, length_penalty=1.0, min_length=0, max_length=1)
    (own,) = found(markov, **rules)[0]
    assert own.tokens.tolist() == [0]
    assert own.score == pytest.approx(np.log(0.35) / 2)


def test_what_has_ended_leaves_a_place_less():
    markov = Markov(1)
    never = 1e-12
    markov.tables[0, END, END] = np.log([0.3, 0.2, never, 0.5])  # 0 goes on, alone
    markov.tables[0, END, 0] = np.log([0.4, 0.6, never, never])
    markov.tables[0, 0, 0] = np.log([never, never, never, 1.0])  # what a place more
    markov.tables[0, 0, 1] = np.log([0.7, never, never, 0.3])  # would find, not this
    rules = dict(beam_size=2, n_best=2, min_length=0, max_length=2)
    written = [h.tokens.tolist() for h in found(markov, **rules)[0]]
    assert written == [[], [0, 1]]


def test_one_place_is_greedy():
    markov = Markov(20)
    for sequence, (hypothesis,) in enumerate(found(markov, beam_size=1)):
        tokens = []
        for step in range(5):
            before, last = [END, END, *tokens][-2:]
            row = markov.tables[sequence, before, last].copy()
            if not step:
                row[END] = -np.inf
            token = int(row.argmax()) if step < 4 else END
            if token == END:
                break
            tokens.append(token)
        assert hypothesis.tokens.tolist() == tokens
        assert hypothesis.score == pytest.approx(markov.log_p(sequence, tokens))


@pytest.mark.parametrize("beam_size", [1, 2, 3])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_nothing_depends_on_the_sequences_beside(beam_size, penalty):
    markov = Markov(12, scale=3.0)
    rules = dict(
        beam_size=beam_size, n_best=beam_size, length_penalty=penalty, max_length=9
    )
    together = found(markov, **rules)
    ends = {len(h.tokens) for own in together for h in own}
    assert len(ends) > 2
    for i, own in enumerate(together):
        (alone,) = found(markov, index=[i], **rules)
        assert [h.score for h in alone] == [h.score for h in own]
        for one, other in zip(alone, own, strict=True):
            np.testing.assert_array_equal(one.tokens, other.tokens)


def test_a_wider_beam_finds_no_worse():
    markov = Markov(30)
    scores = [
        np.array([own[0].score for own in found(markov, beam_size=k)])
        for k in (1, 3, 200)
    ]
    assert (scores[2] >= scores[1] - 1e-12).all()
    assert (scores[2] >= scores[0] - 1e-12).all()
    assert (scores[2] > scores[0] + 1e-9).any()


def test_hypotheses_differ_and_fall():
    for own in found(Markov(10), beam_size=6, n_best=6):
        written = [tuple(h.tokens) for h in own]
        assert len(set(written)) == len(written) == 6
        assert (np.diff([h.score for h in own]) <= 0).all()


def test_what_is_never_written_is_not_found():
    rules = dict(beam_size=3, n_best=3, max_length=2, never=(0, 2))
    for own in found(Markov(4), **rules):
        assert sorted(h.tokens.tolist() for h in own) == [[1], [1, 1]]


def test_scores_that_overflow_are_an_error():
    markov = Markov(3)
    markov.tables[1, :, :, 2] = np.inf
    with pytest.raises(ValueError, match="sequence 1 of X are so large"):
        found(markov)


def test_single_precision_adds_up_in_double():
    markov = Markov(3, dtype=np.float32)
    for sequence, (own,) in enumerate(found(markov, beam_size=50, max_length=6)):
        expected = markov.log_p(sequence, own.tokens.tolist())
        assert own.score == pytest.approx(expected, rel=1e-12)


def test_best_continuations_are_sorted():
    log_p = np.array([[[0.0, 2.5, 1.0], [3.0, 1.0, 2.0]]])
    row, token, value = best_continuations(log_p, 2)
    np.testing.assert_array_equal(row, [[1, 0]])
    np.testing.assert_array_equal(token, [[0, 1]])
    np.testing.assert_array_equal(value, [[3.0, 2.5]])


@pytest.mark.parametrize("width", [5, BLOCK, 7 * BLOCK, 30 * BLOCK, 30 * BLOCK + 7])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_largest_of_long_rows(width, k):
    x = np.random.RandomState(0).permutation(20 * width).reshape(20, width) * 1.0
    x[3] = -np.inf
    x[3, -1] = 0.0
    x[4, :-k] = -np.inf
    places = largest(x, k)
    assert places.shape == (20, k)
    assert all(len({*row}) == k for row in places.tolist())
    found = np.sort(np.take_along_axis(x, places, 1), axis=1)
    np.testing.assert_array_equal(found, np.sort(x, axis=1)[:, -k:])
