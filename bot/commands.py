"""`/baton …`: what can be asked for by typing. Every answer is seen by the person who typed alone."""

from collections.abc import Awaitable, Callable, Mapping
from difflib import get_close_matches

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.answer import answer
from bot.blocks import Block, Message, aloud, context, header, section, shorten
from bot.board import SlackBoard
from bot.card import card
from bot.change import title
from bot.charter import kind_title
from bot.design import is_architect, stopped
from bot.home import system
from bot.people import asked, holders, name_of
from bot.private import Body, said, unheard, user_of
from bot.question import can_be_decided
from bot.weekly import TERMS, terms, weekly
from bot.words import listed, many, moment, outside, spoken, stake
from domain.action import ACTION_KINDS
from domain.amendment import Design
from domain.case import Case
from domain.errors import MarketingError
from domain.roles import ARCHITECT
from graph.runner import Runner

USAGE = {
    "status": "`/baton status`  how the system is doing: day, sources, gaps, agents",
    "pending": "`/baton pending`  what waits for a decision, yours first",
    "signal": "`/baton signal trail shoe`  one signal by name or id; without a name, all that are open",
    "summary": "`/baton summary last week for Meta`  what happened, was decided and was measured",
    "ask": "`/baton ask why did CTR fall on Meta?`  an answer with its sources",
    "stop": "`/baton stop everything because …`  also an agent or a kind of action: `stop set budget because …`",
    "design": "`/baton design`  what is in force, what is stopped, what waits for agreement, and where to change it",
    "help": "`/baton help`  this list",
}
TAB = "App Home → Design"
_MOST_LISTED = 15
Verb = Callable[[str, str], Awaitable[Message]]


