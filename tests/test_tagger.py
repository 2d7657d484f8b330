"""What `RNNSequenceTagger` does, beside what the common checks say."""

import pickle
from contextlib import nullcontext as nothing
from itertools import product

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNSequenceTagger, Sequences, SequenceVectorizer
from sklearn_rnn.datasets import load_tagged_sentences
from sklearn_rnn.metrics import SCORERS, step_accuracy_score
from sklearn_rnn.vectorizer import affix_features

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LABELS = np.array(["down", "same", "up"])
crf_or_not = pytest.mark.parametrize("crf", [False, True], ids=["softmax", "crf"])


def data(n=20, width=2, seed=0, lengths=None):
    """Ragged sequences, and whether each step's first value is low, middle or high."""
    rng = np.random.RandomState(seed)
    lengths = 1 + np.arange(n) % 5 if lengths is None else lengths
    X = [rng.normal(size=(length, width)) for length in lengths]
    return X, [np.digitize(x[:, 0], [-0.5, 0.5]) for x in X]


def small(**params):
    """A tagger that is fitted in milliseconds."""
    defaults = {"max_iter": 5, "learning_rate_init": 0.03, "random_state": 0}
    return RNNSequenceTagger(5, **{**defaults, **params})


def objects(parts):
    """Object array of arrays, whatever their lengths."""
    array = np.empty(len(parts), dtype=object)
    for i, part in enumerate(parts):
        array[i] = part
    return array


def assert_same(parts, expected):
    """Object arrays of the same arrays."""
    assert parts.shape == expected.shape
    for part, other in zip(parts, expected, strict=True):
        assert_array_equal(part, other)


def assert_close(parts, expected, **tolerance):
    assert parts.shape == expected.shape
    for part, other in zip(parts, expected, strict=True):
        assert_allclose(part, other, **tolerance)


# -- what goes in ----------------------------------------------------------------------


def forms_of_y(y):
    padded = np.full((len(y), 9), "?", dtype=object)
    nothing = np.full((len(y), 9), np.nan, dtype=object)
    text = np.full((len(y), 9), "", dtype="U4")
    for i, labels in enumerate(y):
        for array in (padded, nothing, text):
            array[i, : len(labels)] = labels
    return {
        "list of arrays": list(y),
        "list of lists": [labels.tolist() for labels in y],
        "tuple of tuples": tuple(tuple(labels) for labels in y),
        "object array": objects(y),
        "object array of lists": objects([labels.tolist() for labels in y]),
        "series of lists": pd.Series([labels.tolist() for labels in y], index=y_index),
        "list of series": [pd.Series(labels) for labels in y],
        "list of object arrays": [labels.astype(object) for labels in y],
        "padded with a label": padded,
        "padded with NaN": nothing,
        "padded with nothing": text,
        "padded frame": pd.DataFrame(padded),
    }


y_index = np.arange(20)[::-1]  # a series is read in its own order


@crf_or_not
@pytest.mark.parametrize("form", forms_of_y([LABELS[y] for y in data()[1]]))
def test_forms_of_y(form, crf):
    X, codes = data()
    y = [LABELS[part] for part in codes]
    expected = small(crf=crf).fit(X, y)
    given = forms_of_y(y)[form]
    tagger = small(crf=crf).fit(X, given)
    assert tagger.classes_.tolist() == LABELS.tolist()
    assert_array_equal(tagger.theta_, expected.theta_)
    assert tagger.score(X, given) == expected.score(X, y)
    tagger = small(crf=crf).fit(X[:9], y[:9], X_val=X, y_val=given)
    assert tagger.validation_scores_[-1] == pytest.approx(tagger.score(X, y))


@pytest.mark.parametrize("fill", [np.nan, -1, 99.0])
def test_numbers_padded_with_anything(fill):
    X, y = data()
    padded = np.full((20, 7), fill)
    for i, labels in enumerate(y):
        padded[i, : len(labels)] = labels
    tagger = small().fit(X, padded)
    assert tagger.classes_.tolist() == [0, 1, 2]
    assert_array_equal(tagger.theta_, small().fit(X, y).theta_)


@crf_or_not
def test_forms_of_X(crf):
    X, codes = data()
    y = [LABELS[part] for part in codes]
    fitted = small(crf=crf).fit(X, y)
    expected, p = fitted.predict(X), fitted.predict_proba(X)
    sequences = Sequences.from_list(X)
    forms = [
        tuple(X),
        objects(X),
        [x.tolist() for x in X],
        pd.Series(objects(X)),
        [pd.DataFrame(x) for x in X],
        sequences,
        sequences.to_padded(),
        sequences.to_padded(n_steps=9),
    ]
    for form in forms:
        tagger = small(crf=crf).fit(form, y)
        assert not tagger.rows_are_steps_
        assert tagger.n_features_in_ == tagger.n_step_features_ == 2
        assert tagger.fixed_length_ is None
        assert_same(tagger.predict(form), expected)
        assert_same(tagger.predict_proba(form), p)


@crf_or_not
def test_padded_X_and_padded_y(crf):
    X, y = data()
    padded_y = np.full((20, 5), 1)
    for i, labels in enumerate(y):
        padded_y[i, : len(labels)] = labels
    padded_X = Sequences.from_list(X).to_padded()
    tagger = small(crf=crf).fit(padded_X, padded_y)
    assert_array_equal(tagger.theta_, small(crf=crf).fit(X, y).theta_)


@crf_or_not
def test_sparse_words(crf):
    documents = ["a b c", "c a", "b", "", "c c b a"]
    y = [[word.upper() for word in text.split()] for text in documents]
    X = SequenceVectorizer(token_pattern=r"\w").fit_transform(documents)
    tagger = small(crf=crf, max_iter=60).fit(X, y)
    assert tagger.step_feature_names_.tolist() == X.feature_names.tolist()
    assert [labels.tolist() for labels in tagger.predict(X)] == y
    dense = X.with_values(X.values.toarray(), X.feature_names)
    assert_same(tagger.predict(dense), tagger.predict(X))
    with pytest.raises(ValueError, match="feature names should match"):
        tagger.predict(dense.with_values(dense.values, ["x", *X.feature_names[1:]]))


# -- tables ----------------------------------------------------------------------------


