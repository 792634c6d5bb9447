"""The policy delegation protocol without a network: what is asked, what is answered, what is counted."""

from __future__ import annotations

from typing import Any

import pytest

import mailpolicy as mp
from mailpolicy.decision import Header, Reply
from mailpolicy.errors import Unavailable
from mailpolicy.mta.postfix.message import MOST_REMEMBERED
from mailpolicy.mta.postfix.session import MOST_WAITING, SettleAt
from mailpolicy.mta.session import ProtocolError
from tests.unit.mta.policy_requests import Asking, Recording, action, charging, request

CHAIRMAN = Header("Sender", "jane@acme.example")


def refusing_eve(request: Any) -> mp.Opinion | None:
    if "eve" in request.sender:
        return mp.Opinion(mp.Verdict.REJECT, "eve", Reply(550, "5.7.1", "Not you"))
    return None


class TestRequests:
    def test_from_outside(self) -> None:
        asking = Asking()
        assert asking.line().ask(size="1234") == "DUNNO"
        [asked] = asking.requests
        assert asked == mp.Delivery(
            "wile.e@customer.example", "john@acme.example", size=1234, client="192.0.2.1"
        )

    def test_by_login(self) -> None:
        asking = Asking()
        asking.line().ask(sasl_username="john", sender="john@acme.example", recipient="a@b.example")
        [asked] = asking.requests
        assert asked == mp.Submission("john", "john@acme.example", "a@b.example", client="192.0.2.1")

    def test_the_null_sender_and_an_unknown_client(self) -> None:
        asking = Asking()
        asking.line().ask(sender="", client_address="unknown")
        [asked] = asking.requests
        assert asked == mp.Delivery("", "john@acme.example")

    @pytest.mark.parametrize(
        ("internal", "written"),
        [
            ("a b@Policy.Test", '"a b"@Policy.Test'),
            ('say "hi"@d.example', '"say \\"hi\\""@d.example'),
            ("back\\slash@d.example", '"back\\\\slash"@d.example'),
            ("one@two@d.example", '"one@two"@d.example'),
            ("@d.example", '""@d.example'),
            ("ev!il@bad.example", "ev!il@bad.example"),
            ("u$5@d0.test", "u$5@d0.test"),
            ("~!$%^*=`{|}/?#&'+_-@d.example", "~!$%^*=`{|}/?#&'+_-@d.example"),
            ("prvs=12345=john@d.example", "prvs=12345=john@d.example"),
            ("SRS0=a=b=c.example=d@e.example", "SRS0=a=b=c.example=d@e.example"),
            ("jörg@bücher.example", "jörg@bücher.example"),
            ("postmaster", "postmaster"),
            ("x@[192.0.2.1]", "x@[192.0.2.1]"),
        ],
    )
    def test_odd_addresses(self, internal: str, written: str) -> None:
        asking = Asking()
        line = asking.line()
        assert line.ask(sender=internal, recipient=internal) == "DUNNO"
        [asked] = asking.requests
        assert isinstance(asked, mp.Delivery)
        assert (asked.sender, asked.recipient) == (written, written)
        assert len(line.sent) == 1

    def test_bytes_that_are_no_text(self) -> None:
        asking = Asking()
        assert asking.line().ask(sender="\udcff@d.example") == "DUNNO"
        [asked] = asking.requests
        assert isinstance(asked, mp.Delivery)
        assert asked.sender.encode("utf-8", "surrogateescape") == b"\xff@d.example"

    def test_order_duplicates_and_unknown_names(self) -> None:
        asking = Asking()
        asking.line().session.receive(
            b"recipient=john@acme.example\nnew_in_4.0=x=y\nprotocol_state=RCPT\nsender=a@b.example\n"
            b"sender=second@b.example\nrequest=smtpd_access_policy\nrecipient=\n\n"
        )
        [asked] = asking.requests
        assert asked == mp.Delivery("a@b.example", "john@acme.example")

    @pytest.mark.parametrize("size", ["", "-1", "x", "²", "9" * 5000, "1e3", "0x10", "１"])
    def test_sizes_that_are_none(self, size: str) -> None:
        asking = Asking()
        asking.line().ask(size=size)
        [asked] = asking.requests
        assert isinstance(asked, mp.Delivery)
        assert asked.size == 0

    def test_nothing_is_kept_for_the_next_request(self) -> None:
        asking = Asking()
        line = asking.line()
        line.ask(sasl_username="john", size="77", recipient="a@b.example")
        line.session.receive(
            b"request=smtpd_access_policy\nprotocol_state=RCPT\ninstance=2\nrecipient=c@d.example\n\n"
        )
        assert asking.requests[-1] == mp.Delivery("", "c@d.example")
        line.session.receive(b"request=smtpd_access_policy\nprotocol_state=RCPT\n\n")
        assert asking.requests[-1] == mp.Delivery("", "")

    @pytest.mark.parametrize("state", ["CONNECT", "EHLO", "HELO", "MAIL", "VRFY", "ETRN", "", "NEW"])
    def test_other_states(self, state: str) -> None:
        asking = Asking(refusing_eve)
        assert asking.line().ask(protocol_state=state, sender="eve@x.example") == "DUNNO"
        assert not asking.requests


