"""One Web API call with its arguments, and what each method asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.workspace.office import Office
from app.workspace.wire import Json, Refused, as_flag, as_text, decode


@dataclass(frozen=True)
class Call:
    """A Web API call: token and scopes are already checked."""

    office: Office
    args: Mapping[str, Any]
    """From query, form and JSON body together."""

    def text(self, name: str) -> str:
        """An argument as text; empty when missing."""
        value = self.args.get(name)
        return str(value) if isinstance(value, int | float) else as_text(value)

    def flag(self, name: str) -> bool:
        """Whether an argument says yes."""
        return as_flag(self.args.get(name))

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number between 1 and `most`."""
        try:
            return max(1, min(most, int(self.args.get(name) or default)))
        except (TypeError, ValueError):
            raise invalid(f"{name} must be a number") from None

    def required(self, name: str) -> str:
        """An argument that must be there. Raises Refused."""
        if not (value := self.text(name)):
            raise invalid(f"missing required field: {name}")
        return value

    def json(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """An argument that is JSON, or a string of JSON where a call is form-encoded."""
        value = self.args.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return decode(value)
        except ValueError as problem:
            raise invalid(f"{name} is not JSON: {problem}", refusal) from None


@dataclass(frozen=True)
class Method:
    """A Web API method."""

    answer: Callable[[Call], Json]
    tier: int | None = None
    """Slack's rate tier; None for methods with a special, generous one."""
    scope: str = ""
    """What the app must have been granted; empty for nothing, and where it depends on the channel."""


def invalid(problem: str, error: str = "invalid_arguments") -> Refused:
    """A refusal that says what is wrong, the way Slack does."""
    return Refused(error, response_metadata={"messages": [f"[ERROR] {problem}"]})


def refuse_blocks(problems: list[str]) -> None:
    """Raises Refused (invalid_blocks) when there are problems."""
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": messages})


def need(office: Office, *scopes: str) -> None:
    """Raises Refused (missing_scope) unless one of the scopes was granted."""
    if not any(scope in office.scopes for scope in scopes):
        raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(office.scopes))


def need_for(office: Office, channel: Json, action: str) -> None:
    """The scope for reading this kind of channel: "im:history", "channels:read"."""
    need(office, f"{'im' if channel['is_im'] else 'channels'}:{action}")


def page(items: list[Json], call: Call, default: int, most: int) -> tuple[list[Json], str]:
    """One page of a list and the cursor of the next, as Slack's cursors work."""
    cursor = call.text("cursor")
    if cursor and not cursor.isdigit():
        raise Refused("invalid_cursor")
    start, limit = int(cursor or 0), call.number("limit", default, most)
    rest = start + limit
    return items[start:rest], str(rest) if rest < len(items) else ""
