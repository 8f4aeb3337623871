"""The manifest asks for what the code uses, and no more."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import app
import bot
from bot import names
from bot.manifest import EVENTS, EVENTS_PATH, PANE_SCOPES, REDIRECT_PATH, REMOVALS, SCOPES, manifest

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


NEEDS: dict[str, set[str]] = {
    "apps.connections.open": set(),  # of an app-level token: connections:write
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "assistant.threads.setTitle": {"assistant:write"},
    "auth.revoke": set(),
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.scheduleMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "oauth.v2.access": set(),
    "pins.add": {"pins:write"},
    "pins.remove": {"pins:write"},
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
"""What Slack's documentation says each method needs of a bot token."""
HEARD: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "assistant_thread_context_changed": {"assistant:write"},
    "assistant_thread_started": {"assistant:write"},
    "message.im": {"im:history"},
    "tokens_revoked": set(),
}
"""The same of each event."""
URL = "https://baton.example.com"


@pytest.mark.parametrize("url", ["", URL])
def test_the_manifest_asks_for_the_scopes_that_its_methods_events_and_command_need_and_no_others(url: str):
    made = manifest(url=url)
    unknown = methods_called() - set(NEEDS)
    assert not unknown, f"look up in Slack's documentation what {unknown} need"
    needed = set().union(*(NEEDS[method] for method in methods_called()))
    needed |= set().union(*(HEARD[event] for event in made["settings"]["event_subscriptions"]["bot_events"]))
    needed |= {"commands"} if made["features"]["slash_commands"] else set()
    assert set(made["oauth_config"]["scopes"]["bot"]) == needed
    assert set(SCOPES) | set(PANE_SCOPES) == needed


def test_every_event_subscribed_to_has_a_listener():
    for event in EVENTS:
        assert f'app.event("{event.partition(".")[0]}")' in SOURCE


def test_an_app_that_hears_of_assistant_threads_has_a_pane_and_no_other_has():
    made = manifest()
    heard = any(
        event.startswith("assistant_thread_") for event in made["settings"]["event_subscriptions"]["bot_events"]
    )
    assert heard == ("assistant_view" in made["features"])


def test_every_button_and_form_has_a_listener():
    listeners = (Path(bot.__file__).parent / "listeners.py").read_text()
    for name in ("APPROVE", "OVERRIDE", "REJECT", "SNOOZE", "ASK", "MORE", "REFRESH_HOME"):
        assert f"names.{name}," in listeners
    for name in ("OVERRIDE_FORM", "REJECT_FORM", "SNOOZE_FORM", "ASK_FORM"):
        assert f"names.{name}," in listeners


def test_without_an_address_the_app_speaks_over_a_socket():
    made = manifest()
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["settings"]["interactivity"] == {"is_enabled": True}
    assert made["features"]["slash_commands"][0]["command"] == names.COMMAND
    assert "http" not in str(made)


def test_with_an_address_slack_sends_everything_where_it_is_answered():
    made = manifest(url=URL + "/")
    settings, (command,) = made["settings"], made["features"]["slash_commands"]
    assert settings["socket_mode_enabled"] is False
    for place in (settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]):
        assert place == command["url"] == URL + EVENTS_PATH
    assert made["oauth_config"]["redirect_urls"] == [URL + REDIRECT_PATH]
    assert set(REMOVALS) < set(settings["event_subscriptions"]["bot_events"])
