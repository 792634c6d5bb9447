"""What can be asked for: each request is a value, made by an edge or by hand.

Addresses are text as the remote side wrote it; whether it makes sense is for the rules to say, which never
raise. `client` is an IP address as text, empty where it is not known; sizes are bytes, 0 where unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from attrs import NOTHING, field, fields, frozen

__all__ = [
    "Booking",
    "Delivery",
    "Device",
    "Edit",
    "Login",
    "Mail",
    "PasswordIs",
    "Post",
    "Recovery",
    "Request",
    "Submission",
]


@frozen(repr=False, slots=False)
class Asked:
    """What every request has: from where it comes."""

    client: str = field(default="", kw_only=True)

    def __repr__(self) -> str:
        said = []
        for each in fields(type(self)):
            value = getattr(self, each.name)
            if each.default is NOTHING or value != each.default:
                said.append(f"{each.name}={value!r}")
        return f"{type(self).__name__}({', '.join(said)})"


PasswordIs: TypeAlias = Literal["right", "wrong", "unknown", "ignored"]
"""What came of a password: nobody could check it where it is unknown, and nobody would where it is ignored,
because too many wrong ones were given before."""


@frozen(repr=False, slots=False)
class Login(Asked):
    """Somebody wants in, whose password is right unless `password_is` says otherwise.

    `service` is one of `mailpolicy.types.Service` or ``admin``. `host` is the name by which the server was
    called, where a bare user name is enough; `device` what the client says it is, `trusted_device` whether
    that is one she has trusted. `secure` tells of TLS, `application_password` that it was one of these.
    `actor` is who acts, where it is not she. `password_is` is ``right``, ``wrong``, ``unknown`` where nobody
    could check it, or ``ignored`` where too many were wrong before; whoever asks has checked it.

    >>> import mailpolicy as mp
    >>> mp.Login("john@acme.example", service="imap", client="192.0.2.1")
    Login(client='192.0.2.1', account='john@acme.example')
    """

    account: str
    service: str = field(default="imap", converter=str)
    second_factor: bool = field(default=False, kw_only=True)
    host: str = field(default="", kw_only=True)
    device: str = field(default="", kw_only=True)
    trusted_device: bool = field(default=False, kw_only=True)
    secure: bool = field(default=True, kw_only=True)
    application_password: bool = field(default=False, kw_only=True)
    actor: str = field(default="", kw_only=True)
    password_is: PasswordIs = field(default="right", kw_only=True)


@frozen(repr=False, slots=False)
class Delivery(Asked):
    """Mail from somebody who has not logged in: one message for one recipient.

    `sender` is the envelope's, empty for the null sender. `spam` is what a filter said, `automatic` that
    a program has written it (Auto-Submitted, Precedence: bulk, junk or list, a report), `addressed` the
    addresses of To: and Cc:, None where the headers were not seen.

    >>> import mailpolicy as mp
    >>> mp.Delivery("wile.e@customer.example", "john@acme.example", size=10_240)
    Delivery(sender='wile.e@customer.example', recipient='john@acme.example', size=10240)
    """

    sender: str
    recipient: str
    size: int = field(default=0, kw_only=True)
    spam: bool = field(default=False, kw_only=True)
    automatic: bool = field(default=False, kw_only=True)
    addressed: tuple[str, ...] | None = field(default=None, kw_only=True)


@frozen(repr=False, slots=False)
class Submission(Asked):
    """Mail from somebody who has logged in: one message for one recipient.

    `recipients` is how many recipients the message has by now, this one included; `recipient` may be empty
    at the end of a message with several. `header_from` is the address of From:, where it was seen.

    >>> import mailpolicy as mp
    >>> mp.Submission("john@acme.example", "john@acme.example", "wile.e@customer.example")
    Submission(login='john@acme.example', sender='john@acme.example', recipient='wile.e@customer.example')
    """

    login: str
    sender: str
    recipient: str
    size: int = field(default=0, kw_only=True)
    recipients: int = field(default=1, kw_only=True)
    header_from: str = field(default="", kw_only=True)


@frozen(repr=False, slots=False)
class Post(Asked):
    """Somebody writes to a list: `login` is who has logged in, empty where nobody has.

    >>> import mailpolicy as mp
    >>> mp.Post("board@acme.example", "wile.e@customer.example").recipient
    'board@acme.example'
    """

    list: str
    sender: str
    login: str = field(default="", kw_only=True)
    size: int = field(default=0, kw_only=True)

    @property
    def recipient(self) -> str:
        """The list, by the name that other mail has for it."""
        return self.list

    @property
    def recipients(self) -> int:
        """How many: a list is one."""
        return 1

    @property
    def header_from(self) -> str:
        """Nobody has seen From:."""
        return ""


Instance: TypeAlias = tuple[datetime, datetime]
"""When something begins and ends."""


def with_zones(instances: Iterable[Instance]) -> tuple[Instance, ...]:
    """The same; what has no zone is of UTC."""
    return tuple([(zoned(begin), zoned(end)) for begin, end in instances])


def zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@frozen(repr=False, slots=False)
class Booking(Asked):
    """An invitation of a resource: `instances` is when it is wanted, `busy` when it is taken already.

    What the resource answers is decided whether or not the organizer asks to be sent the answer: that is for
    whoever sends mail to heed.

    >>> import mailpolicy as mp
    >>> mp.Booking("everest@acme.example", "john@acme.example", recurring=True).resource
    'everest@acme.example'
    """

    resource: str
    organizer: str
    instances: tuple[Instance, ...] = field(default=(), converter=with_zones)
    busy: tuple[Instance, ...] = field(default=(), converter=with_zones, kw_only=True)
    recurring: bool = field(default=False, kw_only=True)


@frozen(repr=False, slots=False)
class Device(Asked):
    """A mobile device wants to synchronise.

    `state` is what the store of devices says of it: ``allowed``, ``blocked``, ``quarantined``, ``wipe``,
    ``reset``, ``suspended``; empty for one that was not seen before.

    >>> import mailpolicy as mp
    >>> mp.Device("john@acme.example", "ApplDN6GT", model="iPhone")
    Device(account='john@acme.example', id='ApplDN6GT', model='iPhone')
    """

    account: str
    id: str
    model: str = field(default="", kw_only=True)
    user_agent: str = field(default="", kw_only=True)
    state: str = field(default="", kw_only=True)


@frozen(repr=False, slots=False)
class Edit(Asked):
    """Somebody wants to change an entry.

    `operation` is ``modify``, ``create``, ``delete`` or ``rename``; `field` the setting that `modify` is
    about and `value` what it becomes, None to unset it. `target` is a selector; of what is to be created
    the domain, or the name it will have.

    >>> import mailpolicy as mp
    >>> mp.Edit("john@acme.example", "john@acme.example", field="auto_reply_text", value="Gone").operation
    'modify'
    """

    # First, for the name `field` is taken below.
    as_admin: bool = field(default=False, kw_only=True)
    actor: str
    target: str
    operation: str = "modify"
    field: str = ""
    value: Any = None


@frozen(repr=False, slots=False)
class Recovery(Asked):
    """Somebody has lost her password and asks for a code, or comes with one.

    `code_age` is how many seconds ago the code was given out, None where none was.

    >>> import mailpolicy as mp
    >>> mp.Recovery("john@acme.example").service
    'webmail'
    """

    account: str
    service: str = field(default="webmail", converter=str)
    code_age: float | None = field(default=None, kw_only=True)


Request: TypeAlias = Login | Delivery | Submission | Post | Booking | Device | Edit | Recovery
Mail: TypeAlias = Delivery | Submission | Post
