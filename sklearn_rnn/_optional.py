"""Libraries that the package does without until something needs them."""

from importlib import import_module

# What needs the libraries of an extra of pyproject.toml.
USES = {
    "onnx": "Export to ONNX",
    "plots": "Drawing pictures",
    "torch": "Export to PyTorch",
}


def needs(module, extra):
    """The optional module, or an error that says which extra installs it."""
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise ImportError(
            f'{USES[extra]} needs {library}: pip install "sklearn_rnn[{extra}]".'
        ) from error
