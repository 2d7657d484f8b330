"""Recurrent neural networks as scikit-learn estimators, in vectorized NumPy."""

from sklearn_rnn._long_tables import labels_from_frame, predictions_to_frame
from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.generator import RNNGenerator
from sklearn_rnn.regressor import RNNRegressor
from sklearn_rnn.sequences import Sequences
from sklearn_rnn.steps import FrameTransformer, StepwiseTransformer
from sklearn_rnn.tagger import RNNSequenceTagger
from sklearn_rnn.translator import RNNTranslator
from sklearn_rnn.validation import check_sequences
from sklearn_rnn.vectorizer import SequenceVectorizer

__version__ = "0.1.0.dev0"

__all__ = [
    "FrameTransformer",
    "RNNClassifier",
    "RNNGenerator",
    "RNNRegressor",
    "RNNSequenceTagger",
    "RNNTranslator",
    "SequenceVectorizer",
    "Sequences",
    "StepwiseTransformer",
    "check_sequences",
    "labels_from_frame",
    "predictions_to_frame",
]
