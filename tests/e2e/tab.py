"""The design tab of a running demo, as people use it: opened from App Home, its buttons pressed, its forms sent."""

from typing import Any

from tests.e2e.process import Demo


def opened(demo: Demo, user: str) -> dict[str, Any]:
    """App Home → Design, as one person sees it."""
    home = demo.post("/control/home", user=user)["view"]

    def shows() -> bool:
        """App Home opened a moment ago may be drawn after the press: then whoever looks presses again."""
        demo.post("/control/click", user=user, view_id=home["id"], action_id="show_design", value="design")
        return any(block.get("text", {}).get("text") == "Design" for block in shown(demo, user)["blocks"])

    demo.until(shows, what="the tab shows")
    return shown(demo, user)


def shown(demo: Demo, user: str) -> dict[str, Any]:
    """The App Home one person looks at, without opening it anew."""
    return demo.get(f"/control/home?user={user}")["view"]


def press(demo: Demo, user: str, action: str, value: str) -> dict[str, Any]:
    """Press a button of the tab, or choose what to edit: "limits/0"."""
    view = opened(demo, user)
    return demo.post(
        "/control/click", user=user, view_id=view["id"], action_id=action, value=value, **beside(view, action, value)
    )


def beside(view: dict[str, Any], action: str, value: str) -> dict[str, str]:
    """The block in which something is pressed or chosen, where the view names it."""
    for block in view["blocks"]:
        held = block.get("accessory") or {}
        values = [held.get("value"), *(option["value"] for option in held.get("options", ()))]
        if held.get("action_id") == action and value in values and "block_id" in block:
            return {"block_id": block["block_id"]}
    return {}


def form(demo: Demo, user: str, action: str, value: str) -> dict[str, Any]:
    """The form that a press opens. Where Slack's three seconds pass before it, people press again."""
    return dict(demo.until(lambda: press(demo, user, action, value).get("view"), what=f"{action} opens a form"))


def send(demo: Demo, user: str, form: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Fill in a form and send it; what is not named stays as it is."""
    given = {block: {block: value} for block, value in values.items()}
    return demo.post("/control/submit", user=user, view_id=form["id"], values=given)


def elements(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that can be pressed or chosen in a view."""
    parts = [one for block in view["blocks"] for one in [*block.get("elements", ()), block.get("accessory") or {}]]
    return [one for one in parts if "action_id" in one]


def presses(view: dict[str, Any]) -> set[str]:
    """The same, by action id."""
    return {str(one["action_id"]) for one in elements(view)}
