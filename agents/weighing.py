"""Telling causes apart: what each would do to every figure, and how well that fits what was seen.

A signature says for each figure in which range (log change) a cause moves it; a figure it does not mention stays
where it was.
The fit of one figure is the probability density of what was seen, averaged over that range (Bayes with a uniform
prior), so a
cause that allows everything explains little.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from scipy import special

from agents import wording
from agents.causes import PROFILES, Signature, priors
from agents.causes.profile import Range
from agents.draft import Ranking, Sight
from agents.statistics.normal import Z95
from agents.thresholds import NAMED, SIGHT_SD, SIGHT_SURPRISE, STANDING
from domain.signal import Candidate, Cause, RuledOut

FLAT: Final[Range] = (0.0, 0.0)
ANYWHERE: Final = 8.0
"""Width on the log scale over which a figure that surprises may lie: a fiftieth to fifty times the usual."""

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


def weigh(
    sights: Mapping[str, Sight], signatures: Mapping[Cause, Signature], prior: Mapping[Cause, float] | None = None
) -> Ranking:
    """Rank the causes by how well their signatures fit; figures that are not known count for nobody."""
    prior = priors(frequency_known=True) if prior is None else prior
    names = [name for name in LABELS if name in sights]
    causes = list(signatures)
    fits = np.array([[_fit(sights[name], signatures[cause].get(name, FLAT)) for name in names] for cause in causes])
    fits = fits.reshape(len(causes), len(names))
    score = fits.sum(axis=1) + np.log([prior[cause] for cause in causes])
    belief = np.exp(score - score.max())
    belief = np.clip(belief / belief.sum(), 0.0, 0.99)
    order = [int(at) for at in np.argsort(-belief, kind="stable")]
    best = order[0]
    standing = [
        Candidate(cause=causes[at], probability=round(float(belief[at]), 3)) for at in order if belief[at] >= STANDING
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
    """Log density of what was seen under a range of moves.

    Half of a cause's belief lies on the quarter of its range next to nothing: a move is mostly first seen while it is
    still small.
    """
    low, high = span
    sd = float(np.hypot(sight.se, SIGHT_SD))
    if high - low < 1e-9:
        density = float(np.exp(-0.5 * ((sight.change - low) / sd) ** 2) / (sd * np.sqrt(2 * np.pi)))
    else:
        nearest, farthest = (low, high) if abs(low) < abs(high) else (high, low)
        early = nearest + (farthest - nearest) / 4
        density = (_within(sight, sd, low, high) + _within(sight, sd, *sorted((nearest, early)))) / 2
    return float(np.log((1 - SIGHT_SURPRISE) * density + SIGHT_SURPRISE / ANYWHERE))


def _within(sight: Sight, sd: float, low: float, high: float) -> float:
    """Density of what was seen where every move between two ends is as likely."""
    inside = special.ndtr((sight.change - low) / sd) - special.ndtr((sight.change - high) / sd)
    return float(inside) / (high - low)


def _because(
    cause: Cause, sights: Mapping[str, Sight], names: Sequence[str], deficit: np.ndarray, signature: Signature
) -> str:
    """One clause on the figure that fits worst: what it did, and why the cause would have had it otherwise."""
    name = names[int(np.argmax(deficit))]
    sight, (low, high) = sights[name], signature.get(name, FLAT)
    figures = f"{percent(sight.change)} {interval(sight)}"
    sure = abs(sight.change) > Z95 * sight.se
    did = "hardly moved" if not sure else "fell" if sight.change < 0 else "rose"
    if name == "response" and did == "fell" and PROFILES[cause].not_alone:
        return f"{PROFILES[cause].not_alone}: paid clicks fell too, {figures}"
    seen = f"{LABELS[name]} {did}, {figures}"
    if low == high:
        return f"would not explain that {seen}"
    wanted = "fall" if high <= 0.06 and low < 0 else "rise" if low >= 0 else "stay about as it was"
    if did == {"fall": "fell", "rise": "rose"}.get(wanted):
        far = "more" if abs(sight.change) < min(abs(low), abs(high)) else "less"
        return f"would make {LABELS[name]} {wanted} by {far} than {figures.lstrip(f'+{wording.MINUS}')}"
    return f"would make {LABELS[name]} {wanted}, but it {did}, {figures}"


def percent(change: float) -> str:
    """A log change in words: "−31 %"."""
    return wording.percent(float(np.expm1(min(change, 20.0))))


def interval(sight: Sight) -> str:
    """Its 95 % interval: "[−38, −23]"."""
    low, high = (float(np.expm1(min(sight.change + side * Z95 * sight.se, 20.0))) for side in (-1, 1))
    return wording.bounds((low, high))
