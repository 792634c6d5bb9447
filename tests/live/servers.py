"""Running servers as an operator has them: an OpenLDAP of ours, and one shaped like Carbonio's.

    with acme_server() as server:
        server.connect(server.policy)

Access rules, limits and indexes are those of `ldif/server`, so that what is tested here is what the pages
tell people to set up. All accounts have the password `PASSWORD`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.schema.emit import emit
from tests.slapd import CONFIG, DATABASE, PASSWORD, Slapd

__all__ = [
    "PASSWORD",
    "POLICY",
    "SERVER_FILES",
    "WRITER",
    "Served",
    "acme_server",
    "carbonio_server",
    "configured",
]

LDIF: Final = Path(__file__).parents[2] / "ldif"
SERVER_FILES: Final = LDIF / "server"
SCHEMA: Final = ("core", "cosine", "inetorgperson", "dyngroup")

POLICY: Final = "cn=policy,ou=services,o=mail"
WRITER: Final = "cn=writer,ou=services,o=mail"

ADMINISTRATORS: Final = f'by dn.children="cn=admins,cn=zimbra" write by dn.exact="{CONFIG}" write'
"""Who may write on a deployed server. There the configuration and the entries have one root."""
DEPLOYED_ACCESS: Final = (
    f"{{0}}to attrs=userPassword by anonymous auth {ADMINISTRATORS}",
    f'{{1}}to dn.subtree="cn=zimbra" {ADMINISTRATORS}',
    f"{{2}}to attrs=objectClass {ADMINISTRATORS} by users read",
    f"{{3}}to attrs=cn,displayName,givenName,mail,sn,uid {ADMINISTRATORS} by users read",
    f"{{4}}to attrs=entry {ADMINISTRATORS} by * read",
    f"{{5}}to * {ADMINISTRATORS}",
)
"""Who sees what of a deployed server, in short."""
DEPLOYED_INDEXES: Final = (
    "objectClass,entryUUID,entryCSN eq",
    "uid pres,eq",
    "cn,mail,displayName,givenName,sn pres,eq,sub",
    "zimbraId,zimbraMemberOf,zimbraMailHost,zimbraDomainAliasTargetID eq",
    "zimbraMailDeliveryAddress,zimbraMailAlias,zimbraOldMailAddress,zimbraMailCatchAllAddress eq,sub",
    "zimbraDomainName eq,sub",
)
"""Those of a deployed server that concern mail."""


BESIDE: Final = {
    "cn=zimbra": "dn: cn=zimbra\nobjectClass: organizationalRole\ncn: zimbra\n\n",
    "cn=admins,cn=zimbra": "dn: cn=admins,cn=zimbra\nobjectClass: organizationalRole\ncn: admins\n\n",
    "cn=appaccts,cn=zimbra": "dn: cn=appaccts,cn=zimbra\nobjectClass: organizationalRole\ncn: appaccts\n\n",
    "uid=writer,cn=admins,cn=zimbra": "dn: uid=writer,cn=admins,cn=zimbra\nobjectClass: account\n"
    f"objectClass: simpleSecurityObject\nuid: writer\nuserPassword: {PASSWORD}\n\n",
}
"""What data may lack that is not about mail: the branch of the service accounts, and one that writes."""


class Served(Slapd):
    """A server with three accounts: its root, one that only reads, and one that writes."""

    def __init__(self, *, policy: str, writer: str, **rest: Any) -> None:
        self.policy, self.writer = policy, writer
        super().__init__(**rest)


@contextmanager
def acme_server(*, data: str | bytes | None = None, syncprov: bool = True, **rest: Any) -> Iterator[Served]:
    """A server as `ldif/server/config.ldif` makes one, with `data` or else the example directory.

    `rest` goes to Slapd; `session_log=None` and `syncprov=False` take away what the file has.
    """
    database = configured()[DATABASE]
    unique = configured()[f"olcOverlay={{0}}unique,{DATABASE}"]
    server = Served(
        policy=POLICY,
        writer=WRITER,
        data=(LDIF / "examples/acme.ldif").read_bytes() if data is None else encoded(data),
        **{
            "suffix": "o=mail",
            "schema": SCHEMA,
            "extra_schema": [emit("native", "ldif")],
            "indexes": database["olcDbIndex"],
            "database": {name: database[name] for name in ("olcAccess", "olcLimits")},
            "settings": {"olcSizeLimit": configured()["cn=config"]["olcSizeLimit"][0]},
            "modules": ["unique"],
            "overlays": [
                "dn: olcOverlay=unique\nobjectClass: olcUniqueConfig\nolcOverlay: unique\n"
                + "\n".join(f"olcUniqueURI: {uri}" for uri in unique["olcUniqueURI"])
            ],
            **followed(syncprov),
            **rest,
        },
    )
    services = (SERVER_FILES / "services.ldif").read_text()
    server.load(services.replace("%policy%", PASSWORD).replace("%writer%", PASSWORD))
    with server:
        yield server


@contextmanager
def carbonio_server(
    *, data: str | bytes | None = None, syncprov: bool = True, policy: bool = True, **rest: Any
) -> Iterator[Served]:
    """A server shaped like one of Carbonio, with `data` or else the example of such a directory.

    It writes as its own administrator and reads as the account of `ldif/server/carbonio-policy.ldif`,
    which `policy=False` leaves out.
    """
    raw = (LDIF / "examples/carbonio.ldif").read_bytes() if data is None else encoded(data)
    beside = "".join(text for dn, text in BESIDE.items() if f"\ndn: {dn}\n".encode() not in b"\n" + raw)
    server = Served(
        policy="uid=mailpolicy,cn=appaccts,cn=zimbra",
        writer="uid=writer,cn=admins,cn=zimbra",
        data=raw,
        **{
            "suffix": "",
            "schema": SCHEMA,
            "extra_schema": [emit("carbonio", "ldif")],
            "indexes": DEPLOYED_INDEXES,
            "database": {"olcAccess": list(DEPLOYED_ACCESS), "olcSizeLimit": "unlimited"},
            "settings": {"olcSizeLimit": 500},
            **followed(syncprov),
            **rest,
        },
    )
    server.load(beside)
    with server:
        if policy:
            add_policy_account(server)
        yield server


def add_policy_account(server: Served) -> None:
    """What the page about Carbonio does, with a password that is known."""
    text = (SERVER_FILES / "carbonio-policy.ldif").read_text()
    changes = text.replace("%policy%", PASSWORD).replace("{2}mdb", "{1}mdb")
    done = subprocess.run(
        ["ldapmodify", "-x", "-H", server.uri, "-D", CONFIG, "-w", PASSWORD],
        input=changes, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert not done.returncode, done.stderr


def followed(syncprov: bool) -> Mapping[str, Any]:
    overlay = configured()[f"olcOverlay={{1}}syncprov,{DATABASE}"]
    return {"syncprov": syncprov, "session_log": int(overlay["olcSpSessionlog"][0]) if syncprov else None}


def encoded(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


@cache
def configured() -> Mapping[str, Mapping[str, list[str]]]:
    """What `ldif/server/config.ldif` says, by DN and attribute."""
    found: dict[str, dict[str, list[str]]] = {}
    for record in read([(SERVER_FILES / "config.ldif").read_bytes()]):
        if isinstance(record, ContentRecord):  # and no `include:`
            attributes = found.setdefault(str(record.dn), {})
            for name, value in record.attributes:
                attributes.setdefault(name, []).append(value.decode())
    return found
