"""What a button does: translate, call the runner once, acknowledge, say the result."""

import asyncio
from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot import modals
from bot.modals import Origin, View, notice
from bot.names import ASK, SNOOZE, Press
from bot.private import Body, said, tell, user_of
from bot.redraw import Redraw
from bot.slack import Slack
from domain.case import Case, ProposalView
from domain.errors import DatabaseSilent, MarketingError, NoLongerOpen, NotYours, SlackUnavailable
from graph.runner import Runner

UNKNOWN_BUTTON = "This button is from an older version of Baton. Please use the newest card or App Home."
SLOW = 1.2
"""Seconds after which a modal says that it is still reading; Slack's triggers live for three."""

MakeView = Callable[[Case, ProposalView, Origin], View]
Read = Callable[[Press, str], Awaitable[tuple[Case, ProposalView]]]
"""What a press is about, for this user. Raises the refusal they would meet."""


class Buttons:
    """The listeners of the buttons under a proposal and in App Home."""

    def __init__(self, runner: Runner, slack: Slack, redraw: Redraw) -> None:
        self._runner, self._slack, self._redraw = runner, slack, redraw

    async def approve(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Committed before the ack: if the database is down, Slack itself tells the presser that it failed."""
        press = Press.parse(str(action.get("value", "")))
        if press is None:
            await ack()
            return await tell(self._slack, respond, body, UNKNOWN_BUTTON)
        try:
            case = await self._runner.approve(press.proposal_id, press.version, user_of(body))
        except MarketingError as refusal:
            await ack()
            return await self._refused(refusal, press, body, respond)
        await ack()
        return await self._redraw.after_press(case, body, respond)

    async def override(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form with the action's own values."""
        await self._open(ack, body, action, respond, modals.override, self._theirs)

    async def reject(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks why."""
        await self._open(ack, body, action, respond, modals.reject, self._theirs)

    async def snooze(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks until when."""
        await self._open(ack, body, action, respond, modals.snooze, self._theirs)

    async def ask(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form for a question. Anybody may ask."""
        await self._open(ack, body, action, respond, modals.ask, self._anybodys)

    async def more(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Do what was chosen in the menu, as its button would."""
        chosen: Body = action.get("selected_option") or {}
        name, _, value = str(chosen.get("value", "")).partition(":")
        does = {SNOOZE: self.snooze, ASK: self.ask}.get(name)
        if does is None:
            await ack()
            return await tell(self._slack, respond, body, UNKNOWN_BUTTON)
        return await does(ack, body, {**action, "value": value}, respond)

    async def undo(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks why it is to be taken back."""
        await self._open(ack, body, action, respond, modals.undo, self._undoable)

    async def say_done(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks how somebody knows that it was done."""
        await self._open(ack, body, action, respond, modals.was_done, self._closable)

    async def say_not_done(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks how somebody knows that it was not."""
        await self._open(ack, body, action, respond, modals.was_not_done, self._closable)

    async def refresh_home(self, ack: AsyncAck, body: Body) -> None:
        """Draw App Home anew."""
        await ack()
        await self._redraw.home(user_of(body), body)

    async def _open(
        self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond, make: MakeView, read: Read
    ) -> None:
        """Open a modal while its trigger lives. Nothing is decided yet, so the ack comes first."""
        await ack()
        press = Press.parse(str(action.get("value", "")))
        if press is None:
            return await tell(self._slack, respond, body, UNKNOWN_BUTTON)
        try:
            await self._open_in_time(press, body, make, read)
        except MarketingError as refusal:
            await self._refused(refusal, press, body, respond)
        return None

    async def _open_in_time(self, press: Press, body: Body, make: MakeView, read: Read) -> None:
        """Open the modal with what it is about; where reading that takes long, open it empty and fill it then."""
        trigger = str(body.get("trigger_id", ""))
        reading = asyncio.ensure_future(read(press, user_of(body)))
        done, _ = await asyncio.wait([reading], timeout=SLOW)
        if done:
            await self._slack.open_modal(trigger, _view(press, body, make, *reading.result()))
            return
        try:
            waiting = await self._slack.open_modal(trigger, modals.loading())
        except SlackUnavailable:
            reading.cancel()
            raise
        try:
            shown = _view(press, body, make, *await reading)
        except MarketingError as refusal:
            shown = notice("Not possible", said(refusal, self._runner.model))
        await self._slack.update_modal(waiting, shown)

    async def _theirs(self, press: Press, user: str) -> tuple[Case, ProposalView]:
        return await self._runner.may(press.proposal_id, press.version, user)

    async def _undoable(self, press: Press, user: str) -> tuple[Case, ProposalView]:
        return await self._runner.undoable(press.proposal_id, user)

    async def _closable(self, press: Press, user: str) -> tuple[Case, ProposalView]:
        return await self._runner.unknowns.closable(press.proposal_id, user)

    async def _anybodys(self, press: Press, user: str) -> tuple[Case, ProposalView]:
        del user
        if found := await self._redraw.open_case(press.proposal_id):
            return found
        raise NoLongerOpen("This signal is closed. Ask me in a direct message about anything that is over.")

    async def _refused(self, refusal: MarketingError, press: Press, body: Body, respond: AsyncRespond) -> None:
        """Say why to the presser alone; unless it was simply not theirs, draw what they pressed anew."""
        await tell(self._slack, respond, body, said(refusal, self._runner.model))
        if not isinstance(refusal, NotYours | DatabaseSilent):
            await self._redraw.after_refusal(press.proposal_id, body)


def _view(press: Press, body: Body, make: MakeView, case: Case, view: ProposalView) -> View:
    channel = str(body.get("channel", {}).get("id", ""))
    origin = Origin(proposal_id=press.proposal_id, version=press.version, signal_id=case.signal.id, channel=channel)
    return make(case, view, origin)
