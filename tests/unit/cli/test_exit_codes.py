"""The exit code is the answer; what goes wrong is said in one line."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from mailpolicy.cli import Exit
from mailpolicy.cli.verbs import explain
from mailpolicy.errors import Unavailable

from .conftest import EXAMPLES, Ask

YES = [
    "explain ACME john@acme.example",
    "explain ACME J.Doe@alias.example mailbox_quota",
    "explain ACME uid=john,ou=people,dc=acme.example,o=mail",
    "explain ACME cos:premium",
    "explain ACME config",
    "explain CARBONIO john@acme.example zimbraMailQuota",
    "status ACME john@acme.example",
    "status ACME list:all@acme.example",
    "status ACME everest@acme.example",
    "status ACME domain:acme.example",
    "search ACME (uid=john)",
    "search ACME uid=john",
    "search ACME ldap:///o=mail??sub?(uid=john)",
    "search ACME (objectClass=*) --base o=mail --scope base",
    "expand ACME staff@acme.example",
    "expand ACME order@acme.example --tree",
    "expand ACME cn=staff,ou=lists,dc=acme.example,o=mail --depth 1",
    "expand ACME list:staff@acme.example --addresses",
    "expand ACME staff@acme.example --why WILE.E@customer.example",
    "expand ACME staff@acme.example --why z.mueller@acme.example --json",
    "expand ACME staff@acme.example --why list:sales@acme.example",
    "expand ACME all@acme.example --within-domain",
    "lists-of ACME john@acme.example",
    "lists-of ACME wile.e@customer.example",
    "lists-of ACME uid=john,ou=people,dc=acme.example,o=mail --json",
    "lists-of CARBONIO john@acme.example",
    "preview ACME (ou=Sales)",
    "preview ACME (ou=Nowhere)",
    "preview ACME ou=Sales",
    "preview ACME (activesync-enabled=TRUE) --effective --plan",
    "preview ACME ldap:///ou=people,dc=acme.example,o=mail???(ou=IT)",
    "preview ACME ldap:///ou=people,dc=acme.example,o=mail??sub?(ou=Sales) --against sales@acme.example",
    "preview ACME (ou=Sales) --why john@acme.example",
    "schema",
    "schema carbonio --format schema",
    "schema zimbra --json",
    "--help",
    "--version",
    "status --help",
]

NO = {
    "status ACME grace@acme.example": "",
    "status ACME judy@acme.example": "",
    "status ACME hank@globex.example": "",
    "status ACME sol@soylent.example": "",
    "status ACME domain:initech.example": "",
    "search ACME (uid=nobody)": "",
    "explain ACME jon@acme.example": "no address 'jon@acme.example'; did you mean john@acme.example",
    "explain ACME john": "did you mean john@acme.example",
    "status ACME john@acme.exmple": "did you mean john@acme.example",
    "explain ACME premium": "did you mean cos:premium",
    "explain ACME cos:premum": "did you mean cos:premium",
    "explain ACME domain:acne.example": "did you mean domain:acme.example",
    "explain ACME uid=jon,o=mail": "no entry 'uid=jon,o=mail'",
    "search ACME (uid=john) --base o=nowhere": "no entry 'o=nowhere'",
    "expand ACME staff@acme.example --why heidi@acme.example": "",
    "expand ACME staff@acme.example --why heidi@acme.example --json": "",
    "expand ACME staff@acme.example --why nobody@elsewhere.example": "",
    "expand ACME staff@acme.example --why staff@acme.example": "",
    "expand ACME staff@acme.example --why john": "did you mean john@acme.example",
    "expand ACME staff@acme.example --why john@@": "no address 'john@@'",
    "expand ACME nobody@acme.example": "base-only",
    "expand ACME staf@acme.example": "did you mean staff@acme.example",
    "lists-of ACME nobody@elsewhere.example": "",
    "lists-of ACME hank@globex.example": "",
    "lists-of ACME hnk@globex.example": "did you mean hank@globex.example",
    "lists-of ACME john": "did you mean john@acme.example",
    "preview ACME (ou=Sales) --against all@acme.example": "",
    "preview ACME (ou=Nowhere) --against sales@acme.example --json": "",
    "preview ACME (ou=Sales) --against sales@acme.example --why jane@acme.example": "",
    "preview ACME (ou=Sales) --why wile.e@customer.example": "no address 'wile.e@customer.example'",
    "preview ACME (ou=Sales) --against sale@acme.example": "did you mean sales@acme.example",
    "preview ACME (objectClass=mpAccount) --against all@acme.example": "tenant-leak",
}

USAGE = {
    "": "required: VERB",
    "explian ACME": "explian",
    "explain": "required: SOURCE, ADDRESS",
    "explain ACME john@acme.example --colour": "--colour",
    "explain ACME john@acme.example mailbox_qouta": "did you mean mailbox_quota",
    "explain CARBONIO john@acme.example zimbraMailQuot": "did you mean zimbraMailQuota",
    "explain ACME cos:premium address": "no setting of a cos 'address'",
    "status ACME cos:premium": "cos premium has no status",
    "status ACME john@acme.example --at soon": "'soon': expected a time such as",
    "search ACME (uid=john": "'(uid=john' at character 9: expected a closing parenthesis",
    "search ACME ldap:///o=mail??far": "expected a scope",
    "search ACME ldap://elsewhere/o=mail": "expected a URL without a host",
    "search ACME ldap:///o=mail????!x-odd": "x-odd",
    "search ACME ldap:///o=mail --base o=mail": "leave --base and --scope away",
    "search ACME (uid=john) --scope far": "expected a scope",
    "search ACME (uid=john) --base nowhere": "'nowhere'",
    "search ACME (uid=john) --limit 0": "expected a whole number from 1",
    "search ACME (uid=john) --limit -1": "expected a whole number from 1",
    "expand ACME john@acme.example": "account john@acme.example is no list",
    "expand ACME domain:acme.example": "domain acme.example is no list",
    "expand ACME staff@acme.example --depth 0": "expected a whole number from 1",
    "expand ACME staff@acme.example --tree --addresses": "not allowed with",
    "expand ACME staff@acme.example --why bob@acme.example --depth 1": "leave --depth",
    "expand ACME staff@acme.example --why bob@acme.example --within-domain": "leave --depth",
    "expand ACME staff@acme.example --why cos:premium": "cos premium can be on no list",
    "lists-of ACME domain:acme.example": "domain acme.example can be on no list",
    "lists-of ACME": "required: ADDRESS",
    "preview ACME": "required: URL|FILTER",
    "preview ACME (ou=Sales": "'(ou=Sales' at character 9: expected a closing parenthesis",
    "preview ACME ldap://ldap1/o=mail??sub?(ou=Sales)": "did you mean ldap:///o=mail??sub?(ou=Sales)?",
    "preview ACME ldap:///o=mail?mail?sub?(ou=Sales)": "expected no attributes",
    "preview ACME ldap:///o=mail??sub?(ou=Sales": "a server passes it over",
    "preview ACME ldap:///o=mail??sub?(ou=Sales) --effective": "leave --effective away",
    "preview ACME (ou=Sales) --against john@acme.example": "account john@acme.example is no list",
    "schema exchange": "exchange",
    "schema native --format yaml": "yaml",
    "explain ACME john@acme.example --dialect exchange": "exchange",
}

BAD = {
    "expand ACME staff@acme.example --why trent@acme.example": "belongs to 2 entries: uid=sybil,",
    "lists-of ACME trent@acme.example": "belongs to 2 entries: uid=sybil,",
    "preview ACME (ou=IT) --why trent@acme.example": "belongs to 2 entries: uid=sybil,",
    "explain ACME trent@acme.example": "belongs to 2 entries: uid=sybil,",
    "explain ACME john@acme.example --strict": "'5GB?': expected a size",
}


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


@pytest.mark.parametrize("words", YES)
def test_yes(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert (answer.exit, answer.err) == (Exit.YES, "")
    assert answer.out


@pytest.mark.parametrize("words", NO)
def test_no(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert answer.exit == Exit.NO
    assert NO[words] in answer.err
    assert answer.err == "" or one_line(answer.err).startswith("mailpolicy: ")


@pytest.mark.parametrize("words", USAGE)
def test_wrong_usage(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert (answer.exit, answer.out) == (Exit.USAGE, "")
    assert USAGE[words] in one_line(answer.err)


@pytest.mark.parametrize("words", BAD)
def test_bad_input(ask: Ask, words: str) -> None:
    answer = ask(words)
    assert (answer.exit, answer.out) == (Exit.BAD, "")
    assert BAD[words] in one_line(answer.err)


def test_many_problems_are_still_one_line(ask: Ask) -> None:
    line = one_line(ask("explain ACME john@acme.example --strict").err)
    assert line.count("error ") == 3
    assert line.endswith("more")


def test_a_broken_source_says_where_and_repeats_nothing_secret(ask: Ask, tmp_path: Path) -> None:
    source = tmp_path / "broken.ldif"
    source.write_text("dn: o=mail\nobjectClass: organization\no: mail\n\nuserPassword: hunter2\n")
    answer = ask(["status", str(source), "a@b.example", "--strict"])
    assert answer.exit == Exit.BAD
    assert one_line(answer.err).startswith("mailpolicy: line 5: expected ")
    assert "hunter2" not in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["status", "{}", "a@b.example"],
        ["search", "{}", "(mail=a@b.example)"],
        ["expand", "{}", "a@b.example"],
        ["lists-of", "{}", "a@b.example"],
        ["preview", "{}", "(mail=a@b.example)", "--against", "a@b.example"],
        ["preview", "{}", "(mail=a@b.example)", "--why", "a@b.example"],
    ],
)
@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "dn: o=mail\no: mail\n\nuserPassword: hunter2\n", "dn: o=mail\nchangetype: delete\n"],
)
def test_what_may_stand_in_a_lost_part_is_not_denied(
    ask: Ask, tmp_path: Path, words: list[str], text: str
) -> None:
    source = tmp_path / "part.ldif"
    source.write_text(text)
    answer = ask([each.format(source) for each in words])
    assert (answer.exit, answer.out) == (Exit.UNKNOWN, "")
    assert ", but " in answer.err.splitlines()[-1]
    assert "hunter2" not in answer.err


def missing(folder: Path) -> Path:
    return folder / "missing.ldif"


def a_folder(folder: Path) -> Path:
    return folder


def not_compressed(folder: Path) -> Path:
    path = folder / "plain.ldif.gz"
    path.write_bytes((EXAMPLES / "acme.ldif").read_bytes())
    return path


def cut_short(folder: Path) -> Path:
    path = folder / "short.ldif.gz"
    path.write_bytes(gzip.compress((EXAMPLES / "acme.ldif").read_bytes())[:2000])
    return path


def damaged(folder: Path) -> Path:
    path = folder / "damaged.ldif.gz"
    content = bytearray(gzip.compress((EXAMPLES / "acme.ldif").read_bytes()))
    content[500:600] = bytes(100)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("make", [missing, a_folder, not_compressed, cut_short, damaged])
def test_a_source_that_cannot_be_read_is_never_a_no(ask: Ask, tmp_path: Path, make: object) -> None:
    assert callable(make)
    path = make(tmp_path)
    answer = ask(["status", str(path), "john@acme.example"])
    assert (answer.exit, answer.out) == (Exit.UNKNOWN, "")
    assert str(path) in one_line(answer.err)


def test_a_missing_schema_is_never_a_no(ask: Ask) -> None:
    assert ask("status ACME john@acme.example --schema /nowhere").exit == Exit.UNKNOWN


def raising(failure: BaseException) -> object:
    def opened(asked: object) -> NoReturn:
        raise failure

    return opened


@pytest.mark.parametrize(
    ("failure", "exit_code", "said"),
    [
        (Unavailable("ldap://ldap1"), Exit.UNKNOWN, "mailpolicy: ldap://ldap1 has not answered\n"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, ""),
        (BrokenPipeError(), Exit.CLOSED, ""),
    ],
)
def test_other_endings(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, failure: BaseException, exit_code: Exit, said: str
) -> None:
    monkeypatch.setattr(explain, "opened", raising(failure))
    answer = ask("explain ACME john@acme.example")
    assert (answer.exit, answer.err) == (exit_code, said)


def test_a_bug_is_never_a_no(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "opened", raising(ZeroDivisionError("a bug")))
    answer = ask("explain ACME john@acme.example")
    assert answer.exit == Exit.UNKNOWN
    assert "ZeroDivisionError: a bug" in answer.err


def test_closed_standard_input_is_never_a_no(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert ask("status - john@acme.example").exit == Exit.UNKNOWN


def test_closed_standard_output_still_leaves_the_exit_code(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert ask("status ACME john@acme.example").exit == Exit.YES
    assert ask("status ACME judy@acme.example").exit == Exit.NO
