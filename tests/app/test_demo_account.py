"""The demo ad account does each thing once, refuses what is no longer true, and forgets nothing."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.demo.company import DemoCompany
from app.demo.log import ValueChange
from domain.errors import StartupError

BUDGET = "meta/a1/campaign/c3/daily_budget"
AD = "meta/a1/ad/ad9/status"
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    server = await DemoCompany(tmp_path).serve()
    async with aiohttp.ClientSession(server.address, timeout=aiohttp.ClientTimeout(5)) as session:
        yield session
    await server.close()


def cut(token: str, was: str = "720.00", to: str = "600.00") -> dict[str, Any]:
    return {"token": token, "by": "U1", "set": [{"address": BUDGET, "was": was, "to": to}]}


def refresh(token: str, brief: str = "new") -> dict[str, Any]:
    entity = "meta/a1/ad/ad9"
    return {"token": token, "by": "U1", "entity": entity, "task": "refresh_creative", "details": {"brief": brief}}


async def call(session: aiohttp.ClientSession, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    method = "GET" if body is None else "POST"
    async with session.request(method, path, json=body) as response:
        return response.status, await response.json()


async def budget(session: aiohttp.ClientSession) -> str:
    _, answer = await call(session, f"/values?address={BUDGET}")
    return answer["values"][BUDGET]


async def history(session: aiohttp.ClientSession) -> list[dict[str, Any]]:
    return (await call(session, "/ads"))[1]["history"]


async def test_a_value_is_set_and_read_back(account: aiohttp.ClientSession):
    status, answer = await call(account, "/values", cut("t1"))
    assert (status, answer["values"]) == (200, {BUDGET: "600.00"})
    assert await budget(account) == "600.00"


async def test_amounts_always_have_two_places(account: aiohttp.ClientSession):
    await call(account, "/values", cut("t1", was="720", to="612.5"))
    assert await budget(account) == "612.50"


async def test_the_same_token_again_answers_the_same_and_does_nothing(account: aiohttp.ClientSession):
    first = await call(account, "/values", cut("t1"))
    assert await call(account, "/values", cut("t1")) == first
    assert len(await history(account)) == 1


async def test_a_token_cannot_be_used_for_something_else(account: aiohttp.ClientSession):
    await call(account, "/values", cut("t1"))
    status, answer = await call(account, "/values", cut("t1", to="500.00"))
    assert (status, answer["error"]) == (409, "token")
    await call(account, "/tasks", refresh("t2"))
    assert (await call(account, "/tasks", refresh("t2", brief="other")))[0] == 409
    assert await budget(account) == "600.00"


async def test_a_value_that_moved_meanwhile_is_not_overwritten(account: aiohttp.ClientSession):
    await call(account, "/values", cut("t1"))
    status, answer = await call(account, "/values", cut("t2"))
    assert (status, answer) == (409, {"error": "precondition", "values": {BUDGET: "600.00"}})
    assert len(await history(account)) == 1


async def test_all_values_are_set_or_none(account: aiohttp.ClientSession):
    both = cut("t1")
    both["set"].append({"address": AD, "was": "paused", "to": "active"})
    assert (await call(account, "/values", both))[0] == 409
    assert await budget(account) == "720.00"


@pytest.mark.parametrize("to", ["-5.00", "0.00", "NaN", "1e9", "12.345", "many", "active"])
async def test_an_impossible_budget_is_refused(account: aiohttp.ClientSession, to: str):
    status, answer = await call(account, "/values", cut("t1", to=to))
    assert (status, answer["error"]) == (400, "invalid value")
    assert await budget(account) == "720.00"


async def test_an_unknown_address_is_named(account: aiohttp.ClientSession):
    assert await call(account, "/values?address=meta/a1/campaign/c99/daily_budget") == (
        404,
        {"error": "unknown address", "address": "meta/a1/campaign/c99/daily_budget"},
    )


async def test_a_request_without_a_token_is_refused(account: aiohttp.ClientSession):
    body = {key: value for key, value in cut("t1").items() if key != "token"}
    status, answer = await call(account, "/values", body)
    assert (status, answer["error"]) == (400, "invalid request")


async def test_a_task_is_created_once_and_done_some_days_later(account: aiohttp.ClientSession):
    for _ in range(2):
        assert (await call(account, "/tasks", refresh("t1")))[0] == 200
    _, answer = await call(account, "/tasks?token=t1")
    (task,) = answer["tasks"]
    assert (task["created_on"], task["done_on"]) == ("2026-03-14", None)
    assert (await call(account, "/clock", {"days": 1}))[1] == {"today": "2026-03-15"}
    _, answer = await call(account, "/tasks?token=t1")
    assert answer["tasks"][0]["done_on"] == "2026-03-15"


async def test_the_account_page_shows_the_fresh_creative(account: aiohttp.ClientSession):
    def launched(view: dict[str, Any]) -> str:
        campaigns = [campaign for place in view["accounts"] for campaign in place["campaigns"]]
        (ad,) = [ad for campaign in campaigns for ad in campaign["ads"] if ad["ad_id"] == "ad9"]
        return ad["creative"]["launched_on"]

    before = launched((await call(account, "/ads"))[1])
    await call(account, "/tasks", refresh("t1"))
    await call(account, "/clock", {"days": 2})
    assert before < launched((await call(account, "/ads"))[1]) == "2026-03-15"


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500)])
async def test_a_fault_on_request_does_nothing(account: aiohttp.ClientSession, kind: str, status: int):
    await call(account, "/faults", {"kind": kind, "times": 2})
    assert [(await call(account, "/values", cut("t1")))[0] for _ in range(3)] == [status, status, 200]


async def test_a_lost_answer_has_happened_once(account: aiohttp.ClientSession):
    await call(account, "/faults", {"kind": "applied_then_lost", "times": 1})
    assert await budget(account) == "720.00"
    with pytest.raises(aiohttp.ClientError):
        await call(account, "/values", cut("t1"))
    assert await budget(account) == "600.00"
    assert (await call(account, "/values", cut("t1")))[0] == 200
    assert len(await history(account)) == 1


async def test_a_hanging_call_does_nothing(account: aiohttp.ClientSession):
    await call(account, "/faults", {"kind": "timeout", "times": 1})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await call(account, "/values", cut("t1"))
    assert await budget(account) == "720.00"


async def test_a_port_in_use_is_said_plainly(tmp_path: Path):
    company = DemoCompany(tmp_path)
    server = await company.serve()
    with pytest.raises(StartupError, match="cannot listen"):
        await company.serve(port=int(server.address.rsplit(":", 1)[1]))
    await server.close()


SERVE = """
import asyncio, sys
from pathlib import Path
from app.demo.company import DemoCompany
from app.demo.log import ValueChange

