"""Settings with values of their kind, for hypothesis to draw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.url import LdapUrl
from mailpolicy.schema import SETTINGS, Codec, kinds
from mailpolicy.schema.codec import One
from mailpolicy.schema.several import Among, Keyed, Many
from mailpolicy.values import (
    Address,
    DomainName,
    Duration,
    FrozenMapping,
    Grant,
    Grantee,
    HexColor,
    Hostname,
    Locale,
    Modifier,
    Pem,
    Reference,
    Regex,
    Service,
    Size,
    Url,
    time_zone,
)

HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)
WORDS = st.text("abc xyz-é", min_size=1, max_size=12).filter(lambda text: text == text.strip())
NAMES = st.from_regex("[a-z]{1,8}", fullmatch=True)
LOCAL_PARTS = st.from_regex(r"[a-z0-9][a-z0-9.+_-]{0,8}[a-z0-9]", fullmatch=True) | st.just('"a b"')
DURATIONS = st.integers(0, 10**9).map(lambda count: Duration(timedelta(milliseconds=count)))
GRANTS = st.builds(
    Grant,
    st.uuids().map(str),
    st.sampled_from(sorted(set(Grantee) - {Grantee.GUEST, Grantee.KEY})),
    st.sampled_from(["sendAs", "viewFreeBusy"]),
    st.sampled_from(Modifier),
) | st.builds(Grant, HOSTS, st.just(Grantee.GUEST), st.just("invite"), secret=st.none() | WORDS)

VALUES: dict[One[Any], st.SearchStrategy[Any]] = {
    kinds.BOOLEAN: st.booleans(),
    kinds.STRING: st.text(min_size=1),
    kinds.BYTES: st.binary(),
    kinds.SIZE: st.integers(0, 2**63 - 1).map(Size),
    kinds.LIMIT: st.integers(1, 2**63 - 1).map(Size),
    kinds.DURATION: DURATIONS,
    kinds.DAYS: st.integers(0, 10**5).map(lambda count: Duration(timedelta(days=count))),
    kinds.MOMENT: st.datetimes(datetime(1, 1, 2), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
    ),
    kinds.ADDRESS: st.builds("{}@{}".format, LOCAL_PARTS, HOSTS).map(Address),
    kinds.DOMAIN_NAME: HOSTS.map(DomainName),
    kinds.HOSTNAME: HOSTS.map(Hostname),
    kinds.URL: HOSTS.map(lambda host: Url(f"https://{host}/x?y=z")),
    kinds.COLOR: st.integers(0, 2**24 - 1).map(lambda number: HexColor(f"{number:06x}")),
    kinds.LOCALE: st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]).map(Locale),
    kinds.TIME_ZONE: st.sampled_from(["UTC", "Europe/Rome", "America/New_York"]).map(time_zone),
    kinds.REGEX: st.sampled_from(["[a-z]", "a|b", r"\d+"]).map(Regex),
    kinds.PEM: st.sampled_from(["AQID", "BAUG"]).map(
        lambda body: Pem(f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    ),
    kinds.REFERENCE: st.sampled_from(["cn=a b,o=mail", "dc=acme,o=mail"]).map(Reference),
    kinds.NETWORK: st.ip_addresses().map(lambda address: kinds.NETWORK.parse(str(address))),
    kinds.IP_ADDRESS: st.ip_addresses(),
    kinds.SERVICE: st.sampled_from(Service),
    kinds.GRANT: GRANTS,
    kinds.DN: st.sampled_from(["o=mail", r"cn=a\,b,o=mail"]).map(DN.parse),
    kinds.FILTER: st.sampled_from(["(cn=*)", "(&(cn=a)(!(sn=b)))"]).map(Filter.parse),
    kinds.LDAP_URL: st.sampled_from(["ldap:///o=mail??sub?(cn=*)"]).map(LdapUrl.parse),
    kinds.PHONE: st.text("+0123456789 -/()", min_size=1, max_size=12).filter(str.strip),
    kinds.CATCH_ALL: HOSTS.map(lambda host: f"@{host}"),
    kinds.DELIMITER: st.text("+-=/", max_size=3),
}


def written(value: Any) -> str:
    """What tells values apart in the directory: telephone numbers without spaces and hyphens."""
    return str(value).replace(" ", "").replace("-", "")


def values_of(codec: Codec[Any]) -> st.SearchStrategy[Any]:
    """Values of the kind that the codec of a native setting reads."""
    match codec:
        case Many():
            return st.lists(values_of(codec.item), max_size=4, unique_by=written).map(tuple)
        case Among():
            return st.frozensets(values_of(codec.item), max_size=4)
        case Keyed(value=value):
            keys = (
                st.from_regex("[a-z]{1,8}", fullmatch=True)
                if codec.key is kinds.STRING
                else values_of(codec.key)
            )
            each = WORDS if value is kinds.STRING else values_of(value)
            kept = each.filter(value.encode)
            return st.dictionaries(keys, kept, max_size=4).map(FrozenMapping)
        case One() if codec in VALUES:
            return VALUES[codec]
        case One(holds=type() as holds) if issubclass(holds, StrEnum):
            return st.sampled_from(sorted(holds))
        case One(kind="whole number"):
            schema = codec.schema
            return st.integers(schema.get("minimum"), schema.get("maximum", 10**18))
        case One(kind="text"):
            return st.text(min_size=1, max_size=codec.schema.get("maxLength", 50))
        case One(kind="mechanism"):
            return st.sampled_from(["internal", "ldap", "custom:own"])
        case _:
            raise AssertionError(codec)


SETTINGS_AND_VALUES = st.sampled_from(sorted(SETTINGS.values(), key=lambda setting: setting.name)).flatmap(
    lambda setting: st.tuples(st.just(setting), values_of(setting.codec))
)
