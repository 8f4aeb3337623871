"""A query searched enough to be judged is judged by itself; rare ones are judged together."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from agents.content import Content
from agents.measures.search import themes_of
from domain.reading import Readings
from tests.agents.world import FIRST, on

DAY = 112
QUERIES = ("yoga mat cork", "yoga mat repair", "yoga mat for travel", "yoga mat washable")


def searched(daily: float, grows: str, times: float, position: float) -> Readings:
    """Four kindred queries; one grows from day 104 on, its page standing at `position`, the others' at 3."""
    rng = np.random.default_rng(1)
    rows = [
        {"date_day": FIRST + timedelta(days=day), "query": query, "page": "/mats", "clicks": 1.0,
         "impressions": float(rng.poisson(daily * (times if query == grows and day >= 104 else 1))),
         "position": position if query == grows else 3.0}
        for day in range(DAY + 1) for query in QUERIES
    ]  # fmt: skip
    return Readings(on(DAY), {"search_report": pl.DataFrame(rows)})


@pytest.mark.parametrize("grows", QUERIES[:2])
def test_the_query_that_grows_is_named_rather_than_its_neighbours(grows: str) -> None:
    (found,) = Content().look(searched(400, grows, 3.0, 11.0), on(DAY))
    assert found.scope.query == grows
    assert found.change == pytest.approx(2.0, abs=0.3)
    assert "at position 11" in found.evidence


def test_growth_on_a_well_placed_page_is_no_opportunity_whatever_the_neighbours() -> None:
    assert not Content().look(searched(400, QUERIES[0], 3.0, 3.0), on(DAY))


def test_rare_queries_on_the_same_words_are_one_theme() -> None:
    rows = searched(15, QUERIES[0], 1.0, 11.0).tables["search_report"]
    assert len(set(themes_of(rows).values())) == 1


def test_the_same_words_in_another_order_are_one_theme_however_often_searched() -> None:
    rows = pl.DataFrame({"query": ["cork yoga mat", "yoga mat cork", "yoga mat"], "impressions": [900.0, 800.0, 700.0]})
    themes = themes_of(rows, frozenset(rows["query"]))
    assert themes["cork yoga mat"] == themes["yoga mat cork"]
    assert themes["yoga mat"] == "yoga mat"
