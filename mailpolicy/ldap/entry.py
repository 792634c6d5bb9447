"""One directory entry: a DN and its attribute values, with the schema that says what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from .definitions import Definitions, Usage
from .dn import DN

__all__ = ["Entry", "Value"]

Value: TypeAlias = str | bytes
"""A decoded value: text where the attribute's syntax is text, else the bytes."""

BINARY_SYNTAXES = frozenset(
    f"1.3.6.1.4.1.1466.115.121.1.{number}"
    for number in (
        4,  # Audio
        5,  # Binary
        8,  # Certificate
        9,  # Certificate List
        10,  # Certificate Pair
        23,  # Fax
        28,  # JPEG
        40,  # Octet String, so every userPassword
        49,  # Supported Algorithm
    )
)


class Entry:
    """An entry, read-only: `entry.raw` are its stored bytes, `entry["mail"]` what they say.

    Attribute names are as the schema spells them, with options in lower case and sorted
    (`cn;lang-de`); that is up to whoever builds the entry, and makes comparing cheap. Looking up
    takes any spelling, alias or OID. It finds that one attribute: `cn` finds neither `cn;lang-de`
    nor a subtype. Values keep their order.

    The mapping it is made of is kept, not copied: whoever builds an entry hands it over.

    Text that is not UTF-8 is decoded with surrogate escapes, so that no byte is lost; so are the
    values of attributes the schema does not know.

    >>> entry = Entry(DN("uid=john,o=mail"), {"mail": (b"john@acme.example",)}, Definitions.standard())
    >>> entry["MAIL"], entry.get("cn"), "rfc822Mailbox" in entry
    (('john@acme.example',), (), True)
    >>> entry
    <Entry uid=john,o=mail: mail>
    """

    __slots__ = ("_definitions", "_values", "dn", "line")

    dn: DN
    line: int | None
    """The line of the source where the entry begins, counted from 1; None for one made otherwise."""

    def __init__(
        self,
        dn: DN,
        values: Mapping[str, tuple[bytes, ...]],
        definitions: Definitions,
        line: int | None = None,
    ) -> None:
        self.dn = dn
        self.line = line
        self._values = values
        self._definitions = definitions

    @property
    def raw(self) -> Mapping[str, tuple[bytes, ...]]:
        """The stored bytes of each attribute."""
        return MappingProxyType(self._values)

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        stored = self._stored_name(name)
        if stored not in self._values:
            raise KeyError(name)
        return self.get(stored)

    def get(self, name: str) -> tuple[Value, ...]:
        """The values of `name`, none if the entry does not have it."""
        stored = self._stored_name(name)
        values = self._values.get(stored, ())
        if is_binary(stored, self._definitions):
            return values
        return tuple([value.decode("utf-8", "surrogateescape") for value in values])

    def first(self, name: str) -> Value | None:
        """The first value of `name`, None if the entry does not have it."""
        values = self.get(name)
        return values[0] if values else None

    def showing(self, names: Iterable[str]) -> Entry:
        """The entry with some attributes only, as a search that asks for them returns it.

        A name brings its subtypes and options along; `*` stands for all user attributes, `+` for all
        operational ones, and `1.1` for none (RFC 4511 section 4.5.1.8).
        """
        wanted = tuple(names)
        chosen = [name for name in self._values if shows(name, wanted, self._definitions)]
        return Entry(self.dn, {name: self._values[name] for name in chosen}, self._definitions, self.line)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._stored_name(name) in self._values

    def _stored_name(self, name: str) -> str:
        return name if name in self._values else self._definitions.canonical_name(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return self.dn == other.dn and self._values == other._values

    def __hash__(self) -> int:
        return hash(self.dn)

    def __repr__(self) -> str:
        # Names only: some values are secret, and which ones is for a higher floor to know.
        return f"<Entry {self.dn}: {' '.join(self._values)}>"


def is_binary(description: str, definitions: Definitions) -> bool:
    """Tell whether values of this attribute are bytes rather than text, by syntax or `;binary`."""
    name, _, options = description.partition(";")
    if "binary" in options.lower().split(";"):
        return True
    attribute = definitions.attribute(name)
    return attribute is not None and attribute.syntax in BINARY_SYNTAXES


def shows(description: str, names: tuple[str, ...], definitions: Definitions) -> bool:
    """Tell whether a search that asks for `names` returns the attribute of this description."""
    base, _, options = description.partition(";")
    attribute = definitions.attribute(base)
    operational = attribute is not None and attribute.usage is not Usage.USER_APPLICATIONS
    if ("+" if operational else "*") in names:
        return True
    tagged = set(options.split(";")) if options else set()
    for name in names:
        wanted, _, tags = definitions.canonical_name(name).partition(";")
        asked = definitions.attribute(wanted)
        same = wanted == base or (
            attribute is not None and asked is not None and attribute in definitions.subtypes(asked)
        )
        if same and (not tags or tagged.issuperset(tags.split(";"))):
            return True
    return False
