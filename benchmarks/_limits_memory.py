"""Memory by the length of sequences and by their number; see limits.py."""

import numpy as np
from _limits_measure import (
    MB,
    Section,
    cost,
    data,
    fitted,
    lengths_up_to_ten,
    make,
    size_of,
)

MOST = 1_000_000  # steps, of which one method is enough

OF_STEPS = [
    ("classifier", "predict predict_proba transform", 1_000_000),
    ("classifier, both ways", "predict transform", 1_000_000),
    ("regressor", "predict transform", 100_000),
    ("tagger, one way", "predict predict_proba", 100_000),
    ("tagger", "predict predict_proba", 100_000),
    ("tagger, CRF", "predict predict_proba", 1_000_000),
    ("generator of numbers", "score_samples predict", 100_000),
    ("generator of text", "score_samples perplexity", 1_000_000),
]
LEARNED = [
    ("generator of text", dict(bptt_steps=64), 1_000_000),
    ("generator of numbers", dict(bptt_steps=64), 100_000),
    ("classifier", {}, 100_000),
    ("regressor", {}, 100_000),
    ("tagger, one way", {}, 100_000),
    ("tagger", {}, 100_000),
    ("tagger, CRF", {}, 100_000),
]
OF_SEQUENCES = [
    ("classifier", "predict", 1_000_000),
    ("classifier, both ways", "predict_proba", 100_000),
    ("regressor", "predict", 1_000_000),
    ("tagger", "predict", 1_000_000),
    ("tagger, CRF", "predict", 100_000),
    ("generator of numbers", "score_samples", 100_000),
    ("generator of numbers", "predict", 1_000_000),
    ("generator of numbers", "forecast", 100_000),
    ("generator of text", "score_samples", 1_000_000),
    ("generator of text", "predict", 100_000),
    ("generator of text", "sample", 100_000),
    ("generator of text", "generate", 100_000),
    ("translator", "predict", 100_000),
]


def read_one(name, methods, n):
    """Rows of one sequence of n steps."""
    model = fitted(name)
    X, _ = data(name, np.array([n]))
    for method in methods.split()[: 1 if n == MOST else None]:
        found = cost(getattr(model, method), X)
        yield (
            name,
            method,
            n,
            found.seconds,
            1e6 * found.seconds / n,
            found.peak / MB,
            size_of(X) / MB,
            size_of(found.result) / MB,
        )


def learn_long(name, options, n):
    """Row of one epoch on sequences of n steps, two where there must be two classes."""
    lengths = np.array([n]) if name.startswith(("gen", "tag")) else np.array([n, n])
    X, y = data(name, lengths)
    found = cost(make(name, **options).fit, X, y)
    n_steps = int(lengths.sum())
    how = f"windows of {options['bptt_steps']}" if options else "whole sequences"
    yield (
        name,
        how,
        n_steps,
        found.seconds,
        1e6 * found.seconds / n_steps,
        found.peak / MB,
        found.peak / n_steps,
    )


def read_many(name, method, n):
    """Row of n sequences of up to ten steps."""
    model = fitted(name)
    X, _ = data(name, lengths_up_to_ten(n))
    options = {
        "forecast": dict(n_steps=5, n_samples=2, random_state=0),
        "sample": dict(random_state=0, max_new_tokens=10),
        "generate": dict(random_state=0, max_new_tokens=5),
    }
    first = n if method == "sample" else X
    found = cost(getattr(model, method), first, **options.get(method, {}))
    yield (
        name,
        method,
        n,
        found.seconds,
        size_of(X) / MB,
        size_of(found.result) / MB,
        found.peak / MB,
        found.extra / MB,
    )


def sizes(first, most, scale):
    """Powers of ten."""
    most = int(most * scale)
    n = first
    while n <= most:
        yield n
        n *= 10


def sections(scale):
    """The tables, of sizes that are a share of the usual ones."""
    return {
        "long": Section(
            "One long sequence is read",
            "model | method | steps | s | us a step | "
            "peak, MB | input, MB | output, MB",
            [
                (read_one, name, methods, n)
                for name, methods, most in OF_STEPS
                for n in sizes(10_000, most, scale)
            ],
            "64 units. The peak is what is allocated beyond the input.",
        ),
        "learn": Section(
            "One epoch on long sequences",
            "model | learns from | steps | s | us a step | peak, MB | bytes a step",
            [
                (learn_long, name, options, n)
                for name, options, most in LEARNED
                for n in sizes(10_000, most, scale)
            ],
            "Only the generator learns from windows; others need all steps at once.",
        ),
        "many": Section(
            "Many sequences of 1 to 10 steps are read",
            "model | method | sequences | s | input, MB | output, MB | peak, MB | "
            "peak without output, MB",
            [
                (read_many, name, method, n)
                for name, method, most in OF_SEQUENCES
                for n in sizes(1_000, most, scale)
            ],
            "A translation takes a beam search, a sample 10 steps: fewer of them.",
        ),
    }
