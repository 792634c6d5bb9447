"""The figures: what a decision adds to them, and the page about them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client import generate_latest

import mailpolicy as mp
from mailpolicy.decision import Mode
from mailpolicy.freshness import Freshness, State
from mailpolicy.metrics import FIGURES
from mailpolicy.metrics.metrics import Metrics
from mailpolicy.metrics.pages import metrics_markdown
from tests.mta.running import ACME

AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def decided(recipient: str, policy: mp.Policy = mp.DEFAULT_POLICY) -> mp.Decision:
    return mp.decide(mp.open(str(ACME)), mp.Delivery("", recipient), at=AT, policy=policy)


def test_decisions_by_rule_and_verdict(metrics: Metrics) -> None:
    for recipient in ("nobody@globex.example", "nobody@globex.example", "john@acme.example"):
        metrics.count(decided(recipient), "policy", 0.000_3)
    labels = {"adapter": "policy", "verdict": "reject", "rule": "recipient.exists"}
    assert value(metrics, "mailpolicy_decisions_total", **labels) == 2
    labels = {"adapter": "policy", "verdict": "accept", "rule": ""}
    assert value(metrics, "mailpolicy_decisions_total", **labels) == 1
    assert value(metrics, "mailpolicy_decision_seconds_count", adapter="policy") == 3
    assert value(metrics, "mailpolicy_decision_seconds_bucket", adapter="policy", le="0.0002") == 0
    assert value(metrics, "mailpolicy_decision_seconds_bucket", adapter="policy", le="0.0005") == 3


def test_what_is_only_watched(metrics: Metrics) -> None:
    policy = mp.DEFAULT_POLICY.with_modes({"recipient.exists": Mode.AUDIT})
    metrics.count(decided("nobody@globex.example", policy), "exim", 0.0)
    labels = {"rule": "recipient.exists", "mode": "audit", "verdict": "reject"}
    assert value(metrics, "mailpolicy_observed_total", **labels) == 1
    assert value(metrics, "mailpolicy_unknown_total", adapter="exim") is None


def test_rules_that_fail(metrics: Metrics) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    rule = mp.Rule("site.broken", broken, about=(mp.Delivery,), says="Breaks.", otherwise="it is whole")
    metrics.count(decided("john@acme.example", mp.DEFAULT_POLICY.with_rules(rule)), "policy", 0.0)
    assert value(metrics, "mailpolicy_rule_errors_total", rule="site.broken") == 1


def test_what_is_as_it_is(metrics: Metrics) -> None:
    metrics.show(Freshness(State.FRESH), {"policy": 3}, 7)
    assert value(metrics, "mailpolicy_directory_fresh") == 1
    assert value(metrics, "mailpolicy_connections", adapter="policy") == 3
    assert value(metrics, "mailpolicy_journal_dropped") == 7
    metrics.show(Freshness(State.STALE), {"policy": 0}, 7)
    assert value(metrics, "mailpolicy_directory_fresh") == 0
    assert value(metrics, "mailpolicy_connections", adapter="policy") == 0


def test_a_protocol_that_is_not_served_any_more_has_no_connections(metrics: Metrics) -> None:
    metrics.show(Freshness(State.FRESH), {"policy": 3, "exim": 1}, 0)
    metrics.show(Freshness(State.FRESH), {"policy": 3}, 0)
    assert value(metrics, "mailpolicy_connections", adapter="exim") == 0


def test_every_figure_is_on_the_page(metrics: Metrics) -> None:
    page, shown = metrics_markdown(), generate_latest(metrics.registry).decode()
    for figure in FIGURES:
        assert f"`{figure.name}" in page
        assert f"# TYPE {figure.name}" in shown
