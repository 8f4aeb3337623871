"""One owner's digest, as the direct message they get in their morning."""

from collections.abc import Sequence
from decimal import Decimal

from bot.blocks import MOST_CHARACTERS, Block, Message, context, header, section, shorten
from bot.words import day, listed, many, moment, outside, spoken, stake
from domain.summaries import OwnDigest, Waiting

_MOST_WAITING, _MOST_LINES = 8, 10
_ABOUT_HOME = "You decide in App Home or on the card. When this comes, and whether, you set in App Home under *You*."


def own_digest(told: OwnDigest) -> Message:
    """What waits for them first, with until when and how much is at stake; then what changed and what was measured."""
    if told.is_empty:
        words = f"☀️ {day(told.day)}: nothing changed for you, nothing waits, nothing was measured."
        return Message(words, (section(words), context(_ABOUT_HOME)))
    lead = f"{day(told.day)}: {_lead(told)}"
    blocks: list[Block] = [header(lead)]
    room = MOST_CHARACTERS - 3000
    for words in _waiting(told.waiting):
        room -= len(words)
        if room < 0:
            break
        blocks.append(section(words))
    for name, entries in (("Changed for you", told.changed), ("What came of your decisions", told.measured)):
        if entries:
            blocks.append(section(shorten(_lines(name, entries), 1400)))
    blocks.append(context(f"Figures up to {day(told.as_of, told.day)}. {_ABOUT_HOME}"))
    return Message(lead, tuple(blocks))


def _lead(told: OwnDigest) -> str:
    """The day in a line, as a locked phone shows it."""
    parts = (
        [f"{many(len(told.waiting), 'decision')} for you, {at_stake(told.waiting)} a day at stake"]
        if told.waiting
        else []
    )
    parts += [f"{len(told.changed)} changed"] if told.changed else []
    parts += [f"{len(told.measured)} measured"] if told.measured else []
    return listed(parts)


def at_stake(waiting: Sequence[Waiting]) -> str:
    """What is at stake in all, one sum per currency; several questions about one signal count once."""
    signals = {one.signal_id: one for one in waiting}
    sums: dict[str, Decimal] = {}
    for one in signals.values():
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.at_stake_per_day
    return listed([stake(amount, currency) for currency, amount in sorted(sums.items())])


def _waiting(waiting: Sequence[Waiting]) -> list[str]:
    if not waiting:
        return []
    told = [_asked(one) for one in waiting[:_MOST_WAITING]]
    rest = [f"*and {many(len(waiting) - _MOST_WAITING, 'more decision')}* in App Home"]
    return ["*Waits for you*", *told, *(rest if len(waiting) > _MOST_WAITING else [])]


def _asked(one: Waiting) -> str:
    how = "passed on to you: nobody answered" if one.is_passed_on else f"you are asked as {spoken(one.role)}"
    if one.instead_of:
        how = f"you stand in for {outside(one.instead_of, 80)} as {spoken(one.role)}"
    until = f" · by {moment(one.until)}" if one.until else ""
    money = f"about {stake(one.at_stake_per_day, one.currency)} a day at stake"
    return f"🟡 *{outside(one.title, 200)}*{until}\n{outside(one.headline, 200)}\n{money} · {how}"


def _lines(name: str, entries: Sequence[str]) -> str:
    shown = [f"• {outside(entry, 220)}" for entry in entries[:_MOST_LINES]]
    rest = [f"• and {len(entries) - _MOST_LINES} more"] if len(entries) > _MOST_LINES else []
    return "\n".join([f"*{name}*", *shown, *rest])
