"""The one notation of all schema definitions: keywords and values in parentheses (RFC 4512, section 4.1).

A kind of definition is described by its `Part`s, in the order of the RFC's grammar. The same parts
read a definition and write it, so the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, StrEnum
from typing import Any, NamedTuple, NoReturn

from mailpolicy.errors import InvalidValue

__all__ = ["Form", "ObjectClassKind", "Part", "Usage", "read", "write"]

Extensions = tuple[tuple[str, tuple[str, ...]], ...]

_TOKEN = re.compile(r"\s*(?:'(?P<quoted>[^']*)'|(?P<mark>[()$])|(?P<word>[^\s()$']+))")
_OID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_SYNTAX = re.compile(r"(?P<oid>[^{}]+)(?:\{(?P<length>[0-9]+)\})?")


class ObjectClassKind(StrEnum):
    """What an object class is for: to be derived from, to be the entry's nature, to add to it."""

    ABSTRACT = "ABSTRACT"
    STRUCTURAL = "STRUCTURAL"
    AUXILIARY = "AUXILIARY"


class Usage(StrEnum):
    """Who an attribute is for: users, or the server itself (operational attributes)."""

    USER_APPLICATIONS = "userApplications"
    DIRECTORY_OPERATION = "directoryOperation"
    DISTRIBUTED_OPERATION = "distributedOperation"
    DSA_OPERATION = "dSAOperation"


class Form(Enum):
    """How the value after a keyword is written."""

    FLAG = "nothing"
    KIND = "nothing, and no other kind"
    TEXT = "quoted text"
    NAMES = "a quoted name, or several in parentheses"
    OID = "an OID or a name"
    OIDS = "an OID or a name, or several in parentheses with $ between"
    SYNTAX = "an OID, perhaps with a length in braces"
    USAGE = "one of " + ", ".join(Usage)


class Part(NamedTuple):
    """A keyword, the field it fills, and the form of its value."""

    keyword: str
    field: str
    form: Form


class Token(NamedTuple):
    """A word of the text and where it begins; a `quoted` parenthesis is text, not a mark."""

    text: str
    position: int
    quoted: bool = False

    def is_mark(self, mark: str) -> bool:
        return self.text == mark and not self.quoted


END = Token("", -1)


