"""The signal card: one message a busy owner decides from in thirty seconds, whatever state the case is in."""

from collections.abc import Sequence

from bot.blocks import MOST_BLOCKS, MOST_CHARACTERS, Block, Message, context, divider, fields, header, section, weight
from bot.change import named
from bot.people import WAITING, holders, who_is_asked
from bot.question import is_over, question, told_forecast
from bot.stamp import ended
from bot.words import (
    ARROW,
    between,
    day,
    figure,
    likelihood,
    listed,
    many,
    metric_name,
    outside,
    percent,
    proper_name,
    share,
    spoken,
    stake,
)
from bot.words import title as title_of
from domain.case import Case, ProposalStatus, ProposalView
from domain.finding import Finding, FindingKind
from domain.operating_model import OperatingModel
from domain.scope import Scope
from domain.signal import Cause, CloseReason, Signal

MOST_QUESTIONS = 10
"""Proposals shown in full; as these are decided, the next ones take their place."""
MOST_METRICS = 4
DRY_RUN = "🧪 *Dry-run:* what is approved is checked as usual, and nothing is written anywhere."
_CLOSED = {
    CloseReason.RECOVERED: "Recovered",
    CloseReason.ACTED: "Acted on",
    CloseReason.EXPIRED: "Expired",
}
_NO_TROUBLE = frozenset({Cause.TEST_READY, Cause.CONTENT_OPPORTUNITY})
"""Causes that end rather than recover."""


def card(case: Case, model: OperatingModel, *, mention: bool = False) -> Message:
    """The card of a case. `mention` notifies each owner once: for the first post only."""
    signal = case.signal
    top = [header(_headline(case)), section(_verdict(case))]
    top += _owners(case, model, mention=mention)
    if moved := [_metric(finding, signal) for finding in _strongest(signal)]:
        top.append(fields(moved))
    if small := _small_print(signal):
        top.append(context(*small))
    if model.executor.dry_run:
        top.append(context(DRY_RUN))
    bases = _bases(case)
    said = [f"*What forecasts rest on:* {'; '.join(bases.values())}"] if bases else []
    as_of = f"{outside(signal.id, 40)} · as of {day(signal.as_of)} · evidence and chart in the thread"
    end = [context(*said, as_of)]
    questions = _questions(case, model, top + end, frozenset(bases))
    return Message(text=_notification(case, model), blocks=(*top, *questions, *end))


def _bases(case: Case) -> dict[str, str]:
    """What several forecasts rest on alike, said once with the numbers of the proposals."""
    numbers: dict[str, list[int]] = {}
    for number, view in enumerate(case.proposals, 1):
        if forecast := told_forecast(view):
            numbers.setdefault(forecast.basis, []).append(number)
    return {
        basis: f"{outside(basis, 160)} ({listed([str(one) for one in of[:10]])})"
        for basis, of in numbers.items()
        if len(of) > 1
    }


def _headline(case: Case) -> str:
    if case.is_open:
        return case.signal.headline
    over = case.closed is CloseReason.RECOVERED and case.signal.cause in _NO_TROUBLE
    how = "Over" if over else _CLOSED[case.closed] if case.closed else "Closed"
    return f"{how} · {case.signal.headline}"


def _verdict(case: Case) -> str:
    signal = case.signal
    lost = f"*about {stake(signal.at_stake_per_day, signal.currency)} a day* at stake ({signal.stake_is})"
    cause = f"*{title_of(signal.cause)}*, {likelihood(signal.confidence)}"
    lines = [outside(signal.why, 600), f"{cause} · {lost} · since {day(signal.since, signal.as_of)}"]
    if not case.is_open:
        when = f" on {day(case.closed_on, signal.as_of)}" if case.closed_on else ""
        because = f": {words}" if (words := ended(case)) else ""
        left = "Only an undo waits here." if _waiting(case) else "Nothing waits here any more."
        lines.insert(0, f"✅ *Closed{when}*{because}. {left}")
    return "\n".join(line for line in lines if line)


def _owners(case: Case, model: OperatingModel, *, mention: bool) -> list[Block]:
    if not case.is_open and not _waiting(case):
        return []
    if not any(view.status in WAITING for view in case.proposals):
        informed = listed(
            [f"{holders(role, model, mention=mention)} ({spoken(role)})" for role in case.signal.owners[:8]]
        )
        return [section(f"*Nothing waits for a decision.* Informed: {informed}")]
    lines = who_is_asked(case, model, [named(view.proposal) for view in case.proposals], mention=mention)
    shown = [*lines[:8], *([f"• and {many(len(lines) - 8, 'more role')}"] if len(lines) > 8 else [])]
    return [section("\n".join(["*Who decides what*", *shown]))] if lines else []


def _waiting(case: Case) -> int:
    """How many decisions can still be made here."""
    return sum(case.takes_answers(view) and view.status in WAITING for view in case.proposals)


def _strongest(signal: Signal) -> list[Finding]:
    """One finding per metric, the surest ones, in the order the agents gave them.

    What was seen in the signal's own place comes first: it is what the headline speaks of.
    """
    best: dict[str, Finding] = {}
    for finding in signal.findings:
        held = best.get(finding.metric)
        if held is None or _nearest(finding, signal) < _nearest(held, signal):
            best[finding.metric] = finding
    surest = sorted(best.values(), key=lambda finding: finding.q_value)[:MOST_METRICS]
    return [finding for finding in best.values() if finding in surest]