class TestFraming:
    def test_fragments_at_every_byte(self) -> None:
        whole = request(recipient="john@acme.example") + request(sender="eve@x.example", instance="2")
        for cut in range(len(whole) + 1):
            line = Asking(refusing_eve).line()
            line.session.receive(whole[:cut])
            line.session.receive(whole[cut:])
            assert list(map(action, line.sent)) == ["DUNNO", "550 5.7.1 Not you"], cut

    def test_byte_by_byte(self) -> None:
        line = Asking(refusing_eve).line()
        for byte in request() + request(sender="eve@x.example"):
            line.session.receive(bytes([byte]))
        assert list(map(action, line.sent)) == ["DUNNO", "550 5.7.1 Not you"]

    def test_thousands_at_once(self) -> None:
        line = Asking(refusing_eve).line()
        line.session.receive(
            b"".join(request(instance=str(n)) + request(sender="eve@x.example") for n in range(2000))
        )
        assert list(map(action, line.sent)) == ["DUNNO", "550 5.7.1 Not you"] * 2000

    @pytest.mark.parametrize(
        "wrong",
        [
            b"\n",
            b"\n\n",
            b"garbage\n\n",
            b"request=junk_mail_policy\n\n",
            b"sender=a@b.example\n\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"request=smtpd_access_policy\r\nprotocol_state=RCPT\r\n\r\n",
            b"request=smtpd_access_policy\nx=" + b"y" * 65536,
            b"request=smtpd_access_policy\nx=" + b"y" * 65536 + b"\n\n",
            b"request=smtpd_access_policy\n" + b"x=y\n" * 20000,
        ],
    )
    def test_what_is_no_request(self, wrong: bytes) -> None:
        line = Asking().line()
        with pytest.raises(ProtocolError):
            line.session.receive(request() + wrong)
        assert list(map(action, line.sent)) == ["DUNNO"], "what came before is answered"

    def test_a_line_that_says_nothing_is_passed_over(self) -> None:
        line = Asking().line()
        line.session.receive(b"request=smtpd_access_policy\nno equals sign\nprotocol_state=HELO\n\n")
        assert list(map(action, line.sent)) == ["DUNNO"]

    def test_a_request_may_be_long(self) -> None:
        assert Asking().line().ask(ccert_subject="x" * 60_000) == "DUNNO"

    def test_a_client_that_only_listens_on(self) -> None:
        line = Asking(counters=Recording(late=True)).line()
        line.session.receive(request())
        line.session.at_end()
        assert line.is_closed

    def test_half_a_request_at_the_end(self) -> None:
        line = Asking().line()
        line.session.receive(request()[:-1])
        line.session.at_end()
        assert line.is_closed
        assert not line.sent


