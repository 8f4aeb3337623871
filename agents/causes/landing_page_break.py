"""A page that loses those who clicked: fewer arrive on it, or fewer can order."""

from collections.abc import Iterator
from decimal import Decimal

from agents import moves
from agents.causes.profile import Family, Place, Profile, Range
from agents.losses import dearer
from agents.situation import Situation
from domain.finding import FindingKind
from domain.signal import Cause

BROKEN: Range = (-2.2, -0.25)


def play(about: Situation) -> Iterator[moves.Draft]:
    """Repair the page, and pay for fewer visits until it works."""
    yield from moves.repair_page(about)
    yield from moves.cut(about, Decimal("0.2"), "clicks are paid for while the page turns few of them into orders")


PROFILE = Profile(
    cause=Cause.LANDING_PAGE_BREAK,
    name="a broken landing page",
    verdict="loses people on the landing page",
    why="People click as before, but fewer reach the page or order on it.",
    owners=("web_lead", "media_lead"),
    stake_is="wasted spend",
    loss=dearer,
    play=play,
    shows={
        Place.CAMPAIGN: {"cvr": BROKEN, "visits": (-1.5, -0.06)},
        Place.CAMPAIGN_BLIND: {"cvr": BROKEN},
        Place.ACCOUNT: {"cvr": BROKEN, "visits": (-1.5, -0.06)},
    },
    least_days=1,
    told=(FindingKind.CVR_DECLINE, FindingKind.VISIT_LOSS),
    families=frozenset({Family.LANDED}),
    certain_while_learning=True,
)
