"""The report on what a generator made."""

import math

import pytest

from sklearn_rnn import SequenceVectorizer
from sklearn_rnn.metrics import memorization_report

TRAINING = ["anna", "hannah", "otto"]


def test_shares():
    samples = ["anna", "anna", "hanno", "otto!", "otto"]
    report = memorization_report(samples, TRAINING, ngram_sizes=(1, 3))
    assert report.in_training == 0.6
    assert report.distinct == 0.8
    letters = "".join(samples)
    assert report.distinct_ngrams[1] == len({*letters}) / len(letters)
    assert report.known_ngrams[1] == (len(letters) - 1) / len(letters)
    # ann nna ann nna han ann nno ott tto to! ott tto
    assert report.distinct_ngrams[3] == 7 / 12
    assert report.known_ngrams[3] == 10 / 12
    assert report.loops == 0.0


def test_lists_of_tokens_are_as_text():
    samples = [["a", "b", "a"], ["b"]]
    as_lists = memorization_report(samples, [["b"], ["a", "b"]], ngram_sizes=(1, 2))
    as_text = memorization_report(["aba", "b"], ["b", "ab"], ngram_sizes=(1, 2))
    assert as_lists == as_text
    assert as_lists.known_ngrams == {1: 1.0, 2: 0.5}


def test_nothing_to_count():
    report = memorization_report(["ab", ""], "abc", ngram_sizes=(4,))
    assert math.isnan(report.distinct_ngrams[4])
    assert math.isnan(report.known_ngrams[4])
    assert report.in_training == 0.0


@pytest.mark.parametrize(
    ("sample", "loops"),
    [
        ("lalalala", True),
        ("tralalalala", True),
        ("lalala", False),
        ("lalalalat", False),
        ("well!!!!", True),
        ("so so so so ", True),
        ("", False),
        (["a", "rose", "is"] * 4, True),
        (["a", "rose", "is"] * 3, False),
    ],
)
def test_loops(sample, loops):
    other = type(sample)("x")
    report = memorization_report([sample, other], [other])
    assert report.looping == [0] * loops
    assert report.loops == loops / 2


def test_words_are_compared_as_the_vectorizer_cuts_them():
    training = ["The food was good.", "The film was long!"]
    vectorizer = SequenceVectorizer().fit(training)
    samples = ["the food was good.", "the film was good."]
    plain = memorization_report(samples, training)
    assert plain.in_training == 0.0
    report = memorization_report(samples, training, vectorizer=vectorizer)
    assert report.in_training == 0.5
    assert report.known_ngrams[2] == 1.0


def test_what_is_refused():
    with pytest.raises(ValueError, match="There are no samples"):
        memorization_report([], TRAINING)
    with pytest.raises(ValueError, match="must be positive integers, got 0"):
        memorization_report(["a"], TRAINING, ngram_sizes=(2, 0))
    with pytest.raises(
        TypeError, match=r"Item 1 of training must be text or .* got int"
    ):
        memorization_report(["a"], ["a", 3])
    with pytest.raises(TypeError, match="must both be text, or lists of tokens"):
        memorization_report([["a", "b"]], ["a", "b"])
    with pytest.raises(TypeError, match="samples must be a list, got NoneType"):
        memorization_report(None, TRAINING)
