"""Slack in: which listener answers what, and what happens when one of them fails."""

# bolt leaves the patterns it takes and what its decorators return untyped.
# pyright: reportUnknownMemberType=false

import logging
import uuid

from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.architecture import Architecture
from bot.board import SlackBoard
from bot.buttons import Buttons
from bot.commands import Commands
from bot.conversation import Conversation
from bot.door import Door
from bot.feedback import Feedback
from bot.filters import FILTERS
from bot.forms import Forms
from bot.modals import notice
from bot.private import Body, said, tell
from bot.redraw import Redraw
from bot.settings import Settings
from bot.slack import Slack
from bot.strangers import Strangers
from domain.errors import MarketingError, SlackUnavailable
from graph.runner import Runner

_log = logging.getLogger(__name__)


def connect(
    runner: Runner, client: AsyncWebClient, *, board: SlackBoard | None = None, signing_secret: str = ""
) -> Door:
    """The bolt app with every listener. Opens nothing: sockets and servers belong to the caller.

    Give it the `board` that the worker of the same process draws with, so that both never draw one card at once;
    and the `signing_secret` where Slack's requests arrive over HTTP instead of Socket Mode.
    """
    slack = Slack(client)
    board = board or SlackBoard(runner, client)
    redraw = Redraw(runner, slack, board)
    buttons, forms = Buttons(runner, slack, redraw), Forms(runner, slack, redraw)
    architecture = Architecture(runner, slack, redraw)
    settings = Settings(runner, slack, redraw)
    conversation = Conversation(runner, slack, Commands(runner, board))
    app = Door(client=client, signing_secret=signing_secret)
    app.middleware(Strangers(slack, lambda: runner.model).turned_away)

    for action, press in (
        (names.APPROVE, buttons.approve),
        (names.OVERRIDE, buttons.override),
        (names.REJECT, buttons.reject),
        (names.SNOOZE, buttons.snooze),
        (names.ASK, buttons.ask),
        (names.MORE, buttons.more),
        (names.UNDO, buttons.undo),
        (names.SAY_DONE, buttons.say_done),
        (names.SAY_NOT_DONE, buttons.say_not_done),
        (names.REFRESH_HOME, buttons.refresh_home),
        (names.CHANGE_OWN, settings.change),
        (names.HAND_OVER, settings.hand_over),
        (names.TAKE_BACK, settings.take_back),
        *((f"{names.FILTER_HOME}_{which}", settings.filter) for which in FILTERS),
        (names.SHOW_INBOX, architecture.show_inbox),
        (names.SHOW_DESIGN, architecture.show_design),
        (names.EDIT_PART, architecture.edit),
        (names.AGREE, architecture.agree),
        (names.DISAGREE, architecture.disagree),
        (names.STOP, architecture.stop),
        (names.LIFT, architecture.lift),
        (names.BREAK_GLASS, architecture.break_glass),
        (names.END_EMERGENCY, architecture.end_emergency),
        (names.REVIEW_EMERGENCY, architecture.review),
        (names.GRANT, architecture.grant),
    ):
        app.action(action)(press)
    for form, submit in (
        (names.OVERRIDE_FORM, forms.override),
        (names.REJECT_FORM, forms.reject),
        (names.SNOOZE_FORM, forms.snooze),
        (names.ASK_FORM, forms.ask),
        (names.UNDO_FORM, forms.undo),
        (names.DONE_FORM, forms.done),
        (names.NOT_DONE_FORM, forms.not_done),
        (names.EDIT_FORM, architecture.edited),
        (names.AGREE_FORM, architecture.agreed),
        (names.DISAGREE_FORM, architecture.disagreed),
        (names.STOP_FORM, architecture.stopped),
        (names.LIFT_FORM, architecture.lifted),
        (names.BREAK_GLASS_FORM, architecture.glass_broken),
        (names.REVIEW_FORM, architecture.reviewed),
        (names.GRANT_FORM, architecture.granted),
        (names.OWN_FORM, settings.changed),
        (names.HAND_OVER_FORM, settings.handed_over),
    ):
        app.view(form)(submit)
    app.command(names.COMMAND)(Commands(runner, board).baton)
    app.action(names.RATE)(Feedback(runner, slack).rate)
    app.event("app_mention")(conversation.mentioned)
    app.event("message")(conversation.message)
    app.event("assistant_thread_started")(conversation.pane_opened)
    app.event("assistant_thread_context_changed")(conversation.pane_moved)

    async def home_opened(event: Body) -> None:
        if event.get("tab", "home") == "home":
            try:
                await redraw.home(str(event.get("user", "")))
            except SlackUnavailable as error:
                _log.warning("an App Home could not be shown: %s", error)

    async def failed(
        error: Exception, body: Body, respond: AsyncRespond, response: BoltResponse | None
    ) -> BoltResponse | None:
        """Say what a person can do about it; what nobody foresaw is logged, and the presser alone gets its number."""
        if isinstance(error, MarketingError):
            words, heading = said(error, runner.model), "Not possible"
        else:
            number, heading = uuid.uuid4().hex[:8], "Something went wrong"
            _log.error("A listener failed (%s)", number, exc_info=error)
            words = f"Sorry, something went wrong on my side. The card shows what is decided; please quote *{number}*."
        if body.get("type") == "view_submission" and response is not None:
            shown = {"response_action": "update", "view": notice(heading, words)}
            return BoltResponse(status=200, body=shown)
        await tell(slack, respond, body, words, heading)
        return None

    app.event("app_home_opened")(home_opened)
    app.error(failed)
    return app
