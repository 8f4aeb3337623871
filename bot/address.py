"""Which workspace a call of the Web API goes to, and what it says in the ids which that workspace knows."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from domain.slack_id import TEAM, SlackId, team_of

_WHERE: Final = ("channel", "channel_id", "user", "user_id", "trigger_id", "view_id")
"""Arguments that are ids of the workspace a call goes to."""
_WORDS: Final = ("text", "markdown_text", "blocks", "chunks", "view", "attachments", "prompts")
"""Arguments that people are shown."""
_OURS: Final = frozenset({"private_metadata", "value", "action_id", "block_id", "callback_id"})
"""What Slack hands back to us as it is."""
_MENTION = re.compile(rf"<@((?:{TEAM}/)?[UW][A-Z0-9]+)>")
Named = Callable[[str], str]
"""The name of a person by their written id, as mrkdwn."""
Arguments = dict[str, Any]


class Astray(Exception):
    """One call that speaks of two workspaces: no token is good for both."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """A call as one workspace is to hear it."""

    team: str
    """The workspace; empty for home."""
    channel: str
    """The channel or user it is about, as we write it; empty for none."""
    arguments: tuple[Arguments | None, ...]
    """In the order they were given, each a copy."""


def addressed(given: Sequence[Any], named: Named) -> Addressed:
    """Find out where a call goes. Raises Astray."""
    known = [cast("Arguments", one) for one in given if isinstance(one, dict)]
    places = [str(one[name]) for one in known for name in _WHERE if one.get(name)]
    teams = {team_of(place) for place in places}
    if len(teams) > 1 or any("/" in place and not team_of(place) for place in places):
        raise Astray
    team = next(iter(teams), "")
    channel = next((str(one["channel"]) for one in known if one.get("channel")), "")
    made = tuple(_spoken(cast("Arguments", one), team, named) if isinstance(one, dict) else one for one in given)
    return Addressed(team, channel, made)


def _spoken(arguments: Arguments, team: str, named: Named) -> Arguments:
    kept = dict(arguments)
    if team:
        kept |= {name: SlackId.parse(str(kept[name])).local for name in _WHERE if kept.get(name)}
    return kept | {name: _said(kept[name], team, named) for name in _WORDS if kept.get(name)}


def _said(value: Any, team: str, named: Named) -> Any:
    """What is shown, mentioning nobody whom this workspace would take for somebody else."""
    if isinstance(value, str):
        return _MENTION.sub(lambda found: _mention(found[1], team, named), value)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return {
            key: held if key in _OURS else _said(held, team, named)
            for key, held in fields.items()
            if key != "initial_user" or team_of(str(held)) == team
        } | ({"initial_user": _local(fields["initial_user"])} if _has_first(fields, team) else {})
    if isinstance(value, list | tuple):
        return [_said(one, team, named) for one in cast("Sequence[Any]", value)]
    return value


def _has_first(fields: Mapping[str, Any], team: str) -> bool:
    return "initial_user" in fields and team_of(str(fields["initial_user"])) == team


def _local(written: object) -> str:
    return SlackId.parse(str(written)).local


def _mention(written: str, team: str, named: Named) -> str:
    who = SlackId.parse(written)
    return f"<@{who.local}>" if who.team == team else named(written)
