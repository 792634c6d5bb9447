"""How a decision looks to people: what was asked, what became of it, and the trail with its settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..inherit import origin_text
from ..model import Directory
from ..reasons import Level, Origin, Reason
from ..schema import SETTINGS
from ..tables import Cell, Style, Table
from ..values import shown
from .effects import AutoReply, DeclineInstances, DeliverTo, DeviceOrder, Effect, FileInto, Header
from .policy import Mode, Policy
from .requests import Booking, Delivery, Device, Edit, Login, Post, Recovery, Request, Submission
from .verdict import Verdict

if TYPE_CHECKING:
    from .decision import Decision

__all__ = ["decision_table", "effect_text", "origin_line", "policy_table", "subject"]

MATCHED: Final = "•"
"""Before a rule that had something to say."""
PASSED: Final = " "
NOBODY: Final = "<>"
RIGHT: Final = "right"

Row = tuple[Cell | str, Cell | str]


def subject(request: Request) -> str:
    """A request in a few words.

    >>> from mailpolicy.decision import Delivery
    >>> subject(Delivery("", "john@acme.example", size=10_240))
    'mail from <> to john@acme.example, 10240 bytes'
    """
    match request:
        case Delivery(sender=sender, recipient=recipient):
            text = f"mail from {sender or NOBODY} to {recipient or NOBODY}"
        case Submission(login=login, sender=sender, recipient=recipient):
            text = f"mail that {login} sends as {sender or NOBODY} to {recipient or 'all its recipients'}"
        case Post(list=to, sender=sender, login=login):
            text = f"mail from {sender or NOBODY} to the list {to}"
            text += f", logged in as {login}" if login else ""
        case Login(account=account, service=service, actor=actor):
            text = f"login of {account} at {service}" + (f", acting for {actor}" if actor else "")
            text += "" if request.password_is == RIGHT else f", password {request.password_is}"
        case Recovery(account=account):
            text = f"a forgotten password of {account}"
        case Device(account=account, id=id):
            text = f"device {id} of {account}"
        case Booking(resource=resource, organizer=organizer):
            text = f"{organizer} books {resource}"
        case Edit(actor=actor, target=target, operation=operation, field=setting):
            text = f"{actor} wants to {operation} {target}" + (f": {setting}" if setting else "")
    return ", ".join([text, *circumstances(request)])


def circumstances(request: Request) -> Iterator[str]:
    if size := getattr(request, "size", 0):
        yield f"{size} bytes"
    if getattr(request, "spam", False):
        yield "spam"
    if request.client:
        yield f"from {request.client}"


def effect_text(effect: Effect) -> str:
    """What else comes of a decision, in a few words."""
    match effect:
        case DeliverTo(addresses=addresses):
            return f"delivered to {', '.join(addresses) or 'nobody'}"
        case FileInto(folder=folder):
            return f"filed into {folder}"
        case AutoReply(sender=sender, recipient=recipient, charge=charge):
            counts = f", who sends it counts {charge.amount} of {charge.counter}" if charge else ""
            return f"an automatic reply of {sender} to {recipient}{counts}"
        case Header(name=name, value=value):
            return f"a header {name}: {value}"
        case DeviceOrder(order=order):
            return f"the device is told to {order}"
        case DeclineInstances(instances=instances):
            return f"{len(instances)} of the dates are declined"


def decision_table(decision: Decision, reasons: tuple[Reason, ...] | None = None) -> Table:
    """The decision in a few rows, then a row for each rule, and one for each setting that it read.

    `reasons` are those to show, by default all. What had something to say has a mark; what decided against
    the request has that of something bad.
    """
    rows: list[Row] = [("request", subject(decision.request)), ("verdict", verdict_cell(decision))]
    if decision.reply is not None:
        rows.append(("reply", str(decision.reply)))
    rows += (("also", effect_text(each)) for each in decision.effects)
    rows += (("notice", f"{each.text}: to {', '.join(each.recipients)}") for each in decision.notices)
    rows += (("counts", f"{each.amount} of {each.counter}") for each in decision.charges)
    rows.append(("", ""))
    for each in decision.reasons if reasons is None else reasons:
        rows += reason_rows(each, decision)
    return Table("", (), rows)


def policy_table(policy: Policy) -> Table:
    """A row for each rule: its mode, what becomes of a request where it cannot tell, and what it does."""
    rows = (
        (
            rule.id,
            Cell(rule.mode, Style.PLAIN if rule.mode is Mode.ENFORCE else Style.NOTE),
            rule.on_unknown,
            rule.says,
        )
        for rule in policy.rules
    )
    return Table("", ("rule", "mode", "unknown", "what it does"), rows)


def verdict_cell(decision: Decision) -> Cell:
    by = f" by {decision.rule}" if decision.rule else ""
    to = f" to {decision.redirect_to}" if decision.redirect_to else ""
    return Cell(f"{decision.verdict}{to}{by}", outcome_style(decision))


def outcome_style(decision: Decision) -> Style:
    return Style.GOOD if decision.verdict in (Verdict.ACCEPT, Verdict.NO_OPINION) else Style.BAD


def reason_rows(reason: Reason, decision: Decision) -> Iterator[Row]:
    style = Style.PLAIN if reason.matched else Style.NOTE
    decided = reason.matched and reason.id == decision.rule
    mark = MATCHED if reason.matched else PASSED
    yield Cell(f"{mark} {reason.id}", style), Cell(reason.text, outcome_style(decision) if decided else style)
    for origin in dict.fromkeys(reason.origins):
        if origin.attribute is not None:
            yield "", Cell(origin_line(origin, decision.directory), Style.NOTE)


def origin_line(origin: Origin, directory: Directory | None) -> str:
    """A stored value and where it stands, by the public name of its setting.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> origin_line(acme.account("jane@acme.example").explain("mailbox_quota").origin, acme)
    'mailbox_quota = 20 GiB, from cos premium'
    """
    name = None if directory is None else setting_of(origin, directory)
    value = f" = {shown(origin.raw)}" if origin.raw else ""
    return f"{name or origin.attribute}{value}, from {origin_text(origin)}"


def setting_of(origin: Origin, directory: Directory) -> str | None:
    """The public name of the setting that stands in an attribute."""
    dialect = directory.snapshot.dialect
    for setting in SETTINGS.values():
        if origin.level is not Level.DEFAULT and setting.concerns(origin.level):
            binding = dialect.binding(setting, origin.level)
            parts = binding.parts if binding else ()
            if any(part.attribute == origin.attribute for part in parts):
                return setting.name
    return None
