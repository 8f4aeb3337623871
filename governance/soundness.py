"""Whether an operating model can work: what must not be is refused, what cannot work well is said."""

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.action import ACTION_KINDS
from domain.catalogue import CATALOGUE, Risk
from domain.operating_model import Delegation, OperatingModel
from domain.roles import ARCHITECT
from governance import terms
from governance.bounds import moot, moot_words

MOST_EMERGENCY_MINUTES = 60
"""Minutes one person may decide alone at most: long enough to act, too short to run a company."""
MOST_DELEGATION_DAYS = 92
"""Days somebody may stand in at most, a quarter: for longer, the role itself is given to somebody under `people`.
Without it an end in the far future would be none."""


def refusals(model: OperatingModel) -> tuple[str, ...]:
    """What must not be in an operating model, one sentence each; nothing is started with a model that has any."""
    return (
        *_always_human(model),
        *_unknown_kinds(model),
        *_same_people(model),
        *_architect(model),
        *_break_glass(model),
        *_escalation(model),
        *_delegations(model),
        *_backwards(model),
        *_time_zones(model),
    )


def check(model: OperatingModel) -> tuple[str, ...]:
    """What in an operating model cannot work as it was probably meant, one sentence each; empty when all is well."""
    return (
        *_contradictions(model),
        *_waiting(model),
        *_roles(model),
        *_scopes(model),
        *_limits(model),
        *_chains(model),
    )


def _always_human(model: OperatingModel) -> list[str]:
    return [
        f"{kind} cannot be automatic: {CATALOGUE[kind].risk.replace('_', ' ')} is always decided by a person."
        for kind in sorted(model.policy.automatic & set(ACTION_KINDS))
        if CATALOGUE[kind].risk is not Risk.ROUTINE
    ]


def _unknown_kinds(model: OperatingModel) -> list[str]:
    """A kind that is misspelt would be allowed where it was to be forbidden."""
    policy = model.policy
    named = [
        ("automatic", policy.automatic),
        ("forbidden", policy.forbidden),
        *((f"the limit of the {terms.role(limit.role)}", limit.actions) for limit in policy.limits),
        *((f"the mandate of {agent}", one.without) for agent, one in sorted(model.mandates.items())),
    ]
    return [
        f"{kind} under {where} is not an action; the actions are {', '.join(ACTION_KINDS)}."
        for where, kinds in named
        for kind in sorted(kinds - set(ACTION_KINDS))
    ]


def _same_people(model: OperatingModel) -> list[str]:
    """One human under two names could agree with themselves."""
    ids = [person.slack for person in model.people]
    return [
        f"The Slack id {slack} belongs to more than one person."
        for slack in sorted({one for one in ids if ids.count(one) > 1})
    ]


def _architect(model: OperatingModel) -> list[str]:
    """Without one nothing could ever be changed again, not even this."""
    if model.holders(ARCHITECT):
        return []
    return [f"Nobody holds the role {ARCHITECT}, so nobody answers where no owner can, or agrees to a change."]


def _break_glass(model: OperatingModel) -> list[str]:
    glass = model.policy.break_glass
    if glass is None:
        return []
    found: list[str] = []
    if glass.minutes > MOST_EMERGENCY_MINUTES:
        found.append(f"An emergency may last {MOST_EMERGENCY_MINUTES} minutes at most, not {glass.minutes}.")
    if not model.holders(glass.role):
        found.append(f"In an emergency {glass.role} may decide alone, a role nobody holds.")
    return found


def _escalation(model: OperatingModel) -> list[str]:
    policy = model.policy
    if policy.escalate_after_hours is None or model.holders(policy.escalate_to):
        return []
    return [
        f"Questions nobody answers are passed on to {policy.escalate_to}, a role nobody holds; "
        "name another under escalate_to, or set escalate_after_hours to null."
    ]


def _delegations(model: OperatingModel) -> list[str]:
    return [problem for one in model.delegations for problem in _delegation(one, model)]


