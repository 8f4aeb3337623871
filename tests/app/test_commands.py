"""The one-off commands on a folder as `baton init` and a little data make it, and how the long ones end."""

import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from tests.app.commands import company, home, postmaster
from tests.app.process import baton, ended, environment, said, start

__all__ = ("company", "home")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_day_is_swept_asked_about_kept_and_searched(company: Path, home: Path):
    env = environment(home)

    async def run(*words: str) -> str:
        done = await baton(*words, env=env, cwd=company)
        assert (done.code, done.err) == (0, ""), done.err
        return done.out

    swept = [json.loads(line) for line in (await run("sweep", "--as-of", "2025-12-20", "--json")).splitlines()]
    (opened,) = [event for event in swept if event["event"] == "opened"]
    assert set(opened) >= {"as_of", "signal_id", "cause", "scope", "headline", "ruled_out", "findings", "owners"}
    assert {action["verdict"] for action in opened["actions"]} == {"ask"}
    again = await run("sweep", "--as-of", "2025-12-20")
    assert f"opened: {opened['headline']} [{opened['signal_id']}]" in again
    answer = await run("ask", "What was spend last week?")
    assert "22 to 28 December" in answer, "asked without a day, the newest with data counts"
    assert "from ad_report, 2025-12-22 to 2025-12-28" in answer
    assert "2025-12-08 to 2025-12-14" in await run("ask", "What was spend last week?", "--as-of", "2025-12-15")
    exported = [json.loads(line) for line in (await run("ledger", "export")).splitlines()]
    assert "signal.opened" in {row["kind"] for row in exported}
    assert f"{len(exported)} records, none changed" in await run("ledger", "verify")
    assert await run("memory", "rebuild") == "The index knows 0 lessons.\n"
    assert await run("memory", "search", "budget") == "Nothing was learned about that yet.\n"
    assert f"This policy would have changed 0 of {len(opened['actions'])} verdicts.\n" in await run("policy", "test")
    assert postmaster(home) is None


LEADS = [
    WorkspaceUser("U0000000000", "Your Name", ("cmo",)),
    WorkspaceUser("U0000000001", "Your Media Lead", ("media_lead",)),
]


@asynccontextmanager
async def checked_in(folder: Path, users: Sequence[WorkspaceUser], **more: str) -> AsyncIterator[dict[str, str]]:
    """A workspace with these people, and the environment `baton` finds it by."""
    workspace = Workspace(folder, list(users), ["marketing-signals"])
    try:
        address = await workspace.serve()
        tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
        yield {"SLACK_API_URL": f"{address}/api/", **tokens, **more}
    finally:
        await workspace.close()


async def test_check_is_content_with_a_fresh_folder_and_a_workspace(company: Path, home: Path, tmp_path: Path):
    async with checked_in(tmp_path, LEADS) as slack:
        done = await baton("check", env=environment(home, **slack), cwd=company)
    assert (done.code, done.err) == (0, "")
    assert "2 people of `people` may decide: Your Name, Your Media Lead." in done.out
    assert "Cards can be posted in #marketing-signals" in done.out
    assert "The bot token has every scope that is used." in done.out
    assert "No chat model is set" in done.out
    assert "become tasks for their owners" in done.out


async def test_check_says_what_to_mend_in_slack_and_beside_it(company: Path, home: Path, tmp_path: Path):
    """One who is missing, one who left, a channel nobody made, an ad account and a model that do not answer."""
    text = (company / "baton.yaml").read_text("utf-8")
    text = text.replace("channel: marketing-signals", "channel: no-such-place").replace(
        "path: tables", f"path: {company}/tables"
    )
    text = text.replace("executor: {kind: by_hand}", "executor: {kind: ad_account, address: 'http://127.0.0.1:9'}")
    (tmp_path / "baton.yaml").write_text(text, "utf-8")
    async with checked_in(tmp_path, LEADS[:1], BATON_MODEL="tests.app.hanging:refusing") as slack:
        done = await baton(
            "check", env=environment(home, **slack, PYTHONPATH=str(Path(__file__).parents[2])), cwd=tmp_path
        )
    assert done.code == 2
    assert "✗ Your Media Lead (U0000000001): Slack knows no such member. Open their profile" in done.err
    assert "✗ #no-such-place: no such channel, or I am not in it. Type `/invite @Baton` there." in done.err
    assert "✗ The ad account could not be asked" in done.err
    assert "✗ The chat model tests.app.hanging:refusing did not answer: no key was given" in done.err
    assert "✓ The database answers" in done.out


