"""How a day's conversions come in, per account, learnt from the versions of `ad_report`.

The share known after each number of days is the ratio of sums over an account's complete days: the development pattern
of chain-ladder reserving (Mack 1993, ASTIN Bulletin 23), without its projection, because enough days are complete. A
reader as of day D learns from versions known by D alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from connectors.sources.versions import NEVER, SEEN_FROM, SEEN_UNTIL
from domain.reading import USUAL_ARRIVAL

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

COMPLETE_DAYS: Final = 14
"""Age in days from which a day counts as complete: twice the longest click window platforms attribute by. What still
changes later is a correction, not an arrival."""
LEARNT_DAYS: Final = 56
"""Complete days, the newest ones, a curve is learnt from: eight of each weekday, and habits may change."""
PRIOR_CONVERSIONS: Final = 300.0
"""Conversions the usual curve is worth against the account's own: about two weeks of an account with 20 a day."""
DAY_SD: Final = 0.06
"""Standard deviation of a day's share beside chance: exports do not run at the same minute every evening."""
OFF: Final = 3.0
"""Standard errors from the median share beyond which a day was reported late or early: no age of it is learnt from."""


COMPLETE_SHARE: Final = 0.9995
"""Share from which nothing is missing any more."""
NOTHING_LEARNT: Final[Mapping[str, tuple[float, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The changes of every account's daily conversions by age, of a table with versions."""

    changes: pl.DataFrame
    """account_id, date_day, age, added: conversions that came in `age` days after their own day, below COMPLETE_DAYS
    as they are, at COMPLETE_DAYS what nothing more is learnt from; sorted by day."""

    def as_of(self, day: date) -> Mapping[str, tuple[float, ...]]:
        """Per account, the share of a day's conversions known after 0, 1, 2 … days; complete from then on.

        Accounts without a complete day that was ever restated by `day` are left out.
        """
        last = day - timedelta(days=COMPLETE_DAYS)
        first = last - timedelta(days=LEARNT_DAYS - 1)
        near = self.changes.filter(pl.col("date_day").is_between(first, last))
        found: dict[str, tuple[float, ...]] = {}
        for (account,), own in near.group_by(["account_id"], maintain_order=True):
            at = (own["date_day"] - first).dt.total_days().to_numpy()
            age = own["age"].to_numpy()
            restated = at[(age > 0) & (own["again"].to_numpy())]
            if not len(restated):
                continue
            # Days before the first restatement were loaded in one go and do not tell when they came in.
            kept = at >= restated.min()
            known = np.zeros((LEARNT_DAYS, COMPLETE_DAYS + 1))
            np.add.at(known, (at[kept], age[kept]), own["added"].to_numpy()[kept])
            began = np.full(LEARNT_DAYS, COMPLETE_DAYS + 1)
            np.minimum.at(began, at[kept], age[kept])
            curve = learnt(known.cumsum(axis=1), began)
            if curve:
                found[str(account)] = curve
        return found


def arrivals(rows: pl.LazyFrame) -> Arrivals | None:
    """The changes in a checked `ad_report` with its versions; None where no row was ever restated."""
    restated = pl.col(SEEN_UNTIL) != NEVER
    if not rows.select(restated.any()).collect().item():
        return None
    counted = rows.select("account_id", "date_day", SEEN_FROM, SEEN_UNTIL, pl.col("conversions").fill_null(0.0))
    place = ["account_id", "date_day", "on"]
    came = counted.group_by("account_id", "date_day", pl.col(SEEN_FROM).alias("on")).agg(
        pl.col("conversions").sum().alias("added"), pl.lit(False).alias("again")
    )
    gone = (
        counted.filter(restated)
        .group_by("account_id", "date_day", pl.col(SEEN_UNTIL).alias("on"))
        .agg(-pl.col("conversions").sum().alias("added"), pl.lit(True).alias("again"))
    )
    age = (pl.col("on") - pl.col("date_day")).dt.total_days().clip(0)
    both = pl.concat([came, gone]).group_by(place).agg(pl.col("added").sum(), pl.col("again").any())
    changes = both.select("account_id", "date_day", age.alias("age"), "added", "again")
    return Arrivals(changes.filter(pl.col("age") <= COMPLETE_DAYS).sort("date_day", "account_id", "age").collect())


def learnt(known: Floats, began: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> tuple[float, ...]:
    """The curve from `known` [days, ages], conversions of complete days known at each age up to COMPLETE_DAYS.

    `began`: the age at which each day was first reported; before that its share is not known rather than nothing.
    Empty where no day has conversions. Shares never fall with age, and lie above 0 and up to 1.
    """
    sold = known[:, -1] > 0
    if not sold.any():
        return ()
    known, final = known[sold], known[sold, -1]
    part = np.clip(known[:, :-1], 0.0, final[:, None])
    told = began[sold, None] <= np.arange(COMPLETE_DAYS)
    kept = told & _ordinary(part, final, told)[:, None]
    usual = np.ones(COMPLETE_DAYS)
    usual[: len(USUAL_ARRIVAL)] = USUAL_ARRIVAL
    whole = (final[:, None] * kept).sum(axis=0)
    shares = ((part * kept).sum(axis=0) + PRIOR_CONVERSIONS * usual) / (whole + PRIOR_CONVERSIONS)
    shares = np.maximum.accumulate(shares)
    return tuple(float(share) for share in shares[shares < COMPLETE_SHARE])


def _ordinary(part: Floats, whole: Floats, told: Flags) -> Flags:
    """Days whose shares all lie where the weighted median day, chance and a day's own spread put them."""
    ordinary = np.ones(len(whole), dtype=bool)
    for age in np.flatnonzero((part < whole[:, None]).any(axis=0)):
        days = np.flatnonzero(told[:, age])
        if not len(days):
            continue
        some, all_ = part[days, age], whole[days]
        order = np.argsort(some / all_)
        median = order[np.cumsum(all_[order]) >= all_.sum() / 2][0]
        share = some[median] / all_[median]
        # A count more on either side: where the median day has all or nothing, chance is not nothing.
        noise = all_ * share * (1 - share) + (DAY_SD * all_) ** 2 + 1
        ordinary[days] &= np.abs(some - all_ * share) <= OFF * np.sqrt(noise)
    return ordinary
