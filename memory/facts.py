"""How a frozen fact is stored, and how it is fingerprinted."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

from pydantic import BaseModel

from memory.people import vault

_EXACT = 2**53
"""Up to here a float holds every whole number exactly."""


def body(fact: BaseModel) -> dict[str, Any]:
    """A fact as JSON, for a body column."""
    return fact.model_dump(mode="json")


def digest(fact: BaseModel) -> str:
    """The sha256 of a fact, the same whatever order a database gives its keys back in."""
    return digest_of(body(fact))


def digest_of(stored: Mapping[str, Any]) -> str:
    """The sha256 of a body as stored. Of sealed words only their keyed digest counts: it stays when they are erased."""
    text = json.dumps(_as_kept(stored), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(vault.emptied(text).encode()).hexdigest()


def _as_kept(value: object) -> object:
    """As it is after a database had it: numbers without telling 12 from 12.0 or 0.0 from -0.0, moments in UTC, days."""
    if isinstance(value, dict):
        return {name: _as_kept(one) for name, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_as_kept(one) for one in cast("list[object]", value)]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        return int(number) if abs(number) < _EXACT and number.is_integer() else number
    return value


def told(value: date | None) -> str | None:
    """A moment or a day as a line of the ledger says it: the same whatever zone a database gives it back in."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value and value.isoformat()


def new_name(prefix: str) -> str:
    """An id for what somebody does: doing it again, even in the same moment, is another thing."""
    return f"{prefix}_{secrets.token_hex(6)}"


def name_of(prefix: str, *parts: object) -> str:
    """An id made from the business fact, so that doing something twice names the same thing."""
    text = "\n".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def token_of(proposal_id: str, version: object) -> str:
    """Our own name for the effect of a decided version on a platform: the same on every try."""
    return hashlib.sha256(f"{proposal_id}/{version}/1".encode()).hexdigest()[:32]
