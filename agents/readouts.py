"""What an experiment says about the action that started it, or about the arm that everybody got afterwards."""

import math
from datetime import date

import polars as pl

from agents import wording
from agents.statistics.experiments import LEAST_CONVERSIONS, Comparison
from agents.trials import Trial, trial, trials
from domain.action import RollOutTest, StartTest
from domain.reading import Readings

Found = tuple[Comparison, tuple[date, date], str]
"""An arm against the control, the first and last day of the test so far, and how it was found."""


def read_test(action: StartTest | RollOutTest, readings: Readings, begun: date) -> Found | str:
    """The arm in question against the control, by an interval that holds whenever one looks; or why there is none.

    A test somebody was asked to start is known again by its hypothesis; it began on the day it was asked for or later.
    """
    rows = readings.get("experiment")
    if isinstance(action, RollOutTest):
        held = trial(rows, action.test_id)
        return _of_arm(held, action.arm, readings.as_of) if held else f"there is no test {action.test_id}"
    started = [one for one in _named(rows, action.hypothesis) if one.started_on >= begun]
    if not started:
        return "no test with this hypothesis has begun"
    held = min(started, key=lambda one: (one.started_on, one.test_id))
    if not held.readout.comparisons:
        return f"an arm of the test has fewer than {LEAST_CONVERSIONS} conversions"
    return _said(held, held.readout.decisive, readings.as_of)


def reach(found: Comparison) -> float:
    """Half its interval, on the log scale."""
    low, high = found.interval
    return (math.log1p(high) - math.log1p(low)) / 2


def _of_arm(held: Trial, arm: str, today: date) -> Found | str:
    if arm == held.control.name:
        return "everybody keeps what they had: the control won"
    found = next((one for one in held.readout.comparisons if one.arm.name == arm), None)
    if found is None:
        return f"arm {arm} has fewer than {LEAST_CONVERSIONS} conversions"
    return _said(held, found, today)


def _said(held: Trial, found: Comparison, today: date) -> Found:
    people = wording.count(found.arm.exposed + found.control.exposed)
    last = min(held.ended_on or today, today)
    method = (
        f"experiment {held.test_id}: arm {found.arm.name} against {found.control.name}, {people} people, "
        "an interval that holds whenever one looks"
    )
    return found, (held.started_on, max(last, held.started_on)), method


def _named(rows: pl.DataFrame | None, hypothesis: str) -> list[Trial]:
    wanted = " ".join(hypothesis.casefold().split())
    return [one for one in trials(rows) if " ".join(one.hypothesis.casefold().split()) == wanted]
