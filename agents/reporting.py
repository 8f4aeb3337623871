"""What is told to people once a day, on request, and in the thread of a card. A deterministic writer."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from agents import metrics, naming, wording
from agents.charting import chart
from domain.case import Case, Digest, ProposalStatus, ProposalView
from domain.finding import Finding, FindingKind
from domain.operating_model import OperatingModel
from domain.proposal import Approved, Decision, Expired, Overridden, Rejected
from domain.receipt import Outcome
from domain.scope import Scope
from domain.signal import CloseReason, EventKind, HoldReason, Signal, SignalEvent
from domain.verdict import Ask

__all__ = ["chart", "digest", "evidence", "summary"]

EVIDENCE_HEAD = ("What", "Expected → seen", "Change [95 %]")
"""Three columns, as many as a phone shows side by side; who saw it, where and since when stand under what."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DID = ((Approved, "approved"), (Overridden, "approved with changes"), (Rejected, "rejected"))
_WAITING = frozenset({ProposalStatus.PENDING, ProposalStatus.SNOOZED})


def evidence(signal: Signal) -> tuple[tuple[str, ...], ...]:
    """One row per finding, the least likely to be chance first, under a head."""
    findings = sorted(signal.findings, key=lambda one: (one.q_value, one.agent, one.kind, one.scope.key))
    return (EVIDENCE_HEAD, *(_row(finding, signal) for finding in findings))


def digest(events: Sequence[SignalEvent], cases: Sequence[Case], today: date, model: OperatingModel) -> Digest:
    """What changed, waits and was measured since the digest before."""
    before = _digest_before(today, model)
    fresh = [event for event in events if before < event.as_of <= today]
    told = [event for event in last_words(fresh) if event.event is not EventKind.HELD]
    held = [event for event in last_words(fresh) if event.event is EventKind.HELD]
    waiting = [(case, view) for case in _most_at_stake(cases) for view in case.proposals if _waits(case, view)]
    measured = [
        measured_words(case, view, view.outcome)
        for case in cases
        for view in case.proposals
        if view.outcome and before < view.outcome.measured_on <= today
    ]
    return Digest(
        day=today,
        headline=_headline(told, cases, len(waiting)),
        changed=tuple(changed_words(event) for event in told),
        waiting=tuple(_waiting(case, view, model, today) for case, view in waiting),
        measured=tuple(measured),
        decided=tuple(_decided(case, view, model) for case, view in _decisions_since(before, today, cases, model)),
        held=tuple(_held(event) for event in held),
    )


def summary(cases: Sequence[Case], today: date, first_day: date, scope: Scope | None) -> str:
    """What happened between two days, in a handful of sentences, for everything or one place."""
    where = "" if scope is None or scope == Scope() else f" on {_scope_words(scope, cases)}"
    span = wording.days(first_day, today)
    mine = [case for case in cases if scope is None or scope.touches(case.signal.scope)]
    opened = [case for case in mine if first_day <= case.signal.opened_on <= today]
    closed = [case for case in mine if case.closed_on and first_day <= case.closed_on <= today]
    still = [case for case in mine if case.is_open]
    views = [(case, view) for case in mine for view in case.proposals]
    decided = [view.decision for _, view in views if view.decision and first_day <= view.decision.at.date() <= today]
    outcomes = [
        (case, view, view.outcome)
        for case, view in views
        if view.outcome and first_day <= view.outcome.measured_on <= today
    ]
    lines = [f"*{span}{where}*"]
    if not (opened or closed or still or decided or outcomes):
        return f"{lines[0]}\nNothing happened: no signal opened, nothing was decided, nothing was measured."
    lines.append(_opened_and_closed(opened, closed))
    lines += [f"• {wording.quote(case.signal.headline, 150)}" for case in _most_at_stake(opened)[:5]]
    if still:
        stake = _money(still)
        lines.append(f"Open now: {wording.plural(len(still), 'signal')}, {stake} a day at stake.")
    if decided:
        lines.append(f"Decided: {_decisions(decided)}.")
    waiting = sum(_waits(case, view) for case, view in views)
    if waiting:
        lines.append(f"{wording.plural(waiting, 'decision').capitalize()} still {'waits' if waiting == 1 else 'wait'}.")
    lines += [f"Measured: {measured_words(case, view, outcome)}" for case, view, outcome in outcomes[:5]]
    return "\n".join(lines)


