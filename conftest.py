"""What pytest leaves out, as what it needs is not installed; pictures without a screen.

This is the only list: one in a folder below would take the place of this one there.
"""

import os
import sys
from importlib.util import find_spec

import pytest

os.environ.setdefault("MPLBACKEND", "agg")  # before anything is drawn

SPHINX = ["docs/conf.py", "docs/_build", "docs/auto_examples", "docs/generated"]
NEEDED = {
    "docs/callbacks.md": ["sklearn.callback", "rich"],
    "docs/export.md": ["skl2onnx", "onnxruntime", "torch"],
    "docs/persistence.md": ["skops"],
    "docs/scaling.md": ["distributed", "pyarrow"],
    "sklearn_rnn/export/_onnx.py": ["onnx", "onnxruntime"],
    "sklearn_rnn/export/_skl2onnx.py": ["skl2onnx", "onnxruntime"],
    "sklearn_rnn/export/_torch.py": ["torch"],
    "sklearn_rnn/export/_torch_module.py": ["torch"],
    "sklearn_rnn/inspection": ["matplotlib"],
}

collect_ignore = SPHINX + [
    path
    for path, modules in NEEDED.items()
    if not all(find_spec(module) for module in modules)
]


@pytest.fixture(autouse=True)
def closed_figures():
    """No picture that a test or an example draws stays open."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
