"""What libldap itself makes of text: its parsers, called without a server.

`ldap_pvt_put_filter` writes the filter as it would go over the wire, so that two filters are the same
when their BER is.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from typing import NamedTuple

import pytest


class _Berval(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ulong), ("value", ctypes.POINTER(ctypes.c_char)))

    def __bytes__(self) -> bytes:
        return ctypes.string_at(self.value, self.length) if self.length else b""


class _Ava(ctypes.Structure):
    _fields_ = (
        ("attribute", _Berval),
        ("value", _Berval),
        ("flags", ctypes.c_uint),
        ("private", ctypes.c_void_p),
    )


class _UrlDescription(ctypes.Structure):
    _fields_ = (
        ("next", ctypes.c_void_p),
        ("scheme", ctypes.c_char_p),
        ("host", ctypes.c_char_p),
        ("port", ctypes.c_int),
        ("dn", ctypes.c_char_p),
        ("attributes", ctypes.POINTER(ctypes.c_char_p)),
        ("scope", ctypes.c_int),
        ("filter", ctypes.c_char_p),
        ("extensions", ctypes.POINTER(ctypes.c_char_p)),
        ("critical_extensions", ctypes.c_int),
    )


Rdn = ctypes.POINTER(ctypes.POINTER(_Ava))
ENCODED = 2  # LDAP_AVA_BINARY


class Url(NamedTuple):
    """The fields of an LDAPURLDesc."""

    scheme: bytes
    host: bytes | None
    port: int
    dn: bytes | None
    attributes: list[bytes]
    scope: int
    filter: bytes | None
    extensions: list[bytes]


def _load() -> tuple[ctypes.CDLL, ctypes.CDLL] | None:
    names = [ctypes.util.find_library(name) for name in ("ldap-2.5", "lber-2.5")]
    names = [
        found or name for found, name in zip(names, ("libldap-2.5.so.0", "liblber-2.5.so.0"), strict=True)
    ]
    try:
        ldap, lber = (ctypes.CDLL(name) for name in names)
    except OSError:
        return None
    lber.ber_alloc_t.restype = ctypes.c_void_p
    lber.ber_flatten.argtypes = (ctypes.c_void_p, ctypes.POINTER(ctypes.POINTER(_Berval)))
    lber.ber_free.argtypes = (ctypes.c_void_p, ctypes.c_int)
    lber.ber_bvfree.argtypes = (ctypes.POINTER(_Berval),)
    ldap.ldap_pvt_put_filter.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
    ldap.ldap_str2dn.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(Rdn)), ctypes.c_uint)
    ldap.ldap_dnfree.argtypes = (ctypes.POINTER(Rdn),)
    ldap.ldap_url_parse.argtypes = (ctypes.c_char_p, ctypes.POINTER(ctypes.POINTER(_UrlDescription)))
    ldap.ldap_free_urldesc.argtypes = (ctypes.POINTER(_UrlDescription),)
    return ldap, lber


_LIBRARIES = _load()


needed = pytest.mark.skipif(
    _LIBRARIES is None and os.environ.get("CI", "").lower() != "true", reason="libldap 2.5 is not installed"
)
"""Skips tests where there is no libldap; on CI they run, and fail."""


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    assert _LIBRARIES is not None, "libldap 2.5 is not installed"
    return _LIBRARIES


def filter_ber(text: bytes) -> bytes | None:
    """The filter as libldap sends it; None if libldap refuses it, or makes nothing of it."""
    ldap, lber = _libraries()
    ber = lber.ber_alloc_t(1)  # LBER_USE_DER
    try:
        if ldap.ldap_pvt_put_filter(ber, text) != 0:
            return None
        flat = ctypes.POINTER(_Berval)()
        assert lber.ber_flatten(ber, ctypes.byref(flat)) == 0
        try:
            return bytes(flat.contents) or None
        finally:
            lber.ber_bvfree(flat)
    finally:
        lber.ber_free(ber, 1)


def dn(text: bytes) -> list[list[tuple[bytes, bytes, bool]]] | None:
    """Attribute, value and whether it is BER, for each AVA of each RDN; None if libldap refuses."""
    ldap, _ = _libraries()
    parsed = ctypes.POINTER(Rdn)()
    if ldap.ldap_str2dn(text, ctypes.byref(parsed), 0) != 0:
        return None
    if not parsed:
        return []
    try:
        rdns = []
        for rdn in _until_null(parsed):
            avas = [ava.contents for ava in _until_null(rdn)]
            rdns.append([(bytes(a.attribute), bytes(a.value), a.flags & 0xF == ENCODED) for a in avas])
        return rdns
    finally:
        ldap.ldap_dnfree(parsed)


def url(text: bytes) -> Url | None:
    """The URL as libldap takes it apart; None if it refuses."""
    ldap, _ = _libraries()
    parsed = ctypes.POINTER(_UrlDescription)()
    if ldap.ldap_url_parse(text, ctypes.byref(parsed)) != 0:
        return None
    try:
        it = parsed.contents
        return Url(
            it.scheme,
            it.host,
            it.port,
            it.dn,
            list(_until_null(it.attributes)) if it.attributes else [],
            it.scope,
            it.filter,
            list(_until_null(it.extensions)) if it.extensions else [],
        )
    finally:
        ldap.ldap_free_urldesc(parsed)


def _until_null(array):  # type: ignore[no-untyped-def]
    index = 0
    while array[index]:
        yield array[index]
        index += 1
