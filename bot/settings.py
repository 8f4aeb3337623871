"""The listeners of what somebody sets for themselves in App Home."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.fields import typed
from bot.filters import FILTERS
from bot.modals import notice
from bot.names import REASON
from bot.own import hand_over_form, own_form
from bot.private import Body, said, tell, user_of
from bot.redraw import Redraw
from bot.slack import Slack
from domain.errors import InvalidChange, MarketingError
from graph.runner import Runner

_BACK = "I am back: nobody stands in for me any more."


class Settings:
    """The listeners of a person's own settings."""

    def __init__(self, runner: Runner, slack: Slack, redraw: Redraw) -> None:
        self._runner, self._slack, self._redraw = runner, slack, redraw

    async def filter(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Show App Home with only what was chosen."""
        await ack()
        chosen = str(action.get("value", ""))
        await self._redraw.home(user_of(body), shown=chosen if chosen in FILTERS else None)

    async def change(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Open the form with what holds."""
        await ack()
        own = await self._runner.personal.settings(user_of(body))
        if own is None:
            words = "You are not in the operating model, so there is nothing to set."
            await tell(self._slack, respond, body, words)
        else:
            await self._slack.open_modal(str(body.get("trigger_id", "")), own_form(own))

    async def hand_over(self, ack: AsyncAck, body: Body) -> None:
        """Open the form of a stand-in."""
        await ack()
        await self._slack.open_modal(str(body.get("trigger_id", "")), hand_over_form())

    async def take_back(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Ask that nobody stands in any more. Committed before the ack."""
        try:
            await self._runner.personal.take_back(user_of(body), _BACK)
        except MarketingError as refusal:
            await ack()
            await tell(self._slack, respond, body, said(refusal, self._runner.model))
        else:
            await ack()
            words = "An architect agrees to it in the Design tab; until then they stand in for you."
            await tell(self._slack, respond, body, words, "Asked")
        await self._redraw.home(user_of(body), body)

    async def changed(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Keep what was chosen; what cannot be is said at its field."""
        held = typed(view)
        try:
            await self._runner.personal.choose(user_of(body), held)
        except MarketingError as refusal:
            await self._refused(ack, refusal, held)
            return
        await ack()
        await self._redraw.home(user_of(body), body)

    async def handed_over(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Draft the change that lets somebody stand in."""
        held = typed(view)
        try:
            await self._runner.personal.hand_over(
                user_of(body), held.get("to", ""), held.get("last_day", ""), held.get(REASON, "")
            )
        except MarketingError as refusal:
            await self._refused(ack, refusal, held)
            return
        words = "Whoever the policy asks agrees to it in the Design tab. Until then nothing changes."
        await ack(response_action="update", view=notice("Asked", words))
        await self._redraw.home(user_of(body), body)

    async def _refused(self, ack: AsyncAck, refusal: MarketingError, held: dict[str, str]) -> None:
        if isinstance(refusal, InvalidChange):
            at = refusal.field if refusal.field in held else next(iter(held), REASON)
            await ack(response_action="errors", errors={at: str(refusal)[:200]})
        else:
            await ack(response_action="update", view=notice("Not possible", said(refusal, self._runner.model)))
