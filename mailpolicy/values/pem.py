"""Certificates and keys in their textual form."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Final

from ..errors import InvalidValue

__all__ = ["Pem"]

EXPECTED: Final = "PEM text (-----BEGIN CERTIFICATE----- …)"
BLOCK: Final = re.compile(
    r"-----BEGIN (?P<label>[A-Z0-9 ]+)-----[ \t]*$(?P<body>[^-]*)^-----END (?P=label)-----", re.MULTILINE
)
WIDTH: Final = 64


class Pem(str):
    """One or more PEM blocks, wrapped at 64 columns; what stands between the blocks is dropped.

    Neither its repr nor an error repeats the content, which may be a private key.

    >>> Pem("-----BEGIN CERTIFICATE-----\\nAQID\\n-----END CERTIFICATE-----")
    <Pem: CERTIFICATE>
    >>> Pem("-----BEGIN CERTIFICATE-----\\nAQ?D\\n-----END CERTIFICATE-----")
    Traceback (most recent call last):
    mailpolicy.errors.InvalidValue: '<text of 58 characters>' at character 27: expected base64 ...

    The strict form of RFC 7468. Keys encrypted as in RFC 1421 are InvalidValue: no server could use them.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Pem:
        if type(text) is cls:
            return text
        text = text.replace("\r\n", "\n")
        blocks = [rewrapped(block, text) for block in BLOCK.finditer(text)]
        if not blocks or len(blocks) != text.count("-----BEGIN "):
            raise InvalidValue(unrevealed(text), EXPECTED)
        return str.__new__(cls, "".join(blocks))

    @property
    def labels(self) -> tuple[str, ...]:
        """What the blocks are, in order: `CERTIFICATE`, `PRIVATE KEY` …"""
        return tuple(block["label"] for block in BLOCK.finditer(self))

    def __repr__(self) -> str:
        return f"<Pem: {', '.join(self.labels)}>"


def rewrapped(block: re.Match[str], text: str) -> str:
    label = block["label"]
    try:
        content = b64decode("".join(block["body"].split()), validate=True)
    except Base64Error:
        problem = f"base64 inside the {label} block"
        raise InvalidValue(unrevealed(text), problem, position=block.start("body")) from None
    body = b64encode(content).decode("ascii")
    lines = (body[start : start + WIDTH] for start in range(0, len(body), WIDTH))
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def unrevealed(text: str) -> str:
    return f"<text of {len(text)} characters>"
