"""What the agents know about one cause: how it shows, how it is told, whose it is, what it costs, what is done."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from agents import moves
from agents.draft import Draft
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause

Range = tuple[float, float]
"""Between which log changes a cause moves a figure."""
Signature = Mapping[str, Range]
"""Figures a cause moves; those it does not mention stay where they were."""
Loss = Callable[[Draft, Readings], float]
"""Expected loss, or missed gain, per day in the account's currency."""
Play = Callable[[Situation], Iterator[moves.Draft]]
"""What is usually done about it, most useful first."""
ANY: Final[Range] = (-1.5, 1.5)
"""A move of any size that is still a move: between -78 % and +350 %."""


class Family(StrEnum):
    """Causes one incident may be taken for before better evidence comes share a family."""

    LANDED = "landed"
    """Fewer of those who click become customers."""
    PRICED = "priced"
    """Reach costs more."""
    SEEN = "seen"
    """People respond less to what they see."""
    OWNED = "owned"
    """Customers respond less to us."""


class Place(StrEnum):
    """What can suffer from a cause: the grains whose figures are weighed together."""

    AD = "ad"
    """An ad against its siblings, with its campaign's figures around it."""
    CAMPAIGN = "campaign"
    CAMPAIGN_BLIND = "campaign without a backend"
    """Only the platform's own conversions are known: a silent pixel looks like customers who stopped buying."""
    SEGMENT = "segment"
    ACCOUNT = "account"


_OF_CAMPAIGNS = frozenset({"cpm", "ctr", "cvr", "visits", "pixel_ratio", "frequency", "hours_served"})
FIGURES: Final[Mapping[Place, frozenset[str]]] = {
    Place.AD: frozenset({"ad_ctr", "ad_frequency", "cpm", "cvr", "frequency"}),
    Place.CAMPAIGN: _OF_CAMPAIGNS,
    Place.CAMPAIGN_BLIND: _OF_CAMPAIGNS - {"visits", "pixel_ratio"},
    Place.SEGMENT: frozenset({"response", "click_rate", "retention"}),
    Place.ACCOUNT: frozenset({"cpm", "ctr", "cvr", "visits", "pixel_ratio"}),
}
"""What `agents/sights.py` measures in each place: a signature can speak of nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One cause. Everything the agents know about it stands here and nowhere else."""

    cause: Cause
    name: str
    """In a sentence: "creative fatigue"."""
    verdict: str
    """In a headline, after the place: "is wearing out"."""
    why: str | Callable[[Draft], str]
    """One or two sentences a busy lead understands."""
    owners: tuple[str, ...]
    """Roles, unless `baton.yaml` says otherwise; the first leads."""
    stake_is: str | Callable[[Draft], str]
    """What the loss consists of, in two words: "wasted spend"."""
    loss: Loss
    play: Play
    shows: Mapping[Place, Signature] = field(default_factory=dict[Place, Signature])
    """How it shows, by place; empty where no agent can see it yet, or where it has no neighbours to be told from."""
    told: tuple[FindingKind, ...] = ()
    """Which findings its headline quotes, at most two; without any the clearest one."""
    families: frozenset[Family] = frozenset()
    prior: float = 1.0
    """How likely it is before anything is seen, relative to 1 for a cause with a name."""
    prior_without_frequency: float = 1.0
    """The same where nobody knows how often people have seen the ads."""
    not_alone: str = ""
    """Why it is ruled out where paid clicks fell too; empty where that says nothing."""
    least_days: int = 2
    """Days that must show it before it is named: one odd day is no move, except of what breaks at once."""
    certain_while_learning: bool = False
    """Whether it can be judged in a campaign that is still learning: what breaks at once is not learning."""
