"""What stands before the base goes into it: every way to entries is then as if made anew."""

from __future__ import annotations

import pytest

import mailpolicy as mp
from mailpolicy.snapshot import version
from mailpolicy.snapshot.facets import TERMS
from mailpolicy.snapshot.index import Index
from mailpolicy.snapshot.segment import Base

ACME = """\
dn: o=mail
objectClass: organization
o: mail

dn: dc=acme.example,o=mail
objectClass: domain
objectClass: mpDomain
dc: acme.example
associatedDomain: acme.example

dn: uid=john,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: john
cn: John
sn: Doe
mail: john@acme.example

dn: uid=jane,dc=acme.example,o=mail
objectClass: inetOrgPerson
objectClass: mpAccount
uid: jane
cn: Jane
sn: Doe
mail: jane@acme.example
"""


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize(
    "change",
    [
        mp.delete("john@acme.example"),
        mp.set("john@acme.example", address="johnny@acme.example"),
        mp.set("john@acme.example", aliases=["jim@acme.example"]),
        mp.set("john@acme.example", cn="Johnny"),
    ],
)
def test_all_ways_lead_where_they_should(
    monkeypatch: pytest.MonkeyPatch, change: mp.Change, few: int
) -> None:
    monkeypatch.setattr(version, "SMALLEST_BOUND", -100)
    monkeypatch.setattr("mailpolicy.snapshot.segment.FEW", few)
    after = mp.loads(ACME).with_changes(change).snapshot
    assert not after.recent.numbers
    anew = Base(after.dialect, after.base.entries, after.base.numbers)
    for index in Index:
        assert dict(after.base.find(TERMS[index]).items()) == dict(anew.find(TERMS[index]).items())
