"""Random directories for hypothesis: small, of every dialect, with much that is wrong in them."""

from __future__ import annotations

from functools import cache
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.ldif import ContentRecord
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Setting
from mailpolicy.schema.dialects import Dialect, find_dialect
from mailpolicy.snapshot import Snapshot, load

TEXTS = (
    "TRUE", "FALSE", "0", "1", "7", "90", "101", "5 GiB", "1073741824", "10M", "1h", "30d", "none",
    "imap", "webmail", "smtp", "imap trusted_device", "webmail disabled", "192.0.2.0/24",
    "imap 192.0.2.0/24", "smtp 2001:db8::/32", "Europe/Rome", "de-CH", "en", "active", "locked",
    "lockout", "maintenance", "closed", "enabled", "disabled", "suspended", "allow", "block",
    "quarantine", "ann@acme.example", "@acme.example", "bob@acme.example usr sendAs",
    "mail.acme.example", "https://mail.acme.example/", "https", "both", "DOMAIN", "#CC2936",
    "20240101000000Z", "(objectClass=*)", "ldap:///o=mail??sub?", "cn=a,o=mail", "local", "alias", "+",
    "internal", "zimbra", "ACCEPT", "Location", "reject", "text", "?", "cn=a,o=mail 10", "long",
)  # fmt: skip
"""Texts that some setting can read; for most others each is garbage."""

DOMAINS = ("acme.example", "globex.example", "alias.example")
COS_NAMES = ("a", "b", "default", "defaultExternal")
IDS = ("id-a", "id-b", "id-c", "gone")
CONTAINERS = {"native": "o=mail", "carbonio": "dc=example", "zimbra": "dc=example"}


@frozen
class Drawn:
    """A directory, and the settings that its entries talk about."""

    records: tuple[ContentRecord, ...]
    focus: tuple[Setting[Any], ...]
    dialect: Dialect

    def load(self, records: Any = None) -> Snapshot:
        return load(self.records if records is None else records, dialect=self.dialect.name)


@cache
def attributes_of(setting: str, dialect: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The attributes of a setting with the texts that each of them can read."""
    found: dict[str, tuple[str, ...]] = {}
    for level in (Level.ACCOUNT, Level.DOMAIN, Level.LIST):
        binding = find_dialect(dialect).binding(setting, level)
        for part in binding.parts if binding else ():
            readable = tuple(text for text in TEXTS if part.codec.read((text,))[0] is not None)
            found[part.attribute] = readable or TEXTS
    return tuple(found.items())


@st.composite
def directories(draw: st.DrawFn, dialect: str | None = None) -> Drawn:
    name = dialect or draw(st.sampled_from(["native", "carbonio", "zimbra"]))
    spoken = find_dialect(name)
    drawn = draw(st.lists(st.sampled_from(list(SETTINGS)), min_size=1, max_size=5, unique=True))
    focus = list(dict.fromkeys([*drawn, *(SETTINGS[each].ceiling or each for each in drawn)]))
    attributes = [pair for setting in focus for pair in attributes_of(setting, name)]

    def own_values() -> dict[str, list[str]]:
        values = {}
        for attribute, readable in attributes:
            if draw(st.booleans()):
                texts = st.one_of(st.sampled_from(readable), st.sampled_from(TEXTS))
                values[attribute] = draw(st.lists(texts, min_size=1, max_size=2, unique=True))
        return values

    def named(level: Level, rdn: str, naming: dict[str, list[str]], classes: Any = None) -> ContentRecord:
        values = own_values() | naming
        values["objectClass"] = list(classes or spoken.object_classes[level])
        pairs = tuple((key, text.encode()) for key, several in values.items() for text in several)
        return ContentRecord(DN.parse(f"{rdn},{CONTAINERS[name]}"), pairs, 1)

    def attribute_of(setting: str, level: Level) -> str:
        binding = spoken.binding(setting, level)
        assert binding is not None
        return binding.parts[0].attribute

    records = [
        named(Level.GLOBAL, f"cn=config{number}", {"cn": [f"config{number}"]})
        for number in range(draw(st.integers(0, 2)))
    ]
    for number in range(draw(st.integers(0, 3))):
        names = {"cn": [draw(st.sampled_from(COS_NAMES))]}
        if spoken.id_attribute:
            names[spoken.id_attribute] = [draw(st.sampled_from(IDS[:3]))]
        records.append(named(Level.COS, f"ou=cos{number}", names))
    references = st.sampled_from([*COS_NAMES, *IDS, *(f"ou=cos{n},{CONTAINERS[name]}" for n in range(3))])
    for number in range(draw(st.integers(0, 3))):
        says = {attribute_of("domain_name", Level.DOMAIN): [draw(st.sampled_from(DOMAINS))]}
        if draw(st.booleans()):
            says[attribute_of("default_cos", Level.DOMAIN)] = [draw(references)]
        if spoken.external_cos_attribute and draw(st.booleans()):
            says[spoken.external_cos_attribute] = [draw(references)]
        records.append(named(Level.DOMAIN, f"dc=domain{number}", says))
    for number in range(draw(st.integers(1, 4))):
        level = draw(st.sampled_from([Level.ACCOUNT, Level.ACCOUNT, Level.RESOURCE, Level.LIST]))
        domain = draw(st.sampled_from(DOMAINS))
        says = {attribute_of("address", level): [f"user{number}@{domain}"]}
        if level is not Level.LIST and draw(st.booleans()):
            says[attribute_of("cos", level)] = [draw(references)]
        if spoken.external_attribute and draw(st.booleans()):
            says[spoken.external_attribute] = [draw(st.sampled_from(["TRUE", "FALSE"]))]
        if level is Level.RESOURCE and name != "native":
            says["zimbraAccountCalendarUserType"] = ["RESOURCE"]
        records.append(named(level, f"uid=user{number}", says))
    settings = tuple(SETTINGS[each] for each in focus)
    return Drawn(tuple(draw(st.permutations(records))), settings, spoken)
