"""Directories from files, to files, and through pickles, threads and other processes."""

from __future__ import annotations

import gzip
import io
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.errors import (
    InvalidLDIF,
    NotFound,
    SchemaError,
)
from tests.examples import ACME, EXAMPLES, JOHN, both


class TestFiles:
    @pytest.mark.parametrize("name", ["copy.ldif", "copy.ldif.gz"])
    @both
    def test_there_and_back(self, directory: mp.Directory, name: str, tmp_path: Path) -> None:
        path = tmp_path / name
        directory.save(path)
        again = mp.open(path)
        assert again.revision == directory.revision
        assert sorted(tmp_path.iterdir()) == [path]
        assert path.read_bytes()[:2] == (b"\x1f\x8b" if name.endswith("gz") else b"dn")

    def test_equal_content_is_an_equal_file(self, tmp_path: Path) -> None:
        ACME.save(tmp_path / "a.gz")
        mp.loads(mp.dumps(ACME)).save(tmp_path / "b.gz")
        assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()

    def test_what_was_there_stays_when_it_cannot_be_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "taken").mkdir()
        (tmp_path / "taken" / "child").touch()
        with pytest.raises(OSError, match="taken"):
            ACME.save(tmp_path / "taken")
        assert [each.name for each in tmp_path.iterdir()] == ["taken"]

    def test_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with (EXAMPLES / "acme.ldif").open() as file:
            monkeypatch.setattr("sys.stdin", file)
            assert mp.open("-").revision == ACME.revision
            assert not file.closed

    def test_a_text_or_bytes(self) -> None:
        raw = (EXAMPLES / "acme.ldif").read_bytes()
        assert mp.loads(raw).revision == mp.loads(raw.decode()).revision == ACME.revision

    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(FileNotFoundError):
            mp.open("nowhere.ldif")

    def test_strict_raises_what_is_a_finding_else(self, tmp_path: Path) -> None:
        with pytest.raises(SchemaError) as caught:
            mp.open(EXAMPLES / "acme.ldif", strict=True)
        assert any("5GB?" in problem for problem in caught.value.problems)
        with pytest.raises(InvalidLDIF) as broken:
            mp.loads("dn: o=mail\nobjectClass organization\n", strict=True)
        assert broken.value.line == 2
        assert [each.id for each in mp.loads("dn: o=mail\nobjectClass organization\n").findings] == [
            "broken-record"
        ]

    def test_a_gz_that_is_cut_off(self, tmp_path: Path) -> None:
        path = tmp_path / "cut.ldif.gz"
        path.write_bytes(gzip.compress((EXAMPLES / "acme.ldif").read_bytes())[:-2000])
        with pytest.raises(gzip.BadGzipFile, match=r"cut\.ldif\.gz"):
            mp.open(path)

    def test_the_schema_of_a_site(self, tmp_path: Path) -> None:
        schema = tmp_path / "site.schema"
        schema.write_text("attributetype ( 2.25.1 NAME 'shoeSize' SUP name )\n")
        first_line = f"dn: {ACME.account(JOHN).dn}\n"
        path = tmp_path / "site.ldif"
        path.write_text(mp.dumps(ACME).replace(first_line, f"{first_line}SHOESIZE: 44\n"))
        site = mp.open(path, schema=schema)
        assert site.account(JOHN).settings["shoesize"] == ("44",)
        assert site.search("", filter="(name=44)")[0].dn == site.account(JOHN).dn
        with pytest.raises(NotFound):
            ACME.account(JOHN).settings["shoeSize"]
        again = pickle.loads(pickle.dumps(site))
        assert again.account(JOHN).settings["shoesize"] == ("44",)


class TestRevision:
    def test_is_the_same_in_every_process(self) -> None:
        program = "import mailpolicy as mp, sys; print(mp.open(sys.argv[1]).revision)"
        found = {
            subprocess.run(
                [sys.executable, "-c", program, str(EXAMPLES / "acme.ldif")],
                env={"PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            for seed in ("0", "1", "2")
        }
        assert found == {ACME.revision}

    def test_the_findings_come_in_the_same_order_too(self) -> None:
        program = "import mailpolicy as mp, sys; print(*mp.open(sys.argv[1]).findings, sep='\\n')"
        found = {
            subprocess.run(
                [sys.executable, "-c", program, str(EXAMPLES / "acme.ldif")],
                env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
                check=True,
                capture_output=True,
                text=True,
                encoding="utf-8",
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(found) == 1


class TestPickle:
    @both
    def test_a_directory_travels(self, directory: mp.Directory) -> None:
        there = pickle.loads(pickle.dumps(directory))
        assert there.revision == directory.revision
        assert there.statuses == directory.statuses
        assert there.account(JOHN).settings.flat() == directory.account(JOHN).settings.flat()
        assert there.findings == directory.findings
        assert there.snapshot.dialect is directory.snapshot.dialect
        assert there.with_changes(mp.set(JOHN, display_name="J")).revision != directory.revision

    @both
    def test_an_object_takes_its_directory_along(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        john.settings.flat()
        there = pickle.loads(pickle.dumps(john))
        assert there == there.directory.account(JOHN)
        assert hash(there) == hash(john)
        assert there.settings.mailbox_quota == john.settings.mailbox_quota

    @both
    def test_answers_travel_alone(self, directory: mp.Directory) -> None:
        john = directory.account(JOHN)
        for answer in (john.explain("mailbox_quota"), john.status, directory.findings, john.entry):
            assert pickle.loads(pickle.dumps(answer)) == answer
        found = directory.search("", filter="(mail=john*)")
        assert pickle.loads(pickle.dumps(found)) == found


@both
def test_threads_share_it(directory: mp.Directory) -> None:
    expected = {account.name: account.settings.flat() for account in directory.accounts()}
    shared = pickle.loads(pickle.dumps(directory))
    accounts = shared.accounts()
    wrong: list[Any] = []
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        try:
            wrong.extend(each for each in accounts if each.settings.flat() != expected[each.name])
            shared.revision, shared.findings  # noqa: B018
            shared.with_changes(mp.set(JOHN, display_name="J"))
        except BaseException as error:  # noqa: BLE001  -- what a thread raises is lost otherwise
            wrong.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert shared.revision == directory.revision


def test_a_stream_of_nothing() -> None:
    empty = mp.loads("")
    assert (empty.accounts(), empty.findings, len(empty.snapshot)) == ((), (), 0)
    buffer = io.StringIO(mp.dumps(empty))
    assert buffer.read() == ""
