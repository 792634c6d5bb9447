"""The policy that a configuration describes: our rules, those of other packages, and what is said of them."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final

from ..config.file import Misconfigured
from ..decision import DEFAULT_POLICY, DeviceRule, Policy, Rule
from ..errors import NotFound
from ..schema.catalog.services import DeviceAccess

if TYPE_CHECKING:
    from ..config.fields import Configuration

__all__ = ["GROUP", "policy_of"]

GROUP: Final = "mailpolicy.rules"
"""The entry points under which packages offer rules: a `Rule`, or several of them."""


def policy_of(configuration: Configuration) -> Policy:
    """Give the policy; Misconfigured names everything that is wrong with what is said of rules."""
    said = configuration.rules
    policy = DEFAULT_POLICY
    problems: list[str] = []
    if said.plugins:
        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
            try:
                policy = policy.with_rules(*offered(entry))
            except Exception as problem:  # noqa: BLE001 - the code of somebody else, which may do anything
                problems.append(f"the rules of {entry.value}: {problem}")
    for key, ids in (
        ("off", said.off),
        ("warn", said.warn),
        ("audit", said.audit),
        ("enforce", said.enforce),
        ("first", said.first),
        ("on_unknown", tuple(said.on_unknown)),
    ):
        for id in ids:
            try:
                policy[id]
            except NotFound as problem:
                problems.append(f"rules.{key}: {problem}")
    modes = [*said.enforce, *said.warn, *said.audit, *said.off]
    for key, ids in (("rules", modes), ("rules.first", said.first)):
        problems += [f"{key}: {id} is named twice" for id in dict.fromkeys(ids) if ids.count(id) > 1]
    if problems:
        raise Misconfigured("", tuple(problems))
    policy = policy.with_modes(said.modes()).with_on_unknown(said.on_unknown)
    policy = policy.in_order(*said.first).without(*said.off)
    return policy.with_devices(
        DeviceRule(
            access=DeviceAccess(each.access),
            model=each.model,
            user_agent=each.user_agent,
            account=each.account,
            cos=each.cos,
        )
        for each in configuration.devices
    )


def offered(entry: EntryPoint) -> tuple[Rule, ...]:
    """The rules of an entry point."""
    found = entry.load()
    rules = (found,) if isinstance(found, Rule) else tuple(found)
    for rule in rules:
        if not isinstance(rule, Rule):
            raise TypeError(f"expected rules, not {type(rule).__name__}")
    return rules
