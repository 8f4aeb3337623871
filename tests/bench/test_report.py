"""What the report says follows from the values."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import binomtest

from tests.bench.report import Measure, Range, Section, markdown, share_interval


@given(of=some.integers(1, 500), part=some.floats(0, 1))
def test_intervals_of_shares_are_wilsons(of: int, part: float) -> None:
    count = round(part * of)
    known = binomtest(count, of).proportion_ci(method="wilson")
    assert share_interval(count / of, of) == pytest.approx((known.low, known.high), abs=1e-3)


def test_of_no_cases_nothing_is_known() -> None:
    assert share_interval(0, 0) == (0, 1)


@pytest.mark.parametrize(("value", "verdict"), [(0.89, "✗"), (0.90, "✓"), (0.949, "✓"), (0.95, "✓✓"), (None, "–")])
def test_the_verdict_is_computed_from_the_value(value: float | None, verdict: str) -> None:
    assert Measure("precision", value, Range(0.9), Range(0.95)).verdict == verdict


def test_a_range_with_two_ends_is_left_on_either_side() -> None:
    coverage = Range(0.75, 0.85)
    assert [coverage.holds(share) for share in (0.74, 0.75, 0.85, 0.86)] == [False, True, True, False]
    assert coverage.said("{:.0%}") == "75% – 85%"


def test_a_figure_that_is_not_a_number_does_not_hold() -> None:
    assert Measure("days", float("nan"), Range(most=2)).verdict == "✗"


def test_a_part_without_a_table_still_says_why(tmp_path: Path) -> None:
    said = markdown(
        [Section("Hourly", (), (), ("skipped: no data",), [tmp_path / "a.png"], (), ["two lines"])], tmp_path
    )
    assert said == "## Hourly\n\nskipped: no data\n\n![two lines](a.png)\n"


def test_a_bar_in_a_cell_does_not_end_the_cell(tmp_path: Path) -> None:
    said = markdown([Section("Plain", ("test", "share"), [("|z| > 3", "43 %")])], tmp_path)
    assert "| \\|z\\| > 3 | 43 % |" in said


def test_rounding_does_not_hide_a_failure() -> None:
    row = Measure("placebos", 0.0299, Range(0.03, 0.07), form="{:.3f}").row()
    assert row[3:] == ("just below 0.030", "✗")
