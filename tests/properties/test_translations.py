"""What a translator writes, against all targets there are."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from small_models import LETTERS, rounding, translators

from sklearn_rnn import check_sequences

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def n_read(model, X):
    """Steps of each source."""
    if model.source_vectorizer_ is None:
        return check_sequences(X).lengths
    return np.array([len(text) for text in X])


def in_form(model, targets):
    """Targets that are text in the form of those of training."""
    return targets if model.target_kind_ == "text" else [list(own) for own in targets]


def everything(model, X, least, most):
    """All targets, and the score of each (n_sequences, n_targets)."""
    lengths = range(least, most + 1)
    targets = ["".join(w) for n in lengths for w in product(LETTERS, repeat=n)]
    log_p = np.column_stack(
        [model.score_samples(X, in_form(model, [own] * len(X))) for own in targets]
    )
    n_tokens = np.array([len(own) + 1 for own in targets])
    assert (np.exp(log_p).sum(axis=1) <= 1 + rounding(model)).all()
    return targets, log_p / n_tokens**model.length_penalty


@given(translators(), st.integers(1, 2), st.integers(0, 1), st.integers(1, 4))
def test_a_wide_beam_finds_the_best_of_all(translator, least, more, n_best):
    model, X = translator
    most = least + more
    model.set_params(beam_size=60, min_length=least, max_length=most)
    targets, scores = everything(model, X, least, most)
    found, found_scores = model.predict_n_best(X, n_best)
    predicted, greedy = model.predict(X), model.set_params(beam_size=1).predict(X)
    tolerance = dict(rtol=rounding(model), atol=rounding(model))
    for i, (own, own_scores) in enumerate(zip(found, found_scores, strict=True)):
        best = np.sort(scores[i])[::-1]
        assert_allclose(own_scores, best[:n_best], **tolerance)
        written = ["".join(one) for one in own]
        assert len({*written}) == len(written)
        places = [targets.index(one) for one in written]
        assert_allclose(scores[i, places], own_scores, **tolerance)
        assert list(predicted[i]) == list(own[0])
        of_greedy = scores[i, targets.index("".join(greedy[i]))]
        assert own_scores[0] >= of_greedy - rounding(model) * (1 + abs(of_greedy))


@given(translators(), st.integers(1, 4), st.integers(1, 3), st.integers(1, 6))
def test_scores_are_log_likelihoods(translator, beam_size, n_best, most):
    """Whatever the beam leaves out."""
    model, X = translator
    model.set_params(beam_size=beam_size, max_length=most)
    found, scores = model.predict_n_best(X, n_best)
    tolerance = dict(rtol=rounding(model), atol=rounding(model))
    for x, own, own_scores in zip(X, found, scores, strict=True):
        assert (np.diff(own_scores) <= 0).all()
        assert 1 <= len(own) <= n_best
        n_tokens = np.array([len(one) for one in own])
        assert ((n_tokens >= 1) & (n_tokens <= most)).all()
        log_p = model.score_samples([x] * len(own), own)
        expected = log_p / (n_tokens + 1) ** model.length_penalty
        assert_allclose(own_scores, expected, **tolerance)
    predicted = model.predict(X)
    assert_allclose(
        model.score_samples(X), model.score_samples(X, predicted), **tolerance
    )
    assert model.score(X, predicted) == 1.0


@given(translators())
def test_attention_is_shared_out(translator):
    model, X = translator
    if model.attention is None:
        with pytest.raises(ValueError, match="needs attention"):
            model.predict(X, return_attention=True)
        return
    predicted, attention = model.predict(X, return_attention=True)
    for own, a, length in zip(predicted, attention, n_read(model, X), strict=True):
        assert a.shape == (len(own), length)
        assert (a >= 0).all()
        if length:
            assert_allclose(a.sum(axis=1), 1.0, atol=rounding(model))
