"""Autonomy in the design tab: how far each agent goes with each kind of action, beside what was measured."""

from collections.abc import Sequence
from itertools import groupby

from bot import charter
from bot.blocks import Block, context, divider, header, section, shorten
from bot.names import GRANT
from bot.words import listed, many, outside, percent
from bot.words import title as headed
from domain.amendment import Design, TrackRecord
from domain.catalogue import CATALOGUE, Risk
from domain.standing import Level

_LEVELS = {
    Level.OBSERVE: "only observes",
    Level.RECOMMEND: "recommends, people do it",
    Level.ASK: "asks",
    Level.AUTOMATIC: "acts by itself",
}
_MOST_AGENTS = 12


def autonomy(design: Design) -> list[Block]:
    """A paragraph per agent, what was measured in it, with a choice of the kind whose level is to change."""
    blocks = [divider(), header("Autonomy")]
    if not design.records:
        return [*blocks, section("Nothing was measured yet, so every agent asks.")]
    blocks.append(
        context("Every agent asks until a person raises its level, on what was measured. It falls by itself.")
    )
    by_agent = [(agent, list(records)) for agent, records in groupby(design.records, key=lambda one: one.agent)]
    return [*blocks, *(_agent(agent, records) for agent, records in by_agent[:_MOST_AGENTS])]


def record_words(record: TrackRecord) -> str:
    """What was measured, as a person reads it before letting an agent go further."""
    lines = [f"*{headed(record.agent)}, {_what(record)}*", _measured(record)]
    return "\n".join([*lines, *([f"Not further yet: {outside(record.may_rise, 200)}"] if record.may_rise else [])])


def _agent(agent: str, records: Sequence[TrackRecord]) -> Block:
    """Kinds with a story in a line each, the others together."""
    told = [one for one in records if _has_story(one)]
    rest = [one for one in records if not _has_story(one)]
    with_people = [charter.kind_title(one.action) for one in rest if _stays_with_people(one.action)]
    unmeasured = [charter.kind_title(one.action) for one in rest if not _stays_with_people(one.action)]
    lines = [f"*{headed(agent)}*", *(f"• {_what(one)} · {_measured(one)}" for one in told[: charter.MOST_LINES])]
    lines += [f"• Asks, nothing measured yet: {listed(unmeasured)}"] if unmeasured else []
    lines += [f"• Always asks, whatever is measured: {listed(with_people)}"] if with_people else []
    options = dict.fromkeys((charter.kind_title(one.action), f"{agent}/{one.action}") for one in records)
    return charter.choice(shorten("\n".join(lines), 2900), "Change…", list(options), GRANT)


def _has_story(record: TrackRecord) -> bool:
    return bool(record.measured or record.not_measurable) or record.level is not Level.ASK


def _stays_with_people(kind: str) -> bool:
    return kind in CATALOGUE and CATALOGUE[kind].risk is not Risk.ROUTINE


def _what(record: TrackRecord) -> str:
    return f"{charter.kind_title(record.action)}: {_LEVELS[record.level]}"


def _measured(record: TrackRecord) -> str:
    if not record.measured:
        unseen = f" ({many(record.not_measurable, 'outcome')} not measurable)" if record.not_measurable else ""
        return f"Nothing measured yet{unseen}"
    parts = [f"{many(record.measured, 'outcome')} measured"]
    if record.right_way is not None:
        parts.append(f"{charter.share(record.right_way)} went the way the forecast said")
    if record.covered is not None:
        parts.append(f"{charter.share(record.covered)} inside the 80 % forecast")
    if record.worst is not None:
        parts.append(f"worst miss {percent(record.worst)}")
    return " · ".join(parts)
