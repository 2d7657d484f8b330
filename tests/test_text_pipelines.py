"""Raw text in, predictions out: with whatever scikit-learn puts around a pipeline."""

import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    learning_curve,
    train_test_split,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler

from sklearn_rnn import RNNClassifier, RNNRegressor, SequenceVectorizer
from sklearn_rnn.datasets import load_reviews

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

REVIEWS = load_reviews()
N = 120
X, TOPIC = REVIEWS.data[:N], REVIEWS.topic[:N]
SENTIMENT, RATING = REVIEWS.sentiment[:N], REVIEWS.target[:N]
UNHEARD = ["qwertz zxcvb", "", "?? qwertz"]


def small(kind=RNNClassifier, **params):
    """An estimator that is fitted in a fraction of a second."""
    params = {"embedding_dim": 8, "max_iter": 10, "random_state": 0, **params}
    return kind(8, **params)


def recurrent(kind=RNNClassifier, **params):
    """The same on text."""
    return make_pipeline(SequenceVectorizer(min_df=2), small(kind, **params))


def bag_of_words():
    """A classifier that does not look at the order."""
    return make_pipeline(TfidfVectorizer(), LogisticRegression())


def assert_probabilities(p, n_documents, n_classes):
    """Rows of probabilities that are not all the same."""
    assert p.shape == (n_documents, n_classes)
    assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert (p >= 0).all()
    assert np.ptp(p, axis=0).max() > 0.01


# -- the pipeline itself ---------------------------------------------------------------


def test_text_in_labels_out():
    model = make_pipeline(SequenceVectorizer(), RNNClassifier(8, max_iter=5))
    model.set_params(rnnclassifier__random_state=0).fit(X, TOPIC)
    assert set(model.predict(X)) <= {"film", "restaurant"}
    assert_array_equal(model.classes_, ["film", "restaurant"])
    assert_probabilities(model.predict_proba(X), N, 2)
    assert model.transform(X).shape == (N, 8)
    assert model.get_feature_names_out()[0] == "rnnclassifier0"
    assert len(model[:-1].get_feature_names_out()) == model[-1].n_features_in_


def test_learns_more_than_chance_with_default_parameters():
    clear = REVIEWS.sentiment != "mixed"
    documents, y = np.array(REVIEWS.data)[clear], REVIEWS.sentiment[clear]
    train, test, y_train, y_test = train_test_split(
        documents, y, stratify=y, random_state=0
    )
    model = make_pipeline(SequenceVectorizer(), RNNClassifier(random_state=0))
    assert model.fit(train, y_train).score(test, y_test) > 0.65  # of 0.5 by chance


@pytest.mark.parametrize("form", [tuple, np.array, pd.Series])
def test_forms_of_text(form):
    expected = recurrent().fit(X, SENTIMENT).predict_proba(X)
    documents = form(X)
    p = recurrent().fit(documents, SENTIMENT).predict_proba(documents)
    assert_array_equal(p, expected)


def test_series_with_an_index_of_their_own():
    frame = load_reviews(as_frame=True).frame.sample(N, random_state=1)
    assert frame.index[0] != 0
    model = recurrent().fit(frame["text"], frame["sentiment"])
    plain = recurrent().fit(list(frame["text"]), frame["sentiment"].to_numpy(str))
    expected = plain.predict_proba(list(frame["text"]))
    assert_array_equal(model.predict_proba(frame["text"]), expected)
    assert_array_equal(model.classes_, plain.classes_)
    p = cross_val_predict(
        model, frame["text"], frame["sentiment"], cv=2, method="predict_proba"
    )
    assert_probabilities(p, N, 3)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("kind", [RNNClassifier, RNNRegressor])
def test_documents_of_unknown_words_and_of_none(kind, pooling, bidirectional):
    params = dict(pooling=pooling, bidirectional=bidirectional, max_iter=2)
    model = recurrent(kind, **params).fit([*X[:40], ""], RATING[:41])
    method = model.predict_proba if kind is RNNClassifier else model.predict
    together = method([*UNHEARD, X[0]])
    assert np.isfinite(together).all()
    for document, expected in zip(UNHEARD, together, strict=False):
        assert_allclose(method([document])[0], expected, rtol=1e-4)
    # To a model, all words that it does not know are the same.
    assert_allclose(method(["xyzzy plugh"])[0], together[0], rtol=1e-4)


