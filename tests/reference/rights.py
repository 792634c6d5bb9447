"""Who holds a right: slow, obvious, and written from the description alone.

The directory is a few plain sets; nothing of the code that it judges is used, not even the grants'
reader. Every rule is tried on every grant, and the comments are the sentences that they follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

ACME, NORTH, GLOBEX = "acme.example", "north.acme.example", "globex.example"
DOMAINS = (ACME, NORTH, GLOBEX)
EVERYTHING = "config"
PEOPLE = {"ann": ACME, "bob": ACME, "eve": GLOBEX, "adm": ACME, "ada": GLOBEX, "root": ACME}
DELEGATED = {"adm", "ada"}
GLOBAL = {"root"}
LISTS = {"red": ACME, "green": ACME, "blue": ACME, "far": GLOBEX}
OUTSIDER = "wile@customer.example"

MAILBOX, LIST, DOMAIN = "mailbox", "list", "domain"

USER_RIGHTS = {
    "invite": (MAILBOX, True),
    "loginAs": (MAILBOX, False),
    "sendAs": (MAILBOX, False),
    "sendToDistList": (LIST, True),
    "ownDistList": (LIST, False),
    "createDistList": (DOMAIN, False),
}
ADMIN_RIGHTS = {
    "deleteAccount": MAILBOX,
    "adminLoginAs": MAILBOX,
    "modifyAccount": MAILBOX,
    "addDistributionListMember": LIST,
    "modifyDistributionList": LIST,
    "createAccount": DOMAIN,
    "createDistributionList": DOMAIN,
    "crossDomainAdmin": DOMAIN,
}
COMBINED = {
    "domainAdminRights": {
        "deleteAccount",
        "adminLoginAs",
        "addDistributionListMember",
        "createAccount",
        "createDistributionList",
    }
}
FIXED_PLACE = {"sendAs": MAILBOX, "ownDistList": LIST, "crossDomainAdmin": DOMAIN}
CLASSES = ({"usr", "gst", "email", "edom", "key"}, {"grp", "egp"}, {"dom"}, {"all"}, {"pub"})


@frozen
class Given:
    """A grant: to whom, of what, and where it stands."""

    grantee: str
    kind: str
    modifier: str
    right: str

    def __str__(self) -> str:
        return f"{self.grantee} {self.kind} {self.modifier}{self.right}"


def address(name: str) -> str:
    return f"{name}@{(PEOPLE | LISTS)[name]}"


def kind_of(name: str) -> str:
    if name in PEOPLE:
        return MAILBOX
    return LIST if name in LISTS else DOMAIN if name in DOMAINS else EVERYTHING


@frozen
class SlowRights:
    """Lists by name with the names or outside addresses on them, and grants by the place where they stand."""

    members: Mapping[str, frozenset[str]]
    grants: Mapping[str, tuple[Given, ...]]

    # "Membership: repeat upward from each containing list, visiting each list once."

    def directly_on(self, who: str) -> set[str]:
        return {name for name, members in self.members.items() if who in members}

    def on(self, who: str) -> set[str]:
        found: set[str] = set()
        while True:
            more = (
                found
                | self.directly_on(who)
                | {outer for inner in found for outer in self.directly_on(inner)}
            )
            if more == found:
                return found - {who}
            found = more

    def holds(self, actor: str | None, right: str, target: str, as_admin: bool, onward: bool) -> bool:
        if right in COMBINED:
            kinds = {name for name in COMBINED[right] if ADMIN_RIGHTS[name] == kind_of(target)}
            return all(self.holds(actor, name, target, as_admin, onward) for name in kinds)
        # "A global admin acting as admin has everything."
        if as_admin and actor in GLOBAL:
            return True
        if right in ADMIN_RIGHTS:
            # "Admin rights count only if the grantee is still a delegated admin (and not global)."
            # "A delegated admin can never act on a global admin's account, whatever grants say."
            if not as_admin or actor not in DELEGATED or target in GLOBAL:
                return False
            return self.by_grants(actor, right, target, onward) is True
        # "An account always has (and may grant) user rights on itself."
        if actor is not None and actor == target:
            return True
        if any(
            self.holds(actor, *other, as_admin, False)
            for other in self.others(actor, right, target, as_admin)
        ):
            return True
        found = self.by_grants(actor, right, target, onward)
        # "Only with no match at all does the right's default apply."
        return (USER_RIGHTS[right][1] and not onward) if found is None else found

    def others(self, actor: str | None, right: str, target: str, as_admin: bool) -> Iterator[tuple[str, str]]:
        if kind_of(target) == MAILBOX and right != "loginAs":
            yield "loginAs", target
        if as_admin and actor in DELEGATED:
            if kind_of(target) == MAILBOX:
                yield "adminLoginAs", target
                yield "modifyAccount", target
            if kind_of(target) == LIST:
                yield "modifyDistributionList", target
                if right == "ownDistList":
                    yield "createDistributionList", LISTS[target]

    def stages(self, right: str, target: str) -> Iterator[tuple[str, set[str]]]:
        yield "itself", {target}
        if right == "crossDomainAdmin":
            return
        kind = kind_of(target)
        if kind == LIST or (kind == MAILBOX and right in ADMIN_RIGHTS):
            yield "lists", self.on(target)
        if kind in (MAILBOX, LIST):
            yield "domain", {(PEOPLE | LISTS)[target]}
        if kind == DOMAIN:
            above = [name for name in DOMAINS if target.endswith(f".{name}")]
            for name in sorted(above, key=len, reverse=True):
                yield "above", {name}
        yield "everything", {EVERYTHING}

    def by_grants(self, actor: str | None, right: str, target: str, onward: bool) -> bool | None:
        seen = False
        for stage, places in self.stages(right, target):
            # "All groups of a target are pooled as if they were one entry."
            pooled = [(place, given) for place in sorted(places) for given in self.grants.get(place, ())]
            for kinds in CLASSES:
                # "Inside one class the order is denied, delegable, plain."
                for modifiers in ({"-"}, {"+"}, {"", "*", "^"}):
                    for place, given in pooled:
                        if given.kind not in kinds or given.modifier not in modifiers:
                            continue
                        if not self.counts(actor, right, target, onward, stage, place, given):
                            continue
                        seen = True
                        if self.is_grantee(actor, given):
                            return given.modifier != "-"
        # "If the right was seen anywhere on the chain -> denied."
        return False if seen else None

    def counts(
        self, actor: str | None, right: str, target: str, onward: bool, stage: str, place: str, given: Given
    ) -> bool:
        # "Combo rights match if they contain the wanted preset right."
        if given.right != right and right not in COMBINED.get(given.right, set()):
            return False
        if given.right not in USER_RIGHTS:
            # "Only usr, grp, egp and dom grantees may hold admin rights (dom only for crossDomainAdmin)."
            if given.kind not in ({"dom"} if given.right == "crossDomainAdmin" else {"usr", "grp", "egp"}):
                return False
        elif given.modifier == "*":
            # "User rights cannot carry `*`."
            return False
        # "Five rights have a fixed grant place."
        if given.right in FIXED_PLACE and kind_of(place) != FIXED_PLACE[given.right]:
            return False
        if given.right in USER_RIGHTS and place in LISTS and USER_RIGHTS[given.right][0] != LIST:
            return False
        if given.right in ADMIN_RIGHTS and not grantable(ADMIN_RIGHTS[given.right], place):
            return False
        if given.modifier == "-":
            return True
        if onward and given.modifier != "+":
            return False
        # "Positive ACEs of a parent domain count only with `*`; `*` never on the domain itself."
        if (given.modifier == "*") != (stage == "above"):
            return False
        if stage == "lists":
            # "`^` not inherited by sub-groups (only direct members)."
            if given.modifier == "^" and (target in LISTS or place not in self.directly_on(target)):
                return False
            if right in ADMIN_RIGHTS and not self.may_cross(actor, target, place):
                return False
        return True

    def may_cross(self, actor: str | None, target: str, place: str) -> bool:
        """ "Cross-domain only with crossDomainAdmin." """
        home = (PEOPLE | LISTS)[target]
        own = PEOPLE[actor or ""]
        if home in (own, LISTS[place]):
            return True
        on_it = [given for given in self.grants.get(home, ()) if given.right == "crossDomainAdmin"]
        mine = [given for given in on_it if given.kind == "dom" and given.grantee == own]
        return bool(mine) and not any(given.modifier == "-" for given in mine)

    def is_grantee(self, actor: str | None, given: Given) -> bool:
        inside = actor in PEOPLE
        match given.kind:
            case "usr":
                return inside and given.grantee == address(str(actor))
            case "grp":
                return actor is not None and given.grantee in {address(name) for name in self.on(actor)}
            case "dom":
                return inside and given.grantee == PEOPLE[str(actor)]
            case "all":
                return inside
            case "pub":
                return True
            case "edom":
                return actor == OUTSIDER and given.grantee == "customer.example"
            case "gst":
                return actor == OUTSIDER and given.grantee == OUTSIDER
        return False


def grantable(on: str, place: str) -> bool:
    """An admin right is granted on what it is about, its domain, everything; one on people also on lists."""
    kind = kind_of(place)
    return kind in (on, EVERYTHING) or kind == DOMAIN or (kind == LIST and on == MAILBOX)
