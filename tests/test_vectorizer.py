"""Text to sequences and back."""

import copy
import json
import pickle
import re
import tracemalloc
from collections import Counter, UserDict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, Sequences, SequenceVectorizer
from sklearn_rnn._text import TOKEN_PATTERN, join_words
from sklearn_rnn.vectorizer import affix_features

OUTPUTS = ("sequences", "ids", "onehot")
SPECIAL = ["<pad>", "<unk>"]
SKLEARN_PATTERN = r"(?u)\b\w\w+\b"

TEXTS = [
    "The cat sat on the mat.",
    "",
    "A dog, a cat!",
    "Café and naïve; the cat’s café.",
    "dogs don't",
]


def random_documents(seed, n_documents=30, n_words=40):
    """Texts of words of Zipf's frequencies, some of them empty."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, n_words + 1)
    lengths = rng.integers(0, 15, n_documents)
    numbers = [rng.choice(n_words, n, p=share / share.sum()) for n in lengths]
    return [" ".join(f"w{i:02}" for i in row) for row in numbers]


def steps(X):
    """Dense steps (n_steps, n_features) of `Sequences`."""
    return X.values.toarray()


def words_of(vectorizer, X):
    """The names of the entries of each step, one list of sets a document."""
    names = vectorizer.get_feature_names_out()
    return [[set(names[row.astype(bool)]) for row in x.toarray()] for x in X]


def state_of(vectorizer):
    """Attributes that can be compared."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in vars(vectorizer).items()
    }


def tokens_of(text, **parameters):
    """The tokens that a vectorizer finds in a text, from what it returns."""
    vectorizer = SequenceVectorizer(**parameters)
    X = vectorizer.fit_transform([text])
    return vectorizer.get_feature_names_out()[X.values.indices].tolist()


def vocabulary_of(documents, **parameters):
    """The features that a vectorizer learns, without the special tokens."""
    vectorizer = SequenceVectorizer(**parameters).fit(documents)
    return [name for name in vectorizer.vocabulary_ if name not in SPECIAL]


# --- what a token is --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I like it!", ["i", "like", "it", "!"]),
        ("A, b... (c)?", ["a", ",", "b", ".", ".", ".", "(", "c", ")", "?"]),
        ("don't o’clock dogs'", ["don't", "o’clock", "dogs", "'"]),
        ("well-made", ["well", "-", "made"]),
        ("3.5 of $3,000.50.", ["3.5", "of", "$", "3,000.50", "."]),
        ("7, 8... e.g.this", ["7", ",", "8", *"...", "e", ".", "g", ".", "this"]),
        ("snake_case\tÜber\nß", ["snake_case", "über", "ß"]),
        ("naïve 東京 привет", ["naïve", "東京", "привет"]),
        ("😀😀 £5", ["😀", "😀", "£", "5"]),
    ],
)
def test_words_of_the_default_pattern(text, tokens):
    assert tokens_of(text) == tokens


def test_every_visible_character_is_in_a_word():
    rng = np.random.default_rng(0)
    alphabet = list("aB1'’\"-_.,()[]!?$#@%/:…“”\t\n \u00a0é\u0301😀\u200d東")
    pattern = re.compile(TOKEN_PATTERN)
    for _ in range(500):
        text = "".join(rng.choice(alphabet, 12))
        assert "".join(pattern.findall(text)) == "".join(text.split())


@pytest.mark.parametrize(
    ("parameters", "tokens"),
    [
        ({"token_pattern": SKLEARN_PATTERN}, ["été", "don", "in", "paris"]),
        ({"token_pattern": r"\S+"}, ["été:", "i", "don't,", "in", "paris!"]),
        ({"token_pattern": r"(\w)\w+"}, ["é", "d", "i", "p"]),
        ({"tokenizer": str.split}, ["été:", "i", "don't,", "in", "paris!"]),
        ({"tokenizer": lambda text: iter(text[:2])}, ["é", "t"]),
        ({"tokenizer": lambda text: np.array(text.split()[:1])}, ["été:"]),
        (
            {"token_pattern": r"\w+", "lowercase": False},
            ["Été", "I", "don", "t", "in", "Paris"],
        ),
        ({"tokenizer": list}, list("été: i don't, in paris!")),
        (
            {"token_pattern": r"\w{3,}", "strip_accents": "unicode"},
            ["ete", "don", "paris"],
        ),
        (
            {"token_pattern": r"\w{3,}", "strip_accents": "ascii"},
            ["ete", "don", "paris"],
        ),
        (
            {
                "token_pattern": r"\w{3,}",
                "strip_accents": lambda t: t.replace("é", "_"),
            },
            ["_t_", "don", "paris"],
        ),
        (
            {"token_pattern": r"\w{3,}", "preprocessor": str.upper},
            ["ÉTÉ", "DON", "PARIS"],
        ),
        (
            {
                "token_pattern": r"\w{3,}",
                "preprocessor": lambda text: text,
                "lowercase": True,
                "strip_accents": "ascii",
            },
            ["Été", "don", "Paris"],
        ),
        ({"analyzer": lambda text: [text[0], text[-1]]}, ["É", "!"]),
        ({"analyzer": lambda text: [text[0]], "lowercase": True}, ["É"]),
    ],
)
def test_how_words_are_found(parameters, tokens):
    text = "Été: I don't, in Paris!"
    assert tokens_of(text, **parameters) == tokens


@pytest.mark.parametrize(
    ("parameters", "tokens"),
    [
        ({}, "É a\n"),
        ({"lowercase": "auto"}, "É a\n"),
        ({"lowercase": False}, "É a\n"),
        ({"lowercase": True}, "é a\n"),
        ({"strip_accents": "unicode"}, "E a\n"),
        ({"preprocessor": str.strip}, "É a"),
        ({"token_pattern": "a", "tokenizer": str.split}, "É a\n"),
    ],
)
def test_characters(parameters, tokens):
    assert tokens_of("É a\n", analyzer="char", **parameters) == list(tokens)


def test_a_callable_analyzer_takes_documents_of_any_kind():
    documents = [{"text": "b a"}, {"text": ""}, {"text": "B"}]
    vectorizer = SequenceVectorizer(analyzer=lambda d: d["text"].split())
    X = vectorizer.fit_transform(documents)
    assert words_of(vectorizer, X) == [[{"b"}, {"a"}], [], [{"B"}]]
    digits = SequenceVectorizer(analyzer=lambda number: list(str(number)))
    assert_array_equal(digits.fit_transform([12, 101]).lengths, [2, 3])
    pairs = SequenceVectorizer(analyzer=lambda tokens: tokens[::-1])
    X = pairs.fit_transform([["a", "b"]])
    assert words_of(pairs, X) == [[{"b"}, {"a"}]]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"analyzer": "char"},
        {"lowercase": False},
        {"max_length": 2, "add_sos": True},
        {"tokenizer": str.split},
    ],
)
def test_build_analyzer_gives_all_tokens_of_a_text(parameters):
    text = "It's one. Two?"
    analyze = SequenceVectorizer(**parameters).build_analyzer()
    whole = {**parameters, "max_length": None, "add_sos": False}
    assert analyze(text) == tokens_of(text, **whole)


def test_build_analyzer_is_the_callable_one():
    assert SequenceVectorizer(analyzer=str.split).build_analyzer() == str.split


# --- what documents may be ---------------------------------------------------------

STRINGS = ["b a", "", "b c b"]
LISTS = [["b", "a"], [], ["b", "c", "b"]]


