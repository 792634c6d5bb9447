"""The tests that need a slapd must not pass unnoticed where there is none."""

from __future__ import annotations

import pytest

from tests import slapd


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slapd, "SEARCH_PATH", "")


@pytest.mark.usefixtures("nowhere")
def test_without_slapd_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        slapd.require()


@pytest.mark.usefixtures("nowhere")
def test_on_ci_its_absence_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        slapd.require()
