"""The workspace without its doors: what messages, files and events do, whoever asks for them."""

import secrets
import time
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from app.workspace.faults import Faults
from app.workspace.feed import Feed
from app.workspace.payloads import event_callback, file_object, mentions, with_block_ids
from app.workspace.people import APP, BOT, BOT_NAME, BOT_USER, TEAM, People, WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.sockets import Sockets, Timing
from app.workspace.store import Store
from app.workspace.triggers import Triggers
from app.workspace.views import Views
from app.workspace.wire import Json, Refused, as_list, objects

SCOPES = ("chat:write", "commands", "app_mentions:read", "im:history", "files:write", "pins:write", "users:read")
"""What the app may do where it is installed; the manifest asks for these and no more."""
# Known to everybody and worth nothing: the server answers this machine only.
BOT_TOKEN, APP_TOKEN = "xoxb-local-baton", "xapp-local-baton"
RESPONSE_USES, RESPONSE_SECONDS = 5, 30 * 60
STREAM_SECONDS = 300
"""How long a message may grow; then it is ended, as Slack was measured to do, whatever is still added."""
STREAM_PARTS = frozenset({"streaming", "written", "stream_blocks"})
"""What is kept of a message while it grows, and shown to nobody."""
_TIDY_SECONDS = 60
"""Between two looks for response addresses long out of date: a look at each press would read all there are."""

_MOST_EARLIER = 40
"""Button rows of earlier versions kept per message."""


def is_growing(message: Json) -> bool:
    """Whether a message is still being written."""
    return bool(message.get("streaming")) and time.time() - float(message["ts"]) < STREAM_SECONDS


class DemoHooks(Protocol):
    """What the page and the control API may do with the demo company."""

    async def advance(self, days: int) -> date:
        """Let days pass; answers with the new day."""
        ...

    async def ads(self) -> Json:
        """The demo ad account as it stands, and its change history."""
        ...

    async def fault(self, kind: str, times: int) -> None:
        """Make the next calls of the demo ad account fail."""
        ...

    def today(self) -> date:
        """The demo company's day."""
        ...


