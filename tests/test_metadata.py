"""Weights and validation data on their way through pipelines and searches; frames."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
    SequenceVectorizer,
    StepwiseTransformer,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = [[1, 2, 4], [7, 5], [2, 3], [6, 4, 1, 0], [0, 1, 2, 5], [5, 3, 2]] * 2
y = [1, 0, 1, 0, 1, 0] * 2
weight = np.linspace(0.1, 2.0, 12)
X_val, y_val = X[:5], y[:5]
SMALL = {"hidden_layer_sizes": 4, "max_iter": 3, "random_state": 0}


@pytest.fixture(autouse=True)
def routing():
    with config_context(enable_metadata_routing=True):
        yield


def asking(**params):
    """A classifier that asks for weights and validation data."""
    classifier = RNNClassifier(**SMALL, **params)
    classifier.set_fit_request(sample_weight=True, X_val=True, y_val=True)
    return classifier.set_score_request(sample_weight=True)


def scaled(classifier):
    """Behind a scaler of the steps, through which X_val goes, too."""
    scaler = StepwiseTransformer(StandardScaler())
    steps = [("scaler", scaler), ("rnn", classifier)]
    return Pipeline(steps, transform_input=["X_val"])


def by_hand(weight, X_val, y_val):
    """The same classifier without a pipeline."""
    scaler = StepwiseTransformer(StandardScaler()).fit(X)
    return RNNClassifier(**SMALL).fit(
        scaler.transform(X), y, weight, X_val=scaler.transform(X_val), y_val=y_val
    )


def test_pipeline():
    pipeline = scaled(asking())
    pipeline.fit(X, y, sample_weight=weight, X_val=X_val, y_val=y_val)
    expected = by_hand(weight, X_val, y_val)
    np.testing.assert_array_equal(pipeline[-1].theta_, expected.theta_)
    assert pipeline[-1].validation_loss_curve_ == expected.validation_loss_curve_


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_search(n_jobs):
    """Weights are split as X is; validation data of another length go to every fit."""
    grid = {"rnn__rnn_type": ["gru"]}
    scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
    search = GridSearchCV(scaled(asking()), grid, scoring=scorer, cv=3, n_jobs=n_jobs)
    search.fit(X, y, sample_weight=weight, X_val=X_val, y_val=y_val)
    expected = by_hand(weight, X_val, y_val)
    refit = search.best_estimator_[-1]
    np.testing.assert_array_equal(refit.theta_, expected.theta_)
    assert refit.validation_loss_curve_ == expected.validation_loss_curve_
    assert np.isfinite(search.best_score_)


def test_cross_validation():
    params = {"sample_weight": weight, "X_val": X_val, "y_val": y_val}
    found = cross_validate(
        asking(), X, y, cv=3, params=params, return_estimator=True, error_score="raise"
    )
    for estimator in found["estimator"]:
        assert len(estimator.validation_loss_curve_) == SMALL["max_iter"]


def test_early_stopping_on_what_is_routed():
    pipeline = scaled(asking(early_stopping=True))
    pipeline.fit(X, y, sample_weight=weight, X_val=X_val, y_val=y_val)
    assert pipeline.score(X_val, y_val) == pipeline[-1].best_validation_score_


@pytest.mark.parametrize("transform", ["pandas", "default"])
def test_frames_out(transform):
    """Ragged results stay sequences; what is a table becomes one."""
    documents = ["a b", "b", "c a", "c"]
    pipeline = make_pipeline(SequenceVectorizer(), RNNClassifier(**SMALL))
    pipeline.set_output(transform=transform).fit(documents, [0, 1, 0, 1])
    states = pipeline.transform(documents)
    assert states.shape == (4, 4)
    names = [f"rnnclassifier{i}" for i in range(4)]
    assert pipeline.get_feature_names_out().tolist() == names
    if transform == "pandas":
        assert states.columns.tolist() == names
    assert pipeline.predict(documents).shape == (4,)


def test_frames_keep_their_index():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(np.arange(12.0).reshape(4, 3), index=list("abcd"))
    table.columns = ["x", "y", "z"]
    regressor = RNNRegressor(**SMALL).fit(table, [0.0, 1.0, 2.0, 3.0])
    states = regressor.set_output(transform="pandas").transform(table)
    assert states.index.tolist() == list("abcd")
    assert regressor.feature_names_in_.tolist() == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("transformer", "X"),
    [
        (SequenceVectorizer(), ["a b", "b"]),
        (FrameTransformer(2), X),
        (StepwiseTransformer(StandardScaler()), X),
    ],
)
def test_sequences_stay_sequences(transformer, X):
    transformer.set_output(transform="pandas")
    assert isinstance(transformer.fit_transform(X), Sequences)


@pytest.mark.parametrize(
    ("estimator", "kind", "required", "strings"),
    [
        (RNNClassifier(), "classifier", True, False),
        (RNNRegressor(), "regressor", True, False),
        (RNNSequenceTagger(), None, True, False),
        (RNNGenerator(), None, False, True),
        (RNNTranslator(), None, True, True),
        (SequenceVectorizer(), None, False, True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_tags(estimator, kind, required, strings):
    tags = get_tags(estimator)
    assert tags.estimator_type == kind
    assert tags.target_tags.required == required
    assert tags.input_tags.string == strings
    reads_numbers = not isinstance(estimator, SequenceVectorizer)
    assert tags.input_tags.two_d_array == reads_numbers
    assert tags.input_tags.three_d_array == reads_numbers
    several = isinstance(estimator, RNNRegressor)
    assert tags.target_tags.multi_output == several
