"""What is worth saying: how level a level is, how far to believe peers, whose family a test is of, what is over."""

from dataclasses import replace

import numpy as np
import pytest

from agents.claims import claims
from agents.measures import account_pixel_ratio, ad_click_rate, campaign_pixel_ratio
from agents.statistics.moves import WINDOWS, is_over, moves
from agents.statistics.peers import belief
from agents.statistics.weeks import LEAST_LEVEL_SD, PRIOR_LEVEL_SD, level_variance, weeks
from domain.finding import FindingKind
from tests.agents.world import Blow, company, findings


@pytest.mark.parametrize("true_sd", [0.02, 0.05, 0.1])
def test_how_much_levels_wander_from_week_to_week_is_learned_from_the_weeks(true_sd: float) -> None:
    rng = np.random.default_rng(1)
    level = rng.normal(0, true_sd, (200, 12)) + rng.normal(0, 0.01, (200, 12))
    known = weeks(level, np.full((200, 12), 0.01**2), np.ones((200, 12)))
    assert level_variance([known]) ** 0.5 == pytest.approx(true_sd, rel=0.1)


def test_a_level_nobody_knows_wanders_as_levels_usually_do_and_none_stands_still() -> None:
    assert level_variance([]) == PRIOR_LEVEL_SD**2
    still = weeks(np.zeros((500, 12)), np.full((500, 12), 1e-6), np.ones((500, 12)))
    assert level_variance([still]) == LEAST_LEVEL_SD**2


@pytest.mark.parametrize("shared_sd", [0.0, 0.1, 1.0])
def test_peers_are_believed_as_far_as_their_movement_is_ones_own(shared_sd: float) -> None:
    rng = np.random.default_rng(2)
    shared = rng.normal(0, shared_sd, 20_000)
    own, seen = shared + rng.normal(0, 0.1, 20_000), shared + rng.normal(0, 0.1, 20_000)
    slope = belief(np.array([(own * seen).sum()]), np.array([(seen**2).sum()]), np.array([20_000.0]))[0]
    assert slope == pytest.approx(shared_sd**2 / (shared_sd**2 + 0.01), abs=0.02)
    assert belief(np.zeros(1), np.zeros(1), np.zeros(1))[0] == 1


def test_what_one_account_suffers_says_nothing_about_another() -> None:
    struck = [Blow("ctr", 0.5, 95, where={"ad_id": ad}) for ad in ("ad111", "ad122", "ad133", "ad141")]
    ads = ad_click_rate(company(3, *struck).readings(104))
    other = (ads.keys["account_id"] == "a2").to_numpy()
    both = claims(ads, FindingKind.CTR_DECLINE, down=True)
    alone = claims(ads, FindingKind.CTR_DECLINE, down=True, among=other)
    assert both.q[~other].min() < 1e-6
    assert both.q[other].min() < 1
    np.testing.assert_allclose(both.q[other], alone.q[other])


def test_an_episode_that_ended_two_weeks_ago_is_no_news_though_it_fills_half_the_window() -> None:
    rng = np.random.default_rng(4)
    shown = np.full((2, 100), 40_000.0)
    log = np.zeros((2, 100))
    log[0, 74:86], log[1, 86:] = -0.5, -0.5
    found = moves(rng.poisson(shown * 0.013 * np.exp(log)).astype(float), shown, shown > 0)
    month = WINDOWS.index(28)
    assert found.p_down[month].max() < 1e-3, "both months are worse than usual"
    assert is_over(found, 0, down=True, longest=28, within=28)
    assert not is_over(found, 1, down=True, longest=28, within=28)


def test_a_pixel_that_sees_one_order_in_five_is_clear_within_two_days_where_ten_a_day_are_usual() -> None:
    rng = np.random.default_rng(5)
    world = company(3)
    orders = rng.binomial(world.orders, 0.5)
    struck = (world.rows["campaign_id"] == "c13").to_numpy()
    share = np.full(orders.shape, 0.93)
    share[struck, 100:] *= 1 / 5
    world = replace(world, orders=orders, conversions=rng.binomial(orders, share).astype(float))
    found = campaign_pixel_ratio(world.readings(101))
    row = found.keys["campaign_id"].to_list().index("c13")
    two = WINDOWS.index(2)
    assert found.moves.expected[two, row] < 25
    assert found.moves.p_down[two, row] < 5e-4, "ten times clearer than two independent counts"
    others = np.arange(found.keys.height) != row
    assert found.moves.p_down[two, others].min() > 1e-3


def test_the_cost_of_a_segment_that_clicks_less_is_seen_by_the_performance_agent() -> None:
    world = company(3, Blow("ctr", 0.65, 90, ramp=5, where={"segment_id": "s11"}))
    dear = [one for one in findings(world.readings(104)) if one.kind is FindingKind.CPC_RISE and one.scope.segment_id]
    assert [(one.agent, one.scope.segment_id) for one in dear] == [("performance", "s11")]
    assert dear[0].interval[0] < 1 / 0.65 - 1 < dear[0].interval[1]
    assert "clicks in" in dear[0].evidence
    assert "usual" not in dear[0].evidence, "money in it would stand without its currency; the table has it"


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_an_account_whose_pixel_fell_silent_is_not_back_because_young_days_may_still_come_in(seed: int) -> None:
    readings = company(seed, Blow("pixel", 0.3, 100, 30, where={"account_id": "a1"})).readings(105)
    late, usual = (account_pixel_ratio(readings, worst=worst) for worst in (True, False))
    made = claims(late, FindingKind.PIXEL_GAP, down=True, lasting=usual.moves)
    assert made.clear.tolist() == [True, False]
    assert not claims(late, FindingKind.PIXEL_GAP, down=True).clear.any()
