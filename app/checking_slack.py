"""What `baton check` tries in Slack: both tokens, the scopes, the channel and everybody in `people`."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from app.settings import Settings
from app.slack import is_by_socket
from bot.manifest import SCOPES
from bot.slack import Profile, Slack, SlackRefused
from domain.errors import SlackUnavailable
from domain.operating_model import OperatingModel, Person
from governance.terms import ARCHITECT

_INVITE = {"not_in_channel", "channel_not_found"}
_TRIED = "`baton check` was here: I can post in this channel. Only you see this."


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was tried, and what to do about it."""

    fine: bool
    sentence: str


async def look(client: AsyncWebClient, settings: Settings, model: OperatingModel) -> AsyncIterator[Looked]:
    """Try everything, each on its own. The bot token has been greeted before. Raises SlackUnavailable."""
    yield await _scopes(client)
    if is_by_socket(settings):
        yield await _socket(client, settings)
    else:
        yield Looked(True, "SLACK_SIGNING_SECRET is set and SLACK_APP_TOKEN is not: Slack's requests come over HTTP.")
    slack, people = Slack(client), list[Person]()
    team = await slack.team()
    for person in model.people:
        problem = await _problem(slack, person, team)
        if problem:
            yield Looked(False, problem)
        else:
            people.append(person)
    if people:
        yield Looked(
            True, f"{_many(len(people))} of `people` may decide: {', '.join(one.name for one in people[:12])}."
        )
        yield await _channel(slack, model, people)


async def _scopes(client: AsyncWebClient) -> Looked:
    answer = await client.api_call("auth.test")  # pyright: ignore[reportUnknownMemberType] - slack_sdk's dicts are bare
    headers = {name.lower(): value for name, value in cast("Mapping[str, str]", answer.headers).items()}
    granted = set(headers.get("x-oauth-scopes", "").replace(",", " ").split())
    missing = sorted(set(SCOPES) - granted)
    if not granted:
        return Looked(True, "Slack does not say which scopes the bot token has; nothing is known about them.")
    if missing:
        return Looked(
            False,
            f"The bot token lacks {', '.join(missing)}: add it under “OAuth & Permissions” in Slack's app settings, "
            "then press “Reinstall to Workspace” there.",
        )
    return Looked(True, "The bot token has every scope that is used.")


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
    who = f"{person.name} ({person.slack})"
    try:
        found = await slack.profile(person.slack)
    except SlackRefused as refused:
        if refused.code == "user_not_found":
            return f"{who}: Slack knows no such member. Open their profile, then ⋮ and “Copy member ID”."
        return f"{who}: Slack does not say who this is ({refused.code})."
    what = next((what for is_so, what in _kinds(found, team) if is_so), "")
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
    to = next((one for one in people if ARCHITECT in one.roles), people[0])
    try:
        await slack.whisper(channel, to.slack, _TRIED)
    except SlackRefused as refused:
        if refused.code in _INVITE:
            return Looked(False, f"#{channel}: no such channel, or I am not in it. Type `/invite @Baton` there.")
        if refused.code == "user_not_in_channel":
            return Looked(False, f"#{channel}: {to.name} is not in it and would see no card.")
        if refused.code == "is_archived":
            return Looked(False, f"#{channel} is archived: unarchive it, or name another channel under `routes`.")
        return Looked(False, f"#{channel}: Slack refused ({refused.code}).")
    except SlackUnavailable as error:
        return Looked(False, f"#{channel}: {error}")
    return Looked(True, f"Cards can be posted in #{channel}; {to.name} was shown a note there that nobody else sees.")


def _many(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
