"""Fixtures that several files share."""

import pytest


@pytest.fixture
def pyplot():
    """Matplotlib without a screen; its figures are closed after the test."""
    pytest.importorskip("matplotlib").use("agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")
