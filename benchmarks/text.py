"""Quality on text: published splits, mean and spread over three seeds.

    SKLEARN_RNN_DATA=… python benchmarks/text.py [--seeds 3] [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/text.py --tune [--only PATTERN]
    SKLEARN_RNN_DATA=… python benchmarks/text.py --speed

The first command prints accuracies on test data beside logistic regression on tf-idf of
words and pairs of words (names: on characters and their sequences up to five), which is
computed in the same run. The second prints what the parameters of the networks were
chosen by: accuracy on a part of the training data, mean over four splits and its
standard error. Two fits run at a time. The third compares the time of vectorizing with
CountVectorizer, and of an epoch with the same network in skorch (`pip install torch
skorch`), on film reviews, and prints the memory that vectorizing takes.
"""

import argparse
import time
import warnings
from functools import partial

import numpy as np
from _data import film_sentences, first_names, intents, questions
from _text_speed import show_speed
from joblib import Parallel, delayed
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, SequenceVectorizer
from sklearn_rnn.vectorizer import affix_features


def windows(name, width=3):
    """The letters of a name, each with those in front of it."""
    padded = "^" * (width - 1) + name.lower()
    return [padded[i : i + width] for i in range(len(name))]


def endings(window):
    """One letter, two and three: what a window ends with."""
    return [window[-n:] for n in range(1, len(window) + 1)]


def official(read):
    """Splits: the official one, whose last part is for testing."""

    def splits():
        *others, (X_test, y_test) = read()
        X, y = (np.concatenate(parts) for parts in zip(*others, strict=True))
        yield X, y, X_test, y_test

    return splits


def three_folds(read):
    """Splits: the first three folds of ten."""

    def splits():
        X, y = read()
        folds = StratifiedKFold(10, shuffle=True, random_state=0).split(X, y)
        for _, (train, test) in zip(range(3), folds, strict=False):
            yield X[train], y[train], X[test], y[test]

    return splits


def network(vectorizer, classifier, seed):
    """The pipeline that is measured."""
    return make_pipeline(
        SequenceVectorizer(**vectorizer), RNNClassifier(random_state=seed, **classifier)
    )


def bag_of_words(analyzer="word", n=2, C=10.0):
    """The usual baseline."""
    pattern = r"\S+" if analyzer == "word" else None
    tfidf = TfidfVectorizer(
        analyzer=analyzer, ngram_range=(1, n), token_pattern=pattern, sublinear_tf=True
    )
    return make_pipeline(tfidf, LogisticRegression(C=C, max_iter=1000))


def vote(vectorizer, classifier, seed):
    """The network and the baseline, mean of their probabilities."""
    rnn = network(vectorizer, classifier, seed)
    return VotingClassifier(
        [("rnn", rnn), ("bag", bag_of_words(C=30.0))], voting="soft"
    )


AFFIXES = {"token_features": affix_features, "lowercase": False, "min_df": 2}
RARE = {"min_df": 2}
LETTERS = {"analyzer": "char", "lowercase": True}
GRAMS = {"analyzer": windows, "token_features": endings}
DEFAULTS = ({}, {})
QUESTIONS = {
    "embedding_dim": 128,
    "bidirectional": True,
    "pooling": "attention",
    "dropout": 0.5,
    "input_dropout": 0.2,
}
FILMS = {"embedding_dim": 128, "dropout": 0.5, "input_dropout": 0.3, "max_iter": 5}
INTENTS = {**QUESTIONS, "embedding_dim": 64, "max_iter": 5}
NAMES = {
    "embedding_dim": 64,
    "bidirectional": True,
    "dropout": 0.5,
    "input_dropout": 0.3,
}
characters = partial(bag_of_words, analyzer="char", n=5)

# data -> splits, pipeline of (vectorizer, classifier, seed), parameters of the two,
# baseline, target, what is known
ROWS = {
    "trec, defaults": (
        official(questions),
        network,
        DEFAULTS,
        bag_of_words,
        0.875,
        "PyTorch biGRU without affixes 0.874-0.887",
    ),
    "trec, tuned": (
        official(questions),
        network,
        (AFFIXES, QUESTIONS),
        bag_of_words,
        0.900,
        "PyTorch biGRU with affixes 0.897-0.902, LSTM with vectors 0.932",
    ),
    "rt_polarity": (
        three_folds(film_sentences),
        network,
        (RARE, FILMS),
        bag_of_words,
        0.778,
        "LSTM without vectors 0.74-0.77, PyTorch biGRU with affixes 0.780",
    ),
    "rt_polarity, vote": (
        three_folds(film_sentences),
        vote,
        (RARE, FILMS),
        bag_of_words,
        0.795,
        "",
    ),
    "snips intents": (
        official(intents),
        network,
        (RARE, INTENTS),
        bag_of_words,
        0.976,
        "PyTorch biGRU 0.971, BLSTM with vectors 0.991",
    ),
    "names, letters": (
        three_folds(first_names),
        network,
        (LETTERS, {}),
        characters,
        0.815,
        "PyTorch biGRU 0.808-0.828",
    ),
    "names, 2- and 3-grams": (
        three_folds(first_names),
        network,
        (GRAMS, NAMES),
        characters,
        0.838,
        "PyTorch biGRU 0.839",
    ),
}


