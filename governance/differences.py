"""What one operating model changes in another, a sentence each, and whether it lets more happen with fewer people.

Deny by default: a difference nobody thought of counts as one that loosens.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from domain.money import written
from domain.operating_model import (
    BreakGlass,
    Delegation,
    ExecutorSettings,
    Freeze,
    Goal,
    Limit,
    OperatingModel,
    Person,
    Policy,
    Restriction,
    Routes,
)
from domain.rhythm import DigestSettings
from governance import bounds, eyes, terms


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two operating models."""

    sentence: str
    loosens: bool
    """Whether it lets more happen, or with fewer or other people."""


Told = list[Change]
Teller = Callable[[Any, Any], Told]
"""Tells what changes from one value to another; an empty list says that it does not know."""
Tellers = Mapping[str, Teller]


def changes(before: OperatingModel, after: OperatingModel, left: Collection[str] = ()) -> tuple[Change, ...]:
    """Every difference, in the order of the operating model; empty where there is none.

    `left`: Slack users whose accounts are deactivated. Nobody misses who has left.
    """
    names = {one.slack: one.name for one in (*before.people, *after.people)}

    def delegations(was: Sequence[Delegation], now: Sequence[Delegation]) -> Told:
        return _delegations(was, now, names)

    def people(was: Sequence[Person], now: Sequence[Person]) -> Told:
        return _people(was, now, lambda person: eyes.is_missed(person, before, after, left), left)

    def policy(was: Policy, now: Policy) -> Told:
        return _policy(was, now, after.currency)

    known = {"people": people, "delegations": delegations, "policy": policy}
    return tuple(_fields("the operating model", before, after, _PARTS | known))


def _fields(of: str, was: BaseModel, now: BaseModel, tellers: Tellers) -> Told:
    """The differences of all fields; those that nobody can tell are named, and loosen."""
    found: Told = []
    for field in type(was).model_fields:
        one, other = getattr(was, field), getattr(now, field)
        if one == other:
            continue
        told = tellers[field](one, other) if field in tellers else []
        found += told or [Change(f"Of {of}, {field.replace('_', ' ')} changes.", loosens=True)]
    return found


def _entries(
    was: Sequence[Any],
    now: Sequence[Any],
    key: Callable[[Any], object],
    come: Teller,
    pair: Callable[[Any, Any], Told],
) -> Told:
    """The differences of two lists: what went, what came (both told by `come`), what is the same with other values."""
    if Counter(was) == Counter(now):
        return [Change("Entries are listed in another order.", loosens=False)]
    gone, new = list((Counter(was) - Counter(now)).elements()), list((Counter(now) - Counter(was)).elements())
    found: Told = []
    for one in gone:
        same = next((other for other in new if key(other) == key(one)), None)
        if same is None:
            found += come(one, None)
        else:
            new.remove(same)
            found += pair(one, same) or come(one, None) + come(None, same)
    return found + [change for other in new for change in come(None, other)]


def _people(
    was: Sequence[Person], now: Sequence[Person], is_missed: Callable[[Person], bool], left: Collection[str]
) -> Told:
    def come(gone: Person | None, new: Person | None) -> Told:
        if gone is not None:
            why = ", whose Slack account is deactivated," if gone.slack in left else ""
            return [Change(f"{gone.name}{why} is taken out.", loosens=is_missed(gone))]
        assert new is not None
        roles = f" as {terms.listing([terms.role(one) for one in sorted(new.roles)], 'and')}" if new.roles else ""
        return [Change(f"{new.name} joins{roles}{bounds.where(new)}.", loosens=bool(new.roles))]

    def pair(one: Person, other: Person) -> Told:
        missed = is_missed(one)
        tellers: Tellers = {
            "name": lambda a, b: [Change(f"{a} is called {b}.", loosens=False)],
            "roles": lambda a, b: _set(
                a,
                b,
                f"{other.name} becomes {{}}",
                f"{other.name} is no longer {{}}",
                terms.role,
                loosens_less=missed,
            ),
            "timezone": lambda _, b: [Change(f"{other.name} is in the time zone {b}.", loosens=False)],
            "accounts": lambda a, b: _reach(a, b, f"{other.name} answers for the ad accounts", missed),
            "platforms": lambda a, b: _reach(a, b, f"{other.name} answers for the platforms", missed),
        }
        return _fields(other.name, one, other, tellers)

    return _entries(was, now, lambda person: person.slack, come, pair)