def test_another_vocabulary_is_refused():
    words = SequenceVectorizer(max_features=50)
    classifier = small().fit(words.fit_transform(X), TOPIC)
    some = SequenceVectorizer(max_features=40).fit_transform(X)
    with pytest.raises(ValueError, match="X has 42 features per step, but RNNClass"):
        classifier.predict(some)
    others = SequenceVectorizer(max_features=50).fit_transform(X[:40])
    message = r"feature names should match .*: feature \d+ of a step is '.+', and was"
    for call in (classifier.predict, classifier.transform, classifier.predict_proba):
        with pytest.raises(ValueError, match=message):
            call(others)
    with pytest.raises(ValueError, match=message):
        classifier.partial_fit(others, TOPIC[:40])
    assert classifier.predict(words.transform(X[:3])).shape == (3,)


def test_partial_fit_on_chunks():
    words = SequenceVectorizer(min_df=2).fit(X)
    classifier = small(learning_rate_init=0.02)
    losses = []
    for _ in range(8):
        for chunk in np.array_split(np.arange(N), 3):
            documents = [X[i] for i in chunk]
            classifier.partial_fit(
                words.transform(documents), TOPIC[chunk], classes=["film", "restaurant"]
            )
            losses.append(classifier.loss_)
    assert np.mean(losses[-3:]) < np.mean(losses[:3]) - 0.3
    assert make_pipeline(words, classifier).score(X, TOPIC) > 0.8


def test_early_stopping():
    model = recurrent(early_stopping=True, max_iter=60).fit(X, TOPIC)
    classifier = model[-1]
    assert classifier.n_iter_ == len(classifier.validation_scores_) < 60
    assert classifier.best_validation_score_ > 0.5
    held_out = model[:-1].transform(REVIEWS.data[N:200])
    classifier.fit(
        model[:-1].transform(X), TOPIC, X_val=held_out, y_val=REVIEWS.topic[N:200]
    )
    score = classifier.score(held_out, REVIEWS.topic[N:200])
    assert score == pytest.approx(classifier.best_validation_score_)


def test_pickle_and_joblib(tmp_path):
    model = recurrent().fit(X, SENTIMENT)
    expected = model.predict_proba([*X, *UNHEARD])
    joblib.dump(model, tmp_path / "model.joblib", compress=3)
    for again in (
        pickle.loads(pickle.dumps(model)),
        joblib.load(tmp_path / "model.joblib"),
    ):
        assert_array_equal(again.predict_proba([*X, *UNHEARD]), expected)
        vectorized = again[:-1].transform(X[:20])
        again[-1].partial_fit(vectorized, SENTIMENT[:20])


def test_output_of_frames():
    expected = recurrent().fit(X, SENTIMENT)
    with config_context(transform_output="pandas"):
        model = recurrent().fit(X, SENTIMENT)
        assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
        states = model.transform(X)
    assert isinstance(states, pd.DataFrame)
    assert_array_equal(states, expected.transform(X))
    assert_array_equal(states.columns, [f"rnnclassifier{i}" for i in range(8)])
    model = recurrent().set_output(transform="pandas").fit(X, SENTIMENT)
    assert_array_equal(model.transform(X), states)
    assert_array_equal(model.predict(X), expected.predict(X))


# -- choosing and judging --------------------------------------------------------------


def test_grid_search():
    grid = {
        "sequencevectorizer__max_features": [30, None],
        "sequencevectorizer__min_df": [1, 0.02],
        "rnnclassifier__hidden_layer_sizes": [4, (4, 4)],
        "rnnclassifier__embedding_dim": [None, 4],
    }
    model = recurrent(max_iter=4)
    search = GridSearchCV(model, grid, cv=2, n_jobs=2, error_score="raise")
    search.fit(X, TOPIC)
    scores = search.cv_results_["mean_test_score"]
    assert scores.shape == (16,)
    assert search.best_score_ == scores.max() > 0.5
    expected = clone(model).set_params(**search.best_params_).fit(X, TOPIC)
    assert_array_equal(search.predict_proba(X), expected.predict_proba(X))
    assert search.best_estimator_[-1].n_layers_ in (1, 2)


def test_search_behind_the_vectorizer():
    grid = {"hidden_layer_sizes": [4, 8], "dropout": [0.0, 0.2], "input_dropout": [0.1]}
    search = GridSearchCV(small(max_iter=4), grid, cv=2, error_score="raise")
    model = make_pipeline(SequenceVectorizer(), search).fit(X, TOPIC)
    assert_probabilities(model.predict_proba(X), N, 2)


def test_cross_val_predict():
    model = recurrent(max_iter=30)
    labels = cross_val_predict(model, X, TOPIC, cv=3)
    p = cross_val_predict(model, X, TOPIC, cv=3, method="predict_proba")
    assert_probabilities(p, N, 2)
    assert_array_equal(np.array(["film", "restaurant"])[p.argmax(axis=1)], labels)
    assert (labels == TOPIC).mean() > 0.6


