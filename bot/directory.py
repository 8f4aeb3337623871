"""Who Slack says somebody is: a member, a guest, a bot, somebody of another workspace, or gone."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Final

from bot.slack import Profile, Slack
from domain.badge import Badge
from domain.errors import SlackUnavailable
from domain.slack_id import is_person, team_of

_log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 300.0
"""How long an answer is good: whoever leaves the company can press for five minutes more at most."""
PATIENCE_SECONDS: Final = 1.2
"""How long a press waits for Slack to say who it is: an ack must come within three seconds."""


class SlackDirectory:
    """Badges by Slack user id, looked up once and kept for a while."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._team = ""
        self._seen: dict[str, tuple[float, Badge]] = {}

    async def badge(self, slack: str) -> Badge | None:
        """What Slack says about a user; None where it does not answer: how long its last word counts is not ours."""
        at, known = self._seen.get(slack, (0.0, None))
        if known is not None and time.monotonic() - at < FRESH_SECONDS:
            return known
        if not is_person(slack):
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                team = team_of(slack) or await self._home()
                found = _badge(await self._slack.profile(slack), team)
        except (SlackUnavailable, TimeoutError) as problem:
            _log.warning("Slack did not say who %s is: %s", slack, problem or "it took too long")
            return None
        self._seen[slack] = (time.monotonic(), found)
        return found

    async def _home(self) -> str:
        self._team = self._team or await self._slack.team()
        return self._team

    async def warm(self, users: Iterable[str]) -> None:
        """Look everybody up before they press."""
        for user in users:
            await self.badge(user)


def _badge(found: Profile, team: str) -> Badge:
    elsewhere = bool(team and found.teams) and team not in found.teams
    return Badge(
        slack=found.id,
        name=found.name,
        team=team if team in found.teams else next(iter(found.teams), ""),
        is_bot=found.is_bot,
        is_guest=found.is_restricted,
        is_stranger=found.is_stranger or elsewhere,
        is_deactivated=found.deleted,
    )
