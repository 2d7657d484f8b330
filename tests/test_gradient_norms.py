"""Norms of gradients are those of the updates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
)
from sklearn_rnn.inspection import GradientNormsDisplay, gradient_norms

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.RandomState(0)
X = [RNG.normal(size=(length, 2)) for length in (3, 1, 4, 2, 5)]
CLASSES = [0, 1, 0, 1, 1]
Y = 5 * RNG.normal(size=5)
PLAIN = dict(
    solver="sgd", momentum=0.0, nesterovs_momentum=False, learning_rate="constant"
)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("max_grad_norm", [None, 1.13])
def test_norms_are_the_lengths_of_plain_updates(max_grad_norm, n_jobs):
    """Gradient descent moves by the gradient times the learning rate."""
    rate = 0.05
    options = dict(**PLAIN, learning_rate_init=rate, random_state=0, n_jobs=n_jobs)
    regressor = RNNRegressor(4, max_grad_norm=max_grad_norm, **options)
    fresh = gradient_norms(regressor, X, Y, n_epochs=6)
    assert not hasattr(regressor, "theta_")
    still = RNNRegressor(4, **{**options, "learning_rate_init": 1e-300})
    before = still.partial_fit(X, Y).theta_
    moves = []
    for epoch in range(6):
        if epoch == 2:  # go on from where the regressor is
            late = gradient_norms(regressor, X, Y, n_epochs=4)
        after = regressor.partial_fit(X, Y).theta_
        moves.append(np.linalg.norm(after - before) / rate)
        before = after
    highest = np.inf if max_grad_norm is None else max_grad_norm
    assert_allclose(np.minimum(fresh.norms, highest), moves)
    assert_allclose(late.norms, fresh.norms[2:])
    assert fresh.max_grad_norm == max_grad_norm
    assert fresh.share_scaled_down == (fresh.norms > highest).mean()


LONG = RNG.normal(size=(20, 4, 2))
NUMBERS = 5 * RNG.normal(size=20)


def test_early_stopping_holds_out_what_fit_does():
    rate = 0.05
    options = dict(**PLAIN, random_state=0, max_iter=1, early_stopping=True)
    before, after = (
        RNNRegressor(4, learning_rate_init=step, **options).fit(LONG, NUMBERS).theta_
        for step in (1e-300, rate)
    )
    regressor = RNNRegressor(4, learning_rate_init=rate, **options)
    [norm] = gradient_norms(regressor, LONG, NUMBERS).norms
    assert_allclose(np.minimum(norm, 1.0), np.linalg.norm(after - before) / rate)
    everything = regressor.set_params(early_stopping=False)
    assert gradient_norms(everything, LONG, NUMBERS).norms[0] != norm


def test_the_learning_rate_falls_as_in_fit():
    rate = 0.05
    options = dict(random_state=0, learning_rate_init=rate, max_grad_norm=None)
    options |= PLAIN | dict(max_iter=2, learning_rate="linear")
    first = RNNRegressor(4, **{**options, "learning_rate": "constant", "max_iter": 1})
    second = RNNRegressor(4, **options)
    move = second.fit(X, Y).theta_ - first.fit(X, Y).theta_
    norms = gradient_norms(RNNRegressor(4, **options), X, Y, n_epochs=5).norms
    assert norms.shape == (2,)  # as many epochs as fit has
    assert_allclose(norms[1], np.linalg.norm(move) / (rate / 2))


@pytest.mark.parametrize(
    "changes",
    [{}, {"dropout": 0.5}, {"freeze_embedding": True}, {"early_stopping": True}],
    ids=str,
)
def test_a_fitted_estimator_goes_on_with_its_new_parameters(changes):
    rate = 0.05
    vectors = np.ones((2, 3))
    regressor = RNNRegressor(4, embedding_init=vectors, random_state=0, max_iter=2)
    regressor.fit(X, Y)
    regressor.set_params(**PLAIN, learning_rate_init=rate, max_grad_norm=None)
    regressor.set_params(**changes)
    [norm] = gradient_norms(regressor, X, Y).norms
    before = regressor.theta_
    regressor.set_params(early_stopping=False).partial_fit(X, Y)
    assert_allclose(norm, np.linalg.norm(regressor.theta_ - before) / rate)


WORDS = ["abab", "ba", "aab", "bbb", "abb"]
ESTIMATORS = {
    "classifier": (RNNClassifier(4), X, CLASSES),
    "pipeline": (
        make_pipeline(SequenceVectorizer(analyzer="char"), RNNClassifier(4)),
        WORDS,
        CLASSES,
    ),
    "pipelines": (
        make_pipeline(
            SequenceVectorizer(analyzer="char"),
            make_pipeline("passthrough", None, make_pipeline(RNNClassifier(4))),
        ),
        WORDS,
        CLASSES,
    ),
    "tagger": (
        RNNSequenceTagger(4, crf=True),
        X,
        [[0, 1, 1, 0, 1][: len(x)] for x in X],
    ),
    "generator": (RNNGenerator(4), WORDS, None),
    "translator": (RNNTranslator(4), WORDS, [word[::-1] for word in WORDS]),
}


@pytest.mark.parametrize(
    ("estimator", "X", "y"), ESTIMATORS.values(), ids=list(ESTIMATORS)
)
def test_every_recurrent_estimator(estimator, X, y):
    network = estimator
    while hasattr(network, "steps"):
        network = network[-1]
    network.set_params(batch_size=2, random_state=0)
    gradients = gradient_norms(estimator, X, y, n_epochs=2)
    assert gradients.norms.shape == (6,)
    assert (gradients.norms > 0).all()
    assert not hasattr(network, "theta_")


def test_a_fitted_estimator_stays_as_it_is():
    classifier = RNNClassifier(4, batch_size=2, random_state=0)
    classifier.partial_fit(X, CLASSES, [0, 1])
    theta, slots = classifier.theta_.copy(), classifier._slots.copy()
    first = gradient_norms(classifier, X, CLASSES)
    assert_array_equal(classifier.theta_, theta)
    assert_array_equal(classifier._slots, slots)
    again = gradient_norms(classifier, X, CLASSES, n_epochs=np.int64(1))
    assert_array_equal(first.norms, again.norms)


def test_parameters_and_data_that_are_refused():
    with pytest.raises(ValueError, match="n_epochs"):
        gradient_norms(RNNRegressor(4), X, Y, n_epochs=0)
    with pytest.raises(ValueError, match="requires y to be passed"):
        gradient_norms(RNNRegressor(4), X)
    with pytest.raises(ValueError, match="batch_size"):
        gradient_norms(RNNRegressor(4, batch_size=-3), X, Y)
    fitted = RNNRegressor(4).partial_fit(X, Y)
    with pytest.raises(ValueError, match="rnn_type changed"):
        gradient_norms(fitted.set_params(rnn_type="lstm"), X, Y)
    with pytest.raises(ValueError, match=r"norms must be one series.*\(1, 2\)"):
        GradientNormsDisplay([[1.0, 2.0]])


SEARCH = GridSearchCV(RNNClassifier(4, max_iter=2), {"dropout": [0.0]}, cv=2)


@pytest.mark.parametrize(
    ("estimator", "given"),
    [
        (StandardScaler(), "StandardScaler"),
        (make_pipeline(RNNClassifier(4), "passthrough"), "str"),
        (make_pipeline(RNNClassifier(4), None), "NoneType"),
        (Pipeline([]), "Pipeline"),
        (SEARCH, "GridSearchCV"),
        (make_pipeline("passthrough", SEARCH), "GridSearchCV"),
    ],
    ids=str,
)
def test_other_kinds_are_refused(estimator, given):
    with pytest.raises(TypeError, match=rf"needs RNNClassifier or .*, got {given}\."):
        gradient_norms(estimator, X, CLASSES)


def test_of_a_search_the_best_estimator_is_asked_for():
    X, y = LONG, NUMBERS > 0
    search = GridSearchCV(RNNClassifier(4, max_iter=2), {"dropout": [0.0]}, cv=2)
    with pytest.raises(TypeError, match="got GridSearchCV: give its best_estimator_"):
        gradient_norms(search.fit(X, y), X, y)


def test_picture(pyplot):
    display = GradientNormsDisplay([3.0, 0.5, 1.5, 0.1], 1.0).plot()
    assert display.share_scaled_down_ == 0.5
    kept, scaled = display.points_
    assert kept.get_xydata().tolist() == [[2.0, 0.5], [4.0, 0.1]]
    assert scaled.get_xydata().tolist() == [[1.0, 3.0], [3.0, 1.5]]
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["as it is: 50%", "scaled down: 50%", "max_grad_norm"]
    regressor = RNNRegressor(4, max_grad_norm=None, random_state=0)
    free = GradientNormsDisplay.from_estimator(regressor, X, Y, n_epochs=3)
    assert free.ax_.get_legend() is None
    expected = gradient_norms(regressor, X, Y, n_epochs=3)
    assert_array_equal(free.points_[0].get_ydata(), expected.norms)
