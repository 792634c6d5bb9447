"""Whether somebody may write to a list.

Judged by who has logged in, where somebody has; else by the envelope sender, whom nobody has proved to
be there: the answer is then marked as unauthenticated. No right brings another along here: an owner may
write where the policy or a grant says so, and not for being an owner.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from ..errors import NotFound
from ..inherit import Effective, Why, explain, layers_of
from ..ldap.entry import Entry
from ..reasons import Level, Origin, Reason
from ..schema import find_setting
from ..schema.posting import PostingPolicy
from ..snapshot import Snapshot
from .actor import Actor, actor_of
from .chain import is_deployed
from .holding import certain
from .holds import answered, asked
from .policies import POLICIES
from .weigh import weigh

__all__ = ["Posting", "may_post"]

RIGHT = "sendToDistList"
MAILBOXES = (Level.ACCOUNT, Level.RESOURCE)


@frozen
class Posting:
    """Whether somebody may write to a list: `verdict` is True, False, or None where nobody can tell.

    `policy` is what the list says, `authenticated` whether the one who was judged has logged in. As a
    truth value it is its verdict; asking that of one that nobody can tell raises Unavailable.
    """

    verdict: bool | None
    policy: PostingPolicy = field(repr=str)
    authenticated: bool
    reasons: tuple[Reason, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return certain(self.verdict, "who may write to the list")


def may_post(
    snapshot: Snapshot, mailing_list: Entry, *, login: Entry | None = None, sender: str = ""
) -> Posting:
    """Say whether somebody may write to a list.

    `login` is the account that has logged in, None where nobody has; `sender` the address of the envelope,
    empty or ``<>`` where it has none. An alias is as good as the address it stands for.

    >>> import mailpolicy as mp
    >>> acme = mp.open("ldif/examples/acme.ldif")
    >>> board = acme.find("board@acme.example").entry
    >>> posting = may_post(acme.snapshot, board, sender="wile.e@customer.example")
    >>> posting
    Posting(verdict=True, policy=granted, authenticated=False)
    >>> for reason in posting.reasons:
    ...     print(reason.text)
    nobody has logged in: the envelope sender wile.e@customer.example is taken at her word
    the list lets write: nobody but whom a grant of sendToDistList names
    'wile.e@customer.example gst sendToDistList' on the target gives sendToDistList to wile.e@customer.example
    >>> may_post(acme.snapshot, board, sender="somebody@elsewhere.example").verdict
    False

    NotFound where the entry is no list, or the login no account.
    """
    if snapshot.level_of(mailing_list) is not Level.LIST:
        raise NotFound("list at", str(mailing_list.dn))
    if login is not None and snapshot.level_of(login) not in MAILBOXES:
        raise NotFound("account at", str(login.dn))
    # The filter of a deployed server trusts the envelope, also where a grant is to all who have logged in.
    is_authenticated = login is not None or is_deployed(snapshot)
    actor = evolve(actor_of(snapshot, sender if login is None else login), is_authenticated=is_authenticated)
    effective = explain(snapshot, layers_of(snapshot, mailing_list), find_setting("posting_policy"))
    policy = effective.value
    trail = [identified(actor, authenticated=login is not None)]
    if is_deployed(snapshot):
        held = answered(asked(snapshot, actor, RIGHT, mailing_list))
        trail += held.reasons
        verdict = held.answer
    else:
        trail.append(stated(policy, effective.origin))
        verdict = judged(actor, mailing_list, policy, login is not None, trail)
        if verdict and (unread := unreadable(effective)) is not None:
            trail.append(unread)
            verdict = None
    return Posting(verdict, policy, login is not None, tuple(trail))


def identified(actor: Actor, *, authenticated: bool) -> Reason:
    if authenticated:
        return Reason("posting.authenticated", True, f"{actor} has logged in")
    text = "nobody has logged in: "
    if actor.is_nobody:
        text += "the envelope has no sender, and could be anybody's"
    else:
        text += f"the envelope sender {actor} is taken at her word"
    return Reason("posting.unauthenticated", True, text)


def stated(policy: PostingPolicy, origin: Origin) -> Reason:
    return Reason("posting.policy", True, f"the list lets write: {POLICIES[policy].who}", (origin,))


def unreadable(effective: Effective[PostingPolicy]) -> Reason | None:
    """Why nobody can tell, where the list has said something that cannot be read: it may have let in few."""
    lost = tuple(each.origin for each in effective.shadowed if each.why is Why.INVALID)
    text = "the list says who may write, in a word that nobody can read"
    return Reason("posting.unreadable", True, text, lost) if lost else None


def judged(
    actor: Actor, mailing_list: Entry, policy: PostingPolicy, authenticated: bool, trail: list[Reason]
) -> bool | None:
    """What a native list says: a grant to the actor first, else its policy."""
    rule = POLICIES[policy]
    doubtful: frozenset[bool] = frozenset()
    if rule.heeds_grants:
        weighed = weigh(asked(actor.snapshot, actor, RIGHT, mailing_list))
        trail += weighed.reasons
        if weighed.decided:
            return weighed.answer
        doubtful = weighed.doubtful
    if rule.needs_login and not authenticated:
        answer: bool | None = False
        text = "nobody has logged in"
    else:
        answer = rule.judge(actor, mailing_list)
        word = {True: "is", False: "is not", None: "may be"}[answer]
        text = f"{actor} {word} among them"
    trail.append(Reason(f"posting.{policy}", True, text))
    # A grant of which nobody can tell whether it is to her counts where it would turn the answer.
    return None if answer is not None and (not answer) in doubtful else answer
