"""A thousand presses by several processes on 25 proposals, five times: one decision each, nobody left guessing."""

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.errors import AlreadyDecided
from domain.proposal import Decision
from graph.runner import Runner
from memory.database import Database
from tests.graph.test_worker import until
from tests.reliability import clicking
from tests.reliability.clicking import OTHERS, PROPOSALS, STALE_VERSION, TWO_PEOPLE, Click, prop

THOUSANDS = 5
WORDS = {"approve": "approved", "override": "overridden", "reject": "rejected", "snooze": "snoozed"}


@pytest.mark.slow
@pytest.mark.timeout(6000)  # ten times as many in `make crash`, on a busy machine
async def test_of_thousands_of_presses_one_decides_each_proposal(address: str, rounds: int, tmp_path: Path):
    rounds *= THOUSANDS
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    platform, script = clicking.account(rounds), clicking.told(rounds)
    runner = await Runner(clicking.company(Database(address), script, platform)).open()
    for one in range(rounds):
        await runner.sweep(clicking.day(one))
    clicks = clicking.pressed_at_once(address, rounds, seed, tmp_path)
    assert len(clicks) == 1_000 * rounds
    await runner.settle()
    verified, decided = await runner.verify(), {view.proposal.id: view.decision for view in await runner.proposals()}
    await runner.close()
    assert verified.problems == ()
    by_proposal = {
        prop(one, number): [click for click in clicks if click.proposal == prop(one, number)]
        for one in range(rounds)
        for number in range(PROPOSALS)
    }
    rows = tables(address)
    one_decision_each(rows, decided, by_proposal)
    one_action_and_one_effect_where_approved(rows, platform.effects)
    everybody_is_told(decided, by_proposal)
    every_press_has_its_line(rows, clicks)


def tables(address: str) -> dict[str, list[dict[str, object]]]:
    with psycopg.Connection[dict[str, object]].connect(address, row_factory=dict_row) as connection:
        found = {
            name: list(connection.execute(f"SELECT * FROM {name}"))  # type: ignore[arg-type]
            for name in ("decision", "action", "approval", "receipt", "snooze")
        }
        found["ledger"] = list(connection.execute("SELECT kind, subject, payload FROM ledger"))
    return found


def one_decision_each(
    rows: Mapping[str, list[dict[str, object]]],
    decided: Mapping[str, Decision | None],
    clicks: Mapping[str, Sequence[Click]],
) -> None:
    """One row per proposal, and exactly the press that was taken stands in it."""
    assert Counter(row["proposal_id"] for row in rows["decision"]) == Counter(list(clicks))
    for ident, presses in clicks.items():
        decision = decided[ident]
        assert decision is not None
        taken = Counter(
            (WORDS[click.press], click.by) for click in presses if not click.refusal and click.press != "snooze"
        )
        assert taken[decision.kind, decision.by] == 1, "the one that decided was told so, once"
        helpers = [
            who for kind, who in (taken - Counter([(decision.kind, decision.by)])).elements() if kind == "approved"
        ]
        assert taken.total() == 1 + len(helpers), "nobody else was told that it is decided their way"
        needs_two = int(ident[-8:], 16) in TWO_PEOPLE
        agreed = [*helpers, decision.by] if decision.kind == "approved" else helpers
        assert len(agreed) == len(set(agreed)), "nobody approves twice; whoever approved may still reject"
        assert bool(helpers) <= needs_two
        assert helpers or not (needs_two and decision.kind == "approved")
        assert all(click.by not in OTHERS and click.version == 1 for click in presses if not click.refusal)


def one_action_and_one_effect_where_approved(
    rows: Mapping[str, list[dict[str, object]]], effects: Sequence[str]
) -> None:
    approved = {row["proposal_id"] for row in rows["decision"] if row["kind"] in {"approved", "overridden"}}
    assert Counter(row["proposal_id"] for row in rows["action"]) == Counter(approved)
    assert Counter(effects) == Counter(row["token"] for row in rows["action"])
    assert Counter(row["proposal_id"] for row in rows["receipt"]) == Counter(approved)


def everybody_is_told(decided: Mapping[str, Decision | None], clicks: Mapping[str, Sequence[Click]]) -> None:
    """Whoever came too late hears who was first, and how they decided."""
    names = {"U0MARA0001": "Mara Lind", "U0NOOR0001": "Noor Haddad", "U0OLU00001": "Olu Ade", "U0CORA0001": "Cora Main"}
    late = 0
    for ident, presses in clicks.items():
        decision = decided[ident]
        assert decision is not None
        first = f"{names[decision.by]} has {decision.kind} this already, on "
        for click in presses:
            if click.refusal == "AlreadyDecided":
                assert click.told.startswith(first)
                late += 1
            elif click.refusal:
                assert click.refusal in {"NotYours", "StaleCard"}, click
                assert click.refusal != "StaleCard" or click.version == STALE_VERSION
    assert late > len(clicks) * clicking.BURST, "most of them come too late"


def every_press_has_its_line(rows: Mapping[str, list[dict[str, object]]], clicks: Sequence[Click]) -> None:
    lines: dict[str, Counter[object]] = defaultdict(Counter)
    for row in rows["ledger"]:
        lines[str(row["kind"])][row["subject"]] += 1
    assert sum(lines["refusal"].values()) == sum(bool(click.refusal) for click in clicks)
    snoozes = [click for click in clicks if click.press == "snooze" and not click.refusal]
    kept = Counter(row["proposal_id"] for row in rows["snooze"])
    assert lines["decision.snoozed"] == kept
    assert kept == Counter(ident for ident, _ in {(one.proposal, one.by) for one in snoozes}), "twice by one is once"
    final = Counter(
        {key: n for kind in ("approved", "overridden", "rejected") for key, n in lines[f"decision.{kind}"].items()}
    )
    assert final == Counter(row["proposal_id"] for row in rows["decision"])
    assert lines["approval"] == Counter(row["proposal_id"] for row in rows["approval"])


async def test_presses_on_one_proposal_wait_for_each_other_not_for_the_database(address: str):
    """Forty presses on a locked case hold one connection; the rest of the pool serves other people."""
    runner = await Runner(clicking.company(Database(address), clicking.told(1), clicking.account(1))).open()
    await runner.sweep(clicking.day(0))
    locker = await psycopg.AsyncConnection.connect(address)
    watcher = await psycopg.AsyncConnection.connect(address, autocommit=True)
    await locker.execute("SELECT 1 FROM signal WHERE id = %s FOR UPDATE", [clicking.sig(0, 0)])

    async def press() -> str:
        try:
            await runner.approve(prop(0, 0), 1, clicking.NOOR)
        except AlreadyDecided:
            return "too late"
        return "decided"

    presses = [asyncio.ensure_future(press()) for _ in range(40)]
    await until(lambda: is_stuck(watcher))
    assert (await runner.approve(prop(0, PROPOSALS - 2), 1, clicking.NOOR)).is_open
    assert await stuck(watcher) == 1
    await locker.close()
    assert Counter(await asyncio.gather(*presses)) == {"decided": 1, "too late": 39}
    await watcher.close()
    await runner.close()


async def is_stuck(watcher: psycopg.AsyncConnection) -> bool:
    return await stuck(watcher) > 0


async def stuck(watcher: psycopg.AsyncConnection) -> int:
    """How many connections wait for a row."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    found = await (await watcher.execute(asked)).fetchone()
    assert found
    return found[0]
