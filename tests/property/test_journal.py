"""A line of the journal is read as it was written; with hidden names nobody can be found in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from attrs import fields
from hypothesis import given, settings, strategies as st

import mailpolicy as mp
from mailpolicy.decision import Counter, Decision, Observed, Outcome, Reply, RuleError, Usage
from mailpolicy.forms import as_json
from mailpolicy.journal import Concealing, Record
from mailpolicy.journal.hiding import NAMES
from mailpolicy.journal.reading import parsed
from mailpolicy.journal.record import line_of, told

ACME = mp.open("ldif/examples/acme.ldif")
KEY = b"a key of some length"
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
# Local parts that stand nowhere else in a line, so that each trace of them is one.
LOCALS = st.sampled_from(
    [
        "qzxw",
        "QZXW",
        "qzxw+detail",
        '"qzxw vykj"',
        '"qz\\"xw"',
        '"qzxw@vykj"',
        "vykj=qzxw",
        "qzxwé",
        "vykj qzxw",
        '"qzxw',
        "vykj,qzxw",
        "<qzxw>",
    ]
)
DOMAINS = st.sampled_from(
    ["acme.example", "ACME.example", "globex.example", "elsewhere.example", "", "[192.0.2.1]"]
)
TRACES = ("qzxw", "vykj", 'qz\\"xw', "xw\\")
TEXTS = st.text(max_size=30)
# What names somebody without being an address.
NAMING = st.sampled_from(
    [
        "Qzxw Vykj",
        "qzxw's iPhone",
        "@qzxw",
        "yours @qzxw",
        "/home/qzxw/counts.sqlite",
        "uid=qzxw,ou=people,dc=acme",
        "uid=qzxw vykj,ou=people,dc=acme",
        "mail=qzxw@acme.example,ou=people",
        "h.0123456789abcdef01234567 qzxw",
        "fe80::1%qzxw",
    ]
)
# Settings of each kind: text, addresses, passwords, words to choose from, numbers, several of them.
FIELDS = st.sampled_from(
    [
        *("display_name", "forwarding_addresses", "password", "account_status", "mailbox_quota", "notes"),
        *("allowed_services", "allowed_networks", "two_factor_policy", "recovery_address", "fax_number", ""),
    ]
)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    local, domain = draw(LOCALS), draw(DOMAINS)
    return draw(st.sampled_from([f"{local}@{domain}", local]))


def decision_of(said: dict[str, Any]) -> Decision:
    parts = {name: said[name] for name in said if name not in ("request", "usage")}
    return Decision(Outcome(**parts), said["request"], NOON, said["usage"], mp.DEFAULT_POLICY, ACME)


@st.composite
def decisions(
    draw: st.DrawFn, names: st.SearchStrategy[str], words: st.SearchStrategy[str]
) -> dict[str, Any]:
    """What is said of a decision; without the directory, which nobody wants to read in a failure."""
    name, said = names, words
    value = st.recursive(
        said | st.none() | st.booleans() | st.integers(),
        lambda each: st.lists(each, max_size=2) | st.dictionaries(said, each, max_size=2),
        max_leaves=3,
    )
    operation = st.sampled_from(["modify", "rename", "create"]) | said
    request: Any = draw(
        st.one_of(
            st.builds(mp.Delivery, name, name, client=said, addressed=st.none() | st.lists(name).map(tuple)),
            st.builds(mp.Submission, name, name, name, header_from=name, size=st.integers(0, 10**9)),
            st.builds(mp.Post, name, name, login=name),
            st.builds(mp.Login, name, said, actor=name, host=said, device=said, client=said),
            st.builds(mp.Edit, name, name, operation, FIELDS | said, value),
            st.builds(mp.Device, name, said, model=said, user_agent=said, state=said),
            st.builds(mp.Booking, name, name),
            st.builds(mp.Recovery, name, said),
        )
    )
    kinds = st.sampled_from(["messages", "recovery", "replied"])
    counts = draw(st.dictionaries(st.builds(Counter, kinds, name, st.just(60)), st.integers(0, 99)))
    usage = Usage(counts, draw(words))
    observed = st.builds(Observed, st.just("a.b"), st.just("warn"), st.just("x"), words)
    errors = st.builds(RuleError, st.just("a.b"), words.map("ValueError: {}".format))
    return {
        "verdict": draw(st.sampled_from(list(mp.Verdict))),
        "reply": draw(st.none() | words.map(lambda text: Reply(550, "5.7.1", f"no: {text}"))),
        "rule": draw(st.sampled_from([None, "recipient.exists"])),
        "request": request,
        "usage": usage,
        "observed": tuple(draw(st.lists(observed, max_size=2))),
        "errors": tuple(draw(st.lists(errors, max_size=2))),
        "unknown": draw(words),
        "said": ("recipient.exists",),
    }


@settings(max_examples=150, deadline=None)
@given(decisions(addresses() | TEXTS, TEXTS), TEXTS, st.integers(0, 10**9))
def test_a_line_is_read_as_it_was_written(said: dict[str, Any], message: str, microseconds: int) -> None:
    decision = decision_of(said)
    line = line_of(decision, "policy", message, microseconds / 10**6)
    request = told(decision.request)
    assert json.loads(line)["request"] == json.loads(json.dumps(as_json(request)))
    assert line.count("\n") == 1
    assert line.endswith("\n")
    record = parsed(line.encode())
    usage = decision.usage
    assert record == Record(
        decision.at,
        request,
        Usage(dict(usage.counts), usage.doubt, usage.counts_unseen),
        decision.revision,
        decision.verdict,
        decision.rule,
        str(decision.reply or ""),
        decision.said,
        tuple(each.rule for each in decision.observed),
        tuple(f"{each.rule}: {each.error}" for each in decision.errors),
        decision.unknown,
        "policy",
        message,
        record.microseconds,
    )
    assert abs(record.microseconds - microseconds) <= 1


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Words as rules and stores say them: addresses in the midst of something."""
    whole = st.tuples(LOCALS.filter(lambda local: " " not in local or local.startswith('"')), DOMAINS)
    local, domain = draw(whole)
    before, behind = (
        draw(st.sampled_from(["", "over ", "no entry "])),
        draw(st.sampled_from(["", " at last"])),
    )
    return f"{before}{local}@{domain}{behind}"


