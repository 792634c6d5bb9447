"""Whether passwords travel in the clear."""

from __future__ import annotations

from ....model import Directory
from ....schema.catalog.domain import Protocol
from ...context import Context
from ...opinion import Opinion
from ...replies import TLS_NEEDED
from ...requests import Login
from ...verdict import Verdict
from .identity import both
from .services import DOORS

__all__ = ["used"]


def used(request: Login, directory: Directory, context: Context) -> Opinion | None:
    """Pages whose links are https are used over https.

    Only in directories of our own: on a deployed server the protocol makes links and nothing else, and its
    proxy says what must be encrypted.
    """
    if request.secure or directory.snapshot.dialect.id_attribute is not None:
        return None
    door = DOORS.get(request.service)
    if door is None or not door.has_pages:
        return None
    for each in both(request, context):
        if each.settings.public_service_protocol is Protocol.HTTPS:
            text = f"{request.service} of {each.name} is https, and the connection is not encrypted"
            return Opinion(Verdict.REJECT, text, TLS_NEEDED)
    return None
