"""LDIF by example: every form RFC 2849 knows, and every way to get it wrong."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mailpolicy.errors import InvalidLDIF
from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.ldif import (
    Add,
    ChangeRecord,
    ContentRecord,
    Control,
    Delete,
    Modification,
    Modify,
    Record,
    Rename,
    contents_of_file,
    read,
    write,
)


def records(text: str | bytes) -> list[Record | InvalidLDIF]:
    return list(read([text.encode() if isinstance(text, str) else text]))


def only(text: str | bytes) -> Record | InvalidLDIF:
    [record] = records(text)
    return record


def content(text: str | bytes) -> ContentRecord:
    record = only(text)
    assert isinstance(record, ContentRecord), record
    return record


def change(text: str) -> ChangeRecord:
    record = only(text)
    assert isinstance(record, ChangeRecord), record
    return record


def broken(text: str | bytes) -> InvalidLDIF:
    record = only(text)
    assert isinstance(record, InvalidLDIF), record
    return record


# --- entries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("cn: John", b"John"),
        ("cn:John", b"John"),
        ("cn:   John", b"John"),
        ("cn: John ", b"John "),
        ("cn: \tJohn", b"\tJohn"),
        ("cn:", b""),
        ("cn: ", b""),
        ("cn::", b""),
        ("cn:: SsO2cmc=", b"J\xc3\xb6rg"),
        ("cn::SsO2cmc=", b"J\xc3\xb6rg"),
        ("cn::   SsO2cmc= ", b"J\xc3\xb6rg"),
        ("cn: Jörg", b"J\xc3\xb6rg"),
        ("cn: a: b:: c", b"a: b:: c"),
        ("cn: Jo\n  hn", b"Jo hn"),
        ("cn:: SsO2\n cmc=", b"J\xc3\xb6rg"),
        ("c\n n: John", b"John"),
        ("cn: John\n ", b"John"),
    ],
)
def test_values(line: str, value: bytes) -> None:
    assert content(f"dn: o=a\n{line}\n").attributes == (("cn", value),)
    # Twice, since the second time the name is known and the fast path takes over.
    assert (
        records(f"dn: o=a\n{line}\n\ndn: o=a\n{line}\n") == [ContentRecord(DN("o=a"), (("cn", value),))] * 2
    )


def test_bytes_survive() -> None:
    everything = bytes(range(1, 256)).replace(b"\n", b"")
    assert content(b"dn: o=a\ncn: " + everything + b"\n").attributes == (("cn", everything),)


@pytest.mark.parametrize(
    "dn", ["dn: cn=Jörg,o=a", "dn:: Y249SsO2cmcsbz1h", "dn: cn=Jö\n rg,o=a", "DN: cn=Jörg,o=a"]
)
def test_dn_forms(dn: str) -> None:
    assert content(f"{dn}\ncn: Jörg\n").dn == DN.parse("cn=Jörg,o=a")


def test_root_entry() -> None:
    assert content("dn:\nobjectClass: top\n").dn == DN("")


@pytest.mark.parametrize("name", ["cn", "cn;lang-de", "2.5.4.3", "jpegPhoto;binary;x-Y", "mpMailboxQuota"])
def test_names_stay_as_spelled(name: str) -> None:
    assert content(f"dn: o=a\n{name}: x\n").attributes[0][0] == name


def test_a_name_is_one_object_wherever_it_stands() -> None:
    lines = "employeeNumber: 1\nx-New;lang-de: 2\n"
    text = f"dn: o=a\n{lines}\ndn: o=b\n{lines}\ndn: o=c\n# not cut\n{lines}".encode()
    first, *others = [
        [name for name, _ in record.attributes]
        for record in [*records(text), *records(text)]
        if isinstance(record, ContentRecord)
    ]
    assert len(others) == 5
    for names in others:
        assert [id(name) for name in names] == [id(name) for name in first]


def test_comments_and_their_folds_are_skipped() -> None:
    text = "# a file\n#  of\n  cn: nothing\n\n# and\ndn: o=a\n# here\n  cn: too\n#cn: b\ncn: a\n b\n# end\n"
    assert content(text) == ContentRecord(DN("o=a"), (("cn", b"ab"),))


@pytest.mark.parametrize(
    "version", ["version: 1\n", "version: 1\n\n", "version:1\n", "# c\nversion: 1\n# d\n\n\n"]
)
def test_version(version: str) -> None:
    record = content(version + "dn: o=a\no: a\n")
    assert record.attributes == (("o", b"a"),)
    assert record.line == version.count("\n") + 1


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n", "\n# bye", "\n\n# bye\n", "\n \n"])
def test_ends_of_files(end: str) -> None:
    assert content("dn: o=a\no: a" + end).attributes == (("o", b"a"),)


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", "# only\n", "version: 1\n", "\r\n\r\n"])
def test_empty_files(text: str) -> None:
    assert records(text) == []


def test_windows_line_ends() -> None:
    text = "version: 1\r\n\r\ndn: o=a\r\no: a\r\n b\r\n\r\n\r\ndn: o=b\r\no:: Yg==\r\ncn: x\r\n"
    assert records(text) == [
        ContentRecord(DN("o=a"), (("o", b"ab"),)),
        ContentRecord(DN("o=b"), (("o", b"b"), ("cn", b"x"))),
    ]


def test_a_byte_order_mark_counts_at_the_very_start_only() -> None:
    mark = b"\xef\xbb\xbf"
    record = b"dn: o=mail\no: mail\n"
    for start in (b"", b"version: 1\n", b"# by hand\n", b"\n\n"):
        assert content(mark + start + record) == content(record)
    [pieces] = read([mark[:1], mark[1:] + record[:4], record[4:]])
    assert pieces == content(record)
    assert records(mark) == []
    first, second = records(record + b"\n" + mark + record)
    assert isinstance(first, ContentRecord)
    assert isinstance(second, InvalidLDIF)
    assert isinstance(only(mark + mark + record), InvalidLDIF)


def test_lines_are_counted_in_the_source() -> None:
    text = "\n# one\n\n\ndn: o=a\no: a\n a\n\n\n\n# two\n  folded\ndn: o=b\no: b\n\ndn: o=c\n# d\no\n"
    assert [record.line for record in records(text)] == [5, 13, 18]


def test_a_file_and_lines_and_pieces_read_alike() -> None:
    data = b"dn: o=a\r\no: a\r\n\r\ndn: o=b\no: b\n\n\ndn: o=c\no: c"
    expected = list(read(io.BytesIO(data)))
    assert len(expected) == 3
    assert list(read(data.splitlines(keepends=True))) == expected
    assert list(read(bytes([byte]) for byte in data)) == expected


def test_reading_is_lazy() -> None:
    def endless():
        while True:
            yield b"dn: o=a\no: a\n\n" * 100_000

    assert next(iter(read(endless()))) == ContentRecord(DN("o=a"), (("o", b"a"),))


def test_a_record_longer_than_any_buffer() -> None:
    photo = bytes(5_000_000)
    [record] = read(write([ContentRecord(DN("o=a"), (("jpegPhoto", photo),))]))
    assert isinstance(record, ContentRecord)
    assert record.attributes == (("jpegPhoto", photo),)


# --- changes -----------------------------------------------------------------------------------------


def test_add() -> None:
    record = change("dn: o=a\nchangetype: add\no: a\ncn:: eA==\n")
    assert record.change == Add((("o", b"a"), ("cn", b"x")))
    assert record.line == 1


def test_delete() -> None:
    assert change("dn: o=a\nChangeType: Delete\n").change == Delete()


def test_modify() -> None:
    text = """\
