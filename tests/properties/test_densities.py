"""What a generator says of all sequences there are sums, or integrates, to one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from small_models import LETTERS, TEXTS, densities, rounding

from sklearn_rnn._generation import in_parts

of_tokens = densities("lists", "one-hot")
TINY = 1e-30  # below it, float32 soon has nothing left


@given(of_tokens)
def test_probabilities_of_all_sequences_sum_to_one(density):
    """Those that end within two steps, and those that go on after."""
    model, y = density
    total, longest = 0.0, 2
    for length in range(longest + 1):
        X = density.written(density.all_tokens(length))
        log_p = model.score_samples(X, y)
        assert (log_p <= rounding(model)).all()
        if length == longest:  # to begin so is more probable than to end there, too
            p_end = model.predict_proba(X, y)[:, -1].astype(np.float64)
            assume(p_end.min() > TINY)
            log_p -= np.log(p_end)
        total += np.exp(log_p).sum()
    assert total == pytest.approx(1.0, abs=rounding(model))


@given(of_tokens, st.lists(st.integers(0, 2), max_size=5))
def test_the_probability_of_a_sequence_is_that_of_its_steps(density, tokens):
    model, y = density
    beginnings = [np.array(tokens[:stop], int) for stop in range(len(tokens) + 1)]
    p = model.predict_proba(density.written(beginnings), y).astype(np.float64)
    assert (p >= 0).all()
    assert_allclose(p.sum(axis=1), 1.0, atol=rounding(model))
    following = [*tokens, model.n_outputs_ - 1]
    p = p[np.arange(len(following)), following]
    assume(p.min() > TINY)
    expected = np.log(p).sum()
    (found,) = model.score_samples(density.written(beginnings[-1:]), y)
    tolerance = dict(abs=10 * rounding(model), rel=rounding(model))
    assert found == pytest.approx(expected, **tolerance)


@given(densities("text"), st.lists(st.text(LETTERS, max_size=5), min_size=1))
def test_means_of_likelihoods(density, X):
    model, y = density
    log_p = model.score_samples(X, y)
    mean = -log_p.sum() / sum(len(text) + 1 for text in X)
    assert model.score(X, y) == pytest.approx(log_p.mean())
    for per in ("token", "character"):
        assert model.cross_entropy(X, y, per=per) == pytest.approx(mean)
    bits = model.cross_entropy(X, y, base=2)
    assert bits == pytest.approx(mean / np.log(2))
    assert model.perplexity(X, y) == pytest.approx(np.exp(mean))
    assert model.perplexity(X, y) == pytest.approx(2**bits)


@given(densities("text", "lists", "one-hot"))
def test_the_next_token_is_the_most_probable_one(density):
    model, y = density
    X = TEXTS
    if model.vectorizer_ is None or not model.vectorizer_.from_text_:
        X = density.written(density.all_tokens(2))
    p = model.predict_proba(X, y)
    names = model.outcomes_
    can_be = ~np.isin(names.astype(str), ["<pad>", "<unk>"])
    expected = names[np.where(can_be, p, -1.0).argmax(axis=1)]
    assert_array_equal(model.predict(X, y), expected)


@given(densities("text"), st.text(LETTERS, max_size=3), st.integers(1, 4))
def test_suggestions_have_the_probabilities_of_words(density, prefix, k):
    model, y = density
    found = model.suggest(prefix, k, y=y)
    assert 1 <= len(found) <= k
    words, p = [word for word, _ in found], [p for _, p in found]
    assert p == sorted(p, reverse=True)
    assert len({*words}) == len(words)
    least = 0 if prefix else 1
    others = [
        prefix + "".join(letters)
        for length in range(least, 3)
        for letters in product(LETTERS, repeat=length)
    ]
    X = [prefix, *words, *others]
    log_p = model.score_samples(X, y)
    after = model.predict_proba(X, y).astype(np.float64)
    assume(after[:, -1].min() > TINY)
    begun = np.exp(log_p - np.log(after[:, -1]))
    # A word ends where anything but a letter follows.
    ends = ~np.isin(model.outcomes_, list(LETTERS))
    expected = (begun / begun[0] * after[:, ends].sum(axis=1))[1:]
    tolerance = 10 * rounding(model)
    assert_allclose(p, expected[: len(words)], rtol=tolerance, atol=tolerance)
    # None of the short ones is more probable than those that were found.
    missed = expected[len(words) :][~np.isin(others, words)]
    assert missed.max(initial=0.0) <= p[-1] + tolerance or len(found) < k


@given(densities("lists"), st.integers(1, 5))
def test_suggested_tokens_have_their_probabilities(density, k):
    model, y = density
    (p,) = model.predict_proba([["a", "b"]], y)
    expected = dict(zip(model.outcomes_, p, strict=True))
    expected = {name: expected[name] for name in LETTERS if expected[name] > 0}
    found = model.suggest(["a", "b"], k, y=y)
    assert dict(found).items() <= expected.items()
    assert [own for _, own in found] == sorted(expected.values(), reverse=True)[:k]


@given(densities("bernoulli"), st.integers(1, 2))
def test_probabilities_of_zeros_and_ones_sum_to_one(density, length):
    model, y = density
    steps = [*product([0, 1], repeat=model.n_step_features_)]
    X = [np.array(own) for own in product(steps, repeat=length)]
    p = np.exp(model.score_samples(X, y))
    assert p.sum() == pytest.approx(1.0, abs=rounding(model))
    (share,) = model.predict_proba([np.zeros((0, model.n_step_features_))], y)
    assert_allclose(share, p @ np.array([x[0] for x in X]), atol=rounding(model))
    assert ((share >= 0) & (share <= 1)).all()
    assert_array_equal(model.predict(X, y), model.predict_proba(X, y) > 0.5)


def grid(means, deviations):
    """Points that are dense around each mean, and reach 200 deviations away."""
    u = np.sinh(np.linspace(-6, 6, 301))
    return np.sort((means[:, None] + deviations[:, None] * u).ravel())


@given(densities("gaussian"), st.integers(1, 2))
def test_densities_integrate_to_one(density, length):
    """That of a second value, given the first."""
    model, y = density
    past = np.zeros((0, 1))
    if length == 2:  # one that is probable, as float32 has few digits
        past = np.reshape(model.predict([past], y), (1, 1))
        assume(np.abs(model.score_samples([past], y)) < 100)
    [prefixes] = in_parts(model, *model._read_steps([past]), y)
    with np.errstate(over="ignore"):
        _, means, variances = model._head().components(prefixes.scores)
    means, deviations = means.astype(float), np.sqrt(variances.astype(float))
    # The dtype must be able to tell points that are so near each other apart.
    assume((means.max() - means.min() + np.abs(means)).max() < 1e3 * deviations.min())
    assume(deviations.max() < 1e6)
    points = grid(means.ravel(), deviations.ravel())
    log_p = model.score_samples([np.append(past, [[x]], axis=0) for x in points], y)
    p = np.exp(log_p - model.score_samples([past], y))
    width = np.diff(points)

    def integral(of):
        return ((of[1:] + of[:-1]) / 2 * width).sum()

    mean, std = model.predict([past], y, return_std=True)
    size = 1 + abs(float(mean[0])) + float(std[0])
    assert integral(p) == pytest.approx(1.0, abs=2e-3)
    assert integral(p * points) == pytest.approx(mean[0], abs=2e-3 * size)
    found = np.sqrt(integral(p * (points - mean[0]) ** 2))
    assert found == pytest.approx(std[0], rel=5e-3)
