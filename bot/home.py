"""App Home: what is stopped and what waits for me, what waits for others, what was decided, how the system is doing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.blocks import Block, actions, button, context, divider, header, section, shorten
from bot.card import DRY_RUN
from bot.change import changes, named, names_in
from bot.design import author, emergency_words, review_words, stop_words, tabs
from bot.filters import ALL, chooser, filtered
from bot.names import REFRESH_HOME
from bot.own import you
from bot.people import asked, holders, name_of
from bot.question import buttons, can_be_decided, forecast_words, record_words, whose, words_for
from bot.stamp import ended, stamp
from bot.thread import undo_buttons
from bot.troubles import troubled
from bot.words import day, likelihood, listed, many, moment, outside, spoken, stake
from domain.amendment import AmendmentView
from domain.case import Case, Health, Inbox, ProposalStatus, ProposalView
from domain.operating_model import OperatingModel
from domain.own import OwnSettings
from domain.proposal import Expired, Snoozed

MOST_BLOCKS = 100
_MOST_OTHERS, _MOST_DECIDED, _MOST_LINES = 8, 8, 16
_MOST_STANDING = 4
"""Of each: stops, emergencies to look at, changes of the operating model. All of them are in the design tab."""
_MOST_WRONG = 6
"""Lines about what is not as it should be, of each kind."""


def home(
    inbox: Inbox,
    model: OperatingModel,
    now: datetime | None = None,
    own: OwnSettings | None = None,
    shown: str = ALL,
) -> dict[str, object]:
    """The home view of one person; the same inbox at the same time always gives the same view.

    Without `now` nothing in it can be undone. `own`: what they set for themselves; `shown`: see `bot.filters`.
    """
    whole, inbox = inbox, filtered(inbox, shown)
    bottom = [*(you(own, model) if own else []), *system(inbox.health), *troubled(inbox.health, model)]
    others = _others(inbox, model)
    decided = [*_decided(inbox, model, now), *_by_others(inbox, model)]
    choice = [chooser(shown)] if whole.roles else []
    room = MOST_BLOCKS - len(bottom) - len(others) - len(decided)
    blocks = [*_mine(inbox, model, room, choice), *others, *decided, *bottom]
    return {"type": "home", "blocks": blocks, **({"private_metadata": shown} if choice else {})}


def _mine(inbox: Inbox, model: OperatingModel, room: int, choice: Sequence[Block] = ()) -> list[Block]:
    name = name_of(inbox.user, model)
    waiting = sum(len(_for_me(case, inbox)) for case in inbox.mine)
    roles = (
        f"You answer for: {listed([spoken(role) for role in inbox.roles])}"
        if inbox.roles
        else ("You hold no role in the operating model, so nothing will be put to you.")
    )
    refresh = actions("home", [button("Refresh", REFRESH_HOME, "home")])
    top = tabs("inbox") if inbox.roles else refresh
    dry_run = [context(DRY_RUN)] if model.executor.dry_run else []
    blocks = [header("Your decisions"), context(roles), *dry_run, top, *choice, *_standing(inbox, model)]
    if not waiting:
        something = inbox.to_agree or inbox.to_review
        calm = f"No proposal waits for you, {name}." if something else f"✅ *Nothing waits for you, {name}.*"
        return [*blocks, section(calm)]
    blocks.append(section(f"*{many(waiting, 'decision')}* {'waits' if waiting == 1 else 'wait'} for you, {name}."))
    said = _said_once(view for case in inbox.mine for view in _for_me(case, inbox))
    if said:
        blocks.append(context(f"*Where nothing else is said, forecasts rest on* {outside(next(iter(said)), 160)}"))
    left = waiting
    for case in inbox.mine:
        views = _for_me(case, inbox)
        for first, view in zip([True] + [False] * len(views), views, strict=False):
            part = [*([divider(), section(_case_line(case))] if first else []), *_decision(case, view, said)]
            if len(blocks) + len(part) + 1 > room:
                return [*blocks, section(f"*and {many(left, 'more decision')}*; they move up as these are decided")]
            blocks += part
            left -= 1
    return blocks


def _standing(inbox: Inbox, model: OperatingModel) -> list[Block]:
    """What comes before every decision: what is stopped, who decides alone, what governance itself waits for."""
    blocks = [_to_design(stop_words(stop, model), "Lift it") for stop in inbox.stops[:_MOST_STANDING]]
    if inbox.emergency:
        blocks.append(_to_design(emergency_words(inbox.emergency, model), "End it"))
    blocks += [_to_design(review_words(one, model), "Review it") for one in inbox.to_review[:_MOST_STANDING]]
    blocks += [_to_design(_change_words(one, model), "Read it and agree") for one in inbox.to_agree[:_MOST_STANDING]]
    left = sum(max(len(of) - _MOST_STANDING, 0) for of in (inbox.stops, inbox.to_review, inbox.to_agree))
    return [*blocks, *([context(f"and {left} more in the Design tab")] if left else [])]


def _change_words(view: AmendmentView, model: OperatingModel) -> str:
    one = view.amendment
    first = [*one.loosens, *(change for change in one.changes if change not in one.loosens)]
    more = f" and {many(len(first) - 1, 'more change')}" if len(first) > 1 else ""
    said = f"{outside(first[0], 300)}{more}" if first else ""
    return f"📝 *A change of the rules waits for you*, drafted by {author(one.by, model)}\n{said}"


def _to_design(words: str, label: str) -> Block:
    """A paragraph with the way to the design tab, where all of it stands and can be answered.

    In words: the tab's own button stands right above, and there is one of a kind.
    """
    return section(f"{words}\n→ {label} in the *Design* tab above")


def _for_me(case: Case, inbox: Inbox) -> list[ProposalView]:
    mine = set(inbox.roles)
    return [view for view in case.proposals if can_be_decided(case, view) and mine & {asked(view), view.proposal.owner}]


def _case_line(case: Case) -> str:
    signal = case.signal
    lost = f"*about {stake(signal.at_stake_per_day, signal.currency)} a day* at stake ({signal.stake_is})"
    sure = f"{spoken(signal.cause)}, {likelihood(signal.confidence)}"
    return f"*{outside(signal.headline, 150)}*\n{outside(signal.why, 400)}\n{lost} · {sure}"


def _said_once(views: Iterable[ProposalView]) -> frozenset[str]:
    """What two or more forecasts rest on alike, if they do."""
    bases = Counter(view.proposal.forecast.basis for view in views if view.proposal.forecast)
    most, times = max(bases.items(), key=lambda found: found[1], default=("", 0))
    return frozenset({most}) if times > 1 else frozenset()


def _decision(case: Case, view: ProposalView, said: frozenset[str]) -> list[Block]:
    action = view.proposal.action
    proposal = view.proposal
    foreseen = forecast_words(proposal.forecast, action.currency, whose(action), said)
    lines = [f"*{named(proposal)}*", *changes(action, names_in(case, proposal))]
    lines += [f"_Why:_ {outside(proposal.why, 300)}", foreseen]
    lines += [told] if (told := record_words(view.record)) else []
    lines += [f"> {outside(lesson, 200)}" for lesson in proposal.remembered[:1]]
    if view.expires_at:
        lines.append(f"🟡 Please decide by {moment(view.expires_at)}")
    return [section(shorten("\n".join(lines), 2000)), buttons(view)]


def _others(inbox: Inbox, model: OperatingModel) -> list[Block]:
    blocks = [divider(), header("Open elsewhere")]
    if not inbox.others:
        return [*blocks, section("Nothing else is open.")]
    for case in inbox.others[:_MOST_OTHERS]:
        signal = case.signal
        roles = dict.fromkeys(asked(view) for view in case.proposals if can_be_decided(case, view))
        who = listed([f"{holders(role, model)} ({spoken(role)})" for role in list(roles)[:4]])
        under_way = any(view.status is ProposalStatus.EXECUTED for view in case.proposals)
        waits = f"waits for {who}" if who else "acted on, effect being measured" if under_way else "nothing to decide"
        lost = f"{stake(signal.at_stake_per_day, signal.currency)} a day"
        blocks.append(section(f"*{outside(signal.headline, 150)}*\n{lost} · {waits}"))
    return [*blocks, *_more(len(inbox.others) - _MOST_OTHERS)]


def _decided(inbox: Inbox, model: OperatingModel, now: datetime | None) -> list[Block]:
    blocks = [divider(), header("Decided")]
    if not inbox.decided:
        return [*blocks, section("Nothing you are asked about was decided yet.")]
    for case in inbox.decided[:_MOST_DECIDED]:
        views = [view for view in case.proposals if view.decision or view.receipt or view.outcome]
        lines = [f"*{outside(case.signal.headline, 150)}*{_closed(case)}"]
        for view in views[:3]:
            lines += [f"_{named(view.proposal)}_", *stamp(case, view, model)]
        lines += [f"and {many(len(views) - 3, 'more decision')}"] if len(views) > 3 else []
        blocks.append(section(shorten("\n".join(lines), 2600)))
        blocks += undo_buttons(case, views[:3], now)
        blocks += [words_for(view) for view in views[:3] if view.status is ProposalStatus.UNKNOWN]
    return [*blocks, *_more(len(inbox.decided) - _MOST_DECIDED)]


def _by_others(inbox: Inbox, model: OperatingModel) -> list[Block]:
    """What everybody else decided lately, a line each: who may look at all of it reads it here."""
    if not inbox.decided_by_others:
        return []
    blocks = [divider(), header("Decided by others, last 7 days")]
    for case in inbox.decided_by_others[:_MOST_DECIDED]:
        final = [view for view in case.proposals if view.decision and not isinstance(view.decision, Snoozed | Expired)]
        lines = [f"• {named(view.proposal)}: {'; '.join(stamp(case, view, model)[:1])}" for view in final[:3]]
        lines += [f"• and {many(len(final) - 3, 'more decision')}"] if len(final) > 3 else []
        head = f"*{outside(case.signal.headline, 150)}*{_closed(case)}"
        blocks.append(section(shorten("\n".join([head, *lines]), 2000)))
    return [*blocks, *_more(len(inbox.decided_by_others) - _MOST_DECIDED)]


def _closed(case: Case) -> str:
    return f" · closed: {ended(case)}" if case.closed and not case.is_open else ""


def system(health: Health, *, whole: bool = False) -> list[Block]:
    """How the system itself is doing: a line for what is well, and details of what is not; with `whole` of all."""
    swept = "no sweep yet"
    if health.last_sweep:
        took = f" in {health.last_sweep_took_seconds:,.1f} s" if health.last_sweep_took_seconds is not None else ""
        swept = f"last sweep for {day(health.last_sweep, health.today)}{took}"
    lines = [f"*{day(health.today, health.today)}* · {swept} · words by {_writer(health.model)}"]
    lines.append(f"{many(health.open_signals, 'open signal')}, {many(health.pending, 'decision')} pending")
    if health.unknown:
        unknown = f"⚠️ *{many(health.unknown, 'execution')} with unknown result*"
        lines.append(f"{unknown}: whoever may decide it can say on its card what they see")
    lines += at_work(health)
    blocks = [divider(), header("How Baton is doing"), section("\n".join(lines))]
    if not whole:
        return [*blocks, context(shorten("\n".join(_in_short(health)), 2500))]
    for name, entries in (("Sources", health.sources), ("Gaps", health.gaps), ("Agents", health.agents)):
        if entries:
            blocks.append(context(shorten(_listed_lines(name, entries), 2000)))
    return blocks


def at_work(health: Health) -> list[str]:
    """What is to be known of those who carry out: that nobody does, or not in time, or may; nothing where all is well.

    As plain as it can be said: this is read when what was approved does not happen.
    """
    felt, lines = health.pulse, list[str]()
    waits = many(felt.approved, "approved action")
    if felt.idle_seconds is not None:
        lines.append(
            f"🛑 *No worker has been at work for {_so_long(felt.idle_seconds)}*: {waits} "
            f"{'waits' if felt.approved == 1 else 'wait'}, and nothing is swept, carried out or measured. "
            "Start one with `baton serve`."
        )
    elif felt.delayed_seconds is not None:
        lines.append(f"⚠️ *The oldest job has waited for {_so_long(felt.delayed_seconds)}*: workers are behind; {waits}")
    if felt.under_way:
        lines.append(f"{many(felt.under_way, 'action')} under way")
    stopped = ["everything" if one.of == "everything" else f"{one.of} {outside(one.name, 60)}" for one in health.stops]
    if stopped:
        lines.append(f"🛑 *Stopped:* {', '.join(stopped[:_MOST_WRONG])}{' …' if len(stopped) > _MOST_WRONG else ''}")
    return lines


def _so_long(seconds: float) -> str:
    if seconds >= 2 * 86_400:
        return f"{int(seconds // 86_400)} days"
    return f"{int(seconds // 3600)} hours" if seconds >= 2 * 3600 else f"{int(seconds // 60)} minutes"


def _in_short(health: Health) -> list[str]:
    """A line for all sources and one for all agents, and then one for each thing that is not as it should be."""
    behind = [one for one in health.sources if health.last_sweep and _ends_before(one, health.last_sweep)]
    silent = [one for one in health.agents if " finding" not in one]
    until = f", {len(behind)} of them not up to {day(health.last_sweep)}" if behind and health.last_sweep else ""
    looked = len(health.agents) - len(silent)
    lines = [f"*Sources:* {many(len(health.sources), 'table')} read{until} · {many(len(health.gaps), 'gap')}"]
    lines.append(f"*Agents:* {'all ' if looked and not silent else ''}{looked} looked, {len(silent)} did not")
    for wrong in (behind, health.gaps, silent):
        lines += [f"• ⚠️ {outside(entry, 160)}" for entry in wrong[:_MOST_WRONG]]
        lines += [f"• and {len(wrong) - _MOST_WRONG} more"] if len(wrong) > _MOST_WRONG else []
    return [*lines, "`/baton status` shows all of it."]


def _ends_before(source: str, last: date) -> bool:
    """Whether a source's line names another last day than that of the sweep: "questions: up to 9 March, 40 rows"."""
    return ": up to " in source and f": up to {day(last)}," not in source


def _writer(model: str) -> str:
    """Who words things: a chat model, or Baton's own fixed sentences."""
    return "Baton itself, no language model" if model == "deterministic writer" else outside(model, 80)


def _listed_lines(name: str, entries: Sequence[str]) -> str:
    shown = [f"• {outside(entry, 160)}" for entry in entries[:_MOST_LINES]]
    rest = [f"• and {len(entries) - _MOST_LINES} more"] if len(entries) > _MOST_LINES else []
    return "\n".join([f"*{name}*", *shown, *rest])


def _more(number: int) -> list[Block]:
    return [context(f"and {number} more; `/baton signal` and a name or id shows any of them")] if number > 0 else []
