"""The Slack app manifest as data: the scopes, events and command that the code really uses, and no more."""

from collections.abc import Mapping

from bot.names import COMMAND

SCOPES = ("app_mentions:read", "chat:write", "commands", "files:write", "im:history", "pins:write", "users:read")
"""What a bot token must hold. Slack takes chat:write for the status in the assistant pane; suggested prompts would
need assistant:write as well, and without it the pane merely shows none."""
EVENTS = (
    "app_home_opened",
    "app_mention",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "message.im",
)


def manifest(name: str = "Baton") -> Mapping[str, object]:
    """What `slack-manifest.yaml` holds; paste it at api.slack.com/apps → Create New App → From a manifest."""
    return {
        "display_information": {
            "name": name,
            "description": "Joins what marketing agents notice into one signal, asks its owners, acts once, measures.",
            "background_color": "#1d3d47",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "What waits, what changed, and answers about your marketing",
                    "usage_hint": "status | pending | signal … | summary … | ask … | stop … because … | design | help",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
