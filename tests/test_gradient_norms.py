"""Norms of gradients are those of the updates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
)
from sklearn_rnn.inspection import GradientNormsDisplay, gradient_norms

RNG = np.random.RandomState(0)
X = [RNG.normal(size=(length, 2)) for length in (3, 1, 4, 2, 5)]
CLASSES = [0, 1, 0, 1, 1]
Y = 5 * RNG.normal(size=5)
PLAIN = dict(solver="sgd", momentum=0.0, nesterovs_momentum=False)


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


WORDS = ["abab", "ba", "aab", "bbb", "abb"]
ESTIMATORS = {
    "classifier": (RNNClassifier(4), X, CLASSES),
    "pipeline": (
        make_pipeline(SequenceVectorizer(analyzer="char"), RNNClassifier(4)),
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
    network = estimator[-1] if hasattr(estimator, "steps") else estimator
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


def test_what_is_refused():
    with pytest.raises(ValueError, match="n_epochs"):
        gradient_norms(RNNRegressor(4), X, Y, n_epochs=0)
    with pytest.raises(ValueError, match="requires y to be passed"):
        gradient_norms(RNNRegressor(4), X)


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
