"""`RNNGenerator`: likelihoods, conditions, what follows."""

import math
import pickle
import tracemalloc
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

from sklearn_rnn import RNNGenerator, Sequences, SequenceVectorizer
from sklearn_rnn import _generation as generation
from sklearn_rnn.core import prediction

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

NAMES = ["anna", "ella", "eva", "otto", "bob", "ed"] * 3
GENDER = ["f", "f", "f", "m", "m", "m"] * 3
SENTENCES = [
    "I love to go to the gym .",
    "I love to go to the park .",
    "You love to go to work .",
    "We like to walk to the gym .",
    "They go to the park .",
    "I like the gym .",
]


def small(**params):
    """A generator that is fitted in a moment."""
    return RNNGenerator(
        **{"hidden_layer_sizes": 12, "max_iter": 20, "random_state": 0, **params}
    )


@pytest.fixture(scope="module")
def names():
    return small(max_iter=300).fit(NAMES, GENDER)


@pytest.fixture(scope="module")
def letters():
    """Without conditions, on two letters."""
    texts = ["ab", "aab", "b", "abab", "ba", "a", "", "bb"] * 2
    return small(max_iter=60).fit(texts)


@pytest.fixture(scope="module")
def words():
    vectorizer = SequenceVectorizer(token_pattern=r"\S+", lowercase=False)
    return small(vectorizer=vectorizer, max_iter=300).fit(SENTENCES * 2)


@pytest.fixture(scope="module")
def walks():
    """Two features; the first returns to its mean, the second is noise."""
    rng, X = np.random.RandomState(0), []
    for n in rng.randint(5, 30, size=40):
        x = np.zeros((n, 2))
        for t in range(n):
            x[t, 0] = 0.8 * x[t - 1, 0] + 0.5 * rng.normal() if t else rng.normal()
        x[:, 1] = 3.0 + 2.0 * rng.normal(size=n)
        X.append(x)
    return small(hidden_layer_sizes=16, max_iter=100).fit(X), X


# -- likelihoods -----------------------------------------------------------------------


def test_probabilities_of_all_texts_sum_to_one(letters):
    """Those that have ended, and the beginnings of all that have not."""
    longest = 5
    ended = ["".join(t) for n in range(longest) for t in product("ab", repeat=n)]
    total = np.exp(letters.score_samples(ended)).sum()
    p = letters.predict_proba(ended)
    place = {text: i for i, text in enumerate(ended)}
    column = {str(token): i for i, token in enumerate(letters.outcomes_)}
    assert [*column] == ["<pad>", "<unk>", "a", "b", "<eos>"]
    going_on = 0.0
    for text in ended:
        before = math.prod(
            p[place[text[:i]], column[text[i]]] for i in range(len(text))
        )
        own = before * p[place[text], column["<eos>"]]
        assert_allclose(np.exp(letters.score_samples([text])), [own], rtol=1e-5)
        others = [column[token] for token in ("<pad>", "<unk>")]
        total += before * p[place[text], others].sum()
        if len(text) == longest - 1:
            going_on += before * p[place[text], [column["a"], column["b"]]].sum()
    assert total + going_on == pytest.approx(1.0, abs=1e-5)


def test_unknown_labels_are_summed_over(names):
    texts = ["anna", "otto", "x", ""]
    each = [names.score_samples(texts, [label] * 4) for label in ("f", "m")]
    expected = np.logaddexp(*(np.log(0.5) + log_p for log_p in each))
    assert_allclose(names.score_samples(texts), expected, rtol=1e-6)
    assert_allclose(names.condition_mean_, [0.5, 0.5])
    assert names.classes_.tolist() == ["f", "m"]
    assert names.n_conditions_ == 2
    # Anna is a woman here.
    assert each[0][0] > each[1][0] + 1


def test_shares_of_labels_count_weights():
    weight = np.where(np.array(GENDER) == "f", 3.0, 1.0)
    generator = small(max_iter=1).fit(NAMES, GENDER, sample_weight=weight)
    assert_allclose(generator.condition_mean_, [0.75, 0.25])
    generator.partial_fit(NAMES[:9], ["m"] * 9, sample_weight=[4.0] * 9)
    assert_allclose(generator.condition_mean_, [27 / 72, 45 / 72])


def test_a_label_without_weight_is_impossible():
    generator = small(max_iter=2).fit(
        NAMES, GENDER, sample_weight=(np.array(GENDER) == "m").astype(float)
    )
    assert_array_equal(
        generator.score_samples(NAMES), generator.score_samples(NAMES, ["m"] * 18)
    )
    generator.sample(5)


def test_vectors_default_to_their_mean():
    y = np.random.RandomState(0).normal(size=(18, 3))
    generator = small().fit(NAMES, y)
    assert generator.classes_ is None
    assert generator.n_conditions_ == 3
    assert_allclose(generator.condition_mean_, y.mean(axis=0), rtol=1e-5)
    mean = np.tile(y.mean(axis=0), (18, 1))
    assert_allclose(
        generator.score_samples(NAMES), generator.score_samples(NAMES, mean), rtol=1e-5
    )
    assert generator.score(NAMES, y) > generator.score(NAMES, y[::-1])
    assert generator.sample(3, y=y[0]) == generator.sample(3, y=list(y[0]))
    assert len(generator.sample(3, y=y[:3])) == 3
    assert generator.generate("a", y=y[0]) == generator.generate(["a"], y=y[:1])


def test_one_number_as_a_condition():
    y = np.linspace(0.5, 2.0, 18)
    generator = small(max_iter=2).fit(NAMES, y)
    assert generator.n_conditions_ == 1
    assert generator.classes_ is None
    assert generator.generate("a", y=0.7) == generator.generate(["a"], y=[0.7])


