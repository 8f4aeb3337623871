"""What came of an executed action, against what would have happened anyway, and the lesson to remember."""

import hashlib
import math
from collections.abc import Sequence
from datetime import date, timedelta

from agents import metrics, wording
from agents.comparison import Comparison, compare
from agents.forecasting import would_show
from agents.levers import LEVERS
from agents.places import place_of
from agents.readouts import reach, read_test
from domain.action import Action, RollOutTest, StartTest
from domain.base import Interval
from domain.case import Case, ProposalView
from domain.catalogue import CATALOGUE
from domain.lesson import Lesson, LessonKind
from domain.proposal import Overridden, Proposal, Rejected
from domain.reading import Readings
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.signal import Cause, Signal

LESSONS_LAST_DAYS = 365
LEAST_DAYS, LEAST_EVENTS = 3, 10


def executed_action(view: ProposalView) -> Action:
    """What was done: the proposed action, or what the owner made of it."""
    return view.done


def window(action: Action, receipt: Receipt) -> tuple[date, date]:
    """First and last day to measure: from the first full day after the receipt, for as long as the catalogue says.

    The outcome is due that many days after the last complete day at execution, which lies before the receipt's own day;
    measured then, the last day of the span has not come yet and is left out.
    """
    first = receipt.at.date() + timedelta(days=1)
    return first, first + timedelta(days=max(CATALOGUE[action.kind].window_days, 1) - 1)


def measure(view: ProposalView, signal: Signal, readings: Readings, today: date) -> Outcome:
    """The effect of an executed action over its window, or "not measurable" with the reason.

    It is measurable exactly where the comparison is sharp enough to show what was forecast, however it came out. The
    effect and interval of a blunter one are kept too, whatever they are, for the next forecast to weigh by its width:
    to keep them only where they look large would make effects look larger than they are.
    """
    action, receipt = executed_action(view), view.receipt
    forecast = _forecast(view.proposal, action)

    def outcome(
        span: tuple[date, date], method: str, effect: float | None, interval: Interval | None, *, sharp: bool = True
    ) -> Outcome:
        return Outcome(
            proposal_id=view.proposal.id,
            metric=CATALOGUE[action.kind].metric,
            measurable=effect is not None and sharp,
            effect=effect,
            interval=interval,
            forecast=forecast,
            window=span,
            method=method,
            measured_on=today,
        )

    if receipt is None or receipt.status not in {ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER}:
        return outcome((today, today), "not measurable: it was not executed", None, None)
    if isinstance(action, StartTest | RollOutTest):
        read = read_test(action, readings, receipt.at.date())
        if isinstance(read, str):
            return outcome(window(action, receipt), f"not measurable: {read}", None, None)
        arm, days, how = read
        interval = (round(arm.interval[0], 4), round(arm.interval[1], 4))
        sharp = would_show(reach(arm), forecast)
        words = how if sharp else f"not measurable: {_too_wide(arm.interval, forecast)}"
        return outcome(days, words, round(arm.change, 4), interval, sharp=sharp)
    first, due = window(action, receipt)
    last = max(first, min(due, today))
    found = compare(action, signal, readings, first - timedelta(days=1), last)
    problem = found if isinstance(found, str) else _too_little(found)
    if problem or isinstance(found, str):
        return outcome((first, last), f"not measurable: {problem}", None, None)
    interval = (round(found.low, 4), round(found.high, 4))
    sharp = would_show(found.reach, forecast)
    words = found.method if sharp else f"not measurable: {_too_wide(interval, forecast)}"
    return outcome((first, last), words, round(found.effect, 4), interval, sharp=sharp)


def lesson_from(case: Case, view: ProposalView) -> Lesson:
    """What is worth remembering about one proposal: its measured effect, why there is none, or a refusal."""
    action, outcome, signal = executed_action(view), view.outcome, case.signal
    learned = outcome.measured_on if outcome else view.decision.at.date() if view.decision else signal.as_of
    kind, text = _said(case, view, action)
    if signal.cause is Cause.OFFER_DECAY and kind is LessonKind.MESSAGING_LESSON:
        kind = LessonKind.OFFER_RESULT
    fact = f"{view.proposal.id}/{'outcome' if outcome else 'decision'}"
    # blunt ones too: each counts by its width, and none is kept for looking large
    measured = outcome if outcome and outcome.effect is not None else None
    return Lesson(
        id=f"les_{hashlib.sha256(fact.encode()).hexdigest()[:12]}",
        kind=kind,
        text=text,
        scope=place_of(action),
        cause=signal.cause,
        action_kind=action.kind,
        metric=CATALOGUE[action.kind].metric,
        effect=measured.effect if measured else None,
        interval=measured.interval if measured else None,
        forecast=measured.forecast if measured else None,
        size=_size(view.proposal, action) if measured else None,
        together_with=_titles(case.alongside(view)) if measured else (),
        learned_on=learned,
        expires_on=learned + timedelta(days=LESSONS_LAST_DAYS),
        source=view.proposal.id,
    )


