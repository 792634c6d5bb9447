"""Everybody in the two example directories gets mail as her status says, and no rule fails at anybody."""

from __future__ import annotations

from typing import Final

import pytest

import mailpolicy as mp
from mailpolicy.model.objects import Addressed
from mailpolicy.status import Receive
from tests.examples import ACME, CARBONIO
from tests.mail_directories import NOON, OUTSIDER, deliver, stale

VERDICTS: Final = {
    Receive.DELIVER: {"accept", "reject"},  # she may refuse all, or be full
    Receive.DEFER: {"defer"},
    Receive.REJECT: {"reject"},
}
BOTH: Final = [
    mp.Directory(each.snapshot, table) for each in (ACME, CARBONIO) for table in ("documented", "server")
]
everybody = pytest.mark.parametrize(
    ("directory", "found"),
    [
        pytest.param(directory, found, id=f"{directory.statuses} {found.dn}")
        for directory in BOTH
        for found in (*directory.accounts(), *directory.resources(), *directory.lists())
        if isinstance(found, Addressed) and found.address
    ],
)  # fmt: skip


@everybody
def test_mail_for_everybody(directory: mp.Directory, found: Addressed) -> None:
    assert found.address
    for address in (found.address, *found.aliases):
        decision = deliver(directory, address, size=2000, spam=True, addressed=(found.address,))
        assert not decision.errors
        assert len(decision.reasons) > 1
        again = deliver(stale(directory), address, size=2000, spam=True, addressed=(found.address,))
        if decision.rule == "recipient.exists":
            assert again.verdict == "defer"
        elif directory.find(address) == found and not isinstance(found, mp.MailingList):
            assert decision.rule == "recipient.domain" or decision.verdict in VERDICTS[found.status.receive]
            assert (again.verdict, again.rule) == (decision.verdict, decision.rule)


@everybody
def test_mail_from_everybody(directory: mp.Directory, found: Addressed) -> None:
    assert found.address
    for request in (
        mp.Submission(found.address, found.address, OUTSIDER, size=2000),
        mp.Submission(found.address, found.address, found.address, size=2000),
        mp.Post(found.address, found.address, login=found.address),
    ):
        decision = mp.decide(directory, request, at=NOON)
        assert not decision.errors
        assert decision.reasons
