"""An ad account over HTTP: absolute values with preconditions, and tasks created once per token.

The protocol is in docs/architecture.md; any bridge to a platform can speak it.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel, ValidationError

from domain.effect import Effect, HandOver, Repeat, SetValues
from domain.errors import Drifted, Fenced, OutcomeUnknown, PlatformUnavailable

TIMEOUT = 10.0
"""Seconds for one call, connecting included."""

_PARTS_OF_AN_ADDRESS = 5
_FENCED, _TOKEN = "fenced", "token"
"""What a conflict is about when not a precondition: a later holder, or a token used for something else."""


class _Values(BaseModel):
    values: dict[str, str]


class _Answer(BaseModel):
    answer: str


class _Task(BaseModel):
    token: str
    entity: str
    task: str
    details: dict[str, str] | None = None
    done_on: str | None = None


class _Tasks(BaseModel):
    tasks: list[_Task]


class _Complaint(BaseModel):
    error: str = ""
    """"precondition", "token", "fenced", or a reason in the account's own words."""
    values: dict[str, str] = {}


class AdAccount:
    """Writes values and tasks to one ad account server. A repeat with the same token changes nothing there."""

    def __init__(self, address: str, *, by: str = "baton", timeout: float = TIMEOUT) -> None:
        """`address` is the server's base: "http://127.0.0.1:8081". `by` is who the change history names."""
        self._address = address.rstrip("/")
        parts = urlsplit(self._address)
        self.name = f"ad_account {parts.hostname or ''}{parts.path}"
        """Without the port: a server of this machine has another one after every start, and is the same account."""
        self._by = by
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    def takes(self, effect: Effect) -> bool:
        """Values with a platform address, and every task but a change of our own goals."""
        if isinstance(effect, HandOver):
            return not effect.entity.startswith("goal/")
        return all(len(setting.address.split("/")) == _PARTS_OF_AN_ADDRESS for setting in effect.settings)

    def repeats(self, effect: Effect) -> Repeat:
        """Values are set absolutely, tasks are created once per token."""
        return Repeat.CREATE if isinstance(effect, HandOver) else Repeat.SET

    async def try_out(self) -> None:
        """Ask for a task nobody made, which changes nothing. Raises PlatformUnavailable where that is not answered."""
        await self._get("tasks", [("token", "baton-check")], _Tasks)

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        """The live values by address. A task reads {} until it exists, then "open", or "done" with the day.

        Raises PlatformUnavailable; also where our token names another task than this one.
        """
        if isinstance(effect, HandOver):
            tasks = _Tasks.model_validate_json(await self._get("tasks", [("token", token)], _Tasks)).tasks
            ours = [task for task in tasks if task.token == token]
            if any(not _says(task, effect) for task in ours):
                raise PlatformUnavailable("The ad account has another task under this token. Nothing was written.")
            return {f"{task.entity}/{task.task}": _standing(task) for task in ours}
        wanted = [setting.address for setting in effect.settings]
        body = await self._get("values", [("address", address) for address in wanted], _Values)
        values = _Values.model_validate_json(body).values
        if unsaid := [address for address in wanted if address not in values]:
            raise PlatformUnavailable(f"The ad account did not say what {', '.join(unsaid)} is.")
        return {address: values[address] for address in wanted}

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        """Set all values or none, or create the task; answers with what the account said, in one line.

        Raises Drifted, Fenced or PlatformUnavailable when it certainly did not happen, OutcomeUnknown when nobody can
        say. An account that does not know fences leaves `fence` unread.
        """
        status, body = await self._post(*_request(effect, token, fence, self._by))
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _refusal(effect, status, body)
        if status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise OutcomeUnknown(f"The ad account answered {status}; whether it acted is not known.")
        try:
            answer = _Answer.model_validate_json(body).answer
        except ValidationError as error:
            raise OutcomeUnknown("The ad account answered unreadably; whether it acted is not known.") from error
        return " ".join(answer.split())

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        """Name the latest holder of a token, so that nothing of an earlier one, paused on its way, is taken any more.

        An account without fences answers that it has no such call; that is all there is to do then. Raises
        PlatformUnavailable.
        """
        del effect
        try:
            status, body = await self._post("fences", {"token": token, "fence": fence, "by": self._by})
        except OutcomeUnknown as error:  # it is simply said again
            raise PlatformUnavailable(str(error)) from error
        if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            raise PlatformUnavailable(f"The ad account answered {status}{_said(body)}.")

    async def _get(self, call: str, query: list[tuple[str, str]], shape: type[BaseModel]) -> bytes:
        """A readable answer to a question, or PlatformUnavailable: asking changes nothing, so every failure is safe."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.get(f"{self._address}/{call}", params=query, allow_redirects=False) as response,
            ):
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PlatformUnavailable(f"The ad account could not be asked ({_reason(error)}).") from error
        if status != HTTPStatus.OK:
            raise PlatformUnavailable(f"The ad account answered {status}{_said(body)}.")
        try:
            shape.model_validate_json(body)
        except ValidationError as error:
            raise PlatformUnavailable("The ad account answered unreadably.") from error
        return body

    async def _post(self, call: str, content: Mapping[str, object]) -> tuple[int, bytes]:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(f"{self._address}/{call}", json=content, allow_redirects=False) as response,
            ):
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise PlatformUnavailable(f"The ad account could not be reached ({_reason(error)}).") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = _reason(error)
            raise OutcomeUnknown(
                f"The ad account was asked but no answer came ({reason}); whether it acted is not known."
            ) from error


def _request(effect: Effect, token: str, fence: int, by: str) -> tuple[str, Mapping[str, object]]:
    common = {"token": token, "fence": fence, "by": by}
    if isinstance(effect, HandOver):
        task = {"entity": effect.entity, "task": effect.task, "details": dict(effect.details)}
        return "tasks", common | task
    changes = [{"address": s.address, "was": _written(s.was), "to": _written(s.to)} for s in effect.settings]
    return "values", common | {"set": changes}


def _refusal(effect: Effect, status: int, body: bytes) -> PlatformUnavailable:
    try:
        complaint = _Complaint.model_validate_json(body)
    except ValidationError:
        complaint = _Complaint()
    if status == HTTPStatus.CONFLICT and complaint.error == _FENCED:
        return Fenced("The ad account has heard of a later worker on the same action. Nothing was written.")
    if status == HTTPStatus.CONFLICT and complaint.error != _TOKEN and isinstance(effect, SetValues):
        live = complaint.values
        moved = [
            f"{s.address} is {live[s.address]}, not {_written(s.was)} as approved"
            for s in effect.settings
            if s.address in live and _written(live[s.address]) != _written(s.was)
        ]
        found = "; ".join(moved) or "a value is no longer what was approved"
        return Drifted(f"The ad account was changed meanwhile: {found}. Nothing was written.", live)
    said = complaint.error or "no reason given"
    return PlatformUnavailable(f"The ad account refused with {status} ({said}). Nothing was written.")


def _written(value: str) -> str:
    """As the protocol writes it: amounts with two places (450 is 450.00), anything else as it is."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return value
    return f"{amount:.2f}" if amount.is_finite() else value


def _says(task: _Task, effect: HandOver) -> bool:
    """Whether a task under our token is the one we mean; an account that does not tell the details is believed."""
    same = (task.entity, task.task) == (effect.entity, effect.task)
    return same and (task.details is None or task.details == dict(effect.details))


def _standing(task: _Task) -> str:
    return f"done on {task.done_on}" if task.done_on else "open"


def _said(body: bytes) -> str:
    try:
        error = _Complaint.model_validate_json(body).error
    except ValidationError:
        error = ""
    return f" ({error})" if error else ""


def _reason(error: BaseException) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
