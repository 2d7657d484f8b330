"""How skl2onnx declares and converts the recurrent estimators."""

from sklearn_rnn.export._fitted import read_fitted
from sklearn_rnn.export._onnx_graph import DOUBLE, FLOAT, Graph
from sklearn_rnn.export._onnx_network import add_network, label_array, lengths_of_padded

TAGGER = "SklearnRNNSequenceTagger"


def parse_tagger(scope, model, inputs, custom_parsers=None):
    """Declare the outputs of a tagger, which skl2onnx takes for no classifier."""
    from skl2onnx.common.data_types import Int64TensorType, guess_tensor_type

    operator = scope.declare_local_operator(TAGGER, model)
    operator.inputs = inputs
    kinds = {
        "label": Int64TensorType(),
        "probabilities": guess_tensor_type(inputs[0].type),
    }
    for name, kind in kinds.items():
        operator.outputs.append(scope.declare_local_variable(name, kind))
    return operator.outputs


def set_types_of_labels(operator):
    """Types and shapes of what a classifier or a tagger gives."""
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    lead, (label, probabilities) = lead_shape(operator), operator.outputs
    classes = known_classes(operator.scope_inst, operator.raw_operator)
    is_text = label_array(classes).dtype.kind == "O"
    label.set_type((StringTensorType if is_text else Int64TensorType)(lead))
    probabilities.type.shape = [*lead, len(classes)]


def set_type_of_numbers(operator):
    """Type and shape of what a regressor gives."""
    lead, (numbers,) = lead_shape(operator), operator.outputs
    numbers.type.shape = [*lead, operator.raw_operator.n_outputs_]


def lead_shape(operator):
    """Shape of what is predicted, without that of each prediction; checks the input."""
    fitted = read_fitted(operator.raw_operator)
    check_input(operator, is_table=fitted.form != "padded")
    return operator.inputs[0].type.shape[: fitted.n_lead_axes]


def check_input(operator, is_table):
    """Raise unless there is one array, of two dimensions if it is a table, or three."""
    name = type(operator.raw_operator).__name__
    if len(operator.inputs) != 1:
        raise ValueError(
            f"{name} takes one array, got {len(operator.inputs)} inputs. Give skl2onnx "
            "an array for X rather than a data frame."
        )
    shape = operator.inputs[0].type.shape
    if shape and len(shape) != 3 - is_table:  # unknown in some ensembles
        fitted_to = "a table" if is_table else "sequences of any length"
        raise ValueError(
            f"{name} was fitted to {fitted_to}, so that it takes an array of "
            f"{3 - is_table} dimensions, got shape {shape}."
        )


def check_is_last(scope, operator):
    """Raise if other steps follow, which read what `transform` gives.

    skl2onnx has predictions only to offer to them, of which they would make something
    else than the pipeline does.
    """
    outputs = {variable.full_name for variable in operator.outputs}
    for other in scope.operators.values():
        reads = outputs & {variable.full_name for variable in other.inputs}
        if reads and other.type != "SklearnZipMap":  # which wraps probabilities
            raise ValueError(
                f"{type(operator.raw_operator).__name__} can be exported as the last "
                "step of a pipeline only, not for its states as features of another."
            )


def known_classes(scope, estimator):
    """The classes, or only their numbers if skl2onnx's option nocl says so."""
    from skl2onnx.common.utils_classifier import get_label_classes

    if scope.get_options(estimator, {"nocl": False}, fail=False)["nocl"]:
        return get_label_classes(scope, estimator)
    return estimator.classes_


def element_type(variable):
    """Type of numbers: as everywhere in skl2onnx, double where X is double."""
    from skl2onnx.common.data_types import DoubleTensorType

    return DOUBLE if isinstance(variable.type, DoubleTensorType) else FLOAT


def convert(scope, operator, container):
    """Add an estimator to a container of skl2onnx."""
    check_is_last(scope, operator)
    fitted = read_fitted(operator.raw_operator)
    if fitted.classes is not None:
        classes = known_classes(scope, operator.raw_operator)
        fitted = fitted._replace(classes=classes)
    graph = Graph(scope.get_unique_variable_name("rnn"))
    x = graph.node("Cast", operator.inputs[0].full_name, to=FLOAT)
    lengths = lengths_of_padded(graph, x) if fitted.form == "padded" else None
    values = add_network(graph, fitted, x, lengths)
    for (name, value), variable in zip(values.items(), operator.outputs, strict=True):
        to = None if name == "label" else element_type(variable)
        graph.name_output(value, variable.full_name, to)
    graph.add_to(container)
