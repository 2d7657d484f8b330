"""The data of the package, and readers of files: what they read, what they refuse."""

import gzip
import os
import subprocess
import sys
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from test_docstrings import documented, parameters

from sklearn_rnn import Sequences, SequenceVectorizer, datasets, labels_from_frame
from sklearn_rnn.datasets import (
    load_airline,
    load_names,
    load_reviews,
    load_tagged_sentences,
    read_conll,
    read_labelled,
    read_lines,
    read_ts,
)
from sklearn_rnn.vectorizer import affix_features

FUNCTIONS = [getattr(datasets, name) for name in datasets.__all__]
READERS = [read_lines, read_labelled, read_conll, read_ts]
FLAT_LOADERS = [load_reviews, load_names]
LOADERS = [*FLAT_LOADERS, load_tagged_sentences, load_airline]
each_reader = pytest.mark.parametrize("read", READERS, ids=lambda f: f.__name__)
each_flat_loader = pytest.mark.parametrize(
    "load", FLAT_LOADERS, ids=lambda f: f.__name__
)
each_loader = pytest.mark.parametrize("load", LOADERS, ids=lambda f: f.__name__)


@pytest.fixture
def write(tmp_path):
    """A function that writes text or bytes to a new file and gives its path."""

    def write(content, name="file.txt"):
        path = tmp_path / name
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return write


def assert_same(a, b):
    """Equal results of a reader."""
    assert type(a) is type(b)
    if isinstance(a, tuple):
        assert len(a) == len(b)
        for left, right in zip(a, b, strict=True):
            assert_same(left, right)
    elif isinstance(a, Sequences):
        assert_array_equal(a.values, b.values)
        assert_array_equal(a.lengths, b.lengths)
    elif isinstance(a, np.ndarray):
        assert_array_equal(a, b)
    else:
        assert a == b


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_docstrings(function):
    assert documented(function.__doc__, "Parameters") == parameters(function)
    assert ">>> " in function.__doc__


def test_importing_is_light():
    code = (
        "import sys, sklearn_rnn; before = set(sys.modules); "
        "import sklearn_rnn.datasets; print(*set(sys.modules) - before)"
    )
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    top = {name.split(".")[0] for name in out.split()}
    assert top <= {"sklearn_rnn", *sys.stdlib_module_names}
    assert "sklearn.datasets" not in out.split()


class TestReviews:
    def test_texts(self):
        texts = load_reviews().data
        assert type(texts) is list
        assert len(set(texts)) == len(texts) == 400
        n_words = [len(text.split()) for text in texts]
        assert (min(n_words), max(n_words)) == (8, 23)
        assert all(text == text.strip() and text.isascii() for text in texts)

    def test_ratings(self):
        reviews = load_reviews()
        assert reviews.target.dtype.kind == "i"
        ratings, counts = np.unique(reviews.target, return_counts=True)
        assert_array_equal(ratings, [1, 2, 3, 4, 5])
        assert_array_equal(counts, 80)
        for topic in ["restaurant", "film"]:
            counts = np.bincount(reviews.target[reviews.topic == topic])[1:]
            assert_array_equal(counts, 40)
        assert set(reviews.topic) == {"restaurant", "film"}

    def test_sentiment(self):
        reviews = load_reviews()
        names = {1: "negative", 2: "negative", 3: "mixed", 4: "positive", 5: "positive"}
        assert reviews.sentiment.dtype.kind == reviews.topic.dtype.kind == "U"
        assert list(reviews.sentiment) == [names[rating] for rating in reviews.target]

    def test_any_slice_is_a_mixture(self):
        reviews = load_reviews()
        for part in np.split(reviews.target, 10):
            assert set(part) == {1, 2, 3, 4, 5}

    def test_frame(self):
        reviews = load_reviews(as_frame=True)
        plain = load_reviews()
        assert list(reviews.frame) == ["text", "rating", "sentiment", "topic"]
        assert len(reviews.frame) == 400
        for name, column in [("data", "text"), ("target", "rating")]:
            assert isinstance(reviews[name], pd.Series)
            assert reviews[name].name == column
        for name in ["data", "target", "sentiment", "topic"]:
            assert isinstance(reviews[name], pd.Series)
            assert list(reviews[name]) == list(plain[name])

    def test_what_words_tell_about_sentiment(self):
        """Simple models learn it well, but not perfectly."""
        reviews = load_reviews()
        clear = reviews.sentiment != "mixed"
        X = np.array(reviews.data, dtype=object)[clear]
        model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        accuracy = cross_val_score(model, X, reviews.sentiment[clear], cv=folds).mean()
        assert 0.80 < accuracy < 0.97

    def test_what_words_tell_about_the_rating(self):
        X, y = load_reviews(return_X_y=True)
        model = make_pipeline(TfidfVectorizer(), Ridge())
        folds = KFold(5, shuffle=True, random_state=0)
        assert cross_val_score(model, X, y, cv=folds).mean() > 0.2


