"""Showing at once, where somebody pressed, what has just been decided. The queue draws everything else."""

import logging

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.board import SlackBoard
from bot.card import card
from bot.design import design
from bot.filters import shown_in
from bot.home import home
from bot.private import Body, unheard, user_of
from bot.slack import Slack
from domain.case import Case, ProposalView
from domain.errors import SlackUnavailable
from graph.runner import Runner

_log = logging.getLogger(__name__)


class Redraw:
    """Draws cards and App Homes that are already there anew."""

    def __init__(self, runner: Runner, slack: Slack, board: SlackBoard) -> None:
        self._runner, self._slack, self._board = runner, slack, board

    async def home(self, user: str, body: Body | None = None, *, shown: str | None = None) -> None:
        """Publish one person's App Home, as filtered as the one pressed in (`body`), or as `shown`.

        Raises SlackUnavailable.
        """
        inbox, own = await self._runner.inbox(user), await self._runner.personal.settings(user)
        seen = shown or shown_in(body or {})
        await self._slack.publish_home(user, home(inbox, self._runner.model, self._runner.now, own, seen))

    async def design(self, user: str) -> None:
        """Publish the design tab to one person. Raises SlackUnavailable, and NotYours where it is not theirs."""
        await self._slack.publish_home(user, design(await self._runner.governing.design(user), user))

    async def where(self, signal_id: str, body: Body, *, from_home: bool) -> None:
        """Draw the card anew, and the inbox of whoever pressed there."""
        await self._board.refresh(signal_id)
        if from_home:
            await self._home_quietly(body)

    async def after_press(self, case: Case, body: Body, respond: AsyncRespond) -> None:
        """Draw what was pressed anew: the card, the inbox, or a card only the presser sees."""
        await self.where(case.signal.id, body, from_home=pressed_at_home(body))
        if body.get("container", {}).get("is_ephemeral"):
            message = card(await self._runner.case(case.signal.id), self._runner.model)
            with unheard(user_of(body)):
                await respond(text=message.text, blocks=list(message.blocks), replace_original=True)

    async def after_refusal(self, proposal_id: str, body: Body) -> None:
        """What was pressed was out of date."""
        if signal_id := await self._runner.signal_of(proposal_id):
            await self._board.refresh(signal_id)
        if pressed_at_home(body):
            await self._home_quietly(body)

    async def open_case(self, proposal_id: str) -> tuple[Case, ProposalView] | None:
        """The open case a proposal belongs to."""
        for case in await self._runner.open_cases():
            for view in case.proposals:
                if view.proposal.id == proposal_id:
                    return case, view
        return None

    async def _home_quietly(self, body: Body) -> None:
        try:
            await self.home(user_of(body), body)
        except SlackUnavailable as problem:
            _log.warning("App Home of %s could not be drawn anew: %s", user_of(body), problem)


def pressed_at_home(body: Body) -> bool:
    """Whether a button in App Home was pressed."""
    return body.get("view", {}).get("type") == "home"