def objects(items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


FORMS = {
    "list": STRINGS,
    "tuple": tuple(STRINGS),
    "array": np.array(STRINGS),
    "object array": np.array(STRINGS, dtype=object),
    "NumPy strings": [np.str_(text) for text in STRINGS],
    "series": pd.Series(STRINGS, index=[7, 3, 5]),
    "series of strings": pd.Series(STRINGS, dtype="string"),
    "series of categories": pd.Series(STRINGS).astype("category"),
    "pandas index": pd.Index(STRINGS),
    "dict values": dict(enumerate(STRINGS)).values(),
    "lists of tokens": LISTS,
    "tuples of tokens": [tuple(tokens) for tokens in LISTS],
    "arrays of tokens": [np.array(tokens, dtype=str) for tokens in LISTS],
    "series of tokens": [pd.Series(tokens, dtype=object) for tokens in LISTS],
    "object array of lists": objects(LISTS),
    "series of lists": pd.Series(LISTS),
    "mixed, text first": [STRINGS[0], *LISTS[1:]],
    "mixed, list first": [LISTS[0], *STRINGS[1:]],
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_documents(name):
    X = FORMS[name]
    before = pickle.dumps(X) if name != "dict values" else None
    vectorizer = SequenceVectorizer()
    out = vectorizer.fit_transform(X)
    assert list(vectorizer.vocabulary_) == [*SPECIAL, "a", "b", "c"]
    assert_array_equal(out.values.indices, [3, 2, 3, 4, 3])
    assert_array_equal(out.lengths, [2, 0, 3])
    again = vectorizer.transform(X)
    assert_array_equal(again.values.indices, out.values.indices)
    from_text = isinstance(next(iter(X)), str)
    assert vectorizer.from_text_ is from_text
    expected = STRINGS if from_text else LISTS
    assert vectorizer.inverse_transform(out) == expected
    if before:
        assert pickle.dumps(X) == before


@pytest.mark.parametrize("documents", [STRINGS, LISTS])
def test_generators_of_documents(documents):
    vectorizer = SequenceVectorizer()
    X = vectorizer.fit_transform(d for d in documents)
    expected = SequenceVectorizer().fit_transform(documents)
    assert_array_equal(X.values.indices, expected.values.indices)
    again = vectorizer.fit(d for d in documents).transform(iter(documents))
    assert_array_equal(again.values.indices, expected.values.indices)


def test_rows_of_a_table_of_strings_are_lists_of_tokens():
    vectorizer = SequenceVectorizer()
    X = vectorizer.fit_transform(np.array([["B", "a"], ["c c", "a"]]))
    assert words_of(vectorizer, X) == [[{"B"}, {"a"}], [{"c c"}, {"a"}]]


@pytest.mark.parametrize(
    "parameters",
    [
        {"lowercase": True},
        {"strip_accents": "unicode"},
        {"preprocessor": str.upper},
        {"tokenizer": list},
        {"analyzer": "char"},
        {"token_pattern": "x"},
    ],
)
def test_lists_of_tokens_are_taken_as_they_are(parameters):
    tokens = ["Été", "two words", "", "\n", "!"]
    vectorizer = SequenceVectorizer(**parameters)
    X = vectorizer.fit_transform([tokens])
    assert words_of(vectorizer, X) == [[{token} for token in tokens]]


def test_errors_of_generators_pass_through():
    def documents():
        yield "a"
        raise RuntimeError("the file ended")

    with pytest.raises(RuntimeError, match="the file ended"):
        SequenceVectorizer().fit(documents())


# --- the result -------------------------------------------------------------------


def test_steps_are_sparse_one_hot_vectors():
    vectorizer = SequenceVectorizer()
    X = vectorizer.fit_transform(TEXTS)
    assert isinstance(X, Sequences)
    assert isinstance(X.values, sp.csr_array)
    assert X.dtype == np.float32
    assert_array_equal(np.diff(X.values.indptr), 1)
    assert_array_equal(X.values.data, 1)
    assert X.n_features == len(vectorizer.vocabulary_)
    tokens = [vectorizer.build_analyzer()(text) for text in TEXTS]
    columns = [vectorizer.vocabulary_[t] for document in tokens for t in document]
    assert_array_equal(X.values.indices, columns)
    assert_array_equal(X.lengths, [len(document) for document in tokens])


def test_a_step_takes_twelve_bytes():
    values = SequenceVectorizer().fit_transform(random_documents(0)).values
    n_bytes = sum(x.itemsize for x in (values.data, values.indices, values.indptr))
    assert n_bytes == 12


def test_features_are_in_alphabetical_order_behind_the_special_tokens():
    names = vocabulary_of(TEXTS)
    assert names == sorted(names)
    vectorizer = SequenceVectorizer().fit(TEXTS)
    assert list(vectorizer.vocabulary_)[:2] == SPECIAL
    assert list(vectorizer.vocabulary_.values()) == [*range(len(names) + 2)]
    assert {type(i) for i in vectorizer.vocabulary_.values()} == {int}


@pytest.mark.parametrize("padding", ["post", "pre"])
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"add_sos": True, "add_eos": True},
        {"max_length": 3},
        {"max_length": 4, "add_sos": True, "truncating": "pre"},
        {"max_length": 9},
        {"analyzer": "char", "max_length": 30},
        {"min_df": 2},
    ],
)
def test_ids_and_one_hot_arrays_are_the_padded_sequences(padding, parameters):
    parameters = {**parameters, "padding": padding}
    X = SequenceVectorizer(**parameters).fit_transform(TEXTS)
    width = parameters.get("max_length") or X.shape[1]
    ids = SequenceVectorizer(output="ids", **parameters).fit_transform(TEXTS)
    assert ids.shape == (len(TEXTS), width)
    assert ids.dtype.kind == "i"
    for row, x in zip(ids, X, strict=True):
        padding_ids = [0] * (width - x.shape[0])
        expected = x.toarray().argmax(axis=1).tolist()
        expected = (
            expected + padding_ids if padding == "post" else padding_ids + expected
        )
        assert row.tolist() == expected
    onehot = SequenceVectorizer(output="onehot", **parameters).fit_transform(TEXTS)
    assert isinstance(onehot, np.ndarray)
    assert onehot.dtype == np.float32
    assert_array_equal(onehot, np.eye(X.n_features)[ids])


def test_width_is_that_of_the_documents_at_hand():
    vectorizer = SequenceVectorizer(output="ids").fit(["a b c d"])
    assert vectorizer.transform(["a", "b c"]).shape == (2, 2)
    vectorizer.set_params(max_length=3)
    assert vectorizer.transform(["a", "b c"]).shape == (2, 3)
    assert vectorizer.set_params(output="sequences").transform(["a"]).shape[:2] == (
        1,
        1,
    )


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("max_length", [None, 3])
def test_no_documents_and_documents_without_tokens(output, max_length):
    vectorizer = SequenceVectorizer(output=output, max_length=max_length).fit(["a b"])
    for documents in ([], [""], ["", " "], [[], []]):
        out = vectorizer.transform(documents)
        width = 0 if output == "sequences" else max_length or 0
        assert out.shape[:2] == (len(documents), width)
        assert out.shape[2:] == (() if output == "ids" else (4,))
        assert vectorizer.inverse_transform(out) == [""] * len(documents)
        if output == "sequences":
            assert_array_equal(out.lengths, np.zeros(len(documents)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float64", int, bool])
@pytest.mark.parametrize("output", ["sequences", "onehot"])
def test_dtype_is_that_of_the_steps(dtype, output):
    for features in (None, affix_features):
        vectorizer = SequenceVectorizer(
            dtype=dtype, output=output, token_features=features
        )
        assert vectorizer.fit_transform(["a b", ""]).dtype == np.dtype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_estimators_compute_in_the_dtype(dtype):
    X = SequenceVectorizer(dtype=dtype).fit_transform(["a b", "c", "a", "b c"])
    model = RNNClassifier(4, max_iter=1, random_state=0)
    with pytest.warns(sklearn.exceptions.ConvergenceWarning):
        model.fit(X, [0, 1, 0, 1])
    assert model.predict_proba(X).dtype == dtype


def test_sequences_carry_the_names_of_the_features():
    vectorizer = SequenceVectorizer()
    X = vectorizer.fit_transform(TEXTS)
    assert_array_equal(X.feature_names, vectorizer.get_feature_names_out())


def test_another_vocabulary_is_refused_by_the_estimator():
    texts, y = ["a b", "b", "a a", "b b"], [0, 1, 0, 1]
    model = RNNClassifier(4, max_iter=1, random_state=0)
    with pytest.warns(sklearn.exceptions.ConvergenceWarning):
        model.fit(SequenceVectorizer().fit_transform(texts), y)
    other = SequenceVectorizer().fit_transform(["a c", "c"])
    with pytest.raises(ValueError, match="feature 3 of a step is 'c', and was 'b'"):
        model.predict(other)


# --- length -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "a b c d"),
        ({"max_length": 9}, "a b c d"),
        ({"max_length": 4}, "a b c d"),
        ({"max_length": 3}, "a b c"),
        ({"max_length": 1}, "a"),
        ({"max_length": 3, "truncating": "pre"}, "b c d"),
        ({"max_length": 1, "truncating": "pre"}, "d"),
        ({"add_sos": True}, "<sos> a b c d"),
        ({"add_eos": True}, "a b c d <eos>"),
        ({"add_sos": True, "max_length": 3}, "<sos> a b"),
        ({"add_eos": True, "max_length": 3}, "a b <eos>"),
        ({"add_sos": True, "add_eos": True, "max_length": 3}, "<sos> a <eos>"),
        (
            {"add_sos": True, "add_eos": True, "max_length": 4, "truncating": "pre"},
            "<sos> c d <eos>",
        ),
    ],
)
@pytest.mark.parametrize("document", ["a b c d", ["a", "b", "c", "d"]])
def test_truncation_start_and_end(parameters, expected, document):
    vectorizer = SequenceVectorizer(**parameters)
    X = vectorizer.fit_transform([document])
    found = vectorizer.get_feature_names_out()[X.values.indices]
    assert " ".join(found) == expected


