"""views.*: modals and App Home."""

from app.workspace.blocks import view_problems
from app.workspace.methods.call import Call, Method, invalid, refuse_blocks
from app.workspace.wire import Json, Refused, encode, is_object

LARGEST = 250_000
"""Bytes in a view."""


def checked_view(call: Call, *kinds: str) -> Json:
    """The view argument. Raises Refused."""
    given = call.json("view", "invalid_arguments")
    if not is_object(given):
        raise invalid("missing required field: view")
    return fit(given, *kinds)


def fit(view: Json, *kinds: str) -> Json:
    """A view Slack would show. Raises Refused."""
    if view.get("type") not in kinds:
        raise invalid(f"view.type: must be {' or '.join(kinds)}")
    if len(encode(view).encode()) > LARGEST:
        raise Refused("view_too_large")
    refuse_blocks(view_problems(view))
    return view


def open_view(call: Call) -> Json:
    """Open a modal for who pressed; a trigger id buys one."""
    office, trigger = call.office, call.required("trigger_id")
    user = office.triggers.exchange(trigger)
    view = office.views.open(user, checked_view(call, "modal"))
    office.triggers.spend(trigger)
    return {"view": view}


def push(call: Call) -> Json:
    """Put a modal on top of the open one."""
    office, trigger = call.office, call.required("trigger_id")
    user = office.triggers.exchange(trigger)
    view = office.views.push(user, checked_view(call, "modal"))
    office.triggers.spend(trigger)
    return {"view": view}


def update(call: Call) -> Json:
    """Change a view in place."""
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise invalid("missing required field: view_id")
    found = call.office.views.view(view_id, external_id)
    if found is None:
        raise Refused("not_found")
    view = checked_view(call, found[1]["type"])
    return {"view": call.office.views.update(view_id, external_id, view, call.text("hash"))}


def publish(call: Call) -> Json:
    """Put a view on somebody's App Home."""
    user = call.office.people.user(call.required("user_id"))
    if user is None:
        raise Refused("user_not_found")
    view = checked_view(call, "home")
    return {"view": call.office.views.publish(user["id"], view, call.text("hash"))}


METHODS = {
    "views.open": Method(open_view, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
