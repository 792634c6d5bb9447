"""LDIF lines for generated entries, written faster than the general writer would."""

from __future__ import annotations

from base64 import b64encode

__all__ = ["line", "record"]


def line(name: str, value: object) -> str:
    """One attribute line; nothing at all for None.

    The value is short, and either plain ASCII that LDIF takes as it is, or text beyond ASCII.

    >>> line("sn", "Müller"), line("mpMailboxQuota", None)
    ('sn:: TcO8bGxlcg==\\n', '')
    """
    if value is None:
        return ""
    text = str(value)
    return f"{name}: {text}\n" if text.isascii() else f"{name}:: {b64encode(text.encode()).decode()}\n"


def record(dn: str, classes: str, **attributes: object) -> str:
    """An entry; `classes` are separated by spaces, a tuple is several values, None is left out."""
    lines = [f"dn: {dn}\n", *(f"objectClass: {name}\n" for name in classes.split())]
    for name, value in attributes.items():
        lines += [line(name, each) for each in (value if isinstance(value, tuple) else (value,))]
    return "".join([*lines, "\n"])
