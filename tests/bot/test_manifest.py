"""The manifest asks for what the code uses, and no more."""

from pathlib import Path

import bot
from bot import names
from bot.manifest import EVENTS, SCOPES, manifest

SOURCE = "\n".join(path.read_text() for path in Path(bot.__file__).parent.glob("*.py") if path.name != "manifest.py")


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
