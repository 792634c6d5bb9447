"""The one notation of all schema definitions: keywords and values in parentheses (RFC 4512, section 4.1).

A kind of definition is described by a `Grammar`, its parts in the order of the RFC's. The same
grammar reads a definition and writes it, so the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, StrEnum
from typing import Any, NamedTuple, NoReturn

from ..errors import InvalidValue

__all__ = ["OID", "Extensions", "Form", "Grammar", "ObjectClassKind", "Part", "Usage", "read", "write"]

Extensions = tuple[tuple[str, tuple[str, ...]], ...]

_TOKEN = re.compile(r"\s*(?:'(?P<quoted>[^']*)'|(?P<mark>[()$])|(?P<word>[^\s()$']+))")
OID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
"""An OID in digits."""

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
    """A word of the text and where it begins; a `quoted` parenthesis is text, not a mark.

    A quote that is never closed is a token too, which is expected nowhere.
    """

    text: str
    position: int
    quoted: bool = False

    def is_mark(self, mark: str) -> bool:
        return self.text == mark and not self.quoted


END = Token("", -1)


class Grammar(NamedTuple):
    """What a definition of one kind is made of; of the `required` fields it must have one."""

    kind: str
    parts: tuple[Part, ...]
    required: tuple[str, ...] = ()

    def keywords(self, *fields: str) -> str:
        return " or ".join(part.keyword for part in self.parts if part.field in fields)


def read(grammar: Grammar, text: str, macros: Mapping[str, str]) -> dict[str, Any]:
    """Read the fields of one definition; `macros` maps names to the OIDs they stand for."""
    return _Reader(grammar, text, macros).fields()


class _Reader:
    """Reads one definition from left to right, and knows what it is called when something is wrong."""

    def __init__(self, grammar: Grammar, text: str, macros: Mapping[str, str]) -> None:
        self.grammar = grammar
        self.text = text
        self.macros = macros
        self.called = ""
        self.position = 0

    def fail(self, expected: str, at: Token) -> NoReturn:
        position = len(self.text) if at is END else at.position
        raise InvalidValue(self.text, expected, position, f"{self.grammar.kind} {self.called}".rstrip())

    def peek(self) -> Token:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            rest = self.text[self.position :].lstrip()
            return Token(rest, len(self.text) - len(rest)) if rest else END
        group = found.lastgroup or ""
        quoted = group == "quoted"
        return Token(found[group], found.start(group) - quoted, quoted)

    def take(self) -> Token:
        token = self.peek()
        if token is not END:
            self.position = token.position + len(token.text) + 2 * token.quoted
        return token

    def fields(self) -> dict[str, Any]:
        opening = self.take()
        if not opening.is_mark("("):
            self.fail("an opening parenthesis", opening)
        fields: dict[str, Any] = {"oid": self.numeric_oid(self.take())}
        self.called = fields["oid"]
        extensions: list[tuple[str, tuple[str, ...]]] = []
        parts = {part.keyword: part for part in self.grammar.parts}
        while not (token := self.take()).is_mark(")"):
            keyword = token.text.upper()
            if token is END:
                self.fail("a closing parenthesis", token)
            if part := parts.get(keyword):
                if part.field in fields:
                    self.fail(f"only one {self.grammar.keywords(part.field)}", token)
                self.read_part(part, fields)
            elif keyword.startswith("X-"):
                extensions.append((token.text, self.listed(self.quoted)))
            else:
                self.fail(f"one of {', '.join(parts)}, X-…", token)
        if self.grammar.required and fields.keys().isdisjoint(self.grammar.required):
            self.fail(self.grammar.keywords(*self.grammar.required), token)
        if not (self.peek() is END or self.peek().text.startswith("#")):
            self.fail("nothing but a comment after the closing parenthesis", self.peek())
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
                self.called = next(iter(fields[part.field]), self.called)
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
        if OID.fullmatch(token.text):
            return token.text
        macro, colon, rest = token.text.partition(":")
        oid = self.macros.get(macro)
        if oid is None or (colon and not OID.fullmatch(rest)):
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
        if not (token.quoted and _NAME.fullmatch(token.text)):
            self.fail("a quoted name of letters, digits and hyphens", token)
        return token.text

    def listed(self, item: Callable[[], str], separator: str = "") -> tuple[str, ...]:
        """One item, or any number in parentheses; none at all is what slapd lets pass."""
        if not self.peek().is_mark("("):
            return (item(),)
        self.take()
        items: list[str] = []
        while not self.peek().is_mark(")"):
            if items and separator and not (token := self.take()).is_mark(separator):
                self.fail(f"{separator} or a closing parenthesis", token)
            items.append(item())
        self.take()
        return tuple(items)


def write(grammar: Grammar, definition: Any) -> str:
    """The text of a definition, its parts in the order of the grammar."""
    words = ["(", definition.oid]
    for part in grammar.parts:
        words += _written(part, getattr(definition, part.field), definition)
    for keyword, values in definition.extensions:
        words += [keyword, _in_parentheses([_quote(value) for value in values])]
    return " ".join([*words, ")"])


def _written(part: Part, value: Any, definition: Any) -> list[str]:
    match part.form:
        case _ if value in (None, False, ()):
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
