"""Pictures of futures: what they are computed from, and what is on them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, RNNGenerator
from sklearn_rnn.inspection import FuturesDisplay

FUTURES = np.random.RandomState(0).normal(size=(500, 4)).cumsum(axis=1)


def test_bands_hold_what_they_say():
    display = FuturesDisplay([0.0, 1.0], FUTURES, levels=(0.9, 0.5))
    assert display.levels == (0.5, 0.9)
    assert (np.diff(display.quantiles_, axis=0) > 0).all()
    outer = (display.quantiles_[0] < FUTURES) & (display.quantiles_[-1] > FUTURES)
    inner = (display.quantiles_[1] < FUTURES) & (display.quantiles_[-2] > FUTURES)
    assert_allclose(outer.mean(axis=0), 0.9, atol=0.005)
    assert_allclose(inner.mean(axis=0), 0.5, atol=0.005)
    assert_array_equal(display.quantiles_[2], np.median(FUTURES, axis=0))


def test_picture(pyplot):
    display = FuturesDisplay([0.0, 1.0], FUTURES).plot(actual=[1, 2])
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == [
        "past",
        "90% of the futures",
        "50% of the futures",
        "median",
        "single futures",
        "actual",
    ]
    past, median, *singles, actual = display.ax_.lines
    assert past.get_xdata().tolist() == [-1, 0]
    assert median.get_xdata().tolist() == [0, 1, 2, 3, 4]  # from the last step on
    assert_array_equal(median.get_ydata(), [1.0, *display.quantiles_[2]])
    assert len(singles) == 3
    assert actual.get_xdata().tolist() == [0, 1, 2]
    assert display.ax_.get_xlabel() == "steps from the last one known"
    x = np.arange("2000-01", "2000-07", dtype="datetime64[M]")
    dated = FuturesDisplay([0.0, 1.0], FUTURES).plot(display.ax_, x=x, n_lines=0)
    assert dated.figure_ is display.figure_


def test_one_of_several_features(pyplot):
    X = np.random.RandomState(0).normal(size=(9, 20, 2)).cumsum(axis=1)
    generator = RNNGenerator(8, max_iter=2, random_state=0).fit(X)
    draw = FuturesDisplay.from_estimator
    expected = generator.forecast(X[:1], 5, n_samples=30)[0]
    for feature in (0, 1):
        display = draw(generator, X[0], 5, n_samples=30, feature=feature)
        assert_array_equal(display.past, X[0, :, feature])
        assert_array_equal(display.futures, expected[:, :, feature])
    with pytest.raises(ValueError, match=r"shape \(20, 2\): .* such as feature=0"):
        draw(generator, X[0], 5)
    for feature in (2, -1, 0.5, "x"):
        with pytest.raises(ValueError, match="feature must be 0 to 1, got"):
            draw(generator, X[0], 5, feature=feature)
    with pytest.raises(ValueError, match="1 features per step"):
        draw(generator, X[0, :, 0], 5)


def test_from_estimator(pyplot):
    X = np.sin(np.arange(200) / 3).reshape(10, 20)
    generator = RNNGenerator(8, max_iter=2, random_state=0).fit(X)
    display = FuturesDisplay.from_estimator(generator, X[0], 5, n_samples=30)
    assert display.futures.shape == (30, 5)
    assert_array_equal(display.past, X[0])
    expected = generator.forecast(X[:1], 5, n_samples=30)[0, :, :, 0]
    assert_array_equal(display.futures, expected)
    with pytest.raises(ValueError, match="X must be one series"):
        FuturesDisplay.from_estimator(generator, X, 5)
    with pytest.raises(TypeError, match="needs RNNGenerator, got RNNClassifier"):
        FuturesDisplay.from_estimator(RNNClassifier(), X[0], 5)
    with pytest.raises(TypeError, match="needs RNNGenerator, got Pipeline"):
        FuturesDisplay.from_estimator(make_pipeline(generator), X[0], 5)


def test_bands_are_called_by_their_levels(pyplot):
    display = FuturesDisplay([0.0], FUTURES, levels=(0.995, 0.29, 0.999)).plot()
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels[1:4] == [f"{n}% of the futures" for n in ("99.9", "99.5", "29")]


def test_what_is_refused(pyplot):
    with pytest.raises(ValueError, match=r"past must be one series.*\(2, 2\)"):
        FuturesDisplay([[0.0, 0.0], [1.0, 2.0]], FUTURES)
    with pytest.raises(ValueError, match="Expected 2D array"):
        FuturesDisplay([0.0], FUTURES[0])
    with pytest.raises(ValueError, match="levels must be between 0 and 1"):
        FuturesDisplay([0.0], FUTURES, levels=90)
    with pytest.raises(ValueError, match=r"x has 2 positions.* 5 steps"):
        FuturesDisplay([0.0], FUTURES).plot(x=[1, 2])
    with pytest.raises(ValueError, match="actual has 5 steps, more than the futures"):
        FuturesDisplay([0.0], FUTURES).plot(actual=np.zeros(5))
    assert not pyplot.get_fignums()  # no empty figure is left