@crf_or_not
@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame, np.ndarray.tolist])
def test_rows_of_a_table_are_steps_where_y_is_one_dimensional(kind, crf):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(40, 3))
    y = LABELS[np.digitize(X[:, 0], [-0.5, 0.5])]
    names = {"columns": list("abc")} if kind is pd.DataFrame else {}
    table = kind(X, **names)
    tagger = small(crf=crf, max_iter=60).fit(table, pd.Series(y))
    assert tagger.rows_are_steps_
    assert tagger.n_features_in_ == tagger.n_step_features_ == 3
    assert tagger.fixed_length_ is None
    assert hasattr(tagger, "feature_names_in_") == bool(names)
    labels, p = tagger.predict(table), tagger.predict_proba(table)
    assert labels.shape == (40,)
    assert labels.tolist() == tagger.classes_[p.argmax(axis=1)].tolist()
    assert p.shape == (40, 3)
    assert_allclose(p.sum(axis=1), 1.0)
    assert tagger.score(table, y) == np.mean(labels == y) > 0.8
    # Each row is a sequence without neighbours.
    alone = [x[None] for x in X]
    if not names:
        by_sequence = small(crf=crf, max_iter=60).fit(alone, y[:, None])
        assert_array_equal(by_sequence.theta_, tagger.theta_)
        assert_array_equal(np.concatenate(tagger.predict(alone)), labels)
        assert tagger.predict(alone).shape == (40,)
        tagger.partial_fit(table, y)
        with pytest.raises(ValueError, match=r"X has 2 features, but .* expecting 3"):
            tagger.predict(X[:, :2])
    else:
        with pytest.raises(ValueError, match="feature names should match"):
            tagger.predict(table[["b", "a", "c"]])


@crf_or_not
def test_rows_of_a_table_are_series_where_y_is_two_dimensional(crf):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(20, 6))
    X_list, y = X.tolist(), LABELS[np.digitize(X, [-0.5, 0.5])]
    for labels in (y, y.tolist(), pd.DataFrame(y), objects(list(y))):
        for table in (X, X_list, pd.DataFrame(X)):
            tagger = small(crf=crf).fit(table, labels)
            assert not tagger.rows_are_steps_
            if table is not X_list:
                assert tagger.n_features_in_ == tagger.fixed_length_ == 6
            assert tagger.n_step_features_ == 1
            predicted = tagger.predict(table)
            # Also where all lengths are equal.
            assert predicted.shape == (20,)
            assert predicted.dtype == object
            assert all(part.shape == (6,) for part in predicted)
            assert tagger.score(table, labels) == np.mean(np.stack(predicted) == y)
    series = small(crf=crf).fit([x[:, None] for x in X], y)
    assert_array_equal(series.theta_, tagger.theta_)
    with pytest.raises(ValueError, match=r"X has 5 features, but .* is expecting 6"):
        tagger.predict(X[:, :5])


@crf_or_not
def test_lists_may_have_equal_lengths_by_chance(crf):
    """Labels of sequences tell that a list is no table, whatever its lengths."""
    X = [[1, 2, 3], [4, 5, 6], [7, 8]]
    y = [["a", "b", "a"], ["b", "a", "a"], ["a", "b"]]
    tagger = small(crf=crf).fit(X[:2], y[:2], X_val=X[2:], y_val=y[2:])
    assert tagger.fixed_length_ is None
    assert [len(part) for part in tagger.predict(X)] == [3, 3, 2]
    assert len(tagger.predict(X[2:])[0]) == 2
    streamed = small(crf=crf)
    for x, labels in zip(X, y, strict=True):
        streamed.partial_fit([x], [labels], classes=["a", "b"])
    assert np.isfinite(cross_val_score(small(crf=crf), X, y, cv=3)).all()


def test_a_table_whose_rows_are_steps_has_one_label_a_row():
    X, y = np.ones((4, 2)), list("abab")
    tagger = small(warm_start=True).fit(X, y)
    nested = np.array([["a", "?"], ["b", "?"], ["a", "?"], ["b", "?"]])
    for call in (tagger.score, tagger.fit, tagger.partial_fit):
        for labels in (nested, pd.DataFrame(nested), nested.tolist(), nested[:, :1]):
            with pytest.raises(ValueError, match="so y must be one-dimensional"):
                call(X, labels)
    with pytest.raises(ValueError, match=r"In the validation data: .*one-dimensional"):
        small().fit(X, y, X_val=X, y_val=nested)
    with pytest.raises(ValueError, match=r"1 labels in y\. A table X takes a one-dim"):
        small().fit(X, nested[:, :1])


def test_numbers_in_padding_of_another_kind():
    X = Sequences(np.arange(3.0)[:, None], [2, 1])
    expected = small().fit(X, [[1, 2], [1]])
    for padded in (
        np.array([[1, 2], [1, None]], dtype=object),
        pd.DataFrame([[1, 2], [1, None]], dtype="Int64"),
    ):
        tagger = small().fit(X, padded)
        assert tagger.classes_.dtype.kind == "i"
        assert_array_equal(tagger.theta_, expected.theta_)
        assert tagger.score(X, padded) == expected.score(X, [[1, 2], [1]])
    with pytest.raises(ValueError, match="y has None in sequence 0, step 1"):
        small().fit(X, [[1, None], [1]])
    booleans = pd.DataFrame([[True, False], [True, None]])
    assert small().fit(X, booleans).classes_.tolist() == [False, True]


@pytest.mark.parametrize("odd", [np.nan, 1, True, None])
@pytest.mark.parametrize("kind", [list, pd.Series, objects])
def test_flat_labels_of_two_kinds(odd, kind):
    message = r"all text or all numbers: y has .* in row 1, and a before"
    with pytest.raises(ValueError, match=message):
        small().fit(np.ones((3, 2)), kind(["a", odd, "b"]))


def test_a_recording_may_be_the_only_one():
    X, y = [np.arange(9.0)[:, None]], [[0, 1, 1] * 3]
    tagger = small().fit(X, y, X_val=X, y_val=y)
    assert tagger.validation_scores_[-1] == tagger.score(X, y)


# -- what comes out --------------------------------------------------------------------


