"""Streams, windows, and the states that are carried between them."""

import numpy as np
import pytest
from helpers import assert_gradient, one_hot

from sklearn_rnn.core.heads import Softmax
from sklearn_rnn.core.networks import sequence_to_sequence
from sklearn_rnn.core.optimizers import SCHEDULES, SGD
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.streams import Carrier, Pieces, cut_windows, n_windows
from sklearn_rnn.core.training import (
    State,
    StepData,
    Trainer,
    Window,
    minibatch,
    objective,
)

WIDTH = 4
LENGTHS = [np.array(lengths) for lengths in ([7, 3, 2], [25], [1, 1, 9, 0, 4], [2, 0])]


def make_data(lengths, seed=0):
    """Tokens that predict others."""
    rng = np.random.RandomState(seed)
    starts, n = np.cumsum(lengths) - lengths, lengths.sum()
    values = one_hot(rng.randint(WIDTH, size=n), WIDTH)
    return StepData(values, starts, lengths, rng.randint(3, size=n), rng.rand(n) + 0.1)


def make_trainer(bptt_steps, n_streams, **options):
    network = sequence_to_sequence(WIDTH, 3, (5, 4), rnn_type="lstm", embedding_dim=3)
    return Trainer(
        network=network,
        head=Softmax(3),
        optimizer=SGD(0.0, False),
        layout=network.layout(),
        schedule=SCHEDULES["constant"],
        learning_rate=0.1,
        alpha=0.0,
        batch_size=n_streams,
        max_grad_norm=None,
        shuffle=False,
        bptt_steps=bptt_steps,
        **options,
    )


def start(trainer, seed=0):
    theta = np.random.RandomState(seed).normal(0.0, 0.5, trainer.layout.size)
    return State(theta, np.zeros((trainer.optimizer.n_slots, len(theta))))


def test_the_example_of_the_module():
    """Sequences abcdefg, hij, kl in two streams, read three steps at a time."""
    text = np.array(list("abcdefghijkl"))
    begins = np.array([0, 7, 10])
    windows = cut_windows(np.array([7, 3, 2]), n_streams=2, n_steps=3)
    read = [
        ["".join(text[begins[s] + o :][:n]) for s, o, n in zip(*w[:3], strict=True)]
        for w in windows
    ]
    assert read == [["abc", "g", "hi"], ["def", "j", "kl"]]
    assert windows[0].goes_on.tolist() == [False, False, False]
    assert windows[1].goes_on.tolist() == [True, True, False]
    assert windows[0].last.tolist() == [True, False, True]
    assert windows[1].last.tolist() == [True, False, True]
    assert windows[1].stream.tolist() == [0, 1, 1]


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("n_streams", [1, 2, 3, 7])
@pytest.mark.parametrize("n_steps", [1, 2, 5, 100])
def test_windows_cover_every_step_once_and_in_order(lengths, n_streams, n_steps):
    windows = cut_windows(lengths, n_streams, n_steps)
    assert len(windows) == n_windows(lengths, n_streams, n_steps)
    begins = np.cumsum(lengths) - lengths
    left = {}  # stream -> the step behind the last one read
    seen = []
    for pieces in windows:
        for sequence, offset, length, stream, goes_on in zip(*pieces[:5], strict=True):
            first = begins[sequence] + offset
            assert length > 0
            assert offset + length <= lengths[sequence]
            assert goes_on == (offset > 0 and left.get(stream) == first)
            left[stream] = first + length
            seen += range(first, first + length)
        for stream in np.unique(pieces.stream):
            own = pieces.stream == stream
            assert pieces.length[own].sum() <= n_steps
            assert pieces.last[own].tolist() == [False] * (own.sum() - 1) + [True]
    assert sorted(seen) == list(range(lengths.sum()))


@pytest.mark.parametrize("n_shards", [1, 2, 3])
def test_states_are_carried(n_shards):
    """One stream in windows has the scores of its sequences read whole."""
    data, trainer = make_data(np.array([9, 4, 11])), make_trainer(4, 1)
    w = trainer.layout.views(start(trainer).theta)
    whole = pack(data.starts, data.lengths)
    expected = np.empty((24, 3))
    expected[whole.rows] = trainer.network.forward(w, data.values[whole.rows], whole)[0]
    found = np.zeros((24, 3))
    for part, index, window in trainer.batches(data, start(trainer), rng()):
        shards = [index[i::n_shards] for i in range(n_shards)]
        for own in shards:
            packing = pack(part.starts[own], part.lengths[own])
            x = part.values[packing.rows]
            [shard], _ = minibatch(part, own)
            shard = shard._replace(x=x)
            scores, _ = window.forward(trainer.network, w, shard, None)
            found[packing.rows] = scores
    np.testing.assert_allclose(found, expected, atol=1e-12)


