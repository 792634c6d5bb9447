"""Limits over real messages: what is taken counts, what is refused on the way does not, nobody gets more."""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.mta.operated import CONTENT, Operated, said
from tests.postfix import require
from tests.redis import Redis, require as require_redis
from tests.trees import record

pytestmark = [pytest.mark.twin, pytest.mark.xdist_group("limits-postfix")]

PEOPLE: Final = {
    # Nobody is used twice, so that no test is counted in another.
    **{name: {"mpMaxMessagesPerHour": "3"} for name in ("hour", "left", "data", "size", "refused")},
    **{name: {"mpMaxMessagesPerHour": "3"} for name in ("restart", "killed", "minute")},
    **{name: {"mpMaxMessagesPerHour": "20"} for name in ("both", "stores")},
    **{name: {"mpMaxRecipientsPerDay": "4"} for name in ("three", "twice", "again")},
    "many": {"mpMaxRecipientsPerMessage": "2"},
    "one": {},
    "two": {},
    "free": {},
}
ELSEWHERE: Final = tuple(f"{name}@else.example" for name in ("anna", "berta", "carla", "dora"))
REFUSED: Final = "refused@else.example"
WAITS: Final = "450 4.7.1"


def address(name: str) -> str:
    return f"{name}@{'pool' if name in ('one', 'two') else 'acme'}.example"


def directory() -> str:
    records = [record("o=mail", "organization", o="mail")]
    for name, says in {"acme": {}, "pool": {"mpDomainMaxMessagesPerDay": "3"}}.items():
        names = {"dc": name, "associatedDomain": f"{name}.example"}
        records.append(record(f"dc={name},o=mail", "domain", "mpDomain", **names, **says))
    for name, says in PEOPLE.items():
        names = {"uid": name, "cn": name, "sn": name, "mail": address(name)}
        dn = f"uid={name},dc={'pool' if name in ('one', 'two') else 'acme'},o=mail"
        records.append(record(dn, "inetOrgPerson", "mpAccount", **names, **says))
    return "".join(records)


SETTINGS: Final = {
    "smtpd_data_restrictions": f"$mailpolicy, check_recipient_access inline:{{ {{ {REFUSED} = REJECT }} }}",
    "message_size_limit": "10000",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require(ldap=False)
    file: Path = tmp_path_factory.mktemp("limits") / "limits.ldif"
    file.write_text(directory())
    return file


@pytest.fixture(scope="module")
def site(source: Path) -> Iterator[Operated]:
    more = '[counters]\nstore = "sqlite"\npath = "PLACE/counts"'
    with Operated(source, settings=SETTINGS, more=more) as running:
        yield running


def by(name: str) -> dict[str, Any]:
    return {"sender": address(name), "login": address(name)}


def sent(site: Operated, name: str, *recipients: str, **more: Any) -> str:
    """The last reply to a message of somebody."""
    return site.send(*(recipients or ELSEWHERE[:1]), **by(name), **more)


def until_it_waits(site: Operated, name: str, most: int = 10) -> int:
    """How many messages somebody still gets through."""
    for number in range(most):
        reply = sent(site, name)
        if not reply.startswith("250"):
            assert reply.startswith(WAITS)
            return number
    return most


def test_so_many_an_hour(site: Operated) -> None:
    for _ in range(3):
        assert sent(site, "hour").startswith("250")
    assert sent(site, "hour").startswith(WAITS)
    assert sent(site, "free").startswith("250")
    senders = [each.sender for each in site.arrived()]
    assert [senders.count(address(name)) for name in ("hour", "free")] == [3, 1]
    assert site.postfix.queue() == []
    assert site.postfix.logs(
        f"450 4.7.1 <{ELSEWHERE[0]}>: Recipient address rejected", f"from=<{address('hour')}>"
    )


def test_what_is_not_sent_does_not_count(site: Operated) -> None:
    """Neither where the client goes away, nor where it begins anew."""
    with site.postfix.client(login=address("left")) as client:
        for _ in range(4):
            client.mail(address("left"))
            assert client.rcpt(ELSEWHERE[0])[0] == 250
            client.rset()
        client.mail(address("left"))
        client.rcpt(ELSEWHERE[0])
    for _ in range(4):
        client = site.postfix.client(login=address("left"))
        client.mail(address("left"))
        assert client.rcpt(ELSEWHERE[0])[0] == 250
        client.close()
    assert until_it_waits(site, "left") == 3


def test_what_is_refused_at_data_does_not_count(site: Operated) -> None:
    for _ in range(4):
        assert sent(site, "data", REFUSED).startswith("554")
    assert until_it_waits(site, "data") == 3


def test_what_turns_out_too_large_does_not_count(site: Operated) -> None:
    for _ in range(4):
        assert sent(site, "size", content=CONTENT + 300 * ("x" * 70 + "\r\n")).startswith("552")
    assert until_it_waits(site, "size") == 3


def test_who_is_refused_does_not_count(site: Operated) -> None:
    for _ in range(4):
        assert sent(site, "refused", "nobody@acme.example").startswith("550")
    assert until_it_waits(site, "refused") == 3


def test_a_message_counts_its_recipients_once(site: Operated) -> None:
    assert sent(site, "three", *ELSEWHERE[:3]).startswith("250")
    with site.postfix.client(login=address("three")) as client:
        client.mail(address("three"))
        assert [said(client.rcpt(each))[:9] for each in ELSEWHERE[:2]] == ["250 2.1.5", WAITS]
        client.rset()
        # What was kept for it is let go with the next message.
        client.mail(address("three"))
        assert client.rcpt(ELSEWHERE[2])[0] == 250
        assert client.data(CONTENT)[0] == 250
    assert sent(site, "three").startswith(WAITS)


def test_a_recipient_that_is_named_again_counts_once(site: Operated) -> None:
    """Postfix delivers to her once, and says the number of times that she was named."""
    for _ in range(2):
        assert sent(site, "twice", ELSEWHERE[0], ELSEWHERE[0], ELSEWHERE[0]).startswith("250")
    assert [len(each.recipients) for each in site.arrived() if each.sender == address("twice")] == [1, 1]
    assert sent(site, "twice", *ELSEWHERE[:2]).startswith("250")
    assert sent(site, "twice").startswith(WAITS)


def test_several_questions_about_one_recipient_count_once(source: Path) -> None:
    classes = ("client", "helo", "sender")
    settings = {f"smtpd_{each}_restrictions": "$mailpolicy" for each in classes}
    with Operated(source, settings=settings) as site:
        assert sent(site, "again", *ELSEWHERE[:3]).startswith("250")
        assert sent(site, "again").startswith("250")
        assert sent(site, "again").startswith(WAITS)


def test_a_milter_counts_the_same(source: Path) -> None:
    settings = {
        **{f"smtpd_{each}_restrictions": "" for each in ("data", "end_of_data")},
        "smtpd_recipient_restrictions": "reject_unlisted_recipient",
        "smtpd_milters": "unix:PLACE/milter",
    }
    with Operated(source, settings=settings, protocols=("socketmap", "sasl", "milter")) as site:
        for _ in range(2):
            assert sent(site, "twice", ELSEWHERE[0], ELSEWHERE[0], ELSEWHERE[0]).startswith("250")
        assert sent(site, "twice", *ELSEWHERE[:2]).startswith("250")
        assert sent(site, "twice").startswith(WAITS)


def test_so_many_recipients_for_one_message(site: Operated) -> None:
    replies = site.rcpt(*ELSEWHERE[:3], **by("many"))
    assert [each[:9] for each in replies] == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]