def test_density_of_numbers(walks):
    generator, X = walks
    assert generator.distribution_ == "gaussian"
    x = X[0][:4]
    log_p = 0.0
    for t in range(4):
        mean, std = generator.predict([x[:t]], return_std=True)
        log_p += stats.norm.logpdf(x[t], mean[0], std[0]).sum()
    assert generator.score_samples([x])[0] == pytest.approx(log_p, rel=1e-6)
    # It has learned what there is to learn.
    mean, std = generator.predict([np.array([[2.0, 3.0]] * 5)], return_std=True)
    assert_allclose(mean, [[1.6, 3.0]], atol=0.5)
    assert_allclose(std, [[0.5, 2.0]], rtol=0.25)
    assert generator.score_samples([np.empty((0, 2))]).tolist() == [0.0]


def test_mixture_of_labels_of_numbers():
    """Mean and deviation of what may follow, where the label is not known."""
    rng = np.random.RandomState(0)
    X = [rng.normal(label, 0.1, size=6) for label in [-1, 1] * 20]
    generator = small(max_iter=300).fit(X, ["low", "high"] * 20)
    mean, std = generator.predict([[]], return_std=True)
    assert mean[0] == pytest.approx(0.0, abs=0.1)
    assert std[0] == pytest.approx(1.0, abs=0.1)
    mean, std = generator.predict([[1.0, 1.0]], return_std=True)
    assert mean[0] == pytest.approx(1.0, abs=0.1)
    assert std[0] < 0.2
    assert_allclose(mean, generator.predict([[1.0, 1.0]], ["high"]), rtol=1e-3)


def test_mixture_of_normal_distributions():
    """Steps up or down, never in between: one bell curve cannot say so."""
    rng = np.random.RandomState(0)
    X = [rng.choice([-1.0, 1.0], 12) + 0.1 * rng.normal(size=12) for _ in range(40)]
    one = small(max_iter=300).fit(X[:30])
    two = small(max_iter=300, n_components=2).fit(X[:30])
    assert two.n_outputs_ == 6
    assert two.score(X[30:]) > one.score(X[30:]) + 10
    mean, std = two.predict([[]], return_std=True)
    assert mean[0] == pytest.approx(0.0, abs=0.3)
    assert std[0] == pytest.approx(1.0, abs=0.1)
    # The density of the first step integrates to one, and samples follow it.
    grid = np.linspace(-3, 3, 1201)
    density = np.exp(two.score_samples(grid[:, None, None]))
    assert density.sum() * (grid[1] - grid[0]) == pytest.approx(1.0, abs=1e-3)
    first = two.sample(4000, max_new_tokens=1).values[:, 0]
    assert (np.abs(np.abs(first) - 1) < 0.5).mean() > 0.95
    share = density[grid > 0].sum() / density.sum()
    assert (first > 0).mean() == pytest.approx(share, abs=0.03)
    certain = two.forecast(X[:1], 1, n_samples=2, temperature=0)
    assert np.abs(certain) == pytest.approx(1.0, abs=0.2)
    assert_array_equal(
        two.sample(4000, max_new_tokens=1)[0], two.sample(max_new_tokens=1)[0]
    )
    with pytest.raises(ValueError, match="n_components changed"):
        two.set_params(n_components=3).partial_fit(X)


def test_ones_and_zeros():
    rng = np.random.RandomState(0)
    X = [np.tile([[1, 0, 1], [0, 1, 0]], (rng.randint(2, 6), 1)) for _ in range(20)]
    generator = small(max_iter=400).fit(X)
    assert generator.distribution_ == "bernoulli"
    p = generator.predict_proba([X[0][:1], X[0][:2]])
    assert_allclose(p, [[0, 1, 0], [1, 0, 1]], atol=0.1)
    assert_array_equal(generator.predict([X[0][:1]]), [[0, 1, 0]])
    log_p = sum(
        np.log(np.where(X[0][t], p, 1 - p)).sum()
        for t in range(len(X[0]))
        for p in generator.predict_proba([X[0][:t]])
    )
    assert generator.score_samples(X[:1])[0] == pytest.approx(log_p, rel=1e-6)
    sample = generator.sample(2, max_new_tokens=7)
    assert sample.shape == (2, 7, 3)
    assert set(np.unique(sample.values)) == {0, 1}
    assert_array_equal(generator.forecast([X[0][:2]], 2, temperature=0)[0, 0], X[0][:2])


def test_cross_entropy_and_perplexity(words):
    X = SENTENCES[:3]
    n_tokens = sum(len(text.split()) + 1 for text in X)
    nats = -words.score_samples(X).sum() / n_tokens
    assert words.cross_entropy(X) == pytest.approx(nats)
    assert words.cross_entropy(X, base=2) == pytest.approx(nats / math.log(2))
    assert words.perplexity(X) == pytest.approx(math.exp(nats))
    per_character = words.cross_entropy(X, per="character")
    n_characters = sum(len(text) + 1 for text in X)
    assert per_character == pytest.approx(nats * n_tokens / n_characters)
    assert words.score(X) == pytest.approx(words.score_samples(X).mean())
    weighted = words.score(X, sample_weight=[1, 0, 3])
    assert weighted == pytest.approx(words.score_samples(X) @ [0.25, 0, 0.75])


def test_order_matters():
    """The same words in another order are less probable."""
    text = ["I love to go to the gym .", "love I go to the gym to ."]
    for vectorizer in (SequenceVectorizer(), None):
        generator = RNNGenerator(32, vectorizer=vectorizer, random_state=0)
        generator.set_params(max_iter=60).fit(SENTENCES)
        right, wrong = generator.score_samples(text)
        assert right > wrong + 5


# -- long text -------------------------------------------------------------------------


