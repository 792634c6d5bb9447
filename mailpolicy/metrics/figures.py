"""Every figure there is; docs/reference/metrics.md is made from it."""

from __future__ import annotations

from typing import Final, Literal

from attrs import frozen

__all__ = ["FIGURES", "Figure"]


@frozen
class Figure:
    """A figure: its name, its kind, what tells its values apart, what it says.

    `together` says what a gauge shows of several workers: their sum, the least or the most of them.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    says: str
    together: Literal["livesum", "livemin", "livemax"] = "livesum"


FIGURES: Final = (
    Figure(
        "mailpolicy_decisions",
        "counter",
        ("adapter", "verdict", "rule"),
        "Decisions, by the rule that decided; the rule is empty where none had to",
    ),
    Figure("mailpolicy_decision_seconds", "histogram", ("adapter",), "How long decisions took, in seconds"),
    Figure(
        "mailpolicy_observed",
        "counter",
        ("rule", "mode", "verdict"),
        "What rules that are only watched would have done",
    ),
    Figure("mailpolicy_unknown", "counter", ("adapter",), "Requests deferred because nobody could tell"),
    Figure("mailpolicy_rule_errors", "counter", ("rule",), "Rules that failed"),
    Figure("mailpolicy_uncertain_counts", "counter", ("adapter",), "Decisions whose counts may be too low"),
    Figure(
        "mailpolicy_directory_fresh",
        "gauge",
        (),
        "1 while the directory answers, 0 while it does not",
        "livemin",
    ),
    Figure(
        "mailpolicy_directory_age_seconds",
        "gauge",
        (),
        "Seconds since the directory was last heard of; what is asked of a file has none",
        "livemax",
    ),
    Figure("mailpolicy_connections", "gauge", ("adapter",), "Open connections"),
    Figure("mailpolicy_journal_dropped", "gauge", (), "Lines of the journal that were lost"),
)
"""By name. Counters have `_total` behind it, as Prometheus wants."""
