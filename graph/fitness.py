"""Whether a process may work on this database: its clock agrees with it, and the ledger is the one that was sealed."""

import logging
from datetime import timedelta

from sqlalchemy import func, select

from domain.errors import StartupError
from domain.standing import Stop
from graph.services import Services
from memory import facts, standing
from memory.ledger.seals import LedgerBroken
from memory.people import SYSTEM

logger = logging.getLogger(__name__)

MOST_OFF = timedelta(minutes=1)
"""How far a process's clock and the database's may lie apart. Questions end by the process's clock and the ledger's
lines are dated by the database's: further apart, one of them tells what is not so."""
_LOOK = "`baton ledger verify` says more; nothing is asked or done before somebody has looked."


async def check(services: Services) -> None:
    """Before anything is done. Raises StartupError for a wrong clock; stops all where the ledger is not as sealed."""
    if fault := await clock_fault(services):
        raise StartupError(fault)
    await hold_unless_as_sealed(services)


async def clock_fault(services: Services) -> str | None:
    """What is wrong with this process's clock, in a sentence; None where it agrees, or is meant to go by itself."""
    if not services.keeps_time:
        return None
    async with services.database.read() as tx:
        theirs = (await tx.execute(select(func.clock_timestamp()))).scalar_one()
        off = services.clock.now() - theirs
    if abs(off) <= MOST_OFF:
        return None
    way = "ahead of" if off > timedelta() else "behind"
    return (
        f"This machine's clock is {_long(abs(off))} {way} the database's, and deadlines would be wrong by as much: set "
        "it (NTP) and start again."
    )


async def hold_unless_as_sealed(services: Services) -> None:
    """Stop everything, once per newest seal, where the ledger in the database is not the one that was sealed.

    A backup that was restored no longer knows what was decided and done since: the same could be asked and done again.
    """
    if services.seals is None:
        return
    try:
        found = await services.seals.broken(services.database)
    except LedgerBroken as error:
        logger.error("%s", error)  # noqa: TRY400 - the sentence says it all
        return
    if found is None:
        return
    newest, fault = found
    reason = f"{fault} What was decided and done since may be missing. {_LOOK}"
    ident, now = facts.name_of("stop", "ledger", newest.line), services.clock.now()
    async with services.database.write() as writing:
        if await standing.was_pulled(writing.tx, ident):
            return
        await standing.pull(writing, Stop(id=ident, of="everything", reason=reason, by=SYSTEM, at=now))
        await writing.defer("uphold", "now", once=True)
    logger.error("Everything is stopped. %s", reason)


def _long(off: timedelta) -> str:
    if off >= timedelta(days=2):
        return f"{off.days} days"
    if off >= timedelta(hours=2):
        return f"{off // timedelta(hours=1)} hours"
    return f"{max(off // timedelta(minutes=1), 1)} minutes"
