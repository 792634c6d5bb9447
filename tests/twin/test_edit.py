"""What `create` makes is what a real slapd takes: one object of each kind, in each dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.schema.emit import emit
from tests.slapd import Slapd, require
from tests.trees import carbonio_text

pytestmark = pytest.mark.twin

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"
URL = "ldap:///ou=people,dc=new,dc=example??sub?(objectClass=person)"


def starting(dialect: str) -> mp.Directory:
    if dialect == "zimbra":
        ann = {"zimbraAccountStatus": "active"}
        return mp.loads(carbonio_text(ann, {}, {}, None), dialect=dialect)
    name = {"native": "acme", "carbonio": "carbonio"}[dialect]
    return mp.open(EXAMPLES / f"{name}.ldif", dialect=dialect)


def one_of_each(directory: mp.Directory) -> list[Any]:
    """Every kind of object, most of them where nothing says where."""
    dialect = directory.snapshot.dialect.name
    people = "ou=people,dc=new,dc=example"
    target = directory.accounts(text="@acme.example")[0]
    if dialect == "native":
        alias = {"mpAliasTarget": target.dn}
    else:
        alias = {"zimbraAliasTargetId": target.settings["zimbraId"]}
    lost = dialect == "zimbra"  # its tree has no object of these kinds to stand beside
    config = {"native": "o=mail", "carbonio": "cn=zimbra", "zimbra": "cn=zimbra"}[dialect]
    return [
        mp.create("cos:gold", mailbox_quota="5 GiB", description="Shiny"),
        mp.create("domain:new.example", default_cos="gold", max_mailbox_quota="4 GiB"),
        mp.create("domain:mail.sub.new.example"),
        mp.create("account:Ann@new.example", cos="gold", display_name="Ännchen", imap_enabled=False),
        mp.create("resource:room@new.example", dn=f"uid=room,{people}" if lost else None, capacity=8),
        mp.create(
            "list:all@new.example",
            dn=f"uid=all,{people}" if lost else None,
            member_addresses=["ann@new.example", "x@y.example"],
        ),
        mp.create("list:dyn@new.example", dn=f"cn=dyn,{people}" if lost else None, member_urls=URL),
        mp.create("alias:al@new.example", alias, dn=f"uid=al,{people}" if lost else None),
        mp.create("server:mx9.new.example", dn=f"cn=mx9.new.example,{config}" if lost else None),
    ]


@pytest.mark.parametrize(("dialect", "suffix"), [("native", "o=mail"), ("carbonio", ""), ("zimbra", "")])
def test_slapd_takes_what_is_created(tmp_path: Path, dialect: str, suffix: str) -> None:
    require()
    before = starting(dialect)
    after = before.with_changes(*one_of_each(before))
    written = mp.dumps(after).encode()
    slapd = Slapd(tmp_path / "slapd", suffix=suffix, extra_schema=[emit(dialect, "ldif")])
    slapd._run("slapadd", "-n", "1", "-F", slapd._config, stdin=written)
    stored = {record.dn for record in read([slapd.dump()]) if isinstance(record, ContentRecord)}
    assert stored == {entry.dn for entry in after.snapshot}
    assert mp.loads(slapd.dump(), dialect=dialect).revision == after.revision
    known = {finding.id for finding in before.findings}
    # The dynamic list is a good one, though there is nobody yet whom it finds.
    assert {finding.id for finding in after.findings} <= known | {"finds-nobody"}
