"""Samples keep to the rules, and come as often as they are probable."""

from itertools import product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chi2
from small_models import LETTERS, densities
from strategies import seeds

prefixes = st.text(LETTERS, max_size=3)
N_SAMPLES = 8


def next_probabilities(model, texts, y):
    """Probabilities of what follows texts, if padding and unknown are left out."""
    p = model.predict_proba(texts, y).astype(np.float64)
    p[:, np.isin(model.outcomes_, ["<pad>", "<unk>"])] = 0.0
    total = p.sum(axis=1, keepdims=True)
    assume(total.min() > 1e-30)  # below it, float32 soon has nothing left
    return p / total


def known_label(model, y):
    """A label if there are some: of unknown ones, each sample has its own."""
    return model, model.classes_[0] if y is None and model.classes_ is not None else y


def choices(model, prefix, sample):
    """Beginnings of a sample from the prefix on, and the number of what follows each.

    The end is not among what follows, as a limit may have ended it.
    """
    stops = range(len(prefix), len(sample))
    names = model.outcomes_.tolist()
    return [sample[:s] for s in stops], [names.index(sample[s]) for s in stops]


@given(densities("text"), prefixes, st.data(), seeds)
def test_lengths_and_tokens(density, prefix, data, seed):
    model, y = density
    least = data.draw(st.integers(0, 6), "min_length")
    most = data.draw(st.none() | st.integers(max(least, len(prefix), 1), 8))
    new = data.draw(st.none() | st.integers(max(least - len(prefix), 0), 6))
    found = model.generate(
        prefix,
        y=y,
        n_samples=N_SAMPLES,
        min_length=least,
        max_length=most,
        max_new_tokens=new,
        temperature=data.draw(st.sampled_from([0.0, 0.3, 1.0, 5.0])),
        random_state=seed,
    )
    assert len(found) == N_SAMPLES
    for text in found:
        assert text.startswith(prefix)
        assert {*text} <= {*LETTERS}
        assert len(text) >= least
        assert most is None or len(text) <= most
        assert new is None or len(text) <= len(prefix) + new


@given(densities("text"), prefixes, st.integers(1, 4), st.floats(0.01, 1.0), seeds)
def test_only_the_most_probable_tokens(density, prefix, top_k, top_p, seed):
    """In the ways of `top_k` and `top_p`, each by itself and together."""
    model, y = known_label(*density)
    for options in ({"top_k": top_k}, {"top_p": top_p}, dict(top_k=top_k, top_p=top_p)):
        found = model.generate(
            prefix, y=y, n_samples=N_SAMPLES, random_state=seed, **options
        )
        steps = [choices(model, prefix, text) for text in found]
        before = [beginning for one, _ in steps for beginning in one]
        chosen = [token for _, one in steps for token in one]
        if not before:
            continue
        p = next_probabilities(model, before, y)
        own = p[np.arange(len(p)), chosen, None]
        better = p > own * (1 + 1e-5)
        if "top_k" in options:
            assert (better.sum(axis=1) < top_k).all()
            kth = -np.sort(-p, axis=1)[:, [top_k - 1]]
            p = np.where(p >= kth * (1 - 1e-5), p, 0.0)
            p /= p.sum(axis=1, keepdims=True)
        if "top_p" in options:
            assert ((p * better).sum(axis=1) < top_p * (1 + 1e-5)).all()


@given(densities("text"), prefixes)
def test_without_temperature_the_most_probable_token_is_taken(density, prefix):
    """And with next to none, if another one is not as probable."""
    model, y = known_label(*density)
    (text,) = model.generate(prefix, y=y, temperature=0, max_new_tokens=4)
    before, chosen = choices(model, prefix, text)
    p = next_probabilities(model, [*before, text], y)
    assert_allclose(p[: len(chosen)].max(axis=1), p[np.arange(len(chosen)), chosen])
    if len(text) < len(prefix) + 4:
        assert p[-1].argmax() == p.shape[1] - 1
    first, second = np.sort(p, axis=1)[:, :-3:-1].T
    if (first > 1.01 * second).all():
        options = dict(y=y, max_new_tokens=4, n_samples=4, random_state=0)
        cold = model.generate(prefix, temperature=1e-4, **options)
        assert cold == [text] * 4
        assert model.generate(prefix, top_k=1, **options) == [text] * 4
        assert model.generate(prefix, top_p=1e-6, **options) == [text] * 4


