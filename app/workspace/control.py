"""The people's door: one JSON API for the page and for tests.

    GET  /control/state[?user=U]          everything there is; with a user, what that user sees
    GET  /control/stream[?user=U]         server-sent events: message, ephemeral, view, home, clock, read, typing,
                                          thread, connection
    GET  /control/home?user=U             {"view": the published App Home or null}
    POST /control/say                     {"user", "channel", "text", "thread_ts"?} -> {"channel", "ts", "thread_ts"}
    POST /control/click                   {"user", "channel", "ts", "action_id", "value"?, "block_id"?}
                                          or {"user", "view_id", "action_id", "value"?, "values"?}
                                          -> {"acked", "after_ms", "view"?, "ephemeral"?, "ephemeral_ts"?, "warning"?}
    POST /control/submit                  {"user", "view_id", "values"} -> {"errors"} | {"view"} | {"closed"}, as click
    POST /control/close                   {"user", "view_id"} -> {"closed", "view"?: the one below}
    POST /control/command                 {"user", "channel", "command", "text"} -> as click
    POST /control/home                    {"user"} -> the published view, which is also under "view"
    POST /control/open                    {"user", "with"?} -> {"channel", "thread_ts"}
    POST /control/read                    {"user", "channel", "ts"} -> {"unread"}
    POST /control/clock                   {"days"} -> {"clock"}
    GET  /control/ads                     the demo ad account
    POST /control/fault                   {"method", "kind", "times"?}
    POST /control/disconnect              {"reason"?}: asks the app to come back on a new websocket -> {"asked"}

Channels may be named by id, name or, for the direct message with the app, the app's user id. Whatever cannot be done
answers 4xx with {"error": "..."}.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from fnmatch import fnmatchcase

from aiohttp import web

from app.workspace.api import OFFICE, OPEN_SOCKET
from app.workspace.elements import Unusable
from app.workspace.faults import KINDS
from app.workspace.interactions import Interactions
from app.workspace.methods import METHODS
from app.workspace.office import DemoHooks, Office
from app.workspace.people import BOT_NAME, BOT_USER
from app.workspace.portrait import portrait, unread
from app.workspace.wire import Json, as_object, as_text, decode, encode, is_object

Answer = Callable[[web.Request, Json], Awaitable[Json]]
MOST_DAYS = 400


def routes() -> list[web.RouteDef]:
    """What people may reach."""
    posts: dict[str, Answer] = {
        "say": say,
        "click": click,
        "submit": submit,
        "close": close,
        "command": command,
        "home": home,
        "open": open_,
        "read": read,
        "clock": clock,
        "fault": fault,
        "disconnect": disconnect,
    }
    gets: dict[str, Answer] = {"state": state, "home": shown_home, "ads": ads}
    return [
        *(web.post(f"/control/{name}", _posted(answer)) for name, answer in posts.items()),
        *(web.get(f"/control/{name}", _got(answer)) for name, answer in gets.items()),
        web.get("/control/stream", stream),
    ]


def _got(answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await _answered(answer, request, dict(request.query))

    return handle


def _posted(answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        # A form on a foreign page can post, but it cannot post this content type without being asked first.
        if request.content_type != "application/json":
            return _error("send JSON (content type application/json)", 415)
        try:
            body = decode(await request.read())
        except ValueError as problem:
            return _error(f"the body is not JSON: {problem}", 400)
        if not is_object(body):
            return _error("the body must be a JSON object", 400)
        return await _answered(answer, request, body)

    return handle


async def _answered(answer: Answer, request: web.Request, given: Json) -> web.StreamResponse:
    try:
        return web.json_response(await answer(request, given))
    except Unusable as problem:
        return _error(str(problem), 400)
    except LookupError as problem:
        return _error(str(problem.args[0]), 404)


def _error(problem: str, status: int) -> web.Response:
    return web.json_response({"error": problem}, status=status)


# Who and where -------------------------------------------------------------------------------------------------------


def _field(given: Json, name: str) -> str:
    if not (value := as_text(given.get(name))):
        raise Unusable(f"{name} is missing")
    return value


def _user(office: Office, given: Json) -> Json:
    user = office.people.user(_field(given, "user"))
    if user is None or user["is_bot"]:
        raise LookupError(f"there is no user {given['user']!r}")
    return user


def _channel(office: Office, given: Json, user: Json) -> Json:
    name = _field(given, "channel")
    if name.strip("@").lower() in {BOT_USER.lower(), BOT_NAME.lower()}:
        return office.people.direct(user["id"])
    channel = office.people.channel(name)
    if channel is None or (channel["is_im"] and user["id"] not in channel["members"]):
        raise LookupError(f"there is no channel {name!r}")
    if user["id"] not in channel["members"]:
        raise Unusable(f"{user['name']} is not in #{channel['name']}")
    return channel


def _office(request: web.Request) -> tuple[Office, Interactions]:
    office = request.app[OFFICE]
    return office, Interactions(office)


# What people do ------------------------------------------------------------------------------------------------------


async def say(request: web.Request, given: Json) -> Json:
    """Write a message."""
    office, people = _office(request)
    user = _user(office, given)
    return people.say(user, _channel(office, given, user), as_text(given.get("text")), given.get("thread_ts"))


async def click(request: web.Request, given: Json) -> Json:
    """Press a button or choose from a menu."""
    office, people = _office(request)
    user, action_id = _user(office, given), _field(given, "action_id")
    if given.get("view_id"):
        return await people.click_view(user, _field(given, "view_id"), action_id, given)
    return await people.click_message(user, _channel(office, given, user), _field(given, "ts"), action_id, given)


async def submit(request: web.Request, given: Json) -> Json:
    """Submit a modal."""
    office, people = _office(request)
    return await people.submit(_user(office, given), _field(given, "view_id"), as_object(given.get("values")))


async def close(request: web.Request, given: Json) -> Json:
    """Close a modal."""
    office, people = _office(request)
    return await people.close(_user(office, given), _field(given, "view_id"))


async def command(request: web.Request, given: Json) -> Json:
    """Type a slash command."""
    office, people = _office(request)
    user = _user(office, given)
    words = _field(given, "command")
    return await people.command(user, _channel(office, given, user), words, as_text(given.get("text")))


async def home(request: web.Request, given: Json) -> Json:
    """Open the App Home."""
    office, people = _office(request)
    view = await people.home(_user(office, given))
    return {**(view or {}), "view": view}


async def shown_home(request: web.Request, given: Json) -> Json:
    """The App Home as it was last published, without opening it."""
    office = request.app[OFFICE]
    return {"view": office.views.home(_user(office, given)["id"])}


async def open_(request: web.Request, given: Json) -> Json:
    """Open the conversation with the app."""
    office, people = _office(request)
    if str(given.get("with") or BOT_USER).strip("@").lower() not in {BOT_USER.lower(), BOT_NAME.lower()}:
        raise Unusable("direct messages are with the app only")
    return people.open(_user(office, given))


async def read(request: web.Request, given: Json) -> Json:
    """Mark a channel read."""
    office, people = _office(request)
    user = _user(office, given)
    people.read(user, _channel(office, given, user), _field(given, "ts"))
    return {"unread": unread(office, user)[0]}


async def state(request: web.Request, given: Json) -> Json:
    """Everything there is, or what one user sees."""
    office = request.app[OFFICE]
    return portrait(office, _user(office, given) if given.get("user") else None)


# The demo and its troubles -------------------------------------------------------------------------------------------


async def clock(request: web.Request, given: Json) -> Json:
    """Let days pass in the demo company."""
    office = request.app[OFFICE]
    days = given.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise Unusable(f"days must be a whole number from 1 to {MOST_DAYS}")
    today = await _demo(office).advance(days)
    office.feed.tell("clock", clock=today.isoformat())
    return {"clock": today.isoformat()}


async def ads(request: web.Request, given: Json) -> Json:
    """The demo ad account as it stands."""
    return await _demo(request.app[OFFICE]).ads()


async def fault(request: web.Request, given: Json) -> Json:
    """Make the next calls of a method fail."""
    office = request.app[OFFICE]
    method, kind, times = _field(given, "method"), _field(given, "kind"), given.get("times", 1)
    if kind not in KINDS:
        raise Unusable(f"kind must be one of {', '.join(KINDS)}")
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= 1000:
        raise Unusable("times must be a whole number from 1 to 1000")
    if method.startswith("ads."):
        await _demo(office).fault(kind, times)
    elif not any(fnmatchcase(name, method) for name in (*METHODS, OPEN_SOCKET)):
        raise Unusable(f"no Web API method is called {method!r}")
    else:
        office.faults.plan(method, kind, times)
    return {"method": method, "kind": kind, "times": times}


async def disconnect(request: web.Request, given: Json) -> Json:
    """Ask the app to come back on a new websocket."""
    reason = as_text(given.get("reason")) or "refresh_requested"
    if reason not in {"warning", "refresh_requested"}:
        raise Unusable("reason must be warning or refresh_requested")
    return {"asked": await request.app[OFFICE].sockets.refresh(reason)}


def _demo(office: Office) -> DemoHooks:
    if office.demo is None:
        raise LookupError("there is no demo company here")
    return office.demo


# Events --------------------------------------------------------------------------------------------------------------


async def stream(request: web.Request) -> web.StreamResponse:
    """What happens, as it happens."""
    office = request.app[OFFICE]
    user = office.people.user(request.query.get("user"))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    # A browser tab may close at any time, before the first byte too: that is its good right and no error.
    with office.feed.listen() as told, suppress(ConnectionError):
        await response.prepare(request)
        await response.write(_frame({"type": "connection", "connected": office.sockets.connected}))
        while True:
            try:
                event = await asyncio.wait_for(told.get(), 15)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if event is None:
                break
            if user is None or _concerns(office, event, user):
                await response.write(_frame(event))
    return response


def _frame(event: Json) -> bytes:
    return f"data: {encode(event)}\n\n".encode()


def _concerns(office: Office, event: Json, user: Json) -> bool:
    if "user" in event:
        return event["user"] == user["id"]
    channel = office.people.channel(event.get("channel"))
    return channel is None or user["id"] in channel["members"]
