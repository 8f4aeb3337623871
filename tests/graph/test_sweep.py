"""The sweep and the replay: one graph, whether somebody decides or nobody does."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.action import WriteBrief
from domain.errors import SourceUnavailable, TableRefused
from domain.reading import Gap, Reading
from domain.signal import EventKind, Signal
from domain.worded import Worded
from graph.replay import replay
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import FIRST, OneTable, closing, desk, model, opened, proposal, services


class Broken(OneTable):
    """A source with one table that cannot be had."""

    def __init__(self, table: str, error: Exception) -> None:
        self._table, self._error = table, error

    async def read(self, table, as_of, days) -> Reading | Gap:
        if table == self._table:
            raise self._error
        return await super().read(table, as_of, days)


REFUSED = TableRefused("web_report", "orders", "negative counts", ["2026-03-14"], "Correct the rows.")


async def replayed(last_day: int = 3) -> list[dict[str, object]]:
    script = closing(opened(), FIRST + timedelta(days=2))
    days = replay(OneTable(), model(), desk(script), FIRST, FIRST + timedelta(days=last_day))
    return [event async for _, events in days for event in events]


async def test_a_replay_tells_each_incident_once_with_what_would_have_been_asked():
    first, last = await replayed()
    assert (first["event"], first["as_of"], last["event"], last["reason"]) == (
        "opened", "2026-03-14", "closed", "recovered",
    )  # fmt: skip
    assert first["scope"] == {
        "platform": "meta", "account_id": "a1", "campaign_id": "c3", "ad_id": None, "segment_id": None,
    }  # fmt: skip
    (action,) = first["actions"]
    assert (action["kind"], action["owner"], action["verdict"]) == ("set_budget", "media_lead", "ask")
    assert action["forecast"]["change"] == -0.12
    assert last["actions"] == []
    assert first["at_stake_per_day"] == "118.40"


async def test_a_replay_says_the_same_every_time():
    assert json.dumps(await replayed()) == json.dumps(await replayed())


async def test_a_table_that_is_refused_becomes_a_named_gap(address: str):
    world = services(Database(address))
    object.__setattr__(world, "source", Broken("web_report", REFUSED))
    runner = Runner(world)
    await runner.open()
    (event,) = await runner.sweep(FIRST)
    health = await runner.health()
    assert event.event is EventKind.OPENED
    assert any("negative counts" in gap for gap in health.gaps)
    assert health.agents == ("performance: 1 finding on 14 March",)
    await runner.close()


async def test_without_the_required_table_nothing_is_saved_and_the_day_can_be_swept_later(address: str):
    world = services(Database(address))
    good = world.source
    object.__setattr__(world, "source", Broken("ad_report", SourceUnavailable("the folder", "it is gone")))
    runner = Runner(world)
    await runner.open()
    with pytest.raises(SourceUnavailable):
        await runner.sweep(FIRST)
    assert (await runner.health()).last_sweep is None
    await runner.close()
    again = services(Database(address))
    object.__setattr__(again, "source", good)
    second = Runner(again)
    await second.open()
    assert len(await second.sweep(FIRST)) == 1
    await second.close()


async def test_history_is_not_rewritten(address: str):
    runner = Runner(services(Database(address)))
    await runner.open()
    await runner.sweep(FIRST)
    assert await runner.sweep(FIRST - timedelta(days=3)) == ()
    assert (await runner.health()).last_sweep == FIRST
    await runner.close()


async def test_what_an_agent_says_outside_its_mandate_is_discarded_and_recorded(address: str):
    script = opened()
    script.discarded = True
    runner = Runner(services(Database(address), script=script))
    await runner.open()
    await runner.sweep(FIRST)
    lines = await runner.ledger()
    assert [line["payload"] for line in lines if line["kind"] == "discarded"] == [
        '{"what":"performance claimed cpa_rise of platform=meta/account_id=a1/campaign_id=c3"}'
    ]
    await runner.close()


async def test_a_sweep_that_fails_while_saving_leaves_nothing(address: str, monkeypatch: pytest.MonkeyPatch):
    from memory import sweeps

    runner = Runner(services(Database(address)))
    await runner.open()

    async def fail(*_: object) -> None:
        raise ConnectionError("the lights went out")

    monkeypatch.setattr(sweeps, "_save_sweep", fail)
    with pytest.raises(ConnectionError):
        await runner.sweep(FIRST)
    async with runner.work._database.read() as tx:
        for table in ("signal", "signal_event", "proposal", "sweep", "procrastinate_jobs"):
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
        assert set(await tx.scalars(text("SELECT kind FROM ledger"))) == {
            "policy.changed",
            "role.changed",
            "person.met",
        }
    monkeypatch.undo()
    assert len(await runner.sweep(FIRST)) == 1
    await runner.close()


async def test_a_chat_model_words_a_new_signal_once_and_a_quiet_day_asks_it_nothing(address: str):
    asked: list[str] = []

    def words(signal: Signal) -> Worded:
        asked.append(signal.id)
        return Worded(text="Clicks fell, in the words of a model.", refused=("3 figures that stand in no fact",))

    runner = Runner(replace(services(Database(address)), explain=words))
    await runner.open()
    try:
        await runner.sweep(FIRST)
        await runner.sweep(FIRST + timedelta(days=1))
        assert len(asked) == 1
        assert (await runner.case(asked[0])).signal.why == "Clicks fell, in the words of a model."
        thrown_away = [row["payload"] for row in await runner.ledger() if row["kind"] == "discarded"]
        assert len(thrown_away) == 1
        assert f"the chat model's words for {asked[0]}: 3 figures that stand in no fact" in thrown_away[0]
    finally:
        await runner.close()


async def test_what_no_agent_behind_a_signal_may_suggest_is_never_asked(address: str):
    brief = WriteBrief(currency="EUR", theme="running vests", brief="A guide to warm runs.")
    script = opened(proposal(), proposal(brief, ident="prop_00000000000b"))
    runner = Runner(services(Database(address), script))
    await runner.open()
    try:
        await runner.sweep(FIRST)
        (case,) = await runner.open_cases()
        assert [view.proposal.action.kind for view in case.proposals] == ["set_budget"]
        kept = [str(row) for row in await runner.ledger()]
        assert any("may suggest write_brief" in row for row in kept)
    finally:
        await runner.close()