class TestNames:
    def test_names(self):
        names = load_names()
        assert type(names.data) is list
        assert len(set(names.data)) == len(names.data) == 600
        assert all(name.isalpha() and name.istitle() for name in names.data)
        lengths = [len(name) for name in names.data]
        assert (min(lengths), max(lengths)) == (3, 11)

    def test_classes(self):
        target = load_names().target
        classes, counts = np.unique(target, return_counts=True)
        assert target.dtype.kind == "U"
        assert list(classes) == ["female", "male"]
        assert_array_equal(counts, 300)

    def test_any_slice_is_a_mixture(self):
        for part in np.split(load_names().target, 10):
            assert 15 < (part == "female").sum() < 45

    def test_frame(self):
        names = load_names(as_frame=True)
        assert list(names.frame) == ["name", "gender"]
        assert list(names.data) == load_names().data
        assert_array_equal(names.target, load_names().target)


UPOS = {
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
}


def most_frequent_tags(words, tags):
    """The most frequent tag of each word."""
    counts = {}
    for word, tag in zip(chain(*words), chain(*tags), strict=True):
        counts.setdefault(word, Counter())[tag] += 1
    return {word: count.most_common(1)[0][0] for word, count in counts.items()}


def step_features(words):
    """For each word of a sentence what it looks like, and its neighbours."""
    around = ["<start>", *words, "<end>"]
    return [
        {
            f"{place} {feature}": 1
            for place, word in enumerate(around[i : i + 3])
            for feature in affix_features(word)
        }
        for i in range(len(words))
    ]


