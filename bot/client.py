"""The Web API client of a process: at Slack's pace, and whoever wants to know hears how every call went."""

# slack_sdk's arguments and answers are bare dicts.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.pace import Pace, RetryAfter


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


class SlackClient(AsyncWebClient):
    """slack_sdk's client with a pace of its own. Its token may be replaced while it is at work."""

    def __init__(self, *, token: str, base_url: str, timeout: int, pace: Pace | None = None) -> None:
        """`timeout`: seconds a call may take."""
        super().__init__(token=token, base_url=base_url, timeout=timeout)
        self._pace = pace or Pace()
        self.heard: Callable[[Call], None] = lambda call: None
        """Told of every call that Slack answered."""
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
        channel = _channel(json, params, data)
        if api_method == "chat.postMessage":
            await self._pace.turn(channel)
        await self._pace.open(api_method)
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
                self.heard(Call(api_method, channel, refused, _word(error, "needed")))
            raise
        self.heard(Call(api_method, channel))
        return answer


def _channel(*given: Any) -> str:
    held = next((one for one in given if isinstance(one, Mapping) and "channel" in one), {})
    return str(held.get("channel") or "")


def _word(error: SlackApiError, name: str) -> str:
    answer = error.response
    data: Any = answer if isinstance(answer, Mapping) else getattr(answer, "data", None)
    return str(data.get(name) or "") if isinstance(data, Mapping) else ""
