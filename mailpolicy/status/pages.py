"""The reference page of the statuses, written from the tables themselves."""

from __future__ import annotations

from typing import Final

from attrs import astuple

from ..tables import markdown_table
from .table import ACCOUNT_STATUSES, CAPABILITIES, DOMAIN_STATUSES, TABLES, differences

__all__ = ["statuses_markdown"]

NONE: Final = "none"
TITLES: Final = ("log in", "receive", "send", "be modified")
"""The capabilities, in the order in which they are declared."""

PAGE: Final = """\
<!-- Generated from mailpolicy/status/table.py: do not edit. -->

# Statuses

What an account may do follows from one name, and the name from two: the status stored on the account
and that of its domain. [Statuses explained](../explanation/status.md) says how, and what else counts.

## What each status allows

{capabilities}

In a suspended or shutdown domain nothing can be modified, whatever the name. A lockout allows all that
active does once it has ended. In a domain that must prove its ownership and has not, mail is rejected
and nothing can be sent, whatever the name.

## The `server` table

What the deployed mail server computes; used for Carbonio and Zimbra directories unless another is asked for.

{server}

A global administrator keeps her own name and login; mail of a closed or shutdown domain stops for her too.

## The `documented` table

What the manuals promise; used for native directories unless another is asked for. Nobody is exempt.

{documented}

## Where the two differ

{differences}
"""


def statuses_markdown() -> str:
    """Both tables, what they allow and where they differ, as a page in Markdown."""
    return PAGE.format(
        capabilities=markdown_table(
            ["status", *TITLES],
            (
                [name, yes_or_no(it.login), it.receive, yes_or_no(it.send), yes_or_no(it.modify)]
                for name, it in CAPABILITIES.items()
            ),
        ),
        server=combined("server"),
        documented=combined("documented"),
        differences=markdown_table(
            ["domain", "account", "documented", "server", "what differs"],
            (
                [domain, account or NONE, documented, server, what_differs(documented, server)]
                for domain, account, documented, server in differences()
            ),
        ),
    )


def combined(table: str) -> str:
    """One table: a row for each status of an account, a column for each of a domain."""
    return markdown_table(
        ["account \\ domain", *(f"{NONE}, {name}" if name == "active" else name for name in DOMAIN_STATUSES)],
        (
            [f"**{account or NONE}**", *(TABLES[table][domain, account] for domain in DOMAIN_STATUSES)]
            for account in (None, *ACCOUNT_STATUSES)
        ),
    )


def what_differs(name: str, other: str) -> str:
    """The capabilities two names disagree in."""
    pairs = zip(TITLES, astuple(CAPABILITIES[name]), astuple(CAPABILITIES[other]), strict=True)
    return ", ".join(title for title, ours, theirs in pairs if ours != theirs) or "the name alone"


def yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
