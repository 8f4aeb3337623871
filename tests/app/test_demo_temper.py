"""Companies differ in how strongly their market answers: elasticity of spend, and what finished work relieves."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from app.demo.big import big_world
from app.demo.grid import grid_of
from app.demo.log import Entry, TaskCreated, ValueChange, ValuesSet
from app.demo.market import Market
from app.demo.noise import Noise, ordinals
from app.demo.world import Incident, Temper, World
from domain.scope import Scope
from domain.signal import Cause

FIRST = date(2026, 1, 1)
PLACE = Scope(platform="meta", account_id="a1", campaign_id="c1")
BROKEN = Incident(Cause.LANDING_PAGE_BREAK, PLACE, FIRST + timedelta(days=5), 60, 0.4)


def company(temper: Temper) -> World:
    small = big_world(
        accounts=1, campaigns=2, ads=2, segments=1, days=60, seed=3, first_day=FIRST, per_account_week=1e-9
    )
    return replace(small, incidents=(BROKEN,), temper=temper)


def bought(temper: Temper, *entries: Entry) -> tuple[float, float]:
    """Spend and orders of the broken campaign over three weeks from day 12 on."""
    days = ordinals(FIRST + timedelta(days=12), FIRST + timedelta(days=32))
    seen = Market(grid_of(company(temper)), Noise(3)).simulate(entries, days)
    mine = grid_of(company(temper)).row_campaign == 0
    return float(seen.spend[:, mine].sum()), float(seen.orders[:, mine].sum())


def halved() -> ValuesSet:
    budget = f"{company(Temper()).campaigns[0].daily_budget:.2f}"
    change = ValueChange(address="meta/a1/campaign/c1/daily_budget", was=budget, to=f"{float(budget) / 2:.2f}")
    return ValuesSet(token="t1", by="U1", day=FIRST + timedelta(days=8), changes=(change,))


def repaired() -> TaskCreated:
    return TaskCreated(
        token="t2", by="U1", day=FIRST + timedelta(days=8), entity="meta/a1/campaign/c1", task="fix_landing_page",
        details={}, done_on=FIRST + timedelta(days=9),
    )  # fmt: skip


def test_results_follow_spend_as_steeply_as_the_company_has_it():
    for returns in (0.3, 0.8):
        (spend, orders), (less, fewer) = bought(Temper(returns=returns)), bought(Temper(returns=returns), halved())
        seen = np.log(fewer / orders) / np.log(less / spend)
        assert abs(seen - returns) < 0.05


def test_work_relieves_the_part_the_company_has_it_relieve():
    broken = bought(Temper())[1]
    orders = [bought(Temper(relief=(("fix_landing_page", part),)), repaired())[1] for part in (0.0, 0.5, 1.0)]
    assert orders[0] == broken
    assert broken < orders[1] < orders[2]


def test_no_two_pieces_of_work_need_relieve_the_same_and_chance_never_reshuffles():
    temper = Temper(relief=(("refresh_creative", 0.6),), relief_sd=0.15, seed=4)
    parts = [temper.relief_of("refresh_creative", f"meta/a1/ad/ad{n}", FIRST) for n in range(200)]
    assert parts == [temper.relief_of("refresh_creative", f"meta/a1/ad/ad{n}", FIRST) for n in range(200)]
    assert abs(np.mean(parts) - 0.6) < 0.03
    assert abs(np.std(parts) - 0.15) < 0.03
    assert all(0 <= part <= 1 for part in parts)
