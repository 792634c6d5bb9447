"""Entries are shown whole, but for their secrets."""

from __future__ import annotations

from base64 import b64encode

import mailpolicy as mp
from mailpolicy.show import attributes_table, entry_json, ldif_text

GRANT = "wile.e@customer.example gst sendToDistList hunter2"
TEXT = f"""\
dn: cn=board,o=mail
objectClass: groupOfURLs
objectClass: mpList
cn: board
mail: board@acme.example
mpGrants: {GRANT}
userPassword: hunter2
"""
DIRECTORY = mp.loads(TEXT)
DIALECT = DIRECTORY.snapshot.dialect
ENTRY = DIRECTORY.list("board@acme.example").entry
SECRET = ("hunter2", b64encode(b"hunter2").decode())


def harmless(text: str) -> bool:
    return not any(secret in text for secret in SECRET)


def test_ldif_says_what_it_leaves_out() -> None:
    text = "".join(ldif_text([ENTRY], DIALECT))
    assert harmless(text)
    assert "mail: board@acme.example\n" in text
    assert text.endswith("# mpGrants: (without its secrets)\n# userPassword: (secret)\n\n")


def test_json_names_what_it_leaves_out() -> None:
    shown = entry_json(ENTRY, DIALECT)
    assert harmless(repr(shown))
    assert shown["secret"] == ["userPassword"]
    assert shown["attributes"]["mail"] == ["board@acme.example"]


def test_a_table_marks_a_secret_where_there_is_one() -> None:
    table = attributes_table([ENTRY], ["mail", "mpGrants", "userPassword", "sn"], DIALECT)
    texts = [cell.text for cell in table.rows[0]]
    assert texts[0:2] == ["cn=board,o=mail", "board@acme.example"]
    assert harmless(texts[2])
    assert texts[3:] == ["(secret)", ""]
