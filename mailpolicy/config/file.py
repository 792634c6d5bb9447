"""Find and read the configuration file, and say everything that is wrong with it in its own words."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from attrs import define

from ..errors import MailPolicyError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .fields import Configuration

__all__ = ["Misconfigured", "configured", "location"]

NAME: Final = "mailpolicy.toml"
VARIABLE: Final = "MAILPOLICY_CONFIG"
ROOT: Final = 0


@define(slots=False, eq=False)
class Misconfigured(MailPolicyError):
    """What was said about servers makes no sense: `source` is where, `problems` lists every one.

    >>> raise Misconfigured("mailpolicy.toml", ("servers.acme.urll: unknown; did you mean url?",))
    Traceback (most recent call last):
    mailpolicy.config.file.Misconfigured: mailpolicy.toml: servers.acme.urll: unknown; did you mean url?
    """

    source: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.source}: {'; '.join(self.problems)}" if self.source else "; ".join(self.problems)


def location(environment: Mapping[str, str] | None = None) -> Path:
    """Where the configuration stands, whether or not there is one.

    >>> location({"XDG_CONFIG_HOME": "/home/john/.settings"}).as_posix()
    '/home/john/.settings/mailpolicy.toml'
    >>> location({"MAILPOLICY_CONFIG": "/etc/mailpolicy.toml"}).as_posix()
    '/etc/mailpolicy.toml'
    """
    known = os.environ if environment is None else environment
    if named := known.get(VARIABLE):
        return Path(named)
    # A relative path there is to be ignored, says the specification of the XDG directories.
    folder = Path(known.get("XDG_CONFIG_HOME") or "")
    return (folder if folder.is_absolute() else Path.home() / ".config") / NAME


def configured(environment: Mapping[str, str] | None = None) -> Configuration | None:
    """Read the configuration; None where there is none.

    Raises Misconfigured with every problem, and OSError for a file that cannot be read, or that is not there
    though `MAILPOLICY_CONFIG` names it.
    """
    known = os.environ if environment is None else environment
    path = location(known)
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno())
            text = file.read()
    except FileNotFoundError:
        if known.get(VARIABLE):
            raise
        return None
    return validated(parsed(text, path), path, readable_by_others(mode))


def parsed(text: bytes, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode())
    except UnicodeDecodeError:
        raise Misconfigured(str(path), ("expected UTF-8",)) from None
    except tomllib.TOMLDecodeError as problem:
        raise Misconfigured(str(path), (f"expected TOML: {problem}",)) from None


def readable_by_others(found: os.stat_result) -> bool:
    # As PostgreSQL takes its keys: what root owns may be shared with the group of a service.
    others = stat.S_IRWXO if found.st_uid == ROOT else stat.S_IRWXO | stat.S_IRWXG
    return bool(found.st_mode & others)


def validated(content: dict[str, Any], path: Path, shared: bool) -> Configuration:
    try:
        from pydantic import ValidationError

        from .fields import Configuration
    except ModuleNotFoundError:
        needed = "reading it takes pydantic; install it with: pip install 'mailpolicy[cli]'"
        raise Misconfigured(str(path), (needed,)) from None
    try:
        configuration = Configuration.model_validate(content)
        configuration._file = path
    except ValidationError as error:
        found = tuple(problems(error.errors(include_url=False, include_input=False), content))
        raise Misconfigured(str(path), found) from None
    if shared and any(each.password for each in configuration.servers.values()):
        why = f"has a password and may be read by others: chmod 600 {path}, or use password_file"
        raise Misconfigured(str(path), (why,))
    return configuration


def problems(errors: Sequence[Any], content: Any) -> Iterator[str]:
    """What is wrong, each with its key and what was expected there; only DNs and URLs are repeated."""
    for error in errors:
        place = tuple(str(each) for each in error["loc"] if each != "[key]")
        where = ".".join(written(error["loc"], content))
        if error["type"] == "extra_forbidden":
            yield f"{where}: unknown{nearest(place)}"
        elif error["type"] == "missing":
            yield f"{where}: missing; expected {expected(place)}"
        elif error["type"] == "value_error":
            text = str(error["ctx"]["error"])
            yield f"{where}: {text}" if where else text
        else:
            yield f"{where}: expected {expected(place)}"


def written(place: Sequence[Any], content: Any) -> Iterator[str]:
    """The steps to a place as the file has them: one text that stands for a list of one has no number."""
    for key in place:
        if key == "[key]" or (isinstance(key, int) and not isinstance(content, list)):
            continue
        yield str(key)
        with suppress(TypeError, LookupError):
            content = content[key]


def nearest(place: tuple[str, ...]) -> str:
    known = fields_at(place)
    found = get_close_matches(place[-1], known, 1)
    if found or not known:
        return f"; did you mean {found[0]}?" if found else ""
    return f"; expected one of {', '.join(known)}"


def expected(place: tuple[str, ...]) -> str:
    known = fields_at(place)
    field = known.get(place[-1])
    if field is None:  # within a value the whole of it is told, and so what each part may be
        return expected(place[:-1]) if place[:-1] and not known else "a section of settings"
    return field.title or "a section of settings"


def fields_at(place: tuple[str, ...]) -> Mapping[str, Any]:
    """The fields that may stand beside one: those of its section."""
    from .fields import Configuration
    from .kinds import fields_of

    section: type[BaseModel] = Configuration
    for key in place[:-1]:
        field = fields_of(section).get(key)
        inner = None if field is None else section_in(field.annotation)
        if inner is not None:
            section = inner
        elif field is not None:
            return {}  # within a value, which has no fields
        # else the name or the number of a section, which is in one already
    return fields_of(section)


def section_in(annotation: Any) -> type[BaseModel] | None:
    """The section that a field holds: alone, in a list, or by names."""
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (section_in(each) for each in get_args(annotation))
    return next((each for each in found if each is not None), None)
