"""The house keeps its own rules: who may import whom, one word per thing, files people can read."""

import subprocess
import sys
from pathlib import Path

import pytest

from domain.action import ACTION_KINDS, ACTION_TYPES
from domain.catalogue import CATALOGUE, Risk, example
from domain.effect import HandOver
from domain.finding import FindingKind
from domain.scope import Grain, Scope
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


def test_every_kind_of_action_has_its_one_record_in_each_room():
    """The import fails without; this names the rooms."""
    from agents.levers import LEVERS

    assert set(ACTION_KINDS) == set(CATALOGUE) == set(LEVERS)


def test_people_can_ask_about_every_action_by_a_word_of_theirs():
    from agents.answering.language import plain
    from agents.answering.policy import ACTION_WORDS

    assert set(ACTION_WORDS.values()) == set(ACTION_KINDS)
    assert [word for word in ACTION_WORDS if plain(word) != word] == [], "questions are read in plain letters"


def test_every_action_is_the_answer_to_a_cause_or_says_why_not():
    from agents.levers import LEVERS
    from agents.roster import SPECIALISTS

    plays = "".join(
        path.read_text("utf-8") for path in [ROOT / "agents/moves.py", *(ROOT / "agents/causes").glob("*.py")]
    )
    played = {one.model_fields["kind"].default for one in ACTION_TYPES if f" {one.__name__}(" in plays}
    assert {kind for kind, lever in LEVERS.items() if lever.unplayed is None} == played
    may = {kind for one in SPECIALISTS for kind in one.mandate.suggests}
    assert played <= may, "what no agent may suggest is left out of every signal"


def test_people_read_what_every_action_changes():
    from bot.change import changes, differences, value

    for kind in ACTION_KINDS:
        action = example(kind)
        assert changes(action, {}), kind
        assert [value(action, one.field) for one in action.editable if not value(action, one.field).strip("“”")] == []
        assert differences(action, action) == []


def test_no_budget_moves_further_than_the_hard_cap_whatever_moves_it():
    from domain.catalogue import Sets, Shifts
    from domain.verdict import Forbidden
    from governance.examples import examples
    from tests.governance.company import model

    rows = examples(model())
    for kind, entry in CATALOGUE.items():
        assert entry.amount is None or isinstance(entry.amount, Sets | Shifts)
        too_far = [row for row in rows if row.proposal.action.kind == kind and "than anybody goes" in row.situation]
        assert bool(too_far) == entry.moves_budget
        assert all(isinstance(row.verdict, Forbidden) for row in too_far), f"nothing caps {kind}"


def test_what_an_experiment_shows_is_read_from_it():
    from typing import get_args, get_type_hints

    from agents.readouts import read_test

    read = {one.model_fields["kind"].default for one in get_args(get_type_hints(read_test)["action"])}
    assert {kind for kind, entry in CATALOGUE.items() if entry.shown_by is Grain.EXPERIMENT} == read


def test_the_demo_can_carry_out_every_action():
    from app.demo.company import halden_outdoor
    from app.demo.levers import LEAD_DAYS, UNFELT, starting_values

    effects = {kind: example(kind).effect() for kind in ACTION_KINDS}
    tasks = {kind for kind, effect in effects.items() if isinstance(effect, HandOver)}
    assert set(LEAD_DAYS) == tasks
    felt = "".join((ROOT / "app/demo" / name).read_text("utf-8") for name in ("cures.py", "gains.py", "standing.py"))
    # repairs are felt as their cause's cure, the rest by name
    assert {task for task in tasks if f'"{task}"' not in felt} == UNFELT
    settable = {address.rsplit("/", 1)[1] for address in starting_values(halden_outdoor(1))}
    for kind, effect in effects.items():
        if not isinstance(effect, HandOver):
            assert {one.field for one in effect.settings} <= settable, kind


def test_what_causes_are_weighed_by_is_what_is_measured_in_each_place():
    from agents import sights
    from agents.causes import FIGURES, Place
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
