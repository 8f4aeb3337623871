"""An account whose conversions take a week: its young days are not judged as if they were all there."""

from dataclasses import replace

import pytest

from agents.measures import account_pixel_ratio, arrived, campaigns
from domain.reading import USUAL_ARRIVAL, Readings
from domain.signal import Cause, HoldReason
from tests.agents.world import Blow, combined, company

WEEK = (0.40, 0.60, 0.75, 0.85, 0.92, 0.97)
OUTAGE = Blow("pixel", 0.12, 108, 30, where={"campaign_id": "c14"})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything comes in over a week."""
    monkeypatch.setattr("tests.agents.world.KNOWN", WEEK)


def learnt(readings: Readings) -> Readings:
    return replace(readings, arrival={"a1": WEEK, "a2": WEEK}, cache={})


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("seed", [3, 4])
def test_a_source_known_to_take_a_week_raises_no_signal(seed: int) -> None:
    readings = company(seed).readings(112)
    found = combined(learnt(readings))
    assert not found.signals
    assert not [one for one in found.held if one.reason is HoldReason.REPORTING_LAG]
    judged, misjudged = (account_pixel_ratio(one, worst=False).moves for one in (learnt(readings), readings))
    assert judged.raw_residual[:, -7:].mean() == pytest.approx(0, abs=0.05)
    assert (misjudged.raw_residual[:, -1] < -0.5).all()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("seed", [3, 4])
def test_an_outage_there_is_still_found(seed: int) -> None:
    (signal,) = combined(learnt(company(seed, OUTAGE).readings(112))).signals
    assert signal.cause is Cause.TRACKING_OUTAGE
    assert signal.scope.campaign_id == "c14"


def test_a_source_without_versions_is_judged_by_the_usual_curve() -> None:
    readings = company(3).readings(112)
    known = arrived(readings, campaigns(readings).keys["account_id"].to_list(), 10)
    assert (known[:, :7] == 1).all()
    assert (known[:, :6:-1] == USUAL_ARRIVAL).all()


def test_only_the_account_that_was_learnt_from_is_judged_by_its_own_curve() -> None:
    readings = replace(company(3).readings(112), arrival={"a2": WEEK})
    usual, own = arrived(readings, ["a1", "a2"], 10)
    assert tuple(usual[:6:-1]) == USUAL_ARRIVAL
    assert tuple(own[:3:-1]) == WEEK


def test_how_conversions_come_in_is_handed_over_with_the_ad_report_alone() -> None:
    readings = replace(company(3).readings(112), arrival={"a2": WEEK})
    assert readings.granted(frozenset({"ad_report"})).arrival == {"a2": WEEK}
    assert readings.granted(frozenset({"web_report"})).arrival == {}
