"""Certificates for test servers: an authority of our own, and what it signs.

    authority = Authority(directory)
    good = authority.issue("good")
    elsewhere = authority.issue("elsewhere", hosts=["DNS:ldap.example"])
    expired = authority.issue("expired", days=-1)

Each takes about 15 ms; nothing of them is installed anywhere.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import frozen

__all__ = ["Authority", "Certificate"]

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def this_host() -> list[str]:
    # The host name too: libldap asks for it where the URL says localhost.
    return ["IP:127.0.0.1", "DNS:localhost", f"DNS:{socket.gethostname()}"]


@frozen
class Certificate:
    """A certificate and its key, as PEM files, with the certificate of who signed it."""

    file: Path
    key: Path
    authority: Path


class Authority:
    """Who signs certificates; clients that trust it are given `file`."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        if not shutil.which("openssl"):
            pytest.skip("openssl is not installed")
        self.directory = directory
        self.file, self.key = directory / f"{name}.pem", directory / f"{name}.key"
        directory.mkdir(parents=True, exist_ok=True)
        openssl("req", "-x509", *KEY, "-keyout", self.key, "-out", self.file, "-subj", f"/CN={name}",
                "-days", 2, "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip

    def issue(self, name: str, *, hosts: Sequence[str] | None = None, days: int = 2) -> Certificate:
        """Sign a certificate for `hosts`, by default this one; with `days=-1` it ended yesterday."""
        file, key, request = (self.directory / f"{name}.{end}" for end in ("pem", "key", "csr"))
        names = ",".join(this_host() if hosts is None else hosts)
        openssl("req", *KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={names}")  # fmt: skip
        openssl("x509", "-req", "-in", request, "-out", file, "-CA", self.file, "-CAkey", self.key,
                "-days", days, "-copy_extensions", "copy")  # fmt: skip
        return Certificate(file, key, self.file)


def openssl(*arguments: object) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False, text=True)
    assert not done.returncode, done.stderr
