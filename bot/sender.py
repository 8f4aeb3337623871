"""Who sent a payload, and the payload with every id of another workspace written together with that workspace."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from bot.private import Body, user_of
from domain.slack_id import SlackId

_BY_AUTHOR = ("user_team", "source_team", "team")
"""Where an event names the workspace of whoever wrote it."""
_SELECTED = ("selected_user", "selected_users")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent something, and how it reached us."""

    team: str
    """The workspace of who sent it; empty where Slack does not say, or says two things."""
    through: str
    """The workspace through whose installation it came; empty where Slack does not say."""
    local: str
    """The user's id within `team`."""

    def seen_from(self, home: str) -> SlackId | None:
        """Who that is for the company whose home workspace this is; None for nobody."""
        try:
            who = SlackId.given(self.team, self.local, home)
        except ValueError:
            return None
        return who if who.is_person else None


def sender_of(body: Body) -> Sender:
    """Who sent a payload, as far as Slack says so."""
    if "event" in body:
        return _author(body)
    user, team, view = _of(body, "user"), _of(body, "team"), _of(body, "view")
    hosting = _first(view.get("app_installed_team_id"), team.get("id"), body.get("team"), body.get("team_id"))
    claimed = _first(user.get("team_id"), team.get("id"), body.get("team"), body.get("team_id"))
    orgs = {_first(_of(body, "enterprise").get("id"), body.get("enterprise_id"), team.get("enterprise_id"))}
    return Sender(_within(orgs, {claimed}, hosting), hosting, user_of(body))


def _author(body: Body) -> Sender:
    """In a shared channel an event is told through our installation, whoever wrote; elsewhere through another one."""
    event = _of(body, "event")
    told = cast("list[Body]", body.get("authorizations") or [{}])[0]
    through = _first(told.get("team_id"), body.get("team_id"))
    claims = {found for name in _BY_AUTHOR if (found := _first(event.get(name)))}
    if not claims and body.get("is_ext_shared_channel") is True:
        return Sender("", through, user_of(body))  # whose words these are nobody says
    orgs = {_first(told.get("enterprise_id"), body.get("enterprise_id"))}
    user = _first(event.get("user"), _of(event, "assistant_thread").get("user_id"), user_of(body))
    return Sender(_within(orgs, claims or {through}, through), through, user)


def _within(orgs: set[str], claims: set[str], through: str) -> str:
    """The one workspace that is claimed; an organisation (E…) stands for our workspace in it: ids are unique there."""
    own = orgs - {""}
    teams = {through if claim in own and claim.startswith("E") else claim for claim in claims}
    return teams.pop() if len(teams) == 1 else ""


def placed(body: Body, sender: Sender, home: str) -> dict[str, Any]:
    """The payload as everything behind the door reads it: a bare id is of the home workspace, wherever it stands.

    Nothing changes where both the sender and the way it came are of the home workspace. Raises ValueError for an id
    that is none.
    """
    kept = dict(body)
    if sender.team == home and sender.through == home:
        return kept

    def by(local: str) -> str:
        return str(SlackId.given(sender.team, local, home))

    def there(local: str) -> str:
        return str(SlackId.given(sender.through, local, home))

    for held in _holders(kept):
        _write(held, ("user", "user_id"), by)
        _write(held, ("channel", "channel_id", "trigger_id", "view_id"), there)
    if isinstance(kept.get("view"), dict):
        view = kept["view"] = dict(kept["view"])
        _write(view, ("id",), there)
        # Whoever opened a form in another workspace than the one it came from chose from people of nobody knows which.
        _choose(view, by if sender.team == sender.through else None)
    return kept


def _holders(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The payload and what in it says who and where, each copied into its place before it is changed."""
    yield body
    for name in ("event", "container"):
        if isinstance(body.get(name), dict):
            body[name] = dict(body[name])
            yield body[name]
    event = body.get("event")
    if isinstance(event, dict) and isinstance(cast("Body", event).get("assistant_thread"), dict):
        event["assistant_thread"] = dict(cast("Body", event)["assistant_thread"])
        yield cast("dict[str, Any]", event["assistant_thread"])


def _write(held: dict[str, Any], names: tuple[str, ...], written: Callable[[str], str]) -> None:
    for name in names:
        found: Any = held.get(name)
        if isinstance(found, dict) and "id" in found:
            held[name] = found | {"id": written(str(cast("Body", found)["id"]))}
        elif isinstance(found, str) and found:
            held[name] = written(found)


def _choose(view: dict[str, Any], by: Callable[[str], str] | None) -> None:
    """The people chosen in a form."""
    state: Any = view.get("state")
    if not isinstance(state, dict):
        return
    fields = cast("dict[str, dict[str, dict[str, Any]]]", cast("Body", state).get("values") or {})
    chosen = {block: {name: _chosen(entry, by) for name, entry in inputs.items()} for block, inputs in fields.items()}
    view["state"] = cast("dict[str, Any]", state) | {"values": chosen}


def _chosen(entry: dict[str, Any], by: Callable[[str], str] | None) -> dict[str, Any]:
    kept = dict(entry)
    for name in _SELECTED:
        found: Any = kept.get(name)
        if isinstance(found, list):
            kept[name] = [by(str(one)) for one in cast("list[object]", found)] if by else []
        elif isinstance(found, str) and found:
            kept[name] = by(found) if by else None
    return kept


def _of(body: Body, holder: str) -> Body:
    held: object = body.get(holder)
    return cast("Body", held) if isinstance(held, dict) else {}


def _first(*said: object) -> str:
    """The first text that says something."""
    return next((one for one in said if isinstance(one, str) and one), "")