def test_learning_curve():
    sizes, train, test = learning_curve(
        recurrent(), X, TOPIC, cv=3, train_sizes=[0.3, 1.0], error_score="raise"
    )
    assert_array_equal(sizes, [24, 80])
    assert train.shape == test.shape == (2, 3)
    assert np.isfinite(train).all()
    assert np.isfinite(test).all()


# -- several models --------------------------------------------------------------------


@pytest.mark.parametrize("ensemble", [False, True])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration(method, ensemble):
    outside = CalibratedClassifierCV(
        recurrent(), method=method, cv=2, ensemble=ensemble
    )
    inside = make_pipeline(SequenceVectorizer(), clone(outside))
    inside[-1].set_params(estimator=small())
    for model in (outside, inside):
        model.fit(X, SENTIMENT)
        assert_probabilities(model.predict_proba(X), N, 3)
        assert_array_equal(model.classes_, ["mixed", "negative", "positive"])


def test_soft_vote_with_a_bag_of_words():
    both = [("order", recurrent()), ("words", bag_of_words())]
    vote = VotingClassifier(both, voting="soft").fit(X, TOPIC)
    each = [model.fit(X, TOPIC).predict_proba(X) for _, model in both]
    assert_allclose(vote.predict_proba(X), np.mean(each, axis=0), rtol=1e-6)
    assert_array_equal(
        vote.predict(X), vote.classes_[vote.predict_proba(X).argmax(axis=1)]
    )
    assert vote.score(X, TOPIC) > 0.8


def test_stacking_with_a_bag_of_words():
    both = [("order", recurrent()), ("words", bag_of_words())]
    stack = StackingClassifier(both, cv=2).fit(X, SENTIMENT)
    assert_probabilities(stack.predict_proba(X), N, 3)
    assert stack.transform(X).shape == (N, 6)


@pytest.mark.parametrize("vectorizer_inside", [False, True])
def test_several_labels_a_document(vectorizer_inside):
    Y = MultiLabelBinarizer().fit_transform(zip(TOPIC, SENTIMENT, strict=True))
    assert Y.shape == (N, 5)
    longer = dict(max_iter=60, learning_rate_init=0.02)
    if vectorizer_inside:
        model = OneVsRestClassifier(recurrent(**longer))
    else:
        model = make_pipeline(
            SequenceVectorizer(min_df=2), OneVsRestClassifier(small(**longer))
        )
    model.fit(X, Y)
    assert f1_score(Y, model.predict(X), average="micro") > 0.9
    p = model.predict_proba([*X, *UNHEARD])
    assert p.shape == (N + 3, 5)
    assert ((p >= 0) & (p <= 1)).all()
    assert_array_equal(p[:N] > 0.5, model.predict(X))


@pytest.mark.parametrize("vectorizer_inside", [False, True])
def test_transformed_ratings(vectorizer_inside):
    if vectorizer_inside:
        model = TransformedTargetRegressor(
            recurrent(RNNRegressor, max_iter=60), transformer=StandardScaler()
        )
    else:
        model = make_pipeline(
            SequenceVectorizer(min_df=2),
            TransformedTargetRegressor(
                small(RNNRegressor, max_iter=60), transformer=StandardScaler()
            ),
        )
    model.fit(X, RATING)
    assert model.predict(X).shape == (N,)
    assert model.score(X, RATING) > 0.5
    assert np.isfinite(model.predict(UNHEARD)).all()


# -- side by side with tables ----------------------------------------------------------


def test_states_beside_other_columns():
    frame = pd.DataFrame({"text": X, "length": [len(x) for x in X]})
    columns = ColumnTransformer(
        [
            ("states", recurrent(), "text"),
            ("words", TfidfVectorizer(max_features=20), "text"),
            ("length", StandardScaler(), ["length"]),
        ]
    )
    model = make_pipeline(columns, LogisticRegression()).fit(frame, TOPIC)
    assert columns.fit_transform(frame, TOPIC).shape == (N, 8 + 20 + 1)
    assert_probabilities(model.predict_proba(frame), N, 2)
    union = FeatureUnion([("states", recurrent()), ("words", TfidfVectorizer())])
    model = make_pipeline(union, LogisticRegression()).fit(X, TOPIC)
    assert_probabilities(model.predict_proba(X), N, 2)


def test_sequences_are_no_columns():
    """Nothing can be put beside sequences; the errors say so."""
    frame = pd.DataFrame({"text": X})
    columns = ColumnTransformer([("steps", SequenceVectorizer(), "text")])
    with pytest.raises(ValueError, match=r"output of the 'steps' .* should be 2D"):
        columns.fit_transform(frame)
    union = FeatureUnion(
        [("words", SequenceVectorizer()), ("letters", SequenceVectorizer())]
    )
    with pytest.raises(
        (TypeError, ValueError), match=r"3 dimensions|Sequences have unequal lengths"
    ):
        union.fit_transform(X)
