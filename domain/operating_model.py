"""What the architect designs: goals, people, routes, mandates, policy, calendar. Written in `baton.yaml`."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.base import Frozen
from domain.moment import Moment
from domain.rhythm import DigestSettings, Preferences, Rhythm, usual, zone_of
from domain.roles import ARCHITECT
from domain.scope import Scope
from domain.signal import Cause
from domain.slack_id import CHANNEL, TEAM, WRITTEN_PERSON


class Person(Frozen):
    """Somebody who owns something."""

    name: str
    slack: str = Field(pattern=rf"^{WRITTEN_PERSON}$")
    """Slack user id: "U0MARA0001"; of another workspace "T0AGENCY01/U0MARA0001"."""
    roles: frozenset[str]
    """{"media_lead"}; the architect has "cmo"."""
    timezone: str = "UTC"
    """IANA name: "Europe/Berlin"."""
    accounts: frozenset[str] = frozenset()
    """Ad accounts this person answers for; empty means all. What names no account is for those with all."""
    platforms: frozenset[str] = frozenset()
    """Platforms this person answers for; empty means all. What names no platform is for those with all."""


class Delegation(Frozen):
    """Somebody stands in for somebody else for some days."""

    of: str
    """Slack user id of who is away."""
    to: str
    """Slack user id of who stands in: with the roles and for the accounts of who is away, and never further on."""
    roles: frozenset[str] = frozenset()
    """Roles handed over; empty means all of them."""
    first_day: date
    last_day: date
    """The last day it holds, in the company's time zone. There is no delegation without an end."""


class Goal(Frozen):
    """What the company wants a figure to be."""

    name: str
    metric: Literal["cpa", "roas", "ctr", "cvr", "spend", "conversions", "retention", "click_rate"]
    target: Decimal
    scope: Scope = Scope()
    weight: float = Field(default=1, ge=0)
    """How much a signal that hurts this goal counts; 2 counts twice."""


class Routes(Frozen):
    """Where signals go and who answers for which cause."""

    channel: str = Field(default="marketing-signals", pattern=rf"^(?:[^/]*|{TEAM}/{CHANNEL})$")
    """Channel name or id where cards and digests are posted; of another workspace "T0AGENCY01/C0SIGNALS1"."""
    owners: Mapping[Cause, tuple[str, ...]] = Field(default_factory=dict[Cause, tuple[str, ...]])
    """Roles per cause where they differ from the defaults; the first leads."""


class Limit(Frozen):
    """How far one role may go with one kind of action before more people are asked."""

    role: str
    actions: frozenset[str] = frozenset()
    """Action kinds; empty means all."""
    accounts: frozenset[str] = frozenset()
    """Ad accounts; empty means all."""
    platforms: frozenset[str] = frozenset()
    """Platforms; empty means all."""
    max_change: float | None = Field(default=None, gt=0)
    """Relative: 0.3 means the value may move by 30 % in a day, in one step or in many."""
    max_per_day: Decimal | None = Field(default=None, gt=0)
    """Money per day, in the account's currency: the sum of what this role's decisions of one day move."""
    beyond: str = ARCHITECT
    """The role that must approve as well beyond this limit."""


class BreakGlass(Frozen):
    """Who may decide alone in an emergency, and for how long."""

    role: str
    minutes: int = Field(default=60, ge=1, le=60)
    """How long an emergency lasts at most."""


class Restriction(Frozen):
    """What the architect takes out of an agent's mandate. Nothing is ever added to one."""

    off: bool = False
    """Whether the agent does not look at all."""
    without: frozenset[str] = frozenset()
    """Action kinds that may no longer follow from its findings."""


class Policy(Frozen):
    """May we? Silence asks a person."""

    version: int = Field(default=1, ge=1)
    expires_after_hours: int = Field(default=72, ge=1, le=24 * 30)
    limits: tuple[Limit, ...] = ()
    forbidden: frozenset[str] = frozenset()
    """Action kinds that are never done."""
    automatic: frozenset[str] = frozenset()
    """Action kinds done without asking. Kinds in one of the six always-human risk categories are refused here."""
    max_budget_change: float = Field(default=0.5, gt=0, le=5)
    """Hard cap: no budget moves by more than this share in a day, in one step or in many, whoever approves."""
    remind_after_hours: int | None = Field(default=24, ge=1)
    """After this many hours without an answer the owner is reminded, once; None: never."""
    escalate_after_hours: int | None = Field(default=48, ge=1)
    """After this many hours without an answer `escalate_to` may decide as well, and is told; None: never."""
    escalate_to: str = ARCHITECT
    break_glass: BreakGlass | None = None
    """None: there is no emergency in which one person decides alone."""


class Freeze(Frozen):
    """Days on which nothing is executed."""

    name: str
    first_day: date
    last_day: date


class SourceSettings(Frozen):
    """Where the tables come from."""

    kind: Literal["folder"] = "folder"
    path: str
    """Folder of Parquet or CSV files, relative to `baton.yaml`."""


class ExecutorSettings(Frozen):
    """Where approved actions go."""

    kind: Literal["by_hand", "ad_account"] = "by_hand"
    """`by_hand`: each approved action becomes a task for its owner. `ad_account`: the HTTP ad account at `address`."""
    address: str = ""
    dry_run: bool = False
    """Read and compare as usual, write nothing: for the first days on a real account."""


class OperatingModel(Frozen):
    """The whole of `baton.yaml`."""

    company: str
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    timezone: str = "UTC"
    source: SourceSettings
    executor: ExecutorSettings = ExecutorSettings()
    people: tuple[Person, ...] = ()
    goals: tuple[Goal, ...] = ()
    routes: Routes = Routes()
    policy: Policy = Policy()
    freezes: tuple[Freeze, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    mandates: Mapping[str, Restriction] = Field(default_factory=dict[str, Restriction])
    """What is taken out of agents' mandates, by agent."""
    digest: DigestSettings = DigestSettings()
    sweep_at: time = time(6, 0)
    """When the daily sweep runs, in `timezone`."""

    def holders(self, role: str) -> tuple[Person, ...]:
        """The people who hold a role."""
        return tuple(person for person in self.people if role in person.roles)

    def person(self, slack: str) -> Person | None:
        """Who is behind a Slack user id."""
        return next((person for person in self.people if person.slack == slack), None)

    def rhythm(self, person: Person, chosen: Preferences | None = None) -> Rhythm:
        """A person's days: as they chose, or as is usual here."""
        zones = (chosen.timezone if chosen else None, person.timezone, self.timezone)
        zone = next((zone for name in zones if name and (zone := zone_of(name))), ZoneInfo("UTC"))
        return Rhythm(chosen or usual(self.digest), zone)

    def moment(self, at: datetime) -> Moment:
        """A moment as the company's clock shows it; `at` is aware."""
        return Moment(at, ZoneInfo(self.timezone))

    def swept(self, day: date) -> Moment:
        """When a complete day is looked at: the next morning, as the daily sweep does."""
        return self.moment(datetime.combine(day + timedelta(days=1), self.sweep_at, ZoneInfo(self.timezone)))