def score(splits, pipeline, parameters, baseline, seed):
    """Mean accuracy over splits, that of the baseline, seconds of a fit."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    scores, others, seconds = [], [], []
    for X, y, X_test, y_test in splits():
        model, start = pipeline(*parameters, seed), time.perf_counter()
        model.fit(X, y)
        seconds.append(time.perf_counter() - start)
        scores.append(model.score(X_test, y_test))
        others.append(baseline().fit(X, y).score(X_test, y_test))
    return np.mean(scores), np.mean(others), np.mean(seconds)


def show(only, n_seeds):
    """Print the table of test accuracies."""
    print("| data | mean | per seed | tf-idf | target | known | s a fit |")
    print("|---|---|---|---|---|---|---|")
    for name, (splits, pipeline, parameters, baseline, target, known) in ROWS.items():
        if only not in name:
            continue
        results = Parallel(n_jobs=2)(
            delayed(score)(splits, pipeline, parameters, baseline, seed)
            for seed in range(n_seeds)
        )
        scores, others, seconds = np.array(results).T
        each = " ".join(f"{value:.4f}" for value in scores)
        print(
            f"| {name} | {scores.mean():.4f} | {each} | {others.mean():.4f} | "
            f">= {target:.3f} | {known} | {seconds.mean():.0f} |",
            flush=True,
        )


TRIED = {
    "trec": (
        official(questions),
        {
            "defaults": DEFAULTS,
            "min_df=2": (RARE, {}),
            "embedding 64": ({}, {"embedding_dim": 64}),
            "dropout": ({}, {"dropout": 0.5}),
            "input dropout": ({}, {"input_dropout": 0.2}),
            "affixes": (AFFIXES, {"dropout": 0.5}),
            "chosen": (AFFIXES, QUESTIONS),
            "chosen, last": (AFFIXES, {**QUESTIONS, "pooling": "last"}),
            "chosen, words": (RARE, QUESTIONS),
            "chosen, forward": (AFFIXES, {**QUESTIONS, "bidirectional": False}),
            "chosen, embedding 64": (AFFIXES, {**QUESTIONS, "embedding_dim": 64}),
            "chosen, no input dropout": (AFFIXES, {**QUESTIONS, "input_dropout": 0.0}),
        },
    ),
    "rt_polarity": (
        three_folds(film_sentences),
        {
            "chosen": (RARE, FILMS),
            "chosen, min_df=1": ({}, FILMS),
            "chosen, affixes": (AFFIXES, FILMS),
            "chosen, mean": (RARE, {**FILMS, "pooling": "mean"}),
            "chosen, max": (RARE, {**FILMS, "pooling": "max"}),
            "chosen, attention": (RARE, {**FILMS, "pooling": "attention"}),
            "chosen, both ways": (RARE, {**FILMS, "bidirectional": True}),
            "chosen, embedding 64": (RARE, {**FILMS, "embedding_dim": 64}),
            "chosen, embedding 256": (RARE, {**FILMS, "embedding_dim": 256}),
            "chosen, no input dropout": (RARE, {**FILMS, "input_dropout": 0.0}),
            "chosen, input dropout 0.5": (RARE, {**FILMS, "input_dropout": 0.5}),
            "chosen, 3 epochs": (RARE, {**FILMS, "max_iter": 3}),
            "chosen, 8 epochs": (RARE, {**FILMS, "max_iter": 8}),
        },
    ),
    "snips": (
        official(intents),
        {
            "defaults": DEFAULTS,
            "chosen": (RARE, INTENTS),
            "chosen, last": (RARE, {**INTENTS, "pooling": "last"}),
            "chosen, affixes": (AFFIXES, INTENTS),
            "chosen, input dropout 0.4": (RARE, {**INTENTS, "input_dropout": 0.4}),
        },
    ),
    "names": (
        three_folds(first_names),
        {
            "letters": (LETTERS, {}),
            "letters, 2 layers": (
                LETTERS,
                {"hidden_layer_sizes": (64, 64), "bidirectional": True, "dropout": 0.3},
            ),
            "chosen": (GRAMS, NAMES),
            "chosen, forward": (GRAMS, {**NAMES, "bidirectional": False}),
            "chosen, no embedding": (GRAMS, {**NAMES, "embedding_dim": None}),
            "chosen, no input dropout": (GRAMS, {**NAMES, "input_dropout": 0.0}),
            "chosen, attention": (GRAMS, {**NAMES, "pooling": "attention"}),
            "chosen, 20 epochs": (GRAMS, {**NAMES, "max_iter": 20}),
        },
    ),
}


def validate(splits, parameters):
    """Accuracies on parts of the training data, four splits of each training part."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    scores = []
    for X, y, _, _ in splits():
        parts = StratifiedShuffleSplit(4, test_size=0.15, random_state=0).split(X, y)
        for seed, (train, rest) in enumerate(parts):
            model = network(*parameters, seed).fit(X[train], y[train])
            scores.append(model.score(X[rest], y[rest]))
    return np.array(scores)


def tune(only):
    """Print the table of validation accuracies."""
    print("| data | network | validation | standard error |\n|---|---|---|---|")
    tried = [
        (data, name, splits, parameters)
        for data, (splits, variants) in TRIED.items()
        for name, parameters in variants.items()
        if only in data
    ]
    results = Parallel(n_jobs=2, return_as="generator")(
        delayed(validate)(splits, parameters) for _, _, splits, parameters in tried
    )
    for (data, name, *_), scores in zip(tried, results, strict=True):
        error = scores.std() / np.sqrt(len(scores))
        print(f"| {data} | {name} | {scores.mean():.4f} | {error:.4f} |", flush=True)


def main():
    """Print the table asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the name of the data")
    parser.add_argument("--tune", action="store_true", help="on training data only")
    parser.add_argument("--speed", action="store_true", help="time and memory")
    options = parser.parse_args()
    if options.speed:
        show_speed()
    elif options.tune:
        tune(options.only)
    else:
        show(options.only, options.seeds)


if __name__ == "__main__":
    main()
