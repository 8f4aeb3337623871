"""What somebody gets wrong is told in one sentence, with the right exit code, and nothing is left half done."""

import re
from pathlib import Path

import pytest

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from tests.app.commands import company, home
from tests.app.process import baton_again, environment

__all__ = ("company", "home")
DAY = "2025-12-20"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
NOWHERE = "http://127.0.0.1:1"

SETTINGS = {
    "no bot token": (["serve"], {}, 2, "SLACK_BOT_TOKEN is not set; the README says where Slack shows it."),
    "no app token": (
        ["serve"],
        {"SLACK_BOT_TOKEN": "xoxb-1"},
        2,
        "SLACK_APP_TOKEN is not set; the README says where Slack shows it.",
    ),
    "tokens swapped": (
        ["serve"],
        {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"},
        2,
        "SLACK_BOT_TOKEN should start with xoxb-; another token was put in its place.",
    ),
    "Slack out of reach": (
        ["serve"],
        TOKENS | {"SLACK_API_URL": f"{NOWHERE}/api/"},
        1,
        "Slack cannot be reached at http://127.0.0.1:1/api/: .*",
    ),
    "Slack's address is none": (
        ["serve"],
        TOKENS | {"SLACK_API_URL": "slack"},
        2,
        r"SLACK_API_URL is not an address; write one like http://127\.0\.0\.1:8000\.",
    ),
    "database out of reach": (
        ["ledger", "export"],
        {"DATABASE_URL": "postgresql://baton:secret@127.0.0.1:1/baton"},
        1,
        r"The database at postgresql://baton:\*\*\*@127.0.0.1:1/baton cannot be used: .*[Cc]onnection refused.*",
    ),
    "database address is none": (
        ["ledger", "export"],
        {"DATABASE_URL": "baton:secret"},
        2,
        "DATABASE_URL is not the address of a database; write one like postgresql://user:password@host:5432/name.",
    ),
    "database port is no number": (
        ["ledger", "export"],
        {"DATABASE_URL": "postgresql://baton:secret@host:port/baton"},
        2,
        "DATABASE_URL is not the address of a database; write one like postgresql://user:password@host:5432/name.",
    ),
    "another kind of database": (
        ["ledger", "export"],
        {"DATABASE_URL": "mysql://baton:secret@host/baton"},
        2,
        r"DATABASE_URL must be a Postgres address \(postgresql://…\), not mysql://\.",
    ),
    "Chroma out of reach": (
        ["memory", "search", "budget"],
        {"CHROMA_URL": NOWHERE},
        1,
        r"The Chroma server at http://127\.0\.0\.1:1 cannot be reached\.",
    ),
    "Chroma's port is no number": (
        ["memory", "search", "budget"],
        {"CHROMA_URL": "http://127.0.0.1:port"},
        2,
        r"CHROMA_URL is not an address; write one like http://127\.0\.0\.1:8000\.",
    ),
    "unknown setting": (
        ["ledger", "export"],
        {"BATON_HOEM": "x"},
        2,
        r"BATON_HOEM is not a setting Baton knows; did you mean BATON_HOME\?",
    ),
    "day before the data": (
        ["sweep", "--as-of", "2020-01-01"],
        {},
        2,
        "tables has data from 2025-09-01 to 2025-12-29; 2020-01-01 is not among it.",
    ),
    "day in the future": (
        ["sweep", "--as-of", "2999-01-01"],
        {},
        2,
        "tables has data from 2025-09-01 to 2025-12-29; 2999-01-01 is not among it.",
    ),
    "a day as nobody writes it": (
        ["sweep", "--as-of", "20.12.25"],
        {},
        2,
        "Invalid value for '--as-of': '20.12.25' is not a day; write it like 2026-03-14. .*",
    ),
    "no such config": (
        ["check", "--config", "other.yaml"],
        {},
        2,
        "other.yaml does not exist; `baton init` writes one to start from.",
    ),
    "no such command": (["swep"], {}, 2, "No such command 'swep'.*"),
    "port out of range": (
        ["demo", "--port", "99999"],
        {},
        2,
        "Invalid value for '--port': 99999 is not in the range.*",
    ),
    "files are there already": (
        ["init"],
        {},
        2,
        r"baton.yaml, slack-manifest.yaml, .env.example already in \.; nothing was written\.",
    ),
    "replay backwards": (
        ["replay", "--source", "tables", "--from", "2025-12-02", "--to", "2025-12-01"],
        {},
        2,
        "--to 2025-12-01 lies before --from 2025-12-02.",
    ),
    "replay of other days": (
        ["replay", "--source", "tables", "--from", "2015-12-01", "--to", "2015-12-02"],
        {},
        2,
        "tables has data from 2025-09-01 to 2025-12-29, nothing between 2015-12-01 and 2015-12-02.",
    ),
    "replay of no folder": (
        ["replay", "--source", "nowhere", "--from", DAY, "--to", DAY],
        {},
        2,
        "Invalid value for '--source': Directory 'nowhere' does not exist. .*",
    ),
    "replay into no folder": (
        ["replay", "--source", "tables", "--from", DAY, "--to", DAY, "--out", "nowhere/events.jsonl"],
        {},
        2,
        "--out: the folder nowhere does not exist.",
    ),
    "replay into a folder nobody may write to": (
        ["replay", "--source", "tables", "--from", DAY, "--to", DAY, "--out", "/proc/events.jsonl"],
        {},
        2,
        "--out: /proc/events.jsonl cannot be written: .*",
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
async def test_it_is_told_in_one_sentence(case: str, company: Path, home: Path):
    arguments, settings, code, sentence = SETTINGS[case]
    before = sorted(company.rglob("*"))
    done = await baton_again(*arguments, env=environment(home, **settings), cwd=company)
    assert re.fullmatch(sentence, done.sentence), done.sentence
    assert "secret" not in done.err + done.out
    assert (done.code, done.out) == (code, "")
    assert sorted(company.rglob("*")) == before
    if code == 2:
        assert not home.exists()


async def test_a_typo_names_its_line_and_the_nearest_key(company: Path, home: Path, tmp_path: Path):
    text = (company / "baton.yaml").read_text("utf-8").replace("sweep_at:", "sweep_ad:")
    (tmp_path / "baton.yaml").write_text(text, "utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if words.startswith("sweep_ad"))
    done = await baton_again("sweep", "--as-of", DAY, env=environment(home), cwd=tmp_path)
    assert done.sentence == f"baton.yaml, line {line}: `sweep_ad` is not a key Baton knows; did you mean `sweep_at`?"
    assert (done.code, home.exists()) == (2, False)


async def test_without_any_config_it_says_how_to_get_one(home: Path, tmp_path: Path):
    done = await baton_again("serve", env=environment(home), cwd=tmp_path)
    assert (done.sentence, done.code) == ("baton.yaml does not exist; `baton init` writes one to start from.", 2)


async def test_a_home_that_cannot_be_used(company: Path, tmp_path: Path):
    (tmp_path / "file").write_text("")
    long = tmp_path / ("long" * 30)
    expected = {
        tmp_path / "file": f"The folder {tmp_path}/file cannot be used: it is a file.",
        Path("/proc/home"): "The folder /proc/home cannot be used: No such file or directory.",
        long: f"The folder {long} has too long a path for the database's socket: set BATON_HOME to a shorter one.",
    }
    for folder, sentence in expected.items():
        done = await baton_again("ledger", "export", env=environment(folder), cwd=company)
        assert (done.sentence, done.code) == (sentence, 1)
    assert not long.exists()


async def test_a_missing_or_refused_source_ends_the_sweep_before_it_counts(company: Path, home: Path, tmp_path: Path):
    model = (company / "baton.yaml").read_text("utf-8")
    (tmp_path / "baton.yaml").write_text(model, "utf-8")
    done = await baton_again("sweep", "--as-of", DAY, env=environment(home), cwd=tmp_path)
    assert (done.sentence, done.code) == ("The folder tables gave no data: it does not exist or is not a folder.", 1)
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "ad_report.csv").write_text("date_day,platform\n2025-12-20,meta\n")
    for command in (["sweep", "--as-of", DAY], ["replay", "--source", "tables", "--from", DAY, "--to", DAY]):
        done = await baton_again(*command, env=environment(home), cwd=tmp_path)
        assert done.sentence.startswith("ad_report: required columns are missing: account_id, campaign_id")
        assert done.code == 1
    checked = await baton_again("check", env=environment(home, **TOKENS, SLACK_API_URL=f"{NOWHERE}/"), cwd=tmp_path)
    assert "✗ ad_report: required columns are missing" in checked.err
    assert "✗ Slack cannot be reached" in checked.err
    assert "✓ The database answers" in checked.out
    assert checked.code == 1


async def test_a_token_slack_refuses_is_a_matter_of_configuration(company: Path, home: Path, tmp_path: Path):
    workspace = Workspace(tmp_path, [WorkspaceUser("U0000000000", "Your Name", ("cmo",))], ["marketing-signals"])
    try:
        address = await workspace.serve()
        env = environment(home, **TOKENS, SLACK_API_URL=f"{address}/api/")
        done = await baton_again("serve", env=env, cwd=company)
        assert (done.sentence, done.code) == ("Slack refused SLACK_BOT_TOKEN: invalid_auth.", 2)
        assert not home.exists()
        env |= {"SLACK_BOT_TOKEN": workspace.bot_token}
        done = await baton_again("serve", env=env, cwd=company)
        assert done.code == 2
        assert "Traceback" not in done.err
        assert "Slack refused SLACK_APP_TOKEN: invalid_auth." in done.err
    finally:
        await workspace.close()
