"""chat.startStream, appendStream and stopStream: a message that grows while it is written."""

import re

from app.workspace.blocks import TOTAL_CHARACTERS, message_problems
from app.workspace.methods.call import Call, Method, invalid, refuse_blocks
from app.workspace.office import STREAM_PARTS, is_growing
from app.workspace.people import BOT_USER
from app.workspace.wire import Json, Refused, as_list, as_object, as_text

_BOLD = re.compile(r"\*\*([^\n]+?)\*\*")
_BULLET, _HEADING = re.compile(r"^[-*] "), re.compile(r"^#+ ")
_ESCAPED = re.compile(r"\\([\\*`_\[\]~#>+|=-])")
_CHUNKS = {"markdown_text": "text", "task_update": "id", "plan_update": "title", "blocks": "blocks"}


def start(call: Call) -> Json:
    """Begin a message in a thread; a client_msg_id that made a message in the channel begins nothing new."""
    office = call.office
    channel = office.people.bot_place(call.required("channel"))
    thread_ts = office.root_of(channel["id"], call.required("thread_ts"))
    if not channel["is_im"]:
        for name in ("recipient_team_id", "recipient_user_id"):
            if not call.text(name):
                raise Refused(f"missing_{name}")
    name = call.text("client_msg_id")
    if name and (before := office.posted_before(channel["id"], name)):
        return {"channel": channel["id"], "ts": before["ts"]}
    message = office.compose(BOT_USER, "", thread_ts=thread_ts, client_msg_id=name)
    message |= {"streaming": True, "written": "", "tasks": [], "stream_blocks": []}
    _grow(call, message)
    office.post(channel, message, name)
    return {"channel": channel["id"], "ts": message["ts"]}


def append(call: Call) -> Json:
    """Add to a message being written."""
    channel, message = _streaming(call)
    if not call.text("markdown_text") and not call.json("chunks"):
        raise invalid("missing required field: markdown_text or chunks")
    _grow(call, message)
    call.office.edit(channel, message, silently=True)
    return {"channel": channel["id"], "ts": message["ts"]}


def stop(call: Call) -> Json:
    """Finish a message being written; this is where its buttons come from."""
    channel, message = _streaming(call)
    _grow(call, message)
    blocks = as_list(call.json("blocks", "invalid_blocks"))
    refuse_blocks(message_problems([*as_list(message.get("blocks")), *blocks] or None, None))
    finished = {key: value for key, value in message.items() if key not in STREAM_PARTS} | {"streaming": False}
    fresh = call.office.compose(BOT_USER, message["text"], blocks=[*as_list(message.get("blocks")), *blocks])
    if "blocks" in fresh:
        finished["blocks"] = fresh["blocks"]
    if metadata := as_object(call.json("metadata")):
        finished["metadata"] = metadata
    call.office.edit(channel, finished, silently=True)
    return {"channel": channel["id"], "ts": message["ts"], "message": call.office.answered(finished)}


def _streaming(call: Call) -> tuple[Json, Json]:
    channel = call.office.people.bot_place(call.required("channel"))
    message = call.office.own_message(channel["id"], call.required("ts"), "message_not_owned_by_app")
    if not is_growing(message):
        raise Refused("message_not_in_streaming_state")
    return channel, message


def _grow(call: Call, message: Json) -> None:
    """Add markdown, tasks and blocks of this call to the message."""
    message["written"] += call.text("markdown_text")
    for chunk in map(as_object, as_list(call.json("chunks"))):
        kind = as_text(chunk.get("type"))
        if kind not in _CHUNKS or not chunk.get(_CHUNKS[kind]):
            raise invalid(f"chunk of type {kind!r} is unknown or incomplete")
        if kind == "markdown_text":
            message["written"] += as_text(chunk["text"])
        elif kind == "plan_update":
            message["plan_title"] = chunk["title"]
        elif kind == "task_update":
            others = [task for task in message["tasks"] if task["id"] != chunk["id"]]
            message["tasks"] = [*others, chunk]
        else:
            message["stream_blocks"] = [*message["stream_blocks"], *as_list(chunk["blocks"])]
    written = message["written"]
    if len(written) > TOTAL_CHARACTERS:
        raise Refused("msg_too_long")
    message["text"] = read_back(written)
    markdown = [{"type": "markdown", "text": written}] if written else []
    blocks = [*markdown, *message["stream_blocks"]]
    refuse_blocks(message_problems(blocks or None, None))
    message["blocks"] = call.office.compose(BOT_USER, "", blocks=blocks).get("blocks", [])


def read_back(markdown: str) -> str:
    """What Slack gives as the text of a message that was written in Markdown: mrkdwn, as far as this bot writes it."""
    made = (_BULLET.sub("• ", _HEADING.sub("", line)) for line in markdown.split("\n"))
    plain = _BOLD.sub(r"*\1*", "\n".join(line.rstrip() for line in made))
    return _ESCAPED.sub(r"\1", plain)


METHODS = {
    "chat.startStream": Method(start, tier=2, scope="chat:write"),
    "chat.appendStream": Method(append, tier=4, scope="chat:write"),
    "chat.stopStream": Method(stop, tier=2, scope="chat:write"),
}
