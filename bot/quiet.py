"""A message that notifies nobody in their rest: their name stands where their mention would."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from bot.blocks import Message, section
from bot.people import name_of
from bot.question import can_be_decided
from bot.words import moment, outside, stake
from domain.case import Case
from domain.operating_model import OperatingModel


def hushed(message: Message, resting: Collection[str], model: OperatingModel) -> Message:
    """The same message without mentions of these Slack users."""
    names = {f"<@{slack}>": name_of(slack, model) for slack in resting if model.person(slack)}
    if not names:
        return message
    return Message(_without(message.text, names), tuple(_block(block, names) for block in message.blocks))


def _block(block: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    return {key: _quiet(value, names) for key, value in block.items()}


def _quiet(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return _without(value, names)
    if isinstance(value, Mapping):
        return _block(cast("Mapping[str, object]", value), names)
    if isinstance(value, list | tuple):
        return [_quiet(one, names) for one in cast("Sequence[object]", value)]
    return value


def _without(text: str, names: Mapping[str, str]) -> str:
    for mention, name in names.items():
        text = text.replace(mention, name)
    return text


def nudge(case: Case, slack: str) -> Message:
    """The mention somebody did not get in their rest, in the card's thread."""
    signal = case.signal
    lost = f"about {stake(signal.at_stake_per_day, signal.currency)} a day at stake"
    ends = [view.expires_at for view in case.proposals if can_be_decided(case, view) and view.expires_at]
    until = min(ends, default=None)
    by = f" · by {moment(until)}" if until else ""
    lead = f"☀️ Good morning, <@{slack}>: this came up while you were at rest, and waits for you"
    words = f"{lead}\n*{outside(signal.headline, 200)}*\n{lost}{by}"
    return Message(f"{lead}. {outside(signal.headline, 200)}", (section(words),))
