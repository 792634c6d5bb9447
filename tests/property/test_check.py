"""What holds of findings for every directory, however odd."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

from mailpolicy.check import entry_findings, findings
from mailpolicy.check.values import value_findings
from mailpolicy.errors import InvalidValue
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import ContentRecord
from mailpolicy.schema import DIALECTS, Setting, find_dialect
from mailpolicy.snapshot import load
from tests.drawn_settings import SETTINGS_AND_VALUES

NATIVE = {
    "domain mpDomain": (
        "associatedDomain mpDomainKind mpAliasTarget mpDefaultCos mpMaxAccountsPerCos mpChoices"
    ),
    "inetOrgPerson mpAccount": (
        "mail mpAliases mpOldAddress mpCatchAllAddresses mpCos sn "
        "mpLocalDeliveryEnabled mpForwardingAddresses"
    ),
    "mpList": "mail mpAliases mpMemberAddresses memberURL mpGrants",
    "mpAlias": "mail mpAliasTarget",
    "mpClassOfService": "cn mpMailboxQuota mpChoices",
    "mpResource extensibleObject": "mail mpCos userPassword",
    "mpAcount": "mail shoeSize title;lang-de",
}
CARBONIO = {
    "zimbraDomain": (
        "zimbraId zimbraDomainName zimbraDomainType zimbraDomainAliasTargetId zimbraDomainCOSMaxAccounts"
    ),
    "inetOrgPerson zimbraAccount": (
        "zimbraId zimbraMailDeliveryAddress zimbraMailAlias zimbraOldMailAddress zimbraCOSId zimbraMailQuota"
    ),
    "zimbraDistributionList": "zimbraId mail zimbraMailAlias zimbraMailForwardingAddress zimbraACE",
    "zimbraAlias": "uid zimbraId zimbraAliasTargetId",
    "zimbraCOS": "cn zimbraId zimbraMailQuota",
}
KINDS = {"native": NATIVE, "carbonio": CARBONIO}

WORDS = st.sampled_from(
    [
        "a@b.example",
        "A@B.example",
        "c@b.example",
        "a@c.example",
        "@b.example",
        "b.example",
        "c.example",
        "alias",
        "0",
        "1",
        "1 GiB",
        "TRUE",
        "FALSE",
        "cn=0,o=mail",
        "cn=1,o=mail 5",
        "mailbox_quota 1 GiB",
        "cos cn=0,o=mail",
        "",
    ]
)
VALUES = (WORDS | st.text(max_size=4)).map(str.encode) | st.binary(max_size=4)


@st.composite
def directories(draw: st.DrawFn) -> tuple[str, list[ContentRecord]]:
    """Entries with attributes of their kind, and values that name each other, fit, or do not."""
    dialect = draw(st.sampled_from(sorted(KINDS)))
    kinds = KINDS[dialect]
    records = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(sorted(kinds)), max_size=8))):
        names = st.sampled_from(kinds[kind].split())
        attributes = draw(st.lists(st.tuples(names, VALUES), max_size=8))
        classes = [("objectClass", each.encode()) for each in kind.split()]
        records.append(ContentRecord(DN(f"cn={number},o=mail"), (*classes, *attributes), number + 1))
    return dialect, records


@given(directories(), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_the_order_of_entries(
    directory: tuple[str, list[ContentRecord]], random: Any
) -> None:
    dialect, records = directory
    shuffled = random.sample(records, len(records))
    there, back = load(records, dialect=dialect), load(shuffled, dialect=dialect)
    assert set(findings(there)) == set(findings(back))


@given(directories())
def test_findings_do_not_depend_on_what_was_checked_before(
    directory: tuple[str, list[ContentRecord]],
) -> None:
    dialect, records = directory
    snapshot = load(records, dialect=dialect)
    once = findings(snapshot)
    assert findings(snapshot) == once
    plain = [each for each in once if each.raw != "…"]
    assert len(set(plain)) == len(plain)


@given(directories())
def test_what_is_found_of_an_entry_is_found_of_the_directory(
    directory: tuple[str, list[ContentRecord]],
) -> None:
    dialect, records = directory
    snapshot = load(records, dialect=dialect)
    alone = [each for entry in snapshot for each in entry_findings(snapshot, entry)]
    together = findings(snapshot)
    assert set(alone) <= set(together)


@given(directories())
def test_every_finding_stands_where_its_text_was_found(
    directory: tuple[str, list[ContentRecord]],
) -> None:
    dialect, records = directory
    for found in findings(load(records, dialect=dialect)):
        record = records[(found.line or 0) - 1]
        assert found.dn == str(record.dn)
        assert found.text
        if found.raw is not None and found.id != "several-values":
            raw = found.raw.encode("utf-8", "surrogateescape")
            assert raw in [value for _, value in record.attributes] or found.raw == "…"


@given(SETTINGS_AND_VALUES, st.sampled_from(DIALECTS))
def test_what_a_setting_writes_is_no_finding(drawn: tuple[Setting[Any], Any], name: str) -> None:
    setting, value = drawn
    dialect = find_dialect(name)
    for level in setting.on:
        binding = dialect.binding(setting, level)
        if binding is None:
            continue
        try:
            texts = binding.encode(value)
        except InvalidValue:  # a state that only our own directories have, a setting that is only read
            continue
        values = {attribute: tuple(map(str.encode, each)) for attribute, each in texts.items()}
        entry = Entry(DN("cn=x"), values, dialect.definitions)
        assert list(value_findings(dialect, level, entry)) == []
