"""Who and what is in the workspace: users, the bot, channels and direct messages."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from app.workspace.store import Store
from app.workspace.wire import Json, Refused

TEAM, APP, BOT_USER, BOT = "T0LOCALBTN", "A0LOCALBTN", "U0BATONBOT", "B0BATONBOT"
BOT_NAME = "Baton"
_TOKEN = re.compile(r"(<(?:[@#][A-Z0-9]+|!(?:here|channel|everyone)|https?://[^\s<>|]+)(?:\|[^<>]*)?>)")


@dataclass(frozen=True)
class WorkspaceUser:
    """Somebody who can be chosen on the page."""

    id: str
    """Slack user id: "U0MARA0001"."""
    name: str
    roles: tuple[str, ...] = ()
    timezone: str = "UTC"
    """IANA name: "Europe/Berlin"."""
    kind: Literal["member", "guest", "stranger", "deactivated"] = "member"
    """A stranger is somebody of another workspace in a shared channel."""


def identifier(prefix: str, words: str) -> str:
    """A stable id that looks like Slack's: "C" and nine characters."""
    return prefix + hashlib.sha256(words.encode()).hexdigest()[:9].upper()


class People:
    """Users, channels and who is in which."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, people: Sequence[WorkspaceUser], channels: Sequence[str], others: Sequence[str]) -> None:
        """Make users and channels exist. The bot is in `channels`, and not in `others`; people are in all."""
        present = {person.id for person in people}
        with self._store.transaction():
            for user in self.users():
                if user["id"] not in present:
                    self._store.drop("users", user["id"])
            for person in people:
                self._store.put(
                    "users",
                    person.id,
                    {
                        "id": person.id,
                        "name": person.name,
                        "roles": sorted(person.roles),
                        "tz": person.timezone,
                        "is_bot": False,
                        "kind": person.kind,
                    },
                )
            bot: Json = {"id": BOT_USER, "name": BOT_NAME, "roles": [], "tz": "UTC", "is_bot": True}
            self._store.put("users", BOT_USER, bot)
            members = [person.id for person in people]
            for name in (*channels, *(other for other in others if other not in channels)):
                kept = self._store.get("channels", identifier("C", name)) or {"members": []}
                bots = [BOT_USER] if name in channels or BOT_USER in kept["members"] else []
                self._store.put(
                    "channels",
                    identifier("C", name),
                    {
                        "id": identifier("C", name),
                        "name": name,
                        "is_im": False,
                        "user": None,
                        "members": members + bots,
                        "created": kept.get("created", 1767225600),
                    },
                )

    # Users ---------------------------------------------------------------------------------------------------------

    def users(self) -> list[Json]:
        """Everybody, the bot included."""
        return self._store.all("users")

    def user(self, user: object) -> Json | None:
        """One user by id."""
        return self._store.get("users", user) if isinstance(user, str) else None

    def mentioned(self, words: str) -> str:
        """Text as a Slack composer sends it: "@Baton" becomes "<@U0BATONBOT>", and a lone "<" becomes "&lt;"."""
        parts = _TOKEN.split(words)
        words = "".join(part if at % 2 else escape(part, quote=False) for at, part in enumerate(parts))
        for user in sorted(self.users(), key=lambda user: -len(user["name"])):
            words = words.replace(f"@{user['name']}", f"<@{user['id']}>") if user["name"] else words
        return words

    # Channels ------------------------------------------------------------------------------------------------------

    def channels(self) -> list[Json]:
        """Channels by name, then direct messages."""
        return sorted(self._store.all("channels"), key=lambda channel: (channel["is_im"], channel["name"]))

    def channel(self, channel: object) -> Json | None:
        """A channel by id, name or #name."""
        if not isinstance(channel, str) or not channel:
            return None
        if found := self._store.get("channels", channel):
            return found
        return next((one for one in self.channels() if not one["is_im"] and one["name"] == channel.lstrip("#")), None)

    def direct(self, user: str) -> Json:
        """The direct message between a user and the bot, opened when there is none yet."""
        name = identifier("D", user)
        if found := self._store.get("channels", name):
            return found
        channel: Json = {
            "id": name,
            "name": "",
            "is_im": True,
            "user": user,
            "members": [user, BOT_USER],
            "created": 1767225600,
        }
        self._store.put("channels", name, channel)
        return channel

    def join(self, channel: str, user: str) -> Json:
        """Add somebody to a channel."""
        found = self._store.get("channels", channel)
        if found is None:
            raise Refused("channel_not_found")
        if user not in found["members"]:
            found["members"].append(user)
            self._store.put("channels", channel, found)
        return found

    def place(self, channel: object) -> Json:
        """Where the bot wants to act. A user id means the direct message. Raises Refused."""
        if isinstance(channel, str) and (user := self.user(channel)) and not user["is_bot"]:
            return self.direct(channel)
        found = self.channel(channel)
        if found is None:
            raise Refused("channel_not_found")
        return found

    def bot_place(self, channel: object) -> Json:
        """Where the bot acts as a member. Raises Refused (channel_not_found, not_in_channel)."""
        found = self.place(channel)
        if BOT_USER not in found["members"]:
            raise Refused("not_in_channel")
        return found
