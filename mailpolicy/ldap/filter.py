"""Search filters: what an entry must be like to be found (RFC 4515).

>>> wanted = Filter.parse("( & (objectClass=person) (|(mail=*@acme.example)(!(cn=test))) )")
>>> print(wanted)
(&(objectClass=person)(|(mail=*@acme.example)(!(cn=test))))
>>> print(Equal("cn", "Jane (*)"))
(cn=Jane \\28\\2a\\29)

Filters nest, so everything that looks into one does so without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import ClassVar

from attrs import converters, field, frozen, validators

from ..errors import InvalidFilter
from .text import decode, encode, hexadecimal

__all__ = [
    "And",
    "Approx",
    "Equal",
    "Extensible",
    "Filter",
    "GreaterOrEqual",
    "LessOrEqual",
    "Not",
    "Or",
    "Present",
    "Substrings",
]

DEEPEST = 1000
"""How many `&`, `|` and `!` may stand around a filter; slapd hangs up on a client that sends more."""

OID = r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*)"
ATTRIBUTE = rf"{OID}(?:;[A-Za-z0-9-]+)*"
_SPECIAL = re.compile(r"[*()\\\x00-\x1f\x7f\ud800-\udfff]")


def _check_attribute(_: object, __: object, name: str) -> None:
    if not re.fullmatch(ATTRIBUTE, name):
        raise InvalidFilter(name, "an attribute name or OID, perhaps with options", 0)


def _check_rule(_: object, __: object, name: str) -> None:
    if not re.fullmatch(OID, name):
        raise InvalidFilter(name, "the name or OID of a matching rule", 0)


def _as_bytes(value: str | bytes) -> bytes:
    return encode(value) if isinstance(value, str) else value


def _as_values(values: Iterable[str | bytes]) -> tuple[bytes, ...]:
    return tuple(map(_as_bytes, values))


def _as_tuple(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return tuple(filters)


def _escaped(value: bytes | None) -> str:
    return _SPECIAL.sub(lambda found: hexadecimal(found[0]), decode(value or b""))


class Filter:
    """A search filter; `str` gives its canonical text, and two are equal when that is the same.

    Text or bytes given to a constructor are a value as it is: escaped when printed, never read.

    >>> print(And([Equal("objectClass", "mpAccount"), Not(Equal("cn", "a*"))]))
    (&(objectClass=mpAccount)(!(cn=a\\2a)))
    """

    __slots__ = ()

    @staticmethod
    def parse(text: str) -> Filter:
        """The filter that `text` writes, read as libldap reads it.

        That is RFC 4515, but white space may stand after an opening parenthesis and between filters, a
        simple filter may stand without parentheses, and `\\*` means `\\2a`. Raises InvalidFilter,
        which knows the position.

        >>> Filter.parse("cn=a*")
        Filter.parse('(cn=a*)')
        """
        # The reader makes filters, so their classes have to exist before it is imported.
        from .filter_text import read

        return read(text)

    @property
    def inner(self) -> tuple[Filter, ...]:
        """The filters that this one combines; none for a simple one."""
        return ()

    @property
    def depth(self) -> int:
        """How many filters stand around the innermost one; 0 for a simple filter."""
        return 0

    def __repr__(self) -> str:
        return f"Filter.parse({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Filter) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[Callable[[str], Filter], tuple[str]]:
        return Filter.parse, (str(self),)


@frozen(eq=False, repr=False, str=False)
class _Combined(Filter):
    """What `&`, `|` and `!` have in common."""

    MARK: ClassVar[str]

    filters: tuple[Filter, ...] = field(converter=_as_tuple)
    _depth: int = field(init=False)

    @_depth.default
    def _(self) -> int:
        depth = 1 + max((each.depth for each in self.filters), default=-1)
        if depth > DEEPEST:
            raise InvalidFilter(f"({self.MARK}…)", f"at most {DEEPEST} filters around one another")
        return depth

    @property
    def inner(self) -> tuple[Filter, ...]:
        return self.filters

    @property
    def depth(self) -> int:
        return self._depth

    def __str__(self) -> str:
        words: list[str] = []
        rest: list[Filter | str] = [self]
        while rest:
            each = rest.pop()
            if isinstance(each, _Combined):
                words += ["(", each.MARK]
                rest += [")", *reversed(each.filters)]
            else:
                words.append(str(each))
        return "".join(words)


@frozen(eq=False, repr=False, str=False)
class And(_Combined):
    """True when all `filters` are; `And(())`, the `(&)` of RFC 4526, is true of every entry."""

    MARK: ClassVar[str] = "&"


@frozen(eq=False, repr=False, str=False)
class Or(_Combined):
    """True when one of `filters` is; `Or(())`, the `(|)` of RFC 4526, is true of no entry."""

    MARK: ClassVar[str] = "|"


@frozen(eq=False, repr=False, str=False, init=False)
class Not(_Combined):
    """True when `filter` is false; where it is undefined, so is this."""

    __match_args__ = ("filter",)
    MARK: ClassVar[str] = "!"

    def __init__(self, filter: Filter) -> None:
        self.__attrs_init__((filter,))

    @property
    def filter(self) -> Filter:
        """The filter that must be false."""
        return self.filters[0]


@frozen(eq=False, repr=False, str=False)
class _Comparison(Filter):
    """What compares the values of an attribute with one that is given."""

    OPERATOR: ClassVar[str]

    attribute: str = field(validator=_check_attribute)
    value: bytes = field(converter=_as_bytes)

    def __str__(self) -> str:
        return f"({self.attribute}{self.OPERATOR}{_escaped(self.value)})"


@frozen(eq=False, repr=False, str=False)
class Equal(_Comparison):
    """True when a value equals the given one, by the equality rule of the attribute."""

    OPERATOR: ClassVar[str] = "="


@frozen(eq=False, repr=False, str=False)
class GreaterOrEqual(_Comparison):
    """True when a value is not before the given one, by the ordering rule of the attribute."""

    OPERATOR: ClassVar[str] = ">="


@frozen(eq=False, repr=False, str=False)
class LessOrEqual(_Comparison):
    """True when a value is not after the given one, by the ordering rule of the attribute."""

    OPERATOR: ClassVar[str] = "<="


@frozen(eq=False, repr=False, str=False)
class Approx(_Comparison):
    """True when a value sounds like the given one."""

    OPERATOR: ClassVar[str] = "~="


@frozen(eq=False, repr=False, str=False)
class Present(Filter):
    """True when the entry has the attribute."""

    attribute: str = field(validator=_check_attribute)

    def __str__(self) -> str:
        return f"({self.attribute}=*)"


@frozen(eq=False, repr=False, str=False)
class Substrings(Filter):
    """True when a value begins with `initial`, ends with `final`, and has `any` in between, in order.

    >>> print(Substrings("mail", initial="jane.", final="@acme.example"))
    (mail=jane.*@acme.example)
    """

    attribute: str = field(validator=_check_attribute)
    initial: bytes | None = field(default=None, converter=converters.optional(_as_bytes))
    any: tuple[bytes, ...] = field(default=(), converter=_as_values)
    final: bytes | None = field(default=None, converter=converters.optional(_as_bytes))

    def __attrs_post_init__(self) -> None:
        given = [part for part in (self.initial, *self.any, self.final) if part is not None]
        if not given or b"" in given:
            raise InvalidFilter(str(self), "a part to look for, and none that is empty")

    def __str__(self) -> str:
        return f"({self.attribute}={'*'.join(map(_escaped, (self.initial, *self.any, self.final)))})"


@frozen(eq=False, repr=False, str=False)
class Extensible(Filter):
    """True when a value matches the given one by a rule that is named (RFC 4511, section 4.5.1.7.7).

    Without `rule` it is the attribute's equality rule; without `attribute` all attributes that the rule
    fits are looked at. With `dn_attributes` the parts of the entry's name count as values too.

    >>> print(Extensible("caseExactMatch", "cn", False, "Jane"))
    (cn:caseExactMatch:=Jane)
    """

    rule: str | None = field(validator=validators.optional(_check_rule))
    attribute: str | None = field(validator=validators.optional(_check_attribute))
    dn_attributes: bool
    value: bytes = field(converter=_as_bytes)

    def __attrs_post_init__(self) -> None:
        if self.rule is None and self.attribute is None:
            raise InvalidFilter(str(self), "an attribute or a matching rule before :=")

    def __str__(self) -> str:
        dn = ":dn" if self.dn_attributes else ""
        rule = f":{self.rule}" if self.rule else ""
        return f"({self.attribute or ''}{dn}{rule}:={_escaped(self.value)})"
