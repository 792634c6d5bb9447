"""What every test shares: how hard hypothesis searches.

`HYPOTHESIS_PROFILE=big make test` searches long; `CI=true` (set by `.ci/run`) draws the same examples
in every run, so that a change fails for what it changed. It also makes a missing server a failure.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline: the machine is shared with a slapd and other workers, and a slow second is no defect.
settings.register_profile("default", deadline=None, max_examples=100)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile(
    "big", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))
