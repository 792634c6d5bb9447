"""Generated directories: the same every time, complete, and of the size that was asked for."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from mailpolicy.ldap.dn import DN
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.reasons import Level
from mailpolicy.schema.dialects import find_dialect
from mailpolicy.testing.generate import DIALECTS, generate, main

ACCOUNTS = 3000
ADDRESS_ATTRIBUTES = ("mail", "mpAliases", "zimbraMailDeliveryAddress", "zimbraMailAlias")


def entries(name: str, accounts: int = ACCOUNTS) -> list[Entry]:
    definitions = find_dialect(name).definitions
    found = []
    for record in read(text.encode() for text in generate(accounts, name)):
        assert isinstance(record, ContentRecord), record
        values: dict[str, tuple[bytes, ...]] = {}
        for description, value in record.attributes:
            assert definitions.canonical_name(description) == description
            values[description] = (*values.get(description, ()), value)
        found.append(Entry(record.dn, values, definitions))
    return found


@pytest.mark.parametrize("name", sorted(DIALECTS))
class TestEveryDialect:
    def test_so_many_accounts(self, name: str) -> None:
        dialect = find_dialect(name)
        levels = Counter(dialect.level_of(entry) for entry in entries(name))
        assert levels[Level.ACCOUNT] == ACCOUNTS
        assert levels[Level.GLOBAL] == 1
        assert levels[Level.COS] == 6
        assert levels[Level.DOMAIN] > 20
        assert levels[Level.LIST] > ACCOUNTS / 50

    def test_recognised(self, name: str) -> None:
        assert find_dialect("auto", entries(name)) is find_dialect(name)

    def test_every_value_can_be_read(self, name: str) -> None:
        dialect = find_dialect(name)
        for entry in entries(name):
            for attribute, values in entry.raw.items():
                known = dialect.attribute(attribute)
                assert dialect.definitions.attribute(attribute), attribute
                if known:
                    assert known.codec.read(tuple(map(bytes.decode, values)))[1] == (), (entry.dn, attribute)

    def test_parents_come_first_and_names_once(self, name: str) -> None:
        seen = {DN("")}
        for entry in entries(name):
            assert entry.dn.parent in seen
            assert entry.dn not in seen
            seen.add(entry.dn)

    def test_no_address_belongs_to_two(self, name: str) -> None:
        owner: dict[object, DN] = {}
        for entry in entries(name):
            for attribute in ADDRESS_ATTRIBUTES:
                for address in entry.get(attribute):
                    assert owner.setdefault(address, entry.dn) == entry.dn

    def test_same_seed_same_people(self, name: str) -> None:
        assert list(generate(500, name, 7)) == list(generate(500, name, 7))
        assert list(generate(500, name, 7)) != list(generate(500, name, 8))

    def test_references_lead_somewhere(self, name: str) -> None:
        everything = entries(name)
        known = {str(entry.dn) for entry in everything} | {entry.first("zimbraId") for entry in everything}
        for entry in everything:
            for attribute in ("mpCos", "mpDefaultCos", "mpAliasTarget", "zimbraCOSId", "zimbraAliasTargetId"):
                assert set(entry.get(attribute)) <= known


def test_native_accounts_have_the_usual_size() -> None:
    accounts = [text for text in generate(ACCOUNTS) if "objectClass: mpAccount" in text]
    assert 16 < sum(text.count("\n") - 2 for text in accounts) / ACCOUNTS < 19
    assert 450 < sum(map(len, accounts)) / ACCOUNTS < 560


def test_overrides_are_rare_and_present() -> None:
    accounts = [text for text in generate(ACCOUNTS) if "objectClass: mpAccount" in text]
    shares = {
        word: sum(word in text for text in accounts) / ACCOUNTS for word in ("Quota:", "Cos:", "Aliases:")
    }
    assert 0.07 < shares["Quota:"] < 0.13
    assert 0.5 < shares["Cos:"] < 0.6
    assert 0.2 < shares["Aliases:"] < 0.3


@pytest.mark.parametrize(
    ("dialect", "digest"),
    [
        ("native", "7792f5f55b5e16a2263187aa6a7a50555a2912eb6be17ceb51a666096cec5143"),
        ("carbonio", "7bc8401f0d80c3991d5dcba0d9a107e8f83d18e7a0eb4bbc76811df94a0cf6bb"),
    ],
)
def test_the_bytes_are_those_of_other_machines(dialect: str, digest: str) -> None:
    """Measurements are compared over years: whoever changes the people does so on purpose."""
    assert sha256("".join(generate(1000, dialect, 1)).encode()).hexdigest() == digest


def test_streaming() -> None:
    assert "o=mail" in next(generate(10**12))


def test_command_line(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    plain, compressed = tmp_path / "a.ldif", tmp_path / "a.ldif.gz"
    arguments = ["--accounts", "50", "--dialect", "carbonio", "--seed", "3"]
    main([*arguments, "--output", str(plain)])
    main([*arguments, "--output", str(compressed)])
    expected = "".join(generate(50, "carbonio", 3)).encode()
    assert plain.read_bytes() == expected
    assert gzip.decompress(compressed.read_bytes()) == expected
    again = tmp_path / "b.ldif.gz"
    main([*arguments, "--output", str(again)])
    assert again.read_bytes() == compressed.read_bytes()


def test_as_a_module() -> None:
    command = [sys.executable, "-m", "mailpolicy.testing.generate", "--accounts", "5"]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert done.stdout == "".join(generate(5)).encode()
