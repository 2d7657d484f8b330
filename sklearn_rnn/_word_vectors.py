"""Word vectors that the user brings, lined up with the features of a step."""

import numpy as np

from sklearn_rnn._arrays import as_array, as_numbers
from sklearn_rnn.validation import dtype_kind


def known_vectors(estimator):
    """Features that its `embedding_init` knows, and their vectors."""
    return word_vectors(
        estimator.embedding_init,
        estimator.n_step_features_,
        estimator.step_feature_names_,
    )


def embedding_width(estimator):
    """Its `embedding_dim`, or the width that `embedding_init` has."""
    if estimator.embedding_init is None:
        width = estimator.embedding_dim
        return None if width is None else int(width)
    width = known_vectors(estimator)[1].shape[1]
    if estimator.embedding_dim not in (None, width):
        raise ValueError(
            f"embedding_dim={estimator.embedding_dim}, but the vectors of "
            f"embedding_init have {width} elements."
        )
    return width


def word_vectors(init, n_features, names):
    """Features that have a vector, (n_known,), and the vectors, (n_known, width).

    ``init`` is an array with a row for each feature, or a mapping from names.
    """
    labels = getattr(init, "index", None)
    if dtype_kind(labels) not in ("", "i", "u"):
        init = dict(zip(labels, init.to_numpy(), strict=True))  # a frame or series
    if not is_mapping(init):
        vectors = as_numbers(init, "embedding_init")
        if len(vectors) != n_features:
            raise ValueError(
                f"embedding_init has shape {vectors.shape}, but X has {n_features} "
                "features per step: one row for each is needed."
            )
        return np.arange(n_features), vectors
    if names is None:
        raise ValueError(
            "embedding_init maps words to vectors, but the features of X have no "
            "names. SequenceVectorizer gives them, as does "
            "Sequences(values, lengths, feature_names)."
        )
    known = [i for i, name in enumerate(names) if name in init]
    if not known:
        raise ValueError(
            "embedding_init has a vector for none of the features, which are "
            f"{', '.join(map(repr, names[:10]))}{', …' * (len(names) > 10)}."
        )
    rows = [as_array(init[names[i]], "embedding_init") for i in known]
    for i, row in zip(known, rows, strict=True):
        if row.ndim != 1:
            raise ValueError(
                f"embedding_init must map words to vectors, but {names[i]!r} to "
                f"{init[names[i]]!r}."
            )
        if row.shape != rows[0].shape:
            raise ValueError(
                f"The vectors of embedding_init must have one length: {names[i]!r} has "
                f"shape {row.shape}, {names[known[0]]!r} has {rows[0].shape}."
            )
    return np.array(known), as_numbers(rows, "embedding_init")


def is_mapping(init):
    """Whether it looks names up, as dicts and the vectors of gensim do."""
    looks_up = hasattr(init, "__contains__") and hasattr(init, "__getitem__")
    return looks_up and not (
        isinstance(init, (list, tuple)) or hasattr(init, "__array__")
    )
