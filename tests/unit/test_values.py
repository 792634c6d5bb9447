"""What each kind of text is read as, and what is said of text that cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailpolicy.errors import InvalidValue
from mailpolicy.values import (
    Address,
    DomainName,
    Duration,
    HexColor,
    Hostname,
    Locale,
    Pem,
    Reference,
    Regex,
    Service,
    Size,
    Url,
    ip_address,
    network,
    time_zone,
)

BLOCK = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("5", 5),
        ("5B", 5),
        ("10M", 10 * 2**20),
        ("10 MiB", 10 * 2**20),
        ("10mib", 10 * 2**20),
        ("10 MB", 10**7),
        ("10 KB", 10**4),
        ("10k", 10 * 2**10),
        ("1.5 GiB", 3 * 2**29),
        ("0.5 kB", 500),
        (" 2 T ", 2**41),
        ("1 PB", 10**15),
        ("7 EiB", 7 * 2**60),
        ("unlimited", 2**63 - 1),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert Size(text) == size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (1024, "1 KiB"),
        (1536, "1536 B"),
        (10 * 2**20, "10 MiB"),
        (10**7, "10 MB"),
        (3 * 2**29, "1.5 GiB"),
        (2**30 + 1, "1073741825 B"),
        (2**63 - 1, "unlimited"),
    ],
)
def test_sizes_print_the_shortest_exact_text(size: int, text: str) -> None:
    assert str(Size(size)) == f"{Size(size)}" == text


def test_unlimited_is_the_largest_size() -> None:
    assert min(Size("10 GiB"), Size.UNLIMITED) == Size("10 GiB")
    assert Size.UNLIMITED.is_unlimited
    assert not Size("7 EiB").is_unlimited


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("15m", timedelta(minutes=15)),
        ("90", timedelta(seconds=90)),
        ("500ms", timedelta(milliseconds=500)),
        ("2w", timedelta(weeks=2)),
        ("0", timedelta(0)),
        pytest.param("0" * 30 + "5m", timedelta(minutes=5), id="leading zeros"),
    ],
)
def test_durations(text: str, duration: timedelta) -> None:
    assert Duration(text) == duration == Duration(duration)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("24h", "1d"),
        ("25h", "25h"),
        ("90s", "90s"),
        ("3600", "1h"),
        ("1000ms", "1s"),
        ("0d", "0s"),
        ("1w", "7d"),
    ],
)
def test_durations_print_in_the_largest_unit(text: str, printed: str) -> None:
    assert str(Duration(text)) == printed


def test_durations_add_to_moments() -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert noon + Duration("1h") == noon.replace(hour=13)
    assert Duration("1h") - Duration("2h") == timedelta(hours=-1)


@pytest.mark.parametrize("span", [timedelta(seconds=-1), timedelta(microseconds=1)])
def test_durations_hold_no_other_spans(span: timedelta) -> None:
    with pytest.raises(InvalidValue, match="expected a duration"):
        Duration(span)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("John.Doe@ACME.Example", "john.doe@acme.example"),
        (" john@acme.example. ", "john@acme.example"),
        ("anna@BÜCHER.example", "anna@xn--bcher-kva.example"),
        ("anna@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"),
        ("Ju\u0308rgen@acme.example", "jürgen@acme.example"),
        ("x@fa\u00df.example", "x@xn--fa-hia.example"),
        ("x@full\uff0eacme\u3002example", "x@full.acme.example"),
        ('"John Doe"@acme.example', '"john doe"@acme.example'),
        ('"john"@acme.example', "john@acme.example"),
        ('"a@b"@acme.example', '"a@b"@acme.example'),
        ("a@b@acme.example", '"a@b"@acme.example'),
        (r'"a\"\\\b"@acme.example', r'"a\"\\b"@acme.example'),
        ('""@acme.example', '""@acme.example'),
        ("a..b.@acme.example", "a..b.@acme.example"),
        ("x@my_host.acme.example", "x@my_host.acme.example"),
        ("x" * 200 + "@acme.example", "x" * 200 + "@acme.example"),
    ],
)
def test_addresses(text: str, canonical: str) -> None:
    address = Address(text)
    assert address == canonical
    assert f"{address.local}@{address.domain}" == canonical


def test_the_parts_of_an_address() -> None:
    address = Address("Anna+news@Bücher.example")
    assert address.local == "anna+news"
    assert address.domain == DomainName("bücher.example")
    assert address.unicode == "anna+news@bücher.example"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ACME.example.", "acme.example"),
        ("localhost", "localhost"),
        ("1and1.example", "1and1.example"),
        ("_dmarc.acme.example", "_dmarc.acme.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("bücher._x.example", "xn--bcher-kva._x.example"),
    ],
)
def test_domain_names(text: str, canonical: str) -> None:
    assert DomainName(text) == canonical


def test_a_label_that_is_no_a_label_stays_as_it_is() -> None:
    assert DomainName("xn--ls8h.example").unicode == "xn--ls8h.example"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://mail.acme.example", "https://mail.acme.example"),
        ("HTTP://user:pw@Mail.ACME.example:8080/A?b=C#d", "http://user:pw@mail.acme.example:8080/A?b=C#d"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("ldap://192.0.2.1:389", "ldap://192.0.2.1:389"),
        ("https://acme.example/%C3%A9", "https://acme.example/%C3%A9"),
    ],
)
def test_urls(text: str, canonical: str) -> None:
    assert Url(text) == canonical


def test_the_parts_of_a_url() -> None:
    url = Url("HTTPS://anna@Mail.ACME.example:8443/x")
    assert (url.scheme, url.host) == ("https", "mail.acme.example")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("ca_ES_valencia", "ca-ES-valencia"),
        ("de-CH-1996", "de-CH-1996"),
    ],
)
def test_locales(text: str, canonical: str) -> None:
    assert Locale(text) == canonical


def test_pem_blocks_are_wrapped_and_named_but_not_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\r\n" + "QUJD" * 30 + "\r\n-----END PRIVATE KEY-----"
    pem = Pem(f"Bag Attributes\n{BLOCK}between\n{key}")
    assert pem.labels == ("CERTIFICATE", "PRIVATE KEY")
    assert pem.startswith(BLOCK)
    assert max(map(len, pem.splitlines())) == 64
    assert "QUJD" not in repr(pem)


def test_a_broken_key_is_not_repeated_in_the_error() -> None:
    with pytest.raises(InvalidValue) as caught:
        Pem("-----BEGIN PRIVATE KEY-----\nSECRET!!\n-----END PRIVATE KEY-----")
    assert "SECRET" not in str(caught.value) + caught.value.text


def test_services_are_named_in_any_case() -> None:
    assert Service("IMAP") is Service("imap") is Service.IMAP
    assert f"{Service.WEBMAIL}" == "webmail"


REFUSED = [
    (Size, "5GB?", 3, "a size such as"),
    (Size, "many", 0, "a size such as"),
    (Size, "", 0, "a size such as"),
    (Size, " -1", 1, "a size such as"),
    (Size, "1,5 GiB", 1, "a size such as"),
    (Size, "10 XB", 3, "a size such as"),
    (Size, "1 GiB 2", 6, "a size such as"),
    (Size, "٣", 0, "a size such as"),
    (Size, "0.3 B", 0, "whole bytes"),
    (Size, "8 EiB", None, "2**63-1"),
    (Size, "9" * 5000, 0, "2**63-1"),
    (Duration, "1.5h", 1, "a duration such as"),
    (Duration, "-1h", 0, "a duration such as"),
    (Duration, "1y", 1, "a duration such as"),
    (Duration, "1h30m", 2, "a duration such as"),
    (Duration, "1H", 1, "a duration such as"),
    (Duration, "9" * 5000, 0, "a billion days"),
    (Address, "", 0, "an address such as"),
    (Address, "john", 4, "an address such as"),
    (Address, "@acme.example", 0, "an address such as"),
    (Address, " @acme.example", 1, "an address such as"),
    (Address, "john doe@acme.example", 4, "special characters quoted"),
    (Address, "John <john@acme.example>", 23, "a domain name such as"),
    (Address, "a,b@acme.example", 1, "special characters quoted"),
    (Address, '"john@acme.example', 0, "special characters quoted"),
    (Address, "jo\x00hn@acme.example", 2, "without control characters"),
    (Address, "jo\u200bhn@acme.example", 2, "without control characters"),
    (Address, "jo\ud800hn@acme.example", 2, "without control characters"),
    (Address, "john@[192.0.2.1]", 5, "a domain name such as"),
    (Address, "john@192.0.2.1", None, "a domain name such as"),
    (Address, "john@acme example", 9, "a domain name such as"),
    (Address, "x" * 250 + "@acme.example", None, "at most 254 octets"),
    (Address, "x" + "\u0301\u0316" * 10**5 + "@acme.example", None, "at most 254 octets"),
    (DomainName, "", None, "a domain name such as"),
    (DomainName, ".", None, "a domain name such as"),
    (DomainName, "acme..example", 5, "a domain name such as"),
    (DomainName, "acme.example/x", 12, "a domain name such as"),
    (DomainName, "-acme.example", None, "a domain name such as"),
    (DomainName, "a" * 64 + ".example", None, "a domain name such as"),
    (DomainName, "ü" * 64 + ".example", None, "a domain name such as"),
    (DomainName, "ü" * 5000, None, "a domain name such as"),
    (DomainName, ".".join(["a" * 49] * 6), None, "a domain name such as"),
    (Hostname, "my_host.acme.example", 2, "a host name such as"),
    (Hostname, "mx 1", 2, "a host name such as"),
    (Url, "javascript:alert(1)", None, "a URL such as"),
    (Url, "JavaScript://acme.example/%0Aalert(1)", None, "a URL such as"),
    (Url, "data://text/html,<script>", 17, "percent-encoded"),
    (Url, "data://text/html", None, "a URL such as"),
    (Url, "ldap:///", None, "a URL such as"),
    (Url, "https://acme.example:65536/", None, "a port below 65536"),
    (Url, "https://192.0.2.256/", None, "an IP address such as"),
    (Url, "https://[::::]/", None, "an IP address such as"),
    (Url, "//acme.example/x", None, "a URL such as"),
    (Url, "https://acme.example/\u00e9", 21, "percent-encoded"),
    (Url, "https://acme.example/%zz", 21, "percent-encoded"),
    (Url, "https://acme.example/ x", 21, "percent-encoded"),
    (Url, "https://-acme.example/", None, "a host name such as"),
    (HexColor, "blue", None, "a colour such as"),
    (HexColor, "#12345", None, "a colour such as"),
    (Locale, "english", None, "a language tag such as"),
    (Locale, "", None, "a language tag such as"),
    (time_zone, "Rome", None, "Europe/Rome"),
    (time_zone, "Europe", None, "Europe/Rome"),
    (time_zone, "../../etc/passwd", None, "Europe/Rome"),
    (time_zone, "", None, "Europe/Rome"),
    (time_zone, "x" * 5000, None, "Europe/Rome"),
    (time_zone, "a\x00b", None, "Europe/Rome"),
    (time_zone, "\ud800", None, "Europe/Rome"),
    (network, "192.0.2.7/24", None, "192.0.2.0/24, or 192.0.2.7 alone"),
    (network, "2001:db8::1/64", None, "2001:db8::/64, or 2001:db8::1 alone"),
    (network, "192.0.2.0/33", None, "a network such as"),
    (network, "acme.example", None, "a network such as"),
    (ip_address, "192.0.2", None, "an IP address such as"),
    (Regex, "a[b", 1, "a regular expression"),
    (Regex, "(" * 20000 + ")" * 20000, None, "reasonable nesting"),
    (Regex, "a{99999999999}", None, "reasonable nesting"),
    (Regex, "[[a]", None, "that stays one"),
    (Pem, "hello", None, "PEM text"),
    (Pem, BLOCK + "-----BEGIN CERTIFICATE-----\nAQ", None, "PEM text"),
    (Reference, " ", 0, "the DN, the id or the name"),
    (Service, "telnet", None, "imap, pop3, smtp, webmail, activesync, dav, xmpp, api"),
]


@pytest.mark.parametrize(("read", "text", "position", "expected"), REFUSED)
def test_what_is_refused_says_what_was_expected(read, text, position, expected) -> None:
    with pytest.raises(InvalidValue) as caught:
        read(text)
    assert caught.value.position == position
    assert expected in caught.value.expected
    assert len(str(caught.value)) < 400
