"""`baton init`: a few questions, and the three files a company starts from."""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import available_timezones

import click
import polars as pl
import yaml

from bot.manifest import manifest
from connectors.sources.folder import FolderSource
from domain.errors import ConfigurationError, MarketingError
from domain.reading import Reading

MODEL = """\
# The operating model: who owns what, where signals go, what may be done. `baton check` reads it back to you.
company: {company}
currency: {currency}
timezone: {timezone}

# A folder of Parquet or CSV files; docs/data.md lists the tables. Only ad_report is required.
source: {{kind: folder, path: {tables}}}

# by_hand: each approved action becomes a task for its owner, with a receipt.
# ad_account: approved changes are written to the HTTP ad account at `address`.
executor: {executor}

# Slack user ids: in Slack, open a profile, then ⋮ and "Copy member ID". Of another workspace: T0AGENCY01/U0JUNE0001.
people:
  - name: {name}
    slack: {slack}
    roles: [cmo, creative_lead, crm_lead, web_lead, content_lead]
    timezone: {timezone}
  - name: Your Media Lead
    slack: U0000000001
    roles: [media_lead]
    timezone: {timezone}

goals:
  - {{name: acquisition cost, metric: cpa, target: {target}}}{seen}

routes:
  channel: {channel}     # invite the bot there

policy:
  expires_after_hours: 72        # silence is never an approval
  max_budget_change: 0.5         # no budget moves by more than half at once, whoever approves
  limits:
    - {{role: media_lead, actions: [set_budget, shift_budget], max_change: 0.3, beyond: cmo}}

# Nobody is notified at night or at weekends, unless 1,000 a day are at stake; people choose their own in App Home.
digest: {{at: 08:30, weekdays: [mon, tue, wed, thu, fri]}}
sweep_at: 06:00
"""

ENVIRONMENT = """\
# From your Slack app's pages "OAuth & Permissions" and "Basic Information" (app-level token with connections:write).
SLACK_BOT_TOKEN=
SLACK_APP_TOKEN=

# Only for `baton serve --http HOST:PORT`, instead of the app token: the signing secret on "Basic Information".
SLACK_SIGNING_SECRET=
# Only where the app is installed at /slack/install instead of with a bot token: both on "Basic Information", and the
# ids of the workspaces it is for, home first. People of the others are named as T0AGENCY01/U0JUNE0001.
SLACK_CLIENT_ID=
SLACK_CLIENT_SECRET=
SLACK_WORKSPACES=

# Empty: an embedded Postgres and lesson index in .baton/.
DATABASE_URL=
CHROMA_URL=

# Empty: the deterministic writer. Otherwise provider:name, with that provider's own key set as well.
BATON_MODEL=

# Empty: the small embedding model that comes with Baton. Otherwise package.module:factory of LangChain embeddings.
BATON_EMBEDDINGS=

# Empty: a key of its own in .baton/ledger/. Otherwise the file with the private key that signs the ledger's seals.
BATON_LEDGER_KEY=
"""


