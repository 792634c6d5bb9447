"""Whether mail has somewhere to go: the address of the recipient, and who stands behind it."""

from __future__ import annotations

from typing import Final

from ...errors import InvalidValue
from ...model import Directory
from ...values import folded
from ..context import Context
from ..opinion import Opinion
from ..replies import BAD_ADDRESS, NO_SUCH_ADDRESS
from ..requests import Mail
from ..verdict import Verdict

__all__ = ["exists", "syntax"]


EXISTS: Final = Opinion(Verdict.ACCEPT, "the recipient exists")


def syntax(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """What is no address is nobody's."""
    if not request.recipient:
        return None
    try:
        folded(request.recipient)
    except InvalidValue as problem:
        return Opinion(Verdict.REJECT, str(problem), BAD_ADDRESS)
    return None


def exists(request: Mail, directory: Directory, context: Context) -> Opinion | None:
    """An address in a domain of ours must lead somewhere; other domains are others' business."""
    if not request.recipient:
        return None
    found = context.recipient
    if found is not None:
        if not context.is_told:
            return EXISTS
        return Opinion(Verdict.ACCEPT, f"{request.recipient} leads to {found.kind} {found.name}")
    if context.domain(request.recipient.rpartition("@")[2]) is None:
        return Opinion(Verdict.NO_OPINION, "the domain of the recipient is none of ours")
    return Opinion(Verdict.REJECT, f"nobody has the address {request.recipient}", NO_SUCH_ADDRESS)
