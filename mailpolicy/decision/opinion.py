"""What a rule says."""

from __future__ import annotations

from typing import Any, Final

from attrs import field, frozen

from ..errors import InvalidValue
from ..reasons import Reason
from .effects import Effect, Notice
from .reply import Reply
from .usage import Charge, Counter
from .verdict import Verdict

__all__ = ["Opinion"]

SEVERAL: Final[tuple[tuple[str, Any, str], ...]] = (
    ("because", Reason, "a tuple of Reason"),
    ("charges", Charge, "a tuple of Charge, each with a Counter and whole numbers"),
    ("notices", Notice, "a tuple of Notice"),
    ("effects", Effect, "a tuple of effects such as Header"),
)
"""What an opinion has several of."""


@frozen
class Opinion:
    """What a rule thinks should become of a request, and why: `text` is for the operator.

    `reply` is for the remote side; without one that of the verdict is used. `because` are reasons of the
    floors below: of a status, a right. An ACCEPT lets the rules after it speak too, unless it `settles`
    the matter; NO_OPINION likewise; every other verdict ends it anyway. `redirect_to` is the address of a
    REDIRECT. InvalidValue where a part is something else: it is the rule that fails then, and no other.

    >>> import mailpolicy as mp
    >>> mp.Opinion(mp.Verdict.HOLD, "the sender is new here").verdict
    <Verdict.HOLD: 'hold'>
    """

    verdict: Verdict = field(converter=Verdict)
    text: str
    reply: Reply | None = None
    because: tuple[Reason, ...] = ()
    charges: tuple[Charge, ...] = ()
    notices: tuple[Notice, ...] = ()
    effects: tuple[Effect, ...] = ()
    settles: bool = False
    redirect_to: str = ""

    def __attrs_post_init__(self) -> None:
        if self.verdict is Verdict.REDIRECT and not self.redirect_to:
            raise InvalidValue("", "an address", attribute="redirect_to")
        if not isinstance(self.text, str):
            raise InvalidValue(str(self.text), "a text", attribute="text")
        if self.reply is not None and not isinstance(self.reply, Reply):
            raise InvalidValue(str(self.reply), "a Reply", attribute="reply")
        for name, kind, expected in SEVERAL:
            several = getattr(self, name)
            # A charge is a tuple itself.
            if several != () and not (type(several) in (tuple, list) and all_are(kind, several)):
                raise InvalidValue(str(several), expected, attribute=name)


def all_are(kind: Any, several: tuple[Any, ...] | list[Any]) -> bool:
    return all(isinstance(each, kind) for each in several) and (
        kind is not Charge or all(can_be_counted(*each) for each in several)
    )


def can_be_counted(counter: object, amount: object, limit: object) -> bool:
    return isinstance(counter, Counter) and isinstance(amount, int) and isinstance(limit, int)
