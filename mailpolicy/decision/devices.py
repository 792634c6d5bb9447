"""Rules about mobile devices, as a site writes them: the first that fits counts."""

from __future__ import annotations

from fnmatch import fnmatchcase

from attrs import field, frozen

from ..schema.catalog.services import DeviceAccess

__all__ = ["DeviceRule"]


@frozen(kw_only=True)
class DeviceRule:
    """What becomes of the devices that fit; what is not said fits everything.

    `model` and `user_agent` are patterns as in a shell, case aside; `account` an address and `cos` the name
    of a class of service.

    >>> rule = DeviceRule(access="block", user_agent="Outlook/*")
    >>> rule.fits(model="", user_agent="outlook/1.0", account="john@acme.example", cos="premium")
    True
    """

    access: DeviceAccess = field(converter=DeviceAccess)
    model: str = ""
    user_agent: str = ""
    account: str = ""
    cos: str = ""

    def fits(self, *, model: str, user_agent: str, account: str, cos: str) -> bool:
        """Whether it is about this device of this account."""
        pairs = (
            (self.model, model),
            (self.user_agent, user_agent),
            (self.account, account),
            (self.cos, cos),
        )
        return all(not rule or fnmatchcase(said.lower(), rule.lower()) for rule, said in pairs)
