"""Who may change what, and what may not be changed by anybody.

What is asked of the actor comes first: whoever may not change an entry does not learn of its state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...errors import InvalidValue, NotFound
from ...ldap.entry import Entry
from ...model import Account, Directory, Domain, Object
from ...model.objects import Addressed
from ...reasons import Level
from ...rights import Holding, may_edit, notices as notices_of
from ...rights.editing import OF_USERS
from ...schema import SETTINGS, find_setting
from ...snapshot import folded_address
from ...status import Status
from ..context import Context
from ..effects import Notice
from ..opinion import Opinion
from ..replies import EDIT_REFUSED, TARGET_FROZEN
from ..requests import Edit
from ..verdict import Verdict
from .edit_rights import birthplace, home_of, may_create, may_remove, may_rename

__all__ = ["actor", "allowed", "field", "fixed", "frozen", "notices", "target"]

OPERATIONS: Final = ("modify", "create", "delete", "rename")

RENAMED: Final = frozenset({"address", "domain_name"})
"""What only a rename changes."""
BORN: Final = frozenset({"domain_kind"})
"""What stays as it was created."""
SET_BY_OTHERS: Final = {
    ("account_status", "lockout"): "the lockout policy alone sets it",
    ("domain_status", "shutdown"): "the server alone sets it",
}
ELSEWHERE: Final = frozenset({"forwarding_addresses", "recovery_address"})
"""Settings whose addresses must be those of somebody else, by whatever name mail would come back."""
KEPT: Final = frozenset({"default", "defaultexternal"})
"""Classes of service that the directory falls back to, and that stay."""


def refused(text: str, held: Holding | None = None) -> Opinion:
    return Opinion(Verdict.REJECT, text, EDIT_REFUSED, () if held is None else held.reasons)


def subject(request: Edit, directory: Directory) -> Object | None:
    """What is to be changed; None where there is none, and for what is still to be created."""
    if request.operation == "create":
        return None
    try:
        return directory.select(request.target)
    except (NotFound, InvalidValue):
        return None


def home(request: Edit, directory: Directory) -> Entry | None:
    """The domain in which something is to be created."""
    try:
        return birthplace(request, directory).domain
    except (NotFound, InvalidValue):
        return None


def other_home(request: Edit, directory: Directory, of: Object) -> Domain | None:
    """The domain that a new name lies in, where it is another than now; NotFound where there is none."""
    name = str(request.value or "").rpartition("@")
    if request.operation != "rename" or not isinstance(of, Addressed) or not name[1]:
        return None
    domain = directory.domain(name[2])
    return None if domain.entry == home_of(of) else domain


def target(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """What is to be changed must be there; so must the domain of what is to be created."""
    try:
        if request.operation == "create":
            birthplace(request, directory)
        elif request.operation in OPERATIONS:
            other_home(request, directory, directory.select(request.target))
        else:
            return refused(f"{request.operation!r} is none of {', '.join(OPERATIONS)}")
    except (NotFound, InvalidValue) as problem:
        return refused(str(problem))
    return None


def field(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """A setting that is to be changed must be one of such entries, and its value one that it can have."""
    of = subject(request, directory)
    if request.operation != "modify" or of is None or request.field in SECRETS:
        return None
    try:
        setting = find_setting(request.field)
        level = directory.snapshot.level_of(of.entry)
        if level is None or not setting.belongs_to(level):
            return refused(f"{request.field} is no setting of a {of.kind}")
        accepted = None if request.value is None else setting.accept(request.value)
    except NotFound as problem:
        return refused(str(problem))
    except InvalidValue as problem:
        # What is secret stays out of what operators read.
        wrong = "a value that it cannot have" if setting.secret else str(problem)
        return refused(f"{request.field}: {wrong}")
    if request.field in ELSEWHERE and accepted:
        for each in (accepted,) if isinstance(accepted, str) else accepted:
            found = context.find(each)
            if found is not None and found.dn == of.dn:
                return refused(f"{request.field}: {each} leads back to {of.name}")
    return None


SECRETS: Final = frozenset(OF_USERS) - SETTINGS.keys()
"""What users change that is no setting: where passwords are."""


def actor(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """Whoever changes something must be somebody who may log in."""
    who = context.mailbox(request.actor)
    if not isinstance(who, Account):
        return refused(f"no account has the name {request.actor}")
    standing = context.status(who)
    if standing.login:
        return None
    text = f"{who.name} may not log in: the status is {standing.name}"
    return Opinion(Verdict.REJECT, text, EDIT_REFUSED, standing.reasons)


def allowed(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """The actor must have the right: as self, as owner, by a grant, or as administrator of everything."""
    who = context.mailbox(request.actor)
    if who is None:
        return None
    try:
        held = asked(request, directory, who.entry)
    except (NotFound, InvalidValue):
        return None  # said before: there is nothing that could be changed so
    if held is None:
        return None
    words = f"{request.operation} {request.field}".strip()
    if not held:
        return refused(f"{who.name} may not {words} of {request.target}", held)
    text = f"{who.name} may {words} of {request.target}" if context.is_told else "the actor may"
    return Opinion(Verdict.ACCEPT, text, because=held.reasons)


def asked(request: Edit, directory: Directory, who: Entry) -> Holding | None:
    snapshot, as_admin = directory.snapshot, request.as_admin
    if request.operation == "create":
        return may_create(snapshot, who, birthplace(request, directory), as_admin=as_admin)
    of = directory.select(request.target)
    match request.operation:
        case "modify":
            is_secret = request.field in SECRETS
            return may_edit(
                snapshot,
                who,
                of.entry,
                request.field,
                as_admin=as_admin,
                value=None if is_secret else request.value,
                unset=request.value is None and not is_secret,
            )
        case "delete":
            return may_remove(snapshot, who, of, as_admin=as_admin)
        case "rename":
            to = other_home(request, directory, of)
            return may_rename(snapshot, who, of, None if to is None else to.entry, as_admin=as_admin)
    return None


def fixed(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """Some things change only by a rename, some are set by servers only, some never change."""
    of = subject(request, directory)
    if of is None:
        return None
    if directory.snapshot.level_of(of.entry) is Level.COS and request.operation in ("delete", "rename"):
        return refused(f"the class of service {of.name} stays") if of.name.lower() in KEPT else None
    if request.operation != "modify":
        return None
    if request.field in RENAMED:
        return refused(f"{request.field} is changed by a rename only")
    if request.field in BORN:
        return refused(f"{request.field} stays as it was created")
    why = SET_BY_OTHERS.get((request.field, str(request.value).strip().lower()))
    return None if why is None else refused(f"nobody sets {request.field} to {request.value}: {why}")


def frozen(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """Nothing that belongs to a suspended domain changes, nor a disabled account but to be enabled."""
    for each in touched(request, directory):
        standing = context.status(each)
        if isinstance(each, Domain) and is_itself(request, directory, each):
            stops = standing.name == "shutdown"
        else:
            stops = not standing.modify and not (is_way_out(request) and not is_frozen(standing))
        if stops:
            text = f"{each.name} cannot be changed: the status is {standing.name}"
            return Opinion(Verdict.DEFER, text, TARGET_FROZEN, standing.reasons)
    return None


def touched(request: Edit, directory: Directory) -> Iterable[Addressed | Domain]:
    """Those whose status must let the change happen."""
    of = subject(request, directory)
    if isinstance(of, Addressed | Domain):
        yield of
        try:
            to = other_home(request, directory, of)
        except (NotFound, InvalidValue):
            to = None
        if to is not None:
            yield to
        return
    domain = home(request, directory) if of is None else home_of(of)
    if domain is not None:
        yield Domain(directory, domain)


def is_itself(request: Edit, directory: Directory, domain: Domain) -> bool:
    """Whether the change is about the domain, not about what belongs to it."""
    of = subject(request, directory)
    return isinstance(of, Domain) and of.entry == domain.entry


def is_frozen(standing: Status) -> bool:
    """Whether the domain stops the change."""
    return any(each.id == "status.frozen" and each.matched for each in standing.reasons)


def is_way_out(request: Edit) -> bool:
    """Whether this is what can be done with a disabled account: enable it, or delete it."""
    if request.operation == "delete":
        return True
    is_status = request.operation == "modify" and request.field == "account_status"
    return is_status and str(request.value).strip().lower() != "disabled"


def notices(request: Edit, directory: Directory, context: Context) -> Opinion | None:
    """Who is new on a list is told, where the list is set to."""
    of = subject(request, directory)
    if request.operation != "modify" or request.field != "member_addresses" or of is None:
        return None
    given = (request.value,) if isinstance(request.value, str) else tuple(request.value or ())
    before = {folded_address(str(each)) for each in of.settings.member_addresses or ()}
    added = [str(each) for each in given if folded_address(str(each)) not in before]
    told = notices_of(directory.snapshot, of.entry, added)
    if not told:
        return None
    return Opinion(
        Verdict.NO_OPINION,
        "new members are told",
        notices=tuple(
            Notice("new_member", (each.to,), each.list_address, f"You are on the list {each.list_name} now")
            for each in told
        ),
    )
