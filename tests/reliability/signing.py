"""What Slack does before it sends a request over HTTP: one form per kind of payload, and a signature."""

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_numbers = itertools.count(1)


def signed(body: bytes, kind: str, *, at: float | None = None, secret: str = SECRET, **more: str) -> dict[str, str]:
    """The headers of a request signed now, or at another moment."""
    stamp = str(int(time.time() if at is None else at))
    made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}", **more}


def encoded(payload: dict[str, Any]) -> tuple[bytes, str]:
    """A payload as Slack writes it into a body, and the content type of that."""
    if payload.get("type") in {"event_callback", "url_verification"}:
        return json.dumps(payload).encode(), JSON
    if "command" in payload or "ssl_check" in payload:
        return urlencode({key: value for key, value in payload.items() if isinstance(value, str)}).encode(), FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def another(payload: dict[str, Any]) -> dict[str, Any]:
    """The same thing done once more: another trigger, so other bytes and another signature."""
    return payload | {"trigger_id": f"9.9.{next(_numbers)}"}