def test_long_text_is_scored_with_the_state_carried(letters, monkeypatch):
    text = "abbabaab" * 200
    expected = letters.score_samples([text, "ab", text[:333], ""])
    for steps, tokens in [(7, 14), (1, 1), (5000, 9)]:
        monkeypatch.setattr(prediction, "STEPS_AT_A_TIME", steps)
        monkeypatch.setattr(prediction, "TOKENS_AT_A_TIME", tokens)
        found = letters.score_samples([text, "ab", text[:333], ""])
        assert_allclose(found, expected, rtol=1e-5)
        assert letters.generate([text], max_new_tokens=5)[0].startswith(text)


def test_bptt_steps():
    text = "the cat sat on the mat. " * 30
    auto = small(max_iter=2).fit(text)
    assert_array_equal(auto.theta_, small(max_iter=2, bptt_steps=64).fit([text]).theta_)
    other = small(max_iter=2, bptt_steps=16, batch_size=4).fit(text)
    assert (other.theta_ != auto.theta_).any()
    whole = small(max_iter=2, bptt_steps=None).fit(text)
    long = small(max_iter=2, bptt_steps=1000, batch_size=1).fit(text)
    assert_allclose(long.theta_, whole.theta_, rtol=1e-4, atol=1e-6)
    # Short sequences are minibatches as they are.
    short = small(max_iter=2).fit(NAMES)
    assert_array_equal(
        short.theta_, small(max_iter=2, bptt_steps=None).fit(NAMES).theta_
    )


def test_long_text_is_learned():
    text = "the cat sat on the mat. " * 100
    generator = small(hidden_layer_sizes=32, max_iter=40, bptt_steps=16).fit(text)
    assert generator.perplexity(text) < 1.1
    assert generator.generate("the cat", temperature=0, max_new_tokens=11) == [
        "the cat sat on the"
    ]


