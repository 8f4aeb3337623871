"""The Web API client of a process: at Slack's pace, and whoever wants to know hears how every call went."""

# slack_sdk's arguments and answers are bare dicts.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.address import Addressed, Astray, addressed
from bot.pace import Pace, RetryAfter

NOT_INSTALLED: Final = "not_installed"
"""Our own word beside Slack's: the call is for a workspace that gave us no token, or took it back."""
ASTRAY: Final = "another_workspace"
"""Our own word: the call speaks of people and places of two workspaces."""
SOMEBODY: Final = "somebody of another workspace"


@dataclass(frozen=True, slots=True)
class Call:
    """How a call of the Web API went."""

    method: str
    """ "chat.postMessage"."""
    channel: str
    """The channel, user or direct message it was about; empty for none."""
    refusal: str = ""
    """Slack's own word for why not: "not_in_channel"; empty where it did what it was asked."""
    needed: str = ""
    """The scopes Slack missed, with commas between."""
    team: str = ""
    """The workspace it went to; empty for the home workspace."""


class SlackClient(AsyncWebClient):
    """slack_sdk's client with a pace of its own. Its token may be replaced while it is at work.

    Its token is the home workspace's. What is about a channel or person written "T…/…" goes to that workspace.
    """

    def __init__(self, *, token: str, base_url: str, timeout: int, pace: Pace | None = None) -> None:
        """`timeout`: seconds a call may take."""
        super().__init__(token=token, base_url=base_url, timeout=timeout)
        self._pace = pace or Pace()
        self.heard: Callable[[Call], None] = lambda call: None
        """Told of every call that Slack answered."""
        self.named: Callable[[str], str] = lambda written: SOMEBODY
        """The name of a person whom the workspace a message goes to does not know."""
        self.token_of: Callable[[str], Awaitable[str | None]] = _nowhere
        """The token another workspace gave us; None where the app is not installed there."""
        self.is_installed: Callable[[str], Awaitable[bool]] = _never
        """Whether another workspace has the app at this very moment."""
        self._teams: dict[str, str] = {}
        """The workspace of each token that was used."""
        handlers: list[AsyncRetryHandler] = [
            AsyncConnectionErrorRetryHandler(max_retry_count=1),
            RetryAfter(self._pace),
            AsyncServerErrorRetryHandler(max_retry_count=1),
        ]
        self.retry_handlers = handlers

    async def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        files: dict | None = None,
        data: Any = None,
        params: dict | None = None,
        json: dict | None = None,
        headers: dict | None = None,
        auth: dict | None = None,
    ) -> AsyncSlackResponse:
        """Call a method when its turn has come. Raises what slack_sdk raises."""
        there = self._addressed(api_method, (json, params, data))
        json, params, data = there.arguments
        team, channel = there.team, there.channel
        if team:
            params = params if json or params else {}
            (json or params)["token"] = await self._token(api_method, there)  # pyright: ignore[reportOptionalSubscript]
        token = next((str(one["token"]) for one in (json, params) if one and one.get("token")), self.token or "")
        team = team or self._teams.get(token, "")
        if api_method == "chat.postMessage":
            await self._pace.turn(channel)
        await self._pace.open(api_method, token)
        try:
            answer = await super().api_call(
                api_method,
                http_verb=http_verb,
                files=files,
                data=data,
                params=params,
                json=json,
                headers=headers,
                auth=auth,
            )
        except SlackApiError as error:
            if refused := _word(error, "error"):
                self.heard(Call(api_method, channel, refused, _word(error, "needed"), team))
            raise
        self.heard(Call(api_method, channel, team=team))
        return answer

    async def token_for(self, team: str) -> str:
        """The token of another workspace. Raises SlackApiError where there is none, SlackClientError for not now."""
        return await self._token("auth.test", Addressed(team, "", ()))

    async def _token(self, api_method: str, there: Addressed) -> str:
        try:
            token = await self.token_of(there.team)
        except Exception as error:  # the database that holds it may be away for a while
            raise SlackClientError(f"The token of {there.team} cannot be read: {error}") from error
        if token is None:
            self.heard(Call(api_method, there.channel, NOT_INSTALLED, team=there.team))
            raise SlackApiError(f"Not installed in {there.team}", {"ok": False, "error": NOT_INSTALLED})
        self._teams[token] = there.team
        return token

    def _addressed(self, api_method: str, given: tuple[Any, ...]) -> Addressed:
        try:
            return addressed(given, self.named)
        except Astray as error:
            raise SlackApiError(f"{api_method} names two workspaces", {"ok": False, "error": ASTRAY}) from error


async def _nowhere(team: str) -> str | None:
    del team
    return None


async def _never(team: str) -> bool:
    del team
    return False


def _word(error: SlackApiError, name: str) -> str:
    answer = error.response
    data: Any = answer if isinstance(answer, Mapping) else getattr(answer, "data", None)
    return str(data.get(name) or "") if isinstance(data, Mapping) else ""
