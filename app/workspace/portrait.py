"""The workspace as it stands, for people: users, channels, messages, views, unread counts."""

from app.workspace.office import Office
from app.workspace.payloads import file_object, mentions
from app.workspace.people import APP, BOT_NAME, BOT_USER
from app.workspace.wire import Json


def portrait(office: Office, user: Json | None) -> Json:
    """Everything there is; for one user, what that user sees."""
    channels = [channel for channel in office.people.channels() if user is None or user["id"] in channel["members"]]
    names = {channel["id"] for channel in channels}
    whispers = [
        {**office.shown(channel, message), "user": to}
        for channel, to, message in office.store.ephemerals()
        if user is None or to == user["id"]
    ]
    shown: Json = {
        "users": [{key: one[key] for key in ("id", "name", "roles", "is_bot")} for one in office.people.users()],
        "channels": [
            {**{key: channel[key] for key in ("id", "name", "members", "is_im")}, "user": channel["user"]}
            for channel in channels
        ],
        "messages": [
            office.shown(channel, message) for channel, message in office.store.messages() if channel in names
        ],
        "ephemerals": whispers,
        "files": [file_object(file, "") for file in office.store.all("files") if file["complete"]],
        "clock": office.today().isoformat(),
        "views": {name: stack for name, stack in office.views.stacks().items() if user is None or name == user["id"]},
        "threads": [
            thread | {"status": office.statuses.get((thread["channel"], thread["thread_ts"]), "")}
            for thread in office.store.all("threads")
            if thread["channel"] in names
        ],
        "app": {
            "id": APP,
            "user": BOT_USER,
            "name": BOT_NAME,
            "connected": office.sockets.connected,
            "scopes": list(office.scopes),
            "commands": list(office.commands),
        },
        "team": "Local workspace",
        "demo": office.demo is not None,
    }
    if user is not None:
        shown["unread"], shown["mentions"] = unread(office, user)
        shown["read"] = {
            kept["channel"]: kept["ts"] for kept in office.store.all("reads") if kept["user"] == user["id"]
        }
    return shown


def unread(office: Office, user: Json) -> tuple[dict[str, int], dict[str, int]]:
    """By channel: messages not yet read (replies count in direct messages only), and mentions not yet read."""
    counts: dict[str, int] = {}
    called: dict[str, int] = {}
    for channel in office.people.channels():
        if user["id"] not in channel["members"]:
            continue
        kept = office.store.get("reads", f"{user['id']} {channel['id']}")
        since = kept["ts"] if kept else ""
        new = [
            message
            for _, message in office.store.messages(channel["id"])
            if message["ts"] > since and message["user"] != user["id"]
        ]
        top = [message for message in new if channel["is_im"] or not message.get("thread_ts")]
        counts[channel["id"]] = len(top)
        called[channel["id"]] = sum(mentions(message["text"], user["id"]) for message in new)
    return counts, called
