"""LDAP messages with the types and the decoder of ldap3 (RFC 4511, section 4.1.1).

Of ldap3 we use what it knows of the protocol and not its `Connection`: that looks at no certificate
unless told to and then at too little, follows referrals with our password, has timeouts of whole seconds,
keeps configuration for the whole process, and drops the intermediate messages of which RFC 4533 is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ....ldap.ldif.records import Modification
from ....ldap.text import decode, encode
from ....ldap.url import Scope
from ...backend import Attributes, Found
from ..filters import encoded_filter, tagged
from ..paging import paged_results
from .entries import entry_in

with warnings.catch_warnings():
    # ldap3 2.9.1 is older than the names that pyasn1 has now; it still finds what it looks for.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning)
    from ldap3.protocol import rfc4511
    from ldap3.protocol.controls import build_control
    from ldap3.protocol.rfc2696 import paged_search_control
    from ldap3.utils.asn1 import decode_message_fast, encode as encode_type

__all__ = ["Message", "Result"]

ASSERTION = "1.3.6.1.1.12"
MANAGE_DSA_IT = "2.16.840.1.113730.3.4.2"
PAGED_RESULTS = "1.2.840.113556.1.4.319"

SEARCH_ENTRY, SEARCH_DONE, REFERENCE, INTERMEDIATE = 4, 5, 19, 25
"""Application tags of the responses that are told apart."""

RESPONSE_VALUE = 11
"""The optional field of an extended response."""
INTERMEDIATE_NAME, INTERMEDIATE_VALUE = 0, 1
FIELDS = (INTERMEDIATE_NAME, INTERMEDIATE_VALUE, RESPONSE_VALUE)
CONTEXT = 2
"""The class of tags that optional fields have, in ldap3's numbers."""

SCOPES = {Scope.BASE: 0, Scope.ONE: 1, Scope.SUB: 2, Scope.CHILDREN: 3}
NEVER_DEREFERENCE = 0
OPERATIONS = {"add": 0, "delete": 1, "replace": 2, "increment": 3}
"""`increment` is of RFC 4525."""


class Result(NamedTuple):
    """How an operation ended: the LDAPResult of RFC 4511, section 4.1.9."""

    code: int
    said: str


class Message(NamedTuple):
    """A response: `operation` is its application tag."""

    id: int
    operation: int
    content: Result | Found | None
    """An entry, how an operation ended, or nothing, as becomes the operation: `decoded` sees to that."""
    fields: Mapping[int, bytes]
    """The optional fields, by their context-specific tags."""
    controls: Mapping[str, bytes]

    @property
    def result(self) -> Result:
        """How the operation ended. Raises ValueError where this is not the end of one."""
        if not isinstance(self.content, Result):
            raise ValueError("not the end of an operation")
        return self.content

    @property
    def found(self) -> Found:
        """The entry. Raises ValueError where this is none."""
        if self.content is None or isinstance(self.content, Result):
            raise ValueError("not an entry")
        return self.content


def decoded(message: bytes) -> Message:
    """Read one whole message. Raises ValueError where it is not one."""
    if (read := entry_in(message)) is not None:
        number, found, controls = read
        return Message(number, SEARCH_ENTRY, found, {}, controls)
    try:
        parts = decode_message_fast(message)
        number, operation, payload = parts["messageID"], parts["protocolOp"], parts["payload"]
        content = CONTENTS.get(operation, result_in)(payload)
        fields = {tag: octets(value) for kind, _, tag, value in payload if kind == CONTEXT and tag in FIELDS}
        controls = dict(map(control_in, parts["controls"] or ()))
        return Message(number, operation, content, fields, controls)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        # What the decoder falls over where a tag or a length is not as in LDAP.
        raise ValueError("not an LDAP message") from error


def result_in(payload: list[Any]) -> Result:
    code, said = payload[0][3], octets(payload[2][3])
    if not isinstance(code, int):
        raise ValueError("a result without a code")
    return Result(code, decode(said))


def nothing_in(payload: list[Any]) -> None:
    return None


def no_entry_in(payload: list[Any]) -> None:
    # One that `entry_in` has not recognised has another form than it must have (X.690 section 8.14).
    raise ValueError("an entry that is not written as one")


CONTENTS: dict[int, Callable[[list[Any]], Result | None]] = {
    SEARCH_ENTRY: no_entry_in,
    REFERENCE: nothing_in,
    INTERMEDIATE: nothing_in,
}