class Commands:
    """The listener of `/baton`."""

    def __init__(self, runner: Runner, board: SlackBoard | None = None) -> None:
        """`board` draws the page of a summary; without it a summary is in words alone."""
        self._runner, self._board = runner, board
        self._verbs: dict[str, Verb] = {
            "status": self._status,
            "pending": self._pending,
            "signal": self._signal,
            "summary": self._summary,
            "ask": self._ask,
            "stop": self._stop,
            "design": self._design,
            "help": self._help,
        }

    async def baton(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Acknowledge, then answer: nothing here decides a question."""
        await ack()
        message = await self.reply(str(body.get("text") or ""), str(body.get("user_id", "")))
        shown = list(message.blocks)
        with unheard(user_of(body)):
            await respond(text=aloud(shown), blocks=shown, response_type="ephemeral", replace_original=False)

    async def reply(self, typed: str, user: str) -> Message:
        """The answer to what stands behind `/baton`."""
        verb, _, rest = typed.strip().partition(" ")
        known = self._verbs.get(verb.lower())
        try:
            return await (known(rest.strip(), user) if known else self._unknown(verb, user))
        except MarketingError as error:
            words = said(error, self._runner.model)
            return Message(words, (section(words),))

    async def _status(self, _: str, user: str) -> Message:
        health = await self._runner.health()
        text = f"{many(health.open_signals, 'open signal')}, {many(health.pending, 'decision')} pending"
        return Message(text, tuple(system(health, whole=True)))

    async def _pending(self, _: str, user: str) -> Message:
        inbox = await self._runner.inbox(user)
        model = self._runner.model
        waiting = [
            (case, view)
            for case in await self._runner.open_cases()
            for view in case.proposals
            if can_be_decided(case, view)
        ]
        if not waiting:
            words = f"✅ *Nothing waits for a decision, {name_of(user, model)}.*"
            return Message(words, (section(words),))
        blocks: list[Block] = [header(f"{many(len(waiting), 'decision')} pending")]
        mine = [pair for pair in waiting if asked(pair[1]) in inbox.roles]
        others = [pair for pair in waiting if asked(pair[1]) not in inbox.roles]
        for heading, pairs in (("For you, with buttons in App Home", mine), ("For others", others)):
            lines = [
                f"• *{title(view.proposal.action)}* for {holders(asked(view), model)} ({spoken(asked(view))}): "
                f"{_case_line(case)}"
                for case, view in pairs[:_MOST_LISTED]
            ]
            rest = [f"• and {len(pairs) - _MOST_LISTED} more"] if len(pairs) > _MOST_LISTED else []
            if pairs:
                blocks.append(section(shorten("\n".join([f"*{heading}*", *lines, *rest]), 2900)))
        return Message(f"{many(len(waiting), 'decision')} pending, {len(mine)} for you", tuple(blocks))

    async def _signal(self, words: str, user: str) -> Message:
        if not words:
            return _open_list(await self._runner.open_cases())
        case = await self._runner.find(words)
        if case:
            return card(case, self._runner.model)
        others = _open_list(await self._runner.open_cases())
        text = f"No signal is called “{outside(words, 100)}”."
        return Message(text, (section(text), *others.blocks))

    async def _summary(self, words: str, user: str) -> Message:
        if words.casefold() == TERMS:
            return terms()
        told = await self._runner.summarised(words)
        return weekly(told, await self._board.page(told, user) if self._board else None)

    async def _ask(self, question: str, user: str) -> Message:
        if not question:
            text = f"What do you want to know? {USAGE['ask']}"
            return Message(text, (section(text),))
        return answer(await self._runner.ask(question, user))

    async def _stop(self, words: str, user: str) -> Message:
        """The one thing typed that changes something: it only ever prevents, and is announced to everybody."""
        governing = self._runner.governing
        wanted, _, reason = words.partition(" because ")
        targets = stoppable(await governing.design(user))
        name = " ".join(wanted.casefold().replace("_", " ").removeprefix("the ").removesuffix(" agent").split())
        if name not in targets:
            near = get_close_matches(name, list(targets), n=1, cutoff=0.5)
            guess = f" Did you mean `/baton stop {near[0]} because …`?" if near else ""
            can = f"Everything, an agent or a kind of action can be stopped: {listed(list(targets))}."
            text = f"I don't know “{outside(wanted, 60)}”.{guess} {can}" if name else f"{can} {USAGE['stop']}"
            return Message(text, (section(text),))
        if not reason.strip():
            text = f"Please say why, everybody reads it: `/baton stop {name} because the figures are off`"
            return Message(text, (section(text),))
        of, _, kind = targets[name].partition("/")
        stop = await governing.stop(user, of, kind, reason.strip())
        what = stopped(stop)
        text = (
            f"⛔ *Stopped: {what}.* Everybody is told. {holders(ARCHITECT, self._runner.model)} can lift it, in {TAB}."
        )
        return Message(f"Stopped: {what}.", (section(text),))

    async def _design(self, _: str, user: str) -> Message:
        design = await self._runner.governing.design(user)
        stops = [f"• ⛔ Stopped: {stopped(one)}" for one in design.stops[:_MOST_LISTED]]
        waiting = [
            f"• Waits for agreement: {outside(' '.join(view.amendment.changes), 200)}" for view in design.pending
        ]
        lines = [
            f"*The design is in {TAB}*: open me in the sidebar, tab Home, then Design.",
            *stops,
            *waiting[:_MOST_LISTED],
        ]
        calm = "• Nothing is stopped, and no change waits."
        lines += [] if stops or waiting else [calm]
        lines.append(
            "You may edit it there." if is_architect(user, design.model)
            else "You may stop things there, and agree to what loosens the policy."
        )  # fmt: skip
        version = f"The rules in force are version {design.version}, since {moment(design.since)}"
        return Message(f"The design is in {TAB}.", (section(shorten("\n".join(lines), 2900)), context(version)))

    async def _help(self, _: str, user: str) -> Message:
        return _usage(
            "Baton watches your marketing, proposes, and asks you. It never acts without the owner's approval."
        )

    async def _unknown(self, verb: str, user: str) -> Message:
        if not verb:
            return await self._help("", user)
        near = get_close_matches(verb.lower(), list(USAGE), n=1, cutoff=0.5)
        guess = f" Did you mean `/baton {near[0]}`?" if near else ""
        return _usage(f"I don't know “{outside(verb, 60)}”.{guess}")


def stoppable(design: Design) -> Mapping[str, str]:
    """What can be stopped, as people type it, with the name it goes by: "set budget" is "action/set_budget"."""
    agents = {spoken(agent).casefold(): f"agent/{agent}" for agent in sorted(design.mandates)}
    kinds = {kind_title(kind).casefold(): f"action/{kind}" for kind in ACTION_KINDS}
    return {"everything": "everything", **kinds, **agents}


def _usage(lead: str) -> Message:
    return Message(lead, (section(lead), section("\n".join(USAGE.values()))))


def _open_list(cases: tuple[Case, ...]) -> Message:
    if not cases:
        return Message("No signal is open.", (section("No signal is open."),))
    lines = [f"• {_case_line(case)} `{outside(case.signal.id, 40)}`" for case in cases[:_MOST_LISTED]]
    rest = [context(f"and {len(cases) - _MOST_LISTED} more")] if len(cases) > _MOST_LISTED else []
    text = many(len(cases), "open signal")
    return Message(text, (header(text), section(shorten("\n".join(lines), 2900)), *rest))


def _case_line(case: Case) -> str:
    signal = case.signal
    lost = stake(signal.at_stake_per_day, signal.currency)
    return f"{outside(signal.headline, 120)} ({lost} a day at stake)"
