"""Narrow numbers, and gradients that explode; see limits.py."""

import numpy as np
from _limits_measure import MB, ONCE, Section, cost, series, size_of, step_labels

from sklearn_rnn import (
    RNNClassifier,
    RNNGenerator,
    RNNRegressor,
    RNNSequenceTagger,
    Sequences,
)
from sklearn_rnn.core.training import clip_, minibatch, objective


def narrow(dtype, n):
    """What float16 and int8 take, and whether they give what float64 gives."""
    rng = np.random.default_rng(0)
    values = rng.integers(-9, 10, size=(20 * n, 128), dtype=np.int8)
    X = Sequences(values.astype(dtype), np.full(n, 20))
    some = Sequences(values[: 20 * 64].astype(np.float64), np.full(64, 20))
    del values
    models = {
        "classifier": (RNNClassifier(**ONCE), np.arange(64) % 3),
        "regressor": (RNNRegressor(**ONCE), np.arange(64) % 3),
        "tagger": (RNNSequenceTagger(**ONCE), step_labels(some.lengths, 5)),
        "generator": (RNNGenerator(**ONCE), None),
    }
    for name, (model, y) in models.items():
        model = cost(model.fit, some, y).result
        method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
        read = getattr(model, method)
        found = cost(read, X)
        equal = all(
            np.allclose(own, other)
            for own, other in zip(read(X[:64]), read(some), strict=True)
        )
        given = size_of(X)
        yield (
            f"{np.dtype(dtype)}: {name}, {method}",
            found.seconds,
            given / MB,
            size_of(found.result) / MB,
            found.peak / MB,
            found.extra / given,
            "yes" if equal else "NO",
        )
    yield learned(X)


def learned(X):
    """Row of an epoch, and whether weights are those that float64 gives."""
    y, n = np.arange(len(X)) % 3, len(X) // 100

    def epoch(X, y):
        return RNNClassifier(8, batch_size=512, **ONCE).fit(X, y)

    found, given = cost(epoch, X, y), size_of(X)
    wide = X[:n].with_values(X[:n].values.astype(np.float64))
    theta = [cost(epoch, some, y[:n]).result.theta_ for some in (X[:n], wide)]
    equal = "yes" if np.allclose(*theta) else "NO"
    what = f"{X.dtype}: classifier of 8 units, an epoch"
    took = found.peak
    return what, found.seconds, given / MB, 0.0, took / MB, took / given, equal


# -- deep ones -------------------------------------------------------------------------


def gradient_norms(model, X, y):
    """Norms of the gradient before and after clipping, and the loss."""
    data = model._read(X, y, None, dtype=model.theta_.dtype)
    network, head = model._network(), model._head()
    layout, grad = network.layout(), np.zeros_like(model.theta_)
    w, dw = layout.views(model.theta_), layout.views(grad)
    [shard], _ = minibatch(data, np.arange(len(data.lengths)))
    loss = objective(network, head, w, dw, shard) / len(X)
    grad /= len(X)
    before = clip_(grad, model.max_grad_norm)
    return before, float(np.linalg.norm(grad)), float(loss)


def exploding(scale, n_steps):
    """A tanh layer whose recurrent weights are so many times orthogonal ones."""
    rng = np.random.default_rng(0)
    X = Sequences(0.1 * rng.standard_normal((64 * n_steps, 4)), np.full(64, n_steps))
    y = (X.to_padded()[:, -5:, 0].sum(axis=1) > 0).astype(int)
    model = RNNClassifier(32, rnn_type="rnn", **ONCE)
    cost(model.fit, X, y)
    model._network().layout().named(model.theta_)["recurrent.0.Wh"][...] *= scale
    before, after, loss = gradient_norms(model, X, y)
    found = cost(lambda: [model.partial_fit(X, y) for _ in range(100)])
    largest = float(np.abs(model.theta_).max())
    name = f"{n_steps} steps, recurrent weights {scale} times orthogonal"
    yield name, before, after, loss, model.loss_, largest, found.seconds


def stacked(n_layers):
    """As many layers on top of each other."""
    X, y = series(np.full(64, 10)), np.arange(64) % 2
    model = cost(
        RNNClassifier((8,) * n_layers, rnn_type="rnn", **ONCE).fit, X, y
    ).result
    before, after, loss = gradient_norms(model, X, y)
    found = cost(lambda: [model.partial_fit(X, y) for _ in range(30)])
    largest = float(np.abs(model.theta_).max())
    name = f"{n_layers} layers of 8 units, 10 steps"
    yield name, before, after, loss, model.loss_, largest, found.seconds


def sections(scale):
    """The tables, of sizes that are a share of the usual ones."""
    return {
        "dtypes": Section(
            "Narrow numbers",
            "what | s | input, MB | output, MB | peak, MB | "
            "peak without output / input | as float64",
            [(narrow, dtype, int(25_000 * scale)) for dtype in ("float16", "int8")],
        ),
        "deep": Section(
            "Exploding gradients",
            "network | gradient norm | clipped | loss | loss after training | "
            "largest weight | s",
            [
                *[(exploding, factor, 200) for factor in (1.0, 1.5, 2.0, 4.0)],
                (stacked, 200),
            ],
            "Full batches of 64 sequences, 100 more epochs (of 200 layers 30).",
        ),
    }
