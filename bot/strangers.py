"""Presses from another workspace: in a shared channel anybody sees the buttons, only ours may be heard."""

import logging
from collections.abc import Awaitable, Callable
from typing import cast

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.modals import notice
from bot.private import Body, tell, user_of
from bot.slack import Slack

_log = logging.getLogger(__name__)

NOT_HERE = "You are in another workspace than I am: here, only its own people decide."


class Strangers:
    """Middleware that answers people of other workspaces itself. Messages are let through: questions decide nothing."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def turned_away(
        self, body: Body, context: AsyncBoltContext, respond: AsyncRespond, next: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Go on where the presser is one of ours; otherwise say so to them alone."""
        ours = context.authorize_result.team_id if context.authorize_result else None
        theirs = home_of(body)
        if not ours or not theirs or theirs == ours:
            await next()
            return None
        _log.info("%s of workspace %s was turned away", user_of(body), theirs)
        if body.get("type") == "view_submission":
            return BoltResponse(status=200, body={"response_action": "update", "view": notice("Not here", NOT_HERE)})
        await tell(self._slack, respond, body, NOT_HERE)
        return BoltResponse(status=200)


def home_of(body: Body) -> object:
    """The workspace of whoever pressed, submitted or typed a command; None where Slack does not say, and for events."""
    if "event" in body:
        return None
    user, team = _of(body, "user"), _of(body, "team")
    return next((known for known in (user.get("team_id"), team.get("id"), body.get("team_id")) if known), None)


def _of(body: Body, holder: str) -> Body:
    held: object = body.get(holder)
    return cast("Body", held) if isinstance(held, dict) else {}
