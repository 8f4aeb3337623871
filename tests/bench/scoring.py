"""Alerts against labels: events as `baton replay` writes them, truth as the labelled world writes it, nothing else.

How an event becomes an alert:
- `opened` is an alert. Repeats fold: an alert of the same cause at the same place within a week of the first is the
  same alert.
- `updated` is none while the signal goes on about its incident, whatever it corrects: the *first* alert of an incident
  decides whether it was useful. An update that names another cause or place after the signal's incident is over, or
  of a signal that never belonged to one, speaks of something new and is an alert like any other.
- `held` and `closed` are none.

How an alert finds its incident: it falls between the incident's start and a week after its end, and
- names the incident's own place; or something inside it (an ad of the campaign, a campaign of the account); or the
  campaign around a struck ad; or a campaign that buys a declining segment; then any cause will do;
- names something wider or across (the account around a campaign, a segment the campaign buys): then only with the right
  cause, for otherwise an alert on an account would always meet something.
An alert without an incident is false. Later alerts of an incident already found are neither found nor false, but they
count as alerts.

Precision is incidents found over incidents found plus false alerts; recall is cause-agnostic; *useful* recall wants the
first alert of an incident to have the right cause at the right grain.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

Event = Mapping[str, Any]
Truth = Mapping[str, Any]

TAIL = timedelta(days=7)
"""An alert this soon after an incident's end still belongs to it; the same for a decoy."""
WEEK = timedelta(days=7)
"""Repeats within it are one alert."""
PLACES = ("account_id", "campaign_id", "ad_id", "segment_id", "query", "test_id")
"""The ids by which places are told apart. A platform adds nothing: an account belongs to one."""


@dataclass(frozen=True)
class Alert:
    """One thing an owner was told."""

    day: date
    cause: str
    place: Mapping[str, str]
    signal_id: str


@dataclass(frozen=True)
class Incident:
    """A label: an incident, or a decoy that must stay quiet."""

    number: int
    kind: str
    is_decoy: bool
    place: Mapping[str, str]
    also_felt_in: frozenset[str]
    """Campaigns an incident of a segment reaches."""
    start: date
    felt_on: date
    end: date
    strength: float = 1.0
    """Final multiplier of the leading figure, as the label says."""
    z: float = 0.0
    """How clear it is to a test that knew its form, as the label says."""

    def covers(self, day: date) -> bool:
        """Whether an alert on that day may belong to it."""
        return self.start <= day <= self.end + TAIL


@dataclass(frozen=True)
class Found:
    """An incident with the alerts that belong to it, in order."""

    incident: Incident
    alerts: Sequence[Alert]

    @property
    def first(self) -> Alert:
        return self.alerts[0]

    @property
    def has_cause(self) -> bool:
        """Whether the first alert named the right cause."""
        return self.first.cause == self.incident.kind

    @property
    def has_place(self) -> bool:
        """Whether the first alert named exactly the right place."""
        return relation(self.first.place, self.incident) == 3

    @property
    def is_useful(self) -> bool:
        """Whether the first alert had the right cause at the right grain."""
        return self.has_cause and self.has_place

    @property
    def delay(self) -> int:
        """Days from when the effect was felt to the first alert; none for an alert that came earlier."""
        return max((self.first.day - self.incident.felt_on).days, 0)