def is_no_domain(text: str) -> bool:
    """A domain names nobody, as in a catch-all; it stays."""
    return "@qzxw" not in text


@settings(max_examples=300, deadline=None)
@given(decisions(addresses() | NAMING.filter(is_no_domain), sentences() | NAMING), addresses())
def test_nobody_can_be_found_in_a_line_with_hidden_names(said: dict[str, Any], recipient: str) -> None:
    decision = decision_of(said)
    line = line_of(decision, "policy", f"67bc.5f3a {recipient}", 0.001, Concealing(KEY))
    found = json.dumps(json.loads(line), ensure_ascii=False).lower()
    assert not [trace for trace in TRACES if trace in found], line
    parsed(line.encode())


@settings(max_examples=100, deadline=None)
@given(st.one_of(sentences(), NAMING, addresses()))
def test_equal_things_stay_equal_and_others_apart(text: str) -> None:
    concealing = Concealing(KEY)

    def device(text: str) -> str:
        decision = mp.decide(ACME, mp.Device("john@acme.example", text))
        found: str = json.loads(line_of(decision, "", "", 0, concealing))["request"]["id"]
        return found

    assert device(text) == device(text)
    assert device(text) != device(text + "x")


@given(st.lists(addresses(), min_size=1, max_size=3))
def test_who_has_the_key_finds_everybody_again(names: list[str]) -> None:
    decision = mp.decide(ACME, mp.Post(names[0], names[-1], login=names[0]))
    concealing = Concealing(KEY)
    line = line_of(decision, "policy", "", 0, concealing)
    concealing.learn(names)
    again = parsed(line.encode(), concealing).request
    assert isinstance(again, mp.Post)
    assert [concealing.name(each) for each in (again.list, again.sender, again.login)] == [
        concealing.name(each) for each in (names[0], names[-1], names[0])
    ]
    assert not again.list.startswith("h.")


def test_every_field_that_names_somebody_is_known() -> None:
    """Whoever adds a field to a request decides whether it is a name."""
    kinds = (mp.Login, mp.Delivery, mp.Submission, mp.Post, mp.Booking, mp.Device, mp.Edit, mp.Recovery)
    others = {each.name for kind in kinds for each in fields(kind)} - NAMES
    assert others == {
        *("client", "service", "second_factor", "host", "device", "trusted_device", "secure"),
        *("application_password", "size", "spam", "automatic", "addressed", "recipients", "instances"),
        *("busy", "recurring", "id", "model", "user_agent", "state", "as_admin"),
        *("operation", "field", "value", "code_age", "password_is"),
    }
