"""People search more for something our pages answer poorly."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import polars as pl

from agents import metrics, moves, wording
from agents.causes.profile import Profile
from agents.draft import Draft
from agents.measures import campaigns
from agents.situation import Situation
from domain.action import WriteBrief
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause

GOOD_POSITION_RATE: Final = 0.08
"""Clicks per impression of a page in the upper third of the first results page (about position 3)."""
USUAL_COVER: Final = 0.02
"""Clicks per impression assumed where our own are not known."""


def loss(draft: Draft, readings: Readings) -> float:
    """What the missed clicks would cost as paid clicks."""
    one, source = draft.findings[0], campaigns(readings)
    spend, clicks = source.values["spend"].sum(), source.values["clicks"].sum()
    rows = readings.get("search_report")
    own = USUAL_COVER
    if rows is not None and rows.height:
        mine = rows.filter(pl.col("query") == (one.scope.query or ""))
        own = float(mine["clicks"].sum()) / max(float(mine["impressions"].sum()), 1.0)
    return one.observed * max(GOOD_POSITION_RATE - own, 0.0) * float(spend / max(clicks, 1.0))


def play(about: Situation) -> Iterator[moves.Draft]:
    """People ask for something our pages answer poorly."""
    theme = wording.quote(about.signal.scope.query or _first_query(about) or "", 200)
    if not theme:
        return
    rise = about.clearest(FindingKind.DEMAND_RISE)
    page = _best_page(about, theme)
    yield moves.Draft(
        WriteBrief(
            currency=about.currency,
            theme=theme,
            page=page,
            brief=f'Answer what people look for with "{theme}" on one page: the question in the title, the answer in '
            "the first paragraph, then comparison, price and the three doubts customers name most. "
            + (f"Why now: {wording.quote(rise.evidence, 200)}." if rise else "Demand is growing."),
        ),
        f'More people search for "{theme}" than we reach'
        + (f", and {page} ranks too low to be seen." if page else ": no page of ours answers it."),
    )


def _first_query(about: Situation) -> str | None:
    return next((finding.scope.query for finding in about.signal.findings if finding.scope.query), None)


def _best_page(about: Situation, theme: str) -> str:
    """Our page seen most for the theme; empty where there is none."""
    today = about.books.today
    place = about.account.model_copy(update={"query": theme, "platform": None, "account_id": None})
    seen = metrics.sums(
        about.books.readings,
        metrics.METRICS["search_impressions"],
        place,
        today - timedelta(days=27),
        today,
        by=("page",),
    )
    if seen is None or seen.is_empty():
        return ""
    return wording.quote(str(seen.sort(["top", "page"], descending=True)["page"][0] or ""), 200)


PROFILE = Profile(
    cause=Cause.CONTENT_OPPORTUNITY,
    name="a content opportunity",
    verdict="is searched more and we rank poorly",
    why="More people search for this than usual, and our page is placed too low to be seen.",
    owners=("content_lead",),
    stake_is="missed visits, at the price of paid clicks",
    loss=loss,
    play=play,
)
