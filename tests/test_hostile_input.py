"""What nobody should pass: each is refused by name, and nothing crashes."""

from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
    SequenceVectorizer,
    StepwiseTransformer,
    check_sequences,
    labels_from_frame,
    metrics,
)
from sklearn_rnn.datasets import read_conll, read_labelled, read_lines, read_ts

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

QUICK = {"hidden_layer_sizes": 2, "max_iter": 1, "random_state": 0}
X = [[1.0, 2.0], [3.0], [2.0, 1.0], [0.0]]
LABELS = ["a", "b", "a", "b"]


def broken(part, value):
    """A CSR array (2, 3), one of whose parts was overwritten."""
    table = sparse.csr_array(np.eye(2, 3))
    getattr(table, part)[-1] = value
    return table


def objects(*items):
    """An array (n,) of any items."""
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = item
    return array


def nested():
    """A list that contains itself."""
    own = [1.0]
    own.append(own)
    return own


# -- sparse ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "value"), [("indices", 10**6), ("indices", -1), ("indptr", 9)]
)
def test_sparse_parts_that_contradict_each_other(part, value):
    with pytest.raises(ValueError, match="In values: "):
        Sequences(broken(part, value), [1, 1])
    with pytest.raises(ValueError, match="In sequence 1: "):
        check_sequences([sparse.csr_array((2, 3)), broken(part, value)])


def test_pointers_that_go_back():
    table = sparse.csr_array(np.eye(3, 2))
    table.indptr[:] = [0, 1, 2, -1]
    with pytest.raises(ValueError, match="In values: indptr must be"):
        Sequences(table, [1, 2])


def test_other_formats_whose_indices_lie_outside():
    table = sparse.coo_array(np.eye(2, 3))
    table.row[:] = 7
    with pytest.raises(ValueError, match="In values: "):
        Sequences(table, [1, 1])
    table = sparse.csc_array(np.eye(2, 3))
    table.indices[0] = 7
    with pytest.raises(ValueError, match="In values: "):
        Sequences(table, [1, 1])


def test_a_sparse_document():
    with pytest.raises(TypeError, match="Document 0 is the csr_array"):
        SequenceVectorizer().fit([broken("indices", 10**6)])


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "bsr", "lil", "dok", "dia"])
def test_every_sparse_format_stays_as_it_was(kind):
    table = getattr(sparse, f"{kind}_array")(np.eye(3))
    before = table.toarray()
    assert Sequences(table, [2, 1]).values.format == "csr"
    assert table.format == kind
    np.testing.assert_array_equal(table.toarray(), before)


def test_sparse_labels_and_conditions():
    table = sparse.csr_array(np.ones((4, 1)))
    for y in (table, [table] * 4):
        with pytest.raises((TypeError, ValueError), match=r"\by\b"):
            RNNClassifier(**QUICK).fit(X, y)
        with pytest.raises((TypeError, ValueError), match=r"\by\b"):
            RNNGenerator(**QUICK).fit(X, y)
        with pytest.raises((TypeError, ValueError), match=r"\by\b"):
            RNNRegressor(**QUICK).fit(X, y)


# -- arrays ----------------------------------------------------------------------------


def test_masked_elements():
    masked = np.ma.masked_array(np.ones((4, 2)), np.eye(4, 2, dtype=bool))
    with pytest.raises(ValueError, match="X has masked elements"):
        check_sequences(masked)
    with pytest.raises(ValueError, match="sequence 0 has masked elements"):
        check_sequences([masked, masked])
    with pytest.raises(ValueError, match="sample_weight has masked elements"):
        RNNClassifier(**QUICK).fit(X, LABELS, sample_weight=masked[:, 0])
    with pytest.raises(ValueError, match="y has masked elements"):
        RNNClassifier(**QUICK).fit(X, masked[:, 0])
    check_sequences(np.ma.masked_array(np.ones((4, 2))))  # none of which is


@pytest.mark.parametrize(
    "item", [10**400, Decimal("sNaN"), 1j, np.complex64(1j), np.ones(1), [1.0], None]
)
def test_objects_that_are_no_numbers(item):
    values = np.array([[1.0], [2.0]], dtype=object)
    values[1, 0] = item
    with pytest.raises(TypeError, match=r"holds a .* in sequence 0, step 1"):
        check_sequences(Sequences(values, [2]))


