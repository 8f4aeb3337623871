"""What exactly an action changes, in words an owner can check: value before → after."""

from collections.abc import Mapping
from decimal import Decimal

from bot.words import ARROW, count, day, metric_short, money, outside, percent, proper_name, share, spoken
from domain.action import (
    Action,
    ChangeGoal,
    ExcludeData,
    FixLandingPage,
    FixTracking,
    PauseAd,
    PutBack,
    RefreshCreative,
    ResumeAd,
    RetentionFlow,
    RollOutTest,
    RotateAudience,
    SetBudget,
    SetTarget,
    ShiftBudget,
    StartTest,
    UpdatePromise,
    WriteBrief,
)
from domain.case import Case
from domain.catalogue import CATALOGUE
from domain.proposal import Proposal

Names = Mapping[str, str]
"""What people call the ids: {"c3": "Spring prospecting"}."""


def title(action: Action) -> str:
    """What the action is called on a card: "Shift budget"."""
    entry = CATALOGUE.get(action.kind)
    return entry.title if entry else spoken(action.kind).capitalize()


def named(proposal: Proposal) -> str:
    """What a proposal is called on a card: "Shift budget", "Undo: Shift budget"."""
    action = proposal.action
    if proposal.undoes is None:
        return title(action)
    of = CATALOGUE.get(action.of) if isinstance(action, PutBack) else None
    return f"Undo: {of.title if of else title(action)}"


def names_in(case: Case, proposal: Proposal) -> Names:
    """What the ids of a proposal are called: by its own names, else by those of its signal."""
    return {**case.signal.names, **proposal.names}


def called(ident: str | None, names: Names, what: str = "the account") -> str:
    """An object by the name people use, or its id where nobody named it."""
    return f"*{proper_name(names.get(ident, ident), 70)}*" if ident else what


def changes(action: Action, names: Names) -> list[str]:  # noqa: PLR0911, PLR0912 - one line per kind
    """What will be different afterwards, one line each."""
    match action:
        case SetBudget():
            step = _step(action.was, action.daily_budget)
            values = f"{money(action.was, action.currency)} {ARROW} *{money(action.daily_budget, action.currency)}*"
            return [f"Daily budget of {called(action.campaign_id, names)}: {values}{step}"]
        case ShiftBudget():
            return [f"Move *{money(action.amount, action.currency)}* a day", *_both_ends(action, names)]
        case PauseAd():
            return [f"Ad {called(action.ad_id, names)}: active {ARROW} *paused*{_spends(action, 'spends')}"]
        case ResumeAd():
            return [f"Ad {called(action.ad_id, names)}: paused {ARROW} *active*{_spends(action, 'spent')}"]
        case SetTarget():
            was, to = (target(action, value) for value in (action.was, action.target))
            what = metric_short(action.metric.removeprefix("target_"))
            return [f"Target {what} of {called(action.campaign_id, names)}: {was} {ARROW} *{to}*"]
        case RefreshCreative():
            ad = called(action.ad_id, names)
            return [f"New creative in ad {ad}, in {action.variants} variants", _brief(action.brief)]
        case RotateAudience():
            old, new = called(action.from_segment, names), called(action.to_segment, names)
            return [f"Audience of {called(action.campaign_id, names)}: {old} {ARROW} {new}{_spends(action, 'spends')}"]
        case FixTracking():
            place = called(action.campaign_id, names, "the whole account")
            return [f"Repair the conversion tracking of {place}", f"Symptom: {outside(action.symptom, 300)}"]
        case FixLandingPage():
            page = f" ({outside(action.page, 120)})" if action.page else ""
            place = called(action.campaign_id, names)
            return [f"Repair the landing page of {place}{page}", f"Symptom: {outside(action.symptom, 300)}"]
        case RetentionFlow():
            segment = called(action.segment_id, names)
            return [f"Start a flow for {segment} by {outside(action.channel, 40)}", _brief(action.message)]
        case UpdatePromise():
            return [f"New promise of {called(action.campaign_id, names)}", _brief(action.promise)]
        case WriteBrief():
            page = f" for {outside(action.page, 120)}" if action.page else ""
            return [f"Content on *{outside(action.theme, 100)}*{page}", _brief(action.brief)]
        case StartTest():
            place = called(action.campaign_id, names, "the whole account")
            arm = f"{share(action.share)} of traffic sees the new arm, judged by {metric_short(action.metric)}"
            return [f"Test on {place}: {outside(action.hypothesis, 300)}", arm]
        case RollOutTest():
            return [f"Give arm *{outside(action.arm, 70)}* of test {called(action.test_id, names)} to everybody"]
        case ExcludeData():
            place = called(action.campaign_id, names, "the whole account")
            first, last = day(action.first_day), day(action.last_day)
            days = f"the day *{first}*" if first == last else f"the days *{first} to {last}*"
            return [f"Bidding of {place} ignores {days}"]
        case ChangeGoal():
            return [f"Goal *{outside(action.goal, 70)}*: {_number(action.was)} {ARROW} *{_number(action.target)}*"]
        case PutBack():
            return [outside(action.what, 300)]


def differences(shown: Action, decided: Action) -> list[str]:
    """What an override changed, field by field: "Daily budget: €400 → €420"."""
    return [
        f"{editable.label}: {value(shown, editable.field)} {ARROW} {value(decided, editable.field)}"
        for editable in shown.editable
        if getattr(shown, editable.field) != getattr(decided, editable.field, None)
    ]


def value(action: Action, field: str) -> str:
    """One field of an action as people read it."""
    held: object = getattr(action, field, None)
    if isinstance(action, SetTarget) and isinstance(held, Decimal):
        return target(action, held)
    if isinstance(held, Decimal):
        return _number(held) if isinstance(action, ChangeGoal) else money(held, action.currency)
    if isinstance(action, StartTest) and isinstance(held, float):
        return share(held)
    return f"“{outside(str(held), 200)}”" if isinstance(held, str) else outside(str(held), 200)


def unit(action: Action, field: str) -> str:
    """What a modal's label adds so that nobody types the wrong unit: " (EUR)"."""
    held: object = getattr(action, field, None)
    is_ratio = isinstance(action, SetTarget) and action.metric == "target_roas"
    if isinstance(held, Decimal) and not is_ratio and not isinstance(action, ChangeGoal):
        return f" ({action.currency})"
    return ""


def target(action: SetTarget, amount: Decimal) -> str:
    """A bid target: money for a cost, a plain ratio for a return."""
    return money(amount, action.currency) if action.metric == "target_cpa" else f"{amount:,.2f}"


def _both_ends(action: ShiftBudget, names: Names) -> list[str]:
    ends = (
        (action.from_campaign, action.from_was, action.from_was - action.amount),
        (action.to_campaign, action.to_was, action.to_was + action.amount),
    )
    return [
        f"{called(ident, names)}: {money(was, action.currency)} {ARROW} *{money(to, action.currency)}*{_step(was, to)}"
        for ident, was, to in ends
    ]


def _step(was: Decimal, to: Decimal) -> str:
    return f" ({percent(float(to / was) - 1)})" if was else ""


def _spends(action: PauseAd | ResumeAd | RotateAudience, verb: str) -> str:
    return f" ({verb} {money(action.spend_per_day, action.currency)} a day)" if action.spend_per_day else ""


def _brief(text: str) -> str:
    return f"“{outside(text, 350)}”" if text.strip() else "No brief yet"


def _number(amount: Decimal) -> str:
    return count(float(amount)) if amount == amount.to_integral_value() else f"{amount:,}".replace("-", "−")
