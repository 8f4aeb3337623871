"""What stands now counts in every verdict: stops, freezes of the calendar, moves of a day, mandates, levels, undos."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.action import PauseAd, PutBack, SetTarget, ShiftBudget
from domain.operating_model import Limit, OperatingModel, Person, Policy, Restriction
from domain.proposal import Proposal
from domain.standing import CalendarFreeze, Grant, Level, Move, Standing, Stop
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import moves
from governance.review import review
from tests.governance.company import MARA, NOW, PEOPLE, TODAY, budget, model, policy, proposal, when
from tests.governance.test_review import ONE_OF_EACH

WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
PAUSE = PauseAd.model_validate(WHERE | {"campaign_id": "c3", "ad_id": "ad9", "spend_per_day": "80"})
SHIFT = ShiftBudget.model_validate(
    WHERE | {"from_campaign": "c3", "to_campaign": "c1", "amount": "90", "from_was": "450", "to_was": "400"}
)
SENTENCES = {
    Level.OBSERVE: "The creative agent only observes where it comes to pause ad.",
    Level.RECOMMEND: "The creative agent only recommends this so far; do it yourself on the platform.",
}


def stop(of: str = "everything", name: str = "") -> Stop:
    return Stop.model_validate({"id": f"stop_{of}{name}", "of": of, "name": name, "reason": "r", "by": MARA, "at": NOW})


def level(agent: str, to: Level, action: str = "pause_ad") -> Grant:
    return Grant(agent=agent, action=action, level=to, by=MARA, at=NOW, because="b")


def by(*agents: str, action=PAUSE, **more: object) -> Proposal:
    return proposal(action).model_copy(update={"agents": agents} | more)


def moved(*steps: object, ident: str = "prop_earlier", role: str = "media_lead") -> tuple[Move, ...]:
    earlier = (proposal(step, role).model_copy(update={"id": ident}) for step in steps)
    return tuple(move for one in earlier for move in moves.of_decision(one))


def said(asked: Proposal, company: OperatingModel | None = None, **standing: object) -> Verdict:
    return review(asked, company or model(policy()), when(TODAY), Standing.model_validate(standing))


def test_a_stop_of_everything_stops_every_kind():
    for asked in (by("creative"), proposal(), by(undoes="prop_1")):
        answer = said(asked, stops=(stop(),))
        assert isinstance(answer, Forbidden)
        assert answer.rules[0] == "Everything is stopped until a person lifts the stop."


def test_a_stop_of_a_kind_stops_that_kind_alone():
    answer = said(by("creative"), stops=(stop("action", "pause_ad"),))
    assert isinstance(answer, Forbidden)
    assert answer.rules == ("“Pause ad” is stopped until a person lifts the stop.",)
    assert isinstance(said(proposal(), stops=(stop("action", "pause_ad"),)), Ask)
    assert isinstance(said(by("audience"), stops=(stop("agent", "creative"),)), Ask)


def test_a_stopped_agent_stops_what_nobody_else_stands_behind():
    answer = said(by("creative"), stops=(stop("agent", "creative"),))
    assert isinstance(answer, Forbidden)
    assert answer.rules == ("The creative agent is stopped until a person lifts the stop.",)
    assert isinstance(said(by("creative", "audience"), stops=(stop("agent", "creative"),)), Ask)
    both = said(by("creative", "audience"), stops=(stop("agent", "creative"), stop("agent", "audience")))
    assert isinstance(both, Forbidden)
    assert len(both.rules) == 2
    assert isinstance(said(by(), stops=(stop("agent", "creative"),)), Ask)


def test_a_mandate_that_was_narrowed_forbids_what_followed_from_it():
    company = model(
        mandates={"creative": Restriction(without=frozenset({"pause_ad"})), "audience": Restriction(off=True)}
    )
    assert said(by("creative"), company).rules == ("The creative agent may no longer suggest to pause ad.",)
    assert said(by("audience"), company).rules == ("The audience agent is switched off.",)
    assert isinstance(said(by("creative", "audience"), company), Forbidden)
    assert isinstance(said(by("creative", "pacing"), company), Ask)
    assert isinstance(said(by("creative", action=budget()), company), Ask)
    stopped = said(by("creative", "pacing"), company, stops=(stop("agent", "pacing"),))
    assert isinstance(stopped, Forbidden)
    assert len(stopped.rules) == 2


def test_the_calendar_freezes_as_the_operating_model_does():
    freeze = CalendarFreeze(name="Singles Day", first_day=TODAY, last_day=TODAY)
    assert said(proposal(), freezes=(freeze,)).rules[0] == "Nothing is executed until 14 March: Singles Day."
    tomorrow = freeze.model_copy(update={"first_day": TODAY + timedelta(days=1), "last_day": TODAY + timedelta(days=1)})
    assert isinstance(said(proposal(), freezes=(tomorrow,)), Ask)


def test_a_freeze_of_one_ad_account_holds_what_touches_that_account_and_says_so():
    audit = CalendarFreeze(name="Tax audit", first_day=TODAY, last_day=TODAY, account_id="a1")
    here, there = budget(account_id="a1"), budget(account_id="a2")
    held = said(proposal(here), freezes=(audit,))
    assert isinstance(held, Forbidden)
    assert held.rules[0] == "Nothing is executed in the ad account a1 until 14 March: Tax audit."
    assert said(proposal(there), freezes=(audit,)) == said(proposal(there))
    everywhere = audit.model_copy(update={"account_id": ""})
    assert isinstance(said(proposal(there), freezes=(audit, everywhere)), Forbidden)


@pytest.mark.parametrize("nowhere", [None, ""])
def test_what_names_no_ad_account_may_touch_any_so_a_freeze_of_one_holds_it(nowhere: str | None):
    audit = CalendarFreeze(name="Tax audit", first_day=TODAY, last_day=TODAY, account_id="a1")
    assert isinstance(said(proposal(budget(account_id=nowhere)), freezes=(audit,)), Forbidden)


def test_two_steps_of_one_day_count_as_one():
    once = said(proposal(budget("300", "450")))
    twice = said(proposal(budget("300", "360")), moves=moved(budget("360", "450")))
    assert isinstance(once, Ask)
    assert isinstance(twice, Ask)
    assert once.quorum == twice.quorum == 2
    assert any("; with what moved today this is 33.3 %, so the CMO" in sentence for sentence in twice.rules)
    assert said(proposal(budget("300", "360"))).quorum == 1


def test_the_hard_cap_is_one_of_the_day():
    answer = said(proposal(budget("220", "360")), moves=moved(budget("360", "450")))
    assert isinstance(answer, Forbidden)
    assert answer.rules[0] == "No budget moves by more than 50 % a day; with what moved today this would be 51.1 %."
    assert isinstance(said(proposal(budget("225", "360")), moves=moved(budget("360", "450"))), Ask)


def test_there_and_back_again_is_no_way_round_the_cap_of_one_step():
    answer = said(proposal(budget("300", "675")), moves=moved(budget("675", "450")))
    assert isinstance(answer, Forbidden)
    assert "this would be 55.6 %" in answer.rules[0]


def test_a_shift_counts_at_both_ends():
    for earlier in (budget("400", "250", campaign_id="c1"), budget("450", "900", campaign_id="c3")):
        answer = said(proposal(SHIFT), moves=moved(earlier))
        assert isinstance(answer, Forbidden)
    assert isinstance(said(proposal(SHIFT), moves=moved(budget("400", "250", campaign_id="c2"))), Ask)


def test_a_campaign_may_give_all_it_has_where_the_cap_lets_it_and_no_more():
    wide = model(Policy(max_budget_change=5))
    assert isinstance(said(proposal(SHIFT.model_copy(update={"amount": Decimal(450)})), wide), Ask)
    more = SHIFT.model_copy(update={"amount": Decimal("450.01")})
    answer = said(proposal(SHIFT).model_copy(update={"action": more}), wide)
    assert isinstance(answer, Forbidden)
    assert answer.rules[0] == "A campaign cannot give more than its whole budget."


def test_targets_have_a_limit_but_no_cap():
    target = SetTarget.model_validate(
        WHERE | {"campaign_id": "c3", "metric": "target_cpa", "was": "40", "target": "90"}
    )
    answer = said(proposal(target))
    assert isinstance(answer, Ask)
    assert answer.quorum == 2
    assert any("this is 125 %" in sentence for sentence in answer.rules)


def test_the_money_of_a_role_adds_up_over_campaigns_and_kinds():
    earlier = moved(budget("5400", "5000", campaign_id="c7"))
    answer = said(proposal(budget("349.99", "450")), moves=earlier)
    assert isinstance(answer, Ask)
    assert answer.quorum == 2
    assert any("€500 a day; with what was decided today this is €500.01" in one for one in answer.rules)
    assert said(proposal(budget("350", "450")), moves=earlier).quorum == 1
    assert said(by("creative"), moves=(*earlier, *moved(PAUSE))).quorum == 2


def test_other_roles_and_currencies_have_sums_of_their_own():
    far = {"action": budget("9000", "6500", campaign_id="c7")}
    assert said(proposal(), moves=moved(far["action"], role="creative_lead")).quorum == 1
    dollars = far["action"].model_copy(update={"currency": "USD"})
    assert said(proposal(), moves=moved(dollars)).quorum == 1
    assert said(proposal(), moves=moved(far["action"])).quorum == 2


def test_what_was_decided_after_a_proposal_never_counts_against_it():
    own = moved(budget("360", "450"), ident="prop_0123456789ab")
    later = moved(budget("300", "360"))
    assert said(proposal(budget("360", "450")), moves=(*own, *later)).quorum == 1
    assert said(proposal(budget("360", "450")), moves=(*moved(budget("450", "700")), *own)).quorum == 2


def test_a_limit_of_one_account_speaks_of_that_account():
    only = {"role": "media_lead", "max_change": 0.1, "max_per_day": "100"}
    for part, here, there in (("accounts", "a1", "a2"), ("platforms", "meta", "google")):
        near, far = (model(Policy(limits=(Limit.model_validate(only | {part: {one}}),))) for one in (here, there))
        assert said(proposal(), near).quorum == 2
        assert said(proposal(), far).quorum == 1
        nowhere = budget("360", platform=None, account_id=None)
        assert said(proposal(nowhere), far).quorum == 2  # it may be there
        earlier = moved(budget("5200", "5000", campaign_id="c7"))
        tiny = proposal(budget("449", "450"))
        assert said(tiny, near, moves=earlier).quorum == 2
        assert (
            said(
                proposal(budget("449", "450", **{"platform": "google", "account_id": "a2"})), far, moves=earlier
            ).quorum
            == 1
        )


def test_what_a_team_moves_counts_where_it_does_it():
    rotate = ONE_OF_EACH["rotate_audience"].model_copy(update={"spend_per_day": Decimal(700)})
    earlier = moved(rotate)
    assert [(one.address, one.money) for one in earlier] == [("meta/a1/campaign/c1", 700)]
    for account, quorum in (("a1", 2), ("a2", 1)):
        limit = Limit(role="media_lead", max_per_day=Decimal(500), accounts=frozenset({account}))
        asked = proposal(budget("440", account_id=account))
        assert said(asked, model(Policy(limits=(limit,))), moves=earlier).quorum == quorum
    somewhere = [move.model_copy(update={"address": "experiment/t1"}) for move in earlier]
    limit = Limit(role="media_lead", max_per_day=Decimal(500), accounts=frozenset({"a2"}))
    assert said(proposal(budget("440", account_id="a2")), model(Policy(limits=(limit,))), moves=somewhere).quorum == 2


def test_a_limit_of_one_kind_counts_that_kind():
    limit = Limit(role="media_lead", actions=frozenset({"set_budget"}), max_per_day=Decimal(100))
    company = model(Policy(limits=(limit,)))
    assert said(proposal(), company, moves=moved(PAUSE)).quorum == 1
    assert said(proposal(), company, moves=moved(budget("5020", "5000", campaign_id="c7"))).quorum == 2
    nameless = [move.model_copy(update={"action": ""}) for move in moved(PAUSE)]
    assert said(proposal(), company, moves=nameless).quorum == 2
    assert said(by("creative"), company).quorum == 1


def test_two_limits_that_name_different_roles_ask_the_architect():
    people = (*PEOPLE, Person(name="Finn", slack="U0FINN0001", roles=frozenset({"cfo", "legal"})))
    first, second, own = (
        Limit(role="media_lead", max_change=0.1, beyond=one) for one in ("cfo", "legal", "media_lead")
    )
    for limits, role, quorum in (
        ((first,), "cfo", 2), ((first, second), "cmo", 2), ((first, own), "cfo", 2), ((own,), "media_lead", 1),
    ):  # fmt: skip
        answer = said(proposal(), model(Policy(limits=limits), people=people))
        assert isinstance(answer, Ask)
        assert (answer.role, answer.quorum) == (role, quorum)


@pytest.mark.parametrize("level_", [Level.OBSERVE, Level.RECOMMEND])
def test_an_agent_that_may_not_ask_asks_nobody(level_: Level):
    answer = said(by("creative"), grants=(level("creative", level_),))
    assert answer == Forbidden(rules=(SENTENCES[level_],))
    assert isinstance(said(by("creative"), grants=(level("creative", level_, "resume_ad"),)), Ask)
    assert isinstance(said(by("audience"), grants=(level("creative", level_),)), Ask)


def test_of_several_agents_the_one_that_may_go_least_counts():
    both = (level("creative", Level.AUTOMATIC), level("audience", Level.RECOMMEND))
    for order in (both, both[::-1]):
        answer = said(by("creative", "audience"), grants=order)
        assert answer.rules == ("The audience agent only recommends this so far; do it yourself on the platform.",)
    assert isinstance(said(by("creative", "audience"), grants=both[:1]), Ask)
    two = said(by("pacing", "audience"), grants=[level(one, Level.OBSERVE) for one in ("audience", "pacing")])
    assert two.rules[0] == "The audience agent and the pacing agent only observe where it comes to pause ad."


def test_a_level_a_person_gave_makes_a_routine_kind_automatic_and_no_other():
    every = (level("creative", Level.AUTOMATIC), level("creative", Level.AUTOMATIC, "set_budget"))
    answer = said(by("creative"), grants=every)
    assert answer == Automatic(rules=("A person has let these agents pause ad without asking.",))
    assert isinstance(said(by("creative", action=budget()), grants=every), Ask)


def test_a_level_below_what_the_policy_lets_happen_wins():
    company = model(policy(automatic=frozenset({"pause_ad"})))
    assert isinstance(said(by("creative"), company), Automatic)
    assert isinstance(said(by(), company), Automatic)
    assert isinstance(said(by("creative"), company, grants=(level("creative", Level.ASK),)), Ask)
    assert isinstance(said(by("creative"), company, grants=(level("creative", Level.OBSERVE),)), Forbidden)
    assert isinstance(said(by("creative", "audience"), company, grants=(level("creative", Level.ASK),)), Ask)


def test_taking_back_is_always_asked_and_never_stopped_with_its_agent():
    company = model(policy(automatic=frozenset({"pause_ad"})))
    back = by("creative", undoes="prop_1")
    answer = said(back, company)
    assert answer == Ask(
        role="media_lead", within_hours=72, rules=("Taking back what was done is always decided by a person.",)
    )
    fallen = said(back, company, grants=(level("creative", Level.OBSERVE),), stops=(stop("agent", "creative"),))
    assert isinstance(fallen, Ask)
    assert isinstance(said(back, company, stops=(stop("action", "pause_ad"),)), Forbidden)


def test_going_back_is_never_further_than_going_there_was():
    there, back = budget("225", "450"), budget("450", "225")
    assert isinstance(said(proposal(there)), Ask)
    assert isinstance(said(proposal(back)), Forbidden)
    assert isinstance(said(proposal(back).model_copy(update={"undoes": "prop_1"})), Ask)
    further = budget("451", "225")
    assert isinstance(said(proposal(further).model_copy(update={"undoes": "prop_1"})), Forbidden)
    nothing = budget("0", "225")
    assert isinstance(said(proposal(nothing).model_copy(update={"undoes": "prop_1"})), Forbidden)


def test_something_is_put_back_only_to_undo():
    back = PutBack.model_validate(WHERE | {"of": "refresh_creative", "place": "meta/a1/ad/ad9", "what": "Back."})
    assert isinstance(said(proposal(back)), Forbidden)
    assert isinstance(said(proposal(back).model_copy(update={"undoes": "prop_1"})), Ask)


def test_a_question_about_an_account_nobody_answers_for_goes_to_the_cmo():
    people = [one.model_copy(update={"accounts": frozenset({"a2"})}) if one.slack == MARA else one for one in PEOPLE]
    answer = said(proposal(), model(people=people))
    assert isinstance(answer, Ask)
    assert answer.role == "cmo"
    assert "No media lead answers for account a1 on meta, so the CMO is asked." in answer.rules
    assert said(proposal(budget(account_id="a2")), model(people=people)).role == "media_lead"
    assert said(proposal(budget(account_id=None)), model(people=people)).role == "cmo"


def test_a_decision_leaves_its_moves_with_the_money_counted_once():
    shift = moves.of_decision(proposal(SHIFT))
    assert [(one.address, one.was, one.to, one.money) for one in shift] == [
        ("meta/a1/campaign/c3/daily_budget", 450, 360, 90), ("meta/a1/campaign/c1/daily_budget", 400, 490, 0),
    ]  # fmt: skip
    pause = moves.of_decision(by("creative"))
    assert [(one.address, one.was, one.to, one.money, one.action) for one in pause] == [
        ("meta/a1/ad/ad9/status", 0, 0, 80, "pause_ad")
    ]
    changed = moves.of_decision(proposal(budget("360")), budget("400"))
    assert [(one.to, one.money, one.role) for one in changed] == [(400, 50, "media_lead")]
    assert moves.of_decision(proposal(PAUSE.model_copy(update={"spend_per_day": Decimal(0)}))) == ()


def test_what_moves_nobody_knows_how_much_is_asked_and_so_is_all_that_comes_after_it_today():
    """Not known is not nothing: neither alone, nor in the sum of a day, nor where the policy would do it unasked."""
    company = model(policy(automatic=frozenset({"pause_ad"})))
    unknown = proposal(PAUSE.model_copy(update={"spend_per_day": None}))
    said = review(unknown, company, when(NOW))
    assert isinstance(said, Ask)
    assert (said.role, said.quorum) == ("cmo", 2)
    assert any("nobody knows how much this is" in one for one in said.rules)
    assert "Nobody knows how much money this moves, so a person decides." in said.rules
    free = model(policy(limits=(), automatic=frozenset({"pause_ad"})))
    assert isinstance(review(unknown, free, when(NOW)), Ask)
    assert isinstance(review(proposal(PAUSE), free, when(NOW)), Automatic)

    earlier = moves.of_decision(unknown.model_copy(update={"id": "prop_earlier"}))
    assert [one.money for one in earlier] == [None]
    small = review(proposal(budget("449")), company, when(NOW), Standing(moves=earlier))
    assert isinstance(small, Ask)
    assert small.quorum == 2
    assert any("nobody knows how much with what was decided today this is" in one for one in small.rules)
    elsewhere = proposal(budget("449"), owner="crm_lead")
    assert review(elsewhere, company, when(NOW), Standing(moves=earlier)).quorum == 1  # type: ignore[union-attr]
