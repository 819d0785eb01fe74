"""What all tests share, those of the plugins and the examples in docstrings too: no property is measured by a clock."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("ipmo", deadline=None, derandomize=os.environ.get("IPMO_CI") == "1", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ipmo")
