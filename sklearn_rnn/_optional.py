"""Libraries that the package does without until something needs them."""

from importlib import import_module


def needs(module, use):
    """An optional module; if it is not installed, the error says what needs it."""
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        message = f"{use} needs {library}: pip install {library}"
        raise ImportError(message) from error
