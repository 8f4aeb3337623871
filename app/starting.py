"""`baton init`: the three files a company starts from."""

from pathlib import Path

import click
import yaml

from bot.manifest import manifest
from domain.errors import ConfigurationError

MODEL = """\
# The operating model: who owns what, where signals go, what may be done. `baton check` reads it back to you.
company: {company}
currency: EUR
timezone: Europe/Berlin

# A folder of Parquet or CSV files; docs/data.md lists the tables. Only ad_report is required.
source: {{kind: folder, path: tables}}

# by_hand: each approved action becomes a task for its owner, with a receipt.
# ad_account: approved changes are written to the HTTP ad account at `address`.
executor: {{kind: by_hand}}

# Slack user ids: in Slack, open a profile, then ⋮ and "Copy member ID".
people:
  - name: Your Name
    slack: U0000000000
    roles: [cmo, creative_lead, crm_lead, web_lead, content_lead]
    timezone: Europe/Berlin
  - name: Your Media Lead
    slack: U0000000001
    roles: [media_lead]
    timezone: Europe/Berlin

goals:
  - {{name: acquisition cost, metric: cpa, target: 40.00}}

routes:
  channel: marketing-signals     # invite the bot there

policy:
  expires_after_hours: 72        # silence is never an approval
  max_budget_change: 0.5         # no budget moves by more than half at once, whoever approves
  limits:
    - {{role: media_lead, actions: [set_budget, shift_budget], max_change: 0.3, beyond: cmo}}

digest: {{at: 08:30, weekdays: [mon, tue, wed, thu, fri]}}
sweep_at: 06:00
"""

ENVIRONMENT = """\
# From your Slack app's pages "OAuth & Permissions" and "Basic Information" (app-level token with connections:write).
SLACK_BOT_TOKEN=
SLACK_APP_TOKEN=

# Empty: an embedded Postgres and lesson index in .baton/.
DATABASE_URL=
CHROMA_URL=

# Empty: the deterministic writer. Otherwise provider:name, with that provider's own key set as well.
BATON_MODEL=

# Empty: a key of its own in .baton/ledger/. Otherwise the file with the private key that signs the ledger's seals.
BATON_LEDGER_KEY=
"""


def run(*, folder: Path, company: str) -> None:
    """Write the files; none is ever overwritten."""
    files = {
        "baton.yaml": MODEL.format(company=yaml.safe_dump(company, allow_unicode=True).splitlines()[0]),
        "slack-manifest.yaml": yaml.safe_dump(manifest(), sort_keys=False, allow_unicode=True),
        ".env.example": ENVIRONMENT,
    }
    if there := [name for name in files if (folder / name).exists()]:
        raise ConfigurationError(f"{', '.join(there)} already in {folder}; nothing was written.")
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