@given(densities("text"), prefixes, st.integers(1, 3), seeds)
def test_no_ngram_comes_again(density, prefix, n, seed):
    model, y = density
    for text in model.generate(
        prefix, y=y, n_samples=N_SAMPLES, no_repeat_ngram_size=n, random_state=seed
    ):
        ngrams = [text[i : i + n] for i in range(len(text) - n + 1)]
        old = max(len(prefix) - n + 1, 0)
        for i in range(old, len(ngrams)):
            assert ngrams[i] not in ngrams[:i]


@given(densities("text"), prefixes, st.text(LETTERS, min_size=1, max_size=2), seeds)
def test_nothing_comes_behind_a_stop(density, prefix, stop, seed):
    model, y = density
    for text in model.generate(
        prefix, y=y, n_samples=N_SAMPLES, stop=stop, max_new_tokens=6, random_state=seed
    ):
        place = text[len(prefix) :].find(stop)
        assert place < 0 or len(prefix) + place + len(stop) == len(text)


@given(densities("text", "lists"), seeds)
def test_streams_and_samples_are_the_same(density, seed):
    model, y = density
    (one,) = model.generate(y=y, random_state=seed)
    pieces = list(model.stream(y=y, random_state=seed))
    assert pieces == list(one)
    many = model.sample(5, y=y, random_state=seed)
    assert many[0] == one
    assert model.sample(3, y=y, random_state=seed) == many[:3]


def assert_frequencies(counts, p, n):
    """Counts of exclusive outcomes of n trials fit their probabilities.

    With right ones it fails in one of a thousand million cases.
    """
    counts, p = np.append(counts, n - np.sum(counts)), np.append(p, 1 - np.sum(p))
    rare = n * p < 10
    counts = np.append(counts[~rare], counts[rare].sum())
    expected = n * np.append(p[~rare], p[rare].sum())
    statistic = ((counts - expected) ** 2 / np.maximum(expected, 5)).sum()
    assert statistic < chi2.isf(1e-9, len(counts))


@given(densities("one-hot"), seeds)
def test_samples_are_as_frequent_as_they_are_probable(density, seed):
    model, y = density
    found = model.sample(2000, y=y, max_new_tokens=3, random_state=seed)
    found = [tuple(x.toarray().argmax(axis=1).tolist()) for x in found]
    options = [own for length in range(3) for own in density.all_tokens(length)]
    p = np.exp(model.score_samples(density.written(options), y))
    assert_frequencies([found.count(tuple(own)) for own in options], p, 2000)


@given(densities("text"), seeds)
def test_samples_are_as_frequent_as_steps_without_padding_and_unknown(density, seed):
    model, y = known_label(*density)
    found = model.sample(2000, y=y, max_new_tokens=3, random_state=seed)
    options = ["".join(w) for n in range(3) for w in product(LETTERS, repeat=n)]
    of_next = next_probabilities(model, options, y)
    of_next = dict(zip(options, of_next, strict=True))
    p = [of_next[text][-1] for text in options]
    for i, text in enumerate(options):
        before, chosen = choices(model, "", text)
        p[i] *= np.prod([of_next[b][c] for b, c in zip(before, chosen, strict=True)])
    assert_frequencies([found.count(text) for text in options], np.array(p), 2000)


@given(densities("gaussian", "bernoulli"), seeds)
def test_samples_of_numbers_have_the_mean_of_the_density(density, seed):
    model, y = density
    n, n_features = 1000, model.n_step_features_
    found = model.sample(n, y=y, max_new_tokens=1, random_state=seed)
    assert_array_equal(found.lengths, 1)
    values = found.values.astype(np.float64)
    nothing = [np.zeros((0, n_features))]
    if model.distribution_ == "bernoulli":
        assert np.isin(values, [0, 1]).all()
        (p,) = model.predict_proba(nothing, y).astype(np.float64)
        for j in range(n_features):
            assert_frequencies([values[:, j].sum()], [p[j]], n)
        return
    mean, std = model.predict(nothing, y, return_std=True)
    assert abs(values.mean() - mean[0]) < 7 * std[0] / np.sqrt(n) + 1e-6
    if (model.classes_ is not None and y is None) or model.n_components > 1:
        return
    for temperature in (0.0, 1e-3):
        options = dict(y=y, n_samples=3, temperature=temperature, random_state=seed)
        cold = model.forecast(nothing, 2, **options)
        assert cold.shape == (1, 3, 2, n_features)
        tolerance = 8 * temperature * std[0] + 1e-6
        assert_allclose(cold[0, :, 0, 0], mean[0], rtol=1e-5, atol=tolerance)
