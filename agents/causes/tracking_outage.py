"""The pixel counts fewer conversions than the backend has orders: the tracking broke, not the demand."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile, Range
from agents.draft import Draft
from agents.losses import wasted
from agents.sights import spend_per_day
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause

SILENT: Range = (-5.0, -0.3)


def loss(draft: Draft, readings: Readings) -> float:
    """Spend whose results nobody counts."""
    figure = "pixel_ratio" if "pixel_ratio" in draft.sights else "cvr"
    return spend_per_day(readings, draft.scope) * wasted(-draft.change(figure))


def play(about: Situation) -> Iterator[moves.Draft]:
    """Repair the counting; no budget and no bid moves on figures nobody can believe."""
    yield from moves.repair_tracking(about)


PROFILE = Profile(
    cause=Cause.TRACKING_OUTAGE,
    name="a tracking outage",
    verdict="has lost its conversion tracking",
    why="The pixel counts fewer conversions than are made: the tracking broke, not the demand.",
    owners=("web_lead", "media_lead"),
    stake_is="unmeasured spend",
    loss=loss,
    play=play,
    shows={
        Place.CAMPAIGN: {"pixel_ratio": SILENT},
        Place.CAMPAIGN_BLIND: {"cvr": SILENT},
        Place.ACCOUNT: {"pixel_ratio": SILENT},
    },
    least_days=1,
    told=(FindingKind.PIXEL_GAP, FindingKind.CONVERSIONS_DROP),
    families=frozenset({Family.LANDED}),
    certain_while_learning=True,
)
