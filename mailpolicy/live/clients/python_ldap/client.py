"""The operations of a backend, by the functions of libldap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import ldap
from attrs import frozen
from ldap.controls.libldap import AssertionControl, SimplePagedResultsControl

from ....errors import InvalidFilter, NotFound, Unavailable
from ....ldap.filter import Filter
from ....ldap.ldif.records import Modification
from ....ldap.text import decode
from ....ldap.url import Scope
from ...backend import EVERYTHING, Attributes, Found, SyncEvent
from ..ber import MalformedControl
from ..paging import paged_results
from ..refusals import SEARCH, WRITE
from ..root_dse import as_documented
from .connecting import connected
from .connection import Connection, Control
from .syncing import synchronised

if TYPE_CHECKING:
    from ...servers import Servers

__all__ = ["Client"]

MANAGE_DSA_IT: Final[Control] = (ldap.CONTROL_MANAGEDSAIT, True, None)
WHO_AM_I: Final = "1.3.6.1.4.1.4203.1.11.3"
SCOPES: Final = {
    Scope.BASE: ldap.SCOPE_BASE,
    Scope.ONE: ldap.SCOPE_ONELEVEL,
    Scope.SUB: ldap.SCOPE_SUBTREE,
    Scope.CHILDREN: ldap.SCOPE_SUBORDINATE,
}
OPERATIONS: Final = {
    "add": ldap.MOD_ADD,
    "delete": ldap.MOD_DELETE,
    "replace": ldap.MOD_REPLACE,
    "increment": ldap.MOD_INCREMENT,
}


@frozen
class Client:
    """A `Backend` over libldap."""

    _connection: Connection

    @classmethod
    def connected(cls, url: str, servers: Servers) -> Self:
        return cls(connected(url, servers))

    @property
    def url(self) -> str:
        return self._connection.url

    def search(
        self,
        base: str,
        scope: Scope = Scope.SUB,
        filter: str = "(objectClass=*)",
        attributes: Sequence[str] = EVERYTHING,
        *,
        page: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Found]:
        wanted = (base, SCOPES[scope], checked(filter), list(attributes) or [ldap.NO_ATTRS], 0)
        given, cookie = 0, b""
        while limit is None or given < limit:
            controls = [MANAGE_DSA_IT]
            if page:
                controls.append(page_of(min(page, limit or page), cookie))
            # Our limit goes along as the server's, but not with pages: it would count over all of them.
            number = self._sent(wanted, controls, 0 if page else limit or 0)
            finished = False
            try:
                # Written out and not shared with the others: it runs once for every entry of a directory.
                timeout, result4 = self._connection.timeout, self._connection.wire.result4
                while True:
                    kind, found, _, answered = result4(number, 0, timeout)
                    if kind == ldap.RES_SEARCH_RESULT:
                        break
                    if kind == ldap.RES_SEARCH_ENTRY:
                        yield found[0]
                        given += 1
                        if given == limit:
                            return
                finished = True
            except ldap.LDAPError as error:
                finished = True
                self._connection.fail(error, base, to=SEARCH, given=given)
            finally:
                if not finished:
                    self._connection.abandon(number)
            cookie = self._next_page(answered) if page else b""
            if not cookie:
                return

    def _sent(self, wanted: tuple[object, ...], controls: Sequence[Control], limit: int = 0) -> int:
        return self._connection.send(
            self._connection.wire.search_ext, *wanted, list(controls), None, -1, limit
        )

    def _next_page(self, controls: Sequence[Control]) -> bytes:
        try:
            return next_page(controls)
        except MalformedControl as error:
            raise Unavailable(self.url, why=f"does not speak RFC 2696: {error}") from error

    def root_dse(self) -> Attributes:
        return as_documented(self._only("", "(objectClass=*)"))

    def subschema(self) -> Attributes:
        names = self.root_dse().get("subschemaSubentry")
        if not names:
            raise NotFound("subschema", self.url)
        return self._only(decode(names[0]), "(objectClass=subschema)")

    def _only(self, dn: str, filter: str) -> Attributes:
        for _, attributes in self.search(dn, Scope.BASE, filter):
            return attributes
        raise NotFound("entry", dn)

    def whoami(self) -> str:
        *_, value = self._connection.answer(self._connection.wire.extop, WHO_AM_I, None)
        return decode(value or b"")

    def add(self, dn: str, attributes: Attributes) -> None:
        values = [(name, list(values)) for name, values in attributes.items()]
        self._write(dn, "add_ext", values)

    def modify(self, dn: str, changes: Sequence[Modification], *, assertion: str | None = None) -> None:
        steps = [(OPERATIONS[each.operation], each.attribute, list(each.values) or None) for each in changes]
        self._write(dn, "modify_ext", steps, assertion=assertion)

    def delete(self, dn: str, *, assertion: str | None = None) -> None:
        self._write(dn, "delete_ext", assertion=assertion)

    def rename(
        self,
        dn: str,
        rdn: str,
        superior: str | None = None,
        *,
        delete_old_rdn: bool = True,
        assertion: str | None = None,
    ) -> None:
        self._write(dn, "rename", rdn, superior, int(delete_old_rdn), assertion=assertion)

    def _write(self, dn: str, operation: str, *arguments: Any, assertion: str | None = None) -> None:
        controls = None if assertion is None else [asserting(assertion)]
        request = getattr(self._connection.wire, operation)
        self._connection.answer(request, dn, *arguments, controls, dn=dn, to=WRITE)

    def sync(
        self,
        base: str,
        filter: str = "(objectClass=*)",
        cookie: bytes | None = None,
        *,
        persist: bool = True,
        idle: float = 1.0,
    ) -> Iterator[Sequence[SyncEvent]]:
        wanted = (base, ldap.SCOPE_SUBTREE, checked(filter), list(EVERYTHING), 0)
        return synchronised(
            self._connection,
            lambda control: self._sent(wanted, [MANAGE_DSA_IT, control]),
            base,
            cookie,
            persist=persist,
            idle=idle,
        )

    def abort(self) -> None:
        self._connection.cut("was disconnected by us")

    def close(self) -> None:
        self._connection.close()


def checked(filter: str) -> str:
    """The filter, spelled so that libldap reads what we read. Raises InvalidFilter."""
    return str(Filter.parse(filter))


def page_of(size: int, cookie: bytes) -> Control:
    control = SimplePagedResultsControl(True, size, cookie)
    return (control.controlType, True, control.encodeControlValue())


def next_page(controls: Sequence[Control]) -> bytes:
    """The cookie to go on with; empty after the last page, and from a server that knows no pages."""
    for oid, _, value in controls:
        if oid == SimplePagedResultsControl.controlType and value:
            return paged_results(value)
    return b""


def asserting(filter: str) -> Control:
    try:
        return (
            AssertionControl.controlType,
            True,
            AssertionControl(True, checked(filter)).encodeControlValue(),
        )
    except ldap.LDAPError:
        raise InvalidFilter(filter, "a filter that libldap can encode") from None
