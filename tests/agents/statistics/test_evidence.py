"""Evidence one may look at every day: right figures, and no more false alarms than promised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import integrate, stats

from agents.statistics.evidence import (
    always_valid_p,
    e_bh,
    half_width,
    log_beta_binomial,
    log_normal_mixture,
    tightest_mixture,
)

ALPHA = 0.05


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_the_normal_mixture_is_the_likelihood_ratio_averaged_over_effects() -> None:
    estimate, variance, mixture = 0.31, 0.04, 0.09

    def ratio(effect: float) -> float:
        likelihood = stats.norm.pdf(estimate, effect, variance**0.5) / stats.norm.pdf(estimate, 0, variance**0.5)
        return float(likelihood * stats.norm.pdf(effect, 0, mixture**0.5))

    averaged, _ = integrate.quad(ratio, -3, 3)
    assert log_normal_mixture(one(estimate), one(variance), mixture)[0] == pytest.approx(np.log(averaged), abs=1e-7)


def test_the_confidence_sequence_ends_where_the_e_value_is_one_over_alpha() -> None:
    variance = np.array([0.2, 0.01, 1e-5])
    width = half_width(variance, 0.05, ALPHA)
    assert log_normal_mixture(width, variance, 0.05) == pytest.approx(np.full(3, np.log(1 / ALPHA)))


def test_the_mixture_chosen_is_tightest_where_it_is_asked_to_be() -> None:
    best = tightest_mixture(0.002, ALPHA)
    widths = [half_width(one(0.002), best * factor, ALPHA)[0] for factor in (0.8, 1.0, 1.25)]
    assert min(widths) == widths[1]
    # Howard et al. 2021 quote the approximation rho = m / (2 log(1/alpha) + log(1 + 2 log(1/alpha))), m = 1 / variance.
    approximation = 0.002 * (2 * np.log(1 / ALPHA) + np.log(1 + 2 * np.log(1 / ALPHA)))
    assert best == pytest.approx(approximation, rel=0.05)


def test_the_split_of_conversions_is_judged_as_by_savvi() -> None:
    # savvi 0.3.1: Multinomial(0.05, [0.3, 0.7], k=100) updated with [20, 22], then [30, 58]; log of its `odds`.
    for (hits, others), log_odds in SAVVI.items():
        ours = log_beta_binomial(one(hits), one(hits + others), one(0.3), one(100.0))
        assert ours[0] == pytest.approx(log_odds, abs=1e-9)


SAVVI = {(20, 22): 0.6731119676485804, (50, 80): 0.7613197667321073}


@pytest.mark.parametrize("people", [30, 400])
def test_a_bet_against_equal_arms_never_pays_on_average(people: int) -> None:
    """Exactly: over all splits of 12 conversions among so many people in each arm."""
    hits = np.arange(13.0)
    pays = np.exp(log_beta_binomial(hits, np.full(13, 12.0), np.full(13, 0.5), np.full(13, 40.0)))
    assert (stats.hypergeom.pmf(hits, 2 * people, 12, people) * pays).sum() <= 1
    assert (stats.binom.pmf(hits, 12, 0.5) * pays).sum() == pytest.approx(1)


def test_thirty_looks_at_a_test_without_difference() -> None:
    """Fixed z is fooled in 28 % of tests, the mixture in under 1 %. 200 people an arm and day, of whom 5 % convert."""
    rng = np.random.default_rng(71)
    a, b = (rng.binomial(200, 0.05, (2000, 30)).cumsum(1).astype(float) for _ in range(2))
    seen = 200.0 * np.arange(1, 31)
    pooled = (a + b) / (2 * seen)
    variance = 2 * pooled * (1 - pooled) / seen
    fixed = (np.abs(a - b) / seen > 1.96 * np.sqrt(variance)).any(1).mean()
    mixture = tightest_mixture(2 * 0.05 * 0.95 / 3000, ALPHA)
    always = (np.abs(a - b) / seen > half_width(variance, mixture, ALPHA)).any(1).mean()
    split = (
        (log_beta_binomial(a, a + b, np.full_like(a, 0.5), np.full_like(a, 200.0)) > np.log(1 / ALPHA)).any(1).mean()
    )
    assert 0.24 < fixed < 0.32  # 2,000 tests: two standard errors are 2 %
    assert always < 0.02
    assert split < 0.04


def test_false_discoveries_stay_bounded_when_all_series_depend_on_each_other() -> None:
    """One shock shared by all (correlation .8), 20 of 100 truly moved: the mean share of false ones, 1,500 worlds.

    The bound is the rate times the share of unmoved series: .1 * .8 = .08 for every dependence.
    """
    rng = np.random.default_rng(72)
    effects = np.where(np.arange(100) < 20, 3.0, 0.0)
    shares, found = [], 0
    for _ in range(1500):
        z = effects + 0.8**0.5 * rng.normal() + 0.2**0.5 * rng.normal(size=100)
        rejected = e_bh(3.0 * z - 4.5) <= 0.1  # the likelihood ratio of a move by 3
        shares.append(rejected[20:].sum() / max(rejected.sum(), 1))
        found += int(rejected[:20].sum())
    assert np.mean(shares) <= 0.08
    assert found / (20 * 1500) > 0.2  # it is not silent either


def test_e_bh_is_benjamini_hochberg_on_inverted_e_values() -> None:
    log_e = np.random.default_rng(73).normal(1, 3, 50)
    p = np.minimum(1, np.exp(-log_e))
    assert e_bh(log_e) == pytest.approx(stats.false_discovery_control(p, method="bh"))


FIGURES = arrays.arrays(
    np.float64, 4, elements=st.sampled_from([0.0, -1.0, 1.0, 3.5, 1e-12, 1e12, np.nan, np.inf, -np.inf])
)


@settings(max_examples=150, deadline=None)
@given(FIGURES, FIGURES, FIGURES)
def test_what_cannot_be_judged_is_no_evidence(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> None:
    for log_e in (log_normal_mixture(first, second, 0.1), log_beta_binomial(first, second, third, np.full(4, 10.0))):
        assert not np.isnan(log_e).any()
        impossible = ~np.isfinite(first) | ~np.isfinite(second)
        assert (log_e[impossible] == 0).all()
        assert ((always_valid_p(log_e) >= 0) & (always_valid_p(log_e) <= 1)).all()
        assert ((e_bh(log_e) >= 0) & (e_bh(log_e) <= 1)).all()
    assert (half_width(second, 0.1, ALPHA) > 0).all()
