"""What hangs in a card's thread: the evidence table, the chart, and what came of each decision."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.blocks import Block, Message, actions, button, context, header, picture, section, shorten, table
from bot.card import seen_in
from bot.change import changes, named, names_in, title
from bot.names import UNDO, Press
from bot.stamp import live_values, outcome_words, taken_back, taker
from bot.words import day, moment, outside, plain
from domain.action import Action
from domain.case import Case, ProposalView
from domain.chart import Chart
from domain.effect import SetValues
from domain.finding import Finding, FindingKind
from domain.operating_model import OperatingModel
from domain.proposal import Overridden
from domain.receipt import Receipt, ReceiptStatus
from domain.signal import Signal
from domain.slack_id import is_person

_RECEIPT = {
    ReceiptStatus.DONE: "✔️ *Done and checked in the ad account*",
    ReceiptStatus.HANDED_OVER: "🤝 *Handed over as a task*",
    ReceiptStatus.DRIFTED: "⚠️ *Not carried out:* the live value was no longer what was approved against",
    ReceiptStatus.FAILED: "❌ *Not carried out:* nothing was written",
    ReceiptStatus.REHEARSED: "🧪 *Rehearsed in dry-run:* everything was checked as usual, and nothing was written",
    ReceiptStatus.UNKNOWN: "⚠️ *Result unknown:* the platform may or may not have acted; please do not repeat it",
}

_BY_WORD = {
    ReceiptStatus.DONE: "✔️ *Done, on somebody's word:* it could not be read",
    ReceiptStatus.HANDED_OVER: "🤝 *Handed over, on somebody's word:* it could not be read",
    ReceiptStatus.FAILED: "❌ *Not done, on somebody's word:* it could not be read",
}
"""The same where a person closed it by hand: the card names them."""

_PLAIN = frozenset({ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER, ReceiptStatus.REHEARSED})
"""After these, what the platform said tells nothing more."""
_SAID = {ReceiptStatus.FAILED: "Why", ReceiptStatus.DRIFTED: "Why"}
"""What an answer is called that need not be the platform's own: a stop or the policy may have kept it back."""
_NOTHING_READ_BACK = frozenset({ReceiptStatus.HANDED_OVER, ReceiptStatus.REHEARSED})
MOST_TOLD = 6
"""Findings whose counts are told in words under the table."""
MOST_IN_WORDS = 1600
"""Characters of these words: what the largest table leaves of a message."""


def evidence(case: Case, rows: Sequence[Sequence[str]]) -> Message:
    """The evidence as a table, one row per finding, and under it what the clearest rest on."""
    signal = case.signal
    lead = f"*Evidence* as of {day(signal.as_of)}: what each agent saw, against what was to be expected"
    shown = table(rows) if len(rows) > 1 else section("No agent left evidence for this signal.")
    words = [section(said)] if (said := _in_words(signal)) else []
    return Message(text=f"Evidence for {outside(signal.headline, 200)}", blocks=(section(lead), shown, *words))


def _in_words(signal: Signal) -> str:
    """What the table's figures rest on, for the clearest finding of each kind: counts, drivers, ages, names."""
    clearest: dict[FindingKind, Finding] = {}
    for one in sorted(signal.findings, key=lambda found: (found.q_value, found.agent, found.kind, found.scope.key)):
        if one.evidence.strip():
            clearest.setdefault(one.kind, one)
    told = list(clearest.values())[:MOST_TOLD]
    return shorten(
        "\n".join(f"• *{seen_in(one, signal, named=True)}:* {outside(one.evidence, 240)}" for one in told),
        MOST_IN_WORDS,
    )


def chart(drawn: Chart, file_id: str) -> Message:
    """The chart as an image, with its content in words for those who cannot see it."""
    return Message(
        text=f"Chart: {outside(drawn.alt, 600)}",
        blocks=(picture(file_id, drawn.alt),),
    )


def receipt(case: Case, view: ProposalView, model: OperatingModel, now: datetime | None = None) -> Message | None:
    """What the platform did, with a button to undo it while that can be done; None as long as nothing was tried.

    Without `now` there is no button.
    """
    held = view.receipt
    if held is None:
        return None
    decision = view.decision
    action = decision.action if isinstance(decision, Overridden) else view.proposal.action
    how = _BY_WORD.get(held.status, _RECEIPT[held.status]) if held.said else _RECEIPT[held.status]
    to = taker(view, model) if held.status is ReceiptStatus.HANDED_OVER and held.said is None else ""
    emergency = " · 🚨 approved in an emergency" if view.in_emergency else ""
    head = f"{how}{to} · {moment(held.said.at if held.said else held.at)}{emergency}"
    said = f"{_SAID.get(held.status, 'The platform said')}: {outside(held.answer, 300)}"
    tells_more = held.answer.strip() and held.status not in _PLAIN and held.said is None
    names = names_in(case, view.proposal)
    lines = [
        f"*{named(view.proposal)}*",
        head,
        *changes(action, names),
        "" if _says_no_more(held, action) else f"_On the platform:_ {live_values(held, names, action.currency)}",
        said if tells_more else f"“{outside(held.said.reason, 300)}”" if held.said else "",
        taken_back(case, view),
    ]
    text = shorten("\n".join(line for line in lines if line), 2900)
    return Message(text=f"{named(view.proposal)}: {how}", blocks=(section(text), *_undo(case, view, now)))


