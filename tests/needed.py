"""What a test needs of the machine."""

from __future__ import annotations

import os

import pytest


def needed(lacking: str | None) -> None:
    """Skip the calling test for what is lacking, if anything is; on CI that is a failure."""
    if lacking is None:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true, but {lacking}")
    pytest.skip(lacking)
