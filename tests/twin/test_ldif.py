"""LDIF as the tools of OpenLDAP read and write it."""

from __future__ import annotations

import subprocess
from collections import defaultdict

import ldap
import pytest
from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.ldif import (
    Add,
    ChangeRecord,
    ContentRecord,
    Control,
    Delete,
    Modification,
    Modify,
    Rename,
    read,
    write,
)
from tests.slapd import PASSWORD, Slapd, StartSlapd, require

pytestmark = pytest.mark.twin

VALUES = (
    st.binary(min_size=1, max_size=300)
    | st.text(min_size=1).map(str.encode)
    | st.text("ab :<\n\r\t\0\x0b\x7f", min_size=1, max_size=8).map(str.encode)
)
SUFFIX = ContentRecord(DN("o=mail"), (("objectClass", b"organization"), ("o", b"mail")))


def account(number: int, values: list[bytes]) -> ContentRecord:
    """An entry whose `userPassword`, an octet string, holds any bytes at all."""
    uid = str(number)
    lines = [("objectClass", b"account"), ("objectClass", b"simpleSecurityObject"), ("uid", uid.encode())]
    return ContentRecord(DN(f"uid={uid},o=mail"), (*lines, *(("userPassword", value) for value in values)))


def stored(ldif: bytes) -> dict[str, dict[str, list[bytes]]]:
    """Entries by DN, without what slapd adds itself."""
    entries = {}
    for record in read([ldif]):
        assert isinstance(record, ContentRecord), record
        values = defaultdict(list)
        for name, value in record.attributes:
            if name in ("objectClass", "uid", "o", "userPassword"):
                values[name].append(value)
        entries[str(record.dn)] = {name: sorted(each) for name, each in values.items()}
    return entries


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=4, unique=True), min_size=1, max_size=30))
def test_slapadd_reads_what_we_write_and_we_read_what_slapcat_writes(accounts: list[list[bytes]]) -> None:
    require()
    ldif = b"".join(write([SUFFIX, *(account(number, values) for number, values in enumerate(accounts))]))
    slapd = Slapd(suffix="o=mail", data=ldif)
    try:
        dump, folded = slapd.dump(), slapd._run("slapcat", "-n", "1", "-F", slapd._config)
    finally:
        slapd.stop()
        slapd._remove()
    assert stored(dump) == stored(folded) == stored(ldif)


def test_ldapmodify_does_what_our_change_records_say(start_slapd: StartSlapd) -> None:
    person = (
        ("objectClass", b"person"),
        ("objectClass", b"posixAccount"),
        ("cn", b"x"),
        ("sn", "Müller".encode()),
    )
    account = (("uid", b"x"), ("uidNumber", b"41"), ("gidNumber", b"1"), ("homeDirectory", b"/x"))
    x, y = DN("cn=x,o=mail"), DN("cn=y,ou=people,o=mail")
    modifications = (
        Modification("add", "description", (b" one", b"zwei, drei ", b"v" * 200)),
        Modification("delete", "description", (b" one",)),
        Modification("replace", "sn", (b"Miller",)),
        Modification("increment", "uidNumber", (b"1",)),
        Modification("delete", "gecos"),
    )
    manage = Control("2.16.840.1.113730.3.4.2", critical=True)
    records = [
        ChangeRecord(
            DN("ou=people,o=mail"), Add((("objectClass", b"organizationalUnit"), ("ou", b"people")))
        ),
        ChangeRecord(x, Add((*person, *account, ("gecos", b"x")))),
        ChangeRecord(DN("cn=gone,o=mail"), Add((("objectClass", b"person"), ("cn", b"gone"), ("sn", b"g")))),
        ChangeRecord(x, Modify(modifications), (manage,)),
        ChangeRecord(x, Rename(DN("cn=y"), True, DN("ou=people,o=mail"))),
        ChangeRecord(DN("cn=gone,o=mail"), Delete()),
    ]
    slapd = start_slapd(suffix="o=mail", data=b"".join(write([SUFFIX])))
    command = ["ldapmodify", "-x", "-H", slapd.uri, "-D", slapd.root_dn, "-w", PASSWORD]
    done = subprocess.run(command, input=b"".join(write(records)), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    found = dict(
        slapd.connect().search_s(
            "o=mail", ldap.SCOPE_SUBTREE, attrlist=["description", "sn", "uidNumber", "cn"]
        )
    )
    assert set(found) == {"o=mail", "ou=people,o=mail", str(y)}
    assert found[str(y)] == {
        "cn": [b"y"],
        "sn": [b"Miller"],
        "uidNumber": [b"42"],
        "description": [b"zwei, drei ", b"v" * 200],
    }