@crf_or_not
@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        LABELS.astype(object),
        np.array([30, -2, 7]),
        np.array([0.0, 2.0, 1.0]),
        np.array([True, False, True]),
    ],
    ids=["strings", "objects", "integers", "whole floats", "booleans"],
)
def test_kinds_of_labels(labels, crf):
    X, codes = data()
    tagger = small(crf=crf, max_iter=60).fit(X, [labels[part] for part in codes])
    assert_array_equal(tagger.classes_, np.unique(labels))
    predicted, p = tagger.predict(X), tagger.predict_proba(X)
    for result in (predicted, p):
        assert result.dtype == object
        assert result.shape == (20,)
    n_classes = len(tagger.classes_)
    for x, part, share in zip(X, predicted, p, strict=True):
        assert part.shape == (len(x),)
        assert part.dtype == labels.dtype
        assert share.shape == (len(x), n_classes)
        assert_allclose(share.sum(axis=1), 1.0, rtol=1e-12)
        if not crf:
            assert_array_equal(part, tagger.classes_[share.argmax(axis=1)])
    assert tagger.score(X, [labels[part] for part in codes]) > 0.8


def brute_force(tagger, X):
    """Viterbi paths and marginals from `parameters_` of a CRF, over all paths."""
    softmax = clone(tagger).set_params(crf=False, scheme=None, warm_start=False)
    w = tagger.parameters_
    # The same network without its chain has the emissions, but for a constant.
    y = [[tagger.classes_[0]] * len(x) for x in X]
    softmax.partial_fit(X, y, classes=tagger.classes_)
    names = softmax.parameters_
    sizes = np.cumsum([0] + [array.size for array in names.values()])
    for name, start, stop in zip(names, sizes[:-1], sizes[1:], strict=True):
        softmax.theta_[start:stop] = w[name].ravel()
    transition = tagger.transitions_
    paths, marginals = [], []
    for p in softmax.predict_proba(X):
        emission, n = np.log(p), len(tagger.classes_)
        every = np.array([*product(range(n), repeat=len(p))], int)
        score = emission[np.arange(len(p)), every].sum(axis=1)
        score += w["labels.start"][every[:, 0]] + w["labels.end"][every[:, -1]]
        score += transition[every[:, :-1], every[:, 1:]].sum(axis=1)
        share = np.exp(score - score.max())
        share /= share.sum()
        paths.append(tagger.classes_[every[score.argmax()]])
        marginals.append(
            np.array([np.bincount(step, share, n) for step in every.T]).reshape(-1, n)
        )
    return objects(paths), objects(marginals)


def test_labels_are_chosen_together():
    """The path of Viterbi and the marginals, both against brute force."""
    X, codes = data(30)
    y = [LABELS[np.sort(part)] for part in codes]  # so that transitions matter
    tagger = small(crf=True, max_iter=40, batch_size=8).fit(X, y)
    paths, marginals = brute_force(tagger, X)
    assert_same(tagger.predict(X), paths)
    assert_close(tagger.predict_proba(X), marginals, rtol=1e-9, atol=1e-12)
    alone = objects([tagger.classes_[p.argmax(axis=1)] for p in marginals])
    assert np.abs(tagger.transitions_).max() > 0.1
    assert any((one != other).any() for one, other in zip(paths, alone, strict=True))


def test_transitions():
    X, y = data()
    tagger = small(crf=True)
    assert not hasattr(tagger, "transitions_")
    tagger.fit(X, y)
    assert tagger.transitions_.shape == (3, 3)
    assert np.isfinite(tagger.transitions_).all()
    assert_array_equal(tagger.transitions_, tagger.parameters_["labels.transition"])
    tagger.transitions_[...] = 0  # a copy
    assert tagger.transitions_.any()
    with pytest.raises(AttributeError, match="only with crf=True"):
        _ = small().fit(X, y).transitions_
    with pytest.raises(NotFittedError):
        _ = small(crf=True).transitions_


@crf_or_not
def test_a_fitted_tagger_keeps_its_network(crf):
    """Whatever its parameters are set to, until it is fitted again."""
    X, y = data()
    tagger = small(crf=crf).fit(X, y)
    expected, p = tagger.predict(X), tagger.predict_proba(X)
    tagger.set_params(crf=not crf, hidden_layer_sizes=9, bidirectional=False)
    assert_same(tagger.predict(X), expected)
    assert_same(tagger.predict_proba(X), p)
    assert hasattr(tagger, "transitions_") == crf
    tagger.fit(X, y)
    assert hasattr(tagger, "transitions_") != crf


@crf_or_not
def test_single_precision(crf):
    X, y = data()
    X = [x.astype(np.float32) for x in X]
    tagger = small(crf=crf, max_iter=40).fit(X, y)
    assert tagger.theta_.dtype == np.float32
    assert {p.dtype for p in tagger.predict_proba(X)} == {np.dtype(np.float32)}
    double = small(crf=crf, max_iter=40).fit([x.astype(float) for x in X], y)
    assert_close(tagger.predict_proba(X), double.predict_proba(X), atol=1e-3)


# -- schemes ---------------------------------------------------------------------------

SCHEMES = {
    "IOB1": ["O", "I-PER", "I-LOC", "B-PER", "B-LOC"],
    "IOB2": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"],
    "BIOES": ["O"] + [f"{p}-{t}" for p in "BIES" for t in ("PER", "LOC")],
    "IOB2 without types": ["O", "B", "I"],
    "IOB1 without types": ["O", "B", "I"],
    "BIOES without types": ["O", "B", "I", "E", "S"],
}


def is_legal(path, scheme):
    """By the definition of each scheme, one label after another."""
    before, last = "O", None
    for label in path:
        prefix, _, kind = label.partition("-")
        same = before != "O" and kind == last
        inside = same and before in ("B", "I")
        if scheme == "IOB1" and prefix == "B" and not same:
            return False
        if scheme == "IOB2" and prefix == "I" and not same:
            return False
        if scheme == "BIOES":
            if prefix in ("I", "E") and not inside:
                return False
            if prefix in ("B", "S", "O") and before in ("B", "I"):
                return False
        before, last = prefix, kind
    return scheme != "BIOES" or before not in ("B", "I")


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("length", [1, 2, 3])
def test_what_a_scheme_allows(name, length):
    """Every labelling of a short sequence is learned from or refused, as it should."""
    scheme, labels = name.split()[0], SCHEMES[name]
    tagger = small(crf=True, scheme=scheme, max_iter=1)
    X, y = [[[0.0]]], [["O"]]
    fitted = tagger.partial_fit(X, y, classes=labels)
    for path in product(labels, repeat=length):
        read = [[[0.0]] * length], [list(path)]
        sequences = fitted._read_sequences(*read, reset=False)
        if is_legal(path, scheme):
            fitted._read_y(read[1], sequences)
        else:
            with pytest.raises(ValueError, match=r"may not (stand|end a sequence)"):
                fitted._read_y(read[1], sequences)


