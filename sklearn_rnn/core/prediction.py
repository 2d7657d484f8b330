"""Running a network over many sequences in batches that bound the memory."""

import numpy as np

from sklearn_rnn.core.packing import pack
from sklearn_rnn.core.scanning import Windows

TOKENS_AT_A_TIME = 8192
STEPS_AT_A_TIME = 128
VALUES_AT_A_TIME = 2**23  # scores, where a token has many
SCORES_AT_ONCE = 2**22  # where those of whole sequences are kept


def tokens_at_a_time(n_scores):
    """How many tokens are read at once, if each has so many scores."""
    return max(1, min(TOKENS_AT_A_TIME, VALUES_AT_A_TIME // n_scores))


def batches_by_length(lengths, n_tokens, counts=None):
    """Indices of sequences of similar length, about ``n_tokens`` steps a batch.

    ``counts`` are the steps that sequences count for, by default all of them. A batch
    may exceed the number by less than one sequence.
    """
    order = np.argsort(-lengths, kind="stable")
    counts = lengths if counts is None else counts
    batch = np.cumsum(np.maximum(counts[order], 1)) // n_tokens
    return np.split(order, np.flatnonzero(np.diff(batch)) + 1)


def packed(data, index):
    """Which sequence each column is, the packed steps, and the packing."""
    packing = pack(data.starts[index], data.lengths[index])
    return index[packing.order], data.values[packing.rows], packing


def packed_batches(data):
    """Yield (columns, x, packing) for all sequences."""
    for index in batches_by_length(data.lengths, TOKENS_AT_A_TIME):
        yield packed(data, index)


def in_windows(data, network, least_counts=None):
    """Yield all sequences, some at a time, as `Windows` that a network reads.

    A window has about as many tokens as a batch, and sequences that are long by
    themselves share windows: steps are the slower the fewer sequences take them. What
    looks ahead reads windows several times, so that only longer sequences are cut.

    ``least_counts``, if there are some, are shares of `TOKENS_AT_A_TIME` that sequences
    take in any case, for other reasons than the scores of their steps.
    """
    lengths, n_scores = data.lengths, network.output.n_out
    n_tokens = tokens_at_a_time(n_scores if least_counts is None else 1)
    least = min(STEPS_AT_A_TIME, n_tokens)
    longest = least
    if network.encoder.stack.looks_ahead:
        longest = min(4 * least, n_tokens)
    counts = np.where(lengths > longest, least, lengths)
    if least_counts is not None:
        counts = np.maximum(counts, least_counts)
    elif network.at_once:  # scores of whole sequences are kept until all are there
        counts = np.maximum(counts, lengths * n_scores * n_tokens // SCORES_AT_ONCE)
    for index in batches_by_length(lengths, n_tokens, counts):
        n_steps = max(least, n_tokens // max(1, len(index)))
        if lengths[index].max(initial=0) <= longest:
            n_steps = longest
        yield Windows(data, index, n_steps)


def in_batches(network, read, data, map=map, then=None):
    """What ``then`` makes of ``read(windows)``, for all sequences, in their order.

    By default it is left as it is. ``map`` runs both over batches, each of which is
    packed when its turn comes. What is read is finite, or an error names a sequence.
    """

    def one_batch(windows):
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            results = read(windows)
        check_finite(results, windows.index)
        return windows.index, results if then is None else then(results)

    ordered = None
    for index, results in map(one_batch, in_windows(data, network)):
        if ordered is None:
            shape = len(data.lengths), *results.shape[1:]
            ordered = np.empty(shape, results.dtype)
        ordered[index] = results
    return ordered


def scan(network, w, windows, first=0):
    """Yield (sequence of each token, packing, scores, states) of a network.

    Scores are finite, or an error names the sequence, counted from ``first``.
    """
    parts = network.scan(w, windows)
    while True:
        with np.errstate(over="ignore", invalid="ignore"):  # checked below
            part = next(parts, None)
        if part is None:
            return
        packing, scores, states = part
        own = windows.index[packing.columns]
        check_finite(getattr(scores, "emission", scores), own + first)
        yield own, packing, scores, states


def in_batches_of_steps(network, w, read, data, out, map=map):
    """Fill ``out`` (n_steps, …) with ``read(scores)`` of all steps.

    ``read`` gets scores, or a `Chain` of them.
    """

    def one_batch(windows):
        for _, packing, scores, _ in scan(network, w, windows):
            out[packing.rows] = read(scores)

    for _ in map(one_batch, in_windows(data, network)):
        pass


def check_finite(results, sequences=None):
    """Raise if a row is not finite, which belongs to a sequence, by default its own.

    The first such sequence is named.
    """
    finite = np.isfinite(results).all(axis=1)
    if not finite.all():
        rows = np.flatnonzero(~finite)
        sequence = int((rows if sequences is None else sequences[rows]).min())
        raise ValueError(
            f"The values of sequence {sequence} of X are so large that the network "
            "overflows. Scale X as in fit."
        )
