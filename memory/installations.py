"""Where the app is installed: slack_sdk's own stores on our tables, tokens sealed, and nothing about who installed it.

The key comes from the app's client secret, which is never in the database: whoever copies the database has no token.
"""

# slack_sdk's stores are only partly typed.
# pyright: reportUnknownMemberType=false

import base64
import logging
import secrets
from copy import copy
from datetime import UTC, datetime
from typing import Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import MetaData, String, Table, delete
from sqlalchemy.ext.asyncio import AsyncEngine

_log = logging.getLogger(__name__)

_SEALED, _NONCE_BYTES = "sealed:", 12
_WIDTH = 1000
"""Characters of a sealed token; slack_sdk's own columns hold 200, which suits tokens as they are."""
Held = TypeVar("Held", Bot, Installation)
_TOKENS: Final = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token")


class Installations(AsyncSQLAlchemyInstallationStore):
    """Workspaces and the tokens Slack gave us for them."""

    def __init__(self, engine: AsyncEngine, client_id: str, client_secret: str) -> None:
        super().__init__(client_id=client_id, engine=engine, logger=_log)
        key = HKDF(SHA256(), 32, salt=None, info=b"baton: tokens of Slack").derive(client_secret.encode())
        self._cipher = AESGCM(key)

    @classmethod
    def build_installations_table(cls, metadata: MetaData, table_name: str) -> Table:
        """slack_sdk's table with room for sealed tokens."""
        return _widened(super().build_installations_table(metadata, table_name))

    @classmethod
    def build_bots_table(cls, metadata: MetaData, table_name: str) -> Table:
        """slack_sdk's table with room for sealed tokens."""
        return _widened(super().build_bots_table(metadata, table_name))

    async def async_save(self, installation: Installation) -> None:
        """Keep what a workspace gave the app, instead of what it gave before; not who gave it."""
        kept = copy(installation)
        kept.user_id, kept.user_token, kept.user_refresh_token, kept.user_scopes = "", None, None, None
        await super().async_save(self._sealed(kept))  # which saves the bot as well
        c = self.installations.c
        earlier = delete(self.installations).where(
            c.client_id == self.client_id,
            c.enterprise_id.is_not_distinct_from(installation.enterprise_id),
            c.team_id.is_not_distinct_from(installation.team_id),
            c.installed_at < _plain(installation.installed_at),
        )
        async with self.engine.begin() as tx:
            await tx.execute(earlier)

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's token, instead of all it had before."""
        await super().async_save_bot(self._sealed(bot))
        c = self.bots.c
        earlier = delete(self.bots).where(
            c.client_id == self.client_id,
            c.enterprise_id.is_not_distinct_from(bot.enterprise_id),
            c.team_id.is_not_distinct_from(bot.team_id),
            c.installed_at < _plain(bot.installed_at),
        )
        async with self.engine.begin() as tx:
            await tx.execute(earlier)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace; None where the app is not installed, or its tokens cannot be opened."""
        found = await super().async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return self._opened(found) if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The installation in a workspace, whoever asks: nothing is kept about who installed it."""
        del user_id
        found = await super().async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return self._opened(found) if found else None

    async def of_team(self, team_id: str) -> Bot | None:
        """The bot of a workspace, by its id alone."""
        async with self.engine.connect() as tx:
            c = self.bots.c
            asked = self.bots.select().where(c.client_id == self.client_id, c.team_id == team_id)
            row = (await tx.execute(asked.order_by(c.installed_at.desc()).limit(1))).mappings().first()
        if row is None:
            return None
        return await self.async_find_bot(enterprise_id=row["enterprise_id"], team_id=team_id)

    async def remove(self, team_id: str) -> None:
        """Forget everything about a workspace that removed the app."""
        async with self.engine.begin() as tx:
            for table in (self.bots, self.installations):
                gone = delete(table).where(table.c.client_id == self.client_id, table.c.team_id == team_id)
                await tx.execute(gone)

    def _sealed(self, held: Held) -> Held:
        kept = copy(held)
        for name in _TOKENS:
            token = getattr(kept, name, None)
            if isinstance(token, str) and not token.startswith(_SEALED):
                nonce = secrets.token_bytes(_NONCE_BYTES)
                cipher = nonce + self._cipher.encrypt(nonce, token.encode(), name.encode())
                setattr(kept, name, _SEALED + base64.b64encode(cipher).decode())
        return kept

    def _opened(self, held: Held) -> Held | None:
        for name in _TOKENS:
            token = getattr(held, name, None)
            if not isinstance(token, str):
                continue
            try:
                cipher = base64.b64decode(token.removeprefix(_SEALED), validate=True)
                plain = self._cipher.decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], name.encode())
            except (InvalidTag, ValueError):
                _log.warning("The tokens of %s cannot be opened; was SLACK_CLIENT_SECRET changed?", held.team_id)
                return None
            setattr(held, name, plain.decode())
        return held


class States(AsyncSQLAlchemyOAuthStateStore):
    """What an installation was begun with, good for one answer."""

    def __init__(self, engine: AsyncEngine, expiration_seconds: int) -> None:
        super().__init__(expiration_seconds=expiration_seconds, engine=engine, logger=_log)

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new one; those nobody came back with in time are dropped."""
        async with self.engine.begin() as tx:
            await tx.execute(delete(self.oauth_states).where(self.oauth_states.c.expire_at < _now()))
        return await super().async_issue(*args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        """Use it up. Of several who come with the same one, in whatever process, one is let through."""
        c = self.oauth_states.c
        used = delete(self.oauth_states).where(c.state == state, c.expire_at > _now()).returning(c.id)
        async with self.engine.begin() as tx:
            return (await tx.execute(used)).first() is not None


def _widened(table: Table) -> Table:
    for name in _TOKENS:
        if name in table.c:
            table.c[name].type = String(_WIDTH)
    return table


def _now() -> datetime:
    """As slack_sdk's tables have it: in UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


def _plain(installed_at: float) -> datetime:
    return datetime.fromtimestamp(installed_at, UTC).replace(tzinfo=None)