def _delegation(one: Delegation, model: OperatingModel) -> list[str]:
    away, stands_in = model.person(one.of), model.person(one.to)
    unknown = [slack for slack, person in ((one.of, away), (one.to, stands_in)) if person is None]
    if away is None or stands_in is None:
        return [f"A delegation names {terms.listing(unknown, 'and')}, who is not among the people."]
    found: list[str] = []
    if one.of == one.to:
        found.append(f"{away.name} cannot stand in for themselves.")
    if missing := sorted(one.roles - away.roles):
        found.append(f"{away.name} cannot hand over {terms.listing(missing, 'and')}, which they do not hold.")
    if one.last_day < one.first_day:
        found.append(f"The delegation of {away.name} to {stands_in.name} ends before it begins.")
    elif (one.last_day - one.first_day).days >= MOST_DELEGATION_DAYS:
        found.append(
            f"{stands_in.name} stands in for {away.name} for more than {MOST_DELEGATION_DAYS} days: "
            "give them the role under people instead."
        )
    return found


def _backwards(model: OperatingModel) -> list[str]:
    """A freeze that is never in force protects nothing."""
    return [
        f"The freeze {freeze.name} ends before it begins."
        for freeze in model.freezes
        if freeze.last_day < freeze.first_day
    ]


def _time_zones(model: OperatingModel) -> list[str]:
    """Freezes, delegations and the sums of a day end when the day does."""
    zones = [("the company", model.timezone), *((person.name, person.timezone) for person in model.people)]
    return [f"The time zone of {whose}, {zone}, is not known." for whose, zone in zones if not _is_zone(zone)]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _contradictions(model: OperatingModel) -> list[str]:
    policy = model.policy
    return [f"{kind} is both automatic and forbidden." for kind in sorted(policy.automatic & policy.forbidden)]


def _waiting(model: OperatingModel) -> list[str]:
    policy = model.policy
    if policy.escalate_after_hours is None or policy.escalate_after_hours < policy.expires_after_hours:
        return []
    return [
        f"Questions expire after {policy.expires_after_hours} hours and are passed on after "
        f"{policy.escalate_after_hours}, so they never are."
    ]


def _roles(model: OperatingModel) -> list[str]:
    asked = {CATALOGUE[kind].owner for kind in ACTION_KINDS if kind not in model.policy.forbidden}
    vacant = [
        f"Nobody holds the role {role}; its questions go to the {terms.role(ARCHITECT)}."
        for role in sorted(asked - {ARCHITECT})
        if not model.holders(role)
    ]
    routed = [
        f"{cause} is routed to {role}, a role nobody holds."
        for cause, roles in sorted(model.routes.owners.items())
        for role in roles
        if not model.holders(role)
    ]
    empty = [f"{cause} is routed to nobody." for cause, roles in sorted(model.routes.owners.items()) if not roles]
    return vacant + routed + empty


def _scopes(model: OperatingModel) -> list[str]:
    """Somebody must answer for what no single account holds, and for accounts nobody thought of."""
    architects = model.holders(ARCHITECT)
    if not architects or any(not person.accounts and not person.platforms for person in architects):
        return []
    return [f"No {terms.role(ARCHITECT)} answers for all accounts, so nobody decides about the others."]


def _limits(model: OperatingModel) -> list[str]:
    found: list[str] = []
    for limit in model.policy.limits:
        name = terms.role(limit.role)
        if not model.holders(limit.beyond):
            found.append(f"Beyond the limit of the {name}, {limit.beyond} must approve, a role nobody holds.")
        elif limit.beyond == limit.role:
            found.append(f"Beyond the limit of the {name}, the same role approves: the limit limits nothing.")
        elif len({one.slack for role in (limit.role, limit.beyond) for one in model.holders(role)}) < 2:
            found.append(
                f"Beyond the limit of the {name} two people must approve, but only one person holds both roles."
            )
        if limit.max_change is None and limit.max_per_day is None:
            found.append(f"The limit of the {name} names neither max_change nor max_per_day.")
    found += [moot_words(limit, model.policy) for limit in moot(model.policy)]
    return found


def _chains(model: OperatingModel) -> list[str]:
    """Whoever stands in may be away as well; what they hold for others does not travel on."""
    return [
        f"{_name(one.to, model)} stands in for {_name(one.of, model)} and is away from {_day(further.first_day)}: "
        "what is handed over to them is not handed on."
        for one in model.delegations
        for further in model.delegations
        if further.of == one.to and further.first_day <= one.last_day and one.first_day <= further.last_day
    ]


def _name(slack: str, model: OperatingModel) -> str:
    person = model.person(slack)
    return person.name if person else slack


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
