"""Word vectors that the user brings: lined up with the features, frozen or tuned."""

import pickle
from collections import defaultdict
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from sklearn_rnn import (
    RNNClassifier,
    RNNRegressor,
    Sequences,
    SequenceVectorizer,
    StepwiseTransformer,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

KINDS = [RNNClassifier, RNNRegressor]
SOLVERS = ["adam", "adamw", "rmsprop", "sgd"]
TABLE = "embedding.E"
TEXTS = [
    "the soup was good",
    "the soup was bad",
    "a good film",
    "a bad film",
    "good good good",
    "bad soup and a bad film",
    "the film was good",
    "the film was bad",
] * 3
Y = np.array([1, 0] * 12)
WORDS = sorted({word for text in TEXTS for word in text.split()})
VECTORS = {word: np.sin(np.arange(4.0) + 7 * i) for i, word in enumerate(WORDS)}
SOME = {word: VECTORS[word] for word in ("good", "bad", "film")}


class KeyedVectors:
    """What the vectors of gensim can do: look up, tell what they know, be counted."""

    def __init__(self, vectors):
        self.key_to_index = {word: i for i, word in enumerate(vectors)}
        self.vectors = np.array(list(vectors.values()), np.float32)

    def __len__(self):
        return len(self.key_to_index)

    def __contains__(self, word):
        return word in self.key_to_index

    def __getitem__(self, word):
        return self.vectors[self.key_to_index[word]]


MAPPINGS = {
    "dict": VECTORS,
    "dict of lists": {word: vector.tolist() for word, vector in VECTORS.items()},
    "dict of more words than there are": {**VECTORS, "unheard-of": np.ones(4)},
    "KeyedVectors": KeyedVectors(VECTORS),
}


def small(kind=RNNClassifier, **params):
    """An estimator that is fitted in milliseconds."""
    return kind(5, **{"max_iter": 3, "random_state": 0, **params})


def pipeline(kind=RNNClassifier, max_features=None, **params):
    """The same behind a vectorizer."""
    return make_pipeline(SequenceVectorizer(max_features=max_features), small(**params))


def steps():
    """The texts as sequences with names."""
    return SequenceVectorizer().fit_transform(TEXTS)


def table(model):
    """Learned vectors: name of the feature -> row."""
    vectorizer, estimator = model
    rows = estimator.parameters_[TABLE]
    return dict(zip(vectorizer.get_feature_names_out(), rows, strict=True))


# -- arrays ----------------------------------------------------------------------------


@pytest.mark.parametrize("embedding_dim", [None, 3])
@pytest.mark.parametrize("form", [np.array, np.ndarray.tolist, pd.DataFrame])
@pytest.mark.parametrize("kind", KINDS)
def test_array(kind, form, embedding_dim):
    X = steps()
    vectors = np.random.RandomState(0).normal(size=(X.n_features, 3))
    estimator = small(
        kind,
        embedding_init=form(vectors),
        embedding_dim=embedding_dim,
        freeze_embedding=True,
    ).fit(X, Y)
    assert_array_equal(estimator.parameters_[TABLE], vectors.astype(np.float32))
    tuned = clone(estimator).set_params(freeze_embedding=False).fit(X, Y)
    moved = (tuned.parameters_[TABLE] != vectors.astype(np.float32)).any(axis=1)
    # The first two are padding and the unknown, which do not occur.
    assert_array_equal(np.flatnonzero(~moved), [0, 1])


@pytest.mark.parametrize("kind", KINDS)
def test_array_for_steps_without_names(kind):
    random_state = np.random.RandomState(0)
    X = [random_state.normal(size=(1 + i % 3, 2)) for i in range(24)]
    vectors = random_state.normal(size=(2, 3))
    estimator = small(kind, embedding_init=vectors, freeze_embedding=True).fit(X, Y)
    assert_array_equal(estimator.parameters_[TABLE], vectors)
    assert estimator.theta_.dtype == np.float64


# -- mappings --------------------------------------------------------------------------


@pytest.mark.parametrize("vectors", MAPPINGS.values(), ids=MAPPINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_mapping(kind, vectors):
    model = make_pipeline(
        SequenceVectorizer(),
        small(kind, embedding_init=vectors, freeze_embedding=True),
    ).fit(TEXTS, Y)
    learned = table(model)
    assert set(learned) == {"<pad>", "<unk>", *WORDS}
    for word in WORDS:
        assert_array_equal(learned[word], VECTORS[word].astype(np.float32))
    assert np.isfinite(model.predict([*TEXTS[:2], "never seen", ""])).all()


def test_all_forms_learn_the_same():
    X = steps()
    names = X.feature_names
    array = np.zeros((len(names), 4))
    start = small(embedding_dim=4, max_iter=1, learning_rate_init=1e-300).fit(X, Y)
    array[:2] = start.parameters_[TABLE][:2]
    array[2:] = [VECTORS[name] for name in names[2:]]
    expected = small(embedding_init=array).fit(X, Y).theta_
    for vectors in (VECTORS, KeyedVectors(VECTORS)):
        assert_array_equal(small(embedding_init=vectors).fit(X, Y).theta_, expected)


@pytest.mark.parametrize("max_features", [4, 6, None])
def test_rows_follow_the_vocabulary(max_features):
    model = pipeline(
        max_features=max_features, embedding_init=VECTORS, freeze_embedding=True
    ).fit(TEXTS, Y)
    learned = table(model)
    known = set(learned) & set(VECTORS)
    assert len(known) == (max_features or len(WORDS)) == len(learned) - 2
    for word in known:
        assert_array_equal(learned[word], VECTORS[word].astype(np.float32))


def test_rows_follow_the_vocabulary_of_a_search():
    grid = {
        "sequencevectorizer__max_features": [4, 6, 8],
        "rnnclassifier__embedding_init": [VECTORS, KeyedVectors(VECTORS)],
    }
    model = pipeline(embedding_init=VECTORS, freeze_embedding=True)
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(TEXTS, Y)
    for params in search.cv_results_["params"]:
        model = clone(model).set_params(**params).fit(TEXTS, Y)
        learned = table(model)
        size = params["sequencevectorizer__max_features"]
        assert len(learned) - 2 == size == len(set(learned) & set(VECTORS))
        for word in set(learned) & set(VECTORS):
            assert_array_equal(learned[word], VECTORS[word].astype(np.float32))
    learned = table(search.best_estimator_)
    for word in set(learned) & set(VECTORS):
        assert_array_equal(learned[word], VECTORS[word].astype(np.float32))


@pytest.mark.parametrize("freeze", [False, True])
def test_words_without_a_vector_start_at_random(freeze):
    still = dict(max_iter=1, learning_rate_init=1e-300, freeze_embedding=freeze)
    first, again, other = (
        table(pipeline(embedding_init=SOME, random_state=seed, **still).fit(TEXTS, Y))
        for seed in (0, 0, 1)
    )
    for word, row in first.items():
        assert_array_equal(row, again[word])
        if word in SOME:
            assert_array_equal(row, SOME[word].astype(np.float32))
            assert_array_equal(row, other[word])
        else:
            assert (row != 0).all()
            assert (row != other[word]).all()
    assert len({tuple(row) for row in first.values()}) == len(first)


def test_vectors_change_nothing_else_in_the_start():
    """All other arrays, and the other rows, start as they do without vectors."""
    X, still = steps(), dict(max_iter=1, learning_rate_init=1e-300)
    plain = small(embedding_dim=4, **still).fit(X, Y).parameters_
    given = small(embedding_init=SOME, **still).fit(X, Y).parameters_
    known = np.isin(X.feature_names.astype(str), list(SOME))
    assert known.sum() == 3
    assert_array_equal(given[TABLE][~known], plain[TABLE][~known])
    assert (given[TABLE][known] != plain[TABLE][known]).all()
    for name in set(plain) - {TABLE}:
        assert_array_equal(given[name], plain[name], err_msg=name)


def test_tuned_vectors_move():
    learned = table(pipeline(embedding_init=VECTORS).fit(TEXTS, Y))
    for word in WORDS:
        assert (learned[word] != VECTORS[word].astype(np.float32)).all()
        assert_allclose(learned[word], VECTORS[word], atol=0.1)


def test_names_of_dense_features():
    """A mapping needs names, not text: a sum of vectors for each step."""
    random_state = np.random.RandomState(0)
    vectors = {"pulse": [1.0, 2.0], "speed": [3.0, 4.0]}
    values = random_state.normal(size=(24, 3))
    X = Sequences(values, [2] * 12, ["speed", "height", "pulse"])
    regressor = small(RNNRegressor, embedding_init=vectors, freeze_embedding=True)
    E = regressor.fit(X, np.arange(12.0)).parameters_[TABLE]
    assert_array_equal(E[[0, 2]], [vectors["speed"], vectors["pulse"]])


def test_threads_and_early_stopping():
    X, params = steps(), dict(embedding_init=SOME, freeze_embedding=True, max_iter=9)
    one = small(**params).fit(X, Y)
    two = small(**params, n_jobs=2).fit(X, Y)
    assert_allclose(one.predict_proba(X), two.predict_proba(X), rtol=1e-4)
    stopped = small(**params, early_stopping=True, validation_fraction=0.25).fit(X, Y)
    for estimator in (one, two, stopped):
        assert_array_equal(estimator.parameters_[TABLE], one.parameters_[TABLE])


# -- the parameter itself --------------------------------------------------------------


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize(
    "vectors",
    [np.ones((10, 4), np.float32), np.ones((10, 4)), SOME, KeyedVectors(SOME)],
    ids=["single", "double", "dict", "KeyedVectors"],
)
def test_fit_leaves_the_vectors_alone(vectors, freeze):
    X = steps()
    assert X.n_features == 10
    before = deepcopy(vectors)
    estimator = small(embedding_init=vectors, freeze_embedding=freeze).fit(X, Y)
    estimator.partial_fit(X, Y)
    estimator.theta_[:] = 0.0
    assert estimator.embedding_init is vectors
    if isinstance(vectors, np.ndarray):
        assert_array_equal(vectors, before)
    else:
        assert len(vectors) == len(before)
        for word in SOME:
            assert_array_equal(vectors[word], before[word])


def test_a_mapping_that_invents_vectors_is_asked_for_none():
    vectors = defaultdict(lambda: np.zeros(4), SOME)
    learned = table(pipeline(embedding_init=vectors).fit(TEXTS, Y))
    assert vectors.keys() == SOME.keys()
    assert learned["soup"].any()


@pytest.mark.parametrize("vectors", [SOME, KeyedVectors(SOME)])
def test_clone_and_pickle(vectors):
    model = pipeline(embedding_init=vectors, freeze_embedding=True).fit(TEXTS, Y)
    expected = model.predict_proba(TEXTS)
    for again in (clone(model).fit(TEXTS, Y), pickle.loads(pickle.dumps(model))):
        assert_array_equal(again.predict_proba(TEXTS), expected)
        again.set_params(rnnclassifier__warm_start=True).fit(TEXTS, Y)
        assert_array_equal(again[-1].parameters_[TABLE], model[-1].parameters_[TABLE])
    assert "embedding_init" in repr(model)


# -- going on --------------------------------------------------------------------------


def go_on(estimator, X, how):
    """Learn more from the same data."""
    if how == "partial_fit":
        return estimator.partial_fit(X, Y)
    return estimator.set_params(warm_start=True).fit(X, Y)


@pytest.mark.parametrize("how", ["partial_fit", "warm_start"])
@pytest.mark.parametrize("kind", KINDS)
def test_tuned_vectors_are_not_reset(kind, how):
    X = steps()
    estimator = small(kind, embedding_init=VECTORS).fit(X, Y)
    tuned = estimator.parameters_[TABLE].copy()
    still = clone(estimator).set_params(learning_rate_init=1e-300)
    estimator.set_params(learning_rate_init=still.learning_rate_init)
    go_on(estimator, X, how)
    assert_array_equal(estimator.parameters_[TABLE], tuned)
    estimator.set_params(learning_rate_init=0.01)
    go_on(estimator, X, how)
    assert (estimator.parameters_[TABLE][2:] != tuned[2:]).all()


def test_partial_fit_from_the_start():
    X = steps()
    estimator = small(embedding_init=SOME, freeze_embedding=True)
    estimator.partial_fit(X[:7], Y[:7], classes=[0, 1])
    first = estimator.parameters_[TABLE].copy()
    for name, row in zip(X.feature_names, first, strict=True):
        assert name not in SOME or (row == SOME[name].astype(np.float32)).all()
    before = estimator.theta_.copy()
    estimator.partial_fit(X[7:], Y[7:])
    assert (estimator.theta_ != before).any()
    assert_array_equal(estimator.parameters_[TABLE], first)


@pytest.mark.parametrize("how", ["partial_fit", "warm_start"])
@pytest.mark.parametrize("solver", SOLVERS)
def test_vectors_frozen_later_stay_at_once(solver, how):
    """What the solver remembers of earlier gradients must not move them on."""
    X = steps()
    estimator = small(embedding_init=VECTORS, solver=solver, alpha=0.1).fit(X, Y)
    tuned, before = estimator.parameters_[TABLE].copy(), estimator.theta_.copy()
    go_on(estimator.set_params(freeze_embedding=True), X, how)
    assert_array_equal(estimator.parameters_[TABLE], tuned)
    assert (estimator.theta_ != before).any()
    go_on(estimator.set_params(freeze_embedding=False), X, how)
    assert (estimator.parameters_[TABLE][2:] != tuned[2:]).all()


def test_another_width_cannot_go_on():
    X = steps()
    estimator = small(embedding_init=VECTORS, warm_start=True).fit(X, Y)
    wider = {word: np.ones(7) for word in WORDS}
    with pytest.raises(ValueError, match="embedding_dim changed since"):
        estimator.set_params(embedding_init=wider).fit(X, Y)
    # Without the vectors, their width must be said.
    with pytest.raises(ValueError, match="embedding_dim changed since"):
        estimator.set_params(embedding_init=None).fit(X, Y)
    estimator.set_params(embedding_dim=4).fit(X, Y)
    assert len(estimator.loss_curve_) == 6


# -- errors ----------------------------------------------------------------------------


class Unequal(KeyedVectors):
    """Vectors of several lengths."""

    def __getitem__(self, word):
        return np.ones(len(word))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"embedding_init": {"alien": [1.0]}},
            "vector for none of the features, which are '<pad>', '<unk>', 'a', 'and'",
        ),
        ({"embedding_init": {}}, "vector for none of the features"),
        ({"embedding_init": KeyedVectors({})}, "vector for none of the features"),
        (
            {"embedding_init": {"film": [1.0, 2.0], "good": [1.0]}},
            r"one length: 'good' has shape \(1,\), 'film' has \(2,\)",
        ),
        ({"embedding_init": Unequal(SOME)}, r"'film' has shape \(4,\), 'bad' has"),
        ({"embedding_init": {"film": 1.0}}, "words to vectors, but 'film' to 1.0"),
        ({"embedding_init": {"film": "ab"}}, "words to vectors, but 'film' to 'ab'"),
        ({"embedding_init": {"film": [[1.0]]}}, r"vectors, but 'film' to \[\[1.0\]\]"),
        ({"embedding_init": {"film": []}}, r"0 feature\(s\)"),
        ({"embedding_init": {"film": [1.0, np.nan]}}, "embedding_init contains NaN"),
        ({"embedding_init": {"film": [np.inf]}}, "embedding_init contains infinity"),
        ({"embedding_init": np.full((10, 4), np.nan)}, "embedding_init contains NaN"),
        (
            {"embedding_init": np.ones((9, 4))},
            r"shape \(9, 4\), but X has 10 features per step: one row for each",
        ),
        ({"embedding_init": np.ones(10)}, "Expected 2D array, got 1D"),
        (
            {"embedding_init": SOME, "embedding_dim": 5},
            "embedding_dim=5, but the vectors of embedding_init have 4 elements",
        ),
        (
            {"embedding_init": np.ones((10, 4)), "embedding_dim": 5},
            "embedding_dim=5, but the vectors of embedding_init have 4 elements",
        ),
        ({"freeze_embedding": True}, "freeze_embedding needs embedding_init"),
        (
            {"freeze_embedding": True, "embedding_dim": 4},
            "freeze_embedding needs embedding_init",
        ),
    ],
)
def test_errors(kind, params, message):
    X = steps()
    estimator = small(kind).set_params(**params)
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, Y)
    assert vars(estimator).keys() == before.keys()
    for name, value in vars(estimator).items():
        assert value is before[name], name


