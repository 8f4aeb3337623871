"""One proposal on a card: what it would do, what to expect, and the buttons, or the stamp in their place."""

from collections.abc import Collection

from bot.blocks import Block, actions, button, menu, section, shorten
from bot.change import changes, named, names_in
from bot.names import APPROVE, ASK, MORE, OVERRIDE, REJECT, SAY_DONE, SAY_NOT_DONE, SNOOZE, Press
from bot.people import WAITING
from bot.stamp import stamp
from bot.words import beside, between, figure, many, metric_short, outside, percent
from domain.action import Action
from domain.case import CallRecord, Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.operating_model import OperatingModel
from domain.proposal import Forecast, Overridden
from domain.scope import Grain
from domain.verdict import Ask

_OVER = frozenset({ProposalStatus.EXPIRED, ProposalStatus.WITHDRAWN})
"""States that need one line only: nobody decided, and what is still wanted is asked anew."""


LEAST_CALLS = 5
"""Measured calls before a record is told: the fewest of which a coin would get all right less often than one time in
twenty (1 in 32). Below it, what a forecast rests on says how little is known."""


def question(
    case: Case, view: ProposalView, number: int, model: OperatingModel, said: Collection[str] = ()
) -> list[Block]:
    """The blocks of one proposal: its text, and buttons as long as somebody may decide.

    `said`: what forecasts rest on that the card says once for several of them.
    """
    proposal = view.proposal
    head = f"*{number}. {named(proposal)}*"
    text = "\n".join([head, *_what(case, view, said), *stamp(case, view, model)])
    blocks = [section(shorten(text, 2400))]
    if can_be_decided(case, view):
        blocks.append(buttons(view))
    if view.status is ProposalStatus.UNKNOWN:
        blocks.append(words_for(view))
    return blocks


def is_over(view: ProposalView) -> bool:
    """Whether nobody decided, and nobody can any more."""
    return view.status in _OVER


def can_be_decided(case: Case, view: ProposalView) -> bool:
    """Whether buttons belong under it. The press itself is checked again when it comes."""
    return case.takes_answers(view) and view.status in WAITING and isinstance(view.verdict, Ask)


def buttons(view: ProposalView) -> Block:
    """Approve · Override… · Reject… · ⋯ (Snooze, Ask), as far as they make sense here: one row, on a phone too."""
    proposal = view.proposal
    what = named(proposal)
    value = Press(proposal.id, proposal.version).value
    row = [button("Approve", APPROVE, value, "primary", f"Approve: {what}")]
    if proposal.action.editable and proposal.undoes is None:
        row.append(button("Override…", OVERRIDE, value, hint=f"Override…: {what}, approve with changes"))
    row.append(button("Reject…", REJECT, value, "danger", f"Reject: {what}"))
    asks = ("Ask a question…", f"{ASK}:{value}")
    sleeps = view.status is ProposalStatus.SNOOZED
    row.append(menu(MORE, [asks] if sleeps else [("Snooze: ask me later…", f"{SNOOZE}:{value}"), asks]))
    return actions(proposal.id, row)


def words_for(view: ProposalView) -> Block:
    """It was done… · It was not done…: under what nobody could read, for whoever sees it on the platform."""
    what, value = named(view.proposal), Press(view.proposal.id, view.proposal.version).value
    row = [
        button("It was done…", SAY_DONE, value, hint=f"It was done: {what}"),
        button("It was not done…", SAY_NOT_DONE, value, hint=f"It was not done: {what}"),
    ]
    return actions(f"{view.proposal.id}/unknown", row)


def whose(action: Action) -> str:
    """Whose figure a forecast speaks of: "the ad's"; empty where the metric's name says it."""
    match CATALOGUE[action.kind].shown_by:
        case Grain.AD:
            return "the ad's"
        case Grain.SEGMENT:
            return "the segment's"
        case Grain.CAMPAIGN:
            named = [ident for column, ident in action.named() if column == "campaign_id"]
            return "the two campaigns'" if len(named) > 1 else "the campaign's" if named else ""
        case _:
            return ""


