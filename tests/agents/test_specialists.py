"""Each agent notices what its mandate is about, in its own words and units, and cannot look further."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.needs import DAYS
from agents.performance import decided_tests
from agents.roster import SPECIALISTS, findings_of
from domain.action import ACTION_KINDS
from domain.errors import OutsideGrant
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings
from domain.scope import Scope
from domain.tables import TABLES
from tests.agents.world import Blow, combined, company, findings, on

CORE = (
    Blow("ctr", 0.65, 90, ramp=5, where={"segment_id": "s11"}),
    Blow("owned", 0.75, 90, ramp=5, where={"segment_id": "s11"}),
)


def kinds(found: list[Finding], **ids: str) -> set[FindingKind]:
    return {one.kind for one in found if ids.items() <= dict(one.scope.ids()).items()}


def test_a_quiet_company_gives_agents_nothing_worth_a_signal() -> None:
    assert not combined(company(2).readings(100)).signals


def test_four_agents_see_the_core_case_each_from_its_own_tables() -> None:
    found = findings(company(3, *CORE).readings(104))
    assert FindingKind.RESPONSE_DECLINE in kinds(found, segment_id="s11")
    assert FindingKind.ENGAGEMENT_DECLINE in kinds(found, segment_id="s11")
    assert FindingKind.CTR_DECLINE in kinds(found, segment_id="s11")
    assert FindingKind.CPA_RISE in kinds(found, account_id="a1")
    assert {one.agent for one in found} >= {"performance", "creative", "lifecycle", "audience"}
    assert not kinds(found, segment_id="s12")
    assert not kinds(found, account_id="a2")


def test_a_finding_carries_its_own_arithmetic() -> None:
    for one in findings(company(3, *CORE).readings(104)):
        assert one.observed / one.baseline - 1 == pytest.approx(one.change, rel=1e-6)
        assert one.interval[0] <= one.change <= one.interval[1]
        assert one.since <= on(104)
        assert any(figure.isdigit() for figure in one.evidence)


def test_the_measured_fall_of_a_worn_out_ad_is_the_true_one() -> None:
    blows = (Blow("ctr", 0.5, 90, where={"ad_id": "ad122"}), Blow("ad_frequency", 1.6, 90, where={"ad_id": "ad122"}))
    found = findings(company(3, *blows).readings(103))
    fall = next(one for one in found if one.kind is FindingKind.CTR_DECLINE and one.scope.ad_id == "ad122")
    assert fall.agent == "creative"
    assert fall.interval[0] < -0.5 < fall.interval[1]
    assert abs((fall.since - on(90)).days) <= 2
    assert FindingKind.FREQUENCY_RISE in kinds(found, ad_id="ad122")


def test_searches_that_double_on_a_badly_placed_page_are_demand() -> None:
    world = company(3, Blow("searches", 2.2, 95, where={"query": "winter running vest"}))
    found = [one for one in findings(world.readings(104)) if one.agent == "content"]
    assert [one.scope.query for one in found] == ["winter running vest"]
    assert "position 13" in found[0].evidence


def test_mandates_name_real_tables_and_actions_and_do_not_overlap_in_what_they_claim_to_be() -> None:
    for agent in SPECIALISTS:
        assert agent.mandate.reads <= set(TABLES)
        assert agent.mandate.reads <= set(DAYS)
        assert agent.mandate.suggests <= set(ACTION_KINDS)
    assert len({agent.mandate.agent for agent in SPECIALISTS}) == len(SPECIALISTS) == 6


class Nosy:
    """An agent that reaches for a table it was not granted and claims what it may not."""

    mandate = Mandate(
        agent="nosy",
        job="Tests the gate.",
        reads=frozenset({"ad_report"}),
        finds=frozenset({FindingKind.CTR_DECLINE}),
        suggests=frozenset(),
        hands_to=(),
    )

    def __init__(self, wants: str | None = None, *claims: Finding) -> None:
        self.wants, self.claims, self.cache = wants, claims, dict[str, object]()

    def look(self, readings: Readings, today: date) -> list[Finding]:
        self.cache = dict(readings.cache)
        if self.wants:
            readings.get(self.wants)
        return list(self.claims)


def test_reading_outside_the_grant_is_impossible() -> None:
    readings = company(1).readings(60)
    with pytest.raises(OutsideGrant, match="may not read web_report"):
        findings_of(Nosy("web_report"), readings, on(60))


def test_a_derived_table_is_not_handed_to_an_agent_without_its_sources() -> None:
    readings = company(1).readings(60)
    findings(readings)
    assert any("web_report" in key for key in readings.cache)
    nosy = Nosy()
    findings_of(nosy, readings, on(60))
    assert nosy.cache
    assert not any("web_report" in key or "calendar" in key for key in nosy.cache)


def test_a_finding_outside_the_mandate_is_discarded_and_reported() -> None:
    def claim(kind: FindingKind, agent: str = "nosy") -> Finding:
        return Finding(
            agent=agent, kind=kind, metric="ctr", scope=Scope(account_id="a1"), baseline=1, observed=0.5, change=-0.5,
            interval=(-0.6, -0.4), q_value=0.01, since=on(50), evidence="5 of 10",
        )  # fmt: skip

    own, foreign, forged = (
        claim(FindingKind.CTR_DECLINE), claim(FindingKind.CPA_RISE), claim(FindingKind.CTR_DECLINE, "creative"),
    )  # fmt: skip
    looked = findings_of(Nosy(None, own, foreign, forged), company(1).readings(60), on(60))
    assert looked.kept == (own,)
    assert looked.discarded == (foreign, forged)


@pytest.mark.parametrize("missing", [name for name in DAYS if name != "ad_report"])
def test_agents_work_without_any_table_but_ad_report(missing: str) -> None:
    world = company(3, *CORE)
    found = findings(world.readings(104, without=(missing,)))
    assert FindingKind.CTR_DECLINE in kinds(found, segment_id="s11")


def test_with_only_clicks_and_impressions_click_rates_are_still_judged() -> None:
    readings = company(3, *CORE).readings(104, without=tuple(name for name in DAYS if name != "ad_report"))
    empty = readings.tables["ad_report"].with_columns(
        spend=pl.lit(None, dtype=pl.Float64),
        conversions=pl.lit(None, dtype=pl.Float64),
        conversions_value=pl.lit(None, dtype=pl.Float64),
    )
    bare = Readings(readings.as_of, {"ad_report": empty})
    found = findings(bare)
    assert {one.kind for one in found} == {FindingKind.RESPONSE_DECLINE, FindingKind.CTR_DECLINE}
    signals = combined(bare).signals
    assert signals
    assert all(one.at_stake_per_day == 0 for one in signals)


def test_ads_without_segments_are_judged_as_ads() -> None:
    blows = (Blow("ctr", 0.5, 90, where={"ad_id": "ad122"}), Blow("ad_frequency", 1.6, 90, where={"ad_id": "ad122"}))
    readings = company(3, *blows).readings(103)
    keys = ["date_day", "platform", "account_id", "campaign_id", "ad_group_id", "ad_id"]
    whole = (
        readings.tables["ad_report"]
        .group_by(keys)
        .agg(
            pl.col("impressions", "clicks", "spend", "conversions").sum(),
            pl.lit(None, dtype=pl.String).alias("segment_id"),
        )
    )
    found = findings(Readings(readings.as_of, {**readings.tables, "ad_report": whole}))
    assert FindingKind.CTR_DECLINE in kinds(found, ad_id="ad122")
    assert FindingKind.RESPONSE_DECLINE not in kinds(found)


def arms(control: tuple[int, int], other: tuple[int, int], ended: date | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "test_id": ["t1", "t1"], "arm": ["control", "adviser"], "hypothesis": ["h", "h"], "metric": ["cvr", "cvr"],
            "started_on": [on(0), on(0)], "ended_on": pl.Series([ended, ended], dtype=pl.Date),
            "exposed": [control[1], other[1]], "converted": [control[0], other[0]],
        }
    )  # fmt: skip


def test_a_test_is_news_once_it_is_decided_and_not_before_nor_for_ever() -> None:
    assert not decided_tests(arms((340, 10_000), (360, 10_000)), on(30))
    decided = decided_tests(arms((340, 10_000), (480, 10_000)), on(30))
    assert [one.scope.test_id for one in decided] == ["t1"]
    assert decided[0].change == pytest.approx(0.41, abs=0.01)
    assert not decided_tests(arms((340, 10_000), (480, 10_000), ended=on(5)), on(30))


ODD = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=False, width=32), st.integers(0, 10**9).map(float))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), days=st.integers(1, 30), zero=st.booleans())
def test_odd_data_gives_no_crash_and_no_warning(data: st.DataObject, days: int, zero: bool) -> None:
    today = date(2026, 5, 1)
    rows = [
        {
            "date_day": today - timedelta(days=age), "platform": "meta", "account_id": "a1", "campaign_id": campaign,
            "ad_group_id": "g", "ad_id": f"{campaign}-ad", "segment_id": data.draw(st.sampled_from([None, "s1"])),
            "impressions": 0 if zero else data.draw(st.sampled_from([0, 1, 1000, 10**9])),
            "clicks": data.draw(st.sampled_from([0, 1, 7, 10**6])),
            "spend": data.draw(ODD), "conversions": data.draw(ODD),
        }
        for age in range(days)
        for campaign in ("c1", "c2")
        if data.draw(st.integers(0, 4))
    ]  # fmt: skip
    schema = dict.fromkeys(("platform", "account_id", "campaign_id", "ad_group_id", "ad_id", "segment_id"), pl.String)
    report = pl.DataFrame(
        rows,
        schema={
            "date_day": pl.Date,
            **schema,
            "impressions": pl.Int64,
            "clicks": pl.Int64,
            "spend": pl.Float64,
            "conversions": pl.Float64,
        },
    )
    web = report.select("date_day", "account_id", "campaign_id", sessions="clicks", orders="clicks", revenue="spend")
    readings = Readings(today, {"ad_report": report, "web_report": web})
    found = findings(readings)
    combined(readings)
    if days < 8:
        assert not found
