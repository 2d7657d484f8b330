"""Scores are within their bounds, and keep to what they promise."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from texts import texts

from sklearn_rnn._error_rates import edit_distances
from sklearn_rnn.metrics import (
    bleu_score,
    entity_f1_score,
    entity_precision_score,
    entity_recall_score,
    extract_entities,
    mark_entities,
    sequence_accuracy_score,
    sequence_error_rate,
    step_accuracy_score,
    token_error_rate,
)

SCHEMES = ["IOB1", "IOB2", "BIOES"]
RATES = [step_accuracy_score, sequence_accuracy_score]


@st.composite
def label_pairs(draw, labels):
    """True and predicted labels of some sequences, and weights of these."""
    lengths = draw(st.lists(st.integers(0, 5), min_size=1, max_size=5))
    assume(any(lengths))
    true, predicted = (
        [draw(st.lists(labels, min_size=n, max_size=n)) for n in lengths]
        for _ in range(2)
    )
    n = len(lengths)
    weight = draw(st.none() | st.lists(st.integers(1, 3), min_size=n, max_size=n))
    return true, predicted, weight


labels = st.sampled_from(["a", "b", "c"]) | st.sampled_from(["a", "a "])
numbers = st.integers(0, 2)


@pytest.mark.parametrize("score", RATES, ids=lambda score: score.__name__)
@given(pair=label_pairs(labels) | label_pairs(numbers), random=st.randoms())
def test_accuracies(score, pair, random):
    true, predicted, weight = pair
    found = score(true, predicted, sample_weight=weight)
    assert 0 <= found <= 1
    assert found == pytest.approx(score(predicted, true, sample_weight=weight))
    assert score(true, true, sample_weight=weight) == 1
    assert (found == 1) == (true == predicted)
    order = random.sample(range(len(true)), len(true))
    shuffled = ([part[i] for i in order] for part in (true, predicted))
    weights = None if weight is None else [weight[i] for i in order]
    assert score(*shuffled, sample_weight=weights) == pytest.approx(found)
    if weight is not None:  # an integer weight is so many repetitions
        true, predicted = (
            [one for one, w in zip(part, weight, strict=True) for _ in range(w)]
            for part in (true, predicted)
        )
        assert score(true, predicted) == pytest.approx(found)


@given(label_pairs(labels))
def test_accuracies_and_error_rates_agree(pair):
    """Sequences are right or wrong; steps of equal lengths need no more edits."""
    true, predicted, weight = pair
    right = sequence_accuracy_score(true, predicted, sample_weight=weight)
    wrong = sequence_error_rate(true, predicted, sample_weight=weight)
    assert right + wrong == pytest.approx(1)
    steps = step_accuracy_score(true, predicted, sample_weight=weight)
    rate = token_error_rate(true, predicted, sample_weight=weight)
    assert rate <= 1 - steps + 1e-12


def edits(a, b):
    """The edit distance by its definition."""
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, row = row, [i]
        for j, other in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (one != other)))
    return row[-1]


@given(texts, texts, texts)
def test_edits_are_a_distance(a, b, c):
    ab, ba, bc, ac, aa = edit_distances([(a, b), (b, a), (b, c), (a, c), (a, a)])
    assert ab == ba == edits(a, b)
    assert aa == 0
    assert (ab == 0) == (a == b)
    assert ac <= ab + bc
    assert abs(len(a) - len(b)) <= ab <= max(len(a), len(b))
    if a:
        assert token_error_rate([a], [b]) == pytest.approx(ab / len(a))
        assert token_error_rate([list(a)], [list(b)]) == pytest.approx(ab / len(a))
    assert sequence_error_rate([a], [b]) == (a != b)


@st.composite
def entities(draw):
    """Entities of one sequence, which may touch, and its length."""
    cuts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=8, unique=True))
    kinds = st.sampled_from([None, "X", "Y", "A-B"])
    found = [(draw(kinds), *span) for span in pairwise(sorted(cuts))]
    return [one for one in found if one[0]], max(cuts) + draw(st.integers(0, 1))


@pytest.mark.parametrize("scheme", SCHEMES)
@given(pair=entities(), random=st.randoms())
def test_marked_entities_are_found(scheme, pair, random):
    own, n_steps = pair
    shuffled = random.sample(own, len(own))
    marked = mark_entities(shuffled, n_steps, scheme)
    assert len(marked) == n_steps
    assert extract_entities(marked, scheme) == own
    assert extract_entities(marked, "conlleval") == own


marks = ["O", "B-X", "I-X", "B-Y", "I-Y", "B", "I"]
of_bioes = [*marks, "E-X", "E-Y", "S-X", "S-Y"]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_entities_of_any_labels(scheme, data):
    """They lie within the sequence, in order, apart, and can be marked."""
    known = of_bioes if scheme == "BIOES" else marks
    own = data.draw(st.lists(st.sampled_from(known), max_size=8))
    for reader in (scheme, "conlleval"):
        found = extract_entities(own, reader)
        places = [place for _, *span in found for place in span]
        assert places == sorted(places)
        assert all(start < stop for _, start, stop in found)
        assert not places or (places[0] >= 0 and places[-1] <= len(own))
        again = extract_entities(mark_entities(found, len(own), scheme), scheme)
        assert again == found


@given(label_pairs(st.sampled_from(marks)), st.sampled_from(["IOB1", "IOB2"]))
def test_scores_of_entities(pair, scheme):
    true, predicted, weight = pair
    options = dict(scheme=scheme, sample_weight=weight, zero_division=0)
    scores = [entity_precision_score, entity_recall_score, entity_f1_score]
    for average in ("micro", "macro", "weighted"):
        options["average"] = average
        found = [score(true, predicted, **options) for score in scores]
        precision, recall, f1 = found
        assert 0 <= min(found) <= max(found) <= 1
        if average == "weighted":
            continue
        turned = [score(predicted, true, **options) for score in scores]
        assert_allclose(turned, [recall, precision, f1], atol=1e-12)
        if average == "micro" and f1:
            assert f1 == pytest.approx(2 * precision * recall / (precision + recall))
    parts = [extract_entities(own, scheme) for own in true]
    if any(parts):
        assert entity_f1_score(true, true, **options) == 1
    each = entity_f1_score(true, predicted, **{**options, "average": None})
    macro = entity_f1_score(true, predicted, **{**options, "average": "macro"})
    assert_allclose(np.mean(each) if len(each) else 0.0, macro)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=4))
def test_bleu(pairs):
    pytest.importorskip("sacrebleu")
    true, predicted = map(list, zip(*pairs, strict=True))
    assert 0 <= bleu_score(true, predicted) <= 100
    words = [text.split() for text in true]
    if any(len(own) >= 4 for own in words):
        assert bleu_score(words, words) == pytest.approx(100)


@given(st.lists(texts, min_size=1, max_size=4))
def test_many_pairs_are_measured_as_each(X):
    pairs = [(a, b) for a in X for b in X]
    expected = [edit_distances([pair])[0] for pair in pairs]
    assert_array_equal(edit_distances(pairs), expected)
