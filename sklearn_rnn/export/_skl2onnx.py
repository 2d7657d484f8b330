"""Have skl2onnx export pipelines that hold our estimators."""

from sklearn_rnn._optional import needs
from sklearn_rnn.classifier import RNNClassifier
from sklearn_rnn.export._skl2onnx_estimators import (
    TAGGER,
    convert,
    parse_tagger,
    set_type_of_numbers,
    set_types_of_labels,
)
from sklearn_rnn.export._skl2onnx_steps import convert_steps, set_type_of_steps
from sklearn_rnn.regressor import RNNRegressor
from sklearn_rnn.steps import StepwiseTransformer
from sklearn_rnn.tagger import RNNSequenceTagger


def register_skl2onnx():
    """Have skl2onnx export `Pipeline` and `GridSearchCV` around recurrent networks.

    Registers converters of `RNNClassifier`, `RNNRegressor`, `RNNSequenceTagger` (with
    ``crf=False``) and `StepwiseTransformer`; call it once, before ``skl2onnx.to_onnx``.
    All other steps must be among those that skl2onnx converts, and a network the last
    of them: its states as features of another estimator cannot be exported.

    Raises
    ------
    ImportError
        If skl2onnx is not installed.

    See Also
    --------
    to_onnx : Export a single estimator, with lengths as an input.

    Notes
    -----
    What was fitted to a table takes one. What was fitted to sequences takes an array of
    shape (n_sequences, n_steps, n_features), where trailing steps that are NaN in all
    features are padding, as in `check_sequences`; what stands before it in a pipeline
    must keep that, as `StepwiseTransformer` does. From an example X skl2onnx concludes
    that n_steps is fixed; any number is ``initial_types=[("X", FloatTensorType([None,
    None, n_features]))]``. Networks compute in float32; the opset must be 13 or later.

    Outputs are named as those of other estimators, and skl2onnx's options `zipmap`,
    `nocl` and `output_class_labels` hold for `RNNClassifier`. A tagger has the outputs
    ``label`` and ``probabilities``.

    Examples
    --------
    >>> import numpy as np
    >>> import onnxruntime
    >>> import skl2onnx
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_rnn import RNNRegressor
    >>> from sklearn_rnn.export import register_skl2onnx
    >>> X = np.sin(np.arange(40.0)[:, None] + np.arange(8)).astype(np.float32)
    >>> y = X[:, 0] + X[:, 3]
    >>> model = make_pipeline(StandardScaler(), RNNRegressor(8, random_state=0))
    >>> model = model.fit(X, y)
    >>> register_skl2onnx()
    >>> exported = skl2onnx.to_onnx(model, X).SerializeToString()
    >>> session = onnxruntime.InferenceSession(exported)
    >>> predicted = session.run(None, {"X": X})[0][:, 0]
    >>> np.allclose(predicted, model.predict(X), atol=1e-5)
    True
    """
    register = needs("skl2onnx", "register_skl2onnx").update_registered_converter
    register(
        RNNClassifier,
        "SklearnRNNClassifier",
        set_types_of_labels,
        convert,
        options={
            "zipmap": [True, False, "columns"],
            "output_class_labels": [False, True],
            "nocl": [True, False],
        },
    )
    register(RNNRegressor, "SklearnRNNRegressor", set_type_of_numbers, convert)
    register(
        RNNSequenceTagger, TAGGER, set_types_of_labels, convert, parser=parse_tagger
    )
    register(
        StepwiseTransformer,
        "SklearnRNNStepwiseTransformer",
        set_type_of_steps,
        convert_steps,
    )