def test_memory_of_training_does_not_depend_on_length():
    """But for the text itself, some fifty bytes a character."""
    peaks = []
    for n in (2_000, 20_000):
        text = "abcdefgh" * (n // 8)
        generator = small(bptt_steps=8, batch_size=4, max_iter=1)
        tracemalloc.start()
        generator.fit(text)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200 * 18_000


def test_memory_of_scores_does_not_depend_on_length(letters):
    """But for the text and the densities themselves."""
    peaks = []
    for n in (10_000, 50_000):
        text = "abba" * (n // 4)
        tracemalloc.start()
        letters.score_samples([text])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200 * 40_000


def test_sequences_that_weigh_nothing_are_no_part_of_a_stream():
    text = "abcabcabcabc" * 10
    some = small(bptt_steps=8, max_iter=3, shuffle=False)
    weighted = clone(some).fit([text, "ccc", text], sample_weight=[1, 0, 1])
    assert_allclose(weighted.theta_, clone(some).fit([text, text]).theta_, atol=1e-6)


# -- fits ------------------------------------------------------------------------------


def test_early_stopping_holds_out_the_end_of_a_single_text():
    generator = small(early_stopping=True, validation_fraction=0.25, max_iter=5)
    generator.fit("abcd" * 100)
    assert len(generator.validation_scores_) == 5
    assert generator.best_validation_score_ == max(generator.validation_scores_)


def test_validation_data_need_no_condition():
    generator = small(max_iter=3).fit(NAMES[:12], X_val=NAMES[12:])
    loss = generator.cross_entropy(NAMES[12:])
    assert generator.validation_loss_curve_[-1] == pytest.approx(loss, rel=1e-5)
    assert generator.validation_scores_[-1] == pytest.approx(-loss, rel=1e-5)
    conditional = small(max_iter=3).fit(
        NAMES[:12], GENDER[:12], X_val=NAMES[12:], y_val=GENDER[12:]
    )
    # The shares of labels are those of training.
    assert_allclose(conditional.condition_mean_, [0.5, 0.5])
    with pytest.raises(
        ValueError, match=r"validation data.*cannot learn from X without"
    ):
        small().fit(NAMES, GENDER, X_val=NAMES)
    with pytest.raises(ValueError, match="need X_val"):
        small().fit(NAMES, y_val=GENDER)


def test_partial_fit_keeps_the_vocabulary():
    generator = small().partial_fit(["ab", "ba"])
    theta = generator.theta_.copy()
    generator.partial_fit(["abc", "b"])
    assert (generator.theta_ != theta).any()
    assert generator.outcomes_.tolist() == ["<pad>", "<unk>", "a", "b", "<eos>"]
    # Now something is known of unknown ones, but they are never written.
    assert generator.generate("xa", max_new_tokens=1, min_length=3)[0][:2] == "xa"
    assert not set("".join(generator.sample(50, temperature=3.0))) - set("ab")
    with pytest.raises(ValueError, match=r"classes \['c'\]"):
        small().partial_fit(NAMES, GENDER, classes=["f", "m"]).partial_fit(["a"], ["c"])


def test_pickle_and_going_on(names):
    copy = pickle.loads(pickle.dumps(names))
    assert copy.sample(20) == names.sample(20)
    copy.partial_fit(NAMES, GENDER)
    assert copy.score(NAMES) != names.score(NAMES)


def test_model_selection():
    search = GridSearchCV(
        small(max_iter=2, vectorizer=SequenceVectorizer()),
        {"vectorizer__analyzer": ["word", "char"], "hidden_layer_sizes": [4]},
        cv=3,
        error_score="raise",
    ).fit(NAMES)
    assert search.best_estimator_.vectorizer.analyzer in ("word", "char")
    assert len(cross_val_score(small(max_iter=2), NAMES, GENDER, cv=3)) == 3


def test_word_vectors():
    vectors = {"gym": np.ones(5), "park": np.arange(5.0)}
    generator = small(
        vectorizer=SequenceVectorizer(), embedding_init=vectors, freeze_embedding=True
    )
    generator.fit(SENTENCES)
    row = generator.vectorizer_.vocabulary_["park"]
    assert_array_equal(generator.parameters_["embedding.E"][row], np.arange(5.0))


# -- generating ------------------------------------------------------------------------


def test_samples_are_as_probable_as_their_likelihoods_say(letters):
    n = 4000
    samples = letters.sample(n)
    for text in ["", "a", "b", "ab", "ba"]:
        p = np.exp(letters.score_samples([text])[0])
        error = math.sqrt(p * (1 - p) / n)
        assert samples.count(text) / n == pytest.approx(p, abs=4 * error + 1e-3)


def test_samples_of_numbers_are_as_dense_as_their_likelihoods_say(walks):
    generator, _ = walks
    samples = generator.sample(3000, max_new_tokens=2)
    assert samples.shape == (3000, 2, 2)
    mean, std = generator.predict([np.empty((0, 2))], return_std=True)
    first = samples.values[::2]
    assert_allclose(first.mean(axis=0), mean[0], atol=0.1)
    assert_allclose(first.std(axis=0), std[0], rtol=0.05)
    # What follows depends on it.
    slope = np.polyfit(first[:, 0], samples.values[1::2, 0], 1)[0]
    assert 0.4 < slope < 1.2


@pytest.mark.parametrize("y", [None, "f", "each"])
def test_samples_do_not_depend_on_how_many_there_are(names, y):
    labels = ["f", "m"] * 300 if y == "each" else y
    many = names.sample(600, y=labels, random_state=3)
    few = names.sample(4, y=labels[:4] if y == "each" else y, random_state=3)
    assert few == many[:4]
    assert len(set(many)) > 5
    if y is None or y == "each":
        assert names.set_params(n_jobs=2).sample(600, y=labels, random_state=3) == many
        names.set_params(n_jobs=None)


def test_continuations_depend_on_their_own_place_alone(names):
    many = names.generate(["a", "o", "e"], n_samples=300, random_state=1)
    few = names.generate(["a", "o"], n_samples=2, random_state=1)
    assert few == [*many[:2], *many[300:302]]
    assert all(text[0] == first for text, first in zip(few, "aaoo", strict=True))
    one = names.generate("o", random_state=1)
    assert one == names.generate(["o"], random_state=1)


@pytest.mark.parametrize("y", [None, "f"])
def test_parts_of_many_sequences_are_as_all_of_them(names, y, monkeypatch):
    X = ["anna", "b", "", "el", "otto"]

    def found():
        options = dict(y=y, n_samples=2, no_repeat_ngram_size=3, random_state=0)
        return names.predict_proba(X, y), names.generate(X, **options)

    p, samples = found()
    monkeypatch.setattr(generation, "PREFIXES_AT_A_TIME", 2)
    p_of_parts, samples_of_parts = found()
    assert_allclose(p_of_parts, p, rtol=1e-5)
    assert samples_of_parts == samples


def test_parts_of_many_series_are_as_all_of_them(walks, monkeypatch):
    generator, X = walks

    def found():
        mean, std = generator.predict(X, return_std=True)
        return mean, std, generator.forecast(X, 3, n_samples=4, random_state=0)

    expected = found()
    monkeypatch.setattr(generation, "PREFIXES_AT_A_TIME", 3)
    for own, other in zip(found(), expected, strict=True):
        assert_allclose(own, other, rtol=1e-5, atol=1e-6)


def test_errors_in_later_parts_name_the_sequence(walks, monkeypatch):
    generator, X = walks
    X = [*X[:4], np.full((2, 2), 1e307)]
    monkeypatch.setattr(generation, "PREFIXES_AT_A_TIME", 2)
    with pytest.raises(ValueError, match="sequence 4 of X are so large"):
        generator.predict(X)


def test_random_state():
    generator = small(max_iter=2).fit(NAMES)
    assert generator.sample(20) == generator.sample(20)
    assert generator.sample(20) != generator.sample(20, random_state=1)
    generator.set_params(random_state=np.random.RandomState(0))
    assert generator.sample(20) != generator.sample(20)


def test_conditions_are_heeded(names):
    women, men = names.sample(200, y="f"), names.sample(200, y="m")
    assert np.mean([name in NAMES[:3] for name in women]) > 0.6
    assert not any(name in NAMES[3:6] for name in women)
    assert np.mean([name in NAMES[3:6] for name in men]) > 0.6
    mixed = names.sample(400)
    known = [name for name in mixed if name in NAMES]
    assert 0.4 < np.mean([name in NAMES[:3] for name in known]) < 0.6
    # A prefix tells which label is likely.
    assert set(names.generate("ott", n_samples=50, temperature=0)) == {"otto"}
    assert names.sample(4, y=["f", "m", "f", "m"], temperature=0)[1] in NAMES[3:6]


def test_words_and_lists_of_tokens(words):
    text = words.generate("I love", temperature=0)
    assert text == ["I love to go to the gym."]
    assert "".join(["I love", *words.stream("I love", temperature=0)]) == text[0]
    tokens = [sentence.split() for sentence in SENTENCES * 2]
    lists = small(max_iter=300).fit(tokens)
    assert_array_equal(lists.theta_, words.theta_)
    assert lists.generate(["I", "love"], temperature=0) == [tokens[0]]
    assert lists.generate([["I", "love"], ["We"]], temperature=0)[0] == tokens[0]
    assert list(lists.stream(["I", "love"], temperature=0)) == tokens[0][2:]
    assert lists.predict([["I", "love", "to"]]).tolist() == ["go"]


def test_one_hot_sequences():
    vectorizer = SequenceVectorizer(analyzer="char")
    X = vectorizer.fit_transform(NAMES)
    own, given = small(max_iter=5).fit(NAMES), small(max_iter=5).fit(X)
    assert given.distribution_ == "categorical"
    assert_array_equal(own.theta_, given.theta_)
    samples = given.sample(30)
    assert isinstance(samples, Sequences)
    assert vectorizer.inverse_transform(samples) == own.sample(30)
    more = given.generate(vectorizer.transform(["an", "e"]))
    assert vectorizer.inverse_transform(more) == own.generate(["an", "e"])
    assert_array_equal(
        own.predict(["an", "e"]), given.predict(X=vectorizer.transform(["an", "e"]))
    )
    dense = given.score_samples([x.toarray() for x in X[:3]])
    assert_allclose(dense, own.score_samples(NAMES[:3]))
    plain = small(max_iter=2).fit([np.eye(3)[[0, 1, 2]], np.eye(3)[[1, 1]]])
    assert plain.outcomes_.tolist() == [0, 1, 2, 3]
    assert plain.predict([np.eye(3)[[1]]])[0] in range(4)


def test_padding_and_unknown_are_never_generated():
    vectorizer = SequenceVectorizer(analyzer="char", min_df=6)
    texts = ["ab", "ba", "xy", "zz", "abz"] * 5
    generator = small(vectorizer=vectorizer.set_params(min_df=6)).fit(texts)
    assert "x" not in generator.vectorizer_.vocabulary_
    samples = generator.sample(300, temperature=5.0, max_new_tokens=20)
    assert set("".join(samples)) <= set("abz")
    assert generator.predict(["x"])[0] in [*"abz", "<eos>"]
    # What training did not know may be in a prefix, and stays there.
    assert generator.generate("x?")[0].startswith("x?")


def test_lengths(letters):
    assert {len(t) for t in letters.sample(50, max_new_tokens=2, temperature=9.0)} == {
        0,
        1,
        2,
    }
    long = letters.sample(50, min_length=3, max_length=4)
    assert {len(text) for text in long} == {3, 4}
    assert {len(t) for t in letters.generate("aba", n_samples=9, max_length=3)} == {3}
    assert letters.generate("ab", max_new_tokens=0) == ["ab"]
    assert max(len(text) for text in letters.sample(200, temperature=9.0)) == 4
    assert len(letters.generate("ab", min_length=9, max_length=9)[0]) == 9


def test_rules_reach_the_samples(letters):
    calm = letters.sample(20, temperature=0, min_length=3, no_repeat_ngram_size=2)
    assert len(set(calm)) == 1
    for text in letters.sample(50, no_repeat_ngram_size=2, max_length=9, min_length=9):
        pairs = [text[i : i + 2] for i in range(len(text) - 1)]
        assert len(pairs) == len(set(pairs))
    assert set(letters.sample(20, top_k=1)) == {letters.sample(1, temperature=0)[0]}
    assert set(letters.sample(20, top_p=1e-9)) == set(letters.sample(20, top_k=1))
    ended = letters.generate(
        "b", n_samples=40, stop=["ab", "bb"], min_length=6, max_length=9
    )
    for text in ended:  # no stop before the sixth letter
        assert 6 <= len(text) <= 9
        assert not any(stop in text[4:-1] for stop in ("ab", "bb"))
    rare = letters.sample(200, repetition_penalty=50.0, min_length=2, max_length=2)
    assert set(rare) <= {"ab", "ba", "aa", "bb"}
    assert sum(text in ("ab", "ba") for text in rare) > 190


def test_stream_is_the_first_sample(names):
    for y in (None, "m"):
        pieces = names.stream("o", y=y, random_state=5, temperature=0.7)
        [text] = names.generate("o", y=y, random_state=5, temperature=0.7)
        assert "o" + next(pieces) + "".join(pieces) == text


def test_suggestions_of_characters_are_the_most_probable_words(letters):
    """Against all words of up to seven letters, one by one."""
    found = letters.suggest("ab", 4)
    texts = ["ab" + "".join(t) for n in range(8) for t in product("ab", repeat=n)]
    p = np.exp(letters.score_samples(texts))
    before = letters.predict_proba(["", "a"])
    column = [*letters.outcomes_]
    p /= before[0, column.index("a")] * before[1, column.index("b")]
    best = np.argsort(-p)[:4]
    assert [word for word, _ in found] == [texts[i] for i in best]
    # Padding and unknown tokens end words, too, but are nearly impossible.
    assert_allclose([share for _, share in found], p[best], rtol=0.05)


def test_suggestions(words, names):
    assert [word for word, _ in words.suggest("I love to", 1)] == ["go"]
    p = words.predict_proba(["I love to"])[0]
    found = words.suggest(["I love to", "You"], 3)
    assert len(found) == 2
    shares = [share for _, share in found[0]]
    assert_allclose(shares, np.sort(p[2:-1])[:-4:-1], rtol=1e-6)
    text = small(hidden_layer_sizes=32, max_iter=150).fit(SENTENCES)
    assert text.suggest("I love to go to the g", 1)[0][0] == "gym"
    assert text.suggest("I love to ", 1)[0][0] in ("go", "walk")
    assert names.suggest("ot", 1, y="m")[0][0] == "otto"
    total = sum(share for _, share in names.suggest("o", 50))
    assert 0.5 < total <= 1.0


def test_suggestions_sum_over_labels_that_are_not_known():
    """Every label has its share in a word, not only those under which it is best."""
    model = small(hidden_layer_sizes=4, max_iter=1)
    model.fit(["ab", "b", "cab", "a"], ["x", "y", "x", "y"])
    model.theta_[:] = np.random.RandomState(13).normal(0, 2.0, model.theta_.size)
    [(word, share)] = model.suggest("", 1)
    expected = np.exp(model.score_samples(["a", "b", "c"]))
    after = model.predict_proba(["a", "b", "c"])
    expected *= after[:, [0, 1, -1]].sum(axis=1) / after[:, -1]
    assert word == "abc"[expected.argmax()]
    assert_allclose(share, expected.max(), rtol=1e-5)


def test_forecast(walks):
    generator, X = walks
    futures = generator.forecast(X[:3], 4, n_samples=300)
    assert futures.shape == (3, 300, 4, 2)
    again = generator.forecast(X[:1], 4, n_samples=5)
    assert_allclose(again[0], futures[0, :5], rtol=1e-10)
    mean = generator.predict(X[:3])
    assert_allclose(futures[:, :, 0].mean(axis=1), mean, atol=0.4)
    low, high = np.moveaxis(
        generator.forecast(X[:3], 4, n_samples=300, quantiles=[0.1, 0.9]), 1, 0
    )
    assert_allclose(low, np.quantile(futures, 0.1, axis=1))
    assert_allclose(high, np.quantile(futures, 0.9, axis=1))
    certain = generator.forecast(X[:1], 3, n_samples=2, temperature=0)
    assert_array_equal(certain[0, 0], certain[0, 1])
    assert_allclose(certain[0, 0, 0], mean[0])
    parallel = clone(generator).set_params(n_jobs=2)
    vars(parallel).update({k: v for k, v in vars(generator).items() if k != "n_jobs"})
    assert_allclose(parallel.forecast(X[:3], 4, n_samples=300), futures)


def test_forecast_of_a_table():
    X = np.sin(np.arange(12)[None] / 2 + np.arange(30)[:, None])
    generator = small(hidden_layer_sizes=24, max_iter=300).fit(X)
    assert generator.n_features_in_ == 12
    future = generator.forecast(X[:2], 3, temperature=0)[:, 0, :, 0]
    expected = np.sin(np.arange(12, 15)[None] / 2 + np.arange(2)[:, None])
    assert_allclose(future, expected, atol=0.3)


# -- what is refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -1}, "temperature must be a number at least 0, got -1"),
        ({"temperature": np.nan}, "temperature must be"),
        ({"temperature": "hot"}, "temperature must be"),
        ({"top_k": 0}, "top_k must be an integer at least 1"),
        ({"top_k": 1.5}, "top_k must be"),
        ({"top_p": 0.0}, "top_p must be a number larger than 0 and at most 1"),
        ({"top_p": 1.5}, "top_p must be"),
        ({"min_length": -1}, "min_length must be"),
        ({"min_length": 9, "max_length": 3}, "max_length must be .* at least 9"),
        ({"max_length": 0}, "max_length must be"),
        ({"max_new_tokens": -1}, "max_new_tokens must be"),
        ({"repetition_penalty": 0}, "repetition_penalty must be"),
        ({"no_repeat_ngram_size": -2}, "no_repeat_ngram_size must be"),
        ({"n_samples": 0}, "n_samples must be"),
        ({"n_samples": True}, "n_samples must be"),
        ({"stop": 3}, "stop must be a string"),
        ({"stop": ""}, "can never be generated: it is empty"),
        ({"stop": ["a", "ax"]}, r"stop='ax' can never .* data lack \['x'\]"),
        ({"max_length": 1}, "Prefix 1 has 2 tokens, more than max_length=1"),
        ({"y": "x"}, r"classes \['x'\], which are not among those"),
        ({"y": ["f", "m", "m"]}, "inconsistent numbers of samples"),
    ],
)
def test_options_out_of_range(names, options, message):
    with pytest.raises(ValueError, match=message):
        names.generate(["a", "ot"], **options)


