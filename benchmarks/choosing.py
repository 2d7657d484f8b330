"""What to choose: parameters one at a time, and in pairs, on data that ships.

    OMP_NUM_THREADS=1 python benchmarks/choosing.py [--jobs 2] [--only PART]

Five random splits of each data set, the same ones for every row. A cell is the mean
accuracy and its standard deviation over the splits; an arrow, that the mean difference
from the defaults is more than 2.8 of its standard errors: a rough guide, since splits
overlap. The first row is a model that knows nothing of order.

    digits     300 of scikit-learn's scanned digits, 8 rows of 8 pixels; 500 to test
    names      480 first names by letters, female or male; 120 to test
    sentiment  320 short reviews by words: negative, mixed, positive; 80 to test
    tags       240 sentences, parts of speech, at most 20 epochs; 60 to test

The tables after that have two parameters each. The last one shows how far back a
network learns to look: the first of many random numbers is positive or not.
"""

import argparse
import time
import warnings
from functools import partial
from itertools import product

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklearn_rnn import (
    RNNClassifier,
    RNNSequenceTagger,
    SequenceVectorizer,
    StepwiseTransformer,
)
from sklearn_rnn.datasets import load_names, load_reviews, load_tagged_sentences
from sklearn_rnn.sequences import object_array
from sklearn_rnn.vectorizer import affix_features

VARIANTS = {
    "defaults": {},
    "rnn_type='lstm'": {"rnn_type": "lstm"},
    "rnn_type='rnn'": {"rnn_type": "rnn"},
    "pooling='mean'": {"pooling": "mean"},
    "pooling='max'": {"pooling": "max"},
    "pooling='attention'": {"pooling": "attention"},
    "the other value of bidirectional": {"bidirectional": None},
    "hidden_layer_sizes=16": {"hidden_layer_sizes": 16},
    "hidden_layer_sizes=32": {"hidden_layer_sizes": 32},
    "hidden_layer_sizes=128": {"hidden_layer_sizes": 128},
    "hidden_layer_sizes=(64, 64)": {"hidden_layer_sizes": (64, 64)},
    "learning_rate_init=0.001": {"learning_rate_init": 0.001},
    "learning_rate_init=0.002": {"learning_rate_init": 0.002},
    "learning_rate_init=0.01": {"learning_rate_init": 0.01},
    "learning_rate_init=0.02": {"learning_rate_init": 0.02},
    "batch_size=8": {"batch_size": 8},
    "batch_size=128": {"batch_size": 128},
    "max_iter=5": {"max_iter": 5},
    "dropout=0.5": {"dropout": 0.5},
    "input_dropout=0.3": {"input_dropout": 0.3},
    "recurrent_dropout=0.2": {"recurrent_dropout": 0.2},
    "embedding_dim=32": {"embedding_dim": 32},
    "early_stopping=True": {"early_stopping": True},
}
SEVERAL = {"recurrent_dropout": 0.2, "embedding_dim": 32}
VARIANTS |= {
    "recurrent_dropout=0.2, embedding_dim=32": SEVERAL,
    "both and input_dropout=0.3": SEVERAL | {"input_dropout": 0.3},
    "both and dropout=0.5": SEVERAL | {"dropout": 0.5},
    "both and learning_rate_init=0.01": SEVERAL | {"learning_rate_init": 0.01},
}
CELLS = ("gru", "lstm", "rnn")


class Stepwise(BaseEstimator):
    """Labels each token by its own features: the tagger without neighbours."""

    def fit(self, X, y):
        """Learn from all tokens as if they were in no order."""
        self.vectorizer_ = SequenceVectorizer(token_features=affix_features)
        values = self.vectorizer_.fit_transform(X).values
        model = LogisticRegression(C=10, max_iter=1000)
        self.model_ = model.fit(values, np.concatenate(y))
        return self

    def score(self, X, y):
        """Accuracy of tokens."""
        values = self.vectorizer_.transform(X).values
        return self.model_.score(values, np.concatenate(y))


def tasks():
    """Name -> (X, y, network, model without order, size of training and test)."""
    digits, sentences = load_digits(), load_tagged_sentences()
    names, gender = load_names(return_X_y=True)
    reviews = load_reviews()
    linear = LogisticRegression(C=10, max_iter=1000)
    pixels = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5))
    rows = make_pipeline(StepwiseTransformer(StandardScaler()), RNNClassifier())
    spelled = make_pipeline(
        SequenceVectorizer(analyzer="char", lowercase=True), RNNClassifier()
    )
    read = make_pipeline(SequenceVectorizer(), RNNClassifier())
    tagged = make_pipeline(
        SequenceVectorizer(token_features=affix_features),
        RNNSequenceTagger(max_iter=20),
    )
    bag_of_pixels = make_pipeline(pixels, StandardScaler(), linear)
    bag_of_letters = make_pipeline(letters, linear)
    bag_of_words = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), linear)
    texts = np.array(reviews.data, dtype=object)
    return {
        "digits": (digits.images, digits.target, rows, bag_of_pixels, (300, 500)),
        "names": (object_array(names), gender, spelled, bag_of_letters, (480, 120)),
        "sentiment": (texts, reviews.sentiment, read, bag_of_words, (320, 80)),
        "tags": (
            object_array(sentences.data),
            sentences.target,
            tagged,
            Stepwise(),
            (240, 60),
        ),
    }


