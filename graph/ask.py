"""The ask graph: gather what may be read, then answer. Nothing in it can act."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypedDict

from langgraph.constants import END, START
from langgraph.runtime import Runtime

from domain.case import Answer, Case
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.ports import LessonIndex
from domain.reading import Readings
from graph.drawing import Graph, new_graph
from memory import cases, lessons, signals
from memory.database import Database

_MOST_LESSONS = 50
Answering = Callable[
    [str, Readings, Sequence[Case], Sequence[Lesson], OperatingModel, date, str, Sequence[str]], Answer
]


class AskState(TypedDict, total=False):
    """A question on its way to its answer."""

    question: str
    by: str
    earlier: list[str]
    signal_id: str | None
    cases: list[dict[str, Any]]
    lessons: list[dict[str, Any]]
    answer: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a question is answered from."""

    database: Database
    index: LessonIndex | None
    readings: Readings
    model: OperatingModel
    today: date
    now: datetime
    answering: Answering


async def ask(
    desk: Desk, question: str, signal_id: str | None = None, by: str = "", earlier: Sequence[str] = ()
) -> Answer:
    """Answer one question, about one case where it is asked in its thread.

    `by` is the Slack user who asks, `earlier` what was asked before in the same thread, oldest first.
    """
    state = AskState(question=question, by=by, earlier=list(earlier), signal_id=signal_id)
    done = await _graph().ainvoke(state, context=desk)
    return Answer.model_validate(done["answer"])


@cache
def _graph() -> Graph:
    drawn = new_graph(AskState, Desk)
    drawn.add_node("gather", gather)
    drawn.add_node("answer", answer)
    drawn.add_edge(START, "gather")
    drawn.add_edge("gather", "answer")
    drawn.add_edge("answer", END)
    return drawn.compile()


async def gather(state: AskState, runtime: Runtime[Desk]) -> AskState:
    """Look up the cases and lessons the question may be about."""
    desk, about = runtime.context, state.get("signal_id")
    found = await desk.index.search(state.get("question", ""), limit=8) if desk.index else []
    async with desk.database.read() as tx:
        known = await cases.load(tx, (about,) if about else await signals.ids(tx), desk.now)
        fitting = await lessons.by_ids(tx, found)
        newest = [one for one in reversed(await lessons.every(tx)) if one not in fitting]
    learnt = (*fitting, *newest[:_MOST_LESSONS])
    return {
        "cases": [case.model_dump(mode="json") for case in known],
        "lessons": [lesson.model_dump(mode="json") for lesson in learnt],
    }


async def answer(state: AskState, runtime: Runtime[Desk]) -> AskState:
    """Answer from what was gathered, with every number cited."""
    desk = runtime.context
    known = [Case.model_validate(case) for case in state.get("cases", [])]
    learnt = [Lesson.model_validate(lesson) for lesson in state.get("lessons", [])]
    asked, by, earlier = state.get("question", ""), state.get("by", ""), state.get("earlier", [])
    said = await asyncio.to_thread(
        desk.answering, asked, desk.readings, known, learnt, desk.model, desk.today, by, earlier
    )
    return {"answer": said.model_dump(mode="json")}
