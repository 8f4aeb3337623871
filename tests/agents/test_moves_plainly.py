"""The fast statistics say what the plain ones say."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.statistics import moves as fast
from agents.statistics.arrays import Flags, Floats, Ints
from agents.statistics.moves import Moves, moves
from tests.agents.plain_moves import plain_moves

SETTINGS = (
    {},
    {"counted": False, "adverse": 1},
    {"share": True},
    {"noisy_exposure": True, "stale_days": 7, "min_base_days": 14},
    {"counted": False, "noisy_exposure": True},
)


def random_panel(rng: np.random.Generator, series: int, days: int) -> tuple[Floats, Floats, Flags]:
    """Clicks and impressions from a handful to a hundred thousand a day, with gaps, zeros, faults and young series."""
    level = rng.lognormal(rng.uniform(1, 9), 1.5, (series, 1))
    shown = rng.poisson(level * np.exp(rng.normal(0, 0.2, (series, days)))).astype(np.float64)
    clicks = rng.poisson(shown * rng.uniform(0.005, 0.2, (series, 1)) * np.exp(rng.normal(0, 0.15, (series, days))))
    clicks = clicks.astype(np.float64)
    for fault in (np.nan, 0.0, -3.0, np.inf, 1e15):
        for amounts in (clicks, shown):
            amounts[rng.random(amounts.shape) < rng.choice([0.0, 0.004])] = fault
    clicks[:, -20:] *= rng.choice([0.5, 1.0, 1.0, 2.0], (series, 1))
    usable = rng.random((series, days)) > rng.choice([0.0, 0.02, 0.4])
    usable &= np.arange(days) >= rng.integers(0, days, (series, 1)) * (rng.random((series, 1)) < 0.3)
    return clicks, shown, usable


def assert_same(ours: Moves, plain: Moves) -> None:
    for field in fields(Moves):
        one, other = getattr(ours, field.name), getattr(plain, field.name)
        if field.name == "variance":  # of days that do not count it means nothing
            one, other = one[plain.usable], other[plain.usable]
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=field.name)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    series=st.integers(1, 60),
    days=st.integers(2, 110),
    accounts=st.integers(0, 8),
    least=st.integers(1, 3),
    how=st.sampled_from(SETTINGS),
)
def test_the_blocks_say_what_the_plain_masks_say(
    seed: int, series: int, days: int, accounts: int, least: int, how: dict[str, int]
) -> None:
    rng = np.random.default_rng(seed)
    clicks, shown, usable = random_panel(rng, series, days)
    groups = rng.integers(0, accounts, series) if accounts else None
    late = np.linspace(1, 0.7, days) if seed % 3 == 0 else None
    ours = moves(clicks, shown, usable, groups=groups, min_peers=least, completeness=late, weekday=seed % 7, **how)
    plain = plain_moves(
        clicks, shown, usable, groups=groups, min_peers=least, completeness=late, weekday=seed % 7, **how
    )
    assert_same(ours, plain)


def test_many_accounts_on_two_threads_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    clicks, shown, usable = random_panel(rng, 240, 105)
    accounts: Ints = rng.integers(0, 12, 240)
    monkeypatch.setattr(fast, "BLOCK", 30)
    monkeypatch.setattr(fast, "MANY", 1)
    assert_same(moves(clicks, shown, usable, groups=accounts), plain_moves(clicks, shown, usable, groups=accounts))


def test_a_given_movement_is_taken_off_instead_of_the_peers() -> None:
    rng = np.random.default_rng(6)
    clicks, shown, usable = random_panel(rng, 20, 90)
    given_movement = rng.normal(0, 0.1, clicks.shape)
    groups = np.arange(20) % 4
    ours = moves(clicks, shown, usable, groups=groups, control=given_movement)
    assert_same(ours, plain_moves(clicks, shown, usable, groups=groups, control=given_movement))


def test_days_nobody_asks_for_are_not_kept() -> None:
    rng = np.random.default_rng(7)
    clicks, shown, usable = random_panel(rng, 20, 90)
    asked, spared = moves(clicks, shown, usable), moves(clicks, shown, usable, daily=False)
    assert spared.residual.shape == (0, 90)
    np.testing.assert_array_equal(asked.p_down, spared.p_down)