def test_prefixes_that_are_refused(names, words, walks):
    with pytest.raises(
        ValueError, match="Token 1 of prefix 1, 'x', is not in the train"
    ):
        names.generate(["a", "ox"])
    with pytest.raises(ValueError, match="Token 1 of prefix 0, 'hate', is not in"):
        words.suggest("I hate")
    with pytest.raises(TypeError, match="Document 1 is None"):
        names.generate(["a", None])
    short = SequenceVectorizer(analyzer="char", max_length=3)
    generator = small(max_iter=1, vectorizer=short).fit(NAMES)
    with pytest.raises(
        ValueError, match="Prefix 0 has 4 tokens, more than max_length=3"
    ):
        generator.generate("anna")
    with pytest.raises(ValueError, match="stream continues one prefix, got 2"):
        names.stream(["a", "b"])
    with pytest.raises(TypeError, match="fitted to numbers"):
        walks[0].generate("a")
    with pytest.raises(TypeError, match="forecast is for series of numbers"):
        names.forecast(["a"], 3)
    assert names.generate([]) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda g: g.sample(),
        lambda g: g.generate("a"),
        lambda g: g.stream("a"),
        lambda g: g.suggest("a"),
        lambda g: g.forecast([[1.0]], 2),
        lambda g: g.score_samples(["a"]),
        lambda g: g.score(["a"]),
        lambda g: g.perplexity(["a"]),
        lambda g: g.predict(["a"]),
        lambda g: g.outcomes_,
        lambda g: g.condition_mean_,
    ],
)
def test_not_fitted(call):
    with pytest.raises(NotFittedError):
        call(RNNGenerator())


