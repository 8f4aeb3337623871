"""Whom or what Slack means by an id: ids are given by each workspace, so an id alone names somebody at home only."""

import re
from dataclasses import dataclass
from typing import Final, Self

TEAM: Final = r"T[A-Z0-9]{4,20}"
"""How Slack writes a workspace: "T0HALDEN01"."""
PERSON: Final = r"[UW][A-Z0-9]{4,}"
"""How Slack writes a member within a workspace: "U0MARA0001"."""
CHANNEL: Final = r"[CG][A-Z0-9]{4,}"
"""The same of a channel."""
WRITTEN_PERSON: Final = rf"(?:{TEAM}/)?{PERSON}"
"""A member as we write them: "U0MARA0001" at home, "T0AGENCY01/U0MARA0001" elsewhere."""
_LOCAL = re.compile(r"[A-Za-z0-9._-]{1,255}")
_TEAM, _PERSON, _CHANNEL = re.compile(TEAM), re.compile(PERSON), re.compile(CHANNEL)


@dataclass(frozen=True, slots=True)
class SlackId:
    """One id together with its workspace. Two are equal when, and only when, they are of the same one.

    The only place that writes and reads the form "team/id". Raises ValueError for what is neither.
    """

    team: str
    """The workspace that gave the id; empty for the home workspace."""
    local: str
    """The id within it, as Slack itself writes it. At home it may also be a channel's name."""

    def __post_init__(self) -> None:
        """Refuse what could be read as another id than it is."""
        if self.team and not (_TEAM.fullmatch(self.team) and _LOCAL.fullmatch(self.local)):
            raise ValueError(f"{self.team!r} and {self.local!r} are no workspace and an id in it")
        if not self.local or "/" in self.local:
            raise ValueError(f"{self.local!r} is no id of the home workspace")

    def __str__(self) -> str:
        """As it is stored, compared and written in `baton.yaml`: "U0MARA0001", or "T0AGENCY01/U0MARA0001"."""
        return f"{self.team}/{self.local}" if self.team else self.local

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read what `str` wrote. Raises ValueError."""
        team, slash, local = written.partition("/")
        if slash and not team:
            raise ValueError(f"{written!r} names no workspace")
        return cls(team, local) if slash else cls("", written)

    @classmethod
    def given(cls, team: str, local: str, home: str) -> Self:
        """An id that workspace `team` gave, seen from workspace `home`. Raises ValueError."""
        if not team or not home:
            raise ValueError(f"nobody says which workspace {local!r} is of")
        return cls("" if team == home else team, local)

    @property
    def is_person(self) -> bool:
        """Whether it names a member."""
        return _PERSON.fullmatch(self.local) is not None

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel's id."""
        return _CHANNEL.fullmatch(self.local) is not None


def team_of(written: str) -> str:
    """The workspace of a written id; empty for the home workspace, and for what is no id at all."""
    try:
        return SlackId.parse(written).team
    except ValueError:
        return ""


def beside(written: str, local: str) -> str:
    """An id that Slack answered with where `written` was asked about: of the same workspace."""
    team = team_of(written)
    return str(SlackId(team, local)) if team else local


def is_person(written: str) -> bool:
    """Whether a text is a member as we write them."""
    try:
        return SlackId.parse(written).is_person
    except ValueError:
        return False


def is_same_workspace(one: str, other: str) -> bool:
    """Whether two written ids are of one workspace. False where either is no id."""
    try:
        return SlackId.parse(one).team == SlackId.parse(other).team
    except ValueError:
        return False
