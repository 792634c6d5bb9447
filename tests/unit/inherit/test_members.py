"""Whose class of service it is, asked again and again."""

from __future__ import annotations

from unittest.mock import patch

from mailpolicy.inherit import accounts_of, members
from mailpolicy.inherit.layers import farther_layers
from tests.trees import loaded, record


def test_it_is_worked_out_once_also_where_nobody_has_any() -> None:
    account = {"uid": "ann", "cn": "ann", "sn": "ann", "mail": "ann@a.example"}
    snapshot = loaded(
        record("cn=small,o=mail", "mpClassOfService", cn="small")
        + record("uid=ann,o=mail", "inetOrgPerson", "mpAccount", **account),
        "native",
    )
    cos = snapshot.entry("cn=small,o=mail")
    assert cos is not None
    with patch.object(members, "farther_layers", wraps=farther_layers) as asked:
        assert accounts_of(snapshot, cos) == []
        once = asked.call_count
        assert once > 0
        assert accounts_of(snapshot, cos) == []
        assert asked.call_count == once
