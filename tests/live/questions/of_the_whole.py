"""Questions about entries and the whole: searches, findings, changes, and the way to LDIF and back."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve

import mailpolicy as mp

from .about import JOHN, crossed, filters, trees
from .plain import lines_of, shown
from .table import InOrder, question

SCOPES = ["base", "one", "sub", "children"]

URLS = (
    "ldap:///o=mail", "ldap:///o=mail?cn,mail?sub?(uid=john)", "ldap:///dc=example?*?sub?(uid=john)",
    "ldap:///o=mail?+?base", "ldap:///o=mail?1.1?one", "ldap:///dc=example??one?(objectClass=*)",
    "ldap:///o=mail??nope", "ldap:///o=mail??sub?(", "ldap:///", "ldap:///cn=nope,o=mail??base",
    "ldap://elsewhere/o=mail", "ldap:///o=mail????!x-nope", "ldaps:///dc=example?mail?sub?(mail=j*)",
    "LDAP:///O=Mail??SUB?(uid=JOHN)", "ldap:///dc=ex%61mple??base", "http:///o=mail",
)  # fmt: skip

CHANGES: dict[str, list[Any]] = {
    "nothing": [],
    "a value": [mp.set(JOHN, mailbox_quota="2 GiB")],
    "none of it": [mp.unset(JOHN, "mailbox_quota"), mp.set("config", password_min_length=3)],
    "to and fro": [mp.set(JOHN, display_name="J"), mp.set(JOHN, display_name="K")],
    "a list": [mp.create("list:new@acme.example", member_addresses=[JOHN])],
    "one less": [mp.delete(JOHN)],
    "nobody": [mp.set("nobody@acme.example", mailbox_quota="2 GiB"), mp.delete("cos:nope")],
    "what is wrong": [mp.set(JOHN, mailbox_quota="5GB?", imap_enabled="maybe"), mp.set("cos:nope", cos="x")],
    "a value more": [mp.add_value(JOHN, aliases="doe@acme.example")],
    "a value less": [mp.remove_value(JOHN, aliases="nope@acme.example")],
}


@question(lambda file: [*product(trees(file)[:2], ["sub"], filters(file)),
                        *crossed(trees(file), SCOPES, filters(file), every=13)])  # fmt: skip
def search(directory: Any, base: str, scope: str, filter: str) -> Any:
    return InOrder(map(repr, map(shown, directory.search(base, scope, filter))))


@question(lambda file: crossed(
    trees(file), [None, [], ["mail"], ["MAIL", "commonName"], ["*"], ["+"], ["1.1"], ["nope"], "uid"],
))  # fmt: skip
def attributes(directory: Any, base: str, chosen: Any) -> Any:
    return InOrder(repr(shown(each)) for each in directory.search(base, attributes=chosen))


@question(lambda file: crossed(trees(file), SCOPES, [0, 1, 3, 1000, -1]))
def limits(directory: Any, base: str, scope: str, limit: int) -> Any:
    """Which entries come first is for the source to say."""
    found = directory.search(base, scope, limit=limit)
    allowed = {each.dn for each in directory.search(base, scope)}
    return len(found), {each.dn for each in found} <= allowed


@question(lambda file: URLS)
def urls(directory: Any, url: str) -> Any:
    found = directory.search(url)
    return InOrder(map(repr, map(shown, found))), found.dialect.name


@question(lambda file: crossed(["", "nope"], ["sub", "nope"], ["(mail=*)", mp.Filter.parse("(uid=j*)")]))
def parsed_filters(directory: Any, base: str, scope: str, filter: Any) -> Any:
    return len(directory.search(base, scope, filter))


@question()
def findings(directory: Any) -> Any:
    """A server has no lines."""
    return InOrder(map(repr, (evolve(each, line=None) for each in directory.findings)))


@question()
def revision(directory: Any) -> Any:
    return directory.revision


@question()
def freshness(directory: Any) -> Any:
    return bool(directory.freshness), directory.freshness.state


@question()
def in_a_table(directory: Any) -> Any:
    """What can be told without looking at everything; the freshness is that of each source."""
    return lines_of(directory.as_table())["dialect"], directory._repr_html_()[:10]


@question()
def state_of_the_moment(directory: Any) -> Any:
    now = directory.directory
    return isinstance(now, mp.Directory), now.revision, len(now.snapshot), now.statuses


@question(lambda file: [*CHANGES])
def with_changes(directory: Any, name: str) -> Any:
    after = directory.with_changes(*CHANGES[name])
    return type(after), after.revision, after.statuses, InOrder(map(repr, map(shown, after.search(""))))


@question(lambda file: CHANGES["what is wrong"])
def what_is_wrong_with_changes(directory: Any, change: Any) -> Any:
    try:
        directory.with_changes(change)
    except mp.errors.SchemaError as error:
        return error.problems
    return None


@question()
def dumps(directory: Any) -> Any:
    return records(mp.dumps(directory))


def records(text: str) -> Any:
    return InOrder(map(repr, map(shown, mp.loads(text).search(""))))


@question(lambda file: ["directory.ldif", "directory.ldif.gz"])
def save(directory: Any, name: str) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        directory.save(path)
        return mp.open(path).revision, [each.name for each in Path(folder).iterdir()]
