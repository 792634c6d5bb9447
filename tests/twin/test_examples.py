"""A real slapd, given the schema of the dialect, takes the examples as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.schema.emit import emit
from mailpolicy.testing.generate import generate
from tests.slapd import Slapd, require

pytestmark = pytest.mark.twin

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"


def load_and_compare(directory: Path, dialect: str, suffix: str, ldif: bytes) -> None:
    require()
    slapd = Slapd(directory / "slapd", suffix=suffix, extra_schema=[emit(dialect, "ldif")])
    # `load` is quick and therefore takes any value; here the values are what is in question.
    slapd._run("slapadd", "-n", "1", "-F", slapd._config, stdin=ldif)
    stored = [record for record in read([slapd.dump()]) if isinstance(record, ContentRecord)]
    written = [record for record in read([ldif]) if isinstance(record, ContentRecord)]
    assert [record.dn for record in stored] == [record.dn for record in written]
    for there, here in zip(stored, written, strict=True):
        assert set(there.attributes) >= set(here.attributes)


@pytest.mark.parametrize(
    ("dialect", "file", "suffix"), [("native", "acme", "o=mail"), ("carbonio", "carbonio", "")]
)
def test_slapd_loads_the_example(tmp_path: Path, dialect: str, file: str, suffix: str) -> None:
    load_and_compare(tmp_path, dialect, suffix, (EXAMPLES / f"{file}.ldif").read_bytes())


@pytest.mark.parametrize(("dialect", "suffix"), [("native", "o=mail"), ("carbonio", ""), ("zimbra", "")])
def test_slapd_loads_what_is_generated(tmp_path: Path, dialect: str, suffix: str) -> None:
    load_and_compare(tmp_path, dialect, suffix, "".join(generate(300, dialect)).encode())
