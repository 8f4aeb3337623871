"""What people do on owned channels, and who comes back."""

from typing import Final

import numpy as np

from agents.derivation import derived
from agents.measures.cohorts import cohort_panel, expected_shares
from agents.measures.measure import Measure, blended, ordinary_days, table_panel
from agents.statistics.arrays import group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import codes_of
from domain.reading import Readings

OWNED: Final = ("account_id", "segment_id", "channel")
OWNED_SEGMENT: Final = ("account_id", "segment_id")
MOST_KEPT: Final = 0.9
"""Share kept beyond which cohorts are not taken for steadier still."""
JUDGED_DAYS: Final = 14
"""Days of cohorts that may be the move itself, and do not say what share was to be expected."""


_COUNTED: Final = {"click_rate": "unique_clicks", "unsubscribe_rate": "unsubscribes"}
"""What is counted per delivered message, by the figure."""


def engagement(readings: Readings, name: str = "click_rate") -> Measure:
    """Unique clicks (or unsubscribes) per delivered message of every segment, against the account's other segments."""

    def make() -> Measure:
        counted = _COUNTED[name]
        source = table_panel(readings, "lifecycle_report", OWNED, ("delivered", counted))
        codes, keys = source.codes(OWNED_SEGMENT)
        top, bottom = blended(source.values[counted], source.values["delivered"], codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top,
            bottom,
            ordinary_days(readings, keys["account_id"]),
            groups=accounts,
            min_peers=1,
            weekday=source.first_day.weekday(),
            stale_days=7,
            adverse=-1 if name == "click_rate" else 1,
        )
        sent = group_sums(source.values["delivered"], codes, keys.height)
        return Measure(name, "lifecycle_report", keys, source.first_day, found, top, sent)

    return derived(readings, ("lifecycle_report", "calendar"), f"engagement {name}", make)


def retention(readings: Readings) -> Measure:
    """Share of a cohort still active, of every segment over all horizons, against the account's other segments.

    Each horizon at the share to be expected there, so that cohorts of another age are no move.
    """

    def make() -> Measure:
        source = cohort_panel(readings)
        codes, keys = source.codes(OWNED_SEGMENT)
        size = source.values["cohort_size"]
        old = slice(0, max(source.days - JUDGED_DAYS, 1))
        expected = expected_shares(source, codes, keys.height, old)
        back = source.values["retained"]
        # A share varies less than a count of its size, by 1 - share: weighted by the inverse, the sum varies as counts
        # do, and the steadier ages count for more.
        weight = 1 / (1 - np.clip(expected, 0.0, MOST_KEPT))[:, None]
        top = group_sums(back * weight, codes, keys.height)
        bottom = group_sums(size * expected[:, None] * weight, codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top, bottom, bottom > 0, groups=accounts, min_peers=1, weekday=source.first_day.weekday(), stale_days=14
        )
        natural = (group_sums(one, codes, keys.height) for one in (back, size))
        return Measure("retention", "cohort_report", keys, source.first_day, found, *natural)

    return derived(readings, ("cohort_report",), "retention", make)
