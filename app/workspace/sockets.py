"""Socket Mode: the app's websockets, envelopes and acknowledgements, and events delivered until acknowledged."""

import asyncio
import logging
import secrets
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from app.workspace.feed import Feed
from app.workspace.people import APP
from app.workspace.store import Store
from app.workspace.wire import Json, as_object, decode, encode

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 10


@dataclass(frozen=True)
class Timing:
    """How long things wait, in seconds."""

    ack: float = 3.0
    """For the app to acknowledge an envelope."""
    trigger: float = 3.0
    """For the app to use a trigger id."""
    retries: tuple[float, ...] = (0.0, 1.0, 5.0)
    """Pauses before each redelivery of an event. Slack's own are about 0, 60 and 300."""
    effect: float = 1.5
    """How long an acknowledged press is watched for a visible effect."""
    ticket: float = 30.0
    """For a websocket address to be used."""
    lost: float = 35.0
    """How long a call that "times out" is left hanging."""


@dataclass(frozen=True)
class Ack:
    """What came of one envelope."""

    acked: bool
    after_ms: int
    """Milliseconds until the acknowledgement, or until it was given up."""
    payload: Json = field(default_factory=dict[str, object])
    reason: str = ""
    """Why there was none: "timeout" or "not_connected"."""


class Sockets:
    """Round-robin over at most ten connections of one app."""

    def __init__(self, store: Store, feed: Feed, timing: Timing) -> None:
        self._store, self._feed, self._timing = store, feed, timing
        self._connections: list[web.WebSocketResponse] = []
        self._turn = 0
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._served = 0

    @property
    def connected(self) -> int:
        """How many websockets are open."""
        return len(self._connections)

    def ticket(self) -> str:
        """A ticket for one websocket."""
        now = asyncio.get_running_loop().time()
        self._tickets = {name: until for name, until in self._tickets.items() if until > now}
        name = secrets.token_hex(16)
        self._tickets[name] = now + self._timing.ticket
        return name

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Handle one websocket for as long as it lives."""
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if until <= asyncio.get_running_loop().time():
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        if self.connected >= MOST_CONNECTIONS:
            await self._disconnect(socket, "too_many_websockets")
            return socket
        self._connections.append(socket)
        try:
            await socket.send_str(
                encode(
                    {
                        "type": "hello",
                        "num_connections": self.connected,
                        "connection_info": {"app_id": APP},
                        "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
                    }
                )
            )
            self._feed.tell("connection", connected=self.connected)
            self.deliver_pending()
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._receive(frame.data)
        finally:
            self._connections.remove(socket)
            self._feed.tell("connection", connected=self.connected)
        return socket

    def _receive(self, words: str) -> None:
        with suppress(ValueError):
            frame = as_object(decode(words))
            waiting = self._waiting.get(str(frame.get("envelope_id")))
            if waiting and not waiting.done():
                waiting.set_result(frame)

    async def refresh(self, reason: str = "refresh_requested") -> int:
        """Ask every connection to come back on a new websocket, as Slack does now and then. How many were asked."""
        asked = tuple(self._connections)
        for socket in asked:
            await self._disconnect(socket, reason, close=False)
        return len(asked)

    @staticmethod
    async def _disconnect(socket: web.WebSocketResponse, reason: str, *, close: bool = True) -> None:
        with suppress(ConnectionError, RuntimeError):
            await socket.send_str(encode({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}))
            if close:
                await socket.close()

    async def close(self) -> None:
        """Close every websocket; events not yet acknowledged stay in the store."""
        for task in self._deliveries.values():
            task.cancel()
        await asyncio.gather(*self._deliveries.values(), return_exceptions=True)
        for socket in tuple(self._connections):
            with suppress(ConnectionError, RuntimeError):
                await socket.close()

    # Envelopes -----------------------------------------------------------------------------------------------------

    async def send(self, kind: str, payload: Json, *, answerable: bool, **extra: object) -> Ack:
        """Send one envelope to the next connection and wait for its acknowledgement."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        if not self._connections:
            return Ack(acked=False, after_ms=0, reason="not_connected")
        self._turn += 1
        socket = self._connections[self._turn % len(self._connections)]
        name = str(uuid.uuid4())
        waiting = self._waiting[name] = loop.create_future()
        envelope = {
            "envelope_id": name,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answerable,
            **extra,
        }
        try:
            await socket.send_str(encode(envelope))
            answer = await asyncio.wait_for(waiting, self._timing.ack)
        except (TimeoutError, ConnectionError, RuntimeError):
            return Ack(acked=False, after_ms=_ms(loop.time() - started), reason="timeout")
        finally:
            del self._waiting[name]
        given = answer.get("payload")
        ack = {"text": given} if isinstance(given, str) else as_object(given)
        return Ack(acked=True, after_ms=_ms(loop.time() - started), payload=ack)

    # Events --------------------------------------------------------------------------------------------------------

    def post(self, payload: Json) -> None:
        """Deliver an event at least once: now, or when the app is back. Kept until it is acknowledged."""
        self._served += 1
        key = f"{payload['event_time']:011d}-{self._served:06d}-{payload['event_id']}"
        self._store.put("deliveries", key, {"key": key, "payload": payload, "attempts": 0})
        self.deliver_pending()

    def deliver_pending(self) -> None:
        """Start delivering what is not being delivered yet."""
        if not self._connections:
            return
        for delivery in self._store.all("deliveries"):
            key = str(delivery["key"])
            if key not in self._deliveries:
                task = self._deliveries[key] = asyncio.create_task(self._deliver(delivery))
                task.add_done_callback(lambda _, key=key: self._deliveries.pop(key, None))

    async def _deliver(self, delivery: Json) -> None:
        reason = "timeout"
        while delivery["attempts"] <= len(self._timing.retries):
            attempt = int(delivery["attempts"])
            if attempt:
                await asyncio.sleep(self._timing.retries[attempt - 1])
            retry = {"retry_attempt": attempt, "retry_reason": reason} if attempt else {}
            delivery["attempts"] = attempt + 1
            self._store.put("deliveries", delivery["key"], delivery)
            ack = await self.send("events_api", delivery["payload"], answerable=False, **retry)
            if ack.acked:
                break
            if ack.reason == "not_connected" or not self._connections:
                delivery["attempts"] = max(attempt, 1)
                self._store.put("deliveries", delivery["key"], delivery)
                return  # Kept; taken up again when the app connects.
        else:
            log.warning("event %s was never acknowledged and is given up", delivery["payload"]["event_id"])
        self._store.drop("deliveries", delivery["key"])


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
