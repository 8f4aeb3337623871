"""The causal arithmetic against answers others have published, and against worlds whose truth we made."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agents.statistics.causal import Counts, log_difference
from agents.statistics.structural import structural
from agents.statistics.synthetic import block_placebo, simplex_weights, synthetic_control


def test_the_causalimpact_vignette_comes_out_as_published(shared_data: Callable[[str], Path]):
    table = pl.read_csv(shared_data("causal") / "causalimpact_vignette.csv")
    found = structural(table["y"].to_numpy(), table.select("x1").to_numpy(), 70)
    assert found.effect == pytest.approx(10.52, abs=0.1), "published: 11 [9.8, 11]; the truth is 10"
    assert found.low == pytest.approx(9.79, abs=0.15)
    assert found.high == pytest.approx(11.25, abs=0.15)


def test_the_arma_example_comes_out_as_published(shared_data: Callable[[str], Path]):
    table = pl.read_csv(shared_data("causal") / "arma_data.csv")
    y = table["y"].to_numpy().astype(float).copy()
    y[70:] += 5
    found = structural(y, table.select("X").to_numpy().astype(float), 70)
    assert found.effect == pytest.approx(4.89, abs=0.1)
    assert (found.low, found.high) == (pytest.approx(4.26, abs=0.15), pytest.approx(5.47, abs=0.15))


def test_geolift_comes_out_as_published(shared_data: Callable[[str], Path]):
    table = pl.read_csv(shared_data("geolift") / "GeoLift_Test.csv")
    wide = table.pivot("location", index="date", values="Y").sort("date").drop("date")
    treated = wide.select("chicago", "portland").to_numpy().astype(float).mean(axis=1)
    donors = wide.drop("chicago", "portland")
    found = synthetic_control(treated, donors.to_numpy().astype(float), 90)
    assert found.effect == pytest.approx(155.556, abs=0.05)
    assert found.imbalance == pytest.approx(909.489, abs=0.05)
    weights = dict(zip(donors.columns, found.weights, strict=True))
    assert weights["cincinnati"] == pytest.approx(0.2272, abs=1e-3)
    assert weights["miami"] == pytest.approx(0.2028, abs=1e-3)
    assert sum(found.weights > 1e-6) == 13
    assert 0.01 < found.placebo < 0.1, "runs of days make the published p of 0.01 over-optimistic"


def test_proposition_99_comes_out_as_published(shared_data: Callable[[str], Path]):
    table = pl.read_csv(shared_data("causal") / "california_prop99.csv")
    years = table.columns[0]
    california = table["California"].to_numpy().astype(float)
    donors = table.drop(years, "California").to_numpy().astype(float)
    gaps = california - donors @ simplex_weights(california[:19], donors[:19])
    assert gaps[19:].mean() == pytest.approx(-19.5, abs=0.3), "published, with covariates: about -20 packs a head"
    assert gaps[-1] == pytest.approx(-26, abs=1.5)


def test_a_run_of_luck_is_not_an_effect():
    rng = np.random.default_rng(1)
    calls = 0
    for _ in range(200):
        noise = rng.normal(size=70)
        for at in range(1, 70):
            noise[at] += 0.6 * noise[at - 1]
        calls += block_placebo(noise, 14) <= 0.05
    assert 3 <= calls <= 16, "three in seventy shifts, whatever the runs: neither more often nor never"


def unit(
    rng: np.random.Generator, rate: np.ndarray, shared: np.ndarray, noise: float, impressions: int = 20_000
) -> Counts:
    level = rate * np.exp(shared + rng.normal(0, noise, len(rate)))
    bottom = np.full(len(rate), float(impressions))
    clicks = rng.poisson(bottom * level).astype(float)
    return Counts(clicks, bottom)


def world(seed: int, lift: float, incident: float, days: int = 75, noise: float = 0.1):
    """56 quiet days, 5 days of incident, then 14 days in which the action lifts the rate by `lift` against it."""
    rng = np.random.default_rng(seed)
    shared = 0.1 * np.sin(np.arange(days) * 2 * np.pi / 7) + np.linspace(0, 0.3, days)
    rate = np.full(days, 0.013)
    rate[56:61] *= np.exp(incident)
    rate[61:] *= np.exp(incident + lift)
    treated = unit(rng, rate, shared, noise)
    siblings = [unit(rng, np.full(days, 0.012), shared, noise) for _ in range(3)]
    at = np.arange(days)
    return treated, siblings, at < 56, (at >= 56) & (at < 61), at >= 61


def test_the_true_effect_lies_in_the_interval_nineteen_times_of_twenty():
    inside, errors = 0, []
    for seed in range(120):
        found = log_difference(*world(seed, lift=0.27, incident=-0.45)).estimate
        inside += found.low <= 0.27 <= found.high
        errors.append(found.effect - 0.27)
    assert inside >= 108
    assert abs(float(np.mean(errors))) < 0.05


def test_luck_that_passes_by_itself_is_not_credited_to_the_action():
    """The alert days were merely unlucky: before-and-after would credit the action with the way back."""
    credited, naive = [], []
    for seed in range(150):
        treated, siblings, past, alert, after = world(seed, lift=0.0, incident=0.0, noise=0.2)
        gap = float(np.log(treated.top[alert].sum() / treated.bottom[alert].sum()))
        usual = float(np.log(treated.top[past].sum() / treated.bottom[past].sum()))
        if gap - usual < 0.1:  # only the unlucky ones would have been acted on
            credited.append(log_difference(treated, siblings, past, alert, after).estimate.effect)
            naive.append(float(np.log(treated.top[after].sum() / treated.bottom[after].sum())) - gap)
    assert len(credited) > 20
    assert abs(float(np.mean(credited))) < 0.4 * abs(float(np.mean(naive)))


def test_what_moves_the_siblings_too_is_no_effect():
    treated, siblings, past, alert, after = world(3, lift=0.0, incident=0.0, noise=0.05)
    doubled = [Counts(one.top * np.where(after, 2, 1), one.bottom) for one in (treated, *siblings)]
    found = log_difference(doubled[0], doubled[1:], past, np.zeros_like(alert), after).estimate
    assert found.low < 0 < found.high


def alone(seed: int, incident: float, noise: float = 0.1):
    """One unit without siblings whose rate moves by `incident` for five days and is back to normal for fourteen."""
    rng, days = np.random.default_rng(seed), 75
    rate = 0.013 * np.where((np.arange(days) >= 56) & (np.arange(days) < 61), np.exp(incident), 1.0)
    at = np.arange(days)
    return unit(rng, rate, np.zeros(days), noise), [], at < 56, (at >= 56) & (at < 61), at >= 61


def test_without_siblings_an_unlucky_week_is_not_credited_to_the_action_either():
    """Five days 10 % off on noise of 10 % a day may be luck, and the way back is mostly nobody's doing."""
    treated, _, past, alert, after = alone(1, incident=-0.1)
    found = log_difference(treated, [], past, alert, after).estimate
    assert -0.05 < found.effect < 0.07
    assert found.low < 0 < found.high
    broken = log_difference(*alone(1, incident=-1.5)).estimate
    assert broken.effect == pytest.approx(1.5, abs=0.15), "a breakdown is no luck"
    assert broken.low > 1.1


def test_an_own_past_without_controls_covers_nineteen_times_of_twenty():
    rng, inside = np.random.default_rng(8), 0
    for _ in range(40):
        series = rng.normal(0, 0.2, 63)
        weekly = np.column_stack([np.sin(np.arange(63) * 2 * np.pi / 7), np.cos(np.arange(63) * 2 * np.pi / 7)])
        found = structural(series, weekly, 56, explained=0.0)
        inside += found.low <= 0 <= found.high
    assert inside >= 35
