"""Looking at test servers as `mailpolicy check` does."""

from __future__ import annotations

from typing import Any

from mailpolicy.live.bind import Bind
from mailpolicy.live.checkup import Item, Verdict, checkup
from mailpolicy.live.servers import Servers
from tests.live.servers import PASSWORD, POLICY

OK, WARNING, WRONG, UNSEEN = Verdict

LARGE = "dn: o=mail\nobjectClass: organization\n\n" + "".join(
    f"dn: uid={n},o=mail\nobjectClass: account\nuid: {n}\n\n" for n in range(700)
)


def items(*urls: str, base: str = "o=mail", dn: str = POLICY, **more: Any) -> list[Item]:
    bind = Bind(dn, PASSWORD) if dn else None
    return list(checkup(Servers(urls, base, bind, **more)))


def named(found: list[Item], name: str) -> Item:
    (item,) = [each for each in found if each.name.startswith(name)]
    return item