def test_empty_documents_get_start_and_end():
    vectorizer = SequenceVectorizer(add_sos=True, add_eos=True).fit(["a"])
    X = vectorizer.transform(["", []])
    assert words_of(vectorizer, X) == [[{"<sos>"}, {"<eos>"}]] * 2


def test_what_is_cut_off_is_not_learned():
    assert vocabulary_of(["a b c"], max_length=2) == ["a", "b"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"max_length": 1, "add_sos": True},
        {"max_length": 1, "add_eos": True},
        {"max_length": 2, "add_sos": True, "add_eos": True},
    ],
)
def test_max_length_needs_room_for_a_token(parameters):
    vectorizer = SequenceVectorizer(**parameters)
    message = f"max_length={parameters['max_length']} leaves no room .*<.os>"
    with pytest.raises(ValueError, match=message):
        vectorizer.fit(["a b"])


# --- the vocabulary that is learned -------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"min_df": 2},
        {"min_df": 5},
        {"min_df": 0.1},
        {"min_df": 0.25},
        {"min_df": 1.0},
        {"min_df": 0.0},
        {"vocabulary": ["w03", "w00", "w17"]},
        {"vocabulary": {"w03": 1, "w00": 0}},
        {"lowercase": False},
        {"preprocessor": lambda text: text.replace("0", "o")},
        {"tokenizer": str.split},
        {"tokenizer": lambda text: text.split("1")},
    ],
)
def test_counts_are_those_of_count_vectorizer(seed, parameters):
    documents = [f"w00 {text}" for text in random_documents(seed)]
    pattern = None if "tokenizer" in parameters else SKLEARN_PATTERN
    counter = CountVectorizer(**parameters, token_pattern=pattern)
    counts = counter.fit_transform(documents).toarray()
    vectorizer = SequenceVectorizer(**parameters, token_pattern=pattern)
    X = vectorizer.fit_transform(documents)
    names = counter.get_feature_names_out()
    columns = [vectorizer.vocabulary_[name] for name in names]
    assert len(vectorizer.vocabulary_) == len(names) + 2
    assert_array_equal([x.toarray()[:, columns].sum(axis=0) for x in X], counts)
    if "vocabulary" not in parameters:
        assert_array_equal(vectorizer.get_feature_names_out()[2:], names)


ACCENTED = ["Été à Zürich", "naïve Ｅｔｅ ete", "ﬁn straße Ålesund"]


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("strip_accents", [None, "ascii", "unicode", str.swapcase])
def test_preprocessing_is_that_of_count_vectorizer(lowercase, strip_accents):
    parameters = {
        "lowercase": lowercase,
        "strip_accents": strip_accents,
        "token_pattern": SKLEARN_PATTERN,
    }
    expected = CountVectorizer(**parameters).fit(ACCENTED).get_feature_names_out()
    assert vocabulary_of(ACCENTED, **parameters) == expected.tolist()


@pytest.mark.parametrize("max_features", [1, 3, 8, 100])
def test_max_features_are_those_of_count_vectorizer(max_features):
    # Words of different frequencies: where they are equal, both must choose.
    documents = [" ".join(f"w{i:02}" for i in range(n)) for n in range(10)]
    counter = CountVectorizer(max_features=max_features).fit(documents)
    names = vocabulary_of(documents, max_features=max_features)
    assert names == counter.get_feature_names_out().tolist()


def test_max_features_counts_occurrences_and_min_df_documents():
    documents = ["a a a", "b c", "b"]
    assert vocabulary_of(documents, max_features=1) == ["a"]
    assert vocabulary_of(documents, min_df=2) == ["b"]
    assert vocabulary_of(documents, min_df=2, max_features=5) == ["b"]
    assert vocabulary_of(documents, min_df=0.5) == ["b"]


@pytest.mark.parametrize(
    ("min_df", "expected"),
    [(1, "abc"), (2, "ab"), (3, "a"), (0.5, "ab"), (0.51, "a"), (0.75, "a")],
)
def test_min_df(min_df, expected):
    documents = ["a b c", "a b", "a", ""]
    assert vocabulary_of(documents, min_df=min_df) == list(expected)


def test_max_features_among_equally_frequent_ones_does_not_depend_on_the_order():
    documents = ["d c", "b a", "e"]
    expected = ["a", "b", "c"]
    assert vocabulary_of(documents, max_features=3) == expected
    assert vocabulary_of(documents[::-1], max_features=3) == expected


def test_max_features_does_not_count_special_tokens():
    documents = [["<pad>", "<unk>", "a", "b", "b"]] * 3
    assert vocabulary_of(documents, max_features=1) == ["b"]
    assert vocabulary_of(["a a b"], max_features=1, add_sos=True, add_eos=True) == [
        "<sos>",
        "<eos>",
        "a",
    ]


def test_rare_words_become_unknown():
    vectorizer = SequenceVectorizer(min_df=2)
    X = vectorizer.fit_transform(["a b", "a c"])
    assert words_of(vectorizer, X) == [[{"a"}, {"<unk>"}], [{"a"}, {"<unk>"}]]


def test_nothing_in_the_training_data_is_unknown_if_min_df_is_one():
    X = SequenceVectorizer().fit_transform(TEXTS)
    assert not (X.values.indices == 1).any()


def test_a_document_of_unknown_words_is_a_sequence_of_unknowns():
    vectorizer = SequenceVectorizer().fit(["a b"])
    X = vectorizer.transform(["x y z", "a x", ["X"]])
    unknown = {"<unk>"}
    assert words_of(vectorizer, X) == [[unknown] * 3, [{"a"}, unknown], [unknown]]


def test_transform_learns_nothing():
    vectorizer = SequenceVectorizer().fit(["a b"])
    before = copy.deepcopy(state_of(vectorizer))
    vectorizer.transform(["x y z"])
    vectorizer.inverse_transform([[2, 3]])
    assert state_of(vectorizer) == before


@pytest.mark.parametrize(
    ("documents", "parameters", "message"),
    [
        ([], {}, "empty vocabulary: 0 documents have 0 different features"),
        (["", " \n"], {}, "empty vocabulary: 2 documents have 0 different features"),
        ([[], []], {}, "empty vocabulary: 2 documents have 0"),
        (["a b", "c"], {"min_df": 2}, "2 documents have 3 .* occurs in min_df=2"),
        (["a", "b"], {"min_df": 1.0}, "2 documents have 2 .* occurs in min_df=1.0"),
        (["!"], {"token_pattern": r"\w+"}, "1 documents have 0"),
        ([""], {"add_sos": True}, "empty vocabulary"),
        ([["<pad>"]], {}, "empty vocabulary"),
    ],
)
def test_an_empty_vocabulary_is_an_error(documents, parameters, message):
    vectorizer = SequenceVectorizer(**parameters)
    with pytest.raises(ValueError, match=message):
        vectorizer.fit(documents)
    assert not hasattr(vectorizer, "vocabulary_")
    with pytest.raises(ValueError, match=message):
        vectorizer.fit_transform(documents)