class TestTaggedSentences:
    def test_sentences(self):
        words = load_tagged_sentences().data
        assert type(words) is list
        assert {type(sentence) for sentence in words} == {list}
        assert {type(word) for word in chain(*words)} == {str}
        assert len({tuple(sentence) for sentence in words}) == len(words) == 300
        lengths = [len(sentence) for sentence in words]
        assert (min(lengths), max(lengths), sum(lengths)) == (5, 18, 3202)
        assert all(sentence[0][0].isupper() for sentence in words)
        assert {sentence[-1] for sentence in words} <= {*'.?!"'}
        assert not any(set(word) & set(" \t") for word in chain(*words))

    @pytest.mark.parametrize("name", ["target", "pos", "entities"])
    def test_labels_are_arrays_of_str(self, name):
        sentences = load_tagged_sentences()
        labels = sentences[name]
        assert labels.dtype == object
        assert labels.shape == (300,)
        assert {(part.dtype.kind, part.ndim) for part in labels} == {("U", 1)}
        assert [len(part) for part in labels] == [len(x) for x in sentences.data]

    def test_parts_of_speech(self):
        sentences = load_tagged_sentences()
        assert sentences.target is sentences.pos
        assert {*chain(*sentences.pos)} == UPOS
        for words, pos in zip(sentences.data, sentences.pos, strict=True):
            for word, tag in zip(words, pos, strict=True):
                assert (tag in ("PUNCT", "SYM")) == (not any(map(str.isalnum, word)))
                assert tag != "NUM" or word[-1].isdigit() or word.isalpha()

    @pytest.mark.parametrize(
        ("word", "tags"),
        [
            ("the", {"DET"}),
            ("of", {"ADP"}),
            ("n't", {"PART"}),
            ("was", {"AUX"}),
            ("my", {"PRON"}),
            ("to", {"ADP", "PART"}),
            ("that", {"SCONJ", "PRON", "DET"}),
            ("may", {"AUX", "PROPN"}),
            ("have", {"AUX", "VERB"}),
            ("'s", {"AUX", "PART"}),
        ],
    )
    def test_tags_of_a_word(self, word, tags):
        sentences = load_tagged_sentences()
        pairs = zip(chain(*sentences.data), chain(*sentences.pos), strict=True)
        assert {tag for other, tag in pairs if other.lower() == word} == tags

    def test_entities(self):
        sentences = load_tagged_sentences()
        for tags, pos in zip(sentences.entities, sentences.pos, strict=True):
            for last, tag in pairwise(["O", *tags]):
                assert not tag.startswith("I-") or last[1:] == tag[1:]
            named = np.char.endswith(tags, "PER") | np.char.endswith(tags, "LOC")
            assert set(pos[named]) <= {"PROPN"}
            assert set(pos[np.char.endswith(tags, "DATE")]) <= {"PROPN", "NUM"}
        counts = Counter(chain(*sentences.entities))
        kinds = {tag[2:] for tag in counts if tag != "O"}
        assert kinds == {"PER", "LOC", "ORG", "DATE"}
        assert all(counts[f"B-{kind}"] > 30 for kind in kinds)
        share = np.mean([set(tags) != {"O"} for tags in sentences.entities])
        assert 0.4 < share < 0.5
        assert f"{share:.0%}".replace("%", " %") in sentences.DESCR

    def test_any_slice_is_a_mixture(self):
        for part in np.split(load_tagged_sentences().entities, 10):
            assert 5 < sum(set(tags) != {"O"} for tags in part) < 25

    def test_frame(self):
        sentences = load_tagged_sentences(as_frame=True)
        frame = sentences.frame
        assert list(frame) == ["sentence", "word", "pos", "entity"]
        assert len(frame) == 3202
        for column, expected in [
            ("word", sentences.data),
            ("pos", sentences.pos),
            ("entity", sentences.entities),
        ]:
            labels = labels_from_frame(frame, by="sentence", column=column)
            assert list(map(list, labels)) == list(map(list, expected))

    @pytest.mark.parametrize("as_frame", [False, True])
    def test_data_and_target_alone(self, as_frame):
        sentences = load_tagged_sentences(as_frame=as_frame)
        data, target = load_tagged_sentences(return_X_y=True, as_frame=as_frame)
        assert data == sentences.data
        assert_array_equal(np.concatenate(target), np.concatenate(sentences.pos))

    def test_results_are_not_shared(self):
        sentences = load_tagged_sentences()
        sentences.data[0].clear()
        sentences.pos[0][:] = "X"
        assert len(load_tagged_sentences().data[0]) == len(sentences.pos[0])
        assert "X" not in load_tagged_sentences().pos[0]

    def test_vectorizer_reads_the_tokens(self):
        data, target = load_tagged_sentences(return_X_y=True)
        X = SequenceVectorizer().fit_transform(data)
        assert_array_equal(X.lengths, [len(tags) for tags in target])

    def test_what_can_be_learned(self):
        """Words tell most tags, endings and neighbours more, and none of them all."""
        words, tags = load_tagged_sentences(return_X_y=True)
        half = len(words) // 2
        known = most_frequent_tags(words[:half], tags[:half])
        truth = np.concatenate(tags[half:])
        guess = [known.get(word, "NOUN") for word in chain(*words[half:])]
        by_word = np.mean(truth == guess)
        model = make_pipeline(DictVectorizer(), LogisticRegression(max_iter=1000))
        features = [*chain(*map(step_features, words))]
        n_steps = len(features) - len(truth)
        model.fit(features[:n_steps], np.concatenate(tags[:half]))
        by_features = model.score(features[n_steps:], truth)
        assert 0.7 < by_word < by_features - 0.05 < 0.9


