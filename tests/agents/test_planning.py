"""What owners are asked, cause by cause."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.planning import plan
from agents.situation import step
from domain.action import (
    RefreshCreative,
    RetentionFlow,
    RollOutTest,
    RotateAudience,
    SetBudget,
    ShiftBudget,
    WriteBrief,
)
from domain.finding import FindingKind
from domain.operating_model import Goal, OperatingModel, Routes, SourceSettings
from domain.proposal import Proposal
from domain.scope import Scope
from domain.signal import Candidate, Cause
from tests.agents.company import TODAY, account, ad_row, changed, days, finding, frame, readings, signal

CAMPAIGN = Scope(platform="meta", account_id="a1", campaign_id="c3")
AD = CAMPAIGN.model_copy(update={"ad_id": "ad9"})
SEGMENT = Scope(platform="meta", account_id="a1", segment_id="s1")
CORE = (
    finding(FindingKind.CPA_RISE, CAMPAIGN, 0.4, "cpa", agent="performance"),
    finding(FindingKind.CTR_DECLINE, AD),
    finding(FindingKind.ENGAGEMENT_DECLINE, SEGMENT, -0.3, "click_rate", agent="lifecycle"),
)


def kinds(proposals: tuple[Proposal, ...]) -> list[str]:
    return [proposal.action.kind for proposal in proposals]


def core_case(**more: object):
    return signal(Cause.AUDIENCE_DECLINE, SEGMENT, CORE, **more)


def model(**more: object) -> OperatingModel:
    return OperatingModel.model_validate({"company": "Kork", "source": SourceSettings(path="data"), **more})


def test_the_core_case_asks_media_creative_and_crm_one_thing_each():
    proposals = plan(core_case(), readings(account()), (), TODAY)
    assert [(one.owner, one.action.kind) for one in proposals] == [
        ("media_lead", "shift_budget"),
        ("creative_lead", "refresh_creative"),
        ("crm_lead", "retention_flow"),
    ]
    shift, refresh, flow = (one.action for one in proposals)
    assert isinstance(shift, ShiftBudget)
    assert (shift.from_campaign, shift.to_campaign) == ("c3", "c1"), "Brand buys conversions for least"
    assert (shift.from_was, shift.to_was) == (Decimal("450.00"), Decimal("200.00"))
    assert shift.amount == Decimal(40), "a fifth of the smaller budget"
    assert isinstance(refresh, RefreshCreative)
    assert refresh.ad_id == "ad9"
    assert isinstance(flow, RetentionFlow)
    assert flow.segment_id == "s1"
    assert all(one.why for one in proposals)
    assert "Spring prospecting pays €45 per conversion over 4 days and Brand €20 over 28 days" in proposals[0].why


def test_without_a_cheaper_sibling_the_weak_campaign_spends_a_fifth_less():
    proposals = plan(core_case(), readings(account(weak=9.0)), (), TODAY)
    cut = proposals[0].action
    assert isinstance(cut, SetBudget)
    assert (cut.was, cut.daily_budget) == (Decimal("450.00"), Decimal("360.00"))


def test_a_sibling_that_reaches_the_same_segment_is_no_way_out():
    tables = account() | {"campaign_segment": frame("campaign_segment", [{"campaign_id": "c1", "segment_id": "s1"}])}
    shift = plan(core_case(), readings(tables), (), TODAY)[0].action
    assert isinstance(shift, ShiftBudget)
    assert shift.to_campaign == "c2"


def test_without_live_budgets_no_budget_moves_and_the_card_says_so():
    tables = account()
    del tables["campaign_status"]
    proposals = plan(core_case(), readings(tables), (), TODAY)
    assert kinds(proposals) == ["refresh_creative", "retention_flow"]
    assert "the live budget is not known" in proposals[0].why


def test_a_budget_last_seen_weeks_ago_is_not_known():
    tables = account()
    tables["campaign_status"] = tables["campaign_status"].filter(pl.col("date_day") < TODAY - timedelta(days=14))
    assert kinds(plan(core_case(), readings(tables), (), TODAY)) == ["refresh_creative", "retention_flow"]


def test_a_campaign_in_its_learning_phase_keeps_its_budget():
    tables = account()
    tables["campaign_status"] = changed(
        tables["campaign_status"], pl.col("campaign_id") == "c3", learning=lambda _: pl.lit(True)
    )
    proposals = plan(core_case(), readings(tables), (), TODAY)
    assert "learning phase" in proposals[0].why
    assert "shift_budget" not in kinds(proposals)


def web(ratio_now: float) -> pl.DataFrame:
    rows = [
        {
            "date_day": day,
            "account_id": "a1",
            "campaign_id": campaign,
            "sessions": 120,
            "orders": orders,
            "revenue": 1.0,
        }
        for day in days(40)
        for campaign, orders in (("c1", 9), ("c2", 8), ("c3", 4))
    ]
    table = frame("web_report", rows)
    recent = pl.col("date_day") > TODAY - timedelta(days=2)
    return changed(table, recent, orders=lambda orders: (orders / ratio_now).round())


def test_an_account_whose_pixel_lost_its_orders_moves_no_budget_for_any_cause():
    believed = plan(core_case(), readings(account() | {"web_report": web(1.0)}), (), TODAY)
    doubted = plan(core_case(), readings(account() | {"web_report": web(0.3)}), (), TODAY)
    assert "shift_budget" in kinds(believed)
    assert kinds(doubted) == ["refresh_creative", "retention_flow"]
    assert "until conversions can be believed" in doubted[0].why


def test_a_possible_tracking_outage_holds_budgets_back():
    maybe = core_case(candidates=(Candidate(cause=Cause.TRACKING_OUTAGE, probability=0.3),))
    assert "shift_budget" not in kinds(plan(maybe, readings(account()), (), TODAY))


def test_a_tracking_outage_is_repaired_and_never_answered_with_money():
    gap = finding(FindingKind.PIXEL_GAP, CAMPAIGN, -0.8, "pixel_ratio")
    proposals = plan(signal(Cause.TRACKING_OUTAGE, CAMPAIGN, [gap]), readings(account()), (), TODAY)
    assert [(one.action.kind, one.owner) for one in proposals] == [
        ("fix_tracking", "web_lead"),
        ("exclude_data", "media_lead"),
    ]
    assert all(one.forecast is None for one in proposals), "nobody can forecast figures that are not counted"


def test_a_worn_ad_is_refreshed_and_may_be_paused_meanwhile():
    tables = account()
    tables["ad_report"] = changed(tables["ad_report"], pl.col("ad_id") == "ad9", conversions=lambda got: got / 2)
    worn = (pl.col("ad_id") == "ad9") & (pl.col("date_day") >= CORE[1].since)
    tables["ad_report"] = changed(tables["ad_report"], worn, clicks=lambda got: got * (1 + CORE[1].change))
    proposals = plan(signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]]), readings(tables), (), TODAY)
    assert kinds(proposals) == ["refresh_creative", "pause_ad"]
    forecast = proposals[0].forecast
    assert forecast
    assert forecast.metric == "ctr"
    assert 0.2 < forecast.change < 0.45
    assert forecast.interval[0] < forecast.change < forecast.interval[1]
    assert forecast.basis == "a cautious first guess for this kind of change, nothing measured here yet"


def test_a_worn_ad_that_still_buys_for_no_more_than_the_others_is_not_paused():
    assert kinds(plan(signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]]), readings(account()), (), TODAY)) == [
        "refresh_creative"
    ]


def test_where_a_whole_campaign_wears_out_its_most_worn_ad_is_refreshed():
    tables = account()
    worn = (pl.col("ad_id") == "ad10") & (pl.col("date_day") >= TODAY - timedelta(days=5))
    tables["ad_report"] = changed(tables["ad_report"], worn, clicks=lambda clicks: (clicks * 0.4).round())
    whole = finding(FindingKind.CTR_DECLINE, CAMPAIGN, -0.3)
    action = plan(signal(Cause.CREATIVE_FATIGUE, CAMPAIGN, [whole]), readings(tables), (), TODAY)[0].action
    assert isinstance(action, RefreshCreative)
    assert action.ad_id == "ad10"


def test_an_ad_only_the_tired_audience_passes_by_is_the_one_to_refresh():
    """Others click it as ever, and there are more of them: over everybody it hardly fell."""
    tables = account()
    whole, tired = tables["ad_report"], Scope(platform="meta", account_id="a1", segment_id="runners")
    split = [
        whole.with_columns(pl.lit(segment).alias("segment_id"), pl.col("clicks") * share, pl.col("impressions") * share)
        for segment, share in (("runners", 1), ("everybody", 6))
    ]
    worn = (pl.col("ad_id") == "ad10") & (pl.col("segment_id") == "runners") & (pl.col("date_day") >= CORE[1].since)
    tables["ad_report"] = changed(pl.concat(split), worn, clicks=lambda clicks: clicks * 0.6)
    fall = finding(FindingKind.RESPONSE_DECLINE, tired, -0.3)
    decline = signal(Cause.AUDIENCE_DECLINE, tired, [fall])
    refreshed = [
        one.action for one in plan(decline, readings(tables), (), TODAY) if one.action.kind == "refresh_creative"
    ]
    assert [one.ad_id for one in refreshed if isinstance(one, RefreshCreative)] == ["ad10"]


def test_the_only_ad_of_a_campaign_is_not_paused():
    tables = account()
    tables["ad_report"] = tables["ad_report"].filter(pl.col("ad_id") != "ad10")
    assert kinds(plan(signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]]), readings(tables), (), TODAY)) == [
        "refresh_creative"
    ]


def test_a_broken_page_is_repaired_and_gets_fewer_paid_visits():
    pages = [
        {"date_day": day, "account_id": "a1", "campaign_id": "c3", "landing_page": page, "sessions": 200,
         "orders": 1 if page == "/trail" and day > TODAY - timedelta(days=4) else 8, "revenue": 100.0}
        for day in days(40) for page in ("/trail", "/road")
    ]  # fmt: skip
    fall = finding(FindingKind.CVR_DECLINE, CAMPAIGN, -0.6, "cvr", since=TODAY - timedelta(days=3))
    proposals = plan(
        signal(Cause.LANDING_PAGE_BREAK, CAMPAIGN, [fall], since=TODAY - timedelta(days=3)),
        readings(account() | {"web_report": frame("web_report", pages)}),
        (),
        TODAY,
    )
    assert [(one.action.kind, one.owner) for one in proposals] == [
        ("fix_landing_page", "web_lead"),
        ("set_budget", "media_lead"),
    ]
    assert "/trail" in proposals[0].why


def test_of_many_pages_the_one_that_merely_looks_worst_is_not_named():
    """Alone, /p4's 3 orders where 8 were usual are odd enough (p .04); among twelve pages one always is."""
    orders = {f"/p{at}": 3 if at == 4 else 8 for at in range(12)}

    def symptom(pages: list[str]) -> str:
        rows = [
            {"date_day": day, "account_id": "a1", "campaign_id": "c3", "landing_page": page, "sessions": 200,
             "orders": orders[page] if day == TODAY else 8, "revenue": 100.0}
            for day in days(40) for page in pages
        ]  # fmt: skip
        broken = signal(
            Cause.LANDING_PAGE_BREAK, CAMPAIGN, [finding(FindingKind.CVR_DECLINE, CAMPAIGN, -0.6, "cvr", since=TODAY)],
            since=TODAY,
        )  # fmt: skip
        return plan(broken, readings(account() | {"web_report": frame("web_report", rows)}), (), TODAY)[0].why

    assert "/p4" in symptom(["/p4"])
    assert "/p" not in symptom(list(orders))


