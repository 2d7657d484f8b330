"""Pytest runs the chapters; what Sphinx reads and writes is left to Sphinx."""

collect_ignore = ["conf.py", "_build", "auto_examples", "generated"]
