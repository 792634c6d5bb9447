"""What is damaged is told with file and line, and everything else is read."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailpolicy as mp
from mailpolicy.journal import Broken, Record, read, reading

EXAMPLE = Path("ldif/examples/acme.journal")
LINES = EXAMPLE.read_bytes().splitlines(keepends=True)
SYSLOG = b"Mar  1 09:00:00 mx postfix/smtpd[7]: NOQUEUE: reject: RCPT from mx[2001:db8::1]: 450 4.2.1 "
SYSLOG += b"<a@b.example>: later; from=<c@d.example> to=<a@b.example> proto=ESMTP helo=<mx>\n"
ISO = b"2025-03-01T09:00:00.123456+01:00" + SYSLOG[15:]


def kinds(*paths: Path) -> str:
    return "".join("r" if isinstance(each, Record) else "b" for each in read(paths))


def journal(folder: Path, *lines: bytes, name: str = "journal") -> Path:
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"half of a li\n", "Expecting value at character 0"),
        (LINES[0][:40] + b"\n", "Invalid control character at character 40"),
        (b"\n", "Expecting value"),
        (b"[]\n", "an object"),
        (b'{"at": 1}\n', "a moment with its zone"),
        (b"\xff\xfe\n", "UTF-8"),
        (b"[" * 100_000 + b"\n", "recursion"),
        (b"9" * 5000 + b"\n", "limit"),
        (LINES[0].replace(b"accept", b"axcept"), "one of accept"),
        (LINES[0].replace(b"sender", b"sander"), "sander"),
        (LINES[0].replace(b'"aggregate acme', b'"aggregate/x acme'), "a counter such as"),
        (LINES[0].replace(b'"delivery"', b'"letter"'), "kind"),
        (LINES[0].replace(b'":1,"', b'":true,"'), "a whole number"),
    ],
)
def test_a_broken_line_is_told_and_the_next_one_read(tmp_path: Path, line: bytes, why: str) -> None:
    path = journal(tmp_path, LINES[0], line, LINES[1])
    _, broken, after = read([path])
    assert isinstance(broken, Broken)
    assert (broken.source, broken.line) == (str(path), 2)
    assert why in broken.why
    assert len(broken.why) < 600
    assert isinstance(after, Record)
    # What is first in a file is not what the file is.
    assert kinds(journal(tmp_path, line, LINES[1])) == "br"


def test_a_line_without_end_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 2000)
    long = b'{"at":"' + b"x" * 9000 + b"\n"
    assert kinds(journal(tmp_path, LINES[0], long, LINES[1], long[:-1])) == "rbrb"


def test_several_files_also_packed_ones(tmp_path: Path) -> None:
    packed = tmp_path / "journal.1.gz"
    packed.write_bytes(gzip.compress(b"".join(LINES)))
    assert kinds(packed, EXAMPLE) == "r" * 16


def test_a_packed_file_that_is_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(LINES * 200))
    cut = journal(tmp_path, whole[: len(whole) // 2], name="cut.gz")
    flipped = journal(tmp_path, whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:], name="flipped.gz")
    for path in (cut, flipped, journal(tmp_path, b"no gzip", name="none.gz")):
        last, following = [*read([path, EXAMPLE])][-9:-7]
        assert isinstance(last, Broken)
        assert "damaged" in last.why
        assert isinstance(following, Record)


def test_an_empty_file_has_nothing(tmp_path: Path) -> None:
    assert kinds(journal(tmp_path)) == ""


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read([tmp_path / "none"]))


@pytest.mark.parametrize("line", [SYSLOG, ISO, b"<22>" + SYSLOG])
def test_a_log_of_postfix(tmp_path: Path, line: bytes) -> None:
    [record] = read([journal(tmp_path, line)])
    assert isinstance(record, Record)
    assert record.verdict is mp.Verdict.DEFER
    assert record.request == mp.Delivery("c@d.example", "a@b.example", client="2001:db8::1")
    assert record.reply.startswith("450 4.2.1")
    if line is ISO:
        assert record.at == datetime(2025, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)


def test_what_is_no_time_in_a_log_is_told(tmp_path: Path) -> None:
    odd = SYSLOG.replace(b"Mar  1", b"Mar 41")
    nameless = SYSLOG[16:]
    assert (
        kinds(journal(tmp_path, SYSLOG, odd, nameless, ISO.replace(b"-03-", b"-13-"), b"what?\n", ISO))
        == "rbbbr"
    )


def test_a_message_that_goes_on_in_the_next_file(tmp_path: Path) -> None:
    head = b"Mar  1 09:00:00 mx postfix/"
    first = journal(
        tmp_path,
        head + b"smtpd[7]: 4Fx1: client=mx[192.0.2.7], sasl_username=c@d.example\n",
        head + b"qmgr[8]: 4Fx1: from=<c@d.example>, size=700, nrcpt=2 (queue active)\n",
        name="mail.log.1",
    )
    sent = (
        head
        + b"lmtp[9]: 4Fx1: to=<member@b.example>, orig_to=<list@b.example>, relay=x, status=sent (250 ok)\n"
    )
    second = journal(tmp_path, sent, sent, head + b"qmgr[8]: 4Fx1: removed\n", sent, name="mail.log")
    [record] = read([first, second])
    assert isinstance(record, Record)
    expected = mp.Submission("c@d.example", "c@d.example", "list@b.example", size=700, client="192.0.2.7")
    assert (record.verdict, record.request) == (mp.Verdict.ACCEPT, expected)


def test_hidden_names_are_revealed_after_the_line_is_read() -> None:
    """A name with a quote in it would be the end of a text of JSON."""
    concealing = mp.journal.Concealing(b"a key of some length")
    name = '"a \\"b"@acme.example'
    concealing.learn([name])
    line = LINES[0].replace(b"john@acme.example", concealing.name(name).encode())
    assert reading.parsed(line, concealing).request.recipient == name  # type: ignore[union-attr]


def test_what_others_say_in_a_log_is_nobodys_mail(tmp_path: Path) -> None:
    """A Message-ID comes with the mail, and why mail was refused elsewhere says who refused it."""
    head = b"2026-03-01T09:00:00Z mx postfix/"
    path = journal(
        tmp_path,
        head + b"smtpd[7]: 4Fx1: client=mx[192.0.2.7]\n",
        head + b"cleanup[7]: 4Fx1: message-id=<a from=<boss@acme.example> to=<c@d> status=sent>\n",
        head + b"qmgr[8]: 4Fx1: from=<c@d.example>, size=700, nrcpt=1 (queue active)\n",
        head + b"smtp[9]: 4Fx1: to=<e@f.example>, relay=x, status=bounced (550 from x[::1] "
        b"sasl_username=boss size=9 from=<g@h.example> orig_to=<i@j.example> to=<k@l.example> proto=ESMTP)\n",
    )
    [record] = read([path])
    assert isinstance(record, Record)
    assert record.request == mp.Delivery("c@d.example", "e@f.example", size=700, client="192.0.2.7")
