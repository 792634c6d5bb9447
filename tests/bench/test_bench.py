"""The figures can be measured, and what is compared is what it says: accounts, turns, page."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import mailpolicy as mp
from bench import accounts, command, mailing_lists
from bench.apart import apart, apart_without
from bench.figure import Figure, Result, Unmeasured, at_least, at_most
from bench.figures import FIGURES
from bench.measure import Ratio, collector, in_turns, ratio
from bench.page import page
from bench.scale import FULL, QUICK, Scale
from tests import postfix
from tests.slapd import require

TINY = QUICK.times(0.1)
ASK_SLAPD = {
    *("filters", "filters-fast", "expand", "is-member", "lists-of", "completion"),
    *("refresh", "search-all", "restart", "live-memory", "arrive", "flood"),
}


def unmeasurable(scale: Scale) -> Iterator[Result]:
    raise Unmeasured(f"no server for {scale.few} accounts")


class TestAccounts:
    def test_each_has_17_values_in_some_520_bytes(self) -> None:
        entries = [accounts.account(number) for number in range(990_000, 1_000_000)]
        # One line for the DN, and the blank one.
        assert {entry.count("\n") - 2 for entry in entries} == {accounts.VALUES} == {17}
        assert 505 < sum(map(len, entries)) / len(entries) < 535

    def test_the_directory_is_sound_and_knows_every_address(self) -> None:
        directory = mp.loads("".join(accounts.ldif(300)))
        assert len(directory.accounts()) == 300
        assert not directory.findings
        for number in range(300):
            assert str(directory.account(accounts.address(number)).address) == accounts.address(number)

    def test_they_differ_as_real_ones_do(self) -> None:
        directory = mp.loads("".join(accounts.ldif(2000)))
        assert len(directory.domains()) == 50
        assert len(directory.classes_of_service()) == 5
        shares = [
            len(directory.search("", filter=filter)) / 2000
            for filter in ("(departmentNumber=sales)", "(mpMailboxQuota=*)", "(cn=*kov*)")
        ]
        assert shares == pytest.approx([0.1, 0.1, 0.05], abs=0.03)

    def test_the_file_is_written_once(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(accounts, "CACHE", tmp_path)
        path = accounts.ldif_file(20)
        assert path.read_text() == "".join(accounts.ldif(20))
        path.write_text("as it is")
        assert accounts.ldif_file(20).read_text() == "as it is"
        assert list(tmp_path.iterdir()) == [path]


class TestMailingLists:
    def test_dynamic_ones_find_about_as_many_as_they_say(self) -> None:
        directory = mp.loads("".join(mailing_lists.dynamic(2000, 50)))
        lists = directory.lists()
        assert len(lists) == len(mailing_lists.LARGE) + 50
        for name in mailing_lists.LARGE:
            found = directory.expand(mailing_lists.list_address(name))
            assert len(found) * 50 == pytest.approx(int(name), rel=0.4)
        assert sum(map(len, map(directory.expand, lists))) > 2000 * 0.6

    def test_the_first_of_the_nested_ones_leads_to_all_others(self) -> None:
        members = mailing_lists.nested_lists(100, 1000)
        directory = mp.loads("".join(mailing_lists.nested(1000, members)))
        first, *others = members
        expansion = directory.expand(first)
        assert set(expansion.addresses) == set().union(*members.values()) - members.keys()
        assert expansion.loops
        assert not expansion.dangling
        outermost = members[others[-1]] - members.keys()
        assert all(directory.list(first).is_member(address) for address in outermost)


class TestMeasure:
    def test_sides_take_turns_and_the_first_changes(self) -> None:
        order: list[str] = []

        def side(name: str) -> float:
            order.append(name)
            return 1.0

        samples = in_turns(3, gc_enabled=True, ours=lambda: side("ours"), theirs=lambda: side("theirs"))
        assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
        assert samples == {"ours": [1.0] * 3, "theirs": [1.0] * 3}

    def test_no_round_begins_once_patience_has_ended(self) -> None:
        assert in_turns(3, gc_enabled=True, patience=0, ours=lambda: 1.0) == {"ours": [1.0]}

    @pytest.mark.parametrize("enabled", [True, False])
    def test_the_collector_is_as_asked_and_then_as_before(self, enabled: bool) -> None:
        before = gc.isenabled()
        with collector(enabled=enabled):
            assert gc.isenabled() is enabled
        assert gc.isenabled() is before

    def test_medians_are_divided(self) -> None:
        assert ratio([1.0, 2.0, 90.0], [1.0, 1.0, 10.0]) == Ratio(2.0, 1.0, 9.0)

    def test_a_goal_is_a_bound_on_either_side(self) -> None:
        assert Result.single("", 5.0, goal=at_most(5)).verdict == "met"
        assert Result.single("", 5.1, goal=at_most(5)).verdict == "missed"
        assert Result.single("", 19.0, goal=at_least(20)).verdict == "missed"
        assert Result.single("", 21.0, goal=at_least(20)).verdict == "met"
        assert Result.single("", 5.0).verdict == ""


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_can_be_measured(figure: Figure) -> None:
    if figure.name in ASK_SLAPD:
        require()
    if figure.name == "policy-postfix":
        postfix.require(ldap=False)
    if figure.name == "filters-fast":
        pytest.importorskip("pyroaring")
    results = command.results_or_reason(figure, TINY)
    assert isinstance(results, list), results
    assert results
    assert all(0 < each.measured.lowest <= each.measured.highest for each in results)


def test_what_is_hidden_is_so_from_processes_of_processes() -> None:
    assert apart_without("pyroaring", find_spec, "pyroaring") is None
    assert apart_without("pyroaring", apart, find_spec, "pyroaring") is None
    assert apart(find_spec, "attrs") is not None


def test_the_page_says_what_came_out() -> None:
    figure = Figure("speed", "a question", "a dict", "off", unmeasurable)
    results = [
        Result("one", Ratio(4.21, 3.0, 5.0), at_most(4)),
        Result.single("a|b", 1.25, unit="kB", note="odd"),
    ]
    text = page([(figure, results), (figure, "no slapd")], FULL, {"cores": "2"})
    assert "| – one |  |  | ≤ 4 | 4.21 × | 3–5 | missed |" in text
    assert "| – a&#124;b |  |  |  | 1.25 kB |  | odd |" in text
    assert "| a question | a dict | off |  | not measured |  | no slapd |" in text
    assert "| cores | 2 |" in text
    assert "small run" not in text


def test_the_page_says_why_a_goal_was_missed() -> None:
    figure = Figure("speed", "a question", "a dict", "off", unmeasurable)
    results = [
        Result.single("one", 5.0, goal=at_most(4), why="There is no faster way."),
        Result.single("two", 5.0, goal=at_most(4)),
        Result.single("three", 3.0, goal=at_most(4), why="There is none here either."),
    ]
    text = page([(figure, results)], FULL, {})
    assert "- **a question** – one: There is no faster way.\n" in text
    assert "- **a question** – two: nobody has said yet why.\n" in text
    assert "none here either" not in text


def test_a_small_run_is_not_judged() -> None:
    figure = Figure("speed", "a question", "a dict", "off", unmeasurable)
    missed = Result.single("one", 5.0, goal=at_most(4), why="There is no faster way.")
    text = page([(figure, [missed])], QUICK, {}, is_small=True)
    assert "| – one |  |  | ≤ 4 | 5 × |  |  |" in text
    assert "no faster way" not in text
    assert "From a small run" in text


def test_the_command_measures_what_it_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "page.md"
    command.main(["--quick", "--figure", "setting", "--output", str(output)])
    assert "two reads" in capsys.readouterr().out
    assert "From a small run" in output.read_text()


def test_what_is_missing_is_told_and_the_rest_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    figure = Figure("speed", "a question", "a dict", "off", unmeasurable)
    assert list(command.measured([figure], TINY)) == [(figure, "no server for 500 accounts")]
    assert "not measured: no server" in capsys.readouterr().out
