"""An ad people have seen too often: it loses clicks against its siblings while its own frequency rises."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile
from agents.draft import Draft
from agents.losses import claim, dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause


def why(draft: Draft) -> str:
    """With the rising frequency where an agent saw it."""
    falls = "The ad falls behind its siblings" if draft.scope.ad_id else "Fewer people click the campaign's ads"
    again = " while the same people see it more and more often" if draft.scope.ad_id else " the more they see them"
    return f"{falls}{again if claim(draft, FindingKind.FREQUENCY_RISE) else ''}."


def play(about: Situation) -> Iterator[moves.Draft]:
    """A worn ad needs a new concept; meanwhile its money may go to the others."""
    yield from moves.refresh(about)
    yield from moves.pause(about)


PROFILE = Profile(
    cause=Cause.CREATIVE_FATIGUE,
    name="creative fatigue",
    verdict="is wearing out",
    why=why,
    owners=("creative_lead", "media_lead"),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows={
        Place.AD: {"ad_ctr": (-1.5, -0.12), "ad_frequency": (0.04, 1.2)},
        Place.CAMPAIGN: {"ctr": (-1.2, -0.12), "frequency": (0.06, 0.8)},
        Place.CAMPAIGN_BLIND: {"ctr": (-1.2, -0.12), "frequency": (0.06, 0.8)},
    },
    told=(FindingKind.CTR_DECLINE, FindingKind.FREQUENCY_RISE),
    families=frozenset({Family.SEEN}),
    prior_without_frequency=0.2,
)
