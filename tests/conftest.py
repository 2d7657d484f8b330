"""Fixtures that several files share."""

import os

import pytest
from hypothesis import HealthCheck, settings

# The same examples each time, so that what fails fails for everyone. A longer search,
# with other examples each time: HYPOTHESIS_PROFILE=search pytest tests/properties
settings.register_profile(
    "same",
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture
def pyplot():
    """Matplotlib, without which the test is skipped."""
    return pytest.importorskip("matplotlib.pyplot")