def read(kind: str, parts: Iterable[Part], text: str, macros: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields of one definition; `macros` maps lower-case names to the OIDs they stand for."""
    return _Reader(kind, {part.keyword: part for part in parts}, text, macros).fields()


class _Reader:
    """Reads one definition from left to right, and knows what it is called when something is wrong."""

    def __init__(self, kind: str, parts: dict[str, Part], text: str, macros: Mapping[str, str]) -> None:
        self.kind = kind
        self.parts = parts
        self.text = text
        self.macros = macros
        self.called = ""
        self.tokens = self.split()
        self.next = 0

    def fail(self, expected: str, at: Token | int) -> NoReturn:
        position = at if isinstance(at, int) else at.position
        if position < 0:
            position = len(self.text)
        raise InvalidValue(self.text, expected, position, f"{self.kind} {self.called}".rstrip())

    def split(self) -> list[Token]:
        text, tokens, position = self.text, [], 0
        end = len(text.rstrip())
        while position < end:
            found = _TOKEN.match(text, position)
            if found is None:
                self.fail("a closing quote", text.index("'", position))
            group = str(found.lastgroup)
            quoted = group == "quoted"
            tokens.append(Token(found[group], found.start(group) - quoted, quoted))
            position = found.end()
        return tokens

    def take(self) -> Token:
        if self.next == len(self.tokens):
            return END
        self.next += 1
        return self.tokens[self.next - 1]

    def peek(self) -> Token:
        return self.tokens[self.next] if self.next < len(self.tokens) else END

    def fields(self) -> dict[str, Any]:
        opening = self.take()
        if not opening.is_mark("("):
            self.fail("an opening parenthesis", opening)
        self.called = self.peek().text
        fields: dict[str, Any] = {"oid": self.numeric_oid(self.take())}
        extensions: list[tuple[str, tuple[str, ...]]] = []
        while not (token := self.take()).is_mark(")"):
            if token is END:
                self.fail("a closing parenthesis", token)
            keyword = token.text.upper()
            part = self.parts.get(keyword)
            if part:
                if part.field in fields:
                    self.fail(f"{part.keyword} only once", token)
                self.read_part(part, fields)
            elif keyword.startswith("X-"):
                extensions.append((token.text, self.listed(self.quoted)))
            else:
                self.fail("one of " + ", ".join([*self.parts, "X-…"]), token)
        if self.peek() is not END:
            self.fail("nothing after the closing parenthesis", self.peek())
        return {**fields, "extensions": tuple(extensions)}

    def read_part(self, part: Part, fields: dict[str, Any]) -> None:
        match part.form:
            case Form.FLAG:
                fields[part.field] = True
            case Form.KIND:
                fields[part.field] = ObjectClassKind(part.keyword)
            case Form.TEXT:
                fields[part.field] = self.quoted()
            case Form.NAMES:
                fields[part.field] = self.listed(self.descriptor)
                self.called = fields[part.field][0]
            case Form.OID:
                fields[part.field] = self.word(part.form)
            case Form.OIDS:
                fields[part.field] = self.listed(lambda: self.word(part.form), separator="$")
            case Form.SYNTAX:
                self.read_syntax(part, fields)
            case Form.USAGE:
                token = self.take()
                usages = {usage.lower(): usage for usage in Usage}
                if token.text.lower() not in usages:
                    self.fail(part.form.value, token)
                fields[part.field] = usages[token.text.lower()]

    def read_syntax(self, part: Part, fields: dict[str, Any]) -> None:
        token = self.peek()
        found = _SYNTAX.fullmatch(self.word(part.form))
        if not found:
            self.fail(part.form.value, token)
        fields[part.field] = self.numeric_oid(token._replace(text=found["oid"]))
        if found["length"]:
            fields["length"] = int(found["length"])

    def numeric_oid(self, token: Token) -> str:
        """An OID in digits; `acme:4` and `acme` are resolved when `acme` is a macro."""
        if _OID.fullmatch(token.text):
            return token.text
        macro, colon, rest = token.text.partition(":")
        oid = self.macros.get(macro.lower())
        if oid is None or (colon and not _OID.fullmatch(rest)):
            self.fail("an OID in digits, or a macro that stands for one", token)
        return f"{oid}.{rest}" if colon else oid

    def word(self, form: Form) -> str:
        token = self.take()
        if not token.text or (token.text in "()$" and not token.quoted):
            self.fail(form.value, token)
        return token.text

    def quoted(self) -> str:
        token = self.take()
        if not token.quoted:
            self.fail(Form.TEXT.value, token)
        return re.sub(r"\\(27|5[Cc])", lambda escape: chr(int(escape[1], 16)), token.text)

    def descriptor(self) -> str:
        token = self.take()
        if not _NAME.fullmatch(token.text):
            self.fail("a name of letters, digits and hyphens", token)
        return token.text

    def listed(self, item: Callable[[], str], separator: str = "") -> tuple[str, ...]:
        """One item, or several in parentheses."""
        if not self.peek().is_mark("("):
            return (item(),)
        self.take()
        items = []
        while True:
            items.append(item())
            if self.peek().is_mark(")"):
                self.take()
                return tuple(items)
            if separator and not self.take().is_mark(separator):
                self.fail(f"{separator} or a closing parenthesis", self.tokens[self.next - 1])


def write(definition: Any, parts: Iterable[Part]) -> str:
    """The text of a definition, its parts in the order given."""
    words = ["(", definition.oid]
    for part in parts:
        words += _written(part, getattr(definition, part.field), definition)
    for keyword, values in definition.extensions:
        words += [keyword, _in_parentheses([_quote(value) for value in values])]
    return " ".join([*words, ")"])


def _written(part: Part, value: Any, definition: Any) -> list[str]:
    match part.form:
        case _ if not value:
            return []
        case Form.FLAG:
            return [part.keyword]
        case Form.KIND:
            return [part.keyword] if value == part.keyword else []
        case Form.TEXT:
            return [part.keyword, _quote(value)]
        case Form.NAMES:
            return [part.keyword, _in_parentheses([_quote(name) for name in value])]
        case Form.OIDS:
            return [part.keyword, _in_parentheses(value, " $ ")]
        case Form.SYNTAX:
            length = getattr(definition, "length", None)
            return [part.keyword, value if length is None else f"{value}{{{length}}}"]
        case Form.USAGE:
            return [] if value is Usage.USER_APPLICATIONS else [part.keyword, value]
        case _:
            return [part.keyword, value]


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\5C").replace("'", "\\27") + "'"


def _in_parentheses(items: Iterable[str], separator: str = " ") -> str:
    items = tuple(items)
    return items[0] if len(items) == 1 else f"( {separator.join(items)} )"