class TestLateAnswers:
    def asking(self, **options: Any) -> Asking:
        def judge(request: Any) -> mp.Opinion:
            return refusing_eve(request) or charging(request)

        return Asking(judge, Recording(late=True), **options)

    def test_one_reply_each_in_order(self) -> None:
        asking = self.asking()
        line = asking.line()
        line.session.receive(request(recipient="john@acme.example") + request(sender="eve@x.example"))
        line.session.receive(request(recipient="jane@acme.example"))
        assert line.session.is_busy
        assert line.sent == []
        asking.counters.tell()
        assert list(map(action, line.sent)) == ["DUNNO", "550 5.7.1 Not you"]
        asking.counters.tell()
        assert list(map(action, line.sent)) == ["DUNNO", "550 5.7.1 Not you", "DUNNO"]
        assert not line.session.is_busy

    def test_an_answer_that_comes_twice(self) -> None:
        asking = self.asking()
        line = asking.line()
        line.session.receive(request() + request(recipient="jane@acme.example"))
        again = asking.counters.waiting[0]
        again()
        again()
        assert len(line.sent) == 1

    def test_the_other_side_is_gone(self) -> None:
        asking = self.asking()
        line = asking.line()
        line.session.receive(request() + request(recipient="jane@acme.example"))
        line.session.lost()
        asking.counters.tell()
        assert line.sent == []
        assert asking.counters.named("release") == [("release", "1a2b.5f3c.0 john@acme.example")]
        assert not asking.counters.waiting, "nobody is asked about for nobody"

    def test_the_other_side_listens_only(self) -> None:
        asking = self.asking()
        line = asking.line()
        line.session.receive(request() + request(recipient="jane@acme.example"))
        line.session.at_end()
        assert not line.is_closed
        asking.counters.tell()
        assert not line.is_closed
        asking.counters.tell()
        assert line.is_closed
        assert len(line.sent) == 2

    def test_too_many_wait(self) -> None:
        line = self.asking().line()
        line.session.receive(request() * (MOST_WAITING + 1))
        with pytest.raises(ProtocolError):
            line.session.receive(request())


