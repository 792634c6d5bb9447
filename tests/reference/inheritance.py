"""Which value applies: slow, obvious, and written from the description alone.

Nothing is looked up in an index, nothing is shared between questions, and no step is clever. It knows
codecs and bindings, which say how one attribute reads, and nothing else of the code that it judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mailpolicy.ldap.entry import Entry
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Combine, Rule, Setting
from mailpolicy.schema.dialects import Dialect

MAILBOXES = (Level.ACCOUNT, Level.RESOURCE)


class SlowDirectory:
    """Entries in a list, and the rules of inheritance read aloud."""

    def __init__(self, dialect: Dialect, entries: Iterable[Entry]) -> None:
        self.dialect = dialect
        self.entries = sorted(entries, key=lambda entry: entry.dn)

    def of_kind(self, kind: Level) -> list[Entry]:
        return [entry for entry in self.entries if self.dialect.level_of(entry) is kind]

    def texts(self, entry: Entry, attribute: str | None) -> list[str]:
        if attribute is None or attribute not in entry.raw:
            return []
        return [value.decode("utf-8", "surrogateescape") for value in entry.raw[attribute]]

    def first(self, entry: Entry, setting: str) -> str | None:
        kind = self.dialect.level_of(entry)
        assert kind is not None
        binding = self.dialect.binding(setting, kind)
        texts = self.texts(entry, binding.parts[0].attribute) if binding else []
        return texts[0] if texts else None

    # "Layers, nearest first: account -> COS -> domain -> global -> catalog default."

    def layers(self, entry: Entry) -> list[tuple[Level, Entry]]:
        kind = self.dialect.level_of(entry)
        assert kind is not None
        found = [(kind, entry)]
        if kind in MAILBOXES:
            if cos := self.cos_of(entry):
                found.append((Level.COS, cos))
            if domain := self.domain_of(entry):
                found.append((Level.DOMAIN, domain))
        if kind in (*MAILBOXES, Level.DOMAIN, Level.SERVER):
            found += [(Level.GLOBAL, config) for config in self.of_kind(Level.GLOBAL)[:1]]
        return found

    def domain_of(self, entry: Entry) -> Entry | None:
        address = self.first(entry, "address") or ""
        name = address.rpartition("@")[2].lower()
        for domain in self.of_kind(Level.DOMAIN):
            if name in [text.lower() for text in self.texts_of(domain, "domain_name")]:
                return domain
        return None

    def texts_of(self, entry: Entry, setting: str) -> list[str]:
        kind = self.dialect.level_of(entry)
        assert kind is not None
        binding = self.dialect.binding(setting, kind)
        return self.texts(entry, binding.parts[0].attribute) if binding else []

    # "COS of an account: its own id, if that COS exists; else the domain's default; else the COS named
    # `default`; else none." An external account has a domain default and a name of its own.

    def cos_of(self, entry: Entry) -> Entry | None:
        external = self.texts(entry, self.dialect.external_attribute)[:1] == ["TRUE"]
        domain = self.domain_of(entry)
        said = [self.first(entry, "cos")]
        if domain is not None and external and self.dialect.external_cos_attribute:
            said += self.texts(domain, self.dialect.external_cos_attribute)[:1]
        elif domain is not None:
            said.append(self.first(domain, "default_cos"))
        for reference in said:
            if reference is not None and (cos := self.cos_called(reference)):
                return cos
        return self.cos_named("defaultExternal" if external else "default")

    def cos_called(self, reference: str) -> Entry | None:
        for cos in self.of_kind(Level.COS):
            if reference in self.texts(cos, self.dialect.id_attribute):
                return cos
        for cos in self.of_kind(Level.COS):
            if cos.dn == reference:
                return cos
        return self.cos_named(reference)

    def cos_named(self, name: str) -> Entry | None:
        for cos in self.of_kind(Level.COS):
            if name.lower() in [text.lower() for text in self.texts(cos, "cn")]:
                return cos
        return None

    # The value

    def value(self, entry: Entry, setting: Setting[Any]) -> Any:
        kind = self.dialect.level_of(entry)
        assert kind is not None
        if setting.name == "cos":
            cos = self.cos_of(entry)
            return None if cos is None else cos.dn
        value = self.stored(entry, setting, kind)
        if value is None:
            value = setting.default
        elif setting.combine is Combine.PER_KEY:
            value = {**(setting.default or {}), **value}
        if value is None or setting.ceiling is None:
            return value
        ceiling = self.value(entry, SETTINGS[setting.ceiling])
        if ceiling is None:
            return value
        if setting.service is not None:
            return value and setting.service in ceiling
        if isinstance(value, bool):
            return value and ceiling
        if isinstance(value, frozenset):
            return value & ceiling
        return min(ceiling, value)

    def stored(self, entry: Entry, setting: Setting[Any], kind: Level) -> Any:
        binding = self.dialect.binding(setting, kind)
        if binding is None:
            return None
        values = [
            self.one_attribute(entry, part.attribute, part.codec, part.path, setting.combine)
            for part in binding.parts
        ]
        if len(values) == 1:
            return values[0]
        if binding.rule is Rule.GATED:
            return values[0] if values[1] is True else None
        said = [value for value in values if value is not None]
        if not said:
            return None
        return False not in said if binding.rule is Rule.ALL else said[0]

    def one_attribute(
        self, entry: Entry, attribute: str, codec: Any, path: tuple[Level, ...], combine: Combine
    ) -> Any:
        """ "The first layer that has the attribute supplies the whole value"; a bad one is skipped."""
        found = []
        for level, layer in self.layers(entry):
            role = Level.ACCOUNT if level is Level.RESOURCE else level
            in_path = role in path if path else layer is entry
            texts = tuple(self.texts(layer, attribute))
            if in_path and texts:
                value, _ = codec.read(texts)
                if value is not None:
                    found.append(value)
        if not found:
            return None
        if combine is Combine.PER_KEY:
            keys = {key for mapping in found for key in mapping}
            return {key: next(each[key] for each in found if key in each) for key in keys}
        if combine is Combine.INTERSECT:
            return frozenset(item for item in found[0] if all(item in each for each in found))
        return found[0]

    def by_ldap_name(self, entry: Entry, name: str) -> Any:
        kind = self.dialect.level_of(entry)
        known = self.dialect.attribute(name)
        assert kind is not None
        assert known is not None
        return self.one_attribute(entry, known.name, known.codec, known.path_from(kind), Combine.NEAREST)


def as_plain(value: Any) -> Any:
    """Mappings as dicts, so that a reference value compares with any other."""
    return dict(value) if isinstance(value, Mapping) else value
