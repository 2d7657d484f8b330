"""Chapters and docstrings that need a library which is not installed are left out."""

from importlib.util import find_spec

NEEDED = {
    "docs/callbacks.md": ["sklearn.callback", "rich"],
    "docs/persistence.md": ["skops"],
    "docs/scaling.md": ["distributed", "pyarrow"],
}

collect_ignore = [
    path
    for path, modules in NEEDED.items()
    if not all(find_spec(module) for module in modules)
]
