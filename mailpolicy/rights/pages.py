"""The reference page of who may write to a list, and of the rights, written from the tables themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..schema.posting import PostingPolicy
from ..tables import markdown_table
from .delegates import MODES
from .editing import OF_OWNERS, OF_USERS
from .policies import POLICIES
from .table import RIGHTS, Right

__all__ = ["posting_markdown"]

PAGE: Final = """\
<!-- Generated from mailpolicy/rights: do not edit. -->

# Who may write to a list, and other rights

## Posting policies

{policies}

Judged by who has logged in, where somebody has; else by the envelope sender, whom nobody has proved to
be there: such an answer is marked as unauthenticated. An alias is as good as the address it stands for.
No right brings another along: an owner may write where the policy or a grant says so, and not for being
an owner.

On a deployed server the grants of `sendToDistList` decide alone, and the policy is a name for what they
amount to. Without such a grant on the list, the lists it is on, its domain or everything, everybody may
write; as soon as there is one, only those may whom one allows.

## User rights

What people give each other. A grant stands on what it is about, or on one of the places above it.

{user}

## Which grant decides

1. The target comes before what is above it: an account's domain; a static list's own lists, then its
   domain; a dynamic list's domain; a domain's domains above, nearest first; and last the entry for
   everything. Admin rights on an account come by the lists it is on too. All lists of a target count as
   one entry.
2. On one entry, a person or address comes before a list, a list before a domain, a domain before
   everybody logged in, and these before the public.
3. In one class of grantees, a denial comes before a grant that may be given onward, and that before others.
4. The first that is to the one who asks decides. If there are grants of the right and none is to her, she
   does not have it. Only if there are none at all does the default apply.

| sign | meaning |
| --- | --- |
| `-` | denied |
| `+` | given, and may be given onward |
| `*` | given on the domains below, not on the domain itself |
| `^` | on a list: not for the lists on it, and of accounts for its direct members only |

## Delegates

| mode | send | folders |
| --- | --- | --- |
{modes}

## What people change themselves

Users, of their own account:

{users}

Owners, of their list: {owners}.
"""


def posting_markdown() -> str:
    """The posting policies, the user rights and how grants are weighed, as a page in Markdown."""
    return PAGE.format(
        policies=markdown_table(
            ["policy", "may write", "needs a login", "a grant to the sender"],
            (
                [
                    f"`{policy}`",
                    POLICIES[policy].who,
                    yes_or_no(POLICIES[policy].needs_login),
                    "comes first" if POLICIES[policy].heeds_grants else "does not count",
                ]
                for policy in PostingPolicy
            ),
        ),
        user=markdown_table(
            ["right", "on", "by default", "granted on"],
            (row(right) for right in RIGHTS.values() if right.is_user),
        ),
        modes="\n".join(
            f"| `{mode}` | {yes_or_no(sends)} | {f'`{folders}`' if folders else 'none'} |"
            for mode, (sends, folders) in MODES.items()
        ),
        users=markdown_table(
            ["what", "if"],
            ([f"`{name}`", f"`{feature}`" if feature else "always"] for name, feature in OF_USERS.items()),
        ),
        owners=", ".join(f"`{name}`" for name in sorted(OF_OWNERS)),
    )


def row(right: Right) -> list[str]:
    name = f"`{right.name}`" + (" (native)" if right.is_native else "")
    return [name, words(right.on), "everybody" if right.allowed else "nobody", words(right.grantable)]


def words(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(kinds))


def yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
