"""Counting decisions for Prometheus. Needs prometheus_client: the extra `metrics`."""

from __future__ import annotations

from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ..decision import Decision
from ..freshness import Freshness
from .figures import FIGURES, Figure

__all__ = ["Metrics"]

BUCKETS: Final = (
    0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0,
)  # fmt: skip
"""Seconds. A decision takes some microseconds; beyond two seconds mail servers lose their patience."""


def made(figure: Figure, registry: CollectorRegistry) -> Any:
    match figure.kind:
        case "counter":
            return Counter(figure.name, figure.says, figure.labels, registry=registry)
        case "histogram":
            return Histogram(figure.name, figure.says, figure.labels, registry=registry, buckets=BUCKETS)
    together = figure.together
    return Gauge(figure.name, figure.says, figure.labels, registry=registry, multiprocess_mode=together)


class Metrics:
    """The figures of one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = CollectorRegistry() if registry is None else registry
        self._figures = {figure.name: made(figure, self.registry) for figure in FIGURES}
        # The children of labels are looked up once: that costs more than counting does.
        self._decided: dict[tuple[str, str, str], Any] = {}
        self._took: dict[str, Any] = {}
        self._served: set[str] = set()

    def count(self, decision: Decision, adapter: str, seconds: float) -> None:
        """Take in a decision."""
        outcome = decision.outcome
        key = adapter, outcome.verdict, outcome.rule or ""
        counter = self._decided.get(key)
        if counter is None:
            counter = self._decided[key] = self._figures["mailpolicy_decisions"].labels(*key)
        counter.inc()
        took = self._took.get(adapter)
        if took is None:
            took = self._took[adapter] = self._figures["mailpolicy_decision_seconds"].labels(adapter)
        took.observe(seconds)
        if outcome.unknown:
            self._figures["mailpolicy_unknown"].labels(adapter).inc()
        if decision.usage.doubt:
            self._figures["mailpolicy_uncertain_counts"].labels(adapter).inc()
        for each in outcome.observed:
            self._figures["mailpolicy_observed"].labels(each.rule, each.mode, each.verdict).inc()
        for error in outcome.errors:
            self._figures["mailpolicy_rule_errors"].labels(error.rule).inc()

    def show(self, freshness: Freshness, connections: dict[str, int], dropped: int) -> None:
        """Set what is as it is at a moment."""
        self._figures["mailpolicy_directory_fresh"].set(1 if freshness else 0)
        self._figures["mailpolicy_directory_age_seconds"].set(freshness.age)
        self._figures["mailpolicy_journal_dropped"].set(dropped)
        self._served |= connections.keys()
        for adapter in self._served:
            self._figures["mailpolicy_connections"].labels(adapter).set(connections.get(adapter, 0))
