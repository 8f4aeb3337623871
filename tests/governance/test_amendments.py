"""Changes of the operating model, held against the past and agreed to by enough people."""

from datetime import timedelta
from decimal import Decimal

import pytest

from domain.amendment import Amendment, Replay
from domain.badge import Badge
from domain.errors import NotYours, Unidentified
from domain.operating_model import (
    BreakGlass,
    Delegation,
    OperatingModel,
    Person,
    Policy,
)
from domain.standing import Move, Standing
from domain.verdict import Ask, Automatic, Forbidden
from governance.amendments import FILE, Past, is_agreed, may_agree, may_draft, quorum, replay, stuck
from governance.review import review
from tests.governance.company import (
    CARL,
    CLEO,
    CORA,
    MARA,
    NOW,
    PEOPLE,
    TODAY,
    WIM,
    budget,
    member,
    model,
    proposal,
    when,
)
from tests.governance.test_differences import BASE, frozenset_, limit, other, policy


def past(*budgets: str) -> list[Past]:
    found = []
    for number, to in enumerate(budgets):
        asked = proposal(budget(to)).model_copy(update={"id": f"prop_{number:012d}", "names": {"c3": "Trail shoes"}})
        found.append(Past(asked, review(asked, BASE, when(TODAY - timedelta(days=1)))))
    return found


def test_the_past_is_answered_anew_and_what_changes_is_said_in_words():
    before = past("440", "300", "200")
    open_days = other(freezes=())
    found = replay(limit(max_change=0.4).model_copy(update={"freezes": ()}), before, before=open_days)
    assert (found.of, len(found.changed)) == (3, 1)
    one = found.changed[0]
    assert (one.title, one.before, one.after, one.loosens) == (
        "Set budget: Trail shoes", "asks 2 people, one of them the CMO", "asks the media lead", True,
    )  # fmt: skip
    tighter = replay(limit(max_change=0.01).model_copy(update={"freezes": ()}), before, before=open_days)
    assert [(one.before, one.after, one.loosens) for one in tighter.changed] == [
        ("asks the media lead", "asks 2 people, one of them the CMO", False)
    ]
    wider = replay(policy(max_budget_change=0.9).model_copy(update={"freezes": ()}), before, before=open_days)
    assert [(one.before, one.loosens) for one in wider.changed] == [("is not allowed", True)]


def test_without_the_model_before_the_verdicts_of_record_count():
    asked = proposal()
    recorded = Past(asked, Automatic(rules=("r",)))
    found = replay(other(freezes=()), [recorded])
    assert [(one.before, one.after, one.loosens) for one in found.changed] == [
        ("happens without asking", "asks the media lead", False)
    ]
    assert replay(BASE, [Past(asked, Forbidden(rules=("r",)))]).changed == ()


def test_what_stood_then_stands_in_the_replay():
    earlier = Move(
        proposal_id="prop_earlier", role="media_lead", address="meta/a1/campaign/c3/daily_budget", was=Decimal(600),
        to=Decimal(450), currency="EUR", money=Decimal(150),
    )  # fmt: skip
    one = Past(proposal(), Ask(role="cmo", quorum=2, within_hours=72, rules=("r",)), Standing(moves=(earlier,)))
    assert replay(other(freezes=()), [one]).changed == ()


def amendment(loosens: bool, by: str = CORA, after: OperatingModel | None = None) -> Amendment:
    """A change after which the company is `after`; without it nobody in particular gains by it."""
    sentences = ("It loosens.",) if loosens else ()
    return Amendment(
        id="amd_0", base=1, model=after or BASE, by=by, at=NOW, reason="r", changes=("It changes.",), loosens=sentences,
        replay=Replay(of=0),
    )  # fmt: skip


DORA = Person(name="Dora", slack="U0DORA0001", roles=frozenset_("cmo"))
EMIL = Person(name="Emil", slack="U0EMIL0001", roles=frozenset_("coo"))
IDLE = Person(name="Ida", slack="U0IDAA0001", roles=frozenset_())
TWO_ARCHITECTS = model(people=(*PEOPLE, DORA, EMIL, IDLE))
WITH_CHIEF = model(Policy(escalate_to="coo"), people=(*PEOPLE, EMIL, IDLE))
ONE_ARCHITECT = model(people=(*PEOPLE, IDLE))
ALONE = model(people=(next(one for one in PEOPLE if one.slack == CORA), IDLE))


def agrees(user: str, what: Amendment, agreed: tuple[str, ...], company: OperatingModel) -> bool:
    try:
        may_agree(user, what, agreed, company, member(user))
    except NotYours:
        return False
    return True


