"""The `cn=config` of a test server as LDIF, from what a test says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import field, frozen

from tests.certificates import Certificate

__all__ = ["DATABASE", "PASSWORD", "STANDARD", "Configuration"]

SCHEMA_DIRECTORIES = (Path("/etc/ldap/schema"), Path("/etc/openldap/schema"))
MODULE_DIRECTORIES = (Path("/usr/lib/ldap"), Path("/usr/lib64/openldap"), Path("/usr/lib/openldap"))
STANDARD = ("core", "cosine", "inetorgperson", "nis", "dyngroup")
PASSWORD = "secret"
DATABASE = "olcDatabase={1}mdb,cn=config"


@frozen(kw_only=True)
class Configuration:
    """One mdb database, and what the server is to do with it."""

    suffix: str = "dc=example"
    """May be `""`: then the database holds every tree, as a Carbonio server's does."""
    schema: Iterable[str] = STANDARD
    """Files of the OpenLDAP distribution."""
    extra_schema: Iterable[str] = ()
    """`cn=config` LDIF text (`dn: cn=…,cn=schema,cn=config`), loaded after them."""
    indexes: Iterable[str] = ()
    """`olcDbIndex` values."""
    modules: Iterable[str] = ()
    """The overlays to load."""
    overlays: Iterable[str] = ()
    """Their entries without the DN's base, such as `"dn: olcOverlay=dynlist\\nobjectClass: …"`."""
    syncprov: bool = False
    """Let consumers follow the database (RFC 4533)."""
    session_log: int | None = None
    """How many changes syncprov remembers, so that it can name what was deleted; None for none."""
    settings: Mapping[str, object] = field(factory=dict)
    """Attributes of `cn=config`, such as `{"olcServerID": 1, "olcSizeLimit": 500}`; lists are several values.

    Without it there is no size limit."""
    database: Mapping[str, object] = field(factory=dict)
    """Attributes of the database, such as `{"olcAccess": [...], "olcLimits": [...]}`."""
    certificate: Certificate | None = None
    """What the server shows for StartTLS and `ldaps`."""

    @property
    def root_dn(self) -> str:
        return f"cn=admin,{self.suffix}" if self.suffix else "cn=admin"

    def ldif(self, directory: Path) -> bytes:
        """What `slapadd -n 0` reads, for a server that lives in this directory."""
        modules = ["back_mdb", *(["syncprov"] if self.syncprov else ()), *self.modules]
        records = [
            _record("cn=config", "olcGlobal", cn="config", olcPidFile=directory / "pid",
                    **{"olcSizeLimit": "unlimited", "olcToolThreads": 1, **self._tls(), **self.settings}),
            _record("cn=module{0},cn=config", "olcModuleList", cn="module{0}",
                    olcModulePath=_first(MODULE_DIRECTORIES), olcModuleLoad=modules),
            _record("cn=schema,cn=config", "olcSchemaConfig", cn="schema"),
            *(f"include: file://{_first(SCHEMA_DIRECTORIES)}/{name}.ldif" for name in self.schema),
            *(text.strip() for text in self.extra_schema),
            _record("olcDatabase={-1}frontend,cn=config", "olcDatabaseConfig",
                    objectClass="olcFrontendConfig", olcDatabase="{-1}frontend"),
            _record("olcDatabase={0}config,cn=config", "olcDatabaseConfig", olcDatabase="{0}config",
                    olcRootDN="cn=admin,cn=config", olcRootPW=PASSWORD),
            _record(DATABASE, "olcMdbConfig", olcDatabase="{1}mdb", olcSuffix=self.suffix,
                    olcRootDN=self.root_dn, olcRootPW=PASSWORD, olcDbIndex=list(self.indexes),
                    olcDbDirectory=directory / "database", olcDbMaxSize=2**32, olcDbNoSync="TRUE",
                    **self.database),
            *([self._syncprov()] if self.syncprov else ()),
            *(_below(overlay.strip(), DATABASE) for overlay in self.overlays),
        ]  # fmt: skip
        return "\n\n".join(records).encode() + b"\n"

    def _tls(self) -> dict[str, object]:
        if self.certificate is None:
            return {}
        return {
            "olcTLSCACertificateFile": self.certificate.authority,
            "olcTLSCertificateFile": self.certificate.file,
            "olcTLSCertificateKeyFile": self.certificate.key,
        }

    def _syncprov(self) -> str:
        log: dict[str, object] = {} if self.session_log is None else {"olcSpSessionlog": self.session_log}
        return _record(f"olcOverlay=syncprov,{DATABASE}", "olcOverlayConfig", objectClass="olcSyncProvConfig",
                       olcOverlay="syncprov", **log)  # fmt: skip


def _record(dn: str, object_class: str, **attributes: object) -> str:
    """One LDIF record; a list is several values."""
    lines = [f"dn: {dn}", f"objectClass: {object_class}"]
    for name, value in attributes.items():
        lines += [f"{name}: {each}" for each in (value if isinstance(value, list) else [value])]
    return "\n".join(lines)


def _first(directories: Iterable[Path]) -> Path:
    return next((directory for directory in directories if directory.is_dir()), Path("/"))


def _below(record: str, base: str) -> str:
    """The record with `base` appended to the DN on its first line."""
    first, separator, rest = record.partition("\n")
    return f"{first},{base}{separator}{rest}"