def test_objects_too_large_for_a_float():
    large = np.longdouble("1e4000")
    with np.errstate(over="ignore"):
        fits = np.isfinite(np.float64(large))
    if fits:
        pytest.skip("longdouble is float64 here")
    with pytest.raises(ValueError, match="infinity in sequence 0, step 1"):
        check_sequences([[objects(1.0), objects(large)], [[2.0]]])


def test_text_without_steps():
    with pytest.raises(ValueError, match="holds text: text must become numbers"):
        check_sequences(Sequences(np.empty((0, 2), "U1"), [0]))


def test_dtypes_that_do_not_go_together():
    parts = [np.ones(2), np.zeros(2, "V8")]
    with pytest.raises(TypeError, match="Sequences must be of one kind"):
        Sequences.from_list(parts)


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([2**62, 2**62, 2**62, 2**62, 2], "lengths sum to 18446744073709551618"),
        (np.array([2**63 + 2], np.uint64), "lengths sum to 9223372036854775810"),
        ([[1], [1, 2]], "In lengths: "),
        ([-1, 3], r"lengths\[0\] is -1"),
        (np.array([], "U1"), "lengths sum to 0, but values has 2 rows"),
    ],
)
def test_lengths(lengths, message):
    with pytest.raises(ValueError, match=message):
        Sequences(np.ones((2, 1)), lengths)


def test_a_stride_that_no_array_holds():
    windows, _ = Sequences.from_windows(np.arange(6.0), 3, stride=10**30)
    assert len(windows) == 1


def test_what_sequences_refuse():
    sequences = Sequences.from_list(X)
    with pytest.raises(TypeError, match="sequences must be a list"):
        Sequences.from_list(3)
    with pytest.raises(ValueError, match="In X: "):
        Sequences.from_padded([[1, 2], [3]])
    with pytest.raises(TypeError, match="n_steps must be an integer, got '5'"):
        sequences.to_padded(n_steps="5")
    with pytest.raises(TypeError, match="fill_value must be one number"):
        sequences.to_padded(fill_value={})
    for index in (2**70, [2**70], np.uint64(2**63)):
        with pytest.raises(IndexError):
            sequences[index]


def test_padding_beside_what_cannot_be_compared():
    values = np.full((2, 2, 1), np.nan, dtype=object)
    values[0, 0, 0] = np.ones(2)
    assert Sequences.from_padded(values).lengths.tolist() == [1, 0]


# -- labels and weights ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", 1, "a", "b"], "mixes labels that are text"),
        (objects("a", 1, "a", "b"), "mixes labels that are text"),
        (objects("a", None, "a", "b"), "contains NaN: there is no label in place 1"),
        (objects("a", {}, "a", "b"), "y has {} in place 1"),
        (np.zeros(4, "V2"), "y has dtype"),
        ([[1], [1, 2], [3], [4]], "several labels for each sequence"),
    ],
)
def test_labels(y, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**QUICK).fit(X, y)


def test_other_labels_than_in_fit():
    classifier = RNNClassifier(**QUICK, warm_start=True).fit(X, LABELS)
    with pytest.raises(ValueError, match="labels such as 1, but"):
        classifier.partial_fit(X, [1, 2, 1, 2])
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[4, 0\]"):
        classifier.partial_fit(X, np.zeros(0, "M8[s]"))
    with pytest.raises(ValueError, match="mixes labels"):
        classifier.partial_fit(X, LABELS, classes=["a", -(2**63) - 1])
    with pytest.raises(ValueError, match="Input y contains NaN"):
        classifier.partial_fit(X, LABELS, classes=[Decimal("sNaN"), 1])
    with pytest.raises(ValueError, match="not among those"):
        RNNClassifier(**QUICK).partial_fit(X, LABELS, classes=np.array([]))


