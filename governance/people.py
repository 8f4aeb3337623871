"""In which roles somebody may speak on an action: their own, and those of people they stand in for."""

from dataclasses import dataclass

from domain.action import Action
from domain.badge import Badge
from domain.errors import NotYours, Unidentified
from domain.moment import Moment
from domain.operating_model import OperatingModel, Person


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one person answers for, exercised by them or by whoever stands in for them."""

    roles: frozenset[str]
    accounts: frozenset[str]
    """Empty means all."""
    platforms: frozenset[str]
    """Empty means all."""

    def covers(self, action: Action) -> bool:
        """Whether an action lies within it. What names no account is only for those who answer for all of them."""
        accounts = not self.accounts or action.account_id in self.accounts
        return accounts and (not self.platforms or action.platform in self.platforms)


def own(person: Person) -> Capacity:
    """What a person answers for."""
    return Capacity(person.roles, person.accounts, person.platforms)


def capacities(person: Person, model: OperatingModel, now: Moment) -> tuple[Capacity, ...]:
    """Everything a person may exercise at a moment: their own, and what was handed to them, never further."""
    handed: list[Capacity] = []
    for one in model.delegations:
        away = model.person(one.of)
        in_force = one.first_day <= now.day <= one.last_day
        if one.to == person.slack != one.of and in_force and away is not None:
            theirs = own(away)
            roles = theirs.roles & one.roles if one.roles else theirs.roles
            handed.append(Capacity(roles, theirs.accounts, theirs.platforms))
    return (own(person), *handed)


def roles_on(action: Action, person: Person, model: OperatingModel, now: Moment) -> frozenset[str]:
    """The roles in which a person may speak on an action at a moment."""
    covering = (one.roles for one in capacities(person, model, now) if one.covers(action))
    return frozenset[str]().union(*covering)


def answering(role: str, action: Action, model: OperatingModel) -> tuple[Person, ...]:
    """The holders of a role who answer for where an action takes place."""
    return tuple(person for person in model.holders(role) if own(person).covers(action))


def known(slack: str, model: OperatingModel, badge: Badge | None) -> Person:
    """Who is behind a Slack user. Raises NotYours for everybody who can decide nothing at all.

    Raises Unidentified where Slack does not say: silence is never leave to decide.
    """
    person = believed(slack, model, badge)
    if badge is None:
        raise Unidentified("Slack does not answer who you are, so nothing was decided; try again in a minute.")
    return person


def believed(slack: str, model: OperatingModel, badge: Badge | None) -> Person:
    """Who a press says it is by, where nothing is known against it: enough to look, and for what only prevents.

    Raises NotYours.
    """
    if badge is not None and badge.slack != slack:
        raise NotYours("Slack did not say who you are, so you cannot decide this.")
    if badge is not None and badge.flaw is not None:
        raise NotYours(f"{badge.flaw}.")
    person = model.person(slack)
    if person is None:
        raise NotYours("You are not among the people in the operating model, so you cannot decide this.")
    return person
