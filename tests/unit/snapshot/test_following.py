"""What is worked out from a snapshot follows its changes."""

from __future__ import annotations

from attrs import frozen

import mailpolicy as mp
from mailpolicy.query import query_for
from mailpolicy.snapshot import Snapshot
from mailpolicy.snapshot.segment import Changes

ACME = mp.open("ldif/examples/acme.ldif")


@frozen
class Seen:
    """Counts the rows that have changed."""

    rows: tuple[int, ...] = ()

    def follow(self, before: Snapshot, after: Snapshot, changes: Changes) -> Seen:
        return Seen((*self.rows, *changes))


def test_what_follows_is_told_each_change_once() -> None:
    acme = ACME.with_changes()
    assert acme.snapshot.followed("seen", Seen).rows == ()
    once = acme.with_changes(mp.set("john@acme.example", mailbox_quota="1 GiB"))
    twice = once.with_changes(mp.set("jane@acme.example", mailbox_quota="1 GiB"))
    assert len(once.snapshot.followed("seen", Seen).rows) == 1
    assert len(set(twice.snapshot.followed("seen", Seen).rows)) == 2
    assert acme.snapshot.followed("seen", Seen).rows == ()


def test_a_filter_is_read_once_for_all_versions_unless_it_asks_the_tree() -> None:
    deep = f"{'(!' * 100}(hasSubordinates=TRUE){')' * 100}"
    asking = ("(hasSubordinates=TRUE)", "(&(cn=x)(!(2.5.18.9=FALSE)))", "(hasSubordinates~=TRUE)", deep)
    others = ("(cn=x)", "(hasSubordinates=*)", "(hasSubordinates=perhaps)", "(cn=hasSubordinates)")
    for filter, is_kept in (*((each, False) for each in asking), *((each, True) for each in others)):
        before = query_for(ACME.snapshot, filter)
        assert query_for(ACME.snapshot, filter) is before
        future = ACME.with_changes(mp.set("john@acme.example", mailbox_quota="1 GiB"))
        assert (query_for(future.snapshot, filter) is before) is is_kept
