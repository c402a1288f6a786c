"""How hard the property tests look: ``ci`` always draws the same examples; ``--hypothesis-profile=thorough`` draws many
new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
settings.register_profile(
    "ci", max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=_SLOW
)
settings.register_profile("thorough", max_examples=1000, deadline=None, database=None, suppress_health_check=_SLOW)
settings.load_profile("ci")