@pytest.mark.parametrize("by", [CORA, MARA, FILE])
def test_a_change_that_tightens_needs_one_architect_who_may_have_drafted_it(by: str):
    what = amendment(loosens=False, by=by)
    assert quorum(what) == 1
    able = [one.slack for one in TWO_ARCHITECTS.people if agrees(one.slack, what, (), TWO_ARCHITECTS)]
    assert able == [CORA, DORA.slack]
    assert is_agreed(what, (CORA,), ONE_ARCHITECT)
    assert not is_agreed(what, (MARA,), ONE_ARCHITECT)
    assert not is_agreed(what, (), ONE_ARCHITECT)


def pairs(what: Amendment, company: OperatingModel) -> set[frozenset[str]]:
    """Who may bring a loosening change in force, in whatever order they press."""
    everybody = [one.slack for one in company.people]
    found = set()
    for first in everybody:
        for second in everybody:
            if agrees(first, what, (), company) and agrees(second, what, (first,), company):
                assert is_agreed(what, (first, second), company)
                found.add(frozenset({first, second}))
    for one in everybody:
        assert not is_agreed(what, (one,), company)
        for other_ in everybody:
            if is_agreed(what, (one, other_), company):
                assert frozenset({one, other_}) in found
    return found


def both(*more: str) -> set[frozenset[str]]:
    return {frozenset({CORA, one}) for one in more}


def test_a_change_that_loosens_needs_two_people_one_of_them_an_architect():
    everybody_else = (MARA, CLEO, CARL, WIM)
    assert quorum(amendment(loosens=True)) == 2
    assert pairs(amendment(loosens=True, after=TWO_ARCHITECTS), TWO_ARCHITECTS) == both(DORA.slack)
    assert pairs(amendment(loosens=True, after=WITH_CHIEF), WITH_CHIEF) == both(EMIL.slack)
    assert pairs(amendment(loosens=True, after=ONE_ARCHITECT), ONE_ARCHITECT) == both(*everybody_else)
    assert pairs(amendment(loosens=True, after=ALONE), ALONE) == set()


def test_whoever_drafted_it_and_is_no_architect_is_no_pair_of_eyes():
    assert pairs(amendment(loosens=True, by=MARA, after=ONE_ARCHITECT), ONE_ARCHITECT) == both(CLEO, CARL, WIM)
    assert pairs(amendment(loosens=True, by=MARA, after=TWO_ARCHITECTS), TWO_ARCHITECTS) == both(DORA.slack)
    with pytest.raises(NotYours, match="You drafted this, so other people must agree"):
        may_agree(MARA, amendment(loosens=True, by=MARA, after=ONE_ARCHITECT), (), ONE_ARCHITECT, member(MARA))


def test_the_file_is_nobody_so_two_people_agree_to_what_it_loosens():
    assert pairs(amendment(loosens=True, by=FILE, after=TWO_ARCHITECTS), TWO_ARCHITECTS) == both(DORA.slack)
    assert pairs(amendment(loosens=True, by=FILE, after=WITH_CHIEF), WITH_CHIEF) == both(EMIL.slack)


def test_where_nobody_else_could_agree_it_is_refused_with_the_reason():
    what = amendment(loosens=True, after=ALONE)
    assert stuck(what, ALONE) == (
        "This change loosens the policy, so two people must agree, and nobody but Cora Main (CMO) holds a role."
    )
    with pytest.raises(NotYours, match="nobody but Cora Main"):
        may_agree(CORA, what, (), ALONE, member(CORA))
    assert stuck(amendment(loosens=False), ALONE) is None
    nobody = model(people=(PEOPLE[0],))
    for one in (True, False):
        assert stuck(amendment(loosens=one), nobody) == "Nobody holds the role of CMO, so nobody can agree to a change."
    assert stuck(amendment(loosens=True, after=TWO_ARCHITECTS), TWO_ARCHITECTS) is None


def test_nobody_agrees_twice_and_the_gone_count_no_more():
    what = amendment(loosens=True, after=ONE_ARCHITECT)
    with pytest.raises(NotYours, match="agreed to this already"):
        may_agree(CORA, what, (CORA,), ONE_ARCHITECT, member(CORA))
    with pytest.raises(NotYours, match="Emil agreed and may no longer do so"):
        may_agree(CORA, what, (EMIL.slack,), TWO_ARCHITECTS, member(CORA))
    with pytest.raises(NotYours, match="U0GONE00001 agreed and may no longer do so"):
        may_agree(CORA, what, ("U0GONE00001",), ONE_ARCHITECT, member(CORA))
    assert not is_agreed(what, (CORA, "U0GONE00001"), ONE_ARCHITECT)
    with pytest.raises(NotYours, match=r"One of the two must be Cora Main \(CMO\)\."):
        may_agree(CLEO, what, (MARA,), ONE_ARCHITECT, member(CLEO))


def gives(company: OperatingModel, slack: str, *roles: str) -> OperatingModel:
    """The company after somebody was given more roles."""
    return company.model_copy(
        update={
            "people": tuple(
                one.model_copy(update={"roles": one.roles | {*roles}}) if one.slack == slack else one
                for one in company.people
            )
        }
    )


