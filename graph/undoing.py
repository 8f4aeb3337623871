"""Taking back what was done: a question of its own on the same card, asked by a person or because a guard worsened."""

import asyncio
import logging
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action import Action, inverse
from domain.badge import Badge
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.errors import AlreadyDecided, NoLongerOpen, NotFound, NotYours
from domain.operating_model import OperatingModel
from domain.proposal import Approved, Proposal
from domain.receipt import Outcome, Receipt
from domain.standing import Standing
from domain.verdict import Ask, Forbidden
from graph import counsel, readings, tracking
from graph.services import Services
from graph.surviving import surviving
from memory import actions, cases, decisions, lessons, standing
from memory.facts import name_of
from memory.failpoints import Failpoint
from memory.people import SYSTEM
from memory.proposals import Asked, ask, next_name, row_of, signal_of
from memory.writing import Writing

logger = logging.getLogger(__name__)

LONGEST_DAYS = max(entry.undo_days for entry in CATALOGUE.values())
"""The longest time in which anything can be taken back."""
_LATE_DAYS = 31
"""So long after its end a button is still taken away, where nobody was at work meanwhile."""


async def possible(services: Services, proposal_id: str, by: str, badge: Badge | None) -> tuple[Case, ProposalView]:
    """What somebody wants to take back, before a form opens. Raises the refusal they would meet."""
    now = services.clock.now()
    async with services.database.read() as tx:
        found = await cases.of_proposal(tx, proposal_id, now)
        model, stands = await services.stands(tx)
    if found is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    counsel.known(by, model, badge)
    wanted = _undo_of(*found, now, "Not said yet.")
    _judged(services, wanted, model, stands)
    return found


async def undo(services: Services, proposal_id: str, by: str, reason: str, badge: Badge | None) -> str:
    """Ask to take something back; where whoever asks may decide it alone, it is decided in the same transaction.

    Where several must agree, whoever asks is the first of them, if they may be one at all.

    Returns the signal's id. Raises NotFound, NotYours, NoLongerOpen, AlreadyDecided.
    """
    now = services.clock.now()
    async with services.database.write(Failpoint.DECISION_UNCOMMITTED) as writing:
        case, view = await _locked(services, writing, proposal_id, now)
        await standing.lock_moves(writing.tx)
        model, stands = await services.stands(writing.tx)
        role = _role(counsel.known(by, model, badge).roles)
        wanted = _undo_of(case, view, now, f"{role} asked to undo it: “{reason}”")
        asked = _judged(services, await _named(writing.tx, wanted), model, stands, view.undo_until, said_by=by)
        await _put(writing, view, asked)
        await writing.record("undo.asked", by, proposal_id, undo=asked.proposal.id)
        press = Approved(proposal_id=asked.proposal.id, version=asked.proposal.version, by=by, at=now)
        match _approvals_needed(press, asked, case, (model, stands), badge):
            case None:
                pass
            case 1:
                await decisions.decide(writing, press)
            case _:
                await decisions.approve(writing, press)
    services.failpoint(Failpoint.DECISION_COMMITTED)
    return case.signal.id


async def watch(services: Services, last_day: date) -> tuple[str, ...]:
    """Hold what was done in the last days against its guards; where one worsened, ask its owner to take it back.

    At most once per action, and never more than a question. Returns the proposals that take something back.
    What cannot be looked at keeps nothing else from being; raises ExceptionGroup at the end, so that it is done again.
    """
    now = services.clock.now()
    async with services.database.read() as tx:
        done = await actions.done_since(tx, last_day - timedelta(days=LONGEST_DAYS))
        known = await cases.load(tx, sorted({one.signal_id for one in done}), now)
    watched = [(case, view) for case in known for view in case.proposals if _is_watched(case, view, now)]
    if not watched:
        return ()
    tables = await readings.collect(services.source, services.desk.needs, last_day)
    found, problems = list[str](), list[Exception]()
    for case, view in watched:
        try:
            worse = await asyncio.to_thread(services.desk.worsened, view, case.signal, tables, last_day)
            if worse is not None and (ident := await _ask_owner(services, view.proposal.id, worse.metric, worse.says)):
                found.append(ident)
        except Exception as error:  # raised below, once the others were looked at
            problems.append(error)
    if problems:
        raise ExceptionGroup("not everything could be held against its guards", problems)
    return tuple(found)