# --- a vocabulary that is given -----------------------------------------------------


@pytest.mark.parametrize(
    ("vocabulary", "expected"),
    [
        (["b", "a"], ["b", "a"]),
        (("b", "a"), ["b", "a"]),
        (np.array(["b", "a"]), ["b", "a"]),
        (pd.Series(["b", "a"]), ["b", "a"]),
        ({"b": 1, "a": 0}, ["a", "b"]),
        ({"b": 0, "a": 1}, ["b", "a"]),
        ({"b": np.int64(1), "a": np.int64(0)}, ["a", "b"]),
        (UserDict({"b": 1, "a": 0}), ["a", "b"]),
        ({"b": 0, "a": 1}.keys(), ["b", "a"]),
        ({"b", "a", "c", "d"}, ["a", "b", "c", "d"]),
        (frozenset("badc"), ["a", "b", "c", "d"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_given_vocabulary(vocabulary, expected):
    vectorizer = SequenceVectorizer(vocabulary=vocabulary, output="ids")
    ids = vectorizer.fit_transform(["a x b"])
    assert list(vectorizer.vocabulary_) == [*SPECIAL, *expected]
    assert list(vectorizer.vocabulary_.values()) == [*range(2 + len(expected))]
    assert_array_equal(ids, [[2 + expected.index("a"), 1, 2 + expected.index("b")]])


def test_given_vocabulary_needs_no_documents():
    vectorizer = SequenceVectorizer(vocabulary=["a"]).fit([])
    assert vectorizer.inverse_transform(vectorizer.transform(["a a"])) == ["a a"]


@pytest.mark.parametrize("parameters", [{}, {"add_sos": True, "add_eos": True}])
def test_vocabulary_of_another_vectorizer(parameters):
    first = SequenceVectorizer(**parameters).fit(TEXTS)
    for vocabulary in (
        first.vocabulary_,
        first.get_feature_names_out(),
        json.loads(json.dumps(first.vocabulary_, sort_keys=True)),
    ):
        second = SequenceVectorizer(vocabulary=vocabulary, **parameters)
        second.fit(["something else"])
        assert second.vocabulary_ == first.vocabulary_
        assert list(second.vocabulary_) == list(first.vocabulary_)
        X, expected = second.transform(TEXTS), first.transform(TEXTS)
        assert_array_equal(X.values.indices, expected.values.indices)


def test_missing_special_tokens_are_put_in_front():
    vectorizer = SequenceVectorizer(vocabulary=["a", "<unk>"], add_eos=True).fit([])
    assert list(vectorizer.vocabulary_) == ["<pad>", "<eos>", "a", "<unk>"]


def test_special_tokens_elsewhere_in_a_given_vocabulary():
    vocabulary = ["a", "<eos>", "<unk>", "b", "<pad>"]
    parameters = {"vocabulary": vocabulary, "add_eos": True, "max_length": 4}
    vectorizer = SequenceVectorizer(output="ids", **parameters)
    ids = vectorizer.fit_transform(["a x", "b a b a"])
    assert list(vectorizer.vocabulary_) == vocabulary
    assert_array_equal(ids, [[0, 2, 1, 4], [3, 0, 3, 1]])
    assert vectorizer.inverse_transform(ids) == ["a <unk>", "b a b"]
    onehot = SequenceVectorizer(output="onehot", **parameters).fit([])
    assert_array_equal(onehot.transform(["a x", "b a b a"]), np.eye(5)[ids])


@pytest.mark.parametrize(
    ("vocabulary", "error", "message"),
    [
        ([], ValueError, "empty vocabulary"),
        ({}, ValueError, "empty vocabulary"),
        (set(), ValueError, "empty vocabulary"),
        (["a", "b", "a"], ValueError, r"more than once: \['a'\]"),
        ({"a": 0, "b": 2}, ValueError, "must be 0 to 1, each once"),
        ({"a": 1, "b": 2}, ValueError, "must be 0 to 1, each once"),
        ({"a": 0, "b": 0}, ValueError, "must be 0 to 1, each once"),
        ({"a": "0"}, ValueError, "must be 0 to 0, each once"),
        ({"a": 0, "b": "1"}, ValueError, "must be 0 to 1, each once"),
        (UserDict({"a": 1}), ValueError, "must be 0 to 0, each once"),
        (["a", 5], TypeError, "Item 1 of the vocabulary is the int 5"),
        ({1: 0}, TypeError, "Item 0 of the vocabulary is the int 1"),
        (["a", None], TypeError, "Item 1 of the vocabulary is None"),
        (["a", b"b"], TypeError, "Item 1 of the vocabulary is the bytes b'b'"),
        ([["a"]], TypeError, r"Item 0 of the vocabulary is the list \['a'\]"),
        ("abc", ValueError, "'vocabulary' parameter"),
        (3, ValueError, "'vocabulary' parameter"),
    ],
)
def test_errors_of_given_vocabularies(vocabulary, error, message):
    with pytest.raises(error, match=message):
        SequenceVectorizer(vocabulary=vocabulary).fit(["a"])


# --- special tokens -----------------------------------------------------------------


def test_special_tokens_come_first_and_only_if_needed():
    def first(**parameters):
        return list(SequenceVectorizer(**parameters).fit(["a"]).vocabulary_)

    assert first() == ["<pad>", "<unk>", "a"]
    assert first(add_sos=True) == ["<pad>", "<unk>", "<sos>", "a"]
    assert first(add_eos=True) == ["<pad>", "<unk>", "<eos>", "a"]
    both = first(add_eos=True, add_sos=True)
    assert both == ["<pad>", "<unk>", "<sos>", "<eos>", "a"]


def test_special_tokens_of_other_names():
    vectorizer = SequenceVectorizer(
        add_sos=True,
        add_eos=True,
        pad_token="_",
        unk_token="[?]",
        sos_token="^",
        eos_token="",
        output="ids",
        min_df=2,
    )
    ids = vectorizer.fit_transform(["a a b", "a"])
    assert list(vectorizer.vocabulary_) == ["_", "[?]", "^", "", "a"]
    assert_array_equal(ids, [[2, 4, 4, 1, 3], [2, 4, 3, 0, 0]])
    assert vectorizer.inverse_transform(ids) == ["a a [?]", "a"]


def test_words_need_a_pattern_or_a_tokenizer():
    with pytest.raises(ValueError, match="token_pattern=None needs a tokenizer"):
        SequenceVectorizer(token_pattern=None).fit(["a b"])
    assert tokens_of("a b", analyzer="char", token_pattern=None) == ["a", " ", "b"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"pad_token": "<unk>"},
        {"add_sos": True, "sos_token": "<pad>"},
        {"add_sos": True, "add_eos": True, "eos_token": "<sos>"},
    ],
)
def test_equal_names_of_special_tokens_are_refused(parameters):
    with pytest.raises(ValueError, match=r"must have different names, got \['<"):
        SequenceVectorizer(**parameters).fit(["a"])


def test_names_of_special_tokens_that_are_not_added_do_not_matter():
    X = SequenceVectorizer(sos_token="<pad>", eos_token="<pad>").fit_transform(["a"])
    assert X.shape == (1, 1, 3)


def test_special_tokens_in_lists_stand_for_themselves():
    vectorizer = SequenceVectorizer(add_sos=True, add_eos=True, output="ids")
    ids = vectorizer.fit_transform([["<pad>", "a", "<eos>", "<unk>", "<sos>"]])
    assert_array_equal(ids, [[2, 0, 4, 3, 1, 2, 3]])
    assert len(vectorizer.vocabulary_) == 5


def test_special_tokens_in_text_are_text():
    assert tokens_of("<pad>") == ["<", "pad", ">"]


@pytest.mark.parametrize(
    ("changes", "culprit"),
    [
        ({"unk_token": "?"}, r"\['\?'\]"),
        ({"pad_token": "?"}, r"\['\?'\]"),
        ({"add_sos": True, "add_eos": True}, r"\['<sos>', '<eos>'\]"),
    ],
)
def test_special_tokens_that_fit_did_not_know(changes, culprit):
    vectorizer = SequenceVectorizer().fit(["a"]).set_params(**changes)
    with pytest.raises(ValueError, match=rf"{culprit} are special tokens .* fit again"):
        vectorizer.transform(["a"])


# --- features of tokens -------------------------------------------------------------


def ends(token):
    """The word and its ends, some of them twice."""
    return [token, token[0], token[-1], token[-1]]


def test_steps_of_token_features_are_multi_hot():
    vectorizer = SequenceVectorizer(token_features=ends)
    X = vectorizer.fit_transform(["ab b", "", "ba"])
    assert list(vectorizer.vocabulary_) == [*SPECIAL, "a", "ab", "b", "ba"]
    expected = [[{"ab", "a", "b"}, {"b"}], [], [{"ba", "b", "a"}]]
    assert words_of(vectorizer, X) == expected
    assert_array_equal(X.values.data, 1)
    assert X.dtype == np.float32


def test_unknown_features_become_one_unknown():
    vectorizer = SequenceVectorizer(token_features=ends).fit(["ab b"])
    X = vectorizer.transform(["bbb xyz axb b"])
    unknown = "<unk>"
    expected = [[{unknown, "b"}, {unknown}, {unknown, "a", "b"}, {"b"}]]
    assert words_of(vectorizer, X) == expected
    assert_array_equal(X.values.data, 1)


def test_special_tokens_are_described_by_themselves():
    vectorizer = SequenceVectorizer(token_features=ends, add_sos=True, add_eos=True)
    X = vectorizer.fit_transform([["a", "<unk>", "<pad>"]])
    assert words_of(vectorizer, X) == [
        [{"<sos>"}, {"a"}, {"<unk>"}, {"<pad>"}, {"<eos>"}]
    ]
    assert "<" not in vectorizer.vocabulary_


def test_tokens_without_features_are_steps_without_entries():
    vectorizer = SequenceVectorizer(token_features=lambda t: [t] if t > "a" else [])
    X = vectorizer.fit_transform(["a b"])
    assert words_of(vectorizer, X) == [[set(), {"b"}]]


@pytest.mark.parametrize("padding", ["post", "pre"])
def test_one_hot_output_of_token_features(padding):
    parameters = {"token_features": ends, "padding": padding}
    X = SequenceVectorizer(**parameters).fit_transform(["ab b", "", "ba"])
    dense = SequenceVectorizer(output="onehot", **parameters)
    found = dense.fit_transform(["ab b", "", "ba"])
    pad = np.eye(X.n_features)[:1]
    for array, x in zip(found, X, strict=True):
        parts = [x.toarray(), *[pad] * (2 - x.shape[0])]
        assert_array_equal(array, np.vstack(parts[:: 1 if padding == "post" else -1]))


def test_frequencies_of_features():
    documents = ["ab cb", "cb", "db eb"]
    suffix = {"token_features": lambda token: [token, token[-1]]}
    assert vocabulary_of(documents, min_df=2, **suffix) == ["b", "cb"]
    assert vocabulary_of(documents, min_df=3, **suffix) == ["b"]
    assert vocabulary_of(documents, max_features=1, **suffix) == ["b"]
    assert vocabulary_of(documents, max_features=2, **suffix) == ["b", "cb"]


def test_features_are_asked_once_for_each_different_token():
    asked = []

    def features(token):
        asked.append(token)
        return [token]

    SequenceVectorizer(token_features=features).fit_transform(["a b a", "b a"])
    assert sorted(asked) == ["a", "b"]


def test_token_features_have_no_ids_and_no_inverse():
    vectorizer = SequenceVectorizer(token_features=ends, output="ids")
    with pytest.raises(ValueError, match="output='ids' gives one number a token"):
        vectorizer.fit(["a"])
    vectorizer.set_params(output="sequences")
    X = vectorizer.fit_transform(["a"])
    with pytest.raises(
        ValueError, match="cannot tell tokens from their token_features"
    ):
        vectorizer.inverse_transform(X)


@pytest.mark.parametrize(
    ("word", "parameters", "expected"),
    [
        (
            "Running",
            {},
            "Running running prefix=r prefix=ru prefix=run "
            "suffix=g suffix=ng suffix=ing suffix=ning shape=Xx",
        ),
        ("it", {}, "it prefix=i suffix=t shape=x"),
        ("I", {}, "I i shape=X"),
        ("!", {}, "! shape=!"),
        ("...", {"max_prefix": 0, "max_suffix": 0}, "... shape=."),
        ("A1-22b", {"max_prefix": 0, "max_suffix": 0}, "A1-22b a1-22b shape=Xd-dx"),
        (
            "ÉTÉ",
            {"max_prefix": 1, "max_suffix": 1},
            "ÉTÉ été prefix=é suffix=é shape=X",
        ),
        ("東京", {"max_prefix": 9, "max_suffix": 0}, "東京 prefix=東 shape=x"),
        (
            "abc",
            {"max_prefix": 9, "max_suffix": 9},
            "abc prefix=a prefix=ab suffix=c suffix=bc shape=x",
        ),
    ],
)
def test_affix_features(word, parameters, expected):
    assert affix_features(word, **parameters) == expected.split()


def test_affix_features_describe_words_never_seen():
    vectorizer = SequenceVectorizer(token_features=affix_features, lowercase=False)
    vectorizer.fit(["Walking is talking"])
    (steps_,) = words_of(vectorizer, vectorizer.transform(["Jumping"]))
    assert steps_ == [{"<unk>", "suffix=g", "suffix=ng", "suffix=ing", "shape=Xx"}]


# --- back to text -------------------------------------------------------------------

CHARACTERS = [
    "",
    "Plain text, with Case.",
    " leading and trailing ",
    "tab\tnewline\ncarriage\r\nreturn\x0b\x0c",
    "line\u2028and paragraph\u2029separators\x85",
    "null\x00character",
    "lone \ud800 and \udfff surrogates",
    "👩‍👩‍👧 flags 🇫🇷 skin 👍🏽",
    "e\u0301 is not é, nor n\u0303 ñ",
    "עברית \u200fand العربية",
    "日本語　テキスト",
    "ﬁ ß İ ı ſ Ǆ",
    "\ufeffmark \u00a0 space \u200b none",
    "<pad><unk><sos><eos>",
    "'\"“”«»()[]{}-_/",
]


def random_text(rng, length=40):
    """Characters of any plane of Unicode, surrogates too."""
    limits = np.array([0x80, 0x300, 0x3000, 0x10000, 0x110000])
    return "".join(chr(rng.integers(limit)) for limit in rng.choice(limits, length))


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("padding", ["post", "pre"])
@pytest.mark.parametrize("framed", [False, True])
def test_characters_come_back_exactly(output, padding, framed):
    rng = np.random.default_rng(0)
    texts = CHARACTERS + [random_text(rng) for _ in range(20)]
    vectorizer = SequenceVectorizer(
        analyzer="char", output=output, padding=padding, add_sos=framed, add_eos=framed
    )
    X = vectorizer.fit_transform(texts)
    assert vectorizer.inverse_transform(X) == texts


SENTENCES = [
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "“Don't you think so?” she asked; he didn't.",
    'He said: "Well-made, isn\'t it?" Then he left.',
    "I paid $300 (or £250) for 3 e-mails...",
    "The dogs' bones, the cat’s milk, and rock 'n' roll!",
    "Either/or: see [1], {2} and #3 @home.",
    "He whispered, 'Go!' — and went.",
    "¿Qué? ¡No! «Oui», dit-il.",
    "100% of 3.5 is 3,5; 5 * 2 = 10 & so on",
    "A snake_case name, __init__ and a _ alone",
    "What?! No... really?! (Yes.)",
    "",
]


@pytest.mark.parametrize("parameters", [{}, {"lowercase": False}, {"output": "ids"}])
def test_the_text_that_comes_back_has_the_same_tokens(parameters):
    vectorizer = SequenceVectorizer(**parameters)
    X = vectorizer.fit_transform(SENTENCES)
    again = vectorizer.transform(vectorizer.inverse_transform(X))
    if parameters.get("output") == "ids":
        assert_array_equal(again, X)
    else:
        assert_array_equal(again.values.indices, X.values.indices)
        assert_array_equal(again.lengths, X.lengths)


def test_any_words_come_back_as_the_same_words():
    rng = np.random.default_rng(0)
    alphabet = list("abc12'’\"-_.,;()[]!?$£#@%/:…“”‘«»¿ \n\té\u0301😀\u200d")
    find = re.compile(TOKEN_PATTERN).findall
    for _ in range(3000):
        tokens = find("".join(rng.choice(alphabet, rng.integers(1, 9))))
        assert find(join_words(tokens)) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "hello, world!",
        "wait: what? (yes.) [no;] {so}",
        "a well-made and/or 50% thing",
        'he said "go on" and "stop", twice',
        "“quoted” ‘so’ «ici»",
        "¿qué? ¡no!",
        "$5, £6 and €7 to @me #1",
        "i don't know the cat’s name…",
        "1 + 1 = 2 & so on",
        "",
    ],
)
def test_spaces_are_where_a_writer_puts_them(text):
    vectorizer = SequenceVectorizer()
    assert vectorizer.inverse_transform(vectorizer.fit_transform([text, "x"])) == [
        text,
        "x",
    ]


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("padding", ["post", "pre"])
@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_lists_of_tokens_come_back_as_lists(output, padding, framed, analyzer):
    documents = [["Two words", "b"], [], ["", "b", "\n", "c"]]
    vectorizer = SequenceVectorizer(
        analyzer=analyzer,
        output=output,
        padding=padding,
        add_sos=framed,
        add_eos=framed,
    )
    X = vectorizer.fit_transform(documents)
    back = vectorizer.inverse_transform(X)
    assert back == documents
    assert {type(token) for tokens in back for token in tokens} == {str}


