"""What a submitted modal does: commit, then close it; a refusal is said inside it."""

import uuid
from collections.abc import Awaitable, Callable, Mapping

from pydantic import ValidationError
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.answer import answer
from bot.blocks import Message
from bot.fields import LEAST_REASON
from bot.modals import SNOOZES, TOMORROW, Origin, notice
from bot.names import QUESTION, REASON, UNTIL
from bot.people import name_of
from bot.private import Body, said, user_of, write_to
from bot.redraw import Redraw
from bot.slack import Slack
from domain.case import Case
from domain.errors import DatabaseSilent, InvalidChange, MarketingError, NotFound, NotYours
from graph.runner import Runner


class Forms:
    """The listeners of submitted modals."""

    def __init__(self, runner: Runner, slack: Slack, redraw: Redraw) -> None:
        self._runner, self._slack, self._redraw = runner, slack, redraw

    async def override(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Decide with changes; what the action or the policy does not allow is said at its field."""
        origin, typed = _origin(view), _typed(view)
        values = {field: text for field, text in typed.items() if field != REASON}

        async def decide() -> Case:
            press = (origin.proposal_id, origin.version, user_of(body))
            return await self._runner.override(*press, values, typed.get(REASON, ""))

        await self._decide(ack, body, view, decide)

    async def reject(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Decide against it."""
        origin, reason = _origin(view), _typed(view).get(REASON, "")

        async def decide() -> Case:
            return await self._runner.reject(origin.proposal_id, origin.version, user_of(body), reason)

        await self._decide(ack, body, view, decide)

    async def undo(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Take back what was done, or ask those who may."""
        origin, reason = _origin(view), _typed(view).get(REASON, "")

        async def decide() -> Case:
            return await self._runner.undo(origin.proposal_id, user_of(body), reason)

        await self._decide(ack, body, view, decide)

    async def done(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Close what nobody could read: it was done."""
        await self._word(ack, body, view, was_done=True)

    async def not_done(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Close what nobody could read: it was not done."""
        await self._word(ack, body, view, was_done=False)

    async def snooze(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Ask again later."""
        origin = _origin(view)
        _, hours = SNOOZES.get(_typed(view).get(UNTIL, ""), SNOOZES[TOMORROW])

        async def decide() -> Case:
            return await self._runner.snooze(origin.proposal_id, origin.version, user_of(body), hours)

        await self._decide(ack, body, view, decide)

    async def ask(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Answer in the card's thread, for every owner to see; in a direct message where there is no card."""
        question, user, signal_id = _typed(view).get(QUESTION, ""), user_of(body), _origin(view).signal_id
        if len(question) < LEAST_REASON:
            await ack(response_action="errors", errors={QUESTION: "Please ask in a few words."})
            return
        await ack()
        try:
            given = await self._runner.ask(question, user, signal_id)
        except MarketingError as error:
            await write_to(self._slack, user, Message(said(error, self._runner.model), ()))
            return
        # Slack may send it twice
        once = str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:asked:{view.get('id', '')}:{user}"))
        message = answer(given, asked_by=name_of(user, self._runner.model), answer_id=once)
        if post := (await self._runner.posts(signal_id)).get(f"{signal_id}/card"):
            await self._slack.post(post.channel, message, thread_ts=post.ts, once=once)
        else:
            await write_to(self._slack, user, message)

    async def _word(self, ack: AsyncAck, body: Body, view: Body, *, was_done: bool) -> None:
        origin, reason = _origin(view), _typed(view).get(REASON, "")

        async def close() -> str:
            return await self._runner.unknowns.close(origin.proposal_id, user_of(body), reason, was_done=was_done)

        await self._decide(ack, body, view, close)

    async def _decide(self, ack: AsyncAck, body: Body, view: Body, decide: Callable[[], Awaitable[object]]) -> None:
        typed, origin = _typed(view), _origin(view)
        if REASON in typed and len(typed[REASON]) < LEAST_REASON:
            await ack(response_action="errors", errors={REASON: "Please give a reason in a few words."})
            return
        try:
            await decide()
        except InvalidChange as problem:
            at = problem.field if problem.field in typed else next(iter(typed), REASON)
            await ack(response_action="errors", errors={at: str(problem)[:200]})
            return
        except MarketingError as refusal:
            await ack(response_action="update", view=notice("Not possible", said(refusal, self._runner.model)))
            if isinstance(refusal, NotYours | DatabaseSilent):
                return
        else:
            await ack()
        await self._redraw.where(origin.signal_id, body, from_home=not origin.channel)


def _origin(view: Body) -> Origin:
    try:
        return Origin.model_validate_json(view.get("private_metadata") or "")
    except ValidationError as error:
        raise NotFound("This form is from an older version of Baton. Please use the newest card.") from error


def _typed(view: Body) -> dict[str, str]:
    """What was filled in, by block id, without the blanks around it."""
    held: Mapping[str, Mapping[str, Body]] = view["state"]["values"]
    return {block: _entered(entry) for block, inputs in held.items() for entry in inputs.values()}


def _entered(entry: Body) -> str:
    """What one input holds: a chosen option's value, or the text."""
    chosen: Body = entry.get("selected_option") or {}
    return str(chosen.get("value") or entry.get("value") or "").strip()
