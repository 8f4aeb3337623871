"""Whether anybody is at work: said where people look, before they wonder why nothing happens."""

from datetime import datetime

import psycopg
import pytest

from bot.home import at_work
from domain.pulse import Pulse
from domain.standing import Stop
from graph.runner import Runner
from memory.database import Database
from tests.bot.samples import HEALTH
from tests.graph.fakes import FIRST, MARA, Wall, services
from tests.graph.test_worker import PROP, until, working


async def test_with_no_worker_it_is_known_how_long_what_was_approved_has_waited(address: str):
    runner = Runner(services(Database(address), board=Wall()))
    await runner.open()
    assert (await runner.health()).pulse == Pulse(), "nothing waits yet"
    await runner.sweep(FIRST)
    await runner.settle()
    await runner.approve(PROP, 1, MARA)
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("UPDATE procrastinate_events SET at = at - interval '7 minutes'")
    felt = (await runner.health()).pulse
    assert felt.silent_seconds is None, "nobody ever was at work"
    assert felt.idle_seconds is not None
    assert 420 <= felt.idle_seconds < 480
    assert (felt.approved, felt.under_way) == (1, 0)

    async def executed() -> bool:
        felt = (await runner.health()).pulse
        return felt.silent_seconds is not None and felt.approved + felt.under_way == 0

    async with working(runner):
        await until(executed, 15)
        felt = (await runner.health()).pulse
        assert felt.silent_seconds is not None
        assert felt.silent_seconds < 60
        assert felt.idle_seconds is None
    await runner.close()


async def test_a_worker_that_was_killed_counts_from_its_last_sign_of_life(address: str):
    runner = Runner(services(Database(address)))
    await runner.open()
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')")
    idle = (await runner.health()).pulse.idle_seconds
    assert idle is not None
    assert 300 <= idle < 360
    await runner.close()


async def test_a_stop_in_force_is_part_of_how_the_system_is(address: str):
    runner = Runner(services(Database(address)))
    await runner.open()
    assert (await runner.health()).stops == ()
    stop = await runner.governing.stop(MARA, "everything", "", "the account behaves strangely")
    assert (await runner.health()).stops == (stop,)
    await runner.close()


@pytest.mark.parametrize(
    ("pulse", "said"),
    [
        (Pulse(), None),
        (Pulse(silent_seconds=119, oldest_job_seconds=119, approved=2), None),
        (
            Pulse(silent_seconds=420, approved=3),
            "No worker has been at work for 7 minutes*: 3 approved actions wait, and nothing is swept",
        ),
        (
            Pulse(oldest_job_seconds=8000, approved=1),
            "No worker has been at work for 2 hours*: 1 approved action waits",
        ),
        (Pulse(silent_seconds=5, oldest_job_seconds=180), "The oldest job has waited for 3 minutes"),
        (Pulse(silent_seconds=5, under_way=1), "1 action under way"),
    ],
)
def test_status_and_home_say_who_is_missing_and_only_then(pulse: Pulse, said: str | None):
    lines = at_work(HEALTH.model_copy(update={"pulse": pulse}))
    assert (said is None) == (lines == [])
    assert said is None or said in lines[0]


def test_status_and_home_say_what_is_stopped():
    stop = Stop(id="stop_000000000001", of="everything", reason="a test", by=MARA, at=datetime(2026, 3, 14))
    assert at_work(HEALTH.model_copy(update={"stops": (stop,)})) == ["🛑 *Stopped:* everything"]
