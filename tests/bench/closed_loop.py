"""Simulated companies that do what Baton proposes, where the true effect of each action is known.

A market is a pure function of (world, seed, log of changes), so the same days lived with and without one action differ
by that action alone. Companies differ in what befalls them and in how strongly their markets answer; `temper_of` says
how, and none of it is read from Baton's own priors.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.accounts import Books
from agents.combine import combine
from agents.learning import lesson_from, measure, window
from agents.planning import plan
from agents.roster import SPECIALISTS, findings_of
from agents.situation import Situation
from agents.wholes import Ground
from app.demo import schedule
from app.demo.big import big_world
from app.demo.grid import Grid, grid_of
from app.demo.levers import lead_days, starting_values
from app.demo.log import Entry, TaskCreated, ValueChange, ValuesSet
from app.demo.market import Market, Stretch
from app.demo.noise import Noise, ordinals
from app.demo.standing import standing_tables
from app.demo.tables import daily_tables
from app.demo.world import Incident, Temper, World
from connectors.sources.versions import as_of, with_versions
from domain.action import Action, PauseAd, RefreshCreative, RetentionFlow, SetBudget, ShiftBudget
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.effect import HandOver
from domain.lesson import Lesson
from domain.operating_model import OperatingModel, SourceSettings
from domain.proposal import Proposal
from domain.reading import Readings
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.tables import TABLES
from domain.verdict import Ask

FIRST = date(2025, 1, 1)
QUIET_DAYS, HISTORY_DAYS = 70, 105
CAMPAIGNS, ADS, SEGMENTS = 8, 3, 4
PER_WEEK = 0.8
VOLUME = 4
"""Budgets are this many times those of the demo's big world: about 3,000 a day, so that conversions can be compared."""
PACE_SD = 0.35
"""Log sd of the days an incident takes to build up, around those of its kind."""
DATED_WITHIN = timedelta(days=7)
"""A signal dated earlier than so long before an incident speaks of an older one."""
LOOKS = (2, 3, 4, 6, 8, 10, 13)
"""Days after an incident's start on which the company sweeps: often enough to act, seldom enough to be quick."""
CREATIVE = ("refresh_creative", "rotate_audience", "update_promise", "retention_flow")
REPAIRS = ("fix_landing_page", "fix_tracking")
MENUS: Sequence[tuple[Cause, ...]] = (
    (Cause.CREATIVE_FATIGUE, Cause.AUCTION_PRESSURE),
    (Cause.LANDING_PAGE_BREAK, Cause.AUDIENCE_SATURATION),
    (Cause.OFFER_DECAY, Cause.BUDGET_CAP),
    (Cause.AUDIENCE_DECLINE, Cause.ENGAGEMENT_DROP, Cause.CREATIVE_FATIGUE),
)
"""What befalls a company: few kinds of trouble each, so that a kind of action is measured there again and again."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Done:
    """One proposal that was carried out, with what was known before and what is true."""

    company: int
    proposal: Proposal
    signal: Signal
    ground: Ground
    today: date
    truth: float
    """Log effect on the action's metric over its window, against the same days without it."""
    without: float | None
    """The metric itself over the window without the action."""
    healthy: float | None
    """The same had nothing befallen the company."""
    outcome: Outcome
    lesson: Lesson
    known: tuple[Lesson, ...]
    """What the company had measured by then."""


def temper_of(seed: int) -> Temper:
    """How one company's market answers, drawn from distributions that are stated in the report's remarks."""
    rng = np.random.default_rng(7_000 + seed)
    relief = [(task, float(rng.beta(2.5, 2.0))) for task in CREATIVE]
    relief += [(task, float(rng.beta(9.0, 1.5))) for task in REPAIRS]
    return Temper(
        returns=float(np.clip(rng.normal(0.6, 0.15), 0.2, 0.95)),
        returns_sd=0.08,
        relief=tuple(relief),
        relief_sd=float(rng.uniform(0.05, 0.25)),
        seed=seed,
    )


