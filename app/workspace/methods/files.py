"""files.*: uploads in three steps, as Slack has them since files.upload is gone."""

import mimetypes
import secrets
import time
from pathlib import PurePosixPath

from app.workspace.blocks import message_problems, text_problems
from app.workspace.methods.call import Call, Method, invalid, refuse_blocks
from app.workspace.payloads import file_object
from app.workspace.people import BOT_USER, identifier
from app.workspace.wire import Json, Refused, objects

LARGEST = 50_000_000
"""Bytes in one file; Slack takes a gigabyte, a local page needs less."""


def get_upload_url(call: Call) -> Json:
    """First step: an address to send the bytes to."""
    office = call.office
    name, length = PurePosixPath(call.required("filename")).name, call.number("length", 0, 2**40)
    if not call.text("length").isdigit() or length > LARGEST:
        raise invalid(f"length: must be between 1 and {LARGEST}")
    file_id, ticket = identifier("F", office.store.next_ts()), secrets.token_hex(16)
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    office.store.put(
        "files",
        file_id,
        {
            "id": file_id,
            "name": name,
            "title": name,
            "mimetype": mimetype,
            "size": length,
            "user": BOT_USER,
            "created": int(time.time()),
            "channels": [],
            "uploaded": False,
            "complete": False,
            "alt_txt": call.text("alt_txt"),
        },
    )
    office.store.put("uploads", ticket, {"file": file_id})
    return {"upload_url": f"{office.address}/upload/{ticket}", "file_id": file_id}


def receive(store_call: Call, ticket: str, data: bytes) -> int:
    """Second step: the bytes. How many there were."""
    store = store_call.office.store
    upload = store.get("uploads", ticket)
    file = store.get("files", upload["file"]) if upload else None
    if file is None:
        raise Refused("invalid_upload", status=404)
    if len(data) != file["size"]:
        raise Refused("invalid_file_size", status=400)
    with store.transaction():
        store.keep_bytes(file["id"], data)
        store.put("files", file["id"], {**file, "uploaded": True})
        store.drop("uploads", ticket)
    return len(data)


def complete_upload(call: Call) -> Json:
    """Third step: give the files titles and share them."""
    office = call.office
    given = objects(call.json("files"))
    if not given:
        raise invalid("missing required field: files")
    files = [office.store.get("files", str(one.get("id"))) for one in given]
    found = [file for file in files if file and file["uploaded"] and not file["complete"]]
    if len(found) != len(given):
        raise Refused("file_not_found")
    names = [call.text("channel_id"), *call.text("channels").split(",")]
    channels = [office.people.bot_place(name) for name in names if name]
    comment, blocks = call.text("initial_comment"), call.json("blocks", "invalid_blocks")
    if problems := text_problems(comment, "initial_comment"):
        raise invalid(problems[0])
    if blocks and any(block.get("type") == "markdown" for block in objects(blocks)):
        raise Refused("internal_error")
    refuse_blocks(message_problems(blocks, None))
    thread_ts = office.root_of(channels[0]["id"], call.text("thread_ts")) if channels else None
    for file, one in zip(found, given, strict=True):
        file |= {"title": str(one.get("title") or file["name"]), "complete": True}
        file["channels"] = [channel["id"] for channel in channels]
        office.store.put("files", file["id"], file)
    for channel in channels:
        shared = {"subtype": "file_share", "upload": False, "file_ids": [file["id"] for file in found]}
        message = office.compose(BOT_USER, comment, thread_ts=thread_ts, blocks=blocks, **shared)
        office.post(channel, message)
    return {"files": [file_object(file, office.address) for file in found]}


def info(call: Call) -> Json:
    """One file."""
    file = call.office.store.get("files", call.required("file"))
    if file is None or not file["complete"]:
        raise Refused("file_not_found")
    return {"file": file_object(file, call.office.address), "comments": []}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, tier=4, scope="files:write"),
    "files.completeUploadExternal": Method(complete_upload, tier=4, scope="files:write"),
    "files.info": Method(info, tier=4, scope="files:read"),
}
