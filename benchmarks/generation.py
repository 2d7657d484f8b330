"""Quality of generators: likelihoods, forecasts, and whether conditions are heeded.

    SKLEARN_RNN_DATA=… python benchmarks/generation.py [--seeds 3] [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/generation.py --tune [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/generation.py --speed

The first command prints figures on test data beside a simple baseline that is computed
in the same run, and samples of what was learned. Two fits run at a time, except for the
plays, where one uses two threads. The second prints what the parameters were chosen by,
without test data. The third compares the time of sampling with a loop over PyTorch's
`GRUCell` (`pip install torch`).
"""

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from _data import first_names, monthly_series, names_to_invent, plays, tunes
from _generation_speed import show_speed
from joblib import Parallel, delayed
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, RNNGenerator, SequenceVectorizer
from sklearn_rnn.metrics import memorization_report


class Result(NamedTuple):
    """What one fit gave."""

    score: float
    baseline: float
    seconds: float
    samples: str


def fitted(X, y=None, **params):
    """A generator and the seconds that it took."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = RNNGenerator(**params).fit(X, y)
    return model, time.perf_counter() - start


# -- text ------------------------------------------------------------------------------


def bigram_cross_entropy(train, test):
    """Nats a character, end included, of pairs of characters, with add-one counts."""

    def pairs(texts):
        return (pair for text in texts for pair in pairwise(["", *text, ""]))

    counts, n_symbols = Counter(pairs(train)), len({*"".join(train)}) + 1
    totals = Counter()
    for (first, _), count in counts.items():
        totals[first] += count
    log_p = [
        np.log((counts[pair] + 1) / (totals[pair[0]] + n_symbols))
        for pair in pairs(test)
    ]
    return -float(np.mean(log_p))


def describe(samples, train):
    """Samples, and whether they are new."""
    report = memorization_report(samples, train, ngram_sizes=(8,))
    shown = " | ".join(samples[:4]) if len(samples) > 4 else samples[0]
    return (
        f"in training {report.in_training:.2f}, distinct {report.distinct:.2f}, "
        f"8-grams known {report.known_ngrams[8]:.2f}, loops {report.loops:.2f}\n{shown}"
    )


def parts_of_names(tune):
    """Names to learn, and to be tested on."""
    train, validation, test = names_to_invent()
    return train, validation if tune else test


def parts_of_text(read):
    """One text to learn and one to be tested on: its last tenth."""

    def parts(tune):
        text = read()
        text = text[: int(0.9 * len(text))] if tune else text
        n = int(0.9 * len(text))
        return [text[:n]], [text[n:]]

    return parts


def text(read, n_samples, **sampling):
    """The callable (parameters, seed, tune) -> `Result` of a model of text."""

    def run(params, seed, tune):
        train, test = read(tune)
        model, seconds = fitted(train, random_state=seed, **params)
        score = model.cross_entropy(test)
        samples = model.sample(n_samples, **sampling)
        baseline = bigram_cross_entropy(train, test)
        return Result(score, baseline, seconds, describe(samples, train))

    return run


# -- series ----------------------------------------------------------------------------


def rmse(found, expected):
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((found - expected) ** 2)))


def one_step_ahead(values, n_test, lag, length, log, params, seed):
    """Predict the last values from the true ones before; differences are learned.

    Each window of differences is a sequence of training, and what came before it is not
    read. The scale is that of training.
    """
    level = np.log(values) if log else values
    differences = level[lag:] - level[:-lag]
    n_train = len(differences) - n_test
    scale = differences[:n_train].std()
    steps = (differences - differences[:n_train].mean()) / scale
    windows = sliding_window_view(steps, length)
    train = windows[: n_train - length + 1]
    model, seconds = fitted(train, random_state=seed, **params)
    before = windows[n_train - length + 1 :, :-1]  # of each step to be predicted
    mean = model.predict([window[:, None] for window in before])
    predicted = (
        level[-n_test - lag : -lag] + mean * scale + differences[:n_train].mean()
    )
    predicted = np.exp(predicted) if log else predicted
    actual = values[-n_test:]
    baseline = rmse(values[-n_test - lag : -lag], actual)
    return Result(rmse(predicted, actual), baseline, seconds, "")


def series(name, n_test, lag, length, log):
    """The callable (parameters, seed, tune) -> `Result` of a series."""

    def run(params, seed, tune):
        values = monthly_series(name)
        values = values[:-n_test] if tune else values
        return one_step_ahead(values, n_test, lag, length, log, params, seed)

    return run


# -- conditions ------------------------------------------------------------------------


def letter_groups(name):
    """Each letter with the two in front of it."""
    padded = f"^^{name.lower()}"
    return [padded[i : i + 3] for i in range(len(name))]


def endings(group):
    """One letter, two and three."""
    return [group[-n:] for n in (1, 2, 3)]


def heeded(params, seed, tune):
    """Share of the names that a classifier of other names takes for what was asked."""
    params, temperature = dict(params), params.get("temperature", 1.0)
    params.pop("temperature", None)
    names, gender = first_names()
    split = dict(test_size=0.5, stratify=gender, random_state=seed)
    own, others, own_gender, other_gender = train_test_split(names, gender, **split)
    judge = make_pipeline(
        SequenceVectorizer(analyzer=letter_groups, token_features=endings),
        RNNClassifier(
            bidirectional=True,
            embedding_dim=64,
            dropout=0.5,
            input_dropout=0.3,
            batch_size=64,
            learning_rate_init=3e-3,
            class_weight="balanced",  # both are asked for equally often
            random_state=seed,
        ),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        judge.fit(others, other_gender)
    model, seconds = fitted(list(own), own_gender, random_state=seed, **params)
    asked = np.repeat(["female", "male"], 1000)
    samples = model.sample(2000, y=asked, temperature=temperature)
    score = float(np.mean(judge.predict(samples) == asked))
    accuracy = judge.score(own, own_gender)
    some_of_both = [samples[i] for i in (0, 1000, 1, 1001, *range(2, 1000))]
    return Result(score, float(accuracy), seconds, describe(some_of_both, list(own)))


# -- tables ----------------------------------------------------------------------------


class Task(NamedTuple):
    """A figure to show."""

    run: Callable  # (parameters, seed, tune) -> Result
    params: dict
    target: str
    known: str
    baseline: str
    alone: bool = False  # whether it takes both cores


LONG = dict(embedding_dim=64, dropout=0.3, bptt_steps=64, learning_rate_init=4e-3)
GENDER = dict(hidden_layer_sizes=256, dropout=0.3, recurrent_dropout=0.5, max_iter=30)
TASKS = {
    "names": Task(
        text(parts_of_names, 1000),
        dict(
            hidden_layer_sizes=256,
            embedding_dim=32,
            dropout=0.1,
            recurrent_dropout=0.2,
            batch_size=128,
            learning_rate_init=3e-3,
            max_iter=20,
        ),
        "<= 1.985",
        "5-gram 2.021, WaveNet-like 1.99, PyTorch GRU 256 1.985",
        "bigram",
    ),
    "plays": Task(
        text(parts_of_text(plays), 1, max_new_tokens=400, temperature=0.8),
        dict(hidden_layer_sizes=512, batch_size=64, max_iter=18, n_jobs=2, **LONG),
        "<= 1.52",
        "5-gram 1.669, PyTorch LSTM 256 1.535, char-rnn about 1.4-1.5",
        "bigram",
        alone=True,
    ),
    "tunes": Task(
        text(parts_of_text(tunes), 1, max_new_tokens=300, temperature=0.8),
        dict(
            hidden_layer_sizes=256, rnn_type="lstm", batch_size=32, max_iter=15, **LONG
        ),
        "<= 1.09",
        "4-gram 1.370, PyTorch LSTM 256 1.090",
        "bigram",
    ),
    "sunspots": Task(
        series("sunspots_monthly", 624, 1, 73, False),
        dict(hidden_layer_sizes=32, max_iter=5),
        "<= 17.45",
        "AR(36) 17.42, PyTorch GRU 17.41",
        "last value",
    ),
    "airline": Task(
        series("airline", 36, 12, 13, True),
        dict(hidden_layer_sizes=32, batch_size=16, max_iter=40),
        "<= 20",
        "PyTorch GRU 18.0",
        "12 months before",
    ),
    "gender": Task(heeded, GENDER, ">= 0.80", "", "accuracy of the judge"),
    "gender, temperature 0.7": Task(
        heeded, {**GENDER, "temperature": 0.7}, ">= 0.80", "", "accuracy of the judge"
    ),
}


def show(only, n_seeds):
    """Print figures on test data, and samples of the first seed."""
    print(
        "| data | mean | per seed | target | known | baseline | seconds of training |"
    )
    print("|---|---|---|---|---|---|---|")
    samples = {}
    for name, task in TASKS.items():
        if only not in name:
            continue
        n = 1 if task.alone else n_seeds
        results = Parallel(n_jobs=1 if task.alone else 2)(
            delayed(task.run)(task.params, seed, False) for seed in range(n)
        )
        scores = np.array([result.score for result in results])
        each = " ".join(f"{score:.4g}" for score in scores)
        baseline = np.mean([result.baseline for result in results])
        seconds = np.mean([result.seconds for result in results])
        samples[name] = results[0].samples
        print(
            f"| {name} | {scores.mean():.4g} | {each} | {task.target} | {task.known} | "
            f"{task.baseline} {baseline:.4g} | {seconds:.0f} |",
            flush=True,
        )
    for name, shown in samples.items():
        if shown:
            print(f"\n{name}: {shown}")


# What is changed in turn, all else being as chosen.
CHANGES = {
    "names": [
        {},
        {"recurrent_dropout": 0.0},
        {"dropout": 0.3, "recurrent_dropout": 0.0},
        {"rnn_type": "lstm"},
        {"embedding_dim": None},
        {"max_iter": 10},
    ],
    "tunes": [{}, {"rnn_type": "gru"}, {"dropout": 0.0}, {"max_iter": 8}],
    "sunspots": [{}, {"max_iter": 3}, {"max_iter": 10}, {"dropout": 0.2}],
}


def tune(only):
    """Print scores on data held out from training, of seed 0."""
    print("| data | parameters | score |\n|---|---|---|")
    tried = [
        (name, changes)
        for name, list_of_changes in CHANGES.items()
        for changes in list_of_changes
        if only in name
    ]
    results = Parallel(n_jobs=2, return_as="generator")(
        delayed(TASKS[name].run)({**TASKS[name].params, **changes}, 0, True)
        for name, changes in tried
    )
    for (name, changes), result in zip(tried, results, strict=True):
        words = ", ".join(f"{key}={value!r}" for key, value in changes.items())
        print(f"| {name} | {words or 'chosen'} | {result.score:.4f} |", flush=True)


def main():
    """Print the table asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the name of the data")
    parser.add_argument("--tune", action="store_true", help="without test data")
    parser.add_argument("--speed", action="store_true", help="time")
    options = parser.parse_args()
    if options.speed:
        show_speed()
    elif options.tune:
        tune(options.only)
    else:
        show(options.only, options.seeds)


if __name__ == "__main__":
    main()