_RECENT_DAYS = 28
"""Of these the acquisition cost is said, so that a target is not written out of thin air."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What `baton init` is told, each with what stands there when nobody says anything."""

    company: str = "My company"
    tables: str = "tables"
    currency: str = "EUR"
    timezone: str = "Europe/Berlin"
    channel: str = "marketing-signals"
    name: str = "Your Name"
    slack: str = "U0000000000"
    ad_account: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the tables say already."""

    currency: str = ""
    cpa: float | None = None
    """Spend per conversion over the last `_RECENT_DAYS` days."""
    sentence: str = ""


def run(*, folder: Path, answers: Answers, url: str = "") -> None:
    """Write the files; none is ever overwritten. Raises ConfigurationError.

    `url`: where Slack reaches `baton serve --http` from outside; empty: Socket Mode.
    """
    if url and not re.fullmatch(r"https://[^\s/?#]+/?", url):
        raise ConfigurationError(f"--url {url}: Slack sends to https addresses only, like https://baton.example.com.")
    for name, problem_with in _PROBLEMS.items():
        if problem := problem_with(getattr(answers, name)):
            raise ConfigurationError(f"--{name.replace('_', '-')}: {problem}")
    files = {
        "baton.yaml": _model(answers, seen_in(folder / answers.tables)),
        "slack-manifest.yaml": yaml.safe_dump(manifest(url=url), sort_keys=False, allow_unicode=True),
        ".env.example": ENVIRONMENT,
    }
    refuse_to_overwrite(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {folder / name}")
    click.echo(
        f"Next, in {folder}: fill in people and source, create the Slack app from slack-manifest.yaml, "
        "copy .env.example to .env and put the tokens in, then `baton check`."
    )


def has_somebody() -> bool:
    """Whether somebody sits there to be asked."""
    return sys.stdin.isatty()


def ask(folder: Path, given: Mapping[str, str]) -> Answers:
    """Ask for whatever was not given, with a default for each: Enter takes it. Raises ConfigurationError."""
    refuse_to_overwrite(folder)
    click.echo(
        "A few questions; Enter takes what stands in brackets, and all of it can be changed in baton.yaml later."
    )
    said = dict(given)
    seen = Seen()
    for one in fields(Answers):
        if one.name not in said:
            default = {"currency": seen.currency, "timezone": _here()}.get(one.name) or str(one.default)
            said[one.name] = _asked(one.name, default)
        if one.name == "tables":
            seen = seen_in(folder / said["tables"])
            click.echo(f"  {seen.sentence}")
    return Answers(**said)


def refuse_to_overwrite(folder: Path) -> None:
    """Raises ConfigurationError where one of the files is there already."""
    names = ("baton.yaml", "slack-manifest.yaml", ".env.example")
    if there := [name for name in names if (folder / name).exists()]:
        raise ConfigurationError(f"{', '.join(there)} already in {folder}; nothing was written.")


def seen_in(tables: Path) -> Seen:
    """What is in the folder of tables, as far as it can be read; a folder that is not there yet is no mistake."""
    if not tables.is_dir():
        return Seen(sentence=f"{tables} is not there yet; docs/data.md says what belongs into it.")
    try:
        return asyncio.run(_read(FolderSource(tables)))
    except MarketingError as error:
        return Seen(sentence=f"The tables are there and not right yet: {str(error).splitlines()[0]}")


async def _read(source: FolderSource) -> Seen:
    first, last = await source.days()
    reading = await source.read("ad_report", last, _RECENT_DAYS)
    if not isinstance(reading, Reading):
        return Seen(sentence="There is no ad_report yet, which is the one table that is needed.")
    rows = reading.rows
    spend, conversions = (float(rows[name].sum() or 0) for name in ("spend", "conversions"))
    known = rows["currency"].drop_nulls().unique() if "currency" in rows.columns else pl.Series(dtype=pl.String)
    currency = str(known[0]) if known.len() == 1 else ""
    cpa = spend / conversions if conversions and spend else None
    accounts = rows["account_id"].n_unique()
    many = "1 ad account" if accounts == 1 else f"{accounts} ad accounts"
    cost = f", {cpa:,.2f} {currency or 'of its currency'} per conversion in the last {_RECENT_DAYS} days" if cpa else ""
    return Seen(currency, cpa, f"Found {many}, {first} to {last}{cost}.")


def _model(answers: Answers, seen: Seen) -> str:
    address = answers.ad_account
    executor = f"{{kind: ad_account, address: {_scalar(address)}}}" if address else "{kind: by_hand}"
    recent = f"   # it was {seen.cpa:.2f} in the last {_RECENT_DAYS} days of the tables" if seen.cpa else ""
    said = {name: _scalar(getattr(answers, name)) for name in ("company", "tables", "name", "channel")}
    plain = {name: getattr(answers, name) for name in ("currency", "timezone", "slack")}
    return MODEL.format(**said, **plain, executor=executor, target=f"{seen.cpa or 40:.2f}", seen=recent)


def _scalar(text: str) -> str:
    """A text as YAML writes it inside braces too."""
    return yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10_000).strip()[1:-1]


def _asked(name: str, default: str) -> str:
    """One answer that holds; asked again as long as it does not."""
    while True:
        said: str = click.prompt(_QUESTIONS[name], default=default, show_default=bool(default)).strip()
        problem = _PROBLEMS[name](said) if name in _PROBLEMS else ""
        if not problem:
            return said
        click.echo(f"  {problem}")


def _here() -> str:
    """The time zone of this machine, if it names one: "Europe/Vienna"."""
    place = Path("/etc/localtime").resolve().as_posix().partition("/zoneinfo/")[2]
    return place if place in available_timezones() and "/" in place else ""


def _time_zone(said: str) -> str:
    if said in available_timezones():
        return ""
    near = get_close_matches(said, available_timezones(), n=1, cutoff=0.6)
    return f"“{said}” is no time zone; write one like {near[0] if near else 'Europe/Berlin'}."


_QUESTIONS = {
    "company": "Company",
    "tables": "Folder with your tables (CSV or Parquet)",
    "currency": "Currency",
    "timezone": "Time zone",
    "channel": "Slack channel for cards, without #",
    "name": "Your name",
    "slack": "Your Slack member ID (open your profile, ⋮, Copy member ID)",
    "ad_account": "Address of an ad account bridge (empty: approved changes become tasks for their owners)",
}
_PROBLEMS: Mapping[str, Callable[[str], str]] = {
    "currency": lambda said: "" if re.fullmatch("[A-Z]{3}", said) else "Three capital letters, like EUR or USD.",
    "timezone": _time_zone,
    "channel": lambda said: (
        ""
        if re.fullmatch(r"[^\s#A-Z]{1,80}|[CG][A-Z0-9]{6,}", said)
        else "As in Slack: small letters, no # and no spaces."
    ),
    "slack": lambda said: (
        "" if re.fullmatch(r"[UW][A-Z0-9]{4,}", said) else "A member ID starts with U or W, like U012AB3CD."
    ),
    "ad_account": lambda said: (
        "" if re.fullmatch(r"(https?://\S+)?", said) else "Like http://127.0.0.1:8400, or nothing."
    ),
}
"""Why an answer will not do; nothing where it does."""
