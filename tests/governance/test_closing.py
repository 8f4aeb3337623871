"""Who may say what came of an execution nobody could read: whoever could decide it, and nobody else."""

from datetime import timedelta

import pytest

from domain.badge import Badge
from domain.case import ProposalStatus, ProposalView
from domain.errors import NotYours, Unidentified
from domain.operating_model import BreakGlass, Delegation, OperatingModel, Person
from domain.proposal import Approved
from domain.standing import Emergency, Standing
from domain.verdict import Ask, Automatic
from governance.authority import may_close
from tests.governance.company import CARL, CLEO, CORA, MARA, NOW, PEOPLE, TODAY, WIM, member, model, policy, view, when

TWO = Ask(role="cmo", quorum=2, within_hours=72, rules=("Beyond the limit.",))
EVERYBODY = (MARA, CLEO, CARL, CORA, WIM, "U0NOBODY01")


def tried(**more: object) -> ProposalView:
    """Approved, tried, and not heard of since."""
    decision = Approved(proposal_id="prop_0123456789ab", version=1, by=MARA, at=NOW - timedelta(hours=1))
    given = {"status": ProposalStatus.UNKNOWN, "decision": decision, "asked_at": NOW - timedelta(hours=2)}
    return view(**given | more)


def those_who_may(seen: ProposalView, company: OperatingModel, standing: Standing | None = None) -> set[str]:
    able = set[str]()
    for user in EVERYBODY:
        try:
            may_close(user, seen, company, when(NOW), standing or Standing(), member(user))
        except NotYours:
            continue
        able.add(user)
    return able


def test_its_owner_and_the_architect():
    assert those_who_may(tried(), model(policy())) == {MARA, CORA}


def test_where_two_had_to_agree_either_of_them():
    assert those_who_may(tried(verdict=TWO), model(policy())) == {MARA, CORA}


def test_of_what_happened_without_asking_still_its_owner_and_the_architect():
    assert those_who_may(tried(verdict=Automatic(rules=("Routine.",))), model(policy())) == {MARA, CORA}


def test_whoever_stands_in_today_and_not_who_stood_in_before():
    def away(last: int) -> OperatingModel:
        one = Delegation(of=MARA, to=CLEO, first_day=TODAY - timedelta(days=9), last_day=TODAY + timedelta(days=last))
        return model(policy(), delegations=(one,))

    assert those_who_may(tried(), away(0)) == {MARA, CLEO, CORA}
    assert those_who_may(tried(), away(-1)) == {MARA, CORA}


def test_a_media_lead_of_other_accounts_may_not():
    other = Person(name="Noor Haddad", slack=WIM, roles=frozenset({"media_lead"}), accounts=frozenset({"a9"}))
    company = model(policy(), people=(*(one for one in PEOPLE if one.slack != WIM), other))
    assert those_who_may(tried(), company) == {MARA, CORA}
    with pytest.raises(NotYours, match="You are the media lead, but not for"):
        may_close(WIM, tried(), company, when(NOW), Standing(), member(WIM))


def test_whom_it_had_been_passed_on_to_before_it_was_decided_and_not_by_waiting_since():
    company = model(policy(escalate_to="web_lead", escalate_after_hours=24, remind_after_hours=12))
    assert those_who_may(tried(), company) == {MARA, CORA}
    long_ago = tried(asked_at=NOW - timedelta(hours=26))
    assert those_who_may(long_ago, company) == {MARA, CORA, WIM}
    decided_early = long_ago.model_copy(
        update={"decision": Approved(proposal_id="prop_0123456789ab", version=1, by=MARA, at=NOW - timedelta(hours=25))}
    )
    assert those_who_may(decided_early, company) == {MARA, CORA}


def test_whoever_decides_alone_in_an_emergency():
    company = model(policy(break_glass=BreakGlass(role="web_lead", minutes=30)))
    one = Emergency(
        id="emg_1",
        by=WIM,
        reason="The shop is down.",
        since=NOW - timedelta(minutes=5),
        until=NOW + timedelta(minutes=20),
    )
    assert those_who_may(tried(), company, Standing(emergency=one)) == {MARA, CORA, WIM}


def test_nobody_whom_slack_does_not_know_or_has_switched_off():
    with pytest.raises(Unidentified):
        may_close(MARA, tried(), model(policy()), when(NOW), Standing(), None)
    with pytest.raises(NotYours, match="deactivated"):
        may_close(MARA, tried(), model(policy()), when(NOW), Standing(), Badge(slack=MARA, is_deactivated=True))
