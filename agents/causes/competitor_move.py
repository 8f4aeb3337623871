"""A competitor's move that coincides with a fall of ours; by our figures alone it looks like an offer wearing out."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Profile
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause


def play(about: Situation) -> Iterator[moves.Draft]:
    """A competitor moved: answer with what sets us apart before answering with price."""
    if not about.campaign_id:
        return
    name = about.name("campaign_id", about.campaign_id)
    yield from moves.promise(
        about,
        f"Say in {name} what the competitor cannot: service, proof, delivery. No price war, no claim without a source.",
        "A competitor moved; what sets us apart should be said before prices are touched.",
    )
    yield from moves.test(
        about,
        f"A sharper offer in {name} holds its conversion rate against the competitor.",
        "cvr",
        "Whether customers mind the competitor's move shows only in a test." + moves.budget_wait(about),
    )


PROFILE = Profile(
    cause=Cause.COMPETITOR_MOVE,
    name="a competitor's move",
    verdict="is under pressure from a competitor",
    why="Fewer of our customers buy since a competitor asks less; our own campaign is as it was.",
    owners=("media_lead", "cmo"),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    told=(FindingKind.CVR_DECLINE, FindingKind.CTR_DECLINE, FindingKind.PRICE_MOVE),
    families=frozenset({Family.LANDED}),
)
