"""How a frozen fact is stored, and how it is fingerprinted."""

import hashlib
import hmac
import json
from typing import Any

from pydantic import BaseModel


def body(fact: BaseModel) -> dict[str, Any]:
    """A fact as JSON, for a body column."""
    return fact.model_dump(mode="json")


def digest(fact: BaseModel) -> str:
    """The sha256 of a fact, the same whatever order a database gives its keys back in."""
    text = json.dumps(body(fact), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def veiled(words: str, salt: str) -> str:
    """A keyed digest of a person's own words. Without the salt, which is erased with them, it tells nothing."""
    return hmac.new(salt.encode(), words.encode(), hashlib.sha256).hexdigest()


def name_of(prefix: str, *parts: object) -> str:
    """An id made from the business fact, so that doing something twice names the same thing."""
    text = "\n".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
