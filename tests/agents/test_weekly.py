"""A week in figures: each is what its definition says, none stands without its n, and money is claimed once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import worth
from agents.weekly import Acts, Period, summary, wilson
from domain.case import Case, ProposalStatus, ProposalView
from domain.proposal import Approved, Expired, Overridden, Rejected
from domain.reading import Readings
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import CloseReason
from domain.summaries import MEANINGS, Measure
from domain.verdict import Ask
from tests.graph.fakes import FIRST, MARA, cut, model, proposal, refresh, signal, target

MODEL = model()
WEEK = Period(date(2026, 3, 9), date(2026, 3, 15), ZoneInfo("UTC"))
SWEPT = datetime(2026, 3, 15, 6, 0, tzinfo=UTC)
ASK = Ask(role="media_lead", within_hours=72, rules=())


def view(number: int = 1, *, decision=None, action=None, hours: float = 2, outcome=None, receipt=None, **more):
    one = proposal(action, f"prop_{number:012x}").model_copy(update={"agents": ("performance",), **more})
    kinds = {"approved": Approved, "rejected": Rejected, "expired": Expired, "overridden": Overridden}
    made = None
    if decision:
        said = {"reason": "too early"} if decision == "rejected" else {}
        said |= {"reason": "smaller", "action": cut("400.00")} if decision == "overridden" else {}
        by = "baton" if decision == "expired" else MARA
        made = kinds[decision](proposal_id=one.id, version=1, by=by, at=SWEPT + timedelta(hours=hours), **said)
    return ProposalView(
        proposal=one, verdict=ASK, status=ProposalStatus.MEASURED if outcome else ProposalStatus.PENDING,
        asked_at=SWEPT + timedelta(minutes=5), decision=made, outcome=outcome and outcome(one.id), receipt=receipt,
    )  # fmt: skip


def case(*views: ProposalView, number: int = 1, **more) -> Case:
    fields = {"is_open": True, "closed": None, "closed_on": None} | more
    return Case(signal=signal(f"sig_{number:012x}"), proposals=views, **fields)


def effect(change: float | None, low: float = 0.0, high: float = 0.0, *, metric: str = "cpa", measurable: bool = True):
    def of(ident: str) -> Outcome:
        return Outcome(
            proposal_id=ident, metric=metric, measurable=measurable, effect=change,
            interval=None if change is None else (low, high), forecast=-0.12,
            window=(date(2026, 3, 2), date(2026, 3, 8)), method="difference to 3 untouched campaigns",
            measured_on=date(2026, 3, 10),
        )  # fmt: skip

    return of


def spend(*rows: tuple[str, float]) -> Readings:
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
    frame = pl.DataFrame(
        [{"date_day": day, "account_id": "a1", "campaign_id": campaign, "ad_id": "ad9", "spend": each,
          "impressions": 1000.0} for campaign, each in rows for day in days]
    )  # fmt: skip
    return Readings(FIRST, {"ad_report": frame})


def told(*cases: Case, readings: Readings | None = None, acts: Acts | None = None, scope: Scope | None = None):
    return summary(cases, WEEK, MODEL, readings, acts, scope)


def test_a_week_without_anything_says_so_and_no_figure_has_a_value():
    empty = told(acts=Acts(0, 0))
    assert empty.is_empty
    rates = [one for one in empty.figures if MEANINGS[one.measure].unit != "count"]
    assert [(one.n, one.value, one.interval) for one in rates] == [(0, None, None)] * len(rates)


def test_every_figure_of_a_summary_has_its_definition_and_every_definition_its_figure():
    assert {one.measure for one in told(acts=Acts(0, 0)).figures} == set(Measure) == set(MEANINGS)


def test_approved_as_proposed_is_a_first_hit_and_nothing_else_is():
    answers = ("approved", "approved", "overridden", "rejected", "expired")
    one = told(case(*(view(n, decision=kind) for n, kind in enumerate(answers))))
    assert one.figure(Measure.ANSWERED).n == 4
    assert one.figure(Measure.EXPIRED).n == 1
    hit = one.figure(Measure.FIRST_HIT)
    assert (hit.value, hit.n) == (0.5, 4)
    assert hit.interval == pytest.approx((0.15, 0.85), abs=0.005)
    assert one.figure(Measure.CORRECTIONS).value == 0.25
    assert one.decisions == {"approved": 2, "overridden": 1, "rejected": 1}


def test_what_was_taken_back_was_no_first_hit():
    done = view(1, decision="approved")
    back = view(2, decision="approved", undoes=done.proposal.id)
    one = told(case(done, back.model_copy(update={"status": ProposalStatus.EXECUTED})))
    assert one.figure(Measure.ANSWERED).n == 1
    assert one.figure(Measure.FIRST_HIT).value == 0.0
    assert one.figure(Measure.CORRECTIONS).value == 1.0


def test_times_run_from_the_sweep_that_opened_the_signal():
    hours = (1, 2, 3, 4, 5, 6, 7, 8, 9, 60)
    late = told(case(*(view(n, decision="approved", hours=one) for n, one in enumerate(hours))))
    within = [one for one in hours if one < 24]  # the last is decided on Tuesday, after the week
    figure = late.figure(Measure.TO_DECISION)
    assert (figure.value, figure.p90, figure.n) == (5.0, 9.0, len(within))


def test_learning_takes_from_the_signal_to_the_measured_effect_and_what_cannot_be_measured_teaches_nothing():
    def later(measurable: bool):
        made = effect(-0.1, -0.2, -0.05, measurable=measurable)
        return lambda ident: made(ident).model_copy(update={"measured_on": date(2026, 3, 15)})

    figure = told(case(view(1, outcome=later(True)), view(2, outcome=later(False)))).figure(Measure.TO_LESSON)
    assert (figure.value, figure.n) == (24.0, 1)


def test_nine_in_ten_were_quicker_than_the_ninetieth_percentile_says():
    figure = told(case(*(view(n, decision="approved", hours=n / 2) for n in range(1, 31)))).figure(Measure.TO_DECISION)
    assert (figure.value, figure.p90, figure.n) == (7.75, 13.5, 30)


def test_a_look_at_a_running_day_opens_a_signal_before_its_sweep():
    early = view(1, decision="approved", hours=-10)
    early = early.model_copy(update={"asked_at": SWEPT - timedelta(hours=11)})
    assert told(case(early)).figure(Measure.TO_DECISION).value == 1.0


def test_only_routine_that_nobody_changed_and_that_did_not_hurt_could_have_been_delegated():
    worse = effect(0.2, 0.1, 0.3)
    views = (
        view(1, decision="approved", action=refresh()),  # brand-critical creative
        view(2, decision="approved", action=target()),  # strategy
        view(3, decision="approved", action=routine()),
        view(4, decision="approved", action=routine(), outcome=worse),
        view(5, decision="rejected", action=routine()),
    )
    share = told(case(*views)).figure(Measure.DELEGABLE)
    assert (share.value, share.n) == (0.2, 5)


def routine():
    from domain.action import PauseAd

    return PauseAd(platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9")


def test_forecasts_are_held_against_effects_as_levels_of_autonomy_hold_them():
    views = (
        view(1, outcome=effect(-0.11, -0.19, -0.02)),
        view(2, outcome=effect(-0.30, -0.40, -0.20)),
        view(3, outcome=effect(0.05, 0.01, 0.09)),
        view(4, outcome=effect(-0.10, -0.9, 0.9, measurable=False)),
        view(5, outcome=effect(None)),
    )
    one = told(case(*views))
    right, covered = one.figure(Measure.RIGHT_WAY), one.figure(Measure.COVERED)
    assert (right.n, round(right.value, 3), round(covered.value, 3)) == (3, 0.667, 0.333)
    assert one.not_measurable == 2
    (agent,) = one.accuracy
    assert (agent.agent, agent.n) == ("performance", 3)
    assert agent.bias == pytest.approx((0.01 - 0.18 + 0.17) / 3)


def test_a_fall_in_cost_of_a_tenth_is_worth_a_ninth_of_what_was_spent():
    (one,) = told(case(view(1, outcome=effect(-0.1, -0.2, 0.0))), readings=spend(("c3", 90.0))).weights
    assert one.amount == Decimal("70.00")  # 630 bought what would have cost 700
    assert one.interval == (Decimal("0.00"), Decimal("157.50"))


def test_a_rise_of_the_click_rate_is_worth_what_it_adds_to_the_spend():
    rise = view(1, action=refresh(), outcome=effect(0.3, 0.1, 0.5, metric="ctr"))
    (one,) = told(case(rise), readings=spend(("c3", 100.0))).weights
    assert (one.amount, one.interval) == (Decimal("210.00"), (Decimal("70.00"), Decimal("350.00")))


def test_effects_that_cannot_be_told_apart_claim_their_money_once():
    done = Receipt(
        action_id="a", proposal_id="p", status=ReceiptStatus.DONE, before={}, after={}, answer="set",
        at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    )  # fmt: skip
    sharp = view(1, outcome=effect(-0.1, -0.12, -0.08), receipt=done)
    blunt = view(2, action=cut("300.00"), outcome=effect(-0.1, -0.3, 0.1), receipt=done)
    found = told(case(sharp, blunt), readings=spend(("c3", 90.0)))
    assert [one.amount for one in found.weights] == [Decimal("70.00"), None]
    assert found.weights[1].because == worth.TOGETHER
    assert [(one.n, one.amount) for one in found.money] == [(1, Decimal("70.00"))]


def test_without_spend_or_price_there_is_no_money_and_the_reason_is_said():
    views = (view(1, outcome=effect(-0.1, -0.2, 0.0)), view(2, outcome=effect(0.1, 0.0, 0.2, metric="pixel_ratio")))
    one = told(case(*views))
    assert one.money == ()
    assert {each.because for each in one.weights} == {worth.NO_SPEND, worth.NOT_IN_MONEY}


def test_sums_are_per_currency_and_their_errors_are_as_if_independent():
    weights = [
        worth.Weight(proposal_id=str(n), words="", currency=currency, amount=Decimal(amount),
                     interval=(Decimal(amount) - wide, Decimal(amount) + wide))
        for n, (currency, amount, wide) in enumerate((("EUR", 100, 30), ("EUR", -20, 40), ("USD", 5, 1)))
    ]  # fmt: skip
    euro, dollar = worth.summed(weights)
    assert (euro.currency, euro.amount, euro.interval, euro.n) == ("EUR", Decimal(80), (Decimal(30), Decimal(130)), 2)
    assert (dollar.currency, dollar.n) == ("USD", 1)


@given(st.floats(-0.9, 3), st.floats(-0.9, 3), st.sampled_from(["cpa", "ctr", "cvr"]))
def test_a_better_effect_is_never_worth_less(one: float, other: float, metric: str):
    low, high = sorted((one, other))
    better, worse = (low, high) if metric == "cpa" else (high, low)
    assert worth.worth(metric, better, Decimal(1000)) >= worth.worth(metric, worse, Decimal(1000))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_holds_the_share_and_stays_a_share(counted: tuple[int, int]):
    hits, n = counted
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


def test_hours_saved_are_the_companys_estimate_times_what_was_done():
    done = view(1, decision="approved", outcome=effect(-0.1, -0.2, 0.0))
    (saved,) = (one for one in told(case(done)).figures if one.measure is Measure.HOURS_SAVED)
    assert (saved.n, saved.value) == (3, (45 + 20 + 60) / 60)


def test_approving_is_set_against_designing_and_a_place_has_no_design():
    figure = told(acts=Acts(12, 3)).figure(Measure.APPROVE_TO_DESIGN)
    assert (figure.value, figure.n) == (4.0, 15)
    assert told(acts=Acts(12, 0)).figure(Measure.APPROVE_TO_DESIGN).value is None
    assert Measure.APPROVE_TO_DESIGN not in {one.measure for one in told(scope=Scope(platform="meta")).figures}


def test_a_signal_that_closed_in_the_week_is_counted_and_what_is_open_is_told():
    closed = case(view(1), number=1, is_open=False, closed=CloseReason.RECOVERED, closed_on=date(2026, 3, 12))
    still = case(view(2), number=2)
    one = told(closed, still)
    assert (one.figure(Measure.SIGNALS_CLOSED).n, one.open_now, one.waiting_now) == (1, 1, 1)
    assert one.at_stake_now == {"EUR": Decimal("118.40")}


def test_the_page_shows_the_weeks_from_the_first_answer_on():
    steps = told(case(view(1, decision="approved", hours=-24 * 9), view(2, decision="rejected"))).steps
    assert [(one.first_day, one.answered, one.first_hits) for one in steps] == [
        (date(2026, 3, 2), 1, 1), (date(2026, 3, 9), 1, 0),
    ]  # fmt: skip
