"""What one person reads regularly: an owner's day, and a week in figures, each figure with its definition and its n."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from domain.base import Fraction, Frozen, Interval


class Waiting(Frozen):
    """One question that waits for one person."""

    proposal_id: str
    title: str
    """What would be done, and where: "Set budget for Spring prospecting"."""
    headline: str
    """Of its signal."""
    at_stake_per_day: Decimal
    """Of its whole signal, in `currency`: several questions about one signal share it."""
    currency: str
    signal_id: str
    until: datetime | None
    """When it runs out; None where it does not."""
    role: str
    """In which role they are asked: "media_lead"."""
    instead_of: str | None = None
    """Whom they stand in for, by name."""
    is_passed_on: bool = False
    """Whether it came to them because nobody answered."""


class OwnDigest(Frozen):
    """What one owner should read on one of their days."""

    user: str
    day: date
    """Their day."""
    as_of: date
    """The last complete day it tells of."""
    waiting: tuple[Waiting, ...] = ()
    """Most at stake first."""
    changed: tuple[str, ...] = ()
    """Signals in their roles and scopes, one line each."""
    measured: tuple[str, ...] = ()
    """What came of what they decided, one line each."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.waiting or self.changed or self.measured)


class Unit(StrEnum):
    """What a figure counts in."""

    COUNT = "count"
    SHARE = "share"
    """A fraction: 0.8 is 80 %."""
    HOURS = "hours"
    TIMES = "times"
    """Per question answered."""
    TO_ONE = "to one"
    """So many of one for one of the other."""


class Measure(StrEnum):
    """Every figure of a summary."""

    SIGNALS_OPENED = "signals_opened"
    SIGNALS_CLOSED = "signals_closed"
    ANSWERED = "answered"
    EXPIRED = "expired"
    TO_DECISION = "to_decision"
    TO_LIVE = "to_live"
    TO_LESSON = "to_lesson"
    FIRST_HIT = "first_hit"
    CORRECTIONS = "corrections"
    DELEGABLE = "delegable"
    RIGHT_WAY = "right_way"
    COVERED = "covered"
    APPROVE_TO_DESIGN = "approve_to_design"
    HOURS_SAVED = "hours_saved"


class Meaning(Frozen):
    """What a figure is. Said here and nowhere else."""

    name: str
    definition: str
    unit: Unit
    of: str
    """What `n` counts: "questions people answered"."""


def _means(name: str, definition: str, unit: Unit, of: str) -> Meaning:
    return Meaning(name=name, definition=definition, unit=unit, of=of)


MEANINGS: Mapping[Measure, Meaning] = MappingProxyType(
    {
        Measure.SIGNALS_OPENED: _means(
            "Signals opened", "Signals first shown to their owners in the period.", Unit.COUNT, "signals"
        ),
        Measure.SIGNALS_CLOSED: _means(
            "Signals closed", "Signals that recovered, were acted on or ran out in the period.", Unit.COUNT, "signals"
        ),
        Measure.ANSWERED: _means(
            "Questions answered",
            "Proposals a person approved, changed or rejected in the period; what ran out is not answered.",
            Unit.COUNT,
            "questions",
        ),
        Measure.EXPIRED: _means(
            "Questions that ran out", "Proposals nobody answered in time, in the period.", Unit.COUNT, "questions"
        ),
        Measure.TO_DECISION: _means(
            "Signal to decision",
            "Time from when the signal was opened to a person's answer, of questions answered in the period.",
            Unit.HOURS,
            "questions answered",
        ),
        Measure.TO_LIVE: _means(
            "Signal to live",
            "Time from when the signal was opened to when the approved change was made, or handed to those who make "
            "it, of changes made in the period.",
            Unit.HOURS,
            "changes made",
        ),
        Measure.TO_LESSON: _means(
            "Learning speed",
            "Time from when the signal was opened to when the effect of what was done about it was known, of effects "
            "measured in the period; what could not be measured taught nothing and is left out.",
            Unit.HOURS,
            "measured effects",
        ),
        Measure.FIRST_HIT: _means(
            "First-hit rate",
            "Share of the questions answered that were approved as first proposed: not changed, not rejected, not "
            "undone since.",
            Unit.SHARE,
            "questions answered",
        ),
        Measure.CORRECTIONS: _means(
            "Correction loops",
            "How often people changed or undid what was proposed, per question answered.",
            Unit.TIMES,
            "questions answered",
        ),
        Measure.DELEGABLE: _means(
            "Delegable share",
            "Share of the questions answered that are of a routine kind (none of the six kinds of decision that always "
            "stay with people), were approved unchanged, and did not turn out wrong where measured: a person's answer "
            "changed nothing.",
            Unit.SHARE,
            "questions answered",
        ),
        Measure.RIGHT_WAY: _means(
            "Forecasts in the right direction",
            "Share of the effects measured in the period that went the way their forecast said.",
            Unit.SHARE,
            "measured effects with a forecast",
        ),
        Measure.COVERED: _means(
            "Effects inside the forecast's interval",
            "Share of the effects measured in the period that lay in the 80 % interval of their forecast: 80 % is "
            "right, more means intervals too wide, less means too sure.",
            Unit.SHARE,
            "measured effects with a forecast",
        ),
        Measure.APPROVE_TO_DESIGN: _means(
            "Approve to design",
            "Answers to questions for each act of design (a change of the operating model drafted, agreed to or "
            "rejected, a level of autonomy set, a stop pulled or lifted) by the architect and the leads, in the "
            "period. It counts acts, not time.",
            Unit.TO_ONE,
            "acts",
        ),
        Measure.HOURS_SAVED: _means(
            "Hours saved",
            "An estimate, not a measurement: the minutes in `digest.weekly.saved_minutes` times the signals opened, "
            "proposals answered, changes made and effects measured in the period.",
            Unit.HOURS,
            "pieces of work",
        ),
    }
)
"""The definitions, units and what each n counts."""


