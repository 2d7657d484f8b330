"""Write small fitted models and what they predict, for tests of later versions.

Run it once for each format of the state, before anything changes again, with the oldest
NumPy and scikit-learn that are supported. It writes a folder beside itself:

    python tests/data/write_models.py
"""

import json
import pickle
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    FrameTransformer,
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    RNNTranslator,
    SequenceVectorizer,
    StepwiseTransformer,
)
from sklearn_rnn._state import FORMAT

NUMBERS = [[0.5, 1.5, 2.0, 1.0], [3.0, 1.0], [2.0, 0.5, 1.0], [1.0, 1.5, 0.0, 2.0]]
SIZES = [1.0, 3.0, 2.0, 0.5]
LABELS = [["low" if value < 1.2 else "high" for value in row] for row in NUMBERS]
TEXTS = ["Good food.", "Bad soup!", "Good soup.", "Bad film!"]
SIGNS = ["+", "-", "+", "-"]
REVERSED = [text[::-1] for text in TEXTS]
SETTINGS = dict(
    hidden_layer_sizes=2, max_iter=9, learning_rate_init=0.05, random_state=0
)

# name: (model, X, y, method whose results are kept)
MODELS = {
    "classifier": (
        make_pipeline(SequenceVectorizer(), RNNClassifier(rnn_type="lstm", **SETTINGS)),
        *(TEXTS, SIGNS, "predict_proba"),
    ),
    "regressor": (
        make_pipeline(
            StepwiseTransformer(), FrameTransformer(2), RNNRegressor(**SETTINGS)
        ),
        *(NUMBERS, SIZES, "predict"),
    ),
    "tagger": (
        RNNSequenceTagger(crf=True, **SETTINGS),
        *(NUMBERS, LABELS, "predict_proba"),
    ),
    "text_generator": (RNNGenerator(**SETTINGS), TEXTS, SIGNS, "score_samples"),
    "series_generator": (RNNGenerator(**SETTINGS), NUMBERS, None, "score_samples"),
    "translator": (RNNTranslator(**SETTINGS), TEXTS, REVERSED, "predict"),
}


def plain(result):
    """Arrays, ragged ones too, as lists."""
    if isinstance(result, np.ndarray):
        return [plain(part) for part in result.tolist()]
    return result


def main():
    folder = Path(__file__).parent / f"format_{FORMAT}"
    folder.mkdir()
    expected = {}
    for name, (model, X, y, method) in MODELS.items():
        model.fit(X, y)
        (folder / f"{name}.pkl").write_bytes(pickle.dumps(model))
        result = plain(getattr(model, method)(X))
        expected[name] = {"X": X, "y": y, "method": method, "result": result}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
