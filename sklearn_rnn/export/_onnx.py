"""Estimators as ONNX models."""

from sklearn_rnn.export._fitted import read_fitted
from sklearn_rnn.export._onnx_graph import FLOAT, INT64, STRING, Graph
from sklearn_rnn.export._onnx_network import add_network, label_array


def to_onnx(estimator):
    """Export a fitted estimator as a model that ONNX runtimes run without Python.

    The model needs neither this package nor NumPy, and computes in float32. It is of
    opset 13 and IR version 7, which runtimes read since 2020 (onnxruntime since 1.6).

    Parameters
    ----------
    estimator : RNNClassifier, RNNRegressor or RNNSequenceTagger
        Fitted; a tagger with ``crf=False``.

    Returns
    -------
    model : onnx.ModelProto
        Write it with ``onnx.save(model, "model.onnx")``, or give
        ``model.SerializeToString()`` to a runtime. Its inputs:

        - ``X``, float32 of shape (n_sequences, n_steps, n_features), with anything, NaN
          too, behind the ends of sequences, and ``lengths``, int64 of shape
          (n_sequences,). A sequence may be empty;
        - if the estimator was fitted to an array or data frame of two dimensions,
          ``X`` alone, float32 of the same number of columns. Rows are series of single
          values, or, of a tagger that was fitted to a one-dimensional y, steps.

        Its outputs, named as skl2onnx names them:

        - of a classifier ``label`` of shape (n_sequences,), text or int64, and
          ``probabilities``, float32 of shape (n_sequences, n_classes), in the order of
          `classes_`;
        - of a regressor ``variable``, float32 of shape (n_sequences, n_outputs), also
          if there is one output;
        - of a tagger ``label`` and ``probabilities`` of shapes (n_sequences, n_steps)
          and (n_sequences, n_steps, n_classes), which mean nothing behind the ends of
          sequences, or without the first axis if rows are steps.

    Raises
    ------
    TypeError
        If it is an estimator of another kind: generators and translators cannot be
        exported.
    ValueError
        If it is a tagger with a CRF, which cannot either.
    NotFittedError
        If the estimator is not fitted.
    ImportError
        If onnx is not installed.

    See Also
    --------
    register_skl2onnx : Export pipelines.
    to_torch : Export to PyTorch, to go on training.

    Examples
    --------
    >>> import numpy as np
    >>> import onnxruntime
    >>> from sklearn_rnn import RNNClassifier, Sequences
    >>> from sklearn_rnn.export import to_onnx
    >>> X = Sequences.from_list([[0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    >>> classifier = RNNClassifier(8, random_state=0)
    >>> classifier = classifier.fit(X, ["rises", "falls", "rises"])
    >>> model = to_onnx(classifier).SerializeToString()
    >>> session = onnxruntime.InferenceSession(model)
    >>> feeds = {"X": X.to_padded().astype(np.float32), "lengths": X.lengths}
    >>> label, probabilities = session.run(None, feeds)
    >>> label.tolist()
    ['rises', 'falls', 'rises']
    >>> np.allclose(probabilities, classifier.predict_proba(X), atol=1e-5)
    True
    """
    fitted = read_fitted(estimator)
    inputs, graph = describe_inputs(fitted), Graph("rnn")
    for name, value in add_network(graph, fitted, *inputs).items():
        graph.name_output(value, name)
    return graph.to_model(type(estimator).__name__, inputs, describe_outputs(fitted))


def describe_inputs(fitted):
    """Dict name -> (type, shape)."""
    n_features = fitted.description["n_in"]
    if fitted.form == "series":
        return {"X": (FLOAT, ["n_sequences", fitted.fixed_length])}
    if fitted.form == "rows":
        return {"X": (FLOAT, ["n_steps", n_features])}
    return {
        "X": (FLOAT, ["n_sequences", "n_steps", n_features]),
        "lengths": (INT64, ["n_sequences"]),
    }


def describe_outputs(fitted):
    """Dict name -> (type, shape)."""
    n_outputs = fitted.description["n_outputs"]
    _, shape = describe_inputs(fitted)["X"]
    lead = shape[: fitted.n_lead_axes]
    if fitted.classes is None:
        return {"variable": (FLOAT, [*lead, n_outputs])}
    is_text = label_array(fitted.classes).dtype.kind == "O"
    return {
        "label": (STRING if is_text else INT64, lead),
        "probabilities": (FLOAT, [*lead, n_outputs]),
    }
