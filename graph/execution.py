"""Execution: intent, read, compare, write, read back, receipt. At most one effect; what is unknown is said so."""

import logging
import time
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action import Action
from domain.case import Case, ProposalView
from domain.catalogue import CATALOGUE
from domain.effect import Effect, Repeat, SetValues
from domain.errors import Drifted, Fenced, OutcomeUnknown, PlatformUnavailable
from domain.ports import Executor
from domain.receipt import Receipt, ReceiptStatus
from domain.verdict import Ask
from graph import counsel, undoing
from graph.comparing import done, drift, is_so, spoken, would
from graph.objections import intend, objection
from graph.services import Services
from memory import actions, cases, facts
from memory.actions import Lease
from memory.failpoints import Failpoint
from memory.proposals import Asked, ask, next_name
from memory.writing import Writing

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
"""After this many failed tries an action counts as refused by the platform."""
_LONGEST_PAUSE_SECONDS = 60.0
"""Between two looks at what is unknown: often enough for a card, and a day of them loads no platform."""
_MORE_LOOKS = 6
"""So often the old value must still be read after the last try before "nothing was changed" is believed: two minutes
at ever longer pauses, as a platform may show old values for a while."""
_SO_ALREADY = "It was so already; nothing was written."
_ALTERED = "What is stored to be carried out is not what was decided. Nothing was written."
_ALTERED_AMID = "What is stored to be carried out is not what was decided: whether an earlier try worked is not known."
_OTHER_HANDS = "Its answer was lost, and other hands would carry it out now than began it: it is not tried again."
_NOBODY = "No connected platform takes this kind of action."
_GONE = "Whom it was begun with is not connected any more: whether it worked is not known, and nobody else tries it."
_NO_MORE = "Its answer was lost, and it is not tried again."
_ONE_TRY = "This cannot be repeated without doing it twice: one try was made, and whether it worked is not known."


async def execute(services: Services, action_id: str) -> bool:
    """Work on one action until there is something to wait for. Safe to call at any time, from anywhere, twice.

    A lock that ends with its process tells the dead from the busy, so a killed worker's lease is taken over at once;
    one that merely stands still keeps it until it runs out, and may not write after that. False: not ours to work on.
    Raises LockLost; then the job is done again.
    """

    async def take(tx: AsyncConnection) -> Lease | None:
        services.failpoint(Failpoint.ACTION_LOCKED)
        return await actions.lease(tx, action_id, services.worker, services.lease_seconds)

    async with services.database.leased(f"action/{action_id}", services.lease_seconds, take) as held:
        if held is None:
            await _shut_out(services, action_id)
            return False
        services.failpoint(Failpoint.LEASE_TAKEN)
        try:
            await _work(services, held)
        except actions.LeaseLost:
            logger.warning("another worker went on with %s while this one stood still", action_id)
        return True


async def refuse(services: Services, proposal_id: str, reason: str) -> None:
    """End an approved action before anything was tried, because it may no longer be done."""
    async with services.database.read() as tx:
        found = await actions.state_of(tx, proposal_id)
    if found is None:
        return
    async with services.database.engine.begin() as tx:  # nobody executes what was not released: its lock is not needed
        held = await actions.lease(tx, found[0], services.worker, services.lease_seconds, (actions.APPROVED,))
    if held:
        await _kept_back(services, held, {}, reason)


async def _shut_out(services: Services, action_id: str) -> None:
    """Have the platform take nothing more of what a person closed: somebody may stand still on the way to it.

    Raises PlatformUnavailable; then the job is done again.
    """
    async with services.database.read() as tx:
        closed = await actions.closed(tx, action_id)
    executor = services.executor(closed.action.effect(), closed.executor) if closed else None
    if closed is not None and executor is not None:
        await executor.bar(closed.action.effect(), closed.token, closed.fence)


