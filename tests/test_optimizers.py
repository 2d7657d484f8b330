"""Rules of one update against the formulas of their papers, number by number."""

import numpy as np
import pytest
from helpers import one_hot

from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import sequence_to_value
from sklearn_rnn.core.optimizers import SCHEDULES, SGD, Adam, AdamW, RMSProp
from sklearn_rnn.core.training import Data, State, Trainer

RATES = [0.1, 0.05, 0.2]  # a schedule is part of what must be right


def gradient(theta, t):
    """Something that depends on where we are and changes sign."""
    return np.sin(3 * theta + t)


def momentum(theta, nesterov):
    """v = m v - rate g; theta += v, or with Nesterov theta += m v - rate g."""
    v = 0.0
    for t, rate in enumerate(RATES):
        g = gradient(theta, t)
        v = 0.8 * v - rate * g
        theta = theta + (0.8 * v - rate * g if nesterov else v)
    return theta


def rmsprop(theta):
    s = 0.0
    for t, rate in enumerate(RATES):
        g = gradient(theta, t)
        s = 0.7 * s + 0.3 * g**2
        theta = theta - rate * g / (s**0.5 + 1e-3)
    return theta


def adam(theta):
    m = v = 0.0
    for t, rate in enumerate(RATES, start=1):
        g = gradient(theta, t - 1)
        m = 0.6 * m + 0.4 * g
        v = 0.9 * v + 0.1 * g**2
        m_hat, v_hat = m / (1 - 0.6**t), v / (1 - 0.9**t)
        theta = theta - rate * m_hat / (v_hat**0.5 + 1e-3)
    return theta


RULES = {
    "sgd": (SGD(0.8, nesterov=False), lambda theta: momentum(theta, False)),
    "nesterov": (SGD(0.8, nesterov=True), lambda theta: momentum(theta, True)),
    "rmsprop": (RMSProp(0.7, 1e-3), rmsprop),
    "adam": (Adam(0.6, 0.9, 1e-3), adam),
    "adamw": (AdamW(0.6, 0.9, 1e-3), adam),
}


@pytest.mark.parametrize(("rule", "formula"), RULES.values(), ids=RULES)
def test_three_steps(rule, formula):
    theta = np.linspace(-2, 2, 7)
    slots, expected = np.zeros((rule.n_slots, 7)), [formula(v) for v in theta]
    for t, rate in enumerate(RATES):
        rule.update(theta, gradient(theta, t), slots, rate, t + 1)
    np.testing.assert_allclose(theta, expected, rtol=1e-13)


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES.values()], ids=RULES)
def test_a_rule_keeps_nothing_itself(rule):
    """Two vectors in turn, and a vector in two parts, as if each were alone."""
    kept = vars(rule).copy()
    theta = np.linspace(-2, 2, 7)
    slots, halves = np.zeros((rule.n_slots, 7)), [slice(0, 3), slice(3, 7)]
    other, other_slots = theta.copy(), slots.copy()
    for t, rate in enumerate(RATES):
        rule.update(theta, gradient(theta, t), slots, rate, t + 1)
        for half in halves:
            grad = gradient(other[half], t)
            rule.update(other[half], grad, other_slots[:, half], rate, t + 1)
    np.testing.assert_array_equal(other, theta)
    np.testing.assert_array_equal(other_slots, slots)
    assert vars(rule) == kept


def train(rule, alpha=0.1, n_updates=3):
    """A network on one-hot input in which features 0, 3 and 7 occur, and no others."""
    network = sequence_to_value(
        9,
        2,
        (3,),
        pooling="mean",
        embedding_dim=None,
        dropout=0.0,
        rnn_type="gru",
        bidirectional=True,
    )
    layout, rng = network.layout(), np.random.RandomState(0)
    lengths = np.array([3, 1, 4])
    values = one_hot([0, 3, 3, 0, 3, 7, 7, 0], 9)
    starts = np.cumsum(lengths) - lengths
    data = Data(values, starts, lengths, np.array([0, 1, 1]), np.ones(3))
    trainer = Trainer(
        network, Softmax(2), rule, layout, SCHEDULES["constant"], 0.1, alpha, 3, 1.0
    )
    state = make_state(layout, rule, rng)
    before = (
        layout.named(state.theta.copy()),
        [layout.named(slot.copy()) for slot in state.slots],
    )
    for _ in range(n_updates):
        trainer.update(state, data, np.arange(3), 0.1, rng, 1)
    after = layout.named(state.theta), [layout.named(slot) for slot in state.slots]
    return layout, before, after, state