async def main():
    server = await DemoCompany(Path(sys.argv[1])).serve()
    print(server.address, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_what_was_answered_before_a_kill_is_still_done_once_after_it(tmp_path: Path):
    for round_ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(address) as session:
            assert await budget(session) == ("720.00", "600.00")[round_]
            assert (await call(session, "/values", cut("t1")))[0] == 200
            assert (await call(session, "/tasks", refresh("t2")))[0] == 200
            assert len(await history(session)) == 1
            if not round_:
                await call(session, "/clock", {"days": 1})
            assert (await call(session, "/ads"))[1]["today"] == "2026-03-15"
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()


async def test_whoever_was_shut_out_before_a_kill_still_is_after_it(tmp_path: Path):
    for round_ in range(2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(address) as session:
            if not round_:
                assert (await call(session, "/fences", {"token": "t1", "fence": 3}))[0] == 200
                assert (await call(session, "/tasks", refresh("t2") | {"fence": 2}))[0] == 200
            late = [await call(session, "/values", cut("t1") | {"fence": 2}),
                    await call(session, "/tasks", refresh("t2") | {"fence": 1}),
                    await call(session, "/fences", {"token": "t1", "fence": 2})]  # fmt: skip
            assert late == [(409, {"error": "fenced"})] * 3
            assert await budget(session) == "720.00"
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    company = DemoCompany(tmp_path)
    company.hear("t1", 3)
    assert len(company.entries) == 3, "the same holder again is no news"
    assert company.values()[BUDGET] == "720.00"


def test_a_line_torn_by_a_kill_is_forgotten(tmp_path: Path):
    company = DemoCompany(tmp_path)
    company.create_task("t1", "U1", "meta/a1/ad/ad9", "refresh_creative", {})
    log = tmp_path / "changes.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + whole[: len(whole) // 2].replace(b"t1", b"t2"))
    again = DemoCompany(tmp_path)
    assert [task.token for task in again.tasks()] == ["t1"]
    again.create_task("t2", "U1", "meta/a1/ad/ad9", "refresh_creative", {})
    assert [task.token for task in DemoCompany(tmp_path).tasks()] == ["t1", "t2"]


def test_a_damaged_log_is_refused_with_its_line(tmp_path: Path):
    company = DemoCompany(tmp_path)
    company.advance(1)
    log = tmp_path / "changes.jsonl"
    log.write_bytes(b"nonsense\n" + log.read_bytes())
    with pytest.raises(StartupError, match="damaged at line 1"):
        DemoCompany(tmp_path)


async def test_a_kill_in_the_middle_of_a_write_leaves_it_done_once_or_not_at_all(tmp_path: Path):
    for wait in (0.0, 0.002, 0.005):
        folder = tmp_path / str(wait)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(folder), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        async with aiohttp.ClientSession((await process.stdout.readline()).decode().strip()) as session:
            write = asyncio.create_task(call(session, "/values", cut("t1")))
            await asyncio.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            await asyncio.gather(write, return_exceptions=True)
        company = DemoCompany(folder)
        assert company.values()[BUDGET] in {"720.00", "600.00"}
        company.set_values("t1", "U1", [ValueChange(address=BUDGET, was="720.00", to="600.00")])
        assert company.values()[BUDGET] == "600.00"
        assert len(company.entries) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "["}, {"Origin": "https://evil.example"}, {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"}, {"Content-Type": "text/plain"},
    ],
    ids=["rebound name", "no name", "foreign page", "sandboxed page", "cross-site", "a form's content type"],
)  # fmt: skip
async def test_no_web_page_can_move_a_budget(account: aiohttp.ClientSession, headers: dict[str, str]):
    body = json.dumps(cut("t1"))
    async with account.post("/values", data=body, headers={"Content-Type": "application/json"} | headers) as refused:
        assert refused.status in {403, 415}
    assert await budget(account) == "720.00"
    assert await history(account) == []


def test_other_users_of_the_machine_cannot_read_the_companys_folder(tmp_path: Path):
    DemoCompany(tmp_path / "demo")
    assert (tmp_path / "demo").stat().st_mode & 0o077 == 0
