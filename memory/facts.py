"""How a frozen fact is stored, and how it is fingerprinted."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel

from memory import vault


def body(fact: BaseModel) -> dict[str, Any]:
    """A fact as JSON, for a body column."""
    return fact.model_dump(mode="json")


def digest(fact: BaseModel) -> str:
    """The sha256 of a fact, the same whatever order a database gives its keys back in."""
    return digest_of(body(fact))


def digest_of(stored: dict[str, Any]) -> str:
    """The sha256 of a body as stored. Of sealed words only their keyed digest counts: it stays when they are erased."""
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(vault.emptied(text).encode()).hexdigest()


def name_of(prefix: str, *parts: object) -> str:
    """An id made from the business fact, so that doing something twice names the same thing."""
    text = "\n".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
