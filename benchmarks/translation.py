"""Quality of translators: pronunciation, another script, another language.

    SKLEARN_RNN_DATA=… python benchmarks/translation.py [--seeds 1] [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/translation.py --tune [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/translation.py --speed

The first command prints figures on test data beside a simple baseline from the same
run: the target of the nearest pair of training, by the character n-grams that two
sources share. Each fit has two threads. The second prints constructor parameters
against their defaults, on 6,000 pairs and validation data, two fits at a time. The
third compares the times of learning and of searching with the same network in PyTorch
(`pip install torch`).
"""

import argparse
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from _data import english_and_french, names_in_two_scripts, pronunciations
from _translation_speed import show_speed
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from sklearn_rnn import RNNTranslator, SequenceVectorizer
from sklearn_rnn.metrics import bleu_score, sequence_error_rate, token_error_rate


class Task(NamedTuple):
    """Pairs to learn from and to translate, and how to measure."""

    X: list
    y: list
    X_val: list
    y_val: list  # of lists of alternatives
    X_test: list
    y_test: list
    params: dict
    measure: Callable  # (alternatives, predictions) -> figures by name


# -- what is measured ------------------------------------------------------------------


def nearest(alternatives, predictions):
    """For each prediction the alternative that the fewest edits lead to."""
    chosen = []
    for known, predicted in zip(alternatives, predictions, strict=True):
        rates = [token_error_rate([one], [predicted]) * len(one) for one in known]
        chosen.append(known[int(np.argmin(rates))])
    return chosen


def error_rates(alternatives, predictions):
    """Of sequences and of tokens, against the nearest alternative."""
    true = nearest(alternatives, predictions)
    return {
        "sequence error": sequence_error_rate(true, predictions),
        "token error": token_error_rate(true, predictions),
    }


def bleu_and_matches(alternatives, predictions):
    """BLEU against all alternatives, and the share that equals one of them."""
    import sacrebleu

    most = max(map(len, alternatives))
    references = [
        [known[i] if i < len(known) else None for known in alternatives]
        for i in range(most)
    ]
    exact = [p in known for p, known in zip(predictions, alternatives, strict=True)]
    first = [known[0] for known in alternatives]
    return {
        "BLEU": sacrebleu.corpus_bleu(list(predictions), references).score,
        "exact": float(np.mean(exact)),
        "BLEU, one reference": bleu_score(first, predictions),
    }


# -- tasks -----------------------------------------------------------------------------


def flat(sources, alternatives):
    """Every alternative as a pair of its own."""
    pairs = [
        (s, t) for s, all_ in zip(sources, alternatives, strict=True) for t in all_
    ]
    return [list(side) for side in zip(*pairs, strict=True)]


def split(sources, alternatives):
    """Pairs to learn from, to choose by and to test: 90, 5 and 5 % of the sources."""
    order = np.random.RandomState(0).permutation(len(sources))
    n = len(sources) // 20
    train, *held = (
        [[sources[i] for i in part], [alternatives[i] for i in part]]
        for part in (order[2 * n :], order[n : 2 * n], order[:n])
    )
    return *flat(*train), *held[0], *held[1]


def pronunciation():
    """CMU dictionary without stress."""
    parts = split(*pronunciations())
    params = dict(
        hidden_layer_sizes=384,
        embedding_dim=64,
        dropout=0.3,
        batch_size=128,
        learning_rate_init=2e-3,
        max_iter=24,
    )
    return Task(*parts, params, error_rates)


def other_script():
    """Arabic names in Latin letters: official split."""
    (X, y), *held = names_in_two_scripts()
    held = [[x, [[one] for one in t]] for x, t in held]
    params = dict(
        hidden_layer_sizes=256,
        embedding_dim=32,
        dropout=0.3,
        batch_size=64,
        learning_rate_init=2e-3,
        max_iter=20,
    )
    return Task(X, y, *held[0], *held[1], params, error_rates)


LONGEST = 6  # words of an English sentence


def short_sentences():
    """English to French, at most six words, split by the English side."""
    pairs = zip(*english_and_french(), strict=True)
    known = {}
    for english, french in pairs:
        if len(english.split()) <= LONGEST:
            known.setdefault(english, []).append(french)
    parts = split(list(known), list(known.values()))
    params = dict(
        hidden_layer_sizes=256,
        embedding_dim=128,
        dropout=0.3,
        source_vectorizer=SequenceVectorizer(lowercase=False, min_df=2),
        target_vectorizer=SequenceVectorizer(lowercase=False, min_df=2),
        replace_unk=True,
        batch_size=128,
        learning_rate_init=2e-3,
        max_iter=12,
    )
    return Task(*parts, params, bleu_and_matches)


