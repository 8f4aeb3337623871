"""What must hold whatever died, read from the database, the ad account and Slack alone.

I1 an acknowledged press has its row. I2 one decision, one ledger line. I3 effects per action at most one, and one where
it is said to be done. I4 no effect without a decision by those who may, on exactly that. I5 what expired or was
rejected is never done. I6 the chain verifies. I7 the cards show the state, each message once. And nothing is lost:
whatever was approved is done, measured, learnt from, and its thread is finished.
"""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.blocks import Message
from bot.card import card
from bot.thread import outcome, receipt
from domain.action import SetBudget
from domain.case import Case, Post, ProposalStatus, ProposalView
from domain.proposal import Approved, Overridden, Snoozed
from domain.receipt import ReceiptStatus
from graph import proposal
from graph.checkpoints import Checkpoints
from memory import cases, ledger, lessons, posts, proposals, signals
from memory.database import Database
from memory.people import SYSTEM
from memory.schema import ACTION, LEDGER, POST, SNOOZE
from tests.crash.company import CUT, POLICY, REFRESH, TRACKING, TRIM, LastingClock, Place, Shelf, wanted_effect
from tests.crash.outside import Outside
from tests.crash.people import Press, noted
from tests.graph.fakes import CLEO, CORA, MARA, model

MAY: Mapping[str, tuple[frozenset[str], int]] = {
    CUT: (frozenset({MARA, CORA}), 2),
    REFRESH: (frozenset({CLEO, CORA}), 1),
    TRIM: (frozenset({MARA, CORA}), 1),
    TRACKING: (frozenset({SYSTEM}), 1),
}
"""Who may say yes to each question, and how many of them must: written down here, not asked of the code under test."""
SMALLEST_ALONE = Decimal(405)
"""A media lead alone may take a tenth off 450."""
_SAID_DONE = {ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER}
_YES = (Approved, Overridden)


@dataclass(frozen=True)
class Facts:
    """Everything there is to check, read once."""

    known: tuple[Case, ...]
    posted: Mapping[str, Post]
    messages: frozenset[str]
    """The `ts` of every message that is remembered."""
    tokens: Mapping[str, str]
    """The token of each proposal's action."""
    snoozes: Counter[str]
    lines: Counter[tuple[str, str]]
    """Ledger lines by kind and subject."""
    learnt: Counter[str]
    """Lessons by source."""
    lesson_ids: frozenset[str]
    finished: Mapping[str, str]
    problems: tuple[str, ...]

    @property
    def views(self) -> list[ProposalView]:
        return [view for case in self.known for view in case.proposals]


async def under_way(tx: AsyncConnection, clock: LastingClock) -> bool:
    """Whether anything is still to be done by ourselves."""
    open_states = ("approved", "ready", "intent", "written", "unknown")
    busy = await tx.scalar(select(func.count()).where(ACTION.c.state.in_(open_states)))
    waiting = await proposals.waiting_on_us(tx, clock.last_day())
    return bool(busy or waiting or await signals.undrawn(tx) or await lessons.unindexed(tx))


async def hold(place: Place, outside: Outside) -> Facts:
    """Assert them all, at rest. Returns what was read."""
    facts = await _read(place)
    _each_acknowledged_press_has_its_row(facts, noted(place.acked))
    _each_decision_has_one_line(facts)
    _each_effect_was_decided_and_came_once(facts, outside)
    _the_cards_show_the_state(facts, outside)
    _nothing_is_lost(facts, place)
    assert facts.problems == ()
    return facts


async def _read(place: Place) -> Facts:
    database, clock = Database(place.database, pool_size=2), LastingClock(place.folder)
    threads = Checkpoints(database)
    await threads.open()
    try:
        async with database.read() as tx:
            assert not await under_way(tx, clock), "something is still under way"
            known = await cases.load(tx, await signals.ids(tx), clock.now())
            shown: dict[str, Post] = {}
            for case in known:
                shown |= await posts.of(tx, case.signal.id)
            learnt = await lessons.every(tx)
            graph = proposal.graph(threads.saver)
            ends: dict[str, str] = {}
            for view in (view for case in known for view in case.proposals):
                state = await graph.aget_state({"configurable": {"thread_id": view.proposal.id}})
                ends[view.proposal.id] = state.values.get("finished", "")
            return Facts(
                known=known,
                posted=shown,
                messages=frozenset(ts for ts in await tx.scalars(select(POST.c.body["ts"].astext)) if ts),
                tokens={row.proposal_id: row.token for row in await tx.execute(select(ACTION))},
                snoozes=Counter(await tx.scalars(select(SNOOZE.c.proposal_id))),
                lines=Counter((row.kind, row.subject) for row in await tx.execute(select(LEDGER))),
                learnt=Counter(lesson.source for lesson in learnt),
                lesson_ids=frozenset(lesson.id for lesson in learnt),
                finished=ends,
                problems=(await ledger.verify(tx)).problems,
            )
    finally:
        await threads.close()
        await database.close()


def _each_acknowledged_press_has_its_row(facts: Facts, acked: Sequence[Press]) -> None:
    by_id = {view.proposal.id: view for view in facts.views}
    snoozed = Counter(ident for ident, _ in {(press.proposal, press.by) for press in acked if press.kind == "snooze"})
    for ident, people in snoozed.items():  # of one person within minutes, the second is the first one's redelivery
        assert facts.snoozes[ident] >= people, f"a snooze of {ident} is lost"
    for press in acked:
        if press.kind != "snooze":
            assert _stands(press, by_id[press.proposal], facts), f"the acknowledged {press} is lost"
    alone = [press.proposal for press in acked if press.kind == "reject" or press.proposal != CUT]
    decided = Counter(press.proposal for press in acked if press.kind != "snooze" and press.proposal in alone)
    assert [ident for ident, times in decided.items() if times > 1 and ident != CUT] == []


