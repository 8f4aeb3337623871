"""What `baton check` tries in Slack: the tokens, the scopes, the channel and everybody in `people`, where they are."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from app.settings import Settings
from app.slack import is_by_socket
from bot.client import NOT_INSTALLED, SlackClient
from bot.manifest import INSTALL_PATH, SCOPES
from bot.slack import Profile, Slack, SlackRefused
from domain.errors import SlackUnavailable
from domain.operating_model import OperatingModel, Person
from domain.roles import ARCHITECT
from domain.slack_id import is_same_workspace, team_of

_INVITE = ": no such channel, or I am not in it. Type `/invite @Baton` there."
_CLOSED: Mapping[str, str] = {
    "not_in_channel": _INVITE,
    "channel_not_found": _INVITE,
    "user_not_in_channel": ": {name} is not in it and would see no card.",
    "is_archived": " is archived: unarchive it, or name another channel under `routes`.",
}
_INSTALL = f"name it in SLACK_WORKSPACES, then somebody there opens {INSTALL_PATH} at Baton's address."
_TRIED = "`baton check` was here: I can post in this channel. Only you see this."


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was tried, and what to do about it."""

    fine: bool
    sentence: str


async def look(client: SlackClient, settings: Settings, model: OperatingModel) -> AsyncIterator[Looked]:
    """Try everything, each on its own. The bot token has been greeted before. Raises SlackUnavailable."""
    yield await _scopes(client)
    for team in settings.slack_workspaces[1:]:
        yield await _elsewhere(client, team)
    if is_by_socket(settings):
        yield await _socket(client, settings)
    else:
        yield Looked(True, "SLACK_SIGNING_SECRET is set and SLACK_APP_TOKEN is not: Slack's requests come over HTTP.")
    slack, people = Slack(client), list[Person]()
    team = await slack.team()
    if settings.slack_workspaces and settings.slack_workspaces[0] != team:
        yield Looked(False, f"The bot token is of {team}, and SLACK_WORKSPACES names another home; write {team} first.")
    for person in model.people:
        problem = await _problem(slack, person, team)
        if problem:
            yield Looked(False, problem)
        else:
            people.append(person)
    there = team_of(model.routes.channel)
    if there and there == team:
        yield Looked(False, f"#{model.routes.channel} is of the home workspace: write the channel alone.")
    elif there and not await client.is_installed(there):
        yield Looked(False, f"#{model.routes.channel} is in {there}, where Baton is not installed: {_INSTALL}")
    if people:
        yield Looked(
            True, f"{_many(len(people))} of `people` may decide: {', '.join(one.name for one in people[:12])}."
        )
    if people and (not there or await client.is_installed(there)):
        yield await _channel(slack, model, people)


async def _elsewhere(client: SlackClient, team: str) -> Looked:
    """Another workspace the app is for."""
    try:
        token = await client.token_for(team)
        return await _scopes(client, token, f" of {team}")
    except SlackApiError as error:
        said = cast("Mapping[str, object]", error.response).get("error")
        if said != NOT_INSTALLED:
            return Looked(False, f"{team} no longer takes its token ({said}): {_INSTALL}")
        return Looked(
            True, f"The app is not installed in {team} yet: nobody there can do anything, nor learn anything."
        )


async def _scopes(client: AsyncWebClient, token: str | None = None, of: str = "") -> Looked:
    answer = await client.api_call("auth.test", params={"token": token} if token else {})  # pyright: ignore[reportUnknownMemberType] - slack_sdk's dicts are bare
    if cast("Mapping[str, object]", answer.data).get("is_enterprise_install"):
        return Looked(False, f"The bot token{of} is of a whole organisation: install the app in single workspaces.")
    headers = {name.lower(): value for name, value in cast("Mapping[str, str]", answer.headers).items()}
    granted = set(headers.get("x-oauth-scopes", "").replace(",", " ").split())
    missing = sorted(set(SCOPES) - granted)
    if not granted:
        return Looked(True, f"Slack does not say which scopes the bot token{of} has; nothing is known about them.")
    if missing:
        return Looked(
            False,
            f"The bot token{of} lacks {', '.join(missing)}: add it under “OAuth & Permissions” in Slack's app "
            "settings, then press “Reinstall to Workspace” there.",
        )
    return Looked(True, f"The bot token{of} has every scope that is used.")


async def _socket(client: AsyncWebClient, settings: Settings) -> Looked:
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())  # pyright: ignore[reportUnknownMemberType] - bare dicts
    except SlackApiError as error:
        said = cast("Mapping[str, object]", error.response.data)
        return Looked(
            False,
            f"Slack refused SLACK_APP_TOKEN ({said.get('error')}): make an app-level token with "
            "connections:write under “Basic Information”, and switch Socket Mode on.",
        )
    return Looked(True, "SLACK_APP_TOKEN opens a socket.")


async def _problem(slack: Slack, person: Person, team: str) -> str:
    """Why somebody in `people` could decide nothing; nothing where they can."""
    who, there = f"{person.name} ({person.slack})", team_of(person.slack)
    if there == team:
        return f"{who} is of the home workspace: write the id alone, or nobody is ever taken for them."
    try:
        found = await slack.profile(person.slack)
    except SlackRefused as refused:
        if refused.code == NOT_INSTALLED:
            return f"{who} is of {there}, where Baton is not installed: {_INSTALL}"
        if refused.code == "user_not_found":
            return f"{who}: Slack knows no such member. Open their profile, then ⋮ and “Copy member ID”."
        return f"{who}: Slack does not say who this is ({refused.code})."
    what = next((what for is_so, what in _kinds(found, there or team) if is_so), "")
    return f"{who} {what}, and decides nothing." if what else ""


def _kinds(found: Profile, team: str) -> tuple[tuple[bool, str], ...]:
    return (
        (found.deleted, "has left the workspace"),
        (found.is_bot, "is a bot"),
        (found.is_stranger or bool(found.teams and team and team not in found.teams), "is of another workspace"),
        (found.is_restricted, "is a guest"),
    )


async def _channel(slack: Slack, model: OperatingModel, people: list[Person]) -> Looked:
    """Say something there that only one person sees: nothing less shows that cards can be posted."""
    channel = model.routes.channel
    theirs = [one for one in people if is_same_workspace(one.slack, channel)]
    if not theirs:
        return Looked(False, f"#{channel}: nobody of `people` who may decide is in its workspace and would see a card.")
    to = next((one for one in theirs if ARCHITECT in one.roles), theirs[0])
    try:
        await slack.whisper(channel, to.slack, _TRIED)
    except SlackRefused as refused:
        why = _CLOSED.get(refused.code, ": Slack refused ({code}).").format(code=refused.code, name=to.name)
        return Looked(False, f"#{channel}{why}")
    except SlackUnavailable as error:
        return Looked(False, f"#{channel}: {error}")
    return Looked(True, f"Cards can be posted in #{channel}; {to.name} was shown a note there that nobody else sees.")


def _many(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
