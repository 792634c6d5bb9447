"""No attribute that may hold a secret goes unjudged."""

from __future__ import annotations

import re

import pytest

from mailpolicy.schema import find_dialect
from mailpolicy.schema.deployed import Deployed
from mailpolicy.schema.deployed.secrets import SECRET

SUSPICIOUS = re.compile(
    r"passw|secret|token|key|credential|jwt|code|license|activation|oauth|trusteddev|spnego", re.IGNORECASE
)
TEXTUAL = {"string", "cstring", "astring", "ostring", "binary"}

HARMLESS = {
    "postalCode",
    "zimbraChangePasswordURL",
    "zimbraDataSourceOAuthClientId",
    "zimbraDataSourceOAuthRefreshTokenUrl",
    "zimbraDomainAggrQuotaWarnMsgBodyKey",
    "zimbraDomainAggrQuotaWarnMsgSubjectKey",
    "zimbraLicenseDaemonServerHost",
    "zimbraMobileSyncKeyFormatConvertedFolders",
    "zimbraMtaSmtpSaslPasswordMaps",
    "zimbraOAuthConsumerAPIScope",
    "zimbraOAuthConsumerRedirectUri",
    "zimbraPasswordAllowedChars",
    "zimbraPasswordAllowedPunctuationChars",
    "zimbraPasswordChangeListener",
    "zimbraRemoteManagementPrivateKeyPath",
    "zimbraSpnegoAuthErrorURL",
    "zimbraSpnegoAuthPrincipal",
    "zimbraSpnegoAuthRealm",
    "zimbraSpnegoAuthTargetName",
    "zimbraSshPublicKey",
    "zimbraTwoFactorCodeEmailBodyHtml",
    "zimbraTwoFactorCodeEmailBodyText",
    "zimbraTwoFactorCodeEmailFrom",
    "zimbraTwoFactorCodeEmailSubject",
    "zimbraZimletKeyword",
}
"""Names, texts, places and policies that only sound like secrets."""


def suspects() -> set[str]:
    tables = [find_dialect(name) for name in ("carbonio", "zimbra")]
    rows = [row for table in tables if isinstance(table, Deployed) for row in table.table.values()]
    return {row.name for row in rows if row.type in TEXTUAL and SUSPICIOUS.search(row.name)}


def test_what_sounds_secret_is_secret_or_known_to_be_harmless() -> None:
    assert {name for name in suspects() if name.lower() not in SECRET} == HARMLESS


def test_every_secret_is_an_attribute() -> None:
    known = {key for name in ("carbonio", "zimbra") for key in find_dialect(name).table}  # type: ignore[attr-defined]
    assert known >= SECRET


@pytest.mark.parametrize("dialect", ["carbonio", "native", "zimbra"])
@pytest.mark.parametrize("name", ["userPassword", "USERPASSWORD", "userPassword;x-old"])
def test_passwords_are_secret_in_every_dialect(dialect: str, name: str) -> None:
    assert find_dialect(dialect).is_secret(name)


def test_secrets_of_deployed_servers_show_nothing() -> None:
    for dialect in ("carbonio", "zimbra"):
        key = find_dialect(dialect).attribute("zimbraPreAuthKey")
        assert key is not None
        assert key.secret
        assert key.conceal(("abc",)) == ()


def test_native_keys_are_secret() -> None:
    assert find_dialect("native").is_secret("mpTlsPrivateKey")
    assert not find_dialect("native").is_secret("mpTlsCertificate")


def test_grants_are_shown_without_passwords() -> None:
    stored = ("guest@x.example:pass word gst viewFreeBusy", "broken")
    for dialect, name in (("native", "mpGrants"), ("carbonio", "zimbraACE")):
        attribute = find_dialect(dialect).attribute(name)
        assert attribute is not None
        assert attribute.conceal(stored) == ("guest@x.example gst viewFreeBusy", "…")
