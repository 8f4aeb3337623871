"""The demo ad account over HTTP: the protocol of docs/architecture.md §3, the demo's clock, and faults on request."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import Field, ValidationError

from app.demo.book import AccountRefusal, Company
from app.demo.levers import address_of, work_of
from app.demo.log import TaskCreated, ValueChange, ValuesSet
from app.demo.standing import creative_rows
from domain.base import Frozen
from domain.errors import StartupError

_HANGS_SECONDS = 30.0
"""How long a call hangs that was asked to time out."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class _Set(Frozen):
    token: str = Field(min_length=1)
    fence: int | None = None
    by: str = ""
    set: tuple[ValueChange, ...] = Field(min_length=1)


class _Task(Frozen):
    token: str = Field(min_length=1)
    fence: int | None = None
    by: str = ""
    entity: str
    task: str
    details: dict[str, str] = Field(default_factory=dict[str, str])


class _Fence(Frozen):
    token: str = Field(min_length=1)
    fence: int
    by: str = ""


class _Clock(Frozen):
    days: int = Field(default=1, ge=1, le=366)


class _Faults(Frozen):
    kind: Literal["429", "500", "timeout", "applied_then_lost"]
    times: int = Field(default=1, ge=1)


@dataclass(slots=True)
class _Trouble:
    """Faults still to come, in the order they were asked for."""

    waiting: deque[str]


_COMPANY = web.AppKey("company", Company)
_TROUBLE = web.AppKey("trouble", _Trouble)
_LOCK = web.AppKey("lock", asyncio.Lock)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def account_app(company: Company) -> web.Application:
    """All routes. Nothing is opened here."""
    app = web.Application(middlewares=[_guard, _refuse, _fail])
    app[_COMPANY], app[_TROUBLE], app[_LOCK] = company, _Trouble(deque()), asyncio.Lock()
    app.add_routes(
        [
            web.get("/values", _get_values),
            web.post("/values", _post_values),
            web.get("/tasks", _get_tasks),
            web.post("/tasks", _post_tasks),
            web.post("/fences", _post_fences),
            web.get("/ads", _get_ads),
            web.get("/clock", _get_clock),
            web.post("/clock", _post_clock),
            web.post("/faults", _post_faults),
        ]
    )
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No browser: the account has no page, so whatever a page sends comes from elsewhere and must move no budget."""
    try:
        host = urlsplit(f"//{request.host}").hostname
    except ValueError:
        host = None
    if host not in _LOOPBACK:  # a foreign name that was made to point at this machine
        return web.json_response({"error": "this server answers to loopback addresses only"}, status=403)
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        return web.json_response({"error": "this server answers to no web page"}, status=403)
    if request.method == "POST" and request.content_type != "application/json":
        return web.json_response({"error": "send JSON (content type application/json)"}, status=415)
    return await handler(request)


@web.middleware
async def _refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except AccountRefusal as refusal:
        return web.json_response(refusal.answer, status=refusal.status)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return web.json_response({"error": "invalid request", "problems": problems}, status=400)


@web.middleware
async def _fail(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Fail as asked. An applied-then-lost write waits for a write; the other faults take the next call."""
    waiting = request.app[_TROUBLE].waiting
    if request.path not in {"/values", "/tasks"} or not waiting:
        return await handler(request)
    if waiting[0] == "applied_then_lost" and request.method != "POST":
        return await handler(request)
    match waiting.popleft():
        case "429":
            return web.json_response({"error": "rate limited"}, status=429, headers={"Retry-After": "1"})
        case "500":
            return web.json_response({"error": "internal"}, status=500)
        case "timeout":
            await asyncio.sleep(_HANGS_SECONDS)
        case _:
            await handler(request)
    if request.transport is not None:
        request.transport.abort()
    raise web.HTTPServiceUnavailable


async def _get_values(request: web.Request) -> web.Response:
    live = request.app[_COMPANY].values()
    wanted = request.query.getall("address", [])
    for address in wanted:
        if address not in live:
            raise AccountRefusal(404, error="unknown address", address=address)
    return web.json_response({"values": {address: live[address] for address in wanted}})


async def _post_values(request: web.Request) -> web.Response:
    asked = _Set.model_validate_json(await request.read())
    async with request.app[_LOCK]:
        await _hear(request, asked)
        values = await asyncio.to_thread(request.app[_COMPANY].set_values, asked.token, asked.by, asked.set)
    answer = "set " + ", ".join(f"{address} to {value}" for address, value in values.items())
    return web.json_response({"answer": answer, "values": values})


async def _get_tasks(request: web.Request) -> web.Response:
    company, token = request.app[_COMPANY], request.query.get("token")
    return web.json_response({"tasks": [_shown(company, t) for t in company.tasks() if token in {None, t.token}]})


