"""The app's door: the Web API, websocket addresses, response addresses and uploads."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from app.workspace.methods import METHODS
from app.workspace.methods.call import Call, Method, need, refuse_blocks
from app.workspace.methods.chat import checked
from app.workspace.methods.files import LARGEST, receive
from app.workspace.office import APP_TOKEN, BOT_TOKEN, Office
from app.workspace.people import BOT_USER
from app.workspace.sockets import Sockets
from app.workspace.wire import Json, Refused, as_flag, decode, is_object

log = logging.getLogger(__name__)

OFFICE = web.AppKey("office", Office)
OPEN_SOCKET = "apps.connections.open"


def routes() -> list[web.RouteDef]:
    """What the app may reach."""
    return [
        web.route("*", "/api/{method}", call_method),
        web.get("/link/", open_socket),
        web.post("/response/{name}", respond),
        web.post("/upload/{ticket}", upload),
        web.get("/files/{file}/{name}", download),
    ]


async def call_method(request: web.Request) -> web.StreamResponse:
    """Answer one Web API call, or fail in the way that was asked for."""
    office, name = request.app[OFFICE], request.match_info["method"]
    fault = office.faults.next(name)
    if fault == "429":
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
    if fault == "500":
        return web.json_response({"ok": False, "error": "internal_error"}, status=500)
    if fault == "timeout":
        return await _leave_hanging(request, office.timing.lost)
    try:
        args, token = await _arguments(request)
        answer = _answer(office, name, args, token)
    except Refused as refusal:
        log.debug("%s refused: %s %s", name, refusal.error, refusal.details)
        return web.json_response(refusal.answer, status=refusal.status, headers=refusal.headers)
    if fault == "applied_then_lost":
        return await _leave_hanging(request, 0)
    return web.json_response({"ok": True, **answer}, headers={"x-oauth-scopes": ",".join(office.scopes)})


def _answer(office: Office, name: str, args: Mapping[str, Any], token: str) -> Json:
    if not token:
        raise Refused("not_authed")
    if token not in {BOT_TOKEN, APP_TOKEN}:
        raise Refused("invalid_auth")
    if name == OPEN_SOCKET:
        if token != APP_TOKEN:
            raise Refused("not_allowed_token_type")
        office.rates.take(name, None)
        return {"url": f"{office.address.replace('http', 'ws', 1)}/link/?ticket={office.sockets.ticket()}"}
    method: Method | None = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", req_method=name)
    if token != BOT_TOKEN:
        raise Refused("not_allowed_token_type")
    if method.scope:
        need(office, method.scope)
    channel = office.people.channel(args.get("channel"))
    office.rates.take(name, method.tier, channel["id"] if channel else str(args.get("channel")))
    with office.store.transaction():
        return method.answer(Call(office, args))


async def _arguments(request: web.Request) -> tuple[dict[str, Any], str]:
    """Arguments of query, form and JSON body together, and the token."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = decode(await request.read() or b"{}")
        except ValueError:
            raise Refused("invalid_json") from None
        if not is_object(body):
            raise Refused("json_not_object")
        args |= {key: value for key, value in body.items() if value is not None}
    elif request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return args, bearer.strip() if scheme.lower() == "bearer" else str(args.get("token") or "")


async def _leave_hanging(request: web.Request, seconds: float) -> web.StreamResponse:
    """Give no answer: wait until the caller has gone, at most `seconds`, and cut the line."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until and request.transport and not request.transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(0.05)  # A transport tells nobody when it closes.
    if request.transport:
        request.transport.abort()
    raise web.HTTPServiceUnavailable


async def open_socket(request: web.Request) -> web.StreamResponse:
    """A websocket of the app."""
    sockets: Sockets = request.app[OFFICE].sockets
    return await sockets.connect(request)


async def respond(request: web.Request) -> web.StreamResponse:
    """What the app sends to a response_url."""
    office = request.app[OFFICE]
    try:
        args, _ = await _arguments(request)
        with office.store.transaction():
            _respond(office, Call(office, args), request.match_info["name"])
    except Refused as refusal:
        status = refusal.status if refusal.status != 200 else 400
        return web.json_response(refusal.answer, status=status)
    return web.json_response({"ok": True})


def _respond(office: Office, call: Call, name: str) -> None:
    place = office.use_response_url(name)
    channel, user, ts = office.people.channel(place["channel"]), str(place["user"]), str(place["ts"])
    if channel is None:
        raise Refused("channel_not_found", status=404)
    if as_flag(call.args.get("delete_original")):
        if place["ephemeral"]:
            office.drop_whisper(channel["id"], user, ts)
        elif message := office.store.message(channel["id"], ts):
            office.delete(channel, message)
        return
    parts = checked(call)
    if as_flag(call.args.get("replace_original")) and ts:
        whispered = office.store.ephemeral(channel["id"], ts, user)
        original = whispered if place["ephemeral"] else office.store.message(channel["id"], ts)
        if original is None:
            raise Refused("message_not_found", status=404)
        fresh = office.compose(BOT_USER, **parts)
        changed = {key: value for key, value in original.items() if key not in {"blocks", "attachments"}}
        changed |= {key: fresh[key] for key in ("text", "blocks", "attachments") if key in fresh}
        if place["ephemeral"]:
            office.whisper(channel["id"], user, changed)
        else:
            office.edit(channel, changed)
        return
    given_thread = call.text("thread_ts")
    message = office.compose(BOT_USER, thread_ts=office.root_of(channel["id"], given_thread), **parts)
    if call.text("response_type") == "in_channel":
        office.post(channel, message)
    elif call.text("response_type") in {"", "ephemeral"}:
        office.whisper(channel["id"], user, message)
    else:
        refuse_blocks(["response_type: must be in_channel or ephemeral"])


async def upload(request: web.Request) -> web.StreamResponse:
    """The bytes of a file, raw or as a form."""
    office = request.app[OFFICE]
    data = b""
    if request.content_type.startswith("multipart/"):
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                data = part.file.read()
    else:
        data = await request.content.read(LARGEST + 1) if not request.content_length else await request.read()
    try:
        size = receive(Call(office, {}), request.match_info["ticket"], data)
    except Refused as refusal:
        return web.json_response(refusal.answer, status=refusal.status)
    return web.Response(text=f"OK - {size}")


async def download(request: web.Request) -> web.StreamResponse:
    """The contents of a shared file."""
    office = request.app[OFFICE]
    file = office.store.get("files", request.match_info["file"])
    data = office.store.bytes_of(file["id"]) if file and file["complete"] else None
    if file is None or data is None:
        raise web.HTTPNotFound(text="No such file.")
    kind = str(file["mimetype"])
    # Only pictures are shown in place; anything else might bring its own scripts.
    shown = kind in {"image/png", "image/jpeg", "image/gif", "image/webp"}
    headers = {} if shown else {"Content-Disposition": "attachment"}
    return web.Response(body=data, content_type=kind if shown else "application/octet-stream", headers=headers)
