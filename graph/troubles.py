"""Troubles with Slack, as all processes together know them."""

from domain.trouble import Trouble, TroubleKind
from graph.services import Services
from memory import troubles


class Troubles:
    """Noted and mended by whoever meets them."""

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def known(self) -> tuple[Trouble, ...]:
        """All that is wrong, the oldest first."""
        async with self._database.read() as tx:
            return await troubles.known(tx)

    async def note(self, kind: TroubleKind, about: str) -> bool:
        """Note that something is wrong. False where that was known."""
        async with self._database.engine.begin() as tx:
            return await troubles.note(tx, kind, about)

    async def over(self, kind: TroubleKind, about: str) -> bool:
        """Note that it is mended. False where it was not known to be wrong."""
        async with self._database.engine.begin() as tx:
            return await troubles.over(tx, kind, about)

    async def take_telling(self, one: Trouble) -> bool:
        """Take it on to tell people of it. False where somebody else has, or it is over."""
        async with self._database.engine.begin() as tx:
            return await troubles.take_telling(tx, one.kind, one.about)

    async def put_telling_back(self, one: Trouble) -> None:
        """It could not be told after all."""
        async with self._database.engine.begin() as tx:
            await troubles.put_telling_back(tx, one.kind, one.about)
