"""Grants and moments, as a directory writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailpolicy.errors import InvalidValue
from mailpolicy.values import FrozenMapping, Grant, Grantee, Modifier, generalized_time, moment

ID = "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        (f"{ID} usr sendAs", Grant(ID, Grantee.USER, "sendAs")),
        (f"{ID} grp -sendToDistList", Grant(ID, Grantee.GROUP, "sendToDistList", Modifier.DENY)),
        (f"{ID} dom +ownDistList", Grant(ID, Grantee.DOMAIN, "ownDistList", Modifier.DELEGATE)),
        (f"{ID} grp ^viewDistList", Grant(ID, Grantee.GROUP, "viewDistList", Modifier.DIRECT)),
        (f"{ID} usr *createAccount", Grant(ID, Grantee.USER, "createAccount", Modifier.SUBDOMAINS)),
        ("g@x.example:pa ss gst invite", Grant("g@x.example", Grantee.GUEST, "invite", secret="pa ss")),
        ("g@x.example: gst invite", Grant("g@x.example", Grantee.GUEST, "invite", secret="")),
        ("g@x.example gst invite", Grant("g@x.example", Grantee.GUEST, "invite")),
        ("name:key:2 key invite", Grant("name", Grantee.KEY, "invite", secret="key:2")),
        (f"{ID}:g@x.example egp invite", Grant(f"{ID}:g@x.example", Grantee.EXTERNAL_GROUP, "invite")),
        ("x.example edom sendToDistList", Grant("x.example", Grantee.EXTERNAL_DOMAIN, "sendToDistList")),
    ],
)
def test_a_grant_reads_and_prints(text: str, grant: Grant) -> None:
    assert Grant.parse(text) == grant
    assert str(grant) == text
    assert "pa ss" not in repr(grant)


@pytest.mark.parametrize(
    "text", ["", "usr", "usr sendAs", " usr sendAs", "a who sendAs", "a usr -", "a usr a.b"]
)
def test_what_is_no_grant(text: str) -> None:
    with pytest.raises(InvalidValue, match="a grant such as"):
        Grant.parse(text)


def test_a_broken_grant_names_the_place() -> None:
    with pytest.raises(InvalidValue) as caught:
        Grant.parse("ann who sendAs")
    assert caught.value.position == 4


@pytest.mark.parametrize(
    "text", ["ann:hunter2 gst", "ann:hunter2 who sendAs", "ann:hunter2 gst -", "ann:hunter2"]
)
def test_a_broken_grant_keeps_its_password_to_itself(text: str) -> None:
    with pytest.raises(InvalidValue, match="ann:…") as caught:
        Grant.parse(text)
    assert "hunter2" not in repr(caught.value)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20261231235959Z", "2026-12-31T23:59:59+00:00"),
        ("20261231235959.25Z", "2026-12-31T23:59:59.250000+00:00"),
        ("20261231235959,5Z", "2026-12-31T23:59:59.500000+00:00"),
        ("202612312359Z", "2026-12-31T23:59:00+00:00"),
        ("2026123123Z", "2026-12-31T23:00:00+00:00"),
        ("202612312359.5Z", "2026-12-31T23:59:30+00:00"),
        ("20261231235959+0130", "2026-12-31T22:29:59+00:00"),
        ("20261231225959-01", "2026-12-31T23:59:59+00:00"),
        ("20161231235960Z", "2017-01-01T00:00:00+00:00"),
        pytest.param(
            f"20261231235959.5{'0' * 5000}Z", "2026-12-31T23:59:59.500000+00:00", id="long fraction"
        ),
    ],
)
def test_a_moment(text: str, iso: str) -> None:
    assert moment(text).isoformat() == iso


@pytest.mark.parametrize(
    "text",
    ["", "2026", "20261231", "20261231235959", "20261331000000Z", "20260230000000Z", "99991231235960Z",
     "00000101000000Z", "20261231235959+2500", "2026123１235959Z"],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InvalidValue, match="a moment such as"):
        moment(text)


def test_a_moment_prints_in_utc() -> None:
    rome = timezone(timedelta(hours=1))
    assert generalized_time(datetime(2026, 1, 1, 12, tzinfo=rome)) == "20260101110000Z"
    assert generalized_time(datetime(2026, 1, 1, 12, 0, 0, 7999, tzinfo=UTC)) == "20260101120000.007Z"
    assert generalized_time(datetime(26, 1, 1, tzinfo=UTC)) == "00260101000000Z"


def test_a_mapping_that_does_not_change() -> None:
    content = {"a": 1}
    frozen = FrozenMapping(content)
    content["a"] = 2
    assert frozen == {"a": 1}
    assert hash(frozen) == hash(FrozenMapping({"a": 1}))
    with pytest.raises(TypeError):
        frozen["a"] = 2  # type: ignore[index]
