"""From a seed to a line of the report: written, replayed by the real command, scored from its events alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.labelled import REPORTING, TUNING, by_cause, draw_causes, explained, judge, parse_seeds, replay, row
from tests.bench.scoring import NOTHING, Event, Score, score
from tests.bench.world import MODES, NORMAL, build

SMALL = replace(NORMAL, accounts=1, days=84)


@pytest.fixture(scope="module")
def wrong_and_right() -> Score:
    """One worn ad named rightly, one missed, and a false alert."""
    label = {"kind": "creative_fatigue", "decoy": False, "start": "2026-01-10", "felt_on": "2026-01-12"}
    label |= {"end": "2026-01-30", "strength": 0.6, "z": 7.0}
    truth = [{**label, "scope": {"account_id": "a1", "campaign_id": f"c{one}", "ad_id": "ad1"}} for one in (1, 2)]
    said: Event = {"as_of": "2026-01-13", "event": "opened", "signal_id": "s1", "cause": "creative_fatigue"}
    right = {**said, "scope": truth[0]["scope"]}
    false = {**said, "signal_id": "s2", "cause": "budget_cap", "scope": {"account_id": "a1", "campaign_id": "c9"}}
    return score([right, false], truth, 10.0)


def test_a_world_is_replayed_and_its_clear_incidents_are_found(tmp_path: Path):
    build(1, SMALL).write(tmp_path)
    result = judge(tmp_path, replay(tmp_path))
    assert result.incidents == round(0.4 * SMALL.account_weeks)
    assert result.useful >= 1


def test_what_went_wrong_is_said_with_how_clear_it_was(wrong_and_right: Score):
    said = "\n".join(explained(wrong_and_right))
    assert "missed  creative_fatigue a1/c2/ad1 2026-01-10 to 2026-01-30, felt 2026-01-12, x 0.60, z 7.0" in said
    assert "false   budget_cap a1/c9 on 2026-01-13" in said
    assert said.count("\n") == 1


def test_a_line_of_the_table_says_what_was_measured(wrong_and_right: Score):
    line = row("1", wrong_and_right)
    assert line[:8] == ("1", "2", "0.500", "0.500", "0.500", "1.000", "1.000", "1.0")
    causes = {one[0]: one for one in by_cause(wrong_and_right)}
    assert set(causes) == {"– creative_fatigue", "– budget_cap"}
    assert causes["– creative_fatigue"][2] == "1.000"


def test_causes_are_drawn_with_what_they_show_in_words(wrong_and_right: Score, tmp_path: Path):
    picture, words = draw_causes(tmp_path / "causes.png", {"normal": wrong_and_right, "quiet": NOTHING})
    assert picture.stat().st_size > 5_000
    assert words == "Useful recall by cause: normal creative_fatigue 0.50"


def test_nobody_tunes_on_a_seed_of_the_report():
    assert set(REPORTING) == set(MODES)
    assert not set(TUNING) & {seed for seeds in REPORTING.values() for seed in seeds}


@pytest.mark.parametrize(("text", "seeds"), [("1-3", (1, 2, 3)), ("1,4,7", (1, 4, 7)), ("5", (5,))])
def test_seeds_are_read_as_they_are_written(text: str, seeds: tuple[int, ...]):
    assert parse_seeds(text) == seeds


def test_a_failing_replay_is_an_error_and_not_a_silent_zero(tmp_path: Path):
    build(1, SMALL).write(tmp_path)
    (tmp_path / "ad_report.parquet").unlink()
    with pytest.raises(RuntimeError, match="baton replay failed"):
        replay(tmp_path)