async def _work(services: Services, held: Lease) -> None:
    if await _is_altered(services, held):
        return
    effect, was_begun = held.action.effect(), held.state != actions.READY
    executor = services.executor(effect, held.executor if was_begun else None)
    if executor is None:
        status, why = (ReceiptStatus.UNKNOWN, _GONE) if was_begun else (ReceiptStatus.FAILED, _NOBODY)
        await _finish(services, held, status, held.before or {}, {}, why, state=held.if_unknown)
        return
    try:
        live = await executor.read(effect, held.token)
    except PlatformUnavailable as error:
        await _later(services, held, held.state, str(error))
        return
    services.failpoint(Failpoint.PLATFORM_READ)
    if held.state == actions.READY:
        await _begin(services, held, executor, effect, live)
    else:
        await _settle(services, held, executor, effect, live)


async def _is_altered(services: Services, held: Lease) -> bool:
    """Whether another action than the decided one, which is what governance judges, would be carried out: kept back."""
    _, view = await _found(services, held.proposal_id)
    if facts.digest(held.action) == facts.digest(view.done):
        return False
    logger.error("%s is not what was decided on %s", held.action_id, held.proposal_id)
    if held.state == actions.READY:
        fresh = await _fresh(services, held, view.done, "It was to be undone; meanwhile what was stored changed.")
        await _finish(services, held, ReceiptStatus.FAILED, held.before or {}, {}, _ALTERED, fresh)
    else:  # an earlier try may have worked
        await _finish(
            services, held, ReceiptStatus.UNKNOWN, held.before or {}, {}, _ALTERED_AMID, state=held.if_unknown
        )
    return True


async def _begin(services: Services, held: Lease, executor: Executor, effect: Effect, live: Mapping[str, str]) -> None:
    """Compare with what the owner was shown; then write, or in dry-run say that it would have been written."""
    if reason := await objection(services, held.proposal_id):
        await _kept_back(services, held, live, reason)
    elif changed := ({} if is_so(effect, live) else drift(effect, live)):
        await _drifted(services, held, live, changed)
    elif services.model.executor.dry_run:
        await _finish(services, held, ReceiptStatus.REHEARSED, live, {}, would(effect, live))
    elif is_so(effect, live):
        await _finish(services, held, done(effect, live), live, live, _SO_ALREADY)
    elif reason := await intend(services, held, executor, live):
        await _kept_back(services, held, live, reason)
    else:
        services.failpoint(Failpoint.INTENT_WRITTEN)
        await _write(services, held, executor, effect, live)


async def _write(
    services: Services,
    held: Lease,
    executor: Executor,
    effect: Effect,
    before: Mapping[str, str],
    *,
    again: bool = False,
) -> None:
    """Write once. `again`: an earlier try is not accounted for, so nothing here may claim that nothing happened."""
    checked = time.monotonic()
    left = await actions.holds(services.database, held)
    services.failpoint(Failpoint.LEASE_CHECKED)
    if time.monotonic() - checked >= left:  # gone to another worker, or this one stood still since it asked
        raise actions.LeaseLost(held.action_id)
    try:
        answer = await executor.write(effect, held.token, held.fence)
    except Fenced as error:
        raise actions.LeaseLost(held.action_id) from error
    except Drifted as error:
        await _refused(services, held, effect, before, error.live, again=again)
        return
    except PlatformUnavailable as error:
        await _later(services, held, actions.INTENT if again else actions.READY, str(error))
        return
    except OutcomeUnknown as error:
        await _unknown(services, held, executor, effect, before, str(error))
        return
    services.failpoint(Failpoint.PLATFORM_WRITTEN)
    await actions.written(services.database, held, answer)
    services.failpoint(Failpoint.ANSWER_NOTED)
    try:
        after = await executor.read(effect, held.token)
    except PlatformUnavailable as error:
        await _unconfirmed(services, held, before, {}, f"{answer}; but reading it back failed: {error}")
        return
    services.failpoint(Failpoint.READ_BACK)
    if is_so(effect, after) or not after:
        await _finish(services, held, done(effect, after), before, after, answer)
    else:
        await _unconfirmed(services, held, before, after, f"{answer}; but it reads {spoken(after)}")


async def _refused(
    services: Services,
    held: Lease,
    effect: Effect,
    before: Mapping[str, str],
    live: Mapping[str, str],
    *,
    again: bool,
) -> None:
    """The platform found another value than it was told. After an earlier try that may well have been our own."""
    if is_so(effect, live):
        answer = "Its answer was lost; reading shows that it was done." if again else _SO_ALREADY
        await _finish(services, held, done(effect, live), before if again else live, live, answer)
    elif again:
        problem = f"It was {spoken(before)} before our first try and is {spoken(live)} now."
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, live, problem)
    else:
        await _drifted(services, held, live, drift(effect, live) or live)


