"""Who may decide what, at the press."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.action import PauseAd
from domain.badge import Badge
from domain.case import ProposalStatus
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotYours, StaleCard, Unidentified
from domain.operating_model import BreakGlass, Freeze, Limit, OperatingModel, Person
from domain.proposal import Approved, Decision, Expired, Overridden, Rejected, Snoozed
from domain.standing import Emergency, Standing, Stop
from domain.verdict import Ask, Automatic, Forbidden
from governance.authority import BATON, allow, approvals_needed, asked_now, deciders, passed_on, still_valid
from tests.governance.company import (
    CARL,
    CORA,
    MARA,
    NOW,
    TODAY,
    WIM,
    budget,
    case,
    member,
    model,
    policy,
    proposal,
    view,
    when,
)

FOUR_EYES = Ask(role="cmo", quorum=2, within_hours=72, rules=("Beyond the limit.",))


def said(by: str = MARA, kind: type = Approved, version: int = 1, **more: object) -> Decision:
    return kind(proposal_id="prop_0123456789ab", version=version, by=by, at=NOW, **more)


def override(to: str, by: str = MARA) -> Overridden:
    return Overridden(
        proposal_id="prop_0123456789ab", version=1, by=by, at=NOW, action=budget(to), reason="Easter is coming."
    )


def press(decision: Decision, seen=None, company: OperatingModel | None = None, is_open: bool = True, now=NOW) -> None:
    allow(decision, seen or view(), case(is_open), company or model(policy()), when(now), badge=member(decision.by))


@pytest.mark.parametrize("by", [MARA, CORA])
def test_the_owner_and_the_cmo_may_decide(by: str):
    press(said(by))
    press(said(by, Rejected, reason="Not now."))
    press(said(by, Snoozed, until=NOW + timedelta(hours=4)))


@pytest.mark.parametrize("kind", [{}, {"kind": Rejected, "reason": "Not now."}, {"kind": Snoozed, "until": NOW}])
def test_nobody_decides_while_slack_does_not_say_who_they_are(kind: dict[str, Any]):
    with pytest.raises(Unidentified, match=r"^Slack does not answer who you are, so nothing was decided; try again"):
        allow(said(MARA, **kind), view(), case(), model(policy()), when(NOW))
    with pytest.raises(NotYours, match="not among the people"):
        allow(said("U0EVE00001", **kind), view(), case(), model(policy()), when(NOW))


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
    pause = PauseAd(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9", spend_per_day=Decimal(80)
    )
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


def snoozed(days: float, put_off: float = 0, asleep: float = 0) -> None:
    """Put a question off for some days that was put off for some before, and sleeps for some more."""
    asleep_until = NOW + timedelta(days=asleep) if asleep else None
    shown = view(put_off=timedelta(days=put_off), asleep_until=asleep_until)
    press(said(MARA, Snoozed, until=NOW + timedelta(days=days)), shown)


def test_a_question_is_put_off_by_two_weeks_at_most_however_often_it_is():
    snoozed(14)
    snoozed(4, put_off=10)
    snoozed(9, put_off=10, asleep=5)
    with pytest.raises(InvalidChange, match=r"all snoozes together: this one until 18 March at 09:00 at the latest\.$"):
        snoozed(4.01, put_off=10)
    with pytest.raises(InvalidChange, match=r"this one until 23 March at 09:00 at the latest\.$"):
        snoozed(9.01, put_off=10, asleep=5)
    with pytest.raises(InvalidChange, match=r"^A question is put off by 14 days at most, .* please decide it\.$"):
        snoozed(0.1, put_off=14)


def test_a_shorter_snooze_of_what_sleeps_already_is_taken_even_where_no_longer_one_is():
    snoozed(3, put_off=14, asleep=5)


def test_the_second_press_is_told_who_was_first():
    with pytest.raises(AlreadyDecided, match=r"Mara Lind has approved this already, on 14 March at 09:00\."):
        press(said(CORA), view(decision=said(MARA), status=ProposalStatus.APPROVED))


def test_what_baton_or_somebody_gone_did_first_is_said_too():
    for by, who in ((BATON, "Baton"), ("U0GONE00001", "U0GONE00001")):
        with pytest.raises(AlreadyDecided, match=f"^{who} has approved this already"):
            press(said(CORA), view(decision=said(by), status=ProposalStatus.APPROVED))


def test_a_closed_signal_asks_nothing_any_more():
    with pytest.raises(NoLongerOpen, match="closed"):
        press(said(), is_open=False)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (ProposalStatus.WITHDRAWN, "This proposal was withdrawn before anyone decided."),
        (ProposalStatus.EXECUTED, "This proposal is executed and no longer open."),
        (ProposalStatus.UNKNOWN, "This proposal is unknown and no longer open."),
    ],
)
def test_only_what_is_pending_can_be_decided(status: ProposalStatus, sentence: str):
    with pytest.raises(NoLongerOpen, match=f"^{sentence}$"):
        press(said(), view(status=status))


def test_what_the_cmo_was_asked_alone_the_cmo_decides():
    asked = view(Ask(role="cmo", within_hours=72, rules=("Nobody held the role then.",)))
    press(said(CORA), asked)
    with pytest.raises(NotYours, match=r"Only Cora Main \(CMO\) can decide this"):
        press(said(MARA), asked)


def test_a_change_where_the_role_asked_is_vacant_by_now_is_the_cmos():
    chief = Person(name="Emil", slack="U0EMIL0001", roles=frozenset({"coo"}))
    people = (*(one for one in model().people if one.slack != MARA), chief)
    company = model(policy(escalate_to="coo", escalate_after_hours=1), people=people)
    waiting = view(asked_at=NOW - timedelta(hours=1))
    press(override("400", CORA), waiting, company)
    with pytest.raises(InvalidChange, match="Nobody holds the role of media lead, so the CMO is asked"):
        press(override("400", chief.slack), waiting, company)
    with pytest.raises(InvalidChange, match="One person's override cannot go that far"):
        press(override("300", CORA), waiting, company)


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


def test_whoever_must_agree_as_well_does_not_decide_instead_of_the_owner():
    """Two CFOs are two people and one of the role asked, and none who answers for the budget."""
    cfo = frozenset({"cfo"})
    people = tuple(one.model_copy(update={"roles": cfo}) if one.slack in {WIM, CARL} else one for one in model().people)
    limit = Limit(role="media_lead", max_change=0.1, beyond="cfo")
    company = model(policy(limits=(limit,), escalate_to="cfo"), people=people)
    asked = Ask(role="cfo", quorum=2, within_hours=72, rules=("Beyond the limit.",))
    with pytest.raises(NotYours, match=r"must come from Mara Lind \(media lead\)"):
        press(said(WIM), view(asked, approvals=(CARL,)), company)
    press(said(MARA), view(asked, approvals=(CARL,)), company)
    press(said(CORA), view(asked, approvals=(CARL,)), company)
    press(said(WIM), view(asked, approvals=(CARL,), asked_at=NOW - timedelta(hours=48)), company)
    by = view(asked, approvals=(CARL,), decision=said(WIM))
    assert still_valid(by, case(), company, when(NOW)) == "One of those who agree must be the media lead."


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


def test_who_slack_does_not_vouch_for_is_told_why():
    for flaw, sentence in (
        ("is_bot", "Bots decide nothing."),
        ("is_guest", "Guests of the workspace decide nothing."),
        ("is_stranger", "People from another workspace decide nothing here."),
        ("is_deactivated", "This Slack account is deactivated."),
    ):
        badge = Badge.model_validate({"slack": MARA, flaw: True})
        with pytest.raises(NotYours, match=f"^{sentence}$"):
            allow(said(), view(), case(), model(policy()), when(NOW), badge=badge)
    with pytest.raises(NotYours, match="Slack did not say who you are"):
        allow(said(), view(), case(), model(policy()), when(NOW), badge=Badge(slack=CORA))
    allow(said(), view(), case(), model(policy()), when(NOW), badge=Badge(slack=MARA))


def test_the_owner_of_another_account_is_told_what_is_not_theirs():
    here = {"accounts": frozenset({"a2"})}, {"roles": frozenset({"media_lead"})}
    changes = {MARA: here[0], WIM: here[1]}
    people = [one.model_copy(update=changes.get(one.slack, {})) for one in model().people]
    with pytest.raises(NotYours, match=r"^You are the media lead, but not for account a1 on meta\.$"):
        press(said(), company=model(policy(), people=people))


def test_a_card_asks_by_now_what_the_day_asks():
    company = model(policy())
    assert asked_now(view(), company, when(NOW)) == view().verdict.model_copy(
        update={"rules": ("Ask.", "Where money goes is always decided by a person.")}
    )
    stopped = Standing(stops=(Stop(id="s", of="everything", reason="r", by=MARA, at=NOW),))
    assert isinstance(asked_now(view(), company, when(NOW), stopped), Forbidden)
    forbidden = Forbidden(rules=("No.",))
    assert asked_now(view(forbidden), company, when(NOW)) == forbidden
    far = view(proposal=proposal(budget("288")))
    assert asked_now(far, company, when(NOW)).quorum == 2
    assert approvals_needed(MARA, far, company, when(NOW)) == 2
    assert approvals_needed("U0EVE00001", far, company, when(NOW)) == 2
    assert approvals_needed(MARA, view(FOUR_EYES), company, when(NOW)) == 2
    assert approvals_needed(MARA, view(), company, when(NOW)) == 1
    assert approvals_needed(MARA, view(forbidden), company, when(NOW)) == 1


def test_in_an_emergency_one_approval_is_enough_for_whoever_declared_it():
    company = model(policy(break_glass=BreakGlass(role="media_lead")))
    declared = Emergency(id="e", by=MARA, reason="r", since=NOW, until=NOW + timedelta(minutes=60))
    stands = Standing(emergency=declared)
    assert approvals_needed(MARA, view(FOUR_EYES), company, when(NOW), stands) == 1
    assert approvals_needed(CORA, view(FOUR_EYES), company, when(NOW), stands) == 2


def test_the_roles_that_decide_are_named_the_one_asked_first():
    assert deciders(FOUR_EYES, "media_lead") == ("cmo", "media_lead")
    assert deciders(view().verdict, "media_lead") == ("media_lead", "cmo")
    assert deciders(Automatic(rules=("r",)), "web_lead") == ("web_lead", "cmo")


def test_a_question_is_passed_on_after_its_time_and_not_while_it_sleeps():
    company = model(policy(escalate_after_hours=48))
    waiting = view(asked_at=NOW - timedelta(hours=48))
    assert passed_on(waiting, company, when(NOW))
    assert not passed_on(waiting, company, when(NOW - timedelta(seconds=1)))
    assert not passed_on(view(), company, when(NOW))
    assert not passed_on(waiting, model(policy(escalate_after_hours=None)), when(NOW))
    asleep = waiting.model_copy(update={"decision": said(MARA, Snoozed, until=NOW + timedelta(seconds=1))})
    assert not passed_on(asleep, company, when(NOW))
    assert passed_on(asleep, company, when(NOW + timedelta(seconds=1)))


def test_an_undo_is_taken_as_it_is_and_also_once_the_signal_has_closed():
    back = view(proposal=proposal().model_copy(update={"undoes": "prop_000000000001"}))
    press(said(), back, is_open=False)
    with pytest.raises(InvalidChange, match="goes back to what was") as refused:
        press(override("400"), back)
    assert refused.value.field == "daily_budget"


def test_what_nobody_approved_is_not_executed():
    company = model(policy())
    assert still_valid(view(), case(), company, when(NOW)) == "There is no decision."
    rejected = view(decision=said(MARA, Rejected, reason="Not now."))
    assert still_valid(rejected, case(), company, when(NOW)) == "This was not approved."


def test_an_override_is_held_against_the_policy_with_its_own_values():
    company = model(policy())
    assert still_valid(view(decision=override("400")), case(), company, when(NOW)) is None
    far = still_valid(view(decision=override("288")), case(), company, when(NOW))
    assert far == "The policy now asks for 2 people, and 1 agreed."
    too_far = still_valid(view(decision=override("200")), case(), company, when(NOW))
    assert str(too_far).startswith("The policy no longer allows it: No budget moves by more than 50 % a day")


def test_what_happened_unasked_is_executed_only_while_the_policy_lets_it():
    pause = PauseAd(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9", spend_per_day=Decimal(80)
    )
    done = view(Automatic(rules=("r",)), proposal=proposal(pause), decision=said(BATON))
    assert still_valid(done, case(), model(policy(automatic=frozenset({"pause_ad"}))), when(NOW)) is None
    assert still_valid(done, case(), model(policy()), when(NOW)) == (
        "This no longer happens unasked: No rule speaks of this, so its owner decides."
    )


def test_the_reasons_against_an_execution_name_the_role_that_is_missing_and_no_person():
    company = model(policy())
    by = view(FOUR_EYES, decision=said(MARA), approvals=(WIM, MARA))
    assert still_valid(by, case(), company, when(NOW)) == "The policy now asks for 2 people, and 1 agreed."
    leads = [
        one.model_copy(update={"roles": frozenset({"media_lead"})}) if one.slack == WIM else one
        for one in company.people
    ]
    two = model(policy(), people=leads)
    assert still_valid(by, case(), two, when(NOW)) == "One of those who agree must be the CMO."
    gone = model(policy(), people=[one for one in company.people if one.slack != MARA])
    assert "no longer among the people" in str(still_valid(by, case(), gone, when(NOW)))
    moved = [
        one.model_copy(update={"roles": frozenset({"web_lead"})}) if one.slack == MARA else one
        for one in company.people
    ]
    reason = still_valid(view(decision=said(MARA)), case(), model(policy(), people=moved), when(NOW))
    assert reason == "Whoever decided this may no longer decide it."