def test_what_fit_saw_decides_on_text_or_lists():
    text = SequenceVectorizer().fit(["a b"])
    with pytest.warns(UserWarning, match="are lists of tokens, but were text in fit"):
        X = text.transform([["a", "b"]])
    assert text.inverse_transform(X) == ["a b"]
    lists = SequenceVectorizer().fit([["a", "b"]])
    with pytest.warns(UserWarning, match="are text, but were lists of tokens in fit"):
        X = lists.transform(["a b"])
    assert lists.inverse_transform(X) == [["a", "b"]]
    other = SequenceVectorizer(analyzer=lambda d: d["x"]).fit([{"x": ["a", "b"]}])
    assert other.inverse_transform([[2, 3]]) == [["a", "b"]]


def test_unknown_words_come_back_by_the_name_of_the_unknown():
    vectorizer = SequenceVectorizer(unk_token="[?]").fit(["a b"])
    assert vectorizer.inverse_transform(vectorizer.transform(["a x b"])) == ["a [?] b"]


def test_padding_start_and_end_are_left_out_wherever_they_are():
    vectorizer = SequenceVectorizer(add_sos=True, add_eos=True).fit(["a b"])
    ids = [[0, 2, 4, 0, 3, 5, 3, 0], [2, 2, 3, 3, 0, 0, 0, 0]]
    assert vectorizer.inverse_transform(ids) == ["a b", ""]


