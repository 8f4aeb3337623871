"""How far an agent may go with one kind of action, on what was measured. A person raises it; it falls by itself.

Exact binomial tests throughout, as outcomes are few: what cannot be told from luck counts for nothing.
"""

from collections.abc import Iterable
from math import comb

from domain.amendment import TrackRecord
from domain.badge import Badge
from domain.catalogue import CATALOGUE, Risk
from domain.errors import NotYours
from domain.operating_model import OperatingModel
from domain.proposal import Forecast
from domain.receipt import Outcome
from domain.roles import ARCHITECT
from domain.standing import Level
from governance import people, terms
from governance.mandates import LEVELS
from governance.rules import RISK_WORDS

RECENT = 40
"""Outcomes looked at, the newest: an agent that has got worse must not live on what it once was."""
LEAST_MEASURED = 12
"""Measured outcomes before anything is done unasked: the fewest with which an agent may have been wrong once and can
still be told from one that is right in LEAST_RIGHT of all cases (11 of 12: 8.5 % by luck; 10 of 11: 11 %)."""
LEAST_RIGHT = 0.7
"""Share of outcomes in the direction of the forecast that must be surpassed. A coin has 0.5; nobody whose actions go
wrong three times in ten would be left alone with them."""
RISE_BY_LUCK = 0.1
"""Probability at most that an agent right in LEAST_RIGHT of all cases looks as good as this one, for it to rise."""
FALL_BY_LUCK = 0.1
"""Probability at most that an agent right in LEAST_RIGHT of all cases looks as bad as this one, for it to fall. Between
the two tests lies what neither raises nor lowers: an agent does not go up and down with each outcome."""
PROMISED = 0.8
"""Share of measured effects that a forecast says will lie in its interval."""
RISE_BAND = 0.025
"""Probability left out at either end of the band in which covered outcomes must lie for a rise: a 95 % band. Above it
the intervals are too wide to say anything, below it they promise more than they hold."""
FALL_BAND = 0.005
"""The same for a fall, at the lower end alone: a 99 % band, wider than that for a rise."""
WORSE_THAN_A_COIN = 0.5
"""Whoever is surely below this share of right directions is not even asked about any more: people do it themselves."""
FALL_FROM_ASKING = 0.05
"""Probability at most that a coin would look as bad, for an agent to lose even the question."""


def record(agent: str, action: str, level: Level, outcomes: Iterable[tuple[Forecast | None, Outcome]]) -> TrackRecord:
    """What came of an agent's proposals of one kind: the newest RECENT outcomes, in whatever order they are given."""
    ordered = sorted(outcomes, key=lambda pair: (pair[1].measured_on, pair[1].proposal_id))[-RECENT:]
    known = [
        (forecast, one.effect)
        for forecast, one in ordered
        if forecast is not None and one.measurable and one.effect is not None
    ]
    misses = [effect - forecast.change for forecast, effect in known]
    bare = TrackRecord(
        agent=agent, action=action, level=level, measured=len(known), not_measurable=len(ordered) - len(known)
    )
    if known:
        right = sum(forecast.change * effect > 0 for forecast, effect in known)
        covered = sum(forecast.interval[0] <= effect <= forecast.interval[1] for forecast, effect in known)
        worst = max(misses, key=lambda miss: (abs(miss), miss))
        bare = bare.model_copy(
            update={"right_way": right / len(known), "covered": covered / len(known), "worst": worst}
        )
    return bare.model_copy(update={"may_rise": may_rise(bare, level)})


def may_rise(record: TrackRecord, level: Level) -> str | None:
    """Why an agent at this level may not go one further, in a sentence; None where a person may let it.

    Up to asking a person decides each time, so a person's word is enough; doing it unasked takes evidence.
    """
    if level is Level.AUTOMATIC:
        return "It goes as far as there is."
    if level is not Level.ASK:
        return None
    risk = CATALOGUE[record.action].risk
    if risk is not Risk.ROUTINE:
        return f"{RISK_WORDS[risk]} is always decided by a person."
    return _unproven(record)


