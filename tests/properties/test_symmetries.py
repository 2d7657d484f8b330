"""Networks whose weights are moved about compute what symmetry says they must."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import ROUNDING, assert_same, outcomes
from strategies import classification, fewer, ragged, regression, seeds, tagging

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
DENSE = ragged(can_be_sparse=False, dtypes=["float64", "float32"], min_steps=1)
each_kind = pytest.mark.parametrize("kind", [classification, regression, tagging])


def writable(estimator):
    """Arrays by name, which are views of ``theta_``."""
    return estimator._network().layout().named(estimator.theta_)


@each_kind
@fewer
@given(st.data())
def test_reversal_exchanges_directions(kind, data):
    """What looked ahead looks back, and the output exchanges its halves."""
    problem = data.draw(kind(DENSE))
    params = dict(bidirectional=True, hidden_layer_sizes=3)
    if kind is tagging:
        params["crf"] = False  # a chain of labels has a direction, too
    one, other = problem.fit(**params), problem.fit(**params)
    old, new = writable(one), writable(other)
    for name, array in old.items():
        turn = {"forward": "backward", "backward": "forward"}
        name = ".".join(turn.get(part, part) for part in name.split("."))
        if name in ("output.W", "pooling.W"):
            array = np.roll(array, 3, axis=0)
        new[name][...] = array
    expected = outcomes(one, problem.X)
    if "transform" in expected:
        expected["transform"] = [np.roll(x, 3) for x in expected["transform"]]
    expected.pop("staged_predict_proba", None)  # stages begin at the same end
    turned = outcomes(other, [x[::-1] for x in problem.X])
    turned.pop("staged_predict_proba", None)
    if kind is tagging:
        turned = {name: [y[::-1] for y in found] for name, found in turned.items()}
    assert_same(turned, expected, one.theta_.dtype)


@each_kind
@fewer
@given(st.data(), seeds)
def test_order_of_units(kind, data, seed):
    """Units have no order: whichever comes first, the predictions are the same."""
    problem = data.draw(kind(DENSE))
    estimator = problem.fit(bidirectional=False, hidden_layer_sizes=4)
    expected = outcomes(estimator, problem.X)
    order = np.random.RandomState(seed).permutation(4)
    arrays = writable(estimator)
    for name, array in arrays.items():
        if name in ("output.W", "pooling.W", "recurrent.0.Wh"):
            array[...] = array[order]
        if name.startswith("recurrent"):
            gates = array.reshape(*array.shape[:-1], -1, 4)
            assert gates.shape[-2] in (1, GATES[estimator.rnn_type])
            gates[...] = gates[..., order]
    found = outcomes(estimator, problem.X)
    if "transform" in expected:
        expected["transform"] = [x[order] for x in expected["transform"]]
    assert_same(found, expected, estimator.theta_.dtype)


@each_kind
@fewer
@given(st.data(), seeds)
def test_order_of_features(kind, data, seed):
    """Features have no order, either."""
    problem = data.draw(kind(DENSE))
    estimator = problem.fit()
    expected = outcomes(estimator, problem.X)
    order = np.random.RandomState(seed).permutation(problem.X[0].shape[1])
    first = "embedding.E" if estimator.embedding_dim else "recurrent.0"
    for name, array in writable(estimator).items():
        reads = name.endswith((".E", ".Wx"))
        if name.startswith(first) and reads:
            array[...] = array[order]
    found = outcomes(estimator, [x[:, order] for x in problem.X])
    assert_same(found, expected, estimator.theta_.dtype)


@given(classification(), st.sampled_from([-3.0, 0.5]))
def test_constant_of_scores(problem, shift):
    """A number that is added to all scores changes no probability."""
    classifier = problem.fit()
    expected = classifier.predict_proba(problem.X)
    writable(classifier)["output.b"][...] += shift
    tolerance = ROUNDING[classifier.theta_.dtype.itemsize]
    found = classifier.predict_proba(problem.X)
    np.testing.assert_allclose(found, expected, **tolerance)


@given(regression(), st.sampled_from([-2.0, 0.5]))
def test_scale_of_output(problem, scale):
    regressor = problem.fit()
    expected = scale * regressor.predict(problem.X)
    for name in ("output.W", "output.b"):
        writable(regressor)[name][...] *= scale
    tolerance = ROUNDING[regressor.theta_.dtype.itemsize]
    np.testing.assert_allclose(regressor.predict(problem.X), expected, **tolerance)
