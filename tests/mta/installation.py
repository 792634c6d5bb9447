"""A slapd with the lists of `shapes`, and a Postfix that asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

import mailpolicy as mp
from mailpolicy.schema.emit import emit
from tests.mta.maps import CARBONIO, NATIVE, NATIVE_WITHOUT_DYNLIST
from tests.mta.stored import ldif
from tests.postfix import Postfix, require
from tests.postfix_files import Maps
from tests.slapd import Slapd, require as require_slapd

__all__ = ["INSTALLATIONS", "Installation"]

DYNLIST = """\
dn: olcOverlay=dynlist
objectClass: olcOverlayConfig
objectClass: olcDynListConfig
olcOverlay: dynlist
olcDynListAttrSet: groupOfURLs memberURL member"""


@frozen
class Installation:
    """A slapd and a Postfix that asks it."""

    dialect: str
    maps: Maps
    overlays: tuple[str, ...] = (DYNLIST,)
    settings: Mapping[str, str] = {}
    more: str = ""
    """LDIF of lists beside those of `shapes`."""

    @property
    def ldif(self) -> str:
        return ldif(self.dialect) + self.more

    @property
    def directory(self) -> mp.Directory:
        return mp.loads(self.ldif, dialect=self.dialect)

    def run(self) -> Iterator[Postfix]:
        require_slapd()
        require()
        base = "o=mail" if self.dialect == "native" else ""
        with Slapd(
            suffix=base,
            extra_schema=[emit(self.dialect, "ldif")],
            modules=("dynlist",),
            overlays=self.overlays,
            data=self.ldif,
            tcp=True,
        ) as slapd:
            assert slapd.tcp_uri is not None
            with Postfix(self.maps, ldap_uri=slapd.tcp_uri, base=base, settings=self.settings) as postfix:
                yield postfix


INSTALLATIONS = {
    "native": Installation("native", NATIVE),
    "native, no overlay": Installation("native", NATIVE_WITHOUT_DYNLIST, overlays=()),
    "carbonio": Installation("carbonio", CARBONIO),
}