def test_conditions_that_are_refused(names):
    plain = small(max_iter=1).fit(NAMES)
    for call in (plain.score_samples, plain.predict):
        with pytest.raises(ValueError, match="fitted without y"):
            call(NAMES, GENDER)
    with pytest.raises(ValueError, match="fitted without y"):
        plain.sample(3, y="f")
    with pytest.raises(ValueError, match="fitted with conditions"):
        clone(names).set_params(max_iter=1).fit(NAMES, GENDER).partial_fit(NAMES)
    vectors = small(max_iter=1).fit(NAMES, np.ones((18, 2)) * 0.5)
    with pytest.raises(ValueError, match=r"3 features per condition.*fitted with 2"):
        vectors.score_samples(NAMES, np.ones((18, 3)))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        small().fit(NAMES, GENDER[:-1])
    with pytest.raises(ValueError, match="y contains NaN"):
        small().fit(NAMES, np.full((18, 2), np.nan))


def test_input_that_is_refused(names, walks):
    with pytest.raises(TypeError, match="was fitted to text"):
        names.score_samples([[1.0, 2.0]])
    with pytest.raises(TypeError, match="fitted to steps, not to text"):
        walks[0].score_samples(["a"])
    with pytest.raises(ValueError, match="'gaussian' is for numbers"):
        small(distribution="gaussian").fit(NAMES)
    with pytest.raises(ValueError, match="X is not one-hot in sequence 1, step 1"):
        small(distribution="categorical").fit([np.eye(2), [[1, 0], [1, 1]]])
    with pytest.raises(ValueError, match="0 or 1, X has others in sequence 0, step 1"):
        small(distribution="bernoulli").fit([[[0, 1], [0.5, 1]]])
    with pytest.raises(ValueError, match="add_eos=False"):
        small(vectorizer=SequenceVectorizer(add_eos=True)).fit(NAMES)
    with pytest.raises(TypeError, match="must be a SequenceVectorizer"):
        small(vectorizer="char").fit(NAMES)
    with pytest.raises(ValueError, match="per must be"):
        names.cross_entropy(NAMES, per="word")
    with pytest.raises(ValueError, match="needs text"):
        walks[0].cross_entropy(walks[1], per="character")
    with pytest.raises(ValueError, match="2 tokens that the vocabulary does not have"):
        names.cross_entropy(["xax"], per="character")
    with pytest.raises(ValueError, match="return_std"):
        names.predict(["a"], return_std=True)
    with pytest.raises(AttributeError, match="predict_proba"):
        walks[0].predict_proba(walks[1])
    with pytest.raises(TypeError, match="top_k"):
        walks[0].sample(2, top_k=3)