class TestMemory:
    def test_the_same_question_is_decided_once(self) -> None:
        asking = Asking(refusing_eve)
        line = asking.line()
        for context in ("client", "helo", "sender", "recipient"):
            assert line.ask(policy_context=context) == "DUNNO"
            assert line.ask(policy_context=context, sender="eve@x.example") == "550 5.7.1 Not you"
        assert len(asking.handled) == 2

    @pytest.mark.parametrize(
        "other",
        [
            {"recipient": "jane@acme.example"},
            {"sender": "x@y.example"},
            {"sasl_username": "j"},
            {"instance": "2"},
        ],
    )
    def test_another_question_is_decided(self, other: dict[str, str]) -> None:
        asking = Asking()
        line = asking.line()
        line.ask()
        line.ask(**other)
        assert len(asking.handled) == 2

    def test_requests_without_an_instance_are_no_message(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(instance="")
        line.ask(instance="")
        assert len(asking.handled) == 2
        assert asking.counters.calls == []

    def test_it_has_an_end(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        for number in range(MOST_REMEMBERED + 100):
            line.ask(sasl_username="john", recipient=f"{number}@x.example")
        message = line.session._message
        assert len(message.answers) == len(message.accepted) == MOST_REMEMBERED
        assert asking.requests[-1].recipients == MOST_REMEMBERED + 100  # type: ignore[union-attr]


class TestCounting:
    END = {"protocol_state": "END-OF-MESSAGE"}

    def test_recipients_are_those_who_were_accepted(self) -> None:
        def judge(request: Any) -> mp.Opinion | None:
            if "no" in request.recipient:
                return mp.Opinion(mp.Verdict.REJECT, "no")
            return charging(request)

        asking = Asking(judge)
        line = asking.line()
        for recipient in ("a@x.example", "no@x.example", "b@x.example", "a@x.example", "c@x.example"):
            line.ask(sasl_username="john", recipient=recipient)
        asked = [(each.recipient, each.recipients) for each in asking.requests]  # type: ignore[union-attr]
        assert asked == [("a@x.example", 1), ("no@x.example", 2), ("b@x.example", 2), ("c@x.example", 3)]

    def test_settled_at_the_end_with_what_is_true_then(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(sasl_username="john", recipient="a@x.example")
        line.ask(sasl_username="john", recipient="b@x.example")
        line.ask(sasl_username="john", recipient="", size="4711", recipient_count="2", **self.END)
        assert asking.requests[-1] == mp.Submission(
            "john", "wile.e@customer.example", "", size=4711, recipients=2, client="192.0.2.1"
        )
        name = "1a2b.5f3c.0"
        assert asking.counters.calls == [
            ("reserve", (name, 1)),
            ("reserve", (name, 2)),
            ("reserve", (name, 2)),
            ("settle", name),
        ]
        # Asked once more, and over: nothing more happens.
        line.ask(sasl_username="john", recipient="", size="4711", recipient_count="2", **self.END)
        line.ask(instance="2", recipient="x@y.example")
        line.session.lost()
        assert asking.counters.named("settle", "release") == [
            ("settle", name),
            ("release", "2 x@y.example"),
        ]

    def test_nobody_counts_twice(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(sasl_username="john", recipient="a@x.example")
        line.ask(sasl_username="john", recipient="a@x.example", sender="other@x.example")
        assert [each.recipients for each in asking.requests] == [1, 1]  # type: ignore[union-attr]

    def test_an_end_that_does_not_say_how_many(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(sasl_username="john", recipient="a@x.example")
        line.ask(sasl_username="john", recipient="b@x.example")
        line.ask(sasl_username="john", recipient="", recipient_count="", **self.END)
        assert asking.requests[-1].recipients == 2  # type: ignore[union-attr]

    @pytest.mark.parametrize("verdict", [mp.Verdict.REJECT, mp.Verdict.DEFER, mp.Verdict.ASK_HUMAN])
    def test_refused_at_the_end(self, verdict: mp.Verdict) -> None:
        def judge(request: Any) -> mp.Opinion | None:
            return mp.Opinion(verdict, "too large") if request.size > 1000 else charging(request)

        asking = Asking(judge)
        line = asking.line()
        line.ask(sasl_username="john")
        assert line.ask(sasl_username="john", size="4711", **self.END)[0] in "45"
        line.session.lost()
        assert asking.counters.named("settle", "release") == [("release", "1a2b.5f3c.0")]

    def test_another_message_releases_the_one_before(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(sasl_username="john")
        line.ask(sasl_username="john", instance="2")
        assert asking.counters.named("settle", "release") == [("release", "1a2b.5f3c.0")]

    def test_nothing_is_released_that_was_not_reserved(self) -> None:
        asking = Asking(refusing_eve)
        line = asking.line()
        line.ask(sender="eve@x.example")
        line.ask(instance="2")
        line.session.lost()
        assert asking.counters.calls == []

    def test_settled_without_an_end(self) -> None:
        asking = Asking(charging)
        line = asking.line(settle_at=SettleAt.RCPT)
        line.ask(sasl_username="john")
        line.ask(sasl_username="john", recipient="b@x.example")
        line.ask(sasl_username="john", instance="2")
        line.session.lost()
        assert asking.counters.named("settle", "release") == [("settle", "1a2b.5f3c.0"), ("settle", "2")]

    def test_each_recipient_gets_a_count_of_her_own(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        line.ask(recipient="a@x.example")
        line.ask(recipient="b@x.example")
        assert line.ask(recipient="", recipient_count="2", **self.END) == "DUNNO"
        assert len(asking.handled) == 2
        assert sorted(asking.counters.named("settle")) == [
            ("settle", "1a2b.5f3c.0 a@x.example"),
            ("settle", "1a2b.5f3c.0 b@x.example"),
        ]

    def test_whoever_else_was_refused_after_us_gets_nothing(self) -> None:
        """Postfix names the recipient at the end where it has only one."""
        asking = Asking(charging)
        line = asking.line()
        for recipient in ("a@x.example", "B@x.example", "c@x.example"):
            line.ask(recipient=recipient)
        line.ask(recipient="B@x.example", recipient_count="1", **self.END)
        line.session.lost()
        assert sorted(asking.counters.named("settle", "release")) == [
            ("release", "1a2b.5f3c.0 a@x.example"),
            ("release", "1a2b.5f3c.0 c@x.example"),
            ("settle", "1a2b.5f3c.0 b@x.example"),
        ]

    def test_one_who_is_left_of_more_than_are_remembered(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        for number in range(MOST_REMEMBERED):
            line.ask(recipient=f"{number}@x.example")
        line.ask(recipient="7@x.example", recipient_count="1", **self.END)
        assert asking.counters.named("settle") == [("settle", "1a2b.5f3c.0 7@x.example")]

    def test_in_other_letters_a_recipient_is_the_same(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        for recipient in ("Jane@x.example", "jane@X.example", "JANE@x.example", "bob@x.example"):
            line.ask(sasl_username="john", recipient=recipient)
        assert [each.recipients for each in asking.requests] == [1, 1, 1, 2]  # type: ignore[union-attr]
        line.ask(sasl_username="john", recipient="", recipient_count="4", **self.END)
        assert asking.requests[-1].recipients == 2  # type: ignore[union-attr]

    def test_in_other_letters_a_recipient_gets_one_count(self) -> None:
        asking = Asking(charging)
        line = asking.line()
        for recipient in ("Jane@x.example", "jane@X.example"):
            line.ask(recipient=recipient)
        line.ask(recipient="", recipient_count="2", **self.END)
        assert asking.counters.named("settle") == [("settle", "1a2b.5f3c.0 jane@x.example")]

    def test_a_single_recipient_is_asked_about_with_the_true_size(self) -> None:
        def judge(request: Any) -> mp.Opinion | None:
            return mp.Opinion(mp.Verdict.REJECT, "too large") if request.size > 1000 else None

        line = Asking(judge).line()
        assert line.ask() == "DUNNO"
        assert line.ask(size="4711", recipient_count="1", **self.END).startswith("550 ")

    def test_a_connection_that_takes_over_within_a_message(self) -> None:
        """It has not seen all recipients: how many there are is for Postfix to say."""
        asking = Asking(charging)
        line = asking.line()
        line.ask(sasl_username="john", recipient="c@x.example", queue_id="4Zx9")
        line.ask(sasl_username="john", recipient="", recipient_count="3", queue_id="4Zx9", **self.END)
        assert asking.requests[-1].recipients == 3  # type: ignore[union-attr]

    def test_an_end_on_another_connection(self) -> None:
        asking = Asking(charging)
        one, two = asking.line(), asking.line()
        one.ask(sasl_username="john")
        one.session.lost()
        two.ask(sasl_username="john", recipient_count="3", **self.END)
        assert asking.counters.calls == [
            ("reserve", ("1a2b.5f3c.0", 1)),
            ("release", "1a2b.5f3c.0"),
            ("reserve", ("1a2b.5f3c.0", 3)),
            ("settle", "1a2b.5f3c.0"),
        ]


class TestHeaders:
    DATA = {"protocol_state": "DATA", "sasl_username": "jane"}

    @staticmethod
    def sending(request: Any) -> mp.Opinion:
        return mp.Opinion(mp.Verdict.ACCEPT, "on behalf of the chairman", effects=(CHAIRMAN,))

    def test_once_and_with_the_content(self) -> None:
        line = Asking(self.sending).line()
        assert line.ask(sasl_username="jane") == "DUNNO"
        assert line.ask(sasl_username="jane", recipient="b@x.example") == "DUNNO"
        assert line.ask(**self.DATA) == "PREPEND Sender: jane@acme.example"
        assert line.ask(**self.DATA) == "DUNNO", "a second restriction must not add a second header"

    def test_not_for_the_next_message(self) -> None:
        asking = Asking(lambda request: self.sending(request) if "boss" in request.sender else None)
        line = asking.line()
        line.ask(sasl_username="jane", sender="boss@acme.example")
        line.ask(sasl_username="jane", instance="2")
        assert line.ask(instance="2", **self.DATA) == "DUNNO"

    def test_only_what_goes_to_all(self) -> None:
        asking = Asking(lambda request: self.sending(request) if "john" in request.recipient else None)
        line = asking.line()
        line.ask(sasl_username="jane")
        line.ask(sasl_username="jane", recipient="b@x.example")
        assert line.ask(**self.DATA) == "DUNNO"

    def test_not_of_who_was_refused(self) -> None:
        def judge(request: Any) -> mp.Opinion | None:
            if "john" in request.recipient:
                return mp.Opinion(mp.Verdict.REJECT, "no")
            return self.sending(request)

        line = Asking(judge).line()
        line.ask(sasl_username="jane")
        line.ask(sasl_username="jane", recipient="b@x.example")
        assert line.ask(**self.DATA).startswith("PREPEND ")

    def test_on_another_connection(self) -> None:
        asking = Asking(
            lambda request: mp.Opinion(
                mp.Verdict.ACCEPT, "", effects=(CHAIRMAN,), charges=charging(request).charges
            )
        )
        line = asking.line()
        assert line.ask(**self.DATA) == "PREPEND Sender: jane@acme.example"
        assert asking.counters.calls == [], "counted at the end only"
        assert line.ask(**self.DATA) == "DUNNO"

    def test_nobody_is_asked_about_mail_from_outside(self) -> None:
        asking = Asking(self.sending)
        assert asking.line().ask(protocol_state="DATA") == "DUNNO"
        assert not asking.handled


def test_what_nobody_knows_is_asked_again_later() -> None:
    class Gone:
        @property
        def directory(self) -> mp.Directory:
            raise Unavailable("no server answers")

    line = Asking(source=Gone()).line()
    assert line.ask().startswith("DEFER_IF_PERMIT 4.3.0 ")
    assert line.ask(sasl_username="john").startswith("DEFER_IF_PERMIT 4.3.0 ")
