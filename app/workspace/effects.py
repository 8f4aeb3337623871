"""What a person sees after doing something: a modal, a private answer, a changed message, or nothing."""

import asyncio
from collections.abc import Callable

from app.workspace.wire import Json

Told = asyncio.Queue[Json | None]

SETTLE_S = 0.12
"""Seconds to wait after a view or a private answer, for what comes with it."""
EDIT_SETTLE_S = 0.3
"""Seconds to wait after a changed message; a private answer often follows it."""


async def next_of(told: Told, patience: float, wanted: Callable[[Json], bool]) -> bool:
    """Wait for the next event that is wanted. False: none came within `patience` seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while True:
        try:
            event = told.get_nowait() if told.qsize() else await asyncio.wait_for(told.get(), until - loop.time())
        except TimeoutError:
            return False
        if event is None:
            return False
        if wanted(event):
            return True


def may_show(event: Json, user: str, ts: str) -> bool:
    """Whether an event can be what `user` sees after pressing on the message `ts`, if on any."""
    if event["type"] == "message":
        return event["change"] == "edited" and (not ts or event["message"]["ts"] == ts)
    return event.get("user") == user


async def seen_by(told: Told, user: str, ts: str, patience: float) -> Json:
    """What `user` sees within `patience` seconds: view, home, ephemeral (its text) and ephemeral_ts, if any.

    Comes back soon after the first of it. `ts` is the message that was pressed, if any.
    """
    seen: Json = {}
    settle = SETTLE_S

    def matters(event: Json) -> bool:
        nonlocal settle
        if not may_show(event, user, ts):
            return False
        kind = event["type"]
        settle = EDIT_SETTLE_S if kind == "message" else SETTLE_S
        if kind == "message":
            return True
        if kind == "ephemeral" and event["change"] == "posted":
            seen["ephemeral"], seen["ephemeral_ts"] = event["message"]["text"], event["message"]["ts"]
            return True
        if kind in {"view", "home"} and event["view"] is not None:
            seen[kind] = event["view"]
            return True
        return False

    while await next_of(told, patience, matters):
        patience = settle
    return seen
