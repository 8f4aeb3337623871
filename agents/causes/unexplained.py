"""A real change that fits no known cause."""

from collections.abc import Iterator
from typing import Final

from agents import moves
from agents.causes.auction_pressure import GENTLE_STEP
from agents.causes.profile import ANY, Place, Profile, Signature
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause

WHOLE: Signature = dict.fromkeys(("ctr", "cpm", "cvr"), ANY)
CLEARLY: Final = 0.1
"""Lower end of a cost rise (fraction) from which less is spent before the cause is known."""


def play(about: Situation) -> Iterator[moves.Draft]:
    """Nobody knows why yet: limit the damage where it is clear, and keep looking."""
    dear = about.clearest(FindingKind.CPA_RISE)
    if dear and dear.interval[0] > CLEARLY:
        yield from moves.cut(about, GENTLE_STEP, "conversions got dearer and the cause is not known yet")


PROFILE = Profile(
    cause=Cause.UNEXPLAINED,
    name="no known cause",
    verdict="has changed and we do not know why",
    why="The change is real, but no known cause fits all figures.",
    owners=("media_lead",),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows={
        Place.AD: {"ad_ctr": ANY},
        Place.CAMPAIGN: WHOLE,
        Place.CAMPAIGN_BLIND: WHOLE,
        Place.SEGMENT: {"response": ANY},
        Place.ACCOUNT: WHOLE,
    },
    prior=0.15,
)
