"""How often a server is looked at."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Pace"]


@frozen
class Pace:
    """How often things are done, in seconds; `step_size` in entries.

    While nothing changes, a step without changes comes each `heartbeat`, as soon as the server has answered
    once more. A server that does not say what changes is asked each `poll_every`, and each
    `sweep_every` what is gone. One that does is compared with us each `audit_every`, and after each
    connection to what may be another database. A step has at most `step_size` changes of the server's,
    once everything is known; an entry that is renamed takes all below it along.
    """

    heartbeat: float = 5.0
    poll_every: float = 10.0
    sweep_every: float = 300.0
    audit_every: float = 3600.0
    step_size: int = 1000