def outcome_words(outcome: Outcome) -> str:
    """An outcome in a clause: "CTR +31 % [12, 52], forecast was +25 %"; or why there is none, and of which figure."""
    if not outcome.measurable or outcome.effect is None or outcome.interval is None:
        on = f" on {metrics.short(outcome.metric)}" if outcome.metric in metrics.METRICS else ""
        return f"the effect{on} could not be measured, {outcome.method.removeprefix('not measurable: ')}"
    seen = wording.effect(metrics.short(outcome.metric), outcome.effect, outcome.interval)
    return seen + (f", forecast was {wording.percent(outcome.forecast)}" if outcome.forecast is not None else "")


def _row(finding: Finding, signal: Signal) -> tuple[str, ...]:
    expected, seen = (_figure(finding, value, signal.currency) for value in (finding.baseline, finding.observed))
    place, since = naming.place(finding.scope, signal.names), wording.day(finding.since, signal.as_of)
    agent = finding.agent.replace("_", " ")
    return (
        f"{naming.claim(finding.kind)}: {place} ({agent} agent, since {since})",
        f"{expected} → {seen}",
        f"{metrics.short(finding.metric)} {wording.percent(finding.change)} {wording.bounds(finding.interval)}",
    )


def _figure(finding: Finding, value: float, currency: str) -> str:
    """A finding's value; the arms of a test are compared by their shares, whatever their metric is called."""
    if finding.kind is FindingKind.TEST_DECIDED:
        return wording.share(value)
    return metrics.text(finding.metric, value, currency)


def _digest_before(today: date, model: OperatingModel) -> date:
    """The last day told by the digest before this one.

    A digest is posted on the morning after the day it tells: Sunday's comes on Monday and reaches back to Thursday's,
    which came on Friday.
    """
    weekdays = model.digest.weekdays
    back = (today - timedelta(days=n) for n in range(1, 8))
    posted = (day for day in back if _WEEKDAYS[(day + timedelta(days=1)).weekday()] in weekdays)
    return next(posted, today - timedelta(days=1))


def last_words(events: Iterable[SignalEvent]) -> list[SignalEvent]:
    """Per signal only what it came to; one opened and updated in between counts as opened."""
    last: dict[str, SignalEvent] = {}
    for event in sorted(events, key=lambda one: one.as_of):
        seen = last.get(event.signal.id)
        opened = seen is not None and seen.event is EventKind.OPENED and event.event is EventKind.UPDATED
        last[event.signal.id] = event.model_copy(update={"event": EventKind.OPENED}) if opened else event
    order = (EventKind.OPENED, EventKind.UPDATED, EventKind.CLOSED, EventKind.HELD)
    return sorted(last.values(), key=lambda one: (order.index(one.event), -one.signal.at_stake_per_day, one.signal.id))


def _headline(told: Sequence[SignalEvent], cases: Sequence[Case], waiting: int) -> str:
    new = sum(event.event is EventKind.OPENED for event in told)
    still = [case for case in cases if case.is_open]
    if not told and not waiting and not still:
        return "All quiet: nothing open, nothing waiting"
    parts = [wording.plural(new, "new signal")] if new else []
    if still:
        parts.append(f"{len(still)} open with {_money(still)} a day at stake")
    if waiting:
        parts.append(f"{wording.plural(waiting, 'decision')} waiting")
    text = ", ".join(parts) or "nothing waits any more"
    return text[0].upper() + text[1:]


def changed_words(event: SignalEvent) -> str:
    """What happened to a signal, in a line."""
    signal = event.signal
    stake = f"{wording.stake(signal.at_stake_per_day, signal.currency)} a day at stake"
    match event.event:
        case EventKind.OPENED:
            lead = f", led by the {wording.role(signal.owners[0])}" if signal.owners else ""
            return f"New: {signal.headline} ({stake}{lead})"
        case EventKind.CLOSED:
            because = naming.CLOSES[event.reason] if isinstance(event.reason, CloseReason) else "it ended"
            return f"Closed: {signal.headline} ({because})"
        case _:
            return f"Changed: {signal.headline} (now {stake})"


