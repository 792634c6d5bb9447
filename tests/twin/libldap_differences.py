"""Where we leave libldap on purpose, and why. In filters, nowhere; and nowhere do we accept more."""

from __future__ import annotations

from mailpolicy.errors import InvalidDN, InvalidUrl, InvalidValue

DELIBERATE = [
    (
        InvalidDN,
        "hexadecimal digits",
        "libldap drops what follows a space after #04, and takes # alone for a value; slapd refuses both",
    ),
    (
        InvalidUrl,
        "hexadecimal digits after %",
        "libldap makes an empty DN, filter or host of a part with a bad escape, and ends a part at %00",
    ),
    (InvalidUrl, "a slash before", "libldap drops a ? that no slash precedes, and all that follows it"),
    (InvalidUrl, "a slash before", "libldap drops what stands between ] and the slash"),
    (
        InvalidUrl,
        "a closing ] after the address",
        "libldap lets a ? stand in an address, if a slash follows it",
    ),
    (
        InvalidUrl,
        "a port from 1 to 65535",
        "libldap takes any number, also one with a sign, spaces, escapes; it takes 0 for none",
    ),
    (InvalidUrl, "an extension: ", "libldap does not look into extensions"),
]
"""Error, part of its message, and why: what libldap accepts and we refuse on purpose.

Also, libldap does not look at the DN and the filter of a URL, where we refuse what is none.
"""


def deliberate(error: InvalidValue) -> bool:
    return any(isinstance(error, kind) and message in error.expected for kind, message, _ in DELIBERATE)
