"""Precedents: what the rules came to for a like request, by the same state of the directory.

Requests are alike where they concern the same people, and where all that a rule heeds of them is the same.
Mail that is taken without a word, which is nearly all, then need not be judged again. Whatever somebody
would want words about is judged each time: what is refused, warned of, watched, or goes by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, TypeAlias

from ..snapshot.remembering import remember
from .known import MOST_ABSENT, MOST_NAMES, MOST_OUTCOMES, Known
from .outcome import Outcome
from .selection import Party, Selection, Side
from .usage import Counter
from .verdict import TAKEN

__all__ = ["Case", "case_of", "precedent", "set_precedent"]

Case: TypeAlias = tuple[Hashable, ...]
"""What like requests have in common."""


def case_of(
    request: Any, known: Known, selection: Selection, used: Callable[[Counter], int | None]
) -> Case | None:
    """What a request has in common with those like it; None where nobody knows, perhaps not yet."""
    case: list[Hashable] = []
    try:
        for side in selection.sides:
            name = getattr(request, side.whose, None)
            party = (
                known.parties[side].get(name)
                or known.strangers[side].get(name)
                or party_of(known, side, name)
            )
            if party is None:
                return None
            case.append(party)
            case += [look(request, used) for look in party.looks]
    except Exception:  # noqa: BLE001 - a rule cannot tell what it heeds; asked, it says itself what is wrong
        return None
    return tuple(case)


def party_of(known: Known, side: Side, name: str | None) -> Party | None:
    """Whoever has that name, or nobody, if it is known by now who that is and what is heeded of her."""
    if name is None or (side.how == "having" and name and "@" not in name):
        return None  # who that is, or of which domain, only the context finds out
    found = known.by[side.how].get(name)
    if found is None and name and not known.is_absent(side.how, name):
        return None
    regard = side.known(found)
    if regard is None or regard.looks is None:
        return None
    alike = regard.of(name)
    party = known.alike.get(alike) or remember(known.alike, alike, Party(regard.looks), MOST_NAMES)
    if found is None:
        return remember(known.strangers[side], name, party, MOST_ABSENT)
    return remember(known.parties[side], name, party, MOST_NAMES)


def precedent(known: Known, case: Case | None) -> Outcome | None:
    """What a like request has come to; None where there was none."""
    try:
        return None if case is None else known.outcomes.get(case)
    except TypeError:  # a look gave what cannot be compared
        return None


def set_precedent(known: Known, case: Case | None, outcome: Outcome) -> None:
    """Keep what a request has come to, unless there are words to it."""
    is_plain = outcome.verdict in TAKEN and outcome.opinion is None
    if case is not None and is_plain and not (outcome.observed or outcome.notices or outcome.errors):
        with suppress(TypeError):
            remember(known.outcomes, case, outcome, MOST_OUTCOMES)
