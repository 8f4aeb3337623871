"""JSON as it travels, read with care, and Slack's way of saying no."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

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


def as_object(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return cast(Json, value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a JSON list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def as_text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def as_flag(value: object) -> bool:
    """Whether an argument says yes: true, "true", 1, "1"."""
    return value is True or value == 1 or str(value).lower() in {"true", "1"}


def objects(value: object) -> list[Json]:
    """The objects in a list."""
    return [as_object(item) for item in as_list(value) if isinstance(item, dict)]


def walk(value: object) -> Iterator[Json]:
    """Every object inside a JSON value, outermost first."""
    if isinstance(value, dict):
        yield as_object(value)
        for item in as_object(value).values():
            yield from walk(item)
    for item in as_list(value):
        yield from walk(item)


def decode(words: str | bytes) -> Any:
    """Parse JSON. Raises ValueError; NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(words, parse_constant=refuse)


def encode(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
