"""The house keeps its own rules: who may import whom, one word per thing, files people can read."""

import subprocess
import sys
from pathlib import Path

import pytest

from domain.action import ACTION_KINDS
from domain.catalogue import CATALOGUE, Risk
from domain.finding import FindingKind
from domain.signal import Cause
from domain.tables import TABLES

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "governance", "connectors", "agents", "graph", "memory", "bot", "app")


def sources() -> list[Path]:
    return [path for room in (*ROOMS, "tests", "examples") for path in sorted((ROOT / room).rglob("*.py"))]


def test_rooms_import_only_what_the_plan_allows():
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout


def test_only_app_reads_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        if room != "app"
        for path in sorted((ROOT / room).rglob("*.py"))
        if "os.environ" in path.read_text("utf-8") or "getenv" in path.read_text("utf-8")
    ]
    assert readers == []


def test_no_file_is_too_long_to_read():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_nothing_committed_knows_this_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    text = (".py", ".md", ".toml", ".yaml", ".yml", ".js", ".txt")
    names = [name for name in tracked.split("\0") if name.endswith(text)]
    if not names:
        pytest.skip("not a git checkout")
    mentions = ["/work/" + "main", "/root" + "/", "file:///" + "opt"]
    found = [
        name
        for name in names
        if (ROOT / name).exists() and any(m in (ROOT / name).read_text("utf-8") for m in mentions)
    ]
    assert found == []


def test_requirements_are_hashed_and_name_no_index():
    for name in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 50
        assert text.count("--hash=sha256:") >= len(pins)
        assert "http:" not in text
        assert "https:" not in text
        assert "--index" not in text


def test_every_action_kind_is_described_in_the_catalogue():
    assert set(ACTION_KINDS) == set(CATALOGUE)


def test_people_can_ask_about_every_action_by_a_word_of_theirs():
    from agents.answering.policy import ACTION_WORDS

    assert set(ACTION_WORDS.values()) == set(ACTION_KINDS)


def test_what_causes_are_weighed_by_is_what_is_measured_in_each_place():
    from agents import sights
    from agents.causes import FIGURES, Place
    from domain.scope import Scope
    from tests.agents.world import company

    readings, account = company(3).readings(60), {"platform": "meta", "account_id": "a1"}
    measured = {
        Place.AD: sights.ad_sights(readings, Scope(**account, campaign_id="c11", ad_id="ad111"), 2),
        Place.CAMPAIGN: sights.campaign_sights(readings, Scope(**account, campaign_id="c11"), 2),
        Place.SEGMENT: sights.segment_sights(readings, Scope(account_id="a1", segment_id="s11"), 2),
        Place.ACCOUNT: sights.account_sights(readings, Scope(**account), 2),
    }
    assert {place: set(seen) for place, seen in measured.items()} == {place: FIGURES[place] for place in measured}


def test_the_six_always_human_categories_and_routine_are_all_there_is():
    assert {risk.value for risk in Risk} == {
        "strategy",
        "audience_definition",
        "budget_shift",
        "regulated_claim",
        "brand_critical_creative",
        "personal_data",
        "routine",
    }


def test_every_mandate_names_known_tables_kinds_and_actions():
    from agents.needs import DAYS
    from agents.roster import SPECIALISTS

    assert {s.mandate.agent for s in SPECIALISTS} >= {"performance", "creative", "lifecycle", "audience"}
    for specialist in SPECIALISTS:
        assert specialist.mandate.reads <= set(TABLES)
        assert specialist.mandate.reads <= set(DAYS), "a table without its days in agents/needs.py is never read"
        assert specialist.mandate.suggests <= set(ACTION_KINDS)
        assert specialist.mandate.finds <= set(FindingKind)


def test_help_answers_at_once():
    baton = str(Path(sys.executable).with_name("baton"))
    subprocess.run([baton, "--help"], check=True, capture_output=True)
    heavy = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import app.cli"], check=True, capture_output=True, text=True
    ).stderr
    for package in ("polars", "numpy", "langgraph", "chromadb", "sqlalchemy", "slack_bolt"):
        assert f"| {package}\n" not in heavy.replace("  ", " "), f"baton --help imports {package}"


def test_every_cause_and_every_kind_of_finding_has_its_one_record():
    from agents.causes import PROFILES
    from agents.kinds import KINDS, Recovery
    from agents.roster import SPECIALISTS

    assert set(PROFILES) == set(Cause)
    assert set(KINDS) == set(FindingKind)
    for kind, record in KINDS.items():
        assert record.recovery is not Recovery.LEVEL or record.series, f"{kind} cannot recover without its series"
    for profile in PROFILES.values():
        assert profile.owners, f"{profile.cause} is nobody's"
        assert set(profile.told) <= {kind for one in SPECIALISTS for kind in one.mandate.finds}
    assert {record.alone for record in KINDS.values() if record.alone} <= {
        cause for cause, profile in PROFILES.items() if not profile.shows
    }, "what has neighbours must be told from them"
