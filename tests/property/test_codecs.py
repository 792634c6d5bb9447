"""Codecs: what is written reads back, and whatever stands there is read or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jsonschema import validate

from mailpolicy.errors import InvalidValue
from mailpolicy.reasons import Level
from mailpolicy.schema import SETTINGS, Setting, find_dialect
from mailpolicy.schema.several import Joined
from mailpolicy.values import Address, FrozenMapping
from tests.drawn_settings import SETTINGS_AND_VALUES


@given(SETTINGS_AND_VALUES)
def test_what_is_stored_reads_back(drawn: tuple[Setting[Any], Any]) -> None:
    setting, value = drawn
    assert setting.accept(value) == value
    texts = setting.codec.encode(value)
    assert setting.codec.decode(texts) == value
    assert setting.codec.read(texts) == (value, ())


@given(SETTINGS_AND_VALUES)
def test_a_value_is_written_as_its_json_schema_says(drawn: tuple[Setting[Any], Any]) -> None:
    setting, value = drawn
    written = json.loads(json.dumps(setting.codec.to_json(value)))
    validate(written, setting.codec.json_schema())


@given(SETTINGS_AND_VALUES)
def test_what_is_stored_reads_back_from_a_deployed_directory(drawn: tuple[Setting[Any], Any]) -> None:
    setting, value = drawn
    for dialect in ("carbonio", "zimbra"):
        for level in setting.on:
            binding = find_dialect(dialect).binding(setting, level)
            if binding is None or binding.derived:
                continue
            try:
                texts = binding.encode(value)
            except InvalidValue:
                continue
            read = tuple(part.codec.decode(texts[part.attribute]) for part in binding.parts)
            assert binding.combine(read) == value


def test_few_values_cannot_be_stored_in_a_deployed_directory() -> None:
    refused = {}
    for setting in SETTINGS.values():
        for level in setting.on:
            binding = find_dialect("carbonio").binding(setting, level)
            if binding is not None and setting.default is not None:
                try:
                    binding.encode(setting.default)
                except InvalidValue as problem:
                    refused[setting.name] = problem.expected
    assert set(refused) == {"posting_policy"}


@given(st.sampled_from(sorted(SETTINGS)), st.lists(st.text(), min_size=1, max_size=3).map(tuple))
def test_any_text_is_read_or_refused(name: str, texts: tuple[str, ...]) -> None:
    codec = SETTINGS[name].codec
    value, problems = codec.read(texts)
    assert value is not None or problems
    if not problems:
        assert codec.decode(codec.encode(value)) == value


ATTRIBUTES = sorted(
    {
        (dialect, attribute.name)
        for dialect in ("carbonio", "zimbra")
        for attribute in find_dialect(dialect).attributes()
    }
)


@given(st.sampled_from(ATTRIBUTES), st.lists(st.text(), min_size=1, max_size=3).map(tuple))
def test_any_text_of_any_attribute_is_read_or_refused(place: tuple[str, str], texts: tuple[str, ...]) -> None:
    dialect, name = place
    attribute = find_dialect(dialect).attribute(name)
    assert attribute is not None
    value, problems = attribute.codec.read(texts)
    assert value is not None or problems
    assert attribute.path_from(Level.ALIAS) == ()


@given(st.lists(st.tuples(st.text("ab "), st.text("ab ")), max_size=4))
def test_a_mapping_is_stored_only_where_its_parts_can_be_told_apart(pairs: list[tuple[str, str]]) -> None:
    codec = SETTINGS["saml_logout_parameters"].codec
    value = FrozenMapping(dict(pairs))
    try:
        texts = codec.encode(value)
    except InvalidValue:
        assert any(" " in key or not key or text != text.strip() or not text for key, text in pairs)
    else:
        assert codec.decode(texts) == value


@pytest.mark.parametrize("name", ["forwarding_addresses"])
def test_what_commas_would_split_is_not_joined(name: str) -> None:
    binding = find_dialect("carbonio").binding(name, Level.ACCOUNT)
    assert binding is not None
    assert isinstance(binding.parts[0].codec, Joined)
    with pytest.raises(InvalidValue, match="without a comma"):
        binding.encode((Address('"a,b"@x.example'),))
