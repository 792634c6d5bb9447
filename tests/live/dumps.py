"""Whether what we hold is what the server holds: the entries of a snapshot against those of `slapcat`."""

from __future__ import annotations

from collections.abc import Mapping

from mailpolicy.ldap.ldif import read
from mailpolicy.live.replica.reading import COMPUTED
from mailpolicy.snapshot import Snapshot, load
from tests.slapd import Slapd

__all__ = ["Contents", "assert_same", "contents", "dumped"]

Contents = Mapping[str, Mapping[str, tuple[bytes, ...]]]
"""The attributes of entries by DN."""

SECRETS = frozenset(("userPassword", "mpTlsPrivateKey"))
"""What the access rules of `ldif/server` let nobody read."""


def dumped(slapd: Slapd) -> Snapshot:
    """The database as `slapcat` writes it; also while the server runs."""
    return load(read([slapd.dump()]))


def contents(snapshot: Snapshot, without: frozenset[str] = frozenset()) -> Contents:
    """All there is, operational attributes too, but for what a server computes while it is read."""
    left_out = COMPUTED | without
    return {
        str(entry.dn): {name: tuple(values) for name, values in entry.raw.items() if name not in left_out}
        for entry in snapshot
    }


def assert_same(ours: Contents, theirs: Contents) -> None:
    """Equal, attribute by attribute; the message names what differs and not all the rest."""
    missing, invented = sorted(theirs.keys() - ours.keys()), sorted(ours.keys() - theirs.keys())
    differing = [
        (dn, name, ours[dn].get(name), theirs[dn].get(name))
        for dn in sorted(ours.keys() & theirs.keys())
        for name in sorted(ours[dn].keys() | theirs[dn].keys())
        if ours[dn].get(name) != theirs[dn].get(name)
    ]
    differences = [*missing, *invented, *differing]
    assert not differences, {
        "missing": missing[:5],
        "invented": invented[:5],
        "differing": differing[:5],
        "counts": (len(missing), len(invented), len(differing), len(theirs)),
    }
