"""Two rates against each other: the textbook's figures, the right number of false alarms, no verdict on nonsense."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from agents.statistics.rates import (
    SUMMED,
    beta_binomial_interval,
    beta_binomial_tail,
    day_variance,
    exact_test,
    fisher_test,
    score_test,
    shared_beta,
    shift,
    shrunk,
)

PAIRS = {
    # (events, exposure, events before, exposure before): one-sided p-values of a fall and of a rise by
    # statsmodels 0.15 test_poisson_2indep, method "score" and method "exact-cond". The first pair is the worked example
    # of Gu et al. 2008 (coronary heart disease of postmenopausal women).
    (60, 51477.5, 30, 54308.7): ((0.99968389055898, 0.000316109441024), (0.99980778781008, 0.000428052694050)),
    (3, 900, 60, 9000): ((0.11599886181437, 0.88400113818563), (0.16419130638579, 0.93379641498729)),
    (0, 400, 18, 4000): ((0.08985624743950, 0.91014375256050), (0.17985878990921, 1.0)),
    (12, 1000, 5, 1200): ((0.98129196861587, 0.01870803138413), (0.99044912830702, 0.03279273599849)),
}


def columns(*figures: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([one], dtype=float) for one in figures)


@pytest.mark.parametrize("pair", PAIRS)
def test_two_poisson_rates_are_judged_as_by_statsmodels(pair: tuple[float, ...]) -> None:
    score, exact = PAIRS[pair]
    assert [p[0] for p in score_test(*columns(*pair))] == pytest.approx(score, rel=1e-9)
    assert [p[0] for p in exact_test(*columns(*pair))] == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_exact_test_is_close_to_scipys_own_and_never_bolder(pair: tuple[float, ...]) -> None:
    k1, x1, k0, x0 = pair
    for ours, side in zip(exact_test(*columns(*pair)), ("less", "greater"), strict=True):
        theirs = stats.poisson_means_test(int(k1), x1, int(k0), x0, alternative=side).pvalue
        assert theirs - 1e-9 <= ours[0] <= 3 * theirs + 0.1


@pytest.mark.parametrize(
    ("k1", "n1", "k0", "n0"), [(1, 9, 11, 14), (0, 40, 12, 300), (20, 20, 3, 21), (7, 900, 9, 800)]
)
def test_two_shares_are_judged_as_by_fishers_exact_test(k1: int, n1: int, k0: int, n0: int) -> None:
    table = [[k1, n1 - k1], [k0, n0 - k0]]
    for ours, side in zip(fisher_test(*columns(k1, n1, k0, n0)), ("less", "greater"), strict=True):
        assert ours[0] == pytest.approx(stats.fisher_exact(table, alternative=side).pvalue, rel=1e-8)


@pytest.mark.parametrize(
    ("k", "n", "a", "b"), [(3, 40, 2.0, 9.0), (0, 12, 0.3, 4.0), (95, 400, 160.0, 340.0), (7, 7, 1.0, 1.0)]
)
def test_a_share_that_varies_is_judged_as_by_scipys_beta_binomial(k: int, n: int, a: float, b: float) -> None:
    few, many = beta_binomial_tail(*columns(k, n, a, b))
    assert few[0] == pytest.approx(stats.betabinom.cdf(k, n, a, b), rel=1e-9)
    assert many[0] == pytest.approx(stats.betabinom.sf(k - 1, n, a, b), rel=1e-9)


def test_beyond_what_is_summed_the_tail_hardly_jumps() -> None:
    share = np.linspace(0.29, 0.42, 40)
    below, above = (beta_binomial_tail(np.floor(share * n), np.full(40, n), np.full(40, 360.0), np.full(40, 640.0))
                    for n in (float(SUMMED), float(SUMMED + 100)))  # fmt: skip
    for one, other in zip(below, above, strict=True):
        seen = one > 1e-6
        assert other[seen] == pytest.approx(one[seen], rel=0.03)


@pytest.mark.parametrize(("n", "a", "b"), [(5600, 180.0, 720.0), (90, 40.0, 60.0)])
def test_an_interval_of_a_share_that_varies_holds_as_much_as_it_says(n: int, a: float, b: float) -> None:
    low, high = beta_binomial_interval(*columns(n, a, b), 0.95)
    inside = stats.betabinom.cdf(np.floor(high[0] * n), n, a, b) - stats.betabinom.cdf(np.ceil(low[0] * n) - 1, n, a, b)
    assert inside == pytest.approx(0.95, abs=0.02)
    assert [end[0] for end in beta_binomial_interval(*columns(np.nan, a, b), 0.95)] == [0, 1]


def noisy(rng: np.random.Generator, series: int, mean: float, day_sd: float, days: int = 21) -> np.ndarray:
    return rng.poisson(mean * np.exp(rng.normal(0, day_sd, (series, days)))).astype(float)


@pytest.mark.parametrize(("mean", "day_sd"), [(900, 0.16), (120, 0.08), (30, 0.2)])
def test_a_day_that_is_only_as_odd_as_its_days_are_is_no_shift(mean: float, day_sd: float) -> None:
    rng = np.random.default_rng(81)
    clicks = noisy(rng, 4000, mean, day_sd)
    shown = np.full_like(clicks, 70.0 * mean)
    spread = day_variance(clicks[:, :-1], shown[:, :-1])
    ours = shift(clicks[:, -1], shown[:, -1], clicks[:, :-1].sum(1), shown[:, :-1].sum(1), spread * (1 + 1 / 20))
    plain = shift(clicks[:, -1], shown[:, -1], clicks[:, :-1].sum(1), shown[:, :-1].sum(1), np.zeros(4000))
    assert np.mean(ours.p_down < 0.01) < 0.015
    assert np.mean(ours.p_up < 0.01) < 0.015
    assert np.mean(plain.p_down < 0.01) > 2 * np.mean(ours.p_down < 0.01)


def test_day_variance_is_found_and_what_is_unknown_is_assumed() -> None:
    rng = np.random.default_rng(82)
    found = day_variance(noisy(rng, 400, 600, 0.2, 60), np.full((400, 60), 40_000.0)) ** 0.5
    assert np.median(found) == pytest.approx(0.2, abs=0.02)
    assert day_variance(np.zeros((1, 0)), np.zeros((1, 0)))[0] ** 0.5 == pytest.approx(0.15)


def test_rates_of_one_kind_give_their_spread_back() -> None:
    rng = np.random.default_rng(83)
    trials = rng.integers(200, 4000, 3000)
    hits = rng.binomial(trials, rng.beta(30, 970, 3000))
    a, b = shared_beta(hits.astype(float), trials.astype(float))
    assert a / (a + b) == pytest.approx(0.03, abs=0.001)
    assert a + b == pytest.approx(1000, rel=0.2)


def test_a_lucky_small_segment_does_not_lead_the_ranking() -> None:
    hits, trials = np.array([3.0, 400, 380, 350, 300]), np.array([20.0, 10_000, 10_000, 10_000, 10_000])
    rates = shrunk(hits, trials)
    assert np.argmax(hits / trials) == 0
    assert np.argmax(rates) == 1
    assert rates[1] == pytest.approx(0.04, abs=0.002)


def test_shrunk_rates_are_nearer_to_the_truth_than_raw_ones() -> None:
    rng = np.random.default_rng(84)
    truth, trials = rng.beta(20, 480, 500), rng.integers(20, 2000, 500)
    hits = rng.binomial(trials, truth)
    raw = ((hits / trials - truth) ** 2).mean()
    assert ((shrunk(hits.astype(float), trials.astype(float)) - truth) ** 2).mean() < 0.5 * raw


ODD = st.one_of(
    st.integers(0, 300).map(float), st.sampled_from([0.0, -1.0, 1e-9, 0.5, 1e12, 1e300, np.nan, np.inf, -np.inf])
)
ROWS = arrays.arrays(np.float64, (4, 5), elements=ODD)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_no_figures_however_odd_break_a_test(rows: np.ndarray) -> None:
    k1, x1, k0, x0 = rows
    spread = day_variance(rows, rows[::-1])
    assert np.isfinite(spread).all()
    wald = shift(k1, x1, k0, x0, np.full(5, 0.02))
    nonsense = ~np.isfinite(rows).all(axis=0) | (rows < 0).any(axis=0)
    for down, up in (
        (wald.p_down, wald.p_up),
        score_test(k1, x1, k0, x0),
        exact_test(k1, x1, k0, x0),
        fisher_test(k1, x1, k0, x0),
        beta_binomial_tail(k1, x1, k0, x0),
    ):
        assert ((down >= 0) & (down <= 1) & (up >= 0) & (up <= 1)).all()
        assert (down[nonsense] == 1).all()
        assert (up[nonsense] == 1).all()
    rates = shrunk(k1, x1)
    assert ((rates > 0) & (rates <= 1)).all()  # a billion of a billion is 1 to all digits there are