def _stands(press: Press, view: ProposalView, facts: Facts) -> bool:
    """Whether a press is the decision, or one of the approvals a quorum asks for; a change starts the count anew."""
    decision = view.decision
    if decision is not None and decision.by == press.by:
        return decision.kind == {"approve": "approved", "override": "overridden", "reject": "rejected"}[press.kind] or (
            view.proposal.id == CUT and press.kind != "reject"
        )
    if view.proposal.id != CUT:
        return False
    counted = facts.lines["approval", CUT] + facts.lines["approval.changed", CUT]
    is_newer = view.proposal.version > press.version
    return counted > 0 and (press.by in view.approvals or is_newer)


def _each_decision_has_one_line(facts: Facts) -> None:
    for view in facts.views:
        kinds = ("approved", "overridden", "rejected", "expired")
        written = {kind: times for kind in kinds if (times := facts.lines[f"decision.{kind}", view.proposal.id])}
        decision = view.decision
        expected = {} if decision is None or isinstance(decision, Snoozed) else {decision.kind: 1}
        assert written == expected, f"{view.proposal.id}: the ledger says {written}, the decision is {expected}"


def _each_effect_was_decided_and_came_once(facts: Facts, outside: Outside) -> None:
    assert outside.account.doubled == [], "an effect came twice"
    by_token = {facts.tokens[view.proposal.id]: view for view in facts.views if view.proposal.id in facts.tokens}
    done = Counter(token for token, _ in outside.account.effects)
    assert [token for token, times in done.items() if times > 1] == []
    for token, what in outside.account.effects:
        assert token in by_token, f"nobody decided {what}"
        view = by_token[token]
        assert isinstance(view.decision, _YES), f"{view.proposal.id} was done, its decision is {view.decision}"
        may, quorum = _who_may(view)
        agreed = {view.decision.by, *view.approvals} & may
        assert len(agreed) >= quorum, f"{view.proposal.id} was done with the yes of {agreed} only: {view}"
        assert what == wanted_effect(view), f"{view.proposal.id}: not what was decided"
    for view in facts.views:
        if view.receipt and view.receipt.status in _SAID_DONE:
            assert done[facts.tokens[view.proposal.id]] == 1, f"{view.proposal.id} is said to be done"


def _who_may(view: ProposalView) -> tuple[frozenset[str], int]:
    """A cut that somebody made smaller than a media lead's limit needs one yes, like any small one."""
    may, quorum = MAY[view.proposal.id]
    is_small = isinstance(view.done, SetBudget) and view.done.daily_budget >= SMALLEST_ALONE
    return may, 1 if is_small else quorum


def _the_cards_show_the_state(facts: Facts, outside: Outside) -> None:
    company = model(**POLICY)
    reminders = _reminders_not_noted(facts)
    forgotten = [
        one
        for ts, one in outside.slack.messages.items()
        if ts not in facts.messages and one.get("client_msg_id") not in reminders
    ]
    about = ["Hello, I am Baton", *(f"{case.signal.id} · as of" for case in facts.known)]
    doubled = [one["text"] for one in forgotten if one.get("thread_ts") or any(it in str(one) for it in about)]
    assert doubled == [], "there is a second message of the same"  # a digest may be, if its poster died with the day
    said = Counter((one.get("thread_ts"), one["text"], str(one["blocks"])) for one in outside.slack.messages.values())
    assert [what for what, times in said.items() if times > 1] == []
    for case in facts.known:
        _is_shown(facts, outside, f"{case.signal.id}/card", card(case, company))
        for view in case.proposals:
            _is_shown(facts, outside, f"{view.proposal.id}/receipt", receipt(case, view, company))
            _is_shown(facts, outside, f"{view.proposal.id}/outcome", outcome(case, view))


def _reminders_not_noted(facts: Facts) -> frozenset[str]:
    """The ids under which those are posted that nobody noted: at most one message each.

    Whoever reminds may break between posting and noting; if the question is decided before the next minute, nobody
    reminds again, and the one message there is stays unnoted.
    """
    keys = (
        f"{view.proposal.id}/{kind}/{version}"
        for view in facts.views
        if view.decision is not None
        for kind in ("reminder", "escalation")
        for version in range(1, view.proposal.version + 1)
    )
    return frozenset(str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:{key}:")) for key in keys if key not in facts.posted)


def _is_shown(facts: Facts, outside: Outside, key: str, wanted: Message | None) -> None:
    if wanted is None:
        assert key not in facts.posted, f"{key} shows what is not so"
        return
    shown: dict[str, Any] = outside.slack.messages[facts.posted[key].ts]
    assert shown["text"] == wanted.text, f"{key} says something else"
    assert shown["blocks"] == json.loads(json.dumps(list(wanted.blocks))), f"{key} shows something else"


def _nothing_is_lost(facts: Facts, place: Place) -> None:
    for case in facts.known:
        assert not case.is_open, f"{case.signal.id} is still open"
    assert facts.lesson_ids <= Shelf(place.folder).ids(), "a lesson cannot be found"
    for view in facts.views:
        ident = view.proposal.id
        yes = isinstance(view.decision, _YES)
        assert (view.status is ProposalStatus.MEASURED) == yes, (
            f"{ident} is {view.status}: {view.receipt} {view.decision}"
        )
        assert facts.learnt[ident] == int(yes)
        assert bool(facts.finished[ident]) or not yes, f"the thread of {ident} is not finished"
