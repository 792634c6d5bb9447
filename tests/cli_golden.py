"""What the command line prints, kept in tests/golden/cli; `python -m tests.cli_golden` writes it anew.

Whoever runs that reads the difference before committing it.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from pathlib import Path

from mailpolicy.cli import demo, main

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests/golden/cli"
ACME, CARBONIO = "ldif/examples/acme.ldif", "ldif/examples/carbonio.ldif"
JOURNAL, EXPECTED = "ldif/examples/acme.journal", "ldif/examples/acme.expect.toml"
OUTSIDER, AT = "wile.e@customer.example", ("--at", "2025-03-01T09:00:00Z")
PHONES = "ldap:///ou=people,dc=acme.example,o=mail??sub?(&(ou=Sales)(login=TRUE))?!x-effective"

CASES: Mapping[str, tuple[str, ...]] = {
    "explain-account.txt": ("explain", ACME, "john@acme.example"),
    "explain-domain.txt": ("explain", ACME, "domain:acme.example"),
    "explain-config.txt": ("explain", ACME, "config"),
    "explain-server.txt": ("explain", ACME, "server:mail1.provider.example"),
    "explain-own.txt": ("explain", ACME, "john@acme.example", "mailbox_quota"),
    "explain-capped.txt": ("explain", ACME, "carol@acme.example", "mailbox_quota"),
    "explain-capped.json": ("explain", ACME, "carol@acme.example", "mailbox_quota", "--json"),
    "explain-invalid.txt": ("explain", ACME, "dave@acme.example", "mailbox_quota"),
    "explain-dangling.txt": ("explain", ACME, "erin@acme.example", "cos"),
    "explain-secret.json": ("explain", ACME, "domain:acme.example", "tls_private_key", "--json"),
    "explain-mapping.json": ("explain", ACME, "john@acme.example", "two_factor_policy", "--json"),
    "status-active.txt": ("status", ACME, "john@acme.example"),
    "status-locked-domain.txt": ("status", ACME, "hank@globex.example"),
    "status-locked-domain.json": ("status", ACME, "hank@globex.example", "--json"),
    "status-domain.txt": ("status", ACME, "domain:initech.example"),
    "search.txt": ("search", ACME, "(uid=zoe)"),
    "search-secret.txt": ("search", ACME, "(uid=john)", "--attributes", "cn,userPassword"),
    "search.json": ("search", ACME, "(uid=john)", "--json", "--attributes", "title,userPassword"),
    "search-table.txt": ("search", ACME, "(ou=Sales)", "--attributes", "mail,l", "--table"),
    "search-url.txt": ("search", ACME, "ldap:///ou=people,dc=acme.example,o=mail?mail?sub?(l=Paris)"),
    "search-plan.txt": ("search", ACME, "(&(ou=Marketing)(!(l=Berlin)))", "--attributes", "cn", "--plan"),
    "search-plan.json": (
        "search",
        ACME,
        "(&(ou=Marketing)(l=Berlin))",
        "--attributes",
        "cn",
        "--plan",
        "--json",
    ),
    "search-plan-table.txt": ("search", ACME, "(cn:caseExactMatch:=Zoë Müller)", "--table", "--plan"),
    "expand.txt": ("expand", ACME, "staff@acme.example"),
    "expand-tree.txt": ("expand", ACME, "staff@acme.example", "--tree"),
    "expand-loop.txt": ("expand", ACME, "ping@acme.example"),
    "expand-loop-tree.txt": ("expand", ACME, "ping@acme.example", "--tree"),
    "expand-depth.txt": ("expand", ACME, "staff@acme.example", "--depth", "1", "--addresses"),
    "expand.json": ("expand", ACME, "partners@acme.example", "--json"),
    "expand-loop.json": ("expand", ACME, "ping@acme.example", "--json"),
    "expand-empty.json": ("expand", ACME, "nobody@acme.example", "--json"),
    "expand-why.txt": ("expand", ACME, "staff@acme.example", "--why", "ivan@acme.example"),
    "expand-why-not.txt": ("expand", ACME, "mobile@acme.example", "--why", "bob@acme.example"),
    "expand-why.json": ("expand", ACME, "staff@acme.example", "--why", "wile.e@customer.example", "--json"),
    "lists-of.txt": ("lists-of", ACME, "john@acme.example"),
    "lists-of.json": ("lists-of", ACME, "wile.e@customer.example", "--json"),
    "preview.txt": ("preview", ACME, "(&(ou=Sales)(l=Paris))"),
    "preview-against.txt": (
        "preview",
        ACME,
        "(|(ou=Marketing)(l=Paris))",
        "--against",
        "abroad@acme.example",
    ),
    "preview.json": ("preview", ACME, "(ou=Warehouse)", "--plan", "--json"),
    "preview-against.json": ("preview", ACME, "(l=Paris)", "--against", "abroad@acme.example", "--json"),
    "preview-plan.txt": ("preview", ACME, PHONES, "--plan"),
    "preview-problem.txt": ("preview", ACME, "(&(ou=Sales)(imap-enabled=TRUE))"),
    "preview-why.txt": ("preview", ACME, PHONES, "--why", "john@acme.example"),
    "preview-why-not.txt": ("preview", ACME, PHONES, "--why", "frank@acme.example"),
    "preview-why-not.json": ("preview", ACME, PHONES, "--why", "frank@acme.example", "--json"),
    "decide.txt": ("decide", ACME, "--sender", OUTSIDER, "--recipient", "john@acme.example", *AT),
    "decide-list.txt": ("decide", ACME, "--sender", OUTSIDER, "--recipient", "board@acme.example", *AT),
    "decide-status.txt": ("decide", ACME, "--sender", "", "--recipient", "judy@acme.example", *AT),
    "decide-forwards.txt": ("decide", ACME, "--sender", "", "--recipient", "peggy@acme.example", *AT),
    "decide-two-owners.txt": ("decide", ACME, "--sender", "", "--recipient", "trent@acme.example", *AT),
    "decide-sender.txt": (
        *("decide", ACME, "--login", "john@acme.example", "--sender", "jane@acme.example"),
        *("--recipient", OUTSIDER, *AT),
    ),
    "decide-limit.txt": (
        *("decide", ACME, "--login", "jane@acme.example", "--recipient", OUTSIDER, *AT),
        *("--used", "messages/86400 jane@acme.example=5000"),
    ),
    "decide-login.txt": ("decide", ACME, "--account", "john@acme.example", "--client", "192.0.2.7", *AT),
    "decide-login.json": ("decide", ACME, "--account", "judy@acme.example", "--json", *AT),
    "carbonio-decide.txt": (
        "decide",
        CARBONIO,
        "--sender",
        OUTSIDER,
        "--recipient",
        "john@acme.example",
        *AT,
    ),
    "replay.txt": ("replay", ACME, JOURNAL, "--examples", "1"),
    "replay.json": ("replay", ACME, JOURNAL, "--examples", "1", "--json"),
    "test.txt": ("test", ACME, EXPECTED),
    "test-fails.txt": ("test", CARBONIO, EXPECTED),
    "carbonio-explain.txt": ("explain", CARBONIO, "john@acme.example"),
    "carbonio-ldap-name.txt": ("explain", CARBONIO, "john@acme.example", "zimbraMailQuota"),
    "carbonio-joined.txt": ("explain", CARBONIO, "john@acme.example", "imap_enabled"),
    "carbonio-status.txt": ("status", CARBONIO, "hank@globex.example"),
    "carbonio-lists-of.txt": ("lists-of", CARBONIO, "john@acme.example"),
    "carbonio-search.txt": ("search", CARBONIO, "(uid=zmreplica)", "--attributes", "*"),
}
"""A question by the file that holds the answer. The directory is the root of the checkout."""


def answered(*arguments: str) -> str:
    """What is printed for a question, as on a screen of 80 columns without colours."""
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        main(arguments)
    return printed.getvalue()


def demonstrated() -> str:
    """The story of `make demo`, whatever the command is called here."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        demo.main()
    return printed.getvalue().replace(demo.command(), "mailpolicy")


if __name__ == "__main__":
    os.chdir(ROOT)
    os.environ["COLUMNS"] = "80"
    for name, arguments in CASES.items():
        (GOLDEN / name).write_text(answered(*arguments), encoding="utf-8")
    (GOLDEN / "demo.txt").write_text(demonstrated(), encoding="utf-8")
