"""The core case: paid response and owned engagement of one segment weaken together."""

from collections.abc import Iterator

from agents import moves
from agents.causes.profile import Family, Place, Profile
from agents.draft import Draft
from agents.losses import claim, owned_channels, wasted
from agents.sights import spend_per_day
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause


def why(draft: Draft) -> str:
    """With the messages and the dearer results where agents saw them."""
    if not claim(draft, FindingKind.ENGAGEMENT_DECLINE):
        return "The same people respond less to our ads than before, and other segments do not."
    if not claim(draft, FindingKind.CPA_RISE):
        return "The same people respond less to our ads and our messages, and other segments do not."
    return "The same people respond less to our ads and our messages; acquisition gets dearer."


def stake_is(draft: Draft) -> str:
    """Both, where the messages sell less too."""
    return "wasted spend and missed sales" if claim(draft, FindingKind.ENGAGEMENT_DECLINE) else "wasted spend"


def loss(draft: Draft, readings: Readings) -> float:
    """The ads' part is bounded by what is spent on the segment; what its messages no longer sell comes on top."""
    spend = spend_per_day(readings, draft.scope)
    return spend * wasted(-draft.change("response")) + owned_channels(draft, readings)


def play(about: Situation) -> Iterator[moves.Draft]:
    """Three owners, one answer each: where the money goes, what people see, what we send them."""
    yield from moves.shift_or_cut(about)
    yield from moves.refresh(about)
    owned = about.clearest(FindingKind.ENGAGEMENT_DECLINE) or about.clearest(FindingKind.UNSUBSCRIBE_RISE)
    yield from moves.flow(about, "responds less to ads" + (" and clicks less on what we send" if owned else ""))


PROFILE = Profile(
    cause=Cause.AUDIENCE_DECLINE,
    name="audience decline",
    verdict="responds less",
    why=why,
    owners=("media_lead", "creative_lead", "crm_lead"),
    stake_is=stake_is,
    loss=loss,
    play=play,
    shows={Place.SEGMENT: {"response": (-1.2, -0.06), "click_rate": (-1.2, -0.06), "retention": (-0.4, 0.03)}},
    told=(FindingKind.RESPONSE_DECLINE, FindingKind.ENGAGEMENT_DECLINE),
    families=frozenset({Family.SEEN, Family.OWNED}),
)
