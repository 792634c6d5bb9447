"""A server that changes step by step, for hypothesis to draw, and what it tells those who follow it.

It keeps entries the plain way: each knows the one it stands below. What it sends is what RFC 4533 lets a
server send: a rename brings the entry alone, whatever stands below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from uuid import UUID

from attrs import define, field
from hypothesis import strategies as st

from mailpolicy.live.backend import SyncEntry, SyncEvent, SyncIds, SyncPhase

__all__ = ["Node", "Server", "operations"]

BASE = "o=mail"
NAMES = ("a", "B", "b", "c", "d+e", "f,g")

operations = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "modify", "rename", "rename", "delete")),
        st.integers(0, 30),
        st.integers(0, 30),
        st.sampled_from(NAMES),
    ),
    max_size=12,
)
"""What happens: to which entry, below which other one, and a name or a text. Some of it cannot happen."""


@define(eq=False)
class Node:
    """An entry of the server."""

    above: Node | None
    name: str
    text: str
    changed: int

    @property
    def dn(self) -> str:
        if self.above is None:
            return BASE
        return f"ou={self.name.replace('+', chr(92) + '+').replace(',', chr(92) + ',')},{self.above.dn}"

    def is_within(self, other: Node) -> bool:
        return self is other or (self.above is not None and self.above.is_within(other))


@define
class Server:
    """Entries by UUID, and how many changes there have been."""

    nodes: dict[bytes, Node] = field(factory=dict)
    clock: int = 0
    made: int = 0

    @classmethod
    def new(cls) -> Server:
        server = cls()
        server.nodes[server._uuid()] = Node(None, "", "top", server._tick())
        return server

    def _uuid(self) -> bytes:
        self.made += 1
        return self.made.to_bytes(16, "big")

    def _tick(self) -> int:
        self.clock += 1
        return self.clock

    def perform(self, kind: str, which: int, where: int, name: str) -> SyncEvent | None:
        """Do something, and give what is said of it; None where it cannot be done."""
        uuid, node = list(self.nodes.items())[which % len(self.nodes)]
        other = list(self.nodes.values())[where % len(self.nodes)]
        match kind:
            case "add" if self._is_free(node, name, None):
                added = self._uuid()
                self.nodes[added] = Node(node, name, name, self._tick())
                return self.event(added, "add")
            case "modify":
                node.text, node.changed = name, self._tick()
                return self.event(uuid, "modify")
            case "rename" if (
                node.above is not None and not other.is_within(node) and self._is_free(other, name, node)
            ):
                node.above, node.name, node.changed = other, name, self._tick()
                return self.event(uuid, "modify")
            case "delete" if node.above is not None and all(each.above is not node for each in self):
                dn = node.dn
                del self.nodes[uuid]
                self._tick()
                return SyncEntry("delete", uuid, dn, {}, self.cookie)
        return None

    def _is_free(self, above: Node, name: str, but: Node | None) -> bool:
        below = (each for each in self if each.above is above and each is not but)
        return all(each.name.lower() != name.lower() for each in below)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    @property
    def cookie(self) -> bytes:
        return f"rid=000,csn={csn(self.clock)}".encode()

    def event(self, uuid: bytes, state: str) -> SyncEntry:
        node = self.nodes[uuid]
        attributes = {
            "objectClass": [b"organizationalUnit"],
            "ou": [node.name.encode()],
            "description": [node.text.encode()],
            "entryUUID": [str(UUID(bytes=uuid)).encode()],
            "entryCSN": [csn(node.changed).encode()],
            "entryDN": [node.dn.encode()],
            "hasSubordinates": [b"FALSE"],
        }
        return SyncEntry(state, uuid, node.dn, attributes, None)  # type: ignore[arg-type]

    def everything(self, random: Random) -> Sequence[SyncEvent]:
        """A refresh from nothing."""
        entries: list[SyncEvent] = [self.event(uuid, "add") for uuid in self.nodes]
        random.shuffle(entries)
        return [*entries, SyncPhase(deletes=random.random() < 0.5, done=True, cookie=self.cookie)]

    def since(self, clock: int, known: Iterable[bytes], random: Random) -> Sequence[SyncEvent]:
        """A refresh from a moment on, at which these entries existed: with a delete or a present phase."""
        changed = [uuid for uuid, node in self.nodes.items() if node.changed > clock]
        unchanged = [uuid for uuid in self.nodes if uuid not in changed]
        gone = [uuid for uuid in known if uuid not in self.nodes]
        deletes = random.random() < 0.5
        events: list[SyncEvent] = [self.event(uuid, "modify") for uuid in changed]
        if deletes:
            events.append(SyncIds(gone, True, None))
        elif random.random() < 0.5:
            events.append(SyncIds(unchanged, False, None))
        else:
            events += [SyncEntry("present", uuid, self.nodes[uuid].dn, {}, None) for uuid in unchanged]
        random.shuffle(events)
        if not deletes and random.random() < 0.5:
            events += [SyncPhase(deletes=False, done=False, cookie=None), SyncIds(gone, True, None)]
            deletes = True
        return [*events, SyncPhase(deletes=deletes, done=True, cookie=self.cookie)]

    def shown(self) -> dict[bytes, tuple[str, str]]:
        """The names and texts of all entries."""
        return {uuid: (node.dn, node.text) for uuid, node in self.nodes.items()}


def csn(clock: int) -> str:
    return f"20240101{clock:06}.000000Z#000000#001#000000"
