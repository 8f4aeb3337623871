"""`baton policy test`: a policy is tried on typical situations and on the past, and nothing changes by trying."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from app import policy
from graph.runner import Runner
from memory.database import Database
from tests.app.commands import company, home
from tests.app.process import baton_again, environment
from tests.graph.fakes import CORA, FIRST, opened, proposal, refresh, services
from tests.postgres import address, server, template

__all__ = ("address", "company", "home", "server", "template")


@pytest.fixture
def folder(company: Path, tmp_path: Path) -> Path:
    """The company's folder with files of its own, on the same tables."""
    content = yaml.safe_load((company / "baton.yaml").read_text("utf-8"))
    content["source"] = {"kind": "folder", "path": str(company / "tables")}
    written(tmp_path / "baton.yaml", content)
    return tmp_path


def written(path: Path, content: dict[str, object]) -> Path:
    path.write_text(yaml.safe_dump(content, sort_keys=False, default_flow_style=False), "utf-8")
    return path


def changed(folder: Path, name: str, **policy: object) -> Path:
    content = yaml.safe_load((folder / "baton.yaml").read_text("utf-8"))
    content["policy"] |= policy
    return written(folder / name, content)


async def test_every_situation_is_answered_for_everybody_who_might_press(folder: Path, home: Path):
    done = await baton_again("policy", "test", env=environment(home), cwd=folder)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert "Set budget on an ordinary day: asks the media lead." in lines
    assert "    Your Media Lead (media lead): decides" in lines
    beyond = lines.index(
        "Set budget by 31 %, further than a media lead goes alone: asks 2 people, one of them the CMO."
    )
    assert lines[beyond + 1] == "    Your Media Lead (media lead): is the first of two to approve"
    assert lines[-1] == "There is no database here yet, so there are no past proposals to hold it against."
    assert not home.exists()


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a machine without a database."""
    for name in ("DATABASE_URL", "CHROMA_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BATON_HOME", str(home))


@pytest.mark.usefixtures("here")
def test_a_configuration_that_hands_a_human_decision_to_a_machine_is_refused(folder: Path, home: Path, capsys):
    with pytest.raises(SystemExit) as ended:
        policy.test(config=changed(folder, "bold.yaml", automatic=["rotate_audience"]), against=None)
    said = capsys.readouterr()
    assert (ended.value.code, said.out, home.exists()) == (1, "", False)
    assert "rotate_audience cannot be automatic: audience definition is always decided by a person." in said.err


@pytest.mark.usefixtures("here")
def test_two_files_are_compared_sentence_by_sentence(folder: Path, capsys):
    loose = changed(folder, "loose.yaml", max_budget_change=0.9)
    policy.test(config=loose, against=folder / "baton.yaml")
    said = capsys.readouterr().out
    (told,) = [line for line in said.splitlines() if line.startswith("loosens: ")]
    assert "90 %" in told
    assert "It loosens the policy, so two people must agree." in said
    policy.test(config=loose, against=loose)
    assert f"Nothing changes against {loose}." in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_the_past_is_held_against_a_file_and_what_is_in_force_stays(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setenv("DATABASE_URL", address)
    told = asyncio.run(swept(address))
    strict = changed(folder, "strict.yaml", forbidden=["set_budget"])
    policy.test(config=folder / "baton.yaml", against=None)
    assert "This policy would have changed 0 of 2 verdicts." in capsys.readouterr().out
    policy.test(config=strict, against=None)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        "2026-03-14 Set budget [prop_00000000000a]: asks the media lead → is not allowed",
        "This policy would have changed 1 of 2 verdicts.",
    ]
    policy.test(config=strict, against=folder / "baton.yaml")
    assert "changed 1 of 2 verdicts as " in capsys.readouterr().out
    assert asyncio.run(held(address)) == told


async def swept(address: str) -> str:
    """Two proposals on record, and what is in force then."""
    asked = (proposal(), proposal(refresh(), ident="prop_00000000000b", owner="creative_lead"))
    runner = await Runner(services(Database(address), opened(*asked))).open()
    await runner.sweep(FIRST)
    said = await runner.governing.held_against_file()
    await runner.close()
    return said


async def held(address: str, **policy: object) -> str:
    """What a look says of the file, as `baton check` does."""
    looking = replace(services(Database(address), policy=policy), is_adopting=False)
    runner = await Runner(looking).open()
    said, waiting = await runner.governing.held_against_file(), await runner.governing.design(CORA)
    await runner.close()
    assert waiting.pending == ()
    return said


async def test_a_look_says_what_is_in_force_and_drafts_nothing(address: str):
    made = replace(services(Database(address)), is_adopting=False)
    runner = await Runner(made).open()
    assert "the first start adopts baton.yaml" in await runner.governing.held_against_file()
    await runner.close()
    said = await swept(address)
    assert said == "Policy version 1 is in force since 15 March 2026; baton.yaml says the same."
    assert "the next start drafts it" in await held(address, max_budget_change=0.2)
    later = await Runner(services(Database(address), policy={"max_budget_change": 0.2})).open()
    assert "until the architect agrees: it waits as amd_" in await later.governing.held_against_file()
    (waiting,) = (await later.governing.design(CORA)).pending
    await later.governing.reject(waiting.amendment.id, CORA, "not this year")
    assert "does not count: what holds was agreed to in Slack" in await later.governing.held_against_file()
    await later.close()
