"""Putting directories into test servers by the command line, and getting them out again."""

from __future__ import annotations

from pathlib import Path

from mailpolicy.cli import main
from mailpolicy.schema.emit import emit
from tests.live.servers import SCHEMA
from tests.slapd import Slapd, StartSlapd

EXAMPLES = Path(__file__).parents[2] / "ldif/examples"
ACME, CARBONIO = EXAMPLES / "acme.ldif", EXAMPLES / "carbonio.ldif"
JOHN = "uid=john,ou=people,dc=acme.example,o=mail"
FILES = {"native": ACME, "carbonio": CARBONIO}
SUFFIXES = {"native": "o=mail", "carbonio": ""}


def empty(start: StartSlapd, dialect: str = "native", **more: object) -> Slapd:
    return start(suffix=SUFFIXES[dialect], schema=SCHEMA, extra_schema=[emit(dialect, "ldif")], **more)


def url(server: Slapd) -> str:
    return f"{server.uri}/{server.suffix}"


def load(source: Path | str, server: Slapd, *more: str, dn: str | None = None) -> int:
    return main(["load", str(source), url(server), "--bind-dn", dn or server.root_dn, *more])


def dump(server: Slapd, *more: str, dn: str | None = None) -> int:
    return main(["dump", url(server), "--bind-dn", dn or server.root_dn, *more])


def many(count: int) -> str:
    head = "dn: o=mail\nobjectClass: organization\no: mail\n\n"
    return head + "".join(f"dn: uid={n},o=mail\nobjectClass: account\nuid: {n}\n\n" for n in range(count))
