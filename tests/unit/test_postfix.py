"""The tests that need a Postfix must not pass unnoticed where none can be run."""

from __future__ import annotations

import os

import pytest

from tests import postfix


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix, "SEARCH_PATH", "")


@pytest.mark.usefixtures("nowhere")
def test_without_postfix_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        postfix.require()


@pytest.mark.usefixtures("nowhere")
def test_on_ci_its_absence_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        postfix.require()


def test_only_root_can_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert postfix.lacking() is not None
