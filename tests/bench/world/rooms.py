"""What lies outside the ad account: searches, competitors' prices and experiments.

Only worlds in which such things happen have these tables; the others lack them, as many companies do.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from tests.bench.world.incidents import Happening, query, test_id
from tests.bench.world.physics import Floats
from tests.bench.world.shape import Shape

SEARCHES = 400.0
"""Impressions of a query a day."""
QUERIES = 24
ARM_A_DAY, ARM_RATE = 1000, 0.05
"""People exposed to each arm of an experiment every day, and how many of a hundred convert without a lift."""
CLEAR = 3.5
"""Standard errors that an interval which is valid at every look asks for, roughly, at 5 %."""
RIVALS = ("Nordfit", "Almgear", "Trailbase")
RIVAL_PRICE = 49.0
OBSERVED_EVERY = 2
"""Days between two looks at a competitor's price."""


def test_z(log_lift: float, days: int) -> float:
    """How clear an experiment's lift is at its end: two proportions."""
    people = ARM_A_DAY * days
    treated = ARM_RATE * float(np.exp(log_lift))
    spread = np.sqrt((ARM_RATE * (1 - ARM_RATE) + treated * (1 - treated)) / people)
    return float((treated - ARM_RATE) / spread)


def ready_after(log_lift: float, days: int) -> int:
    """Days after which an experiment is expected to be clear enough to read at any time."""
    return next((day for day in range(1, days + 1) if test_z(log_lift, day) >= CLEAR), days)


def tables(shape: Shape, happenings: Sequence[Happening], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The tables of the rooms in which anything of the other causes may happen."""
    if shape.causes == "specified":
        return {}
    return {
        "search_report": search_report(shape, happenings, rng),
        "market": market(shape, happenings, rng),
        "experiment": experiment(shape, happenings, rng),
    }


def search_report(shape: Shape, happenings: Sequence[Happening], rng: np.random.Generator) -> pl.DataFrame:
    """Queries for which the company's pages are shown; a struck one is searched for more while it ranks low."""
    size = (QUERIES, shape.days)
    shown = SEARCHES * rng.lognormal(0, 0.3, (QUERIES, 1)) * np.exp(rng.normal(0, shape.physics.noise.searches, size))
    position = np.repeat(rng.uniform(2, 6, (QUERIES, 1)), shape.days, axis=1)
    for one in happenings:
        if one.kind == "content_opportunity" and one.item is not None:
            shown[one.item % QUERIES] *= np.exp(one.logs["searches"] * one.progress(shape.days))
            position[one.item % QUERIES] = rng.uniform(9, 13)
    impressions = rng.poisson(shown)
    clicks = rng.binomial(impressions, np.clip(0.25 / position, 0, 0.2))
    q, t = (axis.ravel() for axis in np.indices(size))
    return pl.DataFrame(
        {
            "date_day": [shape.day(int(day)) for day in t],
            "query": [query(int(one)) for one in q],
            "page": [f"/shop/{int(one) % 6}" for one in q],
            "clicks": clicks[q, t],
            "impressions": impressions[q, t],
            "position": np.round(position[q, t] + rng.normal(0, 0.2, len(t)).clip(-0.9, 0.9), 1),
        }
    ).sort("date_day", maintain_order=True)


def market(shape: Shape, happenings: Sequence[Happening], rng: np.random.Generator) -> pl.DataFrame:
    """Competitors' prices, looked at every other day; a competitor's move is a price cut of one of them."""
    price = np.full((len(RIVALS), shape.days), RIVAL_PRICE)
    moves = sorted((one for one in happenings if one.kind == "competitor_move"), key=lambda one: one.start)
    for number, one in enumerate(moves):
        cut = np.exp(one.logs["rival_price"] * _step(one, shape.days))
        price[number % len(RIVALS)] *= cut
    rows = [
        {
            "observation_id": f"obs-{rival}-{day}",
            "date_day": shape.day(day),
            "kind": "competitor_price",
            "entity": RIVALS[rival],
            "text": f"{RIVALS[rival]} sells its set at {price[rival, day]:.2f}",
            "value": round(float(price[rival, day] * np.exp(rng.normal(0, 0.01))), 2),
        }
        for rival in range(len(RIVALS))
        for day in range(rival % OBSERVED_EVERY, shape.days, OBSERVED_EVERY)
    ]
    return pl.DataFrame(rows).sort("date_day", "observation_id")


def _step(one: Happening, days: int) -> Floats:
    """A price is cut in one day and stays cut until the end."""
    day = np.arange(days)
    return ((day >= one.start) & (day <= one.end)).astype(float)


def experiment(shape: Shape, happenings: Sequence[Happening], rng: np.random.Generator) -> pl.DataFrame:
    """Experiments with a lift, and as many without one; each day's totals are known on that day."""
    rows: list[dict[str, object]] = []
    tests = [one for one in happenings if one.kind == "test_ready" and one.item is not None]
    for one in tests:
        rows += _arms(shape, test_id(one.item or 0), one.start, one.end, one.logs["lift"], rng)
        rows += _arms(shape, f"null-{one.item}", one.start, one.end, 0.0, rng)
    kinds = {"test_id": pl.String, "arm": pl.String, "hypothesis": pl.String, "metric": pl.String}
    kinds |= {"started_on": pl.Date, "ended_on": pl.Date, "exposed": pl.Int64, "converted": pl.Int64}
    return pl.DataFrame(rows, schema=kinds | {"known_on": pl.Date})


def _arms(
    shape: Shape, name: str, start: int, end: int, log_lift: float, rng: np.random.Generator
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for arm, rate in (("control", ARM_RATE), ("variant", ARM_RATE * float(np.exp(log_lift)))):
        exposed = np.cumsum(rng.poisson(ARM_A_DAY, end - start + 1))
        fresh = np.diff(exposed, prepend=0)
        converted = np.cumsum(rng.binomial(fresh, rate))
        rows += [
            {
                "test_id": name,
                "arm": arm,
                "hypothesis": "A shorter form converts better",
                "metric": "conversion_rate",
                "started_on": shape.day(start),
                "ended_on": shape.day(end) if day == end - start else None,
                "exposed": int(exposed[day]),
                "converted": int(converted[day]),
                "known_on": shape.day(start + day),
            }
            for day in range(end - start + 1)
        ]
    return rows
