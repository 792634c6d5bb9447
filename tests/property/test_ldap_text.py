"""Whatever is printed is read back as the same; whatever is read is printed in one way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from mailpolicy.errors import InvalidDN, InvalidFilter, InvalidUrl, InvalidValue
from mailpolicy.ldap.definitions import (
    AttributeType,
    Definition,
    Definitions,
    MatchingRule,
    ObjectClass,
    ObjectClassKind,
    Syntax,
    Usage,
)
from mailpolicy.ldap.dn import AVA, DN, RDN
from mailpolicy.ldap.filter import Filter
from mailpolicy.ldap.url import Extension, LdapUrl, Scope
from tests.odd_text import any_text, check_position, filters

types = st.from_regex(r"\A(?:[A-Za-z][A-Za-z0-9-]{0,4}|[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})\Z")
octets = st.binary(max_size=8) | st.text(' ,+"\\<>;=#\0é\n', max_size=8).map(str.encode)
avas = st.builds(AVA, types, octets) | st.builds(
    AVA, types, st.binary(min_size=1, max_size=3), encoded=st.just(True)
)
rdns: st.SearchStrategy[RDN] = st.lists(avas, min_size=1, max_size=3).map(tuple)
names = st.lists(rdns, max_size=4).map(lambda parts: DN.build(*parts))


# --- distinguished names ------------------------------------------------------------------------------


@given(st.lists(rdns, max_size=4))
def test_a_name_is_read_as_it_was_built(parts: list[RDN]) -> None:
    dn = DN.build(*parts)
    assert dn.rdns == tuple(parts)
    assert DN(str(dn)) == dn
    assert dn.depth == len(parts)
    assert "\n" not in dn
    assert "\0" not in dn


@given(any_text | st.text())
def test_a_name_that_is_read_prints_in_one_way(text: str) -> None:
    for candidate in (text, f"cn={text}", f'cn="{text}"'):
        try:
            dn = DN(candidate)
        except InvalidDN:
            continue
        assert DN.build(*dn.rdns) == DN(str(dn)) == dn


@given(
    st.lists(
        st.builds(
            "{}={}".format,
            st.sampled_from(["cn", "CN"]) | st.sampled_from(["x-1", "2.5", "", "é"]),
            st.text("a #", max_size=3) | st.text("aZ0._@-+ #=\\;\n\u212a", max_size=4),
        ),
        min_size=1,
        max_size=2,
    ).map(",".join)
)
def test_a_name_recognised_at_a_glance_is_read_as_it_is_bit_by_bit(text: str) -> None:
    try:
        dn = DN(text)
    except InvalidDN:
        with pytest.raises(InvalidDN):
            DN(f" {text}")
    else:
        # Nothing that begins with a space is recognised, and the space has no meaning.
        assert DN(f" {text}") == dn == DN.build(*dn.rdns)


@given(names, rdns)
def test_child_and_parent(dn: DN, rdn: RDN) -> None:
    child = DN.build(rdn, *dn.rdns)
    assert child.parent == dn
    assert child.rdn == rdn
    assert child.is_below(dn)
    assert not dn.is_below(child)
    if len(rdn) == 1 and not rdn[0].encoded:
        assert dn.child(rdn[0].attribute, rdn[0].value) == child


@given(names, names)
def test_below_is_what_the_parts_say(dn: DN, other: DN) -> None:
    ours, above = dn.rdns, other.rdns
    below = len(ours) > len(above) and ours[len(ours) - len(above) :] == above
    assert dn.is_below(other) == below


# --- filters ------------------------------------------------------------------------------------------


@given(filters)
def test_a_filter_is_read_as_it_was_built(filter: Filter) -> None:
    again = Filter.parse(str(filter))
    assert again == filter
    assert [type(each) for each in again.inner] == [type(each) for each in filter.inner]
    assert again.depth == filter.depth
    assert "\n" not in str(filter)


@given(any_text | st.text())
def test_a_filter_that_is_read_prints_in_one_way(text: str) -> None:
    for candidate in (text, f"({text})", f"(cn={text})", f"(&{text})"):
        try:
            filter = Filter.parse(candidate)
        except InvalidFilter:
            continue
        assert str(Filter.parse(str(filter))) == str(filter)


@given(filters, st.sampled_from([" ", "\t", "\n", " \n\t"]))
def test_space_between_filters_means_nothing(filter: Filter, space: str) -> None:
    text = str(filter)
    for mark in "&|":
        text = text.replace(f"({mark}", f"({space}{mark}{space}")
    text = text.replace(")(", f"){space}(")
    assert Filter.parse(text) == filter


# --- URLs ---------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6)
urls = st.builds(
    LdapUrl,
    scheme=st.sampled_from(["ldap", "ldaps", "pldap", "pldaps"]),
    host=st.none() | words,
    port=st.none() | st.integers(1, 65535),
    dn=names,
    attributes=st.lists(words.filter(lambda word: "," not in word), max_size=2).map(tuple),
    scope=st.sampled_from(Scope),
    filter=st.none() | filters,
    extensions=st.lists(st.builds(Extension, types, st.none() | words, st.booleans()), max_size=2).map(tuple),
) | st.builds(LdapUrl, scheme=st.just("ldapi"), host=st.none() | words, dn=names)


@given(urls)
def test_a_url_is_read_as_it_was_built(url: LdapUrl) -> None:
    assert LdapUrl.parse(str(url)) == url
    assert str(url).isascii()
    assert LdapUrl.parse(f"<URL:{url}>") == url


@given(
    any_text | st.text(), st.sampled_from(["{}", "ldap://{}", "ldap:///{}", "ldap:///{0}?{0}?sub?{0}?{0}"])
)
def test_a_url_that_is_read_prints_in_one_way(text: str, frame: str) -> None:
    try:
        url = LdapUrl.parse(frame.format(text))
    except InvalidUrl as error:
        check_position(error)
        return
    assert LdapUrl.parse(str(url)) == url


# --- definitions --------------------------------------------------------------------------------------

oids = st.from_regex(r"\A[0-9]{1,3}(\.[0-9]{1,6}){1,4}\Z")
descriptors = st.from_regex(r"\A[A-Za-z][A-Za-z0-9-]{0,6}\Z")
descriptions = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=10)
common: dict[str, Any] = {
    "oid": oids,
    "names": st.lists(descriptors, max_size=2).map(tuple),
    "description": st.none() | descriptions,
    "obsolete": st.booleans(),
    "extensions": st.lists(
        st.tuples(
            st.from_regex(r"\AX-[A-Z-]{1,5}\Z"), st.lists(descriptions, min_size=1, max_size=2).map(tuple)
        ),
        max_size=2,
    ).map(tuple),
}
references = st.lists(descriptors | oids, max_size=3).map(tuple)
definitions = st.one_of(
    st.builds(Syntax, **common),
    st.builds(MatchingRule, **common, syntax=oids),
    st.builds(
        AttributeType,
        **common,
        superior=st.none() | descriptors,
        equality=st.none() | descriptors,
        ordering=st.none() | descriptors,
        substrings=st.none() | descriptors,
        syntax=oids,
        length=st.none() | st.integers(0, 10**6),
        single_value=st.booleans(),
        collective=st.booleans(),
        no_user_modification=st.booleans(),
        usage=st.sampled_from(Usage),
    ),
    st.builds(
        ObjectClass,
        **common,
        superiors=references,
        kind=st.sampled_from(ObjectClassKind),
        must=references,
        may=references,
    ),
)


@given(definitions)
def test_a_definition_is_read_as_it_was_built(definition: Definition) -> None:
    assert type(definition).parse(str(definition)) == definition


@given(st.lists(definitions, max_size=4, unique_by=lambda each: each.oid))
def test_definitions_are_read_from_what_they_print(some: list[Definition]) -> None:
    kinds = [tuple(each for each in some if isinstance(each, kind)) for kind in (AttributeType, ObjectClass)]
    printed = Definitions(attribute_types=kinds[0], object_classes=kinds[1]).to_schema()  # type: ignore[arg-type]
    again = Definitions.parse(printed, strict=False)
    taken = [problem for problem in again.problems if "not taken" not in problem.expected]
    assert taken == []
    assert len(again.attribute_types) + len(again.object_classes) + len(again.problems) == sum(
        map(len, kinds)
    )


@given(st.text() | st.text("()'$ \n#aX-1.{}:", max_size=40))
def test_any_text_is_a_definition_or_refused_with_a_position(text: str) -> None:
    for kind in (AttributeType, ObjectClass, MatchingRule, Syntax):
        for candidate in (text, f"( 1.2 {text} )", f"( 1.2 NAME {text} SUP a )"):
            try:
                definition = kind.parse(candidate)
            except InvalidValue as error:
                check_position(error)
            else:
                assert kind.parse(str(definition)) == definition


@given(st.text() | st.text("atributeypsocl:( )'\n #1.\t", max_size=60))
def test_no_schema_breaks_the_reader(text: str) -> None:
    Definitions.parse(text, strict=False)
    Definitions.parse(f"dn: cn=schema\n{text}", strict=False)
    Definitions.parse(f"attributetype {text}", strict=False)
