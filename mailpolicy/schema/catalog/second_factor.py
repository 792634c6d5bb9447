"""When a password alone is not enough."""

from __future__ import annotations

from enum import StrEnum

from ...values import FrozenMapping, Service
from ..kinds import BOOLEAN, NETWORK, SERVICE, whole
from ..setting import LAYERED, SHARED, Combine, Topic, setting
from ..several import Keyed, Many
from ..words import one_of


class TwoFactorPolicy(StrEnum):
    """What makes a service trust a client without a second factor."""

    DISABLED = "disabled"
    TRUSTED_NETWORK = "trusted_network"
    TRUSTED_DEVICE = "trusted_device"


# A table: one paragraph per setting.
# fmt: off


class SecondFactor(Topic, title="second factor"):
    """One-time passwords, trusted places and devices, passwords for single applications."""

    two_factor_required = setting(
        BOOLEAN, "A second factor must be set up.", path=LAYERED, default=False,
        carbonio="zimbraFeatureTwoFactorAuthRequired",
    )
    two_factor_policy = setting(
        Keyed(SERVICE, one_of(TwoFactorPolicy)), "What each service trusts without a second factor.",
        path=SHARED, default=FrozenMapping(dict.fromkeys(Service, TwoFactorPolicy.DISABLED)),
        combine=Combine.PER_KEY, constraint="layered per service: a domain states only those it changes",
    )
    trusted_networks = setting(
        Keyed(SERVICE, Many(NETWORK, nothing="none")), "The networks each service trusts.", path=SHARED,
        default=FrozenMapping({}), combine=Combine.PER_KEY, constraint="layered per service",
    )
    trusted_devices_enabled = setting(
        BOOLEAN, "The user may have devices remembered.", path=LAYERED, default=True,
        carbonio="zimbraFeatureTrustedDevicesEnabled",
    )
    otp_management_enabled = setting(
        BOOLEAN, "The user may manage own one-time passwords.", path=LAYERED, default=True,
        carbonio="carbonioFeatureOTPMgmtEnabled",
    )
    application_passwords_enabled = setting(
        BOOLEAN, "The user may create passwords for single applications.", path=LAYERED, default=True,
        carbonio="zimbraFeatureAppSpecificPasswordsEnabled",
    )
    max_application_passwords = setting(
        whole(1), "How many passwords for applications a user may have.", path=LAYERED, default=25,
        carbonio="zimbraMaxAppSpecificPasswords", constraint="at least 1",
    )
