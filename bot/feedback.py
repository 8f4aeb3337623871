"""Helpful, not helpful: the buttons under an answer, and what a press of them does."""

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import Block
from bot.names import ID, RATE
from bot.private import Body, said, tell, user_of
from bot.slack import Slack
from domain.errors import MarketingError
from graph.runner import Runner

_HELPFUL, _NOT_HELPFUL = "helpful", "not_helpful"
THANKS = {
    True: "Thank you: noted as helpful.",
    False: "Thank you: noted as not helpful. You may ask again in other words, or name the place and the days.",
}


def feedback(answer_id: str) -> Block:
    """The two buttons of one answer."""

    def side(text: str, label: str, opinion: str) -> Block:
        shown = {"type": "plain_text", "text": text}
        return {"text": shown, "accessibility_label": label, "value": f"{answer_id}/{opinion}"}

    buttons: Block = {
        "type": "feedback_buttons",
        "action_id": RATE,
        "positive_button": side("Helpful", "This answer was helpful", _HELPFUL),
        "negative_button": side("Not helpful", "This answer was not helpful", _NOT_HELPFUL),
    }
    return {"type": "context_actions", "elements": [buttons]}


class Feedback:
    """The listener of both buttons."""

    def __init__(self, runner: Runner, slack: Slack) -> None:
        self._runner, self._slack = runner, slack

    async def rate(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Record what the presser thinks of an answer, and say so to them alone."""
        answer_id, _, opinion = str(action.get("value", "")).partition("/")
        if not ID.fullmatch(answer_id) or opinion not in (_HELPFUL, _NOT_HELPFUL):
            await ack()
            return None
        is_helpful = opinion == _HELPFUL
        try:
            await self._runner.personal.rate(answer_id, user_of(body), is_helpful=is_helpful)
        except MarketingError as error:
            await ack()
            return await tell(self._slack, respond, body, said(error, self._runner.model))
        await ack()
        return await tell(self._slack, respond, body, THANKS[is_helpful], "Noted")
