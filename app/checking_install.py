"""What `baton check` tries where the app is installed by its own pages: settings, addresses, and who answers there."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

import aiohttp
import yaml

from app.checking_slack import Looked
from app.settings import Settings
from bot.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, REMOVALS

MANIFEST: Final = "slack-manifest.yaml"
"""As `baton init --url` writes it, beside `baton.yaml`."""
ANSWER_SECONDS: Final = 5.0
"""How long the install address may take: somebody sits before it."""
_MOST_BYTES = 100_000
"""Of the page there; slack_bolt's own has a few thousand."""
_CLIENT_ID = re.compile(r"\d+\.\d+")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BASICS = "Slack shows it under “Basic Information”."


def is_meant(settings: Settings) -> bool:
    """Whether anything is set that only installing by pages needs."""
    secret = settings.slack_client_secret.get_secret_value()
    return bool(settings.slack_client_id or secret or settings.slack_workspaces)


async def look_at_installing(settings: Settings, folder: Path) -> AsyncIterator[Looked]:
    """Try everything, each on its own. `folder`: where `slack-manifest.yaml` may stand. Raises nothing."""
    wrong = [Looked(False, sentence) for sentence in _settings(settings)]
    for one in wrong:
        yield one
    if not wrong:
        yield Looked(True, f"The app may be installed in {', '.join(settings.slack_workspaces)}, home first.")
    path = folder / MANIFEST
    held = _manifest(path)
    if held is None:
        yield Looked(True, f"There is no {path}: nothing is known about the addresses Slack was given.")
        return
    address, problems = _addresses(held)
    for problem in problems:
        yield Looked(False, f"{path}: {problem}")
    if not problems:
        yield Looked(True, f"Slack sends to {address}{EVENTS_PATH} and comes back to {address}{REDIRECT_PATH}.")
    if address:
        yield await _page(address, settings.slack_client_id)


def _settings(settings: Settings) -> Iterator[str]:
    client, secret, signing = (
        settings.slack_client_id,
        settings.slack_client_secret.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
    )
    if not client:
        yield f"SLACK_CLIENT_ID is not set. {_BASICS}"
    elif not _CLIENT_ID.fullmatch(client):
        yield f"SLACK_CLIENT_ID is not a client id: two numbers with a dot between. {_BASICS}"
    if not secret:
        yield f"SLACK_CLIENT_SECRET is not set. {_BASICS}"
    if not signing:
        yield f"SLACK_SIGNING_SECRET is not set, and the pages are served over HTTP. {_BASICS}"
    if secret and secret == signing:
        yield "SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET are the same: one was put in the other's place."
    if not settings.slack_workspaces:
        yield "SLACK_WORKSPACES is not set: name the workspaces the app is for by their team ids, home first."


def _manifest(path: Path) -> Mapping[str, object] | None:
    """What Slack was given; None where the file is not there, and nothing in it where it cannot be read."""
    try:
        held: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return cast("Mapping[str, object]", held) if isinstance(held, dict) else {}


def _addresses(held: Mapping[str, object]) -> tuple[str, list[str]]:
    """The public address, empty where none can be told, and what is wrong with all that Slack was given."""
    settings, oauth = _of(held, "settings"), _of(held, "oauth_config")
    events, presses = _of(settings, "event_subscriptions"), _of(settings, "interactivity")
    redirects = _texts(oauth.get("redirect_urls"))
    ours = [one.removesuffix(REDIRECT_PATH) for one in redirects if one.endswith(REDIRECT_PATH)]
    if not ours:
        return "", [f"no address under `redirect_urls` ends with {REDIRECT_PATH}; `baton init --url` writes one."]
    address = ours[0]
    problems = [] if _is_public(address) else [f"`redirect_urls`: {address} is no https address Slack comes back to."]
    commands = [cast("Mapping[str, object]", one) for one in _list(_of(held, "features").get("slash_commands"))]
    for name, given in (
        ("event_subscriptions.request_url", events.get("request_url")),
        ("interactivity.request_url", presses.get("request_url")),
        *(("slash_commands.url", one.get("url")) for one in commands),
    ):
        if given != address + EVENTS_PATH:
            problems.append(f"`{name}` is {given or 'not there'}; beside that redirect it is {address}{EVENTS_PATH}.")
    if missed := [one for one in REMOVALS if one not in _texts(events.get("bot_events"))]:
        problems.append(f"`bot_events` lacks {', '.join(missed)}: nobody would hear that a workspace took the app out.")
    if settings.get("org_deploy_enabled"):
        problems.append("`org_deploy_enabled` is on: Baton is installed in single workspaces, not in an organisation.")
    return address if _is_public(address) else "", problems


async def _page(address: str, client_id: str) -> Looked:
    """Whether the install page answers at its public address, and is this app's own."""
    url = address + INSTALL_PATH
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            page = (await answer.content.read(_MOST_BYTES)).decode(errors="replace")
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        why = str(error) or type(error).__name__
        return Looked(
            False, f"{url} does not answer ({why}): is `baton serve --http` running, and your proxy before it?"
        )
    if status != 200:
        return Looked(
            False, f"{url} answers {status}: your proxy has to pass {INSTALL_PATH} on to `baton serve --http`."
        )
    found = set(re.findall(r"client_id=([\w.]+)", page))
    if found != {client_id}:
        return Looked(False, f"{url} answers for another app than SLACK_CLIENT_ID names: {', '.join(found) or 'none'}.")
    return Looked(True, f"The app can be installed at {url}.")


def _is_public(address: str) -> bool:
    """Whether Slack could come back there; addresses of this machine count for trying things out."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _of(held: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = held.get(name)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _list(found: object) -> list[object]:
    return [one for one in cast("list[object]", found) if isinstance(one, dict)] if isinstance(found, list) else []


def _texts(found: object) -> list[str]:
    return [str(one) for one in cast("list[object]", found)] if isinstance(found, list) else []
