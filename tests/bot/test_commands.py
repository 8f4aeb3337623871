"""Typing `/baton stop …` and `/baton design`: what can be stopped in a hurry, and where the design is."""

from typing import Any

import pytest

from bot.blocks import Message, aloud
from bot.commands import Commands, stoppable
from domain.action import ACTION_KINDS
from domain.amendment import Design
from domain.errors import NotYours
from domain.standing import Stop
from tests.bot.designs import BUSY, MANDATES, NEW_DESIGN
from tests.bot.fakes import FakeRunner
from tests.bot.samples import ADA, NILS, NOW


class Governing:
    """The door of governance, as far as the command needs it."""

    def __init__(self) -> None:
        self.shown, self.stops = NEW_DESIGN, list[tuple[str, ...]]()

    async def design(self, user: str) -> Design:
        return self.shown

    async def stop(self, by: str, of: str, name: str, reason: str) -> Stop:
        if by != NILS:
            raise NotYours("Only people who hold a role may stop something.")
        self.stops.append((of, name, reason))
        return Stop.model_validate({"id": "stop_1", "of": of, "name": name, "reason": reason, "by": by, "at": NOW})


@pytest.fixture
def governing(runner: FakeRunner) -> Governing:
    runner.governing = Governing()  # type: ignore[attr-defined]
    return runner.governing  # type: ignore[attr-defined]


@pytest.fixture
def typed(runner: FakeRunner, governing: Governing, valid: Any) -> Any:
    async def reply(text: str, user: str = NILS) -> str:
        message: Message = await Commands(runner).reply(text, user)  # type: ignore[arg-type]
        valid(message)
        return aloud(list(message.blocks))

    return reply


@pytest.mark.parametrize(
    ("words", "stopped", "said"),
    [
        ("everything because the shop is down", ("everything", "", "the shop is down"), "Stopped: everything"),
        ("Set Budget because we count stock", ("action", "set_budget", "we count stock"), "Stopped: Set budget"),
        ("set_budget because we count stock", ("action", "set_budget", "we count stock"), "Stopped: Set budget"),
        ("the content agent because it errs", ("agent", "content", "it errs"), "Stopped: the content agent"),
        ("content because it errs because of us", ("agent", "content", "it errs because of us"), "the content agent"),
        ("set budget", None, "Please say why"),
        ("set budgte because we count stock", None, "Did you mean `/baton stop set budget because …`?"),
        ("the moon because it is full", None, "I don't know “the moon”."),
        ("", None, "Everything, an agent or a kind of action can be stopped"),
    ],
)
async def test_a_stop_is_typed_with_what_and_why(
    typed: Any, governing: Governing, words: str, stopped: tuple[str, ...] | None, said: str
):
    assert said in await typed(f"stop {words}")
    assert governing.stops == ([stopped] if stopped else [])


async def test_whoever_may_not_stop_is_told_so(typed: Any, governing: Governing):
    assert "Only people who hold a role may stop something." in await typed("stop everything because I say so", ADA)
    assert governing.stops == []


def test_everything_that_can_be_stopped_has_one_name_to_type():
    known = stoppable(NEW_DESIGN)
    assert len(known) == 1 + len(MANDATES) + len(ACTION_KINDS)


async def test_whoever_asks_for_the_design_reads_where_it_is_and_what_they_may_do_there(
    typed: Any, governing: Governing
):
    calm = await typed("design")
    assert "App Home → Design" in calm
    assert "Nothing is stopped, and no change waits." in calm
    assert "You may stop things there" in calm
    governing.shown = BUSY
    busy = await typed("design", ADA)
    assert "Stopped: the content agent" in busy
    assert "Waits for agreement: The media lead decides alone up to 40 % instead of 30 %." in busy
    assert "You may edit it there." in busy
    assert "no change waits" not in busy