@dataclass(frozen=True)
class Score:
    """How the alerts on one or several worlds fared. Scores add up."""

    found: tuple[Found, ...]
    missed: tuple[Incident, ...]
    false: tuple[Alert, ...]
    decoys: Mapping[str, int]
    """How many decoys there were, by kind."""
    fires: Mapping[str, int]
    """How many of them have a false alert at their time and place."""
    alerts: int
    account_weeks: float
    corrected: int = 0
    """Incidents first named wrongly and rightly by a later alert or update."""

    @property
    def incidents(self) -> int:
        return len(self.found) + len(self.missed)

    @property
    def precision(self) -> float:
        """Incidents found over incidents found and false alerts; 1 where nothing was said."""
        said = len(self.found) + len(self.false)
        return len(self.found) / said if said else 1.0

    @property
    def recall(self) -> float:
        """Incidents with any alert, whatever it named; 1 where there were none."""
        return len(self.found) / self.incidents if self.incidents else 1.0

    @property
    def useful(self) -> int:
        """Incidents whose first alert had the right cause at the right grain."""
        return sum(one.is_useful for one in self.found)

    @property
    def useful_recall(self) -> float:
        return self.useful / self.incidents if self.incidents else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and cause-agnostic recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def cause_accuracy(self) -> float:
        """Of the incidents found, how many first alerts named the right cause."""
        return sum(one.has_cause for one in self.found) / len(self.found) if self.found else 1.0

    @property
    def scope_accuracy(self) -> float:
        """Of the incidents found, how many first alerts named the right place."""
        return sum(one.has_place for one in self.found) / len(self.found) if self.found else 1.0

    @property
    def days_to_detect(self) -> float:
        """Median over the incidents found, from the day the effect was felt; not a number where none was."""
        return float(median(one.delay for one in self.found)) if self.found else float("nan")

    @property
    def days_lost(self) -> float:
        """Mean over all incidents of the days felt without an alert; a missed incident loses all of them."""
        lost = [min(one.delay, _felt_days(one.incident)) for one in self.found]
        lost += [_felt_days(one) for one in self.missed]
        return sum(lost) / len(lost) if lost else 0.0

    @property
    def alerts_a_week(self) -> float:
        """Per account."""
        return self.alerts / self.account_weeks

    @property
    def false_a_week(self) -> float:
        """Per account."""
        return len(self.false) / self.account_weeks

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.found + other.found,
            self.missed + other.missed,
            self.false + other.false,
            Counter(self.decoys) + Counter(other.decoys),
            Counter(self.fires) + Counter(other.fires),
            self.alerts + other.alerts,
            self.account_weeks + other.account_weeks,
            self.corrected + other.corrected,
        )

    def of(self, kind: str) -> "Score":
        """The same for the incidents of one kind; false alerts are those that named it."""
        return Score(
            tuple(one for one in self.found if one.incident.kind == kind),
            tuple(one for one in self.missed if one.kind == kind),
            tuple(one for one in self.false if one.cause == kind),
            {},
            {},
            sum(len(one.alerts) for one in self.found if one.incident.kind == kind)
            + sum(one.cause == kind for one in self.false),
            self.account_weeks,
        )


NOTHING = Score((), (), (), {}, {}, 0, 0.0)


def score(events: Sequence[Event], truth: Sequence[Truth], account_weeks: float) -> Score:
    """Score events in their order against labels. Events need as_of, event, signal_id, cause and scope only."""
    labels = [_incident(number, one) for number, one in enumerate(truth)]
    incidents = [one for one in labels if not one.is_decoy]
    decoys = [one for one in labels if one.is_decoy]
    told = _Told(incidents)
    for event in sorted(events, key=lambda one: str(one["as_of"])):  # stable: a day's events keep their order
        told.hear(event)
    return Score(
        found=tuple(Found(one, told.of[one.number]) for one in incidents if told.of[one.number]),
        missed=tuple(one for one in incidents if not told.of[one.number]),
        false=tuple(told.false),
        decoys=Counter(one.kind for one in decoys),
        fires=_fires(told.false, decoys),
        alerts=told.count,
        account_weeks=account_weeks,
        corrected=len(told.corrected),
    )


