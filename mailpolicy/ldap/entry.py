"""One directory entry: a DN and its attribute values, with the schema that says what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from .definitions import Definitions, Usage
from .dn import DN
from .shape import Shape, shape_of

__all__ = ["Entry", "Value", "Values", "column", "restored"]

Value: TypeAlias = str | bytes
"""A decoded value: text where the attribute's syntax is text, else the bytes."""

Values: TypeAlias = bytes | tuple[bytes, ...]
"""The values of an entry one after the other: put together with line breaks, or apart."""

BREAK: Final = b"\n"
MOST_TOGETHER: Final = 256
"""Values of an entry that are put together."""

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

    Text that is not UTF-8 is decoded with surrogate escapes, so that no byte is lost; so are the
    values of attributes the schema does not know.

    >>> entry = Entry(DN("uid=john,o=mail"), {"mail": (b"john@acme.example",)}, Definitions.standard())
    >>> entry["MAIL"], entry.get("cn"), "rfc822Mailbox" in entry
    (('john@acme.example',), (), True)
    >>> entry
    <Entry uid=john,o=mail: mail>
    """

    __slots__ = ("_values", "dn", "line", "shape")

    dn: DN
    line: int | None
    """The line of the source where the entry begins, counted from 1; None for one made otherwise."""
    shape: Shape
    """Which of the values belong to which attribute."""

    def __init__(
        self,
        dn: DN,
        values: Mapping[str, tuple[bytes, ...]],
        definitions: Definitions,
        line: int | None = None,
    ) -> None:
        stored = {name: several for name, several in values.items() if several}
        self.dn = dn
        self._values: Values = tuple(chain.from_iterable(stored.values()))
        self.shape = shape_of(tuple(stored), tuple(map(len, stored.values())), definitions)
        self.line = line

    @classmethod
    def packed(cls, dn: DN, shape: Shape, values: Sequence[bytes], line: int | None = None) -> Entry:
        """Make an entry of its values in a row, as the shape has them, that takes little memory.

        The values are put together, and taken apart when they are read. They stay apart where one of them
        has a line break in it, and where there are so many that each look at one would take long.
        """
        entry = cls.__new__(cls)
        entry.dn = dn
        joined = BREAK.join(values) if len(values) <= MOST_TOGETHER else b""
        is_whole = joined.count(BREAK) == len(values) - 1
        entry._values = joined if is_whole else tuple(values)
        entry.shape = shape
        entry.line = line
        return entry

    def compact(self) -> Entry:
        """The same entry in little memory."""
        values = self._values
        return self if isinstance(values, bytes) else self.packed(self.dn, self.shape, values, self.line)

    @property
    def kept(self) -> Values:
        """The stored values in the form in which they are kept; with it, `restored` makes the entry again."""
        return self._values

    @property
    def row(self) -> Sequence[bytes]:
        """The stored values one after the other, as the shape has them."""
        values = self._values
        return values.split(BREAK) if isinstance(values, bytes) else values

    @property
    def raw(self) -> Mapping[str, tuple[bytes, ...]]:
        """The stored bytes of each attribute."""
        row = tuple(self.row)
        return MappingProxyType({name: row[place] for name, place in self.shape.places.items()})

    def stored(self, name: str) -> Sequence[bytes]:
        """The stored bytes of one attribute, by its very name; none if the entry does not have it."""
        place = self.shape.places.get(name)
        if place is None:
            return ()
        values = self._values
        return (values.split(BREAK, place.stop) if isinstance(values, bytes) else values)[place]

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        stored = self._stored_name(name)
        if stored not in self.shape.places:
            raise KeyError(name)
        return self.get(stored)

    def get(self, name: str) -> tuple[Value, ...]:
        """The values of `name`, none if the entry does not have it."""
        stored = self._stored_name(name)
        values = self.stored(stored)
        if is_binary(stored, self.shape.definitions):
            return tuple(values)
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
        wanted, definitions = tuple(names), self.shape.definitions
        chosen = {name: values for name, values in self.raw.items() if shows(name, wanted, definitions)}
        return Entry(self.dn, chosen, definitions, self.line)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._stored_name(name) in self.shape.places

    def _stored_name(self, name: str) -> str:
        return name if name in self.shape.places else self.shape.definitions.canonical_name(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.shape.places)

    def __len__(self) -> int:
        return len(self.shape.places)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return self is other or (self.dn == other.dn and self.raw == other.raw)

    def __hash__(self) -> int:
        return hash(self.dn)

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (self.dn, self.shape, self._values, self.line)

    def __repr__(self) -> str:
        # Names only: some values are secret, and which ones is for a higher floor to know.
        return f"<Entry {self.dn}: {' '.join(self.shape.places)}>"


def column(entries: Iterable[Entry], place: slice) -> Iterator[Sequence[bytes]]:
    """What stands at one place of the rows of values of many entries of one shape."""
    stop = place.stop
    for entry in entries:
        values = entry._values
        yield (values.split(BREAK, stop) if isinstance(values, bytes) else values)[place]


def restored(dn: DN, shape: Shape, values: Values, line: int | None) -> Entry:
    """Make an entry again of what it was kept as."""
    entry = Entry.__new__(Entry)
    entry.dn, entry.shape, entry._values, entry.line = dn, shape, values, line
    return entry


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
