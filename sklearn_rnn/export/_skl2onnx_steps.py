"""How skl2onnx declares and converts a transformer of steps."""

import numpy as np

from sklearn_rnn.export._onnx_graph import Graph
from sklearn_rnn.export._onnx_network import is_step
from sklearn_rnn.export._skl2onnx_estimators import check_input, element_type


def set_type_of_steps(operator):
    """Type and shape of transformed steps."""
    transformer, (out,) = operator.raw_operator, operator.outputs
    is_table, width = transformer.fixed_length_ is not None, out_width(transformer)
    check_input(operator, is_table)
    lead = operator.inputs[0].type.shape[:2]
    out.type.shape = lead if is_table and width == 1 else [*lead, width]


def out_width(transformer):
    """Features of a transformed step."""
    return transformer.no_steps_.shape[1]


def convert_steps(scope, operator, container):
    """Have skl2onnx add the inner transformer, between two changes of shape."""
    from skl2onnx.algebra.onnx_operator import OnnxSubEstimator

    transformer, (out,) = operator.raw_operator, operator.outputs
    kind, to = type(out.type), element_type(out)
    n_features, width = transformer.n_step_features_, out_width(transformer)
    rows = scope.declare_local_variable("steps", kind([None, n_features]))
    changed = scope.declare_local_variable("changed_steps", kind([None, width]))

    before = Graph(scope.get_unique_variable_name("before"))
    x = before.node("Cast", operator.inputs[0].full_name, to=to)
    before.name_output(before.node("Reshape", x, [-1, n_features]), rows.full_name)
    before.add_to(container)

    inner = OnnxSubEstimator(
        transformer.transformer_,
        rows,
        op_version=container.target_opset,
        output_names=[changed],
    )
    inner.add_to(scope, container)

    after = Graph(scope.get_unique_variable_name("after"))
    shape = after.node("Gather", after.node("Shape", x), [0, 1])
    if len(out.type.shape) == 3:
        shape = after.node("Concat", shape, [width], axis=0)
    y = after.node("Cast", changed.full_name, to=to)  # some change the type
    y = after.node("Reshape", y, shape)
    if transformer.fixed_length_ is None:
        inside = after.node("Unsqueeze", is_step(after, x), [2])
        padding = after.node("Cast", np.nan, to=to)
        y = after.node("Where", inside, y, padding)
    after.name_output(y, out.full_name)
    after.add_to(container)
