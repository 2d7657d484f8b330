"""Small fitted estimators, each with the valid data that it takes."""

import copy
import warnings
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    Sequences,
    SequenceVectorizer,
    StepwiseTransformer,
)

LENGTHS = [3, 1, 2, 4, 2, 3]
N = len(LENGTHS)
QUICK = {"hidden_layer_sizes": 3, "max_iter": 1, "random_state": 0}
WORDS = ["to be or not", "to", "not to be", "be not or to", "or be", "to be"]
TOKENS = [text.split() for text in WORDS]


def steps(width=2, seed=0, dtype=float):
    """A list of arrays (length, width)."""
    random_state = np.random.RandomState(seed)
    return [random_state.normal(size=(n, width)).astype(dtype) for n in LENGTHS]


def one_hot():
    """Sequences of sparse one-hot steps."""
    return SequenceVectorizer().fit_transform(WORDS)


TABLE = np.random.RandomState(1).normal(size=(N, 4))
CLASSES = ["a", "b", "a", "b", "a", "b"]
NUMBERS = [0.5, 1.5, -1.0, 2.5, 0.0, 1.0]
PAIRS = [[number, -number] for number in NUMBERS]
BINARY = [(x > 0).astype(float) for x in steps(3)]
STEP_LABELS = [["O", "B", "I", "O"][:n] for n in LENGTHS]
STEP_NUMBERS = [[0, 1, 2, 0][:n] for n in LENGTHS]
SPANS = [["O", "B-X", "I-X", "O"][:n] for n in LENGTHS]
RECORDS = [[{"a": 1.0, "b": float(i)} for i in range(n)] for n in LENGTHS]


class Model(NamedTuple):
    """An estimator, and what it is fitted to."""

    estimator: Any
    X: Any
    y: Any = None


MODELS = {
    "classifier": Model(RNNClassifier(**QUICK), steps(), CLASSES),
    "classifier of float32": Model(
        RNNClassifier(
            **QUICK, rnn_type="lstm", bidirectional=True, pooling="attention"
        ),
        steps(dtype=np.float32),
        [0, 1, 0, 1, 0, 1],
    ),
    "classifier of a table": Model(RNNClassifier(**QUICK), TABLE, CLASSES),
    "classifier of sparse": Model(
        RNNClassifier(**QUICK, embedding_dim=2), one_hot(), CLASSES
    ),
    "classifier going on": Model(
        RNNClassifier(**QUICK, warm_start=True, class_weight={"a": 1.0, "b": 2.0}),
        steps(),
        CLASSES,
    ),
    "regressor": Model(RNNRegressor(**QUICK, pooling="max"), steps(), NUMBERS),
    "regressor of two": Model(RNNRegressor(**QUICK, rnn_type="rnn"), steps(), PAIRS),
    "tagger": Model(RNNSequenceTagger(**QUICK), steps(), STEP_LABELS),
    "tagger of numbers": Model(RNNSequenceTagger(**QUICK), steps(1), STEP_NUMBERS),
    "tagger of rows": Model(RNNSequenceTagger(**QUICK), TABLE, CLASSES),
    "tagger with CRF": Model(
        RNNSequenceTagger(**QUICK, crf=True, scheme="IOB2"), steps(), SPANS
    ),
    "generator of characters": Model(RNNGenerator(**QUICK), WORDS),
    "generator of words": Model(
        RNNGenerator(**QUICK, vectorizer=SequenceVectorizer()), TOKENS, CLASSES
    ),
    "generator of one-hot": Model(RNNGenerator(**QUICK), one_hot(), PAIRS),
    "generator of numbers": Model(
        RNNGenerator(**QUICK, n_components=2), steps(), CLASSES
    ),
    "generator of series": Model(RNNGenerator(**QUICK), steps(1), NUMBERS),
    "generator of bits": Model(RNNGenerator(**QUICK), BINARY),
    "translator of text": Model(RNNTranslator(**QUICK), WORDS, WORDS[::-1]),
    "translator of tokens": Model(
        RNNTranslator(**QUICK, replace_unk=True), TOKENS, TOKENS[::-1]
    ),
    "translator of numbers": Model(
        RNNTranslator(**QUICK, attention=None), steps(), STEP_NUMBERS
    ),
    "translator to one": Model(
        RNNTranslator(**QUICK, attention="additive"), steps(), [0, 1, 0, 1, 0, 1]
    ),
    "vectorizer": Model(SequenceVectorizer(), WORDS),
    "vectorizer of characters": Model(
        SequenceVectorizer(analyzer="char", output="ids", add_eos=True), WORDS
    ),
    "vectorizer of tokens": Model(
        SequenceVectorizer(output="onehot", max_length=3), TOKENS
    ),
    "stepwise": Model(StepwiseTransformer(), steps()),
    "stepwise on a table": Model(StepwiseTransformer(), TABLE),
    "stepwise on records": Model(StepwiseTransformer(DictVectorizer()), RECORDS),
    "frames": Model(FrameTransformer(2), steps()),
    "frames of a table": Model(FrameTransformer(3, differences=True), TABLE),
}


@cache
def _fitted(name):
    estimator, X, y = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return copy.deepcopy(estimator).fit(X, y)


def fitted(name):
    """A fitted estimator of one's own."""
    return copy.deepcopy(_fitted(name))


def unfitted(name):
    """The same before `fit`."""
    return copy.deepcopy(MODELS[name].estimator)


def forms(rng, X):
    """X, or the same in another form that is read alike."""
    if not isinstance(X, list) or not isinstance(X[0], np.ndarray):
        return copy.deepcopy(X)
    sequences = Sequences.from_list(X)
    return rng.choice(
        [
            lambda: [x.copy() for x in X],
            lambda: [x.tolist() for x in X],
            lambda: sequences,
            lambda: sequences.to_padded(),
            lambda: np.array([*X, None], dtype=object)[:-1],
        ]
    )()