def scores(task, parameters):
    """Accuracy on each split, (5,); None if there is no such parameter."""
    X, y, network, without_order, (n_train, n_test) = task
    model = without_order if parameters is None else clone(network)
    if parameters is not None:
        last, parameters = model[-1], dict(parameters)
        if not parameters.keys() <= last.get_params().keys():
            return None
        if "bidirectional" in parameters:
            parameters["bidirectional"] = not last.bidirectional
        last.set_params(random_state=0, **parameters)
    split = ShuffleSplit(5, train_size=n_train, test_size=n_test, random_state=0)
    warnings.simplefilter("ignore", ConvergenceWarning)
    return np.array(
        [
            clone(model).fit(X[train], y[train]).score(X[test], y[test])
            for train, test in split.split(X)
        ]
    )


def cell(found, reference=None):
    """Mean and standard deviation, and whether it differs from the reference."""
    if found is None:
        return "-"
    text = f"{found.mean():.3f} ±{found.std(ddof=1):.3f}".replace("±0", "±")
    if reference is None:
        return text
    difference = found - reference
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    if abs(difference.mean()) > 2.8 * error:
        text += " ↑" if difference.mean() > 0 else " ↓"
    return text


def print_row(*cells):
    """A row of a Markdown table."""
    print(f"| {' | '.join(cells)} |", flush=True)


def print_head(*cells):
    """The first two rows of one."""
    print()
    print_row(*cells)
    print("|---" * len(cells) + "|")


def one_at_a_time(parallel):
    """Each parameter against its default on all data sets."""
    data = tasks()
    rows = {"a model without order": None, **VARIANTS}
    run = list(product(rows, data))
    results = parallel(delayed(scores)(data[name], rows[row]) for row, name in run)
    results = dict(zip(run, results, strict=True))
    print_head("parameter", *data)
    for row, parameters in rows.items():
        print_row(
            row,
            *(
                cell(
                    results[row, name],
                    results["defaults", name] if parameters else None,
                )
                for name in data
            ),
        )


def pair(parallel, data, first, second):
    """A table of two parameters, each (name, values), on one data set."""
    task = tasks()[data]
    (rows, row_values), (columns, column_values) = first, second
    grid = list(product(row_values, column_values))
    results = parallel(delayed(scores)(task, {rows: i, columns: j}) for i, j in grid)
    results = dict(zip(grid, results, strict=True))
    print_head(f"{data}: {rows}", *(f"{columns}={j!r}" for j in column_values))
    for i in row_values:
        print_row(repr(i), *(cell(results[i, j]) for j in column_values))


def recall(rnn_type, pooling, length, seed):
    """Accuracy of telling the sign of the first of ``length`` random numbers."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X = np.random.RandomState(seed).normal(size=(700, length, 1))
    y = X[:, 0, 0] > 0
    X[:, 0, 0] = np.where(y, 1.0, -1.0)
    model = RNNClassifier(
        32, rnn_type=rnn_type, pooling=pooling, max_iter=40, random_state=seed
    )
    return model.fit(X[:500], y[:500]).score(X[500:], y[500:])


def memory(parallel):
    """How far back each cell learns to look, by the pooling."""
    lengths, seeds = (10, 30, 100), range(5)
    rows = [*product(CELLS, ("last", "mean"))]
    run = list(product(rows, lengths, seeds))
    found = parallel(delayed(recall)(*row, n, seed) for row, n, seed in run)
    found = np.reshape(found, (len(rows), len(lengths), len(seeds)))
    print_head("memory: rnn_type", "pooling", *(f"{n} steps" for n in lengths))
    for row, by_length in zip(rows, found, strict=True):
        print_row(*map(repr, row), *map(cell, by_length))


def main():
    """Print the tables."""
    rates = ("learning_rate_init", (0.001, 0.005, 0.02))
    parts = {
        "one": one_at_a_time,
        "digits": partial(pair, data="digits", first=("rnn_type", CELLS), second=rates),
        "names": partial(
            pair,
            data="names",
            first=("rnn_type", CELLS),
            second=("pooling", ("last", "mean", "max", "attention")),
        ),
        "sizes": partial(
            pair,
            data="digits",
            first=("hidden_layer_sizes", (16, 64, 128)),
            second=rates,
        ),
        "memory": memory,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=parts, help="one of the tables")
    options = parser.parse_args()
    parallel = Parallel(n_jobs=options.jobs)
    start = time.perf_counter()
    for name, part in parts.items():
        if options.only in (name, None):
            part(parallel)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
