"""The listeners of the design tab: open a form, change the design through the runner, show the tab as it then is."""

from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot import drafts
from bot.drafts import REMOVE, Target
from bot.fields import NOTHING
from bot.modals import View, notice
from bot.names import REASON
from bot.private import Body, said, tell, user_of
from bot.redraw import Redraw
from bot.slack import Slack
from domain.amendment import Design
from domain.errors import InvalidChange, MarketingError, NotFound, StaleCard
from domain.standing import Stop
from graph.runner import Runner

GONE = "This is not there any more; somebody changed the design meanwhile."


class Architecture:
    """What the architect, and whoever agrees to a change, does in App Home."""

    def __init__(self, runner: Runner, slack: Slack, redraw: Redraw) -> None:
        self._runner, self._slack, self._redraw = runner, slack, redraw

    async def show_inbox(self, ack: AsyncAck, body: Body) -> None:
        """The inbox tab."""
        await ack()
        await self._redraw.home(user_of(body))

    async def show_design(self, ack: AsyncAck, body: Body) -> None:
        """The design tab."""
        await ack()
        await self._redraw.design(user_of(body))

    async def edit(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form of what was chosen, or of what the button stands beside."""
        part, _, key = _chosen(action).partition("/")
        await self._open(ack, body, respond, lambda design: drafts.edit(design, part, key))

    async def disagree(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks why not."""
        ident, user = str(action.get("value", "")), user_of(body)

        def form(design: Design) -> View:
            own = any(one.amendment.id == ident and one.amendment.by == user for one in design.pending)
            return drafts.reject(ident, is_own=own)

        await self._open(ack, body, respond, form)

    async def stop(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Open the form that asks what to stop."""
        await self._open(ack, body, respond, drafts.stop)

    async def lift(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form that asks why a stop may go."""
        ident = _chosen(action)
        await self._open(ack, body, respond, lambda design: drafts.lift(_one(design.stops, ident)))

    async def break_glass(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Open the form of an emergency."""

        def form(design: Design) -> View:
            rule = design.model.policy.break_glass
            if rule is None:
                raise NotFound("The policy names nobody who may decide alone.")
            return drafts.break_glass(rule.minutes)

        await self._open(ack, body, respond, form)

    async def review(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form of a review."""
        ident = str(action.get("value", ""))
        await self._open(ack, body, respond, lambda _: drafts.review(ident))

    async def grant(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Open the form of a level, with what was measured."""
        wanted = _chosen(action)

        def form(design: Design) -> View:
            found = next((one for one in design.records if f"{one.agent}/{one.action}" == wanted), None)
            if found is None:
                raise NotFound(GONE)
            return drafts.grant(found)

        await self._open(ack, body, respond, form)

    async def agree(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """Agree to a change. Committed before the ack."""
        ident = str(action.get("value", ""))
        await self._at_once(ack, body, respond, lambda: self._runner.governing.agree(ident, user_of(body)))

    async def end_emergency(self, ack: AsyncAck, body: Body, action: Body, respond: AsyncRespond) -> None:
        """End an emergency before its time. Committed before the ack."""
        ident = str(action.get("value", ""))
        await self._at_once(ack, body, respond, lambda: self._runner.governing.end_emergency(ident, user_of(body)))

    async def edited(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """A form was sent: show what it changes, and what it would have changed in the past, before anyone agrees."""
        target, typed = _target(view), _typed(view)
        reason = typed.pop(REASON, "")
        values = {**typed, "key": target.key}
        if REMOVE not in typed:
            values.pop(REMOVE, None)
        try:
            drafted = await self._runner.governing.draft(
                user_of(body), target.part, values, reason, base=target.version
            )
        except (InvalidChange, StaleCard) as problem:  # said inside, so that what was typed stays in sight
            at = problem.field if isinstance(problem, InvalidChange) and problem.field in _typed(view) else REASON
            await ack(response_action="errors", errors={at: str(problem)[:200]})
            return
        except MarketingError as refusal:
            await ack(response_action="update", view=notice("Not possible", said(refusal, self._runner.model)))
            return
        await ack(response_action="update", view=drafts.drafted(drafted, self._runner.model))
        await self._redraw.design(user_of(body))

    async def agreed(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Whoever drafted a change agrees to it, having seen what it does."""
        await self._done(ack, body, lambda: self._runner.governing.agree(_target(view).key, user_of(body)))

    async def disagreed(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """A change is rejected."""
        why = _typed(view).get(REASON, "")
        await self._done(ack, body, lambda: self._runner.governing.reject(_target(view).key, user_of(body), why))

    async def stopped(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Something is stopped."""
        typed = _typed(view)
        of, _, name = typed.get("what", "").partition("/")
        why = typed.get(REASON, "")
        await self._done(ack, body, lambda: self._runner.governing.stop(user_of(body), of, name, why))

    async def lifted(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """A stop goes."""
        why = _typed(view).get(REASON, "")
        await self._done(ack, body, lambda: self._runner.governing.lift(_target(view).key, user_of(body), why))

    async def glass_broken(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """An emergency begins."""
        typed = _typed(view)
        minutes = typed.get("minutes", "")
        if not (minutes.isascii() and minutes.isdecimal() and int(minutes) > 0):
            await ack(response_action="errors", errors={"minutes": "Type a number of minutes."})
            return
        why = typed.get(REASON, "")
        await self._done(ack, body, lambda: self._runner.governing.break_glass(user_of(body), why, int(minutes)))

    async def reviewed(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Somebody looked at an emergency."""
        note, ident = _typed(view).get(REASON, ""), _target(view).key
        await self._done(ack, body, lambda: self._runner.governing.review_emergency(ident, user_of(body), note))

    async def granted(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """An agent's level for one kind of action is changed."""
        target, typed = _target(view), _typed(view)
        level, why = typed.get("level", ""), typed.get(REASON, "")

        def work() -> Awaitable[object]:
            asked = (user_of(body), target.part, target.key, level, why)
            return self._runner.governing.grant(*asked, base=target.level)

        await self._done(ack, body, work)

    async def _open(self, ack: AsyncAck, body: Body, respond: AsyncRespond, form: Callable[[Design], View]) -> None:
        await ack()
        try:
            view = form(await self._runner.governing.design(user_of(body)))
        except (KeyError, IndexError, ValueError):
            await tell(self._slack, respond, body, GONE)
            await self._redraw.design(user_of(body))
            return
        except MarketingError as refusal:
            await tell(self._slack, respond, body, said(refusal, self._runner.model))
            return
        await self._slack.open_modal(str(body.get("trigger_id", "")), view)

    async def _at_once(
        self, ack: AsyncAck, body: Body, respond: AsyncRespond, work: Callable[[], Awaitable[object]]
    ) -> None:
        """Commit, then acknowledge; a refusal is said to the presser alone."""
        try:
            await work()
        except MarketingError as refusal:
            await ack()
            await tell(self._slack, respond, body, said(refusal, self._runner.model))
        else:
            await ack()
        await self._redraw.design(user_of(body))

    async def _done(self, ack: AsyncAck, body: Body, work: Callable[[], Awaitable[object]]) -> None:
        """Commit, then close the form; a refusal is said in it."""
        try:
            await work()
        except (InvalidChange, StaleCard) as problem:
            held = _typed(body["view"])
            field = problem.field if isinstance(problem, InvalidChange) else REASON
            at = field if field in held else next(iter(held), REASON)
            await ack(response_action="errors", errors={at: str(problem)[:200]})
            return
        except MarketingError as refusal:
            await ack(response_action="update", view=notice("Not possible", said(refusal, self._runner.model)))
        else:
            await ack()
        await self._redraw.design(user_of(body))


def _chosen(action: Body) -> str:
    """What a choice or a button carries."""
    option: Body = action.get("selected_option") or action
    return str(option.get("value", ""))


def _one(stops: tuple[Stop, ...], ident: str) -> Stop:
    found = next((one for one in stops if one.id == ident), None)
    if found is None:
        raise NotFound(GONE)
    return found


def _target(view: Body) -> Target:
    return Target.model_validate_json(view["private_metadata"])


def _typed(view: Body) -> dict[str, str]:
    """What was filled in, by block id; several choices with commas between."""
    held: Body = view["state"]["values"]
    found = {block: _entered(entry) for block, inputs in held.items() for entry in inputs.values()}
    return {block: "" if value == NOTHING else value for block, value in found.items()}


def _entered(entry: Body) -> str:
    if "selected_options" in entry:
        return ",".join(str(one.get("value", "")) for one in entry["selected_options"] or ())
    chosen: Body = entry.get("selected_option") or {}
    plain = entry.get("selected_date") or entry.get("selected_user") or entry.get("value")
    return str(chosen.get("value") or plain or "").strip()
