"""What nobody thought of stops nothing else: agents, sweeps, cards, reminders and guards that raise."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.errors import SlackUnavailable
from domain.mandate import Mandate
from domain.signal import CloseReason
from graph import undoing
from memory import actions
from tests.graph.fakes import (
    BUDGET,
    FIRST,
    MARA,
    HandClock,
    Joined,
    Platform,
    Wall,
    Watcher,
    closing,
    cut,
    desk,
    opened,
    proposal,
)
from tests.graph.governed import PROP, SIG, Start, companies, separate
from tests.graph.test_reminders import Watch


class Tripped(Exception):
    """Nobody thought of this."""


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


class Second(Watcher):
    """An agent that has nothing to say."""

    mandate = Mandate(
        agent="content", job="Watches articles.", reads=frozenset({"ad_report"}), finds=frozenset(),
        hands_to=("media_lead",), suggests=frozenset(),
    )  # fmt: skip


def failing(runner, script, *names: str) -> None:
    """Two agents look; those named raise, with somebody's words in what they say."""

    def look(agent, readings, today):
        if agent.mandate.agent in names:
            raise Tripped("Mara said: the shop is down")
        return script.look(agent, readings, today)

    two = replace(desk(script), specialists=(Watcher(), Second()), findings_of=look)
    runner.work._services = replace(runner.work._services, desk=two)


async def test_an_agent_that_raises_is_a_line_of_the_sweep_and_the_others_go_on(
    start: Start, caplog: pytest.LogCaptureFixture
):
    script = opened()
    runner = await start(script=script)
    failing(runner, script, "content")
    assert len(await runner.sweep(FIRST)) == 1
    assert (await runner.health()).agents == (
        "content: failed on 14 March, Tripped", "performance: 1 finding on 14 March",
    )  # fmt: skip
    assert any("content failed" in line.getMessage() and line.exc_info for line in caplog.records)


@pytest.mark.parametrize("reason", [CloseReason.EXPIRED, CloseReason.RECOVERED])
async def test_a_signal_does_not_end_on_a_day_on_which_who_saw_it_failed(start: Start, reason: CloseReason):
    later = FIRST + timedelta(days=1)
    script = closing(opened(), later)
    script.events[later] = tuple(one.model_copy(update={"reason": reason}) for one in script.events[later])
    script.combine = lambda *_: joined(script)
    clock = HandClock()
    runner = await start(script=script, clock=clock)
    failing(runner, script)
    await runner.sweep(FIRST)
    clock.pass_days(1)
    failing(runner, script, "performance")
    await runner.sweep(later)
    assert (await runner.case(SIG)).is_open
    clock.pass_days(1)
    script.events[later + timedelta(days=1)] = script.events[later]
    failing(runner, script)
    await runner.sweep(later + timedelta(days=1))
    assert not (await runner.case(SIG)).is_open


def joined(script):
    """What was made of it, also where nobody said anything."""
    (event,) = script.events[FIRST]
    return Joined((event.signal,))


async def test_a_day_on_which_every_agent_raised_is_not_kept_as_looked_at(start: Start):
    script = opened()
    runner = await start(script=script)
    failing(runner, script, "performance", "content")
    with pytest.raises(Tripped):
        await runner.sweep(FIRST)
    assert (await runner.health()).last_sweep is None
    failing(runner, script)
    assert len(await runner.sweep(FIRST)) == 1


async def test_a_sweep_nobody_can_explain_stops_neither_the_digest_nor_what_is_due(start: Start):
    clock, wall, script = Watch(), Wall(), opened()
    runner = await start(script=script, clock=clock, board=wall)
    clock.pass_days(2)
    await runner.work.tick()
    clock.pass_days(1)
    await runner.sweep(clock.last_day())
    await runner.governing.stop(MARA, "agent", "performance", "it sees ghosts")

    async def trip() -> None:
        raise Tripped

    runner.work._catch_up = trip
    runner.work._look_at_today = trip
    await runner.work.tick()
    assert wall.digests == [date(2026, 3, 16), date(2026, 3, 17)]
    assert len(wall.announced) == 1


