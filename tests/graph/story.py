"""One whole story in a process of its own, which a failpoint may kill anywhere. The platform outlives it, in a file."""

import asyncio
import json
import multiprocessing
import os
import signal
from contextlib import suppress
from pathlib import Path

from domain.effect import Effect
from domain.errors import Refusal
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import FIRST, MARA, HandClock, Platform, Wall, services

PROP, SIG = "prop_00000000000a", "sig_000000000001"
STEPS = (
    "card_posted",
    "decision_committed",
    "intent_written",
    "platform_written",
    "receipt_written",
    "outcome_written",
)


class LastingPlatform(Platform):
    """An ad account that keeps its state in a file, whoever dies meanwhile."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if path.exists():
            vars(self).update(json.loads(path.read_text()))

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        answer = await super().write(effect, token, fence)
        kept = {name: getattr(self, name) for name in ("values", "tasks", "effects", "answered")}
        self._path.with_suffix(".new").write_text(json.dumps(kept))
        self._path.with_suffix(".new").replace(self._path)
        return answer


def live(address: str, path: Path, failpoint: str) -> None:
    """Sweep, show, approve, execute, let a week pass, measure. Doing it all twice must look like doing it once."""

    def die(name: str) -> None:
        if name == failpoint:
            os.kill(os.getpid(), signal.SIGKILL)

    async def days() -> None:
        clock = HandClock()
        platform = LastingPlatform(path)
        runner = Runner(services(Database(address), platform=platform, clock=clock, board=Wall(), failpoint=die))
        await runner.open()
        await runner.settle()
        await runner.sweep(FIRST)
        await runner.settle()
        with suppress(Refusal):
            await runner.approve(PROP, 1, MARA)
        await runner.settle()
        clock.pass_days(7)
        await runner.settle()
        await runner.close()

    asyncio.run(days())


def run(address: str, path: Path, failpoint: str) -> int:
    """The exit code of one life: 0, or -9 where it was killed. Forked from a warm process that touched nothing yet."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.graph.story"])
    process = context.Process(target=live, args=(address, path, failpoint))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    assert code is not None
    return code