def test_a_domain_has_a_limit_together(site: Operated) -> None:
    assert sent(site, "one").startswith("250")
    assert sent(site, "two").startswith("250")
    assert sent(site, "one").startswith("250")
    assert sent(site, "two").startswith(WAITS)
    assert sent(site, "one").startswith(WAITS)


def test_two_at_a_time_never_get_more(site: Operated) -> None:
    assert together(site, site, "both") == 20
    assert sent(site, "both").startswith(WAITS)


def together(one: Operated, other: Operated, name: str) -> int:
    """How many of many messages at the same time come through, with what is left after them."""
    taken: list[str] = []

    def submit(at: Operated) -> None:
        with at.postfix.client(login=address(name)) as client:
            taken.extend(once(client, name) for _ in range(14))

    threads = [threading.Thread(target=submit, args=(at,)) for at in (one, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each[:3] for each in taken} <= {"250", "450"}
    # One of them may have waited for what the other had not settled, and there is room again.
    return sum(each.startswith("250") for each in taken) + until_it_waits(one, name)


def once(client: smtplib.SMTP, name: str) -> str:
    client.mail(address(name))
    reply = said(client.rcpt(ELSEWHERE[0]))
    if not reply.startswith("250"):
        client.rset()
        return reply
    return said(client.data(CONTENT))


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_two_processes_count_together(source: Path, tmp_path: Path, store: str) -> None:
    with ExitStack() as stack:
        where = f'path = "{tmp_path / "counts"}"'
        if store == "redis":
            require_redis()
            where = f'url = "{stack.enter_context(Redis()).url}"'
        more = f'[counters]\nstore = "{store}"\n{where}'
        one, other = (stack.enter_context(Operated(source, more=more)) for _ in range(2))
        assert together(one, other, "stores") == 20
        assert sent(other, "stores").startswith(WAITS)


def test_counts_outlive_a_process_that_is_killed(site: Operated) -> None:
    for _ in range(2):
        assert sent(site, "killed").startswith("250")
    site.serve.kill()
    site.serve.start()
    assert until_it_waits(site, "killed") == 1


def test_counts_in_memory_outlive_one_that_ends(source: Path) -> None:
    with Operated(source, more='[counters]\nstore = "memory"\npath = "PLACE/counts"') as site:
        for _ in range(2):
            assert sent(site, "restart").startswith("250")
        site.serve.stop()
        site.serve.start()
        assert until_it_waits(site, "restart") == 1
