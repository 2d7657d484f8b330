"""Packing against slow and obvious loops over lists."""

import tracemalloc

import numpy as np
import pytest

from sklearn_rnn.core.packing import last, pack, previous, reversal, steps, turns

RNG = np.random.RandomState(0)
BATCHES = {
    "ragged": [3, 1, 4, 2, 4],
    "ascending": [1, 2, 3, 4, 5],
    "equal": [3, 3, 3],
    "one sequence": [5],
    "empty ones": [0, 3, 1, 0, 2],
    "one empty": [0],
    "all empty": [0, 0, 0],
    **{f"random {i}": RNG.randint(0, 9, size=RNG.randint(1, 12)) for i in range(8)},
}
each_batch = pytest.mark.parametrize(
    "lengths", [np.asarray(batch) for batch in BATCHES.values()], ids=BATCHES
)


def packed(lengths):
    """Sequences with gaps between them, so that rows are not merely token numbers."""
    starts = 2 + np.cumsum(lengths + 3)[::-1]
    return starts, pack(starts, lengths)


def columns_of(starts, lengths):
    """Lists of the rows of each sequence, longest first, ties in their order."""
    sequences = [list(range(s, s + n)) for s, n in zip(starts, lengths, strict=True)]
    return sorted(sequences, key=lambda rows: -len(rows))


def walk(lengths):
    """Pairs (step, column) in the order in which tokens lie."""
    ordered = sorted(lengths, reverse=True)
    return [
        (step, column)
        for step in range(max(lengths))
        for column, length in enumerate(ordered)
        if step < length
    ]


@each_batch
def test_tokens_are_time_major_longest_first(lengths):
    starts, packing = packed(lengths)
    columns = columns_of(starts, lengths)
    assert packing.rows.tolist() == [columns[c][s] for s, c in walk(lengths)]
    running = [sum(n > step for n in lengths) for step in range(max(lengths))]
    assert packing.sizes.tolist() == running
    assert starts[packing.order].tolist() == [
        starts[i] for i in sorted(range(len(lengths)), key=lambda i: -lengths[i])
    ]


@each_batch
def test_windows_are_parts_of_the_tokens(lengths):
    _, packing = packed(lengths)
    found = list(packing.windows(2))
    if packing.n_tokens:
        rows = np.concatenate([window.rows for _, window in found])
        np.testing.assert_array_equal(rows, packing.rows)
    for tokens, window in found:
        np.testing.assert_array_equal(window.rows, packing.rows[tokens])
        assert window.n_tokens == len(window.rows)


def test_no_memory_is_taken_for_padding():
    lengths = np.array([1] * 10_000 + [10_000])
    tracemalloc.start()
    try:
        pack(np.cumsum(lengths) - lengths, lengths)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * lengths.sum()  # bytes


@each_batch
def test_lengths_columns_and_counts(lengths):
    _, packing = packed(lengths)
    assert packing.n_sequences == len(lengths)
    assert packing.n_tokens == sum(lengths) == len(packing.rows)
    assert packing.lengths.tolist() == sorted(lengths, reverse=True)
    assert packing.columns.tolist() == [column for _, column in walk(lengths)]


@each_batch
def test_reversal(lengths):
    starts, packing = packed(lengths)
    back = reversal(packing)
    mirrored = [rows[::-1] for rows in columns_of(starts, lengths)]
    expected = [mirrored[c][s] for s, c in walk(lengths)]
    assert packing.rows[back].tolist() == expected
    assert back[back].tolist() == list(range(packing.n_tokens))


@each_batch
def test_turns_are_the_tokens_of_steps(lengths):
    _, packing = packed(lengths)
    expected = [now for _, now in steps(packing)]
    assert list(turns(packing)) == expected
    assert list(turns(packing, backward=True)) == expected[::-1]


@each_batch
def test_steps_previous_and_last_follow_each_sequence(lengths):
    """Write into a state array who was there, and look where each step finds it."""
    _, packing = packed(lengths)
    n = packing.n_sequences
    # (column, how many steps it has made): the initial states, then the tokens.
    states = [(c, 0) for c in range(n)] + [(c, s + 1) for s, c in walk(lengths)]
    seen = []
    for before, now in steps(packing):
        assert [(c, done + 1) for c, done in states[before]] == states[n:][now]
        seen += range(now.start, now.stop)
    assert seen == list(range(packing.n_tokens))
    assert len(steps(packing)) == max(lengths)
    found = [states[row] for row in previous(packing)]
    assert [(c, done + 1) for c, done in found] == states[n:]
    assert [states[row] for row in last(packing)] == list(
        enumerate(sorted(lengths, reverse=True))
    )


@each_batch
@pytest.mark.parametrize("n_steps", [0, 1, 2, 100])
def test_prefix_is_packing_the_beginnings(lengths, n_steps):
    starts, packing = packed(lengths)
    prefix = packing.prefix(n_steps)
    # pack() sorts by the shortened lengths, so give it the columns in their order.
    again = pack(starts[packing.order], np.minimum(packing.lengths, n_steps))
    assert prefix.rows.tolist() == again.rows.tolist()
    assert prefix.sizes.tolist() == again.sizes.tolist()
    assert prefix.order.tolist() == packing.order.tolist()
    assert prefix.lengths.tolist() == again.lengths.tolist()
