"""The door: what has not the shape of anything Slack sends is turned away before any listener sees it."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

_log = logging.getLogger(__name__)
_LONGEST_TIMESTAMP = 12
"""Digits of the seconds since 1970, for some time to come."""
_UNREAD = frozenset({"message", "blocks"})
"""What we wrote ourselves and Slack sends back: nothing of it is read."""


Id = Annotated[str, StringConstraints(pattern=r"^[^/]*$")]
"""An id of Slack's. A slash stands only in the ids we write ourselves, for people and places of another workspace."""


class _Shape(BaseModel):
    """Types of what is read. Everything may be missing; nothing may be something else."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Named(_Shape):
    id: Id | None = None
    team_id: Id | None = None
    enterprise_id: Id | None = None
    type: str | None = None


class _Option(_Shape):
    value: str | None = None


class _Input(_Shape):
    value: str | None = None
    selected_option: _Option | None = None
    selected_user: Id | None = None
    selected_date: str | None = None
    selected_options: list[_Option] | None = None
    selected_users: list[Id] | None = None


class _State(_Shape):
    values: dict[str, dict[str, _Input]]


class _View(_Shape):
    id: Id | None = None
    app_installed_team_id: Id | None = None
    type: str | None = None
    callback_id: str | None = None
    private_metadata: str | None = None
    state: _State | None = None


class _Action(_Shape):
    action_id: str
    type: str | None = None
    block_id: str | None = None
    value: str | None = None
    selected_option: _Option | None = None


class _Container(_Shape):
    type: str | None = None
    is_ephemeral: bool | None = None


class _Thread(_Shape):
    channel_id: Id
    thread_ts: str
    user_id: Id | None = None
    context: dict[str, Any] | None = None


class _Told(_Shape):
    """Where bolt looks for who did what and where, as deep as it looks."""

    user: Id | _Named | None = None
    channel: Id | _Named | None = None
    team: Id | _Named | None = None
    event: "_Told | None" = None
    message: "_Told | None" = None
    previous_message: "_Told | None" = None
    item: "_Told | None" = None


class _Event(_Told):
    type: str
    subtype: str | None = None
    channel_type: str | None = None
    bot_id: str | None = None
    text: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    tab: str | None = None
    user_team: Id | None = None
    source_team: Id | None = None
    assistant_thread: _Thread | None = None


class _Authorization(_Shape):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: str | None = None
    is_enterprise_install: bool | None = None


class _Payload(_Shape):
    type: str | None = None
    command: str | None = None
    text: str | None = None
    user: Id | _Named | None = None
    user_id: Id | None = None
    channel: Id | _Named | None = None
    channel_id: Id | None = None
    team: Id | _Named | None = None
    team_id: Id | None = None
    enterprise: Id | _Named | None = None
    enterprise_id: Id | None = None
    is_enterprise_install: bool | str | None = None
    is_ext_shared_channel: bool | None = None
    trigger_id: Id | None = None
    response_url: str | None = None
    callback_id: str | None = None
    container: _Container | None = None
    actions: list[_Action] | None = None
    view: _View | None = None
    event: _Event | None = None
    message: _Told | None = None
    previous_message: _Told | None = None
    item: _Told | None = None
    response_urls: list[dict[str, Any]] | None = None
    event_id: str | None = None
    authorizations: list[_Authorization] | None = None


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "block_actions": ("actions", "user"),
    "view_submission": ("view", "user"),
    "event_callback": ("event",),
    "command": ("user_id", "response_url"),
}
"""What a payload of a kind must have."""


def malformed(payload: object) -> str | None:
    """What is wrong with the shape of a payload; None for what Slack could have sent."""
    try:
        given = _Payload.model_validate(payload)
    except ValidationError as error:
        return f"{'.'.join(str(part) for part in error.errors()[0]['loc']) or 'payload'} is not what it should be"
    if missing := next(_missing(given), None):
        return f"{missing} is missing"
    if given.response_url and not given.response_url.startswith(("https://", "http://")):
        return "response_url is no address"
    return None


def _missing(given: _Payload) -> Iterator[str]:
    """Fields that a payload of its kind always has, and this one has not."""
    kind = given.type or ("command" if given.command else "")
    if not kind:
        yield "type"
    yield from (name for name in _NEEDS.get(kind, ()) if not getattr(given, name))
    if kind == "view_submission" and given.view and not (given.view.state and given.view.type):
        yield "view.state or view.type"
    if kind in {"block_actions", "view_submission"} and isinstance(given.channel, str):
        yield "channel.id"
    if given.container and given.container.is_ephemeral and not given.response_url:
        yield "response_url"
    if given.event and given.event.type.startswith("assistant_thread_") and given.event.assistant_thread is None:
        yield "event.assistant_thread"
    if given.event and given.event.type in {"app_mention", "message"} and not (given.event.channel and given.event.ts):
        yield "event.channel or event.ts"


def readable(held: Any) -> Any:
    """A payload whose texts a database can keep: a mark stands for NUL and for halves of characters.

    A mark rather than nothing: what was no id of ours must not become one.
    """
    if isinstance(held, str):
        return held.replace("\0", "\ufffd").encode(errors="replace").decode()
    if isinstance(held, dict):
        fields = cast("dict[Any, Any]", held)
        return {key: value if key in _UNREAD else readable(value) for key, value in fields.items()}
    return [readable(one) for one in cast("list[Any]", held)] if isinstance(held, list) else held


def _given(held: dict[str, Any], inside: str = "") -> dict[str, Any]:
    """A payload, or what is inside it under a name, without the fields that say nothing: null is as good as missing."""
    if inside:
        return held | {inside: _given(held[inside])} if inside in held else held
    return {key: value for key, value in held.items() if value is not None}


class _Inside(AsyncListenerStartHandler, AsyncListenerCompletionHandler):
    """Counts the listeners at work."""

    def __init__(self, change: Callable[[], None]) -> None:
        self._change = change

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        del request, response
        self._change()


class Door(AsyncApp):
    """The bolt app, with somebody at its door who also knows how many are still at work inside."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._at_work = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self.listener_runner.listener_start_handler = _Inside(self._begun)
        self.listener_runner.listener_completion_handler = _Inside(self._ended)

    async def finished(self) -> None:
        """Wait until no listener is at work any more: most go on after their ack, to draw what was decided."""
        await self._nobody.wait()

    def _begun(self) -> None:
        self._at_work += 1
        self._nobody.clear()

    def _ended(self) -> None:
        self._at_work -= 1
        if not self._at_work:
            self._nobody.set()

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Answer a request. 400 for what Slack cannot have sent, 401 for what it cannot have signed."""
        if req.mode == "http" and not is_moment((req.headers.get("x-slack-request-timestamp") or [""])[0]):
            return BoltResponse(status=401, body="")
        if problem := malformed(req.body):
            _log.warning("a request was turned away: %s", problem)
            return BoltResponse(status=400, body="")
        req.body = _given(_given(readable(req.body)), "event")
        return await super().async_dispatch(req)


class Sockets(AsyncSocketModeHandler):
    """Socket Mode, where a message without shape is acknowledged and forgotten: sent again it would be no better."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:
        """Take one message."""
        if problem := malformed(cast("object", req.payload)):  # pyright: ignore[reportUnknownMemberType] - a bare dict
            _log.warning("a message was turned away: %s", problem)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        await super().handle(client, req)


def is_moment(said: str) -> bool:
    """Whether a header of Slack's is a moment at all: seconds since 1970, in plain digits."""
    return said.isascii() and said.isdecimal() and len(said) <= _LONGEST_TIMESTAMP
