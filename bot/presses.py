"""What a button or a modal does: translate, call the runner once, acknowledge, say the result."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot import modals
from bot.answer import answer
from bot.blocks import Message
from bot.board import SlackBoard
from bot.card import card
from bot.home import home
from bot.modals import LEAST_REASON, SNOOZES, Origin, View, notice
from bot.names import QUESTION, REASON, UNTIL, Press
from bot.people import name_of
from bot.private import Body, said, tell, user_of, write_to
from bot.slack import Slack
from domain.case import Case, ProposalView
from domain.errors import InvalidChange, MarketingError, NoLongerOpen, NotYours, SlackUnavailable
from graph.runner import Runner

_log = logging.getLogger(__name__)

UNKNOWN_BUTTON = "This button is from an older version of Baton. Please use the newest card or App Home."
SLOW = 1.2
"""Seconds after which a modal says that it is still reading; Slack's triggers live for three."""

MakeView = Callable[[Case, ProposalView, Origin], View]


class Presses:
    """The listeners of buttons and modals."""

    def __init__(self, runner: Runner, slack: Slack, board: SlackBoard) -> None:
        self._runner, self._slack, self._board = runner, slack, board

    async def approve(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Committed before the ack: if the database is down, Slack itself tells the presser that it failed."""
        press, user = Press.parse(str(action.get("value", ""))), user_of(body)
        if press is None:
            await ack()
            return await tell(self._slack, respond, body, UNKNOWN_BUTTON)
        try:
            case = await self._runner.approve(press.proposal_id, press.version, user)
        except MarketingError as refusal:
            await ack()
            return await self._refused(refusal, press, body, respond)
        await ack()
        return await self._redraw(case, body, respond)

    async def override(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form with the action's own values."""
        await self._open(ack, body, action, respond, modals.override)

    async def reject(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks why."""
        await self._open(ack, body, action, respond, modals.reject)

    async def snooze(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks until when."""
        await self._open(ack, body, action, respond, modals.snooze)

    async def ask(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form for a question. Anybody may ask."""
        await self._open(ack, body, action, respond, modals.ask, must_own=False)

    async def refresh_home(self, ack: AsyncAck, body: Body) -> None:
        """Draw App Home anew."""
        await ack()
        await self.show_home(user_of(body))

    async def submit_override(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Decide with changes; what the action or the policy does not allow is said at its field."""
        origin, values = Origin.model_validate_json(view["private_metadata"]), _typed(view)
        fields = {field: text for field, text in values.items() if field != REASON}

        async def decide() -> Case:
            press = (origin.proposal_id, origin.version, user_of(body))
            return await self._runner.override(*press, fields, values.get(REASON, ""))

        await self._decide(ack, body, view, decide)

    async def submit_reject(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Decide against it."""
        origin, reason = Origin.model_validate_json(view["private_metadata"]), _typed(view).get(REASON, "")

        async def decide() -> Case:
            return await self._runner.reject(origin.proposal_id, origin.version, user_of(body), reason)

        await self._decide(ack, body, view, decide)

    async def submit_snooze(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Ask again later."""
        origin = Origin.model_validate_json(view["private_metadata"])
        _, hours = SNOOZES.get(_typed(view).get(UNTIL, ""), SNOOZES["24"])

        async def decide() -> Case:
            return await self._runner.snooze(origin.proposal_id, origin.version, user_of(body), hours)

        await self._decide(ack, body, view, decide)

    async def submit_ask(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Answer in the card's thread, for every owner to see; in a direct message where there is no card."""
        question, user = _typed(view).get(QUESTION, ""), user_of(body)
        if len(question) < LEAST_REASON:
            await ack(response_action="errors", errors={QUESTION: "Please ask in a few words."})
            return None
        await ack()
        origin = Origin.model_validate_json(view["private_metadata"])
        try:
            given = await self._runner.ask(question, user, origin.signal_id)
        except MarketingError as error:
            return await write_to(self._slack, user, Message(said(error, self._runner.model), ()))
        message = answer(given, asked_by=name_of(user, self._runner.model))
        posts = await self._runner.posts(origin.signal_id)
        post = posts.get(f"{origin.signal_id}/card")
        if post is None:
            return await write_to(self._slack, user, message)
        await self._slack.post(post.channel, message, thread_ts=post.ts)
        return None

    async def show_home(self, user: str) -> None:
        """Publish one person's App Home."""
        view = home(await self._runner.inbox(user), self._runner.model)
        await self._slack.publish_home(user, view)

    async def _open(
        self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond, make: MakeView, *, must_own: bool = True
    ) -> None:
        """Open a modal while its trigger lives. Nothing is decided yet, so the ack comes first."""
        await ack()
        press, trigger = Press.parse(str(action.get("value", ""))), str(body.get("trigger_id", ""))
        if press is None:
            return await tell(self._slack, respond, body, UNKNOWN_BUTTON)
        try:
            await self._open_in_time(press, trigger, body, make, must_own=must_own)
        except MarketingError as refusal:
            await self._refused(refusal, press, body, respond)
        return None

    async def _open_in_time(self, press: Press, trigger: str, body: Body, make: MakeView, *, must_own: bool) -> None:
        """Open the modal with what it is about; where reading that takes long, open it empty and fill it then."""
        reading = asyncio.ensure_future(self._read(press, user_of(body), must_own=must_own))
        done, _ = await asyncio.wait([reading], timeout=SLOW)
        waiting = "" if done else await self._slack.open_modal(trigger, modals.loading())
        try:
            case, view = await reading
        except MarketingError as refusal:
            if not waiting:
                raise
            words = said(refusal, self._runner.model)
            return await self._slack.update_modal(waiting, notice("Not possible", words))
        channel = str(body.get("channel", {}).get("id", ""))
        origin = Origin(proposal_id=press.proposal_id, version=press.version, signal_id=case.signal.id, channel=channel)
        if waiting:
            return await self._slack.update_modal(waiting, make(case, view, origin))
        await self._slack.open_modal(trigger, make(case, view, origin))
        return None

    async def _read(self, press: Press, user: str, *, must_own: bool) -> tuple[Case, ProposalView]:
        if must_own:
            return await self._runner.may(press.proposal_id, press.version, user)
        for case in await self._runner.open_cases():
            for view in case.proposals:
                if view.proposal.id == press.proposal_id:
                    return case, view
        raise NoLongerOpen("This signal is closed. Ask me in a direct message about anything that is over.")

    async def _decide(self, ack: AsyncAck, body: Body, view: Body, decide: Callable[[], Awaitable[Case]]) -> None:
        """Commit, then close the modal; a refusal is said inside it."""
        typed = _typed(view)
        if REASON in typed and len(typed[REASON]) < LEAST_REASON:
            await ack(response_action="errors", errors={REASON: "Please give a reason in a few words."})
            return
        try:
            case = await decide()
        except InvalidChange as problem:
            at = problem.field if problem.field in typed else next(iter(typed), REASON)
            await ack(response_action="errors", errors={at: str(problem)[:200]})
            return
        except MarketingError as refusal:
            await ack(response_action="update", view=notice("Not possible", said(refusal, self._runner.model)))
            if not isinstance(refusal, NotYours):
                await self._board.refresh(Origin.model_validate_json(view["private_metadata"]).signal_id)
            return
        await ack()
        origin = Origin.model_validate_json(view["private_metadata"])
        await self._board.refresh(case.signal.id)
        if not origin.channel:
            await self._show_home_quietly(user_of(body))
        return

    async def _refused(self, refusal: MarketingError, press: Press, body: Body, respond: AsyncRespond) -> None:
        """Say why to the presser alone; what they pressed was out of date, so draw it anew."""
        await tell(self._slack, respond, body, said(refusal, self._runner.model))
        if isinstance(refusal, NotYours):
            return
        for case in await self._runner.open_cases():
            if any(view.proposal.id == press.proposal_id for view in case.proposals):
                await self._board.refresh(case.signal.id)
        if _from_home(body):
            await self._show_home_quietly(user_of(body))

    async def _redraw(self, case: Case, body: Body, respond: AsyncRespond) -> None:
        """Show the decision where it was pressed at once; the queue draws everything else."""
        await self._board.refresh(case.signal.id)
        if _from_home(body):
            await self._show_home_quietly(user_of(body))
        elif body.get("container", {}).get("is_ephemeral"):
            message = card(case, self._runner.model)
            await respond(text=message.text, blocks=list(message.blocks), replace_original=True)

    async def _show_home_quietly(self, user: str) -> None:
        try:
            await self.show_home(user)
        except SlackUnavailable as problem:
            _log.warning("App Home of %s could not be drawn anew: %s", user, problem)


def _from_home(body: Body) -> bool:
    return body.get("view", {}).get("type") == "home"


def _typed(view: Body) -> dict[str, str]:
    """What was filled in, by block id, without the blanks around it."""
    held: Mapping[str, Mapping[str, Body]] = view["state"]["values"]
    return {block: _entered(entry) for block, inputs in held.items() for entry in inputs.values()}


def _entered(entry: Body) -> str:
    """What one input holds: a chosen option's value, or the text."""
    chosen: Body = entry.get("selected_option") or {}
    return str(chosen.get("value") or entry.get("value") or "").strip()
