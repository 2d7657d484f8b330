"""Quality of tagging: official splits, mean and spread over three seeds.

    SKLEARN_RNN_DATA=… python benchmarks/tagging.py [--seeds 3] [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/tagging.py --tune [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/tagging.py --speed

The first command prints scores on test data, with and without a CRF on top of the same
network, beside a linear CRF with features of words and their neighbours
(`pip install sklearn-crfsuite`). Parts of speech are scored by accuracy, slots and
entities by F1 as the CoNLL evaluation counts. The second prints what the parameters
were chosen by: the same on development data, or on five parts of the training data. Two
fits run at a time. The third compares the time of an epoch with the same network in
PyTorch (`pip install torch`), and tagging with the linear CRF.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from _data import parts_of_speech, slots, wiki_entities
from _tagging_speed import show_speed
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNSequenceTagger, SequenceVectorizer
from sklearn_rnn.metrics import (
    entity_f1_score,
    extract_entities,
    mark_entities,
    step_accuracy_score,
)
from sklearn_rnn.vectorizer import affix_features


def official(read, part):
    """Splits: the first part and another one, as (words, tags, words, tags)."""

    def splits():
        parts = read()
        return [(*parts[0], *parts[part])]

    return splits


def fifths(read):
    """Splits of the first part into five, sentences in their order."""

    def splits():
        words, tags = read()[0]
        bounds = [len(words) * i // 5 for i in range(6)]
        return [
            (
                words[:start] + words[stop:],
                tags[:start] + tags[stop:],
                words[start:stop],
                tags[start:stop],
            )
            for start, stop in pairwise(bounds)
        ]

    return splits


def as_bioes(tags):
    """The same entities in the scheme BIOES."""
    return [
        mark_entities(extract_entities(row, "conlleval"), len(row), "BIOES")
        for row in tags
    ]


conlleval_f1 = partial(entity_f1_score, scheme="conlleval")
AFFIXES = {"token_features": affix_features}
REGULAR = {"dropout": 0.5, "input_dropout": 0.3}


class Task(NamedTuple):
    """Data, how they are scored, the network, and what is known."""

    test: Callable  # gives splits
    tune: Callable
    score: Callable
    network: dict  # parameters of the tagger
    crf: bool  # whether the target is for the network with a CRF
    bioes: bool  # whether it learns from BIOES labels
    iterations: int  # of the linear CRF
    target: float
    known: str


TASKS = {
    "ud_english_ewt": Task(
        official(parts_of_speech, 2),
        official(parts_of_speech, 1),
        step_accuracy_score,
        {
            "hidden_layer_sizes": 128,
            "rnn_type": "gru",
            "embedding_dim": 200,
            **REGULAR,
            "input_dropout": 0.2,
            "max_iter": 10,
        },
        False,
        False,
        40,
        0.951,
        "UDPipe 1.2 0.944, PyTorch biLSTM 0.9496, LIMA with vectors 0.9595",
    ),
    "snips slots": Task(
        official(slots, 2),
        official(slots, 1),
        conlleval_f1,
        {
            "hidden_layer_sizes": 128,
            "rnn_type": "lstm",
            "embedding_dim": 200,
            **REGULAR,
            "max_iter": 15,
        },
        True,
        True,
        60,
        0.938,
        "slot-gated biLSTM 0.888, PyTorch biLSTM-CRF 0.934, with vectors 0.962",
    ),
    "wikigold": Task(
        official(wiki_entities, 1),
        fifths(wiki_entities),
        conlleval_f1,
        {
            "hidden_layer_sizes": (100, 100),
            "rnn_type": "lstm",
            "embedding_dim": 100,
            **REGULAR,
            "beta_2": 0.9,  # features are rare, and their first steps large otherwise
            "batch_size": 16,
            "max_iter": 15,
        },
        True,
        True,
        60,
        0.565,
        "PyTorch biLSTM-CRF 0.530",
    ),
}


class Model(NamedTuple):
    """What is trained."""

    vectorizer: dict
    tagger: dict
    bioes: bool


def chosen(task, crf, bioes=None, **changes):
    """The network of a task, with some changes."""
    bioes = task.bioes if bioes is None else bioes
    scheme = "BIOES" if bioes and crf else None
    network = {**task.network, "crf": crf, "scheme": scheme, **changes}
    return Model({**AFFIXES, "min_df": 2}, network, bioes)


def evaluate(splits, score, model, seed):
    """Scores of the network on each of the splits, and seconds of a fit."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    scores, seconds = [], []
    for words, tags, words_test, tags_test in splits():
        pipeline = make_pipeline(
            SequenceVectorizer(**model.vectorizer),
            RNNSequenceTagger(random_state=seed, **model.tagger),
        )
        start = time.perf_counter()
        pipeline.fit(words, as_bioes(tags) if model.bioes else tags)
        seconds.append(time.perf_counter() - start)
        scores.append(score(tags_test, pipeline.predict(words_test)))
    return scores, np.mean(seconds)