def forecast_words(forecast: Forecast | None, currency: str, of: str = "", said: Collection[str] = ()) -> str:
    """What to expect: "CTR +25 % (80 % sure: +12 to +40 %); from 3 measured outcomes here"; or that nobody knows.

    Where the past tells, the figure itself follows: "Over 14 days the ad's CTR comes to about 1.05 % with this and …".
    `of` says whose it is; `said`, what forecasts rest on that is said elsewhere.
    """
    if forecast is None:
        return "Forecast: none; there is too little to go by"
    short = metric_short(forecast.metric)
    figures = _figures(forecast, f"{of} {short}".strip(), currency)
    against = " against doing nothing" if figures else ""
    change = f"{short} *{percent(forecast.change)}*{against} (80 % sure: {between(forecast.interval)})"
    basis = "" if forecast.basis in said else f"; {outside(forecast.basis, 160)}"
    unseen = [f"⚠️ *Cannot be measured:* {outside(forecast.unseen, 200)}"] if forecast.unseen else []
    return "\n".join([f"Forecast: {change}{basis}", *figures, *unseen])


def record_words(record: CallRecord | None) -> str:
    """How earlier forecasts for this kind of action held: "Record: right 9 of 11 times on this kind of call, …".

    Right is what went the way its forecast said. Empty where fewer than LEAST_CALLS were measured.
    """
    if record is None or record.measured < LEAST_CALLS:
        return ""
    right = f"right {record.right} of {record.measured} times"
    return f"Record: *{right}* on this kind of call, {record.inside} inside the forecast's range"


def _figures(forecast: Forecast, what: str, currency: str) -> list[str]:
    """The metric itself over the days of the forecast, with the action and without: whoever divides finds the change.

    What it is now is of other days, and stands with its own above.
    """
    if forecast.expected is None:
        return []
    over = f"Over {many(forecast.days, 'day')} {what}" if forecast.days else f"{what[:1].upper()}{what[1:]}"
    both = None
    if forecast.baseline is not None:
        both = beside(forecast.metric, forecast.expected, forecast.baseline, forecast.change, currency)
    if both is None:
        return [f"{over} comes to about *{figure(forecast.metric, forecast.expected, currency)}* with this"]
    return [f"{over} comes to about *{both[0]}* with this and {both[1]} without"]


def told_forecast(view: ProposalView) -> Forecast | None:
    """The forecast a card tells of a proposal: of what was proposed, until its outcome is there or it came to nothing.

    What was forecast is not what was approved otherwise, and an undo has nothing to forecast.
    """
    over = is_over(view) or view.status is ProposalStatus.REJECTED
    untold = over or view.outcome is not None or view.proposal.undoes is not None
    return None if untold or view.done != view.proposal.action else view.proposal.forecast


def _what(case: Case, view: ProposalView, said: Collection[str]) -> list[str]:
    proposal, decided = view.proposal, view.decision
    action = decided.action if isinstance(decided, Overridden) else proposal.action
    lines = changes(action, names_in(case, proposal))
    if is_over(view):
        return lines[:1]
    if view.status not in WAITING and view.status is not ProposalStatus.FORBIDDEN:
        # a brief is read to decide on it; afterwards it only makes the card long
        lines = [line for line in lines if not line.startswith("“")]
    takes_back = proposal.undoes is not None
    if view.status in WAITING or view.status is ProposalStatus.FORBIDDEN or takes_back:
        lines.append(f"_Why:_ {outside(proposal.why, 300)}")
    forecast = told_forecast(view)
    # that there is none is worth a line to whoever has yet to decide, and no forecast is needed to undo
    if forecast is not None or (view.status in WAITING and not takes_back):
        lines.append(forecast_words(forecast, action.currency, whose(action), said))
        lines.append(record_words(view.record))
    lines += [f"> {outside(lesson, 300)}" for lesson in proposal.remembered[:3]]
    return [line for line in lines if line]
