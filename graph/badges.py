"""Who Slack says a presser is: asked before anything is claimed, remembered for when Slack does not answer."""

import asyncio
from datetime import datetime

from domain.badge import GOOD_FOR, Badge
from domain.errors import SlackUnavailable
from graph import counsel
from graph.services import Services
from memory.people import badges

_NOTED_AGAIN = GOOD_FOR / 16
"""How often it is noted that Slack says the same of somebody: half an hour less at most of the time it is good for."""


class Badges:
    """Asks the directory where there is one, else what is kept of its last word."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: dict[str, tuple[Badge, datetime]] = {}
        """What this process has written already, and when, so that not every press writes again."""

    async def of(self, slack: str) -> Badge | None:
        """What Slack says of a user, or said not long ago; None where there is nobody to ask, or no answer that counts.

        Whoever gets None decides nothing (governance.people).
        """
        database, now = self._services.database, self._services.clock.now()
        if (found := await self._now(slack)) is not None:
            return found
        async with database.read() as tx:
            return await badges.last(tx, slack, now)

    async def left(self) -> frozenset[str]:
        """Those who would have to agree to a change of the design, and whose accounts Slack calls deactivated just now.

        Whom it is silent about is still there: a change then takes everybody it took before.
        """
        left, asked = frozenset[str](), frozenset[str]()
        while whom := counsel.who_agree(self._services.model, left) - asked:
            found = await asyncio.gather(*[self._now(one) for one in sorted(whom)])
            left |= {one.slack for one in found if one is not None and one.is_deactivated}
            asked |= whom
        return left

    async def _now(self, slack: str) -> Badge | None:
        """What Slack says of a user now, and is remembered; None where it does not say."""
        directory, database, now = self._services.directory, self._services.database, self._services.clock.now()
        try:
            found = await directory.badge(slack) if directory else None
        except SlackUnavailable:
            return None
        if found is None:
            return None
        kept, at = self._kept.get(slack, (None, now))
        if kept != found or now - at >= _NOTED_AGAIN:
            async with database.engine.begin() as tx:
                await badges.keep(tx, found, now)
            self._kept[slack] = found, now
        return found