def _policy(was: Policy, now: Policy, currency: str) -> Told:
    def limits(before: Sequence[Limit], after: Sequence[Limit]) -> Told:
        return _limits(before, after, currency)

    return _fields("the policy", was, now, {**_POLICY, "limits": limits}) + _moot(was, now)


def _moot(was: Policy, now: Policy) -> Told:
    """The limits that from now on limit nothing: a hard cap below them comes first."""
    known = bounds.moot(was) if was.max_budget_change == now.max_budget_change else ()
    return [Change(bounds.moot_words(one, now), loosens=False) for one in bounds.moot(now) if one not in known]


def _limits(was: Sequence[Limit], now: Sequence[Limit], currency: str) -> Told:
    def come(gone: Limit | None, new: Limit | None) -> Told:
        if gone is not None:
            return [Change(f"This limit goes: {bounds.limit_words(gone, currency)}", loosens=True)]
        assert new is not None
        return [Change(f"A new limit: {bounds.limit_words(new, currency)}", loosens=False)]

    def pair(one: Limit, other: Limit) -> Told:
        alone = f"The {terms.role(one.role)} decides alone up to"
        tellers: Tellers = {
            "max_change": lambda a, b: _bound(a, b, alone, lambda share: f"{terms.share(share)} a day"),
            "max_per_day": lambda a, b: _bound(a, b, alone, lambda money: f"{written(money, currency)} a day"),
            "beyond": lambda a, b: [
                Change(
                    f"Beyond the limit of the {terms.role(one.role)} the {terms.role(b)} must approve as well, "
                    f"instead of the {terms.role(a)}.",
                    loosens=True,
                )
            ],
        }
        return _fields(f"the limit of the {terms.role(one.role)}", one, other, tellers)

    return _entries(was, now, lambda one: (one.role, one.actions, one.accounts, one.platforms), come, pair)


def _break_glass(was: BreakGlass | None, now: BreakGlass | None) -> Told:
    if now is None:
        return [Change("There is no emergency any more in which one person decides alone.", loosens=False)]
    said = f"In an emergency the {terms.role(now.role)} decides alone for {now.minutes} minutes."
    shorter = was is not None and was.role == now.role and now.minutes <= was.minutes
    return [Change(said, loosens=not shorter)]


def _freezes(was: Sequence[Freeze], now: Sequence[Freeze]) -> Told:
    def come(gone: Freeze | None, new: Freeze | None) -> Told:
        if gone is not None:
            return [Change(f"The freeze {gone.name} ({_days(gone)}) goes.", loosens=True)]
        assert new is not None
        return [Change(f"A new freeze: {new.name}, {_days(new)}.", loosens=False)]

    def pair(one: Freeze, other: Freeze) -> Told:
        longer = other.first_day <= one.first_day and one.last_day <= other.last_day
        return [Change(f"The freeze {one.name} is {_days(other)} instead of {_days(one)}.", loosens=not longer)]

    return _entries(was, now, lambda one: one.name, come, pair)


