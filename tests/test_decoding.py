"""Choosing what follows: probabilities, rules, noise, beams."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn.core.decoding import (
    BLOCK,
    History,
    Noise,
    Pasts,
    Rules,
    choose,
    complete,
    generate_numbers,
    generate_tokens,
    keep_nucleus_,
)
from sklearn_rnn.core.heads import Gaussian, log_softmax

END = 4


def rules(n=1, **options):
    limits = dict(max_new=np.full(n, 10), min_new=np.zeros(n, int), end=END)
    return Rules(**(limits | options))


def scores_of(*p):
    with np.errstate(divide="ignore"):
        return np.log(np.array(p))


def shares(p, **options):
    """How often each token is chosen if the uniform numbers are a fine grid."""
    n = 1000
    u = (np.arange(n) + 0.5) / n
    tokens = choose(np.tile(scores_of(*p), (n, 1)), u, rules(n, **options))
    return np.bincount(tokens, minlength=len(p)) / n


def test_tokens_are_chosen_as_they_are_probable():
    assert shares([0.1, 0.2, 0.0, 0.7, 0.0]).tolist() == [0.1, 0.2, 0.0, 0.7, 0.0]


def test_large_scores():
    scores = np.array([[1000.0, 1001.0, -1e5], [-1001.0, -1000.0, -1e5]])
    for u, token in [(0.26, 0), (0.27, 1)]:  # 1 / (1 + e) = 0.269
        found = choose(scores.copy(), np.array([u, u]), rules())
        assert found.tolist() == [token, token]


def test_extreme_numbers_choose_no_impossible_token():
    scores = np.tile(scores_of(0.0, 0.5, 0.0, 0.5, 0.0), (2, 1))
    u = np.array([0.0, np.nextafter(1.0, 0.0)])
    assert choose(scores.copy(), u, rules()).tolist() == [1, 3]
    alone = [choose(scores[:1].copy(), u[i : i + 1], rules()) for i in range(2)]
    assert np.concatenate(alone).tolist() == [1, 3]


@pytest.mark.parametrize("temperature", [0.5, 2.0, 1e-3, 1e3])
def test_temperature_divides_scores(temperature):
    p = np.array([0.1, 0.2, 0.3, 0.4])
    expected = np.exp(log_softmax(np.log(p)[None] / temperature))[0]
    np.testing.assert_allclose(shares(p, temperature=temperature), expected, atol=2e-3)


def test_temperature_zero_takes_the_first_of_the_most_probable():
    scores = np.array([[0.0, 2.0, 2.0], [3.0, 2.0, 1.0]])
    assert choose(scores, np.array([0.9, 0.9]), rules(temperature=0.0)).tolist() == [
        1,
        0,
    ]


def test_a_tiny_temperature_leaves_the_most_probable():
    scores = np.array([[-9.0, 3.0, 2.0], [3.0, 3.0, -9.0]])
    for u, tokens in [(0.25, [1, 0]), (0.75, [1, 1])]:
        found = choose(scores.copy(), np.array([u, u]), rules(temperature=1e-310))
        assert found.tolist() == tokens


def test_top_k_of_many_tokens_is_that_of_each_row():
    scores = np.random.RandomState(0).normal(size=(40, 300))
    found = [
        choose(scores.copy(), np.full(40, u), rules(top_k=5))
        for u in np.arange(0.01, 1.0, 0.02)
    ]
    best = np.sort(np.argsort(scores, axis=1)[:, -5:], axis=1)
    assert [sorted({*tokens}) for tokens in np.transpose(found)] == best.tolist()


def test_top_k():
    assert shares([0.1, 0.2, 0.3, 0.4], top_k=2) == pytest.approx(
        [0, 0, 3 / 7, 4 / 7], abs=1e-3
    )
    assert shares([0.1, 0.2, 0.3, 0.4], top_k=1).tolist() == [0, 0, 0, 1]
    assert shares([0.1, 0.2, 0.3, 0.4], top_k=9) == pytest.approx(
        [0.1, 0.2, 0.3, 0.4], abs=1e-3
    )


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        (0.01, [3]),
        (0.4, [3]),
        (0.41, [2, 3]),
        (0.7, [2, 3]),
        (0.71, [1, 2, 3]),
        (1.0, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_fewest_that_reach_it(top_p, kept):
    p = np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]])
    mirrored = [3 - token for token in kept]
    keep_nucleus_(p, top_p)
    assert np.flatnonzero(p[0]).tolist() == kept
    assert np.flatnonzero(p[1]).tolist() == sorted(mirrored)
    assert p[0, 3] == 0.4


def test_many_improbable_tokens_are_chosen_as_often_as_they_are_together():
    p = np.full(10_001, 1e-8, np.float32)
    p[0] = 1.0  # to which, in single precision, none of the others adds anything
    for n in (1, 2):
        scores = np.tile(np.log(p), (n, 1))
        tokens = choose(scores, np.full(n, 1.0 - 0.5e-4), rules(n))
        assert all(4900 < token < 5100 for token in tokens)


def test_top_p_adds_up_many_improbable_tokens():
    p = np.full((1, 10_001), 1e-8, np.float32)
    p[0, 0] = 1.0  # to which, in single precision, none of the others adds anything
    keep_nucleus_(p, (1.0 + 0.5e-4) / (1.0 + 1e-4))
    assert 4900 < np.count_nonzero(p) < 5100


def test_a_tiny_top_p_keeps_one():
    p = np.array([[0.25, 0.75]], np.float32)
    keep_nucleus_(p, 1e-320)  # in single precision, zero
    assert p.tolist() == [[0.0, 0.75]]


def uniform(generator, shape):
    return generator.random(shape)


def test_noise_depends_on_the_place_of_a_sample_alone():
    many = Noise(7, [((0, 0), 5), ((1, 0), 3), ((1, 1), 2)], uniform)
    few = Noise(7, [((1, 0), 2), ((0, 0), 1)], uniform)
    for t in [*range(3), *range(BLOCK - 1, BLOCK + 3), 3 * BLOCK]:
        ours, theirs = many.at(t), few.at(t)
        assert ours.shape == (10,)
        assert len(np.unique(ours)) == 10
        np.testing.assert_array_equal(theirs, ours[[5, 6, 0]])
    assert Noise(8, [((0, 0), 1)], uniform).at(0) != many.at(0)[0]
    assert len(np.unique([many.at(t) for t in range(3 * BLOCK)])) == 30 * BLOCK


def test_noise_of_several_numbers():
    normal = lambda generator, shape: generator.standard_normal(shape)  # noqa: E731
    many, few = (Noise(0, [((0, 0), n)], normal, (3,)) for n in (4, 2))
    assert many.at(0).shape == (4, 3)
    np.testing.assert_array_equal(few.at(70), many.at(70)[:2])


class Table:
    """A "network" whose scores depend on the last token alone."""

    def __init__(self, p):
        self.p = scores_of(*p)

    def step(self, a, state):
        return [a.copy()]

    def scores(self, state):
        return self.p[state[0][0, :, 0].astype(int)]


def run(stepper, rules, first, prefixes=None, u=0.5):
    """All samples of a table, as lists; the "gates" of a token are its number."""
    n = len(first)
    table = np.arange(len(stepper.p), dtype=float)[None, :, None]
    noise = Noise(0, [((0, 0), n)], lambda generator, shape: np.full(shape, u))
    prefixes = [[] for _ in range(n)] if prefixes is None else prefixes
    pasts = Pasts([np.zeros((1, n, 1))], np.array(first, float), None, np.arange(n))
    samples = [[] for _ in range(n)]
    for active, tokens in generate_tokens(
        stepper, pasts, table, noise, rules, prefixes
    ):
        for i, token in zip(active, tokens.tolist(), strict=True):
            samples[i].append(token)
    return samples


# 0 -> 1 -> 2 -> 0 …, where 2 may also end; 3 only ends.
CYCLE = Table(
    [
        [0.0, 0.9, 0.1, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
        [0.6, 0.0, 0.0, 0.0, 0.4],
        [0.0, 0.0, 0.0, 0.0, 1.0],
        [0.2] * 5,
    ]
)


def test_samples_run_until_each_ends():
    first = scores_of([1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1])
    found = run(CYCLE, rules(3, max_new=np.array([5, 5, 5])), first)
    assert found == [[0, 1, 2, 0, 1], [3, END], [END]]


def test_each_sample_has_its_own_limits():
    first = np.tile(scores_of(1, 0, 0, 0, 0), (4, 1))
    found = run(CYCLE, rules(4, max_new=np.array([2, 0, 4, 1])), first)
    assert found == [[0, 1], [], [0, 1, 2, 0], [0]]
    first[1] = scores_of(0, 0, 0, 1, 0)  # 3, and then the end
    found = run(CYCLE, rules(4, max_new=np.array([1, 5, 4, 2])), first)
    assert found == [[0], [3, END], [0, 1, 2, 0], [0, 1]]
    nothing = rules(4, max_new=np.zeros(4, int))
    assert run(CYCLE, nothing, first) == [[]] * 4


def test_no_end_before_the_least_length():
    first = np.tile(scores_of(0.0, 0.0, 0.1, 0.0, 0.9), (2, 1))
    assert run(CYCLE, rules(2, max_new=np.array([3, 3])), first) == [[END]] * 2
    limits = rules(2, min_new=np.array([1, 4]), max_new=np.array([3, 3]))
    assert run(CYCLE, limits, first, u=0.99) == [[2, END], [2, 0, 2]]


def test_stops_end_a_sample_behind_them():
    first = np.tile(scores_of(1, 0, 0, 0, 0), (2, 1))
    ends = rules(2, stops=((1, 2), (3,)))
    # The prefix alone is no stop, nor is one that begins in it.
    assert run(CYCLE, ends, first, prefixes=[[1, 2], [1]]) == [[0, 1, 2]] * 2
    assert run(CYCLE, rules(1, stops=((0,),)), first[:1]) == [[0]]


def test_no_stop_counts_before_the_least_length_of_its_sample():
    first = scores_of([0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0])
    limits = rules(3, stops=((1,),), min_new=np.array([0, 2, 3]))
    assert run(CYCLE, limits, first) == [[END], [0, 1], [0, 1, 2, 0, 1]]


def test_no_ngram_twice():
    first = np.tile(scores_of(1, 0, 0, 0, 0), (1, 1))
    greedy = dict(no_repeat_ngram_size=2, temperature=0.0)
    assert run(CYCLE, rules(**greedy), first) == [[0, 1, 2, 0, 2, END]]
    # The prefix counts.
    found = run(CYCLE, rules(**greedy), first, prefixes=[[0, 1, 2, 0]])
    assert found == [[0, 2, END]]
    once = dict(no_repeat_ngram_size=1, temperature=0.0)
    assert run(CYCLE, rules(**once), first) == [[0, 1, 2, END]]


def test_a_sample_that_cannot_go_on_ends():
    first = np.tile(scores_of(1, 0, 0, 0, 0), (1, 1))
    stuck = rules(no_repeat_ngram_size=1, min_new=np.array([8]))
    assert run(CYCLE, stuck, first) == [[0, 1, 2, END]]


def test_repetition_penalty_multiplies_log_probabilities_of_what_was_there():
    history = History([[1, 1]], rules(repetition_penalty=2.0), 3)
    scores = np.log([[0.2, 0.5, 0.3]]) + 5.0  # any constant is taken off
    history.restrain_(scores, np.array([0]))
    np.testing.assert_allclose(np.exp(scores), [[0.2, 0.25, 0.3]])
    history.add(np.array([0]), np.array([2]))
    scores = np.log([[0.2, 0.5, 0.3]])
    history.restrain_(scores, np.array([0]))
    np.testing.assert_allclose(np.exp(scores), [[0.2, 0.25, 0.09]])


def test_samples_have_the_probabilities_of_the_table():
    rng = np.random.RandomState(0)
    p = rng.dirichlet(np.ones(4), size=4)
    table, n = Table(p), 40_000
    pasts = Pasts([np.zeros((1, 1, 1))], np.log(p[:1]), None, np.zeros(n, int))
    noise = Noise(0, [((0, 0), n)], uniform)
    steps = generate_tokens(
        table,
        pasts,
        np.arange(4.0)[None, :, None],
        noise,
        Rules(np.full(n, 2), np.zeros(n, int), 3),
        None,
    )
    _, one = next(steps)
    counts = np.bincount(one, minlength=4) / n
    np.testing.assert_allclose(counts, p[0], atol=0.01)
    active, two = next(steps)
    for token in range(3):
        counts = np.bincount(two[one[active] == token], minlength=4)
        np.testing.assert_allclose(counts / counts.sum(), p[token], atol=0.02)


def test_samples_with_the_same_tokens_share_their_past():
    """Each past is run once, and each sample goes on from its own."""
    rng, n = np.random.RandomState(1), 60
    widths = []

    class Counter(Table):
        """Its state is all tokens so far, as one number."""

        def step(self, a, state):
            widths.append(a.shape[1])
            return [10 * state[0] + a]

        def scores(self, state):
            return self.p[state[0][0, :, 0].astype(int) % 10]

    table = Counter(rng.dirichlet(np.ones(3), size=3))
    noise = Noise(0, [((0, 0), n)], uniform)
    pasts = Pasts([np.zeros((1, 1, 1))], table.p[:1], None, np.zeros(n, int))
    gates = np.arange(3.0)[None, :, None]
    written = np.zeros(n, int)
    for t in range(6):
        tokens = choose(pasts.scores_of_samples(), noise.at(t)[:n], rules(n))
        going = np.flatnonzero(rng.rand(n) < 0.9)
        n, written = len(going), (10 * written + tokens)[going]
        pasts = pasts.subset(going).follow(table, gates, tokens[going])
        found = pasts.state[0][0, :, 0][pasts.of]
        assert_array_equal(found, written)
        assert widths[-1] == len(np.unique(written)) <= n
        assert_array_equal(pasts.scores_of_samples(), table.p[written % 10])
    assert widths[0] <= 3


def test_numbers_follow_from_numbers():
    """A walk whose mean is the value before, without chance and with it."""

    class Walk:
        def step(self, a, state):
            return [a]

        def scores(self, state):
            return np.concatenate([state[0] + 1.0, np.zeros_like(state[0])], axis=1)

    head, start = Gaussian(1), np.array([[5.0, 0.0], [0.0, 0.0]])
    noise = Noise(0, [((0, 0), 2)], lambda g, shape: g.standard_normal(shape), (1,))

    def walk(temperature):
        steps = generate_numbers(
            Walk(), [start[:, :1]], start, lambda v: v, head, noise, 3, temperature
        )
        return np.stack([*steps], axis=1)[..., 0]

    assert walk(0.0).tolist() == [[5, 6, 7], [0, 1, 2]]
    e = np.stack([noise.at(t)[:, 0] for t in range(3)], axis=1)
    expected = [[5], [0]] + np.arange(3) + np.sqrt(1 + 1e-6) * e.cumsum(axis=1)
    np.testing.assert_allclose(walk(1.0), expected)


def completions(p, first, boundary, k, **options):
    """The k most probable words, where each token depends on the one before."""
    table = Table(p)

    def step(tokens, state):
        state = [tokens[None, :, None].astype(float)]
        return state, table.scores(state)

    return complete(step, [np.zeros((1, 1, 1))], first, boundary, k, **options)


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("empty", [False, True])
def test_completions_are_the_most_probable_words(k, empty):
    """All words up to a length, one by one, against a beam that is wide enough."""
    p = np.random.RandomState(3).dirichlet(np.ones(4), size=4)
    boundary = np.array([False, False, True, True])
    options = dict(beam_size=500, max_new=9, empty=empty)
    found = completions(p, np.log(p[2])[None], boundary, k, **options)
    words = {}
    for length in range(0 if empty else 1, 10):
        for word in product([0, 1], repeat=length):
            path = [2, *word]
            probability = p[path[:-1], path[1:]].prod() * p[path[-1]][boundary].sum()
            words[word] = probability
    best = sorted(words.items(), key=lambda pair: -pair[1])[:k]
    assert [word for word, _ in found] == [word for word, _ in best]
    np.testing.assert_allclose([p for _, p in found], [p for _, p in best])


HALVES = [[0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize("max_new", [0, 1, 2, 3])
def test_a_narrow_beam_still_sums_the_ends_of_words_up_to_a_length(max_new):
    boundary = np.array([False, True, True])
    options = dict(beam_size=1, max_new=max_new, empty=False)
    found = completions(HALVES, scores_of([1.0, 0.0, 0.0]), boundary, 3, **options)
    words = [((0,) * n, pytest.approx(0.5**n)) for n in range(1, max_new + 1)]
    assert found == words
