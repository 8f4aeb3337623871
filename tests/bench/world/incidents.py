"""What can happen: the kinds of incidents and decoys, and which figures each one moves by how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from tests.bench.world.company import Company
from tests.bench.world.physics import Floats
from tests.bench.world.shape import Shape

THINGS = ("yoga mat", "water bottle", "trail shoes", "rain jacket", "head torch", "camp stove")
USES = ("cork", "for travel", "repair", "washable", "for kids", "sale")
FELT = np.log(1.1)
"""An effect is felt from the day its leading figure is 10 % off (a fall to 1/1.1 counts like a rise to 1.1)."""


@dataclass(frozen=True)
class Form:
    """One kind of incident."""

    kind: str
    grain: str
    """ad, campaign or segment; some also strike a whole account."""
    leading: str
    """The figure by which a person would notice it."""
    moves: Mapping[str, tuple[float, float]]
    """Each moved figure with the range of its final multiplier, from strong to weak."""
    ramp: tuple[int, int] = (1, 1)
    """Days from nothing to the final multiplier."""
    hold: tuple[int, int] = (1, 1)
    """Days at the final multiplier."""
    recovery: int = 1
    """Days back to normal."""
    strikes_accounts: bool = False
    is_short: bool = False
    """Over within days, so that no promo or holiday may hide it."""


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.kind: form
        for form in (
            Form("creative_fatigue", "ad", "ctr", {"ctr": (0.35, 0.70), "frequency": (2.0, 1.4)}, (10, 28), (7, 12), 3),
            Form(
                "audience_saturation",
                "campaign",
                "cvr",
                {"cvr": (0.55, 0.80), "cpm": (1.35, 1.15), "frequency": (1.9, 1.4)},
                (10, 18),
                (14, 21),
                4,
            ),
            Form(
                "tracking_outage",
                "campaign",
                "pixel",
                {"pixel": (0.0, 0.25)},
                hold=(4, 8),
                strikes_accounts=True,
                is_short=True,
            ),
            Form("budget_cap", "campaign", "budget", {"budget": (0.45, 0.70)}, hold=(5, 14), is_short=True),
            Form(
                "landing_page_break",
                "campaign",
                "cvr",
                {"cvr": (0.20, 0.55), "visit": (0.50, 0.75)},
                hold=(3, 7),
                is_short=True,
            ),
            Form(
                "auction_pressure",
                "campaign",
                "cpm",
                {"cpm": (1.60, 1.25)},
                (2, 5),
                (14, 24),
                3,
                strikes_accounts=True,
            ),
            Form("retention_drop", "segment", "retention", {"retention": (0.70, 0.88)}, (3, 8), (18, 28), 3),
            Form(
                "audience_decline",
                "segment",
                "owned_click",
                {"segment_ctr": (0.60, 0.80), "owned_click": (0.60, 0.80)},
                (5, 12),
                (16, 24),
                4,
            ),
        )
    }
)
"""The seven of the specification and audience_decline."""


OTHER_FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.kind: form
        for form in (
            Form("engagement_drop", "segment", "owned_click", {"owned_click": (0.55, 0.75)}, (4, 10), (14, 21), 3),
            Form("offer_decay", "campaign", "cvr", {"cvr": (0.50, 0.70)}, (14, 21), (12, 16), 3),
            Form(
                "competitor_move",
                "campaign",
                "cvr",
                {"cvr": (0.55, 0.75), "rival_price": (0.75, 0.88)},
                (2, 5),
                (14, 21),
                strikes_accounts=True,
            ),
            Form("pacing_drift", "campaign", "demand", {"demand": (0.35, 0.55)}, (1, 3), (14, 21)),
            Form("content_opportunity", "query", "searches", {"searches": (4.0, 2.5)}, (5, 12), (21, 30), 5),
            Form("test_ready", "experiment", "lift", {"lift": (1.35, 1.20)}, hold=(14, 24)),
        )
    }
)
"""The contract's other causes that numbers can show; scored apart, since the specification does not list them."""
FAMILIES: Mapping[str, Mapping[str, Form]] = MappingProxyType(
    {"specified": FORMS, "other": OTHER_FORMS, "all": {**FORMS, **OTHER_FORMS}}
)
AHEAD_OF_PLAN = (2.0, 2.6)
"""Spend over its usual level where a pacing_drift runs ahead; usual spend is some 60 % of the daily budget."""