def test_a_capped_campaign_gets_more_only_where_its_conversions_are_worth_it():
    capped = signal(
        Cause.BUDGET_CAP,
        Scope(platform="meta", account_id="a1", campaign_id="c1"),
        [
            finding(
                FindingKind.HOURS_SERVED_DROP, CAMPAIGN.model_copy(update={"campaign_id": "c1"}), -0.4, "hours_served"
            )
        ],
    )
    raised = plan(capped, readings(account()), (), TODAY)
    assert kinds(raised) == ["set_budget", "shift_budget"]
    assert raised[0].action.money_at_stake == Decimal(40)
    strict = model(goals=(Goal(name="cheap", metric="cpa", target=Decimal(15)),))
    assert kinds(plan(capped, readings(account()), (), TODAY, strict)) == ["shift_budget"]
    generous = model(goals=(Goal(name="cheap", metric="cpa", target=Decimal(25)),))
    within = plan(capped, readings(account()), (), TODAY, generous)
    assert "per conversion over 28 days, within the goal of €25" in within[0].why


def test_search_demand_becomes_a_brief():
    rows = [
        {"date_day": day, "query": "kork yogamatte kaufen", "page": "/matten", "clicks": 2, "impressions": 300,
         "position": 14.0} for day in days(30)
    ]  # fmt: skip
    demand = signal(Cause.CONTENT_OPPORTUNITY, Scope(query="kork yogamatte"), owners=("content_lead",))
    proposals = plan(demand, readings(account() | {"search_report": frame("search_report", rows)}), (), TODAY)
    brief = proposals[0].action
    assert isinstance(brief, WriteBrief)
    assert (brief.theme, brief.page, proposals[0].owner) == ("kork yogamatte", "/matten", "content_lead")


