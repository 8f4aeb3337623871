"""The operating model in force, as this process last read it. Whoever decides anything reads it anew first."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.operating_model import OperatingModel
from memory import operating_models
from memory.operating_models import InForce


class InForceModel:
    """Shared by everything in one process. An amendment agreed to in any process shows with the next transaction here.

    Before anything was ever adopted, the file counts.
    """

    def __init__(self, file: OperatingModel) -> None:
        self._file = self._model = file
        self._known: InForce | None = None

    @property
    def model(self) -> OperatingModel:
        """What holds: governed parts as last read from the database, what the deployment decides from the file."""
        return self._model

    @property
    def known(self) -> InForce | None:
        """The version behind it."""
        return self._known

    async def read(self, tx: AsyncConnection) -> OperatingModel:
        """What holds as this transaction sees it. One small question where nothing has changed."""
        self.take(await operating_models.current(tx, self._known))
        return self._model

    def take(self, newest: InForce | None) -> None:
        """Go by another version from now on; an older one than is known changes nothing."""
        if newest is None or (self._known is not None and newest.version < self._known.version):
            return
        self._known, self._model = newest, operating_models.governed(newest.model, self._file)
