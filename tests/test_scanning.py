"""Sequences read in windows give what they give as a whole."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_rnn.core.networks import sequence_to_sequence, sequence_to_value
from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.prediction import in_windows
from sklearn_rnn.core.scanning import Windows, scan
from sklearn_rnn.core.training import Data

LENGTHS = {
    "ragged": [5, 0, 11, 1, 7, 7],
    "one": [9],
    "short": [2, 1],
    "all empty": [0, 0],
}
N_IN = 3
each_length = pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
each_size = pytest.mark.parametrize("n_steps", [1, 2, 3, 4, 100])


def make_data(lengths):
    """Sequences that lie in memory in the opposite order, with gaps between them."""
    lengths = np.array(lengths)
    starts = 2 + np.cumsum(lengths + 1)[::-1]
    values = np.random.RandomState(0).normal(size=(starts.max() + 20, N_IN))
    return Data(values, starts, lengths, None, None)


def windows_of(data, n_steps):
    return Windows(data, np.arange(len(data.lengths)), n_steps)


def start(network, seed=1):
    layout = network.layout()
    return layout.views(np.random.RandomState(seed).normal(0.0, 0.5, layout.size))


@each_length
@each_size
def test_windows_have_all_steps_in_the_order_of_the_whole(lengths, n_steps):
    data = make_data(lengths)
    windows = windows_of(data, n_steps)
    parts = [windows.read(number) for number in range(len(windows))]
    rows = np.concatenate([packing.rows for _, packing in parts])
    np.testing.assert_array_equal(rows, windows.whole().rows)
    for number, (x, packing) in enumerate(parts):
        np.testing.assert_array_equal(x, data.values[packing.rows])
        assert packing.n_sequences == windows.n_columns(number)
        assert packing.order.tolist() == [*range(packing.n_sequences)]
        assert len(packing.sizes) <= n_steps
        if number:  # only the first window has what has ended, or never begins
            assert (packing.lengths > 0).all()
    assert parts[0][1].n_sequences == len(lengths)


@each_length
@each_size
@pytest.mark.parametrize("rnn_type", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("widths", [(4,), (4, 3), (3, 5, 2)], ids=str)
def test_states_of_windows(lengths, n_steps, rnn_type, bidirectional, widths):
    network = sequence_to_sequence(
        N_IN,
        2,
        widths,
        rnn_type=rnn_type,
        bidirectional=bidirectional,
        embedding_dim=4 if widths == (4, 3) else None,
    )
    data, w = make_data(lengths), start(network)
    windows = windows_of(data, n_steps)
    whole = windows.whole()
    out, ends, _ = network.encoder.forward(w, data.values[whole.rows], whole)
    begin = 0
    for packing, found, states in scan(network.encoder, w, windows):
        expected = out[begin : begin + packing.n_tokens]
        assert_allclose(found, expected, rtol=1e-10, atol=1e-14)
        begin += packing.n_tokens
        for state, end in zip(states, ends, strict=True):
            n = packing.n_sequences
            done = packing.lengths < n_steps  # what has ended within the window
            assert_allclose(state[:, done], end[:, :n][:, done], rtol=1e-10, atol=1e-14)
    assert begin == len(out)


@each_length
@each_size
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_values_of_windows(lengths, n_steps, bidirectional, pooling):
    network = sequence_to_value(
        N_IN, 2, (4,), rnn_type="gru", bidirectional=bidirectional, pooling=pooling
    )
    data, w = make_data(lengths), start(network)
    windows = windows_of(data, n_steps)
    whole = windows.whole()
    x = data.values[whole.rows]
    tolerance = dict(rtol=1e-10, atol=1e-14)
    assert_allclose(network.read(w, windows), network.pool(w, x, whole)[0], **tolerance)
    scores = network.forward(w, x, whole)[0]
    assert_allclose(network.scores(w, windows), scores, **tolerance)


@pytest.mark.parametrize("bidirectional", [False, True])
@each_size
def test_a_chain_is_that_of_the_whole(n_steps, bidirectional):
    network = sequence_to_sequence(
        N_IN, 2, (4,), rnn_type="gru", bidirectional=bidirectional, crf=True
    )
    data, w = make_data(LENGTHS["ragged"]), start(network)
    windows = windows_of(data, n_steps)
    whole = windows.whole()
    expected, _ = network.forward(w, data.values[whole.rows], whole)
    [(packing, chain, _)] = network.scan(w, windows)
    assert_allclose(chain.emission, expected.emission, rtol=1e-10, atol=1e-14)
    for found in (packing, chain.packing):
        for own, other in zip(found, whole, strict=True):
            np.testing.assert_array_equal(own, other)


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("looks_ahead", [False, True])
def test_what_is_read_at_once_is_bounded(looks_ahead, at_once):
    stack = SimpleNamespace(looks_ahead=looks_ahead)
    encoder, output = SimpleNamespace(stack=stack), SimpleNamespace(n_out=2)
    network = SimpleNamespace(encoder=encoder, output=output, at_once=at_once)
    lengths = np.array([0, 1, 1_000_000, 90_000, 500, 4_000, *[7] * 3_000])
    data = Data(None, np.cumsum(lengths) - lengths, lengths, None, None)
    seen = np.zeros(len(lengths), int)
    for windows in in_windows(data, network):
        seen[windows.index] += 1
        assert not at_once or windows.whole().n_tokens < 2 * 2**21
        windows.values = np.empty((lengths.sum(), 0))
        _, packing = windows.read(0)
        assert packing.n_tokens < 2 * 8192
        if windows.lengths[0] <= (512 if looks_ahead else 128):
            assert len(windows) == 1
    assert (seen == 1).all()


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_numbers_of_any_dtype_are_read(precision):
    network = sequence_to_sequence(N_IN, 2, (4,), rnn_type="gru")
    packing, layout = pack(np.array([0, 3]), np.array([3, 2])), network.layout()
    w = layout.views(
        np.random.RandomState(1).normal(size=layout.size).astype(precision)
    )
    x = np.random.RandomState(0).randint(-9, 9, size=(5, N_IN))
    expected = network.forward(w, x.astype(precision), packing)[0]
    for dtype in (np.int8, np.float16, np.float32, np.float64, np.int64):
        found = network.forward(w, x.astype(dtype), packing)[0]
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == precision
