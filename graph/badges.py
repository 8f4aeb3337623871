"""Who Slack says a presser is: asked before anything is claimed, remembered for when Slack does not answer."""

from domain.badge import Badge
from domain.errors import SlackUnavailable
from graph.services import Services
from memory.people import badges


class Badges:
    """Asks the directory where there is one."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: dict[str, Badge] = {}
        """What this process has written already, so that not every press writes again."""

    async def of(self, slack: str) -> Badge | None:
        """What Slack says of a user, or said last; None where nobody can be asked, or nobody ever answered."""
        directory, database = self._services.directory, self._services.database
        if directory is None:
            return None
        try:
            found = await directory.badge(slack)
        except SlackUnavailable:
            found = None
        if found is None:
            async with database.read() as tx:
                return await badges.last(tx, slack)
        if self._kept.get(slack) != found:
            async with database.engine.begin() as tx:
                await badges.keep(tx, found, self._services.clock.now())
            self._kept[slack] = found
        return found
