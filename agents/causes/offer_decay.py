"""An offer that convinces fewer people: they click and arrive as before, but fewer order."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile, Signature
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause

UNCONVINCED: Signature = {"cvr": (-1.2, -0.1)}


def play(about: Situation) -> Iterator[moves.Draft]:
    """The offer convinces fewer people: say something else, and test the offer itself."""
    if not about.campaign_id:
        return
    name = about.name("campaign_id", about.campaign_id)
    yield from moves.promise(
        about,
        f"Lead {name} with what customers get today rather than with the offer that has lost its pull; "
        "name the benefit first and the price second.",
        f"Visitors of {name} still arrive but fewer take the offer: the promise needs to change.",
    )
    yield from moves.test(
        about,
        f"A different offer converts better in {name} than the present one.",
        "cvr",
        "Whether it is the offer or how it is told shows only side by side." + moves.budget_wait(about),
    )


PROFILE = Profile(
    cause=Cause.OFFER_DECAY,
    name="offer decay",
    verdict="convinces fewer visitors",
    why="People click and arrive as before, but fewer order: the offer convinces less.",
    owners=("creative_lead", "media_lead"),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows=dict.fromkeys((Place.CAMPAIGN, Place.CAMPAIGN_BLIND, Place.ACCOUNT), UNCONVINCED),
    least_days=3,
    told=(FindingKind.CVR_DECLINE,),
    families=frozenset({Family.LANDED}),
)