def test_labels_of_steps():
    tagger = RNNSequenceTagger(**QUICK).fit(X, [["a", "b"], ["b"], ["a", "b"], ["a"]])
    with pytest.raises(TypeError, match="y must be the labels of each sequence"):
        tagger.score(X, None)
    with pytest.raises(ValueError, match="In y"):
        RNNSequenceTagger(**QUICK).fit(X, [["a", ["a"]], ["b"], ["a", "b"], ["a"]])
    with pytest.raises(TypeError, match="y is sparse"):
        RNNSequenceTagger(**QUICK).fit(X, sparse.csr_array((4, 2)))
    odd = [objects(1, [2, 3]), objects(1), objects(0, 1), objects(0)]
    with pytest.raises(ValueError, match="In y: "):
        RNNSequenceTagger(**QUICK).fit(X, odd)
    with pytest.raises(ValueError, match="In y: "):
        RNNSequenceTagger(**QUICK).fit(X, [objects([1], [2]), [1], [0, 1], [0]])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([[1, 2], [1], [2], [3]], "In y: "),
        ([10**400, 1, 2, 3], "In y: "),
        (np.zeros(4, "V2"), "y has dtype"),
        (objects({}, 1, 2, 3), "has {} in place 0"),
        (objects(Decimal("sNaN"), 1, 2, 3), "In y|y "),
        ([[np.inf], [-np.inf], [1], [2]], "y contains infinity"),
    ],
)
def test_conditions(y, message):
    with pytest.raises((TypeError, ValueError), match=message):
        RNNGenerator(**QUICK).fit(X, y)


@pytest.mark.parametrize("y", [[1.0, 10**400, 2, 3], [1.0, {}, 2.0, 3.0]])
def test_targets_of_the_regressor(y):
    with pytest.raises((TypeError, ValueError), match="In y: "):
        RNNRegressor(**QUICK).fit(X, y)


@pytest.mark.parametrize("weight", [["a"] * 4, [1, 10**400, 1, 1], [[1], [1, 2]]])
def test_weights(weight):
    with pytest.raises((TypeError, ValueError), match="sample_weight"):
        RNNClassifier(**QUICK).fit(X, LABELS, sample_weight=weight)


def test_complex_numbers_are_not_cut():
    for y in ([1.0, 1j, 2.0, 3.0], objects(1.0, np.complex64(1j), 2.0, 3.0)):
        with pytest.raises((TypeError, ValueError), match=r"(?i)complex"):
            RNNRegressor(**QUICK).fit(X, y)
    with pytest.raises(ValueError, match="In sample_weight: Complex data"):
        RNNClassifier(**QUICK).fit(X, LABELS, sample_weight=np.complex64(1j))


@pytest.mark.parametrize("weight", [[1e200] * 4, [1e308] * 4, [1.0, 1e308, 0, 0]])
def test_weights_that_would_overflow(weight):
    with pytest.raises(ValueError, match="sample_weight sums to"):
        RNNClassifier(**QUICK).fit(X, LABELS, sample_weight=weight)
    generator = RNNGenerator(**QUICK).fit(X)
    with pytest.raises(ValueError, match="sample_weight sums to"):
        generator.score(X, sample_weight=weight)


def test_weights_whose_sum_is_infinite():
    y = [["O", "B-X"], ["O"]]
    for score in (
        metrics.step_accuracy_score,
        metrics.sequence_error_rate,
        metrics.entity_f1_score,
    ):
        with pytest.raises(ValueError, match="sample_weight sums to inf"):
            score(y, y, sample_weight=[1e308, 1e308])


# -- options ---------------------------------------------------------------------------


def test_options_of_generating():
    generator = RNNGenerator(**QUICK).fit(["ab", "ba"])
    with pytest.raises(ValueError, match="its state is a dok_matrix"):
        generator.__setstate__(sparse.dok_matrix((2, 2)))
    for name, value in (
        ("temperature", 10**400),
        ("temperature", Decimal("1.5")),
        ("top_k", np.timedelta64(1, "D")),
        ("top_p", np.void(b"a")),
        ("no_repeat_ngram_size", None),
    ):
        with pytest.raises(ValueError, match=f"{name} must be"):
            generator.generate(**{name: value})
    with pytest.raises(ValueError, match="random_state"):
        generator.sample(random_state=2**64)
    with pytest.raises(ValueError, match="per must be"):
        generator.cross_entropy(["ab"], per=np.void(b"a"))
    bits = RNNGenerator(**QUICK).fit([[[0, 1], [1, 1]], [[1, 0]]])
    assert bits.distribution_ == "bernoulli"
    assert bits.sample(temperature=2**70, random_state=0).shape == (1, 2, 2)
    assert bits.forecast([[[0, 1]]], 1, temperature=2**70).shape == (1, 100, 1, 2)
    numbers = RNNGenerator(**QUICK).fit(X)
    with pytest.raises(ValueError, match="In quantiles: "):
        numbers.forecast(X, 1, quantiles=[[0.1], [0.2, 0.3]])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden_layer_sizes", 10**400),
        ("hidden_layer_sizes", (3, 2**63)),
        ("embedding_dim", 10**30),
        ("epsilon", 10**400),
        ("batch_size", 2**64),
    ],
)
def test_parameters_that_are_too_large(name, value):
    classifier = RNNClassifier(**QUICK | {name: value})
    with pytest.raises(ValueError, match=f"{name} is too large"):
        classifier.fit(X, LABELS)


