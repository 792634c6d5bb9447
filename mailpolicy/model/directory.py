"""A directory as people hold it: a snapshot, and the verbs to ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import frozen

from ..check import findings
from ..edit import applied
from ..errors import NotFound
from ..freshness import Freshness
from ..gal import AddressBook, External, gal
from ..inherit import domain_of
from ..ldap.entry import Entry
from ..ldap.filter import Filter
from ..lists import findings as list_findings
from ..lookup import Straight, absent, find, selected
from ..reasons import Level
from ..snapshot import Change, Finding, Snapshot
from ..tables import Table
from .accounts import accounts
from .at_once import EffectiveValues, effective_values
from .display import directory_line, directory_table
from .domains import Alias, ClassOfService, Config, Domain, Server
from .lists import AboutLists
from .objects import Account, Addressed, DynamicList, MailingList, Object, Resource
from .results import Objects, SearchResult
from .search import search
from .text import write_ldif

__all__ = ["Directory"]

CLASSES: Final[dict[Level, type[Object]]] = {
    Level.ACCOUNT: Account,
    Level.RESOURCE: Resource,
    Level.LIST: MailingList,
    Level.COS: ClassOfService,
    Level.DOMAIN: Domain,
    Level.GLOBAL: Config,
    Level.ALIAS: Alias,
    Level.SERVER: Server,
}

O = TypeVar("O", bound=Object)  # noqa: E741
EVERYTHING: Final = "(objectClass=*)"


@frozen(eq=False, repr=False, slots=False)
class Directory(AboutLists):
    """A mail directory at one moment: immutable, safe in threads, and explained.

    `statuses` is the status table that answers, `documented` or `server`.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> acme.account("john@acme.example").settings.imap_enabled
    True
    """

    snapshot: Snapshot
    statuses: str

    # Objects by name

    def find(self, address: str) -> Object:
        """Give whatever object mail for `address` reaches: the ladder of `mailpolicy.lookup`.

        NotFound where there is none, Ambiguous where there are two, InvalidValue for text that is
        no address.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> acme.find("John+news@acme.example")
        <Account john@acme.example>
        """
        straight = self._straight.find(address)
        if straight is None:
            if "@" in address and self._straight.is_foreign(address):  # nearly all others that are asked for
                raise absent(self.snapshot, "address", address)
            return self.object(find(self.snapshot, address))
        level, entry = straight
        return CLASSES[level](self, entry)

    def __reduce__(self) -> tuple[Any, ...]:
        # What others find out meanwhile does not go along.
        return Directory, (self.snapshot, self.statuses)

    @cached_property
    def _straight(self) -> Straight:
        return Straight(self.snapshot)

    def account(self, name: str) -> Account:
        """Give the account of that address, alias, address in an alias domain, or DN."""
        return self._named(name, Level.ACCOUNT, Account)

    def resource(self, name: str) -> Resource:
        """Give the resource of that address or DN."""
        return self._named(name, Level.RESOURCE, Resource)

    def list(self, name: str) -> MailingList:
        """Give the list of that address or DN; a `DynamicList` if it finds its members by searching."""
        return self._named(name, Level.LIST, MailingList)

    def domain(self, name: str) -> Domain:
        """Give the domain of that name or DN."""
        return self._named(name, Level.DOMAIN, Domain)

    def cos(self, name: str) -> ClassOfService:
        """Give the class of service of that name or DN."""
        return self._named(name, Level.COS, ClassOfService)

    @property
    def config(self) -> Config:
        """What holds for everybody; NotFound in a directory without such an entry."""
        return self._named("", Level.GLOBAL, Config)

    def select(self, selector: str) -> Object:
        """Give the object a selector names: `cos:premium`, `config`, an address, a DN.

        >>> import mailpolicy as mp
        >>> mp.open("ldif/examples/acme.ldif").select("cos:premium")
        <ClassOfService premium>
        """
        return self.object(selected(self.snapshot, selector))

    def _named(self, name: str, level: Level, kind: type[O]) -> O:
        found = self.object(selected(self.snapshot, name, level))
        assert isinstance(found, kind)
        return found

    def object(self, entry: Entry) -> Object:
        """Give the object that an entry of this directory is."""
        level = self.snapshot.level_of(entry)
        if level is None:
            raise NotFound("object at", str(entry.dn))
        if level is Level.LIST and self.snapshot.dialect.is_dynamic(entry):
            return DynamicList(self, entry)
        return CLASSES[level](self, entry)

    def domain_of(self, of: Addressed) -> Domain | None:
        """Give the domain of an account, list or resource; None where the directory does not have it."""
        entry = domain_of(self.snapshot, of.entry)
        return None if entry is None else Domain(self, entry)

    # Many objects

    def accounts(
        self,
        domain: str | Domain | None = None,
        text: str | None = None,
        status: str | None = None,
        cos: str | ClassOfService | None = None,
    ) -> Objects[Account]:
        """Give the accounts of a domain, with a text in address or name, of a status, to which a COS applies.

        All of them by default. InvalidValue for a word that is no status, NotFound for a domain or COS
        that is not there.

        >>> import mailpolicy as mp
        >>> mp.open("ldif/examples/acme.ldif").accounts(text="john")[0]
        <Account john@acme.example>
        """
        return accounts(self, domain, text, status, cos)

    def effective(self, setting: str, kind: str = "account") -> EffectiveValues[Any]:
        """Give the value of one setting that applies to each object of a kind, for all of them at once.

        `kind` is `account`, `resource`, `list`, `domain`, `cos` or `server`. It is the same as asking
        every object, in a small part of the time.

        >>> import mailpolicy as mp
        >>> quotas = mp.open("ldif/examples/acme.ldif").effective("mailbox_quota")
        >>> quotas.counts().most_common(1)
        [(Size('5 GiB'), 21)]

        NotFound for a name that is no setting of such objects, InvalidValue for a word that is no kind.
        """
        return effective_values(self, setting, kind)

    def domains(self) -> Objects[Domain]:
        """Give all domains."""
        return Objects(self._all(Level.DOMAIN, Domain))

    def classes_of_service(self) -> Objects[ClassOfService]:
        """Give all classes of service."""
        return Objects(self._all(Level.COS, ClassOfService))

    def lists(self) -> Objects[MailingList]:
        """Give all lists, static and dynamic."""
        return Objects(self._all(Level.LIST, MailingList))

    def resources(self) -> Objects[Resource]:
        """Give all resources."""
        return Objects(self._all(Level.RESOURCE, Resource))

    def aliases(self) -> Objects[Alias]:
        """Give all alias entries; most aliases are values of their target instead."""
        return Objects(self._all(Level.ALIAS, Alias))

    def servers(self) -> Objects[Server]:
        """Give all servers."""
        return Objects(self._all(Level.SERVER, Server))

    def _all(self, level: Level, kind: type[O]) -> Iterator[O]:
        found = map(self.object, self.snapshot.of_level(level))
        return (each for each in found if isinstance(each, kind))

    def gal(
        self,
        domain: str | Domain,
        query: str = "",
        *,
        limit: int | None = None,
        external: External | None = None,
        actor: str | Account | None = None,
    ) -> AddressBook:
        """Give whom somebody of a domain may mean who types `query` into the address book, the best first.

        `external` searches where the domain has an address book elsewhere; without it, what is there is
        unknown, and the result says so. The `actor`, an account that asks, may be kept out.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> [found.address for found in acme.gal("acme.example", "mull")]
        ['zoe@acme.example']
        """
        home = domain if isinstance(domain, Domain) else self.domain(domain)
        asks = self.account(actor) if isinstance(actor, str) else actor
        entry = None if asks is None else asks.entry
        return gal(self.snapshot, home.entry, query, limit=limit, external=external, actor=entry)

    # Entries

    def search(
        self,
        base: str,
        scope: str = "sub",
        filter: str | Filter = EVERYTHING,
        attributes: Iterable[str] | None = None,
        limit: int | None = None,
        explain: bool = False,
    ) -> SearchResult:
        """Give the entries that an LDAP search finds: as a set, exactly those slapd would return.

        `base` is a DN, or an LDAP URL that says everything. `attributes` chooses what the entries
        show, `limit` how many there are at most. They come in the order of the source. With `explain`
        the result has a `plan`, which says for each part of the filter which index found it, and how
        many entries had to be tried one by one. NotFound where the base does not exist.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> acme.search("", filter="(mail=john@acme.example)")[0].first("sn")
        'Doe'
        """
        return search(self.snapshot, base, scope, filter, attributes, limit, explain)

    # The whole

    @property
    def directory(self) -> Directory:
        """The directory itself: what a live one gives its present state by."""
        return self

    @property
    def freshness(self) -> Freshness:
        """How far answers can be taken for those of now; of a file they are as good as the file."""
        return self.snapshot.freshness

    @cached_property
    def revision(self) -> str:
        """A name for the content: equal content, equal revision, whatever the order of the entries."""
        return self.snapshot.revision

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with the directory, from broken records to references that dangle."""
        return (*findings(self.snapshot), *list_findings(self.snapshot))

    def with_changes(self, *changes: Change) -> Directory:
        """Give the directory as it would be with these changes, made in order; this one stays.

        >>> import mailpolicy as mp
        >>> acme = mp.open("ldif/examples/acme.ldif")
        >>> future = acme.with_changes(mp.set("cos:premium", mailbox_quota="2 GiB"))
        >>> future.cos("premium").settings.mailbox_quota
        Size('2 GiB')

        SchemaError lists everything that is wrong with the changes, and none of them is made.
        """
        return Directory(applied(self.snapshot, changes), self.statuses)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the directory to a file as LDIF, all of it or nothing; `.gz` is compressed."""
        write_ldif(self.snapshot, Path(path))

    def as_table(self) -> Table:
        """The directory in a few lines, for people."""
        return directory_table(self)

    def __repr__(self) -> str:
        return directory_line(self)

    def _repr_html_(self) -> str:
        return self.as_table().html()
