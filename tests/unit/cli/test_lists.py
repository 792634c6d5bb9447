"""Who is on a list, who would be, and on which lists somebody is: beyond what the golden files hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.cli import Exit
from mailpolicy.show import Screen
from mailpolicy.tables import Line

from .conftest import SOURCES, Ask

ACME = mp.open(SOURCES["ACME"])
LISTS = [each.name for each in ACME.lists()]
PEOPLE = [*(each.name for each in ACME.accounts("acme.example")), "wile.e@customer.example", *LISTS]


def parsed(text: str) -> Any:
    return json.loads(text)


@pytest.mark.parametrize("name", LISTS)
def test_the_json_of_an_expansion_has_every_member_as_the_library_has(ask: Ask, name: str) -> None:
    expansion = ACME.expand(name)
    found = parsed(ask(["expand", "ACME", name, "--json"]).out)
    assert [each["address"] for each in found["members"]] == [*expansion.addresses]
    assert [each["via"] for each in found["members"]] == [[*each.via] for each in expansion]
    assert found["counts"] == expansion.counts
    assert found["loops"] == [[*way] for way in expansion.loops]


@pytest.mark.parametrize("name", LISTS)
def test_addresses_are_all_and_one_a_line(ask: Ask, name: str) -> None:
    assert ask(["expand", "ACME", name, "--addresses"]).out.splitlines() == [*ACME.expand(name).addresses]


def test_why_is_yes_for_exactly_the_members(ask: Ask) -> None:
    staff = ACME.list("staff@acme.example")
    on_it = {*ACME.expand("staff@acme.example").addresses, "sales@acme.example", "partners@acme.example"}
    for whom in PEOPLE:
        if whom == "trent@acme.example":
            continue
        answer = ask(["expand", "ACME", staff.name, "--why", whom, "--json"])
        assert answer.exit == (Exit.YES if whom in on_it else Exit.NO)
        said = parsed(answer.out)
        assert (said["address"], said["member"]) == (whom, whom in on_it)
        assert any(each["matched"] is said["member"] for each in said["reasons"])


@pytest.mark.parametrize("filter", ["(ou=Sales)", "(!(l=Berlin))", "(mail=j*)"])
def test_preview_says_why_for_exactly_those_it_finds(ask: Ask, filter: str) -> None:
    members = {each.name for each in ACME.preview(filter).members}
    for whom in ("john@acme.example", "jane@acme.example", "judy@acme.example", "zoe@acme.example"):
        answer = ask(["preview", "ACME", filter, "--why", whom, "--json"])
        assert answer.exit == (Exit.YES if whom in members else Exit.NO)
        said = parsed(answer.out)
        assert said["member"] is (whom in members)
        assert said["reasons"]


def test_a_member_by_an_address_that_only_mail_follows(ask: Ask) -> None:
    answer = ask("expand ACME sales@acme.example --why john+x@alias.example")
    assert answer.exit == Exit.YES
    assert answer.out.startswith("john@acme.example is on sales@acme.example\n")
    assert answer.err == "mailpolicy: mail for john+x@alias.example goes to john@acme.example\n"
    assert ask("lists-of ACME john+x@alias.example").out == ask("lists-of ACME john@acme.example").out


def test_a_preview_has_no_differences_where_there_is_nothing_to_compare(ask: Ask) -> None:
    found = parsed(ask("preview ACME (ou=Sales) --json").out)
    assert (found["against"], found["added"], found["removed"], found["removed_addresses"]) == (None,) * 4
    assert "plan" not in found


def test_a_preview_notes_what_saving_it_would_do(ask: Ask) -> None:
    leak = "preview ACME (objectClass=mpAccount) --against sales@acme.example"
    assert "tenant-leak" in ask(leak).err
    assert ask(f"{leak} --json").err == ""
    unscoped = "ldap:///ou=people,dc=acme.example,o=mail???(ou=IT)"
    answer = ask(["preview", "ACME", unscoped, "--against", "sales@acme.example"])
    assert "probably meant" in " ".join(answer.out.split())
    assert answer.err == ""


def test_a_list_without_member_urls_cannot_be_given_one(ask: Ask) -> None:
    static = "preview CARBONIO (objectClass=zimbraAccount) --against partners@acme.example"
    answer = ask(static)
    assert answer.exit == Exit.NO
    (note,) = (line for line in answer.err.splitlines() if "cannot be saved" in line)
    assert note.startswith("mailpolicy: note: ")


LIST = "\ndn: cn={0},o=mail\nobjectClass: groupOfURLs\nobjectClass: mpList\ncn: {0}\nmail: {0}@b.example\n"
MANY = 150


@pytest.fixture
def crowded(tmp_path: Path) -> str:
    """A list of many outside addresses, and somebody who is on many lists."""
    members = "".join(f"mpMemberAddresses: m{number}@c.example\n" for number in range(MANY))
    lists = [LIST.format(f"l{number}") + "mpMemberAddresses: m1@c.example\n" for number in range(MANY)]
    source = tmp_path / "crowded.ldif"
    text = "dn: o=mail\nobjectClass: organization\no: mail\n" + LIST.format("crowd") + members
    source.write_text(text + "".join(lists))
    return str(source)


def test_a_table_is_short_and_the_rest_complete(ask: Ask, crowded: str) -> None:
    table = ask(["expand", crowded, "crowd@b.example"]).out
    assert table.endswith(f"… and {MANY - 100} more\n")
    assert len(parsed(ask(["expand", crowded, "crowd@b.example", "--json"]).out)["members"]) == MANY
    assert len(ask(["expand", crowded, "crowd@b.example", "--addresses"]).out.splitlines()) == MANY
    assert len(ask(["expand", crowded, "crowd@b.example", "--tree"]).out.splitlines()) < MANY


def test_somebody_on_many_lists_is_shown_some_of_them(ask: Ask, crowded: str) -> None:
    table = ask(["lists-of", crowded, "m1@c.example"]).out
    assert table.startswith(f"m1@c.example: on {MANY + 1} lists\n")
    assert table.endswith(f"… and {MANY - 99} more\n")
    assert len(parsed(ask(["lists-of", crowded, "m1@c.example", "--json"]).out)["lists"]) == MANY + 1


BROKEN = "\nuserPassword: hunter2\n"


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        ("expand {} crowd@b.example", Exit.YES),
        ("expand {} crowd@b.example --why m1@c.example", Exit.YES),
        ("expand {} crowd@b.example --why nobody@c.example", Exit.UNKNOWN),
        ("expand {} crowd@b.example --why l1@b.example", Exit.UNKNOWN),
        ("expand {} crowd@b.example --why gone@b.example", Exit.UNKNOWN),
        ("lists-of {} m1@c.example", Exit.YES),
        ("lists-of {} nobody@c.example", Exit.UNKNOWN),
        ("preview {} (cn=l1) --against crowd@b.example", Exit.NO),
    ],
)
def test_who_may_be_on_a_list_by_a_lost_part_is_not_denied(
    ask: Ask, crowded: str, words: str, exit_code: Exit
) -> None:
    with Path(crowded).open("a") as source:
        source.write(BROKEN)
    answer = ask(words.format(crowded))
    assert answer.exit == exit_code
    assert (answer.out == "") is (exit_code is Exit.UNKNOWN)
    assert "hunter2" not in answer.err
    if "--why" not in words or exit_code is Exit.UNKNOWN:
        assert answer.err


def test_control_characters_of_a_directory_stay_there(ask: Ask, tmp_path: Path) -> None:
    source = tmp_path / "odd.ldif"
    source.write_text(
        "dn: o=mail\nobjectClass: organization\no: mail\n"
        + LIST.format("odd")
        + "mpMemberAddresses:: bUBjLmV4YW1wbGUbWzMxbQ==\nmpMemberAddresses: m@c.example\n"
    )
    for how in ("", "--tree", "--addresses", "--json", "--why m@c.example"):
        answer = ask(["expand", str(source), "odd@b.example", *how.split()])
        assert answer.exit == Exit.YES
        assert "\x1b" not in answer.out + answer.err


def test_a_tree_is_drawn_in_colours_where_there_are_any(tmp_path: Path) -> None:
    def tagged(line: Line) -> str:
        return "".join(f"<{piece.style}>{piece.text}" for piece in line)

    path = tmp_path / "screen"
    with path.open("w") as stream:
        Screen(stream, paint=tagged).draw(ACME.expand("sales@acme.example").tree())
    first, *_ = path.read_text().splitlines()
    assert "<own>sales@acme.example" in first
    assert "<note>8 members" in first
