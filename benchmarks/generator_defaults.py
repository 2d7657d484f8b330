"""What the defaults of `RNNGenerator` were chosen by: one parameter changed at a time.

    SKLEARN_RNN_DATA=… python benchmarks/generator_defaults.py

Prints nats a step on held-out parts of small and middle-sized data, the smaller the
better: characters of 600 names, of 400 reviews, of 7,944 names and of 120,000
characters of plays, words of 300 sentences, a simulated series (its true density has
1.419), and windows of the yearly growth of airline passengers. One seed, one thread.
"""

import numpy as np
from _data import first_names, plays
from joblib import Parallel, delayed
from numpy.lib.stride_tricks import sliding_window_view

from sklearn_rnn import RNNGenerator
from sklearn_rnn.datasets import (
    load_airline,
    load_names,
    load_reviews,
    load_tagged_sentences,
)

VARIANTS = [
    {},
    {"max_iter": 5},
    {"max_iter": 30},
    {"hidden_layer_sizes": 64},
    {"hidden_layer_sizes": 256},
    {"learning_rate_init": 2e-3},
    {"learning_rate_init": 1e-2},
    {"dropout": 0.2},
    {"recurrent_dropout": 0.2},
    {"embedding_dim": 32},
    {"rnn_type": "lstm"},
]


def autoregression(n_sequences=60, n_steps=40, slope=0.8):
    """Series in which a step is the one before, weakened, and noise."""
    noise = np.random.RandomState(0).normal(size=(n_sequences, n_steps))
    X = noise.copy()
    for t in range(1, n_steps):
        X[:, t] += slope * X[:, t - 1]
    return X


def airline_growth(width=13):
    """Windows of growth over a year; the held-out ones share no month with others."""
    log = np.log(load_airline().data)
    growth = log[12:] - log[:-12]
    growth = (growth - growth[:82].mean()) / growth[:82].std()
    windows = sliding_window_view(growth, width)
    return windows[:70], windows[82:]


def last_fifth(X):
    """The first sequences, and the others."""
    n = len(X) * 4 // 5
    return X[:n], X[n:]


def data():
    """Name -> (training part, held-out part)."""
    names, _ = first_names()
    names = names[np.random.RandomState(0).permutation(len(names))]
    text = plays()
    return {
        "600 names": last_fifth(load_names().data),
        "reviews": last_fifth(load_reviews().data),
        "sentences": last_fifth(
            [list(words) for words in load_tagged_sentences().data]
        ),
        "series": last_fifth(autoregression()),
        "airline": airline_growth(),
        "names": last_fifth(names.tolist()),
        "plays": (text[:100_000], text[100_000:120_000]),
    }


def nats(params, train, test):
    """Cross-entropy of the held-out part."""
    return RNNGenerator(random_state=0, **params).fit(train).cross_entropy(test)


def main():
    """Print the table."""
    sets = data()
    print(f"| variant | {' | '.join(sets)} |\n|---|{'---|' * len(sets)}")
    jobs = (
        delayed(nats)(params, *parts) for params in VARIANTS for parts in sets.values()
    )
    results = Parallel(n_jobs=2, return_as="generator")(jobs)
    for params in VARIANTS:
        words = ", ".join(f"{name}={value!r}" for name, value in params.items())
        scores = " | ".join(f"{next(results):.3f}" for _ in sets)
        print(f"| {words or 'defaults'} | {scores} |", flush=True)


if __name__ == "__main__":
    main()
