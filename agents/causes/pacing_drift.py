"""Spend that runs ahead of or behind what the budgets plan."""

from collections.abc import Iterator
from decimal import Decimal

from agents import moves, wording
from agents.causes.profile import Profile
from agents.draft import Draft
from agents.losses import claim
from agents.situation import BIGGEST_STEP, Situation
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain
from domain.signal import Cause


def _drift(draft: Draft) -> Finding | None:
    return claim(draft, FindingKind.PLAN_GAP)


def loss(draft: Draft, readings: Readings) -> float:
    """Money per day beyond the plan, or planned and not used."""
    drift = _drift(draft)
    return abs(drift.observed - drift.baseline) if drift else 0.0


def stake_is(draft: Draft) -> str:
    """What it consists of."""
    drift = _drift(draft)
    return "spend beyond plan" if drift and drift.change > 0 else "planned spend unused"


def why(draft: Draft) -> str:
    """Over or under, and what it means for the month."""
    drift = _drift(draft)
    if drift and drift.change > 0:
        return (
            "It spends more than its daily budgets, for several days in a row; the month will cost more than planned."
        )
    return "It spends clearly less of its budget than it usually does; the month's plan will be missed."


def play(about: Situation) -> Iterator[moves.Draft]:
    """Over: less budget. Under: more budget would only stay unspent, so a part of it goes where it is used.

    Of a whole account no single campaign is to blame, so nothing is proposed: somebody has to look at its delivery.
    """
    drift = about.clearest(FindingKind.PLAN_GAP)
    if drift is None or about.signal.scope.grain is not Grain.CAMPAIGN:
        return
    if drift.change > 0:
        needed = min(BIGGEST_STEP, Decimal(str(round(1 - 1 / (1 + drift.change), 2))))
        yield from moves.cut(
            about, needed, f"it spends {wording.size(drift.change)} more than its usual share of the budget"
        )
        return
    live = about.campaign
    if live is not None and live.daily_budget > 0:
        yield from moves.release(about, max(1 - drift.observed / float(live.daily_budget), 0.0))


PROFILE = Profile(
    cause=Cause.PACING_DRIFT,
    name="pacing drift",
    verdict="is off its spending plan",
    why=why,
    owners=("media_lead",),
    stake_is=stake_is,
    loss=loss,
    play=play,
    told=(FindingKind.PLAN_GAP,),
)
