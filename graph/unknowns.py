"""What reading never told: somebody who may decide an action says what came of it, once, and it goes on from there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.badge import Badge
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.effect import HandOver
from domain.errors import AlreadyDecided, NoLongerOpen, NotFound, Refusal
from domain.operating_model import OperatingModel
from domain.proposal import is_erased
from domain.receipt import Receipt, ReceiptStatus, Said
from graph import counsel, undoing
from graph.badges import Badges
from graph.refusals import reason_of
from graph.services import Services
from memory import actions, cases
from memory.failpoints import Failpoint
from memory.proposals import signal_of

_UNDER_WAY = "This is being carried out; what came of it will be on the card."
_READ_MEANWHILE = "What came of it was read meanwhile, so there is nothing to say any more; the card shows it."
_TRIED_NOW = "This is being tried at this very moment; look at the card again in a minute."


class Unknowns:
    """Closing by hand what nobody could read. Committed, with its line of the ledger, before a method returns."""

    def __init__(self, services: Services, badges: Badges) -> None:
        self._services, self._badges = services, badges

    async def closable(self, proposal_id: str, by: str) -> tuple[Case, ProposalView]:
        """What somebody wants to close, before a form opens. Raises the refusal they would meet."""
        async with self._pressed(proposal_id, by) as (badge, now), self._services.database.read() as tx:
            return await self._permitted(tx, proposal_id, by, badge, now)

    async def close(self, proposal_id: str, by: str, reason: str, *, was_done: bool) -> str:
        """Say that it was done, and it is measured; or that it was not, and nothing further happens.

        Nothing is read or tried any more. Returns the signal's id. Raises NotYours, AlreadyDecided, NoLongerOpen,
        NotFound, and InvalidChange for a reason that tells nothing.
        """
        services = self._services
        async with (
            self._pressed(proposal_id, by) as (badge, now),
            services.database.write(Failpoint.RECEIPT_UNCOMMITTED) as writing,
        ):
            signal_id = await signal_of(writing.tx, proposal_id)
            if signal_id is not None:
                await writing.touch(signal_id)
            case, view = await self._permitted(writing.tx, proposal_id, by, badge, now)
            receipt = _word(view, Said(by=by, at=now, reason=reason_of(reason)), was_done=was_done)
            on = self._day_of(receipt.at) if was_done else None
            measured = _measured_after(view, on)
            if not await actions.close(writing, receipt, executed_on=on, measured_after=measured):
                raise NoLongerOpen(_TRIED_NOW)
            if was_done and view.proposal.undoes is not None:
                await undoing.note(services, writing, view, case, receipt)
        services.failpoint(Failpoint.RECEIPT_WRITTEN)
        return case.signal.id

    async def _permitted(
        self, tx: AsyncConnection, proposal_id: str, by: str, badge: Badge | None, now: datetime
    ) -> tuple[Case, ProposalView]:
        found = await cases.of_proposal(tx, proposal_id, now)
        if found is None:
            raise NotFound(f"There is no proposal {proposal_id}.")
        model, stands = await self._services.stands(tx)
        counsel.may_close(by, found[1], model, model.moment(now), stands, badge)
        _must_be_unknown(found[1], by, model)
        return found

    def _day_of(self, moment: datetime) -> date:
        """The last complete day at a moment, as `Clock.last_day` counts."""
        day = self._services.model.moment(moment).day
        return min(day - timedelta(days=1), self._services.clock.last_day())

    @asynccontextmanager
    async def _pressed(self, proposal_id: str, by: str) -> AsyncGenerator[tuple[Badge | None, datetime]]:
        """Who presses, and when. A refusal inside is a line of the ledger before its presser hears of it."""
        database = self._services.database
        async with database.in_time():
            try:
                yield await self._badges.of(by), self._services.clock.now()
            except Refusal as refusal:
                if not isinstance(refusal, NotFound):
                    async with database.write() as writing:
                        await writing.record("refusal", by, proposal_id, press="close", why=type(refusal).__name__)
                raise


def _word(view: ProposalView, said: Said, *, was_done: bool) -> Receipt:
    """The receipt of somebody's word. What was done counts from when it was tried: then it began to have its effect."""
    unread = view.receipt
    assert unread is not None, "what is unknown has a receipt that says so"
    if was_done:
        is_task = isinstance(view.done.effect(), HandOver)
        status = ReceiptStatus.HANDED_OVER if is_task else ReceiptStatus.DONE
        return unread.model_copy(update={"status": status, "after": {}, "said": said})
    return unread.model_copy(update={"status": ReceiptStatus.FAILED, "after": {}, "at": said.at, "said": said})


def _measured_after(view: ProposalView, on: date | None) -> date | None:
    """The day its effect can be judged; None for what has none, or takes something back: its end is its effect."""
    window = CATALOGUE[view.done.kind].window_days
    return on + timedelta(days=window) if on and window and view.proposal.undoes is None else None


def _must_be_unknown(view: ProposalView, reader: str, model: OperatingModel) -> None:
    if view.receipt is not None and view.receipt.said is not None:
        raise AlreadyDecided(_first(view.receipt, view.receipt.said, reader, model))
    if view.receipt is None:
        raise NoLongerOpen(_UNDER_WAY)
    if view.status is not ProposalStatus.UNKNOWN:
        raise NoLongerOpen(_READ_MEANWHILE)


def _first(receipt: Receipt, said: Said, reader: str, model: OperatingModel) -> str:
    """Who was first, what they said and when, in the reader's time zone."""
    author, me = model.person(said.by), model.person(reader)
    at = said.at.astimezone(ZoneInfo(me.timezone if me else model.timezone))
    who = author.name if author else "Somebody who was erased" if is_erased(said.by) else said.by
    what = "was not done" if receipt.status is ReceiptStatus.FAILED else "was done"
    return f"{who} said that it {what} on {at.day} {at:%B} at {at:%H:%M}; the card shows why."