async def test_a_replay_says_how_far_it_is_and_leaves_only_whole_files(company: Path, home: Path, tmp_path: Path):
    out = tmp_path / "events.jsonl"
    days = ["--from", "2025-11-20", "--to", "2025-12-29"]
    done = await baton("replay", "--source", "tables", *days, "--out", out, env=environment(home), cwd=company)
    assert done.code == 0
    *told, last = done.err.splitlines()
    events = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    opened = [f"{event['as_of']} {event['headline']}" for event in events if event["event"] == "opened"]
    assert opened
    assert [line for line in told if not line.startswith("2025-12-19: ")] == opened
    assert len(told) == len(opened) + 1
    assert last.startswith("40 days: ")
    assert {event["event"] for event in events} <= {"opened", "updated", "held", "closed"}
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]
    assert not home.exists()


async def test_serving_ends_cleanly_when_told_to(company: Path, home: Path, tmp_path: Path):
    workspace = Workspace(tmp_path, [WorkspaceUser("U0000000000", "Your Name", ("cmo",))], ["marketing-signals"])
    try:
        address = await workspace.serve()
        tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
        env = environment(home, SLACK_API_URL=f"{address}/api/", **tokens)
        process = await start("serve", env=env, cwd=company)
        await said(process, "Stop with Ctrl-C")
        assert postmaster(home)
        process.send_signal(signal.SIGTERM)
        done = await ended(process)
        assert (done.code, postmaster(home)) == (0, None), done.err
        assert "Traceback" not in done.err
    finally:
        await workspace.close()


async def test_a_demo_keeps_its_folder_and_its_port_to_itself(company: Path, home: Path, tmp_path: Path):
    env, port = environment(home), str(free_port())
    demo = await start("demo", "--no-open", "--port", port, env=env, cwd=tmp_path)
    await said(demo, "The first signals are there")
    taken = f"Another Baton (process {demo.pid}) is using the folder {home}: stop it first, or set BATON_HOME"
    second = await baton("demo", "--no-open", "--port", "0", env=env, cwd=tmp_path)
    tokens = {"SLACK_BOT_TOKEN": "xoxb-local-baton", "SLACK_APP_TOKEN": "xapp-local-baton"}
    served = await baton("ledger", "export", env=env | tokens, cwd=company)
    for done in (second, served):
        assert done.sentence.startswith(taken)
        assert done.code == 1
    other = home.with_name("other")
    third = await baton("demo", "--no-open", "--port", port, env=environment(other), cwd=tmp_path)
    assert third.sentence.startswith(f"The local workspace cannot listen on port {port}: ")
    assert third.sentence.endswith("ddress already in use.")
    assert (third.code, postmaster(other)) == (1, None)
    os.killpg(demo.pid, signal.SIGINT)  # as a terminal does it: everything in the foreground is told
    done = await ended(demo)
    assert (done.code, done.err, postmaster(home)) == (0, "", None)


async def test_a_demo_stopped_while_it_starts_leaves_nothing_running(home: Path, tmp_path: Path):
    demo = await start("demo", "--no-open", "--port", "0", env=environment(home), cwd=tmp_path)
    await said(demo, "opens at")
    demo.send_signal(signal.SIGTERM)
    done = await ended(demo)
    assert (done.code, done.err, postmaster(home)) == (0, "", None)
