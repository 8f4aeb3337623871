"""A campaign that has reached everybody it can: the same people, more often, at a higher price, and fewer convert."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile, Signature
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause

WHOLE: Signature = {"cvr": (-0.9, -0.03), "cpm": (0.0, 0.5), "frequency": (0.05, 1.0), "ctr": (-0.25, 0.0)}


def play(about: Situation) -> Iterator[moves.Draft]:
    """The same people see the campaign too often: reach others, or spend less. A new creative will not help."""
    yield from moves.rotate(about)
    yield from moves.shift_or_cut(about)
    if about.campaign_id:
        name = about.name("campaign_id", about.campaign_id)
        yield from moves.test(
            about,
            f"A broader audience brings {name} conversions at a lower frequency.",
            "cvr",
            "Try a broader audience on part of the traffic before the audience definition changes for everybody."
            + moves.budget_wait(about),
        )


PROFILE = Profile(
    cause=Cause.AUDIENCE_SATURATION,
    name="audience saturation",
    verdict="has saturated its audience",
    why="The same people see the campaign more often, at a higher price, and fewer convert.",
    owners=("media_lead",),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows={
        Place.CAMPAIGN: WHOLE,
        Place.CAMPAIGN_BLIND: WHOLE,
        Place.AD: {"frequency": (0.12, 1.0), "cvr": (-0.9, -0.08), "cpm": (0.0, 0.5)},
    },
    told=(FindingKind.CVR_DECLINE, FindingKind.FREQUENCY_RISE, FindingKind.CPM_RISE),
    families=frozenset({Family.LANDED, Family.PRICED, Family.SEEN}),
    prior_without_frequency=0.2,
)
