"""Sealing the ledger at its time, and showing the newest seal where people are."""

import logging

from domain.errors import SlackUnavailable
from domain.ports import Board
from graph.services import Services
from memory.ledger.seals import LedgerBroken

logger = logging.getLogger(__name__)


async def seal(services: Services, board: Board | None) -> None:
    """Seal the ledger if it is time to. A ledger that no longer holds stops nothing else, and is not sealed."""
    if services.seals is None:
        return
    try:
        newest = await services.seals.seal(services.database)
        if newest is not None and board is not None:
            await board.show_seal(newest)
    except LedgerBroken as error:
        logger.error("%s", error)  # noqa: TRY400 - the sentence says it all
    except (OSError, SlackUnavailable) as error:
        logger.warning("the ledger's seal is written down or shown later: %s", error)