def test_sparse_ones_and_zeros_are_read_as_dense_ones():
    X = [np.random.RandomState(i).randint(2, size=(4, 3)) for i in range(6)]
    X[0][0] = [1, 1, 0]
    dense = small(max_iter=2).fit(X)
    given = small(max_iter=2).fit([sparse.csr_array(x) for x in X])
    assert given.distribution_ == dense.distribution_ == "bernoulli"
    assert_array_equal(dense.score_samples(X), given.score_samples(X))


# -- what was once wrong ---------------------------------------------------------------


def test_each_prefix_is_continued_by_itself():
    """Different labels are drawn for prefixes that come in any order."""
    X, y = ["abababab", "cdcdcdcd"] * 10, ["x", "z"] * 10
    generator = small(hidden_layer_sizes=32, max_iter=100).fit(X, y)
    both = generator.generate(["cdcd", "abab", "cd"], temperature=0)
    assert both == ["cdcdcdcd", "abababab", "cdcdcdcd"]


@pytest.mark.parametrize("prefixes", [["an", "b", ""], ["", "el", "an", "an"]])
def test_samples_of_several_prefixes_do_not_depend_on_their_number(prefixes):
    generator = small(hidden_layer_sizes=8, max_iter=5).fit([*NAMES, "", "annabella"])
    many = generator.generate(prefixes, n_samples=600, random_state=1)
    for n in (1, 2, 511, 512):
        some = generator.generate(prefixes, n_samples=n, random_state=1)
        for i in range(len(prefixes)):
            assert some[n * i : n * i + n] == many[600 * i : 600 * i + n]


def test_deviations_far_from_zero():
    rng = np.random.RandomState(0)
    X = (1e4 + rng.normal(size=(20, 30))).astype(np.float32)
    _, std = small(hidden_layer_sizes=8).fit(X).predict(X, return_std=True)
    assert (std > 0.1).all()


@pytest.mark.parametrize("y", [None, ["a", "b"] * 3])
def test_numbers_too_large_for_the_network(y):
    X = np.random.RandomState(0).normal(size=(6, 8))
    generator = small(max_iter=2).fit(X, y)
    for call in (generator.predict, generator.score_samples):
        with pytest.raises(ValueError, match="sequence 0 of X are so large"):
            call([np.array([1.0, 1e200])])
    with pytest.raises(ValueError, match="sequence 0 of X are so large"):
        generator.forecast([np.array([1.0, 1e200])], 2, n_samples=2)
    with pytest.raises(ValueError, match="Try a lower temperature"):
        generator.forecast(X, 2, temperature=1e308)
    with pytest.raises(ValueError, match="loss is"):
        small(max_iter=2).fit(1e200 * X)


def test_suggestions_agree_with_predict_proba_where_tokens_are_unknown():
    X = ["ab", "ac", "ad", "axb", "ayb", "azb", "awb", "avb"] * 2 + ["ab"] * 3
    vectorizer = SequenceVectorizer(analyzer="char", min_df=6)
    generator = small(vectorizer=vectorizer, max_iter=80).fit(X)
    outcomes = generator.outcomes_.tolist()
    first, second, third = generator.predict_proba(["", "a", "ab"])
    a, b = outcomes.index("a"), outcomes.index("b")
    found = dict(generator.suggest("", k=4))
    over = [i for i in range(len(outcomes)) if i not in (a, b)]
    assert found["a"] == pytest.approx(first[a] * second[over].sum(), rel=1e-4)
    ends = first[a] * second[b] * third[over].sum()
    assert found["ab"] == pytest.approx(ends, rel=1e-4)


@pytest.mark.parametrize("temperature", [1e-300, 1e-40, 1e300])
def test_extreme_temperatures(names, temperature):
    texts = names.generate("an", temperature=temperature, n_samples=20, y="f")
    assert set("".join(texts)) <= set("".join(NAMES))
    if temperature < 1:
        assert set(texts) == {names.generate("an", temperature=0, y="f")[0]}
    names.generate("an", repetition_penalty=1e39)


def test_the_least_length_raises_the_default_limit(names):
    assert len(names.generate("an", min_length=50)[0]) >= 50
    with pytest.raises(ValueError, match="min_length=50 needs more tokens"):
        names.generate("an", min_length=50, max_new_tokens=3)


def test_longest_sequence_is_that_of_all_fits():
    generator = small().partial_fit(["ab"]).partial_fit(["ab" * 50]).partial_fit(["a"])
    assert generator.max_length_ == 100