def _delegations(was: Sequence[Delegation], now: Sequence[Delegation], names: Mapping[str, str]) -> Told:
    def said(one: Delegation) -> str:
        roles = f" as {terms.listing([terms.role(role) for role in sorted(one.roles)], 'and')}" if one.roles else ""
        return f"{names.get(one.to, one.to)} stands in for {names.get(one.of, one.of)}{roles}, {_days(one)}"

    def come(gone: Delegation | None, new: Delegation | None) -> Told:
        if gone is not None:
            return [Change(f"No longer: {said(gone)}.", loosens=False)]
        assert new is not None
        return [Change(f"{said(new)}.", loosens=True)]

    def pair(one: Delegation, other: Delegation) -> Told:
        shorter = one.first_day <= other.first_day and other.last_day <= one.last_day
        fewer = eyes.is_within(other.roles, one.roles)
        return [Change(f"{said(other)}; before: {_days(one)}.", loosens=not (shorter and fewer))]

    return _entries(was, now, lambda one: (one.of, one.to), come, pair)


def _goals(was: Sequence[Goal], now: Sequence[Goal]) -> Told:
    def come(gone: Goal | None, new: Goal | None) -> Told:
        one, words = (gone, "The goal {} goes") if gone else (new, "A new goal: {}")
        assert one is not None
        return [Change(f"{words.format(f'{one.name}, {one.metric} {one.target}')}.", loosens=False)]

    def pair(one: Goal, other: Goal) -> Told:
        now, was = (f"{goal.metric} {goal.target} with weight {goal.weight:g}" for goal in (other, one))
        where = "" if one.scope == other.scope else " for something else"
        return [Change(f"The goal {one.name} is {now}{where}, instead of {was}.", loosens=False)]

    return _entries(was, now, lambda goal: goal.name, come, pair)


def _routes(was: Routes, now: Routes) -> Told:
    return _fields(
        "the routes",
        was,
        now,
        {
            # what people see less of, fewer of them watch
            "channel": lambda a, b: [Change(f"Cards and notices are posted in {b} instead of {a}.", loosens=True)],
            "owners": lambda a, b: [
                Change(
                    f"“{cause.replace('_', ' ')}” is for {_roles(b.get(cause))} instead of {_roles(a.get(cause))}.",
                    True,
                )
                for cause in sorted({*a, *b})
                if a.get(cause) != b.get(cause)
            ],
        },
    )


def _mandates(was: Mapping[str, Restriction], now: Mapping[str, Restriction]) -> Told:
    found: Told = []
    for agent in sorted({*was, *now}):
        one, other = was.get(agent, Restriction()), now.get(agent, Restriction())
        name = terms.agent(agent)
        tellers: Tellers = {
            "off": lambda _, off, name=name: [Change(f"Switched {'off' if off else 'on'}: {name}.", loosens=not off)],
            "without": lambda a, b, name=name: _set(
                b,
                a,
                f"To be suggested again by {name}: {{}}",
                f"No longer to be suggested by {name}: {{}}",
                terms.action,
            ),
        }
        found += _fields(name, one, other, tellers)
    return found or [Change("Mandates are written down differently and mean the same.", loosens=False)]


def _executor(was: ExecutorSettings, now: ExecutorSettings) -> Told:
    return _fields(
        "the executor",
        was,
        now,
        {
            "kind": lambda a, b: [Change(f"Approved actions go to {b} instead of {a}.", loosens=b != "by_hand")],
            "dry_run": lambda _, b: [
                Change(f"Approved actions are {'only rehearsed' if b else 'carried out'}.", not b)
            ],
        },
    )


def _set(
    was: frozenset[str],
    now: frozenset[str],
    more: str,
    less: str,
    word: Callable[[str], str],
    loosens_more: bool = True,
    loosens_less: bool | None = None,
) -> Told:
    """What came to a set and what went from it. What came loosens, or tightens where more in it means less.

    What went does the opposite, unless it is said what it does.
    """
    loosens_less = not loosens_more if loosens_less is None else loosens_less
    came, went = sorted(now - was), sorted(was - now)
    return [
        Change(f"{words.format(word(one))}.", loosens=loosens)
        for ones, words, loosens in ((came, more, loosens_more), (went, less, loosens_less))
        for one in ones
    ]


