"""Quality on public series: official splits, mean and spread over three seeds.

    SKLEARN_RNN_DATA=… python benchmarks/series.py [--seeds 3] [--only PATTERN]

Every row is a pipeline that begins with the transformers named and scales the steps.
"defaults" means that the network's parameters are; "grid" is a grid search by
cross-validated log loss on the training part, whose choices are printed below. Test
parts are used for nothing but the score that is shown. Known results: dynamic time
warping (1-NN DTW) and constants as computed on the same files, others as published.
"""

import argparse
import os
import time

import numpy as np
from _data import train_test
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_digits
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNRegressor,
    StepwiseTransformer,
)


def network(seed, *before, estimator=RNNClassifier, **parameters):
    """Transformers, scaling of the steps, network."""
    scaler = StepwiseTransformer(StandardScaler())
    return make_pipeline(*before, scaler, estimator(random_state=seed, **parameters))


def digits(seed):
    """Accuracy in five folds."""
    X, y = load_digits(return_X_y=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return cross_val_score(network(seed), X.reshape(-1, 8, 8), y, cv=folds).mean()


def accuracy(name, *before, **parameters):
    """Task: accuracy on the test part."""

    def task(seed):
        X, y, X_test, y_test = train_test(name)
        return network(seed, *before, **parameters).fit(X, y).score(X_test, y_test)

    return task


def grid(name, *before, **choices):
    """Task: accuracy on the test part after a search on the training part."""

    def task(seed):
        X, y, X_test, y_test = train_test(name)
        search = GridSearchCV(
            network(seed, *before),
            {f"rnnclassifier__{key}": values for key, values in choices.items()},
            scoring="neg_log_loss",
            cv=StratifiedKFold(5, shuffle=True, random_state=seed),
            n_jobs=2,
        ).fit(X, y)
        task.chosen.append(
            {key.split("__")[1]: value for key, value in search.best_params_.items()}
        )
        return search.best_estimator_.score(X_test, y_test)

    task.chosen = []
    return task


def error(name, *before, **parameters):
    """Task: root mean squared error on the test part, target scaled for training."""

    def task(seed):
        X, y, X_test, y_test = train_test(name)
        model = TransformedTargetRegressor(
            network(seed, *before, estimator=RNNRegressor, **parameters),
            transformer=StandardScaler(),
        ).fit(X, y)
        return root_mean_squared_error(y_test, model.predict(X_test))

    return task


# name, task, target, what is known
ROWS = [
    ("digits, 5 folds, defaults", digits, ">= 0.975", "PyTorch biGRU 64 0.979"),
    (
        "JapaneseVowels, defaults",
        accuracy("JapaneseVowels"),
        ">= 0.965",
        "1-NN DTW 0.949, PyTorch biGRU 64 0.977, LSTM-FCN 0.99",
    ),
    (
        "JapaneseVowels, grid",
        grid("JapaneseVowels", bidirectional=[False, True], batch_size=[8, 32]),
        ">= 0.978",
        "as above",
    ),
    (
        "BasicMotions, grid",
        grid("BasicMotions", pooling=["last", "mean", "max"], batch_size=[8]),
        ">= 0.975",
        "1-NN DTW 0.975, PyTorch biGRU with max pooling 1.00",
    ),
    (
        "GunPoint, frames of 5, bidirectional, batch_size=8",
        accuracy("GunPoint", FrameTransformer(5), bidirectional=True, batch_size=8),
        ">= 0.97",
        "1-NN DTW 0.907, PyTorch biGRU on frames of 5 0.991",
    ),
    (
        "ItalyPowerDemand, grid",
        grid("ItalyPowerDemand", bidirectional=[False, True], pooling=["last", "max"]),
        ">= 0.962",
        "1-NN DTW 0.950, LSTM-FCN 0.962, PyTorch biGRU 0.970",
    ),
    (
        "Tecator, frames of 10 with differences, RMSE",
        error("Tecator", FrameTransformer(10, differences=True)),
        "<= 1.5",
        "ridge 2.14, mean 12.9, PyTorch biGRU 0.87",
    ),
    (
        "Covid3Month, defaults, RMSE",
        error("Covid3Month"),
        "<= 0.0445",
        "mean 0.0447, PyTorch biGRU 0.0436",
    ),
]


def main():
    """Print the table, then what the searches chose."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of a row's name")
    options = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"  # workers of the searches, too
    print("| data | mean | per seed | target | known | s per seed |")
    print("|---|---|---|---|---|---|")
    rows = [row for row in ROWS if options.only in row[0]]
    for name, task, target, known in rows:
        start = time.perf_counter()
        scores = [task(seed) for seed in range(options.seeds)]
        seconds = (time.perf_counter() - start) / options.seeds
        each = " ".join(f"{score:.4f}" for score in scores)
        cells = [name, f"{np.mean(scores):.4f}", each, target, known, f"{seconds:.1f}"]
        print(f"| {' | '.join(cells)} |", flush=True)
    for name, task, *_ in rows:
        for seed, chosen in enumerate(getattr(task, "chosen", [])):
            print(f"{name}, seed {seed}: {chosen}")


if __name__ == "__main__":
    main()
