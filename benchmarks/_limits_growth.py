"""Time by the number of tokens: slopes of log time over log tokens; see limits.py."""

import time

import numpy as np
from _limits_measure import MODELS, Section, cost, data, make, texts

from sklearn_rnn import SequenceVectorizer

# name -> sequences of ten steps, and steps of each of 64 sequences
MORE = (300, 3_000, 30_000)
LONGER = (100, 1_000, 10_000)
# A translation is written by a beam, and what is as long as it is wide takes time.
FEWER = {"translator": ((100, 1_000, 10_000), (32, 320, 3_200))}
REPETITIONS = 3


def slope(tokens, seconds):
    """Of the straight line through the logarithms."""
    return float(np.polyfit(np.log(tokens), np.log(seconds), 1)[0])


def options_of(name, way, length):
    """How a model is to run, so that work is linear in what is read."""
    options = {"batch_size": 64}
    if name.startswith("gen"):
        options["bptt_steps"] = None if way == "more" else 32
    if name == "translator":
        options |= dict(min_length=length, max_length=length, beam_size=2)
        if way == "longer":
            options["attention"] = None
    return options


def lengths_of(way, size):
    """Lengths of sequences."""
    return np.full(size, 10) if way == "more" else np.full(64, size)


def growth(name, way, sizes, clock):
    """Rows of fit and of predict."""
    clock = getattr(time, clock)
    tokens, times = [], {}
    for size in sizes:
        lengths = lengths_of(way, size)
        tokens.append(int(lengths.sum()))
        X, y = data(name, lengths)
        model = make(name, **options_of(name, way, int(lengths[0])))
        method = "score_samples" if name.startswith("gen") else "predict"
        runs = {
            "an epoch": lambda model=model, X=X, y=y: model.fit(X, y),
            method: lambda model=model, X=X, method=method: getattr(model, method)(X),
        }
        for what, run in runs.items():
            found = [cost(run, clock=clock).seconds for _ in range(REPETITIONS)]
            times.setdefault(what, []).append(min(found))
    for what, seconds in times.items():
        yield rows(f"{name}, {what}", way, tokens, seconds)


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
            found = [cost(run, documents, clock=clock) for _ in range(REPETITIONS)]
            seconds.append(min(one.seconds for one in found))
    for what, seconds in times.items():
        yield rows(f"vectorizer, {what}", way, tokens, seconds)


def rows(what, way, tokens, seconds):
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
    for way in ("more", "longer"):
        for name in MODELS:
            more, longer = FEWER.get(name, (MORE, LONGER))
            sizes = [
                max(1, int(n * scale)) for n in (more if way == "more" else longer)
            ]
            cases.append((growth, name, way, sizes, clock))
        sizes = [int(n * scale) for n in (MORE if way == "more" else LONGER)]
        cases.append((growth_of_vectorizer, way, [10 * n for n in sizes], clock))
    return {
        "growth": Section(
            "Growth with the number of tokens",
            "what | by | tokens | us a token | slope | 0.9 to 1.1",
            cases,
            "The smallest of three times each. More sequences are of ten steps. Longer "
            "ones are 64, which share windows and minibatches: with fewer, a step "
            "takes as long for one as for several, so that more would be for free. "
            "Where sequences become longer, generators learn from windows of 32 steps. "
            "The translator writes as many tokens as it reads. Its attention compares "
            "all with all, so that there is none where sequences become longer.",
        )
    }
