"""Time by the number of tokens: slopes of log time over log tokens; see limits.py."""

import time
from itertools import product

import numpy as np
from _limits_measure import MODELS, Section, data, fitted, make, texts, timed

from sklearn_rnn import SequenceVectorizer

# Sequences of ten steps that are learned from and that are read, and steps of each of
# 128 sequences. Below that, a call by itself takes a share of the time, some
# milliseconds, and data are less than the batches and windows that are read.
MORE = {"learn": (1_000, 10_000, 100_000), "read": (3_000, 30_000, 300_000)}
LONGER = (100, 1_000, 10_000)
# A beam writes each translation.
SHORTER = (50, 500, 5_000)  # that are translated, source and target
UNITS = {"learn": 16, "read": 32}
REPETITIONS = 3


def slope(tokens, seconds):
    """Of the straight line through the logarithms."""
    return float(np.polyfit(np.log(tokens), np.log(seconds), 1)[0])


def options_of(name, what, way, length):
    """How a model is to run, so that work is linear in what is read."""
    options = {"batch_size": 32, "hidden_layer_sizes": UNITS[what]}
    if name.startswith("gen"):
        options["bptt_steps"] = None if way == "more" else 32
    if name == "translator":
        options |= dict(min_length=length, max_length=length, beam_size=2)
        if way == "longer":
            options["attention"] = None
    return options


def lengths_of(way, size):
    """Lengths of sequences."""
    return np.full(size, 10) if way == "more" else np.full(128, size)


def growth(name, what, way, sizes, clock):
    """The row of an epoch or of predictions."""
    tokens, seconds, clock = [], [], getattr(time, clock)
    reads = "score_samples" if name.startswith("gen") else "predict"
    for size in sizes:
        lengths = lengths_of(way, size)
        X, y = data(name, lengths)
        options = options_of(name, what, way, int(lengths[0]))
        if what == "learn":
            model, method, args = make(name, **options), "fit", (X, y)
        else:
            model, method, args = fitted(name, **options), reads, (X,)
        call = getattr(model, method)
        found = [timed(call, *args, clock=clock)[1] for _ in range(REPETITIONS)]
        tokens.append(int(lengths.sum()))
        seconds.append(min(found))
    what = "an epoch" if what == "learn" else reads
    yield cells(f"{name}, {what}", way, tokens, seconds)


def growth_of_vectorizer(way, sizes, clock):
    """Rows of the vectorizer."""
    clock = getattr(time, clock)
    tokens, times = [], {"fit_transform": [], "transform": []}
    for size in sizes:
        lengths = lengths_of(way, size)
        documents = [" ".join(text) for text in texts(lengths)]
        tokens.append(int(lengths.sum()))
        words = SequenceVectorizer()
        for what, seconds in times.items():
            run = getattr(words, what)
            found = [timed(run, documents, clock=clock) for _ in range(REPETITIONS)]
            seconds.append(min(one for _, one in found))
    for what, seconds in times.items():
        yield cells(f"vectorizer, {what}", way, tokens, seconds)


def cells(what, way, tokens, seconds):
    """Cells of a row."""
    each = " ".join(f"{1e6 * s / n:.2f}" for s, n in zip(seconds, tokens, strict=True))
    found = slope(tokens, seconds)
    held = "yes" if 0.9 <= found <= 1.1 else "NO"
    counts = " ".join(f"{n:,}" for n in tokens)
    sizes = "more sequences" if way == "more" else "longer ones"
    return what, sizes, counts, each, f"{found:.3f}", held


def sections(scale, clock="perf_counter"):
    """The table, of sizes that are a share of the usual ones."""
    cases = []
    for way, name, what in product(("more", "longer"), MODELS, ("learn", "read")):
        sizes = MORE[what] if way == "more" else LONGER
        if name == "translator":
            sizes = MORE["learn"] if way == "more" else SHORTER
        sizes = [max(1, int(n * scale)) for n in sizes]
        cases.append((growth, name, what, way, sizes, clock))
    for way in ("more", "longer"):
        sizes = MORE["learn"] if way == "more" else LONGER
        sizes = [max(1, int(n * scale)) for n in sizes]
        cases.append((growth_of_vectorizer, way, sizes, clock))
    return {
        "growth": Section(
            "Growth with the number of tokens",
            "what | by | tokens | us a token | slope | 0.9 to 1.1",
            cases,
            "The smallest of three times each; 16 units learn in minibatches of 32, 32 "
            "units read. More sequences are of ten steps. Longer ones are 128, which "
            "share windows: with fewer, a step takes as long for one as for several, "
            "so that more would be for free. Where sequences become longer, generators "
            "learn from windows of 32 steps. The translator writes as many tokens as "
            "it reads; its attention compares all with all, so that there is none "
            "where sequences become longer.",
        )
    }
