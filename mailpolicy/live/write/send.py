"""Sending operations, one after the other: LDAP has no transactions over entries."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from ...errors import MailPolicyError, PartialApply, Unavailable, kept
from ...snapshot import Change, Snapshot
from ..backend import Backend
from ..stamps import Stamp, stamp_at
from .locks import locked
from .operations import Delete, Kind, Operation
from .refusal import explained
from .sequence import Operations, operations_for

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
    - ReadOnly, SchemaError of the server, Unavailable: the first write was refused or not answered; after the
      latter nobody knows whether it was made.
    - PartialApply: some entries are written, and then there was one of these.
    """
    sequence = operations_for(snapshot, changes)
    locks = locked(backend, snapshot, sequence.operations)
    stamps: list[Stamp] = []
    for operation in sequence.operations:
        try:
            operation.send(backend, locks.assertion(operation))
        except MailPolicyError as error:
            failed = explained(error, operation, backend, locks)
            raise as_far_as(sequence, len(stamps), failed) from error.__cause__
        stamp = stamp_after(backend, operation)
        locks.written(operation.subject, stamp)
        stamps.append(stamp)
    return account(sequence, stamps)


def stamp_after(backend: Backend, operation: Operation) -> Stamp:
    """The state of an entry right after it was written, or whatever others have made of it since."""
    if isinstance(operation, Delete):
        return operation.subject.stamp
    try:
        return stamp_at(backend, operation.target) or Stamp()
    except Unavailable:
        return Stamp()  # it is written all the same; the next operation will say what is wrong


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
