"""What the constructor says about the recurrent layers, checked and as plain values."""

from numbers import Integral

import numpy as np
from scipy import sparse

from sklearn_rnn._word_vectors import embedding_width
from sklearn_rnn.core.packing import consecutive


def read_widths(estimator, parameter):
    """Widths of recurrent layers, as a list."""
    given = getattr(estimator, parameter)
    widths = list(given) if np.iterable(given) else [given]
    if not widths or any(not isinstance(w, Integral) or w < 1 for w in widths):
        raise ValueError(
            f"{parameter} must be positive integers, one for each recurrent layer, got "
            f"{given!r}."
        )
    return [int(width) for width in widths]


def describe_encoder(estimator, data):
    """Arguments of `core.networks.encoder`, as numbers and strings."""
    if estimator.activation != "tanh" and estimator.rnn_type != "rnn":
        raise ValueError(
            f"activation={estimator.activation!r} is for rnn_type='rnn' only; the "
            f"gates of rnn_type={estimator.rnn_type!r} rely on tanh."
        )
    if estimator.freeze_embedding and estimator.embedding_init is None:
        raise ValueError("freeze_embedding needs embedding_init, which is None.")
    return {
        "n_in": data.values.shape[1],
        "hidden_layer_sizes": read_widths(estimator, "hidden_layer_sizes"),
        "rnn_type": estimator.rnn_type,
        "activation": estimator.activation,
        "bidirectional": bool(getattr(estimator, "bidirectional", False)),
        "embedding_dim": embedding_width(estimator),
        "freeze_embedding": bool(estimator.freeze_embedding),
        "dropout": float(estimator.dropout),
        "input_dropout": float(estimator.input_dropout),
        "recurrent_dropout": float(estimator.recurrent_dropout),
        "fan_in": _features_at_a_time(data),
    }


def _features_at_a_time(data):
    """How many features of a step are other than zero, in the weighted mean."""
    values = data.values
    if sparse.issparse(values):
        counts = np.diff(values.indptr)
    else:
        counts = np.count_nonzero(values, axis=1)
    counts = counts[consecutive(data.starts, data.lengths)]
    weight = data.step_weights()
    return max(1, round(float(counts @ weight / weight.sum()))) if weight.any() else 1
