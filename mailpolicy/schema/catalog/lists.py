"""Mailing lists: who is on them, who may write, who may join."""

from __future__ import annotations

from enum import StrEnum

from ...reasons import Level
from ..kinds import ADDRESS, BOOLEAN, LDAP_URL
from ..posting import PostingPolicy, from_grants
from ..setting import Topic, setting
from ..several import Many
from ..stored import gated, spelled
from ..words import one_of

LIST = (Level.LIST,)


class JoinPolicy(StrEnum):
    """What happens to somebody who asks to join or to leave."""

    ACCEPT = "accept"
    REJECT = "reject"
    APPROVAL = "approval"


IN_CAPITALS = {choice.upper(): choice for choice in JoinPolicy}


# A table: one paragraph per setting.
# fmt: off


class Lists(Topic, title="lists"):
    """What stands on a static or dynamic list."""

    member_addresses = setting(
        Many(ADDRESS), "The members of a static list.", own=LIST, constraint="not the list itself",
        carbonio="zimbraMailForwardingAddress",
    )
    member_urls = setting(
        Many(LDAP_URL), "The searches that find the members of a dynamic list.", own=LIST, native="memberURL",
        constraint="one or more make the list dynamic", carbonio="memberURL",
    )
    posting_policy = setting(
        one_of(PostingPolicy), "Who may write to the list.", own=LIST, default=PostingPolicy.EVERYONE,
        constraint="granted = whom a grant names", carbonio=from_grants("zimbraACE"),
    )
    subscription_policy = setting(
        one_of(JoinPolicy), "What happens to who asks to join.", own=LIST, default=JoinPolicy.REJECT,
        carbonio=spelled("zimbraDistributionListSubscriptionPolicy", IN_CAPITALS),
    )
    unsubscription_policy = setting(
        one_of(JoinPolicy), "What happens to who asks to leave.", own=LIST, default=JoinPolicy.REJECT,
        carbonio=spelled("zimbraDistributionListUnsubscriptionPolicy", IN_CAPITALS),
    )
    notify_new_members = setting(
        BOOLEAN, "New members are told.", own=LIST, default=False,
        carbonio="zimbraDistributionListSendShareMessageToNewMembers",
    )
    reply_to_address = setting(
        ADDRESS, "Where replies to messages of the list go.", own=LIST,
        carbonio=gated("zimbraPrefReplyToAddress", "zimbraPrefReplyToEnabled"),
    )