@pytest.mark.parametrize("kind", KINDS)
def test_mapping_needs_names(kind):
    X = steps()
    nameless = X.with_values(X.values)
    estimator = small(kind, embedding_init=SOME)
    with pytest.raises(ValueError, match=r"features of X have no names\. Seq"):
        estimator.fit(nameless, Y)
    # Names that fit has seen need not come again.
    estimator.fit(X, Y).partial_fit(nameless, Y)


def test_long_vocabularies_are_not_listed():
    texts = [" ".join(f"w{i:02d}" for i in range(40))] * 4
    with pytest.raises(ValueError, match=r"'w07', …\.$"):
        pipeline(embedding_init=SOME).fit(texts, [0, 1, 0, 1])


def test_rows_of_a_frame_are_found_by_name():
    X = SequenceVectorizer().fit_transform(["good bad film"])
    frame = pd.DataFrame({"a": [0.0, 1.0], "b": [2.0, 3.0]}, index=["film", "bad"])
    for vectors in (frame, pd.Series(list(frame.to_numpy()), index=frame.index)):
        model = RNNClassifier(
            4, embedding_init=vectors, freeze_embedding=True, max_iter=2
        ).fit(X[[0, 0]], [0, 1])
        table = dict(
            zip(X.feature_names, model.parameters_["embedding.E"], strict=True)
        )
        assert table["bad"].tolist() == [1.0, 3.0]
        assert table["film"].tolist() == [0.0, 2.0]


def test_names_survive_transformers_of_steps():
    X = SequenceVectorizer().fit_transform(["good bad film", "bad"])
    scaled = StepwiseTransformer(MaxAbsScaler()).fit_transform(X)
    assert scaled.feature_names.tolist() == X.feature_names.tolist()
