"""Slack in: which listener answers what, and what happens when one of them fails."""

# bolt leaves the patterns it takes and what its decorators return untyped.
# pyright: reportUnknownMemberType=false

import logging
import uuid

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.board import SlackBoard
from bot.commands import Commands
from bot.conversation import Conversation
from bot.modals import notice
from bot.presses import Presses
from bot.private import Body, tell
from bot.slack import Slack
from graph.runner import Runner

_log = logging.getLogger(__name__)


def connect(
    runner: Runner, client: AsyncWebClient, *, board: SlackBoard | None = None, signing_secret: str = ""
) -> AsyncApp:
    """The bolt app with every listener. Opens nothing: sockets and servers belong to the caller.

    Give it the `board` that the worker of the same process draws with, so that both never draw one card at once;
    and the `signing_secret` where Slack's requests arrive over HTTP instead of Socket Mode.
    """
    slack = Slack(client)
    presses = Presses(runner, slack, board or SlackBoard(runner, client))
    conversation = Conversation(runner, slack)
    app = AsyncApp(client=client, signing_secret=signing_secret)

    for action, press in (
        (names.APPROVE, presses.approve),
        (names.OVERRIDE, presses.override),
        (names.REJECT, presses.reject),
        (names.SNOOZE, presses.snooze),
        (names.ASK, presses.ask),
        (names.REFRESH_HOME, presses.refresh_home),
    ):
        app.action(action)(press)
    for form, submit in (
        (names.OVERRIDE_FORM, presses.submit_override),
        (names.REJECT_FORM, presses.submit_reject),
        (names.SNOOZE_FORM, presses.submit_snooze),
        (names.ASK_FORM, presses.submit_ask),
    ):
        app.view(form)(submit)
    app.command(names.COMMAND)(Commands(runner).baton)
    app.event("app_mention")(conversation.mentioned)
    app.event("message")(conversation.message)
    app.event("assistant_thread_started")(conversation.pane_opened)
    app.event("assistant_thread_context_changed")(conversation.pane_moved)

    async def home_opened(event: Body) -> None:
        if event.get("tab", "home") == "home":
            await presses.show_home(str(event.get("user", "")))

    async def failed(
        error: Exception, body: Body, respond: AsyncRespond, response: BoltResponse | None
    ) -> BoltResponse | None:
        """Log with a number, and give that number to the one person concerned."""
        number = uuid.uuid4().hex[:8]
        _log.error("A listener failed (%s)", number, exc_info=error)
        words = f"Sorry, something went wrong on my side. The card shows what is decided; please quote *{number}*."
        if body.get("type") == "view_submission" and response is not None:
            shown = {"response_action": "update", "view": notice("Something went wrong", words)}
            return BoltResponse(status=200, body=shown)
        await tell(slack, respond, body, words, "Something went wrong")
        return None

    app.event("app_home_opened")(home_opened)
    app.error(failed)
    return app
