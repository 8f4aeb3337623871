"""What a policy says to typical situations: a table people can read before they rely on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from domain.action import ACTION_KINDS, Action
from domain.badge import Badge
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE, Sets, Shifts, example
from domain.errors import MarketingError
from domain.moment import Moment
from domain.money import written
from domain.operating_model import Freeze, Limit, OperatingModel, Person
from domain.proposal import Approved, Proposal
from domain.roles import ARCHITECT
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.standing import CalendarFreeze, Standing, Stop
from domain.verdict import Verdict
from governance import moves, people, terms
from governance.authority import allow
from governance.review import NOTHING_STANDS, review

_FIRST_DAY = date(2026, 1, 14)
"""An ordinary Wednesday; where the operating model freezes it, the next day it does not."""
_A_YEAR = 366
_BUDGET = Decimal(10_000)
"""What the budgets of the examples are per day: large enough that a share of it is a round amount."""
_SMALL = Decimal("0.05")
_A_BIT = Decimal("0.01")
"""How much further than a bound a step goes that is to exceed it."""
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Example:
    """One situation and what follows from it."""

    situation: str
    proposal: Proposal
    verdict: Verdict
    presser: str
    """Who presses Approve: "Mara Lind (media lead)"."""
    answer: str
    """What they are told: "decides", "is the first of 2 to approve", or why they cannot."""


@dataclass(frozen=True, slots=True)
class _Situation:
    """What an example is about."""

    words: str
    action: Action
    at: Moment
    standing: Standing = NOTHING_STANDS


def examples(model: OperatingModel) -> tuple[Example, ...]:
    """The table for one operating model: each kind of action on ordinary and other days, and around every bound."""
    return tuple(_example(one, person, model) for one in _situations(model) for person in _pressers(one.action, model))


def _situations(model: OperatingModel) -> Iterator[_Situation]:
    day = _ordinary(model)
    noon = _noon(day, model)
    for kind in ACTION_KINDS:
        title, plain = CATALOGUE[kind].title, sample(kind, model)
        yield _Situation(f"{title} on an ordinary day", plain, noon)
        yield from _bounds(kind, model, noon)
        freeze = next(iter(model.freezes), Freeze(name="a freeze of the calendar", first_day=day, last_day=day))
        frozen = Standing(freezes=(CalendarFreeze.model_validate(freeze, from_attributes=True),))
        yield _Situation(
            f"{title} while everything is frozen: {freeze.name}", plain, _noon(freeze.first_day, model), frozen
        )
        for of, words in (("everything", "everything is stopped"), ("action", "this kind is stopped")):
            stop = {"id": "stop_0", "of": of, "name": kind if of == "action" else "", "reason": "–", "by": "–"}
            pulled = Stop.model_validate(stop | {"at": noon.at})
            yield _Situation(f"{title} while {words}", plain, noon, Standing(stops=(pulled,)))


def _bounds(kind: str, model: OperatingModel, noon: Moment) -> Iterator[_Situation]:
    """At, beyond and in two steps beyond each bound that speaks of a kind."""
    entry = CATALOGUE[kind]
    if entry.amount is None:
        return
    title = entry.title
    for limit in model.policy.limits:
        if limit.role != entry.owner or (limit.actions and kind not in limit.actions):
            continue
        far = f"a {terms.role(limit.role)} goes alone"
        if limit.max_change is not None:
            most = Decimal(str(limit.max_change))
            at, over = (_moved(kind, _BUDGET * share, model, limit) for share in (most, most + _A_BIT))
            yield _Situation(f"{title} by {terms.share(most)}, as far as {far}", at, noon)
            yield _Situation(f"{title} by {terms.share(most + _A_BIT)}, further than {far}", over, noon)
            yield _split(f"{title} by {terms.share(most + _A_BIT)} in two steps of one day", over, noon)
        if limit.max_per_day is not None and entry.moves_budget:
            most, whole = limit.max_per_day, limit.max_per_day * 100  # a small share, so that the money alone counts
            at, over = (_moved(kind, step, model, limit, whole) for step in (most, most + _CENT))
            money = f"{written(most, model.currency)} a day"
            yield _Situation(f"{title} by {money}, as far as {far}", at, noon)
            yield _Situation(f"{title} by a cent more than {money}", over, noon)
    if entry.moves_budget:
        cap = Decimal(str(model.policy.max_budget_change))
        at, over = (_moved(kind, _BUDGET * share, model) for share in (cap, cap + _A_BIT))
        yield _Situation(f"{title} by {terms.share(cap)}, as far as anybody goes", at, noon)
        yield _Situation(f"{title} by {terms.share(cap + _A_BIT)}, further than anybody goes", over, noon)


def sample(kind: str, model: OperatingModel, limit: Limit | None = None) -> Action:
    """A small, typical action of a kind, where its owner answers for it."""
    if CATALOGUE[kind].amount is None:
        return example(kind, **_place(kind, model, limit))
    return _moved(kind, _BUDGET * _SMALL, model, limit)


def _moved(
    kind: str, by: Decimal, model: OperatingModel, limit: Limit | None = None, whole: Decimal = _BUDGET
) -> Action:
    """A budget or target that moves by an amount."""
    whole, step = (amount.quantize(_CENT, ROUND_DOWN) for amount in (whole, by))
    match CATALOGUE[kind].amount:
        case Sets() as held:
            values = {held.was: whole, held.to: whole + step}
        case Shifts() as held:  # a campaign cannot give more than it has
            values = {held.amount: step, held.gives: max(whole, step), held.takes: whole}
        case None:
            values = {}
    return example(kind, **_place(kind, model, limit), **values)


def _split(words: str, action: Action, noon: Moment) -> _Situation:
    """The second of two steps that come to the same as one, the first of which was decided today."""
    first, second = _halves(action)
    earlier = _proposal(first).model_copy(update={"id": "prop_earlier"})
    return _Situation(words, second, noon, Standing(moves=moves.of_decision(earlier)))


def _halves(action: Action) -> tuple[Action, Action]:
    """Two steps that come to the same as one."""
    match CATALOGUE[action.kind].amount:
        case Sets() as held:
            was, to = (_amount(action, field) for field in (held.was, held.to))
            half = ((was + to) / 2).quantize(_CENT, ROUND_DOWN)
            return action.model_copy(update={held.to: half}), action.model_copy(update={held.was: half})
        case Shifts() as held:
            amount, gives, takes = (_amount(action, field) for field in (held.amount, held.gives, held.takes))
            half = (amount / 2).quantize(_CENT, ROUND_DOWN)
            rest = {held.amount: amount - half, held.gives: gives - half, held.takes: takes + half}
            return action.model_copy(update={held.amount: half}), action.model_copy(update=rest)
        case None:
            raise ValueError(f"{action.kind} moves no amount")


def _amount(action: Action, field: str) -> Decimal:
    return Decimal(str(getattr(action, field)))


def _example(one: _Situation, person: Person, model: OperatingModel) -> Example:
    proposal = _proposal(one.action)
    verdict = review(proposal, model, one.at, one.standing)
    role = terms.listing([terms.role(name) for name in sorted(person.roles)], "and")
    presser = f"{person.name} ({role or 'no role'})"
    return Example(one.words, proposal, verdict, presser, _answer(proposal, verdict, person, one, model))


def _answer(proposal: Proposal, verdict: Verdict, person: Person, one: _Situation, model: OperatingModel) -> str:
    """What pressing Approve comes to."""
    if verdict.kind == "automatic":
        return "is not asked"
    now = one.at.at
    view = ProposalView(
        proposal=proposal,
        verdict=verdict,
        status=ProposalStatus.FORBIDDEN if verdict.kind == "forbidden" else ProposalStatus.PENDING,
        expires_at=now + timedelta(hours=1),
        asked_at=now,
    )
    press = Approved(proposal_id=proposal.id, version=1, by=person.slack, at=now)
    try:
        allow(press, view, _case(proposal, one.at.day), model, one.at, one.standing, Badge(slack=person.slack))
    except MarketingError as error:
        return str(error)
    return "decides" if verdict.kind == "ask" and verdict.quorum == 1 else "is the first of two to approve"


def _pressers(action: Action, model: OperatingModel) -> Iterator[Person]:
    """Its owner (the architect where there is none), and somebody it does not belong to."""
    owner = CATALOGUE[action.kind].owner
    for role in (owner, ARCHITECT):
        if answering := people.answering(role, action, model):
            yield answering[0]
            break
    yield from [one for one in model.people if not one.roles & {owner, ARCHITECT}][:1]


def _proposal(action: Action) -> Proposal:
    return Proposal(
        id="prop_example",
        signal_id="sig_example",
        action=action,
        owner=CATALOGUE[action.kind].owner,
        forecast=None,
        why="As an example.",
        proposed_on=_FIRST_DAY,
        undoes="prop_undone" if action.kind == "put_back" else None,
    )


def _case(proposal: Proposal, day: date) -> Case:
    signal = Signal(
        id=proposal.signal_id,
        cause=Cause.UNEXPLAINED,
        confidence=1,
        scope=Scope(),
        headline="An example",
        why="As an example.",
        at_stake_per_day=Decimal(0),
        currency=proposal.action.currency,
        since=day,
        opened_on=day,
        as_of=day,
        findings=(),
        owners=(proposal.owner,),
    )
    return Case(signal=signal, is_open=True)


def _place(kind: str, model: OperatingModel, limit: Limit | None) -> dict[str, str]:
    """Where the owner of a kind answers and a limit holds, if either says so."""
    owner = next(iter(model.holders(CATALOGUE[kind].owner)), None)
    where = limit if limit and (limit.accounts or limit.platforms) else owner
    accounts, platforms = (where.accounts, where.platforms) if where else (frozenset[str](), frozenset[str]())
    return {
        "platform": min(platforms, default="meta"),
        "account_id": min(accounts, default="a1"),
        "currency": model.currency,
    }


def _noon(day: date, model: OperatingModel) -> Moment:
    """Noon by the company's clock."""
    return model.moment(datetime.combine(day, time(12), ZoneInfo(model.timezone)))


def _ordinary(model: OperatingModel) -> date:
    """A day without a freeze; the first one where there is none in a year."""
    days = (_FIRST_DAY + timedelta(days=one) for one in range(_A_YEAR))
    free = (day for day in days if not any(one.first_day <= day <= one.last_day for one in model.freezes))
    return next(free, _FIRST_DAY)