def test_a_saturated_audience_is_exchanged_for_the_best_one_not_reached_yet():
    rows = [
        ad_row(day, "c1", f"ad-{segment}", segment_id=segment, conversions=got)
        for day in days(30)
        for segment, got in (("s1", 3.0), ("s2", 5.0), ("s3", 4.0))
    ]
    tables = account()
    tables["ad_report"] = pl.concat([tables["ad_report"], frame("ad_report", rows)])
    tables["campaign_segment"] = frame("campaign_segment", [{"campaign_id": "c3", "segment_id": "s1"}])
    proposals = plan(signal(Cause.AUDIENCE_SATURATION, CAMPAIGN, [CORE[0]]), readings(tables), (), TODAY)
    assert kinds(proposals) == ["rotate_audience", "shift_budget", "start_test"]
    rotate = proposals[0].action
    assert isinstance(rotate, RotateAudience)
    assert (rotate.from_segment, rotate.to_segment) == ("s1", "s2")


def test_the_winning_arm_is_rolled_out():
    arms = [
        {"test_id": "t1", "arm": arm, "hypothesis": "h", "metric": "cvr", "started_on": TODAY, "exposed": 1000,
         "converted": converted} for arm, converted in (("a", 30), ("b", 50))
    ]  # fmt: skip
    decided = signal(Cause.TEST_READY, Scope(test_id="t1"))
    action = plan(decided, readings({"experiment": frame("experiment", arms)}), (), TODAY)[0].action
    assert isinstance(action, RollOutTest)
    assert action.arm == "b"


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_play_that_stands_even_on_bare_data(cause: Cause):
    bare = readings({"ad_report": account()["ad_report"]})
    for scope in (CAMPAIGN, AD, SEGMENT, Scope(platform="meta", account_id="a1"), Scope()):
        proposals = plan(signal(cause, scope), bare, (), TODAY)
        assert len(proposals) <= 4
        assert not {"set_budget", "shift_budget"} & set(kinds(proposals)), "no live budgets, no budget moves"
        assert len({one.id for one in proposals}) == len(proposals)


