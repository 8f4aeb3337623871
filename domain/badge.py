"""Who Slack says a user is. The operating model names people; Slack knows whether they are still who they were."""

from datetime import timedelta

from domain.base import Frozen

GOOD_FOR = timedelta(hours=8)
"""How long Slack's last word on somebody counts while it does not answer: a working day, longer than its outages were,
and over before the next one begins for somebody who has become a guest or left since. A flaw
counts until Slack answers.
"""


class Badge(Frozen):
    """One Slack user, as Slack describes them."""

    slack: str
    name: str = ""
    team: str = ""
    """Workspace the user belongs to."""
    is_bot: bool = False
    is_guest: bool = False
    """Single- or multi-channel guest."""
    is_stranger: bool = False
    """From another workspace, through a shared channel."""
    is_deactivated: bool = False

    @property
    def flaw(self) -> str | None:
        """Why this user can decide nothing, whatever the operating model says; None where nothing is wrong."""
        if self.is_deactivated:
            return "This Slack account is deactivated"
        if self.is_bot:
            return "Bots decide nothing"
        if self.is_stranger:
            return "People from another workspace decide nothing here"
        return "Guests of the workspace decide nothing" if self.is_guest else None
