"""What pytest leaves out: files of Sphinx, and chapters and docstrings that need more.

This is the only list: one in a folder below would take the place of this one there.
"""

from importlib.util import find_spec

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
}

collect_ignore = SPHINX + [
    path
    for path, modules in NEEDED.items()
    if not all(find_spec(module) for module in modules)
]
