"""Findings become one signal per incident, with the right cause at the right grain, and decoys stay quiet."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from agents.causes import Place, signatures
from agents.draft import Sight
from agents.incidents import strong
from agents.roster import SPECIALISTS
from agents.thresholds import SOLE_RATE
from agents.weighing import weigh
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause, EventKind, HoldReason
from tests.agents.world import MODEL, VOLUME, Blow, combined, company, findings, lived, on, opened

CAMPAIGN, SEGMENT = signatures(Place.CAMPAIGN), signatures(Place.SEGMENT)
SEEDS = (3, 4)
INCIDENTS = {
    Cause.AUDIENCE_DECLINE: (
        {"segment_id": "s11"},
        [Blow("ctr", 0.65, 90, ramp=5), Blow("owned", 0.75, 90, ramp=5)],
    ),
    Cause.CREATIVE_FATIGUE: (
        {"campaign_id": "c12", "ad_id": "ad122"},
        [Blow("ctr", 0.5, 85, ramp=14), Blow("ad_frequency", 1.6, 85, ramp=14)],
    ),
    Cause.TRACKING_OUTAGE: ({"campaign_id": "c13"}, [Blow("pixel", 0.1, 100, 8)]),
    Cause.LANDING_PAGE_BREAK: (
        {"campaign_id": "c21"},
        [Blow("cvr", 0.35, 100, 8), Blow("visits", 0.6, 100, 8)],
    ),
    Cause.BUDGET_CAP: ({"campaign_id": "c24"}, [Blow("hours", 0.55, 100, 12)]),
    Cause.AUCTION_PRESSURE: ({"campaign_id": "c14"}, [Blow("cpm", 1.4, 95, 30, ramp=3)]),
    Cause.AUDIENCE_SATURATION: (
        {"campaign_id": "c14"},
        [Blow("cvr", 0.6, 90, ramp=8), Blow("cpm", 1.25, 90, ramp=8), Blow("frequency", 1.6, 90, ramp=8)],
    ),
    Cause.OFFER_DECAY: ({"campaign_id": "c14"}, [Blow("cvr", 0.6, 90, ramp=5)]),
    Cause.ENGAGEMENT_DROP: ({"segment_id": "s21"}, [Blow("owned", 0.7, 95, ramp=3)]),
    Cause.RETENTION_DROP: ({"segment_id": "s21"}, [Blow("retention", 0.78, 95, ramp=5)]),
    Cause.CONTENT_OPPORTUNITY: ({"query": "winter running vest"}, [Blow("searches", 2.2, 95, ramp=5)]),
}


def befallen(cause: Cause, seed: int) -> tuple[dict[str, str], list[Blow]]:
    where, blows = INCIDENTS[cause]
    return where, [Blow(b.figure, b.factor, b.start, b.days, b.ramp, where) for b in blows]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cause", list(INCIDENTS))
def test_each_incident_opens_one_signal_with_its_cause_at_its_place(cause: Cause, seed: int) -> None:
    where, blows = befallen(cause, seed)
    signals = opened(lived(company(seed, *blows), 88, 112))
    assert [one.cause for one in signals] == [cause]
    assert where.items() <= dict(signals[0].scope.ids()).items()
    finest = {"ad_id": Grain.AD, "segment_id": Grain.SEGMENT, "query": Grain.QUERY}
    assert signals[0].scope.grain is next((finest[name] for name in finest if name in where), Grain.CAMPAIGN)


def test_the_core_case_is_one_signal_of_four_agents_for_three_owners() -> None:
    _where, blows = befallen(Cause.AUDIENCE_DECLINE, 3)
    made = combined(company(3, *blows).readings(104)).signals
    assert len(made) == 1
    signal = made[0]
    assert {one.agent for one in signal.findings} == {"performance", "creative", "lifecycle", "audience"}
    assert signal.owners == ("media_lead", "creative_lead", "crm_lead")
    assert signal.scope == Scope(platform="meta", account_id="a1", segment_id="s11")
    assert signal.confidence > 0.9
    assert signal.headline.startswith("People s11 on Meta responds less: CTR −")
    assert len(signal.headline) <= 150
    assert signal.currency == "EUR"
    assert signal.at_stake_per_day > Decimal(50)
    assert signal.stake_is == "wasted spend and missed sales"
    assert {"a1", "s11"} <= set(signal.names)


def test_what_was_ruled_out_is_said_with_the_number_that_speaks_against_it() -> None:
    _, blows = befallen(Cause.AUCTION_PRESSURE, 3)
    signal = combined(company(3, *blows).readings(104)).signals[0]
    assert signal.cause is Cause.AUCTION_PRESSURE
    against = {one.cause: one.because for one in signal.ruled_out}
    assert "frequency" in against[Cause.AUDIENCE_SATURATION] or "conversion rate" in against[Cause.AUDIENCE_SATURATION]
    assert "[" in against[Cause.AUDIENCE_SATURATION]
    assert against[Cause.AUDIENCE_SATURATION].startswith("would ")
    assert "%" in against[Cause.TRACKING_OUTAGE]
    assert Cause.AUCTION_PRESSURE not in against


def test_at_stake_is_the_money_that_buys_nothing() -> None:
    where = {"campaign_id": "c13"}
    signal = combined(company(3, Blow("pixel", 0.1, 95, 20, where=where)).readings(104)).signals[0]
    spend = VOLUME * 2 * 9 / 1000
    assert float(signal.at_stake_per_day) == pytest.approx(0.9 * spend, rel=0.2)


def test_what_a_segment_wastes_is_never_more_than_is_spent_on_it_and_its_messages_sold() -> None:
    _where, blows = befallen(Cause.AUDIENCE_DECLINE, 3)
    read = company(3, *blows).readings(104)
    signal = combined(read).signals[0]
    ads, mails = read.get("ad_report"), read.get("lifecycle_report")
    assert ads is not None
    assert mails is not None
    mine, week = pl.col("segment_id") == "s11", pl.col("date_day") > read.as_of - timedelta(days=7)
    spent = float(ads.filter(mine & week)["spend"].sum()) / 7
    sold = float(mails.filter(mine & (pl.col("date_day") < signal.since))["revenue"].sum())
    sold /= mails.filter(mine & (pl.col("date_day") < signal.since))["date_day"].n_unique()
    falls = {one.kind: -one.change for one in signal.findings}
    most = spent * falls[FindingKind.RESPONSE_DECLINE] + sold * falls[FindingKind.ENGAGEMENT_DECLINE]
    assert 0 < float(signal.at_stake_per_day) <= 1.25 * most


def test_a_company_without_incidents_stays_quiet_for_weeks() -> None:
    assert sum(len(opened(lived(company(seed), 70, 129))) for seed in (11, 12)) <= 1


PROMO = dict.fromkeys(range(100, 104), "promo")


@pytest.mark.parametrize(
    ("blows", "marked"),
    [
        ([Blow("cvr", 1.35, 100, 4), Blow("demand", 1.25, 100, 4)], PROMO),
        ([Blow("cvr", 0.8, 100, 1), Blow("demand", 0.7, 100, 1)], {100: "holiday"}),
        ([Blow("late", 0.1, 100, 3, where={"account_id": "a1"})], None),
        ([Blow("ctr", 0.3, 100, 1, where={"ad_id": "ad113"})], None),
        ([Blow("ctr", 3.0, 100, 1, where={"ad_id": "ad113"})], None),
    ],
    ids=["promo and its end", "holiday", "late reports", "a small ad falls for a day", "a small ad jumps for a day"],
)
def test_moves_that_are_nobodys_fault_open_nothing(blows: list[Blow], marked: dict[int, str] | None) -> None:
    assert not opened(lived(company(5, *blows, marked=marked), 96, 115))


def test_a_promo_is_noted_once_per_account_and_an_account_that_reports_late_too() -> None:
    promo = company(5, Blow("cvr", 1.35, 100, 4), Blow("demand", 1.25, 100, 4), marked=PROMO)
    held = [one for one in lived(promo, 98, 106) if one.event is EventKind.HELD]
    assert [(one.reason, one.as_of) for one in held] == [(HoldReason.PROMO, on(100))] * 2
    late = company(5, Blow("late", 0.1, 100, 1, where={"account_id": "a1"}))
    held = [one for one in lived(late, 98, 106) if one.reason is HoldReason.REPORTING_LAG]
    assert [(one.signal.scope.account_id, one.as_of) for one in held] == [("a1", on(100))]


def test_a_pixel_silent_in_a_whole_account_is_one_signal_of_the_account() -> None:
    signals = opened(lived(company(3, Blow("pixel", 0.05, 100, 8, where={"account_id": "a1"})), 98, 108))
    assert [(one.cause, one.scope.key) for one in signals] == [(Cause.TRACKING_OUTAGE, "platform=meta/account_id=a1")]
    assert signals[0].owners[0] == "web_lead"


def test_without_a_backend_a_silent_pixel_and_a_broken_page_are_both_left_standing() -> None:
    readings = company(3, Blow("pixel", 0.2, 95, 20, where={"campaign_id": "c13"})).readings(
        105, without=("web_report",)
    )
    signal = combined(readings).signals[0]
    standing = {one.cause for one in signal.candidates}
    assert {Cause.TRACKING_OUTAGE, Cause.LANDING_PAGE_BREAK} <= standing
    assert signal.confidence < 0.9
    assert any("web_report" in gap for gap in signal.gaps)


def test_a_campaign_that_still_learns_is_not_judged() -> None:
    world = company(3, Blow("cvr", 0.6, 90, ramp=5, where={"campaign_id": "c14"}))
    readings = world.readings(108)
    assert combined(readings).signals
    status = readings.tables["campaign_status"]
    learning = {**readings.tables, "campaign_status": status.with_columns(learning=status["campaign_id"] == "c14")}
    quiet = combined(Readings(readings.as_of, learning))
    assert not quiet.signals
    assert [one.cause for one in quiet.faint] == [Cause.OFFER_DECAY]


def test_two_ads_that_wear_out_are_two_signals() -> None:
    blows = [
        Blow(figure, factor, 90, ramp=6, where={"ad_id": ad})
        for ad in ("ad122", "ad231")
        for figure, factor in (("ctr", 0.5), ("ad_frequency", 1.6))
    ]
    signals = opened(lived(company(3, *blows), 92, 106))
    assert sorted((one.cause, one.scope.ad_id) for one in signals) == [
        (Cause.CREATIVE_FATIGUE, "ad122"),
        (Cause.CREATIVE_FATIGUE, "ad231"),
    ]


def test_routes_in_the_operating_model_decide_who_owns_a_cause() -> None:
    from agents.combine import combine

    routed = MODEL.model_copy(
        update={"routes": MODEL.routes.model_copy(update={"owners": {Cause.AUCTION_PRESSURE: ("cmo",)}})}
    )
    readings = company(3, Blow("cpm", 1.4, 95, 30, where={"campaign_id": "c14"})).readings(104)
    assert combine(findings(readings), readings, readings.as_of, routed).signals[0].owners == ("cmo",)


def test_the_same_day_gives_the_same_signal_id_again() -> None:
    _where, blows = befallen(Cause.CREATIVE_FATIGUE, 3)
    first, again = (combined(company(3, *blows).readings(104)).signals[0] for _ in range(2))
    assert first == again
    assert first.id.startswith("sig_")
    assert len(first.id) == 16


def claim(kind: FindingKind, q: float) -> Finding:
    return Finding(
        agent="performance", kind=kind, metric="x", scope=Scope(account_id="a"), baseline=1, observed=0.5, change=-0.5,
        interval=(-0.6, -0.4), q_value=q, since=on(1), evidence="1",
    )  # fmt: skip


def test_agents_that_agree_need_less_evidence_each_than_one_alone() -> None:
    alone = claim(FindingKind.CTR_DECLINE, 0.02)
    assert not strong([alone])
    assert not strong([alone, claim(FindingKind.CPA_RISE, 0.02)]), "a dearer result follows from the clicks"
    assert strong([alone, claim(FindingKind.ENGAGEMENT_DECLINE, 0.02)])
    assert strong([claim(FindingKind.CTR_DECLINE, SOLE_RATE)])
    assert not strong([])


def test_neighbours_are_told_apart_by_the_figure_that_separates_them() -> None:
    still = Sight(0.0, 0.03)
    rest = {"ctr": still, "cpm": still, "hours_served": still, "pixel_ratio": still}
    fall = Sight(-0.5, 0.06)
    assert weigh({**rest, "cvr": fall, "visits": still, "frequency": still}, CAMPAIGN).cause is Cause.OFFER_DECAY
    assert weigh({**rest, "cvr": fall, "visits": fall, "frequency": still}, CAMPAIGN).cause is Cause.LANDING_PAGE_BREAK
    often = Sight(0.4, 0.04)
    assert (
        weigh({**rest, "cvr": fall, "visits": still, "frequency": often}, CAMPAIGN).cause is Cause.AUDIENCE_SATURATION
    )
    assert weigh({**rest, "cvr": still, "pixel_ratio": Sight(-2, 0.2)}, CAMPAIGN).cause is Cause.TRACKING_OUTAGE
    both = weigh({"response": fall, "click_rate": fall, "retention": still}, SEGMENT)
    assert both.cause is Cause.AUDIENCE_DECLINE
    assert weigh({"response": still, "click_rate": fall, "retention": still}, SEGMENT).cause is Cause.ENGAGEMENT_DROP


def test_probabilities_of_the_causes_left_standing_do_not_exceed_one() -> None:
    ranking = weigh({"ctr": Sight(-0.4, 0.1), "cvr": Sight(-0.2, 0.2)}, CAMPAIGN)
    assert sum(one.probability for one in ranking.candidates) <= 1.001
    assert ranking.confidence == max(one.probability for one in ranking.candidates)


def test_every_agent_is_asked_every_day() -> None:
    assert [agent.mandate.agent for agent in SPECIALISTS] == [
        "performance",
        "creative",
        "lifecycle",
        "audience",
        "content",
        "market",
    ]


def test_without_frequency_a_falling_ad_is_not_called_worn_out() -> None:
    where, blows = befallen(Cause.CREATIVE_FATIGUE, 3)
    signals = combined(company(3, *blows).readings(112, without=("ad_delivery",))).signals
    assert [one.cause for one in signals] == [Cause.UNEXPLAINED]
    assert where.items() <= dict(signals[0].scope.ids()).items()
    assert Cause.CREATIVE_FATIGUE in {one.cause for one in signals[0].candidates}
    assert any("frequency" in gap for gap in signals[0].gaps)