def _says_no_more(held: Receipt, action: Action) -> bool:
    """Whether what was read on the platform is what the change itself says, before and after; or nothing was."""
    if held.status in _NOTHING_READ_BACK or not (held.before or held.after):
        return True
    effect = action.effect()
    if held.status is not ReceiptStatus.DONE or not isinstance(effect, SetValues):
        return False
    read = [(held.before.get(one.address), held.after.get(one.address)) for one in effect.settings]
    told = [(one.was, one.to) for one in effect.settings]
    return len(read) == len(held.after) and all(map(_alike, read, told))


def _alike(read: tuple[str | None, str | None], told: tuple[str, str]) -> bool:
    return all(one is not None and _value(one) == _value(other) for one, other in zip(read, told, strict=True))


def _value(text: str) -> Decimal | str:
    """A value as it is compared: "450" is "450.00"."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def undo_buttons(case: Case, views: Sequence[ProposalView], now: datetime | None) -> list[Block]:
    """A row for each that can be undone, which Slack wants: in one row no two buttons may do the same."""
    able = [view for view in views if _can_be_undone(case, view, now)]
    alone = len(able) == 1
    return [_undo_row(view, "Undo…" if alone else plain(f"Undo {named(view.proposal)}…", 75)) for view in able]


def _can_be_undone(case: Case, view: ProposalView, now: datetime | None) -> bool:
    until = view.undo_until
    return now is not None and until is not None and now < until and case.undo_of(view) is None


def _undo_row(view: ProposalView, label: str) -> Block:
    press, what = Press(view.proposal.id, view.proposal.version), named(view.proposal)
    return actions(f"{view.proposal.id}/undo", [button(label, UNDO, press.value, hint=f"Undo: {what}")])


def _undo(case: Case, view: ProposalView, now: datetime | None) -> list[Block]:
    if not _can_be_undone(case, view, now) or view.undo_until is None:
        return []
    return [*undo_buttons(case, [view], now), context(f"This can be undone until {moment(view.undo_until)}.")]


def outcome(case: Case, view: ProposalView) -> Message | None:
    """What it changed, against the forecast; None until its window is over."""
    held = view.outcome
    if held is None:
        return None
    first, last = held.window
    name = title(view.proposal.action)
    words = outcome_words(held)
    both = " and ".join(title(one.proposal.action) for one in case.alongside(view))
    lines = [
        f"*{words[:1].upper()}{words[1:]}*",
        f"About: {outside(case.signal.headline, 150)}",
        f"{day(first)} to {day(last)}, {outside(held.method, 300)}" if held.measurable else "",
        f"Together with {both}: what each did cannot be told apart." if held.measurable and both else "",
    ]
    body = section("\n".join(line for line in lines if line))
    return Message(
        text=f"Outcome of {name}: {words}",
        blocks=(header(f"📏 Outcome: {name}"), body, context(f"Measured on {day(held.measured_on)}")),
    )


def results(case: Case, model: OperatingModel, now: datetime) -> Iterator[tuple[str, Message]]:
    """The receipts and outcomes there are so far, each under its key, in the card's order."""
    for view in case.proposals:
        for name, message in (("receipt", receipt(case, view, model, now)), ("outcome", outcome(case, view))):
            if message:
                yield f"{view.proposal.id}/{name}", message


def reminder(case: Case, view: ProposalView, kind: str, to: Sequence[str]) -> Message:
    """A question nobody has answered, put once more to those it waits for, or passed on to those who may as well."""
    people = " ".join(f"<@{one}>" for one in to if is_person(one)) or "whoever may decide"
    lead = "⬆️ *Passed on:* you may decide this as well" if kind == "escalation" else "⏰ *Still waiting for you*"
    until = f", by {moment(view.expires_at)}" if view.expires_at else ""
    words = f"{lead}, {people}\n*{title(view.proposal.action)}*{until}\n_{outside(case.signal.headline, 200)}_"
    spoken = f"{lead}, {people}: {title(view.proposal.action)}. {outside(case.signal.headline, 200)}"
    return Message(text=shorten(spoken, 2000).replace("*", ""), blocks=(section(shorten(words, 2000)),))


def announcement(words: str) -> Message:
    """Something everybody should know about governance itself."""
    shown = shorten(f"📣 {outside(words, 2500)}", 2800)
    return Message(text=shown, blocks=(section(shown),))
