"""A real slapd, given the schema of the dialect, takes the examples as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailpolicy.ldap.definitions import Definitions
from mailpolicy.ldap.ldif import ContentRecord, read
from mailpolicy.schema.dialects import find_dialect
from tests.slapd import Slapd, require

pytestmark = pytest.mark.twin

EXAMPLES = Path(__file__).parents[2] / "ldif" / "examples"


def schema_entry(definitions: Definitions) -> str:
    lines = ["dn: cn=dialect,cn=schema,cn=config", "objectClass: olcSchemaConfig", "cn: dialect"]
    lines += [f"olcAttributeTypes: {each}" for each in definitions.attribute_types]
    lines += [f"olcObjectClasses: {each}" for each in definitions.object_classes]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("dialect", "file", "suffix"), [("native", "acme", "o=mail"), ("carbonio", "carbonio", "")]
)
def test_slapd_loads_the_example(tmp_path: Path, dialect: str, file: str, suffix: str) -> None:
    require()
    ldif = (EXAMPLES / f"{file}.ldif").read_bytes()
    schema = schema_entry(find_dialect(dialect).own_definitions())
    slapd = Slapd(tmp_path / "slapd", suffix=suffix, extra_schema=[schema])
    # `load` is quick and therefore takes any value; here the values are what is in question.
    slapd._run("slapadd", "-n", "1", "-F", slapd._config, stdin=ldif)
    stored = [record for record in read([slapd.dump()]) if isinstance(record, ContentRecord)]
    written = [record for record in read([ldif]) if isinstance(record, ContentRecord)]
    assert [record.dn for record in stored] == [record.dn for record in written]
    for there, here in zip(stored, written, strict=True):
        assert set(there.attributes) >= set(here.attributes)