class Figure(Frozen):
    """One figure of a period. Without an n there is no value."""

    measure: Measure
    n: int = Field(ge=0)
    value: float | None = None
    """In the unit of its meaning; of times the median. None: no data yet."""
    p90: float | None = None
    """Of times: nine in ten were quicker."""
    interval: Interval | None = None
    """Of shares: 95 % (Wilson)."""


class Money(Frozen):
    """What measured effects were worth in one currency, against what would have happened anyway."""

    currency: str
    amount: Decimal
    """Positive: better than without. Over the days measured."""
    interval: tuple[Decimal, Decimal]
    """95 %. Of several effects: the root of the sum of squared distances at each end, as if their errors were
    independent of each other."""
    n: int = Field(ge=1)
    """Effects in it. What cannot be told apart counts once."""


class Weight(Frozen):
    """One measured effect with what it was worth."""

    proposal_id: str
    words: str
    """"Refresh creative for Trail Shoe video: CTR +31 % [12, 52], forecast was +25 %"."""
    currency: str
    amount: Decimal | None
    """None: not to be said in money."""
    interval: tuple[Decimal, Decimal] | None = None
    because: str = ""
    """Why there is no amount."""


class Accuracy(Frozen):
    """How one agent's forecasts held, over the effects measured in the period."""

    agent: str
    n: int = Field(ge=1)
    right_way: Fraction
    covered: Fraction
    bias: Fraction
    """Mean of measured less forecast effect: 0.05 means effects came out five points higher than forecast."""


class Step(Frozen):
    """One week of the page: what the chart draws over time."""

    first_day: date
    answered: int
    first_hits: int
    hours_to_decision: float | None
    """Median; None where nothing was answered."""


class Opinions(Frozen):
    """What people said of Baton's answers in a period: each person once per answer, the newest counts."""

    helpful: int = Field(default=0, ge=0)
    not_helpful: int = Field(default=0, ge=0)

    @property
    def n(self) -> int:
        """How many there are."""
        return self.helpful + self.not_helpful


class Summary(Frozen):
    """A period in figures, for everything or one place."""

    first_day: date
    last_day: date
    where: str
    """"" for everything, else "Meta" or a campaign's name."""
    opened: tuple[str, ...] = ()
    """Headlines of the signals opened, most at stake first."""
    figures: tuple[Figure, ...]
    decisions: Mapping[str, int] = Field(default_factory=dict[str, int])
    """Answers by kind: {"approved": 5, "rejected": 1}."""
    money: tuple[Money, ...] = ()
    weights: tuple[Weight, ...] = ()
    """The effects measured, the largest first."""
    not_measurable: int = 0
    accuracy: tuple[Accuracy, ...] = ()
    opinions: Opinions | None = None
    """None where one place is asked about: opinions have no place."""
    open_now: int = 0
    waiting_now: int = 0
    at_stake_now: Mapping[str, Decimal] = Field(default_factory=dict[str, Decimal])
    """Per day, by currency."""
    steps: tuple[Step, ...] = ()
    """Weeks up to the last day, oldest first."""

    def figure(self, measure: Measure) -> Figure:
        """One figure."""
        return next(one for one in self.figures if one.measure is measure)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened and nothing is open."""
        return not (self.open_now or any(one.n for one in self.figures))