def baseline(task):
    """Score of the linear CRF on test data."""
    from _linear_crf import LinearCRF

    [(words, tags, words_test, tags_test)] = task.test()
    model = LinearCRF(task.iterations).fit(words, tags)
    return task.score(tags_test, model.predict(words_test))


def show(only, n_seeds):
    """Print the table of test scores."""
    print(
        "| data | network | mean | per seed | linear CRF | target | known | s a fit |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, task in TASKS.items():
        if only not in name:
            continue
        linear = baseline(task)
        models = {
            "defaults" + ", CRF" * task.crf: Model(AFFIXES, {"crf": task.crf}, False),
            "softmax": chosen(task, False),
            "CRF": chosen(task, True),
        }
        for kind, model in models.items():
            results = Parallel(n_jobs=2)(
                delayed(evaluate)(task.test, task.score, model, seed)
                for seed in range(n_seeds)
            )
            scores = np.array([scores[0] for scores, _ in results])
            each = " ".join(f"{score:.4f}" for score in scores)
            aimed = kind == ("CRF" if task.crf else "softmax")
            print(
                f"| {name} | {kind} | {scores.mean():.4f} | {each} | {linear:.4f} | "
                f"{f'>= {task.target:.3f}' if aimed else ''} | {task.known} | "
                f"{np.mean([seconds for _, seconds in results]):.0f} |",
                flush=True,
            )


# What is changed in turn, all else being as chosen.
CHANGES = [
    {},
    {"rnn_type": "gru"},
    {"rnn_type": "lstm"},
    {"embedding_dim": None},
    {"hidden_layer_sizes": 64},
    {"input_dropout": 0.0},
    {"dropout": 0.0},
    {"bidirectional": False},
    {"beta_2": 0.999},
    {"beta_2": 0.9},
    {"bioes": False},
]


def changes_something(task, changes):
    """Whether changes are no part of what was chosen."""
    given = {**RNNSequenceTagger(**task.network).get_params(), "bioes": task.bioes}
    return any(given[name] != value for name, value in changes.items())


def tune(only):
    """Print scores on development data, or on parts of the training data."""
    print("| data | network | mean | standard error |\n|---|---|---|---|")
    tried = [
        (name, task, crf, changes)
        for name, task in TASKS.items()
        for crf in (task.crf, not task.crf)
        for changes in CHANGES
        if only in name
        and (not changes or (crf == task.crf and changes_something(task, changes)))
    ]
    jobs = (
        delayed(evaluate)(task.tune, task.score, chosen(task, crf, **changes), seed)
        for _, task, crf, changes in tried
        for seed in range(2)
    )
    results = Parallel(n_jobs=2, return_as="generator")(jobs)
    for name, _, crf, changes in tried:
        scores = np.concatenate([next(results)[0] for _ in range(2)])
        error = scores.std() / np.sqrt(len(scores))
        words = ", ".join(f"{key}={value!r}" for key, value in changes.items())
        print(
            f"| {name} | {'CRF' if crf else 'softmax'}, {words or 'chosen'} | "
            f"{scores.mean():.4f} | {error:.4f} |",
            flush=True,
        )


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
