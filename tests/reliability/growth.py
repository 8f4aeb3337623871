"""How much the database grows: `python -m tests.reliability.growth` prints bytes per 1,000 proposals, by table.

Each season brings 25 proposals that are asked, decided, executed and measured. Indexes count; what deleted rows left
does not.
"""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app import embedded
from graph import work
from graph.runner import Runner
from memory.database import Database
from tests.reliability import clicking
from tests.reliability.clicking import PROPOSALS
from tests.reliability.test_retention import lived, sizes

LEAST_BYTES = 1_000
"""Tables that grow less than this per 1,000 proposals are added up."""


def main(seasons: int) -> None:
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        home = Path(folder) / "home"
        address = embedded.start(home)
        try:
            asyncio.run(opened(address))
            empty = sizes(address)
            company = asyncio.run(lived(address, seasons, seconds=1200))
            full = sizes(address)
            work.THREADS_STAY = timedelta()
            asyncio.run(pruned(address, company.clock))
            report(empty, full, sizes(address), 1000 / (seasons * PROPOSALS))
        finally:
            embedded.stop(home)


async def opened(address: str) -> None:
    await (await Runner(clicking.company(Database(address), clicking.told(0))).open()).close()


async def pruned(address: str, clock: object) -> None:
    del clock
    runner = await Runner(clicking.company(Database(address), clicking.told(0))).open()
    await runner.work.prune()
    await runner.close()


def report(empty: Mapping[str, int], full: Mapping[str, int], pruned: Mapping[str, int], times: float) -> None:
    grown = {name: ((full[name] - empty[name]) * times, (pruned[name] - empty[name]) * times) for name in full}
    shown = sorted((name for name in grown if max(grown[name]) >= LEAST_BYTES), key=lambda name: -max(grown[name]))
    print("| table | KB per 1,000 proposals | after pruning |\n| --- | ---: | ---: |")
    for name in shown:
        before, after = grown[name]
        print(f"| {name} | {before / 1000:,.0f} | {after / 1000:,.0f} |")
    before, after = (sum(one[place] for one in grown.values()) for place in (0, 1))
    print(f"| all | {before / 1000:,.0f} | {after / 1000:,.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
