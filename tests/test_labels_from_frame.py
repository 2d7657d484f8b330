"""Labels and words of long tables."""

import csv
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import Sequences, SequenceVectorizer, labels_from_frame


def lists(labels):
    """Labels as lists, once their form is checked."""
    assert isinstance(labels, np.ndarray)
    assert (labels.dtype, labels.ndim) == (object, 1)
    assert {(type(part), part.ndim) for part in labels} <= {(np.ndarray, 1)}
    assert len({part.dtype for part in labels}) <= 1
    return [part.tolist() for part in labels]


def test_labels_are_in_the_order_of_from_frame():
    rng = np.random.default_rng(0)
    df = pd.DataFrame({"who": rng.integers(0, 7, 500), "day": rng.integers(0, 2, 500)})
    df["row"] = np.arange(500.0)
    df["label"] = df["row"].astype(int).astype(str)
    before = df.copy()
    for by in ["who", ["who", "day"], ["day"]]:
        X = Sequences.from_frame(df, by=by, columns="row")
        y = labels_from_frame(df, by=by, column="label")
        assert lists(y) == [[f"{row:.0f}" for row in part[:, 0]] for part in X]
    pd.testing.assert_frame_equal(df, before)


@pytest.mark.parametrize(
    ("values", "dtype", "kind"),
    [
        (["a", "bc", "d"], object, "U"),
        (["a", "bc", "d"], "string", "U"),
        (["a", "bc", "d"], "category", "U"),
        ([1, 2, 3], object, "i"),
        ([1, 2, 3], "Int64", "i"),
        ([1, 2, 3], "category", "i"),
        ([1.5, 2.0, np.inf], "float32", "f"),
        ([True, False, True], "boolean", "b"),
        ([1, "b", "c"], object, "O"),
    ],
)
def test_labels_of_every_dtype(values, dtype, kind):
    df = pd.DataFrame({"s": ["x", "y", "x"], "y": pd.Series(values, dtype=dtype)})
    labels = labels_from_frame(df, by="s", column="y")
    assert lists(labels) == [[values[0], values[2]], [values[1]]]
    assert labels[0].dtype.kind == kind


@pytest.mark.parametrize("who", ["aabb", "aaab", "aaaa", "abcd"])
def test_labels_are_an_object_array_whatever_the_lengths(who):
    df = pd.DataFrame({"who": list(who), "y": list("ijkl")})
    labels = lists(labels_from_frame(df, by="who", column="y"))
    assert sum(labels, []) == list("ijkl")  # noqa: RUF017
    assert len(labels) == len(set(who))


def test_labels_of_an_empty_table_and_of_named_columns():
    df = pd.DataFrame({0: list("aab"), ("x", 1): list("ijk")})
    df.columns = pd.Index([0, ("x", 1)], tupleize_cols=False)
    assert lists(labels_from_frame(df, by=0, column=("x", 1))) == [["i", "j"], ["k"]]
    assert lists(labels_from_frame(df[:0], by=0, column=0)) == []


def test_labels_share_no_memory():
    df = pd.DataFrame({"who": list("aab"), "y": [1, 2, 3]})
    labels = labels_from_frame(df, by="who", column="y")
    labels[0][:] = 9
    assert df["y"].tolist() == [1, 2, 3]


def test_words_of_a_table_are_documents():
    words, who = ["The", "end", "Let", "us", "end"], list("ababb")
    df = pd.DataFrame({"who": who, "word": words})
    documents = labels_from_frame(df, by="who", column="word")
    expected = [["The", "Let"], ["end", "us", "end"]]
    vectorizer = SequenceVectorizer()
    X = vectorizer.fit_transform(documents)
    assert vectorizer.inverse_transform(X) == expected
    assert {type(token) for token in vectorizer.vocabulary_} == {str}
    one = vectorizer.transform(documents[[1]])
    np.testing.assert_array_equal(one[0].toarray(), X[1].toarray())
    assert len(vectorizer.transform(documents[:0])) == 0


def test_labels_have_the_errors_of_from_frame():
    df = pd.DataFrame({"who": list("bab"), "day": 1, "x": [1.0, 2.0, 3.0]})
    df["n"] = pd.array([1, 2, None], dtype="Int64")
    with pytest.raises(ValueError, match=r"no columns \['whom', 'y'\].*'who', 'day'"):
        labels_from_frame(df, by="whom", column="y")
    with pytest.raises(ValueError, match=r"by=\['n'\] have missing .* row 2"):
        labels_from_frame(df, by="n", column="x")
    with pytest.raises(TypeError, match="DataFrame, got ndarray"):
        labels_from_frame(np.ones((3, 2)), by="who", column="x")
    with pytest.raises(ValueError, match=r"columns \['when'\] are times"):
        labels_from_frame(
            df.assign(when=pd.Timestamp("2020-01-01")), by="who", column="when"
        )
    for column in (["x"], None, np.array(["x"])):
        with pytest.raises(TypeError, match="name of one column, got"):
            labels_from_frame(df, by="who", column=column)


@pytest.mark.parametrize("dtype", [object, "string", "category"])
def test_missing_labels_are_named(dtype):
    who, word = ["a", "b", "a", "c", "b", "b"], ["x", "y", "z", "x", None, None]
    df = pd.DataFrame({"who": who, "word": pd.Series(word, dtype=dtype)})
    df.index = range(10, 16)
    message = r"'word' has no value in row 4, which is step 1 of sequence 1\..*'null'"
    with pytest.raises(ValueError, match=message):
        labels_from_frame(df, by="who", column="word")
    df.loc[12, "word"] = None
    with pytest.raises(ValueError, match="row 2, which is step 1 of sequence 0"):
        labels_from_frame(df, by="who", column="word")


def test_words_that_pandas_takes_for_missing_values():
    text = 's\tword\n0\tThe\n0\tnull\n1\tNA\n1\t"\n'
    df = pd.read_csv(StringIO(text), sep="\t", quoting=csv.QUOTE_NONE)
    with pytest.raises(ValueError, match=r"row 1, .*keep_default_na=False"):
        labels_from_frame(df, by="s", column="word")
    df = pd.read_csv(
        StringIO(text), sep="\t", keep_default_na=False, quoting=csv.QUOTE_NONE
    )
    words = labels_from_frame(df, by="s", column="word")
    assert lists(words) == [["The", "null"], ["NA", '"']]
