"""Who and what there is: auth, team, bots, users, user groups, conversations, reactions, pins."""

from app.workspace.methods.call import Call, Method, invalid, need, need_for, page
from app.workspace.payloads import TEAM_DOMAIN, channel_object, user_object
from app.workspace.people import APP, BOT, BOT_NAME, BOT_USER, TEAM
from app.workspace.wire import Json, Refused


def auth_test(call: Call) -> Json:
    """Who the token is."""
    return {
        "url": f"{call.office.address}/",
        "team": "Local workspace",
        "user": BOT_NAME.lower(),
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    """The workspace."""
    need(call.office, "team:read")
    return {"team": {"id": TEAM, "name": "Local workspace", "domain": TEAM_DOMAIN}}


def bots_info(call: Call) -> Json:
    """The bot."""
    if call.text("bot") not in {"", BOT}:
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": BOT_NAME, "deleted": False}}


def users_info(call: Call) -> Json:
    """One user."""
    if (user := call.office.people.user(call.required("user"))) is None:
        raise Refused("user_not_found")
    return {"user": user_object(user)}


def users_list(call: Call) -> Json:
    """Everybody."""
    members, cursor = page([user_object(user) for user in call.office.people.users()], call, 100, 1000)
    return {"members": members, "response_metadata": {"next_cursor": cursor}}


def nobody_by_email(call: Call) -> Json:
    """People here have no e-mail addresses."""
    call.required("email")
    raise Refused("users_not_found")


def no_groups(call: Call) -> Json:
    """There are no user groups."""
    return {"usergroups": []}


def no_group(call: Call) -> Json:
    """There are no user groups."""
    call.required("usergroup")
    raise Refused("no_such_subteam")


def conversations_list(call: Call) -> Json:
    """Channels, of the types asked for."""
    types = (call.text("types") or "public_channel").replace(" ", "").split(",")
    needed = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    for kind in types:
        if kind not in needed:
            raise Refused("invalid_types")
        need(call.office, needed[kind])
    wanted = [
        channel_object(channel)
        for channel in call.office.people.channels()
        if ("im" if channel["is_im"] else "public_channel") in types
    ]
    channels, cursor = page(wanted, call, 100, 1000)
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def conversations_info(call: Call) -> Json:
    """One channel."""
    channel = _channel(call)
    need_for(call.office, channel, "read")
    return {"channel": channel_object(channel)}


def conversations_members(call: Call) -> Json:
    """Who is in a channel."""
    channel = _channel(call)
    need_for(call.office, channel, "read")
    limit = call.number("limit", 100, 1000)
    return {"members": channel["members"][:limit], "response_metadata": {"next_cursor": ""}}


def conversations_open(call: Call) -> Json:
    """The direct message with a user."""
    office = call.office
    if name := call.text("channel"):
        channel = office.people.place(name)
    else:
        users = call.required("users").split(",")
        if len(users) != 1:
            raise invalid("users: only direct messages with one person are known here")
        if office.people.user(users[0]) is None:
            raise Refused("user_not_found")
        channel = office.people.direct(users[0])
    shown = channel_object(channel) if call.flag("return_im") else {"id": channel["id"]}
    return {"channel": shown}


def conversations_join(call: Call) -> Json:
    """Join a channel."""
    channel = call.office.people.join(_channel(call)["id"], BOT_USER)
    return {"channel": channel_object(channel)}


def conversations_history(call: Call) -> Json:
    """Messages of a channel, latest first, without replies."""
    channel = _readable(call)
    store, oldest, latest = call.office.store, call.text("oldest") or "0", call.text("latest") or "9999999999"
    inclusive = call.flag("inclusive")
    messages = [
        _told(call, channel, message)
        for _, message in reversed(store.messages(channel["id"]))
        if message.get("thread_ts") in {None, message["ts"]} or message.get("subtype") == "thread_broadcast"
        if oldest < message["ts"] < latest or (inclusive and message["ts"] in {oldest, latest})
    ]
    found, cursor = page(messages, call, 100, 999)
    return {"messages": found, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def conversations_replies(call: Call) -> Json:
    """A thread, oldest first."""
    channel = _readable(call)
    thread = call.office.store.thread(channel["id"], call.required("ts"))
    if not thread:
        raise Refused("thread_not_found")
    found, cursor = page([_told(call, channel, message) for message in thread], call, 1000, 1000)
    return {"messages": found, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def add_reaction(call: Call) -> Json:
    """React to a message."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    message = office.store.message(channel["id"], call.required("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    name, reactions = call.required("name").strip(":"), list[Json](message.get("reactions", []))
    found = next((reaction for reaction in reactions if reaction["name"] == name), None)
    if found and BOT_USER in found["users"]:
        raise Refused("already_reacted")
    if found:
        found["users"].append(BOT_USER)
        found["count"] += 1
    else:
        reactions.append({"name": name, "users": [BOT_USER], "count": 1})
    office.edit(channel, {**message, "reactions": reactions}, silently=True)
    return {}


def add_pin(call: Call) -> Json:
    """Pin a message in its channel."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    message = office.store.message(channel["id"], call.required("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    if message.get("pinned_to"):
        raise Refused("already_pinned")
    office.edit(channel, {**message, "pinned_to": [channel["id"]]}, silently=True)
    return {}


def _channel(call: Call) -> Json:
    if (channel := call.office.people.channel(call.required("channel"))) is None:
        raise Refused("channel_not_found")
    return channel


def _readable(call: Call) -> Json:
    channel = _channel(call)
    need_for(call.office, channel, "history")
    if BOT_USER not in channel["members"]:
        raise Refused("not_in_channel")
    return channel


def _told(call: Call, channel: Json, message: Json) -> Json:
    told = call.office.answered(message)
    if not call.flag("include_all_metadata"):
        told.pop("metadata", None)
    if not message.get("thread_ts") and (replies := call.office.store.thread(channel["id"], message["ts"])[1:]):
        users = list(dict.fromkeys(reply["user"] for reply in replies))
        told |= {"thread_ts": message["ts"], "reply_count": len(replies), "reply_users": users}
        told |= {"reply_users_count": len(users), "latest_reply": replies[-1]["ts"]}
    return told


METHODS = {
    "auth.test": Method(auth_test),
    "team.info": Method(team_info, tier=3),
    "bots.info": Method(bots_info, tier=3, scope="users:read"),
    "users.info": Method(users_info, tier=4, scope="users:read"),
    "users.list": Method(users_list, tier=2, scope="users:read"),
    "users.lookupByEmail": Method(nobody_by_email, tier=3, scope="users:read.email"),
    "usergroups.list": Method(no_groups, tier=2, scope="usergroups:read"),
    "usergroups.users.list": Method(no_group, tier=2, scope="usergroups:read"),
    "conversations.list": Method(conversations_list, tier=2),
    "conversations.info": Method(conversations_info, tier=3),
    "conversations.members": Method(conversations_members, tier=4),
    "conversations.open": Method(conversations_open, tier=3, scope="im:write"),
    "conversations.join": Method(conversations_join, tier=3, scope="channels:join"),
    "conversations.history": Method(conversations_history, tier=3),
    "conversations.replies": Method(conversations_replies, tier=3),
    "reactions.add": Method(add_reaction, tier=3, scope="reactions:write"),
    "pins.add": Method(add_pin, tier=2, scope="pins:write"),
}
