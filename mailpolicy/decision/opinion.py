"""What a rule says."""

from __future__ import annotations

from attrs import field, frozen

from ..errors import InvalidValue
from ..reasons import Reason
from .effects import Effect, Notice
from .reply import Reply
from .usage import Charge
from .verdict import Verdict

__all__ = ["Opinion"]


@frozen
class Opinion:
    """What a rule thinks should become of a request, and why: `text` is for the operator.

    `reply` is for the remote side; without one that of the verdict is used. `because` are reasons of the
    floors below: of a status, a right. An ACCEPT lets the rules after it speak too, unless it `settles`
    the matter; NO_OPINION likewise; every other verdict ends it anyway. `redirect_to` is the address of a
    REDIRECT.

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
