"""A period in figures, as a message: each figure with its n, and "no data yet" where there is none."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from bot.blocks import Block, Message, context, fields, header, picture, section, shorten
from bot.summary_page import alt
from bot.words import count, listed, many, outside, percent, share, span, spoken, stake
from domain.summaries import MEANINGS, Accuracy, Figure, Measure, Money, Opinions, Summary, Unit, Weight

NO_DATA = "no data yet"
TERMS = "terms"
"""`/baton summary terms` tells what each figure means."""
_MOST_WEIGHTS = 5
_ANSWERS = {"approved": "approved", "overridden": "approved with changes", "rejected": "rejected"}
_IN_FIGURES = (
    Measure.TO_DECISION,
    Measure.TO_LIVE,
    Measure.TO_LESSON,
    Measure.FIRST_HIT,
    Measure.CORRECTIONS,
    Measure.DELEGABLE,
    Measure.APPROVE_TO_DESIGN,
)


def weekly(told: Summary, page: str | None = None) -> Message:
    """The summary, with its page of charts where there is one."""
    heading = f"Summary: {span(told.first_day, told.last_day)}{f', {told.where}' if told.where else ''}"
    if told.is_empty:
        words = "Nothing happened: no signal, no question answered, no effect measured."
        return Message(outside(f"{heading}. {words}"), (header(heading), section(words)))
    blocks: list[Block] = [header(heading), section(_lead(told)), section(shorten(_in_money(told), 2900))]
    blocks.append(section(f"*P²*\n{_productivity(told)}\n{_precision(told)}"))
    shown = [one for one in told.figures if one.measure in _IN_FIGURES]
    blocks.append(fields([f"*{MEANINGS[one.measure].name}*\n{figure_words(one)}" for one in shown]))
    if told.accuracy:
        blocks.append(section(shorten("\n".join(["*How the agents' forecasts held*", *_agents(told.accuracy)]), 2000)))
    if told.opinions is not None and told.opinions.n:
        blocks.append(section(_answers(told.opinions)))
    if page:
        blocks.append(picture(page, alt(told)))
    blocks.append(context(f"What each figure means: `/baton summary {TERMS}`. Intervals are 95 %."))
    return Message(f"{outside(heading)}. {_lead(told).replace('*', '')}"[:1500], tuple(blocks))


def terms() -> Message:
    """What every figure of a summary means, and what its n counts."""
    lines = [f"*{one.name}* ({_UNITS[one.unit]}; n: {one.of})\n{one.definition}" for one in MEANINGS.values()]
    lines.append(f"*Answers to people's questions*\n{_ANSWERS_MEAN}")
    lines.append(f"*In money*\n{_MONEY_MEANS}")
    half = len(lines) // 2
    parts = ("\n".join(lines[:half]), "\n".join(lines[half:]))
    heading = "What the figures of a summary mean"
    return Message(heading, (header(heading), *(section(part) for part in parts)))


_UNITS = {
    Unit.COUNT: "a count",
    Unit.SHARE: "a share",
    Unit.HOURS: "hours; of times the median, and nine in ten were quicker than p90",
    Unit.TIMES: "times per question",
    Unit.TO_ONE: "so many to one",
}
_ANSWERS_MEAN = (
    "What people pressed under Baton's answers in the period: each person once per answer, the newest counts. Who "
    "pressed what is shown nowhere."
)
_MONEY_MEANS = (
    "What the same results would have cost without what was done, over the days each effect was measured: with the "
    "measured effect and its 95 % interval on the ad spend of those days (table ad_report). Only measured effects on "
    "cost per conversion, click-through and conversion rate; effects that cannot be told apart count once. Sums are "
    "per currency; their interval is the root of the sum of squared distances, as if errors were independent."
)


def figure_words(one: Figure) -> str:
    """A figure with its n; never a rate without."""
    n = f"n = {one.n:,}"
    if one.n == 0 or one.value is None:
        no_act = one.n and one.measure is Measure.APPROVE_TO_DESIGN
        return f"{'no act of design yet' if no_act else NO_DATA} ({n})"
    match MEANINGS[one.measure].unit:
        case Unit.SHARE:
            ends = f" [{round(one.interval[0] * 100)}, {round(one.interval[1] * 100)}]" if one.interval else ""
            said = f"{share(one.value)}{ends}"
        case Unit.HOURS:
            tail = f", p90 {hours(one.p90)}" if one.p90 is not None else ""
            said = f"{'median ' if tail else ''}{hours(one.value)}{tail}"
        case Unit.TIMES:
            said = f"{one.value:.2f} per question"
        case Unit.TO_ONE:
            said = f"{one.value:.1f} to 1"
        case Unit.COUNT:
            return count(one.value)
    return f"{said}, {n}"


def hours(value: float) -> str:
    """A time as people say it: "40 min", "3.2 h", "2.5 days"."""
    length = timedelta(hours=value)
    if length < timedelta(hours=1):
        return f"{round(length.total_seconds() / 60)} min"
    return f"{value:.1f} h" if length < timedelta(hours=48) else f"{value / 24:.1f} days"


def _lead(told: Summary) -> str:
    opened, closed = (told.figure(one).n for one in (Measure.SIGNALS_OPENED, Measure.SIGNALS_CLOSED))
    answered, expired = (told.figure(one).n for one in (Measure.ANSWERED, Measure.EXPIRED))
    kinds = [f"{number} {_ANSWERS.get(kind, kind)}" for kind, number in told.decisions.items()]
    lines = [
        f"*{many(opened, 'signal')} opened, {closed} closed* · *{many(answered, 'question')} answered*"
        + (f" ({listed(kinds)})" if kinds else "")
        + (f", {expired} ran out" if expired else "")
    ]
    if told.open_now:
        at_stake = listed([stake(amount, currency) for currency, amount in sorted(told.at_stake_now.items())])
        lines.append(
            f"Now: {many(told.open_now, 'open signal')} with {at_stake} a day at stake, "
            f"{many(told.waiting_now, 'decision')} waiting"
        )
    return "\n".join([*lines, *(f"• {outside(one, 150)}" for one in told.opened)])


def _in_money(told: Summary) -> str:
    lines = ["*What was measured, in money*", *(_sum(one) for one in told.money)]
    if not told.money:
        lines.append(f"{NO_DATA}: no effect that has a price was measured (n = 0)")
    lines += [_weight(one) for one in told.weights[:_MOST_WEIGHTS]]
    left = len(told.weights) - _MOST_WEIGHTS
    lines += [f"• and {many(left, 'more effect')}"] if left > 0 else []
    if told.not_measurable:
        lines.append(f"{many(told.not_measurable, 'more effect')} could not be measured")
    return "\n".join(lines)


def _sum(one: Money) -> str:
    ends = _range(one.interval, one.currency)
    return f"*{_signed(one.amount, one.currency)}* {ends} from {many(one.n, 'effect')} (n = {one.n})"


def _weight(one: Weight) -> str:
    ends = _range(one.interval, one.currency)
    worth = f"{_signed(one.amount, one.currency)} {ends}" if one.amount is not None else outside(one.because, 120)
    return f"• {outside(one.words, 220)} · {worth}"


def _signed(amount: Decimal | None, currency: str) -> str:
    value = amount or Decimal(0)
    return f"{'+' if value > 0 else ''}{stake(value, currency)}"


def _range(interval: tuple[Decimal, Decimal] | None, currency: str) -> str:
    low, high = interval or (Decimal(0), Decimal(0))
    return f"[{stake(low, currency)}, {stake(high, currency)}]"


def _productivity(told: Summary) -> str:
    saved = told.figure(Measure.HOURS_SAVED)
    hours_saved = f"about {saved.value:.1f} h saved" if saved.value is not None else f"hours saved: {NO_DATA}"
    estimate = f"{hours_saved} (an estimate, not a measurement; {many(saved.n, 'piece')} of work)"
    return f"Productivity: {estimate} · signal to decision {figure_words(told.figure(Measure.TO_DECISION))}"


def _precision(told: Summary) -> str:
    right, covered = (told.figure(one) for one in (Measure.RIGHT_WAY, Measure.COVERED))
    return f"Precision: right direction {figure_words(right)} · inside the 80 % interval {figure_words(covered)}"


def _agents(accuracy: Sequence[Accuracy]) -> list[str]:
    return [
        f"• {spoken(one.agent)}: right direction {round(one.right_way * one.n)} of {one.n}, inside the interval "
        f"{round(one.covered * one.n)} of {one.n}, on average {_points(one.bias)} the forecast"
        for one in accuracy
    ]


def _answers(said: Opinions) -> str:
    """What people thought of Baton's own answers: "*Answers:* 14 found helpful, 2 not (n = 16)"."""
    return f"*Answers to people's questions:* {said.helpful} found helpful, {said.not_helpful} not (n = {said.n:,})"


def _points(bias: float) -> str:
    if abs(bias) < 0.005:
        return "at"
    return f"{percent(abs(bias)).lstrip('+')} {'above' if bias > 0 else 'below'}"
