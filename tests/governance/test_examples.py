"""The table of examples that `baton policy test` prints: it speaks of every kind, and of every bound on both sides."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.action import ACTION_KINDS
from domain.operating_model import Freeze, Limit, OperatingModel, Policy
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance.examples import Example, examples
from tests.governance.company import PEOPLE, TODAY, model, policy

OWNER, BOTH = "decides", "is the first of two to approve"


def table(company: OperatingModel) -> dict[str, tuple[Example, ...]]:
    rows = examples(company)
    return {row.situation: tuple(one for one in rows if one.situation == row.situation) for row in rows}


def said(company: OperatingModel, situation: str) -> tuple[type[Verdict], str]:
    first = table(company)[situation][0]
    return type(first.verdict), first.answer


def test_every_kind_has_its_ordinary_day_its_freeze_and_its_stops():
    rows = examples(model(policy()))
    for kind in ACTION_KINDS:
        mine = [row for row in rows if row.proposal.action.kind == kind]
        assert len({row.situation for row in mine}) >= 4
        assert sum(isinstance(row.verdict, Forbidden) for row in mine) >= 6
        assert isinstance(mine[0].verdict, Ask)
        assert mine[0].answer == OWNER
        assert mine[1].answer.startswith("Only ")


def test_the_bounds_are_shown_on_both_sides():
    company = model(policy())
    for title in ("Set budget", "Shift budget"):
        alone = "a media lead goes alone"
        assert said(company, f"{title} by 30 %, as far as {alone}")[1] == BOTH  # 3,000 a day is over 500
        assert said(company, f"{title} by €500 a day, as far as {alone}") == (Ask, OWNER)
        assert said(company, f"{title} by a cent more than €500 a day") == (Ask, BOTH)
        assert said(company, f"{title} by 50 %, as far as anybody goes") == (Ask, BOTH)
        assert said(company, f"{title} by 51 %, further than anybody goes")[0] is Forbidden
    relative = model(Policy(limits=(Limit(role="media_lead", max_change=0.3),)))
    for title in ("Set budget", "Shift budget", "Set bid target"):
        assert said(relative, f"{title} by 30 %, as far as a media lead goes alone") == (Ask, OWNER)
        assert said(relative, f"{title} by 31 %, further than a media lead goes alone") == (Ask, BOTH)
        assert said(relative, f"{title} by 31 % in two steps of one day") == (Ask, BOTH)


def test_examples_speak_of_the_operating_model_at_hand():
    automatic = model(
        policy(automatic=frozenset({"pause_ad"})), freezes=(Freeze(name="x", first_day=TODAY, last_day=TODAY),)
    )
    assert said(automatic, "Pause ad on an ordinary day") == (Automatic, "is not asked")
    assert said(automatic, "Pause ad while everything is frozen: x")[0] is Forbidden
    scoped = [one.model_copy(update={"accounts": frozenset({"shop"})}) for one in PEOPLE if "media_lead" in one.roles]
    company = model(people=[*scoped, *(one for one in PEOPLE if "media_lead" not in one.roles)])
    first = table(company)["Set budget on an ordinary day"][0]
    assert (first.proposal.action.account_id, first.presser, first.answer) == ("shop", "Mara Lind (media lead)", OWNER)


limits = st.builds(
    Limit,
    role=st.sampled_from(["media_lead", "cmo"]),
    max_change=st.none() | st.floats(0.0001, 4),
    max_per_day=st.none() | st.decimals("0.01", 100_000, places=2),
    beyond=st.sampled_from(["cmo", "media_lead", "nobody"]),
    accounts=st.sampled_from([frozenset(), frozenset({"a7"})]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(limits, max_size=3), st.floats(0.001, 5), st.sampled_from([PEOPLE, PEOPLE[:2], ()]))
def test_there_is_a_table_for_every_operating_model(some: list[Limit], cap: float, people: tuple):
    company = model(Policy(limits=tuple(some), max_budget_change=cap), people=people)
    for row in examples(company):
        if "further than anybody" in row.situation:
            assert isinstance(row.verdict, Forbidden)
        if isinstance(row.verdict, Forbidden):
            assert row.answer not in {OWNER, BOTH}
    assert bool(examples(company)) is bool(people)


def test_a_step_of_many_decimals_is_halved_to_the_cent():
    company = model(Policy(limits=(Limit(role="media_lead", max_change=0.333333),)))
    second = table(company)["Set budget by 34.3 % in two steps of one day"][0].proposal.action
    assert (second.was, second.daily_budget) == (Decimal("11716.66"), Decimal("13433.33"))