def octets(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("something else where a text belongs")
    return value


def control_in(element: tuple[Any, ...]) -> tuple[str, bytes]:
    oid, *rest = element[3]
    value = rest[-1][3] if rest and rest[-1][2] == 4 else b""
    return decode(octets(oid[3])), octets(value)


def message(id: int, request: bytes, controls: Sequence[Any] = ()) -> bytes:
    """What goes over the wire: a request with its number and its controls."""
    attached = [tagged(0xA0, *map(encode_type, controls))] if controls else []
    return tagged(0x30, encode_type(rfc4511.MessageID(id)), request, *attached)


def simple_bind(dn: str, password: bytes) -> bytes:
    choice = rfc4511.AuthenticationChoice()
    choice["simple"] = rfc4511.Simple(password)
    return bind(dn, choice)


def external_bind() -> bytes:
    """SASL EXTERNAL (RFC 4422, appendix A): nobody else than who the connection says we are."""
    credentials = rfc4511.SaslCredentials()
    credentials["mechanism"], credentials["credentials"] = "EXTERNAL", rfc4511.Credentials(b"")
    choice = rfc4511.AuthenticationChoice()
    choice["sasl"] = credentials
    return bind("", choice)


def bind(dn: str, choice: Any) -> bytes:
    request = rfc4511.BindRequest()
    request["version"], request["name"], request["authentication"] = 3, encode(dn), choice
    return bytes(encode_type(request))


def unbind() -> bytes:
    return bytes(encode_type(rfc4511.UnbindRequest("")))


def abandon(id: int) -> bytes:
    return bytes(encode_type(rfc4511.AbandonRequest(id)))


def search(base: str, scope: Scope, filter: str, attributes: Sequence[str], limit: int = 0) -> bytes:
    """A search that follows no aliases; `limit` 0 sets none of ours."""
    return tagged(
        0x63,
        encode_type(rfc4511.LDAPDN(encode(base))),
        encode_type(rfc4511.Scope(SCOPES[scope])),
        encode_type(rfc4511.DerefAliases(NEVER_DEREFERENCE)),
        encode_type(rfc4511.Integer0ToMax(limit)),
        encode_type(rfc4511.Integer0ToMax(0)),
        encode_type(rfc4511.TypesOnly(False)),
        # Encoded by us: ldap3 reads 4 of 10 wrong filters as if they were right, and knows no `(&)`.
        encoded_filter(filter),
        tagged(0x30, *(encode_type(rfc4511.Selector(encode(name))) for name in attributes)),
    )


def add(dn: str, attributes: Attributes) -> bytes:
    request = rfc4511.AddRequest()
    request["entry"], request["attributes"] = encode(dn), rfc4511.AttributeList()
    for index, (name, values) in enumerate(attributes.items()):
        attribute = rfc4511.Attribute()
        attribute["type"], attribute["vals"] = encode(name), values_of(values)
        request["attributes"][index] = attribute
    return bytes(encode_type(request))


def modify(dn: str, changes: Iterable[Modification]) -> bytes:
    request = rfc4511.ModifyRequest()
    request["object"], request["changes"] = encode(dn), rfc4511.Changes()
    for index, step in enumerate(changes):
        attribute = rfc4511.PartialAttribute()
        attribute["type"], attribute["vals"] = encode(step.attribute), values_of(step.values)
        change = rfc4511.Change()
        change["operation"], change["modification"] = OPERATIONS[step.operation], attribute
        request["changes"][index] = change
    return bytes(encode_type(request))


def values_of(values: Iterable[bytes]) -> Any:
    wanted = rfc4511.Vals()
    wanted.clear()  # An empty set, where it would be none at all.
    wanted.extend(values)
    return wanted


def delete(dn: str) -> bytes:
    return bytes(encode_type(rfc4511.DelRequest(encode(dn))))


def rename(dn: str, rdn: str, superior: str | None, *, delete_old_rdn: bool) -> bytes:
    request = rfc4511.ModifyDNRequest()
    request["entry"], request["newrdn"], request["deleteoldrdn"] = encode(dn), encode(rdn), delete_old_rdn
    if superior is not None:
        request["newSuperior"] = rfc4511.NewSuperior(encode(superior))
    return bytes(encode_type(request))


def extended(name: str) -> bytes:
    request = rfc4511.ExtendedRequest()
    request["requestName"] = name
    return bytes(encode_type(request))


def control(oid: str, value: bytes | None = None, *, critical: bool = False) -> Any:
    return build_control(oid, critical, value, encode_control_value=False)


def asserting(filter: str | None) -> list[Any]:
    """The assertion control (RFC 4528), where something is asserted; a server without it must refuse."""
    return [] if filter is None else [control(ASSERTION, encoded_filter(filter), critical=True)]


def page_of(size: int, cookie: bytes = b"") -> Any:
    return paged_search_control(False, size, cookie)


def next_page(controls: Mapping[str, bytes]) -> bytes:
    """The cookie to go on with; empty after the last page, and from a server that knows no pages.

    Raises ValueError for what is no such control.
    """
    value = controls.get(PAGED_RESULTS)
    return paged_results(value) if value else b""
