"""mypy reads this, nobody runs it: checkers see every public name, and only those.

`warn_unused_ignores` (part of strict) makes an ignored error that does not occur one itself.
"""

from __future__ import annotations

from typing import assert_type

import mailpolicy as mp


def names_have_their_types(acme: mp.Directory) -> None:
    assert_type(mp.Size("10 MiB"), mp.Size)
    assert_type(mp.DN.parse("dc=example"), mp.DN)
    assert_type(mp.loads("version: 1\n"), mp.Directory)
    assert_type(acme.account("john@acme.example"), mp.Account)
    assert_type(mp.resolve_status(domain="locked", account="active"), mp.Status)
    assert_type(mp.errors.NotFound("account", "jon").nearest, tuple[str, ...])


def a_misspelt_name_is_an_error() -> None:
    mp.acount  # type: ignore[attr-defined]  # noqa: B018