TASKS = {
    "cmudict": pronunciation,
    "ar2en": other_script,
    "fra_eng": short_sentences,
}


# -- runs ------------------------------------------------------------------------------


def neighbours(X, y, X_test):
    """The targets of the nearest sources."""
    ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), dtype=np.float32)
    search = NearestNeighbors(n_neighbors=1).fit(ngrams.fit_transform(X))
    found = search.kneighbors(ngrams.transform(X_test), return_distance=False)
    return [y[i] for i in found[:, 0]]


def fitted(task, seed, verbose=False, **params):
    """A translator and the seconds that it took."""
    params = {"n_jobs": 2, **task.params, **params}
    model = RNNTranslator(**params, random_state=seed, verbose=verbose)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(task.X, task.y)
    return model, time.perf_counter() - start


def as_text(figures):
    """Figures as words."""
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())


def measure(model, task, X, alternatives):
    """Figures of predictions, and the seconds that they took."""
    start = time.perf_counter()
    predictions = model.predict(X).tolist()
    seconds = time.perf_counter() - start
    return task.measure(alternatives, predictions), predictions, seconds


def show(name, seeds, verbose):
    """Print figures on test data."""
    task = TASKS[name]()
    print(f"\n{name}: {len(task.X)} pairs, {len(task.X_test)} to test", flush=True)
    base = task.measure(task.y_test, neighbours(task.X, task.y, task.X_test))
    print(f"nearest neighbour: {as_text(base)}", flush=True)
    figures = []
    for seed in range(seeds):
        model, seconds = fitted(task, seed, verbose)
        found, predictions, decoding = measure(model, task, task.X_test, task.y_test)
        print(
            f"seed {seed}: {as_text(found)}; {seconds:.0f} s to fit, "
            f"{len(predictions) / decoding:.0f} sequences/s with a beam of "
            f"{model.beam_size}",
            flush=True,
        )
        figures.append(found)
    if seeds > 1:
        for key in figures[0]:
            values = [found[key] for found in figures]
            print(f"{key}: mean {np.mean(values):.4f}, spread {np.std(values):.4f}")
    chosen = np.random.RandomState(0).permutation(len(task.X_test))[:10]
    for i in chosen:
        given, written = task.X_test[i], predictions[i]
        print(f"  {given} -> {written}  (true: {task.y_test[i][0]})")


# -- what the defaults were chosen by --------------------------------------------------

VARIANTS = [
    {},
    {"rnn_type": "lstm"},
    {"rnn_type": "rnn"},
    {"attention": "dot"},
    {"attention": "additive"},
    {"attention": None},
    {"bidirectional": False},
    {"hidden_layer_sizes": 64},
    {"hidden_layer_sizes": 256},
    {"hidden_layer_sizes": (128, 128)},
    {"embedding_dim": 64},
    {"learning_rate_init": 2e-3},
    {"learning_rate_init": 1e-2},
    {"batch_size": 64},
    {"dropout": 0.2},
    {"recurrent_dropout": 0.2},
    {"beta_2": 0.98},
    {"beam_size": 1},
    {"length_penalty": 1.0},
]
SMALL = 6_000  # pairs to learn from


def small_task(name):
    """A part of a task, with nothing but vectorizers set."""
    task = TASKS[name]()
    kept = {k: v for k, v in task.params.items() if k.endswith("vectorizer")}
    return task._replace(
        X=task.X[:SMALL],
        y=task.y[:SMALL],
        X_val=task.X_val[:1_000],
        y_val=task.y_val[:1_000],
        params=kept,
    )


def tried(name, variant):
    """Figures of one variant on validation data."""
    task = small_task(name)
    model, seconds = fitted(task, 0, n_jobs=1, **variant)
    figures, _, _ = measure(model, task, task.X_val, task.y_val)
    return f"{name:8} {variant!s:36} {as_text(figures)}; {seconds:.0f} s"


def tune(only):
    """Print each constructor parameter against its default, two fits at a time."""
    cases = [(name, v) for name in TASKS if only in name for v in VARIANTS]
    run = Parallel(n_jobs=2, return_as="generator")
    for line in run(delayed(tried)(*case) for case in cases):
        print(line, flush=True)


# -- command line ----------------------------------------------------------------------


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the name of the data")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    if args.speed:
        task = pronunciation()
        show_speed(task.X, task.y, task.X_test)
        return
    if args.tune:
        tune(args.only)
        return
    for name in TASKS:
        if args.only in name:
            show(name, args.seeds, args.verbose)


if __name__ == "__main__":
    main()