def test_names_of_start_and_end_that_are_not_added_are_tokens():
    vectorizer = SequenceVectorizer()
    documents = [["<sos>", "a", "<eos>"]]
    X = vectorizer.fit_transform(documents)
    assert list(vectorizer.vocabulary_) == [*SPECIAL, "<eos>", "<sos>", "a"]
    assert vectorizer.inverse_transform(X) == documents


IDS = [[2, 4, 3], [3, 0, 0]]
ONE_HOT = np.eye(5)[np.array(IDS)]
NUMBERS = {
    "list": IDS,
    "tuple": tuple(map(tuple, IDS)),
    "array": np.array(IDS),
    "bytes": np.array(IDS, dtype=np.uint8),
    "unsigned": np.array(IDS, dtype=np.uint64),
    "frame": pd.DataFrame(IDS),
    "list of lists": [[2, 4, 3], [3]],
    "list of tuples": [(2, 4, 3), (3,)],
    "list of arrays": [np.array([2, 4, 3]), np.array([3])],
    "list of columns": [np.array([[2], [4], [3]]), np.array([[3]])],
    "object array of lists": objects([[2, 4, 3], [3]]),
    "series of lists": pd.Series([[2, 4, 3], [3]], index=[4, 2]),
    "one-hot": ONE_HOT,
    "one-hot lists": ONE_HOT.tolist(),
    "one-hot of integers": ONE_HOT.astype(int),
    "list of one-hot": [ONE_HOT[0], ONE_HOT[1, :1]],
    "one-hot padded with NaN": Sequences(np.eye(5)[[2, 4, 3, 3]], [3, 1]).to_padded(),
    "dense sequences": Sequences(np.eye(5)[[2, 4, 3, 3]], [3, 1]),
    "sparse sequences": Sequences(sp.csc_array(np.eye(5)[[2, 4, 3, 3]]), [3, 1]),
    "list of sparse": [sp.csr_array(ONE_HOT[0]), sp.csr_matrix(ONE_HOT[1, :1])],
    "probabilities": 0.1 + 0.5 * ONE_HOT,
    "scores": ONE_HOT - 7,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_forms_of_sequences_that_become_text(name):
    vectorizer = SequenceVectorizer().fit(["a b c"])
    X = NUMBERS[name]
    before = pickle.dumps(X)
    assert vectorizer.inverse_transform(X) == ["a c b", "b"]
    assert pickle.dumps(X) == before


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        ([], []),
        (np.empty((0, 3), dtype=int), []),
        (np.empty((2, 0), dtype=int), ["", ""]),
        (np.empty((2, 0, 5)), ["", ""]),
        ([[], []], ["", ""]),
        ([[2], []], ["a", ""]),
        ([[], np.array([2])], ["", "a"]),
        (Sequences(sp.csr_array((0, 5)), []), []),
        (Sequences(sp.csr_array((0, 5)), [0, 0]), ["", ""]),
    ],
)
def test_nothing_becomes_no_text(X, expected):
    assert SequenceVectorizer().fit(["a b c"]).inverse_transform(X) == expected


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([[2, 5]], ValueError, "must be 0 to 4, got 2 to 5"),
        ([[2, -1]], ValueError, "must be 0 to 4, got -1 to 2"),
        ([[2.0, 3.0]], ValueError, "must be integers, got float64"),
        ([[2.0], [3, 4]], ValueError, "must be integers, got float64"),
        (np.array([[True, False]]), ValueError, "must be integers, got bool"),
        ([["a"]], ValueError, "must be integers, got <U1"),
        (
            np.ones((2, 3, 6)),
            ValueError,
            "6 features per step, but .* vocabulary has 5",
        ),
        (
            np.ones((2, 3, 1)),
            ValueError,
            "1 features per step, but .* vocabulary has 5",
        ),
        (Sequences(np.ones((2, 1), int), [2]), ValueError, "1 features per step"),
        (
            Sequences(sp.csr_array((2, 5)), [2]),
            ValueError,
            "step 0: it has 0 entries",
        ),
        (
            Sequences(sp.csr_array([[0, 1, 0, 0, 0], [0, 1, 1, 0, 0]]), [2]),
            ValueError,
            "X is not one-hot in sequence 0, step 1: it has 2 entries",
        ),
        (np.array([2, 3]), ValueError, "Expected 2D array, got 1D array"),
        ([2, 3], ValueError, "Expected 2D array, got 1D array"),
        (["a b"], ValueError, "Sequence 0 is one str"),
        ("a b", ValueError, "Input X is one str"),
        ("", ValueError, "Input X is one str"),
        (None, TypeError, "got NoneType"),
        (3, TypeError, "got int"),
        ({}, TypeError, "got dict"),
        (iter([[2]]), TypeError, "got list_iterator"),
        (sp.csr_array(np.eye(5)), TypeError, r"sparse matrix of shape \(5, 5\)"),
        (np.ones((2, 2, 2, 5)), ValueError, "4 dimensions"),
    ],
)
def test_errors_of_inverse_transform(X, error, message):
    vectorizer = SequenceVectorizer().fit(["a b c"])
    with pytest.raises(error, match=message):
        vectorizer.inverse_transform(X)


