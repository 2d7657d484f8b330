"""The networks as ONNX operators: x is time-major, (n_steps, n_sequences, n_features).

Steps outside a sequence are padding, whatever stands there, NaN too: the recurrent
operators skip it in both directions, and what follows masks it. The final state of an
empty sequence is masked, too: onnxruntime leaves it undefined in some versions.
"""

import numpy as np

from sklearn_rnn.export._gates import to_library
from sklearn_rnn.export._onnx_graph import FLOAT, INT32, INT64

LOWEST = np.finfo(np.float32).min


def add_network(graph, fitted, x, lengths=None):
    """Add everything from X to the predictions: dict name of output -> value.

    The names are those that skl2onnx gives. ``lengths`` (n_sequences,) is int64, and
    needed for padded X only.
    """
    scores = add_scores(graph, fitted, *time_major(graph, fitted, x, lengths))
    if fitted.classes is None:
        return {"variable": scores}
    best = graph.node("ArgMax", scores, axis=-1, keepdims=0)
    return {
        "label": graph.node("Gather", label_array(fitted.classes), best),
        "probabilities": graph.node("Softmax", scores, axis=-1),
    }


def label_array(classes):
    """Classes as ONNX has them: text, as objects, or integers for other numbers."""
    if isinstance(classes[0], str):
        return classes.astype(object)
    classes = np.asarray(classes)
    if classes.dtype.kind not in "biuf" or (classes > np.iinfo(np.int64).max).any():
        raise ValueError(
            "Classes must be text or integers of 64 bits to be exported, got "
            f"{classes.dtype} up to {classes[-1]}."
        )
    return classes.astype(np.int64)


def is_step(graph, x):
    """Whether padded X (n_sequences, n_steps, n_features) has a step there.

    As everywhere in the package, trailing steps that are all NaN are none: what has a
    value, or comes before a step that has one, is a step.
    """
    known = graph.node("Cast", graph.node("Not", graph.node("IsNaN", x)), to=FLOAT)
    known = graph.node("ReduceSum", known, [2], keepdims=0)
    known = graph.node("Cast", graph.node("Greater", known, 0.0), to=FLOAT)
    return graph.node("Greater", graph.node("CumSum", known, 1, reverse=1), 0.0)


def lengths_of_padded(graph, x):
    """Lengths (n_sequences,) of sequences that are padded with NaN."""
    inside = graph.node("Cast", is_step(graph, x), to=INT64)
    return graph.node("ReduceSum", inside, [1], keepdims=0)


def time_major(graph, fitted, x, lengths):
    """X as (n_steps, n_sequences, n_features), and lengths (n_sequences,)."""
    if fitted.form == "padded":
        return graph.node("Transpose", x, perm=[1, 0, 2]), lengths
    if fitted.form == "series":
        length, x = fitted.fixed_length, graph.node("Transpose", x, perm=[1, 0])
        x = graph.node("Unsqueeze", x, [2])
    else:
        length, x = 1, graph.node("Unsqueeze", x, [0])
    n_sequences = graph.node("Gather", graph.node("Shape", x), [1])
    return x, graph.node("Expand", [length], n_sequences)


def add_scores(graph, fitted, x, lengths):
    """Scores (n_sequences, n_outputs), or of every step (n_sequences, n_steps, …)."""
    w, description = fitted.w, fitted.description
    # An empty sequence more, since some runtimes crash if there are none at all.
    x = graph.node("Pad", x, [0, 0, 0, 0, 1, 0], 0.0)
    lengths = graph.node("Concat", lengths, [0], axis=0)
    if "embedding" in w:
        x = graph.node("MatMul", x, w["embedding"]["E"])
    integers = graph.node("Cast", lengths, to=INT32)
    for layer in fitted.layers:
        x, last = add_layer(graph, description, layer, x, integers)
    if fitted.pooling is not None:
        x = POOLINGS[fitted.pooling](graph, w["pooling"], x, last, lengths)
    scores = affine(graph, x, w["output"])
    scores = graph.node("Slice", scores, [0], [-1], [0 if fitted.pooling else 1])
    if fitted.form == "rows":
        return graph.node("Squeeze", scores, [0])
    if fitted.pooling is None:
        return graph.node("Transpose", scores, perm=[1, 0, 2])
    return scores


