"""The verbs of a directory, for what holds one."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from ..errors import Unavailable
from ..freshness import Freshness
from ..model import Config, Directory
from ..model.display import freshness_cell
from ..model.held import Held
from ..snapshot import Finding
from ..tables import Table

__all__ = ["Verbs"]

P = ParamSpec("P")
R = TypeVar("R")


def handed_on(verb: Callable[Concatenate[Directory, P], R]) -> Callable[Concatenate[Held, P], R]:
    """A verb of a directory as one of whatever holds a directory: asked of the one it holds then."""

    @functools.wraps(verb)
    def asked(self: Held, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return verb(self.directory, *args, **kwargs)

    return asked


class Verbs(ABC):
    """What can be asked of a directory is asked of the one that is held now; each answer is of one state.

    For several questions that belong together take `snapshot` and ask it.
    """

    @property
    @abstractmethod
    def directory(self) -> Directory:
        """The directory as it is now, which never changes."""

    @property
    def snapshot(self) -> Directory:
        """The same: a directory as it is at this moment, to ask several questions of."""
        return self.directory

    find = handed_on(Directory.find)
    account = handed_on(Directory.account)
    resource = handed_on(Directory.resource)
    list = handed_on(Directory.list)
    domain = handed_on(Directory.domain)
    cos = handed_on(Directory.cos)
    select = handed_on(Directory.select)
    object = handed_on(Directory.object)
    domain_of = handed_on(Directory.domain_of)
    effective = handed_on(Directory.effective)
    accounts = handed_on(Directory.accounts)
    domains = handed_on(Directory.domains)
    classes_of_service = handed_on(Directory.classes_of_service)
    lists = handed_on(Directory.lists)
    resources = handed_on(Directory.resources)
    aliases = handed_on(Directory.aliases)
    servers = handed_on(Directory.servers)
    gal = handed_on(Directory.gal)
    search = handed_on(Directory.search)
    expand = handed_on(Directory.expand)
    preview = handed_on(Directory.preview)
    lists_of = handed_on(Directory.lists_of)
    is_member = handed_on(Directory.is_member)
    explain_member = handed_on(Directory.explain_member)
    with_changes = handed_on(Directory.with_changes)
    save = handed_on(Directory.save)

    @property
    def config(self) -> Config:
        """What holds for everybody; NotFound in a directory without such an entry."""
        return self.directory.config

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with the directory now."""
        return self.directory.findings

    @property
    def statuses(self) -> str:
        """The status table that answers, `documented` or `server`."""
        return self.directory.statuses

    @property
    def revision(self) -> str:
        """A name for the content now: equal content, equal revision."""
        return self.directory.revision

    @property
    def freshness(self) -> Freshness:
        """How far answers can be taken for those of now."""
        return self.directory.freshness

    def as_table(self) -> Table:
        """The directory in a few lines, for people; without any to ask, how things stand."""
        try:
            return self.directory.as_table()
        except Unavailable:
            return Table("directory", (), [("freshness", freshness_cell(self.freshness))])

    def _repr_html_(self) -> str:
        return self.as_table().html()