async def _post_tasks(request: web.Request) -> web.Response:
    asked, company = _Task.model_validate_json(await request.read()), request.app[_COMPANY]
    async with request.app[_LOCK]:
        await _hear(request, asked)
        task = await asyncio.to_thread(
            company.create_task, asked.token, asked.by, asked.entity, asked.task, asked.details
        )
    return web.json_response({"answer": f"task {task.task} created for {task.entity}", "task": _shown(company, task)})


async def _post_fences(request: web.Request) -> web.Response:
    asked = _Fence.model_validate_json(await request.read())
    async with request.app[_LOCK]:
        await _hear(request, asked)
    return web.json_response({"fence": asked.fence})


async def _hear(request: web.Request, asked: _Set | _Task | _Fence) -> None:
    """Let a call pass unless a later holder of its token was here already; that it came is on disk first."""
    if asked.fence is not None:
        await asyncio.to_thread(request.app[_COMPANY].hear, asked.token, asked.fence)


def _shown(company: Company, task: TaskCreated) -> dict[str, Any]:
    return {
        "token": task.token,
        "by": task.by,
        "entity": task.entity,
        "task": task.task,
        "details": dict(task.details),
        "created_on": task.day.isoformat(),
        "done_on": task.done_on.isoformat() if task.done_on <= company.today else None,
    }


async def _get_clock(request: web.Request) -> web.Response:
    return web.json_response({"today": request.app[_COMPANY].today.isoformat()})


async def _post_clock(request: web.Request) -> web.Response:
    asked = _Clock.model_validate_json(await request.read())
    async with request.app[_LOCK]:
        today = await asyncio.to_thread(request.app[_COMPANY].advance, asked.days)
    return web.json_response({"today": today.isoformat()})


async def _post_faults(request: web.Request) -> web.Response:
    asked = _Faults.model_validate_json(await request.read())
    request.app[_TROUBLE].waiting.extend([asked.kind] * asked.times)
    return web.json_response({"waiting": list(request.app[_TROUBLE].waiting)})


async def _get_ads(request: web.Request) -> web.Response:
    return web.json_response(account_view(request.app[_COMPANY]))


def account_view(company: Company) -> dict[str, Any]:
    """The whole account as it stands, with every change and task, newest first."""
    live, world = company.values(), company.world
    work = [item for item in work_of(company.entries) if item.done_on <= company.today]
    shown = {row["ad_id"]: row for row in creative_rows(world, work)}
    accounts = [
        {
            "platform": account.platform,
            "account_id": account.id,
            "name": account.name,
            "currency": account.currency,
            "campaigns": [
                {
                    "campaign_id": campaign.id,
                    "name": campaign.name,
                    "objective": campaign.objective,
                    "address": (place := address_of(world, campaign)),
                    "status": live[f"{place}/status"],
                    "daily_budget": live[f"{place}/daily_budget"],
                    "target_cpa": live[f"{place}/target_cpa"],
                    "ads": [
                        {
                            "ad_id": ad.id,
                            "name": ad.name,
                            "status": live[f"{address_of(world, campaign, ad)}/status"],
                            "creative": {
                                "asset_id": shown[ad.id]["asset_id"],
                                "format": shown[ad.id]["format"],
                                "headline": shown[ad.id]["headline"],
                                "launched_on": str(shown[ad.id]["launched_on"]),
                            },
                        }
                        for ad in campaign.ads
                    ],
                }
                for campaign in world.campaigns
                if campaign.account_id == account.id
            ],
        }
        for account in world.accounts
    ]
    history = [
        {"day": entry.day.isoformat(), "by": entry.by, "token": entry.token} | change.model_dump()
        for entry in company.entries
        if isinstance(entry, ValuesSet)
        for change in entry.changes
    ]
    return {
        "company": world.name,
        "today": company.today.isoformat(),
        "accounts": accounts,
        "history": history[::-1],
        "tasks": [_shown(company, task) for task in reversed(company.tasks())],
    }


@dataclass(frozen=True, slots=True)
class AccountServer:
    """The ad account, listening."""

    address: str
    """"http://127.0.0.1:41873"."""
    runner: web.AppRunner

    async def close(self) -> None:
        """Stop listening."""
        await self.runner.cleanup()


async def serve(company: Company, host: str = "127.0.0.1", port: int = 0) -> AccountServer:
    """Open the ad account on a port; 0 picks a free one. Raises StartupError."""
    runner = web.AppRunner(account_app(company), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise StartupError(f"The ad account cannot listen on {host}:{port}: {error.strerror}.") from error
    return AccountServer(f"http://{host}:{runner.addresses[0][1]}", runner)
