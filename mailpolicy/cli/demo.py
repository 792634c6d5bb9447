"""A first look at the library: a story told with the example directory, in about a screen.

`make demo` runs it; it needs no server, and nothing but the source tree it stands in.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from attrs import evolve

from ..model import Account, Directory
from ..model.display import origin_note, value_cell
from ..show import Screen
from ..snapshot.changes import set as set_values
from ..source import open as open_directory
from ..tables import Cell, Style, Table
from ..values import shown
from .command import guarded
from .exits import Exit

__all__ = ["main"]

EXAMPLE: Final = Path(__file__).parents[2] / "ldif" / "examples" / "acme.ldif"

TELLING: Final = (
    "mailbox_quota",
    "max_message_size",
    "two_factor_required",
    "password_min_length",
    "imap_enabled",
)
"""Settings of John's that come from five different places."""


def main() -> int:
    """Tell the story and give the exit code."""
    return guarded(lambda: tell(Screen.of(sys.stdout)))


def tell(screen: Screen) -> Exit:
    path = os.path.relpath(EXAMPLE)
    acme = open_directory(path)
    accounts, domains = len(acme.accounts()), len(acme.domains())
    screen.say(f"{path}: {accounts} accounts in {domains} domains, and no server")

    chapter(screen, "What applies to john@acme.example, and where does it come from?")
    screen.show(some_settings(acme.account("john@acme.example")))

    chapter(screen, "Carol's mailbox was given 100 GiB. Why does it hold 30?")
    capped = acme.account("carol@acme.example").explain("mailbox_quota")
    screen.show(evolve(capped.as_table(), title=""))

    chapter(screen, "Who may do what right now, and why?")
    screen.show(some_statuses(acme))

    chapter(screen, "And besides")
    screen.show(further_answers(acme))

    chapter(screen, "Try it yourself")
    for words in (
        f"explain {path} john@acme.example",
        f"expand {path} staff@acme.example --tree",
        "--help",
    ):
        # In a line however long it is: somebody will copy it.
        print(f"  {command()} {words}", file=screen.stream)
    return Exit.YES


def chapter(screen: Screen, title: str) -> None:
    screen.say("")
    screen.say(title, Style.OWN)


def some_settings(account: Account) -> Table:
    chosen = map(account.explain, TELLING)
    rows = [
        (each.name, value_cell(each), Cell(origin_note(each) or "his own", Style.NOTE)) for each in chosen
    ]
    return Table("", (), rows)


def some_statuses(acme: Directory) -> Table:
    """An account that nothing stops, one that its own status does, and one that its domain's does."""
    rows = []
    for name in ("john@acme.example", "frank@acme.example", "hank@globex.example"):
        status = acme.account(name).status
        login = "yes" if status.login else "no"
        why = next(reason.text for reason in status.reasons if reason.matched)
        style = Style.GOOD if status.login else Style.BAD
        rows.append((name, Cell(status.name, style), login, str(status.receive), why))
    return Table("", ("account", "status", "login", "mail", "because"), rows)


def further_answers(acme: Directory) -> Table:
    address, jane = "Sales.Lead+q3@acmé.example", "jane@acme.example"
    found = acme.search("", filter="(&(objectClass=mpAccount)(ou=Sales)(l=*)(!(l=Berlin)))")
    future = acme.with_changes(set_values("cos:premium", mailbox_quota="50 GiB"))
    before, after = (each.account(jane).settings.mailbox_quota for each in (acme, future))
    wrong = Counter(finding.id for finding in acme.findings)
    usual = ", ".join(f"{number} {kind}" for kind, number in wrong.most_common(2))
    return Table(
        "",
        (),
        [
            ("Mail for", f"{address} goes to {acme.find(address).name}"),
            ("In Sales, not in Berlin", ", ".join(shown(each.first("cn")) for each in found)),
            ("Were premium 50 GiB", f"{jane} would go from {before} to {after}"),
            ("Wrong in this directory", f"{wrong.total()} findings: {usual}, …"),
        ],
    )


def command() -> str:
    """How the command is called here: by name if the shell finds it, else beside this Python."""
    return (
        "mailpolicy"
        if shutil.which("mailpolicy")
        else os.path.relpath(Path(sys.executable).parent / "mailpolicy")
    )


if __name__ == "__main__":
    sys.exit(main())