class TestAirline:
    def test_figures(self):
        airline = load_airline()
        assert airline.data.shape == airline.month.shape == (144,)
        assert airline.data.dtype == np.float64
        assert airline.data[[0, -1]].tolist() == [112, 432]
        # The sums of the first and of the last year.
        assert airline.data[:12].sum() == 1520
        assert airline.data[-12:].sum() == 5714
        assert (np.diff(airline.month) == np.timedelta64(1, "M")).all()
        assert airline.month[0] == np.datetime64("1949-01")

    def test_seasons(self):
        """Every year, more people fly in July or August than in November."""
        years = load_airline().data.reshape(12, 12)
        assert (years[:, 6:8].min(axis=1) > years[:, 10]).all()
        assert (np.diff(years.sum(axis=1)) > 0).all()

    def test_frame(self):
        frame = load_airline(as_frame=True).frame
        assert frame.columns.tolist() == ["month", "passengers"]
        assert frame.month.dtype.kind == "M"
        assert frame.set_index("month").passengers["1960-07-01"] == 622
        assert load_airline(as_frame=True).data is not None


class TestLoaders:
    @each_loader
    def test_bunch(self, load):
        bunch = load()
        assert bunch.frame is None
        assert bunch["data"] is bunch.data
        assert str(len(bunch.data)) in bunch.DESCR

    @each_flat_loader
    @pytest.mark.parametrize("as_frame", [False, True])
    def test_data_and_target_alone(self, load, as_frame):
        bunch = load(as_frame=as_frame)
        data, target = load(return_X_y=True, as_frame=as_frame)
        assert type(data) is type(bunch.data)
        assert type(target) is type(bunch.target)
        assert list(data) == list(bunch.data)
        assert list(target) == list(bunch.target)

    @each_loader
    def test_without_pandas(self, load, monkeypatch):
        monkeypatch.setitem(sys.modules, "pandas", None)
        assert len(load().data)
        with pytest.raises(ImportError, match="as_frame=True requires pandas"):
            load(as_frame=True)

    @each_flat_loader
    def test_results_are_not_shared(self, load):
        load().data.clear()
        load().target[:] = load().target[0]
        assert len(load().data) == len(load().target)
        assert len(set(load().target)) > 1


CONTENT = {
    read_lines: "Été\n\nzwei\n",
    read_labelled: "q\tÉté ?\nr\tno\n",
    read_conll: "Été NOUN\nist VERB\n\nda ADV\n",
    read_ts: "# Été\n@classLabel true é b\n@data\n1,2:3,4:é\n5:6:b\n",
}


class TestAllReaders:
    @each_reader
    def test_compressed(self, read, write):
        plain = read(write(CONTENT[read]))
        assert_same(read(write(CONTENT[read], "file.gz")), plain)

    @each_reader
    def test_paths(self, read, write):
        path = write(CONTENT[read])
        assert_same(read(str(path)), read(path))

    @each_reader
    def test_files_of_windows(self, read, write):
        expected = read(write(CONTENT[read]))
        content = "\ufeff" + CONTENT[read].replace("\n", "\r\n")
        assert_same(read(write(content, "windows.txt")), expected)

    @each_reader
    def test_the_last_line_may_lack_its_end(self, read, write):
        expected = read(write(CONTENT[read]))
        assert_same(read(write(CONTENT[read].rstrip("\n"), "short.txt")), expected)

    @each_reader
    @pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
    def test_encodings(self, read, write, encoding):
        expected = read(write(CONTENT[read]))
        path = write(CONTENT[read].encode(encoding), "other.txt")
        assert_same(read(path, encoding=encoding), expected)

    @each_reader
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_wrong_encoding(self, read, write, encoding):
        raw = b"\xef\xbb\xbf#\n\nb\xe9b\n" if encoding != "utf-8" else b"#\n\nb\xe9b\n"
        with pytest.raises(ValueError, match=r"file\.txt, line 3: .*utf-8"):
            read(write(raw), encoding=encoding)

    @each_reader
    def test_no_file(self, read, tmp_path):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "absent.txt")

    @each_reader
    def test_not_compressed_in_spite_of_its_name(self, read, tmp_path):
        path = tmp_path / "file.gz"
        path.write_text("plain")
        with pytest.raises(OSError, match="gzip"):
            read(path)


