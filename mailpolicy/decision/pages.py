"""The reference pages of rules and replies, written from their tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..tables import markdown_table
from .policy import Policy, Rule
from .replies import REPLIES
from .table import DEFAULT_POLICY

__all__ = ["replies_markdown", "rules_markdown"]

RULES: Final = """\
<!-- Generated from mailpolicy/decision/table: do not edit. -->

# The rules

Which rules are asked about a request, in this order. The first that refuses decides; the others add what
becomes of the message. [Decisions explained](../explanation/decisions.md) shows them at work.

`mode` is `enforce`, or `warn` or `audit` for rules that are only watched until a site switches them on.
`on unknown` is what becomes of a request where the directory cannot tell: `defer` it, `pass` over the rule,
or `reject` it. A site chooses otherwise under [`[rules]`](configuration.md), and [adds rules of its
own](../how-to/rule.md).

{tables}
"""

KINDS: Final = (
    ("Delivery", "Mail from somebody who has not logged in"),
    ("Submission", "Mail from somebody who has logged in"),
    ("Post", "A message to a list"),
    ("Login", "A login"),
    ("Recovery", "A forgotten password"),
    ("Edit", "A change of an entry"),
    ("Device", "A mobile device"),
    ("Booking", "An invitation of a resource"),
)
HEAD: Final = ("rule", "what it does", "mode", "on unknown")

REPLY_PAGE: Final = """\
<!-- Generated from mailpolicy/decision/replies.py: do not edit. -->

# The replies

What the remote side is told. A reply names no class of service, no DN and no owner of a list: those are in
the reasons, which only the operator sees. The codes are those of RFC 5321 and, for logins, RFC 4954; the
statuses those of RFC 3463. Where a mailbox has a text of its own for refusing all mail, that is told.

{table}
"""


def rules_markdown(policy: Policy = DEFAULT_POLICY) -> str:
    """Every rule by the requests it is asked about, as a page in Markdown."""
    return RULES.format(tables="\n\n".join(sections(policy)))


def sections(policy: Policy) -> Iterator[str]:
    from . import requests

    for kind, title in KINDS:
        rules = policy.about(getattr(requests, kind))
        table = markdown_table(HEAD, map(row, rules))
        yield f"## {title}: `{kind}`\n\n{table.rstrip()}"


def row(rule: Rule) -> tuple[str, ...]:
    return f"`{rule.id}`", rule.says, rule.mode, rule.on_unknown


def replies_markdown() -> str:
    """Every reply, as a page in Markdown."""
    rows = ((str(each.code), each.status, each.text, f"`{name}`") for name, each in REPLIES.items())
    return REPLY_PAGE.format(table=markdown_table(("code", "status", "text", "name"), rows).rstrip())
