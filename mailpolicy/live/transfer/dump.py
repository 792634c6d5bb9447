"""The entries of a server as LDIF, those above before those below them.

A server gives entries in the order in which they came to it, and one that was moved may stand before what is
above it now. So they are put down by their depth in the tree, in files without a name, and come out when all
are there: a dump that was cut short is never taken for a whole one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from attrs import define, field

from ...ldap.dn import DN
from ...ldap.ldif import ContentRecord, write
from ..backend import Attributes, Backend

__all__ = ["Dump"]

PAGE: Final = 1000
IN_MEMORY: Final = 1 << 20
"""Bytes of each depth that are kept in memory."""
CHUNK: Final = 1 << 18

COMPUTED: Final = frozenset({"entrydn", "hassubordinates", "numsubordinates", "subschemasubentry"})
"""Operational attributes that no server stores: it says them of the entry when it is asked."""


@define
class Dump:
    """Everything below a base, as this account sees it; `entries` counts them while `lines` gives them.

    Without `operational` there is what users have written, and no more. Memory is bounded.
    """

    backend: Backend
    base: str
    operational: bool = False
    entries: int = field(default=0, init=False)

    def lines(self) -> Iterator[bytes]:
        """The LDIF in pieces, of which the first comes when the server has given the last entry.

        Raises Unavailable where it does not give all, and NotFound where the base is not there.
        """
        with ExitStack() as files:
            depths = self._by_depth(files)
            separator = b""
            for depth in sorted(depths):
                depths[depth].seek(0)
                yield separator
                separator = b"\n"
                while chunk := depths[depth].read(CHUNK):
                    yield chunk

    def _by_depth(self, files: ExitStack) -> dict[int, IO[bytes]]:
        depths: dict[int, IO[bytes]] = {}
        for name, attributes in self.backend.search(self.base, attributes=self._wanted, page=PAGE):
            dn = DN.parse(name)
            file = depths.get(dn.depth)
            if file is None:
                file = depths[dn.depth] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `files`
                files.enter_context(file)
            else:
                file.write(b"\n")
            file.writelines(write([ContentRecord(dn, tuple(attribute_lines(attributes)))]))
            self.entries += 1
        return depths

    @property
    def _wanted(self) -> Sequence[str]:
        return ("*", "+") if self.operational else ("*",)


def attribute_lines(attributes: Attributes) -> Iterator[tuple[str, bytes]]:
    for name, values in attributes.items():
        if name.lower() not in COMPUTED:
            for value in values:
                yield name, value
