"""The manifest asks for what the code uses, and no more."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

import app
import bot
from bot import names
from bot.manifest import EVENTS, SCOPES, manifest

SOURCE = "\n".join(path.read_text() for path in Path(bot.__file__).parent.glob("*.py") if path.name != "manifest.py")

ROOMS = (*Path(bot.__file__).parent.glob("*.py"), *Path(app.__file__).parent.glob("*.py"))


@cache
def methods_called() -> frozenset[str]:
    """Every Web API method that the bot and what connects it call, read from the source."""
    called = {
        node.attr
        for path in ROOMS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("client")
    }
    named = {
        word for path in ROOMS for word in re.findall(r'api_call\(\s*"([\w.]+)"', path.read_text(encoding="utf-8"))
    }
    return frozenset(named).union(*(_methods(name) for name in called if callable(getattr(AsyncWebClient, name, None))))


def _methods(name: str) -> frozenset[str]:
    """The API methods behind one of slack_sdk's: one as a rule, three for an upload."""
    source = inspect.getsource(getattr(AsyncWebClient, name))
    found = frozenset(re.findall(r'self\.api_call\(\s*"([\w.]+)"', source))
    inner = set(re.findall(r"self\.(\w+)\(", source)) - {name, "api_call", "_upload_file"}
    return found.union(*(_methods(one) for one in inner if callable(getattr(AsyncWebClient, one, None))))


def test_the_scopes_are_the_seven_that_are_promised():
    reading, writing = {"app_mentions:read", "im:history", "users:read"}, {"chat:write", "files:write", "pins:write"}
    assert set(SCOPES) == {"commands", *reading, *writing}


def test_every_event_subscribed_to_has_a_listener():
    for event in EVENTS:
        assert f'app.event("{event.partition(".")[0]}")' in SOURCE


def test_every_button_and_form_has_a_listener():
    listeners = (Path(bot.__file__).parent / "listeners.py").read_text()
    for name in ("APPROVE", "OVERRIDE", "REJECT", "SNOOZE", "ASK", "REFRESH_HOME"):
        assert f"names.{name}," in listeners
    for name in ("OVERRIDE_FORM", "REJECT_FORM", "SNOOZE_FORM", "ASK_FORM"):
        assert f"names.{name}," in listeners


def test_the_app_speaks_over_a_socket_and_knows_the_command():
    made = manifest()
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert made["features"]["slash_commands"][0]["command"] == names.COMMAND