def falls(record: TrackRecord, level: Level, guard_worsened: bool) -> str | None:
    """Why an agent goes one level down by itself, in a sentence; None where it stays."""
    right, covered = _counts(record)
    if level is Level.AUTOMATIC:
        if CATALOGUE[record.action].risk is not Risk.ROUTINE:
            return "What stays with people is not done unasked."
        if guard_worsened:
            return "A figure that must not suffer got worse after what it did."
        if at_most(right, record.measured, LEAST_RIGHT) <= FALL_BY_LUCK and record.measured:
            return f"Only {right} of {record.measured} effects went the way it said."
        if at_most(covered, record.measured, PROMISED) <= FALL_BAND and record.measured:
            return f"Only {covered} of {record.measured} effects lay where it said, and it promises 8 in 10."
    if (
        level is Level.ASK
        and record.measured
        and at_most(right, record.measured, WORSE_THAN_A_COIN) <= FALL_FROM_ASKING
    ):
        return f"Only {right} of {record.measured} effects went the way it said: a coin does better."
    return None


def below(level: Level) -> Level:
    """One level down; the least stays."""
    return LEVELS[max(LEVELS.index(level) - 1, 0)]


def may_grant(user: str, record: TrackRecord, to: Level, model: OperatingModel, badge: Badge | None = None) -> None:
    """Returns where this person may set the level of `record` to another. Raises NotYours.

    The architect raises, one level at a time and never without the evidence; the owner of the kind may lower as well.
    """
    owner = CATALOGUE[record.action].owner
    person = people.known(user, model, badge)
    steps = LEVELS.index(to) - LEVELS.index(record.level)
    if steps < 0:
        if not person.roles & {owner, ARCHITECT}:
            who = terms.listing([terms.holders(model, role) for role in dict.fromkeys((owner, ARCHITECT))])
            raise NotYours(f"Only {who} can let an agent go less far.")
        return
    if ARCHITECT not in person.roles:
        raise NotYours(f"Only {terms.holders(model, ARCHITECT)} can let an agent go further.")
    if steps != 1:
        raise NotYours("An agent goes one level further at a time.")
    if reason := may_rise(record, record.level):
        raise NotYours(reason)


def at_least(hits: int, of: int, share: float) -> float:
    """Probability of so many hits or more in `of` tries, each with probability `share`; 1 for no hits."""
    return sum(comb(of, one) * share**one * (1 - share) ** (of - one) for one in range(hits, of + 1))


def at_most(hits: int, of: int, share: float) -> float:
    """Probability of so few hits or fewer in `of` tries, each with probability `share`."""
    return sum(comb(of, one) * share**one * (1 - share) ** (of - one) for one in range(hits + 1))


def _unproven(record: TrackRecord) -> str | None:
    """What is missing before an agent may act unasked."""
    if record.measured < LEAST_MEASURED:
        return f"{record.measured} outcomes were measured; it takes {LEAST_MEASURED}."
    right, covered = _counts(record)
    if at_least(right, record.measured, LEAST_RIGHT) > RISE_BY_LUCK:
        return (
            f"{right} of {record.measured} effects went the way it said; that does not yet show more than "
            f"{terms.share(LEAST_RIGHT)}."
        )
    if at_most(covered, record.measured, PROMISED) < RISE_BAND:
        return f"Only {covered} of {record.measured} effects lay where it said, and it promises 8 in 10."
    if at_least(covered, record.measured, PROMISED) < RISE_BAND:
        return f"{covered} of {record.measured} effects lay where it said: its intervals are too wide to say much."
    return None


def _counts(record: TrackRecord) -> tuple[int, int]:
    """Outcomes in the right direction, and those within the interval."""
    return round((record.right_way or 0) * record.measured), round((record.covered or 0) * record.measured)
