"""What the forecast benchmark means: losses as defined, companies that differ, and truths that are the action's own."""

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from app.demo.log import ValuesSet
from app.demo.world import Decoy, Incident, Temper
from domain.action import FixLandingPage, SetBudget
from domain.scope import Scope
from domain.signal import Cause
from tests.bench.closed_loop import FIRST, Company, Done, temper_of
from tests.bench.forecasts import REPORTED, TUNED, Judged
from tests.bench.real_days import DATA, SETS

DAYS = 150


def judged(*quantiles: float, truth: float) -> Judged:
    low, middle, high = (np.array([one]) for one in quantiles)
    return Judged(low, middle, high, np.array([truth]))


def test_pinball_loss_by_hand():
    found = judged(-0.1, 0.0, 0.2, truth=0.1)
    assert found.pinball == pytest.approx((0.1 * 0.2 + 0.5 * 0.1 + 0.1 * 0.1) / 3)
    assert found.pinball_of_no_change == pytest.approx((0.1 * 0.1 + 0.5 * 0.1 + 0.9 * 0.1) / 3)
    assert found.covered.all()
    assert not judged(-0.1, 0.0, 0.05, truth=0.1).covered.any()


def test_companies_to_tune_on_are_not_those_reported():
    assert not set(TUNED) & set(REPORTED)


def test_companies_differ_in_what_befalls_them_and_how_their_market_answers():
    tempers = [temper_of(seed) for seed in TUNED]
    assert len({one.returns for one in tempers}) == len(tempers)
    assert 0.05 < np.std([one.returns for one in tempers]) < 0.3
    kinds = [{one.kind for one in Company.founded(seed, DAYS).world.incidents} - set(Decoy) for seed in (1, 2)]
    assert kinds[0] != kinds[1]
    assert Company.founded(1, DAYS).world == Company.founded(1, DAYS).world


def broken(relief: float) -> tuple[Company, list[Done]]:
    """A company whose landing pages break one after the other, and what was done about it."""
    world = Company.founded(1, DAYS).world
    account = world.accounts[0]
    breaks = tuple(
        Incident(
            Cause.LANDING_PAGE_BREAK,
            Scope(platform=account.platform, account_id=account.id, campaign_id=f"c{number}"),
            FIRST + timedelta(days=70 + 10 * number), 40, 0.45,
        )
        for number in (1, 2)
    )  # fmt: skip
    temper = Temper(relief=(("fix_landing_page", relief),))
    company = Company.of(1, replace(world, incidents=breaks, temper=temper))
    return company, list(company.lived())


def test_the_truth_is_what_the_action_alone_changes():
    """A repair that relieves nothing has no effect; one that relieves everything undoes the break."""
    for relief, least, most in ((0.0, 0.0, 0.0), (1.0, 0.4, 1.2)):
        company, done = broken(relief)
        repairs = [one for one in done if isinstance(one.proposal.action, FixLandingPage)]
        assert repairs
        for one in repairs:
            assert least <= one.truth <= most
            assert one.healthy
            assert one.without
            if relief:
                assert one.truth == pytest.approx(math.log(one.healthy / one.without), abs=0.15)
        moved = [one for one in done if isinstance(one.proposal.action, SetBudget)]
        back = [entry for entry in company.entries if isinstance(entry, ValuesSet) and entry.by == "owner"]
        assert len(back) == len(moved) == len(done) - len(repairs), "budgets go back once they were measured"


@pytest.mark.parametrize("name", SETS)
def test_real_series_lie_on_one_calendar(name: str):
    if not (DATA / name).is_dir():
        pytest.skip("the public data are not beside this checkout")
    series = SETS[name]()
    assert series.values.shape == series.usable.shape
    assert series.values.shape[1] == len(series.weekday)
    assert (series.usable.sum(axis=1) >= 20).all()
    assert set(np.diff(series.weekday) % 7) <= {0, 1}
