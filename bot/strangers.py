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
    """Middleware that answers people of other workspaces itself: they decide nothing, and learn nothing either."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def turned_away(
        self, body: Body, context: AsyncBoltContext, respond: AsyncRespond, next: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Go on where whoever sent it is one of ours; otherwise say so to them alone."""
        ours = context.authorize_result.team_id if context.authorize_result else None
        theirs = home_of(body)
        if not ours or not theirs or theirs == ours:
            await next()
            return None
        _log.info("%s of workspace %s was turned away", user_of(body), theirs)
        if body.get("type") == "view_submission":
            return BoltResponse(status=200, body={"response_action": "update", "view": notice("Not here", NOT_HERE)})
        if "event" not in body or _is_asking_us(body["event"]):
            await tell(self._slack, respond, body, NOT_HERE)
        return BoltResponse(status=200)


def home_of(body: Body) -> object:
    """The workspace of whoever sent something; None where Slack does not say."""
    if "event" in body:
        return _home_of_author(body)
    user, team = _of(body, "user"), _of(body, "team")
    return next((known for known in (user.get("team_id"), team.get("id"), body.get("team_id")) if known), None)


def _home_of_author(body: Body) -> object:
    """In a shared channel an event is told through our installation, whoever wrote; elsewhere through another one."""
    event = _of(body, "event")
    told_through = cast("list[Body]", body.get("authorizations") or [{}])[0]
    installed: object = told_through.get("team_id") or body.get("team_id")
    written = next((event[name] for name in ("user_team", "source_team") if event.get(name)), None)
    return written or installed


def _is_asking_us(event: Body) -> bool:
    """Whether somebody is waiting for an answer: not everything that is written in a channel is for us."""
    is_mention = event.get("type") == "app_mention"
    return is_mention and not event.get("bot_id")


def _of(body: Body, holder: str) -> Body:
    held: object = body.get(holder)
    return cast("Body", held) if isinstance(held, dict) else {}
