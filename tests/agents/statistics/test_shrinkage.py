"""What measured outcomes say about the next action: as much as they are worth, and no more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.statistics.shrinkage import SHARED_ERROR, SPREAD_DOUBT, SPREADS, Evidence, Mixture, Prior, believed, product

PRIOR = Prior(0.6, 0.22, 0.15)
HERE = ("creative_fatigue", "meta")
parts = st.floats(-0.5, 2.0)
sds = st.floats(0.02, 0.5)


def measured(part: float, sd: float = 0.1, cause: str = HERE[0], platform: str = HERE[1]) -> Evidence:
    return Evidence(part, sd, cause, platform)


def after(*evidence: Evidence) -> Mixture:
    return believed(PRIOR, evidence, *HERE)


def test_with_nothing_measured_the_prior_speaks():
    assert after().mean == pytest.approx(0.6)
    assert after().sd > np.hypot(0.22, 0.15)


def test_the_closed_form_agrees_with_drawing_companies_and_keeping_those_that_fit():
    """Importance sampling of the same hierarchy, written down anew: company, cause, platform, action."""
    rng, many = np.random.default_rng(3), 1_500_000
    seen = (measured(1.0, 0.12), measured(0.9, 0.1, "audience_decline"), measured(0.7, 0.15, platform="google"))
    chances = np.exp(-0.5 * (np.log(SPREADS) / SPREAD_DOUBT) ** 2)
    spread = 0.15 * rng.choice(SPREADS, many, p=chances / chances.sum())
    company = rng.normal(0.6, 0.22, many)
    by_cause = {one: rng.normal(0, np.sqrt(0.3), many) for one in ("creative_fatigue", "audience_decline")}
    by_place = {one: rng.normal(0, np.sqrt(0.2), many) for one in ("meta", "google")}
    logs, wrong = np.zeros(many), rng.normal(0, SHARED_ERROR, many)
    for one in seen:
        own = by_cause[str(one.cause)] + by_place[str(one.platform)] + rng.normal(0, np.sqrt(0.5), many)
        logs -= 0.5 * ((one.part - company - spread * own - wrong) / one.sd) ** 2
    following = company + spread * (by_cause[HERE[0]] + by_place[HERE[1]] + rng.normal(0, np.sqrt(0.5), many))
    weights = np.exp(logs)
    mean = np.average(following, weights=weights)
    sd = np.sqrt(np.average((following - mean) ** 2, weights=weights))
    found = after(*seen)
    assert found.mean == pytest.approx(mean, abs=0.01)
    assert found.sd == pytest.approx(sd, rel=0.03)


@settings(max_examples=60, deadline=None)
@given(others=st.lists(st.tuples(parts, sds), max_size=4), low=parts, more=st.floats(0.01, 1.0), sd=sds)
def test_a_better_outcome_never_lowers_what_is_expected(
    others: list[tuple[float, float]], low: float, more: float, sd: float
):
    known = [measured(*one) for one in others]
    assert after(*known, measured(low + more, sd)).mean >= after(*known, measured(low, sd)).mean - 1e-9


@settings(max_examples=60, deadline=None)
@given(others=st.lists(st.tuples(parts, sds), max_size=4), part=parts, sd=sds)
def test_an_outcome_moves_the_forecast_towards_itself_and_not_beyond(
    others: list[tuple[float, float]], part: float, sd: float
):
    known = [measured(*one) for one in others]
    before, then = after(*known).mean, after(*known, measured(part, sd)).mean
    assert min(before, part) - 0.12 <= then <= max(before, part) + 0.12


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 6), sd=st.floats(0.02, 0.2), apart=st.floats(0.3, 1.0))
def test_outcomes_that_agree_sharpen_the_forecast_and_those_that_do_not_widen_it(count: int, sd: float, apart: float):
    agreeing = [after(*[measured(0.6, sd)] * many).sd for many in range(count + 2)]
    assert agreeing == sorted(agreeing, reverse=True)
    torn = after(*[measured(0.6 + apart * (-1) ** one, sd) for one in range(2 * count)])
    assert torn.sd > after(*[measured(0.6, sd)] * (2 * count)).sd


def test_many_sharp_outcomes_outweigh_the_prior():
    found = after(*[measured(0.2, 0.03)] * 12)
    assert found.mean == pytest.approx(0.2, abs=0.1)


def test_an_unsure_outcome_hardly_counts():
    assert abs(after(measured(1.5, 2.0)).mean - 0.6) < 0.05


def test_outcomes_for_the_same_cause_and_place_say_more():
    near = after(measured(1.0)).mean
    far = after(measured(1.0, cause="offer_decay")).mean
    farther = after(measured(1.0, cause="offer_decay", platform="google")).mean
    assert near > far > farther > 0.6


@settings(max_examples=40, deadline=None)
@given(size=st.floats(-1, 1), size_sd=st.floats(0, 0.4), beside=st.floats(0, 0.2))
def test_the_law_of_a_part_of_an_unsure_whole_has_its_moments(size: float, size_sd: float, beside: float):
    part = after(measured(0.8))
    law = product(part, size, size_sd, beside)
    variance = part.sd**2 * (size**2 + size_sd**2) + part.mean**2 * size_sd**2 + beside**2
    assert law.mean == pytest.approx(part.mean * size, abs=1e-9)
    assert law.sd == pytest.approx(np.sqrt(variance), abs=1e-5)
    quantiles = [law.quantile(share) for share in (0.1, 0.5, 0.9)]
    assert quantiles == sorted(quantiles)