def company_of(seed: int, days: int) -> World:
    """A company of one account, with its own trouble and its own temper."""
    noise = Noise(50_000 + seed)
    world = big_world(
        accounts=1, campaigns=CAMPAIGNS, ads=ADS, segments=SEGMENTS, days=days, seed=50_000 + seed, first_day=FIRST,
        per_account_week=1e-9,
    )  # fmt: skip
    campaigns = tuple(
        replace(one, segments=_reached(number, one.segments), daily_budget=VOLUME * one.daily_budget)
        for number, one in enumerate(world.campaigns)
    )
    menu = MENUS[seed % len(MENUS)]
    families = tuple(family for family in schedule.FAMILIES if family[0] in menu)
    world = replace(world, campaigns=campaigns, temper=temper_of(seed))
    first, last = FIRST + timedelta(days=QUIET_DAYS), FIRST + timedelta(days=days - 40)
    drawn = schedule.drawn_incidents(replace(world, incidents=()), noise, first, last, PER_WEEK, families)
    return replace(world, incidents=(*world.incidents, *(_paced(one, noise) for one in drawn)))


def _paced(incident: Incident, noise: Noise) -> Incident:
    """The same incident, building up faster or slower than its kind does."""
    pace = math.exp(PACE_SD * float(ndtri(noise.once("pace", incident.start))))
    return replace(incident, ramp=max(round(incident.ramp * pace), 1))


