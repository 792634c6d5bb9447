"""What each field of a request says, for reference pages and JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["SAID"]

CLIENT: Final = {"client": "The IP address it comes from, empty where it is not known"}
SENDER: Final = "The sender of the envelope, empty for the null sender"
SIZE: Final = "Bytes, 0 where unknown"
ACCOUNT: Final = "The address of the account, or the name it logs in with"

SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "login": {
        **CLIENT,
        "account": ACCOUNT,
        "service": "What is logged in to: imap, pop3, smtp, webmail, …, or admin",
        "second_factor": "Whether a second factor was given",
        "host": "The name by which the server was called, where a user name without domain is enough",
        "device": "What the client says it is",
        "trusted_device": "Whether that is a device she has trusted",
        "secure": "Whether the connection is encrypted",
        "application_password": "Whether the password is one of those made for one program",
        "actor": "Who acts, where it is not she",
        "password_is": "What came of the password: right, wrong, unknown where nobody could check it, "
        "ignored where too many were wrong before",
    },
    "delivery": {
        **CLIENT,
        "sender": SENDER,
        "recipient": "The recipient of the envelope",
        "size": SIZE,
        "spam": "Whether a filter takes it for spam",
        "automatic": "Whether a program has written it",
        "addressed": "The addresses of To: and Cc:, null where the headers were not seen",
    },
    "submission": {
        **CLIENT,
        "login": "Who has logged in",
        "sender": SENDER,
        "recipient": "The recipient of the envelope; may be empty at the end of a message with several",
        "size": SIZE,
        "recipients": "How many recipients the message has by now",
        "header_from": "The address of From:, empty where it was not seen",
    },
    "post": {
        **CLIENT,
        "list": "The address of the list",
        "sender": SENDER,
        "login": "Who has logged in, empty where nobody has",
        "size": SIZE,
    },
    "booking": {
        **CLIENT,
        "resource": "The address of the resource",
        "organizer": "Who invites it",
        "instances": "When it is wanted: pairs of beginning and end",
        "busy": "When it is taken already: pairs of beginning and end",
        "recurring": "Whether the invitation is for a series",
    },
    "device": {
        **CLIENT,
        "account": ACCOUNT,
        "id": "What the device calls itself",
        "model": "Its model",
        "user_agent": "The program that speaks",
        "state": "What is known of it: allowed, blocked, quarantined, wipe, reset, suspended; empty for new",
    },
    "edit": {
        **CLIENT,
        "as_admin": "Whether rights of an administrator are claimed",
        "actor": "Who wants to change something",
        "target": "What is to be changed: an address, a name, kind:name or a DN",
        "operation": "modify, create, delete or rename",
        "field": "The setting that is to be modified",
        "value": "What it becomes, null to unset it",
    },
    "recovery": {
        **CLIENT,
        "account": ACCOUNT,
        "service": "Where the password is asked for",
        "code_age": "How many seconds ago a code was given out, null where none was",
    },
}
"""By kind and field. A type without its words here has no form: a test says so."""
