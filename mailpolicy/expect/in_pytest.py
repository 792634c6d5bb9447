"""A plug-in of pytest: each expectation of a `*.expect.toml` is a test.

    pytest --mailpolicy-source acme.ldif acme.expect.toml

The source is an LDIF file; `mailpolicy_source` in the configuration of pytest names it for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    # Only where it is used: every run of pytest loads its plug-ins.
    from ..model import Directory
    from .expectation import Expectation, Outcome

__all__ = ["pytest_addoption", "pytest_collect_file"]

SUFFIX = ".expect.toml"
UNSAID = """\
Nothing says which directory these expectations are about: pass --mailpolicy-source FILE, or set
mailpolicy_source in the configuration of pytest."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which directory the expectations are about."""
    about = "the LDIF file that expectations in *.expect.toml are held against"
    parser.getgroup("mailpolicy").addoption("--mailpolicy-source", metavar="FILE", help=about)
    parser.addini("mailpolicy_source", about, type="string", default="")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Take the files of expectations for files of tests."""
    config = parent.config
    source = config.getoption("--mailpolicy-source") or config.getini("mailpolicy_source")
    if not file_path.name.endswith(SUFFIX):
        return None
    if not source and not parent.session.isinitpath(file_path):
        return None  # others may call their files so; who names one means ours
    path = config.rootpath / source if source else None
    found: pytest.File = Expected.from_parent(parent, path=file_path, source=path)
    return found


class Expected(pytest.File):
    """A file of expectations."""

    def __init__(self, *, source: Path | None, **given: Any) -> None:
        super().__init__(**given)
        self.source = source

    def collect(self) -> Iterator[pytest.Item]:
        """Make a test of each."""
        from .file import InvalidExpectation, expectations

        if self.source is None:
            raise self.CollectError(UNSAID)
        try:
            found = expectations(self.path)
        except InvalidExpectation as problem:
            raise self.CollectError("\n".join(problem.problems)) from None
        for each in found:
            yield Held.from_parent(self, name=each.name, expectation=each)


class Held(pytest.Item):
    """An expectation that is held against the directory."""

    def __init__(self, *, expectation: Expectation, **given: Any) -> None:
        super().__init__(**given)
        self.expectation = expectation

    def runtest(self) -> None:
        """Ask, and compare."""
        outcome = self.expectation.hold(self._directory())
        if not outcome:
            raise Unexpected(outcome)

    def _directory(self) -> Directory:
        from ..errors import MailPolicyError
        from ..source import open as open_directory

        assert isinstance(self.parent, Expected)
        known = self.config.stash.setdefault(OPENED, {})
        source = self.parent.source
        assert source is not None
        if source not in known:
            try:
                known[source] = open_directory(source)
            except (MailPolicyError, OSError) as problem:
                raise Unread(f"{source}: {problem}") from None
        return known[source]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say what is different and why, instead of where in this file it came up."""
        if isinstance(excinfo.value, Unexpected):
            return str(excinfo.value.outcome)
        if isinstance(excinfo.value, Unread):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands."""
        return self.path, None, self.name


OPENED = pytest.StashKey[dict[Path, "Directory"]]()


class Unexpected(Exception):
    """An expectation that does not hold."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Unread(Exception):
    """A directory that cannot be read."""
