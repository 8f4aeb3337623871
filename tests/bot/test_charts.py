"""Pictures: right size, quick, and drawn from whatever a series holds."""

import struct
from datetime import date, timedelta

import pytest

from bot import charts
from bot.charts import draw, render
from domain.chart import Chart, Mark, Series
from tests.bot.samples import chart


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


async def test_the_picture_is_as_wide_as_a_phone_at_three_pixels_each():
    png = await draw(chart())
    width, height = size(png)
    assert width == 1080
    assert 900 < height < 1300
    assert len(png) < 300_000


def test_the_same_chart_is_the_same_picture():
    assert render(chart()) == render(chart())


@pytest.mark.parametrize("many", [0, 1, 4, 6])
def test_any_number_of_series_is_drawn_four_at_most(many):
    drawn = chart().model_copy(update={"series": chart().series[:1] * many})
    assert size(render(drawn))[0] == 1080
    assert size(render(drawn))[1] < 2200


def test_gaps_single_days_and_odd_names_do_no_harm():
    day = date(2026, 3, 14)
    odd = Series(
        title="$x^2$ עברית " + "n" * 200,
        metric="ctr",
        unit="%",
        days=(day,),
        observed=(None,),
        low=(None,),
        high=(0.0,),
    )
    marks = tuple(Mark(day=day - timedelta(days=n), label="m" * 90) for n in range(30))
    drawn = Chart(title="t" * 300, series=(odd, odd), since=day + timedelta(days=9), marks=marks, alt="")
    assert size(render(drawn))[0] == 1080


def test_marks_outside_the_days_drawn_are_left_out():
    plain = chart().model_copy(update={"marks": ()})
    far = chart().model_copy(update={"marks": (Mark(day=date(2020, 1, 1), label="long ago"),)})
    assert render(plain) == render(far)


def test_what_happened_on_the_incidents_first_day_is_marked_too():
    bare = chart().model_copy(update={"marks": ()})
    same_day = chart().model_copy(update={"marks": (Mark(day=chart().since, label="set budget approved"),)})
    assert size(render(same_day))[1] > size(render(bare))[1]


def test_marks_of_neighbouring_days_do_not_cover_each_others_number():
    days = (date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 6))
    assert charts._rows([Mark(day=one, label="x") for one in days]) == [0, 1, 2, 0]