def test_whoever_gains_by_a_change_is_no_second_pair_of_eyes_for_it():
    what = amendment(loosens=True, after=gives(ONE_ARCHITECT, MARA, "web_lead"))
    assert pairs(what, ONE_ARCHITECT) == both(CLEO, CARL, WIM)
    with pytest.raises(NotYours, match="lets you decide more yourself"):
        may_agree(MARA, what, (CORA,), ONE_ARCHITECT, member(MARA))
    chief = amendment(loosens=True, after=gives(WITH_CHIEF, EMIL.slack, "media_lead"))
    assert pairs(chief, WITH_CHIEF) == both(MARA, CLEO, CARL, WIM), "then anybody with a role is the other"


def test_an_architect_who_gains_agrees_to_their_own_draft_and_to_nobody_elses():
    own = amendment(loosens=True, by=CORA, after=gives(TWO_ARCHITECTS, CORA, "media_lead"))
    assert pairs(own, TWO_ARCHITECTS) == both(DORA.slack)
    others = amendment(loosens=True, by=DORA.slack, after=gives(TWO_ARCHITECTS, CORA, "media_lead"))
    rest = (MARA, CLEO, CARL, WIM, EMIL.slack)
    assert pairs(others, TWO_ARCHITECTS) == {frozenset({DORA.slack, one}) for one in rest}


def test_where_every_architect_gains_somebody_who_does_not_must_agree():
    glass = {"policy": Policy(break_glass=BreakGlass(role="cmo"))}
    after = TWO_ARCHITECTS.model_copy(update=glass)
    found = pairs(amendment(loosens=True, after=after), TWO_ARCHITECTS)
    assert frozenset({CORA, DORA.slack}) not in found
    assert both(MARA, CLEO, CARL, WIM, EMIL.slack) <= found
    with pytest.raises(NotYours, match="lets both of you decide more; Mara Lind, Cleo Park"):
        may_agree(DORA.slack, amendment(loosens=True, after=after), (CORA,), TWO_ARCHITECTS, member(DORA.slack))
    one = ONE_ARCHITECT.model_copy(update=glass)
    assert pairs(amendment(loosens=True, by=FILE, after=one), ONE_ARCHITECT) == both(MARA, CLEO, CARL, WIM)


def test_where_only_those_who_gain_are_left_it_says_so():
    small = ALONE.model_copy(update={"people": (*ALONE.people, PEOPLE[0])})
    what = amendment(loosens=True, after=gives(small, MARA, "web_lead"))
    assert pairs(what, small) == set()
    assert stuck(what, small) == (
        "This change loosens the policy, so two people must agree, and nobody who could be the second is left: "
        "it lets Mara Lind decide more."
    )


def test_who_stands_in_for_the_architect_does_not_redesign_the_system():
    stands_in = Delegation(of=CORA, to=MARA, first_day=TODAY, last_day=TODAY)
    company = ONE_ARCHITECT.model_copy(update={"delegations": (stands_in,)})
    assert not agrees(MARA, amendment(loosens=False), (), company)
    with pytest.raises(NotYours, match=r"Only Cora Main \(CMO\) can change the design\."):
        may_draft(MARA, company, member(MARA))
    may_draft(CORA, company, member(CORA))


@pytest.mark.parametrize("flaw", ["is_bot", "is_guest", "is_stranger", "is_deactivated"])
def test_an_architect_slack_does_not_vouch_for_agrees_to_nothing(flaw: str):
    badge = Badge.model_validate({"slack": CORA, flaw: True})
    for loosens in (True, False):
        with pytest.raises(NotYours):
            may_agree(CORA, amendment(loosens), (), ONE_ARCHITECT, badge)
    with pytest.raises(NotYours):
        may_draft(CORA, ONE_ARCHITECT, badge)


def test_nobody_redesigns_while_slack_does_not_say_who_they_are():
    for loosens in (True, False):
        with pytest.raises(Unidentified):
            may_agree(CORA, amendment(loosens), (), ONE_ARCHITECT)
    with pytest.raises(Unidentified):
        may_draft(CORA, ONE_ARCHITECT)


def test_only_those_who_can_agree_are_named():
    with pytest.raises(NotYours, match=r"Only Cora Main or Emil can agree to this\."):
        may_agree(MARA, amendment(loosens=True, after=WITH_CHIEF), (), WITH_CHIEF, member(MARA))
    with pytest.raises(NotYours, match=r"Only Cora Main or Dora \(CMO\) can change the design\."):
        may_agree(MARA, amendment(loosens=True, after=TWO_ARCHITECTS), (), TWO_ARCHITECTS, member(MARA))
    assert not agrees(IDLE.slack, amendment(loosens=True, after=ONE_ARCHITECT), (), ONE_ARCHITECT)
    assert not agrees("U0EVE00001", amendment(loosens=False), (), ONE_ARCHITECT)
