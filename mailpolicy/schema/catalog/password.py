"""Rules for passwords: how they look, how long they last, how they are recovered, when guessing ends."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ...values import Duration
from ..kinds import ADDRESS, BOOLEAN, DAYS, DURATION, REGEX, WHOLE
from ..setting import LAYERED, Topic, setting
from ..stored import DAY_COUNT, NAMED_ADDRESS, inverse, stored
from ..words import one_of


class RecoveryStatus(StrEnum):
    """Whether a forgotten password may be recovered by a code."""

    ENABLED = "enabled"
    SUSPENDED = "suspended"
    DISABLED = "disabled"


# A table: one paragraph per setting.
# fmt: off


class PasswordPolicy(Topic, title="password policy"):
    """What a password must look like and what happens to those who guess."""

    password_min_length = setting(
        WHOLE, "Characters a password must have.", path=LAYERED, default=8, constraint="0 = none",
        carbonio="zimbraPasswordMinLength",
    )
    password_max_length = setting(
        WHOLE, "Characters a password may have.", path=LAYERED, default=64, constraint="0 = none",
        carbonio="zimbraPasswordMaxLength",
    )
    password_min_uppercase = setting(
        WHOLE, "Upper-case letters it must have.", path=LAYERED, default=0,
        carbonio="zimbraPasswordMinUpperCaseChars",
    )
    password_min_lowercase = setting(
        WHOLE, "Lower-case letters it must have.", path=LAYERED, default=0,
        carbonio="zimbraPasswordMinLowerCaseChars",
    )
    password_min_digits = setting(
        WHOLE, "Digits it must have.", path=LAYERED, default=0, carbonio="zimbraPasswordMinNumericChars",
    )
    password_min_punctuation = setting(
        WHOLE, "Punctuation characters it must have.", path=LAYERED, default=0,
        carbonio="zimbraPasswordMinPunctuationChars",
    )
    password_min_letters = setting(
        WHOLE, "Characters it must have that are neither digit nor punctuation.", path=LAYERED, default=0,
        carbonio="zimbraPasswordMinAlphaChars",
    )
    password_min_digits_or_punctuation = setting(
        WHOLE, "Digits and punctuation characters it must have together.", path=LAYERED, default=0,
        carbonio="zimbraPasswordMinDigitsOrPuncs",
    )
    password_allowed_characters = setting(
        REGEX, "What each of its characters must match.", path=LAYERED, carbonio="zimbraPasswordAllowedChars",
        constraint="each character must match",
    )
    password_block_common = setting(
        BOOLEAN, "Refuse passwords that everybody uses.", path=LAYERED, default=False,
        carbonio="zimbraPasswordBlockCommonEnabled",
    )
    password_history_length = setting(
        WHOLE, "How many earlier passwords may not come back.", path=LAYERED, default=0,
        carbonio="zimbraPasswordEnforceHistory", constraint="counts the current one",
    )
    password_min_age = setting(
        DAYS, "How long a password must be kept.", path=LAYERED, default=Duration(0),
        carbonio=stored("zimbraPasswordMinAge", DAY_COUNT), constraint="0 = none",
    )
    password_max_age = setting(
        DAYS, "How long a password may be kept.", path=LAYERED, default=Duration(0),
        carbonio=stored("zimbraPasswordMaxAge", DAY_COUNT),
        constraint="0 = never expires; 3, 6 and 12 months are 90, 180 and 365 days",
    )
    password_change_enabled = setting(
        BOOLEAN, "The user may change the password.", path=LAYERED, default=True,
        carbonio=inverse("zimbraPasswordLocked"),
    )
    password_must_change = setting(
        BOOLEAN, "The password must be changed at the next login.", own=(Level.ACCOUNT,), default=False,
        carbonio="zimbraPasswordMustChange", constraint="cleared by any change of the password",
    )
    password_recovery_status = setting(
        one_of(RecoveryStatus), "Whether a forgotten password may be recovered by a code.", path=LAYERED,
        default=RecoveryStatus.DISABLED, carbonio="zimbraFeatureResetPasswordStatus",
    )
    recovery_address = setting(
        ADDRESS, "Where recovery codes are sent.", own=(Level.ACCOUNT,), constraint="not an own address",
        carbonio=stored("zimbraPrefPasswordRecoveryAddress", NAMED_ADDRESS),
    )
    recovery_code_lifetime = setting(
        DURATION, "How long a recovery code is good.", path=LAYERED, default=Duration("10m"),
        carbonio="zimbraResetPasswordRecoveryCodeExpiry",
    )
    max_recovery_attempts = setting(
        WHOLE, "Wrong recovery codes until recovery is suspended.", path=LAYERED, default=10,
        carbonio="zimbraPasswordRecoveryMaxAttempts",
    )
    lockout_enabled = setting(
        BOOLEAN, "Too many wrong passwords lock the account for a while.", path=LAYERED, default=False,
        carbonio="zimbraPasswordLockoutEnabled",
    )
    lockout_max_failures = setting(
        WHOLE, "Wrong passwords until the account is locked.", path=LAYERED, default=10,
        carbonio="zimbraPasswordLockoutMaxFailures", constraint="lockout is on only above 0",
    )
    lockout_duration = setting(
        DURATION, "How long the account stays locked.", path=LAYERED, default=Duration("1h"),
        carbonio="zimbraPasswordLockoutDuration", constraint="0 = until reset",
    )
    lockout_failure_window = setting(
        DURATION, "How long a wrong password counts.", path=LAYERED, default=Duration("1h"),
        carbonio="zimbraPasswordLockoutFailureLifetime", constraint="0 = for ever",
    )
