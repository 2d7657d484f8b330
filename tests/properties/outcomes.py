"""All that a fitted estimator says of sequences, and whether it says the same."""

import numpy as np
from scipy import sparse

from sklearn_rnn import RNNGenerator, RNNTranslator, Sequences, check_sequences

# Of an estimator in float32 and in float64.
ROUNDING = {4: dict(rtol=1e-3, atol=1e-4), 8: dict(rtol=1e-8, atol=1e-9)}
PLAIN = ("predict", "predict_proba", "predict_log_proba", "transform")
APART = 1e-3  # scores that differ by less are in no order


def outcomes(estimator, X, y=None):
    """What each method gives for each sequence: name -> list of arrays."""
    if isinstance(estimator, RNNGenerator):
        return _of_generator(estimator, X, y)
    if isinstance(estimator, RNNTranslator):
        return _of_translator(estimator, X, y)
    found = {
        name: list(getattr(estimator, name)(X))
        for name in PLAIN
        if hasattr(estimator, name)
    }
    if hasattr(estimator, "staged_predict_proba"):
        found["staged_predict_proba"] = _stages(estimator, X)
    return found


def _stages(estimator, X):
    """For each sequence the probabilities after each of its own steps."""
    stages = list(estimator.staged_predict_proba(X))
    lengths = check_sequences(X).lengths
    assert len(stages) == lengths.max()
    return [
        np.array([stage[i] for stage in stages[:length]])
        for i, length in enumerate(lengths)
    ]


def _of_generator(generator, X, y):
    found = {}
    for what, given in (("", None), (" under y", y)):
        found["score_samples" + what] = list(generator.score_samples(X, given))
        found["predict" + what] = list(generator.predict(X, given))
        if generator.distribution_ == "gaussian":
            std = generator.predict(X, given, return_std=True)[1]
            found["standard deviation" + what] = list(std)
        else:
            found["predict_proba" + what] = list(generator.predict_proba(X, given))
        if generator.vectorizer_ is not None:
            suggested = generator.suggest(X, k=2, y=given)
            found["suggest" + what] = [np.array([p for _, p in s]) for s in suggested]
    return found


def _of_translator(translator, X, y):
    """Translations only where no other one is as good, but for rounding."""
    words, scores = translator.predict_n_best(X, n_best=3)
    found = {
        "scores": scores,
        "score_samples": list(translator.score_samples(X)),
        "score_samples of y": list(translator.score_samples(X, y)),
    }
    sure = [(-np.diff(s) > APART).all() for s in scores]
    found["predict_n_best"] = _only(sure, words)
    predicted = translator.predict(X)
    if translator.attention is not None:
        again, attention = translator.predict(X, return_attention=True)
        assert np.array_equal(dense(predicted), dense(again))
        found["attention"] = _only(sure, attention)
    found["predict"] = _only(sure, predicted)
    return found


def _only(sure, results):
    return [one if own else None for own, one in zip(sure, results, strict=True)]


def assert_same(found, expected, dtype=np.float64, **tolerance):
    """Compare results of `outcomes`; labels exactly, numbers up to rounding."""
    tolerance = tolerance or ROUNDING[np.dtype(dtype).itemsize]
    assert list(found) == list(expected)
    for name, all_expected in expected.items():
        assert len(found[name]) == len(all_expected), name
        for i, (one, other) in enumerate(zip(found[name], all_expected, strict=True)):
            one, other = dense(one), dense(other)
            message = f"{name} of sequence {i}"
            assert one.shape == other.shape, message
            if other.dtype.kind == "f":
                np.testing.assert_allclose(one, other, err_msg=message, **tolerance)
            else:
                assert one.tolist() == other.tolist(), message


def dense(x):
    """An array of whatever one result is; of lists, text, so that they have a shape."""
    x = x.toarray() if sparse.issparse(x) else x
    if isinstance(x, list) or (isinstance(x, np.ndarray) and x.dtype.kind == "O"):
        return np.array([repr(dense(item).tolist()) for item in x])
    return np.asarray(x)


def chosen(found, index):
    """Results of `outcomes` for some of the sequences."""
    return {name: [results[i] for i in index] for name, results in found.items()}


def take(items, index):
    """Some sequences, targets or weights, in the form that they have."""
    if items is None or isinstance(items, (np.ndarray, Sequences)):
        return None if items is None else items[index]
    return [items[i] for i in index]