async def close_windows(services: Services) -> None:
    """Have the cards drawn once more whose undo is no longer possible, so that the button goes."""
    now, last_day = services.clock.now(), services.clock.last_day()
    async with services.database.read() as tx:
        done = await actions.done_since(tx, last_day - timedelta(days=LONGEST_DAYS + _LATE_DAYS), undo_open=True)
        ended = [one for one in done if _is_over(one, last_day)]
        known = await cases.load(tx, sorted({one.signal_id for one in ended}), now)
    wanted = {one.proposal_id for one in ended}
    for case in known:
        over = [
            view.proposal.id
            for view in case.proposals
            if view.proposal.id in wanted and (view.undo_until is None or now >= view.undo_until)
        ]
        with surviving(f"ending what of {case.signal.id} can no longer be taken back"):
            if over:
                async with services.database.write() as writing:
                    await writing.touch(case.signal.id)
                    await actions.close_undo(writing.tx, over, now)


def _is_over(one: actions.Done, last_day: date) -> bool:
    days = CATALOGUE[one.kind].undo_days
    return days > 0 and one.on + timedelta(days=days) <= last_day


async def note(services: Services, writing: Writing, undone_by: ProposalView, case: Case, receipt: Receipt) -> None:
    """Once it is taken back, an action is measured no further: that it was undone is what came of it."""
    view = next((one for one in case.proposals if one.proposal.id == undone_by.proposal.undoes), None)
    if view is None or view.receipt is None:
        return
    undone_on = receipt.at.date()
    outcome = Outcome(
        proposal_id=view.proposal.id,
        metric=CATALOGUE[view.done.kind].metric,
        measurable=False,
        effect=None,
        interval=None,
        forecast=view.proposal.forecast.change if view.proposal.forecast else None,
        window=(view.receipt.at.date(), undone_on),
        method=f"not measurable: it was undone on {undone_on.day} {undone_on:%B}",
        measured_on=services.clock.last_day(),
    )
    ended = view.model_copy(update={"outcome": outcome, "status": ProposalStatus.MEASURED})
    lesson = services.desk.lesson_from(case, ended)
    if not await lessons.keep_outcome(writing, outcome, lesson):  # it had been measured before
        await lessons.keep(writing, lesson.model_copy(update={"id": name_of("les", view.proposal.id, "undone")}))


def _undo_of(case: Case, view: ProposalView, now: datetime, why: str) -> Proposal:
    """The proposal that takes back what `view` did. Raises NoLongerOpen or AlreadyDecided where there can be none."""
    if (until := view.undo_until) is None or view.receipt is None:
        raise NoLongerOpen("This cannot be undone: it was not done, or what it did has no way back.")
    if now >= until:
        raise NoLongerOpen(f"This could be undone until {until.day} {until:%B}; please propose anew what is wanted.")
    if (other := case.undo_of(view)) is not None:
        words = "asked to be undone" if other.decision is None else "undone"
        raise AlreadyDecided(f"This was {words} already; the card shows where that stands.")
    return Proposal(
        id=name_of("prop", view.proposal.id, "undo"),
        signal_id=case.signal.id,
        action=cast("Action", inverse(view.done, view.receipt.before)),
        owner=view.proposal.owner,
        forecast=None,
        why=why,
        names=view.proposal.names,
        proposed_on=now.date(),
        agents=view.proposal.agents,
        undoes=view.proposal.id,
    )