class TestReadLines:
    def test_blank_lines(self, write):
        assert read_lines(write("\na\n\n \t\nb\n")) == ["a", "b"]
        assert read_lines(write("")) == []

    def test_lines_end_at_line_feeds_only(self, write):
        lines = ["a\u2028b", "c\x0bd\x0ce", "f\x85g", "h\x1ci", "j\rk"]
        assert read_lines(write("\n".join(lines))) == lines

    def test_spaces_stay(self, write):
        assert read_lines(write(" a \n\tb\t\n")) == [" a ", "\tb\t"]


class TestReadLabelled:
    def test_default(self, write):
        texts, labels = read_labelled(write("x\ta text\n\ny\tb  c \n"))
        assert type(texts) is list
        assert texts == ["a text", "b  c "]
        assert labels.dtype.kind == "U"
        assert list(labels) == ["x", "y"]

    @pytest.mark.parametrize(
        ("columns", "labels", "texts"),
        [
            ({}, ["coarse"], ["the text"]),
            ({"label": 1}, ["fine"], ["the text"]),
            ({"label": -2, "text": 0}, ["fine"], ["coarse"]),
            ({"label": 2, "text": -3}, ["the text"], ["coarse"]),
        ],
    )
    def test_columns(self, write, columns, labels, texts):
        result = read_labelled(write("coarse\tfine\tthe text\n"), **columns)
        assert result[0] == texts
        assert list(result[1]) == labels

    def test_other_separator(self, write):
        path = write("a b ||| x\n")
        texts, labels = read_labelled(path, label=1, text=0, separator=" ||| ")
        assert (texts, list(labels)) == (["a b"], ["x"])

    def test_white_space_splits_once(self, write):
        content = "ABBR \t What is  it ?\n __label__x the\ttext \n"
        texts, labels = read_labelled(write(content), separator=None)
        assert texts == ["What is  it ?", "the\ttext"]
        assert list(labels) == ["ABBR", "__label__x"]

    @pytest.mark.parametrize("columns", [{"label": 1}, {"label": -1, "text": 0}])
    def test_white_space_is_for_a_label_in_front(self, write, columns):
        with pytest.raises(ValueError, match="separator=None reads a label and then"):
            read_labelled(write("a long text pos\n"), separator=None, **columns)

    def test_no_break_spaces_do_not_split(self, write):
        texts, labels = read_labelled(write("10\u00a0km far\n"), separator=None)
        assert (texts, list(labels)) == (["far"], ["10\u00a0km"])

    def test_empty(self, write):
        texts, labels = read_labelled(write("\n"))
        assert texts == []
        assert labels.shape == (0,)
        assert labels.dtype.kind == "U"
        assert read_labelled(write("x\t\n"))[0] == [""]

    @pytest.mark.parametrize(
        ("line", "parameters", "message"),
        [
            ("alone", {}, r"1 column, where columns \(0, -1\) coincide"),
            ("alone ", {"separator": None}, r"1 column, where columns"),
            ("a\tb", {"text": 2}, "2 columns, there is no column 2"),
            ("a\tb", {"label": -3}, "2 columns, there is no column -3"),
            ("a\tb", {"label": 1}, "2 columns, where columns .* coincide"),
            ("\tb\t", {}, "the label is empty"),
            ("a\tb", {}, "2 columns, while the first line has 3"),
        ],
    )
    def test_bad_lines(self, write, line, parameters, message):
        path = write(f"a\tb\tc\n\n{line}\n")
        with pytest.raises(ValueError, match=rf"file\.txt, line 3: {message}"):
            read_labelled(path, **parameters)


