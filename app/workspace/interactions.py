"""What people do: write, press, submit, close, type commands, open the App Home. Each comes back with its effect."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.workspace.effects import may_show, next_of, seen_by
from app.workspace.elements import Unusable, complaints, find, pressed, state_of
from app.workspace.methods.call import Call
from app.workspace.methods.chat import checked
from app.workspace.methods.modals import fit
from app.workspace.office import Office
from app.workspace.payloads import TEAM_DOMAIN, interaction, person_object, team_object
from app.workspace.people import APP, BOT_USER, TEAM
from app.workspace.sockets import Ack
from app.workspace.wire import Json, Refused, as_object, objects

NO_ANSWER = "The app did not answer in time, so nothing may have happened. Try again."
NOT_CONNECTED = "The app is not connected, so nothing happened. Try again when it is back."


class Interactions:
    """The actions of people in the workspace. Raises Unusable for what they could not do."""

    def __init__(self, office: Office) -> None:
        self._office = office

    # Words ---------------------------------------------------------------------------------------------------------

    def say(self, user: Json, channel: Json, text: str, thread_ts: str | None) -> Json:
        """Write a message."""
        office = self._office
        if not text.strip():
            raise Unusable("text is empty")
        if len(text) > 12_000:
            raise Unusable("text is longer than 12,000 characters")
        try:
            root = office.root_of(channel["id"], thread_ts)
        except Refused:
            raise Unusable(f"there is no message {thread_ts!r} in that channel") from None
        words = office.people.mentioned(text)
        message = office.compose(user["id"], words, thread_ts=root)
        message["client_msg_id"] = str(uuid.uuid4())
        office.post(channel, message)
        self.read(user, channel, message["ts"])
        return {"channel": channel["id"], "ts": message["ts"], "thread_ts": root}

    def read(self, user: Json, channel: Json, ts: str) -> None:
        """Remember up to where somebody has read."""
        key = f"{user['id']} {channel['id']}"
        kept = self._office.store.get("reads", key)
        if not kept or kept["ts"] < ts:
            self._office.store.put("reads", key, {"user": user["id"], "channel": channel["id"], "ts": ts})
            self._office.feed.tell("read", user=user["id"], channel=channel["id"], ts=ts)

    async def command(self, user: Json, channel: Json, command: str, text: str) -> Json:
        """Type a slash command."""
        office = self._office
        if command not in office.commands:
            raise Unusable(f"{command} is not a command here; there is {', '.join(office.commands)}")
        payload = {
            "token": "local",
            "team_id": TEAM,
            "team_domain": TEAM_DOMAIN,
            "channel_id": channel["id"],
            "channel_name": "directmessage" if channel["is_im"] else channel["name"],
            "user_id": user["id"],
            "user_name": person_object(user)["name"],
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": office.response_url(user["id"], channel["id"]),
            "trigger_id": office.triggers.issue(user["id"]),
        }
        return await self._watched("slash_commands", payload, user, channel, "")

    # Presses -------------------------------------------------------------------------------------------------------

    async def click_message(self, user: Json, channel: Json, ts: str, action_id: str, more: Mapping[str, Any]) -> Json:
        """Press something in a message."""
        office = self._office
        whispered = office.store.ephemeral(channel["id"], ts, user["id"])
        message = whispered or office.store.message(channel["id"], ts)
        if message is None:
            raise Unusable(f"there is no message {ts!r} in that channel")
        sources: list[Any] = [message.get("blocks")]
        sources += [attachment.get("blocks") for attachment in objects(message.get("attachments"))]
        blocks = [block for source in sources for block in objects(source)]
        action = self._action_now_or_before(blocks, office.earlier_buttons(channel["id"], ts), user, action_id, more)
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel["id"],
            "is_ephemeral": bool(whispered),
            **({"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}),
        }
        name = "directmessage" if channel["is_im"] else channel["name"]
        payload = interaction("block_actions", user, office.triggers.issue(user["id"])) | {
            "container": container,
            "channel": {"id": channel["id"], "name": name},
            "message": office.answered(message),
            "state": {"values": state_of(blocks, {})},
            "actions": [action],
            "response_url": office.response_url(user["id"], channel["id"], ts, ephemeral=bool(whispered)),
        }
        return await self._watched("interactive", payload, user, channel, ts)

    async def click_view(self, user: Json, view_id: str, action_id: str, more: Mapping[str, Any]) -> Json:
        """Press something in a modal or the App Home."""
        view = self._view_of(user, view_id)
        action = self._action(view["blocks"], user, action_id, more)
        known = as_object(view["state"]["values"])
        given = dict(as_object(more.get("values")))
        if not given and (value := _value(more)) is not None and action["type"] not in {"button", "overflow"}:
            given = {action["block_id"]: {action_id: value}}
        view = {**view, "state": {"values": state_of(view["blocks"], given, known)}}
        payload = interaction("block_actions", user, self._office.triggers.issue(user["id"])) | {
            "container": {"type": "view", "view_id": view["id"]},
            "view": _sent(view),
            "actions": [action],
        }
        return await self._watched("interactive", payload, user, None, "", at_home=view["type"] == "home")

    def _action(self, blocks: object, user: Json, action_id: str, more: Mapping[str, Any]) -> Json:
        value, block_id = _value(more), str(more.get("block_id") or "")
        block, element = find(blocks, action_id, block_id=block_id, value=value, user=user["id"])
        return pressed(block, element, value, self._office.store.next_ts())

    def _action_now_or_before(
        self, blocks: object, earlier: list[Json], user: Json, action_id: str, more: Mapping[str, Any]
    ) -> Json:
        """The action of a button that is there, or was there before the message was edited: screens lag behind."""
        try:
            return self._action(blocks, user, action_id, more)
        except Unusable:
            if _value(more) is not None:
                for row in earlier:
                    with suppress(Unusable):
                        return self._action([row], user, action_id, more)
            raise

    def _view_of(self, user: Json, view_id: str) -> Json:
        found = self._office.views.view(view_id)
        if found is None or found[0] != user["id"]:
            raise Unusable(f"{user['name']} has no view {view_id!r} open")
        return found[1]

    # Modals --------------------------------------------------------------------------------------------------------

    async def submit(self, user: Json, view_id: str, values: Mapping[str, Any]) -> Json:
        """Submit the modal on top: errors, the next view, or closed."""
        office = self._office
        stack = office.views.stack(user["id"])
        if not stack or stack[-1]["id"] != view_id:
            raise Unusable(f"{user['name']} does not have the view {view_id!r} on top")
        view = stack[-1]
        if view["submit"] is None:
            raise Unusable("this view has no submit button")
        state = state_of(view["blocks"], values)
        if said := complaints(view["blocks"], state):
            return {"acked": True, "after_ms": 0, "errors": said}
        view = {**view, "state": {"values": state}}
        payload = interaction("view_submission", user, office.triggers.issue(user["id"])) | {
            "view": _sent(view),
            "response_urls": self._response_urls(user, view, state),
        }
        return await self._watched("interactive", payload, user, None, "", submitted=view)

    def _response_urls(self, user: Json, view: Json, state: Mapping[str, Json]) -> list[Json]:
        """An address for each channel chosen where the view asked for one."""
        found: list[Json] = []
        for block in objects(view["blocks"]):
            element = as_object(block.get("element"))
            value = as_object(as_object(state.get(block["block_id"])).get(element.get("action_id", "")))
            chosen = value.get("selected_conversation") or value.get("selected_channel")
            channel = self._office.people.channel(chosen)
            if element.get("response_url_enabled") and channel:
                url = self._office.response_url(user["id"], channel["id"])
                place = {"block_id": block["block_id"], "action_id": element["action_id"]}
                found.append({**place, "channel_id": channel["id"], "response_url": url})
        return found

    def _answer_submit(self, user: Json, view: Json, answer: Json) -> Json:
        """Do what the app's acknowledgement of a submission says."""
        action = answer.get("response_action")
        if action == "errors":
            errors = as_object(answer.get("errors"))
            inputs = {block["block_id"] for block in objects(view["blocks"]) if block["type"] == "input"}
            known = bool(errors) and set(errors) <= inputs
            return {"errors": errors} if known else {"warning": "The app complained about fields this view lacks."}
        if action in {"update", "push"}:
            return self._next_view(user, view, as_object(answer.get("view")), push=action == "push")
        if action not in {None, "clear"}:
            return {"warning": f"The app answered with an unknown response_action, {action!r}."}
        # The listener may already have replaced the view over the Web API; only what was submitted closes.
        stack = self._office.views.stack(user["id"])
        if action == "clear" or (stack and stack[-1]["id"] == view["id"]):
            self._office.views.close(user["id"], everything=action == "clear")
        left = self._office.views.stack(user["id"])
        return {"closed": True, **({"view": left[-1]} if left else {})}

    def _next_view(self, user: Json, view: Json, given: Json, *, push: bool) -> Json:
        views = self._office.views
        try:
            fitting = fit(given, "modal")
            return {"view": views.push(user["id"], fitting) if push else views.update(view["id"], None, fitting)}
        except Refused as refusal:
            return {"warning": f"The app answered with a view Slack would refuse: {_why(refusal)}"}

    async def close(self, user: Json, view_id: str) -> Json:
        """Close the modal on top; the app hears of it where it asked to."""
        view = self._view_of(user, view_id)
        if view["type"] != "modal":
            raise Unusable("only modals can be closed")
        closed = self._office.views.close(user["id"], everything=view["clear_on_close"])
        for one in closed:
            if one["notify_on_close"]:
                payload = interaction("view_closed", user, "") | {
                    "view": _sent(one),
                    "is_cleared": len(closed) > 1,
                }
                payload.pop("trigger_id")
                await self._office.sockets.send("interactive", payload, answerable=False)
        left = self._office.views.stack(user["id"])
        return {"closed": True, **({"view": left[-1]} if left else {})}

    # App Home and the assistant ------------------------------------------------------------------------------------

    async def home(self, user: Json) -> Json | None:
        """Open the App Home: what the app publishes for it, or what it had published before."""
        office = self._office
        before = office.views.home(user["id"])

        def published(event: Json) -> bool:
            return event["type"] == "home" and event["user"] == user["id"]

        with office.feed.listen() as told:
            self._opened(user, "home", before)
            if office.sockets.connected:
                await next_of(told, office.timing.ack, published)
        return office.views.home(user["id"])

    def open(self, user: Json) -> Json:
        """Open the conversation with the app; an assistant thread where the app is an assistant."""
        office = self._office
        channel = office.people.direct(user["id"])
        self._opened(user, "messages", None)
        if "assistant:write" not in office.scopes:
            return {"channel": channel["id"], "thread_ts": None}
        message = office.compose(BOT_USER, "New assistant thread", subtype="assistant_app_thread")
        office.post(channel, message)
        context = {"channel_id": None, "team_id": TEAM, "enterprise_id": None}
        thread = {"user_id": user["id"], "context": context, "channel_id": channel["id"], "thread_ts": message["ts"]}
        office.inform_app(
            {
                "type": "assistant_thread_started",
                "assistant_thread": thread,
                "event_ts": office.store.next_ts(),
            }
        )
        return {"channel": channel["id"], "thread_ts": message["ts"]}

    def _opened(self, user: Json, tab: str, view: Json | None) -> None:
        office = self._office
        event: Json = {
            "type": "app_home_opened",
            "user": user["id"],
            "channel": office.people.direct(user["id"])["id"],
            "tab": tab,
            "event_ts": office.store.next_ts(),
        }
        office.inform_app(event | ({"view": _sent(view)} if view else {}))

    # Effects -------------------------------------------------------------------------------------------------------

    async def _watched(
        self,
        kind: str,
        payload: Json,
        user: Json,
        channel: Json | None,
        ts: str,
        *,
        at_home: bool = False,
        submitted: Json | None = None,
    ) -> Json:
        """Send an envelope and tell what the person then sees."""
        office = self._office
        with office.feed.listen(lambda event: may_show(event, user["id"], ts)) as told:
            ack = await office.sockets.send(kind, payload, answerable=True)
            answer: Json = {"acked": ack.acked, "after_ms": ack.after_ms}
            if not ack.acked:
                answer["warning"] = NO_ANSWER if ack.reason == "timeout" else NOT_CONNECTED
            elif submitted is not None:
                answer |= self._answer_submit(user, submitted, ack.payload)
                if "errors" in answer or "warning" in answer or "view" in answer:
                    return answer
            elif kind == "slash_commands" and channel:
                self._answer_command(user, channel, ack)
            # Whoever asked in words waits longer for an answer than whoever pressed a button.
            patience = office.timing.effect * (2 if kind == "slash_commands" else 1)
            seen = await seen_by(told, user["id"], ts, patience if ack.acked else 0)
        published = seen.pop("home", None)
        if at_home and published and "view" not in seen:
            seen["view"] = published
        return answer | seen

    def _answer_command(self, user: Json, channel: Json, ack: Ack) -> None:
        """Show what a command's acknowledgement says."""
        office, given = self._office, ack.payload
        if not given.get("text") and not given.get("blocks"):
            return
        try:
            parts = checked(Call(office, given))
        except Refused as refusal:
            office.whisper(channel["id"], user["id"], office.compose(BOT_USER, f"Refused by Slack: {_why(refusal)}"))
            return
        message = office.compose(BOT_USER, **parts)
        if given.get("response_type") == "in_channel":
            office.post(channel, message)
        else:
            office.whisper(channel["id"], user["id"], message)


def _value(more: Mapping[str, Any]) -> Any:
    """What a press says was chosen; several choices come as `selected`."""
    return more.get("value") if more.get("value") is not None else more.get("selected")


def _sent(view: Json) -> Json:
    """A view as payloads carry it."""
    return {key: value for key, value in view.items() if key not in {"owner"}} | {"team_id": team_object()["id"]}


def _why(refusal: Refused) -> str:
    messages = as_object(refusal.details.get("response_metadata")).get("messages") or [refusal.error]
    return "; ".join(map(str, messages))
