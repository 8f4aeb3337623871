"""Telling causes apart: what each would do to every figure, and how well that fits what was seen.

A signature says for each figure in which range (log change) a cause moves it; a figure it does not mention stays
where it was.
The fit of one figure is the probability density of what was seen, averaged over that range (Bayes with a uniform
prior), so a
cause that allows everything explains little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from scipy import special

from agents import wording
from domain.signal import Candidate, Cause, RuledOut

Range = tuple[float, float]
FLAT: Final[Range] = (0.0, 0.0)
ANY: Final[Range] = (-1.5, 1.5)
SURPRISE: Final = 0.01
"""Share of cases in which a figure does something no signature says."""
LEVEL_SD: Final = 0.03
"""Log wobble of a figure a cause leaves alone, on top of its measured error."""
NAMED: Final = 0.15
"""Probability below which a cause counts as ruled out."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One figure as seen: log change and its standard error."""

    change: float
    se: float


Signature = Mapping[str, Range]

CAMPAIGN: Mapping[Cause, Signature] = MappingProxyType(
    {
        Cause.TRACKING_OUTAGE: {"pixel_ratio": (-5.0, -0.3)},
        Cause.LANDING_PAGE_BREAK: {"cvr": (-2.2, -0.25), "visits": (-1.5, -0.06)},
        Cause.OFFER_DECAY: {"cvr": (-1.2, -0.1)},
        Cause.AUDIENCE_SATURATION: {
            "cvr": (-0.9, -0.03),
            "cpm": (0.0, 0.5),
            "frequency": (0.05, 1.0),
            "ctr": (-0.25, 0.0),
        },
        Cause.AUCTION_PRESSURE: {"cpm": (0.1, 0.9)},
        Cause.BUDGET_CAP: {"hours_served": (-2.5, -0.06), "cpm": (-0.25, 0.05), "cvr": (-0.05, 0.25)},
        Cause.CREATIVE_FATIGUE: {"ctr": (-1.2, -0.12), "frequency": (0.06, 0.8)},
        Cause.UNEXPLAINED: dict.fromkeys(("ctr", "cpm", "cvr"), ANY),
    }
)
"""Of what a whole campaign can suffer from."""

BLIND: Mapping[Cause, Signature] = MappingProxyType(
    {**CAMPAIGN, Cause.TRACKING_OUTAGE: {"cvr": (-5.0, -0.3)}, Cause.LANDING_PAGE_BREAK: {"cvr": (-2.2, -0.25)}}
)
"""The same where only the platform's own conversions are known: a silent pixel looks like customers who stopped
buying."""

AD: Mapping[Cause, Signature] = MappingProxyType(
    {
        Cause.CREATIVE_FATIGUE: {"ad_ctr": (-1.5, -0.12), "ad_frequency": (0.04, 1.2)},
        Cause.AUDIENCE_SATURATION: {"frequency": (0.12, 1.0), "cvr": (-0.9, -0.08), "cpm": (0.0, 0.5)},
        Cause.AUCTION_PRESSURE: {"cpm": (0.1, 0.9)},
        Cause.UNEXPLAINED: {"ad_ctr": ANY},
    }
)
"""Of what a single ad can suffer from, seen against its siblings."""

SEGMENT: Mapping[Cause, Signature] = MappingProxyType(
    {
        Cause.AUDIENCE_DECLINE: {
            "response": (-1.2, -0.06),
            "click_rate": (-1.2, -0.06),
            "retention": (-0.4, 0.03),
        },
        Cause.ENGAGEMENT_DROP: {"click_rate": (-1.5, -0.06), "retention": (-0.15, 0.03)},
        Cause.RETENTION_DROP: {"retention": (-0.7, -0.03), "click_rate": (-0.15, 0.03)},
        Cause.UNEXPLAINED: {"response": ANY},
    }
)
"""Of what a segment can suffer from."""

ACCOUNT: Mapping[Cause, Signature] = MappingProxyType(
    {
        Cause.TRACKING_OUTAGE: {"pixel_ratio": (-5.0, -0.3)},
        Cause.AUCTION_PRESSURE: {"cpm": (0.1, 0.9)},
        Cause.LANDING_PAGE_BREAK: {"cvr": (-2.2, -0.25)},
        Cause.UNEXPLAINED: dict.fromkeys(("ctr", "cpm", "cvr"), ANY),
    }
)
"""Of what a whole account can suffer from."""

PRIOR: Mapping[Cause, float] = MappingProxyType({Cause.UNEXPLAINED: 0.15})
"""How likely a cause is before anything is seen, relative to 1 for each named cause."""

