"""What the environment says. The only module that reads it."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import load_dotenv
from pydantic import Field, SecretStr

from domain.base import Frozen
from domain.errors import ConfigurationError
from domain.slack_id import TEAM

_TEAM = re.compile(TEAM)
KNOWN = ("BATON_EMBEDDINGS", "BATON_FAILPOINT", "BATON_HOME", "BATON_LEDGER_KEY", "BATON_MODEL")


class Settings(Frozen):
    """Addresses and secrets. Secrets stay out of `repr`, logs and messages."""

    home: Path = Path(".baton")
    """The folder for everything Baton keeps itself: embedded database, lesson index, demo."""
    database_url: str = Field(default="", repr=False)
    """Empty: the embedded database."""
    chroma_url: str = ""
    """Empty: the embedded lesson index."""
    model: str = ""
    """Chat model as "provider:name"; empty: the deterministic writer."""
    embeddings: str = ""
    """LangChain embeddings as "package.module:factory"; empty: those that come with Baton."""
    slack_api_url: str = ""
    """Base address of a Slack-compatible server; empty: Slack itself."""
    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    """What Slack signs its requests with, where they come over HTTP."""
    slack_client_id: str = ""
    """With `slack_client_secret`: the app can be installed at /slack/install, in more than one workspace."""
    slack_client_secret: SecretStr = SecretStr("")
    slack_workspaces: tuple[str, ...] = ()
    """Team ids the app may be installed in: home first, then others, whose people are named with theirs."""
    ledger_key: Path | None = None
    """The private key that signs the ledger's seals (Ed25519, PEM); None: `ledger/key.pem` in `home`, made there."""
    failpoint: str = ""
    """For crash tests: the process kills itself when it reaches the point of this name."""


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; an unknown BATON_ name is refused with the nearest known one.

    A `.env` in the current folder counts where the environment itself says nothing. It goes into the environment,
    because chat models' own libraries look for their keys there.
    """
    if environment is None:
        load_dotenv(Path(".env"))
    env = os.environ if environment is None else environment
    for name in sorted(env):
        if name.startswith("BATON_") and name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1, cutoff=0)
            raise ConfigurationError(f"{name} is not a setting Baton knows; did you mean {near[0]}?")
    for name in ("SLACK_API_URL", "CHROMA_URL"):
        _check_address(name, env.get(name, ""))
    return Settings(
        home=Path(env.get("BATON_HOME") or ".baton"),
        database_url=env.get("DATABASE_URL", ""),
        chroma_url=env.get("CHROMA_URL", ""),
        model=env.get("BATON_MODEL", ""),
        embeddings=env.get("BATON_EMBEDDINGS", ""),
        slack_api_url=env.get("SLACK_API_URL", ""),
        slack_bot_token=SecretStr(env.get("SLACK_BOT_TOKEN", "")),
        slack_app_token=SecretStr(env.get("SLACK_APP_TOKEN", "")),
        slack_signing_secret=SecretStr(env.get("SLACK_SIGNING_SECRET", "")),
        slack_client_id=env.get("SLACK_CLIENT_ID", ""),
        slack_client_secret=SecretStr(env.get("SLACK_CLIENT_SECRET", "")),
        slack_workspaces=_workspaces(env.get("SLACK_WORKSPACES", "")),
        ledger_key=Path(env["BATON_LEDGER_KEY"]) if env.get("BATON_LEDGER_KEY") else None,
        failpoint=env.get("BATON_FAILPOINT", ""),
    )


def _workspaces(words: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(word for word in words.replace(",", " ").split()))
    if wrong := next((word for word in named if not _TEAM.fullmatch(word)), None):
        raise ConfigurationError(
            f"SLACK_WORKSPACES: {wrong!r} is not the id of a workspace; one looks like T0HALDEN01."
        )
    return named


def _check_address(name: str, address: str) -> None:
    if not address:
        return
    parts = urlsplit("")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        usable = False
    if usable and "@" in parts.netloc:
        raise ConfigurationError(f"{name} must not hold a name or password: addresses are shown in messages and logs.")
    if not usable:
        raise ConfigurationError(f"{name} is not an address; write one like http://127.0.0.1:8000.")
