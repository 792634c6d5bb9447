"""Which attributes of the deployed servers hold secrets.

One by one, because a pattern would miss some and hide password policies.
"""

from __future__ import annotations

from typing import Final

__all__ = ["SECRET"]

NAMES: Final = """
    userPassword
    carbonioMeshCredentials
    zimbraAPNSCertificate zimbraAPNSCertificatePassword
    zimbraAppSpecificPassword
    zimbraAuthLdapSearchBindPassword
    zimbraAuthTokenKey zimbraAuthTokens
    zimbraAutoProvLdapAdminBindPassword
    zimbraCertAuthorityKeySelfSigned
    zimbraCommunityAPIClientSecret
    zimbraCsrfTokenData zimbraCsrfTokenKey
    zimbraDataSourceOAuthClientSecret zimbraDataSourceOAuthRefreshToken zimbraDataSourceOAuthToken
    zimbraDataSourcePassword zimbraDataSourceSmtpAuthPassword
    zimbraDocumentEditingJwtSecret
    zimbraExternalAccountProvisioningKey
    zimbraFreebusyExchangeAuthPassword
    zimbraGCMAuthorizationKey
    zimbraGalLdapBindPassword zimbraGalLdapKerberos5Keytab
    zimbraGalSyncLdapBindPassword zimbraGalSyncLdapKerberos5Keytab
    zimbraInvalidJWTokens
    zimbraMobileConfigSigningKey
    zimbraNetworkActivation zimbraNetworkLicense
    zimbraNetworkRealtimeActivation zimbraNetworkRealtimeLicense zimbraOfflineNetworkRealtimeLicense
    zimbraOAuthAccessor zimbraOAuthConsumerCredentials
    zimbraPasswordHistory
    zimbraPreAuthKey
    zimbraPrefWebClientOfflineBrowserKey
    zimbraRecoveryAccountVerificationData zimbraResetPasswordRecoveryCode
    zimbraSMIMELdapBindPassword
    zimbraSSLPrivateKey zimbraSslCaKey
    zimbraShareNotificationMtaAuthPassword
    zimbraTouchJSErrorTrackingKey
    zimbraTwoFactorAuthScratchCodes zimbraTwoFactorAuthSecret zimbraTwoFactorAuthTemporaryData
    zimbraTwoFactorAuthTrustedDeviceTokenKey zimbraTwoFactorAuthTrustedDevices
    zimbraTwoFactorCodeForEmail
    zimbraUCPassword
    zimbraXMPPServerDialbackKey
"""

SECRET: Final = frozenset(NAMES.lower().split())
"""Passwords, keys, tokens and codes; names in lower case."""
