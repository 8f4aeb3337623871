"""Whoever is of another workspace: heard where the operating model names them there, and turned away otherwise."""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.client import SlackClient
from bot.modals import notice
from bot.private import Body, tell
from bot.sender import Sender, placed, sender_of
from bot.slack import Slack
from domain.operating_model import OperatingModel
from domain.slack_id import SlackId

_log = logging.getLogger(__name__)

NOT_HERE = "You are in another workspace than I am: here, only people whom the operating model names decide."


class Strangers:
    """Middleware that answers strangers itself: they decide nothing, and learn nothing either."""

    def __init__(self, slack: Slack, model: Callable[[], OperatingModel]) -> None:
        """`model`: what is in force at the moment."""
        self._slack, self._model = slack, model

    async def turned_away(
        self,
        body: Body,
        req: AsyncBoltRequest,
        context: AsyncBoltContext,
        respond: AsyncRespond,
        next: Callable[[], Awaitable[None]],
    ) -> BoltResponse | None:
        """Go on where whoever sent it is one of ours, with ids that say of which workspace; otherwise tell them."""
        home = (context.authorize_result.team_id if context.authorize_result else None) or ""
        sender = sender_of(body)
        who = sender.seen_from(home)
        if who is not None and await self._is_ours(who, sender, home):
            req.body = placed(body, sender, home)
            await next()
            return None
        _log.info("%s of workspace %s was turned away", sender.local, sender.team or "unknown")
        if body.get("type") == "view_submission":
            return BoltResponse(status=200, body={"response_action": "update", "view": notice("Not here", NOT_HERE)})
        if "event" not in body or _is_asking_us(body["event"]):
            await tell(self._slack, respond, body, NOT_HERE)
        return BoltResponse(status=200)

    async def _is_ours(self, who: SlackId, sender: Sender, home: str) -> bool:
        """Whether somebody is of the home workspace, or named where they are, and the app is installed there now.

        It must also have come by a way that is ours: nothing could be answered through another one.
        """
        if who.team and self._model().person(str(who)) is None:
            return False
        return all([await self._is_installed(team, home) for team in {sender.team, sender.through}])

    async def _is_installed(self, team: str, home: str) -> bool:
        client = self._slack.client
        return team == home or (isinstance(client, SlackClient) and await client.is_installed(team))


def _is_asking_us(event: Body) -> bool:
    """Whether somebody is waiting for an answer: not everything that is written in a channel is for us."""
    is_mention = event.get("type") == "app_mention"
    return is_mention and not event.get("bot_id")
