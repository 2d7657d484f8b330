"""Edit distances against the definition, error rates, BLEU."""

import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from sklearn_rnn._error_rates import PAIRS_AT_A_TIME, edit_distances
from sklearn_rnn.metrics import (
    SCORERS,
    bleu_score,
    sequence_error_rate,
    token_error_rate,
)


def levenshtein(a, b):
    """As it is defined."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def random_pairs(n, seed=0):
    rng = np.random.RandomState(seed)
    lengths = rng.randint(0, 9, size=(n, 2))
    return [
        tuple("".join(rng.choice(list("abc"), k)) for k in pair) for pair in lengths
    ]


def test_edit_distances_are_those_of_the_definition():
    pairs = [*random_pairs(300), ("", ""), ("kitten", "sitting"), ("", "abc")]
    expected = [levenshtein(a, b) for a, b in pairs]
    np.testing.assert_array_equal(edit_distances(pairs), expected)
    assert expected[-2] == 3


def test_many_pairs_are_measured_in_parts():
    pairs = random_pairs(PAIRS_AT_A_TIME + 5)
    distances = edit_distances(pairs)
    np.testing.assert_array_equal(distances[-9:], edit_distances(pairs[-9:]))


@pytest.mark.parametrize(
    ("true", "predicted", "sequences", "tokens"),
    [
        (["ab", "cd"], ["ab", "c"], 0.5, 0.25),
        ([["a", "b"], ["c"]], [["a", "b"], ["c"]], 0.0, 0.0),
        ([["a", "b"], ["c"]], [np.array(["a", "x"]), ("c", "d")], 1.0, 2 / 3),
        ([[1, 2], [3]], [np.array([1, 2]), np.array([4])], 0.5, 1 / 3),
        ([1, 2, 3, 4], np.array([1, 2, 3, 5]), 0.25, 0.25),
        ([[1, 2]], [[1.0, 2.0]], 0.0, 0.0),
        (["ab"], ["abcdef"], 1.0, 2.0),
        (pd.Series(["ab", "ab"]), np.array(["ab", ""], object), 0.5, 0.5),
    ],
)
def test_rates(true, predicted, sequences, tokens):
    assert sequence_error_rate(true, predicted) == pytest.approx(sequences)
    assert token_error_rate(true, predicted) == pytest.approx(tokens)


def test_weights_are_repetitions():
    true, predicted = ["ab", "abcd", "xy"], ["ab", "xxcd", "y"]
    weight = [2, 1, 0]
    for rate in (sequence_error_rate, token_error_rate):
        weighted = rate(true, predicted, sample_weight=weight)
        repeated = rate(["ab", "ab", "abcd"], ["ab", "ab", "xxcd"])
        assert weighted == pytest.approx(repeated)


@pytest.mark.parametrize("rate", [sequence_error_rate, token_error_rate, bleu_score])
def test_refused(rate):
    with pytest.raises(ValueError, match="inconsistent numbers"):
        rate(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="no sequences"):
        rate([], [])
    with pytest.raises(TypeError, match="y_pred must be a list"):
        rate(["a"], "a")
    for odd in (None, {"a": 1}, {"a"}, np.array("a")):
        with pytest.raises(TypeError, match="y_true must be a list"):
            rate(odd, ["a"])
    frame = pd.DataFrame({"y": ["a"]})
    with pytest.raises(TypeError, match="y_true must be one column"):
        rate(frame, frame)
    with pytest.raises(ValueError, match="Sequence 0 is 'ab' in y_true, but"):
        rate(["ab"], [["a", "b"]])
    with pytest.raises(ValueError, match="Sequence 1 of y_pred must be text or a list"):
        rate([["a"], ["b"]], [["a"], [["b"]]])
    if rate is not bleu_score:
        with pytest.raises(ValueError, match=r"non-zero|positive sample_weight"):
            rate(["a"], ["a"], sample_weight=[0])


def test_nothing_true_has_no_token_error_rate():
    with pytest.raises(ValueError, match="no tokens"):
        token_error_rate(["", ""], ["a", ""])
    assert sequence_error_rate(["", ""], ["a", ""]) == 0.5


def test_bleu_is_that_of_sacrebleu():
    sacrebleu = pytest.importorskip("sacrebleu")
    true = ["Il fait beau aujourd'hui.", "Le chat dort sur le lit.", "Oui."]
    predicted = ["Il fait beau hier.", "Le chat dort dans le lit.", "Oui."]
    expected = sacrebleu.corpus_bleu(predicted, [true]).score
    assert bleu_score(true, predicted) == pytest.approx(expected)
    assert 0 < expected < 100
    words = [[text.split() for text in texts] for texts in (true, predicted)]
    expected = sacrebleu.corpus_bleu(predicted, [true], tokenize="none").score
    assert bleu_score(*words) == pytest.approx(expected)
    assert bleu_score(true, true) == 100.0


def test_bleu_without_sacrebleu(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(ImportError, match="pip install sacrebleu"):
        bleu_score(["a"], ["a"])


class Knows(BaseEstimator):
    """Predicts what it is given, as text of lower case."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return [x.lower() for x in X]


@pytest.mark.parametrize(
    ("name", "function", "sign"),
    [
        ("neg_sequence_error_rate", sequence_error_rate, -1),
        ("neg_token_error_rate", token_error_rate, -1),
        ("bleu", bleu_score, 1),
    ],
)
def test_scorers(name, function, sign):
    if name == "bleu":
        pytest.importorskip("sacrebleu")
    X = ["The cat sat on the mat today.", "It rains all day long, alas."]
    y = [text.lower().replace("day", "night") for text in X]
    scorer = pickle.loads(pickle.dumps(SCORERS[name]))
    expected = function(y, [x.lower() for x in X])
    assert scorer(Knows(), X, y) == pytest.approx(sign * expected)
    assert expected > 0
