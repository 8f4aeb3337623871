"""Who has left the company is waited for by nobody and missed by nobody; everybody else is, exactly as before."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amendment import Amendment, Replay
from domain.errors import NotYours
from domain.operating_model import OperatingModel, Person, Policy
from governance.amendments import changes, is_agreed, may_agree, stuck, who_agree
from governance.eyes import present
from tests.governance.company import CORA, MARA, NOW, PEOPLE, member, model

DORA = Person(name="Dora Falk", slack="U0DORA0001", roles=frozenset({"cmo"}))
EMIL = Person(name="Emil Lund", slack="U0EMIL0001", roles=frozenset({"coo"}))
TWO = model(Policy(escalate_to="coo"), people=(*PEOPLE, DORA, EMIL))
GONE = frozenset({DORA.slack})


def amendment(after: OperatingModel, sentences: tuple[str, ...] = (), by: str = CORA) -> Amendment:
    return Amendment(
        id="amd_0", base=1, model=after, by=by, at=NOW, reason="r", changes=("It changes.",), loosens=sentences,
        replay=Replay(of=0),
    )  # fmt: skip


def without(company: OperatingModel, *gone: Person) -> OperatingModel:
    return company.model_copy(update={"people": tuple(one for one in company.people if one not in gone)})


def loosens(before: OperatingModel, after: OperatingModel, left: frozenset[str] = frozenset()) -> bool:
    return any(one.loosens for one in changes(before, after, left))


def agrees(user: str, what: Amendment, agreed: tuple[str, ...], company: OperatingModel, left=frozenset()) -> bool:
    try:
        may_agree(user, what, agreed, company, member(user), left)
    except NotYours:
        return False
    return True


def test_one_of_two_architects_takes_the_other_out_alone_only_once_they_have_left():
    after = without(TWO, DORA)
    assert loosens(TWO, after)
    (told,) = changes(TWO, after, GONE)
    assert (told.sentence, told.loosens) == ("Dora Falk, whose Slack account is deactivated, is taken out.", False)
    assert agrees(CORA, amendment(after), (), TWO, GONE)
    assert is_agreed(amendment(after), (CORA,), TWO, GONE)


def test_whoever_has_left_is_not_replaced_alone_by_somebody_else():
    successor = DORA.model_copy(update={"name": "Finn", "slack": "U0FINN0001"})
    assert loosens(TWO, without(TWO, DORA).model_copy(update={"people": (*PEOPLE, EMIL, successor)}), GONE)
    back_with_more = DORA.model_copy(update={"roles": frozenset({"cmo", "media_lead"})})
    assert loosens(TWO, TWO.model_copy(update={"people": (*PEOPLE, EMIL, back_with_more)}), GONE)


def test_where_one_of_two_architects_has_left_whom_questions_are_passed_on_to_is_the_other_pair_of_eyes():
    what = amendment(TWO, ("It loosens.",))
    assert not agrees(EMIL.slack, what, (CORA,), TWO)
    assert agrees(EMIL.slack, what, (CORA,), TWO, GONE)
    assert is_agreed(what, (CORA, EMIL.slack), TWO, GONE)
    assert not is_agreed(what, (CORA, EMIL.slack), TWO)
    assert not is_agreed(what, (CORA,), TWO, GONE)
    assert not agrees(MARA, what, (CORA,), TWO, GONE)


def test_what_somebody_agreed_to_before_they_left_counts_no_more():
    what = amendment(TWO, ("It loosens.",))
    assert is_agreed(what, (DORA.slack, CORA), TWO)
    assert not is_agreed(what, (DORA.slack, CORA), TWO, GONE)
    with pytest.raises(NotYours, match="agreed and may no longer do so"):
        may_agree(EMIL.slack, what, (DORA.slack,), TWO, member(EMIL.slack), GONE)


def test_the_one_left_does_not_take_the_other_pair_of_eyes_away_alone():
    noor = Person(name="Noor Haddad", slack="U0NOOR0001", roles=frozenset({"media_lead"}))
    passed_on_to_nobody = model(Policy(escalate_to="coo"), people=(PEOPLE[0], noor, PEOPLE[3], DORA))
    for company, eyes in ((TWO, EMIL), (passed_on_to_nobody, PEOPLE[0]), (passed_on_to_nobody, noor)):
        assert loosens(company, without(company, eyes), GONE)
        assert eyes.slack in who_agree(company, GONE)
    assert not loosens(passed_on_to_nobody, without(passed_on_to_nobody, noor)), "two architects need nobody else"


def test_a_role_that_only_somebody_who_has_left_would_still_hold_is_missed():
    noor = Person(name="Noor Haddad", slack="U0NOOR0001", roles=frozenset({"media_lead"}))
    company = model(Policy(escalate_to="coo"), people=(PEOPLE[0], noor, PEOPLE[3], DORA, EMIL))
    alone = without(company, PEOPLE[0])
    assert not loosens(company, alone)
    assert loosens(company, alone, frozenset({noor.slack}))


def test_an_architect_left_alone_in_the_company_loosens_nothing():
    alone = model(people=(PEOPLE[3], DORA))
    what = amendment(alone, ("It loosens.",))
    assert not agrees(CORA, what, (), alone, GONE)
    assert not is_agreed(what, (CORA,), alone, GONE)
    assert stuck(what, without(alone, DORA)) is not None


ROLES = ("cmo", "coo", "media_lead")
SLACKS = tuple(f"U0PERS000{number}" for number in range(5))


@st.composite
def companies(draw: st.DrawFn) -> OperatingModel:
    """Up to five people in any roles; questions are passed on to any of them."""
    held = draw(st.lists(st.frozensets(st.sampled_from(ROLES)), min_size=1, max_size=5))
    people = tuple(Person(name=slack, slack=slack, roles=roles) for slack, roles in zip(SLACKS, held, strict=False))
    return model(Policy(escalate_to=draw(st.sampled_from(("cmo", "coo")))), people=people)


departures = st.frozensets(st.sampled_from(SLACKS))


@settings(max_examples=80, deadline=None)
@given(companies(), departures, st.sampled_from((*SLACKS, "baton.yaml")), st.booleans())
def test_everybody_agrees_as_if_whoever_has_left_had_been_taken_out(
    company: OperatingModel, left: frozenset[str], by: str, is_loosening: bool
):
    what, there = amendment(company, ("It loosens.",) if is_loosening else (), by), present(company, left)
    people = [one.slack for one in there.people]
    for first, second in [*permutations(people, 2), *((one, one) for one in people)]:
        assert agrees(first, what, (), company, left) == agrees(first, what, (), there)
        assert agrees(first, what, (second,), company, left) == agrees(first, what, (second,), there)
        assert is_agreed(what, (first, second), company, left) == is_agreed(what, (first, second), there)
    if is_loosening:
        assert not any(is_agreed(what, (one.slack, *left), company, left) for one in company.people)


@settings(max_examples=150, deadline=None)
@given(companies(), departures, st.data())
def test_no_change_that_takes_one_architect_takes_away_anybody_who_is_there_and_would_have_to_agree(
    company: OperatingModel, left: frozenset[str], data: st.DataObject
):
    taken = data.draw(st.sampled_from(company.people))
    roles = data.draw(st.none() | st.frozensets(st.sampled_from(sorted(taken.roles) or ["cmo"])))
    kept = () if roles is None else (taken.model_copy(update={"roles": roles & taken.roles}),)
    after = without(company, taken).model_copy(update={"people": (*without(company, taken).people, *kept)})
    if not loosens(company, after, left):
        assert who_agree(company, left) <= who_agree(after, left)
    if taken.slack in left:
        assert not loosens(company, after, left)
