"""chat.*: posting, changing and deleting messages."""

import time

from app.workspace.blocks import message_problems, text_problems
from app.workspace.methods.call import Call, Method, invalid, refuse_blocks
from app.workspace.office import is_growing
from app.workspace.people import BOT_USER, identifier
from app.workspace.wire import Json, Refused, as_object, walk

LONGEST_TEXT = 4000
"""Characters in `text`. Slack itself cuts at 40,000 and advises 4,000; here more than advised is refused."""


def checked(call: Call) -> Json:
    """The parts of a message: text, blocks, attachments, metadata. Raises Refused for what Slack would not show."""
    text, blocks = call.text("text"), call.json("blocks", "invalid_blocks")
    attachments = call.json("attachments", "invalid_attachments")
    if not text.strip():
        raise Refused("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refused("msg_too_long")
    formatted = "mrkdwn" not in call.args or call.flag("mrkdwn")
    if formatted and (problems := text_problems(text, "text")):
        raise invalid(problems[0])
    refuse_blocks(message_problems(blocks, attachments))
    for part in (*walk(blocks), *walk(attachments)):
        name = as_object(part.get("slack_file")).get("id")
        if name and not (call.office.store.get("files", str(name)) or {}).get("uploaded"):
            refuse_blocks([f"slack_file: no file {name}"])
    return {"text": text, "blocks": blocks, "attachments": attachments, "metadata": _metadata(call)}


def _metadata(call: Call) -> Json | None:
    given = call.json("metadata", "invalid_metadata_format")
    if given is None:
        return None
    metadata = as_object(given)
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    return metadata


def post_message(call: Call) -> Json:
    """Post a message; the same client_msg_id in the same channel posts nothing new."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    parts = checked(call)
    name = call.text("client_msg_id")
    if name and (before := office.posted_before(channel["id"], name)):
        return {"channel": channel["id"], "ts": before["ts"], "message": office.answered(before)}
    thread_ts = office.root_of(channel["id"], call.text("thread_ts"))
    subtype = "thread_broadcast" if thread_ts and call.flag("reply_broadcast") else ""
    message = office.compose(BOT_USER, thread_ts=thread_ts, client_msg_id=name, subtype=subtype, **parts)
    office.post(channel, message, name)
    return {"channel": channel["id"], "ts": message["ts"], "message": office.answered(message)}


def update(call: Call) -> Json:
    """Change a message of one's own. Text without blocks removes the blocks."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    message = office.own_message(channel["id"], call.required("ts"), "cant_update_message")
    if is_growing(message):
        raise Refused("streaming_state_conflict")
    parts = checked(call)
    fresh = office.compose(BOT_USER, **parts)
    kept = {key: value for key, value in message.items() if key not in {"blocks", "attachments", "text"}}
    changed = {key: fresh[key] for key in ("text", "blocks", "attachments", "metadata") if key in fresh}
    message = office.edit(channel, kept | changed)
    shown = office.answered(message)
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": shown}


def delete(call: Call) -> Json:
    """Delete a message of one's own."""
    channel = call.office.people.bot_place(call.required("channel"))
    message = call.office.own_message(channel["id"], call.required("ts"), "cant_delete_message")
    if is_growing(message):
        raise Refused("cant_delete_message")
    call.office.delete(channel, message)
    return {"channel": channel["id"], "ts": message["ts"]}


def post_ephemeral(call: Call) -> Json:
    """Show a message to one user only."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    user = call.required("user")
    if office.people.user(user) is None or user not in channel["members"]:
        raise Refused("user_not_in_channel")
    parts = checked(call)
    parts.pop("metadata")
    thread_ts = office.root_of(channel["id"], call.text("thread_ts"))
    message = office.whisper(channel["id"], user, office.compose(BOT_USER, thread_ts=thread_ts, **parts))
    return {"message_ts": message["ts"]}


def get_permalink(call: Call) -> Json:
    """An address that leads to a message."""
    office = call.office
    channel = office.people.place(call.required("channel"))
    ts = call.required("message_ts")
    if office.store.message(channel["id"], ts) is None:
        raise Refused("message_not_found")
    return {"channel": channel["id"], "permalink": f"{office.address}/archives/{channel['id']}/p{ts.replace('.', '')}"}


def schedule_message(call: Call) -> Json:
    """Post a message later. `post_at`: seconds since 1970, at most 120 days ahead."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    post_at = call.number("post_at", 1, 2**40)
    if post_at <= time.time():
        raise Refused("time_in_past")
    if post_at > time.time() + 120 * 86400:
        raise Refused("time_too_far")
    parts = checked(call)
    thread_ts = office.root_of(channel["id"], call.text("thread_ts"))
    name = identifier("Q", office.store.next_ts())
    given = {"text": parts["text"], "blocks": parts["blocks"], "thread_ts": thread_ts}
    office.store.put("scheduled", name, {"id": name, "channel": channel["id"], "post_at": post_at, "given": given})
    shown: Json = {"type": "message", "user": BOT_USER, "text": parts["text"], "blocks": parts["blocks"] or []}
    return {"channel": channel["id"], "scheduled_message_id": name, "post_at": post_at, "message": shown}


METHODS = {
    "chat.postMessage": Method(post_message, scope="chat:write"),
    "chat.update": Method(update, tier=3, scope="chat:write"),
    "chat.delete": Method(delete, tier=3, scope="chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, tier=4, scope="chat:write"),
    "chat.getPermalink": Method(get_permalink),
    "chat.scheduleMessage": Method(schedule_message, tier=3, scope="chat:write"),
}
