"""What keeps Baton from working in Slack and only a person can mend."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from domain.base import Frozen


class TroubleKind(StrEnum):
    """What is wrong."""

    CUT_OFF = "cut_off"
    """Slack takes our token no more: it was revoked, has run out, or the app was removed."""
    MISSING_SCOPE = "missing_scope"
    """The app was installed without a permission it uses."""
    CHANNEL_GONE = "channel_gone"
    """The channel was deleted, renamed where it is known by name, or is private and we are not in it."""
    CHANNEL_ARCHIVED = "channel_archived"
    NOT_IN_CHANNEL = "not_in_channel"
    MAY_NOT_POST = "may_not_post"
    """The channel's settings let only some people post."""
    PERSON_GONE = "person_gone"
    """Somebody the operating model names has no active account any more."""


class Trouble(Frozen):
    """One of them, as it stands."""

    kind: TroubleKind
    about: str = ""
    """The channel, the scope, or the Slack user id; empty where there is only one."""
    since: datetime
    is_told: bool = False
    """Whether the architects were written to."""


def that_lost(channel: str, name: str, known: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """Those for which nothing can be shown in the channel of this id, which went by this name when it was posted to.

    A name that is not there any more may be that of a channel renamed, where all goes on under the same id.
    """
    return tuple(
        one
        for one in known
        if (one.kind in {TroubleKind.CHANNEL_ARCHIVED, TroubleKind.NOT_IN_CHANNEL} and one.about in {channel, name})
        or (one.kind is TroubleKind.CHANNEL_GONE and one.about == channel)
    )
