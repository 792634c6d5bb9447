"""A record that cannot be read is repeated in findings and errors, its passwords are not."""

from __future__ import annotations

import pickle

import pytest

import mailpolicy as mp
from mailpolicy.errors import InvalidLDIF

BROKEN = """\
dn: uid=ann,o=mail
uid: ann
userPassword: {SSHA}c2VjcmV0
  c2VjcmV0
zimbraAuthTokenKey:: c2VjcmV0
#userPassword: c2VjcmV0
what is this
"""


def test_a_finding_repeats_the_record_without_its_secrets() -> None:
    [finding] = mp.loads(BROKEN).findings
    assert finding.id == "broken-record"
    assert finding.line == 7
    assert finding.raw is not None
    assert "uid: ann" in finding.raw
    assert "c2VjcmV0" not in repr(finding)


def test_the_error_of_a_strict_reading_holds_none_either() -> None:
    with pytest.raises(InvalidLDIF) as caught:
        mp.loads(BROKEN, strict=True)
    assert caught.value.line == 7
    assert b"c2VjcmV0" not in pickle.dumps(caught.value)
    assert "c2VjcmV0" not in f"{caught.value} {caught.value.text}"


def test_what_holds_no_secret_is_repeated_to_the_letter() -> None:
    [finding] = mp.loads("dn: o=mail\no: mail\nwhat is this").findings
    assert finding.raw == "dn: o=mail\no: mail\nwhat is this"