def _held(event: SignalEvent) -> str:
    because = naming.HOLDS[event.reason] if isinstance(event.reason, HoldReason) else "it is not clear yet"
    return f"{event.signal.headline} ({because})"


def _waits(case: Case, view: ProposalView) -> bool:
    return case.is_open and view.status in _WAITING and isinstance(view.verdict, Ask)


def _waiting(case: Case, view: ProposalView, model: OperatingModel, today: date) -> str:
    role = view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner
    people = wording.listing([person.name for person in model.holders(role)], "or")
    who = f"{people} ({wording.role(role)})" if people else f"the {wording.role(role)}"
    place = naming.place(case.signal.scope, case.signal.names)
    until = f", until {wording.day(view.expires_at.date(), today)}" if view.expires_at else ""
    snoozed = ", snoozed" if view.status is ProposalStatus.SNOOZED else ""
    stake = wording.stake(case.signal.at_stake_per_day, case.signal.currency)
    return f"{who}: {naming.action_title(view.proposal.action)} for {place}, {stake} a day at stake{until}{snoozed}"


def measured_words(case: Case, view: ProposalView, outcome: Outcome) -> str:
    """What came of a proposal, in a line."""
    place = naming.place(case.signal.scope, case.signal.names)
    title = naming.action_title(view.proposal.action)
    return f"{title[0].upper()}{title[1:]} for {place}: {outcome_words(outcome)}"


def _decisions_since(
    before: date, today: date, cases: Iterable[Case], model: OperatingModel
) -> list[tuple[Case, ProposalView]]:
    """What people decided on the days after `before` up to `today`, as the company counts them, oldest first."""
    zone = ZoneInfo(model.timezone)
    found = [
        (view.decision.at, view.proposal.id, case, view)
        for case in cases
        for view in case.proposals
        if isinstance(view.decision, Approved | Overridden | Rejected)
        and before < view.decision.at.astimezone(zone).date() <= today
    ]
    return [(case, view) for _, _, case, view in sorted(found, key=lambda one: one[:2])]


def _decided(case: Case, view: ProposalView, model: OperatingModel) -> str:
    """Who decided what: "Mara Lindt approved shift budget for Trail shoes, in an emergency"."""
    by = view.decision.by if view.decision else ""
    person = model.person(by)
    who = person.name if person else "Baton, by the policy," if by == "baton" else "Somebody"
    did = next(words for kind, words in _DID if isinstance(view.decision, kind))
    emergency = ", in an emergency" if view.in_emergency else ""
    place = naming.place(case.signal.scope, case.signal.names)
    return f"{who} {did} {naming.action_title(view.proposal.action)} for {place}{emergency}"


def _most_at_stake(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (-case.signal.at_stake_per_day, case.signal.id))


def _money(cases: Iterable[Case]) -> str:
    """What is at stake per day, one sum per currency."""
    sums: dict[str, Decimal] = {}
    for case in cases:
        sums[case.signal.currency] = sums.get(case.signal.currency, Decimal(0)) + case.signal.at_stake_per_day
    return wording.listing([wording.stake(amount, currency) for currency, amount in sorted(sums.items())])


def _opened_and_closed(opened: Sequence[Case], closed: Sequence[Case]) -> str:
    ends = [
        f"{sum(case.closed is reason for case in closed)} {words}"
        for reason, words in (
            (CloseReason.RECOVERED, "recovered"),
            (CloseReason.ACTED, "acted on"),
            (CloseReason.EXPIRED, "expired"),
        )
        if any(case.closed is reason for case in closed)
    ]
    text = f"{wording.plural(len(opened), 'signal')} opened, {len(closed) or 'none'} closed"
    return f"{text[0].upper()}{text[1:]}{f' ({wording.listing(ends)})' if ends else ''}."


def _decisions(decided: Sequence[Decision]) -> str:
    kinds = (
        (Approved, "approved"),
        (Overridden, "approved with changes"),
        (Rejected, "rejected"),
        (Expired, "expired"),
    )
    counted = [(sum(isinstance(one, kind) for one in decided), words) for kind, words in kinds]
    return wording.listing([f"{number} {words}" for number, words in counted if number]) or "nothing final"


def _scope_words(scope: Scope, cases: Sequence[Case]) -> str:
    names = {ident: name for case in cases for ident, name in case.signal.names.items()}
    return naming.place(scope, names)
