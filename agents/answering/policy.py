"""Questions about who may do what: roles, limits, freezes, goals. Read from the operating model, decided elsewhere."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from agents import metrics, wording
from agents.answering import language
from agents.answering.context import Question
from agents.metrics import METRICS
from domain.case import Answer, Citation
from domain.catalogue import CATALOGUE, CatalogueEntry, Risk
from domain.operating_model import Goal, Limit

ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {word: kind for kind, entry in CATALOGUE.items() for word in entry.asked_by}
)
_RISKS = {
    Risk.STRATEGY: "strategy",
    Risk.AUDIENCE_DEFINITION: "who is reached",
    Risk.BUDGET_SHIFT: "where money goes",
    Risk.REGULATED_CLAIM: "a regulated claim",
    Risk.BRAND_CRITICAL_CREATIVE: "what the brand shows",
    Risk.PERSONAL_DATA: "the use of personal data",
}
_WHO = r"\bwho (may|can|must|has to|should|needs to|approves?|decides?|is allowed|signs?|owns?|gets? asked|is asked)\b"
_SILENCE = r"\b(nobody|no one|no-one|silence|expires?|too late|in time)\b"
_REACTS = r"\b(answers?|happens?|expires?|decides?|reacts?|responds?)\b"
_AUTOMATIC = ("automatic", "automatically", "without asking", "by itself", "autonomously", "on its own")
_MAY = r"\b(may|can|could) (i|we|baton|the bot|anyone|anybody|somebody|someone)\b|\ballowed\b|\bpermitted\b"
_GOALS = r"\b(goals?|on target|on track|our target|the target)\b"


def answer_policy(question: Question) -> Answer | None:
    """The answer, where the question is about the operating model."""
    text, told = question.text, None
    if re.search(r"\bwho (is|are|has|holds?)\b", text):
        told = _role(question)
    if told is None and question.says("freeze", "freezes", "frozen"):
        told = _freezes(question)
    if told is None and re.search(_SILENCE, text) and re.search(_REACTS, text):
        told = _expiry(question)
    if told is None and question.says(*_AUTOMATIC):
        told = _automatic(question)
    asks = re.search(f"{_WHO}|{_MAY}", text) or question.says("needs approval", "need approval", "policy")
    if told is None and asks and (kind := language.find(text, ACTION_WORDS)):
        told = _approval(question, kind)
    if told is None and not asks and re.search(_GOALS, text):
        told = _goals(question)
    return told


def _expiry(question: Question) -> Answer:
    hours = question.model.policy.expires_after_hours
    return question.answer(f"After {hours} hours a question expires. Silence is never an approval.", [_cite(question)])


def _role(question: Question) -> Answer | None:
    roles = {role for person in question.model.people for role in person.roles} | {
        entry.owner for entry in CATALOGUE.values()
    }
    named = {role.replace("_", " "): role for role in roles}
    named |= {"architect": "cmo", "chief marketing officer": "cmo"} if "cmo" in roles else {}
    role = language.find(question.text, named)
    if role is None:
        return None
    people = [person.name for person in question.model.holders(role)]
    if not people:
        return question.answer(f"Nobody holds the role of {wording.role(role)}.", [_cite(question)])
    verb = "is" if len(people) == 1 else "are"
    return question.answer(f"{wording.listing(people)} {verb} the {wording.role(role)}.", [_cite(question)])


def _approval(question: Question, kind: str) -> Answer:
    model, entry = question.model, CATALOGUE[kind]
    share, amount = _share(question.text), _amount(question.text)
    title = entry.title.lower()
    budget = entry.moves_budget
    if kind in model.policy.forbidden:
        return question.answer(f'Nobody: the policy forbids "{title}".', [_cite(question)])
    cap = model.policy.max_budget_change
    if budget and share is not None and share > cap:
        text = f"Nobody: no budget moves by more than {_per_cent(cap)} at once, whoever approves."
        return question.answer(text, [_cite(question)])
    if kind in model.policy.automatic and entry.risk is Risk.ROUTINE:
        return question.answer(f'Baton does it without asking: "{title}" is automatic.', [_cite(question)])
    beyond = [limit for limit in model.policy.limits if _applies(limit, kind, entry) and _exceeds(limit, share, amount)]
    owner = _people(question, entry.owner)
    if beyond:
        others = wording.listing(sorted({_people(question, limit.beyond) for limit in beyond}))
        text = f"Two people: {others} must approve as well as {owner}. {_limit_words(beyond[0], question)}"
    else:
        text = f"{owner} alone." if share is not None or amount is not None else f"{owner}."
        text += "".join(
            f" {_limit_words(limit, question)}" for limit in model.policy.limits if _applies(limit, kind, entry)
        )
    if entry.risk is not Risk.ROUTINE:
        text += f" It is never automatic: a person always decides {_RISKS[entry.risk]}."
    if budget:
        text += f" No budget moves by more than {_per_cent(cap)} at once."
    if frozen := next((one for one in model.freezes if one.first_day <= question.present <= one.last_day), None):
        text += f" Nothing is executed before {wording.day(frozen.last_day)} is over ({frozen.name})."
    return question.answer(text, [_cite(question)])


def _freezes(question: Question) -> Answer:
    coming = sorted(
        (one for one in question.model.freezes if one.last_day >= question.present), key=lambda one: one.first_day
    )
    if not coming:
        return question.answer("No freeze is planned: approved actions are executed every day.", [_cite(question)])
    told = [f"{one.name} from {wording.days(one.first_day, one.last_day, question.present)}" for one in coming]
    return question.answer(f"Nothing is executed during {wording.listing(told)}.", [_cite(question)])


def _automatic(question: Question) -> Answer:
    kinds = sorted(
        CATALOGUE[kind].title.lower()
        for kind in question.model.policy.automatic
        if kind in CATALOGUE and CATALOGUE[kind].risk is Risk.ROUTINE
    )
    text = (
        f"Without asking, Baton may {wording.listing(kinds)}." if kinds else "Nothing: Baton asks a person every time."
    )
    return question.answer(text, [_cite(question)])


def _goals(question: Question) -> Answer:
    model = question.model
    named = language.find(question.rest, {goal.metric: goal.metric for goal in model.goals})
    goals = [goal for goal in model.goals if named is None or goal.metric == named]
    goals = [goal for goal in goals if goal.scope.touches(question.scope)] or goals
    if not goals:
        return question.unknown("the operating model names no such goal.")
    parts, citations = list[str](), [_cite(question)]
    for goal in goals:
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


def _applies(limit: Limit, kind: str, entry: CatalogueEntry) -> bool:
    return limit.role == entry.owner and (not limit.actions or kind in limit.actions)


def _exceeds(limit: Limit, share: float | None, amount: Decimal | None) -> bool:
    too_far = limit.max_change is not None and share is not None and share > limit.max_change
    too_much = limit.max_per_day is not None and amount is not None and amount > limit.max_per_day
    return too_far or too_much


def _limit_words(limit: Limit, question: Question) -> str:
    bounds: list[str] = []
    if limit.max_change is not None:
        bounds.append(_per_cent(limit.max_change))
    if limit.max_per_day is not None:
        bounds.append(f"{wording.money(limit.max_per_day, question.model.currency)} a day")
    beyond = wording.role(limit.beyond)
    return (
        f"The {wording.role(limit.role)} decides alone up to {wording.listing(bounds)}; beyond that the {beyond} joins."
    )


def _people(question: Question, role: str) -> str:
    people = [person.name for person in question.model.holders(role)]
    if not people:
        return f"the {wording.role(role)} (nobody holds that role, so the CMO is asked)"
    return f"{wording.listing(people, 'or')} ({wording.role(role)})"


def _share(text: str) -> float | None:
    found = re.search(r"(\d+(?:\.\d+)?) ?(?:percent|per cent|pct)\b", text)
    if found:
        return float(found[1]) / 100
    return (
        1.0 if re.search(r"\b(double|doubling)\b", text) else 0.5 if re.search(r"\b(halve|halving)\b", text) else None
    )


def _amount(text: str) -> Decimal | None:
    found = re.search(r"€ ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ?(?:€|eur|euros?|usd|dollars?)\b", text)
    return Decimal(found[1] or found[2]) if found else None


def _per_cent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def _cite(question: Question) -> Citation:
    return Citation(table="baton.yaml", window=None, filter=f"policy version {question.model.policy.version}")