# --- as a scikit-learn estimator ------------------------------------------------------

VARIANTS = [
    {},
    {"analyzer": "char"},
    {"output": "ids", "padding": "pre"},
    {"output": "onehot", "max_length": 4},
    {"token_features": affix_features, "lowercase": False},
    {"vocabulary": ["cat", "the"], "add_sos": True},
    {"vocabulary": {"cat": 0, "the": 1}, "add_eos": True},
    {"min_df": 2, "max_features": 3},
    {"tokenizer": str.split, "preprocessor": str.upper},
    {"dtype": np.float64},
]
variants = pytest.mark.parametrize("parameters", VARIANTS, ids=lambda p: "-".join(p))


def plain(X):
    """A result in the form of arrays that can be compared."""
    if isinstance(X, Sequences):
        return [X.values.toarray(), X.lengths, X.feature_names]
    return [X]


def assert_equal(X, Y):
    for x, y in zip(plain(X), plain(Y), strict=True):
        assert_array_equal(x, y, strict=True)


@variants
def test_fit_transform_is_fit_and_transform(parameters):
    one, two = SequenceVectorizer(**parameters), SequenceVectorizer(**parameters)
    together = one.fit_transform(TEXTS)
    assert_equal(two.fit(TEXTS).transform(TEXTS), together)
    assert one.vocabulary_ == two.vocabulary_
    assert list(one.vocabulary_) == list(two.vocabulary_)
    assert one.from_text_ == two.from_text_


@variants
def test_a_document_does_not_depend_on_the_others(parameters):
    vectorizer = SequenceVectorizer(**parameters).set_params(max_length=30).fit(TEXTS)
    together = vectorizer.transform(TEXTS)
    for i, text in enumerate(TEXTS):
        assert_equal(vectorizer.transform([text]), together[i : i + 1])


@variants
def test_clone_pickle_and_copy(parameters):
    vectorizer = SequenceVectorizer(**parameters).fit(TEXTS)
    expected = vectorizer.transform(TEXTS)
    for again in (pickle.loads(pickle.dumps(vectorizer)), copy.deepcopy(vectorizer)):
        assert_equal(again.transform(TEXTS), expected)
        assert again.get_params() == vectorizer.get_params()
    fresh = clone(vectorizer)
    assert not hasattr(fresh, "vocabulary_")
    assert fresh.get_params() == vectorizer.get_params()
    assert_equal(fresh.fit_transform(TEXTS), expected)


@variants
def test_fit_changes_no_parameter(parameters):
    vectorizer = SequenceVectorizer(**copy.deepcopy(parameters))
    before = vectorizer.get_params()
    contents = copy.deepcopy(before)
    assert vectorizer.fit(TEXTS, [0] * len(TEXTS)) is vectorizer
    after = vectorizer.get_params()
    assert all(after[name] is before[name] for name in before)
    assert after == contents


@variants
def test_refit_forgets(parameters):
    vectorizer = SequenceVectorizer(**parameters).fit(LISTS * 3)
    vectorizer.fit(TEXTS)
    fresh = SequenceVectorizer(**parameters).fit(TEXTS)
    assert state_of(vectorizer) == state_of(fresh)


def test_a_failed_refit_keeps_the_vocabulary():
    vectorizer = SequenceVectorizer().fit(["a"])
    before = copy.deepcopy(state_of(vectorizer))
    for documents in (["b", None], [""]):
        with pytest.raises((TypeError, ValueError), match=r"missing|empty"):
            vectorizer.fit(documents)
    assert state_of(vectorizer) == before


def test_changing_the_vocabulary_that_was_given_changes_nothing_that_is_fitted():
    for vocabulary in (["a", "b"], {"a": 0, "b": 1}):
        vectorizer = SequenceVectorizer(vocabulary=vocabulary).fit([])
        expected = dict(vectorizer.vocabulary_)
        vocabulary.clear()
        assert vectorizer.vocabulary_ == expected


@variants
def test_names_of_features(parameters):
    vectorizer = SequenceVectorizer(**parameters).fit(TEXTS)
    names = vectorizer.get_feature_names_out()
    assert names.dtype == object
    assert names.tolist() == list(vectorizer.vocabulary_)
    assert_array_equal(vectorizer.get_feature_names_out(["ignored"]), names)
    places = [vectorizer.vocabulary_[name] for name in names]
    assert places == [*range(len(names))]


def test_names_of_token_features():
    vectorizer = SequenceVectorizer(token_features=ends).fit(["ab"])
    assert vectorizer.get_feature_names_out().tolist() == [*SPECIAL, "a", "ab", "b"]


@pytest.mark.parametrize("kind", ["default", "pandas"])
@pytest.mark.parametrize("output", OUTPUTS)
def test_set_output_changes_nothing(kind, output):
    vectorizer = SequenceVectorizer(output=output)
    expected = vectorizer.fit_transform(TEXTS)
    assert vectorizer.set_output(transform=kind) is vectorizer
    assert_equal(vectorizer.fit_transform(TEXTS), expected)
    pipe = make_pipeline(SequenceVectorizer(output=output))
    assert_equal(pipe.set_output(transform=kind).fit_transform(TEXTS), expected)
    with sklearn.config_context(transform_output=kind):
        assert_equal(vectorizer.fit_transform(TEXTS), expected)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_pipeline_with_pandas_output():
    texts = pd.Series(["good film", "bad film", "so good", "so bad", "good", ""])
    y = pd.Series(["pos", "neg", "pos", "neg", "pos", "neg"])
    pipe = make_pipeline(
        SequenceVectorizer(), RNNClassifier(4, max_iter=5, random_state=0)
    )
    expected = clone(pipe).fit(texts, y).predict_proba(texts)
    assert_array_equal(
        clone(pipe).set_output(transform="pandas").fit(texts, y).predict_proba(texts),
        expected,
    )
    with sklearn.config_context(transform_output="pandas"):
        assert_array_equal(pipe.fit(texts, y).predict_proba(texts), expected)
    assert_array_equal(
        pipe[:-1].get_feature_names_out(), pipe[0].get_feature_names_out()
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_estimators_answer_empty_documents_by_their_initial_state():
    texts, y = ["good film", "bad film", "good", "bad"], [1, 0, 1, 0]
    model = RNNClassifier(4, max_iter=2, random_state=0)
    pipe = make_pipeline(SequenceVectorizer(), model).fit(texts, y)
    proba = pipe.predict_proba(["", "good", " \n", []])
    assert_array_equal(proba[0], proba[2])
    assert_array_equal(proba[0], proba[3])
    assert not np.allclose(proba[0], proba[1])


def test_tags():
    tags = sklearn.utils.get_tags(SequenceVectorizer())
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.transformer_tags is not None
    assert not tags.target_tags.required


def test_parameters_are_keywords():
    with pytest.raises(TypeError, match="positional"):
        SequenceVectorizer("char")


@pytest.mark.parametrize(
    "call",
    [
        lambda v: v.transform(["a"]),
        lambda v: v.inverse_transform([[2]]),
        lambda v: v.get_feature_names_out(),
    ],
)
@pytest.mark.parametrize("vocabulary", [None, ["a"]])
def test_unfitted(call, vocabulary):
    with pytest.raises(
        NotFittedError, match="SequenceVectorizer instance is not fitted"
    ):
        call(SequenceVectorizer(vocabulary=vocabulary))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("analyzer", "words"),
        ("analyzer", None),
        ("tokenizer", "split"),
        ("token_pattern", 3),
        ("token_pattern", re.compile("a")),
        ("lowercase", "yes"),
        ("lowercase", None),
        ("strip_accents", "utf-8"),
        ("strip_accents", True),
        ("preprocessor", "lower"),
        ("token_features", "affix"),
        ("max_features", 0),
        ("max_features", 0.5),
        ("min_df", -1),
        ("min_df", 1.5),
        ("min_df", "2"),
        ("min_df", None),
        ("max_length", 0),
        ("max_length", 2.0),
        ("truncating", "both"),
        ("padding", None),
        ("add_sos", "yes"),
        ("add_eos", 1),
        ("pad_token", None),
        ("unk_token", 1),
        ("sos_token", None),
        ("eos_token", b"end"),
        ("output", "onehots"),
    ],
)
def test_wrong_parameters_are_named(name, value):
    vectorizer = SequenceVectorizer(**{name: value})
    message = f"The '{name}' parameter of SequenceVectorizer must be .* Got "
    with pytest.raises(ValueError, match=message):
        vectorizer.fit(["a b"])
    with pytest.raises(ValueError, match=message):
        vectorizer.fit_transform(["a b"])


