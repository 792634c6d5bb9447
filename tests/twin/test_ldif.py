"""LDIF as the tools of OpenLDAP read and write it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings, strategies as st

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.ldif import ContentRecord, read, write
from tests.slapd import Slapd, require

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
