"""The address book of everybody."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ...values import Duration
from ..kinds import BOOLEAN, DN, DURATION, FILTER, REFERENCE, URL, WHOLE
from ..setting import SHARED, Topic, setting
from ..several import Many
from ..stored import spelled
from ..words import one_of

DOMAIN = (Level.DOMAIN,)


class GalMode(StrEnum):
    """Where the address book is looked up."""

    INTERNAL = "internal"
    EXTERNAL = "external"
    BOTH = "both"


class GalSearchBase(StrEnum):
    """Whose entries are found."""

    DOMAIN = "domain"
    SUBDOMAINS = "subdomains"
    ROOT = "root"


# A table: one paragraph per setting.
# fmt: off


class Gal(Topic, title="GAL"):
    """The global address list of a domain."""

    hidden_from_gal = setting(
        BOOLEAN, "The address book does not show the object.", default=False, carbonio="zimbraHideInGal",
        own=(Level.ACCOUNT, Level.LIST, Level.RESOURCE),
    )
    gal_mode = setting(
        one_of(GalMode), "Where the address book is looked up.", path=SHARED, default=GalMode.INTERNAL,
        carbonio=spelled(
            "zimbraGalMode",
            {"zimbra": GalMode.INTERNAL, "ldap": GalMode.EXTERNAL, "both": GalMode.BOTH},
            Level.DOMAIN,
        ),
    )
    gal_search_base = setting(
        one_of(GalSearchBase), "Whose entries the address book holds.", path=SHARED,
        default=GalSearchBase.DOMAIN,
        carbonio=spelled(
            "zimbraGalInternalSearchBase",
            {
                "DOMAIN": GalSearchBase.DOMAIN,
                "SUBDOMAINS": GalSearchBase.SUBDOMAINS,
                "ROOT": GalSearchBase.ROOT,
            },
        ),
    )
    gal_max_results = setting(
        WHOLE, "The most entries one search finds.", path=SHARED, default=100, carbonio="zimbraGalMaxResults",
    )
    gal_external_url = setting(
        URL, "The server of the external address book.", own=DOMAIN, carbonio="zimbraGalLdapURL",
    )
    gal_external_base = setting(
        DN, "Where in the external directory to look.", own=DOMAIN, carbonio="zimbraGalLdapSearchBase",
    )
    gal_external_filter = setting(
        FILTER, "What to look for in the external directory.", own=DOMAIN, carbonio="zimbraGalLdapFilter",
    )
    gal_sync_accounts = setting(
        Many(REFERENCE), "Accounts that keep a copy of the address book.", own=DOMAIN,
        constraint="on the same domain or one of its virtual hosts", carbonio="zimbraGalAccountId",
    )
    gal_sync_interval = setting(
        DURATION, "How often the copy is refreshed.", path=SHARED, default=Duration("1d"),
    )