def test_token_pattern_of_several_groups_is_refused():
    with pytest.raises(ValueError, match="More than 1 capturing group"):
        SequenceVectorizer(token_pattern=r"(\w)(\d)").fit(["a1"])


# --- bad documents --------------------------------------------------------------------

BAD = [
    ("one text", ValueError, "documents .* str object received. Put .* into a list"),
    (np.str_("one text"), ValueError, "str_ object received"),
    (b"bytes", ValueError, "bytes object received"),
    (None, TypeError, "NoneType object received"),
    (3, TypeError, "int object received"),
    (np.array("text"), TypeError, "ndarray object received"),
    ({"text": "a"}, TypeError, "dict object received"),
    ({"a", "b"}, TypeError, "set object received"),
    (frozenset("ab"), TypeError, "frozenset object received"),
    (Sequences(np.eye(2), [2]), TypeError, "Sequences object received"),
    (sp.csr_array(np.eye(2)), TypeError, "csr_array object received"),
    (sp.csc_matrix(np.eye(2)), TypeError, "csc_matrix object received"),
    (
        pd.DataFrame({"text": ["a"], "label": ["b"]}),
        TypeError,
        r"one column of the DataFrame, which has the columns \['text', 'label'\]",
    ),
    (["a", b"b"], TypeError, r"Document 1 is the bytes b'b'\. Decode it first"),
    (np.array([b"a"]), TypeError, r"Document 0 is the bytes_ .* Decode it first"),
    (["a", None], TypeError, "Document 1 is None. Fill in missing documents"),
    (["a", "b", np.nan], TypeError, "Document 2 is nan. Fill in missing documents"),
    ([np.float64("nan")], TypeError, "Document 0 is .*nan.*Fill in missing documents"),
    ([pd.NA], TypeError, "Document 0 is <NA>. Fill in missing documents"),
    ([pd.NaT], TypeError, "Document 0 is NaT. Fill in missing documents"),
    (pd.Series(["a", None]), TypeError, "Document 1 is .* Fill in missing documents"),
    (
        pd.Series(["a", None], dtype="string"),
        TypeError,
        "Document 1 is <NA>. Fill in missing documents",
    ),
    (["a", 3], TypeError, "Document 1 is the int 3. Documents must be strings, or"),
    (np.ones(2), TypeError, "Document 0 is the float64 .* Documents must be strings"),
    (["a", {"b": 1}], TypeError, "Document 1 is the dict"),
    (["a", {"b"}], TypeError, "Document 1 is the set"),
    ([iter("ab")], TypeError, "Document 0 is the str_.*iterator"),
    (["a", SimpleNamespace(b="c" * 99)], TypeError, "Document 1 is .*…"),
    ([["a", 3]], TypeError, "Item 1 of document 0 is the int 3"),
    (["a", ["b", None]], TypeError, "Item 1 of document 1 is None"),
    ([["a"], [b"b"]], TypeError, "Item 0 of document 1 is the bytes b'b'"),
    ([["a", np.nan]], TypeError, "Item 1 of document 0 is nan"),
    ([[["a"]]], TypeError, r"Item 0 of document 0 is the list \['a'\]"),
    (np.ones((2, 2)), TypeError, "Item 0 of document 0 is the float 1.0"),
    (np.array([[["a"]]]), TypeError, "Document 0 is the ndarray"),
]


@pytest.mark.parametrize(("documents", "error", "message"), BAD)
def test_bad_documents_are_named(documents, error, message):
    fitted = SequenceVectorizer().fit(["a b"])
    for call in (
        SequenceVectorizer().fit,
        SequenceVectorizer(analyzer="char").fit_transform,
        fitted.transform,
    ):
        with pytest.raises(error, match=message):
            call(documents)


CALLABLES = [
    (lambda x: "text", "A list of strings is needed for {}, got the str 'text'"),
    (lambda x: None, "A list of strings is needed for {}, got None"),
    (lambda x: b"ab", "A list of strings is needed for {}, got the bytes"),
    (lambda x: 3, "A list of strings is needed for {}, got the int 3"),
    (lambda x: ["a", 1], "Item 1 of {} is the int 1"),
    (lambda x: [None], "Item 0 of {} is None"),
    (lambda x: [["a"]], "Item 0 of {} is the list"),
]


@pytest.mark.parametrize(("function", "message"), CALLABLES)
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("tokenizer", "document 1"),
        ("analyzer", "document 1"),
        ("token_features", "the features of 'b'"),
    ],
)
def test_callables_that_give_no_list_of_strings(function, message, name, place):
    def only_second(x):
        return ["fine"] if x == "a" else function(x)

    vectorizer = SequenceVectorizer(**{name: only_second})
    with pytest.raises(TypeError, match=message.format(place)):
        vectorizer.fit(["a", "b"])
    with pytest.raises(TypeError, match=message.format(place)):
        vectorizer.fit(["a"]).transform(["a", "b"])


# --- size -----------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["sequences", "ids"])
def test_memory_does_not_grow_with_the_vocabulary(output):
    words = [f"w{i}" for i in range(50_000)]
    numbers = np.random.default_rng(0).integers(0, len(words), (5_000, 20))
    documents = [" ".join(words[i] for i in row) for row in numbers]
    vectorizer = SequenceVectorizer(vocabulary=words, output=output).fit(["a"])
    vectorizer.transform(["a"])
    tracemalloc.start()
    try:
        X = vectorizer.transform(documents)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A dense array would take 20 GB. A step takes twelve bytes, its names are shared.
    assert kept < 3e6
    assert peak < 2e7
    found = X.values.indices if output == "sequences" else X.ravel()
    assert_array_equal(found, numbers.ravel() + 2)


def test_a_long_document():
    vectorizer = SequenceVectorizer(add_eos=True)
    X = vectorizer.fit_transform(["word " * 100_000])
    assert X.shape == (1, 100_001, 4)
    assert vectorizer.inverse_transform(X)[0].count("word ") == 99_999


@pytest.mark.parametrize("seed", range(5))
def test_random_documents_against_plain_python(seed):
    """The whole of it once more, in loops."""
    old = [text.split()[-8:] for text in random_documents(seed)]
    new = [text.split()[-8:] for text in random_documents(seed + 100)]
    counts = Counter(word for words in old for word in set(words))
    names = [*SPECIAL, *sorted(word for word in counts if counts[word] >= 3)]
    expected = np.zeros((len(new), 8))
    for row, words in zip(expected, new, strict=True):
        for place, word in enumerate(words):
            row[place] = names.index(word) if word in names else 1
    vectorizer = SequenceVectorizer(
        min_df=3, max_length=8, truncating="pre", output="ids"
    )
    vectorizer.fit(random_documents(seed))
    assert_array_equal(vectorizer.transform(random_documents(seed + 100)), expected)


@pytest.mark.parametrize("dtype", [np.float16, object, ">f4", str, complex])
def test_dtypes_that_steps_cannot_have(dtype):
    with pytest.raises(ValueError, match="dtype must be float32, float64"):
        SequenceVectorizer(dtype=dtype).fit(["a"])


def test_a_preprocessor_that_gives_no_text_is_named():
    vectorizer = SequenceVectorizer(analyzer="char", preprocessor=lambda text: [1])
    with pytest.raises(TypeError, match="Item 0 of document 0 is the int 1"):
        vectorizer.fit(["a"])