def _escalation(was: int | None, now: int | None) -> Told:
    """Switched off it needs nobody to be passed on to, so whoever would have to agree could be taken out."""
    told = _hours("A question is passed on", fewer_loosens=True)(was, now)
    return [Change(one.sentence, loosens=one.loosens or now is None) for one in told]


def _bound(was: Any, now: Any, said: str, words: Callable[[Any], str]) -> Told:
    """An upper bound, None for none."""
    instead = f" instead of {words(was)}" if was is not None else ""
    if now is None:
        return [Change(f"{said} any amount{instead}.", loosens=True)]
    return [Change(f"{said} {words(now)}{instead}.", loosens=was is not None and now > was)]


def _hours(said: str, *, fewer_loosens: bool | None, silent: str = "never") -> Teller:
    """A number of hours, None for never."""

    def tell(was: int | None, now: int | None) -> Told:
        spoken = [silent if hours is None else f"after {hours} hours" for hours in (now, was)]
        sooner = now is not None and (was is None or now < was)
        loosens = fewer_loosens is not None and sooner is fewer_loosens
        return [Change(f"{said}: {spoken[0]} instead of {spoken[1]}.", loosens=loosens)]

    return tell


def _reach(was: frozenset[str], now: frozenset[str], said: str, narrower_loosens: bool) -> Told:
    spoken = [terms.listing(sorted(one), "and") or "all" for one in (now, was)]
    loosens = narrower_loosens or not eyes.is_within(now, was)
    return [Change(f"{said} {spoken[0]} instead of {spoken[1]}.", loosens=loosens)]


def _days(one: Freeze | Delegation) -> str:
    return f"{_day(one.first_day)} to {_day(one.last_day)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _roles(roles: Sequence[str] | None) -> str:
    return "its usual owners" if roles is None else terms.listing([terms.role(one) for one in roles], "and") or "nobody"


_POLICY: Tellers = {
    "version": lambda was, now: [Change(f"The policy is called version {now} instead of {was}.", loosens=False)],
    # a longer wait decides on older figures
    "expires_after_hours": _hours("A question expires", fewer_loosens=False),
    "forbidden": lambda was, now: _set(
        was,
        now,
        "Nobody may {} any more",
        "Allowed again, where somebody approves it: {}",
        terms.action,
        loosens_more=False,
    ),
    # what an agent was let do alone was given by a person on its record, and is taken back the same way
    "automatic": lambda was, now: _set(
        was,
        now,
        "Done without asking anybody: {}",
        "Asked again, except of agents a person has let act alone: {}",
        terms.action,
    ),
    "max_budget_change": lambda was, now: _bound(was, now, "No budget moves in a day by more than", terms.share),
    "remind_after_hours": _hours("Owners are reminded", fewer_loosens=None),
    "escalate_after_hours": _escalation,
    "escalate_to": lambda was, now: [
        Change(f"Questions are passed on to the {terms.role(now)} instead of the {terms.role(was)}.", loosens=True)
    ],
    "break_glass": _break_glass,
}


def _digest(was: DigestSettings, now: DigestSettings) -> Told:
    """None of it decides anything: people only hear of what waits at another time."""
    is_moved = (was.at, was.weekdays) != (now.at, now.weekdays)
    what = "The digest comes at another time" if is_moved else "The digest, or people's rest, changes"
    return [Change(f"{what}.", loosens=False)]


_PARTS: dict[str, Teller] = {
    "company": lambda was, now: [Change(f"The company is called {now} instead of {was}.", loosens=False)],
    "executor": _executor,
    "goals": _goals,
    "routes": _routes,
    "freezes": _freezes,
    "mandates": _mandates,
    "digest": _digest,
    "sweep_at": lambda was, now: [
        Change(f"The daily sweep runs at {now:%H:%M} instead of {was:%H:%M}.", loosens=False)
    ],
}
