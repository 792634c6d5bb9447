"""Mail through a real Postfix that asks `mailpolicy serve` about each recipient."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.figure import Figure, Result, Unmeasured, at_least
from bench.measure import in_turns, ratio
from bench.policy_client import CONNECTIONS
from bench.policy_directory import OUTSIDE, populated
from bench.policy_servers import Server, deciding, idle
from bench.scale import Scale

__all__ = ["FIGURES"]

PATH: Final = os.defpath + ":/usr/sbin:/sbin"
SECONDS: Final = 300
PER_ROUND: Final = 50
"""Of so many addresses asked for in other figures, one message is sent."""
DOWN: Final = "DEFER_IF_PERMIT 4.3.0 policy service is down"


def relayed(scale: Scale) -> Iterator[Result]:
    source = shutil.which("smtp-source", path=PATH)
    if source is None:
        raise Unmeasured("smtp-source of Postfix is not installed")
    if os.geteuid() != 0:
        raise Unmeasured("only root can start Postfix")
    # Here, because the tests' Postfix needs what only developers have installed.
    from tests.postfix import Postfix

    people = populated(scale.few)
    recipient = people.accounts[0]
    settings = {
        "virtual_mailbox_domains": recipient.partition("@")[2],
        "virtual_mailbox_maps": "static:known",
        "virtual_transport": "discard:",
        "smtpd_client_connection_rate_limit": "0",
    }
    count = max(2 * CONNECTIONS, scale.asked // PER_ROUND)
    with deciding(people.path) as server, idle() as nothing:

        def asking(server: Server) -> dict[str, str]:
            service = (
                f"check_policy_service {{ inet:127.0.0.1:{server.port}, {{ default_action = {DOWN} }} }}"
            )
            return {**settings, "smtpd_recipient_restrictions": service}

        with (
            Postfix(settings=settings) as plain,
            Postfix(settings=asking(server)) as ours,
            Postfix(settings=asking(nothing)) as asking_nothing,
        ):

            def through(postfix: Postfix) -> float:
                return sent(source, postfix, recipient, count)

            for each in (plain, ours, asking_nothing):
                through(each)
            before = server.worked()
            turns = in_turns(
                scale.rounds,
                gc_enabled=False,
                ours=lambda: through(ours),
                theirs=lambda: through(plain),
                nothing=lambda: through(asking_nothing),
            )
            share = (server.worked() - before) / sum(turns["ours"])
    yield Result(
        f"messages through Postfix, {CONNECTIONS} sessions, thrown away at the end",
        ratio(turns["theirs"], turns["ours"]),
        at_least(0.95),
        note=f"{count / min(turns['theirs']):,.0f} messages/s at best; ours takes {share:.1%} of a core",
    )
    yield Result(
        "the same where the service that is asked decides nothing",
        ratio(turns["theirs"], turns["nothing"]),
        note="what Postfix itself takes for asking",
    )


def sent(source: str, postfix: Any, recipient: str, count: int) -> float:
    """Seconds until so many messages were taken and have left the queue."""
    started = time.perf_counter()
    done = subprocess.run(
        [
            source,
            *("-s", str(CONNECTIONS), "-m", str(count), "-l", "2000"),
            *("-f", f"wile.e@{OUTSIDE}", "-t", recipient),
            f"inet:127.0.0.1:{postfix.port}",
        ],
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    while in_queue(postfix.directory):
        time.sleep(0.005)
    return time.perf_counter() - started


def in_queue(directory: Path) -> bool:
    return any(
        files for name in ("incoming", "active") for _, _, files in os.walk(directory / "queue" / name)
    )


FIGURES = (
    Figure(
        "policy-postfix",
        "messages through a Postfix that asks `mailpolicy serve` about each recipient",
        "a Postfix that asks nobody",
        "as servers have it",
        relayed,
    ),
)
