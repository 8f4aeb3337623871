"""Users, channels, files and views in the shapes Slack sends them, and the payloads of what people do."""

import secrets
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from app.workspace.people import APP, BOT, BOT_USER, TEAM
from app.workspace.wire import Json, is_object, objects

TEAM_DOMAIN = "local"
OTHER_TEAM = "T0ELSEWHERE"
"""Where strangers come from."""


def user_object(user: Json) -> Json:
    """As users.info shows somebody."""
    kind = user.get("kind", "member")
    handle = "".join(letter for letter in user["name"].lower().replace(" ", ".") if letter.isalnum() or letter == ".")
    return {
        "id": user["id"],
        "team_id": OTHER_TEAM if kind == "stranger" else TEAM,
        "name": handle,
        "real_name": user["name"],
        "deleted": kind == "deactivated",
        "tz": user["tz"],
        "tz_label": user["tz"],
        "tz_offset": _offset(user["tz"]),
        "is_admin": False,
        "is_owner": False,
        "is_restricted": kind == "guest",
        "is_ultra_restricted": False,
        "is_stranger": kind == "stranger",
        "is_bot": user["is_bot"],
        "is_app_user": False,
        "updated": 1767225600,
        "profile": {
            "real_name": user["name"],
            "display_name": user["name"],
            "real_name_normalized": user["name"],
            "display_name_normalized": user["name"],
            "title": ", ".join(user["roles"]),
            "team": TEAM,
            **({"api_app_id": APP, "bot_id": BOT, "always_active": True} if user["is_bot"] else {}),
        },
    }


def _offset(timezone: str) -> int:
    """Seconds east of Greenwich, now."""
    shift = datetime.now(ZoneInfo(timezone)).utcoffset()
    return round(shift.total_seconds()) if shift else 0


def channel_object(channel: Json) -> Json:
    """As conversations.info shows a channel or direct message."""
    common: Json = {"id": channel["id"], "created": channel["created"], "is_archived": False, "is_im": channel["is_im"]}
    if channel["is_im"]:
        return {**common, "user": channel["user"], "is_user_deleted": False, "priority": 0}
    return {
        **common,
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": False,
        "is_general": channel["name"] == "general",
        "creator": "USLACKBOT",
        "is_member": BOT_USER in channel["members"],
        "num_members": len(channel["members"]),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_object(file: Json, address: str) -> Json:
    """As files.* and messages show a file; `address` is the server's base, "http://127.0.0.1:8765"."""
    url = f"{address}/files/{file['id']}/{file['name']}"
    kind = file["name"].rpartition(".")[2].lower() if "." in file["name"] else "binary"
    return {
        "id": file["id"],
        "created": file["created"],
        "timestamp": file["created"],
        "name": file["name"],
        "title": file["title"],
        "mimetype": file["mimetype"],
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file["user"],
        "user_team": TEAM,
        "editable": False,
        "size": file["size"],
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file["channels"]),
        "public_url_shared": False,
        "alt_txt": file.get("alt_txt", ""),
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "channels": file["channels"],
        "groups": [],
        "ims": [],
        "comments_count": 0,
    }


def team_object() -> Json:
    """The workspace, as interaction payloads name it."""
    return {"id": TEAM, "domain": TEAM_DOMAIN}


def person_object(user: Json) -> Json:
    """The person, as interaction payloads name them."""
    handle = user_object(user)["name"]
    return {"id": user["id"], "username": handle, "name": handle, "team_id": TEAM}


def event_callback(event: Json) -> Json:
    """The outer part of an Events API payload."""
    return {
        "token": "local",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": "Ev" + secrets.token_hex(5).upper(),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_hex(12)}",
    }


def interaction(kind: str, user: Json, trigger_id: str) -> Json:
    """What every interactive payload carries."""
    return {
        "type": kind,
        "user": person_object(user),
        "api_app_id": APP,
        "token": "local",
        "team": team_object(),
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": trigger_id,
    }


def view_object(given: Json, *, view_id: str, root_id: str, previous_id: str | None) -> Json:
    """A view as Slack answers and sends it, made from what the app gave."""
    return {
        "id": view_id,
        "team_id": TEAM,
        "type": given["type"],
        "blocks": with_block_ids(given["blocks"]),
        "private_metadata": given.get("private_metadata") or "",
        "callback_id": given.get("callback_id") or "",
        "external_id": given.get("external_id") or "",
        "title": given.get("title"),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "submit_disabled": False,
        "state": {"values": {}},
        "hash": f"{int(time.time())}.{secrets.token_hex(4)}",
        "root_view_id": root_id,
        "previous_view_id": previous_id,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }


def with_block_ids(blocks: object) -> list[Json]:
    """Blocks as Slack keeps them: each with a block_id, each interactive element with an action_id."""
    return [_named_block(block) for block in objects(blocks)]


def _named_block(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)[:5]}
    for key, value in block.items():
        if key in {"accessory", "element"} and is_object(value):
            named[key] = _named_element(value)
        elif key == "child_blocks" or (key == "elements" and block["type"] == "carousel"):
            named[key] = with_block_ids(value)
        elif key in {"elements", "actions"} and block["type"] != "rich_text":
            named[key] = [_named_element(item) for item in objects(value)]
    return named


def _named_element(element: Json) -> Json:
    if element.get("type") in {"image", "plain_text", "mrkdwn"} or element.get("action_id"):
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)[:5]}


def mentions(text: str, user: str) -> bool:
    """Whether a text mentions somebody."""
    return f"<@{user}>" in text or f"<@{user}|" in text