@pytest.mark.parametrize("name", SCHEMES)
def test_what_is_forbidden_is_never_predicted(name):
    """Not even by a network that has learned nothing, and from wild input."""
    scheme, labels = name.split()[0], SCHEMES[name]
    tagger = small(crf=True, scheme=scheme, max_iter=1, bidirectional=False)
    tagger.partial_fit([[[0.0]]], [["O"]], classes=labels)
    rng, seen = np.random.RandomState(0), set()
    X = [100 * rng.normal(size=(1 + i % 9, 1)) for i in range(100)]
    for _ in range(5):
        tagger.theta_[...] = rng.normal(0.0, 2.0, len(tagger.theta_))
        for path, p in zip(tagger.predict(X), tagger.predict_proba(X), strict=True):
            assert is_legal(path, scheme)
            assert_allclose(p.sum(axis=1), 1.0)
            seen.update(path)
            codes = {label: i for i, label in enumerate(tagger.classes_)}
            impossible = [label for label in labels if not is_legal([label], scheme)]
            if len(p) == 1:
                assert not p[0, [codes[label] for label in impossible]].any()
    assert len(seen) > 2
    forbidden = np.isneginf(tagger.transitions_)
    for i, one in enumerate(tagger.classes_):
        for j, other in enumerate(tagger.classes_):
            # Whatever may stand between a beginning and an end shows what may follow.
            allowed = any(
                is_legal([*start, one, other, *end], scheme)
                for start in ([], *([label] for label in labels))
                for end in ([], *([label] for label in labels))
            )
            assert forbidden[i, j] != allowed, (one, other)


