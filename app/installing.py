"""Installing the app by Slack's own pages where it is meant to be; keeping its tokens fresh; letting go of them."""

# slack_sdk's arguments and answers are bare dicts.
# pyright: reportUnknownMemberType=false

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.client import SlackClient
from bot.manifest import INSTALL_PATH, PANE_SCOPES, REDIRECT_PATH, SCOPES
from memory.database import Database
from memory.installations import Installations, States

_log = logging.getLogger(__name__)

STATE_SECONDS: Final = 600
"""How long somebody may take on Slack's page."""
ROTATE_MINUTES: Final = 120
"""A token that has less than this before it is replaced; Slack's live for twelve hours."""
LOOK_SECONDS: Final = 60.0
"""Between two looks for a newer token, which another process may have fetched."""
WAITING_SECONDS: Final = 1.0
"""The same while there is none yet."""
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds a code
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}
Page = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class _Flow(AsyncOAuthFlow):
    """bolt's flow for the workspaces it is meant for, and no other."""

    def __init__(self, *, client: AsyncWebClient, settings: AsyncOAuthSettings, workspaces: frozenset[str]) -> None:
        super().__init__(client=client, settings=settings, logger=_log)
        self._workspaces = workspaces

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep it; a token of a workspace this is not for is given back at once."""
        if installation.is_enterprise_install or installation.team_id not in self._workspaces:
            _log.warning("An installation in workspace %s was refused: it is not one of ours", installation.team_id)
            if installation.bot_token:
                await self.client.auth_revoke(token=installation.bot_token)
            raise BoltError("This Baton works for another workspace. Nothing was installed.")
        await super().store_installation(request, installation)
        _log.info("Installed in workspace %s", installation.team_id)


class Installing:
    """The installations of one app on one database."""

    def __init__(
        self, database: Database, *, client_id: str, client_secret: str, workspaces: tuple[str, ...], api: str
    ) -> None:
        """`workspaces`: team ids, home first. `api`: the Web API's address."""
        self._database, self._home, self._others = database, workspaces[0], frozenset(workspaces[1:])
        self._held: dict[str, tuple[float, str | None]] = {}
        """Tokens of other workspaces, and when they were looked up."""
        self._store = Installations(database.engine, client_id, client_secret)
        self._api = AsyncWebClient(base_url=api, timeout=10)
        self._rotator = AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=self._api)
        self._flow = _Flow(
            client=self._api,
            workspaces=frozenset(workspaces),
            settings=AsyncOAuthSettings(
                client_id=client_id,
                client_secret=client_secret,
                scopes=[*SCOPES, *PANE_SCOPES],
                user_scopes=[],
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                installation_store=self._store,
                state_store=States(database.engine, STATE_SECONDS),
                state_expiration_seconds=STATE_SECONDS,
                logger=_log,
            ),
        )

    @property
    def pages(self) -> Mapping[str, Page]:
        """What a browser may look at, by path."""
        return {
            INSTALL_PATH: _guarded(self._flow.handle_installation),
            REDIRECT_PATH: _guarded(self._flow.handle_callback),
        }

    async def token(self, team_id: str = "") -> str | None:
        """A token that is good for a while, of the home workspace without a team; None where nothing is installed.

        One process at a time asks Slack for a newer one: a refresh token works once.
        """
        team = team_id or self._home
        bot = await self._store.of_team(team)
        if bot is None or bot.bot_token_expires_at is None:
            return bot.bot_token if bot else None
        async with self._database.exclusively(f"baton/slack token {team}"):
            bot = await self._store.of_team(team)
            if bot is None:
                return None
            try:
                newer = await self._rotator.perform_bot_token_rotation(
                    bot=bot, minutes_before_expiration=ROTATE_MINUTES
                )
            except (SlackTokenRotationError, SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
                _log.warning("Slack gave no newer token for %s yet: %s", team, error)
                return bot.bot_token
            if newer is not None:
                await self._store.async_save_bot(newer)
            return (newer or bot).bot_token

    async def is_installed(self, team_id: str) -> bool:
        """Whether a workspace beside home that this is for has the app at this very moment, whichever process heard."""
        return team_id in self._others and await self._store.of_team(team_id) is not None

    async def token_of(self, team_id: str) -> str | None:
        """A token of a workspace beside home, looked up once in `LOOK_SECONDS`; None where nothing is installed."""
        at, known = self._held.get(team_id, (0.0, None))
        if known is None or time.monotonic() - at > LOOK_SECONDS:
            known = await self.token(team_id) if team_id in self._others else None
            self._held[team_id] = (time.monotonic(), known)
        return known

    async def ready(self, client: SlackClient) -> None:
        """Wait until the app is installed in the home workspace, and give the client its token."""
        is_said = False
        while (token := await self.token()) is None:
            if not is_said:
                _log.warning("Baton is not installed yet: open %s at its public address", INSTALL_PATH)
                is_said = True
            await asyncio.sleep(WAITING_SECONDS)
        client.token = token

    async def keep_fresh(self, client: SlackClient) -> None:
        """Give the client whatever token is the newest, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                client.token = await self.token() or client.token
            except Exception as error:  # the database may be away for a while; the token at hand is good for hours
                _log.warning("Slack's token could not be looked after: %s", error)

    async def removed(self, body: Mapping[str, Any]) -> bool:
        """Let go of an installation where an event says that it has ended. Whether it was such an event."""
        event: Mapping[str, Any] = body.get("event") or {}
        kind, team = event.get("type"), body.get("team_id")
        if kind not in {"app_uninstalled", "tokens_revoked"} or not isinstance(team, str):
            return False
        if kind == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            await self._store.remove(team)
            self._held.pop(team, None)
            _log.warning("Baton was removed from workspace %s", team)
        return True


def _guarded(page: Page) -> Page:
    """With headers that keep a page to itself."""

    async def shown(request: AsyncBoltRequest) -> BoltResponse:
        response = await page(request)
        response.headers.update({name: [value] for name, value in _HEADERS.items()})
        return response

    return shown