WITHOUT_FREQUENCY: Mapping[Cause, float] = MappingProxyType(
    {Cause.UNEXPLAINED: 1.0, Cause.CREATIVE_FATIGUE: 0.2, Cause.AUDIENCE_SATURATION: 0.2}
)
"""The same where nobody knows how often people have seen the ads: wear is then a guess, and is not to be named
lightly."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "ctr": "CTR",
        "ad_ctr": "the ad's CTR against its siblings",
        "cpm": "CPM",
        "cvr": "the conversion rate",
        "pixel_ratio": "the tracked share of orders",
        "visits": "the rate of visits per click",
        "frequency": "frequency",
        "ad_frequency": "the ad's own frequency",
        "hours_served": "the number of hours shown",
        "response": "the segment's CTR on ads",
        "click_rate": "the click rate of our messages",
        "retention": "retention",
    }
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Causes by probability, and what speaks against those set aside."""

    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...]

    @property
    def cause(self) -> Cause:
        """The most likely one."""
        return self.candidates[0].cause

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.candidates[0].probability


def weigh(
    sights: Mapping[str, Sight], signatures: Mapping[Cause, Signature], prior: Mapping[Cause, float] = PRIOR
) -> Ranking:
    """Rank the causes by how well their signatures fit; figures that are not known count for nobody."""
    names = [name for name in LABELS if name in sights]
    causes = list(signatures)
    fits = np.array([[_fit(sights[name], signatures[cause].get(name, FLAT)) for name in names] for cause in causes])
    fits = fits.reshape(len(causes), len(names))
    score = fits.sum(axis=1) + np.log([prior.get(cause, 1.0) for cause in causes])
    belief = np.exp(score - score.max())
    belief = np.clip(belief / belief.sum(), 0.0, 0.99)
    order = [int(at) for at in np.argsort(-belief, kind="stable")]
    best = order[0]
    standing = [
        Candidate(cause=causes[at], probability=round(float(belief[at]), 3)) for at in order if belief[at] >= 0.02
    ]
    against = [
        RuledOut(
            cause=causes[at], because=_because(causes[at], sights, names, fits[best] - fits[at], signatures[causes[at]])
        )
        for at in order[1:]
        if belief[at] < NAMED and causes[at] is not Cause.UNEXPLAINED and names
    ]
    return Ranking(tuple(standing), tuple(against))


def only(cause: Cause, probability: float, against: Sequence[RuledOut] = ()) -> Ranking:
    """A ranking for what has no neighbours to be told from."""
    return Ranking((Candidate(cause=cause, probability=probability),), tuple(against))


def _fit(sight: Sight, span: Range) -> float:
    low, high = span
    sd = float(np.hypot(sight.se, LEVEL_SD))
    if high - low < 1e-9:
        density = float(np.exp(-0.5 * ((sight.change - low) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))
    else:
        density = float(special.ndtr((sight.change - low) / sd) - special.ndtr((sight.change - high) / sd)) / (
            high - low
        )
    return float(np.log((1 - SURPRISE) * density + SURPRISE / 8))


def _because(
    cause: Cause, sights: Mapping[str, Sight], names: Sequence[str], deficit: np.ndarray, signature: Signature
) -> str:
    """One clause on the figure that fits worst: what it did, and why the cause would have had it otherwise."""
    name = names[int(np.argmax(deficit))]
    sight, (low, high) = sights[name], signature.get(name, FLAT)
    figures = f"{percent(sight.change)} {interval(sight)}"
    sure = abs(sight.change) > 1.96 * sight.se
    did = "hardly moved" if not sure else "fell" if sight.change < 0 else "rose"
    if name == "response" and did == "fell" and cause in _NOT_ALONE:
        return f"{_NOT_ALONE[cause]}: paid clicks fell too, {figures}"
    seen = f"{LABELS[name]} {did}, {figures}"
    if low == high:
        return f"would not explain that {seen}"
    wanted = "fall" if high <= 0.06 and low < 0 else "rise" if low >= 0 else "stay about as it was"
    if did == {"fall": "fell", "rise": "rose"}.get(wanted):
        far = "more" if abs(sight.change) < min(abs(low), abs(high)) else "less"
        return f"would make {LABELS[name]} {wanted} {far} than {figures}"
    return f"would make {LABELS[name]} {wanted}, but it {did}, {figures}"


_NOT_ALONE: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.ENGAGEMENT_DROP: "not only a matter of our messages",
        Cause.RETENTION_DROP: "not only a matter of who comes back",
    }
)


def percent(change: float) -> str:
    """A log change in words: "−31 %"."""
    return wording.percent(float(np.expm1(min(change, 20.0))))


def interval(sight: Sight) -> str:
    """Its 95 % interval: "[−38, −23]"."""
    low, high = (float(np.expm1(min(sight.change + side * 1.96 * sight.se, 20.0))) for side in (-1, 1))
    return wording.bounds((low, high))
