"""Slack's requests over HTTP, as an ASGI application: signed, fresh, of the right shape, and each taken once."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple, cast

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from app.http_body import Refused, body_of
from bot.door import Door, is_moment, malformed
from bot.manifest import EVENTS_PATH
from graph.arrivals import Arrival, Arrivals

_log = logging.getLogger(__name__)

HEALTH: Final = "/healthz"
WINDOW_SECONDS: Final = 5 * 60
"""How old a signature may be, as Slack recommends; also how far in the future."""
KEEP_SIGNATURES: Final = timedelta(seconds=3 * WINDOW_SECONDS)
"""Longer than a signature is good for, in both directions, with room for clocks that differ."""
KEEP_EVENTS: Final = timedelta(hours=25)
"""Slack repeats an event for an hour, and for a day where delayed events are switched on."""
ABANDONED: Final = timedelta(seconds=10)
"""An event somebody took and did not finish for so long was lost with its process: the next repeat is taken."""
HEALTH_SECONDS: Final = 2.0
"""How long a look at the database may take."""
_FORGET_SECONDS = 300.0
"""Between two times that old requests are dropped."""
_TOLD_SECONDS = 60.0
"""Between two lines of the log about refused requests: anybody can knock, and must not fill the disk."""

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Page = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Removed = Callable[[Mapping[str, Any]], Awaitable[bool]]
Headers = Mapping[str, tuple[str, ...]]


class Inside(NamedTuple):
    """What stands behind the door once it is open."""

    app: Door
    arrivals: Arrivals


class HttpDoor:
    """Everything one address answers. Until `open` is called it answers 503 to Slack, and shows its pages."""

    def __init__(
        self, signing_secret: str, *, pages: Mapping[str, Page] | None = None, removed: Removed | None = None
    ) -> None:
        """`pages`: what a browser may look at, by path. `removed` hears of events before bolt does."""
        self._secret = signing_secret.encode()
        self._pages = pages or {}
        self._removed = removed
        self._inside: Inside | None = None
        self._is_draining = False
        self._forgotten = time.monotonic()
        self._refusals, self._told = 0, -_TOLD_SECONDS
        self._follow_ups: set[asyncio.Task[None]] = set()

    def open(self, app: Door, arrivals: Arrivals) -> None:
        """Let Slack in."""
        self._inside = Inside(app, arrivals)

    def drain(self) -> None:
        """Say from now on that this process is about to end. What still arrives is answered all the same."""
        self._is_draining = True

    async def finished(self) -> None:
        """Wait until everything that was answered is also done."""
        if self._inside:
            await self._inside.app.finished()
        if self._follow_ups:
            await asyncio.wait(self._follow_ups)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":  # a websocket: closed before it opens
            await send({"type": "websocket.close", "code": 1000})
            return
        try:
            response = await self._answer(scope, receive)
        except Refused as refused:
            self._note_refusal(refused)
            response = BoltResponse(status=refused.status, body="")
        except Exception:
            _log.exception("A request could not be answered")
            response = BoltResponse(status=503, body="")
        await _send(send, response, is_head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> BoltResponse:
        method, path = str(scope["method"]), str(scope["path"])
        if path == EVENTS_PATH:
            if method != "POST":
                raise Refused(405, "only POST is for Slack")
            return await self._of_slack(scope, receive)
        if path == HEALTH or path in self._pages:
            if method not in {"GET", "HEAD"}:
                raise Refused(405, "this page is only to be looked at")
            return await self._health() if path == HEALTH else await self._page(path, scope)
        raise Refused(404, "nothing is here")

    async def _of_slack(self, scope: Scope, receive: Receive) -> BoltResponse:
        headers = _headers(scope)
        stamp, signature = _signature(headers)
        body = await body_of(headers, receive)
        if not self._is_signed(stamp, body, signature):
            raise Refused(401, "the signature is not Slack's")
        request = _request(body, headers)
        if not isinstance(cast("object", request.body), dict):
            raise Refused(400, "it is no payload")
        if request.body.get("type") == "url_verification":  # Slack tries the address out, before it is installed too
            return BoltResponse(status=200, body={"challenge": str(request.body.get("challenge", ""))})
        if request.body.get("ssl_check") == "1":
            return BoltResponse(status=200, body="")
        if problem := malformed(request.body):
            raise Refused(400, problem)
        return await self._taken(request, _key(request.body, signature))

    async def _taken(self, request: AsyncBoltRequest, key: str) -> BoltResponse:
        """The answer to a request that nobody has answered; a repeat has no effect."""
        if self._inside is None:
            return BoltResponse(status=503, body="")
        app, arrivals = self._inside
        is_event = key.startswith("event/")
        keep, patience = (KEEP_EVENTS, ABANDONED) if is_event else (KEEP_SIGNATURES, None)
        arrival = await arrivals.take(key, keep=keep, patience=patience)
        if arrival is not Arrival.NEW:
            if not is_event:
                raise Refused(409, "it has been seen before")
            # Done: Slack has its answer and stops. Under way: it asks again, and by then it is done or abandoned.
            return BoltResponse(status=200 if arrival is Arrival.DONE else 503, body="")
        response = BoltResponse(status=503, body="")
        try:
            if self._removed and await self._removed(request.body):
                response = BoltResponse(status=200, body="")
            else:
                response = await app.async_dispatch(request)
        finally:
            if is_event:
                self._follow_up(arrivals.done(key) if response.status < 500 else arrivals.put_back(key))
            if time.monotonic() - self._forgotten > _FORGET_SECONDS:
                self._forgotten = time.monotonic()
                self._follow_up(arrivals.forget())
        return response

    def _follow_up(self, work: Awaitable[object]) -> None:
        """Do something after the answer."""

        async def quietly() -> None:
            try:
                await work
            except Exception as error:
                _log.warning("A request could not be noted as answered: %s", error)

        task = asyncio.ensure_future(quietly())
        self._follow_ups.add(task)
        task.add_done_callback(self._follow_ups.discard)

    def _is_signed(self, stamp: str, body: bytes, signature: str) -> bool:
        if abs(time.time() - int(stamp)) > WINDOW_SECONDS:
            raise Refused(401, "its signature is too old")
        made = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={made}", signature)

    async def _page(self, path: str, scope: Scope) -> BoltResponse:
        query = scope["query_string"].decode("ascii", errors="replace")
        try:
            request = AsyncBoltRequest(body="", query=query, headers=_as_bolt(_headers(scope)))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Refused(400, "its query cannot be read") from error
        return await self._pages[path](request)

    async def _health(self) -> BoltResponse:
        """For whoever keeps this process running: 200 where it may be sent requests. It tells nothing else."""
        status = await self._status()
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return BoltResponse(
            status=200 if status == "ok" else 503, body=json.dumps({"status": status}), headers=cast("Any", headers)
        )

    async def _status(self) -> str:
        if self._is_draining:
            return "draining"
        if self._inside is None:
            return "not ready"
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                await self._inside.arrivals.reached()
        except Exception as error:
            _log.warning("The database does not answer: %s", error)
            return "no database"
        return "ok"

    def _note_refusal(self, refused: Refused) -> None:
        self._refusals += 1
        if time.monotonic() - self._told > _TOLD_SECONDS:
            _log.warning("%d requests were turned away; the last one: %s", self._refusals, refused)
            self._refusals, self._told = 0, time.monotonic()


def _headers(scope: Scope) -> Headers:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = (*found.get(key, ()), value.decode("latin-1"))
    return found


def _signature(headers: Headers) -> tuple[str, str]:
    """When a request says it was signed, in seconds since 1970, and its signature. Raises Refused before it is read."""
    stamps, signatures = (headers.get(f"x-slack-{name}", ()) for name in ("request-timestamp", "signature"))
    if len(stamps) != 1 or len(signatures) != 1 or not is_moment(stamps[0]) or not signatures[0].isascii():
        raise Refused(401, "it is not signed")
    return stamps[0], signatures[0]


def _as_bolt(headers: Headers) -> dict[str, Any]:
    return {name: list(values) for name, values in headers.items()}


def _request(body: bytes, headers: Headers) -> AsyncBoltRequest:
    """The request as bolt reads it. Raises Refused for what has no form at all."""
    try:
        made = AsyncBoltRequest(body=body.decode("utf-8"), headers=_as_bolt(headers))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(400, "it cannot be read") from error
    return made


def _key(body: Mapping[str, Any], signature: str) -> str:
    """What a request is known by: an event by its id, as each repeat is signed anew; all else by its signature."""
    event = body.get("event_id")
    if body.get("type") == "event_callback" and isinstance(event, str) and 0 < len(event) <= 64 and event.isalnum():
        return f"event/{event}"
    return f"signature/{hashlib.sha256(signature.encode()).hexdigest()}"


async def _send(send: Send, response: BoltResponse, *, is_head: bool) -> None:
    body = (response.body or "").encode()
    headers = [(name.encode(), value.encode()) for name, values in response.headers.items() for value in values]
    headers += [(b"content-length", str(len(body)).encode()), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
