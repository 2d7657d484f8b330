"""Small data written for the package, and readers of common text files."""

from sklearn_rnn.datasets._builtin import (
    load_airline,
    load_names,
    load_reviews,
    load_tagged_sentences,
)
from sklearn_rnn.datasets._readers import (
    read_conll,
    read_labelled,
    read_lines,
    read_ts,
)

__all__ = [
    "load_airline",
    "load_names",
    "load_reviews",
    "load_tagged_sentences",
    "read_conll",
    "read_labelled",
    "read_lines",
    "read_ts",
]
