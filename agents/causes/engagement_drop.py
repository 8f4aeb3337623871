"""A segment clicks less on our own messages while it responds to ads as before."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile
from agents.losses import owned_channels
from agents.situation import Situation
from domain.signal import Cause


def play(about: Situation) -> Iterator[moves.Draft]:
    """A segment stops clicking on owned channels."""
    yield from moves.flow(about, "clicks less on what we send")


PROFILE = Profile(
    cause=Cause.ENGAGEMENT_DROP,
    name="an engagement drop",
    verdict="clicks less on owned channels",
    why="The segment clicks less on our own messages while it responds to ads as before.",
    owners=("crm_lead",),
    stake_is="missed sales",
    loss=owned_channels,
    play=play,
    shows={Place.SEGMENT: {"click_rate": (-1.5, -0.06), "retention": (-0.15, 0.03)}},
    families=frozenset({Family.OWNED}),
    not_alone="not only a matter of our messages",
)
