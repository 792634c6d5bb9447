"""Every verb of a directory has the same answer whether it is asked of a file or of a server.

The server is followed or asked, over each of the clients. What is asked stands in `tests/live/questions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.ldap.ldif import ContentRecord, read, write
from mailpolicy.live import Asking, AsyncLive, Live
from tests.live.questions import QUESTIONS, Question, Refused, sorted_too
from tests.live.questions.about import FILTERS, JANE, JOHN, trees
from tests.live.questions.plain import lines_of, shown
from tests.live.servers import PASSWORD, SERVER_FILES
from tests.live.sources import DIALECTS, SOURCES, Directories, directories

pytestmark = pytest.mark.twin

FOLLOWED = [each for each in SOURCES if each.startswith("live")]

SECRETS = frozenset(("userPassword", "mpTlsPrivateKey"))
"""What the access rules of `ldif/server` let no policy host read, whatever the dialect."""

FRESHLY = 50
"""So many questions one directory that asks is asked; what it knows by then may not change an answer."""


@pytest.fixture(scope="module", params=DIALECTS)
def same(request: pytest.FixtureRequest) -> Iterator[Directories]:
    with directories(request.param) as running:
        yield running


def assert_same(question: Question, file: mp.Directory, source: Any) -> None:
    """Ask both everything that the question is about; the message says what has two answers."""
    for number, (about, expected) in enumerate(answered(question, file)):
        if isinstance(source, Asking) and number % FRESHLY == 0:
            source = source.anew()
        answer = question.outcome(source, about)
        if isinstance(source, Asking):
            answer, expected = sorted_too(answer), sorted_too(expected)
        assert answer == expected, (question.name, about)


@cache
def answered(question: Question, file: mp.Directory) -> list[tuple[Any, Any]]:
    """Everything that the question is about, and the answers of the file."""
    return [(about, question.outcome(file, about)) for about in question.each(file)]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("source", SOURCES)
def test_the_answer_is_the_same(same: Directories, source: str, name: str) -> None:
    assert_same(QUESTIONS[name], same.file(), same.source(source))


@pytest.mark.parametrize("table", ["documented", "server"])
@pytest.mark.parametrize("source", SOURCES)
def test_both_tables_of_statuses_give_the_same(same: Directories, source: str, table: str) -> None:
    assert same.file(table).statuses == table
    for name in ("statuses", "accounts"):
        assert_same(QUESTIONS[name], same.file(table), same.source(source, table))


# Is everything asked?


class Noting:
    """A directory that notes which of its names somebody uses."""

    def __init__(self, directory: mp.Directory) -> None:
        self.noted: set[str] = set()
        self._directory = directory

    def __getattr__(self, name: str) -> Any:
        self.noted.add(name)
        return getattr(self._directory, name)


def public(of: type) -> set[str]:
    return {name for name in dir(of) if not name.startswith("_")}


VERBS = public(mp.Directory) | {"statuses"}


def test_every_verb_is_asked(same: Directories) -> None:
    noting = Noting(same.file())
    for question in QUESTIONS.values():
        for about in islice(question.each(same.file()), 50):
            question.outcome(noting, about)
    assert noting.noted >= VERBS


@pytest.mark.parametrize("kind", [Live, AsyncLive, Asking])
def test_every_verb_is_there(kind: type) -> None:
    assert public(mp.Directory) <= public(kind)


def test_questions_are_about_something(same: Directories) -> None:
    """Of nearly every question some answer is none of the errors, and not all answers are alike."""
    file = same.file()
    for question in QUESTIONS.values():
        answers = [answer for _, answer in answered(question, file)]
        assert any(not isinstance(each, Refused) for each in answers), question.name
        assert len(answers) <= 2 or len(set(map(repr, answers))) > 2, question.name


# What only a directory that is followed promises


@pytest.mark.parametrize("source", FOLLOWED)
def test_searches_are_planned_and_limited_the_same(same: Directories, source: str) -> None:
    file = mp.loads(same.server.dump())  # one that has no indexes yet, for plans tell of those
    with same.open(source) as live:
        for base, filter in product(trees(file)[:3], FILTERS):
            seen, wanted = (each.search(base, filter=filter, limit=2, explain=True) for each in (live, file))
            assert list(map(shown, seen)) == list(map(shown, wanted)), (base, filter)
            assert str(seen.plan) == str(wanted.plan), (base, filter)
        assert live.preview("(sn=*)").cost == file.preview("(sn=*)").cost


@pytest.mark.parametrize("source", FOLLOWED)
def test_the_table_of_the_whole_is_the_same_but_for_its_freshness(same: Directories, source: str) -> None:
    lines, wanted = (lines_of(each.as_table()) for each in (same.source(source), same.file()))
    assert lines.pop("freshness").startswith("fresh (ldapi://")
    assert lines == wanted
    assert wanted["entries"] == str(len(same.file().snapshot))


def test_in_asyncio_the_answers_are_the_same(same: Directories) -> None:
    live = same.source(SOURCES[0])
    assert isinstance(live, Live)
    for name in ("find", "config", "all_of_a_kind", "lists_of", "gal", "urls", "holds", "dumps", "freshness"):
        assert_same(QUESTIONS[name], same.file(), live.asynchronous)


# Somebody who may not see everything


@pytest.mark.parametrize("source", SOURCES[::2])
def test_a_reader_sees_all_but_what_is_secret(same: Directories, source: str) -> None:
    file = mp.loads(without_secrets(same.server.dump()))
    assert file.revision != same.file().revision
    with same.open(source, bind=mp.Bind(same.server.policy, PASSWORD)) as seen:
        for name in ("revision", "entries", "settings", "findings", "lists_of", "accounts", "may_post"):
            assert_same(QUESTIONS[name], file, seen)


def hidden() -> frozenset[str]:
    """The attributes that the access rules keep from the accounts of policy hosts."""
    rules = (SERVER_FILES / "carbonio-policy.ldif").read_text()
    [names] = re.findall(r"attrs=([\w,\s]+?)\s+by", rules)
    return SECRETS | set(re.split(r"[,\s]+", names))


def without_secrets(ldif: bytes) -> bytes:
    secrets = hidden()
    shown = (
        ContentRecord(each.dn, tuple(pair for pair in each.attributes if pair[0] not in secrets))
        for each in read([ldif])
        if isinstance(each, ContentRecord)
    )
    return b"".join(write(shown))


# While it changes


def test_the_answer_is_the_same_after_changes() -> None:
    with directories("native") as same:
        before = same.file()
        sources = [same.source(each) for each in SOURCES]
        lives = [each for each in sources if isinstance(each, Live)]
        johns = [each.account(JOHN) for each in lives]
        applied = lives[0].apply(*CHANGES)
        after = mp.loads(same.server.dump())
        assert after.revision != before.revision
        for source in sources:
            now: Any = source.anew() if isinstance(source, Asking) else source
            if isinstance(now, Live):
                now.wait_for(applied, 10)
            for name in AFTER:
                assert_same(QUESTIONS[name], after, now)
        for live, john in zip(lives, johns, strict=True):
            # What is held from before stands for what has its name now, and is itself as it was.
            assert john.settings.mailbox_quota == before.account(JOHN).settings.mailbox_quota
            assert live.is_member("new@acme.example", john)
            assert mp.holds(live, "jane@acme.example", "sendAs", john).answer
            assert john.entry is not live.account(john.dn).entry


CHANGES = (
    mp.set(JOHN, mailbox_quota="2 GiB", grants=["jane@acme.example usr sendAs"]),
    mp.unset("cos:premium", "mailbox_quota"),
    mp.create("list:new@acme.example", member_addresses=[JOHN, "wile.e@customer.example"]),
    mp.delete("bob@acme.example"),
    mp.add_value(JANE, aliases="janet@acme.example"),
)
AFTER = (
    "revision", "entries", "find", "settings", "statuses", "relations", "tree", "is_member", "lists_of",
    "holds", "gal", "accounts", "effective", "findings", "dumps", "in_a_table",
)  # fmt: skip
