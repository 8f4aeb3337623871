"""An ad account over real HTTP that fails as platforms do: after it acted, amid an answer, with old values."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

FAULTS = (
    "applied then dropped",
    "429",
    "5xx after apply",
    "slow past the timeout",
    "truncated JSON",
    "stale read",
    "wrong type",
    "reset mid-answer",
)
SLOW_SECONDS = 0.5
"""Longer than the client of these tests waits."""
_WRONG = ({"answer": 17}, ["set"], "set", None, {"answer": None}, {"answers": "set"})


@dataclass
class Trouble:
    """What happens to one object's calls, drawn from a seed."""

    kind: str
    times: int
    """So many writes in a row go wrong."""
    stale: int
    """So many reads after the first write still show the old value."""
    deaf: int
    """So many reads fail after the first write."""
    early: bool
    """Whether a slow call acts before it waits."""
    knows_tokens: bool
    """Whether a token that was seen before sets nothing anew. Without, only the precondition protects."""
    words: Any = None


def trouble(kind: str, seed: int) -> Trouble:
    """One variation of a fault."""
    draw = random.Random(f"{kind}/{seed}")
    lag = draw.randint(1, 4) if kind == "stale read" else draw.choice([0, 0, 0, 1, 2])
    return Trouble(
        kind=kind,
        times=draw.randint(1, 3),
        stale=lag,
        deaf=draw.choice([0, 0, 1, 2]),
        early=draw.random() < 0.5,
        knows_tokens=draw.random() < 0.5,
        words=draw.choice(_WRONG),
    )


@dataclass
class FaultyAccount:
    """Keeps the protocol of docs/architecture.md wherever it is not troubled."""

    values: dict[str, str]
    troubles: dict[str, Trouble] = field(default_factory=dict[str, Trouble])
    """By campaign id, or by ad id for tasks."""
    effects: Counter[str] = field(default_factory=Counter[str])
    """How often each object was acted on."""
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    answered: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    old: dict[str, str] = field(default_factory=dict[str, str])

    def application(self) -> web.Application:
        """The server's routes."""
        app = web.Application()
        app.router.add_get("/values", self._values)
        app.router.add_post("/values", self._set)
        app.router.add_get("/tasks", self._tasks)
        app.router.add_post("/tasks", self._create)
        return app

    async def _values(self, request: web.Request) -> web.Response:
        shown: dict[str, str] = {}
        for address in request.query.getall("address"):
            held = self.troubles.get(_named(address))
            if held and self.effects[_named(address)] and held.deaf:
                held.deaf -= 1
                return web.json_response({"error": "try later"}, status=503)
            is_old = held is not None and address in self.old and held.stale > 0
            if is_old and held is not None:
                held.stale -= 1
            shown[address] = self.old[address] if is_old else self.values[address]
        return web.json_response({"values": shown})

    async def _set(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        (change,) = asked["set"]
        name = _named(change["address"])

        def act() -> tuple[int, dict[str, Any]]:
            held = self.troubles.get(name)
            if (held is None or held.knows_tokens) and asked["token"] in self.answered:
                return 200, self.answered[asked["token"]]
            live = self.values[change["address"]]
            if live != change["was"]:
                return 409, {"error": "precondition", "values": {change["address"]: live}}
            self.old[change["address"]] = live
            self.values[change["address"]] = change["to"]
            self.effects[name] += 1
            self.answered[asked["token"]] = {"answer": "set", "values": {change["address"]: change["to"]}}
            return 200, self.answered[asked["token"]]

        return await self._troubled(request, name, act)

    async def _tasks(self, request: web.Request) -> web.Response:
        task = self.tasks.get(request.query["token"])
        held = self.troubles.get(_named(task["entity"])) if task else None
        if held and held.deaf:
            held.deaf -= 1
            return web.json_response({"error": "try later"}, status=503)
        if held and held.stale:
            held.stale -= 1
            task = None
        return web.json_response({"tasks": [task] if task else []})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        name = _named(asked["entity"])

        def act() -> tuple[int, dict[str, Any]]:
            if asked["token"] not in self.tasks:
                self.tasks[asked["token"]] = {key: asked[key] for key in ("token", "entity", "task", "details")}
                self.effects[name] += 1
            return 201, {"answer": "task created"}

        return await self._troubled(request, name, act)

    async def _troubled(self, request: web.Request, name: str, act: Any) -> web.StreamResponse:
        held = self.troubles.get(name)
        if held is None or held.times <= 0 or held.kind == "stale read":
            status, body = act()
            return web.json_response(body, status=status)
        held.times -= 1
        if held.kind == "429":
            return web.json_response({"error": "rate limited"}, status=429, headers={"Retry-After": "1"})
        if held.kind == "slow past the timeout" and not held.early:
            await asyncio.sleep(SLOW_SECONDS)
        status, body = act()
        text = json.dumps(body).encode()
        match held.kind:
            case "applied then dropped":
                assert request.transport
                request.transport.abort()
            case "5xx after apply":
                return web.json_response({"error": "bad gateway"}, status=502)
            case "slow past the timeout":
                await asyncio.sleep(SLOW_SECONDS if held.early else 0)
            case "truncated JSON":
                return web.Response(body=text[: len(text) // 2], content_type="application/json")
            case "wrong type":
                return web.json_response(held.words)
            case "reset mid-answer":
                answer = web.StreamResponse(headers={"Content-Length": str(len(text)), "Content-Type": "text/json"})
                await answer.prepare(request)
                await answer.write(text[: len(text) // 2])
                assert request.transport
                request.transport.abort()
                return answer
            case _:
                raise AssertionError(held.kind)
        return web.json_response(body, status=status)


def _named(address: str) -> str:
    """The object of an address: "c3" of "meta/a1/campaign/c3/daily_budget"."""
    return address.split("/")[3]
