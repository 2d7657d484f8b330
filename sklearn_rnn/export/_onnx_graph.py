"""A graph of ONNX operators as plain Python, before it becomes a model.

Only operators whose inputs and attributes stayed the same from opset 13 on are meant
to be used, so that the graph is valid in that opset and in all later ones.
"""

from typing import NamedTuple

import numpy as np

from sklearn_rnn._optional import needs

OPSET, IR_VERSION = 13, 7  # both of 2020, so that old runtimes read the models

FLOAT, INT32, INT64, STRING, DOUBLE = 1, 6, 7, 8, 11  # as the standard numbers types


class Node(NamedTuple):
    """One operator; values are known by their names."""

    op: str
    inputs: list
    outputs: list
    attributes: dict


class Graph:
    """Nodes in the order in which they run, and constants by name."""

    def __init__(self, prefix):
        self.prefix, self.nodes, self.constants = prefix, [], {}

    def node(self, op, *inputs, **attributes):
        """Add an operator and return the name of its output.

        Inputs are names; arrays, lists and numbers become constants.
        """
        return self.node_of(1, op, *inputs, **attributes)[0]

    def node_of(self, n_outputs, op, *inputs, **attributes):
        """Add an operator and return the names of its first outputs."""
        stem = f"{self.prefix}_{len(self.nodes)}_{op}"
        outputs = [f"{stem}_{i}" for i in range(n_outputs)]
        inputs = [x if isinstance(x, str) else self._constant(x) for x in inputs]
        self.nodes.append(Node(op, inputs, outputs, attributes))
        return outputs

    def name_output(self, value, name, to=None):
        """Give a value the name that it has outside, of another type if it is given."""
        op, attributes = ("Identity", {}) if to is None else ("Cast", {"to": to})
        self.nodes.append(Node(op, [value], [name], attributes))

    def _constant(self, value):
        """Name of a new constant: floats are float32, integers int64, text is text."""
        value = np.asarray(value)
        if value.dtype.kind in "fiu":
            value = value.astype(np.float32 if value.dtype.kind == "f" else np.int64)
        name = f"{self.prefix}_constant_{len(self.constants)}"
        self.constants[name] = value
        return name

    def to_model(self, name, inputs, outputs):
        """The graph as a model; inputs and outputs are dicts name -> (type, shape)."""
        import sklearn_rnn

        onnx = needs("onnx", "to_onnx")
        helper = onnx.helper

        def describe(values):
            return [helper.make_tensor_value_info(n, *of) for n, of in values.items()]

        graph = helper.make_graph(
            [
                helper.make_node(node.op, node.inputs, node.outputs, **node.attributes)
                for node in self.nodes
            ],
            name,
            describe(inputs),
            describe(outputs),
            [onnx.numpy_helper.from_array(x, n) for n, x in self.constants.items()],
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="sklearn_rnn",
            producer_version=sklearn_rnn.__version__,
        )

    def add_to(self, container):
        """Add everything to a container of skl2onnx."""
        from onnx.numpy_helper import from_array

        for name, value in self.constants.items():
            tensor = from_array(value, name)
            values = value.ravel().tolist()
            container.add_initializer(name, tensor.data_type, value.shape, values)
        for op, inputs, outputs, attributes in self.nodes:
            container.add_node(
                op, inputs, outputs, op_version=OPSET, name=outputs[0], **attributes
            )
