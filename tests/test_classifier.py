"""What `RNNClassifier` does on sequences, beside what the common checks say."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, Sequences

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

LABELS = np.array(["rise", "fall", "stay"])


def data(n=30, width=2, seed=0):
    """Ragged sequences whose class is in their last step."""
    random_state = np.random.RandomState(seed)
    X = [random_state.normal(size=(1 + i % 6, width)) for i in range(n)]
    codes = np.arange(n) % 3
    for x, code in zip(X, codes, strict=True):
        x[-1, 0] += 5 * (code - 1)
    return X, codes


def small(**params):
    """A classifier that is fitted in milliseconds."""
    params = {
        "hidden_layer_sizes": 5,
        "max_iter": 5,
        "learning_rate_init": 0.03,
        "random_state": 0,
        **params,
    }
    return RNNClassifier(**params)


# -- labels ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        LABELS.astype(object),
        np.array([30, -2, 7]),
        np.array([0.0, 2.0, 1.0]),
    ],
    ids=["strings", "objects", "integers", "whole floats"],
)
def test_labels(labels):
    X, codes = data()
    classifier = small(max_iter=100).fit(X, labels[codes])
    assert_array_equal(classifier.classes_, np.sort(labels))
    assert classifier.classes_.dtype == labels.dtype
    predicted = classifier.predict(X)
    assert predicted.dtype == labels.dtype
    assert_array_equal(predicted, labels[codes])
    p = classifier.predict_proba(X)
    assert_allclose(p.sum(axis=1), 1)
    assert_array_equal(classifier.classes_[p.argmax(axis=1)], predicted)
    assert classifier.score(X, labels[codes]) == 1.0
    assert classifier.n_outputs_ == 3


def test_names_of_labels_do_not_matter():
    X, codes = data()
    expected = small().fit(X, codes).predict_proba(X)
    labels = np.array(["a", "b", "c"])[codes]
    assert_array_equal(small().fit(X, labels).predict_proba(X), expected)
    assert_array_equal(small().fit(X, labels.tolist()).predict_proba(X), expected)


def test_two_classes_and_one():
    X, codes = data()
    p = small().fit(X, codes > 0).predict_proba(X)
    assert p.shape == (30, 2)
    classifier = small().fit(X, ["same"] * 30)
    assert_array_equal(classifier.predict(X), ["same"] * 30)
    assert_allclose(classifier.predict_proba(X), np.ones((30, 1)))


def test_log_of_probabilities():
    X, codes = data()
    classifier = small(max_iter=100).fit(X, codes)
    log_p = classifier.predict_log_proba(X)
    assert_allclose(np.exp(log_p), classifier.predict_proba(X), rtol=1e-12)
    # Probabilities may underflow, their logarithms do not.
    classifier.parameters_["output.b"].base[-3:] = [0.0, -2000.0, 2000.0]
    assert (classifier.predict_proba(X)[:, :2] == 0).all()
    assert np.isfinite(classifier.predict_log_proba(X)).all()


# -- weights ---------------------------------------------------------------------------


def test_class_weight_equals_sample_weight():
    X, codes = data()
    y, weight = LABELS[codes], {"rise": 5.0, "fall": 0.5, "stay": 1.0}
    weighted = small(class_weight=weight).fit(X, y)
    by_sample = small().fit(X, y, sample_weight=[weight[label] for label in y])
    assert_allclose(weighted.predict_proba(X), by_sample.predict_proba(X))
    both = small(class_weight=weight).fit(X, y, sample_weight=np.arange(30))
    product = [weight[label] * i for i, label in enumerate(y)]
    by_sample = small().fit(X, y, sample_weight=product)
    assert_allclose(both.predict_proba(X), by_sample.predict_proba(X))


def test_classes_that_are_missing_from_a_part():
    X, codes = data()
    y, part = LABELS[codes], np.flatnonzero(codes != 0)
    X_part, y_part = [X[i] for i in part], y[part]
    some, every = {LABELS[0]: 3.0}, dict(zip(LABELS, [3.0, 1.0, 1.0], strict=True))
    fits = [
        small(class_weight=weight, warm_start=True)
        .fit(X, y, X_val=X_part, y_val=y_part)
        .fit(X_part, y_part)
        for weight in (some, every)
    ]
    assert_array_equal(fits[0].theta_, fits[1].theta_)
    balanced = small(class_weight="balanced", warm_start=True).fit(X, y)
    shares = np.bincount(codes[part], minlength=3)[codes[part]] * 2 / len(part)
    other = small(warm_start=True, class_weight="balanced").fit(X, y)
    other.set_params(class_weight=None).fit(X_part, y_part, sample_weight=1 / shares)
    assert_allclose(balanced.fit(X_part, y_part).theta_, other.theta_, rtol=1e-6)


def test_class_weight_favours_its_class():
    X, codes = data()
    plain = small().fit(X, codes).predict_proba(X).mean(axis=0)
    for code in range(3):
        weight = {0: 1, 1: 1, 2: 1, code: 20}
        p = small(class_weight=weight).fit(X, codes).predict_proba(X)
        assert p.mean(axis=0)[code] > plain[code] + 0.1


def test_balanced_classes():
    X, codes = data()
    keep = (codes == 0) | (np.arange(30) < 6)
    X, codes = [x for x, k in zip(X, keep, strict=True) if k], codes[keep]
    counts = np.bincount(codes)
    weight = len(codes) / (3 * counts)
    balanced = small(class_weight="balanced").fit(X, codes).predict_proba(X)
    expected = small().fit(X, codes, sample_weight=weight[codes]).predict_proba(X)
    assert_allclose(balanced, expected)
    plain = small().fit(X, codes).predict_proba(X)
    assert balanced[:, 0].mean() < plain[:, 0].mean() - 0.1


def test_score_is_weighted():
    X, codes = data()
    classifier = small().fit(X, codes)
    right = classifier.predict(X) == codes
    assert 0 < right.sum() < 30
    assert classifier.score(X, codes, sample_weight=right) == 1.0


# -- after each step -------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [5, (4, 3)])
def test_staged_equals_prefixes(pooling, bidirectional, layers):
    X, codes = data()
    X = [*X[:7], X[7][:0], *X[8:]]
    classifier = small(
        hidden_layer_sizes=layers, pooling=pooling, bidirectional=bidirectional
    ).fit(X, codes)
    stages = list(classifier.staged_predict_proba(X))
    assert len(stages) == 6
    for t, stage in enumerate(stages, start=1):
        assert stage.shape == (30, 3)
        expected = classifier.predict_proba([x[:t] for x in X])
        assert_allclose(stage, expected, rtol=1e-10, err_msg=f"stage {t}")
    assert_allclose(stages[-1], classifier.predict_proba(X), rtol=1e-10)
    assert np.abs(stages[0] - stages[-1]).max() > 0.01


@pytest.mark.parametrize("bidirectional", [False, True])
def test_staged_in_several_batches(bidirectional, monkeypatch):
    monkeypatch.setattr("sklearn_rnn.core.prediction.TOKENS_AT_A_TIME", 10)
    X, codes = data()
    classifier = small(bidirectional=bidirectional).fit(X, codes)
    for t, stage in enumerate(classifier.staged_predict_proba(X), start=1):
        expected = classifier.predict_proba([x[:t] for x in X])
        assert_allclose(stage, expected, rtol=1e-10)


def test_stages_are_independent_arrays():
    X, codes = data()
    classifier = small().fit(X, codes)
    kept, changed = [], classifier.staged_predict_proba(X)
    for stage in changed:
        kept.append(stage.copy())
        stage[:] = 0
    for stage, expected in zip(classifier.staged_predict_proba(X), kept, strict=True):
        assert_array_equal(stage, expected)


def test_stages_of_nothing():
    X, codes = data()
    classifier = small().fit(X, codes)
    assert list(classifier.staged_predict_proba([[]])) == []
    (only,) = classifier.staged_predict_proba([X[0], []])
    assert_allclose(only, classifier.predict_proba([X[0], []]))


# -- states as features ----------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize(
    ("params", "width"),
    [
        ({}, 5),
        ({"bidirectional": True}, 10),
        ({"hidden_layer_sizes": (4, 3)}, 3),
        ({"hidden_layer_sizes": (4, 3), "bidirectional": True}, 6),
    ],
)
def test_transform_is_what_the_output_layer_sees(pooling, params, width):
    X, codes = data()
    classifier = small(pooling=pooling, **params).fit(X, codes)
    features = classifier.transform(X)
    assert features.shape == (30, width)
    w, b = (classifier.parameters_[f"output.{name}"] for name in "Wb")
    scores = np.exp(features @ w + b)
    expected = scores / scores.sum(axis=1, keepdims=True)
    assert_allclose(classifier.predict_proba(X), expected, rtol=1e-10)


def test_names_of_features():
    X, codes = data()
    classifier = small(bidirectional=True).fit(X, codes)
    names = classifier.get_feature_names_out()
    assert_array_equal(names, [f"rnnclassifier{i}" for i in range(10)])
    classifier.set_output(transform="pandas")
    frame = classifier.transform(X)
    assert isinstance(frame, pd.DataFrame)
    assert_array_equal(frame.columns, names)


def test_features_in_a_pipeline():
    X, codes = data()
    pipeline = make_pipeline(small(max_iter=30), LogisticRegression(C=10))
    pipeline.fit(X, LABELS[codes])
    assert pipeline.score(X, LABELS[codes]) > 0.9
    features = small(max_iter=30).fit_transform(X, LABELS[codes])
    expected = LogisticRegression(C=10).fit(features, LABELS[codes])
    assert_allclose(pipeline.predict_proba(X), expected.predict_proba(features))


# -- forms of X ------------------------------------------------------------------------


def test_names_of_columns():
    frame = pd.DataFrame(np.random.RandomState(0).normal(size=(12, 3)))
    frame.columns = ["mon", "tue", "wed"]
    y = np.arange(12) % 2
    classifier = small().fit(frame, y)
    assert_array_equal(classifier.feature_names_in_, ["mon", "tue", "wed"])
    assert classifier.n_features_in_ == 3
    expected = small().fit(frame.to_numpy(), y).predict_proba(frame.to_numpy())
    assert_array_equal(classifier.predict_proba(frame), expected)
    with pytest.raises(ValueError, match="unseen at fit time:\n- thu"):
        classifier.predict(frame.rename(columns={"wed": "thu"}))
    with pytest.raises(ValueError, match="must be in the same order"):
        classifier.predict(frame[["tue", "mon", "wed"]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        classifier.predict(frame.to_numpy())


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, bool, np.float16])
def test_other_numbers_become_double(dtype):
    random_state = np.random.RandomState(0)
    X = [random_state.randint(0, 2, (n, 2)).astype(dtype) for n in [3, 1, 4, 2]]
    classifier = small().fit(X, [0, 1, 1, 0])
    assert classifier.theta_.dtype == np.float64
    expected = small().fit([x.astype(float) for x in X], [0, 1, 1, 0])
    assert_array_equal(classifier.predict_proba(X), expected.predict_proba(X))


def test_one_sequence():
    X, codes = data()
    classifier = small().fit(X, codes)
    expected = classifier.predict_proba(X)
    assert_allclose(classifier.predict_proba(X[:1]), expected[:1])
    assert_allclose(classifier.predict_proba([X[3].tolist()]), expected[3:4])
    assert classifier.predict(Sequences.from_list(X)[:1]).shape == (1,)


def test_only_empty_sequences():
    classifier = small().fit([[]] * 4, [0, 0, 0, 1])
    assert_allclose(classifier.predict_proba([[], []])[:, 1], 0.25, atol=0.05)


@pytest.mark.parametrize("embedding_dim", [None, 3])
@pytest.mark.parametrize("solver", ["adam", "adamw", "rmsprop", "sgd"])
def test_one_hot_words_stay_sparse(embedding_dim, solver):
    random_state = np.random.RandomState(0)
    words = random_state.randint(0, 1000, 60)
    values = sp.csr_array((np.ones(60), words, np.arange(61)), shape=(60, 1000))
    X, y = Sequences(values, [3] * 20), np.arange(20) % 2
    classifier = small(
        embedding_dim=embedding_dim, batch_size=4, solver=solver, max_iter=30
    )
    if solver == "sgd":
        classifier.set_params(learning_rate_init=0.3)
    assert classifier.fit(X, y).score(X, y) == 1.0
    dense = Sequences(values.toarray(), X.lengths)
    assert_allclose(classifier.predict_proba(dense), classifier.predict_proba(X))
    table = "recurrent.0.Wx" if embedding_dim is None else "embedding.E"
    start = small(embedding_dim=embedding_dim, max_iter=1, learning_rate_init=1e-300)
    start = start.fit(X, y).parameters_[table]
    moved = (classifier.parameters_[table] != start).any(axis=1)
    assert_array_equal(np.flatnonzero(moved), np.unique(words))


# -- input dropout ---------------------------------------------------------------------


def one_hot_sequences(n=20, n_words=30):
    """Three sparse one-hot steps a sequence."""
    words = np.random.RandomState(0).randint(0, n_words, 3 * n)
    parts = (np.ones(3 * n), words, np.arange(3 * n + 1))
    return Sequences(sp.csr_array(parts, shape=(3 * n, n_words)), [3] * n)


def test_input_dropout_is_for_training_only():
    X, codes = data()
    plain, dropping = small().fit(X, codes), small(input_dropout=0.4).fit(X, codes)
    assert (dropping.theta_ != plain.theta_).any()
    # The same weights give the same answers.
    plain.theta_ = dropping.theta_
    for method in ("predict_proba", "transform"):
        expected = getattr(plain, method)(X)
        assert_array_equal(getattr(dropping, method)(X), expected)
        assert_array_equal(getattr(dropping, method)(X), expected)
    for stage, expected in zip(
        dropping.staged_predict_proba(X), plain.staged_predict_proba(X), strict=True
    ):
        assert_array_equal(stage, expected)


def test_input_dropout_is_reproducible():
    X, codes = data()
    first, again = (small(input_dropout=0.4).fit(X, codes) for _ in range(2))
    assert_array_equal(first.theta_, again.theta_)
    assert first.loss_curve_ == again.loss_curve_
    first.partial_fit(X, codes)
    again.partial_fit(X, codes)
    assert_array_equal(first.theta_, again.theta_)


@pytest.mark.parametrize("params", [{}, {"embedding_dim": 3}, {"n_jobs": 2}])
def test_input_dropout_of_sparse_steps(params):
    X, y = one_hot_sequences(), np.arange(20) % 2
    silenced = small(input_dropout=0.4, **params).fit(X, y)
    assert (silenced.theta_ != small(**params).fit(X, y).theta_).any()


def test_input_dropout_may_change_after_fit():
    X, codes = data()
    plain, dropping = (small(warm_start=True).fit(X, codes) for _ in range(2))
    dropping.set_params(input_dropout=0.5).fit(X, codes)
    assert (plain.fit(X, codes).theta_ != dropping.theta_).any()


def test_a_network_that_hears_nothing_learns_the_shares_of_the_classes():
    X, y = one_hot_sequences(), np.arange(20) % 4 > 0
    deaf = small(input_dropout=0.999999, embedding_dim=3, max_iter=100).fit(X, y)
    assert_allclose(deaf.loss_, -0.75 * np.log(0.75) - 0.25 * np.log(0.25), rtol=0.01)
    hearing = small(embedding_dim=3, max_iter=100).fit(X, y)
    assert hearing.loss_ < 0.2


# -- learning --------------------------------------------------------------------------


def test_remembers_the_first_step():
    random_state = np.random.RandomState(0)
    X = [random_state.normal(0, 0.1, (n, 1)) for n in random_state.randint(5, 20, 60)]
    y = random_state.randint(0, 2, 60)
    for x, code in zip(X, y, strict=True):
        x[0] += 2 * code - 1
    classifier = RNNClassifier(16, max_iter=150, learning_rate_init=0.02)
    classifier.set_params(random_state=0).fit(X[:40], y[:40])
    assert classifier.score(X[40:], y[40:]) > 0.9


def test_partial_fit():
    X, codes = data()
    y = LABELS[codes]
    classifier = small().partial_fit(X[:3], y[[0, 0, 0]], classes=LABELS)
    assert_array_equal(classifier.classes_, np.sort(LABELS))
    assert classifier.predict_proba(X).shape == (30, 3)
    for epoch in range(2, 60):
        classifier.partial_fit(X, y)
        assert classifier.n_iter_ == len(classifier.loss_curve_) == epoch
    classifier.partial_fit(X[:1], y[:1], classes=LABELS[::-1])
    assert accuracy_score(y, classifier.predict(X)) == 1.0


def test_partial_fit_equals_fit_at_constant_rate():
    X, codes = data()
    expected = small(learning_rate="constant", max_iter=4, batch_size=7).fit(X, codes)
    classifier = small(batch_size=7)
    for _ in range(4):
        classifier.partial_fit(X, codes, classes=[0, 1, 2])
    assert_array_equal(classifier.theta_, expected.theta_)
    assert classifier.loss_curve_ == expected.loss_curve_


def test_partial_fit_with_weights():
    X, codes = data()
    weight = np.arange(30) % 4
    index = np.repeat(np.arange(30), weight)
    weighted = small(class_weight={0: 1, 1: 2, 2: 3})
    weighted.partial_fit(X, codes, classes=[0, 1, 2], sample_weight=weight)
    by_sample = small().partial_fit(
        [X[i] for i in index],
        codes[index],
        classes=[0, 1, 2],
        sample_weight=1.0 + codes[index],
    )
    assert_allclose(weighted.predict_proba(X), by_sample.predict_proba(X))


def test_refit_forgets():
    X, codes = data()
    classifier = small(hidden_layer_sizes=(3, 3)).fit(X, LABELS[codes])
    X, codes = data(width=3, seed=1)
    classifier.set_params(hidden_layer_sizes=4).fit(X[:20], codes[:20] > 0)
    expected = small(hidden_layer_sizes=4).fit(X[:20], codes[:20] > 0)
    assert_array_equal(classifier.theta_, expected.theta_)
    assert classifier.loss_curve_ == expected.loss_curve_
    assert classifier.n_layers_ == 1


def test_held_out_accuracy():
    X, codes = data()
    weight = np.arange(10.0)
    classifier = small().fit(
        X[:20], codes[:20], X_val=X[20:], y_val=codes[20:], sample_weight_val=weight
    )
    p = classifier.predict_proba(X[20:])[np.arange(10), codes[20:]]
    accuracy = classifier.score(X[20:], codes[20:], sample_weight=weight)
    loss = np.average(-np.log(p), weights=weight)
    assert_allclose(classifier.validation_loss_curve_[-1], loss)
    assert_allclose(classifier.validation_scores_[-1], accuracy)
    assert len(classifier.validation_scores_) == 5
    assert_array_equal(classifier.theta_, small().fit(X[:20], codes[:20]).theta_)