async def _unknown(
    services: Services, held: Lease, executor: Executor, effect: Effect, before: Mapping[str, str], problem: str
) -> None:
    """Nobody knows whether the write happened: look; where that does not tell, say so and look again later."""
    try:
        after = await executor.read(effect, held.token)
    except PlatformUnavailable:
        after = dict[str, str]()
    if is_so(effect, after):
        answer = f"The answer was lost ({problem}); reading shows that it was done."
        await _finish(services, held, done(effect, after), before, after, answer)
    else:
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, after, problem)


async def _unconfirmed(
    services: Services, held: Lease, before: Mapping[str, str], after: Mapping[str, str], problem: str
) -> None:
    """The platform said yes and does not show it: it is read until it does, and never written again."""
    await _finish(services, held, ReceiptStatus.UNKNOWN, before, after, problem, state=actions.UNCONFIRMED)


async def _settle(services: Services, held: Lease, executor: Executor, effect: Effect, live: Mapping[str, str]) -> None:
    """An earlier try left no result: reading tells. Only what a repeat cannot double is tried again, if at all."""
    before = held.before or {}
    if is_so(effect, live) or (held.state == actions.WRITTEN and not live):
        answer = held.answer or "Reading shows that it was done."
        await _finish(services, held, done(effect, live), before, live, answer)
    elif held.state in {actions.WRITTEN, actions.UNCONFIRMED}:
        await _unconfirmed(services, held, before, live, held.answer or f"It was written; but it reads {spoken(live)}")
    elif executor.repeats(effect) is Repeat.ONCE:
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, live, _ONE_TRY)
    elif isinstance(effect, SetValues) and bool(before) != bool(live):  # one of the two shows no values: it is another
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, live, _OTHER_HANDS)
    elif drift(effect, live):
        problem = f"It was {spoken(before)} before our write and is {spoken(live)} now."
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, live, problem)
    elif held.attempts >= MOST_ATTEMPTS + _MORE_LOOKS:
        await _give_up(services, held, executor, effect, "Reading shows that nothing was changed.")
    elif reason := await objection(services, held.proposal_id):
        await _give_up(services, held, executor, effect, reason, live)
    elif held.attempts >= MOST_ATTEMPTS or services.model.executor.dry_run:
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, live, _NO_MORE)
    elif reason := await intend(services, held, executor, live):
        await _give_up(services, held, executor, effect, reason, live)
    else:
        await _write(services, held, executor, effect, live, again=True)


async def _give_up(
    services: Services,
    held: Lease,
    executor: Executor,
    effect: Effect,
    reason: str,
    objected: Mapping[str, str] | None = None,
) -> None:
    """End what reading shows was not done, once the platform takes nothing from earlier holders any more.

    `objected`: the live values where governance objects, rather than the platform.
    """
    try:
        await executor.bar(effect, held.token, held.fence)
    except PlatformUnavailable as error:
        await _later(services, held, held.state, str(error))
        return
    if objected is None:
        await _finish(services, held, ReceiptStatus.FAILED, held.before or {}, {}, reason)
    else:
        await _kept_back(services, held, objected, reason)


async def _later(services: Services, held: Lease, state: str, problem: str) -> None:
    """Nothing happened: try again after a pause that doubles, a few times; then people hear how it stands."""
    attempts, before = held.attempts + 1, held.before or {}
    if attempts >= MOST_ATTEMPTS and state == actions.READY:
        await _finish(services, held, ReceiptStatus.FAILED, before, {}, problem)
        return
    if attempts >= MOST_ATTEMPTS and state in {actions.INTENT, actions.WRITTEN}:  # an earlier try may have worked
        stays = actions.UNCONFIRMED if state == actions.WRITTEN else None
        await _finish(services, held, ReceiptStatus.UNKNOWN, before, {}, held.answer or problem, state=stays)
        return
    logger.warning("%s is tried again later: %s", held.action_id, problem)
    pause = min(services.pause_seconds * 2.0 ** (attempts - 1), _LONGEST_PAUSE_SECONDS)
    if state != actions.READY:  # beyond these only looks that were answered count (_MORE_LOOKS)
        attempts = max(held.attempts, min(attempts, MOST_ATTEMPTS))
    await actions.postpone(services.database, held, state, pause, attempts)


