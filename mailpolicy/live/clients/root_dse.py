"""What a server says of itself, under the names of attributes that we look for."""

from __future__ import annotations

from typing import Final

from ..backend import Attributes

__all__ = ["as_documented"]

DOCUMENTED: Final = {
    name.lower(): name
    for name in (
        "configContext",
        "namingContexts",
        "subschemaSubentry",
        "supportedControl",
        "supportedExtension",
        "supportedFeatures",
    )
}


def as_documented(root_dse: Attributes) -> Attributes:
    """The same with these names spelled as RFC 4512 does: a server may spell them in any case.

    >>> as_documented({"namingcontexts": [b"o=mail"], "vendorName": [b"Acme"]})
    {'namingContexts': [b'o=mail'], 'vendorName': [b'Acme']}
    """
    return {DOCUMENTED.get(name.lower(), name): values for name, values in root_dse.items()}
