"""Scores of label sequences: definitions, other implementations, corpora, scorers."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import accuracy_score, classification_report
from sklearn.model_selection import GridSearchCV, KFold, cross_validate

from sklearn_rnn.datasets import read_conll, read_labelled
from sklearn_rnn.metrics import (
    SCORERS,
    entity_f1_score,
    entity_precision_score,
    entity_recall_score,
    entity_report,
    extract_entities,
    mark_entities,
    sequence_accuracy_score,
    step_accuracy_score,
)

SCORES = {
    "precision": entity_precision_score,
    "recall": entity_recall_score,
    "f1": entity_f1_score,
}
ACCURACIES = [step_accuracy_score, sequence_accuracy_score]
SCHEMES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "conlleval": "BIES"}
AVERAGES = ["micro", "macro", "weighted", None]
TRUE = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"], [], ["O", "B-PER", "B-PER"]]
PRED = [["B-PER", "I-PER", "O", "O"], ["B-PER", "O"], [], ["O", "B-PER", "B-PER"]]

each_score = pytest.mark.parametrize("name", SCORES)
each_accuracy = pytest.mark.parametrize("score", ACCURACIES)
# See test_error_rates.py.
OF_TEXT = {"neg_sequence_error_rate", "neg_token_error_rate", "bleu"}


def report(y_true, y_pred, **kwargs):
    """The report, where nothing is undefined."""
    return entity_report(y_true, y_pred, zero_division=0, **kwargs)


each_function = pytest.mark.parametrize(
    "score", [*ACCURACIES, *SCORES.values(), report], ids=lambda score: score.__name__
)


def random_labels(rng, prefixes, n=60, longest=8, types=("X", "Y")):
    """Label sequences in which every pair of labels is likely."""
    labels = ["O", *(f"{p}-{kind}" if kind else p for p in prefixes for kind in types)]
    lengths = rng.randint(0, longest + 1, n)
    return [rng.choice(labels, length).tolist() for length in lengths]


def corrupt(rng, sequences, share):
    """The sequences with some of their labels drawn anew from all labels."""
    labels = sorted({label for sequence in sequences for label in sequence})
    return [
        np.where(
            rng.rand(len(sequence)) < share, rng.choice(labels, len(sequence)), sequence
        ).tolist()
        for sequence in sequences
    ]


class TestAccuracies:
    def test_by_hand(self):
        assert step_accuracy_score(TRUE, PRED) == 7 / 9
        assert sequence_accuracy_score(TRUE, PRED) == 2 / 4
        assert type(step_accuracy_score(TRUE, PRED)) is float
        assert type(sequence_accuracy_score(TRUE, PRED)) is float

    def test_weights_are_repetitions(self):
        weight, rows = [3, 1, 2, 0], [0, 0, 0, 1, 2, 2]
        many = [TRUE[i] for i in rows], [PRED[i] for i in rows]
        for score in ACCURACIES:
            weighted = score(TRUE, PRED, sample_weight=weight)
            assert_allclose(weighted, score(*many), rtol=1e-12)

    @each_accuracy
    def test_single_labels_are_sequences_of_one(self, score):
        y_true, y_pred = np.array(["a", "b", "b", "c"]), np.array(["a", "b", "c", "c"])
        weight = [1, 2, 3, 4]
        assert score(y_true, y_pred) == accuracy_score(y_true, y_pred)
        assert_allclose(
            score(y_true.tolist(), y_pred, sample_weight=weight),
            accuracy_score(y_true, y_pred, sample_weight=weight),
        )

    @each_accuracy
    def test_integers(self, score):
        y_true = [np.array([1, 2]), [np.int64(0)], (True,)]
        assert score(y_true, [(1, 2), [0], [1]]) == 1
        assert score(np.array([[1, 2], [3, 4]]), [[1, 0], [3, 0]]) in (0, 0.5)
        assert score(np.array([1, 2]), np.array([1, 3])) == 0.5

    def test_of_nothing(self):
        for y, weight in (([], None), ([[]], None), ([[], ["a"]], [1, 0])):
            with pytest.raises(ValueError, match="no step"):
                step_accuracy_score(y, y, sample_weight=weight)
        with pytest.raises(ValueError, match="no sequence, so accuracy is undefined"):
            sequence_accuracy_score([], [])
        assert sequence_accuracy_score([[]], [[]]) == 1


def containers():
    """The same labels in every form that is allowed."""
    ragged = np.empty(len(TRUE), object)
    ragged[:] = TRUE
    arrays = np.empty(len(TRUE), object)
    arrays[:] = [np.array(labels, str) for labels in TRUE]
    yield from (TRUE, tuple(TRUE), ragged, arrays, [tuple(labels) for labels in TRUE])
    yield [np.array(labels, object) for labels in TRUE]


class TestInput:
    @each_function
    def test_containers(self, score):
        expected = score(TRUE, PRED)
        for y_true in containers():
            assert score(y_true, PRED) == expected
        assert score(np.array([["B-X", "O"]]), [["B-X", "O"]]) == score(
            np.array([["B-X", "O"]], object), [["B-X", "O"]]
        )

    @each_function
    def test_series(self, score):
        pd = pytest.importorskip("pandas")
        assert score(pd.Series(TRUE, index=[3, 1, 2, 0]), PRED) == score(TRUE, PRED)
        rows = [pd.Series(labels, dtype=object) for labels in TRUE]
        assert score(rows, PRED) == score(TRUE, PRED)

    @each_function
    def test_nothing_is_changed(self, score):
        y_true, y_pred = [row.copy() for row in TRUE], [row.copy() for row in PRED]
        score(y_true, y_pred)
        assert (y_true, y_pred) == (TRUE, PRED)

    @each_function
    def test_lengths(self, score):
        with pytest.raises(
            ValueError, match="y_true has 4 sequences, but y_pred has 3"
        ):
            score(TRUE, PRED[:3])
        message = "Sequence 1 has 2 labels in y_true, but 3 in y_pred"
        with pytest.raises(ValueError, match=message):
            score(TRUE[:2], [PRED[0], ["O", "O", "O"]])
        with pytest.raises(
            ValueError, match="Sequence 0 has 4 labels in y_true, but 0"
        ):
            score(TRUE, [[], [], [], []])

    @each_function
    @pytest.mark.parametrize(
        "bad", ["O", b"O", {"O"}, {0: "O"}, None, 3, np.array("O")]
    )
    def test_containers_that_are_none(self, score, bad):
        with pytest.raises(
            TypeError, match="y_pred must be a list or an array of label"
        ):
            score(TRUE, bad)

    @each_function
    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            ([["O"], "O"], "Sequence 1 of y_pred is 'O', not a list, tuple"),
            ([["O"], None], "Sequence 1 of y_pred is None, not a list, tuple"),
            ([["O"], ["O", None]], "y_pred has None in sequence 1, step 1"),
            ([["O"], [], ["O", 1]], "y_pred has 1 in sequence 2, step 1"),
            ([["O"], [["O"]]], r"y_pred has \['O'\] in sequence 1, step 0"),
            ([[b"O"]], "y_pred has b'O' in sequence 0, step 0"),
            ([[1.0]], "y_pred has 1.0 in sequence 0, step 0"),
        ],
    )
    def test_labels_that_are_none(self, score, bad, message):
        with pytest.raises(ValueError, match=message):
            score([["O"]] * len(bad), bad)

    @each_function
    def test_text_and_numbers(self, score):
        with pytest.raises(ValueError, match="y_true has 'O', y_pred has 1"):
            score([[], ["O"]], [[], [1]])

    @each_function
    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            ([1, 2], "sample_weight.shape"),
            ([1, 2, 3, -1], "Negative values"),
            ([1, 2, 3, np.nan], "NaN"),
        ],
    )
    def test_weights(self, score, weight, message):
        with pytest.raises(ValueError, match=message):
            score(TRUE, PRED, sample_weight=weight)


def cases():
    """Rows of the table in the documentation: labels, scheme, what it says."""
    lines = extract_entities.__doc__.split("\n")
    edges = [i for i, line in enumerate(lines) if line.strip().startswith("====")]
    columns = [match.span() for match in re.finditer("=+", lines[edges[0]])]
    columns[-1] = columns[-1][0], None
    rows = [[line[a:b].strip() for a, b in columns] for line in lines[edges[0] + 1 :]]
    schemes = rows[0][1:]
    for labels, *cells in rows[2 : edges[2] - edges[0] - 1]:
        for scheme, cell in zip(schemes, cells, strict=True):
            yield pytest.param(labels.split(), scheme, cell, id=f"{labels} {scheme}")


class TestExtractEntities:
    @pytest.mark.parametrize(("labels", "scheme", "cell"), [*cases()])
    def test_table_in_the_documentation(self, labels, scheme, cell):
        if cell == "error":
            with pytest.raises(ValueError, match="does not fit"):
                extract_entities(labels, scheme)
        else:
            found = extract_entities(labels, scheme)
            assert ", ".join(f"{kind} {a}:{b}" for kind, a, b in found) == cell

    def test_the_table_was_found(self):
        assert {case.values[1] for case in cases()} == {*SCHEMES}
        assert len([*cases()]) == 64

    def test_aliases(self):
        labels = ["B-X", "I-X", "I-Y"]
        assert extract_entities(labels, "BIO") == extract_entities(labels, "IOB2")
        labels = ["B-X", "E-X", "S-Y", "I-Y"]
        assert extract_entities(labels, "IOBES") == extract_entities(labels, "BIOES")

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_types_with_hyphens(self, scheme):
        labels = ["I-B-date", "I-B-date", "O", "I-a-b-", "I--"]
        expected = [("B-date", 0, 2), ("a-b-", 3, 4), ("-", 4, 5)]
        if scheme in ("IOB2", "BIOES"):
            labels = [re.sub("^I", "B", labels[0]), *labels[1:3], "B-a-b-", "B--"]
        if scheme == "BIOES":
            labels = ["B-B-date", "E-B-date", "O", "S-a-b-", "S--"]
        assert extract_entities(labels, scheme) == expected

    def test_labels_without_type(self):
        assert extract_entities(["B", "I", "O", "B"]) == [("_", 0, 2), ("_", 3, 4)]
        assert extract_entities(["B", "I-X"]) == [("_", 0, 1)]
        assert extract_entities(["I", "B"], "IOB1") == [("_", 0, 1), ("_", 1, 2)]
        assert extract_entities(["B", "E", "S"], "BIOES") == [("_", 0, 2), ("_", 2, 3)]

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_nothing(self, scheme):
        assert extract_entities([], scheme) == []
        assert extract_entities(["O", "O"], scheme) == []

    def test_containers(self):
        labels, expected = ["O", "B-X", "I-X"], [("X", 1, 3)]
        for kind in (tuple, np.array, lambda x: np.array(x, object)):
            entities = extract_entities(kind(labels))
            assert entities == expected
            assert [type(part) for part in entities[0]] == [str, int, int]

    @pytest.mark.parametrize(
        "label",
        ["", "b-X", "X", "PER", "-X", "B-", "O-X", "BI-X", "B_X", "L-X", 1, None],
    )
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_labels_of_no_scheme(self, scheme, label):
        message = rf"Label {label!r} \(step 1\) does not fit scheme '{scheme}'"
        with pytest.raises(ValueError, match=message):
            extract_entities(["O", label], scheme)

    def test_errors(self):
        with pytest.raises(ValueError, match="'O', 'B-<type>' and 'I-<type>'"):
            extract_entities(["S-X"])
        for scheme in ("iob2", "BILOU", None, ["IOB2"]):
            with pytest.raises(ValueError, match="scheme must be one of"):
                extract_entities(["O"], scheme)
        for labels in ("O", None, {"O"}):
            with pytest.raises(TypeError, match="labels must be a list, tuple or"):
                extract_entities(labels)


class TestEntityScores:
    def test_by_hand(self):
        # LOC: 0 of 0 predicted and of 2; PER: 3 of 4 and of 3
        by_type = {"precision": [0, 3 / 4], "recall": [0, 1], "f1": [0, 6 / 7]}
        micro = {"precision": 3 / 4, "recall": 3 / 5, "f1": 2 / 3}
        for name, score in SCORES.items():
            each = score(TRUE, PRED, average=None, zero_division=0)
            assert_allclose(each, by_type[name])
            assert_allclose(score(TRUE, PRED), micro[name])
            macro = score(TRUE, PRED, average="macro", zero_division=0)
            assert_allclose(macro, np.mean(by_type[name]))
            weighted = score(TRUE, PRED, average="weighted", zero_division=0)
            assert_allclose(weighted, by_type[name][1] * 3 / 5)

    @each_score
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_sequences_do_not_touch(self, name, scheme):
        """Labels as in one long sequence, cut where entities would go on."""
        rng = np.random.RandomState(0)
        pairs = [random_labels(rng, SCHEMES[scheme], n=40) for _ in range(2)]
        pairs[1] = corrupt(rng, pairs[0], 0.3)
        n_right = n_pred = n_true = 0
        for labels_true, labels_pred in zip(*pairs, strict=True):
            true = {*extract_entities(labels_true, scheme)}
            pred = {*extract_entities(labels_pred, scheme)}
            n_right += len(true & pred)
            n_pred += len(pred)
            n_true += len(true)
        expected = {
            "precision": n_right / n_pred,
            "recall": n_right / n_true,
            "f1": 2 * n_right / (n_pred + n_true),
        }
        assert n_right > 5
        assert_allclose(SCORES[name](*pairs, scheme=scheme), expected[name])

    @each_score
    @pytest.mark.parametrize("average", AVERAGES)
    def test_weights_are_repetitions(self, name, average):
        rng = np.random.RandomState(1)
        y_true = random_labels(rng, "BI")
        y_pred = [*corrupt(rng, y_true, 0.3), ["B-Z"]]
        y_true.append(["B-Z"])
        weight = rng.randint(0, 4, len(y_true))
        weight[-1] = 0  # and with it goes type Z
        rows = np.repeat(np.arange(len(y_true)), weight)
        many = [y_true[i] for i in rows], [y_pred[i] for i in rows]
        weighted = SCORES[name](y_true, y_pred, average=average, sample_weight=weight)
        assert_allclose(weighted, SCORES[name](*many, average=average))

    @each_score
    def test_perfect(self, name):
        for average in ("micro", "macro", "weighted"):
            assert SCORES[name](TRUE, TRUE, average=average) == 1
        assert SCORES[name](TRUE, TRUE, average=None).tolist() == [1, 1]

    def test_an_entity_is_right_as_a_whole(self):
        y_true = [["B-X", "I-X", "O"]]
        for y_pred in (
            ["B-Y", "I-Y", "O"],
            ["B-X", "O", "O"],
            ["B-X", "I-X", "I-X"],
            ["O", "B-X", "O"],
            ["B-X", "B-X", "O"],
        ):
            assert entity_f1_score(y_true, [y_pred]) == 0

    def test_single_labels(self):
        y_true, y_pred = np.array(["B-X", "B-Y", "O"]), np.array(["B-X", "O", "O"])
        assert_allclose(entity_f1_score(y_true, y_pred), 2 / 3)

    @each_score
    @pytest.mark.parametrize(
        ("side", "labels", "place"),
        [
            (0, [["O"], ["B-X", "PER"]], "y_true, sequence 1, step 1"),
            (1, [["O"], ["O", "PER"]], "y_pred, sequence 1, step 1"),
            (1, [[], ["O"], [], ["PER"]], "y_pred, sequence 3, step 0"),
        ],
    )
    def test_labels_of_no_scheme(self, name, side, labels, place):
        pair = [[["O"] * len(row) for row in labels]] * 2
        pair[side] = labels
        with pytest.raises(ValueError, match=rf"Label 'PER' \({place}\) does not fit"):
            SCORES[name](*pair)
        with pytest.raises(ValueError, match=r"Label 1 \(y_true, sequence 0, step 0\)"):
            SCORES[name]([[1]], [[1]])

    @each_score
    def test_bad_parameters(self, name):
        score = SCORES[name]
        with pytest.raises(ValueError, match="scheme must be one of"):
            score(TRUE, PRED, scheme="BILOU")
        for average in ("samples", "binary", 1):
            with pytest.raises(ValueError, match="average must be"):
                score(TRUE, PRED, average=average)
        for value in ("no", 0.5, 2, None):
            with pytest.raises(ValueError, match="zero_division must be"):
                score(TRUE, PRED, zero_division=value)


class TestZeroDivision:
    NOTHING = [["O", "O"], []]

    @each_score
    @pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
    @pytest.mark.parametrize("y", [NOTHING, []])
    def test_no_entity(self, name, average, y):
        score = SCORES[name]
        for value in (0, 1, np.nan):
            result = score(y, y, average=average, zero_division=value)
            assert_allclose(result, value)
            assert type(result) is float
        with pytest.warns(UndefinedMetricWarning, match="is undefined") as record:
            assert score(y, y, average=average) == 0
        assert record[0].filename == __file__

    @each_score
    def test_no_entity_and_no_type(self, name):
        assert SCORES[name](self.NOTHING, self.NOTHING, average=None).shape == (0,)

    def test_types_that_are_absent(self):
        y_true, y_pred = [["B-X", "B-Y"]], [["B-X", "B-Z"]]
        with pytest.warns(UndefinedMetricWarning, match="predicted entity of type Y"):
            result = entity_precision_score(y_true, y_pred, average=None)
        assert result.tolist() == [1, 0, 0]
        with pytest.warns(UndefinedMetricWarning, match="true entity of type Z"):
            result = entity_recall_score(y_true, y_pred, average="macro")
        assert_allclose(result, 1 / 3)
        assert entity_f1_score(y_true, y_pred, average=None).tolist() == [1, 0, 0]
        kwargs = {"average": "macro", "zero_division": np.nan}
        assert entity_precision_score(y_true, y_pred, **kwargs) == 0.5

    def test_nothing_true(self):
        y_true, y_pred = [["O", "O"]], [["B-X", "B-Z"]]
        for average in ("micro", "macro", "weighted"):
            for value in (0, 1):
                kwargs = {"average": average, "zero_division": value}
                assert entity_precision_score(y_true, y_pred, **kwargs) == 0
                assert entity_recall_score(y_true, y_pred, **kwargs) == value
                assert entity_f1_score(y_true, y_pred, **kwargs) == 0


class TestEntityReport:
    @pytest.mark.parametrize("weight", [None, np.arange(200) % 4 / 2])
    @pytest.mark.parametrize("digits", [2, 3])
    def test_looks_as_in_scikit_learn(self, weight, digits):
        """Entities of one step are classes, apart from "O"."""
        rng = np.random.RandomState(0)
        types = ["O", "LOC", "PER", "a-very-long-type"]
        y_true = rng.choice(types, 200)
        y_pred = np.where(rng.rand(200) < 0.3, rng.choice(types, 200), y_true)
        expected = classification_report(
            y_true,
            y_pred,
            labels=sorted(types[1:]),
            sample_weight=weight,
            digits=digits,
        )
        y_true, y_pred = (
            [[label if label == "O" else f"S-{label}"] for label in y]
            for y in (y_true.tolist(), y_pred.tolist())
        )
        kwargs = {"scheme": "BIOES", "sample_weight": weight, "digits": digits}
        assert entity_report(y_true, y_pred, **kwargs) == expected

    def test_dict(self):
        report = entity_report(TRUE, PRED, output_dict=True, zero_division=0)
        names = ["LOC", "PER", "micro avg", "macro avg", "weighted avg"]
        assert [*report] == names
        for row in report.values():
            assert [*row] == ["precision", "recall", "f1-score", "support"]
            assert [*map(type, row.values())] == [float, float, float, int]
        assert [report[name]["support"] for name in names] == [2, 3, 5, 5, 5]
        for name, score in SCORES.items():
            head = "f1-score" if name == "f1" else name
            each = score(TRUE, PRED, average=None, zero_division=0)
            assert [report["LOC"][head], report["PER"][head]] == each.tolist()
            for average in ("micro", "macro", "weighted"):
                expected = score(TRUE, PRED, average=average, zero_division=0)
                assert report[f"{average} avg"][head] == expected

    def test_of_nothing(self):
        report = entity_report([["O"]], [["O"]], zero_division=0, output_dict=True)
        assert [*report] == ["micro avg", "macro avg", "weighted avg"]
        assert "micro avg      1.000" in entity_report(
            [["O"]], [["O"]], zero_division=1
        )
        with pytest.warns(UndefinedMetricWarning):
            entity_report([["O"]], [["O"]])


class TestOtherImplementation:
    """Equality with seqeval."""

    AVERAGES = ["micro", "macro", "weighted", None]

    @pytest.mark.parametrize("average", AVERAGES)
    @pytest.mark.parametrize("zero_division", [0, 1])
    @pytest.mark.parametrize(
        ("scheme", "prefixes"),
        [*SCHEMES.items(), ("conlleval", "BI"), ("conlleval", "I")],
    )
    def test_scores(self, scheme, prefixes, zero_division, average):
        theirs = pytest.importorskip("seqeval.metrics")
        kwargs = {"average": average, "zero_division": zero_division}
        mode = self.mode(scheme)
        rng = np.random.RandomState(0)
        for trial in range(40):
            types = [("X", "Y"), ("X", "Y", "", "a-b"), ("X",), ("",)][trial % 4]
            y_true = random_labels(rng, prefixes, 10, types=types)
            y_pred = corrupt(rng, y_true, share=[0.3, 1][trial // 4 % 2])
            if trial % 5 == 0:
                y_pred = [["O"] * len(row) for row in y_pred]
            if self.n_entities(y_true, scheme) + self.n_entities(y_pred, scheme) == 0:
                continue  # their averages are means of nothing
            for name, score in SCORES.items():
                ours = score(y_true, y_pred, scheme=scheme, **kwargs)
                function = getattr(theirs, f"{name}_score")
                expected = function(y_true, y_pred, **kwargs, **mode)
                assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)

    @pytest.mark.parametrize(
        ("scheme", "prefixes"), [*SCHEMES.items(), ("conlleval", "BI")]
    )
    def test_entities(self, scheme, prefixes):
        pytest.importorskip("seqeval")
        rng = np.random.RandomState(1)
        for labels in random_labels(rng, prefixes, 4000, types=("X", "Y")):
            assert extract_entities(labels, scheme) == self.entities(labels, scheme)

    @staticmethod
    def mode(scheme):
        """Parameters of their scores."""
        from seqeval import scheme as schemes

        if scheme == "conlleval":
            return {}
        name = {"BIOES": "IOBES"}.get(scheme, scheme)
        return {"mode": "strict", "scheme": getattr(schemes, name)}

    def entities(self, labels, scheme):
        """What they find in one sequence."""
        from seqeval.metrics.sequence_labeling import get_entities
        from seqeval.scheme import Entities

        if scheme == "conlleval":
            return [(kind, a, b + 1) for kind, a, b in get_entities(labels)]
        (found,) = Entities([labels], self.mode(scheme)["scheme"]).entities
        return [(entity.tag, entity.start, entity.end) for entity in found]

    @staticmethod
    def n_entities(sequences, scheme):
        return sum(len(extract_entities(labels, scheme)) for labels in sequences)


def conlleval_counts(y_true, y_pred):
    """Right, predicted and true chunks, counted line by line as in the CoNLL tasks.

    Both columns are read at once, for B, I and O only: a chunk is right if it begins,
    and later ends, in the same line of both columns, with one type all along.
    """
    right = guessed = correct = 0
    for gold, guess in zip(y_true, y_pred, strict=True):
        last, agree = ("O", "O"), False
        for line in [*zip(gold, guess, strict=True), ("O", "O")]:
            begins, ends = [], []
            for before, now in zip(last, line, strict=True):
                new_type = before[2:] != now[2:]
                ends.append(before != "O" and (now[0] in "BO" or new_type))
                begins.append(
                    now != "O" and (now[0] == "B" or before == "O" or new_type)
                )
            if agree and any(ends):
                right += all(ends)
                agree = False
            if all(begins) and line[0][2:] == line[1][2:]:
                agree = True
            correct += begins[0]
            guessed += begins[1]
            last = line
    return right, guessed, correct


@pytest.fixture
def folder():
    """The folder of the public data sets."""
    path = os.environ.get("SKLEARN_RNN_DATA")
    if not path or not Path(path).is_dir():
        pytest.skip("SKLEARN_RNN_DATA names no folder of data sets")
    return Path(path)


def read_tags(folder, corpus):
    """The tags of a corpus."""
    if corpus == "wikigold":
        return read_conll(folder / "wikigold" / "wikigold.tsv.gz")[1]
    if corpus == "wnut17":
        return read_conll(folder / "wnut17" / "test.tsv.gz", separator="\t")[1]
    lines = read_labelled(folder / "snips" / "test.tsv.gz")[0]
    return [line.split() for line in lines]


@pytest.mark.realdata
class TestCorpora:
    SIZES = {  # sequences, entities
        "wikigold": (1696, 3558),
        "wnut17": (1287, 1079),
        "snips": (700, 1790),
    }

    @pytest.mark.parametrize("corpus", SIZES)
    @pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 1])
    def test_counts_of_the_evaluation_script(self, folder, corpus, share):
        y_true = read_tags(folder, corpus)
        y_pred = corrupt(np.random.RandomState(0), y_true, share)
        right, guessed, correct = conlleval_counts(y_true, y_pred)
        assert (len(y_true), correct) == self.SIZES[corpus]
        expected = {
            "precision": right / guessed,
            "recall": right / correct,
            "f1": 2 * right / (guessed + correct),
        }
        for name, score in SCORES.items():
            result = score(y_true, y_pred, scheme="conlleval")
            assert_allclose(result, expected[name], rtol=1e-12)
        report = entity_report(
            y_true, y_pred, scheme="conlleval", output_dict=True, zero_division=0
        )
        assert report["micro avg"]["support"] == correct

    @pytest.mark.parametrize(
        ("corpus", "scheme"),
        [("wikigold", "IOB1"), ("wnut17", "IOB2"), ("snips", "BIO")],
    )
    def test_corpora_are_well_formed(self, folder, corpus, scheme):
        """Where labels are as they should be, the schemes agree with the script."""
        for labels in read_tags(folder, corpus):
            lenient = extract_entities(labels, "conlleval")
            assert extract_entities(labels, scheme) == lenient


class TestMarkEntities:
    @pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "BIO", "BIOES", "IOBES"])
    def test_there_and_back(self, scheme):
        rng = np.random.RandomState(0)
        for labels in random_labels(rng, "BIES", n=300, types=("X", "Y", "")):
            entities = extract_entities(labels, "conlleval")
            marked = mark_entities(entities[::-1], len(labels), scheme)
            assert len(marked) == len(labels)
            assert extract_entities(marked, scheme) == entities
            assert extract_entities(marked, "conlleval") == entities
            again = mark_entities(entities, len(labels), "BIOES")
            assert extract_entities(again, "BIOES") == entities

    @pytest.mark.parametrize(
        ("scheme", "expected"),
        [
            ("IOB1", "O I-X I-X I-X B-X I-Y O"),
            ("IOB2", "O B-X I-X I-X B-X B-Y O"),
            ("BIOES", "O B-X I-X E-X S-X S-Y O"),
        ],
    )
    def test_by_hand(self, scheme, expected):
        entities = [("X", 1, 4), ("X", 4, 5), ("Y", 5, 6)]
        assert mark_entities(entities, 7, scheme) == expected.split()
        assert mark_entities([], 2, scheme) == ["O", "O"]
        assert mark_entities([], 0, scheme) == []
        places = np.array([1, 4, 5, 6])
        listed = [["X", *places[:2]], ("X", *places[1:3]), ("Y", *places[2:])]
        assert mark_entities(listed, 7, scheme) == expected.split()

    @pytest.mark.parametrize(
        ("entities", "message"),
        [
            (
                [("X", 0, 2), ("Y", 1, 3)],
                r"\('Y', 1, 3\) must begin at step 2 or later",
            ),
            ([("X", -1, 2)], "step 0 or later, where the sequence begins"),
            ([("X", 1, 1)], "stop behind its beginning"),
            ([("X", 2, 5)], "at step 4 at the latest"),
            ([("", 0, 1)], r"must be \(type, start, stop\), .* got \('', 0, 1\)"),
            ([(None, 0, 1)], r"must be \(type, start, stop\)"),
            ([("X", 0.0, 1)], r"must be \(type, start, stop\)"),
            ([("X", 0)], r"must be \(type, start, stop\)"),
            ([("X", np.timedelta64(1), 2)], r"must be \(type, start, stop\)"),
            (["O", "B-X"], r"must be \(type, start, stop\), .* got 'O'"),
        ],
    )
    def test_entities_that_do_not_fit(self, entities, message):
        with pytest.raises(ValueError, match=message):
            mark_entities(entities, 4)

    def test_a_reading_is_no_scheme(self):
        with pytest.raises(ValueError, match="cannot write"):
            mark_entities([], 1, "conlleval")
        with pytest.raises(ValueError, match="scheme must be one of"):
            mark_entities([], 1, "BILOU")


class Lookup(BaseEstimator):
    """Predicts the last label seen for each word; `silent` says "O" to all."""

    def __init__(self, silent=False):
        self.silent = silent

    def fit(self, X, y):
        rows = zip(X, y, strict=True)
        pairs = (pair for row in rows for pair in zip(*row, strict=True))
        self.labels_ = dict(pairs)
        return self

    def predict(self, X):
        known = {} if self.silent else self.labels_
        return [[known.get(word, "O") for word in words] for words in X]


@pytest.fixture
def sentences():
    """Words, their labels by some rule, and weights."""
    rng = np.random.RandomState(0)
    names = {"Rome": "B-LOC", "Ann": "B-PER", "Lee": "I-PER", "is": "O", "in": "O"}
    X = [rng.choice([*names], rng.randint(1, 7)).tolist() for _ in range(40)]
    y = [[names[word] for word in words] for words in X]
    return X, y, rng.randint(1, 4, 40)


class TestScorers:
    def test_names(self):
        expected = "step_accuracy sequence_accuracy entity_precision entity_recall"
        assert {*expected.split(), "entity_f1"} <= {*SCORERS}

    @pytest.mark.parametrize("name", [name for name in SCORERS if name not in OF_TEXT])
    def test_scorers_are_the_functions(self, name):
        X, y = TRUE, [["B-PER", "O", "O", "B-LOC"], ["B-LOC", "B-PER"], *TRUE[2:]]
        if name.endswith("bioes"):
            y = [[label.replace("B-", "S-") for label in labels] for labels in y]
            X = [[label.replace("B-", "S-") for label in labels] for labels in X]
        model = Lookup().fit(X, X)
        functions = dict(zip(["step", "sequence"], ACCURACIES, strict=True)) | SCORES
        function = functions[name.split("_")[name.startswith("entity")]]
        scheme = {"iob1": "IOB1", "bioes": "BIOES", "conlleval": "conlleval"}
        scheme = scheme.get(name.split("_")[-1])
        kwargs = {"scheme": scheme} if scheme else {}
        scorer = pickle.loads(pickle.dumps(SCORERS[name]))
        for weight in (None, [1, 2, 3, 4]):
            expected = function(y, X, sample_weight=weight, **kwargs)
            given = {} if weight is None else {"sample_weight": weight}
            assert scorer(model, X, y, **given) == expected
            assert 0 < expected < 1

    @pytest.mark.parametrize(
        ("name", "label", "expected"),
        [
            ("entity_f1", "I-Y", 1),
            ("entity_f1_iob1", "I-Y", 0),
            ("entity_f1_conlleval", "I-Y", 2 / 3),
            ("entity_f1_bioes", "S-Y", 0),
        ],
    )
    def test_schemes(self, name, label, expected):
        model = Lookup().fit([["a", "b"]], [["B-X", "O"]])
        assert SCORERS[name](model, [["a", "b"]], [["B-X", label]]) == expected

    @pytest.mark.parametrize(
        "name", ["step_accuracy", "sequence_accuracy", "entity_f1"]
    )
    def test_grid_search(self, sentences, name):
        X, y, _ = sentences
        grid = {"silent": [True, False]}
        search = GridSearchCV(Lookup(), grid, scoring=SCORERS[name], cv=KFold(4))
        search.fit(X, y)
        assert search.best_params_ == {"silent": False}
        assert search.best_score_ == 1

    def test_several_scorers(self, sentences):
        X, y, _ = sentences
        names = ["step_accuracy", "entity_recall", "entity_f1"]
        scoring = {name: SCORERS[name] for name in names}
        search = GridSearchCV(
            Lookup(),
            {"silent": [True, False]},
            scoring=scoring,
            refit="entity_f1",
            cv=4,
        )
        with_objects = np.empty(len(y), object)
        with_objects[:] = y
        search.fit(X, with_objects)
        assert search.cv_results_["mean_test_entity_recall"].tolist() == [0, 1]
        every = {name: SCORERS[name] for name in SCORERS if "bioes" not in name}
        scores = cross_validate(Lookup(), X, y, scoring=every, cv=4)
        assert {f"test_{name}" for name in every} <= {*scores}


def test_the_package_does_not_import_them():
    """`sklearn.metrics` is slow to import."""
    code = "import sys, sklearn_rnn; print('sklearn.metrics' in sys.modules)"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
