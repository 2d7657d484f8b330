"""Which defaults learn: one constructor parameter at a time, on many real data sets.

    SKLEARN_RNN_DATA=… python benchmarks/defaults.py [--seeds 3] [--only PATTERN]
        [--data NAME …]

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
from _data import first_names, questions, train_test
from joblib import Parallel, delayed
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
    SequenceVectorizer,
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
    "input dropout 0.1": {"input_dropout": 0.1},
    "embedding 64": {"embedding_dim": 64},
    "alpha 0.1": {"alpha": 0.1},
    "alpha 1": {"alpha": 1.0},
    "adamw 0.01": {"solver": "adamw", "alpha": 0.01},
    "rmsprop": {"solver": "rmsprop", "learning_rate_init": 1e-3},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.1},
    "early stopping": {"early_stopping": True},
}


def series(name):
    """The training part of a UEA/UCR data set."""
    X, y, _, _ = train_test(name)
    return X, y


def tasks():
    """Name -> (X, y, transformers in front, whether y is a number)."""
    digits = load_digits()
    scaled = (StepwiseTransformer(StandardScaler()),)
    frames = (FrameTransformer(5), *scaled)
    spectra = (FrameTransformer(10, None, True), *scaled)
    words = (SequenceVectorizer(min_df=2),)
    letters = (SequenceVectorizer(analyzer="char", lowercase=True),)
    names, genders = first_names()
    return {
        "digits": (digits.images, digits.target, scaled, False),
        "vowels": (*series("JapaneseVowels"), scaled, False),
        "motions": (*series("BasicMotions"), scaled, False),
        "power": (*series("ItalyPowerDemand"), scaled, False),
        "gunpoint": (*series("GunPoint"), frames, False),
        "arrows": (*series("ArrowHead"), frames, False),
        "questions": (*questions()[0], words, False),
        "names": (names[::3], genders[::3], letters, False),
        "tecator": (*series("Tecator"), spectra, True),
    }


def score(X, y, before, numeric, parameters, seed):
    """Held-out score of one fit."""
    classes = None if numeric else y
    train, test = train_test_split(
        np.arange(len(y)), test_size=0.2, random_state=seed, stratify=classes
    )
    kind = RNNRegressor if numeric else RNNClassifier
    model = make_pipeline(*before, kind(random_state=seed, **parameters))
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
    parser.add_argument("--data", nargs="+", help="names of data sets, instead of all")
    options = parser.parse_args()
    data = {
        name: task for name, task in tasks().items() if name in (options.data or name)
    }
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
