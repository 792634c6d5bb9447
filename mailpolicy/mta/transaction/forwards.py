"""Where mail goes instead of to a recipient: to her forwards, once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from ...decision import Decision, DeliverTo

__all__ = ["forwarded"]

Ways: TypeAlias = Mapping[str, tuple[str, ...]]
"""Where what recipients get goes, by address in lower case."""


def forwarded(
    recipients: Iterable[str], judged: Iterable[tuple[str, Decision]]
) -> tuple[list[str], list[str]]:
    """Which recipients leave a message for their forwards, and which addresses come instead.

    `recipients` are all of a message, `judged` those that nothing else has become of. What would go to
    somebody who is a recipient already goes the way of hers, so that nobody gets it twice. Those who forward
    to each other and to nobody else keep it, or it would go nowhere.
    """
    ways: dict[str, tuple[str, ...]] = {}
    named: list[str] = []
    for address, decision in judged:
        if found := destinations(decision):
            ways[address.lower()] = found
            named.append(address)
    if not ways:
        return [], []
    known = {each.lower() for each in recipients}
    away = arriving(ways)
    removed = [each for each in named if each.lower() in away and not stays(each.lower(), ways)]
    added = {each.lower(): each for way in ways.values() for each in way if each.lower() not in known}
    return removed, list(added.values())


def destinations(decision: Decision) -> tuple[str, ...]:
    return tuple(to for each in decision.effects if isinstance(each, DeliverTo) for to in each.addresses)


def stays(address: str, ways: Ways) -> bool:
    """Whether a copy goes to the address itself, or it forwards nothing."""
    return address not in ways or address in map(str.lower, ways[address])


def arriving(ways: Ways) -> set[str]:
    """The addresses from which mail gets somewhere, and does not only go round."""
    sources: dict[str, list[str]] = {}
    for address, way in ways.items():
        for each in way:
            sources.setdefault(each.lower(), []).append(address)
    found = {each for each in sources if stays(each, ways)}
    ahead = list(found)
    while ahead:
        for each in sources.get(ahead.pop(), ()):
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found
