"""Predictions go back to the rows of the table that sequences were read from."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import (
    RNNClassifier,
    RNNSequenceTagger,
    Sequences,
    labels_from_frame,
    predictions_to_frame,
)

# Rows of three recordings between each other; the index says nothing, and repeats.
TABLE = pd.DataFrame(
    {
        "who": ["b", "a", "b", "c", "a", "b", "c"],
        "day": [1, 1, 2, 1, 1, 1, 1],
        "x": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    },
    index=[5, 5, 3, 8, 1, 5, 0],
)
INDEXES = [
    TABLE.index,
    pd.RangeIndex(7),
    pd.MultiIndex.from_product([["u", "v"], [2, 1, 0, 9]])[:7],
    pd.date_range("2026-01-01", periods=7, freq="h")[::-1],
]
indexes = pytest.mark.parametrize(
    "index", INDEXES, ids=["duplicates", "range", "levels", "times"]
)


@indexes
@pytest.mark.parametrize("by", ["who", ["who", "day"]])
def test_what_was_read_comes_back_to_its_rows(index, by):
    table = TABLE.set_axis(index).assign(label=list("ABCDEFG"), number=np.arange(7))
    before = table.copy()
    for column in ("label", "number", "x"):
        read = labels_from_frame(table, by=by, column=column)
        for labels in (read, list(read), [part.tolist() for part in read]):
            frame = predictions_to_frame(labels, table, by=by, columns=column)
            pd.testing.assert_frame_equal(frame, table[[column]])
    X = Sequences.from_frame(table, by=by, columns=["x", "number"])
    frame = predictions_to_frame(list(X), table, by=by, columns=["x", "number"])
    pd.testing.assert_frame_equal(
        frame, table[["x", "number"]], check_dtype=False, check_column_type=False
    )
    pd.testing.assert_frame_equal(table, before)


@indexes
@pytest.mark.parametrize("kind", [list, np.array, pd.Series, "objects"])
def test_predictions_of_sequences_stand_beside_all_their_rows(index, kind):
    table = TABLE.set_axis(index)
    predictions = ["of b", "of a", "of c"]  # in the order of appearance
    if kind == "objects":
        predictions = np.array(predictions, dtype=object)
    else:
        predictions = kind(predictions)
    frame = predictions_to_frame(predictions, table, by="who")
    assert list(frame.columns) == ["prediction"]
    assert frame.index.equals(index)
    assert frame["prediction"].tolist() == [f"of {who}" for who in table["who"]]
    joined = pd.concat([table, frame], axis=1)
    assert len(joined) == len(table)


def test_outputs_are_numbered_or_named():
    numbers = np.arange(6.0).reshape(3, 2)
    frame = predictions_to_frame(numbers, TABLE, by="who")
    assert list(frame.columns) == [0, 1]
    assert frame.to_numpy().tolist() == numbers[[0, 1, 0, 2, 1, 0, 2]].tolist()
    named = predictions_to_frame(numbers, TABLE, by="who", columns=["u", "v"])
    assert list(named.columns) == ["u", "v"]
    again = predictions_to_frame(pd.DataFrame(numbers), TABLE, by="who")
    pd.testing.assert_frame_equal(again, frame)


def test_nested_lists_are_of_steps_and_arrays_of_sequences():
    table = pd.DataFrame({"who": ["a", "a", "b", "b"]})
    outputs = [[1.0, 2.0], [3.0, 4.0]]
    frame = predictions_to_frame(outputs, table, by="who")
    assert frame["prediction"].tolist() == [1.0, 2.0, 3.0, 4.0]
    frame = predictions_to_frame(np.array(outputs), table, by="who")
    assert frame.to_numpy().tolist() == [[1.0, 2.0]] * 2 + [[3.0, 4.0]] * 2
    with pytest.raises(
        ValueError, match=r"each sequence are np.asarray\(predictions\)"
    ):
        predictions_to_frame(outputs, table[:3], by="who")


def test_tables_without_rows():
    empty = np.empty(0, dtype=object)
    frame = predictions_to_frame(empty, TABLE[:0], by="who")
    assert frame.shape == (0, 1)


def test_predictions_of_estimators():
    X = Sequences.from_frame(TABLE, by="who", columns="x")
    table = TABLE.assign(label=np.where(TABLE["x"] < 0.35, "low", "high"))
    y = labels_from_frame(table, by="who", column="label")
    tagger = RNNSequenceTagger(8, max_iter=200, random_state=0, learning_rate_init=0.02)
    tagger.fit(X, y)
    frame = predictions_to_frame(tagger.predict(X), TABLE, by="who")
    assert frame["prediction"].tolist() == table["label"].tolist()
    proba = predictions_to_frame(
        tagger.predict_proba(X), TABLE, by="who", columns=tagger.classes_
    )
    assert (proba.idxmax(axis=1) == table["label"]).all()
    classifier = RNNClassifier(4, max_iter=99, random_state=0).fit(X, ["B", "A", "C"])
    proba = predictions_to_frame(
        classifier.predict_proba(X), TABLE, by="who", columns=classifier.classes_
    )
    np.testing.assert_array_equal(
        proba, classifier.predict_proba(X)[[0, 1, 0, 2, 1, 0, 2]]
    )
    assert list(proba.columns) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("predictions", "parameters", "message"),
    [
        ([1, 2], {}, r"df has 3 sequences, but there are 2 predictions"),
        (
            [[1, 2, 3], [1], [1, 2]],
            {},
            r"sequence 1 has 2 rows in df, but there are 1 predictions for its steps",
        ),
        ([1, 2, 3], {"columns": ["u", "v"]}, r"\['u', 'v'\], but there are 1 outputs"),
        ([1, 2, 3], {"by": "whom"}, r"no columns \['whom'\]"),
        ([1, 2, 3], {"by": None}, r"by must name"),
    ],
)
def test_errors(predictions, parameters, message):
    with pytest.raises(ValueError, match=message):
        predictions_to_frame(predictions, TABLE, **{"by": "who", **parameters})
    with pytest.raises(TypeError, match=r"must be a pandas DataFrame, got ndarray"):
        predictions_to_frame([1], np.ones((1, 1)), by=0)


def test_names_of_keys_that_are_tuples_or_levels_of_the_index():
    expected = Sequences.from_frame(TABLE, by="who", columns="x")
    levels = TABLE.set_index("who", drop=False)
    assert_array_equal(
        Sequences.from_frame(levels, by="who", columns="x").values, expected.values
    )
    pairs = TABLE[["who", "x"]]
    pairs.columns = pd.MultiIndex.from_tuples([("key", "who"), ("value", "x")])
    found = Sequences.from_frame(pairs, by=("key", "who"), columns=[("value", "x")])
    assert_array_equal(found.values, expected.values)


def test_names_of_columns_are_those_of_python():
    """As pandas has it if a frame is made with an array of names."""
    classes = np.array(["no", "yes"])
    frame = predictions_to_frame(np.ones((3, 2)), TABLE, by="who", columns=classes)
    assert [type(name) for name in frame.columns] == [str, str]
