"""Everybody is told when something is stopped and goes on, when the design changes, and how far agents may go."""

from collections.abc import AsyncIterator

import pytest

from domain.errors import Refusal
from domain.standing import Grant, Level
from memory import standing
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, Wall
from tests.graph.governed import ANNA, Start, companies, enact

TIGHTER = {"key": "new", "role": "media_lead", "actions": "set_budget", "max_change": "10", "beyond": "cmo"}


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


@pytest.mark.parametrize(
    ("of", "name", "said"),
    [
        ("everything", "", "Mara Lind has stopped everything: “The figures are off”. Nothing is looked at"),
        ("agent", "performance", "Mara Lind has stopped the performance agent: “The figures are off”. It looks at"),
        ("action", "set_budget", "Mara Lind has stopped “Set budget”: “The figures are off”. Nothing of the kind is"),
    ],
)
async def test_a_stop_is_announced_once_with_who_why_and_who_may_lift_it(start: Start, of: str, name: str, said: str):
    wall = Wall()
    runner = await start(board=wall)
    stop = await runner.governing.stop(MARA, of, name, "The figures are off")
    await runner.work.uphold()
    await runner.settle()
    assert list(wall.announced) == [f"{stop.id}/pulled"]
    text = wall.announced[f"{stop.id}/pulled"]
    assert text.startswith(said)
    assert text.endswith("until Cora Main or Anna Beck lifts the stop.")


async def test_that_a_stop_is_lifted_is_announced_as_well_and_why(start: Start):
    wall = Wall()
    runner = await start(board=wall)
    stop = await runner.governing.stop(MARA, "action", "set_budget", "The figures are off")
    await runner.governing.lift(stop.id, CORA, "They are right again")
    await runner.work.uphold()
    assert list(wall.announced) == [f"{stop.id}/pulled", f"{stop.id}/lifted"]
    assert wall.announced[f"{stop.id}/lifted"] == (
        "Cora Main has lifted the stop of “Set budget”: “They are right again”."
    )


async def test_a_change_that_loosens_is_announced_while_it_waits_for_the_second_person_and_once_it_is_in_force(
    start: Start,
):
    wall = Wall()
    runner = await start(board=wall)
    await enact(runner, "limits", TIGHTER, by=(CORA,))
    view = await runner.governing.draft(CORA, "limits", {"key": "0", "remove": "yes"}, "It asks too often")
    await runner.work.uphold()
    ident = view.amendment.id
    assert not [key for key in wall.announced if key.startswith(ident)], "a draft nobody agreed to is no news"
    await runner.governing.agree(ident, CORA)
    await runner.work.uphold()
    assert "waits for somebody else to agree, as it loosens the policy." in wall.announced[f"{ident}/waits"]
    gain = "It lets Mara Lind and Noor Haddad decide more, so it takes somebody else."
    assert gain in wall.announced[f"{ident}/waits"], "it is their limit that goes"
    assert "Drafted by Cora Main: “It asks too often”." in wall.announced[f"{ident}/waits"]
    await runner.governing.agree(ident, ANNA)
    await runner.work.uphold()
    told = wall.announced[f"{ident}/in_force"]
    assert told.startswith("The design has changed.")
    assert told.endswith(("Agreed by Cora Main and Anna Beck.", "Agreed by Anna Beck and Cora Main."))


async def test_levels_are_announced_in_words_whoever_changed_them(start: Start):
    wall = Wall()
    runner = await start(board=wall)
    await runner.governing.grant(CORA, "performance", "set_budget", Level.RECOMMEND, "Let us see first")
    async with runner.work._database.write() as writing:
        fell = Grant(agent="performance", action="set_budget", level=Level.OBSERVE, by="baton", at=HandClock().now(),
                     because="Only 0 of 5 effects went the way it said")  # fmt: skip
        await standing.grant(writing, fell)
    await runner.work.uphold()
    raised, fallen = wall.announced.values()
    assert raised == (
        "From now on the performance agent only recommends “Set budget”: people do it themselves. "
        "Cora Main says why: “Let us see first”."
    )
    assert fallen == (
        "From now on the performance agent only observes where it comes to “Set budget”: it asks nobody. "
        "It fell back by itself: Only 0 of 5 effects went the way it said."
    )


async def test_what_happened_more_than_a_week_ago_is_no_news_any_more(start: Start):
    clock, wall = HandClock(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.governing.stop(MARA, "everything", "", "The figures are off")
    clock.pass_days(8)
    await runner.work.uphold()
    assert wall.announced == {}


async def test_a_refused_stop_is_no_news(start: Start):
    wall = Wall()
    runner = await start(board=wall)
    with pytest.raises(Refusal):
        await runner.governing.stop("U0NOBODY01", "everything", "", "I would like to")
    await runner.work.uphold()
    assert wall.announced == {}
