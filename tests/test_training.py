"""Minibatches, shards, epochs and the stopping rule."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import one_hot

from sklearn_rnn.core import prediction
from sklearn_rnn.core.crf import CRF
from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import sequence_to_sequence, sequence_to_value
from sklearn_rnn.core.optimizers import SCHEDULES, SGD, Adam, AdamW, RMSProp
from sklearn_rnn.core.prediction import batches_by_length, in_batches_of_steps
from sklearn_rnn.core.training import (
    Data,
    NonFiniteLoss,
    State,
    StepData,
    StoppingRule,
    Trainer,
    clip_,
    minibatch,
    objective,
)

N, WIDTH = 11, 6


def make_data(sparse=False, seed=0, weight=None):
    """Ragged sequences, some of them empty, that lie with gaps between them."""
    rng = np.random.RandomState(seed)
    lengths = np.array([3, 0, 5, 2, 5, 1, 4, 0, 2, 3, 1])
    starts = np.cumsum(lengths + 1) - lengths
    n_rows = starts[-1] + lengths[-1] + 2
    # Two of the features occur nowhere.
    tokens = rng.choice([0, 2, 3, 5], size=n_rows)
    values = one_hot(tokens, WIDTH)
    weight = rng.rand(N) + 0.5 if weight is None else weight
    values = values if sparse else values.toarray()
    return Data(values, starts, lengths, rng.randint(3, size=N), weight)


def make_trainer(optimizer=None, **options):
    network = sequence_to_value(
        WIDTH,
        3,
        (4,),
        pooling=options.pop("pooling", "attention"),
        embedding_dim=options.pop("embedding_dim", None),
        freeze_embedding=options.pop("freeze_embedding", False),
        dropout=options.pop("dropout", 0.0),
        input_dropout=options.pop("input_dropout", 0.0),
        rnn_type="gru",
        bidirectional=True,
    )
    arguments = dict(
        network=network,
        head=Softmax(3),
        optimizer=optimizer or Adam(),
        layout=network.layout(),
        schedule=SCHEDULES["constant"],
        learning_rate=0.01,
        alpha=0.01,
        batch_size=4,
        max_grad_norm=1.0,
    )
    return Trainer(**(arguments | options))


def start(trainer, seed=0):
    layout = trainer.layout
    theta = layout.start(np.random.RandomState(seed), np.float64)
    return State(theta, np.zeros((trainer.optimizer.n_slots, layout.size)))


def rng(seed=0):
    return np.random.RandomState(seed)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("n_shards", [1, 2, 3, 7])
def test_shards_cover_the_minibatch_once(sparse, n_shards):
    data = make_data(sparse)._replace(y=np.arange(N), weight=np.arange(N) / 7)
    index = rng().permutation(N)[:7]
    shards, features = minibatch(data, index, n_shards)
    assert len(shards) == n_shards
    assert sorted(np.concatenate([shard.y for shard in shards])) == sorted(index)
    for shard in shards:
        x = shard.x
        if sparse:
            assert (np.diff(features) > 0).all()
            whole = np.zeros((x.shape[0], WIDTH))
            whole[:, features] = x.toarray()
            x = whole
        assert shard.weight.tolist() == (shard.y / 7).tolist()
        for column, i in enumerate(shard.y):
            rows = data.starts[i] + np.arange(data.lengths[i])
            own = data.values[rows]
            own = own.toarray() if sparse else own
            np.testing.assert_array_equal(x[shard.packing.columns == column], own)
    if sparse:
        occurring = set(np.concatenate([s.x.indices for s in shards]))
        assert occurring == set(range(len(features)))
    else:
        assert features is None


def test_features_that_occur_are_the_only_ones_of_a_compact_minibatch():
    data = make_data(sparse=True)
    kept = data.values.toarray()
    shards, features = minibatch(data, np.arange(N), 2)
    assert features.tolist() == [0, 2, 3, 5]
    assert {shard.x.shape[1] for shard in shards} == {4}
    np.testing.assert_array_equal(data.values.toarray(), kept)


def test_a_minibatch_of_empty_sequences_has_no_features():
    data = make_data(sparse=True)
    shards, features = minibatch(data, np.array([1, 7]))
    assert len(features) == 0
    assert shards[0].x.shape == (0, 0)
    trainer = make_trainer(embedding_dim=2)
    state = start(trainer)
    loss = trainer.update(state, data, np.array([1, 7]), 0.1, rng(), 1)
    assert np.isfinite(loss)
    assert np.isfinite(state.theta).all()


def gradient(trainer, theta, data, n_shards=1, index=None):
    index = np.arange(N) if index is None else index
    shards, rows = minibatch(data, index, n_shards)
    compact = trainer.layout.take(theta, rows)
    loss, grad = trainer.loss_gradient(compact, shards, rows, rng())
    whole = np.zeros_like(theta)
    trainer.layout.put(whole, rows, grad)
    return loss, (grad if rows is None else whole)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("n_shards", [2, 3, 11])
def test_gradients_of_shards_add_up(sparse, n_shards):
    trainer, data = make_trainer(), make_data(sparse)
    theta = start(trainer).theta
    loss, grad = gradient(trainer, theta, data)
    other_loss, other = gradient(trainer, theta, data, n_shards)
    assert other_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(other, grad, atol=1e-12)


@pytest.mark.parametrize("embedding_dim", [None, 2])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_a_compact_minibatch_has_the_gradient_of_the_dense_one(embedding_dim, pooling):
    trainer = make_trainer(embedding_dim=embedding_dim, pooling=pooling)
    theta = start(trainer).theta
    loss, grad = gradient(trainer, theta, make_data(sparse=True))
    dense_loss, dense = gradient(trainer, theta, make_data(sparse=False))
    assert loss == pytest.approx(dense_loss, rel=1e-13)
    np.testing.assert_allclose(grad, dense, atol=1e-13)
    unseen = [trainer.layout.named(grad)[t][[1, 4]] for t in trainer.layout.tables]
    assert not np.any(unseen)


def test_objective_adds_to_the_gradient():
    trainer, data = make_trainer(), make_data()
    theta = start(trainer).theta
    [shard], _ = minibatch(data, np.arange(N))
    w, grad = trainer.layout.views(theta), np.zeros_like(theta)
    dw = trainer.layout.views(grad)
    first = objective(trainer.network, trainer.head, w, dw, shard)
    once = grad.copy()
    assert objective(trainer.network, trainer.head, w, dw, shard) == first
    np.testing.assert_allclose(grad, 2 * once, rtol=1e-12)


@pytest.mark.parametrize("kind", ["dropout", "input_dropout"])
def test_threads_give_the_same_numbers_as_one_after_another(kind):
    """Dropout included: each shard has its own seed, drawn before they start."""
    data, results = make_data(), []
    with ThreadPoolExecutor(2) as pool:
        for run in (map, pool.map):
            trainer = make_trainer(n_shards=2, map=run, **{kind: 0.3})
            state = start(trainer)
            losses = list(trainer.epochs(state, data, 3, rng()))
            results.append((losses, state.theta))
    assert results[0][0] == results[1][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize("kind", ["dropout", "input_dropout"])
def test_each_shard_drops_units_or_steps_of_its_own(kind):
    """The same sequence in two shards; without dropout their losses are equal."""
    for rate, n_losses in [(0.0, 1), (0.5, 2)]:
        seen = []

        def run(function, *arguments, seen=seen):
            seen += list(map(function, *arguments))
            return seen

        trainer = make_trainer(n_shards=2, map=run, **{kind: rate})
        trainer.update(start(trainer), make_data(), np.array([2, 2]), 0.1, rng(), 1)
        assert len({loss for loss, _ in seen}) == n_losses


def test_each_update_drops_units_of_its_own():
    trainer, data, random_state = make_trainer(dropout=0.5), make_data(), rng()
    theta = start(trainer).theta
    shards, rows = minibatch(data, np.arange(N))
    losses = {
        trainer.loss_gradient(theta, shards, rows, random_state)[0] for _ in range(100)
    }
    assert len(losses) == 100


def test_clip():
    for given, most, expected in [
        ([3.0, 4.0], 1.0, [0.6, 0.8]),
        ([3.0, 4.0], 5.0, [3.0, 4.0]),
        ([3.0, 4.0], None, [3.0, 4.0]),
        ([0.0, 0.0], 1.0, [0.0, 0.0]),
    ]:
        grad = np.array(given)
        assert clip_(grad, most) == np.linalg.norm(given)
        np.testing.assert_allclose(grad, expected, rtol=1e-15)


def test_update_divides_by_the_weight_and_clips_before_the_rule():
    data = make_data()
    index, plain = np.arange(5), dict(alpha=0.0, optimizer=SGD(0.0, nesterov=False))
    for most in (None, 0.01):
        trainer = make_trainer(**plain, max_grad_norm=most)
        state = start(trainer)
        before = state.theta.copy()
        loss, grad = gradient(trainer, before, data, index=index)
        grad /= data.weight[index].sum()
        if most:
            grad *= most / np.linalg.norm(grad)
        assert trainer.update(state, data, index, 0.5, rng(), 1) == loss
        np.testing.assert_allclose(state.theta, before - 0.5 * grad, atol=1e-15)
        assert state.n_updates == 1


def test_l2_is_a_part_of_the_gradient_but_not_of_what_is_clipped():
    data, sgd = make_data(), SGD(0.0, nesterov=False)
    moved = []
    for alpha in (0.0, 0.5):
        trainer = make_trainer(sgd, alpha=alpha, max_grad_norm=1e-6)
        state = start(trainer)
        before = state.theta.copy()
        trainer.update(state, data, np.arange(N), 0.1, rng(), 1)
        moved.append(state.theta - before)
    shrunk = -0.1 * 0.5 * before * trainer.layout.decay()
    np.testing.assert_allclose(moved[1] - moved[0], shrunk, atol=1e-15)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 0.5])
@pytest.mark.parametrize(
    "optimizer",
    [Adam(), AdamW(), RMSProp(), SGD(), SGD(nesterov=False)],
    ids=["adam", "adamw", "rmsprop", "nesterov", "sgd"],
)
def test_a_frozen_embedding_stays_to_the_bit(optimizer, alpha, sparse):
    for frozen in (True, False):
        trainer = make_trainer(
            optimizer, embedding_dim=2, freeze_embedding=frozen, alpha=alpha
        )
        state = start(trainer)
        before = trainer.layout.named(state.theta.copy())
        list(trainer.epochs(state, make_data(sparse), 3, rng()))
        for name, after in trainer.layout.named(state.theta).items():
            if name == "embedding.E" and frozen:
                np.testing.assert_array_equal(after, before[name])
            else:
                assert (after != before[name]).any(), name


def test_weight_is_repetition_and_zero_is_absence():
    trainer, data = make_trainer(max_grad_norm=None), make_data()
    counts = np.array([1, 2, 0, 1, 0, 3, 1, 1, 0, 0, 2])
    weighted = data._replace(weight=counts.astype(float))
    ones = data._replace(weight=np.ones(N))
    states = [start(trainer), start(trainer)]
    for state, its, index in [
        (states[0], weighted, np.arange(N)),
        (states[1], ones, np.repeat(np.arange(N), counts)),
    ]:
        for _ in range(3):
            trainer.update(state, its, index, 0.1, rng(), 1)
    np.testing.assert_allclose(states[0].theta, states[1].theta, atol=1e-12)


def test_a_minibatch_without_weight_is_skipped():
    weight = np.ones(N)
    weight[:4] = 0.0
    trainer, data = make_trainer(shuffle=False), make_data(weight=weight)
    state = start(trainer)
    before = state.theta.copy()
    assert trainer.update(state, data, np.arange(4), 0.1, rng(), 1) == 0.0
    assert state.n_updates == 0
    assert not state.slots.any()
    np.testing.assert_array_equal(state.theta, before)
    list(trainer.epochs(state, data, 2, rng()))
    assert state.n_updates == 2 * 2  # of three minibatches in each epoch


@pytest.mark.parametrize("sparse", [False, True])
def test_epochs_are_reproducible(sparse):
    data, results = make_data(sparse), []
    for seed in (0, 0, 1):
        trainer = make_trainer(dropout=0.2)
        state = start(trainer)
        losses = list(trainer.epochs(state, data, 4, rng(seed)))
        assert len(losses) == 4
        assert state.n_updates == 4 * 3
        results.append((losses, state.theta))
    assert results[0][0] == results[1][0] != results[2][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])


def test_the_loss_of_an_epoch_is_the_weighted_mean():
    """At a rate of zero every minibatch sees the same weights."""
    trainer, data = make_trainer(learning_rate=0.0), make_data()
    state = start(trainer)
    loss, _ = gradient(trainer, state.theta, data)
    losses = list(trainer.epochs(state, data, 2, rng()))
    np.testing.assert_allclose(losses, loss / data.weight.sum(), rtol=1e-12)


def test_epochs_learn():
    trainer, data = make_trainer(learning_rate=0.05, alpha=0.0), make_data()
    losses = list(trainer.epochs(start(trainer), data, 100, rng()))
    assert losses[-1] < 0.3 < 0.9 < losses[0]


def test_epochs_visit_every_sequence_once_in_an_order_of_their_own():
    class Recorder(Trainer):
        def update(self, state, data, index, rate, random_state, epoch, window):
            self.seen.append((epoch, rate, index.tolist()))
            return 0.0

    plain = make_trainer(schedule=SCHEDULES["linear"], learning_rate=0.6, shuffle=False)
    trainer, data = Recorder(**vars(plain)), make_data()
    for shuffle in (False, True):
        trainer.seen, trainer.shuffle = [], shuffle
        list(trainer.epochs(State(np.zeros(1), None), data, 2, rng()))
        assert [epoch for epoch, _, _ in trainer.seen] == [1, 1, 1, 2, 2, 2]
        assert [len(index) for _, _, index in trainer.seen] == [4, 4, 3] * 2
        orders = [
            [i for epoch, _, index in trainer.seen if epoch == e for i in index]
            for e in (1, 2)
        ]
        assert sorted(orders[0]) == sorted(orders[1]) == list(range(N))
        assert (orders[0] == list(range(N))) is not shuffle
        assert (orders[0] == orders[1]) is not shuffle
    rates = [rate for _, rate, _ in trainer.seen]
    np.testing.assert_allclose(rates, [0.6, 0.5, 0.4, 0.3, 0.2, 0.1])


def test_the_adaptive_divisor_divides_the_rate():
    data, sgd, moved = make_data(), SGD(0.0, nesterov=False), []
    for divisor in (None, 1.0, 5.0):
        trainer = make_trainer(sgd, batch_size=N, shuffle=False)
        state = start(trainer)
        before = state.theta.copy()
        state.rate_divisor = divisor or state.rate_divisor
        list(trainer.epochs(state, data, 1, rng()))
        moved.append(state.theta - before)
    np.testing.assert_array_equal(moved[0], moved[1])
    np.testing.assert_allclose(moved[1], 5 * moved[2], atol=1e-14)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_loss_that_is_no_number_stops_and_changes_nothing(sparse):
    trainer, data = make_trainer(), make_data(sparse)
    state = start(trainer)
    trainer.layout.named(state.theta)["output.b"][0] = np.nan
    before = state.theta.copy()
    with pytest.raises(
        NonFiniteLoss, match=r"loss is nan .* norm .* epoch 7.*learning"
    ):
        trainer.update(state, data, np.arange(4), 0.1, rng(), 7)
    np.testing.assert_array_equal(state.theta, before)
    assert not state.slots.any()
    assert state.n_updates == 0
    assert issubclass(NonFiniteLoss, ValueError)


@pytest.mark.parametrize(("loss", "slope"), [(np.inf, 0.5), (0.5, np.inf)])
def test_either_of_loss_and_gradient_stops(monkeypatch, loss, slope):
    def loss_gradient(self, theta, *others):
        return loss, np.full_like(theta, slope)

    trainer, data = make_trainer(), make_data()
    monkeypatch.setattr(Trainer, "loss_gradient", loss_gradient)
    with pytest.raises(NonFiniteLoss, match="norm of its gradient"):
        trainer.update(start(trainer), data, np.arange(4), 0.1, rng(), 1)


def test_features_may_be_more_than_steps():
    values = one_hot(np.array([49, 3]), 50)
    one = np.ones(1, int)
    data = Data(values, 0 * one, 2 * one, one, np.ones(1))
    _, rows = minibatch(data, np.array([0]), 1)
    assert rows.tolist() == [3, 49]


class Breaks(SGD):
    """Makes a single weight infinite."""

    def update(self, theta, grad, slots, rate, n_updates):
        super().update(theta, grad, slots, rate, n_updates)
        theta[-1] = np.inf


def test_one_weight_that_is_not_finite_stops():
    trainer, data = make_trainer(Breaks(), batch_size=N), make_data()
    with pytest.raises(NonFiniteLoss, match="weights are no longer finite in epoch 1"):
        next(trainer.epochs(start(trainer), data, 1, rng()))


class TestStoppingRule:
    """Scores are to be high, losses low."""

    def run(self, reports, tol=0.1, patience=2):
        """Where it ran out of patience, and the epoch whose weights it kept."""
        rule = StoppingRule(tol, patience)
        for epoch, (score, loss) in enumerate(reports):
            rule.report(score, loss, np.array([epoch]))
            if rule.out_of_patience:
                return epoch, int(rule.theta[0])
        return None, int(rule.theta[0])

    def test_improving_scores_go_on(self):
        assert self.run([(0.2 * i, 1.0) for i in range(9)]) == (None, 8)

    def test_patience_is_counted_in_epochs_after_the_best(self):
        assert self.run([(1.0, 1.0)] + [(0.5, 1.0)] * 9) == (3, 0)
        assert self.run([(1.0, 1.0)] + [(0.5, 1.0)] * 9, patience=4) == (5, 0)

    def test_an_improvement_starts_the_count_again(self):
        worse, better = (0.0, 1.0), (2.0, 1.0)
        reports = [(1.0, 1.0), worse, worse, better, worse, worse, worse, worse]
        assert self.run(reports) == (6, 3)

    def test_less_than_tol_is_no_improvement_but_better_weights_are_kept(self):
        reports = [(1.0, 1.0), (1.05, 1.0), (1.1, 1.0), (1.15, 1.0), (1.2, 1.0)]
        assert self.run(reports) == (3, 3)

    def test_equal_scores_are_compared_by_loss(self):
        falling = [(1.0, 5.0 - i) for i in range(5)]
        assert self.run(falling) == (None, 4)
        slowly = [(1.0, 5.0 - 0.05 * i) for i in range(9)]
        assert self.run(slowly) == (3, 3)

    def test_a_lower_score_is_not_better_however_low_its_loss(self):
        assert self.run([(1.0, 5.0)] + [(0.9, 0.0)] * 9) == (3, 0)

    def test_a_tie_keeps_the_earlier_weights(self):
        assert self.run([(1.0, 1.0)] * 9) == (3, 0)

    def test_a_tie_is_no_improvement_even_if_any_improvement_counts(self):
        assert self.run([(1.0, 1.0)] * 9, tol=0.0) == (3, 0)

    def test_a_score_that_is_no_number_is_not_better(self):
        assert self.run([(1.0, 1.0)] + [(np.nan, np.nan)] * 9) == (3, 0)

    def test_weights_are_kept_as_a_copy(self):
        rule, theta = StoppingRule(0.1, 2), np.zeros(2)
        rule.report(1.0, 1.0, theta)
        theta += 1.0
        assert rule.theta.tolist() == [0.0, 0.0]
        rule.report(0.5, 1.0, theta)
        assert rule.theta.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("n_tokens", [1, 7, 20, 10_000])
@pytest.mark.parametrize(
    "lengths",
    [[5], [0], [0, 0, 0], [3, 3, 3], [1, 9, 0, 30, 2, 2, 6], list(range(40)) * 2],
)
def test_batches_by_length(lengths, n_tokens):
    lengths = np.array(lengths)
    batches = batches_by_length(lengths, n_tokens)
    together = np.concatenate(batches)
    assert sorted(together) == list(range(len(lengths)))
    assert (np.diff(lengths[together]) <= 0).all()
    for batch in batches:
        assert len(batch)
        # The budget may be passed by the sequence that crosses it, and no further.
        steps = np.maximum(lengths[batch], 1)
        assert steps.sum() < n_tokens + steps.max()


# -- data of steps ---------------------------------------------------------------------


def make_step_data(sparse=False, weight=None):
    """As `make_data`, with labels and weights of rows, those in the gaps included."""
    data = make_data(sparse)
    n_rows = data.values.shape[0]
    weight = rng(3).rand(n_rows) + 0.5 if weight is None else weight
    y = rng(4).randint(3, size=n_rows)
    return StepData(data.values, data.starts, data.lengths, y, weight)


def rows_of(data, index):
    """Rows of some sequences, one after another."""
    parts = [data.starts[i] + np.arange(data.lengths[i]) for i in index]
    return np.concatenate([np.empty(0, int), *parts])


class Echo:
    """A network whose scores are its inputs."""

    at_once, output = False, SimpleNamespace(n_out=1)
    encoder = SimpleNamespace(stack=SimpleNamespace(looks_ahead=False))

    def scan(self, w, windows):
        for number in range(len(windows)):
            x, packing = windows.read(number)
            yield packing, x, None


def make_step_trainer(crf, **options):
    network = sequence_to_sequence(
        WIDTH, 3, (4,), rnn_type="gru", bidirectional=True, crf=crf
    )
    head = CRF(3) if crf else Softmax(3)
    return make_trainer(network=network, head=head, layout=network.layout(), **options)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("n_shards", [1, 3])
def test_targets_of_steps_follow_their_steps(sparse, n_shards):
    data = make_step_data(sparse)
    n_rows = data.values.shape[0]
    data = data._replace(y=np.arange(n_rows), weight=np.arange(n_rows) / 7)
    index = rng().permutation(N)[:7]
    shards, _ = minibatch(data, index, n_shards)
    assert sorted(np.concatenate([shard.y for shard in shards])) == sorted(
        rows_of(data, index)
    )
    for shard in shards:
        assert shard.y.tolist() == shard.packing.rows.tolist()
        assert shard.weight.tolist() == (shard.y / 7).tolist()


def test_weights_of_steps_leave_the_gaps_out():
    data = make_step_data()
    everything = rows_of(data, range(N))
    assert len(everything) < len(data.weight)
    np.testing.assert_array_equal(data.step_weights(), data.weight[everything])
    assert data.total() == pytest.approx(data.weight[everything].sum(), rel=1e-14)
    ones = data._replace(weight=np.ones(len(data.weight)))
    assert ones.total() == data.lengths.sum()


def test_weights_whose_sum_overflows_warn_of_nothing():
    for data in (make_data(), make_step_data()):
        data = data._replace(weight=np.full(len(data.weight), 1e308))
        assert data.total() == np.inf


@pytest.mark.parametrize(
    "index", [[2, 4, 5], [9, 0, 6], [1], [1, 7], [4, 4], [*range(N)], []]
)
def test_a_subset_of_steps(index):
    """In any order, with repetitions; a subset of a subset, too."""
    data, index = make_step_data(), np.array(index, int)
    part = data.subset(index)
    assert isinstance(part, StepData)
    assert part.y is data.y
    assert part.weight is data.weight
    assert part.lengths.tolist() == data.lengths[index].tolist()
    rows = rows_of(data, index)
    np.testing.assert_array_equal(part.step_weights(), data.weight[rows])
    assert part.total() == pytest.approx(data.weight[rows].sum())
    again = part.subset(np.arange(len(index))[::-1])
    np.testing.assert_array_equal(
        again.step_weights(), data.weight[rows_of(data, index[::-1])]
    )
    if len(index):
        [shard], _ = minibatch(part, np.arange(len(index)))
        [expected], _ = minibatch(data, index)
        np.testing.assert_array_equal(shard.y, expected.y)
        np.testing.assert_array_equal(shard.weight, expected.weight)
        np.testing.assert_array_equal(shard.x, expected.x)


@pytest.mark.parametrize("crf", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_shards_of_steps_add_up(crf, sparse):
    trainer, data = make_step_trainer(crf), make_step_data(sparse)
    theta = start(trainer).theta
    loss, grad = gradient(trainer, theta, data)
    for n_shards in (2, 3, 11):
        other_loss, other = gradient(trainer, theta, data, n_shards)
        assert other_loss == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(other, grad, atol=1e-12)
    dense_loss, dense = gradient(trainer, theta, make_step_data())
    assert dense_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(dense, grad, atol=1e-12)


@pytest.mark.parametrize("crf", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_weight_of_steps_is_repetition_and_zero_is_absence(crf, sparse):
    trainer = make_step_trainer(crf, max_grad_norm=None)
    counts = np.array([1, 2, 0, 1, 0, 3, 1, 1, 0, 0, 2])
    ones = make_step_data(sparse)
    ones = ones._replace(weight=np.ones(len(ones.y)))
    weight = np.ones(len(ones.y))
    for i, count in enumerate(counts):
        weight[rows_of(ones, [i])] = count
    weighted = ones._replace(weight=weight)
    repeated = ones.subset(np.repeat(np.arange(N), counts))
    assert weighted.total() == repeated.total()
    results = []
    for data in (weighted, repeated):
        state = start(trainer)
        losses = [
            trainer.update(state, data, np.arange(len(data.lengths)), 0.1, rng(), 1)
            for _ in range(3)
        ]
        results.append((losses, state.theta))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-10)
    np.testing.assert_allclose(results[0][1], results[1][1], atol=1e-10)


def test_a_step_of_weight_zero_teaches_nothing():
    trainer, data = make_step_trainer(crf=False), make_step_data()
    theta = start(trainer).theta
    row = data.starts[2] + 1
    data.weight[row] = 0.0
    y = data.y.copy()
    y[row] = (y[row] + 1) % 3
    loss, grad = gradient(trainer, theta, data)
    other_loss, other = gradient(trainer, theta, data._replace(y=y))
    assert loss == other_loss
    np.testing.assert_array_equal(grad, other)


@pytest.mark.parametrize("crf", [False, True])
def test_the_loss_of_an_epoch_is_the_mean_over_steps(crf):
    trainer, data = make_step_trainer(crf, learning_rate=0.0), make_step_data()
    state = start(trainer)
    loss, _ = gradient(trainer, state.theta, data)
    losses = list(trainer.epochs(state, data, 2, rng()))
    np.testing.assert_allclose(losses, loss / data.total(), rtol=1e-12)


@pytest.mark.parametrize("crf", [False, True])
def test_a_minibatch_without_steps_is_skipped(crf):
    trainer, data = make_step_trainer(crf), make_step_data()
    state = start(trainer)
    before = state.theta.copy()
    assert trainer.update(state, data, np.array([1, 7]), 0.1, rng(), 1) == 0.0
    assert state.n_updates == 0
    np.testing.assert_array_equal(state.theta, before)


@pytest.mark.parametrize("at_a_time", [1, 4, 8192])
@pytest.mark.parametrize("index", [[*range(N)], [9, 0, 1, 6], [1, 7]])
def test_results_of_steps_come_in_the_order_of_the_sequences(
    at_a_time, index, monkeypatch
):
    monkeypatch.setattr(prediction, "TOKENS_AT_A_TIME", at_a_time)
    monkeypatch.setattr(prediction, "STEPS_AT_A_TIME", 2)
    data, index = make_step_data(), np.array(index)
    values = np.arange(2.0 * len(data.y)).reshape(-1, 2)
    data, out = data._replace(values=values).subset(index), np.zeros_like(values)
    in_batches_of_steps(Echo(), None, lambda x: -x, data, out)
    rows = rows_of(data, range(len(index)))
    np.testing.assert_array_equal(out[rows], -values[rows])
    assert not np.delete(out, rows, axis=0).any()


def test_results_of_steps_that_are_not_finite_name_their_sequence(monkeypatch):
    monkeypatch.setattr(prediction, "TOKENS_AT_A_TIME", 4)
    data = make_step_data()
    data.values[data.starts[6] + 2, 0] = np.inf
    with pytest.raises(ValueError, match=r"values of sequence 6 of X are so large"):
        in_batches_of_steps(Echo(), None, np.copy, data, np.zeros(data.values.shape))
