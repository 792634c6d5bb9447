"""The doors of a mail system."""

from __future__ import annotations

from enum import StrEnum

from ..errors import InvalidValue

__all__ = ["Service"]


class Service(StrEnum):
    """A way in: each can be allowed, limited to networks or put behind a second factor by itself.

    >>> Service("IMAP")
    <Service.IMAP: 'imap'>
    >>> Service("telnet")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: 'telnet': expected one of imap, pop3, smtp, webmail, ...
    """

    IMAP = "imap"
    POP3 = "pop3"
    SMTP = "smtp"
    WEBMAIL = "webmail"
    ACTIVESYNC = "activesync"
    DAV = "dav"
    XMPP = "xmpp"
    API = "api"

    @classmethod
    def _missing_(cls, value: object) -> Service:
        text = str(value)
        named = cls.__members__.get(text.strip().upper())
        if named is None:
            raise InvalidValue(text, f"one of {', '.join(cls)}")
        return named
