"""Spend that runs ahead of or behind the plan. No agent finds it yet; people may say it."""

from collections.abc import Iterator
from decimal import Decimal

from agents import moves, wording
from agents.causes.profile import Profile
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause


def play(about: Situation) -> Iterator[moves.Draft]:
    """Spend runs ahead of or behind the plan."""
    over = about.clearest(FindingKind.SPEND_RISE)
    under = about.clearest(FindingKind.SPEND_DROP)
    drift = over or under
    if drift is None:
        return
    needed = min(Decimal("0.2"), Decimal(str(round(abs(drift.change), 2))))
    if over:
        yield from moves.cut(about, needed, f"spend runs {wording.percent(over.change)} against plan")
    else:
        yield from moves.raised(about, f"spend runs {wording.percent(drift.change)} against plan", needed)


PROFILE = Profile(
    cause=Cause.PACING_DRIFT,
    name="pacing drift",
    verdict="is off its spending plan",
    why="Spend is off the plan.",
    owners=("media_lead",),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
)
