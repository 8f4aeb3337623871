"""The story everything serves, told through the control API: the same steps people take on the page."""

import re
from collections.abc import Iterator
from typing import Any

from tests.e2e.process import Demo

MEDIA, CREATIVE, CRM, MEMBER = "U0MARA0001", "U0JONAS001", "U0PRIYA001", "U0SAMI0001"
CHANNEL = "marketing-signals"
CAMPAIGN, BUDGET = "c3", "640.00"
"""Run Club spring, and its budget after either override."""
SMALLER_SHIFT, SMALLER_CUT = "80", "640"
"""What the media lead types: this much to another campaign, or this budget."""


def state(demo: Demo) -> dict[str, Any]:
    return demo.get("/control/state")


def channel_id(demo: Demo) -> str:
    return next(channel["id"] for channel in state(demo)["channels"] if channel["name"] == CHANNEL)


def cards(demo: Demo) -> list[dict[str, Any]]:
    """Signal cards in the channel, oldest first: top-level messages of the bot that show a signal."""
    channel = channel_id(demo)
    return [
        message
        for message in state(demo)["messages"]
        if message["channel"] == channel
        and not message["thread_ts"]
        and any(block["type"] == "header" for block in message["blocks"] or ())
        and "sig_" in words(message)
    ]


def thread(demo: Demo, card: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for message in state(demo)["messages"] if message["thread_ts"] == card["ts"]]


def words(thing: Any) -> str:
    """All text in a message, view or block, in reading order."""
    return " ".join(_texts(thing)).replace("\u00a0", " ")


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        for key, value in thing.items():
            if key in ("text", "alt_text", "title", "label", "caption") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(thing, list):
        for item in thing:
            yield from _texts(item)


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be pressed at once: what lies in a menu is no button."""
    return [
        element | {"block_id": block.get("block_id", "")}
        for block in message["blocks"] or ()
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


def button(message: dict[str, Any], action_id: str, proposal: str) -> dict[str, Any]:
    """The button of one proposal; `proposal` is its id."""
    return next(b for b in buttons(message) if b["action_id"] == action_id and b["value"].startswith(proposal))


def proposal_of(message: dict[str, Any], title: str) -> str:
    """The id of the proposal whose part of the card carries this title."""
    found = ""
    for block in message["blocks"]:
        if block["type"] == "section" and title in words(block):
            found = title
        if found and block["type"] == "actions":
            return str(block["elements"][0]["value"]).rpartition(":")[0]
    raise AssertionError(f"no proposal titled {title!r} on: {words(message)}")


def click(demo: Demo, user: str, message: dict[str, Any], action_id: str, value: str) -> dict[str, Any]:
    return demo.post(
        "/control/click", user=user, channel=message["channel"], ts=message["ts"], action_id=action_id, value=value
    )


def budget_of(demo: Demo, campaign: str) -> str:
    for account in demo.get("/control/ads")["accounts"]:
        for each in account["campaigns"]:
            if each["campaign_id"] == campaign:
                return str(each["daily_budget"])
    raise AssertionError(f"no campaign {campaign}")


def first_number(text: str) -> str:
    found = re.search(r"\d[\d.,]*", text)
    assert found, text
    return found.group()


def core_card(demo: Demo) -> dict[str, Any]:
    """The first combined signal, as it stands now."""
    return demo.until(lambda: next(iter(cards(demo)), None), what="the first card is there")


def budget_proposal(card: dict[str, Any]) -> str:
    """The button value of the media lead's budget question."""
    return question(card, r"\b(Set|Shift) budget\b")


def creative_proposal(card: dict[str, Any]) -> str:
    """The button value of the creative lead's question."""
    return question(card, r"\bRefresh creative\b")


def question(card: dict[str, Any], title: str) -> str:
    """The button value of the first open question whose part of the card reads like `title`."""
    part = ""
    for block in card["blocks"]:
        if block["type"] == "section":
            part = words(block)
        elif block["type"] == "actions" and re.search(title, part):
            return str(block["elements"][0]["value"])
    raise AssertionError(f"no question like {title} on: {words(card)}")


def override(demo: Demo, card: dict[str, Any], value: str, reason: str) -> dict[str, Any]:
    """The media lead opens the form, types a smaller step and a reason, and sends it."""
    view = click(demo, MEDIA, card, "override_proposal", value)["view"]
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    typed = {"reason": reason, "amount": SMALLER_SHIFT, "daily_budget": SMALLER_CUT}
    values = {block["block_id"]: {block["element"]["action_id"]: typed[block["block_id"]]} for block in inputs}
    return demo.post("/control/submit", user=MEDIA, view_id=view["id"], values=values)


def history(demo: Demo) -> list[dict[str, Any]]:
    """Every value changed in the ad account, oldest first."""
    return demo.get("/control/ads")["history"]


def tasks(demo: Demo) -> list[dict[str, Any]]:
    return demo.get("/control/ads")["tasks"]


def executed(demo: Demo, card_ts: str) -> bool:
    """Whether the thread says that the budget was written."""
    return any("budget" in words(m) + m["text"] and "Done" in m["text"] for m in replies(demo, card_ts))


def replies(demo: Demo, card_ts: str) -> list[dict[str, Any]]:
    return [message for message in state(demo)["messages"] if message["thread_ts"] == card_ts]


def at(demo: Demo, ts: str) -> dict[str, Any]:
    """One message as it stands now."""
    return next(message for message in state(demo)["messages"] if message["ts"] == ts)


def outcome(demo: Demo, card_ts: str) -> dict[str, Any] | None:
    said = (m for m in replies(demo, card_ts) if m["text"].startswith("Outcome of") and "budget" in m["text"])
    return next(said, None)
