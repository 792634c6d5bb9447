"""What is to become of a message, a login, a booking, a change: decided by rules, and explained.

A request is a value, a policy an ordered table of rules, a decision their outcome::

    decision = mp.decide(acme, mp.Delivery("wile.e@customer.example", "john@acme.example"))
    decision.verdict, decision.reply, decision.reasons

Nothing here does I/O, knows the time or keeps counts; the edges bring these along.
"""

from __future__ import annotations

from .deciding import Question, counters_for, decide
from .decision import Decision
from .devices import DeviceRule
from .effects import (
    AutoReply,
    DeclineInstances,
    DeliverTo,
    DeviceOrder,
    Effect,
    FileInto,
    Folder,
    Header,
    Notice,
    Order,
)
from .opinion import Opinion
from .outcome import Observed, Outcome, RuleError
from .policy import Mode, OnUnknown, Policy, Rule
from .replies import REPLIES
from .reply import Reply
from .requests import Booking, Delivery, Device, Edit, Login, Post, Recovery, Request, Submission
from .table import DEFAULT_POLICY
from .usage import NOTHING_USED, Charge, Counter, Usage
from .verdict import REFUSING, Verdict

__all__ = [
    "DEFAULT_POLICY",
    "NOTHING_USED",
    "REFUSING",
    "REPLIES",
    "AutoReply",
    "Booking",
    "Charge",
    "Counter",
    "Decision",
    "DeclineInstances",
    "DeliverTo",
    "Delivery",
    "Device",
    "DeviceOrder",
    "DeviceRule",
    "Edit",
    "Effect",
    "FileInto",
    "Folder",
    "Header",
    "Login",
    "Mode",
    "Notice",
    "Observed",
    "OnUnknown",
    "Opinion",
    "Order",
    "Outcome",
    "Policy",
    "Post",
    "Question",
    "Recovery",
    "Reply",
    "Request",
    "Rule",
    "RuleError",
    "Submission",
    "Usage",
    "Verdict",
    "counters_for",
    "decide",
]
