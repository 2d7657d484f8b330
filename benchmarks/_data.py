"""Readers of the public data sets that the benchmarks use.

They are looked for in the folder named by the environment variable SKLEARN_RNN_DATA,
each in a folder of its own, as UEA/UCR text files ``NAME_TRAIN.ts.gz`` and
``NAME_TEST.ts.gz``.
"""

import gzip
import os
import sys
from pathlib import Path

import numpy as np

from sklearn_rnn import Sequences


def folder():
    """Folder of the data sets; ends the program if there is none."""
    path = os.environ.get("SKLEARN_RNN_DATA")
    if not path or not Path(path).is_dir():
        sys.exit("Set SKLEARN_RNN_DATA to the folder that holds the data sets.")
    return Path(path)


def read_ts(path):
    """Sequences and targets (strings) of a UEA/UCR text file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    start = next(i for i, line in enumerate(lines) if line.lower() == "@data")
    X, y = [], []
    for line in filter(None, lines[start + 1 :]):
        *channels, target = line.split(":")
        X.append(np.array([channel.split(",") for channel in channels], float).T)
        y.append(target)
    return Sequences.from_list(X), np.array(y)


def train_test(name):
    """Official split: X_train, y_train, X_test, y_test."""
    path = folder() / name
    return *read_ts(path / f"{name}_TRAIN.ts.gz"), *read_ts(path / f"{name}_TEST.ts.gz")