class Office:
    """Everything the workspace knows and can do. The Web API and the control API are two doors to it."""

    def __init__(
        self,
        folder: Path,
        people: Sequence[WorkspaceUser],
        channels: Sequence[str],
        *,
        others: Sequence[str],
        demo: DemoHooks | None,
        scopes: Collection[str],
        commands: Collection[str],
        rates: Rates,
        timing: Timing,
    ) -> None:
        self.store = Store(folder / "workspace.sqlite")
        self.feed = Feed()
        self.people = People(self.store)
        self.people.settle(people, channels, others)
        self.views = Views(self.store, self.feed)
        self.sockets = Sockets(self.store, self.feed, timing)
        self.triggers = Triggers(timing.trigger)
        self.faults = Faults()
        self.demo, self.scopes, self.commands = demo, tuple(scopes), tuple(commands)
        self.rates, self.timing = rates, timing
        self.address = "http://127.0.0.1"
        self._tidied = 0.0
        self.statuses: dict[tuple[str, str], str] = {}
        """What the assistant says it is doing, by channel and thread; gone with the process, as in Slack."""

    def today(self) -> date:
        """The demo company's day, or the calendar's."""
        return self.demo.today() if self.demo else date.today()

    # Messages ------------------------------------------------------------------------------------------------------

    def compose(self, user: str, text: str, *, thread_ts: str | None = None, **more: object) -> Json:
        """A message as Slack keeps it, not yet posted. Empty parts are left out."""
        message: Json = {"type": "message", "user": user, "team": TEAM, "text": text, "ts": self.store.next_ts()}
        if user == BOT_USER:
            profile = {"id": BOT, "app_id": APP, "name": BOT_NAME, "deleted": False, "team_id": TEAM}
            message |= {"bot_id": BOT, "app_id": APP, "bot_profile": profile}
        if self.demo:
            message["day"] = self.today().isoformat()
        if thread_ts:
            message["thread_ts"] = thread_ts
        if blocks := more.pop("blocks", None):
            message["blocks"] = with_block_ids(blocks)
        return message | {key: value for key, value in more.items() if value}

    def post(self, channel: Json, message: Json, client_msg_id: str = "") -> Json:
        """Post a composed message, and tell the app where it would hear of it."""
        with self.store.transaction():
            self.store.put_message(channel["id"], message)
            if client_msg_id:
                self.store.put("client ids", f"{channel['id']} {client_msg_id}", {"ts": message["ts"]})
        if self.statuses.pop((channel["id"], str(message.get("thread_ts"))), None):
            self.feed.tell("typing", channel=channel["id"], thread_ts=message["thread_ts"], text="")
        self._tell(channel, message, "posted")
        self._inform(channel, message)
        return message

    def posted_before(self, channel: str, client_msg_id: str) -> Json | None:
        """The message a client_msg_id already made in a channel."""
        kept = self.store.get("client ids", f"{channel} {client_msg_id}")
        return self.store.message(channel, kept["ts"]) if kept else None

    def own_message(self, channel: str, ts: object, refusal: str) -> Json:
        """A message of the bot. Raises Refused (message_not_found, or `refusal` when it is somebody else's)."""
        message = self.store.message(channel, str(ts))
        if message is None:
            raise Refused("message_not_found")
        if message.get("bot_id") != BOT:
            raise Refused(refusal)
        return message

    def edit(self, channel: Json, message: Json, *, silently: bool = False) -> Json:
        """Keep a changed message and show it everywhere."""
        old = self.store.message(channel["id"], message["ts"])
        self._remember_buttons(channel["id"], old)
        if not silently:
            message["edited"] = {"user": message["user"], "ts": self.store.next_ts()}
        self.store.put_message(channel["id"], message)
        self._tell(channel, message, "edited")
        if channel["is_im"] and not silently:
            self._event(
                channel,
                {
                    "type": "message",
                    "subtype": "message_changed",
                    "hidden": True,
                    "message": message,
                    "previous_message": old,
                    "ts": message["edited"]["ts"],
                },
            )
        return message

    def delete(self, channel: Json, message: Json) -> None:
        """Take a message away."""
        self.store.drop_message(channel["id"], message["ts"])
        self._tell(channel, message, "deleted")
        if channel["is_im"]:
            self._event(
                channel,
                {
                    "type": "message",
                    "subtype": "message_deleted",
                    "hidden": True,
                    "deleted_ts": message["ts"],
                    "previous_message": message,
                    "ts": self.store.next_ts(),
                },
            )

    def whisper(self, channel: str, user: str, message: Json) -> Json:
        """Show a message to one user only."""
        message["is_ephemeral"] = True
        self.store.put_message(channel, message, seen_by=user)
        self.feed.tell("ephemeral", channel=channel, user=user, message=self.shown(channel, message), change="posted")
        return message

    def drop_whisper(self, channel: str, user: str, ts: str) -> None:
        """Take away a message only one user sees."""
        self.store.drop_message(channel, ts)
        self.feed.tell("ephemeral", channel=channel, user=user, message={"ts": ts}, change="deleted")

    def root_of(self, channel: str, thread_ts: object) -> str | None:
        """The thread a reply belongs to. Raises Refused (thread_not_found)."""
        if not thread_ts:
            return None
        root = self.store.message(channel, str(thread_ts))
        if root is None:
            raise Refused("thread_not_found")
        return str(root.get("thread_ts") or root["ts"])

    def earlier_buttons(self, channel: str, ts: str) -> list[Json]:
        """Blocks with buttons that a message showed before it was edited, newest first.

        A person whose screen is a moment behind still presses them, as in Slack: nothing stops a press in flight.
        """
        return objects((self.store.get("earlier", f"{channel}/{ts}") or {}).get("blocks"))

    def _remember_buttons(self, channel: str, old: Json | None) -> None:
        fresh = [block for block in objects((old or {}).get("blocks")) if block.get("type") == "actions"]
        if old and fresh:
            kept = [*fresh, *(block for block in self.earlier_buttons(channel, old["ts"]) if block not in fresh)]
            self.store.put("earlier", f"{channel}/{old['ts']}", {"blocks": kept[:_MOST_EARLIER]})

    def shown(self, channel: str, message: Json) -> Json:
        """A message as the control API shows it: contracts first, then what else it carries."""
        replies = 0 if message.get("thread_ts") else self.store.reply_count(channel, message["ts"])
        return {
            **{key: value for key, value in message.items() if key not in STREAM_PARTS},
            **({"streaming": True} if is_growing(message) else {}),
            "channel": channel,
            "thread_ts": message.get("thread_ts"),
            "blocks": message.get("blocks", []),
            "edited": message.get("edited"),
            "reply_count": replies,
            "files": [file_object(file, "") for file in self.files_of(message)],
        }

    def files_of(self, message: Json) -> list[Json]:
        """The files shared in a message."""
        kept = (self.store.get("files", str(name)) for name in as_list(message.get("file_ids")))
        return [file for file in kept if file]

    def answered(self, message: Json) -> Json:
        """A message as the Web API shows it."""
        files = [file_object(file, self.address) for file in self.files_of(message)]
        shown = {key: value for key, value in message.items() if key not in {"file_ids", "day", *STREAM_PARTS}}
        if "streaming" in message:
            shown["streaming_state"] = "in_progress" if is_growing(message) else "completed"
        return {**shown, "files": files} if files else shown

    def _tell(self, channel: Json, message: Json, change: str) -> None:
        self.feed.tell("message", channel=channel["id"], message=self.shown(channel["id"], message), change=change)

    # Events --------------------------------------------------------------------------------------------------------

    def inform_app(self, event: Json) -> None:
        """Send an event the app subscribed to."""
        self.sockets.post(event_callback(event))

    def _event(self, channel: Json, event: Json) -> None:
        if "im:history" in self.scopes:
            common = {"channel": channel["id"], "channel_type": "im", "event_ts": event["ts"]}
            self.inform_app({**event, **common})

    def _inform(self, channel: Json, message: Json) -> None:
        if channel["is_im"]:
            self._event(channel, self.answered(message))
        elif (
            message["user"] != BOT_USER
            and mentions(message["text"], BOT_USER)
            and BOT_USER in channel["members"]
            and "app_mentions:read" in self.scopes
        ):
            told = {**self.answered(message), "type": "app_mention", "channel": channel["id"]}
            self.inform_app({**told, "event_ts": message["ts"]})

    # Response addresses --------------------------------------------------------------------------------------------

    def response_url(self, user: str, channel: str, ts: str = "", *, ephemeral: bool = False) -> str:
        """An address the app may answer at five times within half an hour."""
        now = time.time()
        name = secrets.token_hex(12)
        with self.store.transaction():
            if now - self._tidied > _TIDY_SECONDS:
                self._forget_addresses(now)
            self.store.put(
                "response urls",
                name,
                {
                    "name": name,
                    "user": user,
                    "channel": channel,
                    "ts": ts,
                    "ephemeral": ephemeral,
                    "made": now,
                    "uses": 0,
                },
            )
        return f"{self.address}/response/{name}"

    def _forget_addresses(self, now: float) -> None:
        self._tidied = now
        for old in self.store.all("response urls"):
            if now - old["made"] > 2 * RESPONSE_SECONDS:
                self.store.drop("response urls", old["name"])

    def use_response_url(self, name: str) -> Json:
        """What an address stands for; counts the use. Raises Refused (expired_url, used_url)."""
        kept = self.store.get("response urls", name)
        if kept is None or time.time() - kept["made"] > RESPONSE_SECONDS:
            raise Refused("expired_url", status=404)
        if kept["uses"] >= RESPONSE_USES:
            raise Refused("used_url", status=404)
        kept["uses"] += 1
        self.store.put("response urls", name, kept)
        return kept

    # Scheduled messages --------------------------------------------------------------------------------------------

    def post_due(self, now: float) -> None:
        """Post the scheduled messages whose time has come. `now`: seconds since 1970."""
        for waiting in self.store.all("scheduled"):
            if waiting["post_at"] <= now and (channel := self.people.channel(waiting["channel"])):
                self.store.drop("scheduled", waiting["id"])
                given = waiting["given"]
                message = self.compose(
                    BOT_USER, given["text"], thread_ts=given["thread_ts"], blocks=objects(given["blocks"])
                )
                self.post(channel, message)
