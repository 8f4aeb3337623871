"""Answers questions from the tables, the cases, the lessons and the operating model; never from anything else.

Deterministic: the same question over the same facts gets the same words, and every number says where it comes from.
"""

from collections.abc import Sequence
from datetime import date

from agents import wording
from agents.answering.context import Question
from agents.answering.figures import answer_figures, metrics_in
from agents.answering.policy import answer_policy
from agents.answering.records import answer_records, explain_place, speaks_of_records
from agents.answering.trials import answer_trials
from domain.case import Answer, Case, Citation
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.reading import Readings

__all__ = ["answer"]

_EXAMPLES = (
    '"CTR of a campaign last week compared to the week before", "which ad has the highest CPA", "what is open", '
    '"what waits for a decision", "how are our tests going", '
    '"who approved the last budget shift", "what have we learned about creatives", '
    '"who may approve a 30 % budget rise"'
)


def answer(
    question: str,
    readings: Readings,
    cases: Sequence[Case],
    lessons: Sequence[Lesson],
    model: OperatingModel,
    today: date,
) -> Answer:
    """The answer to a question in plain words, or an honest "I don't know, because …"."""
    asked = Question(question, readings, cases, lessons, model, today)
    if not asked.text:
        return asked.unknown("nothing was asked.")
    if asked.says("help", "what can you do", "what can i ask", "how do you work", "who are you"):
        return asked.answer(
            "I answer from the company's tables, signals, decisions, lessons and policy. "
            f"I change nothing by answering. You can ask: {_EXAMPLES}."
        )
    if asked.says("missing data", "data is missing", "data gaps", "gaps", "how fresh", "up to date", "data sources"):
        return _sources(asked)
    why = explain_place(asked) if asked.says("why") else None
    return why or answer_policy(asked) or _by_metric_or_record(asked) or _not_understood(asked)


def _by_metric_or_record(asked: Question) -> Answer | None:
    """Figures where a metric is named, else what happened, else how a place does."""
    if metrics_in(asked) and not speaks_of_records(asked):
        return answer_figures(asked)
    return answer_trials(asked) or answer_records(asked) or answer_figures(asked)


def _sources(asked: Question) -> Answer:
    """What was read, up to when, and what is not there."""
    lines, citations = list[str](), list[Citation]()
    for name, rows in sorted(asked.readings.tables.items()):
        last = rows["date_day"].max() if "date_day" in rows.columns and not rows.is_empty() else None
        until = f", up to {wording.day(last, asked.today)}" if isinstance(last, date) else ""
        lines.append(f"• {name}: {wording.plural(rows.height, 'row')}{until}")
        citations.append(Citation(table=name, window=None, filter="all rows"))
    lines += [f"• missing: {gap.because}" for gap in asked.readings.gaps]
    return asked.answer("\n".join(lines) or "No table was read.", citations)


def _not_understood(asked: Question) -> Answer:
    return asked.unknown(
        "I could not match the question to a metric, a signal, a decision, a lesson or a rule. "
        f"You could ask: {_EXAMPLES}."
    )
