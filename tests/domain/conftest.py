"""Hypothesis draws the same examples in every run, so that a failure here is a failure everywhere."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "same everywhere",
    derandomize=True,
    database=None,
    # A busy machine is slow, not wrong.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same everywhere")