def make_state(layout, rule, rng):
    theta = layout.start(rng, np.float64)
    # Slots that are not zero: a rule that decays them all would be seen.
    return State(theta, 0.1 + rng.rand(rule.n_slots, layout.size))


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES.values()], ids=RULES)
def test_rows_of_features_that_do_not_occur_stay_as_they_are(rule):
    layout, (theta, slots), (new_theta, new_slots), state = train(rule)
    assert state.n_updates == 3
    assert len(layout.tables) == 2
    occur, others = [0, 3, 7], [1, 2, 4, 5, 6, 8]
    pairs = [(theta, new_theta), *zip(slots, new_slots, strict=True)]
    for old, new in pairs:
        for name in old:
            if name in layout.tables:
                np.testing.assert_array_equal(new[name][others], old[name][others])
                assert (new[name][occur] != old[name][occur]).all()
            else:
                assert (new[name] != old[name]).any()


def test_adamw_shrinks_weights_apart_from_the_gradient():
    """Without L2 the two are one; with it they differ by a factor on the weights."""
    plain, decayed = (train(AdamW(), alpha, 1)[2][0] for alpha in (0.0, 0.5))
    np.testing.assert_array_equal(
        plain["output.W"], train(Adam(), 0.0, 1)[2][0]["output.W"]
    )
    layout, (start, _), _, _ = train(AdamW(), 0.0, 0)
    rows = [0, 3, 7]
    for name in plain:
        shrunk = 0.1 * 0.5 * start[name] * (start[name].ndim > 1)
        place = rows if name in layout.tables else slice(None)
        expected = (plain[name] - shrunk)[place]
        np.testing.assert_allclose(decayed[name][place], expected, atol=1e-14)


def test_adam_takes_l2_for_a_part_of_the_gradient():
    plain, decayed = (train(Adam(), alpha, 1)[1:3] for alpha in (0.0, 0.5))
    start = plain[0][0]
    means = [run[1][1][0]["output.W"] for run in (plain, decayed)]
    difference = 0.1 * 0.5 * start["output.W"]
    np.testing.assert_allclose(means[1] - means[0], difference, atol=1e-14)
    biases = [run[1][1][0]["output.b"] for run in (plain, decayed)]
    np.testing.assert_array_equal(*biases)


@pytest.mark.parametrize("rule", [SGD(), RMSProp(), Adam(), AdamW()])
def test_what_a_rule_remembers_has_l2_in_it_unless_that_is_apart(rule):
    slots = [train(rule, alpha, 1)[2][1] for alpha in (0.0, 0.5)]
    same = [(a["output.W"] == b["output.W"]).all() for a, b in zip(*slots, strict=True)]
    assert all(same) if isinstance(rule, AdamW) else not any(same)


def test_rules_are_those_of_the_papers_unless_told_otherwise():
    assert vars(SGD()) == {"momentum": 0.9, "nesterov": True}
    assert vars(RMSProp()) == {"rho": 0.9, "epsilon": 1e-8}
    for rule in (Adam(), AdamW()):
        assert vars(rule) == {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}


@pytest.mark.parametrize(
    ("name", "start", "half", "end"),
    [
        ("constant", 1.0, 1.0, 1.0),
        ("adaptive", 1.0, 1.0, 1.0),
        ("linear", 1.0, 0.5, 0.0),
        ("cosine", 1.0, 0.5, 0.0),
    ],
)
def test_schedules_by_share_of_updates(name, start, half, end):
    schedule = SCHEDULES[name]
    values = [schedule(done, 1) for done in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(values, [start, half, end], atol=1e-15)
    assert schedule(1.5, 1) == pytest.approx(end)


def test_inverse_scaling_goes_by_epoch():
    schedule = SCHEDULES["invscaling"]
    values = [schedule(done, epoch) for done, epoch in [(0, 1), (0.9, 4), (0.1, 9)]]
    np.testing.assert_allclose(values, [1.0, 1 / 2, 1 / 3])


def test_cosine_is_steepest_in_the_middle():
    cosine = SCHEDULES["cosine"]
    assert cosine(1 / 3, 1) == pytest.approx(0.75)
    assert cosine(2 / 3, 1) == pytest.approx(0.25)
