"""The doors of the mail system: which are open, and from where."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ...values import Service
from ..kinds import BOOLEAN, NETWORK, SERVICE
from ..setting import LAYERED, SHARED, Combine, Topic, setting
from ..several import Among, Many
from ..stored import both, only
from ..words import one_of


class DeviceAccess(StrEnum):
    """What happens to a device seen for the first time."""

    ALLOW = "allow"
    BLOCK = "block"
    QUARANTINE = "quarantine"


# A table: one paragraph per setting.
# fmt: off


class Services(Topic, title="services"):
    """One switch per service; `allowed_services` says what accounts can have at most."""

    imap_enabled = setting(
        BOOLEAN, "Reading mail by IMAP.", path=LAYERED, default=True, ceiling="allowed_services",
        service=Service.IMAP, carbonio=both("zimbraImapEnabled", "zimbraPrefImapEnabled"),
    )
    pop3_enabled = setting(
        BOOLEAN, "Fetching mail by POP3.", path=LAYERED, default=True, ceiling="allowed_services",
        service=Service.POP3, carbonio=both("zimbraPop3Enabled", "zimbraPrefPop3Enabled"),
    )
    smtp_enabled = setting(
        BOOLEAN, "Sending mail by SMTP.", path=LAYERED, default=True, ceiling="allowed_services",
        service=Service.SMTP, constraint="submission",
    )
    webmail_enabled = setting(
        BOOLEAN, "Webmail.", path=LAYERED, default=True, ceiling="allowed_services", service=Service.WEBMAIL,
        carbonio="zimbraFeatureWebClientEnabled",
    )
    activesync_enabled = setting(
        BOOLEAN, "Mobile devices by ActiveSync.", path=LAYERED, default=False, ceiling="allowed_services",
        service=Service.ACTIVESYNC, carbonio="zimbraFeatureMobileSyncEnabled",
    )
    dav_enabled = setting(
        BOOLEAN, "Calendars and address books by DAV.", path=LAYERED, default=True,
        ceiling="allowed_services", service=Service.DAV,
    )
    xmpp_enabled = setting(
        BOOLEAN, "Chat by XMPP.", path=LAYERED, default=False, ceiling="allowed_services",
        service=Service.XMPP,
    )
    api_enabled = setting(
        BOOLEAN, "Programs of the customer's own.", path=LAYERED, default=False, ceiling="allowed_services",
        service=Service.API,
    )
    allowed_services = setting(
        Among(SERVICE), "The services that accounts can have at most.",
        path=(Level.COS, Level.DOMAIN, Level.GLOBAL), default=frozenset(Service), combine=Combine.INTERSECT,
        constraint="the sets of class of service, domain and global intersect",
    )
    allowed_networks = setting(
        Many(NETWORK), "Where the account's clients may come from; anywhere if unset.",
        path=(Level.ACCOUNT, Level.COS), codec_on={Level.ACCOUNT: Many(NETWORK, at_most=5)},
        constraint="at most 5 on an account; a client must match this and domain_allowed_networks, where set",
    )
    domain_allowed_networks = setting(
        Many(NETWORK), "Where the clients of the domain may come from; anywhere if unset.", path=SHARED,
        carbonio=only("zimbraDomainAllowedIPs", Level.DOMAIN),
    )
    allowed_network_services = setting(
        Among(SERVICE), "The services to which allowed_networks applies; the others stay open.", path=LAYERED,
        default=frozenset({Service.IMAP, Service.POP3, Service.SMTP, Service.WEBMAIL, Service.API}),
    )
    default_device_access = setting(
        one_of(DeviceAccess), "What happens to a mobile device not seen before.", path=LAYERED,
        default=DeviceAccess.ALLOW,
    )
