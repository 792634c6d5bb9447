"""Texts to read DNs, filters and URLs from: good ones, odd ones, and good ones with some damage."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from mailpolicy.errors import InvalidValue
from mailpolicy.ldap.filter import (
    And,
    Approx,
    Equal,
    Extensible,
    GreaterOrEqual,
    LessOrEqual,
    Not,
    Or,
    Present,
    Substrings,
)

any_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
"""What a C string can hold."""


def corpus(name: str) -> list[str]:
    """The texts of a file, one a line.

    Bars keep spaces at the ends; <tab>, <nl> and <cr> stand for what they say.
    """
    lines = (Path(__file__).parent / "twin" / "corpus" / f"{name}.txt").read_text("utf-8").splitlines()
    texts = (line.removeprefix("|").removesuffix("|") for line in lines)
    return [text.replace("<tab>", "\t").replace("<nl>", "\n").replace("<cr>", "\r") for text in texts]


def pieces(*parts: str) -> st.SearchStrategy[str]:
    """Texts made of a few pieces in any order: short, and each odd in its own way."""
    return st.lists(st.sampled_from(parts), max_size=8).map("".join)


def damaged(texts: st.SearchStrategy[str], *parts: str) -> st.SearchStrategy[str]:
    """A good text in which a stretch is replaced by a piece, or by nothing."""

    def damage(text: str, start: int, length: int, part: str) -> str:
        start %= len(text) + 1
        return text[:start] + part + text[start + length :]

    return st.builds(damage, texts, st.integers(0, 1000), st.integers(0, 3), st.sampled_from(("", *parts)))


attributes = st.sampled_from(["cn", "2.5.4.3", "sn;lang-de", "c-N1;x;Y-2"])
rules = st.sampled_from([None, "caseExactMatch", "2.5.13.2"])
values = st.binary(max_size=6) | st.text("a *()\\é\0", max_size=6).map(str.encode)
filled = st.binary(min_size=1, max_size=4) | st.text("a *()\\é\0", min_size=1, max_size=4).map(str.encode)
simple = st.one_of(
    st.builds(Equal, attributes, values),
    st.builds(GreaterOrEqual, attributes, values),
    st.builds(LessOrEqual, attributes, values),
    st.builds(Approx, attributes, values),
    st.builds(Present, attributes),
    st.builds(Substrings, attributes, filled, st.lists(filled, max_size=3), st.none() | filled),
    st.builds(
        Substrings, attributes, st.none(), st.lists(filled, min_size=1, max_size=3), st.none() | filled
    ),
    st.builds(Extensible, rules, attributes, st.booleans(), values),
    st.builds(Extensible, rules.filter(bool), st.none(), st.booleans(), values),
)
filters = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3)),
        st.builds(Or, st.lists(inner, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


def check_position(error: InvalidValue) -> None:
    """Whatever is wrong is wrong somewhere in the text, or at its end."""
    assert error.position is not None
    assert 0 <= error.position <= len(error.text)
