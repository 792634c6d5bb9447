"""What a domain is: its name and kind, its hosts, how many accounts it may have, how it is proven."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ..kinds import (
    ADDRESS,
    BOOLEAN,
    CATCH_ALL,
    DELIMITER,
    DOMAIN_NAME,
    HOSTNAME,
    IP_ADDRESS,
    MOMENT,
    PEM,
    REFERENCE,
    STRING,
    URL,
    WHOLE,
)
from ..setting import SHARED, Topic, setting
from ..several import Keyed, Many
from ..stored import only, stored
from ..words import auth_mechanism, one_of

DOMAIN = (Level.DOMAIN,)

AUTH_MECHANISM = auth_mechanism("internal")
DEPLOYED_AUTH_MECHANISM = auth_mechanism("zimbra")


class DomainKind(StrEnum):
    """A domain with accounts of its own, or another name for one."""

    LOCAL = "local"
    ALIAS = "alias"


class Protocol(StrEnum):
    """The protocol of public addresses."""

    HTTP = "http"
    HTTPS = "https"


class CertificateChain(StrEnum):
    """How much of the certificate chain is handed out."""

    LONG = "long"
    SHORT = "short"


# A table: one paragraph per setting.
# fmt: off


class DomainSettings(Topic, title="domain"):
    """What a domain is, and the places where accounts point at it."""

    domain_name = setting(
        DOMAIN_NAME, "The name of the domain.", own=DOMAIN, native="associatedDomain",
        constraint="unique; changed only by rename", carbonio="zimbraDomainName",
    )
    domain_kind = setting(
        one_of(DomainKind), "Whether the domain has accounts or is another name of one that has.", own=DOMAIN,
        default=DomainKind.LOCAL, constraint="immutable", carbonio="zimbraDomainType",
    )
    alias_target = setting(
        REFERENCE, "The domain for which this is another name.", own=DOMAIN,
        constraint="only for alias domains", carbonio="zimbraDomainAliasTargetId",
    )
    default_cos = setting(
        REFERENCE, "The class of service of accounts that name none.", own=DOMAIN,
        carbonio="zimbraDomainDefaultCOSId",
    )
    cos = setting(
        REFERENCE, "The class of service of the account; its domain's default if unset.",
        own=(Level.ACCOUNT,), carbonio="zimbraCOSId",
    )
    virtual_hostnames = setting(
        Many(HOSTNAME), "Host names by which the domain's services are reached.", own=DOMAIN,
        constraint="webmail, ActiveSync, autodiscover, imap and smtp names alike",
        carbonio="zimbraVirtualHostname",
    )
    virtual_ip_addresses = setting(
        Many(IP_ADDRESS), "Addresses that belong to the domain alone.", own=DOMAIN,
        carbonio="zimbraVirtualIPAddress",
    )
    public_service_protocol = setting(
        one_of(Protocol), "The protocol of links in messages; it forces nothing.", path=SHARED,
        default=Protocol.HTTPS, carbonio="zimbraPublicServiceProtocol",
    )
    public_service_hostname = setting(
        HOSTNAME, "The host of links in messages.", path=SHARED, carbonio="zimbraPublicServiceHostname",
    )
    mx_hostname = setting(
        HOSTNAME, "The name the domain's MX record should give.", path=SHARED,
        carbonio="zimbraDNSCheckHostname",
    )
    spam_relay_hostname = setting(HOSTNAME, "The host that filters the domain's mail.", path=SHARED)
    recipient_delimiter = setting(
        DELIMITER, "Characters that start a detail: user+detail@domain.", path=SHARED, default="+",
        constraint="empty = none",
    )
    catch_all_addresses = setting(
        Many(CATCH_ALL), "Domains whose otherwise unknown addresses the account receives.",
        own=(Level.ACCOUNT,), constraint="@domain", carbonio="zimbraMailCatchAllAddress",
    )
    max_accounts = setting(
        WHOLE, "How many accounts the domain may have.", path=SHARED, default=0,
        constraint="0 = unlimited; resources, system and external accounts do not count",
        carbonio=only("zimbraDomainMaxAccounts", Level.DOMAIN),
    )
    max_accounts_per_cos = setting(
        Keyed(REFERENCE, WHOLE, last=True), "How many accounts may have each class of service.", own=DOMAIN,
        constraint="0 = none allowed",
        carbonio=stored(
            "zimbraDomainCOSMaxAccounts", Keyed(REFERENCE, WHOLE, separator=":", line_by_line=True)
        ),
    )
    max_accounts_per_feature = setting(
        Keyed(STRING, WHOLE), "How many accounts may have each feature.", own=DOMAIN,
        constraint="0 = none allowed",
        carbonio=stored(
            "zimbraDomainFeatureMaxAccounts", Keyed(STRING, WHOLE, separator=":", line_by_line=True)
        ),
    )
    auth_mechanism = setting(
        AUTH_MECHANISM, "Who checks passwords.", own=DOMAIN, default="internal",
        constraint="internal, ldap, ad, kerberos5, saml or custom:name",
        carbonio=stored("zimbraAuthMech", DEPLOYED_AUTH_MECHANISM),
    )
    ownership_required = setting(BOOLEAN, "The domain must prove its ownership.", path=SHARED, default=False)
    ownership_token = setting(
        STRING, "What the TXT record must say.", own=DOMAIN, constraint="value of the TXT record",
    )
    ownership_verified = setting(BOOLEAN, "Ownership is proven.", own=DOMAIN, default=False)
    ownership_checked_at = setting(MOMENT, "When ownership was last looked up.", own=DOMAIN)
    notification_sender = setting(
        ADDRESS, "The sender of notices to administrators.", path=SHARED, carbonio="carbonioNotificationFrom",
    )
    notification_recipients = setting(
        Many(ADDRESS), "Who gets notices for administrators.", path=SHARED,
        carbonio="carbonioNotificationRecipients",
    )
    logout_url = setting(
        URL, "Where webmail goes after logout.", path=SHARED, carbonio="zimbraWebClientLogoutURL",
    )
    tls_certificate = setting(PEM, "The domain's certificate.", own=DOMAIN, carbonio="zimbraSSLCertificate")
    tls_private_key = setting(
        PEM, "The key of the certificate.", own=DOMAIN, secret=True, constraint="never printed",
        carbonio="zimbraSSLPrivateKey",
    )
    tls_ca_chain = setting(PEM, "The certificates that sign it.", own=DOMAIN)
    certificate_chain = setting(
        one_of(CertificateChain), "How much of the chain is handed out.", own=DOMAIN,
        default=CertificateChain.LONG,
    )
    saml_entity_id = setting(STRING, "The name under which the sign-on service knows us.", own=DOMAIN)
    saml_service_url = setting(URL, "Where the sign-on service sends its answers.", own=DOMAIN)
    saml_metadata_url = setting(URL, "Where the sign-on service describes itself.", own=DOMAIN)
    saml_allow_insecure_metadata = setting(
        BOOLEAN, "The description may come without TLS.", own=DOMAIN, default=False,
    )
    saml_service_certificate = setting(PEM, "The certificate of the sign-on service.", own=DOMAIN)
    saml_logout_parameters = setting(Keyed(STRING, STRING), "What is sent along with a logout.", own=DOMAIN)
