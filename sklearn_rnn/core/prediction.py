"""Running a network over many sequences in batches that bound the memory."""

import numpy as np

from sklearn_rnn.core.packing import consecutive, pack

TOKENS_AT_A_TIME = 8192
STEPS_AT_A_TIME = 128


def batches_by_length(lengths, n_tokens):
    """Indices of sequences of similar length, about ``n_tokens`` steps a batch.

    A batch may exceed the number by less than one sequence.
    """
    order = np.argsort(-lengths, kind="stable")
    batch = np.cumsum(np.maximum(lengths[order], 1)) // n_tokens
    return np.split(order, np.flatnonzero(np.diff(batch)) + 1)


def packed(data, index):
    """Which sequence each column is, the packed steps, and the packing."""
    packing = pack(data.starts[index], data.lengths[index])
    return index[packing.order], data.values[packing.rows], packing


def packed_batches(data):
    """List of (columns, x, packing) for all sequences."""
    batches = batches_by_length(data.lengths, TOKENS_AT_A_TIME)
    return [packed(data, index) for index in batches]


def in_batches(function, data, map=map):
    """Results of ``function(x, packing)`` for all sequences, in their order.

    ``map`` runs it over batches, each of which is packed when its turn comes. Results
    that are not finite are an error that names the first sequence.
    """

    def one_batch(index):
        columns, x, packing = packed(data, index)
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            return columns, function(x, packing)

    batches = batches_by_length(data.lengths, TOKENS_AT_A_TIME)
    indices, results = zip(*map(one_batch, batches), strict=True)
    results = np.concatenate(results)
    ordered = np.empty_like(results)
    ordered[np.concatenate(indices)] = results
    check_finite(ordered)
    return ordered


def in_batches_of_steps(forward, read, data, map=map):
    """Results of ``read(forward(x, packing))`` for all steps of all sequences.

    ``forward`` gives scores, or a `Chain` of them; ``read`` an array (n_tokens, …).
    """

    def one_batch(index):
        columns, x, packing = packed(data, index)
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            scores = forward(x, packing)
        emission = getattr(scores, "emission", scores)
        check_finite(emission, columns[packing.columns])
        return packing.rows, read(scores)

    batches = batches_by_length(data.lengths, TOKENS_AT_A_TIME)
    rows, results = zip(*map(one_batch, batches), strict=True)
    results = np.concatenate(results)
    place = np.empty(data.values.shape[0], np.intp)
    place[np.concatenate(rows)] = np.arange(len(results))
    return results[place[consecutive(data.starts, data.lengths)]]


def scan(advance, data, index):
    """Yield (columns, packing, scores, states) of sequences, window after window.

    ``advance(x, packing, state)`` runs a window from the states in which the one before
    ended, so that memory is independent of the length of the sequences. ``columns``
    says which sequence each column of the window is.
    """
    columns, x, packing = packed(data, index)
    n_steps = max(STEPS_AT_A_TIME, TOKENS_AT_A_TIME // max(1, packing.n_sequences))
    state = None
    for tokens, window in packing.windows(n_steps):
        n = window.n_sequences
        if state is not None:
            state = [s[:, :n] for s in state]
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            scores, state = advance(x[tokens], window, state)
        check_finite(scores, columns[window.columns])
        yield columns[:n], window, scores, state


def scans(function, data, map=map):
    """Run ``function(index)``, which scans sequences, on batches of all sequences.

    Sequences that are long by themselves still share a batch, as they share windows.
    """
    lengths = np.minimum(data.lengths, STEPS_AT_A_TIME)
    return list(map(function, batches_by_length(lengths, TOKENS_AT_A_TIME)))


def check_finite(results, sequences=None):
    """Raise if a row is not finite, which belongs to a sequence, by default its own."""
    finite = np.isfinite(results).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        sequence = row if sequences is None else sequences[row]
        raise ValueError(
            f"The values of sequence {sequence} of X are so large that the network "
            "overflows. Scale X as in fit."
        )
