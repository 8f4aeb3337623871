"""Questions about the goals of the operating model: what they are, and where their figures stand."""

from agents import metrics
from agents.answering import language
from agents.answering.context import Question
from agents.metrics import METRICS
from domain.case import Answer, Citation
from domain.operating_model import Goal

GOALS = (
    r"\b(?:above|below|over|under|from|to|reach\w*|hit\w*|meet\w*|miss\w*|at) (?:the |our )?(?:targets?"
    r"|goals?)\b|\b(?:cpa|roas|spend|our|the|acquisition cost|cost|revenue|conversion) (?:targets?|goals?)\b"
    r"|\b(goals?|on target|on track|our target|the target)\b"
)
"""How a goal is asked for."""


def goals(question: Question) -> Answer:
    """Each goal the question names, all where it names none, with where its figure stands."""
    model = question.model
    named = language.find(question.rest, {goal.metric: goal.metric for goal in model.goals})
    aims = [goal for goal in model.goals if named is None or goal.metric == named]
    aims = [goal for goal in aims if goal.scope.touches(question.scope)] or aims
    if not aims:
        return question.unknown("the operating model names no such goal.")
    parts, citations = list[str](), [_of(question)]
    for goal in aims:
        text, more = _against_goal(question, goal)
        parts.append(text)
        citations += more
    return question.answer(" ".join(parts), citations)


def _against_goal(question: Question, goal: Goal) -> tuple[str, list[Citation]]:
    """One goal with where the figure stands."""
    question = question.within_currency(question.model.currency)
    metric, period = METRICS[goal.metric], question.time.period
    aim = metric.text(float(goal.target), question.model.currency)
    sums = metrics.total(question.readings, metric, goal.scope, period.first, period.last)
    value = metric.value(*sums) if sums else None
    if value is None:
        return f"Goal {goal.name}: {metric.words} {aim}; I cannot tell where it stands.", []
    met = value <= float(goal.target) if metric.wanted < 0 else value >= float(goal.target)
    stands = metric.text(value, question.model.currency)
    filters = ", ".join(f"{name}={ident}" for name, ident in goal.scope.ids()) or "all rows"
    citation = Citation(table=metric.table, window=(period.first, period.last), filter=filters)
    state = "on target" if met else "off target"
    return f"Goal {goal.name}: {metric.short} {aim}; it was {stands} from {period.words}, {state}.", [citation]


def _of(question: Question) -> Citation:
    return Citation(table="baton.yaml", window=None, filter=f"policy version {question.model.policy.version}")
