"""Writing to a test server: who writes, who else does, and what is there afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from mailpolicy.ldap.ldif import read
from mailpolicy.live.backend import Attributes, Backend
from mailpolicy.live.bind import Bind
from mailpolicy.live.write import Applied, written
from mailpolicy.snapshot import Change, Snapshot, load
from tests.live.backends import Client
from tests.slapd import PASSWORD, Slapd, StartSlapd

PYTHON_LDAP = Client("python_ldap")
ROOT = Path(__file__).parents[2]
ACME = (ROOT / "ldif" / "examples" / "acme.ldif").read_bytes()
SCHEMA = (ROOT / "ldif" / "schema" / "mailpolicy.ldif").read_text()


def acme(start: StartSlapd, **configuration: Any) -> Slapd:
    """A server with the example directory."""
    return start(suffix="o=mail", extra_schema=[SCHEMA], data=ACME, **configuration)


def write(
    slapd: Slapd, snapshot: Snapshot, changes: Iterable[Change], *, dn: str | None = None, **meddling: Any
) -> Applied:
    """Write as the root DN, as `dn`, or with "" as nobody, while another meddles: see `Meddled`."""
    name = slapd.root_dn if dn is None else dn
    with PYTHON_LDAP.opened(slapd, bind=Bind(name, PASSWORD) if name else None) as backend:
        return written(Meddled(backend, **meddling), snapshot, changes)


def content(slapd: Slapd, dialect: str = "native") -> Snapshot:
    """All that is there, operational attributes included."""
    return load(read([slapd.dump()]), dialect=dialect)


class Meddled:
    """A backend, and somebody else who does something right before one of its writes.

    `assertions=False` makes it a server that has no such control.
    """

    def __init__(
        self,
        backend: Backend,
        meddle: Callable[[], object] = lambda: None,
        *,
        before: int = 0,
        assertions: bool = True,
    ) -> None:
        self._backend = backend
        self._meddle = meddle
        self._left = before
        self._assertions = assertions

    def root_dse(self) -> Attributes:
        said = dict(self._backend.root_dse())
        if not self._assertions:
            said["supportedControl"] = [each for each in said["supportedControl"] if each != b"1.3.6.1.1.12"]
        return said

    def __getattr__(self, name: str) -> Any:
        if name in ("add", "modify", "rename", "delete"):
            if self._left == 0:
                self._meddle()
            self._left -= 1
        return getattr(self._backend, name)
