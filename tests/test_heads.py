"""What training starts from, what is drawn, and in which precision."""

import numpy as np
import pytest

from sklearn_rnn.core.heads import Bernoulli, Gaussian, Softmax, SquaredError


def test_components_of_a_mixture_start_a_deviation_around_the_mean():
    y = np.random.RandomState(0).normal([2.0, -1.0], [0.5, 3.0], size=(50, 2))
    weight = np.linspace(0.0, 2.0, 50)
    head = Gaussian(2, 3)
    log_w, mean, variance = head.components(head.constant(y, weight)[None])
    middle = np.average(y, axis=0, weights=weight)
    apart = np.average((y - middle) ** 2, axis=0, weights=weight)
    np.testing.assert_allclose(np.exp(log_w), 1 / 3)
    for component, share in enumerate([-1, 0, 1]):
        np.testing.assert_allclose(variance[0, component], apart)
        expected = middle + share * np.sqrt(apart)
        np.testing.assert_allclose(mean[0, component], expected, rtol=1e-5)


def test_only_a_mixture_draws_a_component():
    assert [Gaussian(2, n).n_noise for n in (1, 2, 3)] == [2, 3, 3]
    assert [Gaussian(2, n).n_scores for n in (1, 2, 3)] == [4, 10, 15]


def test_what_never_varies_starts_with_a_density():
    head = Gaussian(1)
    _, mean, variance = head.components(
        head.constant(np.ones((3, 1)), np.ones(3))[None]
    )
    assert mean.item() == 1.0
    assert variance.item() == pytest.approx(2e-6)


def test_numbers_that_overflow_start_quietly():
    for far, weight in [(1e200, 1.0), (1e200, 0.0), (1e308, 3.0)]:
        y = np.array([[far], [far], [0.0]])  # the loss will show it
        Gaussian(1).constant(y, np.array([weight, weight, 1.0]))


def test_shares_count_as_one_percent_at_least():
    y, weight = np.array([[0, 1, 0], [0, 1, 1]]), np.array([0.995, 0.005])
    head = Bernoulli(3)
    p = head.inverse(head.constant(y, weight))
    np.testing.assert_allclose(p, [0.01, 0.99, 0.01], rtol=1e-12)
    p = head.inverse(head.constant(y, np.array([0.98, 0.02])))
    np.testing.assert_allclose(p, [0.01, 0.99, 0.02], rtol=1e-12)


def test_rare_classes_count_as_a_hundredth_or_as_an_equal_share():
    few = np.exp(Softmax(4).constant(np.array([0, 0, 1, 2]), np.array([1, 1, 2, 0.02])))
    np.testing.assert_allclose(few, [2 / 4.02, 2 / 4.02, 0.01, 0.01])
    many = np.exp(Softmax(200).constant(np.zeros(3, int), np.ones(3)))
    np.testing.assert_allclose(many, [1.0] + [1 / 200] * 199)


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_draws_of_a_mixture_come_from_each_component_as_often_as_it_weighs(temperature):
    n, mean = 20_000, np.array([[-4.0, 2.0], [0.0, 0.0], [5.0, 3.0]])
    p, scale = np.array([0.2, 0.5, 0.3]), np.array([[0.1, 0.3], [0.2, 0.1], [0.5, 0.2]])
    scores = np.concatenate([np.log(p), mean.ravel(), np.log(scale).ravel()])
    rng = np.random.RandomState(0)
    noise = np.concatenate([rng.normal(size=(n, 2)), rng.rand(n, 1)], axis=1)
    drawn = Gaussian(2, 3).draw(np.tile(scores, (n, 1)), noise, temperature)
    component = np.abs(drawn[:, :1] - mean[:, 0]).argmin(axis=1)
    share = p ** (1 / temperature) / (p ** (1 / temperature)).sum()
    np.testing.assert_allclose(np.bincount(component) / n, share, atol=0.01)
    for i in range(3):
        own = drawn[component == i]
        np.testing.assert_allclose(own.mean(axis=0), mean[i], atol=0.03)
        expected = temperature * scale[i]
        np.testing.assert_allclose(own.std(axis=0), expected, rtol=0.05)


def test_draws_of_a_mixture_at_extremes():
    """The likeliest component without noise; never one that weighs nothing."""
    scores = np.array([[-1e4, 0.0, 1.0, 7.0, 8.0, 9.0, 0.0, 0.0, 0.0]])
    head = Gaussian(1, 3)
    assert head.draw(scores, np.array([[2.0, 0.9]]), temperature=0.0).tolist() == [
        [9.0]
    ]
    assert head.draw(scores, np.array([[0.0, 0.0]])).tolist() == [[8.0]]


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_draws_of_ones_and_zeros_are_ones_as_often_as_is_probable(temperature):
    p, n = np.array([0.1, 0.5, 0.8]), 1000
    noise = np.tile((np.arange(n)[:, None] + 0.5) / n, (1, 3))
    scores = np.tile(np.log(p / (1 - p)), (n, 1))
    drawn = Bernoulli(3).draw(scores, noise, temperature)
    assert set(drawn.ravel()) == {0.0, 1.0}
    ones, zeros = p ** (1 / temperature), (1 - p) ** (1 / temperature)
    np.testing.assert_allclose(drawn.mean(axis=0), ones / (ones + zeros), atol=1e-3)
    assert drawn.dtype == scores.dtype
    greedy = Bernoulli(3).draw(scores + 1e-9, noise, temperature=0.0)
    assert greedy.dtype == scores.dtype
    np.testing.assert_array_equal(greedy, np.tile([0, 1, 1], (n, 1)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_have_the_precision_of_the_scores(dtype):
    weight, numbers = np.array([0.3, 1.7]), np.array([[0.0], [1.0]])
    for head, y, n_scores in [
        (Softmax(3), np.array([0, 2]), 3),
        (SquaredError(), numbers, 1),
        (Gaussian(1), numbers, 2),
        (Gaussian(1, 2), numbers, 6),
        (Bernoulli(1), numbers, 1),
    ]:
        scores = np.ones((2, n_scores), dtype)
        assert head.loss_gradient(scores, y, weight)[1].dtype == dtype
