"""Who may write to a list, where the directory keeps only grants."""

from __future__ import annotations

from enum import StrEnum

from ..errors import InvalidValue
from ..values import Grant, Grantee
from .codec import Codec, Json
from .kinds import GRANT
from .stored import Stored
from .words import one_of

__all__ = ["PostingPolicy", "from_grants"]

RIGHT = "sendToDistList"


class PostingPolicy(StrEnum):
    """Who may write to a list."""

    EVERYONE = "everyone"
    AUTHENTICATED = "authenticated"
    DOMAIN = "domain"
    MEMBERS = "members"
    OWNERS = "owners"
    GRANTED = "granted"
    NOBODY = "nobody"


class PostingFromGrants(Codec[PostingPolicy]):
    """Reads the policy from the grants of the right to send to the list.

    Without such a grant everybody may. As soon as there is one, only those may whom a grant names,
    also if all it does is to deny somebody else.

    >>> PostingFromGrants().decode(("11111111-1111-1111-1111-111111111111 usr sendToDistList",))
    <PostingPolicy.GRANTED: 'granted'>
    """

    kind = "grants"
    syntax = GRANT.syntax
    multiple = True

    def decode(self, values: tuple[str, ...]) -> PostingPolicy:
        grants = [grant for text in values if (grant := self._grant(text)) and grant.right == RIGHT]
        allowed = {grant.kind for grant in grants if not grant.denies}
        if not grants:
            return PostingPolicy.EVERYONE
        if not allowed:
            return PostingPolicy.NOBODY
        if len(grants) == len(allowed) == 1:
            return ALONE.get(allowed.pop(), PostingPolicy.GRANTED)
        return PostingPolicy.GRANTED

    def _grant(self, text: str) -> Grant | None:
        """A grant that cannot be read grants nothing; `grants` reports it."""
        return GRANT.read((text,))[0]

    def encode(self, value: PostingPolicy) -> tuple[str, ...]:
        raise InvalidValue(value, "a change of the grants, from which it is read")

    def accept(self, given: object) -> PostingPolicy:
        return one_of(PostingPolicy).accept(given)

    def to_json(self, value: PostingPolicy) -> object:
        return str(value)

    def json_schema(self) -> Json:
        return {"type": "string", "enum": [str(policy) for policy in PostingPolicy]}

    def conceal(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return GRANT.conceal(values)


ALONE = {Grantee.PUBLIC: PostingPolicy.EVERYONE, Grantee.EVERYONE_HERE: PostingPolicy.AUTHENTICATED}
"""What a grant says that stands alone; whether a domain or group is the list's own its text does not tell."""


def from_grants(attribute: str) -> Stored:
    """The policy that the grants of this attribute amount to."""
    return Stored((attribute,), PostingFromGrants(), derived=True)
