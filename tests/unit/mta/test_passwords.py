"""Passwords against stored hashes, and what the library, the machine and slapd make of the same ones."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from mailpolicy.mta.sasl import (
    ByApplicationPasswords,
    ByStoredHashes,
    FirstOf,
    InFile,
    InMemory,
    Proof,
    host_crypt,
)
from mailpolicy.mta.sasl.hashes import by_crypt, compared
from tests.sasl import Fixed, small_directory

# Made with slappasswd, openssl passwd, htpasswd-like tools; the password is "x".
HASHES = [
    "x",
    "{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=",
    "{SSHA}Ek+H1YdYN7DxgHwEBIu7yVtHjBff/8+H",
    "{ssha}Ek+H1YdYN7DxgHwEBIu7yVtHjBff/8+H",
    "{SSHA512}DljrlWd5wIw0tmWto/aUmhAcy/l3v7wDAuh1VVMzDyUmRXxOqr5l6dYNqUi9d9sDSz0cXI2KgD7H883+gw7pZ2gJx+npkq+g",
    "{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$EHjmXDRo4jpKNP/tkGZ/ew$2RyW6ySOFg5vNEmHywel+NTYuFY0qcc4rTCtRtzpxZg",
    "{CRYPT}wIxfmixkvxQfU",
    "{CRYPT}$y$j9T$zdu1F/FdDOf/Gw/T$cusolOpPzolxniiNLRMsPkMHeGdDfdWMroyuuuy3sg2",
    "{CRYPT}$1$NttpXyiV$iTMulyfxBaq3IjZHpqRCp1",
    "{PBKDF2-SHA256}29000$MyYEQCglZGyNkdL6fy9FqA$J2zBXHim.BwXpYEO2vNEqftljdbtFM.anRwHy18rHkY",
]


@pytest.mark.parametrize("stored", HASHES)
def test_the_right_password_and_only_that_one(stored: str) -> None:
    assert compared(stored.encode(), b"x") is Proof.YES
    assert compared(stored.encode(), b"y") is Proof.NO
    assert compared(stored.encode(), b"") is Proof.NO
    assert compared(stored.encode(), b"x\0y") is Proof.NO
    assert compared(stored.encode(), b"x" * 5000) is Proof.NO


@pytest.mark.parametrize(
    "stored",
    [
        "{SASL}john@acme.example",
        "{K5KEY}",
        "{SSHA}this+is+no+hash+of+anything+AAA",
        "{SSHA}AAAA",
        "{SHA}Ek+H1YdYN7DxgHwEBIu7yVtHjBff/8+H",
        "{SSHA}EfatjsUqKYSrqv18O1FlA3hcIHI=",
        "{ARGON2}nothing",
        "{ARGON2}$argon2id$v=19$m=1,t=0,p=9$AAAA$AAAA",
        "{CRYPT}$99$what",
        "{CRYPT}",
        "{PBKDF2-SHA256}what",
        "{PBKDF2-SHA256}29000$MyYEQCglZGyNkdL6fy9FqA",
    ],
)
def test_what_cannot_be_calculated_is_unknown(stored: str) -> None:
    assert compared(stored.encode(), b"x") is Proof.UNKNOWN


def test_what_lies_behind_an_argon2_hash_is_none_of_it() -> None:
    assert compared(HASHES[5].encode() + b"\0\xfe", b"x") is Proof.YES


@given(
    password=st.binary(min_size=1),
    salt=st.binary(min_size=1, max_size=40),
    name=st.sampled_from(["md5", "sha1", "sha256", "sha384", "sha512"]),
    other=st.binary(),
)
def test_digests_with_salt_of_any_length(password: bytes, salt: bytes, name: str, other: bytes) -> None:
    scheme = {"md5": "SMD5", "sha1": "SSHA"}.get(name, f"S{name.upper()}")
    stored = f"{{{scheme}}}".encode() + b64encode(hashlib.new(name, password + salt).digest() + salt)
    assert compared(stored, password) is Proof.YES
    assert compared(stored, other) is (Proof.YES if other == password else Proof.NO)


@given(stored=st.binary(), password=st.binary())
@example(stored=b"0$\x00A", password=b"")
@example(stored=b"2$MyYEQCglZGyNkdL6fy9FqA$J=zBXHim.BwXpYEO2vNEqftljdbtFM.anRwHy18rHkY", password=b"x")
def test_any_bytes_are_compared(stored: bytes, password: bytes) -> None:
    assert compared(b"{CRYPT}" + stored, password) in Proof
    assert compared(b"{SSHA}" + stored, password) in Proof
    assert compared(b"{ARGON2}" + stored, password) in Proof
    assert compared(b"{PBKDF2}" + stored, password) in Proof


@pytest.mark.parametrize(
    "stored", ["$6$rounds=1000$saltsalt${}", "$5$rounds=1000$saltsalt${}", "$1$saltsalt${}", "sa{}"]
)
def test_the_library_and_the_machine_agree_on_crypt(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = host_crypt.calculated(b"secret", stored.format("").encode())
    assert made is not None
    assert by_crypt(made, b"secret")
    monkeypatch.setattr(host_crypt, "library", lambda: None)
    assert by_crypt(made, b"secret")
    assert by_crypt(made, b"Secret") is False
    assert by_crypt(b"$y$j9T$zdu1F/FdDOf/Gw/T$cusol", b"x") is None


def test_several_values_are_several_passwords() -> None:
    john = small_directory().account("john@acme.example")
    verifier = ByStoredHashes()
    assert verifier.verify(john, b"secret") is Proof.YES
    assert verifier.verify(john, b"Secret") is Proof.NO


def test_who_has_no_hash_that_we_can_read_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    directory = small_directory()
    sasl, verifier = directory.account("sasl@acme.example"), ByStoredHashes()
    assert verifier.verify(sasl, b"elsewhere") is Proof.UNKNOWN
    assert verifier.verify(sasl, b"elsewhere") is Proof.UNKNOWN
    assert caplog.messages == ["nobody here can check {SASL}, which sasl@acme.example has for one"]


def test_one_yes_is_enough_and_a_no_takes_all() -> None:
    john = small_directory().account("john@acme.example")
    yes, no, unknown = map(Fixed, (Proof.YES, Proof.NO, Proof.UNKNOWN))
    assert FirstOf(unknown, yes, no).verify(john, b"x") is Proof.YES
    assert FirstOf(no, unknown).verify(john, b"x") is Proof.UNKNOWN
    assert FirstOf(unknown, no).verify(john, b"x") is Proof.UNKNOWN
    assert FirstOf(no, no).verify(john, b"x") is Proof.NO
    assert no.asked == [("john@acme.example", b"x")] * 4


def test_application_passwords_of_a_file(tmp_path: Path) -> None:
    john = small_directory().account("john@acme.example")
    file = tmp_path / "passwords"
    verifier = ByApplicationPasswords(InFile(file))
    assert verifier.verify(john, b"one") is Proof.UNKNOWN
    file.write_text("# phones\nJohn@acme.example one\njohn@acme.example two words\n")
    assert verifier.verify(john, b"one") is Proof.YES
    assert verifier.verify(john, b"two words") is Proof.YES
    assert verifier.verify(john, b"three") is Proof.NO
    file.write_text("\tjohn@acme.example\t one\n\nalone@acme.example\n")
    os.utime(file, (2, 2))
    assert verifier.verify(john, b"one") is Proof.YES
    file.write_text("jane@acme.example one\n")
    os.utime(file, (1, 1))
    assert verifier.verify(john, b"one") is Proof.NO
    assert ByApplicationPasswords(InMemory({})).verify(john, b"one") is Proof.NO


@pytest.mark.parametrize("locked", ["!", "*", "!!", "*LK*", "!$1$NttpXyiV$iTMulyfxBaq3IjZHpqRCp1"])
def test_a_password_that_is_locked_is_wrong(locked: str) -> None:
    for password in ("x", locked, ""):
        assert compared(b"{CRYPT}" + locked.encode(), password.encode()) is Proof.NO


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
@pytest.mark.parametrize("manner", ["-1", "-5", "-6"])
def test_hashes_of_openssl(manner: str) -> None:
    made = subprocess.run(
        ["openssl", "passwd", manner, "secret"], capture_output=True, check=True
    ).stdout.strip()
    assert compared(b"{CRYPT}" + made, b"secret") is Proof.YES
    assert compared(b"{CRYPT}" + made, b"Secret") is Proof.NO