@pytest.mark.parametrize("broken", ["_expire", "_push", "_draw", "_post_digest"])
async def test_no_part_of_the_minute_keeps_people_from_being_told_or_the_ledger_from_being_sealed(
    start: Start, monkeypatch: pytest.MonkeyPatch, broken: str
):
    wall, sealed = Wall(), list[object]()
    runner = await start(board=wall)
    await runner.governing.stop(MARA, "agent", "performance", "it sees ghosts")

    async def trip() -> None:
        raise Tripped

    async def seal(*_: object) -> None:
        sealed.append(1)

    setattr(runner.work, broken, trip)
    monkeypatch.setattr("graph.sealing.seal", seal)
    await runner.work.tick()
    assert (len(wall.announced), sealed) == (1, [1])


class Crooked(Wall):
    """Cannot show the first card, in one way or another."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def remind(self, signal_id: str, proposal_id: str, kind: str, to: tuple[str, ...]) -> None:
        if signal_id == SIG:
            raise self.error
        await super().remind(signal_id, proposal_id, kind, to)

    async def announce(self, key: str, text: str) -> None:
        if not self.announced and not getattr(self, "tripped", False):
            self.tripped = True
            raise self.error
        await super().announce(key, text)


@pytest.mark.parametrize("error", [Tripped("odd"), SlackUnavailable("invalid_blocks")])
async def test_a_card_that_cannot_be_shown_silences_neither_stops_nor_other_reminders(start: Start, error: Exception):
    clock, wall = Watch(), Crooked(error)
    script = separate(proposal(), proposal(ident="prop_00000000000b"))
    runner = await start(script=script, clock=clock, board=wall)
    await runner.sweep(FIRST)
    clock.pass_hours(24)
    await runner.governing.stop(MARA, "action", "set_target", "it sees ghosts")
    await runner.governing.stop(MARA, "action", "refresh_creative", "it sees ghosts")
    await runner.settle()
    assert [ident for _, ident, _ in wall.reminders] == ["prop_00000000000b"]
    assert len(wall.announced) == 1, "the one that failed keeps the other from nothing"
    await runner.settle()
    assert len(wall.announced) == 2


async def test_a_question_that_cannot_be_reviewed_does_not_keep_the_others_from_it(start: Start):
    runner = await start(script=separate(proposal(), proposal(ident="prop_00000000000b")))
    await runner.sweep(FIRST)
    asked, upholding = list[str](), runner.work._upholding

    async def review(ident: str, stamp: str) -> None:
        del stamp
        asked.append(ident)
        raise Tripped

    upholding._review = review
    await runner.governing.stop(MARA, "action", "set_target", "it sees ghosts")
    await runner.work.settle()
    assert set(asked) == {PROP, "prop_00000000000b"}


@pytest.fixture
async def two_done(start: Start):
    """Two actions carried out on cases of their own."""
    other = cut().model_copy(update={"campaign_id": "c4"})
    platform = Platform({BUDGET: "450.00", BUDGET.replace("c3", "c4"): "450.00"})
    clock, script = HandClock(), separate(proposal(), proposal(other, ident="prop_00000000000b"))
    runner = await start(script=script, clock=clock, platform=platform)
    await runner.sweep(FIRST)
    for ident in (PROP, "prop_00000000000b"):
        await runner.approve(ident, 1, MARA)
    await runner.settle()
    return runner, clock


async def test_a_guard_that_cannot_be_computed_keeps_no_other_from_being_and_is_tried_again(two_done):
    runner, clock = two_done
    looked = list[str]()

    def worsened(view, *_: object) -> None:
        looked.append(view.proposal.id)
        raise Tripped

    services = replace(runner.work._services, desk=replace(runner.work._services.desk, worsened=worsened))
    with pytest.raises(ExceptionGroup):
        await undoing.watch(services, clock.last_day())
    assert set(looked) == {PROP, "prop_00000000000b"}


async def test_one_window_that_cannot_be_closed_keeps_no_other_open(two_done, monkeypatch: pytest.MonkeyPatch):
    runner, clock = two_done
    close, closed, failed = actions.close_undo, list[str](), list[str]()

    async def once(tx, idents, at) -> None:
        if not failed:
            failed.extend(idents)
            raise Tripped
        closed.extend(idents)
        await close(tx, idents, at)

    monkeypatch.setattr(actions, "close_undo", once)
    clock.pass_days(undoing.LONGEST_DAYS + 1)
    await undoing.close_windows(runner.work._services)
    assert {*failed, *closed} == {PROP, "prop_00000000000b"}
    assert len(closed) == 1