def _judged(
    services: Services,
    proposal: Proposal,
    model: OperatingModel,
    stands: Standing,
    until: datetime | None = None,
    said_by: str | None = None,
) -> Asked:
    """The question with what governance says to it. Raises NoLongerOpen where it forbids it."""
    now = services.clock.now()
    verdict = counsel.review(proposal, model, model.moment(now), stands)
    if isinstance(verdict, Forbidden):
        raise NoLongerOpen(f"It cannot be undone now: {' '.join(verdict.rules)}")
    expires = now + timedelta(hours=verdict.within_hours) if isinstance(verdict, Ask) else None
    ends = min((one for one in (expires, until) if one is not None), default=None)
    return Asked(proposal, verdict, ends, said_by=said_by, asked_at=now)


def _approvals_needed(
    press: Approved,
    asked: Asked,
    case: Case,
    holds: tuple[OperatingModel, Standing],
    badge: Badge | None,
) -> int | None:
    """How many must agree, whoever asks among them; None where they are nobody who may."""
    (model, stands), pressed = holds, holds[0].moment(press.at)
    view = ProposalView(
        proposal=asked.proposal,
        verdict=asked.verdict,
        status=ProposalStatus.PENDING,
        expires_at=asked.expires_at,
        asked_at=press.at,
    )
    try:
        counsel.allow(press, view, case, model, pressed, standing=stands, badge=badge)
    except NotYours:
        return None
    return counsel.approvals_needed(press.by, view, model, pressed, stands)


def _is_watched(case: Case, view: ProposalView, now: datetime) -> bool:
    """Whether an action can still be taken back, and nobody was ever asked to."""
    asked = any(one.proposal.undoes == view.proposal.id for one in case.proposals)
    return not asked and view.undo_until is not None and now < view.undo_until


async def _ask_owner(services: Services, proposal_id: str, metric: str, says: str) -> str | None:
    """The question of a guard; None where it is not to be asked after all. It decides nothing, whoever may decide."""
    now = services.clock.now()
    async with services.database.write() as writing:
        case, view = await _locked(services, writing, proposal_id, now)
        if not _is_watched(case, view, now):
            return None
        model, stands = await services.stands(writing.tx)
        try:
            asked = _judged(services, _undo_of(case, view, now, says), model, stands, view.undo_until)
        except NoLongerOpen as refusal:  # frozen, stopped or forbidden: it is asked tomorrow, if it still holds
            logger.warning("%s worsened under %s, and nobody could be asked: %s", metric, proposal_id, refusal)
            return None
        await _put(writing, view, asked)
        kind = view.done.kind
        await writing.record("guard.worsened", SYSTEM, proposal_id, undo=asked.proposal.id, metric=metric, action=kind)
        await tracking.fall(services, writing, view.proposal, guard_worsened=True)
    return asked.proposal.id


async def _locked(services: Services, writing: Writing, proposal_id: str, now: datetime) -> tuple[Case, ProposalView]:
    signal_id = await signal_of(writing.tx, proposal_id)
    if signal_id is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    await writing.touch(signal_id)
    found = await cases.of_proposal(writing.tx, proposal_id, now)
    assert found is not None
    return found


async def _named(tx: AsyncConnection, proposal: Proposal) -> Proposal:
    """Under a name of its own, where an earlier question of this kind came to nothing."""
    ident = proposal.id
    while await row_of(tx, ident) is not None:
        ident = next_name(ident)
    return proposal.model_copy(update={"id": ident})


async def _put(writing: Writing, view: ProposalView, asked: Asked) -> None:
    """Put the question beside what it takes back."""
    row = await row_of(writing.tx, view.proposal.id)
    assert row is not None
    await ask(writing, asked, row.place)
    await writing.defer("advance", asked.proposal.id)


def _role(roles: frozenset[str]) -> str:
    """Who asks, by what they answer for: what is kept of a question names nobody."""
    words = min(roles, default="somebody").replace("_", " ")
    return f"The {words}" if roles else "Somebody"
