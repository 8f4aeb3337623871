"""The Slack app manifest as data: the scopes, events and command that the code really uses, and no more."""

from collections.abc import Mapping
from typing import Final

from bot.names import COMMAND

SCOPES: Final = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "pins:write",
    "users:read",
)
"""What a bot token must hold."""
PANE_SCOPES: Final = ("assistant:write",)
"""What Slack wants of an app with an assistant pane. A token without it works as well: the pane offers no prompts."""
EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "message.im",
)
REMOVALS: Final = ("app_uninstalled", "tokens_revoked")
"""Where the app is installed by its own pages it hears when that has ended. Slack sends these without any scope."""
EVENTS_PATH: Final = "/slack/events"
"""Where Slack sends everything, in HTTP mode: events, presses, forms, commands."""
INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"


def manifest(name: str = "Baton", url: str = "") -> Mapping[str, object]:
    """What `slack-manifest.yaml` holds; paste it at api.slack.com/apps → Create New App → From a manifest.

    `url`: the public address in front of `baton serve --http`; empty: Socket Mode.
    """
    address = url.rstrip("/")
    reached = {"request_url": address + EVENTS_PATH} if address else {}
    events = [*EVENTS, *(REMOVALS if address else ())]
    redirects = {"redirect_urls": [address + REDIRECT_PATH]} if address else {}
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
            "assistant_view": {
                "assistant_description": "Answers questions about your marketing, with the source of every number.",
                "suggested_prompts": [],
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": address + EVENTS_PATH} if address else {}),
                    "description": "What waits, what changed, and answers about your marketing",
                    "usage_hint": "status | pending | signal … | summary … | ask … | stop … because … | design | help",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {**redirects, "scopes": {"bot": sorted((*SCOPES, *PANE_SCOPES))}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": events},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }
