"""Pytest runs the chapters; what Sphinx reads and writes is left to Sphinx."""

from importlib.util import find_spec

# Libraries that a chapter shows and that the tests do without: it needs all of them.
SHOWN = {
    "persistence.md": ["skops"],
    "scaling.md": ["distributed", "pyarrow"],
}

collect_ignore = ["conf.py", "_build", "auto_examples", "generated"]
collect_ignore += [
    chapter for chapter, names in SHOWN.items() if not all(map(find_spec, names))
]