def quote_of(outcome: Outcome, executed_on: date) -> str:
    """A measured effect as it will be quoted: "last time, 14 March: CTR +31 % [12, 52], forecast was +25 %"."""
    assert outcome.effect is not None
    assert outcome.interval is not None
    seen = wording.effect(metrics.short(outcome.metric), outcome.effect, outcome.interval)
    before = f", forecast was {wording.percent(outcome.forecast)}" if outcome.forecast is not None else ", no forecast"
    return f"last time, {wording.day(executed_on)}: {seen}{before}"


def _forecast(proposal: Proposal, done: Action) -> float | None:
    """What was forecast before approval; where the owner changed an amount, in proportion to it."""
    if proposal.forecast is None:
        return None
    asked, was, now = proposal.forecast.change, _move(proposal.action), _move(done)
    return asked if not was else round(math.expm1(math.log1p(asked) * now / was), 4)


def _size(proposal: Proposal, done: Action) -> float | None:
    """What the action could have done at most (log); where the owner changed an amount, in proportion to it."""
    if proposal.forecast is None or proposal.forecast.size is None:
        return None
    was, now = _move(proposal.action), _move(done)
    return proposal.forecast.size * now / was if was else proposal.forecast.size


def _move(action: Action) -> float:
    """By how much it moves, where what is forecast is in proportion to that; 0 where it is not."""
    stride = LEVERS[action.kind].stride
    return stride(action) if stride else 0.0


def _too_little(found: Comparison) -> str | None:
    """Why a comparison says nothing, or None where it does."""
    if found.days < LEAST_DAYS:
        return f"only {wording.plural(found.days, 'day')} of the window can be seen"
    if found.events < LEAST_EVENTS:
        return f"only {wording.plural(round(found.events), found.event_words[:-1], found.event_words)} in the window"
    return None


def _too_wide(interval: Interval, forecast: float | None) -> str:
    """What is known although the interval is wide: at least which way it went, if it leaves out "nothing"."""
    low, high = interval
    ends = f"{wording.percent(low)} to {wording.percent(high)}"
    if low > 0 or high < 0:
        known = f"it is surely {'up' if low > 0 else 'down'}, anywhere from {ends}"
        held = "hold against the"
    else:
        known, held = f"the effect may be anything from {ends}", "show the"
    return known if forecast is None else f"{known}, too wide to {held} {wording.percent(forecast)} forecast"


def _titles(views: Sequence[ProposalView]) -> tuple[str, ...]:
    return tuple(CATALOGUE[executed_action(view).kind].title for view in views)


def _said(case: Case, view: ProposalView, action: Action) -> tuple[LessonKind, str]:
    """The kind and the sentence of a lesson."""
    title, outcome, decision = CATALOGUE[action.kind].title.lower(), view.outcome, view.decision
    usual = LEVERS[action.kind].teaches
    if outcome is not None:
        executed = view.receipt.at.date() if view.receipt else outcome.window[0]
        if outcome.measurable:
            others = [title.lower() for title in _titles(case.alongside(view))]
            shared = f", together with {wording.listing(others)}" if others else ""
            return usual, f"{quote_of(outcome, executed)}{shared}"
        because = outcome.method.removeprefix("not measurable: ")
        return usual, f"last time, {wording.day(executed)}: {title} could not be measured, {because}"
    owner = wording.role(view.proposal.owner)
    match decision:
        case Rejected():
            reason = wording.quote(decision.reason, 200)
            return LessonKind.CORRECTION, f'{wording.day(decision.at.date())}: the {owner} rejected "{title}": {reason}'
        case Overridden():
            reason = wording.quote(decision.reason, 200)
            return LessonKind.CORRECTION, f'{wording.day(decision.at.date())}: the {owner} changed "{title}": {reason}'
        case _:
            return LessonKind.WORKFLOW_ADJUSTMENT, f'{wording.day(view.proposal.proposed_on)}: "{title}" went undecided'