class TestReadConll:
    def test_default(self, write):
        tokens, tags = read_conll(write("\n\na x A\nb y\u00a0z B\n\n \n\nc  z \tA \n"))
        assert tokens == [["a", "b"], ["c"]]
        assert tags == [["A", "B"], ["A"]]

    def test_columns(self, write):
        path = write("1 a A\n2 b B\n")
        assert read_conll(path, columns=[1]) == ([["a", "b"]],)
        ids, tags, tokens = read_conll(path, columns=(0, -1, 1))
        assert (ids, tags, tokens) == ([["1", "2"]], [["A", "B"]], [["a", "b"]])

    def test_tabs(self, write):
        path = write("New York\tB\n\tO\n")
        assert read_conll(path, separator="\t") == ([["New York", ""]], [["B", "O"]])

    def test_comments(self, write):
        path = write("# id 1\na A\n# SYM\n\n#\tSYM\n")
        expected = ([["a"]], [["A"]])
        assert read_conll(path, comment="#") == expected
        path = write("a A\n# SYM\n\n#\tSYM\n")
        assert read_conll(path)[0] == [["a", "#"], ["#"]]

    def test_comments_do_not_end_a_sentence(self, write):
        assert read_conll(write("a A\n#c\nb B\n"), comment="#")[0] == [["a", "b"]]

    def test_marks_of_documents(self, write):
        path = write("-DOCSTART- -X- O\n\na A\n-DOCSTART-\nb B\n")
        assert read_conll(path) == ([["a"], ["b"]], [["A"], ["B"]])

    def test_empty(self, write):
        assert read_conll(write("\n")) == ([], [])

    @pytest.mark.parametrize(
        ("lines", "parameters", "message"),
        [
            ("a A\nb\n", {}, "line 4: 1 column, but the sentence began with 2"),
            ("a A\nNew York B\n", {}, "line 4: 3 columns, but the sentence .* 2"),
            ("a\n", {}, r"line 3: 1 column, where columns \(0, -1\) coincide"),
            ("a A\n", {"columns": (0, 2)}, "line 3: 2 columns, there is no column 2"),
            ("a A\n", {"separator": "\t"}, "line 3: 1 column, where"),
        ],
    )
    def test_bad_lines(self, write, lines, parameters, message):
        path = write(f"-DOCSTART-\n\n{lines}")
        with pytest.raises(ValueError, match=rf"file\.txt, {message}"):
            read_conll(path, **parameters)


HEADER = "# a comment\n@problemName Toy\n@classLabel true a b\n\n@data\n"


class TestReadTs:
    def test_classes(self, write):
        X, y = read_ts(write(HEADER + "1,2:3,4:a\n# no case\n\n -5 : 6e1 : b \n"))
        assert X.dtype == np.float64
        assert_array_equal(X.lengths, [2, 1])
        assert_array_equal(X.values, [[1, 3], [2, 4], [-5, 60]])
        assert y.dtype.kind == "U"
        assert list(y) == ["a", "b"]

    @pytest.mark.parametrize("key", ["@targetlabel", "@targetLabel", "@TARGETLABEL"])
    def test_numbers(self, write, key):
        X, y = read_ts(write(f"{key}\tTRUE\n@Data\n1,2:0.5\n3:-1e2\n4:?\n"))
        assert X.n_features == 1
        assert y.dtype == np.float64
        assert_array_equal(y, [0.5, -100, np.nan])

    @pytest.mark.parametrize("key", ["@classLabel", "@targetLabel"])
    def test_no_target(self, write, key):
        X, y = read_ts(write(f"{key} false\n@data\n1,2:3,4\n"))
        assert_array_equal(X.values, [[1, 3], [2, 4]])
        assert y is None

    @pytest.mark.parametrize(
        "header", ["", "@targetLabel false\n@classLabel true a\n", "@classLabel\n"]
    )
    def test_labels_unless_the_header_says_otherwise(self, write, header):
        assert list(read_ts(write(f"{header}@data\n1:a\n"))[1]) == ["a"]

    def test_missing_values(self, write):
        X, _ = read_ts(write(HEADER + "1,?,NaN, ? ,2,nan:a\n"))
        assert_array_equal(X.values[:, 0], [1, np.nan, np.nan, np.nan, 2, np.nan])

    def test_no_values(self, write):
        X, y = read_ts(write(HEADER + "::a\n1:2:b\n"))
        assert_array_equal(X.lengths, [0, 1])
        assert X.n_features == 2
        assert list(y) == ["a", "b"]

    def test_no_cases(self, write):
        X, y = read_ts(write(HEADER))
        assert len(X) == len(y) == 0

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("1,2:3:a", r"the channels have unequal lengths \[2, 1\]"),
            ("1,2:a", "1 channels, but the first case has 2"),
            ("1,2", "there is no ':' between values and target"),
            ("1:2:", "the class label is missing"),
            ("1:x:a", "could not convert string to float: 'x'"),
            ("1,,2:1,2,3:a", "could not convert string to float: ''"),
        ],
    )
    def test_bad_cases(self, write, line, message):
        path = write(f"{HEADER}1:2:a\n{line}\n")
        with pytest.raises(ValueError, match=rf"file\.txt, line 7: {message}"):
            read_ts(path)

    def test_bad_target(self, write):
        path = write("@targetLabel true\n@data\n1:a\n")
        with pytest.raises(ValueError, match="line 3: could not convert string"):
            read_ts(path)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("@timeStamps true\n@data\n", "line 1: series with time stamps cannot be"),
            ("@timeStamps false\n1,2:a\n", "line 2: '1,2:a' stands before @data"),
            ("#\n@classLabel false\n", "line 2: the file ends without a line @data"),
            ("", "line 1: the file ends without a line @data"),
        ],
    )
    def test_bad_headers(self, write, content, message):
        with pytest.raises(ValueError, match=rf"file\.txt, {message}"):
            read_ts(write(content))


