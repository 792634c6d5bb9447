"""Logins: passwords are checked, the rules about logins asked, wrong passwords counted.

`SaslSession` speaks with Postfix and Exim; `Gate` is behind it and knows nothing of protocols.
"""

from __future__ import annotations

from .bound import ByBind
from .failures import Failures, KeptFailures, WrittenFailures
from .gate import Admission, Attempt, Gate
from .proof import FirstOf, Proof, Verifier
from .session import SaslSession
from .stored import ApplicationPasswords, ByApplicationPasswords, ByStoredHashes, InFile, InMemory
from .threads import Aside, Threads

__all__ = [
    "Admission",
    "ApplicationPasswords",
    "Aside",
    "Attempt",
    "ByApplicationPasswords",
    "ByBind",
    "ByStoredHashes",
    "Failures",
    "FirstOf",
    "Gate",
    "InFile",
    "InMemory",
    "KeptFailures",
    "Proof",
    "SaslSession",
    "Threads",
    "Verifier",
    "WrittenFailures",
]
