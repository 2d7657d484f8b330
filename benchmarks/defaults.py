"""Which defaults learn: one constructor parameter at a time, on many real data sets.

    SKLEARN_RNN_DATA=… python benchmarks/defaults.py [--seeds 3] [--only PATTERN]

Every variant differs from the defaults in one parameter. Each is trained on 80 % of the
training part of each data set and scored on the other 20 % (the digits: on a fifth of
all), mean over seeds, which draw the split too: no official test part is touched.
Classification gives accuracy, regression R². The last columns are the mean over the
data sets and the seconds of all its fits, on one core.
"""

import argparse
import time
import warnings

import numpy as np
from _data import folder, train_test
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNRegressor,
    Sequences,
    StepwiseTransformer,
)

VARIANTS = {
    "defaults": {},
    "rate 2e-3": {"learning_rate_init": 2e-3},
    "rate 3e-3": {"learning_rate_init": 3e-3},
    "rate 1e-2": {"learning_rate_init": 1e-2},
    "constant": {"learning_rate": "constant"},
    "cosine": {"learning_rate": "cosine"},
    "batch 16": {"batch_size": 16},
    "batch 64": {"batch_size": 64},
    "clip 0.3": {"max_grad_norm": 0.3},
    "clip 5": {"max_grad_norm": 5.0},
    "no clip": {"max_grad_norm": None},
    "lstm": {"rnn_type": "lstm"},
    "rnn": {"rnn_type": "rnn"},
    "bidirectional": {"bidirectional": True},
    "32 units": {"hidden_layer_sizes": (32,)},
    "128 units": {"hidden_layer_sizes": (128,)},
    "2 layers": {"hidden_layer_sizes": (64, 64)},
    "mean": {"pooling": "mean"},
    "max": {"pooling": "max"},
    "attention": {"pooling": "attention"},
    "dropout 0.3": {"dropout": 0.3},
    "recurrent 0.2": {"recurrent_dropout": 0.2},
    "alpha 0.1": {"alpha": 0.1},
    "alpha 1": {"alpha": 1.0},
    "adamw 0.01": {"solver": "adamw", "alpha": 0.01},
    "rmsprop": {"solver": "rmsprop", "learning_rate_init": 1e-3},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.1},
    "early stopping": {"early_stopping": True},
}


def one_hot(documents, min_df=2):
    """Sequences of one-hot tokens; rare tokens share the first feature."""
    tokens, counts = np.unique(np.concatenate(documents), return_counts=True)
    known = {token: i + 1 for i, token in enumerate(tokens[counts >= min_df])}
    ids = [known.get(token, 0) for document in documents for token in document]
    parts = (np.ones(len(ids), np.float32), ids, np.arange(len(ids) + 1))
    values = sparse.csr_array(parts, shape=(len(ids), len(known) + 1))
    return Sequences(values, [len(document) for document in documents])


def questions():
    """TREC: six kinds of question, lower-cased words."""
    import gzip

    with gzip.open(folder() / "trec" / "train.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return one_hot([row[2].lower().split() for row in rows]), np.array(
        [row[0] for row in rows]
    )


def first_names():
    """A third of the English first names, by gender, as letters."""
    names, y = [], []
    for gender in ("female", "male"):
        text = (folder() / "names_gender" / f"{gender}.txt").read_text(encoding="utf-8")
        some = [name.strip().lower() for name in text.split("\n") if name.strip()][::3]
        names += [list(name) for name in some]
        y += [gender] * len(some)
    return one_hot(names, 1), np.array(y)


def series(name):
    """The training part of a UEA/UCR data set."""
    X, y, _, _ = train_test(name)
    return X, y


def tasks():
    """Name -> (X, y, transformers in front, whether y is a number)."""
    digits = load_digits()
    frames = (FrameTransformer(5),)
    found = {
        "digits": (digits.images, digits.target, (), False),
        "vowels": (*series("JapaneseVowels"), (), False),
        "motions": (*series("BasicMotions"), (), False),
        "power": (*series("ItalyPowerDemand"), (), False),
        "gunpoint": (*series("GunPoint"), frames, False),
        "arrows": (*series("ArrowHead"), frames, False),
        "questions": (*questions(), None, False),
        "names": (*first_names(), None, False),
    }
    X, y = series("Tecator")
    found["tecator"] = (X, y.astype(float), (FrameTransformer(10, None, True),), True)
    return found


def score(X, y, before, numeric, parameters, seed):
    """Held-out score of one fit."""
    classes = None if numeric else y
    train, test = train_test_split(
        np.arange(len(y)), test_size=0.2, random_state=seed, stratify=classes
    )
    kind = RNNRegressor if numeric else RNNClassifier
    model = kind(random_state=seed, **parameters)
    if before is not None:
        model = make_pipeline(*before, StepwiseTransformer(StandardScaler()), model)
    if numeric:
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
    return model.fit(X[train], y[train]).score(X[test], y[test])


def row(name, parameters, data, n_seeds):
    """Cells of the table for one variant."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    start = time.perf_counter()
    scores = [
        np.mean([score(*task, parameters, seed) for seed in range(n_seeds)])
        for task in data.values()
    ]
    seconds = time.perf_counter() - start
    cells = [f"{value:.3f}" for value in scores]
    return [name, *cells, f"{np.mean(scores):.4f}", f"{seconds:.0f}"]


def main():
    """Print the table; two variants run at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the names of the variants")
    options = parser.parse_args()
    data = tasks()
    print("| variant | " + " | ".join(data) + " | mean | s |")
    print("|---" * (len(data) + 3) + "|", flush=True)
    rows = Parallel(n_jobs=2, return_as="generator")(
        delayed(row)(name, parameters, data, options.seeds)
        for name, parameters in VARIANTS.items()
        if options.only in name
    )
    for cells in rows:
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
