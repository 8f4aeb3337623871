"""Others bid more: impressions cost more while frequency, clicks and conversions hold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from agents import moves
from agents.causes.profile import Family, Place, Profile, Signature
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause

DEARER: Signature = {"cpm": (0.1, 0.9)}
GENTLE_STEP: Final = Decimal("0.1")
"""Share of a budget moved while it is not known for how long others bid more."""


def play(about: Situation) -> Iterator[moves.Draft]:
    """Impressions cost more for everybody: buy where they still cost less, gently."""
    yield from moves.shift_or_cut(about, GENTLE_STEP)
    yield from moves.test(
        about,
        "Other placements and hours with less competition bring the same conversions for less.",
        "cpa",
        "The auction got dearer, not the campaign weaker: look for cheaper placements before changing the campaign."
        + moves.budget_wait(about),
    )


PROFILE = Profile(
    cause=Cause.AUCTION_PRESSURE,
    name="auction pressure",
    verdict="pays more for the same reach",
    why="Impressions cost more while frequency, clicks and conversions hold: others bid more.",
    owners=("media_lead",),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows=dict.fromkeys((Place.AD, Place.CAMPAIGN, Place.CAMPAIGN_BLIND, Place.ACCOUNT), DEARER),
    told=(FindingKind.CPM_RISE,),
    families=frozenset({Family.PRICED}),
)
