"""A campaign that is worth more than its budget: the money is used up before the day is over."""

from collections.abc import Iterator

from agents import metrics, moves
from agents.accounts import RECENT_DAYS
from agents.causes.profile import Place, Profile, Signature
from agents.draft import Draft
from agents.losses import claim
from agents.sights import spend_per_day
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause

CAPPED: Signature = {"hours_served": (-2.5, -0.06), "cpm": (-0.25, 0.05), "cvr": (-0.05, 0.25)}


def loss(draft: Draft, readings: Readings) -> float:
    """Results that could have been had at the usual cost in the hours not shown."""
    hours = claim(draft, FindingKind.HOURS_SERVED_DROP)
    if hours is None:
        return 0.0
    return spend_per_day(readings, draft.scope) * (max(hours.baseline, hours.observed) / max(hours.observed, 1.0) - 1)


def play(about: Situation) -> Iterator[moves.Draft]:
    """A campaign that stops early for lack of budget deserves more where its conversions are worth it."""
    if not about.campaign_id:
        return
    cpa, bar, named = about.books.cpa(about.scope(about.campaign_id)), *_cpa_bar(about)
    if cpa is not None and bar is not None and cpa <= bar:
        paid, most = (metrics.text("cpa", value, about.currency) for value in (cpa, bar))
        days = f"over {RECENT_DAYS} days"
        yield from moves.raised(
            about, f"it runs out of budget early and pays {paid} per conversion {days}, {named} {most}"
        )
    yield from moves.fetch(about)


def _cpa_bar(about: Situation) -> tuple[float | None, str]:
    """What a conversion may cost: the company's goal for this place, else what the account usually pays."""
    goals = about.model.goals if about.model else ()
    place = about.scope(about.campaign_id) if about.campaign_id else about.account
    fitting = [goal for goal in goals if goal.metric == "cpa" and goal.scope.contains(place)]
    if fitting:
        # the goal for the smallest place is the one that was meant
        nearest = max(fitting, key=lambda goal: len(list(goal.scope.ids())))
        return float(nearest.target), "within the goal of"
    return about.books.cpa(about.account), "no more than the account's usual"


PROFILE = Profile(
    cause=Cause.BUDGET_CAP,
    name="a budget cap",
    verdict="runs out of budget",
    why="The daily budget is used up before the day is over, and the rest of the day is missed.",
    owners=("media_lead",),
    stake_is="missed sales, at their usual cost",
    loss=loss,
    play=play,
    shows=dict.fromkeys((Place.CAMPAIGN, Place.CAMPAIGN_BLIND), CAPPED),
    least_days=1,
    told=(FindingKind.HOURS_SERVED_DROP,),
)
