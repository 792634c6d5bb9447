"""Filters evaluated slowly and obviously: what the compiled ones are compared with.

One function after the text of RFC 4511, section 4.5.1.7, which looks up everything anew for every
entry and walks all values of all attributes. It shares with the compiled filters what a rule does to
a value (`rules`, `names`) and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailpolicy.ldap.definitions import AttributeType, Definitions
from mailpolicy.ldap.entry import Entry
from mailpolicy.ldap.filter import (
    And,
    Approx,
    Equal,
    Extensible,
    Filter,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)
from mailpolicy.ldap.matching.names import dn_key, normalizer, split_uid
from mailpolicy.ldap.matching.phonetic import asserted_words, sounds_like, stored_words
from mailpolicy.ldap.matching.prep import Part
from mailpolicy.ldap.matching.rules import Rule, find_rule, is_usable
from mailpolicy.ldap.matching.syntaxes import is_valid

BINARY_SYNTAX = "1.3.6.1.4.1.1466.115.121.1.49"


def evaluate(filter: Filter, entry: Entry, definitions: Definitions) -> bool | None:
    """True, False or None for Undefined; `hasSubordinates` is Undefined."""
    return _Reference(entry, definitions).of(filter)


class _Reference:
    def __init__(self, entry: Entry, definitions: Definitions) -> None:
        self.entry = entry
        self.definitions = definitions

    def of(self, filter: Filter) -> bool | None:
        if isinstance(filter, And):
            outcomes = [self.of(each) for each in filter.filters]
            return False if False in outcomes else None if None in outcomes else True
        if isinstance(filter, Or):
            outcomes = [self.of(each) for each in filter.filters]
            return True if True in outcomes else None if None in outcomes else False
        if isinstance(filter, Not):
            outcome = self.of(filter.filter)
            return None if outcome is None else not outcome
        if isinstance(filter, Extensible):
            return self.extensible(filter)
        return self.of_attribute(filter)

    def of_attribute(self, filter: Filter) -> bool | None:
        assert isinstance(filter, Present | Equal | Approx | GreaterOrEqual | LessOrEqual | Substrings)
        attribute = self.attribute(filter.attribute)
        if attribute is None:
            return None
        if attribute.name in ("entryDN", "hasSubordinates", "subschemaSubentry"):
            return self.computed(filter, attribute)
        if isinstance(filter, Present):
            return any(self.stored(filter.attribute))
        if attribute.name in ("objectClass", "structuralObjectClass"):
            return self.object_class(filter)
        if self.asserted(filter, attribute) is None:
            return None
        outcomes = []
        for stored, values in self.stored(filter.attribute):
            outcomes.append(self.matches(filter, attribute, stored, values))
        return True if True in outcomes else None if None in outcomes else False

    def attribute(self, description: str) -> AttributeType | None:
        """The attribute, None if it or one of its options is not known."""
        attribute = self.definitions.attribute(description)
        options = description.lower().split(";")[1:]
        if attribute is None or (options and attribute.operational):
            return None
        for option in options:
            binary = option == "binary" and attribute.syntax == BINARY_SYNTAX and options.count(option) == 1
            if not binary and not option.startswith("lang-"):
                return None
        return attribute

    def stored(self, description: str) -> Iterator[tuple[AttributeType, tuple[bytes, ...]]]:
        """The stored attributes that a description stands for."""
        wanted = self.definitions.attribute(description)
        options = description.lower().split(";")[1:]
        for name, values in self.entry.raw.items():
            attribute = self.definitions.attribute(name)
            if attribute is None or wanted not in self.superiors(attribute):
                continue
            has = name.split(";")[1:]
            if all(self.has_option(has, option) for option in options):
                yield attribute, values

    @staticmethod
    def has_option(has: list[str], option: str) -> bool:
        if option.endswith("-"):
            return any(f"{each}-".startswith(option) for each in has)
        return option in has

    def superiors(self, attribute: AttributeType) -> list[AttributeType]:
        found = [attribute]
        while found[-1].superior:
            superior = self.definitions.attribute(found[-1].superior)
            assert superior is not None
            found.append(superior)
        return found

    def computed(self, filter: Filter, attribute: AttributeType) -> bool | None:
        if isinstance(filter, Present):
            return True
        if not isinstance(filter, Equal | Approx):
            return None
        wanted = self.form(find_rule(attribute.equality), filter.value)
        if attribute.name == "entryDN" and wanted is not None:
            return dn_key(self.entry.dn, self.definitions).encode() == wanted
        return False if attribute.name == "subschemaSubentry" and wanted is not None else None

    def object_class(self, filter: Filter) -> bool | None:
        if not isinstance(filter, Equal | Approx | Extensible) or filter.attribute is None:
            return None
        wanted = self.definitions.object_class(filter.value.decode("utf-8", "replace"))
        if wanted is None:
            return None
        for _, values in self.stored(filter.attribute):
            for value in values:
                has = self.definitions.object_class(value.decode())
                if has and wanted in self.definitions.superclasses(has):
                    return True
        return False

    def form(self, rule: Rule | None, value: bytes) -> bytes | None:
        """The normal form of an asserted value, None if there is none."""
        if rule is None or not is_valid(value, rule.syntax):
            return None
        return rule.asserted_form(value) if rule.asserted_form else normalizer(rule, self.definitions)(value)

    def asserted(self, filter: Filter, attribute: AttributeType) -> object | None:
        """What is asserted, in normal form: one value, or the three kinds of parts."""
        equality = find_rule(attribute.equality)
        if isinstance(filter, GreaterOrEqual | LessOrEqual):
            return self.form(find_rule(attribute.ordering), filter.value)
        if isinstance(filter, Equal | Approx):
            return self.form(equality, filter.value)
        assert isinstance(filter, Substrings)
        if equality is None or attribute.substrings is None:
            return None
        parts = []
        for part, values in (
            (Part.INITIAL, [filter.initial]),
            (Part.ANY, list(filter.any)),
            (Part.FINAL, [filter.final]),
        ):
            given = [value for value in values if value is not None]
            if not all(is_valid(value, equality.syntax) for value in given):
                return None
            forms = [normalizer(equality, self.definitions)(value, part) for value in given]
            if None in forms:
                return None
            parts.append(forms)
        return parts

    def matches(
        self, filter: Filter, asserted_of: AttributeType, stored: AttributeType, values: tuple[bytes, ...]
    ) -> bool | None:
        """Whether one of the values of one stored attribute matches; None where it has no such rule."""
        wanted = self.asserted(filter, asserted_of)
        equality = find_rule(stored.equality)
        normal = [normalizer(equality, self.definitions)(value) if equality else value for value in values]
        forms = [form for form in normal if form is not None]
        if isinstance(filter, Equal):
            return wanted in forms if equality else None
        if isinstance(filter, Approx):
            assert isinstance(wanted, bytes)
            if equality and equality.approximate:
                return any(sounds_like(stored_words(form), asserted_words(wanted)) for form in forms)
            if equality and equality.name == "uniqueMemberMatch":
                return any(self.same_member(form, wanted) for form in forms)
            return wanted in forms if equality else None
        if isinstance(filter, GreaterOrEqual | LessOrEqual):
            ordering = find_rule(stored.ordering)
            if ordering is None or ordering.order is None:
                return None
            places = [ordering.order(form) for form in forms]
            bound = ordering.order(wanted)
            if isinstance(filter, GreaterOrEqual):
                return any(place is not None and place >= bound for place in places)
            return any(place is not None and place <= bound for place in places)
        if stored.substrings is None:
            return None
        assert isinstance(wanted, list)
        return any(self.has_parts(form, *wanted) for form in forms)

    @staticmethod
    def same_member(form: bytes, wanted: bytes) -> bool:
        name, uid = split_uid(form)
        wanted_name, wanted_uid = split_uid(wanted)
        return name == wanted_name and (not uid or not wanted_uid or uid == wanted_uid)

    @staticmethod
    def has_parts(form: bytes, initial: list[bytes], between: list[bytes], final: list[bytes]) -> bool:
        """Try to cut each part off in turn, from the left, and the final one from the right."""
        for part in initial:
            if not form.startswith(part):
                return False
            form = form[len(part) :]
        for part in final:
            if not form.endswith(part):
                return False
            form = form[: len(form) - len(part)]
        for part in between:
            _, found, form = form.partition(part) if part else (b"", b"x", form)
            if not found:
                return False
        return True

    def extensible(self, filter: Extensible) -> bool | None:
        rule = find_rule(filter.rule)
        attribute = self.attribute(filter.attribute) if filter.attribute else None
        if (filter.rule and rule is None) or (filter.attribute and attribute is None):
            return None
        if attribute and attribute.name in ("objectClass", "structuralObjectClass"):
            return None if filter.rule else self.object_class(filter)
        if attribute and rule is None:
            rule = find_rule(attribute.equality)
            if rule and not rule.extensible:
                return None
        wanted = self.form(rule, filter.value)
        if rule is None or wanted is None or (attribute and not is_usable(rule, attribute)):
            return None
        if attribute is None:
            wanted = self.form(rule, wanted)
            if wanted is None:
                return False
        elif attribute.name == "entryDN":
            return rule.compare(dn_key(self.entry.dn, self.definitions).encode(), wanted)
        for value in self.extensible_values(filter, rule, attribute):
            form = normalizer(rule, self.definitions)(value)
            outcome = False if form is None else rule.compare(form, wanted)
            if outcome is not False:
                return outcome
        return False

    def extensible_values(
        self, filter: Extensible, rule: Rule, attribute: AttributeType | None
    ) -> Iterator[bytes]:
        special = ("objectClass", "structuralObjectClass", "entryDN", "subschemaSubentry", "hasSubordinates")
        if filter.attribute and attribute:
            if attribute.name not in special:
                for _, values in self.stored(filter.attribute):
                    yield from values
        else:
            for name, values in self.entry.raw.items():
                stored = self.definitions.attribute(name)
                if stored and stored.name not in special and is_usable(rule, stored):
                    yield from values
        if not filter.dn_attributes:
            return
        for rdn in self.entry.dn.rdns:
            for ava in rdn:
                named = self.definitions.attribute(ava.attribute)
                if named is None:
                    continue
                if attribute and filter.attribute:
                    meant = attribute in self.superiors(named) and ";" not in filter.attribute
                else:
                    meant = named.name not in special and is_usable(rule, named)
                if meant:
                    yield ava.value
