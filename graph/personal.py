"""What is one person's own: when they are told things, who stands in for them, and what they read."""

from collections.abc import Mapping
from datetime import date, time

from pydantic import ValidationError

from domain.amendment import AmendmentView
from domain.case import Case
from domain.errors import InvalidChange
from domain.operating_model import Delegation, OperatingModel, Person
from domain.own import OwnSettings
from domain.rhythm import WEEKDAYS, Preferences, usual
from domain.verdict import Ask
from graph import counsel
from graph.attention import CARD, Attention
from graph.badges import Badges
from graph.governing import Governing
from graph.services import Services
from graph.summing import Summing
from memory import amendments, opinions, preferences


class Personal:
    """Everything people set for themselves, and read for themselves."""

    def __init__(self, services: Services, badges: Badges, governing: Governing) -> None:
        self._services, self._badges, self._governing = services, badges, governing
        self._attention = Attention(services)
        self.summing = Summing(services)

    async def settings(self, user: str) -> OwnSettings | None:
        """What somebody set, or what is usual; None for who is not in the operating model."""
        services = self._services
        async with services.database.read() as tx:
            model = await services.in_force.read(tx)
            person = model.person(user)
            if person is None:
                return None
            chosen = await preferences.of(tx, user)
            waiting = await amendments.pending(tx, counsel.quorum)
        return _settings(person, chosen, model, waiting, services)

    async def choose(self, user: str, values: Mapping[str, str]) -> None:
        """Set what a form says, as typed. Raises NotYours, and InvalidChange with the field for what cannot be.

        Fields: `days` ("mon,tue"), `digest_at` ("08:30", empty: none), `quiet_since` and `quiet_until` (both or none),
        `quiet_days` ("yes": told also when there is nothing to tell), `timezone` (empty: the operating model's).
        """
        services = self._services
        counsel.known(user, services.model, await self._badges.of(user))
        chosen = preferences_of(values)
        async with services.database.engine.begin() as tx:
            await preferences.keep(tx, user, chosen, services.clock.now())

    async def rate(self, answer: str, user: str, *, is_helpful: bool) -> None:
        """Note whether somebody found an answer helpful: once per person and answer, the newest counts."""
        counsel.known(user, self._services.model, await self._badges.of(user))
        async with self._services.database.engine.begin() as tx:
            await opinions.keep(tx, answer, user, self._services.clock.now(), is_helpful=is_helpful)

    async def hand_over(self, user: str, to: str, last_day: str, reason: str) -> AmendmentView:
        """Ask that somebody stands in for a person from today on, in all their roles, up to a day.

        A change of the operating model like any other: it waits until those have agreed whom the policy asks. Raises
        NotYours and InvalidChange.
        """
        values = {
            "key": "new",
            "of": user,
            "to": to,
            "first_day": self._services.moment.day.isoformat(),
            "last_day": last_day,
        }
        if (end := _day(last_day)) is not None and end < self._services.moment.day:
            raise InvalidChange("last_day", "This day is over.")
        return await self._governing.draft(user, "delegations", values, reason)

    async def take_back(self, user: str, reason: str) -> AmendmentView:
        """Ask that nobody stands in for a person any more. Raises NotYours, and InvalidChange where nobody does."""
        model, today = self._services.model, self._services.moment.day
        away = _away(user, model, today)
        if away is None:
            raise InvalidChange("away", "Nobody stands in for you.")
        values = {"key": str(model.delegations.index(away)), "of": user, "remove": "yes"}
        return await self._governing.draft(user, "delegations", values, reason)

    async def hold_mentions(self, case: Case) -> tuple[str, ...]:
        """Who is not to be mentioned on a new card, being at rest: noted, they are mentioned in their morning."""
        model = self._services.model
        asked = {view.verdict.role for view in case.proposals if isinstance(view.verdict, Ask)}
        roles = {*case.signal.owners, *asked, *(view.proposal.owner for view in case.proposals)}
        theirs = {person.slack for role in roles for person in model.holders(role)}
        return await self._attention.hold(case.signal, CARD, theirs)


def preferences_of(values: Mapping[str, str]) -> Preferences:
    """What was typed. Raises InvalidChange with the field."""
    days = frozenset(one for one in WEEKDAYS if one in values.get("days", "").split(","))
    if not days:
        raise InvalidChange("days", "Choose at least one day on which you can be told something.")
    since, until = (_hour(values, field) for field in ("quiet_since", "quiet_until"))
    if (since is None) != (until is None):
        raise InvalidChange(
            "quiet_until" if until is None else "quiet_since", "Give both ends of the quiet hours, or none."
        )
    digest_at = _hour(values, "digest_at")
    typed = {
        "working_days": days,
        "quiet": None if since is None or until is None else (since, until),
        "digest_at": digest_at,
        "tells_quiet_days": bool(values.get("quiet_days", "").strip()),
        "timezone": values.get("timezone", "").strip() or None,
    }
    try:
        return Preferences.model_validate(typed)
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        field = next((name for word, name in _FIELDS.items() if word in said), "days")
        raise InvalidChange(field, f"{said[:1].upper()}{said[1:]}.") from error


_FIELDS = {"time zone": "timezone", "digest": "digest_at", "quiet hours": "quiet_until"}
"""What a refusal speaks of, the first that fits, and its field."""


def _hour(values: Mapping[str, str], field: str) -> time | None:
    """A time of day as typed or picked: "8:30", "08:30", "8"; None where the field is empty."""
    typed = values.get(field, "").strip()
    if not typed:
        return None
    hour, _, minute = typed.partition(":")
    try:
        return time(int(hour), int(minute or "0"))
    except ValueError as error:
        raise InvalidChange(field, "Give a time such as 08:30.") from error


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _settings(
    person: Person,
    chosen: Preferences | None,
    model: OperatingModel,
    waiting: tuple[AmendmentView, ...],
    services: Services,
) -> OwnSettings:
    now, rhythm = services.clock.now(), model.rhythm(person, chosen)
    today, user = services.moment.day, person.slack
    drafted = (_away(user, view.amendment.model, today) for view in waiting)
    away = _away(user, model, today)
    return OwnSettings(
        user=user,
        chosen=chosen or usual(model.digest),
        is_usual=chosen is None,
        timezone=rhythm.zone.key,
        is_resting=rhythm.is_resting(now),
        today=rhythm.local_day(now),
        away=away,
        asked=next((one for one in drafted if one is not None and one != away), None),
    )


def _away(user: str, model: OperatingModel, today: date) -> Delegation | None:
    """Who stands in for somebody, now or in days to come."""
    return next((one for one in model.delegations if one.of == user and today <= one.last_day), None)
