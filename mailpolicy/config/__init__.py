"""Which servers there are and how to reach them, from a file, from the environment and from options.

The file is `~/.config/mailpolicy.toml`; docs/reference/configuration.md has every key::

    [servers.acme]
    url = "ldaps://ldap1.acme.example ldaps://ldap2.acme.example/o=mail"
    bind_dn = "cn=policy,ou=services,o=mail"
    password_file = "/etc/mailpolicy/policy.password"
"""

from __future__ import annotations

from .access import Access, Given, access_to
from .file import Misconfigured, configured, location

__all__ = ["Access", "Given", "Misconfigured", "access_to", "configured", "location"]
