"""What pytest leaves out, as what it needs is not installed, and what coverage does.

Pictures need no screen. `collect_ignore` is the only list of its kind: one in a folder
below would take the place of this one there.
"""

import os
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

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

# Tests that take long, but run hardly a line that no other does.
NOT_MEASURED = (
    *("README", "docs", "tests/faults", "tests/fuzzing", "tests/properties"),
    *("tests/test_common.py", "tests/test_gradients.py", "tests/test_guide_blocks.py"),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Where coverage is measured, run those without its trace, which slows them down.

    The marker of pytest-cov for this has no effect on the workers of xdist.
    """
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    measured = item.config.pluginmanager.hasplugin("_cov")
    if not measured or not path.startswith(NOT_MEASURED):
        return (yield)
    traces = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(traces[0])
        threading.settrace(traces[1])


@pytest.fixture(autouse=True)
def closed_figures():
    """No picture that a test or an example draws stays open."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
