"""Questions about experiments: what runs, what it says by now, and what is decided."""

import re
from typing import Final

from agents import wording
from agents.answering.context import Question
from agents.statistics.experiments import LEAST_CONVERSIONS, Comparison, Standing
from agents.trials import Trial, trials
from domain.case import Answer, Citation

_TESTS: Final = r"\b(tests?|experiments?|a b tests?|ab tests?|split tests?|trials?)\b"
_STANDING: Final = (
    r"\b(how|what|which|is|are|any|running|going|status|result|results|winner|winning|ahead|decided|read|seen|yet)\b"
)
MOST: Final = 5
"""Experiments told at most in one answer, the newest ones."""


def answer_trials(question: Question) -> Answer | None:
    """The answer, where the question is about experiments by themselves."""
    if not re.search(_TESTS, question.text) or not re.search(_STANDING, question.text):
        return None
    rows = question.readings.get("experiment")
    if rows is None:
        return question.unknown("there is no experiment table.")
    known = sorted(trials(rows), key=lambda one: (one.ended_on is not None, -one.started_on.toordinal(), one.test_id))
    if not known:
        return question.answer("No experiment runs.", [_cite()])
    told = "\n".join(f"• {_told(one)}" for one in known[:MOST])
    more = f"\n{wording.plural(len(known) - MOST, 'older experiment')} not shown." if len(known) > MOST else ""
    return question.answer(told + more, [_cite()])


def _told(one: Trial) -> str:
    name = wording.quote(one.hypothesis or one.test_id, 100)
    ran = f"since {wording.day(one.started_on)}" + (f", ended {wording.day(one.ended_on)}" if one.ended_on else "")
    return f"{name} ({ran}, {one.exposed:,} people): {_verdict(one)}."


def _verdict(one: Trial) -> str:
    won, control = one.readout.winner, wording.quote(one.control.name, 40)
    match one.readout.standing:
        case Standing.TOO_FEW:
            return f"too early, an arm needs {LEAST_CONVERSIONS} conversions to be compared"
        case Standing.OPEN:
            arms = wording.listing([_against(pair) for pair in one.readout.comparisons])
            return f"nothing to be seen yet; against {control}, {arms}"
        case _:
            arm = wording.quote(won.name if won else "", 40)
            pairs = wording.listing([_against(pair) for pair in one.readout.comparisons])
            return f"decided for *{arm}*, however often one looked; against {control}, {pairs}"


def _against(pair: Comparison) -> str:
    return f"{wording.quote(pair.arm.name, 40)} {wording.percent(pair.change)} {wording.bounds(pair.interval)}"


def _cite() -> Citation:
    return Citation(table="experiment", window=None, filter="all rows")