@pytest.mark.parametrize("value", [np.timedelta64(3, "D"), Fraction(1, 3)])
def test_a_time_span_or_a_fraction_is_no_number(value):
    for name in ("random_state", "batch_size", "alpha", "tol"):
        classifier = RNNClassifier(**QUICK | {name: value})
        with pytest.raises(TypeError, match=f"{name} must be"):
            classifier.fit(X, LABELS)


@pytest.mark.parametrize("value", [np.timedelta64(3, "D"), True])
def test_a_time_span_or_a_truth_value_is_no_count(value, tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("a\tb\n")
    with pytest.raises(TypeError, match="n_steps must be an integer"):
        Sequences.from_list(X).to_padded(n_steps=value)
    with pytest.raises(ValueError, match="zero_division must be"):
        metrics.entity_f1_score([["O"]], [["O"]], zero_division=value)
    with pytest.raises(TypeError, match="label and text must be numbers of columns"):
        read_labelled(path, text=value)
    with pytest.raises(TypeError, match="length must be a number of steps"):
        Sequences.from_windows([1.0, 2.0, 3.0, 4.0], length=value)


def test_widths_of_other_kinds_of_integers():
    classifier = RNNClassifier(**QUICK, embedding_dim=True).fit(X, LABELS)
    assert classifier.predict(X).shape == (4,)
    translator = RNNTranslator(**QUICK, target_embedding_dim=np.int8(70))
    assert len(translator.fit(["ab", "b"], ["b", "ab"]).predict(["a"])) == 1


def test_no_threads():
    with pytest.raises(ValueError, match="n_jobs must not be 0"):
        RNNClassifier(**QUICK, n_jobs=0).fit(X, LABELS)


def test_a_gradient_that_is_not_finite():
    regressor = RNNRegressor(**QUICK).fit(X, [1.0, 2.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="The loss is inf"):
        regressor.partial_fit(X, [-1e308] * 4)


def test_no_regular_expression():
    with pytest.raises(ValueError, match="token_pattern is no regular expression"):
        SequenceVectorizer(token_pattern="[a").fit(["a"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_table_that_pandas_cannot_take_apart():
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame({"who": ["a"], b"x": [1.0], np.nan: [2.0]})
    with pytest.raises(ValueError, match="In columns: "):
        Sequences.from_frame(df, by="who")
    df = pd.DataFrame({"who": objects(bytearray(b"a")), "x": [1.0]})
    with pytest.raises(TypeError, match="In by: unhashable"):
        Sequences.from_frame(df, by="who")
    df = pd.DataFrame({"who": objects(Decimal("sNaN")), "x": [1.0]})
    with pytest.raises((TypeError, ValueError), match="In by: "):
        Sequences.from_frame(df, by="who")
    for by in (sparse.bsr_array((2, 2)), np.array(object()), object()):
        with pytest.raises(TypeError, match="by must be the name of a column"):
            Sequences.from_frame(df, by=by)
    strange = pd.Series(objects("who", Decimal("sNaN")))
    for by in (["who", ["x"]], ["who", np.void(b"a")], strange):
        with pytest.raises(TypeError, match=r"by must be names, but by\[1\] is a"):
            Sequences.from_frame(df, by=by)
    with pytest.raises(TypeError, match=r"but by\[1\] is a list"):
        Sequences.from_frame(df, by=("who", ["x"]))


def test_a_column_without_a_name_tells_sequences_apart():
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame([["a", 1.0], ["b", 2.0], ["a", 3.0]], columns=[np.nan, 7])
    read = Sequences.from_frame(df, by=[np.nan], columns=[7])
    assert [x.ravel().tolist() for x in read] == [[1.0, 3.0], [2.0]]


def test_names_of_a_table_that_are_no_unicode():
    pd = pytest.importorskip("pandas")

    class Arrow(pd.DataFrame):
        """As pandas does if it keeps text in Arrow's arrays."""

        def __getitem__(self, key):
            if isinstance(key, list) and "\ud800" in key:
                "\ud800".encode()
            return super().__getitem__(key)

    df = Arrow({"who": ["a"], "\ud800": [1.0], 3: [2.0]})
    with pytest.raises(ValueError, match="In columns: "):
        Sequences.from_frame(df, by="who")


def test_words_of_a_table_that_are_no_unicode():
    pd = pytest.importorskip("pandas")
    words = pd.Series(["\ud800", "b"], dtype=object)
    df = pd.DataFrame({"who": ["a", "a"], "word": words})
    [words] = labels_from_frame(df, by="who", column="word")
    assert words.tolist() == ["\ud800", "b"]


def test_labels_of_a_table_that_signal(monkeypatch):
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame({"who": ["a"], "word": objects(Decimal("sNaN"))})

    def compare(_):  # as new versions of pandas do, which old ones keep to themselves
        return Decimal("sNaN") < 0

    with monkeypatch.context() as patch:
        patch.setattr(pd.Series, "isna", compare)
        with pytest.raises(ValueError, match="In column: "):
            labels_from_frame(df, by="who", column="word")
    with pytest.raises(TypeError, match="column must be the name of one column"):
        labels_from_frame(df, by="who", column=df["word"])


def test_classes_that_are_infinite():
    with pytest.raises(ValueError, match="y contains infinity"):
        RNNClassifier(**QUICK).partial_fit(X, LABELS, classes=[np.inf, -np.inf])


def test_numbers_and_flags_of_numpy():
    generator = RNNGenerator(**QUICK).fit(["ab", "ba"])
    assert generator.sample(temperature=np.float16(1.5), random_state=0)
    vectorizer = SequenceVectorizer(add_sos=np.True_, add_eos=np.False_)
    assert vectorizer.fit_transform(["a b"]).lengths.tolist() == [3]


def test_conditions_whose_sum_is_infinite():
    with pytest.raises(ValueError, match="sum of the conditions in y is infinite"):
        RNNGenerator(**QUICK).fit(X, [1e308, 1e308, 0.5, 1e308])


def test_huge_prefix():
    one_hot = SequenceVectorizer().fit_transform(["a b", "b"])
    generator = RNNGenerator(**QUICK).fit(one_hot)
    with pytest.raises(ValueError, match="not one-hot"):
        generator.generate(np.full((1, 2, 4), 1e308), max_new_tokens=1)
    with pytest.raises(ValueError, match="In prefix: "):
        generator.suggest(np.ones((1, 2, 1, 4)))


def test_targets_that_are_deques():
    with pytest.raises(ValueError, match="Tokens in y must be text or integers"):
        RNNTranslator(**QUICK).fit(X, [deque([1.0, 2.0])] * 4)


def test_options_of_translating():
    translator = RNNTranslator(**QUICK).fit(["ab", "ba"], ["ba", "ab"])
    with pytest.raises(TypeError, match="n_best must be a number of translations"):
        translator.predict_n_best(["ab"], np.timedelta64(1, "D"))


@pytest.mark.parametrize("dtype", [nested(), "a", "V2", ">f4"])
def test_dtype_of_the_vectorizer(dtype):
    with pytest.raises(ValueError, match="dtype must be float32"):
        SequenceVectorizer(dtype=dtype).fit(["a b"])


def test_steps_that_a_transformer_cannot_read():
    records = StepwiseTransformer(DictVectorizer())
    with pytest.raises(TypeError, match="DictVectorizer cannot read the steps of X"):
        records.fit(X)
    for steps in ([[[1.0, 2.0]]], [sparse.csr_array((2, 1))]):
        with pytest.raises(ValueError, match="X must have one object for each step"):
            records.fit(steps)
    with pytest.raises((TypeError, ValueError), match="In X: "):
        StepwiseTransformer().fit([["1", "b"], ["c"]])


def test_inverse_of_no_numbers():
    vectorizer = SequenceVectorizer(output="onehot").fit(["a b"])
    values = np.full((1, 2, 4), "a")
    with pytest.raises(ValueError, match="Input X holds"):
        vectorizer.inverse_transform(values)


# -- metrics ---------------------------------------------------------------------------


def test_tokens_that_cannot_be_compared():
    for tokens in ([{}], objects(set()), [["a"]], [np.void(b"a")]):
        with pytest.raises(ValueError, match="Sequence 0 of y_pred must be text or"):
            metrics.token_error_rate(["a"], [tokens])


def test_arguments_of_metrics():
    y = [["O", "B-X"]]
    with pytest.raises(ValueError, match="digits must be an integer"):
        metrics.entity_report(y, y, digits="3")
    with pytest.raises(TypeError, match="output_dict must be an instance of"):
        metrics.entity_report(y, y, output_dict=NotImplemented)
    with pytest.raises(ValueError, match="average must be"):
        metrics.entity_f1_score(y, y, average=np.void(b"a"))
    with pytest.raises(ValueError, match="n_steps must be an integer"):
        metrics.mark_entities([], "3")
    with pytest.raises(TypeError, match="entities must be a list"):
        metrics.mark_entities(3, 3)
    with pytest.raises(TypeError, match="entities must be a list"):
        metrics.mark_entities(broken("indptr", 9), 3)
    with pytest.raises(ValueError, match="zero_division must be"):
        metrics.entity_f1_score(y, y, zero_division=10**30)
    with pytest.raises(TypeError, match="vectorizer must be a SequenceVectorizer"):
        metrics.memorization_report(["a"], ["b"], vectorizer="char")
    with pytest.raises(ValueError, match="In ngram_sizes: "):
        metrics.memorization_report(["a"], ["b"], ngram_sizes=[[1], 2])
    with pytest.raises(TypeError, match="Item 0 of samples must hold tokens"):
        metrics.memorization_report([[{}]], [["a"]])
    with pytest.raises(TypeError, match="samples must be a list"):
        metrics.memorization_report(sparse.dia_array((2, 2)), ["b"])
    with pytest.raises(TypeError, match="y_pred must be a list"):
        metrics.token_error_rate(["a"], sparse.coo_array((1, 2)))


def test_a_token_that_cannot_be_hashed():
    with pytest.raises(TypeError, match="In y_true and y_pred: Cannot hash"):
        metrics.token_error_rate([[Decimal("sNaN"), 1]], [[1, 2]])


def test_translations_of_two_kinds():
    pytest.importorskip("sacrebleu")
    with pytest.raises(ValueError, match="all text, or all lists of words"):
        metrics.bleu_score(["a b", ["c"]], ["a", ["c"]])


def test_weights_of_opposite_infinities():
    with pytest.raises(ValueError, match="sample_weight contains infinity"):
        RNNClassifier(**QUICK).fit(X, LABELS, sample_weight=[np.inf, -np.inf, 1, 1])


def test_a_weight_of_another_kind_of_number():
    generator = RNNGenerator(**QUICK).fit(X)
    score = generator.score(X, sample_weight=Decimal("1.5"))
    assert score == pytest.approx(generator.score(X))
    with pytest.raises(ValueError, match="In sample_weight: "):
        generator.score(X, sample_weight=Decimal("NaN"))
    with pytest.raises(ValueError, match="sample_weight contains NaN"):
        generator.score(X, sample_weight=np.float64("nan"))
    with pytest.raises(TypeError, match="In sample_weight: must be numbers"):
        generator.score(X, sample_weight=np.timedelta64(1, "D"))


def test_entities_may_come_one_by_one():
    entities = (entity for entity in [("X", 1, 2), ("X", 0, 1)])
    assert metrics.mark_entities(entities, 3) == ["B-X", "B-X", "O"]


# -- readers ---------------------------------------------------------------------------


@pytest.mark.parametrize("read", [read_lines, read_labelled, read_conll, read_ts])
def test_what_is_no_path_or_encoding(read, tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("a\tb\n")
    with pytest.raises(TypeError, match="path must lead to a file, got None"):
        read(None)
    for encoding in ("no such", "hex", "a\x00b", None, 3):
        with pytest.raises(ValueError, match="encoding must be one of text"):
            read(path, encoding=encoding)


def test_columns_and_separators(tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("a\tb\n")
    with pytest.raises(TypeError, match="label and text must be numbers of columns"):
        read_labelled(path, label="a")
    with pytest.raises(TypeError, match="columns must be numbers of columns"):
        read_conll(path, columns=3)
    with pytest.raises(TypeError, match="separator must be a string or None"):
        read_labelled(path, separator="")
    with pytest.raises(TypeError, match="comment must be a string or None"):
        read_conll(path, comment=3)
