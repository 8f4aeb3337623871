"""The benchmark's scorer gives published detectors their published scores."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.nab_published import change_point, relative_entropy, windowed_gaussian
from tests.bench.nab_scorer import (
    PROFILES,
    STANDARD,
    Series,
    best,
    best_threshold,
    corpus,
    judged,
    leave_one_out,
    tally,
)

NAB = Path(__file__).parents[2].parent / "shared" / "data" / "nab"
ADS = "realAdExchange/"
needs_nab = pytest.mark.skipif(not NAB.is_dir(), reason="the public data are not beside this checkout")


@cache
def whole() -> tuple[Series, ...]:
    return corpus(NAB)


def anchors() -> dict[str, dict[str, str]]:
    with (NAB / "anchor_scores.csv").open(encoding="utf-8") as lines:
        return {row["detector"]: row for row in csv.DictReader(lines)}


def check_ads(name, parts, corpus_threshold):
    anchor = anchors()[name]
    own, there = best(parts), tally(parts, corpus_threshold)
    assert own.score == pytest.approx(float(anchor["realAdExchange_own_threshold"]), abs=1e-4)
    assert (own.false_rows, own.found) == (float(anchor["fp_own"]), float(anchor["windows_own"]))
    assert there.score == pytest.approx(float(anchor["realAdExchange_at_all_threshold"]), abs=1e-4)
    assert (there.false_rows, there.found) == (float(anchor["fp"]), float(anchor["windows_detected_of_14"]))
    left_out = float(anchor["realAdExchange_leave_one_file_out"])
    assert leave_one_out(parts).score == pytest.approx(left_out, abs=1e-4)


@needs_nab
@pytest.mark.parametrize(
    ("name", "detector", "profiles"),
    [
        ("windowedGaussian", windowed_gaussian, ("standard",)),
        ("relativeEntropy", relative_entropy, ("standard", "reward_low_FP_rate", "reward_low_FN_rate")),
    ],
)
def test_a_published_detector_gets_its_published_scores_on_the_whole_corpus_and_on_the_ads(name, detector, profiles):
    scores = {one.name: detector(one.values) for one in whole()}
    published = json.loads((NAB / "published_final_results.json").read_text("utf-8"))[name]
    for label in profiles:
        parts = {one.name: judged(one, scores[one.name], PROFILES[label]) for one in whole()}
        assert best(list(parts.values()), PROFILES[label]).score == pytest.approx(published[label], abs=1e-4), label
        if label == "standard":
            ads = [part for at, part in parts.items() if at.startswith(ADS)]
            check_ads(name, ads, best_threshold(list(parts.values())))


@needs_nab
def test_a_slow_published_detector_gets_its_published_scores_on_the_ads():
    parts = [judged(one, change_point(one.values)) for one in whole() if one.name.startswith(ADS)]
    check_ads("bayesChangePt", parts, float(anchors()["bayesChangePt"]["threshold_all"]) - 5e-5)


@needs_nab
def test_silence_scores_nothing_and_an_alarm_where_each_window_begins_scores_all():
    silent = [judged(one, np.zeros(len(one.values))) for one in whole()]
    assert tally(silent, 1.1).score == 0.0
    assert tally(silent, 1.1).windows == 116
    perfect = []
    for one in whole():
        scores = np.zeros(len(one.values))
        scores[[first for first, _ in one.windows]] = 1.0
        perfect.append(judged(one, scores))
    assert best(perfect).score == pytest.approx(100.0)
    assert best(perfect).false_rows == 0


def a_series(length: int, *windows: tuple[int, int]) -> Series:
    times = np.datetime64("2024-01-01T00") + np.arange(length).astype("timedelta64[h]")
    return Series("made", times, np.zeros(length), windows)


def alarm_at(*rows: int, length: int = 400) -> np.ndarray:
    scores = np.zeros(length)
    scores[list(rows)] = 1.0
    return scores


def test_an_earlier_alarm_in_a_window_earns_more_and_a_second_one_nothing():
    one = a_series(400, (200, 219))
    early, late, both = (tally([judged(one, alarm_at(*rows))], 1.0).score for rows in ((200,), (218,), (200, 205, 218)))
    assert early == pytest.approx(100.0)
    assert both == early
    assert 50.0 < late < 70.0


def test_a_false_alarm_costs_its_weight_far_from_a_window_and_less_just_behind_one():
    one = a_series(400, (200, 219))
    far, near, before = (tally([judged(one, alarm_at(row))], 1.0).score for row in (350, 221, 150))
    assert far == before == pytest.approx(-100 * STANDARD.false / 2)
    assert far < near < 0


@given(st.integers(0, 2**32 - 1))
def test_a_stricter_threshold_never_alarms_more_and_the_best_one_is_at_least_as_good_as_silence(seed):
    chance = np.random.default_rng(seed)
    parts = [judged(a_series(400, (100, 130), (300, 310)), chance.uniform(size=400).round(2))]
    tallies = [tally(parts, threshold) for threshold in (0.2, 0.5, 0.9)]
    assert [one.false_rows for one in tallies] == sorted((one.false_rows for one in tallies), reverse=True)
    assert best(parts).score >= max(0.0, *(one.score for one in tallies))