def affine(graph, x, w):
    """x W + b."""
    return graph.node("Add", graph.node("MatMul", x, w["W"]), w["b"])


def add_layer(graph, description, layer, x, lengths):
    """States at all steps (n_steps, n_sequences, width), and the final ones."""
    rnn_type, n_directions = description["rnn_type"], len(layer)
    W, R, *biases = map(
        np.stack, zip(*(to_library("onnx", rnn_type, w) for w in layer), strict=True)
    )
    n_units = R.shape[2]
    attributes = {
        "hidden_size": n_units,
        "direction": "bidirectional" if n_directions == 2 else "forward",
    }
    if rnn_type == "gru":
        attributes["linear_before_reset"] = 1
    if rnn_type == "rnn":
        attributes["activations"] = [description["activation"].title()] * n_directions
    biases = np.concatenate(biases, axis=1)
    out, last = graph.node_of(
        2, rnn_type.upper(), x, W, R, biases, lengths, **attributes
    )
    # (n_steps, n_directions, n_sequences, n_units) and the same without steps
    out = graph.node("Transpose", out, perm=[0, 2, 1, 3])
    last = graph.node("Transpose", last, perm=[1, 0, 2])
    width = n_directions * n_units
    return (
        graph.node("Reshape", out, [0, 0, width]),  # 0 keeps what is there
        graph.node("Reshape", last, [0, width]),
    )


def is_inside(graph, x, lengths):
    """Whether steps belong to their sequence, (n_steps, n_sequences, 1)."""
    n_steps = graph.node("Gather", graph.node("Shape", x), 0)
    step = graph.node("Unsqueeze", graph.node("Range", 0, n_steps, 1), [1])
    return graph.node("Unsqueeze", graph.node("Less", step, lengths), [2])


def zero_if_empty(graph, pooled, lengths):
    """Vectors (n_sequences, width), zero for sequences without steps."""
    nonempty = graph.node("Unsqueeze", graph.node("Greater", lengths, 0), [1])
    return graph.node("Where", nonempty, pooled, 0.0)


def last_state(graph, w, out, last, lengths):
    """The final state; of an empty sequence it is the initial one, zero."""
    return zero_if_empty(graph, last, lengths)


def mean_over_time(graph, w, out, last, lengths):
    """The mean of all steps, zero if there are none."""
    out = graph.node("Where", is_inside(graph, out, lengths), out, 0.0)
    n_steps = graph.node("Max", graph.node("Cast", lengths, to=FLOAT), 1.0)
    total = graph.node("ReduceSum", out, [0], keepdims=0)
    return graph.node("Div", total, graph.node("Unsqueeze", n_steps, [1]))


def max_over_time(graph, w, out, last, lengths):
    """The largest value of each unit, zero if there are no steps."""
    out = graph.node("Where", is_inside(graph, out, lengths), out, LOWEST)
    out = graph.node("Pad", out, [0, 0, 0, 1, 0, 0], LOWEST)  # never without steps
    out = graph.node("Transpose", out, perm=[1, 2, 0])
    highest = graph.node("Squeeze", graph.node("GlobalMaxPool", out), [2])
    return zero_if_empty(graph, highest, lengths)


def attention_over_time(graph, w, out, last, lengths):
    """The mean of all steps, weighted by how well they score; zero if there are none.

    Without steps all scores are equally low and all states zero, and so is their mean.
    """
    inside = is_inside(graph, out, lengths)
    hidden = graph.node("Tanh", affine(graph, out, w))
    score = graph.node("MatMul", hidden, w["v"])
    score = graph.node("Where", inside, score, LOWEST)
    weight = graph.node("Softmax", score, axis=0)
    out = graph.node("Where", inside, out, 0.0)
    return graph.node("ReduceSum", graph.node("Mul", weight, out), [0], keepdims=0)


POOLINGS = {
    "last": last_state,
    "mean": mean_over_time,
    "max": max_over_time,
    "attention": attention_over_time,
}