def _metric(finding: Finding, signal: Signal) -> str:
    if finding.kind is FindingKind.TEST_DECIDED:  # arms are compared by their shares, whatever their metric is called
        before, now = share(finding.baseline), share(finding.observed)
    else:
        values = (finding.baseline, finding.observed)
        before, now = (figure(finding.metric, value, signal.currency) for value in values)
    sure = f"95 % sure: {between(finding.interval)}"
    return f"{seen_in(finding, signal)}\n{before} {ARROW} {now}\n*{percent(finding.change)}* ({sure})"


def _nearest(finding: Finding, signal: Signal) -> tuple[bool, float]:
    return finding.scope != signal.scope, finding.q_value


def _finest(scope: Scope) -> str | None:
    return scope.ad_id or scope.segment_id or scope.campaign_id


def _called(scope: Scope, signal: Signal) -> str:
    """A place in full, as the same segment is in several campaigns: "Run Club in Basket retargeting"."""
    inner, outer = (signal.names.get(ident or "", "") for ident in (scope.ad_id or scope.segment_id, scope.campaign_id))
    return f"{inner} in {outer}" if inner and outer else inner or outer


def seen_in(finding: Finding, signal: Signal, *, named: bool = False) -> str:
    """What was seen, where if not in the signal's own place, and over how long: figures of a day move more.

    With `named` the place is said in any case: away from the card nobody has its headline in sight.
    """
    name = metric_name(finding.metric)
    if finding.kind is FindingKind.PRICE_MOVE:
        return name
    place = _finest(finding.scope)
    known = _called(finding.scope, signal) if named else signal.names.get(place or "")
    where = f", {proper_name(known, 100)}" if known and (named or place != _finest(signal.scope)) else ""
    days = finding.window_days
    return f"{name}{where}, last {many(days, 'day') if days > 1 else 'day'}"


def _small_print(signal: Signal) -> list[str]:
    agents = list(dict.fromkeys(spoken(finding.agent) for finding in signal.findings))
    lines = [f"*Seen by* the {listed(agents)} {'agent' if len(agents) == 1 else 'agents'}" if agents else ""]
    out_of_it = {signal.cause, *(ruled.cause for ruled in signal.ruled_out)}
    others = [other for other in signal.candidates if other.cause not in out_of_it and other.probability >= 0.02]
    if others:
        guesses = [f"{spoken(other.cause)} ({round(other.probability * 100)} %)" for other in others[:3]]
        lines.append(f"*Still possible:* {listed(guesses, last='or')}")
    if signal.ruled_out:
        reasons = dict.fromkeys(ruled.because for ruled in signal.ruled_out)
        out = [
            f"{listed([spoken(one.cause) for one in signal.ruled_out if one.because == why])} ({outside(why, 140)})"
            for why in list(reasons)[:3]
        ]
        more = [f"{len(reasons) - 3} more"] if len(reasons) > 3 else []
        lines.append(f"*Ruled out:* {'; '.join(out + more)}")
    if signal.gaps:
        more = [f"{len(signal.gaps) - 3} more"] if len(signal.gaps) > 3 else []
        gaps = [outside(gap, 160) for gap in signal.gaps[:3]]
        lines.append(f"*Weakened by:* {'; '.join(gaps + more)}")
    return [line for line in lines if line]


def _questions(case: Case, model: OperatingModel, around: Sequence[Block], said: frozenset[str]) -> list[Block]:
    """As many proposals as fit, those that wait first in line for the room. Each keeps its number as long as it lives.

    All stand in the order they were first asked, and what came to nothing below them.
    """
    room, characters = MOST_BLOCKS - len(around) - 2, MOST_CHARACTERS - weight(around) - 300
    shown: dict[str, list[Block]] = {}
    order = sorted(enumerate(case.proposals, 1), key=lambda numbered: _rank(case, numbered[1]))
    for number, view in order[:MOST_QUESTIONS]:
        blocks = question(case, view, number, model, said)
        room, characters = room - len(blocks), characters - weight(blocks)
        if room < 0 or characters < 0:
            break
        shown[view.proposal.id] = blocks
    in_order = sorted(case.proposals, key=is_over)
    lines = [block for view in in_order for block in shown.get(view.proposal.id, [])]
    hidden = [view for view in case.proposals if view.proposal.id not in shown]
    rest = [section(_rest(hidden))] if hidden else []
    return [divider(), *lines, *rest] if case.proposals else [section("No action is proposed.")]


def _rank(case: Case, view: ProposalView) -> int:
    if case.takes_answers(view) and view.status in WAITING:
        return 0
    return 1 if view.status in {ProposalStatus.UNKNOWN, ProposalStatus.DRIFTED, ProposalStatus.FAILED} else 2


def _rest(hidden: Sequence[ProposalView]) -> str:
    waiting = sum(view.status in WAITING for view in hidden)
    if waiting:
        return f"*and {many(waiting, 'more proposal')} to decide* in App Home; they move up here as these are decided"
    return f"_and {many(len(hidden), 'more proposal')}, all decided_"


def _notification(case: Case, model: OperatingModel) -> str:
    """What a locked phone shows: the verdict, the money, and who is asked."""
    signal = case.signal
    waiting = _waiting(case)
    lost = f"{stake(signal.at_stake_per_day, signal.currency)} a day at stake"
    asks = f"{many(waiting, 'decision')} to make" if waiting else "nothing to decide"
    return f"{outside(_headline(case), 200)}. {lost}, {asks} ({outside(model.company, 80)})"
