"""Who may decide what, at the press."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.action import PauseAd
from domain.case import ProposalStatus
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotYours, StaleCard
from domain.operating_model import Freeze, OperatingModel
from domain.proposal import Approved, Decision, Expired, Overridden, Rejected, Snoozed
from domain.verdict import Ask, Automatic, Forbidden
from governance.authority import allow
from tests.governance.company import CARL, CORA, MARA, NOW, TODAY, WIM, budget, case, model, policy, proposal, view

FOUR_EYES = Ask(role="cmo", quorum=2, within_hours=72, rules=("Beyond the limit.",))


def said(by: str = MARA, kind: type = Approved, version: int = 1, **more: object) -> Decision:
    return kind(proposal_id="prop_0123456789ab", version=version, by=by, at=NOW, **more)


def override(to: str, by: str = MARA) -> Overridden:
    return Overridden(
        proposal_id="prop_0123456789ab", version=1, by=by, at=NOW, action=budget(to), reason="Easter is coming."
    )


def press(decision: Decision, seen=None, company: OperatingModel | None = None, is_open: bool = True, now=NOW) -> None:
    allow(decision, seen or view(), case(is_open), company or model(policy()), now)


@pytest.mark.parametrize("by", [MARA, CORA])
def test_the_owner_and_the_cmo_may_decide(by: str):
    press(said(by))
    press(said(by, Rejected, reason="Not now."))
    press(said(by, Snoozed, until=NOW + timedelta(hours=4)))


def test_the_wrong_person_is_told_who_can():
    with pytest.raises(NotYours, match=r"^Only Mara Lind \(media lead\) can decide this; you are the CRM lead\.$"):
        press(said(CARL))


def test_a_stranger_decides_nothing():
    with pytest.raises(NotYours, match="not among the people"):
        press(said("U0EVE00001"))


def test_a_machine_cannot_approve_for_a_person():
    with pytest.raises(NotYours, match="Only a person"):
        press(said("baton"))
    with pytest.raises(NotYours, match="not among the people"):
        press(said("B0BOT00001"))


def test_baton_may_do_what_the_policy_made_automatic():
    pause = PauseAd(platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9")
    shown = view(Automatic(rules=("The policy allows it.",)), proposal=proposal(pause))
    press(said("baton"), shown, model(policy(automatic=frozenset({"pause_ad"}))))
    with pytest.raises(NotYours, match="no longer happens without asking"):
        press(said("baton"), shown)


def test_only_time_lets_a_question_expire():
    with pytest.raises(NoLongerOpen, match="not run out of time"):
        press(said("baton", Expired))
    press(said("baton", Expired), now=NOW + timedelta(hours=72))


def test_an_expired_question_is_closed_and_never_approved():
    with pytest.raises(NoLongerOpen, match="expired"):
        press(said(), now=NOW + timedelta(hours=72))
    with pytest.raises(NoLongerOpen, match="expired"):
        press(said(), view(decision=said("baton", Expired), status=ProposalStatus.EXPIRED))


def test_a_snoozed_question_outlives_its_deadline():
    later = NOW + timedelta(hours=80)
    asleep = view(decision=said(MARA, Snoozed, until=later + timedelta(hours=1)), status=ProposalStatus.SNOOZED)
    press(said(), asleep, now=later)


def test_the_second_press_is_told_who_was_first():
    with pytest.raises(AlreadyDecided, match=r"Mara Lind has approved this already, on 14 March at 09:00\."):
        press(said(CORA), view(decision=said(MARA), status=ProposalStatus.APPROVED))


def test_a_closed_signal_asks_nothing_any_more():
    with pytest.raises(NoLongerOpen, match="closed"):
        press(said(), is_open=False)


@pytest.mark.parametrize("status", [ProposalStatus.WITHDRAWN, ProposalStatus.EXECUTED, ProposalStatus.UNKNOWN])
def test_only_what_is_pending_can_be_decided(status: ProposalStatus):
    with pytest.raises(NoLongerOpen):
        press(said(), view(status=status))


def test_what_the_policy_forbids_nobody_can_approve():
    with pytest.raises(NoLongerOpen, match="Too much"):
        press(said(CORA), view(Forbidden(rules=("Too much.",)), status=ProposalStatus.FORBIDDEN))


def test_a_freeze_that_began_after_the_card_was_drawn_counts():
    frozen = model(policy(), freezes=(Freeze(name="sale", first_day=TODAY, last_day=TODAY),))
    with pytest.raises(NoLongerOpen, match="sale"):
        press(said(), company=frozen)


def test_an_old_card_is_stale():
    with pytest.raises(StaleCard):
        press(said(version=1), view(proposal=proposal(version=2)))


def test_four_eyes_need_two_people_and_one_of_them_the_cmo():
    press(said(MARA), view(FOUR_EYES))
    press(said(CORA), view(FOUR_EYES, approvals=(MARA,)))
    press(said(MARA), view(FOUR_EYES, approvals=(CORA,)))
    with pytest.raises(NotYours, match="approved this already"):
        press(said(MARA), view(FOUR_EYES, approvals=(MARA,)))


def test_two_media_leads_are_not_enough_where_the_cmo_is_needed():
    people = tuple(
        one.model_copy(update={"roles": frozenset({"media_lead"})}) if one.slack == WIM else one
        for one in model().people
    )
    with pytest.raises(NotYours, match=r"must come from Cora Main \(CMO\)"):
        press(said(WIM), view(FOUR_EYES, approvals=(MARA,)), model(policy(), people=people))


def test_an_override_within_the_limit_is_the_owners():
    press(override("400"))


def test_an_override_beyond_the_hard_cap_is_nobodys():
    for by in (MARA, CORA):
        with pytest.raises(InvalidChange, match="No budget moves by more than 50 %") as refused:
            press(override("200", by))
        assert refused.value.field == "daily_budget"


def test_an_override_beyond_the_limit_cannot_be_made_by_one_person():
    with pytest.raises(InvalidChange, match="the CMO must approve as well"):
        press(override("288"))


def test_where_two_people_are_asked_anyway_one_of_them_may_change_the_values():
    wide = view(FOUR_EYES, proposal=proposal(budget("288")))
    for by in (MARA, CORA):
        press(override("270", by), wide)
    press(override("270", CORA), wide.model_copy(update={"approvals": (MARA,)}))


def test_an_override_changes_values_not_the_action():
    other = override("400").model_copy(update={"action": budget("400", campaign_id="c1")})
    with pytest.raises(InvalidChange, match="not the action itself"):
        press(other)
    forged = override("400").model_copy(update={"action": budget("400", was="500")})
    with pytest.raises(InvalidChange, match="not the action itself"):
        press(forged)


def test_an_override_that_changes_nothing_is_an_approval():
    assert budget("360").daily_budget == Decimal(360)
    with pytest.raises(InvalidChange, match="press Approve"):
        press(override("360"))
