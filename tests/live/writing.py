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


READER, WRITER = "cn=reader,o=mail", "cn=writer,o=mail"
READABLE = f"to * by dn.base={WRITER} write by * read"
ACCOUNTS = "".join(
    f"""
dn: {dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: {dn[3:9]}
userPassword: {PASSWORD}
"""
    for dn in (READER, WRITER)
).encode()


def guarded(start: StartSlapd, *access: str) -> Slapd:
    """A server with two accounts beside its root, and rules of what they may."""
    rules = [f"{{{number}}}{rule}" for number, rule in enumerate(access)]
    slapd = acme(start, database={"olcAccess": rules})
    slapd.stop()
    slapd.load(ACCOUNTS)
    slapd.start()
    return slapd


def without(slapd: Slapd, *attributes: str) -> Snapshot:
    """All that is there but for these attributes: what somebody has who may not see them."""
    prefixes = tuple(f"{name}:".encode() for name in attributes)
    lines = [line for line in slapd.dump().splitlines(keepends=True) if not line.startswith(prefixes)]
    return load(read([b"".join(lines)]), dialect="native")


class Meddled:
    """A backend, and somebody else who does something right before one of its writes, or right `after` it.

    `assertions=False` makes it a server that has no such control.
    """

    def __init__(
        self,
        backend: Backend,
        meddle: Callable[[], object] = lambda: None,
        *,
        before: int = 0,
        after: int | None = None,
        assertions: bool = True,
    ) -> None:
        self._backend = backend
        self._meddle = meddle
        self._left = before if after is None else after
        self._is_after = after is not None
        self._assertions = assertions

    def root_dse(self) -> Attributes:
        said = dict(self._backend.root_dse())
        if not self._assertions:
            said["supportedControl"] = [each for each in said["supportedControl"] if each != b"1.3.6.1.1.12"]
        return said

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._backend, name)
        if name not in ("add", "modify", "rename", "delete"):
            return asked
        self._left -= 1
        return self._meddled(asked) if self._left == -1 else asked

    def _meddled(self, asked: Callable[..., None]) -> Callable[..., None]:
        def write(*arguments: Any, **options: Any) -> None:
            if not self._is_after:
                self._meddle()
            asked(*arguments, **options)
            if self._is_after:
                self._meddle()

        return write
