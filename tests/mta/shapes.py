"""Lists of every shape, whatever the dialect, and what becomes of mail to each."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

__all__ = ["NOBODY", "PEOPLE", "PROJECT", "SHAPES", "Shape"]


def at_acme(names: str) -> tuple[str, ...]:
    """Addresses of that domain; what already is an address stays as it is."""
    return tuple(name if "@" in name else f"{name}@acme.example" for name in names.split())


@frozen
class Shape:
    """A list, by its name, and who is on it."""

    name: str
    members: tuple[str, ...] = field(default="", converter=at_acme)
    finds: str = ""
    """The filter of a dynamic list, which looks in the whole tree."""
    aliases: tuple[str, ...] = field(default="", converter=at_acme)
    enabled: bool = True
    delivered: tuple[str, ...] = field(default="", converter=at_acme)
    """Whom Postfix delivers to."""
    returned: tuple[str, ...] = field(default="", converter=at_acme)
    """For whom it returns the message."""
    refused: str = ""
    """How the reply begins, where it does not take the message."""
    expanded: tuple[str, ...] = field(converter=at_acme)
    """Who is on it: those it is delivered to, unless said otherwise."""

    dangling: tuple[str, ...] = field(converter=at_acme)
    """Which members lead to nobody: those for whom it is returned, unless said otherwise."""

    @expanded.default
    def _as_delivered(self) -> str:
        return " ".join(self.delivered)

    @dangling.default
    def _as_returned(self) -> str:
        return " ".join(self.returned)

    @property
    def address(self) -> str:
        return f"{self.name}@acme.example"


SHAPES: Final = (
    Shape("accounts", "ann bob", aliases="both", delivered="ann bob"),
    Shape("resource", "room ann", delivered="room ann"),
    Shape("by-alias", "b.baker ann", delivered="bob ann"),
    Shape("by-alias-domain", "ann@alias.example b.baker@alias.example", delivered="ann bob"),
    Shape("one-twice", "ann ann@alias.example", delivered="ann"),
    Shape("outside", "wile@customer.example ann", delivered="wile@customer.example ann"),
    Shape("caught", "whoever@globex.example", delivered="gil@globex.example"),
    Shape("nested", "accounts outside cat", delivered="ann bob cat wile@customer.example"),
    Shape("deeper", "nested resource", delivered="ann bob cat room wile@customer.example"),
    Shape("by-list-alias", "both outside@alias.example", delivered="ann bob wile@customer.example"),
    Shape("diamond", "nested accounts by-alias ann", delivered="ann bob cat wile@customer.example"),
    Shape("dynamic", finds="(description=IT)", delivered="ann bob room"),
    Shape("dynamic-nested", "dynamic outside", delivered="ann bob room wile@customer.example"),
    Shape("finds-list", finds="(|(mail=nested@acme.example)(description=Law))",
          delivered="ann bob cat eve wile@customer.example"),
    Shape("finds-dynamic", finds="(|(mail=dynamic@acme.example)(mail=cat@acme.example))",
          delivered="ann bob cat room"),
    Shape("dangling", "gone ann", delivered="ann", returned="gone"),
    Shape("unknown-to-mail", "dan ann", delivered="ann", returned="dan"),
    Shape("list-off", "off bob", delivered="bob", returned="off"),
    # From here on an expansion is something else than a delivery.
    Shape("detail", "cat+news", delivered="cat+news", expanded="cat"),
    Shape("forwards", "fay", delivered="fay fay@customer.example", expanded="fay"),
    Shape("finds-unknown", finds="(description=Sales)", delivered="cat", returned="dan",
          expanded="cat dan", dangling=""),
    Shape("self", "self ann", delivered="ann", returned="self", dangling=""),
    Shape("ambiguous", "help ann", delivered="cat eve ann", expanded="ann", dangling="help"),
    Shape("off", "ann", enabled=False, refused="550 5.1.1", expanded="ann"),
    Shape("ping", "pong ann", refused="451 4.6.0", expanded="ann bob"),
    Shape("pong", "ping bob", refused="451 4.6.0", expanded="ann bob"),
    Shape("finds-itself", finds="(|(mail=finds-itself@acme.example)(description=Law))",
          refused="451 4.3.0", expanded="eve"),
)  # fmt: skip

NOBODY: Final = Shape("finds-nobody", finds="(description=Nowhere)")
"""Apart from the others because the sender hears of it in one of two ways."""

PROJECT: Final = Shape("project", delivered="eve wile@customer.example")
"""As Carbonio stores membership: on the account by the id of the group, and on a unit for those outside."""

PEOPLE: Final = (
    # name, department, alias, whether mail knows it, where it forwards to
    ("ann", "IT", "", True, ""),
    ("bob", "IT", "b.baker@acme.example", True, ""),
    ("cat", "Sales", "help@acme.example", True, ""),
    ("dan", "Sales", "", False, ""),
    ("eve", "Law", "help@acme.example", True, ""),
    ("fay", "Press", "", True, "fay@customer.example"),
)
