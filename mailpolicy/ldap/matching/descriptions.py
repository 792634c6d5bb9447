"""Attribute descriptions in a filter, and which stored ones they stand for (RFC 4512, section 2.5).

`name` stands for `cn`, and `cn` for `cn;lang-de`, but not the other way round; `cn;lang-` stands for
every language. An unknown attribute or option makes a filter Undefined.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from attrs import frozen

from ..definitions import AttributeType, Definitions

__all__ = ["Description"]

BINARY = "binary"
BINARY_SYNTAXES = frozenset(
    (
        *(f"1.3.6.1.4.1.1466.115.121.1.{number}" for number in (1, 8, 9, 10, 49)),
        "1.3.6.1.4.1.4203.666.11.10.2.1",
        "1.2.840.113549.1.8.1.1",
    )
)
"""Syntaxes whose values are transferred in BER: only their attributes take the option `;binary`."""


@frozen
class Description:
    """An attribute and the options after it; `tags` are those other than `binary`, in lower case."""

    attribute: AttributeType
    tags: frozenset[str]
    binary: bool

    @classmethod
    def read(cls, text: str, definitions: Definitions) -> Description | None:
        """The description that `text` is; None where OpenLDAP knows no such attribute or option.

        Language tags (`lang-…`) are the only options there are besides `binary`, and operational
        attributes take none.
        """
        attribute = definitions.attribute(text)
        options = text.lower().split(";")[1:]
        tags = frozenset(option for option in options if option.startswith("lang-"))
        binaries = options.count(BINARY)
        known = len(options) == binaries + sum(option in tags for option in options)
        if attribute is None or not known or (options and attribute.operational):
            return None
        if binaries > 1 or (binaries and attribute.syntax not in BINARY_SYNTAXES):
            return None
        return cls(attribute, tags, bool(binaries))

    @property
    def is_plain(self) -> bool:
        """Whether there are no options, so that attributes stored without any are meant."""
        return not self.tags and not self.binary

    def among(self, attributes: Collection[str], names: Container[str], tagged: Iterable[str]) -> list[str]:
        """Of stored names those that are meant: of these attributes, with options that are allowed.

        `tagged` are the names that have options; `attributes` are named without.
        """
        meant = [name for name in attributes if name in names] if self.is_plain else []
        for stored in tagged:
            name, *options = stored.split(";")
            if name in attributes and self.allows(frozenset(options)):
                meant.append(stored)
        return meant

    def allows(self, options: frozenset[str]) -> bool:
        """Tell whether an attribute stored with these options is meant."""
        if self.binary and BINARY not in options:
            return False
        return all(any(_is_in_range(option, tag) for option in options) for tag in self.tags)


def _is_in_range(option: str, tag: str) -> bool:
    """Tell whether `option` is the tag or in the range it names: `lang-de-` has `lang-de`, `lang-de-at`…"""
    if option == BINARY:
        return False
    return option == tag or (tag.endswith("-") and (option.startswith(tag) or option == tag[:-1]))
