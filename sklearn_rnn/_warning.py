"""Warnings that point to the line of the user, however deep they arise."""

import sys
import warnings

BETWEEN = ("sklearn_rnn", "sklearn", "joblib", "contextlib")


def warn_user(message, category=UserWarning):
    """Warn of the line from which scikit-learn or the package was called."""
    frame, level = sys._getframe(), 1
    while frame.f_back and _package(frame) in BETWEEN:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def _package(frame):
    """Name of the package whose code a frame runs; none if code has no module."""
    return frame.f_globals.get("__name__", "").partition(".")[0]