def test_labels_are_held_out_in_proportion():
    X, y = ["a"] * 16 + ["b"] * 4, ["x"] * 16 + ["y"] * 4
    stopping = small(early_stopping=True, validation_fraction=0.25, max_iter=2)
    assert_allclose(stopping.fit(X, y).condition_mean_, [0.8, 0.2])
    with pytest.raises(ValueError, match="cannot hold out"):
        stopping.fit(X[:17], y[:17])


def test_early_stopping_has_time_to_stop():
    generator = RNNGenerator(4, early_stopping=True, n_iter_no_change=100)
    assert generator.fit(NAMES * 10).n_iter_ == 60
    assert generator.set_params(early_stopping=False).fit(NAMES * 10).n_iter_ == 15


@pytest.mark.parametrize("labels", [[1, 2], [True, False], ["a", "b"]])
def test_labels_of_any_dtype(labels):
    y = np.array(labels * 9, dtype=object)
    generator = small(max_iter=1).fit(NAMES, y)
    assert generator.classes_.tolist() == sorted(labels)
    assert_array_equal(
        generator.score_samples(NAMES, y), generator.score_samples(NAMES, labels * 9)
    )
    one = generator.score_samples(NAMES, labels[0])
    assert_array_equal(one, generator.score_samples(NAMES, [labels[0]] * 18))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", np.nan], "no label in place 1, but nan"),
        (["a", None], "no label in place 1, but None"),
        ([1.0, np.nan], "y contains NaN|no label in place 1"),
        (np.array(["a", 1], dtype=object), "strings beside numbers"),
    ],
)
def test_labels_that_are_missing_or_mixed(y, message):
    for given in (y, np.array(y, dtype=object)):
        with pytest.raises(ValueError, match=message):
            small().fit(["a", "b"], given)


def test_conditions_too_large():
    generator = small(max_iter=1).fit(NAMES, np.linspace(0.1, 1.2, 18))
    with pytest.raises(ValueError, match="y has values that are too large for float32"):
        generator.generate("a", y=1e300)


def test_vectorizers_of_other_dtypes():
    integers = SequenceVectorizer(analyzer="char", dtype=int)
    assert small(max_iter=2, vectorizer=integers).fit(NAMES).theta_.dtype == np.float64


def test_documents_without_tokens():
    generator = small(max_iter=2).fit([["a", "b"], ["b"]])
    one = generator.score_samples([[]])
    assert_allclose(generator.score_samples([["a"], []])[1:], one, rtol=1e-6)
    assert len(generator.predict([[], []])) == 2
    with pytest.raises(ValueError, match="no documents"):
        generator.score_samples([])
    special = SequenceVectorizer(analyzer="char", vocabulary=["<pad>", "<unk>"])
    with pytest.raises(ValueError, match="special tokens only"):
        small(vectorizer=special).fit(NAMES)


def test_cross_entropy_of_texts_that_are_cut_off():
    cut = SequenceVectorizer(max_length=3)
    generator = small(max_iter=2, vectorizer=cut).fit(SENTENCES)
    with pytest.raises(ValueError, match="cuts them off at max_length=3"):
        generator.cross_entropy(SENTENCES, per="character")


def test_perplexity_that_is_no_number(walks):
    with pytest.raises(ValueError, match="no perplexity"):
        walks[0].perplexity(walks[1])


@pytest.mark.parametrize("quantiles", [0.5, [[0.1, 0.9]], [1.5], "a"])
def test_quantiles_that_are_refused(walks, quantiles):
    with pytest.raises((ValueError, TypeError)):
        walks[0].forecast(walks[1][:1], 2, quantiles=quantiles)


def test_marks_are_parts_of_letters():
    generator = small(hidden_layer_sizes=24, max_iter=150).fit(
        ["cafe\u0301", "मैं हिन"] * 9
    )
    assert generator.suggest("caf", 1)[0][0] == "cafe\u0301"
    assert generator.suggest("मैं हि", 1)[0][0] == "हिन"


def test_long_streams_of_words(words):
    options = dict(min_length=300, max_length=300, temperature=2.0)
    pieces = list(words.stream("I love", **options))
    assert len(pieces) == 298
    assert "I love" + "".join(pieces) == words.generate("I love", **options)[0]


def test_unknown_options(names, walks):
    with pytest.raises(TypeError, match="sample got topk, but its options are temper"):
        names.sample(topk=3)
    with pytest.raises(TypeError, match="stream got n_samples"):
        names.stream("a", n_samples=2)
    with pytest.raises(TypeError, match="options are max_new_tokens, temperature"):
        walks[0].sample(max_length=3)
    with pytest.raises(ValueError, match="stop must be strings, got 1"):
        names.generate("a", stop=[1])


def test_threads_change_nothing_in_many_minibatches():
    texts = ["anna", "ella", "otto", "bob"] * 5
    one, two = (
        small(max_iter=4, batch_size=4, n_jobs=n).fit(texts).theta_ for n in (1, 2)
    )
    assert_allclose(two, one, atol=1e-5)


@pytest.mark.parametrize("bptt_steps", [None, 2, "auto"])
def test_what_weighs_nothing_changes_neither_streams_nor_lengths(bptt_steps):
    params = dict(bptt_steps=bptt_steps, batch_size=2, max_iter=1, random_state=0)
    vectorizer = SequenceVectorizer(analyzer="char", vocabulary=["a", "b"])
    generator = RNNGenerator(2, vectorizer=vectorizer, shuffle=False, **params)
    weighed = clone(generator).fit(["ab" * 200, "a"], sample_weight=[0.0, 1.0])
    alone = generator.fit(["a"])
    np.testing.assert_allclose(weighed.theta_, alone.theta_, rtol=1e-5, atol=1e-7)
    assert weighed.max_length_ == alone.max_length_ == 1
