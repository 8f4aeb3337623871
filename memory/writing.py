"""One transaction under way: facts first, then their jobs, and the ledger last."""

from collections.abc import Collection, Iterable

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import ledger, queue
from memory.ledger import persons
from memory.people import SYSTEM, pseudonym, pseudonyms
from memory.schema import SIGNAL


class Writing:
    """What a transaction will have done when it commits.

    Locks are taken in one order everywhere (signal, its proposals and actions, ledger head), so that no two
    transactions ever wait for each other.
    """

    def __init__(self, tx: AsyncConnection) -> None:
        self.tx = tx
        self.touched: list[str] = []
        self._entries: list[ledger.Entry] = []
        self._pseudonyms: dict[str, str] = {}

    async def touch(self, signal_id: str) -> None:
        """Lock a case before changing anything about it, and note that its card is out of date."""
        counted = update(SIGNAL).where(SIGNAL.c.id == signal_id).values(revision=SIGNAL.c.revision + 1)
        await self.tx.execute(counted)
        if signal_id not in self.touched:
            self.touched.append(signal_id)

    async def recall(self, people: Collection[str]) -> None:
        """Look up at once what `record` will call these people, where many of them are about to be recorded."""
        self._pseudonyms.update(await pseudonyms(self.tx, people))

    async def record(self, kind: str, by: str, subject: str, **payload: str | int | bool | None) -> None:
        """Have a line in the ledger. People appear there by pseudonym."""
        actor = by if by == SYSTEM else self._pseudonyms.get(by) or await pseudonym(self.tx, by)
        self._entries.append(ledger.Entry(kind, actor, subject, payload))

    async def defer(self, task: str, about: str, *, once: bool = False, after_seconds: float = 0) -> None:
        """Have a job done once this is committed."""
        await queue.put(self.tx, task, about, once=once, after_seconds=after_seconds)

    async def finish(self) -> None:
        """Append to the ledger: the head is locked from here to the commit, so nothing may follow.

        Whoever was met comes first, before the lines that name them.
        """
        unbound = await persons.unbound(self.tx)
        met = [ledger.Entry(persons.MET, SYSTEM, name, {"digest": digest}) for name, digest in unbound.items()]
        await ledger.append(self.tx, met + self._entries)

    async def queue_cards(self, signal_ids: Iterable[str]) -> None:
        """Queue the drawing of changed cards: after the commit, or a drawing under way would swallow the change."""
        for signal_id in signal_ids:
            await queue.put(self.tx, "refresh", signal_id, once=True)