def test_the_same_question_tomorrow_is_the_same_proposal():
    today = plan(core_case(), readings(account()), (), TODAY)
    tables = account()
    tables["campaign_status"] = changed(
        tables["campaign_status"], pl.col("campaign_id") == "c3", daily_budget=lambda budget: budget + 50
    )
    tomorrow = plan(core_case(version=2), readings(tables), (), TODAY + timedelta(days=1))
    assert [one.id for one in today] == [one.id for one in tomorrow]
    assert today[0].action != tomorrow[0].action


def test_shifting_money_to_the_cheaper_campaign_lowers_what_the_two_pay_together():
    forecast = plan(core_case(), readings(account()), (), TODAY)[0].forecast
    assert forecast
    assert forecast.metric == "cpa"
    assert -0.1 < forecast.change < 0


def test_a_campaign_whose_conversions_cost_no_more_than_before_keeps_its_budget():
    quiet = signal(Cause.AUDIENCE_DECLINE, SEGMENT, CORE[1:])
    assert kinds(plan(quiet, readings(account()), (), TODAY)) == ["refresh_creative", "retention_flow"]


def test_routes_decide_who_answers_for_a_cause():
    routed = model(routes=Routes(owners={Cause.TRACKING_OUTAGE: ("analytics_lead",)}))
    proposals = plan(signal(Cause.TRACKING_OUTAGE, CAMPAIGN), readings(account()), (), TODAY, routed)
    assert {one.owner for one in proposals} == {"analytics_lead"}


def test_names_from_the_data_cannot_bring_markup_onto_the_card():
    tables = account()
    tables["ad_report"] = tables["ad_report"].with_columns(ad_name=pl.lit("<!channel> *Buy*\nnow"))
    tired = signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]], names={})
    why = plan(tired, readings(tables), (), TODAY)[0].why
    assert "<" not in why
    assert "*" not in why
    assert "\n" not in why


@given(st.decimals(min_value="0.05", max_value="1000000", places=2))
def test_a_step_is_never_more_than_a_fifth_and_never_negative(budget: Decimal):
    move = step(budget)
    assert 0 <= move <= budget / 5
    assert move == round(move, 2)


def test_every_object_a_proposal_speaks_of_has_its_name():
    shift, refresh, flow = plan(core_case(), readings(account()), (), TODAY)
    assert (shift.names["c3"], shift.names["c1"]) == ("Spring prospecting", "Brand")
    assert refresh.names["ad9"] != "ad9"
    assert "s1" in flow.names or "s1" in core_case().names
