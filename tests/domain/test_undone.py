"""What takes an action back leads from what it set to what was there before, and says so where there is no way back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.action import ACTION_KINDS, Action, SetBudget, SetTarget, ShiftBudget, inverse
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE, Reversibility, Risk, example
from domain.effect import HandOver, SetValues
from domain.proposal import Proposal
from domain.receipt import Receipt, ReceiptStatus
from domain.verdict import Ask
from tests.graph.fakes import signal

WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
DAY = date(2026, 3, 14)
AT = datetime(2026, 3, 14, 10, tzinfo=UTC)
ONE_OF_EACH = {kind: example(kind) for kind in ACTION_KINDS}
amounts = st.decimals(1, 100_000, places=2)
platform_actions = st.one_of(
    st.builds(SetBudget, **{k: st.just(v) for k, v in WHERE.items()}, campaign_id=st.just("c3"), daily_budget=amounts,
              was=amounts),
    st.builds(SetTarget, **{k: st.just(v) for k, v in WHERE.items()}, campaign_id=st.just("c3"),
              metric=st.sampled_from(["target_cpa", "target_roas"]), target=amounts, was=amounts),
    st.builds(lambda amount, rest, to: ShiftBudget(**WHERE, from_campaign="c3", to_campaign="c1", amount=amount,
                                                   from_was=amount + rest, to_was=to), amounts, amounts, amounts),
    st.sampled_from([ONE_OF_EACH["pause_ad"], ONE_OF_EACH["resume_ad"]]),
)  # fmt: skip


def steps(action: Action) -> dict[str, tuple[str, str]]:
    """What an action sets, from what to what, by address."""
    effect = action.effect()
    assert isinstance(effect, SetValues)
    return {one.address: (one.was, one.to) for one in effect.settings}


@given(action=platform_actions)
def test_taking_back_sets_exactly_what_was_there(action: Action):
    before = {address: was for address, (was, _) in steps(action).items()}
    back = inverse(action, before)
    if all(was == to for was, to in steps(action).values()):
        assert back is None, "nothing was moved"
        return
    assert back is not None
    assert steps(back) == {address: (to, was) for address, (was, to) in steps(action).items()}
    again = inverse(back, {address: was for address, (was, _) in steps(back).items()})
    assert again is not None
    assert steps(again) == steps(action)


@given(action=platform_actions)
def test_what_was_so_already_has_nothing_to_take_back(action: Action):
    assert inverse(action, {address: to for address, (_, to) in steps(action).items()}) is None


@given(action=platform_actions, read=st.sampled_from(["1E+99", "-5", "NaN", "", "gone", "0.001", "0"]))
def test_a_value_nobody_could_set_is_never_gone_back_to(action: Action, read: str):
    back = inverse(action, dict.fromkeys(steps(action), read))
    assert back is None or all(to != read or Decimal(to) >= 0 for _, to in steps(back).values())


@pytest.mark.parametrize("kind", ACTION_KINDS)
def test_a_kind_has_a_way_back_exactly_where_the_catalogue_gives_it_days(kind: str):
    action = ONE_OF_EACH[kind]
    assert (inverse(action, {}) is not None) == (CATALOGUE[kind].undo_days > 0)
    if CATALOGUE[kind].undo_days:
        assert CATALOGUE[kind].reversibility is not Reversibility.NEVER


@pytest.mark.parametrize("kind", [kind for kind in ACTION_KINDS if isinstance(ONE_OF_EACH[kind].effect(), HandOver)])
def test_what_a_team_did_is_put_back_by_a_task_at_the_same_place(kind: str):
    action = ONE_OF_EACH[kind]
    done, back = action.effect(), inverse(action, {})
    if back is None:
        return
    undo = back.effect()
    assert isinstance(done, HandOver)
    assert isinstance(undo, HandOver)
    assert undo.entity == done.entity


def test_putting_back_is_never_done_unasked():
    assert CATALOGUE["put_back"].risk is not Risk.ROUTINE


def view(status: ProposalStatus, held: ReceiptStatus, **more: object) -> ProposalView:
    proposal = Proposal(
        id="prop_a", signal_id="sig_a", action=ONE_OF_EACH["set_budget"], owner="media_lead", forecast=None,
        why="It costs.", proposed_on=DAY, **more,
    )  # fmt: skip
    receipt = Receipt(action_id="act_1", proposal_id="prop_a", status=held, before={}, after={}, answer="set", at=AT)
    return ProposalView(
        proposal=proposal, verdict=Ask(role="media_lead", within_hours=72, rules=()), status=status, receipt=receipt
    )


@pytest.mark.parametrize(
    ("status", "held", "possible"),
    [
        (ProposalStatus.EXECUTED, ReceiptStatus.DONE, True),
        (ProposalStatus.EXECUTED, ReceiptStatus.HANDED_OVER, True),
        (ProposalStatus.MEASURED, ReceiptStatus.DONE, True),
        (ProposalStatus.UNKNOWN, ReceiptStatus.UNKNOWN, False),
        (ProposalStatus.FAILED, ReceiptStatus.FAILED, False),
        (ProposalStatus.DRIFTED, ReceiptStatus.DRIFTED, False),
        (ProposalStatus.REHEARSED, ReceiptStatus.REHEARSED, False),
    ],
)
def test_only_what_was_done_can_be_taken_back_and_for_as_long_as_the_catalogue_says(status, held, possible):
    assert view(status, held).undo_until == (AT + timedelta(days=7) if possible else None)
    assert view(status, held, undoes="prop_b").undo_until is None, "an undo is not undone"


@pytest.mark.parametrize("status", ProposalStatus)
def test_a_card_knows_whether_it_is_being_taken_back(status: ProposalStatus):
    done = view(ProposalStatus.EXECUTED, ReceiptStatus.DONE)
    back = done.model_copy(
        update={"status": status, "proposal": done.proposal.model_copy(update={"id": "prop_u", "undoes": "prop_a"})}
    )
    case = Case(signal=signal(), is_open=False, proposals=(done, back))
    nothing = {
        ProposalStatus.FORBIDDEN,
        ProposalStatus.DRIFTED,
        ProposalStatus.FAILED,
        ProposalStatus.REHEARSED,
        ProposalStatus.REJECTED,
        ProposalStatus.EXPIRED,
        ProposalStatus.WITHDRAWN,
    }
    assert (case.undo_of(done) is None) == (status in nothing)
    assert case.takes_answers(back)
    assert not case.takes_answers(done)
