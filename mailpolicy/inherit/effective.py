"""A value with its story: where it stands, what it shadows, what caps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from attrs import field, frozen

from ..reasons import Level, Origin, Reason
from ..tables import Table
from ..values import shown
from .display import effective_table

__all__ = ["Effective", "Shadowed", "Why"]

T = TypeVar("T", covariant=True)


class Why(StrEnum):
    """Why a stored value is not the one that applies."""

    OVERRIDDEN = "overridden"
    INVALID = "invalid"
    NOT_IN_PATH = "not_in_path"
    DANGLING = "dangling"
    CAPPED = "capped"


MEANINGS: Final[Mapping[Why, str]] = {
    Why.OVERRIDDEN: "A nearer layer has the attribute, and the nearest supplies the whole value.",
    Why.INVALID: "The stored text cannot be read. The next layer is asked, and a finding tells.",
    Why.NOT_IN_PATH: "The layer may not hold this setting: what stands there has no effect.",
    Why.DANGLING: "It names an entry that does not exist.",
    Why.CAPPED: "It is the nearest value, but a ceiling keeps it from applying in full.",
}


@frozen
class Shadowed:
    """A stored value that does not apply, and why.

    `value` is None where the text cannot be read, and for a secret; `text` adds what can be said.
    """

    origin: Origin
    value: Any
    why: Why
    text: str = ""


@frozen(repr=False)
class Effective(Generic[T]):
    """The value that applies, with where it stands and everything it won against.

    `value` is what counts, after any ceiling. `origin` is where the value stands, also under a
    cap; then the value as stored is among the `shadowed`, and `ceiling` is the setting that caps
    it. `joined` are the farther places that took part, where layers do not replace each other:
    keys of a mapping, sets that intersect, switches in a row.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> quota = acme.account("carol@acme.example").explain("mailbox_quota")
    >>> quota.value, str(quota.origin.level), quota.ceiling.name, str(quota.shadowed[0].why)
    (Size('30 GiB'), 'account', 'max_mailbox_quota', 'capped')
    """

    name: str
    value: T
    origin: Origin
    shadowed: tuple[Shadowed, ...] = ()
    ceiling: Effective[Any] | None = None
    joined: tuple[Origin, ...] = ()
    own: Level = Level.DEFAULT
    """The kind of object that was asked."""
    secret: bool = False
    without_own: Effective[T] | None = field(default=None, repr=False)

    @property
    def is_own(self) -> bool:
        """Whether the value stands on the object itself rather than being inherited."""
        return self.origin.level is self.own

    @property
    def inherited(self) -> Effective[T]:
        """What would apply were the own value removed; the same again where there is no own value."""
        return self if self.without_own is None else self.without_own

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The story step by step: what supplies the value, then what might have and does not."""
        return tuple(self._reasons())

    def _reasons(self) -> Iterator[Reason]:
        value = "a secret" if self.secret else shown(self.value)
        if self.origin.level is Level.DEFAULT:
            yield Reason(
                "inherit.default", True, f"no layer has a value; the default is {value}", (self.origin,)
            )
        else:
            yield Reason(
                "inherit.nearest", True, f"{place(self.origin)} is the nearest with a value", (self.origin,)
            )
        for origin in self.joined:
            yield Reason("inherit.joined", True, f"{place(origin)} takes part", (origin,))
        if self.ceiling is not None:
            limit = f"{self.ceiling.name} is {shown(self.ceiling.value)} by {place(self.ceiling.origin)}"
            yield Reason("inherit.ceiling", True, f"{limit}, which leaves {value}", (self.ceiling.origin,))
        for each in self.shadowed:
            text = f"{place(each.origin)} has {shadowed_text(each)}: {each.why.replace('_', ' ')}"
            yield Reason(
                f"inherit.{each.why}", False, f"{text}, {each.text}" if each.text else text, (each.origin,)
            )

    def as_table(self) -> Table:
        """The value through all its layers, for people."""
        return effective_table(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()

    def __str__(self) -> str:
        return "(secret)" if self.secret and self.value is not None else shown(self.value)

    def __repr__(self) -> str:
        return f"<Effective {self.name}: {self} from {place(self.origin)}>"


def place(origin: Origin) -> str:
    """Say where an origin is, for people.

    >>> place(Origin(Level.COS, "cn=premium,ou=cos,o=mail", "mpMailboxQuota", ("10 GiB",)))
    'cos cn=premium,ou=cos,o=mail'
    """
    return "the catalog" if origin.dn is None else f"{origin.level} {origin.dn}"


def shadowed_text(each: Shadowed) -> str:
    if each.value is not None:
        return shown(each.value)
    return ", ".join(map(repr, each.origin.raw)) or "a secret"