dn: o=a
changetype: modify
add: cn
cn: x
CN: y
-
delete: description
-
delete: mail
mail: a@acme.example
-
replace: sn
-
increment: uidNumber
uidNumber: 1
-
"""
    expected = Modify(
        (
            Modification("add", "cn", (b"x", b"y")),
            Modification("delete", "description"),
            Modification("delete", "mail", (b"a@acme.example",)),
            Modification("replace", "sn"),
            Modification("increment", "uidNumber", (b"1",)),
        )
    )
    assert change(text).change == expected
    assert change(text.removesuffix("-\n")).change == expected


@pytest.mark.parametrize("word", ["modrdn", "moddn"])
def test_rename(word: str) -> None:
    text = f"dn: cn=x,o=a\nchangetype: {word}\nnewrdn:: Y249eQ==\ndeleteoldrdn: 1\n"
    assert change(text).change == Rename(DN("cn=y"), True)
    assert change(text + "newsuperior: o=b\n").change == Rename(DN("cn=y"), True, DN("o=b"))
    assert change(text + "newsuperior:\n").change == Rename(DN("cn=y"), True, DN(""))


def test_controls() -> None:
    text = """\
dn: o=a
control: 1.2.840.113556.1.4.805 true
control: 1.2.3
control: 1.2.4 false: text
control: 1.2.5 true:: AAE=
control: 1.2.6:: /w==
changetype: delete
"""
    assert change(text).controls == (
        Control("1.2.840.113556.1.4.805", True),
        Control("1.2.3"),
        Control("1.2.4", False, b"text"),
        Control("1.2.5", True, b"\x00\x01"),
        Control("1.2.6", False, b"\xff"),
    )


def test_changetype_is_an_attribute_where_it_does_not_come_first() -> None:
    text = "dn: cn=1,cn=changelog\nchangeNumber: 1\nchangeType: add\n"
    assert content(text).attributes == (("changeNumber", b"1"), ("changeType", b"add"))
    assert isinstance(records(text + "\ndn: o=a\nchangeType: delete\n")[1], ChangeRecord)


# --- what is broken ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("cn: x\n", 1, "'dn:' at the start"),
        (" dn: o=a\n", 1, "'dn:' at the start"),
        ("junk\n", 1, "'dn:' at the start"),
        ("\ufeffdn: o=a\no: a\n", 1, "'dn:' at the start"),
        ("version: 2\n\n", 1, "version: 1"),
        ("dn o=a\no: a\n", 1, "'dn:' at the start"),
        ("dn: o=a\n", 1, "an attribute line"),
        ("dn: no name\no: a\n", 1, "a distinguished name"),
        ("dn:: bz1h!\no: a\n", 1, "base64"),
        ("dn:: /w==\no: a\n", 1, "UTF-8"),
        ("dn: o=a\n# c\no: a\n b\nno colon\n", 5, "'name: value'"),
        ("dn: o=a\no: a\n-\n", 3, "'name: value'"),
        ("dn: o=a\nfull name: a\n", 2, "an attribute name"),
        ("dn: o=a\n: a\n", 2, "an attribute name"),
        ("dn: o=a\n1a: a\n", 2, "an attribute name"),
        ("dn: o=a\no: a\ncn:: SsO2cm\n c\n", 3, "base64"),
        ("dn: o=a\ncn:: not base64\n", 2, "base64"),
        ("dn: o=a\ncn:: Zg\n", 2, "base64"),
        ("dn: o=a\no: a\ndn: o=b\no: b\n", 3, "a blank line"),
        ("dn: o=a\njpegPhoto:< file:///etc/hostname\n", 2, "not read unless allowed"),
        ("dn: o=a\ncontrol: 1.2.3\no: a\n", 3, "changetype:"),
        ("dn: o=a\ncontrol: 1.2.3\n", 2, "changetype:"),
        ("dn: o=a\ncontrol: yes\nchangetype: delete\n", 2, "an OID"),
        ("dn: o=a\nchangetype: destroy\n", 2, "one of add delete modify"),
        ("dn: o=a\nchangetype: add\n", 2, "an attribute line"),
        ("dn: o=a\nchangetype: delete\no: a\n", 3, "a blank line"),
        ("dn: o=a\nchangetype: modify\ncn: a\n", 3, "one of add delete replace increment"),
        ("dn: o=a\nchangetype: modify\nadd: cn\n-\n", 4, "a value of cn"),
        ("dn: o=a\nchangetype: modify\nadd: c n\n-\n", 3, "the name of an attribute"),
        ("dn: o=a\nchangetype: modify\nreplace: cn\nsn: a\n-\n", 4, "a value of cn, or '-'"),
        ("dn: o=a\nchangetype: modrdn\ndeleteoldrdn: 1\n", 3, "newrdn:"),
        ("dn: o=a\nchangetype: modrdn\nnewrdn: o=b,o=c\ndeleteoldrdn: 1\n", 3, "one level"),
        ("dn: o=a\nchangetype: modrdn\nnewrdn: o=b\n", 3, "deleteoldrdn:"),
        ("dn: o=a\nchangetype: modrdn\nnewrdn: o=b\ndeleteoldrdn: yes\n", 4, "0 or 1"),
        ("dn: o=a\nchangetype: modrdn\nnewrdn: o=b\ndeleteoldrdn: 0\no: a\n", 5, "a blank line"),
    ],
)
def test_broken_records(text: str, line: int, expected: str) -> None:
    before, after = "# a comment\n\ndn: o=before\no: before\ncn: x\n\n", "\n\ndn: o=after\no: after\n"
    first, error, last = records(before + text + after)
    assert isinstance(error, InvalidLDIF)
    assert expected in error.expected
    assert error.line == line + 6
    assert error.text.strip("\n") == text.strip("\n")
    assert error.position is not None
    assert error.text[: error.position].count("\n") == line - 1
    assert [first, last] == [
        ContentRecord(DN("o=before"), (("o", b"before"), ("cn", b"x"))),
        ContentRecord(DN("o=after"), (("o", b"after"),)),
    ]


def test_the_text_of_a_broken_record_keeps_every_byte() -> None:
    raw = b"dn: o=a\r\n# \xff\r\ncn: \xfe\r\n b\r\noops"
    error = broken(raw)
    assert error.text.encode("utf-8", "surrogateescape") == raw
    assert error.line == 5


def test_an_error_names_the_line_and_repeats_no_value() -> None:
    secret = "hunter2"
    error = broken(f"dn: o=a\nuserPassword: {secret}\nuserPassword:: {secret}!\no: a\n")
    assert str(error) == "line 3: userPassword: expected base64"
    assert secret in error.text
    error = broken(f"dn: o=a\nuserPassword: {secret}\nand then {secret}\n")
    assert str(error) == "line 3: expected 'name: value'"
    assert secret not in repr(error)


def test_a_broken_line_after_the_names_are_known() -> None:
    good = "dn: o=a\no: a\ncn: b\n"
    _, error, _ = records(f"{good}\n{good}cn:: !\n\n{good}")
    assert isinstance(error, InvalidLDIF)
    assert (error.line, error.expected) == (8, "base64")


# --- values behind URLs ------------------------------------------------------------------------------


def test_urls_are_opened_by_the_caller(tmp_path: Path) -> None:
    photo = tmp_path / "a photo.jpg"
    photo.write_bytes(b"\xff\xd8")
    text = f"dn: o=a\njpegPhoto:< {photo.as_uri()}\n".encode()
    [record] = read([text], urls=contents_of_file)
    assert record == ContentRecord(DN("o=a"), (("jpegPhoto", b"\xff\xd8"),))


@pytest.mark.parametrize(
    "url", ["file:///nonexistent", "http://acme.example/a", "file://elsewhere/etc/hosts"]
)
def test_urls_that_cannot_be_read(url: str) -> None:
    [error] = read([f"dn: o=a\njpegPhoto:< {url}\n".encode()], urls=contents_of_file)
    assert isinstance(error, InvalidLDIF)
    assert "a URL that can be read" in error.expected
    assert error.line == 2


# --- writing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"John", "cn: John"),
        (b"", "cn:"),
        (b"a b", "cn: a b"),
        (b"a:<b", "cn: a:<b"),
        (b"a\ttab", "cn: a\ttab"),
        (b"\ttab", "cn:: CXRhYg=="),
        (b" a", "cn:: IGE="),
        (b":a", "cn:: OmE="),
        (b"<a", "cn:: PGE="),
        (b"a ", "cn:: YSA="),
        (b" ", "cn:: IA=="),
        (b"a\nb", "cn:: YQpi"),
        (b"a\n", "cn:: YQo="),
        (b"a\rb", "cn:: YQ1i"),
        (b"a\0b", "cn:: YQBi"),
        ("Jörg".encode(), "cn:: SsO2cmc="),
        (b"\xff", "cn:: /w=="),
    ],
)
def test_base64_exactly_where_required(value: bytes, text: str) -> None:
    assert b"".join(write([ContentRecord(DN("o=a"), (("cn", value),))])) == f"dn: o=a\n{text}\n".encode()


@pytest.mark.parametrize("length", [71, 72, 73, 146, 147, 148, 149, 300])
def test_folding(length: int) -> None:
    record = ContentRecord(DN("o=a"), (("cn", b"x" * length),))
    first, *lines = b"".join(write([record])).decode().removesuffix("\n").split("\n")
    assert first == "dn: o=a"
    assert [len(line) for line in lines[:-1]] == [76] * (len(lines) - 1)
    assert 1 < len(lines[-1]) <= 76
    assert content("\n".join([first, *lines])) == record


def test_version_is_written_on_request() -> None:
    entry = ContentRecord(DN("o=a"), (("o", b"a"),))
    assert b"".join(write([entry, entry], version=True)) == b"version: 1\n\ndn: o=a\no: a\n\ndn: o=a\no: a\n"
    assert b"".join(write([entry])) == b"dn: o=a\no: a\n"


def test_changes_are_written() -> None:
    text = """\
dn: o=a
control: 1.2.3 true: x
control: 1.2.4
changetype: modify
replace: cn
cn: x
-
delete: sn
-

dn: o=a
changetype: delete

dn: cn=x,o=a
changetype: modrdn
newrdn: cn=y
deleteoldrdn: 0
newsuperior: o=b

dn: o=a
changetype: add
o: a
"""
    read_back = [record for record in records(text) if not isinstance(record, InvalidLDIF)]
    assert b"".join(write(read_back)) == text.encode()
