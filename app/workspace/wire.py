"""JSON as it travels, read with care, and Slack's way of saying no."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

Json = dict[str, Any]


class Refused(Exception):
    """A call Slack would refuse. `error` is Slack's own code; `details` go into the answer beside it."""

    def __init__(
        self, error: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **details: Any
    ) -> None:
        super().__init__(error)
        self.error, self.status, self.headers, self.details = error, status, dict(headers or {}), details

    @property
    def answer(self) -> Json:
        """The body Slack would send."""
        return {"ok": False, "error": self.error, **self.details}


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON list."""
    return isinstance(value, list)


def as_object(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if is_object(value) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON list, else an empty one."""
    return value if is_list(value) else []


def as_text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def as_flag(value: object) -> bool:
    """Whether an argument says yes: true, "true", 1, "1"."""
    return value is True or value == 1 or str(value).lower() in {"true", "1"}


def objects(value: object) -> list[Json]:
    """The objects in a list."""
    return [item for item in as_list(value) if is_object(item)]


def walk(value: object) -> Iterator[Json]:
    """Every object inside a JSON value, outermost first."""
    if is_object(value):
        yield value
        for item in value.values():
            yield from walk(item)
    elif is_list(value):
        for item in value:
            yield from walk(item)


def decode(words: str | bytes) -> Any:
    """Parse JSON. Raises ValueError; NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(words, parse_constant=refuse)


def encode(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