@dataclass
class _Told:
    """What has been said so far and what it was about."""

    incidents: Sequence[Incident]
    of: dict[int, list[Alert]] = field(default_factory=dict[int, list[Alert]])
    false: list[Alert] = field(default_factory=list[Alert])
    count: int = 0
    corrected: set[int] = field(default_factory=set[int])

    def __post_init__(self) -> None:
        self.of = {one.number: [] for one in self.incidents}
        self._folds: dict[tuple[Any, ...], date] = {}
        self._about: dict[str, Incident | None] = {}
        self._said: dict[str, tuple[Any, ...]] = {}

    def hear(self, event: Event) -> None:
        """Take in one event."""
        alert = _alert(event)
        said = (alert.cause, *sorted(alert.place.items()))
        if event["event"] == "updated" and self._said.get(alert.signal_id, ()) != said:
            self._said[alert.signal_id] = said
            about = self._about.get(alert.signal_id)
            if about is not None and about.covers(alert.day):
                self._correct(about, alert)
            else:
                self._take(alert, said)
        elif event["event"] == "opened":
            self._said[alert.signal_id] = said
            self._take(alert, said)

    def _take(self, alert: Alert, said: tuple[Any, ...]) -> None:
        about = _belongs(alert, self.incidents)
        self._about[alert.signal_id] = about
        if about is not None:
            self._correct(about, alert)
        first = self._folds.get(said)
        fresh = about is not None and not self.of[about.number]
        if first is not None and alert.day - first < WEEK and not fresh:
            return
        self._folds[said] = alert.day
        self.count += 1
        if about is None:
            self.false.append(alert)
        else:
            self.of[about.number].append(alert)

    def _correct(self, about: Incident, alert: Alert) -> None:
        """Note that an incident first named wrongly is now named rightly."""
        before = self.of[about.number]
        if before and not Found(about, before).is_useful and Found(about, [alert]).is_useful:
            self.corrected.add(about.number)


def relation(place: Mapping[str, str], incident: Incident) -> int:
    """How a place relates to an incident's: 3 the same, 2 inside or the campaign around, 1 wider or across, 0 apart."""
    theirs = incident.place
    if "query" in place and "query" in theirs:  # a cluster is named by words its queries share
        same = words(place["query"]) <= words(theirs["query"]) or words(theirs["query"]) <= words(place["query"])
        return 3 if same else 0
    if ("query" in place) != ("query" in theirs) or ("test_id" in place) != ("test_id" in theirs):
        return 0
    if place == theirs or (theirs.get("test_id") and place.get("test_id") == theirs["test_id"]):
        return 3
    if any(theirs.get(name, value) != value for name, value in place.items()):
        return 0
    if place.get("segment_id") and "segment_id" not in theirs and "campaign_id" not in place:
        return 1
    if all(place.get(name) == value for name, value in theirs.items()):
        return 2
    if "segment_id" in theirs and "segment_id" not in place and "campaign_id" in place:
        return 2 if place["campaign_id"] in incident.also_felt_in else 0
    return 2 if "campaign_id" in place else 1


def words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


def _belongs(alert: Alert, incidents: Sequence[Incident]) -> Incident | None:
    """The incident an alert is about: the nearest place first, then the right cause, then the latest start."""
    best: tuple[int, bool, date] | None = None
    chosen: Incident | None = None
    for one in incidents:
        if not one.covers(alert.day):
            continue
        near, right = relation(alert.place, one), alert.cause == one.kind
        if near == 0 or (near == 1 and not right):
            continue
        rank = (near, right, one.start)
        if best is None or rank > best:
            best, chosen = rank, one
    return chosen


def _fires(false: Sequence[Alert], decoys: Sequence[Incident]) -> Counter[str]:
    """How many decoys of each kind have at least one false alert at their time and place."""
    return Counter(
        one.kind for one in decoys if any(one.covers(alert.day) and relation(alert.place, one) for alert in false)
    )


def _felt_days(one: Incident) -> int:
    return (one.end - one.felt_on).days + 1


def _alert(event: Event) -> Alert:
    scope: Mapping[str, str | None] = event["scope"]
    place = {name: value for name in PLACES if (value := scope.get(name))}
    return Alert(date.fromisoformat(event["as_of"]), str(event["cause"]), place, str(event["signal_id"]))


def _incident(number: int, one: Truth) -> Incident:
    scope: Mapping[str, str] = one["scope"]
    start, end = date.fromisoformat(one["start"]), date.fromisoformat(one["end"])
    return Incident(
        number=number,
        kind=one["kind"],
        is_decoy=one["decoy"],
        place={name: scope[name] for name in PLACES if name in scope},
        also_felt_in=frozenset(one.get("also_felt_in", ())),
        start=start,
        felt_on=date.fromisoformat(one.get("felt_on", one["start"])),
        end=end,
        strength=float(one.get("strength", 1.0)),
        z=float(one.get("z", 0.0)),
    )