def test_a_scheme_and_brute_force():
    sentences = load_tagged_sentences()
    rng = np.random.RandomState(0)
    y = [labels[:3] for labels in sentences.entities[:40]]
    X = [rng.normal(size=(len(labels), 2)) for labels in y]
    tagger = small(crf=True, scheme="IOB2", max_iter=3)
    tagger.partial_fit(X, y, classes=["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
    tagger.theta_[...] = rng.normal(size=len(tagger.theta_))
    start = [label.startswith("I") for label in tagger.classes_]
    view = tagger._network().layout().named(tagger.theta_)["labels.start"]
    view[start] = -1e9  # brute_force reads the learned scores of starts
    paths, marginals = brute_force(tagger, X)
    assert_same(tagger.predict(X), paths)
    assert_close(tagger.predict_proba(X), marginals, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("scheme", "labels", "message"),
    [
        ("IOB2", ["O", "I-A"], "'I-A' may not stand behind 'O' in sequence 1, step 1"),
        ("IOB2", ["I-A", "O"], "'I-A' may not stand in sequence 1, step 0"),
        ("IOB2", ["B-A", "I-B"], "'I-B' may not stand behind 'B-A' in sequence 1"),
        ("IOB1", ["O", "B-A"], "'B-A' may not stand behind 'O' in sequence 1, step 1"),
        ("BIOES", ["O", "B-A"], "'B-A' may not end a sequence in sequence 1, step 1"),
        ("BIOES", ["S-A", "E-A"], "'E-A' may not stand behind 'S-A' in sequence 1"),
        ("IOB2", ["O", "S-A"], r"'S-A' \(y, sequence 1, step 1\) does not fit"),
        ("IOB2", ["O", "NOUN"], "'NOUN' .* does not fit scheme 'IOB2', whose labels"),
        ("IOB2", ["O", "O-A"], "'O-A' .* does not fit"),
        ("IOB2", ["O", ""], "'' .* does not fit"),
        ("IOB2", ["O", "BI-A"], "'BI-A' .* does not fit"),
        ("BIOES", ["O", "b-A"], "'b-A' .* does not fit .*'E-<type>' and 'S-<type>'"),
    ],
)
def test_labels_that_break_a_scheme(scheme, labels, message):
    X = [np.ones((1, 1)), np.ones((2, 1)), np.ones((0, 1))]
    tagger = small(crf=True, scheme=scheme)
    with pytest.raises(ValueError, match=message):
        tagger.fit(X, [["O"], labels, []])
    assert not hasattr(tagger, "theta_")


def test_validation_data_that_break_a_scheme():
    X = [np.ones((2, 1))]
    message = "In the validation data: Label 'I-A' may not stand behind 'O' in sequence"
    with pytest.raises(ValueError, match=message):
        small(crf=True, scheme="IOB2").fit(
            X * 2,
            [["B-A", "I-A"], ["O", "O"]],
            X_val=X * 2,
            y_val=[["B-A", "I-A"], ["O", "I-A"]],
        )


def test_schemes_need_a_crf_and_text():
    X = [np.ones((2, 1))] * 2
    with pytest.raises(ValueError, match="scheme needs crf=True"):
        small(scheme="IOB2").fit(X, [["O", "O"], ["B-A", "O"]])
    with pytest.raises(ValueError, match=r"Label 1 .* does not fit scheme 'IOB2'"):
        small(crf=True, scheme="IOB2").fit(X, [[1, 2], [1, 1]])
    with pytest.raises(ValueError, match="'scheme' parameter"):
        small(crf=True, scheme="conlleval").fit(X, [["O", "O"], ["B-A", "O"]])
    with pytest.raises(ValueError, match=r"'X' \(one of the classes\) does not fit"):
        small(crf=True, scheme="IOB2").partial_fit(X, [["O", "O"]] * 2, ["O", "X"])


@pytest.mark.parametrize(("name", "other"), [("BIO", "IOB2"), ("IOBES", "BIOES")])
def test_schemes_have_two_names(name, other):
    X = [np.ones((2, 1))] * 2
    y = [["O", "S-A" if other == "BIOES" else "B-A"], ["O", "O"]]
    tagger = small(crf=True, scheme=name, warm_start=True).fit(X, y)
    assert_array_equal(
        tagger.transitions_, small(crf=True, scheme=other).fit(X, y).transitions_
    )
    tagger.set_params(scheme=other).fit(X, y)  # goes on


def test_labels_that_a_scheme_leaves_no_way_to_use():
    X = [np.ones((2, 1)), np.ones((4, 1))]
    tagger = small(crf=True, scheme="BIOES")
    tagger.fit(X, [["B-A", "E-A"], ["B-A", "E-A", "B-A", "E-A"]])
    assert tagger.predict(X)[0].tolist() == ["B-A", "E-A"]
    for method in (tagger.predict, tagger.predict_proba):
        with pytest.raises(ValueError, match=r"cannot label a sequence of 3 step\(s\)"):
            method([*X, np.ones((3, 1))])


def test_a_scheme_looks_at_the_steps_of_X_only():
    X = [np.ones((2, 1)), np.ones((1, 1))]
    y = np.array([["B-A", "I-A", "?"], ["O", "I-A", "I-A"]])
    assert small(crf=True, scheme="IOB2").fit(X, y).classes_.tolist() == [
        "B-A",
        "I-A",
        "O",
    ]


# -- weights ---------------------------------------------------------------------------


def test_class_weight_is_weight_of_steps():
    X, codes = data()
    y = [LABELS[part] for part in codes]
    weighted = small(class_weight={"down": 1, "same": 2, "up": 0.5}).fit(X, y)
    parameters = weighted._data(
        np.concatenate(X), Sequences.from_list(X), np.concatenate(codes), np.ones(20)
    )
    expected = np.array([1, 2, 0.5])[np.concatenate(codes)]
    assert_array_equal(parameters.weight, expected)
    assert (weighted.theta_ != small().fit(X, y).theta_).any()
    with pytest.raises(ValueError, match=r"weights of \['sideways'\], which are not"):
        small(class_weight={"down": 1, "same": 1, "sideways": 1}).fit(X, y)
    with pytest.raises(ValueError, match="finite numbers that are not negative"):
        small(class_weight={"down": 1, "same": 1, "up": -1}).fit(X, y)


@crf_or_not
def test_balanced_classes_weigh_the_same(crf):
    X = [np.zeros((n, 1)) for n in (9, 8, 10)]
    y = [[0] * 8 + [1], [0] * 8, [0] * 9 + [1]]  # nothing to learn but shares
    plain = small(crf=crf, max_iter=200).fit(X, y)
    balanced = small(crf=crf, max_iter=200, class_weight="balanced").fit(X, y)
    counts = np.bincount(np.concatenate(y))
    by_hand = small(
        crf=crf, max_iter=200, class_weight=dict(enumerate(27 / (2 * counts)))
    ).fit(X, y)
    assert_allclose(by_hand.theta_, balanced.theta_, rtol=1e-6)
    rare = [
        np.concatenate(tagger.predict_proba(X))[:, 1].mean()
        for tagger in (plain, balanced)
    ]
    assert rare[0] < rare[1]
    with pytest.raises(ValueError, match="'balanced' needs all data at once"):
        small(crf=crf, class_weight="balanced").partial_fit(X, y)


def test_classes_that_are_missing_from_a_part():
    X, y = [[1.0, 2, 3], [4.0, 5], [6.0]], [["a", "b", "c"], ["a", "b"], ["b"]]
    tagger = small(class_weight={"a": 2, "c": 3}, warm_start=True)
    tagger.fit(X, y, X_val=X[1:], y_val=y[1:]).partial_fit(X[2:], y[2:])
    tagger.fit(X[2:], y[2:])
    everything = {"a": 2, "b": 1, "c": 3}
    other = small(class_weight=everything, warm_start=True)
    other.fit(X, y, X_val=X[1:], y_val=y[1:]).partial_fit(X[2:], y[2:])
    assert_array_equal(tagger.theta_, other.fit(X[2:], y[2:]).theta_)


@crf_or_not
def test_balanced_classes_count_weights(crf):
    X, y = data()
    weight = np.arange(20) % 3
    index = np.repeat(np.arange(20), weight)
    weighted = small(crf=crf, class_weight="balanced")
    repeated = clone(weighted).fit([X[i] for i in index], [y[i] for i in index])
    weighted.fit(X, y, sample_weight=weight)
    assert_close(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-6)


@crf_or_not
def test_sample_weight_is_repetition(crf):
    X, y = data()
    weight = np.arange(20) % 3
    index = np.repeat(np.arange(20), weight)
    weighted = small(crf=crf).fit(X, y, sample_weight=weight)
    repeated = small(crf=crf).fit([X[i] for i in index], [y[i] for i in index])
    assert_close(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-6)
    assert weighted.score(X, y, sample_weight=weight) == pytest.approx(
        weighted.score([X[i] for i in index], [y[i] for i in index])
    )
    for wrong, message in [
        (np.ones(19), r"sample_weight.shape == \(19,\), expected \(20,\)"),
        (-np.ones(20), "Negative values in data passed to `sample_weight`"),
        (np.zeros(20), "(?i)weights"),
    ]:
        with pytest.raises(ValueError, match=message):
            small(crf=crf).fit(X, y, sample_weight=wrong)


@crf_or_not
def test_alpha_is_divided_by_the_number_of_steps(crf):
    X, y = data()
    taggers = [
        small(crf=crf, alpha=alpha, solver="sgd", max_iter=1, max_grad_norm=None)
        for alpha in (0.0, 3.0)
    ]
    plain, decayed = (tagger.partial_fit(X, y).theta_ for tagger in taggers)
    first = small(crf=crf, solver="sgd", max_iter=1, learning_rate_init=1e-300)
    before = first.partial_fit(X, y)
    n_steps = sum(map(len, X))
    decays = before._network().layout().decay()
    shrunk = 0.03 * 3.0 / n_steps * before.theta_ * decays
    # Nesterov's first step is 1 + momentum times the gradient.
    assert_allclose(plain - decayed, 1.9 * shrunk, atol=1e-12)


# -- going on --------------------------------------------------------------------------


@crf_or_not
def test_partial_fit(crf):
    X, codes = data()
    y = [LABELS[part] for part in codes]
    expected = small(crf=crf, learning_rate="constant", max_iter=4).fit(X, y)
    tagger = small(crf=crf)
    for epoch in range(1, 5):
        classes = LABELS[::-1] if epoch == 2 else None
        assert tagger.partial_fit(X, y, classes=classes) is tagger
        assert tagger.n_iter_ == len(tagger.loss_curve_) == epoch
    assert_array_equal(tagger.theta_, expected.theta_)
    assert tagger.loss_curve_ == expected.loss_curve_
    before = dict(vars(tagger))
    with pytest.raises(ValueError, match=r"classes \['new'\], which are not among"):
        tagger.partial_fit(X[:1], [["new"]])
    with pytest.raises(ValueError, match="is not the same as on the first call"):
        tagger.partial_fit(X, y, classes=["down", "up"])
    with pytest.raises(ValueError, match="partial_fit does not support early_stop"):
        clone(tagger).set_params(early_stopping=True).partial_fit(X, y)
    assert_unchanged(tagger, before)


@crf_or_not
def test_partial_fit_knows_classes_that_come_later(crf):
    X, codes = data()
    y = [LABELS[part] for part in codes]
    tagger = small(crf=crf).partial_fit(X[:1], y[:1], classes=[*LABELS, "never"])
    assert tagger.classes_.tolist() == ["down", "never", "same", "up"]
    for _ in range(60):
        tagger.partial_fit(X, y)
    assert tagger.score(X, y) > 0.8
    assert {p.shape[1] for p in tagger.predict_proba(X)} == {4}
    with pytest.raises(ValueError, match="which are not among those"):
        small(crf=crf).partial_fit(X, y, classes=["down", "up"])


@crf_or_not
def test_warm_start(crf):
    X, y = data()
    tagger = small(crf=crf, warm_start=True).fit(X, y)
    first = tagger.loss_curve_
    tagger.fit(X, y)
    assert tagger.n_iter_ == 5
    assert len(tagger.loss_curve_) == 10
    assert tagger.loss_curve_[:5] == first
    assert tagger.loss_ < first[-1]
    with pytest.raises(ValueError, match=r"classes \[7\], which are not among"):
        tagger.fit(X, [np.full(len(part), 7) for part in y])
    with pytest.raises(ValueError, match="crf changed since the estimator was fitted"):
        tagger.set_params(crf=not crf).fit(X, y)
    tagger.set_params(crf=crf, warm_start=False).fit(X, y)
    assert_array_equal(tagger.theta_, small(crf=crf).fit(X, y).theta_)


@crf_or_not
def test_held_out_steps(crf):
    X, y = data(30)
    weight = np.arange(10.0)
    tagger = small(crf=crf).fit(
        X[:20], y[:20], X_val=X[20:], y_val=y[20:], sample_weight_val=weight
    )
    score = tagger.score(X[20:], y[20:], sample_weight=weight)
    assert tagger.validation_scores_[-1] == pytest.approx(score)
    assert len(tagger.validation_scores_) == len(tagger.validation_loss_curve_) == 5
    assert tagger.best_validation_score_ == max(tagger.validation_scores_)
    assert_array_equal(tagger.theta_, small(crf=crf).fit(X[:20], y[:20]).theta_)
    if not crf:
        lengths = [len(x) for x in X[20:]]
        p = np.concatenate(tagger.predict_proba(X[20:]))
        p = p[np.arange(len(p)), np.concatenate(y[20:])]
        loss = np.average(-np.log(p), weights=np.repeat(weight, lengths))
        assert tagger.validation_loss_curve_[-1] == pytest.approx(loss)


@crf_or_not
@pytest.mark.parametrize("given", [False, True])
def test_early_stopping_keeps_the_best_weights(crf, given):
    X, y = data(60)
    rng = np.random.RandomState(1)
    y = [np.where(rng.rand(len(part)) < 0.4, 2 - part, part) for part in y]  # overfits
    held_out = {"X_val": X[40:], "y_val": y[40:]} if given else {}
    tagger = small(
        crf=crf,
        early_stopping=True,
        validation_fraction=0.3,
        n_iter_no_change=5,
        max_iter=200,
        learning_rate="constant",
    ).fit(X[:40], y[:40], **held_out)
    assert tagger.n_iter_ == len(tagger.validation_scores_) < 200
    if given:
        assert max(tagger.validation_scores_) > tagger.validation_scores_[-1]
        best = tagger.score(X[40:], y[40:])
        assert best == pytest.approx(tagger.best_validation_score_)


# -- scikit-learn's tools --------------------------------------------------------------


@crf_or_not
def test_cross_validation(crf):
    X, codes = data(24)
    y = [LABELS[part] for part in codes]
    tagger = small(crf=crf, max_iter=40)
    for labels in (y, objects(y)):
        scores = cross_val_score(tagger, X, labels, cv=3, error_score="raise")
        assert scores.shape == (3,)
        assert scores.mean() > 0.6
        predicted = cross_val_predict(tagger, X, labels, cv=3)
        assert predicted.shape == (24,)
        assert [len(part) for part in predicted] == [len(x) for x in X]
        expected = tagger.fit(X[8:], y[8:]).predict(X[:8])
        assert_same(predicted[:8], expected)
        assert scores[0] == step_accuracy_score(y[:8], expected)
    given = cross_val_score(
        tagger, X, y, cv=3, scoring=SCORERS["step_accuracy"], error_score="raise"
    )
    assert_allclose(given, scores)


@crf_or_not
def test_grid_search_of_text(crf):
    sentences = load_tagged_sentences()
    X, y = sentences.data[:60], sentences.entities[:60]
    pipeline = make_pipeline(
        SequenceVectorizer(lowercase=False, token_features=affix_features),
        small(crf=crf, scheme="IOB2" if crf else None, max_iter=8),
    )
    scoring = {name: SCORERS[name] for name in ("entity_f1", "sequence_accuracy")}
    search = GridSearchCV(
        pipeline,
        {"rnnsequencetagger__rnn_type": ["rnn", "gru"]},
        scoring=scoring,
        refit="entity_f1",
        cv=2,
        n_jobs=2,
        error_score="raise",
    )
    with pytest.warns() if not crf else nothing():
        search.fit(X, y)
    for name in scoring:
        assert np.isfinite(search.cv_results_[f"mean_test_{name}"]).all()
    assert [len(part) for part in search.predict(X)] == [len(part) for part in y]


@crf_or_not
def test_copies(crf):
    X, y = data()
    tagger = small(crf=crf).fit(X, y)
    expected = tagger.predict_proba(X)
    copy = pickle.loads(pickle.dumps(tagger))
    assert_same(copy.predict_proba(X), expected)
    assert_array_equal(copy.partial_fit(X, y).theta_, tagger.partial_fit(X, y).theta_)
    fresh = clone(tagger)
    assert not hasattr(fresh, "classes_")
    assert_same(fresh.fit(X, y).predict_proba(X), expected)


@crf_or_not
def test_threads(crf):
    X, y = data(40)
    one = small(crf=crf, n_jobs=1).fit(X, y)
    two = small(crf=crf, n_jobs=2).fit(X, y)
    assert_close(two.predict_proba(X), one.predict_proba(X), rtol=1e-8)
    expected = one.predict(X)
    assert_same(one.set_params(n_jobs=2).predict(X), expected)


# -- a prediction depends on its sequence alone ----------------------------------------


@crf_or_not
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
def test_predictions_of_a_sequence_are_its_own(crf, rnn_type, monkeypatch):
    X, y = data(30)
    tagger = small(crf=crf, rnn_type=rnn_type).fit(X, y)
    expected, p = tagger.predict(X), tagger.predict_proba(X)
    for i, x in enumerate(X):
        assert_same(tagger.predict([x]), expected[i : i + 1])
        assert_close(tagger.predict_proba([x]), p[i : i + 1], rtol=1e-12)
    order = np.random.RandomState(0).permutation(30)
    shuffled = [X[i] for i in order]
    assert_same(tagger.predict(shuffled), expected[order])
    assert_close(tagger.predict_proba(shuffled), p[order], rtol=1e-12)
    padded = Sequences.from_list(X).to_padded(n_steps=11)
    assert_close(tagger.predict_proba(padded), p, rtol=1e-12)
    scattered = Sequences.from_list([*X, *X])[np.r_[45:60, 0:15]]
    assert_same(tagger.predict(scattered), expected[np.r_[15:30, 0:15]])
    monkeypatch.setattr("sklearn_rnn.core.prediction.TOKENS_AT_A_TIME", 3)
    assert_same(tagger.predict(X), expected)
    assert_close(tagger.predict_proba(X), p, rtol=1e-12)


@crf_or_not
def test_empty_sequences(crf):
    X, codes = data(lengths=[3, 0, 2, 4, 0, 1, 3, 2])
    y = [LABELS[part] for part in codes]
    tagger = small(crf=crf).fit(X, y)
    full = [i for i, x in enumerate(X) if len(x)]
    kept = small(crf=crf).fit([X[i] for i in full], [y[i] for i in full])
    assert_close(tagger.predict_proba(X)[full], kept.predict_proba(X)[full])
    for form in (X, [[], *X[1:]], [X[1]], [[]], [[], []]):
        labels, p = tagger.predict(form), tagger.predict_proba(form)
        assert len(labels) == len(p) == len(form)
        for x, part, share in zip(form, labels, p, strict=True):
            assert part.shape == (len(x),)
            assert part.dtype == tagger.classes_.dtype
            assert share.shape == (len(x), 3)
    assert tagger.score(X, y) == tagger.score(
        [X[i] for i in full], [*map(y.__getitem__, full)]
    )
    fitted = small(crf=crf).fit(X, [[], *y[1:]] if not len(X[0]) else y)
    assert_array_equal(fitted.theta_, tagger.theta_)
    with pytest.raises(ValueError, match="no steps"):
        small(crf=crf).fit([[], []], [[], []])


# -- errors ----------------------------------------------------------------------------


def test_scores_of_what_cannot_be_scored():
    X, codes = data()
    y = [LABELS[part] for part in codes]
    tagger = small().fit(X, y)
    with pytest.raises(ValueError, match="Negative values"):
        tagger.score(X, y, sample_weight=-np.ones(20))
    with pytest.raises(ValueError, match=r"that have steps sum to 0\.0"):
        tagger.score([[], X[0]], [[], y[0]], sample_weight=[1, 0])
    with pytest.raises(ValueError, match=r"such as \[\d\], but .* fitted to \['down'"):
        tagger.score(X, codes)
    assert tagger.score(X, [np.full(len(part), "sideways") for part in y]) == 0.0


def assert_unchanged(estimator, before):
    """Every attribute is the very object that it was."""
    assert vars(estimator).keys() == before.keys()
    for name, value in vars(estimator).items():
        assert value is before[name], name


WRONG_Y = {
    "a label too few": (
        lambda y: [*y[:7], y[7][:-1], *y[8:]],
        "Sequence 7 has 3 steps in X, but 2 labels in y",
    ),
    "a label too many": (
        lambda y: [*y[:7], [*y[7], "up"], *y[8:]],
        "Sequence 7 has 3 steps in X, but 4 labels in y",
    ),
    "a padded array too narrow": (
        lambda y: np.full((20, 4), "up"),
        "Sequence 4 has 5 steps in X, but 4 labels in y",
    ),
    "a sequence too few": (lambda y: y[:-1], r"inconsistent.*\[20, 19\]"),
    "text": (
        lambda y: ["up down"] * 20,
        "labels of each sequence, such as a list of lists, but begins with 'up down'",
    ),
    "text among lists": (
        lambda y: [*y[:3], "down", *y[4:]],
        "Labels of sequence 3 must be a list with one for each step, got the text 'dow",
    ),
    "text before lists": (
        lambda y: ["down", *y[1:]],
        "labels of each sequence, such as a list of lists, but begins with 'down'",
    ),
    "flat": (
        lambda y: np.concatenate(y),
        "labels of each sequence, such as a list of lists, but begins with 'up'.*table",
    ),
    "one for each sequence": (lambda y: [part[0] for part in y], "list of lists"),
    "numbers among text": (
        lambda y: [*y[:3], [1, 2, 1, 2], *y[4:]],
        "mixes labels that are text and labels that are numbers",
    ),
    "a number in a list of text": (
        lambda y: [*y[:3], ["up", "up", 2, "up"], *y[4:]],
        "all text or all numbers: y has 2 in sequence 3, step 2, and up before",
    ),
    "None": (
        lambda y: [*y[:3], ["up", "up", "up", None], *y[4:]],
        "y has None in sequence 3, step 3, and up before",
    ),
    "NaN in a list of text": (
        lambda y: [*y[:3], ["up", "up", "up", np.nan], *y[4:]],
        "y has nan in sequence 3, step 3, and up before",
    ),
    "NaN in an object array": (
        lambda y: [*y[:1], np.array(["up", np.nan], dtype=object), *y[2:]],
        "y has nan in sequence 1, step 1, and up before",
    ),
    "NaN": (lambda y: [np.full(len(part), np.nan) for part in y], "contains NaN"),
    "real numbers": (
        lambda y: [np.full(len(part), 0.5) for part in y],
        "Unknown label type: continuous",
    ),
    "two dimensions": (
        lambda y: [part[:, None] for part in y],
        r"Labels of sequence 0 must be one-dimensional, got shape \(1, 1\)",
    ),
    "a number for a list": (
        lambda y: [*y[:3], 4, *y[4:]],
        r"Labels of sequence 3 must be one-dimensional, got shape \(\)",
    ),
    "nothing": (lambda y: None, "requires y to be passed"),
}


@crf_or_not
@pytest.mark.parametrize("what", WRONG_Y)
def test_wrong_labels(what, crf):
    X, codes = data()
    y = [LABELS[part] for part in codes]
    spoil, message = WRONG_Y[what]
    wrong = spoil(y)
    tagger = small(crf=crf)
    before = dict(vars(tagger))
    for method in ("fit", "partial_fit"):
        with pytest.raises(ValueError, match=message):
            getattr(tagger, method)(X, wrong)
        assert_unchanged(tagger, before)
    tagger.fit(X, y)
    before = dict(vars(tagger))
    theta = tagger.theta_.copy()
    with pytest.raises(ValueError, match=message):
        tagger.fit(X, wrong)
    if wrong is not None:
        with pytest.raises(ValueError, match=f"In the validation data: .*{message}"):
            tagger.fit(X, y, X_val=X, y_val=wrong)
    assert_unchanged(tagger, before)
    assert_array_equal(tagger.theta_, theta)


@crf_or_not
def test_wrong_X(crf):
    X, y = data()
    tagger = small(crf=crf)
    bad = [x.copy() for x in X]
    bad[7][2, 1] = np.nan
    with pytest.raises(ValueError, match="NaN in sequence 7, step 2"):
        tagger.fit(bad, y)
    with pytest.raises(ValueError, match="SequenceVectorizer"):
        tagger.fit(["some text"] * 20, y)
    with pytest.raises(ValueError, match="must be given together"):
        tagger.fit(X, y, X_val=X)
    assert not hasattr(tagger, "classes_")
    message = "This RNNSequenceTagger instance is not fitted yet"
    for method in ("predict", "predict_proba"):
        with pytest.raises(NotFittedError, match=message):
            getattr(tagger, method)(X)
    with pytest.raises(NotFittedError, match=message):
        tagger.score(X, y)
    assert not hasattr(tagger, "parameters_")
    tagger.fit(X, y)
    wide, _ = data(width=5)
    message = "X has 5 features per step, but RNNSequenceTagger is expecting 2"
    for method in ("predict", "predict_proba"):
        with pytest.raises(ValueError, match=message):
            getattr(tagger, method)(wide)
    with pytest.raises(ValueError, match="NaN in sequence 7, step 2"):
        tagger.predict(bad)
    with pytest.raises(ValueError, match="Sequence 7 has 3 steps in X, but 2 labels"):
        tagger.score(X, [*y[:7], y[7][:-1], *y[8:]])


@crf_or_not
def test_values_that_overflow_name_their_sequence(crf):
    X, y = data()
    tagger = small(crf=crf, rnn_type="rnn", activation="relu").fit(X, y)
    tagger.theta_ *= 100
    wild = [*X[:3], np.full((4, 2), 1e308), *X[4:]]
    message = "sequence 3 of X are so large"
    with pytest.raises(ValueError, match=message):
        tagger.predict(wild)
    X, y = data(width=20)
    wild = [*X[:3], np.full((4, 20), 1.7e308), *X[4:]]
    tagger = small(crf=crf, rnn_type="rnn", activation="relu")
    with pytest.raises(ValueError, match=message):
        tagger.fit(X, y, X_val=wild, y_val=y)
    assert not hasattr(tagger, "theta_")


@crf_or_not
@pytest.mark.parametrize(("dtype", "rate"), [(np.float32, 1e30), (np.float64, 1e200)])
def test_divergence(dtype, rate, crf):
    X, y = data()
    X = [x.astype(dtype) for x in X]
    diverges = {
        "learning_rate_init": rate,
        "max_grad_norm": None,
        "max_iter": 30,
        "rnn_type": "rnn",
        "activation": "relu",
    }
    tagger = small(crf=crf).fit(X, y)
    expected = tagger.predict_proba(X)
    before = dict(vars(tagger.set_params(**diverges)))
    with pytest.raises(ValueError, match=r"in epoch \d+\. Scale X"):
        tagger.fit(X, y)
    assert_unchanged(tagger, before)
    tagger.set_params(rnn_type="gru", activation="tanh")
    assert_same(tagger.predict_proba(X), expected)


# -- it learns -------------------------------------------------------------------------


def test_what_transitions_alone_can_tell():
    """Steps without a hint alternate, in one of two phases that one step tells."""
    rng = np.random.RandomState(0)
    X, y = [], []
    for i in range(60):
        n, phase = 4 + i % 5, rng.randint(2)
        labels = (np.arange(n) + phase) % 2
        x, place = np.zeros((n, 1)), rng.randint(n)
        x[place] = 2 * labels[place] - 1
        X.append(x)
        y.append(labels)
    X_test, y_test = X[40:], y[40:]
    scores = [
        # One unit that looks back only by its own decay cannot count.
        RNNSequenceTagger(
            1,
            rnn_type="rnn",
            recurrent_dropout=0.99,
            bidirectional=False,
            crf=crf,
            max_iter=150,
            learning_rate_init=0.05,
            random_state=0,
        )
        .fit(X[:40], y[:40])
        .score(X_test, y_test)
        for crf in (False, True)
    ]
    assert scores[0] < 0.75
    assert scores[1] > 0.95


@crf_or_not
def test_looking_ahead(crf):
    """Each label is the sign of the next value."""
    rng = np.random.RandomState(0)
    X = [rng.choice([-1.0, 1.0], size=(5 + i % 4, 1)) for i in range(60)]
    y = [np.r_[x[1:, 0] > 0, False].astype(int) for x in X]
    scores = [
        small(bidirectional=both, crf=crf, max_iter=80, learning_rate_init=0.05)
        .fit(X[:40], y[:40])
        .score(X[40:], y[40:])
        for both in (False, True)
    ]
    assert scores[0] < 0.75
    assert scores[1] > 0.97


@crf_or_not
def test_parts_of_speech(crf):
    X, y = load_tagged_sentences(return_X_y=True)
    model = make_pipeline(
        SequenceVectorizer(lowercase=False, token_features=affix_features),
        RNNSequenceTagger(24, crf=crf, max_iter=40, random_state=0),
    )
    model.fit(X[:200], y[:200])
    seen = {}
    for sentence, tags in zip(X[:200], y[:200], strict=True):
        for word, tag in zip(sentence, tags, strict=True):
            seen.setdefault(word, []).append(tag)
    usual = {word: max(set(tags), key=tags.count) for word, tags in seen.items()}
    baseline = step_accuracy_score(
        y[200:], [[usual.get(word, "NOUN") for word in x] for x in X[200:]]
    )
    accuracy = model.score(X[200:], y[200:])
    assert accuracy > baseline + 0.03
    assert accuracy > 0.85
