"""LDIF read fast, compared with a reader that is slow and obvious; and parse∘print = identity."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import ldif as python_ldap
import pytest
from hypothesis import example, given, strategies as st

from mailpolicy.errors import InvalidLDIF
from mailpolicy.ldap.dn import AVA, DN
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
    read,
    write,
)

# --- the reference ------------------------------------------------------------------------------------

NAME = re.compile(rb"([A-Za-z][A-Za-z0-9-]*|[0-9]+([.][0-9]+)+)(;[A-Za-z0-9-]+)*")


class Wrong(Exception):
    """Raised with the number of the line at fault."""


def reference(data: bytes) -> Iterator[tuple[str, Any]]:
    """What `data` holds, one line at a time, for files without change records."""
    record: list[tuple[int, bytes]] = []
    for number, line in enumerate([*data.replace(b"\r\n", b"\n").split(b"\n"), b""], 1):
        if line.startswith(b" ") and record:
            start, text = record[-1]
            record[-1] = (start, text + line[1:])
        elif line:
            record.append((number, line))
        elif record:
            lines = [each for each in record if not each[1].startswith(b"#")]
            record = []
            try:
                yield from reference_record(lines)
            except Wrong as wrong:
                yield "broken", wrong.args[0]


def reference_record(lines: list[tuple[int, bytes]]) -> Iterator[tuple[str, Any]]:
    if lines and lines[0][1].startswith(b"version:"):
        if reference_value(lines[0]) != b"1":
            raise Wrong(lines[0][0])
        lines = lines[1:]
    if not lines:
        return
    start = lines[0][0]
    if not lines[0][1].startswith(b"dn:"):
        raise Wrong(start)
    try:
        dn = DN.parse(reference_value(lines[0]).decode())
    except ValueError:
        raise Wrong(start) from None
    if not lines[1:]:
        raise Wrong(start)
    attributes = []
    for number, line in lines[1:]:
        name, colon, _ = line.partition(b":")
        if not colon or not NAME.fullmatch(name) or name == b"dn":
            raise Wrong(number)
        attributes.append((name.decode(), reference_value((number, line))))
    yield "entry", (dn, tuple(attributes), start)


def reference_value(line: tuple[int, bytes]) -> bytes:
    number, text = line
    spec = text[text.index(b":") + 1 :]
    if spec.startswith(b"<"):
        raise Wrong(number)
    if not spec.startswith(b":"):
        return spec.lstrip(b" ")
    encoded = spec[1:].strip(b" ")
    if not re.fullmatch(rb"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", encoded):
        raise Wrong(number)
    return base64.b64decode(encoded)


def as_reference(records: Iterator[Record | InvalidLDIF]) -> Iterator[tuple[str, Any]]:
    for record in records:
        if isinstance(record, InvalidLDIF):
            yield "broken", record.line
        else:
            assert isinstance(record, ContentRecord)
            yield "entry", (record.dn, record.attributes, record.line)


# --- what is read -------------------------------------------------------------------------------------

GOOD = b"cn: x|sn: y|cn:: eA==| more|# comment|mail: a@acme.example".split(b"|")
ODD = (
    b"dn: o=a|dn: uid=x,o=mail|dn:: bz1h|dn:|dn: |dn: no name|dn:: /w==|dn: o=\xff|version: 1|version: 2|-||"
    b"cn: x|cn:x|cn:  x|cn: x  y|cn: x:  y|cn: |cn:|cn|cn;lang-de: x|2.5.4.3: x|c n: x|: x|\xff: x|"
    b"cn:: eA==|cn::eA==|cn:: eA|cn:: e A==|cn:: eA== |cn::|cn:: : x|cn:< file:///a|cn: \xff\xfe|cn: a\rb|"
    b"# comment|# a: b|#| folded| |  cn: x| =b"
).split(b"|")
LINES = st.sampled_from(GOOD) | st.sampled_from(ODD)
RECORD = st.builds(
    lambda first, rest: [first, *rest, b""],
    st.sampled_from([b"dn: o=a", b"dn: uid=x,o=mail"]),
    st.lists(LINES, min_size=1, max_size=6),
)
MANY_LINES = st.lists(LINES) | st.lists(RECORD, max_size=5).map(
    lambda records: list(chain.from_iterable(records))
)
ENDED_LINES = st.tuples(LINES, st.sampled_from([b"\n", b"\r\n"])).map(b"".join)
SOURCES = MANY_LINES.map(b"\n".join) | MANY_LINES.map(b"\r\n".join) | st.lists(ENDED_LINES).map(b"".join)
NOISE = st.lists(st.sampled_from([bytes([byte]) for byte in b"dnoa1:;= -#\r\n\xff"])).map(b"".join)


@given(SOURCES)
def test_reads_as_the_reference_does(source: bytes) -> None:
    assert list(as_reference(read([source]))) == list(reference(source))


TEACHING = b"dn: o=a\ncn: x\nc: x\ncnn: x\nn: x\nmail: x\no;x: x\n\n"
KNOWN = st.lists(
    st.sampled_from(
        b"cn: x|c: x|mail: a@acme.example|o;x: y|cn:: eA==|cn:: eA== |n:: e|cn: n: n|n: :|c: c: |c: |n|cn|c:|"
        b"cn:|cn:n|:: x|: n|n: x\r|dn: o=b|dn: o=a+c=b|dn| n: x| x|  x|#c: x|# n".split(b"|")
    ),
    min_size=1,
    max_size=6,
).map(b"\n".join)
FIRST_LINES = st.sampled_from([b"dn: o=a\n", b"dn: o=A b\n"]) | st.sampled_from([b"dn:o=a\n", b"dn\n", b""])


@given(st.lists(st.tuples(FIRST_LINES, KNOWN).map(b"".join), min_size=1, max_size=4))
@example([b"dn: o=a\ncn\nmail: n: y"])  # two pieces to a line, and `cn` before `n` is a known name
@example([b"dn: o=a\nn\nmail"])  # one piece to a line, and `mail` in the place of a value
@example([b"dn: o=a\ncn:  x"])
def test_known_names_are_read_as_the_reference_reads_them(records: list[bytes]) -> None:
    source = TEACHING + b"\n\n".join(records)
    assert list(as_reference(read([source]))) == list(reference(source))


@given(SOURCES, st.data())
def test_where_the_stream_is_cut_does_not_matter(source: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(source)), max_size=8)))
    pieces = [source[start:end] for start, end in zip([0, *cuts], [*cuts, len(source)], strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailpolicy.ldap.ldif.blocks.CHUNK", 1)
        assert list(as_reference(read(pieces))) == list(reference(source))


@given(st.binary() | NOISE)
def test_noise_is_read_and_kept(source: bytes) -> None:
    assert list(as_reference(read([source]))) == list(reference(source))
    for record in read([source]):
        if isinstance(record, InvalidLDIF):
            assert record.text.encode("utf-8", "surrogateescape") in source


class PythonLdap(python_ldap.LDIFParser):  # type: ignore[misc]
    def handle(self, dn: str, entry: dict[str, list[bytes]]) -> None:
        self.found = [*getattr(self, "found", []), (dn, entry)]


# --- what is written ----------------------------------------------------------------------------------

VALUES = (
    st.binary(max_size=200) | st.text().map(str.encode) | st.text("ab :<\n\r\0", max_size=8).map(str.encode)
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,40}(;[a-z0-9-]{1,5}){0,2}", fullmatch=True).filter(
    lambda name: name.lower() not in ("dn", "changetype", "control", "version")
)
DNS = st.lists(st.text(min_size=1, max_size=12), max_size=3).map(
    lambda values: DN.build(*(AVA("ou", value) for value in values))
)
ATTRIBUTES = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=6).map(tuple)
MODIFICATIONS = (
    st.builds(
        Modification, st.sampled_from(["delete", "replace"]), NAMES, st.lists(VALUES, max_size=3).map(tuple)
    )
    | st.builds(Modification, st.just("add"), NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple))
    | st.builds(Modification, st.just("increment"), NAMES, st.just((b"1",)))
)
CHANGES = (
    st.builds(Add, ATTRIBUTES)
    | st.just(Delete())
    | st.builds(Modify, st.lists(MODIFICATIONS, max_size=3).map(tuple))
    | st.builds(Rename, DNS.filter(lambda dn: dn.depth == 1), st.booleans(), st.none() | DNS)
)
CONTROLS = st.builds(Control, st.just("1.2.840.113556.1.4.805"), st.booleans(), st.none() | VALUES)
CONTENT = st.builds(ContentRecord, DNS, ATTRIBUTES)
ANY_RECORD = CONTENT | st.builds(ChangeRecord, DNS, CHANGES, st.lists(CONTROLS, max_size=2).map(tuple))


@given(st.lists(ANY_RECORD, max_size=4), st.booleans())
def test_what_is_written_reads_back(records: list[Record], version: bool) -> None:
    assert list(read(write(records, version=version))) == records


@given(st.lists(ANY_RECORD, max_size=4))
def test_writing_is_canonical(records: list[Record]) -> None:
    text = b"".join(write(records))
    again = [record for record in read([text]) if not isinstance(record, InvalidLDIF)]
    assert b"".join(write(again)) == text
    assert all(len(line) <= 76 and line.isascii() for line in text.split(b"\n"))


def no_separator_first(record: ContentRecord) -> bool:
    """python-ldap drops these control characters at the start of a value, as if they were spaces."""
    return not any(value[:1] in (b"\x1c", b"\x1d", b"\x1e", b"\x1f") for _, value in record.attributes)


@given(st.lists(CONTENT.filter(no_separator_first), max_size=4))
def test_python_ldap_reads_what_we_write(records: list[ContentRecord]) -> None:
    parser = PythonLdap(io.BytesIO(b"".join(write(records))))
    parser.parse()
    expected = []
    for record in records:
        entry: dict[str, list[bytes]] = {}
        for name, value in record.attributes:
            entry.setdefault(name, []).append(value)
        expected.append((str(record.dn), entry))
    assert getattr(parser, "found", []) == expected


@given(st.lists(st.tuples(DNS, ATTRIBUTES), max_size=4))
def test_we_read_what_python_ldap_writes(entries: list[tuple[DN, tuple[tuple[str, bytes], ...]]]) -> None:
    output = io.StringIO()
    writer = python_ldap.LDIFWriter(output)
    for dn, attributes in entries:
        grouped: dict[str, list[bytes]] = {}
        for name, value in attributes:
            grouped.setdefault(name, []).append(value)
        writer.unparse(str(dn), grouped)
    for (dn, attributes), record in zip(entries, read([output.getvalue().encode()]), strict=True):
        assert isinstance(record, ContentRecord)
        assert record.dn == dn
        assert sorted(record.attributes) == sorted(attributes)
