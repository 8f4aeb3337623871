"""Deny by default: what people always decide, how far a role may go alone, and what nobody may do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.action import (
    ACTION_KINDS,
    Action,
    ShiftBudget,
)
from domain.catalogue import CATALOGUE, Risk, example
from domain.operating_model import Freeze, Limit, Policy, Routes
from domain.proposal import Proposal
from domain.signal import Cause
from domain.standing import Standing
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance.review import check, refusals, review
from governance.rules import RULES
from tests.governance.company import MARA, PEOPLE, TODAY, budget, model, policy, proposal, when

WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
SHIFT = ShiftBudget.model_validate(
    WHERE | {"from_campaign": "c3", "to_campaign": "c1", "amount": "90", "from_was": "450", "to_was": "200"}
)
ONE_OF_EACH: dict[str, Action] = {kind: example(kind) for kind in ACTION_KINDS} | {
    "set_budget": budget(),
    "shift_budget": SHIFT,
}
actions = st.sampled_from(sorted(ONE_OF_EACH)).map(ONE_OF_EACH.__getitem__)
kinds = st.frozensets(st.sampled_from(ACTION_KINDS))
limits = st.builds(
    Limit,
    role=st.sampled_from(["media_lead", "creative_lead", "crm_lead", "cmo"]),
    actions=kinds,
    max_change=st.none() | st.floats(0.01, 2),
    max_per_day=st.none() | st.decimals(1, 1000, places=2),
    beyond=st.sampled_from(["cmo", "media_lead", "finance_lead"]),
)
policies = st.builds(
    Policy,
    limits=st.lists(limits, max_size=3).map(tuple),
    forbidden=kinds,
    automatic=kinds,
    max_budget_change=st.floats(0.05, 5),
    expires_after_hours=st.integers(1, 720),
)


def verdict(action: Action, rules: Policy | None = None, today: date = TODAY, **more: object) -> Verdict:
    owner = str(more.pop("owner", CATALOGUE[action.kind].owner))
    return review(asked_about(action, owner), model(rules, **more), when(today))


def asked_about(action: Action, owner: str) -> Proposal:
    undoes = "prop_00000000aaaa" if action.kind == "put_back" else None
    return proposal(action, owner).model_copy(update={"undoes": undoes})


@pytest.mark.parametrize("kind", ACTION_KINDS)
def test_with_an_empty_policy_every_action_is_asked_of_its_owner(kind: str):
    answer = verdict(ONE_OF_EACH[kind])
    assert isinstance(answer, Ask)
    assert (answer.role, answer.quorum, answer.within_hours) == (CATALOGUE[kind].owner, 1, 72)
    assert answer.rules


def test_what_no_rule_speaks_of_is_asked():
    answer = review(proposal(ONE_OF_EACH["fix_tracking"], "web_lead"), model(), when(TODAY), rules=())
    assert answer == Ask(role="web_lead", within_hours=72, rules=("No rule speaks of this, so its owner decides.",))


def test_a_routine_kind_may_be_left_to_baton():
    answer = verdict(ONE_OF_EACH["pause_ad"], Policy(automatic=frozenset({"pause_ad"})))
    assert answer == Automatic(rules=("The policy lets Baton pause ad without asking.",))


@pytest.mark.parametrize("kind", [kind for kind in ACTION_KINDS if CATALOGUE[kind].risk is not Risk.ROUTINE])
def test_the_six_human_decisions_stay_human_even_where_the_policy_says_automatic(kind: str):
    answer = verdict(ONE_OF_EACH[kind], Policy(automatic=frozenset(ACTION_KINDS)))
    assert isinstance(answer, Ask)
    assert any("always decided by a person" in sentence for sentence in answer.rules)


def test_within_the_limit_the_media_lead_decides_alone():
    answer = verdict(budget("360"), policy())
    assert isinstance(answer, Ask)
    assert (answer.role, answer.quorum) == ("media_lead", 1)


def test_beyond_the_limit_the_cmo_must_approve_as_well():
    answer = verdict(budget("288"), policy())
    assert isinstance(answer, Ask)
    assert (answer.role, answer.quorum) == ("cmo", 2)
    assert "A media lead decides alone up to 30 %; this is 36 %, so the CMO must approve as well." in answer.rules


def test_the_limit_in_money_counts_too():
    answer = verdict(budget("5000", "6000"), policy())
    assert isinstance(answer, Ask)
    assert answer.quorum == 2
    assert any("€500 a day; this is €1,000" in sentence for sentence in answer.rules)


@pytest.mark.parametrize("to", ["200", "0", "700"])
def test_no_budget_moves_beyond_the_hard_cap_whoever_approves(to: str):
    answer = verdict(budget(to), policy())
    assert isinstance(answer, Forbidden)
    assert "No budget moves by more than 50 % a day" in " ".join(answer.rules)


def test_a_shift_is_judged_by_the_campaign_it_changes_most():
    small = SHIFT.model_copy(update={"to_was": Decimal(100)})
    answer = verdict(small, Policy())
    assert isinstance(answer, Forbidden)
    assert "this would be 90 %" in " ".join(answer.rules)


def test_a_budget_that_was_nothing_is_not_moved_by_baton():
    assert isinstance(verdict(budget("50", "0")), Forbidden)


def test_nothing_is_executed_on_freeze_days_and_again_on_the_day_after():
    quiet = (Freeze(name="spring sale", first_day=TODAY, last_day=TODAY + timedelta(days=2)),)
    answer = verdict(ONE_OF_EACH["fix_tracking"], freezes=quiet)
    assert answer == Forbidden(rules=("Nothing is executed until 16 March: spring sale.",))
    assert isinstance(verdict(ONE_OF_EACH["fix_tracking"], today=TODAY + timedelta(days=3), freezes=quiet), Ask)
    assert isinstance(verdict(ONE_OF_EACH["fix_tracking"], today=TODAY - timedelta(days=1), freezes=quiet), Ask)


def test_a_question_to_a_role_nobody_holds_goes_to_the_cmo():
    answer = verdict(ONE_OF_EACH["fix_tracking"], owner="analytics_lead")
    assert isinstance(answer, Ask)
    assert answer.role == "cmo"
    assert "Nobody holds the role of analytics lead" in answer.rules[0]


def test_the_verdict_says_what_every_rule_said():
    strict = policy(forbidden=frozenset({"set_budget"}))
    answer = verdict(budget("288"), strict)
    assert isinstance(answer, Forbidden)
    assert len(answer.rules) == 3
    assert answer.rules[0] == "The policy never allows to set budget."


@given(actions, policies, st.permutations(RULES))
def test_the_strictest_rule_wins_in_whatever_order_they_speak(action: Action, rules: Policy, order: list):
    asked = asked_about(action, CATALOGUE[action.kind].owner)
    company = model(rules)
    answer = review(asked, company, when(TODAY))
    assert review(asked, company, when(TODAY), rules=order) == answer
    alone = [said for rule in RULES if (said := rule(asked, company, when(TODAY), Standing()))]
    if any(isinstance(said, Forbidden) for said in alone):
        assert isinstance(answer, Forbidden)
    elif any(isinstance(said, Ask) for said in alone):
        assert isinstance(answer, Ask)
        assert answer.quorum == max(said.quorum for said in alone if isinstance(said, Ask))


@given(actions, policies)
def test_no_configuration_hands_a_human_decision_to_a_machine(action: Action, rules: Policy):
    answer = verdict(action, rules)
    if isinstance(answer, Automatic):
        assert CATALOGUE[action.kind].risk is Risk.ROUTINE
        assert action.kind in rules.automatic
        assert action.kind not in rules.forbidden


@given(actions, policies)
def test_silence_is_never_permission(action: Action, rules: Policy):
    silent = rules.model_copy(update={"automatic": frozenset()})
    assert not isinstance(verdict(action, silent), Automatic)


@given(st.decimals(0, 2000, places=2), st.decimals("0.01", 2000, places=2), policies)
def test_a_budget_beyond_the_cap_is_never_even_asked(to: Decimal, was: Decimal, rules: Policy):
    answer = verdict(budget(str(to), str(was)), rules)
    if abs(to - was) / was > Decimal(str(rules.max_budget_change)):
        assert isinstance(answer, Forbidden)


def test_a_sound_model_has_nothing_to_complain_about():
    assert check(model(policy())) == ()
    assert refusals(model(policy())) == ()
    one_day = Freeze(name="x", first_day=TODAY, last_day=TODAY)
    apart = policy(
        limits=(Limit(role="media_lead", max_change=0.5), Limit(role="crm_lead", max_per_day=Decimal(1))),
        automatic=frozenset({"pause_ad"}),
        forbidden=frozenset({"set_target"}),
    )
    assert check(model(apart, freezes=(one_day,))) == ()
    assert refusals(model(apart, freezes=(one_day,))) == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"policy": Policy(automatic=frozenset({"set_budget"}))},
            "set_budget cannot be automatic: budget shift is always",
        ),
        ({"policy": Policy(forbidden=frozenset({"set_bugdet"}))}, "set_bugdet under forbidden is not an action"),
        (
            {"policy": Policy(automatic=frozenset({"pause_ad"}), forbidden=frozenset({"pause_ad"}))},
            "both automatic and",
        ),
        ({"people": PEOPLE[:4]}, "Nobody holds the role web_lead; its questions go to the CMO."),
        ({"people": PEOPLE[:3] + PEOPLE[4:]}, "Nobody holds the role cmo"),
        ({"routes": Routes(owners={Cause.TEST_READY: ("analyst",)})}, "test_ready is routed to analyst, a role nobody"),
        ({"routes": Routes(owners={Cause.TEST_READY: ()})}, "test_ready is routed to nobody."),
        (
            {"policy": policy(limits=(Limit(role="media_lead", max_change=0.9),))},
            "The limit of the media lead, 90 % a day, limits no budget: none moves by more than 50 % in a day",
        ),
        ({"policy": policy(limits=(Limit(role="media_lead"),))}, "names neither max_change nor max_per_day"),
        ({"policy": policy(limits=(Limit(role="cmo", max_change=0.2),))}, "the same role approves"),
        (
            {"policy": policy(limits=(Limit(role="media_lead", max_change=0.2, beyond="cfo"),))},
            "cfo must approve, a role",
        ),
        ({"people": (*PEOPLE, PEOPLE[0])}, f"The Slack id {MARA} belongs to more than one person."),
        ({"freezes": (Freeze(name="x", first_day=TODAY, last_day=date(2026, 1, 1)),)}, "ends before it begins"),
    ],
)
def test_a_model_that_cannot_work_says_why(change: dict, sentence: str):
    rules = change.pop("policy", None)
    assert any(sentence in problem for problem in (*refusals(model(rules, **change)), *check(model(rules, **change))))


def test_two_pairs_of_eyes_need_two_people():
    both = tuple(
        person.model_copy(update={"roles": person.roles | {"cmo"}}) if person.slack == MARA else person
        for person in PEOPLE
        if "cmo" not in person.roles
    )
    assert any("only one person holds both roles" in problem for problem in check(model(policy(), people=both)))
