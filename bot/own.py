"""What somebody sets for themselves, as App Home shows it: digest hour, quiet hours, working days, who stands in."""

from datetime import time

from bot.blocks import Block, actions, button, context, divider, header, section
from bot.fields import Option, day, label_of, person, reason, select, text, ticks
from bot.modals import View
from bot.names import CHANGE_OWN, HAND_OVER, HAND_OVER_FORM, OWN_FORM, TAKE_BACK
from bot.people import name_of
from bot.words import day as day_words
from bot.words import listed, outside
from domain.operating_model import Delegation, OperatingModel
from domain.own import OwnSettings
from domain.rhythm import WEEKDAYS, Preferences

_DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
_STEP_MINUTES = 30
"""Between the times of day a form offers."""


def you(own: OwnSettings, model: OperatingModel) -> list[Block]:
    """The block of a person's own, with the ways to change it."""
    chosen = own.chosen
    lines = [_digest(chosen), _quiet(chosen), f"🗓 At work: {_working(chosen)} · clock of {outside(own.timezone, 60)}"]
    lines += [_away(one, model, is_asked=is_asked) for one, is_asked in ((own.away, False), (own.asked, True)) if one]
    resting = "You are at rest now: only what is urgent mentions you." if own.is_resting else ""
    usual = "This is what is usual in the company; you changed nothing." if own.is_usual else ""
    row = [button("Change…", CHANGE_OWN, own.user, hint="Change when you are told things")]
    if own.away is None:
        row.append(button("Hand over…", HAND_OVER, own.user, hint="Ask that somebody stands in for you until a day"))
    else:
        row.append(button("I am back", TAKE_BACK, own.user, hint="Ask that nobody stands in for you any more"))
    small = [context(" ".join(line for line in (resting, usual) if line))] if resting or usual else []
    return [divider(), header("You"), section("\n".join(lines)), *small, actions("own", row)]


def own_form(own: OwnSettings) -> View:
    """Everything of it in one form."""
    chosen = own.chosen
    since, until = chosen.quiet or (None, None)
    days = [(name, code) for code, name in _DAYS.items()]
    blocks = [
        ticks("days", "Your working days", days, chosen.working_days),
        select("digest_at", "Your digest comes at", _times("No digest", chosen.digest_at), _at(chosen.digest_at)),
        ticks("quiet_days", "On a day without news", [("Send one line all the same", "yes")],
              ("yes",) if chosen.tells_quiet_days else ()),
        select("quiet_since", "Quiet hours from", _times("No quiet hours", since), _at(since)),
        select("quiet_until", "Quiet hours to", _times("No quiet hours", until), _at(until)),
        text("timezone", "Your time zone", hint="Europe/Berlin. Empty: as the architect set it.",
             value=chosen.timezone or "", most=60, optional=True),
        context("In quiet hours and on days off you are mentioned only where very much is at stake; cards are posted "
                "as ever. Whoever may decide, may decide at any hour."),
    ]  # fmt: skip
    return _form(OWN_FORM, "You", "Save", blocks)


def hand_over_form() -> View:
    """Whom somebody hands over to, and until when."""
    blocks = [
        section("From today to the end of the day you choose, somebody else answers with your roles and accounts."),
        person("to", "Who stands in for you", None),
        day("last_day", "Until, at the end of the day", None),
        reason("Why?", hint="Whoever has to agree reads it."),
        context("Nothing changes before enough people have agreed, as for every change of who may decide."),
    ]
    return _form(HAND_OVER_FORM, "Hand over", "Ask", blocks)


def _digest(chosen: Preferences) -> str:
    if chosen.digest_at is None:
        return "☀️ No digest"
    always = ", also when nothing is new" if chosen.tells_quiet_days else ""
    return f"☀️ Digest at {chosen.digest_at:%H:%M}{always}"


def _quiet(chosen: Preferences) -> str:
    if chosen.quiet is None:
        return "🔔 No quiet hours"
    since, until = chosen.quiet
    return f"🌙 Quiet from {since:%H:%M} to {until:%H:%M}"


def _working(chosen: Preferences) -> str:
    days = [name for code, name in _DAYS.items() if code in chosen.working_days]
    if chosen.working_days == frozenset(WEEKDAYS[:5]):
        return "Monday to Friday"
    return "every day" if len(days) == len(_DAYS) else listed(days)


def _away(one: Delegation, model: OperatingModel, *, is_asked: bool) -> str:
    who, until = name_of(one.to, model), day_words(one.last_day)
    waits = " (asked, not agreed to yet)" if is_asked else ""
    begins = f"from {day_words(one.first_day)} " if is_asked else ""
    return f"🤝 {who} stands in for you {begins}until the end of {until}{waits}"


def _times(none: str, held: time | None) -> list[Option]:
    """Every half hour, and what is held where it lies between."""
    offered = [time(at // 60, at % 60) for at in range(0, 24 * 60, _STEP_MINUTES)]
    if held is not None and held not in offered:
        offered = sorted([*offered, held])
    return [(none, ""), *((_at(one), _at(one)) for one in offered)]


def _at(held: time | None) -> str:
    return f"{held:%H:%M}" if held is not None else ""


def _form(callback_id: str, heading: str, submit: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": label_of(heading),
        "submit": label_of(submit),
        "close": label_of("Cancel"),
        "blocks": blocks,
    }
