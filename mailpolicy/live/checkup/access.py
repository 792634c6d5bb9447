"""Who we are to the server, and what it shows us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import NotFound, Unavailable
from ...ldap.filter import Or, Present
from .item import Item, ok, some, unseen, warning, wrong
from .subject import Subject

__all__ = ["account", "base", "limits", "schema", "secrets"]

USUAL_LIMIT: Final = 500
"""The size limit of a server that was told none."""
SCHEMA_FILE: Final = {"native": "ldif/schema/mailpolicy.ldif", "carbonio": "ldif/schema/carbonio.ldif"}
PAGE: Final = 400
SAMPLE: Final = 100
"""Entries with secrets that are looked at."""


def account(subject: Subject) -> Iterator[Item]:
    """The name the server knows us by."""
    name = subject.backend.whoami()
    if name:
        yield ok("account", f"is {name.removeprefix('dn:')}")
    else:
        yield warning("account", "is nobody in particular", "bind with a name: --bind-dn, --password-file")


def base(subject: Subject) -> Iterator[Item]:
    """Whether the directory is there."""
    try:
        subject.entry(subject.base, "1.1")
    except NotFound:
        there = some(subject.contexts) or "nothing that it says"
        remedy = f"give a base that the server has ({there}), and let this account read it (olcAccess)"
        yield wrong("base", f"there is no {subject.base or 'entry'} for this account to see", remedy)
    else:
        yield ok("base", f"{subject.base or 'the root'} is there, a {subject.dialect.name} directory")


def schema(subject: Subject) -> Iterator[Item]:
    """Whether the server knows the classes and attributes of the dialect."""
    known = subject.schema
    if known is None:
        yield unseen(
            "schema", "is not shown to this account", 'olcAccess: to dn.base="cn=subschema" by * read'
        )
        return
    own = subject.dialect.own_definitions()
    classes = [each.name for each in own.object_classes if known.object_class(each.name) is None]
    attributes = [each.name for each in own.attribute_types if known.attribute(each.name) is None]
    file = SCHEMA_FILE.get(subject.dialect.name, f"mailpolicy schema {subject.dialect.name}")
    if missing := classes + attributes:
        text = f"lacks {len(classes)} classes and {len(attributes)} attributes: {some(missing)}"
        # Releases of deployed servers differ in attributes that hardly anybody uses.
        judged = wrong if classes or subject.dialect.name == "native" else warning
        yield judged("schema", text, f"load {file}")
    else:
        yield ok(
            "schema", f"has all {len(own.object_classes)} classes, {len(own.attribute_types)} attributes"
        )


def secrets(subject: Subject) -> Iterator[Item]:
    """Whether this account is spared what a policy host must not know."""
    known = [each.name for each in subject.schema.attribute_types] if subject.schema else ["userPassword"]
    secret = [name for name in known if subject.dialect.is_secret(name)]
    visible: set[str] = set()
    filter = str(Or([Present(name) for name in secret]))
    for _, found in subject.backend.search(subject.base, filter=filter, attributes=secret, limit=SAMPLE):
        visible.update(found)
    if visible:
        names = some(sorted(visible))
        remedy = (
            f"olcAccess: to attrs={','.join(sorted(visible))} by anonymous auth by * none, before other rules"
        )
        yield warning("secrets", f"this account can read {names}; a policy host needs none of it", remedy)
    else:
        yield ok("secrets", f"none of {some(secret)} can be read")


def limits(subject: Subject) -> Iterator[Item]:
    """Whether everything can be read; one that gets the first 500 entries knows nothing of the others."""
    remedy = "olcLimits: dn.exact=… size=unlimited time=unlimited, for this account"
    counted = 0
    for page in (None, PAGE):
        counted, how = 0, "in pages" if page else "at once"
        try:
            for _ in subject.backend.search(subject.base, attributes=["1.1"], page=page):
                counted += 1
        except Unavailable as problem:
            yield wrong("limits", f"after {counted:,} entries {how}: {problem.why}", remedy)
            return
    proven = "" if counted > USUAL_LIMIT else f"; that it could be more than {USUAL_LIMIT} is not proven"
    yield ok("limits", f"all {counted:,} entries can be read{proven}")