def rng():
    return np.random.RandomState(0)


def test_carrier_starts_new_sequences_from_zero_and_streams_where_they_were_left():
    carrier = Carrier([np.zeros((1, 2, 3))])
    first = Pieces(*map(np.array, ([0, 1], [0, 0], [2, 2], [0, 1], [0, 0], [1, 1])))
    first = first._replace(goes_on=np.zeros(2, bool), last=np.ones(2, bool))
    carrier.keep(first, [np.arange(6.0).reshape(1, 2, 3)])
    # What is kept is for the next window.
    assert not carrier.start(first._replace(goes_on=np.ones(2, bool)))[0].any()
    carrier.turn()
    pieces = Pieces(
        sequence=np.array([1, 0, 2]),
        offset=np.array([2, 2, 0]),
        length=np.ones(3, int),
        stream=np.array([1, 0, 0]),
        goes_on=np.array([True, True, False]),
        last=np.array([True, False, True]),
    )
    [state] = carrier.start(pieces)
    assert state.tolist() == [[[3, 4, 5], [0, 1, 2], [0, 0, 0]]]
    carrier.keep(pieces, [state + 10])
    carrier.turn()
    assert carrier.states[0].tolist() == [[[10, 10, 10], [13, 14, 15]]]


@pytest.mark.parametrize("embedding_dim", [None, 2])
def test_gradient_of_a_window_that_starts_where_another_ended(embedding_dim):
    """Truncated: the states at the start of the window are constants."""
    network = sequence_to_sequence(
        WIDTH, 3, (4, 2), rnn_type="gru", embedding_dim=embedding_dim
    )
    layout, data = network.layout(), make_data(np.array([4, 3]))
    theta = rng().normal(0.0, 0.5, layout.size)
    w, grad = layout.views(theta), np.zeros_like(theta)
    states = [rng().normal(size=(1, 2, n)) for n in (4, 2)]
    pieces = Pieces(
        sequence=np.arange(2),
        offset=np.array([3, 0]),
        length=data.lengths,
        stream=np.arange(2),
        goes_on=np.array([True, False]),
        last=np.ones(2, bool),
    )
    [shard], _ = minibatch(data, np.arange(2))
    shard = shard._replace(x=data.values[shard.packing.rows])

    def loss(dw=None):
        dw = layout.views(np.zeros_like(theta)) if dw is None else dw
        window = Window(pieces, Carrier(states))
        return objective(network, Softmax(3), w, dw, shard, None, window)

    loss(layout.views(grad))
    assert_gradient(loss, w=(theta, grad))
    with_states = loss()
    states[0][:, 0] += 1.0
    assert loss() != pytest.approx(with_states)
    states[0][:, 1] += 1.0  # of the one that does not go on
    before = loss()
    states[1][:, 1] += 1.0
    assert loss() == before


def test_one_window_of_one_stream_is_a_full_batch():
    """Long windows make truncation disappear."""
    data = make_data(np.array([5, 2, 4]))
    streams, whole = make_trainer(11, 1), make_trainer(None, 3)
    results = []
    for trainer in (streams, whole):
        state = start(trainer)
        losses = list(trainer.epochs(state, data, 3, rng()))
        results.append((losses, state.theta))
        assert state.n_updates == 3
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12)
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-12)


@pytest.mark.parametrize("n_shards", [2, 5])
def test_shards_of_streams_change_nothing(n_shards):
    data = make_data(np.array([9, 5, 20, 1, 3]))
    states = []
    for n in (1, n_shards):
        trainer = make_trainer(3, 4, n_shards=n)
        state = start(trainer)
        list(trainer.epochs(state, data, 2, rng()))
        states.append(state.theta)
    np.testing.assert_allclose(states[1], states[0], rtol=1e-10)


def test_sequences_of_streams_come_in_an_order_of_their_own_in_each_epoch():
    data, trainer = make_data(np.array([3] * 8)), make_trainer(3, 2)
    trainer.shuffle = True
    state, random_state = start(trainer), rng()
    orders = [
        np.concatenate([part.starts for part, _, _ in batches]).tolist()
        for batches in (trainer.batches(data, state, random_state) for _ in range(2))
    ]
    assert orders[0] != orders[1]
    for order in orders:
        assert sorted(order) == data.starts.tolist()
