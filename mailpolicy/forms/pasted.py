"""What somebody has copied from somewhere: a policy request, lines of a mail log, or JSON."""

from __future__ import annotations

from ..decision import Request
from .maillog import request_from_maillog, said_in
from .policy_text import request_from_policy_text
from .problems import InvalidForm
from .reading import request_from_json

__all__ = ["pasted"]


def pasted(text: str) -> Request:
    """Read a request out of what was pasted, whichever of these it is; InvalidForm where it is none.

    >>> pasted("request=smtpd_access_policy\\nsender=a@b.example\\nrecipient=john@acme.example\\n")
    Delivery(sender='a@b.example', recipient='john@acme.example')
    """
    if text.lstrip().startswith("{"):
        return request_from_json(text)
    if any(said_in(line) for line in text.splitlines()):
        return request_from_maillog(text)
    if "=" not in text:
        expected = "a policy request of Postfix, lines of its log about a message, or a JSON object"
        raise InvalidForm((f"expected {expected}",))
    return request_from_policy_text(text)