@dataclass(frozen=True)
class Happening:
    """An incident or a decoy with its place and time. Days are indices into the world."""

    kind: str
    account: int
    start: int
    end: int
    """The last day at full strength."""
    ramp: int = 1
    recovery: int = 1
    logs: Mapping[str, float] = field(default_factory=dict)
    """Logarithm of each final multiplier; minus infinity for nothing left."""
    leading: str = ""
    campaign: int | None = None
    ad: int | None = None
    segment: int | None = None
    item: int | None = None
    """The query or the experiment it is about; neither belongs to an account in the tables."""
    curve: float = 1.0
    """How the effect grows, as `Physics` says."""
    felt: int | None = None
    """The day it is felt where that is not a matter of size: an experiment's readiness."""
    is_decoy: bool = False
    z: float = 0.0
    """How clear it is in standard errors of its leading figure, by the world's own expected counts."""

    @property
    def strength(self) -> float:
        """The final multiplier of the leading figure."""
        return float(np.exp(self.logs.get(self.leading, 0.0)))

    def progress(self, days: int) -> Floats:
        """[days] from 0 (nothing) to 1 (full) on the log scale."""
        day = np.arange(days)
        rise = np.clip((day - self.start + 1) / self.ramp, 0, 1)
        fall = np.clip(1 - (day - self.end) / self.recovery, 0, 1)
        return np.minimum(rise, fall) ** self.curve

    @property
    def felt_on(self) -> int:
        """First day the leading figure is 10 % off; for a weaker one, the first day at full strength."""
        if self.felt is not None:
            return self.felt
        full = abs(self.logs.get(self.leading, 0.0))
        if full < FELT:
            return min(self.start + self.ramp - 1, self.end)
        needed = self.ramp if np.isinf(full) else int(np.ceil(self.ramp * (FELT / full) ** (1 / self.curve)))
        return min(self.start + max(needed, 1) - 1, self.end)


def scaled(form: Form, quantile: float, shape: Shape) -> dict[str, float]:
    """Logs of the final multipliers, `quantile` 0 the strongest and 1 the weakest of the form's range."""
    logs: dict[str, float] = {}
    for figure, (strong, weak) in form.moves.items():
        final = strong + quantile * (weak - strong)
        logs[figure] = shape.effect * float(np.log(final)) if final > 0 else -np.inf
    return logs


def query(item: int) -> str:
    """What people search for: a thing of a kind, each word in several queries."""
    return f"{THINGS[item % len(THINGS)]} {USES[item // len(THINGS) % len(USES)]}"


def test_id(item: int) -> str:
    return f"test-{item + 1}"


def as_truth(one: Happening, company: Company) -> dict[str, Any]:
    """The label of a happening as it is written beside the tables."""
    shape = company.shape
    scope: dict[str, str] = {"account_id": company.account_id(one.account)}
    also: list[str] = []
    if one.item is not None:
        scope = {"query": query(one.item)} if one.kind == "content_opportunity" else {"test_id": test_id(one.item)}
    elif one.segment is not None:
        scope["segment_id"] = company.segment_id(one.segment)
        if one.kind == "audience_decline":
            also = [company.campaign_id(int(c)) for c in company.buyers(one.segment)]
    else:
        scope = {"platform": company.platform(one.account)} | scope
    if one.campaign is not None:
        scope["campaign_id"] = company.campaign_id(one.campaign)
        if one.ad is not None:
            scope["ad_id"] = company.ad_id(one.campaign, one.ad)
    return {
        "kind": one.kind,
        "decoy": one.is_decoy,
        "scope": scope,
        "also_felt_in": also,
        "start": shape.day(one.start).isoformat(),
        "felt_on": shape.day(one.felt_on).isoformat(),
        "end": shape.day(one.end).isoformat(),
        "strength": round(one.strength, 4),
        "z": round(one.z, 2),
    }
