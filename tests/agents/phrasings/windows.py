"""The days people mean, as somebody understands them who asks on Sunday 15 March 2026."""

from datetime import date

Window = tuple[date, date]


def _days(first: tuple[int, int], last: tuple[int, int], year: int = 2026) -> Window:
    return date(year, *first), date(year, *last)


YESTERDAY = _days((3, 14), (3, 14))
DAY_BEFORE = _days((3, 13), (3, 13))
MONDAY = _days((3, 9), (3, 9))
THURSDAY = _days((3, 12), (3, 12))
FRIDAY = DAY_BEFORE
THIS_WEEK = _days((3, 9), (3, 14))
WEEK_TO_SATURDAY_BEFORE = _days((3, 2), (3, 7))
"""As many days of last week as this week has so far."""
LAST_WEEK = _days((3, 2), (3, 8))
WEEK_BEFORE = _days((2, 23), (3, 1))
THIRD_WEEK_BACK = _days((2, 16), (2, 22))
LAST_WEEKEND = _days((3, 7), (3, 8))
LAST_3 = _days((3, 12), (3, 14))
LAST_7 = _days((3, 8), (3, 14))
PREVIOUS_7 = _days((3, 1), (3, 7))
LAST_10 = _days((3, 5), (3, 14))
LAST_14 = _days((3, 1), (3, 14))
PREVIOUS_14 = _days((2, 15), (2, 28))
LAST_28 = _days((2, 15), (3, 14))
LAST_30 = _days((2, 13), (3, 14))
LAST_90 = (date(2025, 12, 15), date(2026, 3, 14))
LAST_TWO_WEEKS = _days((2, 23), (3, 8))
LAST_FOUR_WEEKS = _days((2, 9), (3, 8))
THIS_MONTH = _days((3, 1), (3, 14))
FEBRUARY = _days((2, 1), (2, 28))
FEBRUARY_TO_14TH = _days((2, 1), (2, 14))
JANUARY = _days((1, 1), (1, 31))
DECEMBER = _days((12, 1), (12, 31), 2025)
NOVEMBER = _days((11, 1), (11, 30), 2025)
THIS_QUARTER = _days((1, 1), (3, 14))
FIRST_WEEK_OF_MARCH = _days((3, 1), (3, 7))
BLACK_FRIDAY = (date(2025, 11, 28), date(2025, 12, 1))
CHRISTMAS = (date(2025, 12, 24), date(2025, 12, 26))
WINTER = (date(2025, 12, 1), date(2026, 2, 28))