async def _finish(
    services: Services,
    held: Lease,
    status: ReceiptStatus,
    before: Mapping[str, str],
    after: Mapping[str, str],
    answer: str,
    fresh: Asked | None = None,
    state: str | None = None,
) -> None:
    receipt = Receipt(
        action_id=held.action_id,
        proposal_id=held.proposal_id,
        status=status,
        before=before,
        after=after,
        answer=answer,
        at=services.clock.now(),
    )
    last_day, window = services.clock.last_day(), CATALOGUE[held.action.kind].window_days
    is_done = status in {ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER}
    case, view = await _found(services, held.proposal_id)
    takes_back = view.proposal.undoes is not None  # its end is its effect: there is nothing to measure

    async def follow(writing: Writing) -> None:
        if fresh is not None and await ask(writing, fresh):
            await writing.defer("advance", fresh.proposal.id)
        if is_done and takes_back:
            await undoing.note(services, writing, view, case, receipt)

    await actions.finish(
        services.database,
        held,
        receipt,
        executed_on=last_day if is_done else None,
        measured_after=last_day + timedelta(days=window) if is_done and window and not takes_back else None,
        state=state,
        look_again_after=_pause(services, held.attempts) if status is ReceiptStatus.UNKNOWN else None,
        also=follow,
    )
    services.failpoint(Failpoint.RECEIPT_WRITTEN)


async def _drifted(services: Services, held: Lease, live: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Somebody else was there meanwhile: back to a person, with a fresh question on the values of now."""
    answer = f"Somebody changed it meanwhile: it is {spoken(changed)} now. Nothing was written."
    why = "It was to be undone; meanwhile somebody changed it to what it is now."
    fresh = await _fresh(services, held, held.action.rebased(live), why)
    await _finish(services, held, ReceiptStatus.DRIFTED, live, {}, answer, fresh)


async def _kept_back(services: Services, held: Lease, live: Mapping[str, str], reason: str) -> None:
    """Governance objects to what was approved: back to a person, who can decide once nothing stands in its way."""
    action = held.action.rebased(live) if live else held.action
    fresh = await _fresh(services, held, action, "It was to be undone; meanwhile that was not allowed.")
    await _finish(services, held, ReceiptStatus.FAILED, live, {}, reason, fresh)


async def _fresh(services: Services, held: Lease, action: Action | None, why_undo: str) -> Asked | None:
    """The same question on the live values; None where it makes no sense any more."""
    case, view = await _found(services, held.proposal_id)
    if not case.takes_answers(view) or action is None:
        return None
    again: dict[str, object] = {"version": 1, "action": action, "proposed_on": services.clock.last_day()}
    if view.proposal.undoes is not None:  # whose words it was asked in is not ours to repeat
        again["why"] = why_undo
    proposal = view.proposal.model_copy(update={"id": next_name(view.proposal.id), **again})
    async with services.database.read() as tx:
        model, standing = await services.stands(tx)
    now = services.clock.now()
    verdict = counsel.review(proposal, model, model.moment(now), standing)
    hours = verdict.within_hours if isinstance(verdict, Ask) else None
    return Asked(proposal, verdict, now + timedelta(hours=hours) if hours else None, asked_at=now)


def _pause(services: Services, looks: int) -> float:
    """Seconds until an unknown result is looked at again: soon at first, then ever more rarely."""
    grown = services.pause_seconds * 2.0 ** min(max(looks - MOST_ATTEMPTS, 0), 10)
    return min(grown, max(_LONGEST_PAUSE_SECONDS, services.pause_seconds))


async def _found(services: Services, proposal_id: str) -> tuple[Case, ProposalView]:
    async with services.database.read() as tx:
        found = await cases.of_proposal(tx, proposal_id, services.clock.now())
    assert found is not None, f"{proposal_id} has an action but no row"
    return found