@pytest.fixture
def folder():
    """The folder of the public data sets."""
    path = os.environ.get("SKLEARN_RNN_DATA")
    if not path or not Path(path).is_dir():
        pytest.skip("SKLEARN_RNN_DATA names no folder of data sets")
    return Path(path)


def n_tokens(sentences):
    """Number of tokens of all sentences."""
    return sum(map(len, sentences))


@pytest.mark.realdata
class TestRealData:
    @pytest.mark.parametrize(
        ("name", "n", "n_fine"), [("train.tsv.gz", 5452, 47), ("test.tsv", 500, 39)]
    )
    def test_trec(self, folder, name, n, n_fine):
        texts, coarse = read_labelled(folder / "trec" / name)
        fine = read_labelled(folder / "trec" / name, label=1)[1]
        assert len(texts) == len(coarse) == len(fine) == n
        assert set(coarse) == {"ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"}
        assert len(set(fine)) == n_fine
        assert all(text.strip() for text in texts)

    @pytest.mark.parametrize("name", ["rt-polarity.pos.gz", "rt-polarity.neg.gz"])
    def test_rt_polarity(self, folder, name):
        assert len(read_lines(folder / "rt_polarity" / name)) == 5331

    def test_snips(self, folder):
        path = folder / "snips" / "train.tsv.gz"
        words, intents = read_labelled(path, text=1)
        tags = read_labelled(path)[0]
        assert len(words) == len(intents) == 13084
        assert len(set(intents)) == 7
        lengths = [len(text.split(" ")) for text in words]
        assert lengths == [len(text.split(" ")) for text in tags]

    def test_ud_english_ewt(self, folder):
        path = folder / "ud_english_ewt" / "train.tsv.gz"
        words, tags = read_conll(path, separator="\t")
        assert len(words) == len(tags) == 12544
        assert n_tokens(words) == n_tokens(tags) == 204577
        assert len({tag for sentence in tags for tag in sentence}) == 17

    def test_wikigold(self, folder):
        words, tags = read_conll(folder / "wikigold" / "wikigold.tsv.gz")
        assert len(words) == len(tags) == 1696
        assert n_tokens(words) == n_tokens(tags) == 39007
        kinds = {tag for sentence in tags for tag in sentence}
        assert kinds == {"I-PER", "I-LOC", "I-ORG", "I-MISC", "O"}

    @pytest.mark.parametrize(
        ("part", "n", "longest"), [("TRAIN", 270, 26), ("TEST", 370, 29)]
    )
    def test_japanese_vowels(self, folder, part, n, longest):
        X, y = read_ts(folder / "JapaneseVowels" / f"JapaneseVowels_{part}.ts.gz")
        assert X.shape == (n, longest, 12)
        assert X.lengths.min() == 7
        assert sorted(set(y)) == list("123456789")

    @pytest.mark.parametrize(("part", "n"), [("TRAIN", 140), ("TEST", 61)])
    def test_covid_3_month(self, folder, part, n):
        X, y = read_ts(folder / "Covid3Month" / f"Covid3Month_{part}.ts.gz")
        assert X.shape == (n, 84, 1)
        assert (X.lengths == 84).all()
        assert y.dtype == np.float64
        assert y.min() >= 0
        assert y.max() < 0.19
