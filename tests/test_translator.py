"""The translator: what it learns, writes, reads and refuses."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNTranslator, Sequences, SequenceVectorizer
from sklearn_rnn.core import prediction
from sklearn_rnn.core.encoder_decoder import Writer
from sklearn_rnn.core.heads import log_softmax
from sklearn_rnn.core.scanning import Windows
from sklearn_rnn.core.training import Data
from sklearn_rnn.metrics import SCORERS, sequence_error_rate, token_error_rate

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
PAIRS = {
    f"{t} {o}": f"{i}{j}"
    for i, t in enumerate(TENS, 2)
    for j, o in enumerate(NUMBERS, 1)
}
X, Y = list(PAIRS), list(PAIRS.values())
SMALL = dict(hidden_layer_sizes=16, max_iter=3, random_state=0)


@pytest.fixture(scope="module")
def numbers():
    """Reads numbers in words well, but not perfectly."""
    model = RNNTranslator(24, max_iter=60, batch_size=16, random_state=0)
    return model.fit(X, Y)


def random_words(n, seed):
    """Words of up to 20 letters."""
    rng = np.random.RandomState(seed)
    letters = np.array(list("abcdefgh"))
    lengths = rng.randint(1, 21, size=n)
    return ["".join(letters[rng.randint(8, size=length)]) for length in lengths]


# -- what it learns --------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1], ids=["copy", "reversal"])
def test_copies_and_reverses_exactly(order):
    train, test = random_words(4000, 0), random_words(300, 1)
    model = RNNTranslator(
        64, rnn_type="lstm", batch_size=32, max_iter=12, random_state=0
    )
    model.fit(train, [word[::order] for word in train])
    assert model.score(test, [word[::order] for word in test]) == 1.0


def test_keeps_the_first_and_the_last_word():
    rng = np.random.RandomState(0)
    texts = [" ".join(rng.choice(NUMBERS, size=rng.randint(2, 9))) for _ in range(1000)]
    ends = [f"{text.split()[0]} {text.split()[-1]}" for text in texts]
    model = RNNTranslator(
        32,
        source_vectorizer=SequenceVectorizer(),
        target_vectorizer=SequenceVectorizer(),
        max_iter=8,
        batch_size=16,
        random_state=0,
    )
    model.fit(texts[:800], ends[:800])
    assert model.score(texts[800:], ends[800:]) == 1.0


def test_without_attention_short_words_are_learned():
    model = RNNTranslator(48, attention=None, max_iter=40, batch_size=8, random_state=0)
    assert model.fit(X, Y).score(X, Y) > 0.95


def test_captions_of_vectors():
    rng = np.random.RandomState(0)
    vectors = rng.normal(size=(200, 3))
    captions = [["pos" if v > 0 else "neg" for v in row] for row in vectors]
    model = RNNTranslator(32, max_iter=30, random_state=0)
    model.fit(vectors[:150, None], captions[:150])
    assert model.score(vectors[150:, None], captions[150:]) > 0.8


def test_frames_to_text():
    rng = np.random.RandomState(0)
    signs = [rng.randint(2, size=n) for n in rng.randint(1, 6, size=120)]
    frames = [
        np.repeat(s, 3)[:, None] + 0.1 * rng.normal(size=(3 * len(s), 1)) for s in signs
    ]
    text = ["".join("ab"[i] for i in s) for s in signs]
    model = RNNTranslator(32, max_iter=60, batch_size=16, random_state=0)
    assert model.fit(frames, text).score(frames, text) > 0.9


# -- what y was, predictions are -------------------------------------------------------


def test_text_comes_back_as_text(numbers):
    written = numbers.predict(X[:3])
    assert written.dtype == object
    assert written.shape == (3,)
    assert written.tolist() == Y[:3]
    assert numbers.predict("forty two").tolist() == ["42"]
    assert numbers.target_kind_ == "text"
    assert numbers.target_tokens_[2:].tolist() == list("123456789")


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series])
def test_containers_of_text(container):
    model = RNNTranslator(**SMALL).fit(container(X), container(Y))
    expected = clone(model).fit(X, Y)
    assert model.predict(container(X)).tolist() == expected.predict(X).tolist()
    np.testing.assert_array_equal(model.theta_, expected.theta_)


def test_lists_of_strings_come_back_as_such():
    words = [text.split() for text in X]
    spoken = [["NUM", *number] for number in Y]
    model = RNNTranslator(**SMALL).fit(words, spoken)
    written = model.predict(words)
    assert written.dtype == object
    assert all(isinstance(one, list) for one in written)
    assert {token for one in written for token in one} <= {"NUM", *"123456789"}
    assert model.target_kind_ == "tokens"


@pytest.mark.parametrize("kind", [list, np.array])
def test_lists_of_numbers_come_back_as_arrays(kind):
    digits = [kind([int(d) * 10 for d in number]) for number in Y]
    model = RNNTranslator(24, max_iter=40, batch_size=16, random_state=0).fit(X, digits)
    written = model.predict(X)
    assert model.target_kind_ == "values"
    assert written[0].dtype.kind == "i"
    assert model.score(X, digits) == np.mean(
        [np.array_equal(a, b) for a, b in zip(written, digits, strict=True)]
    )
    assert model.score(X, digits) > 0.5


def test_rows_of_an_array_are_sequences():
    digits = np.array([[int(d) for d in number] for number in Y])
    model = RNNTranslator(**SMALL).fit(X, digits)
    expected = RNNTranslator(**SMALL).fit(X, digits.tolist())
    np.testing.assert_array_equal(model.theta_, expected.theta_)


def test_single_values_come_back_as_such():
    lengths = np.array([len(text) for text in X])
    model = RNNTranslator(32, max_iter=60, random_state=0).fit(X, lengths)
    written = model.predict(X)
    assert model.target_kind_ == "scalars"
    assert written.dtype == lengths.dtype
    assert written.shape == lengths.shape
    assert model.score(X, lengths) == np.mean(written == lengths) > 0.5
    with pytest.warns(DataConversionWarning):
        column = clone(model).set_params(**SMALL).fit(X, lengths[:, None])
    assert column.target_kind_ == "scalars"


@pytest.mark.parametrize("kind", ["frame", "array"])
def test_a_column_is_its_values(kind):
    column = pd.DataFrame({"y": Y}) if kind == "frame" else np.array(Y)[:, None]
    with pytest.warns(DataConversionWarning, match="ravel"):
        model = RNNTranslator(**SMALL).fit(X, column)
    assert model.target_kind_ == "text"
    np.testing.assert_array_equal(model.theta_, RNNTranslator(**SMALL).fit(X, Y).theta_)
    rows = RNNTranslator(**SMALL).fit(X[:4], [[1, 2], [2], [1], [2, 2]])
    rows.partial_fit(X[:2], np.array([[1], [2]]))  # no column for one that knows rows


@pytest.mark.parametrize("truncating", ["pre", "post"])
def test_truncated_targets_are_what_is_compared(truncating):
    words = [list("aaabbb"), list("bbbaaa")] * 10
    cut = SequenceVectorizer(max_length=4, truncating=truncating)
    model = RNNTranslator(16, target_vectorizer=cut, max_iter=60, random_state=0)
    model.fit(words, words)
    expected = "abbb" if truncating == "pre" else "aaab"
    assert model.predict(words[:1])[0] == list(expected)
    assert model.score(words, words) == 1.0


@pytest.mark.parametrize(
    "options",
    [{}, {"token_pattern": r"\S+"}, {"tokenizer": list}, {"analyzer": str.split}],
    ids=str,
)
def test_what_was_learned_is_written_as_it_was(options):
    french = ["tu es là !", 'il dit : "oui".', "est-ce (vrai) ?"] * 5
    words = SequenceVectorizer(lowercase=False, **options)
    model = RNNTranslator(32, target_vectorizer=words, max_iter=150, random_state=0)
    model.fit(french, french)
    assert model.predict(french[:3]).tolist() == french[:3]
    assert model.score(french, french) == 1.0
    assert sequence_error_rate(french, model.predict(french)) == 0.0


def test_words_are_joined_as_a_writer_would():
    french = ["il fait beau.", "il pleut.", "il neige !"] * 5
    words = SequenceVectorizer(lowercase=False)
    model = RNNTranslator(16, target_vectorizer=words, max_iter=100, random_state=0)
    assert model.fit(french, french).predict(["il pleut."]).tolist() == ["il pleut."]


# -- searching -------------------------------------------------------------------------


def test_a_prediction_depends_on_nothing_beside_it(numbers):
    odd = [*X[::5], "one", "seven eight nine seven", "x"]
    together = numbers.predict_n_best(odd, n_best=3)
    for i, text in enumerate(odd):
        written, scores = numbers.predict_n_best([text], n_best=3)
        assert written[0].tolist() == together[0][i].tolist()
        np.testing.assert_allclose(scores[0], together[1][i], rtol=1e-4)
    turned = numbers.predict(odd[::-1])[::-1]
    assert turned.tolist() == numbers.predict(odd).tolist()


@pytest.mark.parametrize("n_tokens", [1, 40, 10**6])
def test_a_prediction_does_not_depend_on_the_size_of_batches(
    numbers, monkeypatch, n_tokens
):
    expected = numbers.predict_n_best(X, n_best=3)
    log_p = numbers.score_samples(X, Y)
    monkeypatch.setattr(prediction, "TOKENS_AT_A_TIME", n_tokens)
    written, scores = numbers.predict_n_best(X, n_best=3)
    assert [list(own) for own in written] == [list(own) for own in expected[0]]
    np.testing.assert_allclose(scores, expected[1], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(numbers.score_samples(X, Y), log_p, rtol=1e-4, atol=1e-6)


def test_scores_are_log_likelihoods(numbers):
    written, scores = numbers.predict_n_best(X, n_best=4)
    for place in range(4):
        targets = [own[place] for own in written]
        expected = numbers.score_samples(X, targets)
        found = [own[place] for own in scores]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        numbers.score_samples(X), [own[0] for own in scores], rtol=1e-4, atol=1e-5
    )


def test_probabilities_of_all_targets_sum_to_one():
    model = RNNTranslator(8, max_iter=2, random_state=0)
    model.fit(np.random.RandomState(0).normal(size=(20, 4, 2)), ["a", "aa"] * 10)
    # Padding and unknown tokens have probabilities, too, so a share is missing.
    x = np.ones((1, 3, 2))
    p = [np.exp(model.score_samples(x, ["a" * n]))[0] for n in range(1, 40)]
    assert 0.5 < sum(p) < 1.0
    numbers = clone(model).fit(np.ones((20, 4, 2)), [[1], [1, 1]] * 10)
    p = [np.exp(numbers.score_samples(x, [[1] * n]))[0] for n in range(1, 60)]
    # All targets of the one token: those that do not end at once.
    network = numbers._network()
    w = network.layout().views(numbers.theta_)
    data = Data(x[0], np.array([0]), np.array([3]), None, None)
    memory, state = network.read(w, Windows(data, np.array([0]), 3))
    writer = Writer(network, w)
    first = writer.scores(writer.read(np.array([1]), state), memory)
    assert sum(p) == pytest.approx(np.exp(log_softmax(first))[0, 0], rel=1e-6)


def test_lengths_are_kept_to(numbers):
    model = pickle.loads(pickle.dumps(numbers))
    model.set_params(min_length=4, max_length=5)
    lengths = [len(text) for text in model.predict(X)]
    assert set(lengths) <= {4, 5}
    assert {len(text) for text in model.set_params(max_length=None).predict(X)} == {4}
    model.set_params(max_length=5)
    model.set_params(min_length=1, max_length=1)
    assert {len(text) for text in model.predict(X)} == {1}
    model.set_params(min_length=3)
    with pytest.raises(ValueError, match="min_length=3 is more than max_length=1"):
        model.predict(X)


def test_padding_start_end_and_unknown_tokens_are_never_written():
    words = SequenceVectorizer(min_df=8)
    model = RNNTranslator(
        16,
        source_vectorizer=SequenceVectorizer(),
        target_vectorizer=words,
        max_iter=20,
        random_state=0,
    )
    model.fit(X, X)  # "ten" words occur nine times, all others eight
    known = set(model.target_tokens_) - {"<pad>", "<unk>"}
    rare = clone(model).set_params(target_vectorizer__min_df=9).fit(X, X)
    left = set(rare.target_tokens_) - {"<pad>", "<unk>"}
    assert len(left) < len(known)
    written, _ = rare.predict_n_best(X[:20], n_best=5)
    tokens = {token for own in written for text in own for token in text.split()}
    assert tokens <= left


def test_unknown_tokens_are_replaced_by_what_they_look_at():
    rng = np.random.RandomState(0)

    def words():
        name = "".join(rng.choice(list("abcdefgh"), size=4))
        return [name if rng.rand() < 0.2 else word for word in rng.choice(NUMBERS, 4)]

    texts = [words() for _ in range(900)]
    framed = SequenceVectorizer(min_df=20, add_sos=True, add_eos=True)
    for read in (SequenceVectorizer(min_df=20), framed):
        model = RNNTranslator(
            32,
            source_vectorizer=read,
            target_vectorizer=SequenceVectorizer(min_df=20),
            replace_unk=True,
            max_iter=20,
            random_state=0,
        )
        model.fit(texts[:700], texts[:700])
        with_names = [text for text in texts[700:] if not {*text} <= {*NUMBERS}]
        assert model.score(with_names, with_names) > 0.9
        written = model.predict(with_names)
        assert not any("<unk>" in text for text in written)
        assert "<unk>" not in model.predict([[]])[0]
        model.set_params(replace_unk=False)
        assert model.score(with_names, with_names) == 0.0
        assert {token for text in model.predict(texts) for token in text} <= {*NUMBERS}


def test_attention_tells_where_the_decoder_looked(numbers):
    written, attention = numbers.predict(X, return_attention=True)
    assert written.tolist() == numbers.predict(X).tolist()
    for text, target, a in zip(X, written, attention, strict=True):
        assert a.shape == (len(target), len(text))
        np.testing.assert_allclose(a.sum(axis=1), 1.0, rtol=1e-5)
    # The first digit looks at the first word.
    first = [
        a[0, : text.index(" ")].sum() for text, a in zip(X, attention, strict=True)
    ]
    second = [
        a[1, : text.index(" ")].sum() for text, a in zip(X, attention, strict=True)
    ]
    assert np.mean(first) > np.mean(second)


# -- fitting ---------------------------------------------------------------------------


def test_early_stopping_keeps_the_best_epoch():
    model = RNNTranslator(
        24, batch_size=16, max_iter=30, early_stopping=True, random_state=0
    )
    model.fit(X * 3, Y * 3)
    assert len(model.validation_scores_) == model.n_iter_
    assert model.best_validation_score_ == max(model.validation_scores_) > 0.5
    assert all(0 <= score <= 1 for score in model.validation_scores_)


def test_validation_data_are_scored():
    model = RNNTranslator(24, batch_size=16, max_iter=20, random_state=0)
    model.fit(X, Y, X_val=X[:20], y_val=Y[:20], sample_weight_val=np.arange(20))
    model.set_params(beam_size=1)
    rate = token_error_rate(Y[:20], model.predict(X[:20]), sample_weight=np.arange(20))
    assert 0 < rate < 0.5
    assert model.validation_scores_[-1] == pytest.approx(1 - rate)
    log_p = model.score_samples(X[:20], Y[:20])
    loss = -(log_p @ np.arange(20)) / (np.arange(20).sum() * 3)
    assert model.validation_loss_curve_[-1] == pytest.approx(loss, rel=1e-5)


def test_partial_fit_learns_on():
    model = RNNTranslator(24, batch_size=16, random_state=0)
    for _ in range(25):
        model.partial_fit(X, Y)
    assert model.score(X, Y) > 0.5
    assert model.n_iter_ == 25
    before = model.theta_.copy()
    with pytest.warns(UserWarning, match="y has tokens that are none of the 11"):
        model.partial_fit(["twenty zwölf"], ["2x"])  # unknown ones on both sides
    assert not np.array_equal(model.theta_, before)
    loaded = pickle.loads(pickle.dumps(model))
    loaded.partial_fit(X, Y)
    assert not np.array_equal(model.theta_, loaded.theta_)


def test_weights_are_repetitions():
    weight = np.random.RandomState(0).randint(3, size=len(X))
    index = np.repeat(np.arange(len(X)), weight)
    params = {**SMALL, "batch_size": 1000, "max_iter": 20}
    weighted = RNNTranslator(**params).fit(X, Y, sample_weight=weight)
    repeated = RNNTranslator(**params).fit([X[i] for i in index], [Y[i] for i in index])
    np.testing.assert_allclose(
        weighted.score_samples(X, Y), repeated.score_samples(X, Y), rtol=1e-3
    )


def test_searches_go_over_vectorizers_and_network():
    grid = [
        {"source_vectorizer__analyzer": ["char", "word"]},
        {"target_vectorizer__max_features": [1]},
        {"attention": [None]},
    ]
    model = RNNTranslator(
        16,
        source_vectorizer=SequenceVectorizer(),
        target_vectorizer=SequenceVectorizer(analyzer="char"),
        max_iter=40,
        learning_rate_init=0.02,
        batch_size=16,
        random_state=0,
    )
    scoring = {
        name: SCORERS[f"neg_{name}"]
        for name in ("token_error_rate", "sequence_error_rate")
    }
    search = GridSearchCV(
        model,
        grid,
        scoring=scoring,
        refit="token_error_rate",
        cv=KFold(2, shuffle=True, random_state=0),
        n_jobs=2,
        error_score="raise",
    )
    search.fit(X, Y)
    best = search.best_params_["source_vectorizer__analyzer"]
    assert search.best_estimator_.source_vectorizer_.analyzer == best
    assert len({*search.cv_results_["mean_test_token_error_rate"]}) > 2


def test_cross_val_predict_and_pipelines():
    words = [text.split() for text in X]
    pipeline = make_pipeline(SequenceVectorizer(), RNNTranslator(**SMALL))
    predicted = cross_val_predict(pipeline, words, Y, cv=3)
    assert predicted.shape == (len(X),)
    assert all(isinstance(text, str) for text in predicted)
    by_hand = SequenceVectorizer().fit(words)
    model = RNNTranslator(**SMALL).fit(by_hand.transform(words), Y)
    pipeline.fit(words, Y)
    assert (
        pipeline.predict(words).tolist()
        == model.predict(by_hand.transform(words)).tolist()
    )


@pytest.mark.parametrize("sizes", [None, 10, (6, 5)])
def test_sizes_of_both_sides(sizes):
    model = RNNTranslator(
        (9, 12), encoder_layer_sizes=sizes, max_iter=1, random_state=0
    )
    w = model.fit(X, Y).parameters_
    read = {None: [5, 6], 10: [10]}.get(sizes, [6, 5])
    for layer, width in enumerate(read):
        assert w[f"recurrent.{layer}.forward.Wh"].shape == (width, 3 * width)
    assert model.n_layers_ == len(read)
    assert w["decoder.recurrent.1.Wh"].shape == (12, 36)
    assert w["bridge.1.W"].shape == (2 * read[-1], 12)
    assert w["attention.W"].shape == (12, 2 * read[-1])


def test_embeddings_of_both_sides():
    model = RNNTranslator(8, embedding_dim=5, target_embedding_dim=3, max_iter=1)
    w = model.fit(X, Y).parameters_
    assert w["embedding.E"].shape[1] == 5
    assert w["decoder.embedding.E"].shape == (model.n_outputs_, 3)
    w = model.set_params(target_embedding_dim=None).fit(X, Y).parameters_
    assert w["decoder.embedding.E"].shape == (model.n_outputs_, 5)


def test_longest_targets_set_the_bound():
    model = RNNTranslator(**SMALL).fit(["a", "b"] * 5, ["x", "xyzxyz"] * 5)
    assert model.max_target_length_ == 6
    model.partial_fit(["a"], ["xyzxyzx"])
    assert model.max_target_length_ == 7


# -- what it refuses -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "X", "y", "message"),
    [
        ({}, X, Y[:-1], "inconsistent numbers of samples"),
        ({}, X, [*Y[:3], "", *Y[4:]], "Target 3 of y is empty"),
        ({}, X, [""] * len(X), "empty"),
        ({}, X[:2], [[1], []], "Target 1 of y is empty"),
        ({}, X[:2], [[], []], "All targets of y are empty"),
        ({}, X[:2], [["a"], []], "Target 1 of y is empty"),
        ({}, X, None, "requires y to be passed"),
        ({}, X[:2], [[1, 2], 3], "Target 1 of y must be a list"),
        ({}, X[:2], [["ab"], "cd"], "y mixes text and lists"),
        ({}, X[:2], [0.5, 1.5], "such as 0.5. Quantities are for RNNRegressor"),
        ({}, X[:2], [[1, 2], [3, 0.5]], "such as 0.5"),
        ({}, X[:2], [[1, 2], [3, None]], "such as None"),
        ({}, X[:2], [[[1, 2], [3]], [[1]]], "Target 0 of y must be a list"),
        ({"replace_unk": True, "attention": None}, X, Y, "needs attention"),
        ({"replace_unk": True}, X[:2], [1, 2], "needs text, or lists of strings"),
        ({"min_length": 5, "max_length": 3}, X, Y, "min_length=5 is more than max_len"),
        ({}, X[:2], [1.0, np.nan], "NaN"),
        ({"beam_size": 0}, X, Y, "'beam_size' parameter"),
        ({"length_penalty": -1}, X, Y, "'length_penalty' parameter"),
        ({"min_length": 0}, X, Y, "'min_length' parameter"),
        ({"attention": "local"}, X, Y, "'attention' parameter"),
        ({"encoder_layer_sizes": []}, X, Y, "encoder_layer_sizes must be positive"),
        (
            {"attention": "dot", "encoder_layer_sizes": 3},
            X,
            Y,
            "16 units of the decoder with those of the encoder, which are 6",
        ),
        (
            {"target_vectorizer": SequenceVectorizer(add_eos=True)},
            X,
            Y,
            "target_vectorizer with add_eos=False",
        ),
        (
            {"source_vectorizer": SequenceVectorizer(output="ids")},
            X,
            Y,
            "source_vectorizer with output='sequences'",
        ),
    ],
)
def test_refused_in_fit(params, X, y, message):
    model = RNNTranslator(**{**SMALL, **params})
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
    assert not hasattr(model, "theta_")


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (X[:2], ["a", None], "Document 1"),
        (X[:2], "ab", "one target for each sequence"),
        (X[:2], (y for y in "ab"), "one target for each sequence"),
        (X[:2], {"a": 1}, "dict"),
        (X[:2], [None, "a"], "In y: Document 0 is None"),
        (X[:2], [float("nan"), "a"], "In y: Document 0 is nan"),
        (X[:2], [1, "a"], "In y: Document 0 is the int 1"),
        (X[:2], pd.Series([None, "a"], dtype="string"), "In y: Document 0 is <NA>"),
        (pd.DataFrame({"a": X[:2]}), Y[:2], "Documents must be one column"),
    ],
)
def test_of_another_type(X, y, message):
    with pytest.raises(TypeError, match=message):
        RNNTranslator(**SMALL).fit(X, y)


def test_vectorizers_are_vectorizers():
    for name in ("source_vectorizer", "target_vectorizer"):
        with pytest.raises(TypeError, match=f"{name} must be a SequenceVectorizer"):
            RNNTranslator(**{name: "char"}).fit(X, Y)


def test_refused_after_fit(numbers):
    for method in ("predict", "predict_n_best", "score_samples"):
        with pytest.raises(NotFittedError):
            getattr(RNNTranslator(), method)(X)
    with pytest.raises(NotFittedError):
        RNNTranslator().score(X, Y)
    with pytest.raises(TypeError, match="was fitted to text"):
        numbers.predict(np.ones((2, 3)))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        numbers.score(X, Y[:-1])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        numbers.score_samples(X, Y[:-1])
    with pytest.raises(ValueError, match="are lists of numbers, but were text in fit"):
        numbers.score(X, [[1]] * len(X))
    with pytest.raises(ValueError, match="n_best == 0"):
        numbers.predict_n_best(X, n_best=0)
    later = pickle.loads(pickle.dumps(numbers)).set_params(beam_size=0)
    for method in (later.predict, later.score_samples):
        with pytest.raises(ValueError, match="'beam_size' parameter"):
            method(X)


def test_numbers_do_not_become_text():
    frames = Sequences.from_list([np.ones((3, 2))] * 4)
    model = RNNTranslator(**SMALL).fit(frames, ["a", "b"] * 2)
    with pytest.raises(TypeError, match="was fitted to steps, not to text"):
        model.predict(["abc"])
    model.set_params(replace_unk=True)
    with pytest.raises(ValueError, match="replace_unk=True needs text"):
        model.predict(frames)


def test_unknown_numbers_are_refused():
    model = RNNTranslator(**SMALL).partial_fit(X[:4], [[1, 2], [2], [1], [2, 2]])
    with pytest.raises(ValueError, match=r"\[3\]"):
        model.partial_fit(X[:1], [[1, 3]])


def test_an_overflow_is_an_error_in_predict():
    model = RNNTranslator(
        8,
        rnn_type="rnn",
        activation="relu",
        learning_rate_init=0.1,
        max_iter=30,
        random_state=0,
    )
    model.fit(X, Y).set_params(min_length=300, max_length=300)
    model.theta_ *= 10  # each step makes the state larger, whatever was learned
    for method in (model.predict, model.predict_n_best, model.score_samples):
        with pytest.raises(ValueError, match="so large that the network overflows"):
            method(X)


def test_several_targets_differ_after_copies():
    read = [[f"n{i}", "k"] for i in range(40)]
    write = [[words[i % 2]] for i, words in enumerate(read)]
    model = RNNTranslator(
        16,
        max_iter=40,
        random_state=0,
        replace_unk=True,
        source_vectorizer=SequenceVectorizer(min_df=2),
        target_vectorizer=SequenceVectorizer(min_df=2),
    )
    written, scores = model.fit(read, write).predict_n_best([["k"], ["n1", "k"]], 4)
    for own, of_own in zip(written, scores, strict=True):
        assert len({tuple(one) for one in own}) == len(own) == len(of_own)
        assert (np.diff(of_own) <= 0).all()


def test_attention_that_is_not_there():
    model = RNNTranslator(**SMALL, attention=None).fit(X, Y)
    with pytest.raises(ValueError, match="return_attention=True needs attention"):
        model.predict(X, return_attention=True)
    model.set_params(attention="general")  # which would take another fit
    with pytest.raises(ValueError, match="return_attention=True needs attention"):
        model.predict(X, return_attention=True)
    model.set_params(replace_unk=True)
    with pytest.raises(ValueError, match="replace_unk=True needs attention"):
        model.predict(X)


def test_a_changed_network_cannot_go_on(numbers):
    model = pickle.loads(pickle.dumps(numbers)).set_params(attention="additive")
    with pytest.raises(ValueError, match="attention changed since"):
        model.partial_fit(X, Y)
