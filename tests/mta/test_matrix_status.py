"""Every status of an account in every status of its domain, from the mail program to the mailbox.

One process serves a directory with an account for each cell, and a Postfix asks it for everything. What
must come of each cell is what `mp.resolve_status` says, which has the two tables written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from attrs import frozen

import mailpolicy as mp
from mailpolicy.decision import REPLIES
from mailpolicy.status.table import ACCOUNT_STATUSES, DOMAIN_STATUSES
from tests.mta.operated import Operated, plain
from tests.postfix import require
from tests.trees import record

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("matrix-status")]

NOW: Final = datetime.now(UTC)
STAMP: Final = NOW.strftime("%Y%m%d%H%M%SZ")
PASSWORD: Final = "secret"
ELSEWHERE: Final = "somebody@else.example"

RCPT: Final = {"deliver": "250", "defer": "450", "reject": "550"}


@frozen
class Cell:
    """An account of a status, or of none, in a domain of a status."""

    domain: str
    account: str | None

    @property
    def address(self) -> str:
        return f"{self.account or 'plain'}@{self.domain}.example"

    def status(self, table: str) -> mp.Status:
        """What the account may do."""
        return mp.resolve_status(domain=self.domain, account=self.account, table=table)

    def __str__(self) -> str:
        return self.address


CELLS: Final = [Cell(domain, account) for domain in DOMAIN_STATUSES for account in ACCOUNT_STATUSES]


def native() -> str:
    """The cells in our own dialect."""
    records = [
        record("o=mail", "organization", o="mail"),
        record("cn=config,o=mail", "mpConfig", cn="config", mpLockoutEnabled="TRUE", mpLockoutDuration="1d"),
    ]
    for domain in DOMAIN_STATUSES:
        dn = f"dc={domain},o=mail"
        names = {"dc": domain, "associatedDomain": f"{domain}.example", "mpDomainStatus": domain}
        records.append(record(dn, "domain", "mpDomain", **names))
    for cell in CELLS:
        uid = cell.account or "plain"
        says = {"uid": uid, "cn": uid, "sn": uid, "mail": cell.address, "userPassword": PASSWORD}
        if cell.account:
            says["mpAccountStatus"] = cell.account
        if cell.account == "lockout":
            says["mpLockoutStartedAt"] = STAMP
        records.append(record(f"uid={uid},dc={cell.domain},o=mail", "inetOrgPerson", "mpAccount", **says))
    return "".join(records)


def deployed() -> str:
    """The same as a deployed server stores them."""
    records = [
        record("cn=zimbra", "organizationalRole", cn="zimbra"),
        record(
            "cn=config,cn=zimbra",
            *("organizationalRole", "zimbraGlobalConfig"),
            cn="config",
            zimbraPasswordLockoutEnabled="TRUE",
            zimbraPasswordLockoutDuration="1d",
        ),
        record("dc=example", "dcObject", "organization", dc="example", o="example"),
    ]
    for number, domain in enumerate(DOMAIN_STATUSES):
        dn = f"dc={domain},dc=example"
        names = {"dc": domain, "o": domain, "zimbraDomainName": f"{domain}.example"}
        kinds = {"zimbraDomainType": "local", "zimbraDomainStatus": domain, "zimbraId": f"domain-{number}"}
        records.append(record(dn, "dcObject", "organization", "zimbraDomain", **names, **kinds))
        records.append(record(f"ou=people,{dn}", "organizationalRole", ou="people", cn="people"))
    for number, cell in enumerate(CELLS):
        uid = cell.account or "plain"
        says = {
            "uid": uid,
            "cn": uid,
            "sn": uid,
            "mail": cell.address,
            "zimbraMailDeliveryAddress": cell.address,
            "zimbraId": f"account-{number}",
            "userPassword": PASSWORD,
        }
        if cell.account:
            says["zimbraAccountStatus"] = cell.account
        if cell.account == "lockout":
            says["zimbraPasswordLockoutLockedTime"] = STAMP
        dn = f"uid={uid},ou=people,dc={cell.domain},dc=example"
        records.append(record(dn, "inetOrgPerson", "zimbraAccount", **says))
    return "".join(records)


SITES: Final = {
    "documented": (native, "documented"),
    "server": (native, "server"),
    "carbonio": (deployed, "server"),
}


@frozen
class Site:
    """A site, and the table by which it judges."""

    site: Operated
    table: str
    is_deployed: bool


@pytest.fixture(scope="module", params=SITES)
def matrix(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require(ldap=False)
    text, table = SITES[request.param]
    source: Path = tmp_path_factory.mktemp("matrix") / f"{request.param}.ldif"
    source.write_text(text())
    with Operated(source, top=f'statuses = "{table}"') as site:
        yield Site(site, table, text is deployed)


def cells(matrix: Site) -> list[Cell]:
    """Those that there are; a deployed server knows no disabled accounts."""
    return [cell for cell in CELLS if not (matrix.is_deployed and cell.account == "disabled")]


def by_cell(found: dict[Cell, object], expected: dict[Cell, object]) -> dict[str, object]:
    """What differs, so that a failure names the cells."""
    return {str(cell): (found[cell], expected[cell]) for cell in found if found[cell] != expected[cell]}


def test_mail_from_outside(matrix: Site) -> None:
    """One message to all: who takes it gets it, others are refused in the words of their status."""
    replies = matrix.site.rcpt(*(cell.address for cell in cells(matrix)))
    expected = {cell: RCPT[cell.status(matrix.table).receive] for cell in cells(matrix)}
    assert not by_cell(dict(zip(cells(matrix), (each[:3] for each in replies), strict=True)), expected)
    texts = {cell: reply for cell, reply in zip(cells(matrix), replies, strict=True) if reply[:3] == "450"}
    assert all(REPLIES["mailbox_suspended"].text in reply for reply in texts.values())

    takers = {cell.address for cell in cells(matrix) if expected[cell] == "250"}
    assert 0 < len(takers) < len(cells(matrix))
    assert matrix.site.send(*(cell.address for cell in cells(matrix))).startswith("250")
    delivered = [recipient for each in matrix.site.arrived() for recipient in each.recipients]
    assert sorted(delivered) == sorted(takers)
    assert matrix.site.postfix.queue() == []
    for cell in cells(matrix):
        if expected[cell] == "250":
            assert matrix.site.postfix.logs(f"to=<{cell.address}>")
        else:
            assert matrix.site.postfix.logs(
                f"reject: RCPT from client.example[192.0.2.1]: {expected[cell]} ",
                f"<{cell.address}>: Recipient address rejected",
            )


def test_mail_of_those_who_have_logged_in(matrix: Site) -> None:
    """Who had logged in before the status changed sends only as long as it lets her."""
    found: dict[Cell, object] = {}
    for cell in cells(matrix):
        [reply] = matrix.site.rcpt(ELSEWHERE, sender=cell.address, login=cell.address)
        found[cell] = reply[:3]
    expected: dict[Cell, object] = {cell: sending(cell.status(matrix.table)) for cell in cells(matrix)}
    assert not by_cell(found, expected)
    sender = next(cell for cell in cells(matrix) if expected[cell] == "250").address
    assert matrix.site.send(ELSEWHERE, sender=sender, login=sender).startswith("250")
    [arrival] = matrix.site.arrived()
    assert (arrival.sender, arrival.recipients) == (sender, (ELSEWHERE,))


def sending(status: mp.Status) -> str:
    """What Postfix says to one who sends: what passes is not refused for good."""
    if status.send:
        return "250"
    return "450" if status.receive == "defer" else "550"


def test_logins(matrix: Site) -> None:
    """With the right password those come in whose status lets them; nobody with a wrong one."""
    expected: dict[Cell, object] = {cell: outcome(cell.status(matrix.table)) for cell in cells(matrix)}
    found = matrix.site.serve.login(*((cell.address, PASSWORD) for cell in cells(matrix)))
    assert not by_cell(dict(zip(cells(matrix), found, strict=True)), expected)


def outcome(status: mp.Status) -> str:
    """What the authentication server says: where the reason goes by itself it says nothing, and drops."""
    if status.login:
        return "OK"
    return "" if status.receive == "defer" else "FAIL"


def test_logins_through_postfix(matrix: Site) -> None:
    """One of each name that a status can have, as the mail program sees it."""
    each_name = {cell.status(matrix.table).name: cell for cell in cells(matrix)}
    clients = []
    for name, cell in each_name.items():
        client = matrix.site.postfix.client()
        client.putcmd("AUTH", f"PLAIN {plain(cell.address, PASSWORD)}")
        clients.append((name, cell, client))
    for name, cell, client in clients:
        code, text = client.getreply()
        client.close()
        expected = {"OK": 235, "FAIL": 535, "": 454}[outcome(cell.status(matrix.table))]
        assert code == expected, (name, text)
