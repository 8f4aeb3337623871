"""Whether something else got worse since an action: said where it did, and nothing where it was to be expected."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from agents.guarding import worsened
from agents.levers import guards
from domain.action import (
    ACTION_KINDS,
    Action,
    PauseAd,
    RefreshCreative,
    ResumeAd,
    RotateAudience,
    SetBudget,
    SetTarget,
    ShiftBudget,
    UpdatePromise,
)
from domain.case import ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE, example
from domain.proposal import Proposal
from domain.reading import Readings
from domain.receipt import Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Cause
from domain.verdict import Ask
from tests.agents.company import signal
from tests.agents.world import FIRST, Blow, company

DONE = 100
"""The day of the tests' company on which the action was carried out."""
WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
HERE = {"campaign_id": "c11"}
CALM = signal(
    Cause.AUCTION_PRESSURE,
    Scope(platform="meta", account_id="a1", campaign_id="c11"),
    since=FIRST + timedelta(days=DONE - 6),
    names={"c11": "Trail shoes", "ad111": "Trail video", "s11": "Returning"},
)


def budget(to: str) -> SetBudget:
    return SetBudget(**WHERE, campaign_id="c11", daily_budget=Decimal(to), was=Decimal(400))


CUT, RAISE = budget("320"), budget("480")
SHIFT = ShiftBudget(
    **WHERE, from_campaign="c11", to_campaign="c12", amount=Decimal(80), from_was=Decimal(400), to_was=Decimal(400)
)
PAUSE = PauseAd(**WHERE, campaign_id="c11", ad_id="ad113", spend_per_day=Decimal(80))
REFRESH = RefreshCreative(**WHERE, campaign_id="c11", ad_id="ad111", brief="New.")


def view(action: Action, status: ReceiptStatus = ReceiptStatus.DONE) -> ProposalView:
    proposal = Proposal(
        id="prop_0123456789ab", signal_id=CALM.id, action=action, owner="media_lead", why="It costs.", forecast=None,
        proposed_on=FIRST + timedelta(days=DONE),
    )  # fmt: skip
    at = datetime.combine(FIRST + timedelta(days=DONE), datetime.min.time(), tzinfo=UTC) + timedelta(hours=10)
    receipt = Receipt(
        action_id="act_1", proposal_id=proposal.id, status=status, before={}, after={}, answer="ok", at=at
    )
    verdict = Ask(role="media_lead", within_hours=72, rules=())
    return ProposalView(proposal=proposal, verdict=verdict, status=ProposalStatus.EXECUTED, receipt=receipt)


def seen(action: Action, readings: Readings) -> str | None:
    """What the guards say of an action, on the evening of a day."""
    found = worsened(view(action), CALM, readings, readings.as_of)
    return found.says if found else None


def after(days: int, *blows: Blow, seed: int = 3) -> Readings:
    """What is known some days after the execution. Nobody else's budget was moved, so siblings are untouched."""
    known = company(seed, *blows).readings(DONE + days)
    status = known.tables["campaign_status"].with_columns(daily_budget=pl.lit(400.0))
    return replace(known, tables={**known.tables, "campaign_status": status})


def blow(figure: str, factor: float, start: int = DONE + 1, **where: str) -> Blow:
    return Blow(figure, factor, start, where=where or HERE)


def test_a_cut_that_takes_more_than_its_share_of_conversions_is_said():
    said = seen(CUT, after(6, blow("demand", 0.8), blow("cvr", 0.5)))
    assert said is not None
    assert said.startswith("Since 16 April the conversions of Trail shoes are ")
    assert "and the cut explains −20 %" in said
    assert "difference to 3 untouched campaigns" in said


def test_what_the_cut_itself_explains_is_not_worse():
    for seed in range(1, 7):
        assert seen(CUT, after(6, blow("demand", 0.8), seed=seed)) is None


@pytest.mark.parametrize(
    ("action", "harm"),
    [
        (RAISE, [blow("cvr", 0.55)]),
        (SHIFT, [blow("cvr", 0.5), blow("cvr", 0.5, campaign_id="c12")]),
        (PAUSE, [blow("cvr", 0.4)]),
        (ResumeAd(**WHERE, campaign_id="c11", ad_id="ad113"), [blow("cvr", 0.55)]),
        (REFRESH, [blow("cvr", 0.4, ad_id="ad111")]),
        (RotateAudience(**WHERE, campaign_id="c11", from_segment="s11", to_segment="s12"), [blow("cvr", 0.5)]),
        (UpdatePromise(**WHERE, campaign_id="c11", promise="New."), [blow("ctr", 0.5)]),
        (
            SetTarget(**WHERE, campaign_id="c11", metric="target_cpa", target=Decimal(27), was=Decimal(30)),
            [blow("demand", 0.4)],
        ),
        (
            SetTarget(**WHERE, campaign_id="c11", metric="target_roas", target=Decimal(2), was=Decimal(3)),
            [blow("cvr", 0.3)],
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_worsened_after_an_action_of_this_kind_is_said(action: Action, harm: list[Blow]):
    assert seen(action, after(7, *harm)) is not None


def test_a_calm_company_is_never_asked_to_go_back():
    """Four actions looked at on every day of a week in ten companies to which nothing happened: 280 looks."""
    alarms = [
        (seed, days, action.kind)
        for seed in range(1, 11)
        for days in range(1, 8)
        for readings in [after(days, seed=seed)]
        for action in (CUT, RAISE, SHIFT, REFRESH)
        if seen(action, readings)
    ]
    # a cut after which everything goes on as before, and a raise, are what they are meant to be
    assert alarms == []


def test_trouble_that_was_there_before_and_goes_on_is_not_its_doing():
    for seed in range(1, 7):
        assert seen(RAISE, after(6, blow("cvr", 0.6, start=DONE - 6), seed=seed)) is None


def test_trouble_everybody_has_is_not_its_doing():
    for seed in range(1, 7):
        assert seen(RAISE, after(6, blow("cvr", 0.6, account_id="a1"), seed=seed)) is None


def test_two_days_are_too_few_to_say_anything():
    harm = blow("cvr", 0.3)
    assert seen(RAISE, after(2, harm)) is None
    assert seen(RAISE, after(4, harm)) is not None


def test_what_the_data_does_not_show_is_not_claimed():
    readings = after(6, blow("cvr", 0.4))
    bare = Readings(readings.as_of, {"campaign_status": readings.tables["campaign_status"]}, ())
    for action in (CUT, RAISE, SHIFT, PAUSE, REFRESH):
        assert seen(action, bare) is None
    assert worsened(view(RAISE).model_copy(update={"receipt": None}), CALM, readings, readings.as_of) is None


def test_everything_that_can_be_undone_is_watched_where_a_figure_tells():
    """What cannot be undone is not watched, and of what can, the import asks for a guard or a reason."""
    readings, silent = after(5), set[str]()
    for kind in ACTION_KINDS:
        watched = guards(example(kind), readings, readings.as_of)
        assert not watched or CATALOGUE[kind].undo_days
        if CATALOGUE[kind].undo_days and not watched:
            silent.add(kind)
    assert silent == {"start_test", "roll_out_test", "exclude_data", "change_goal"}, "no figure tells by itself"
