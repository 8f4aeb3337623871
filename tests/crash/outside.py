"""The world outside: an ad account and a Slack over HTTP. They outlive everybody and remember what was done to them.

Both run on a thread of the test's own process. What they were asked can be counted, and made to fail at the n-th call.
"""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.bot.fakes import FakeSlack

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


EVERYTHING = frozenset({"values", "tasks", "fences"})


@dataclass
class Account:
    """An ad account that speaks the protocol of docs/architecture.md, and writes down every effect."""

    values: dict[str, str]
    recognises: frozenset[str] = EVERYTHING
    """What the same token again does nothing anew for, "values" and "tasks", and whether it heeds "fences". Many real
    platforms know no such thing."""
    thinks_seconds: float = 0
    """Between comparing and setting: a platform whose preconditions are not checked in one piece with the write."""
    tasks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    effects: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What was done, as (token, what), in order. Doing it twice is two lines."""
    answered: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    fences: dict[str, int] = field(default_factory=dict[str, int])
    """The highest heard of, by token."""

    @property
    def doubled(self) -> list[str]:
        """Effects that came more than once, whatever token they came under."""
        return [what for what, times in Counter(what for _, what in self.effects).items() if times > 1]

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/values", self._read_values),
            web.post("/values", self._set_values),
            web.get("/tasks", self._read_tasks),
            web.post("/tasks", self._create_task),
            web.post("/fences", self._keep_out),
        ]

    def _is_late(self, asked: dict[str, Any]) -> bool:
        """Whether a later holder of the action was here already."""
        token, fence = asked["token"], asked["fence"]
        if "fences" not in self.recognises or fence >= self.fences.get(token, fence):
            self.fences[token] = fence
            return False
        return True

    async def _keep_out(self, request: web.Request) -> web.Response:
        if "fences" not in self.recognises:
            return web.json_response({"error": "no such call"}, status=404)
        if self._is_late(await request.json()):
            return web.json_response({"error": "fenced"}, status=409)
        return web.json_response({})

    async def _read_values(self, request: web.Request) -> web.Response:
        wanted = request.query.getall("address")
        if unknown := [address for address in wanted if address not in self.values]:
            return web.json_response({"error": f"no {unknown[0]}"}, status=404)
        return web.json_response({"values": {address: self.values[address] for address in wanted}})

    async def _set_values(self, request: web.Request) -> web.Response:
        asked = await request.json()
        token, settings = asked["token"], asked["set"]
        if self._is_late(asked):
            return web.json_response({"error": "fenced"}, status=409)
        if "values" in self.recognises and token in self.answered:
            return web.json_response(self.answered[token])
        if any(self.values[one["address"]] != one["was"] for one in settings):
            live = {one["address"]: self.values[one["address"]] for one in settings}
            return web.json_response({"error": "precondition", "values": live}, status=409)
        if self.thinks_seconds:
            await asyncio.sleep(self.thinks_seconds)
        for one in settings:
            self.values[one["address"]] = one["to"]
        self.effects.append((token, json.dumps(settings, sort_keys=True)))
        self.answered[token] = {"answer": "set", "values": {one["address"]: one["to"] for one in settings}}
        return web.json_response(self.answered[token])

    async def _read_tasks(self, request: web.Request) -> web.Response:
        token = request.query["token"]
        return web.json_response({"tasks": [task for task in self.tasks if task["token"] == token]})

    async def _create_task(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if self._is_late(asked):
            return web.json_response({"error": "fenced"}, status=409)
        known = next((task for task in self.tasks if task["token"] == asked["token"]), None)
        if known is None or "tasks" not in self.recognises:
            wanted = {name: asked[name] for name in ("token", "entity", "task", "details")}
            self.tasks.append(wanted | {"created_on": "2026-03-15", "done_on": None})
            what = {name: asked[name] for name in ("entity", "task", "details")}
            self.effects.append((asked["token"], json.dumps(what, sort_keys=True)))
        return web.json_response({"answer": "a task was created"}, status=201)


@dataclass
class Faults:
    """Which calls fail, counted from the first call after `start`, and how."""

    failing: Callable[[int], str] = lambda _: ""
    """The n-th call → "refused" (nothing was done), "lost" (it was done, no answer came), "500" or "" (all is well)."""
    calls: list[str] = field(default_factory=list[str])
    """Every call since `start`: "POST /values"."""
    failed: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """Number and call."""

    def start(self, failing: Callable[[int], str] = lambda _: "") -> None:
        self.failing, self.calls, self.failed = failing, [], []

    @web.middleware
    async def between(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/buttons":  # people looking at their screen
            return await handler(request)
        call = f"{request.method} {request.path}"
        self.calls.append(call)
        kind = self.failing(len(self.calls))
        if kind:
            self.failed.append((len(self.calls), call))
        if kind == "refused":
            return _hung_up(request)
        answer = await handler(request)
        if kind == "lost":
            return _hung_up(request)
        return web.Response(status=500, text="oops") if kind == "500" else answer


def _hung_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.close()
    return web.Response(status=500)


class Outside:
    """An ad account and a Slack, answering on loopback until the block ends."""

    def __init__(self, values: dict[str, str]) -> None:
        self.account, self.slack = Account(values), FakeSlack()
        self.account_faults, self.slack_faults = Faults(), Faults()
        self.account_address = self.slack_address = ""

    @contextmanager
    def answering(self) -> Iterator["Outside"]:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        runners = asyncio.run_coroutine_threadsafe(self._open(), loop).result(30)
        try:
            yield self
        finally:
            for runner in runners:
                asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _open(self) -> list[web.AppRunner]:
        account = web.Application(middlewares=[self.account_faults.between])
        account.router.add_routes(self.account.routes())
        self.slack.app.middlewares.append(self.slack_faults.between)
        self.slack.app.router.add_get("/buttons", self._buttons)
        runners = [web.AppRunner(app, shutdown_timeout=0.1) for app in (account, self.slack.app)]
        addresses = [await _listening(runner) for runner in runners]
        self.account_address, self.slack_address = addresses
        self.slack.address = self.slack_address
        return runners

    async def _buttons(self, request: web.Request) -> web.Response:
        """What people can press now: the values of every card's approve buttons."""
        del request
        return web.json_response(self.buttons())

    def buttons(self) -> list[str]:
        """What is open on the cards: "proposal:version"."""
        found = [element for one in self.slack.messages.values() for element in elements(one.get("blocks") or [])]
        return [one["value"] for one in found if one.get("action_id") == "approve_proposal"]


def elements(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All elements of a message's action blocks."""
    return [element for block in blocks for element in block.get("elements", []) if isinstance(element, dict)]


async def _listening(runner: web.AppRunner) -> str:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