def _reached(number: int, segments: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Two of the segments share a campaign; it could be pointed at the others."""
    own = {number % SEGMENTS, (number + 1) % SEGMENTS}
    return tuple((ident, 0.5 if place in own else 0.0) for place, (ident, _) in enumerate(segments))


@dataclass
class Company:
    """One company as it lives: its market, its log, and what it has learnt."""

    seed: int
    world: World
    market: Market
    entries: list[Entry]
    lessons: list[Lesson]

    @classmethod
    def founded(cls, seed: int, days: int) -> "Company":
        """A company on its first day."""
        return cls.of(seed, company_of(seed, days))

    @classmethod
    def of(cls, seed: int, world: World) -> "Company":
        """The company of a world."""
        return cls(seed, world, Market(grid_of(world), Noise(90_000 + seed)), [], [])

    def lived(self) -> Iterator[Done]:
        """What came of each incident on which something was proposed and done."""
        for incident in sorted(self.world.incidents, key=lambda one: one.start):
            if isinstance(incident.kind, Cause) and (done := self._met(incident)):
                yield done

    def _met(self, incident: Incident) -> Done | None:
        for wait in LOOKS:
            today = incident.start + timedelta(days=wait)
            readings = self.readings(today)
            found = (one for one in _signals(readings, today) if _about(one, incident, self.world))
            signal = next((one for one in found if one.since >= incident.start - DATED_WITHIN), None)
            if signal is None:
                continue
            known = tuple(one for one in self.lessons if one.learned_on <= today)
            asked = [one for one in plan(signal, readings, known, today) if one.forecast is not None]
            if not asked:
                return None
            chosen = asked[int(self.market.noise.once("chosen", incident.start) * len(asked))]
            ground = Situation(signal, Books(readings, today), None).ground(chosen.action)
            return self._carried_out(chosen, signal, ground, today, known, incident)
        return None

    def _carried_out(
        self,
        chosen: Proposal,
        signal: Signal,
        ground: Ground,
        today: date,
        known: tuple[Lesson, ...],
        incident: Incident,
    ) -> Done:
        action, before = chosen.action, list(self.entries)
        entry = self._entry(action, today)
        self.entries = sorted([*before, entry], key=lambda one: getattr(one, "day", FIRST))
        receipt = _receipt(chosen, today + timedelta(days=1))
        first, last = window(action, receipt)
        if isinstance(action, RefreshCreative) and isinstance(entry, TaskCreated):
            first = max(first, entry.done_on)
        days, spared = ordinals(first, last), tuple(one for one in self.world.incidents if one != incident)
        unhurt = Market(grid_of(replace(self.world, incidents=spared)), self.market.noise)
        with_it, without, healthy = (
            _figure(market.simulate(log, days), market.grid, action)
            for market, log in ((self.market, self.entries), (self.market, before), (unhurt, before))
        )
        due = today + timedelta(days=CATALOGUE[action.kind].window_days)
        view = ProposalView(
            proposal=chosen, verdict=Ask(role=chosen.owner, within_hours=72, rules=()),
            status=ProposalStatus.MEASURED, receipt=receipt,
        )  # fmt: skip
        outcome = measure(view, signal, self.readings(due), due)
        view = view.model_copy(update={"outcome": outcome})
        lesson = lesson_from(Case(signal=signal, is_open=True, proposals=(view,)), view)
        self.lessons.append(lesson)
        self._put_back(action, due)
        truth = math.log(with_it / without) if with_it and without else 0.0
        return Done(self.seed, chosen, signal, ground, today, truth, without, healthy, outcome, lesson, known)

    def readings(self, today: date) -> Readings:
        """The tables as known at the end of a day."""
        first = today - timedelta(days=HISTORY_DAYS)
        stretch = self.market.simulate(self.entries, ordinals(max(first, FIRST), today))
        frames = daily_tables(self.market.grid, stretch)
        frames |= standing_tables(self.world, self.market.noise, self.entries, today)
        tables = {
            name: as_of(TABLES[name], with_versions(TABLES[name], rows.lazy(), today), today, first).collect()
            for name, rows in frames.items()
        }
        return Readings(today, tables)

    def _entry(self, action: Action, today: date) -> Entry:
        effect, token = action.effect(), f"{action.kind}/{today}"
        if isinstance(effect, HandOver):
            wait = lead_days(self.market.noise, effect.entity, effect.task, today)
            return TaskCreated(
                token=token, by="baton", day=today, entity=effect.entity, task=effect.task, details=effect.details,
                done_on=today + timedelta(days=wait),
            )  # fmt: skip
        changes = tuple(ValueChange(address=one.address, was=one.was, to=one.to) for one in effect.settings)
        return ValuesSet(token=token, by="baton", day=today, changes=changes)

    def _put_back(self, action: Action, due: date) -> None:
        """Budgets and ads go back to how the company began, so that a year of actions does not drain it."""
        if isinstance(action, SetBudget | ShiftBudget | PauseAd):
            effect, start = action.effect(), starting_values(self.world)
            assert not isinstance(effect, HandOver)
            changes = tuple(
                ValueChange(address=one.address, was=one.to, to=start[one.address]) for one in effect.settings
            )
            self.entries.append(ValuesSet(token=f"back/{due}", by="owner", day=due, changes=changes))


MODEL = OperatingModel(company="bench", source=SourceSettings(path="."))


def _signals(readings: Readings, today: date) -> tuple[Signal, ...]:
    found = [one for agent in SPECIALISTS for one in findings_of(agent, readings, today).kept]
    return tuple(combine(found, readings, today, MODEL).signals)


def _about(signal: Signal, incident: Incident, world: World) -> bool:
    """Whether a signal speaks of the place an incident struck, whatever cause it names."""
    place, seen = incident.scope, signal.scope
    if place.segment_id and seen.segment_id:
        return place.segment_id == seen.segment_id
    if place.segment_id and seen.campaign_id:
        reached = next(dict(one.segments) for one in world.campaigns if one.id == seen.campaign_id)
        return reached.get(place.segment_id, 0) > 0
    return place.touches(seen) and seen != Scope()


def _receipt(proposal: Proposal, day: date) -> Receipt:
    status = ReceiptStatus.HANDED_OVER if isinstance(proposal.action.effect(), HandOver) else ReceiptStatus.DONE
    return Receipt(
        action_id="act_1", proposal_id=proposal.id, status=status, before={}, after={}, answer="ok",
        at=datetime.combine(day, time(9), UTC),
    )  # fmt: skip


def _figure(seen: Stretch, grid: Grid, action: Action) -> float | None:
    """An action's metric over a stretch of days, for what the action is about, with all conversions in."""
    if isinstance(action, RetentionFlow):
        mine = np.array([one.id == action.segment_id for one in grid.world.segments])
        top = sum(float(channel.clicks[:, mine].sum()) for channel in seen.owned)
        bottom = sum(float(channel.delivered[:, mine].sum()) for channel in seen.owned)
        return top / bottom if bottom else None
    rows = _rows(grid, action)
    top, bottom = {
        "ctr": (seen.clicks, seen.impressions),
        "cvr": (seen.conversions[-1], seen.clicks),
        "cpa": (seen.spend, seen.conversions[-1]),
        "pixel_ratio": (seen.conversions[-1], seen.orders),
    }[CATALOGUE[action.kind].metric]
    below = float(bottom[:, rows].sum())
    return float(top[:, rows].sum()) / below if below else None


def _rows(grid: Grid, action: Action) -> NDArray[np.bool_]:
    if isinstance(action, RefreshCreative):
        return grid.rows_of_ad(action.ad_id)
    ids = (action.from_campaign, action.to_campaign) if isinstance(action, ShiftBudget) else (action.campaign_id,)
    return np.array([one.id in ids for one in grid.world.campaigns])[grid.row_campaign]
