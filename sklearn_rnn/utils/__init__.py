"""Tools for tests and checks."""
