"""Sending operations, one after the other: LDAP has no transactions over entries."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from ...errors import MailPolicyError, PartialApply, Unavailable, kept
from ...snapshot import Change, Snapshot
from ..backend import Backend
from ..stamps import Stamp
from .locks import Locks, locked
from .operations import Delete, Kind
from .read_back import read_back
from .refusal import explained
from .sequence import Operations, operations_for
from .view import View, view_of

__all__ = ["Applied", "Written", "written"]


@frozen
class Written:
    """One entry that was written: how, and its state right after it.

    `dn` is where it stands now that all is written, or stood if it is `gone`, deleted by the same changes.
    `csn` is None for a delete, and where the server does not show it.
    """

    dn: str
    operation: Kind
    csn: str | None
    uuid: str | None = None
    gone: bool = False


@frozen
class Applied:
    """What was written, in that order. An entry that was renamed and modified is there twice."""

    entries: tuple[Written, ...] = ()


def written(backend: Backend, snapshot: Snapshot, changes: Iterable[Change]) -> Applied:
    """Make the changes on the server that `snapshot` is of.

    - SchemaError: they break the schema. All problems are listed, and nothing was sent.
    - StalePlan: somebody else has changed what is to be written. Nothing was written.
    - ReadOnly, SchemaError of the server: the first write was refused.
    - Unavailable: there was no answer; it says whether that was before the first write, so that nothing is
      written, or to it, so that nobody knows.
    - PartialApply: some entries are written, and then there was one of these.
    """
    view, sequence, locks = prepared(backend, snapshot, tuple(changes))
    last = sequence.last
    stamps: list[Stamp] = []
    for number, operation in enumerate(sequence.operations):
        if trouble := locks.trouble(operation):
            raise as_far_as(sequence, number, trouble)
        try:
            operation.send(backend, locks.assertion(operation))
        except MailPolicyError as error:
            failed = explained(error, operation, backend, locks)
            raise as_far_as(sequence, number, failed) from error.__cause__
        again = last[operation.subject] > number
        left = sequence.left[number] if again else None
        if isinstance(operation, Delete):
            stamps.append(locks.known(operation.subject))
            continue
        stamp, trouble = read_back(backend, operation, left, view.snapshot.dialect)
        locks.written(operation.subject, stamp, trouble)
        stamps.append(stamp)
    return account(sequence, stamps)


def prepared(
    backend: Backend, snapshot: Snapshot, changes: tuple[Change, ...]
) -> tuple[View, Operations, Locks]:
    """All that comes before the first write."""
    try:
        view = view_of(backend, snapshot, changes)
        sequence = operations_for(view.snapshot, changes, view.unseen)
        return view, sequence, locked(backend, view, sequence.operations)
    except Unavailable as error:
        why = f"{error.why}: nothing is written"
        raise Unavailable(error.source, error.since, error.retry_after, why) from error.__cause__


def as_far_as(sequence: Operations, count: int, error: MailPolicyError) -> MailPolicyError:
    """The error to raise where so many operations went well."""
    if not count:
        return error
    done, failed, remaining = (
        sequence.operations[:count],
        sequence.operations[count],
        sequence.operations[count + 1 :],
    )
    return PartialApply(
        tuple({each.subject: each.target for each in done}.values()),
        failed.dn,
        kept(error),
        tuple(dict.fromkeys(each.dn for each in remaining)),
    )


def account(sequence: Operations, stamps: Iterable[Stamp]) -> Applied:
    last = {each.subject: each.target for each in sequence.operations}
    return Applied(
        tuple(
            Written(
                str(sequence.standing.get(each.subject, last[each.subject])),
                each.kind,
                None if isinstance(each, Delete) else stamp.csn,
                stamp.uuid,
                each.subject not in sequence.standing,
            )
            for each, stamp in zip(sequence.operations, stamps, strict=True)
        )
    )
