"""Fixtures that several files share."""

import pytest


@pytest.fixture
def pyplot():
    """Matplotlib, without which the test is skipped."""
    return pytest.importorskip("matplotlib.pyplot")
