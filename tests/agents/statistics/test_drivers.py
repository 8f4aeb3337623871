"""What made a conversion dearer adds up, to the cent."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from agents.statistics.drivers import split
from domain.finding import FindingKind
from tests.agents.world import Blow, company, findings

CHANGES = arrays.arrays(np.float64, 3, elements=st.floats(-2, 2))


def test_the_drivers_of_a_campaign_add_up_to_what_a_conversion_costs_more() -> None:
    """1,000 spent for 200,000 impressions, 2,600 clicks and 91 conversions; then 205,000, 2,100 and 68."""
    before, after = (1000.0, 200e3, 2600.0, 91.0), (1000.0, 205e3, 2100.0, 68.0)
    log = {
        name: np.log([after[at] / after[below] / (before[at] / before[below])])
        for name, at, below in (("cpm", 0, 1), ("ctr", 2, 1), ("cvr", 3, 2))
    }
    whole, parts = split(log)
    assert whole[0] == pytest.approx((1000 / 68) / (1000 / 91) - 1)
    assert sum(part[0] for part in parts.values()) == pytest.approx(whole[0])
    assert sorted(parts, key=lambda name: -parts[name][0]) == ["ctr", "cvr", "cpm"]
    assert parts["cpm"][0] < 0 < parts["cvr"][0]


def test_logarithmic_mean_weights_are_those_of_the_published_index() -> None:
    """Ang 2004: an effect in money is L(C1, C0) * log of its driver's ratio, L the logarithmic mean of both costs."""
    ratios = {"cpm": 1.25, "ctr": 0.8, "cvr": 1.1}
    old = 40.0
    new = old * ratios["cpm"] / ratios["ctr"] / ratios["cvr"]
    mean = (new - old) / np.log(new / old)
    _, parts = split({name: np.log([ratio]) for name, ratio in ratios.items()})
    for name, sign in (("cpm", 1), ("ctr", -1), ("cvr", -1)):
        assert old * parts[name][0] == pytest.approx(sign * mean * np.log(ratios[name]))


@given(CHANGES, CHANGES, CHANGES)
def test_nothing_is_left_over_and_fall_mirrors_rise(cpm: np.ndarray, ctr: np.ndarray, cvr: np.ndarray) -> None:
    whole, parts = split({"cpm": cpm, "ctr": ctr, "cvr": cvr})
    assert sum(parts.values()) == pytest.approx(whole, abs=1e-8)
    back, parts_back = split({"cpm": -cpm, "ctr": -ctr, "cvr": -cvr})
    assert (1 + whole) * (1 + back) == pytest.approx(1)
    for name, part in parts.items():
        assert part == pytest.approx(-(1 + whole) * parts_back[name], abs=1e-6)


def test_clicks_alone_have_two_drivers_and_unknown_moves_none() -> None:
    whole, parts = split({"cpm": np.array([0.2, np.nan]), "ctr": np.array([-0.1, np.inf])})
    assert set(parts) == {"cpm", "ctr"}
    assert whole.tolist() == pytest.approx([np.expm1(0.3), 0.0])


def test_a_campaigns_card_says_which_driver_made_a_conversion_dearer() -> None:
    world = company(
        3, Blow("cvr", 0.6, 90, where={"campaign_id": "c12"}), Blow("cpm", 1.2, 90, where={"campaign_id": "c12"})
    )
    found = findings(world.readings(104))
    one = next(one for one in found if one.kind is FindingKind.CPA_RISE and one.scope.campaign_id == "c12")
    drivers = re.search(r"of the \+(\d+) %, CVR made (\d+), CPM (\d+) and CTR (−?\d+)", one.evidence)
    assert drivers, one.evidence
    whole, *parts = (int(part.replace("−", "-")) for part in drivers.groups())
    assert sum(parts) == pytest.approx(whole, abs=2)
    assert whole == round(100 * one.change)
    assert parts[0] > 2 * parts[1] > 0
