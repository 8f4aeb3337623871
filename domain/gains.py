"""Whom a change of the operating model lets decide more, or alone where others were asked before.

What widens for everybody alike, such as the hard cap, favours nobody.
"""

from domain.operating_model import Limit, OperatingModel, Person


def gainers(before: OperatingModel, after: OperatingModel) -> tuple[Person, ...]:
    """The people whose own powers it widens, in the order they are listed afterwards."""
    return tuple(one for one in after.people if _gains(one, before, after))


def _gains(person: Person, before: OperatingModel, after: OperatingModel) -> bool:
    was = before.person(person.slack)
    had = was.roles if was else frozenset[str]()
    return (
        bool(person.roles - had)
        or (was is not None and bool(person.roles) and _reaches_further(was, person))
        or any(one.to == person.slack and one not in before.delegations for one in after.delegations)
        or any(_is_looser(limit, after) for limit in before.policy.limits if limit.role in person.roles)
        or _decides_alone_longer(person, before, after)
        or _is_passed_more(person, before, after)
    )


def _reaches_further(was: Person, now: Person) -> bool:
    scopes = ((was.accounts, now.accounts), (was.platforms, now.platforms))
    return any(bool(before) and not (after and after <= before) for before, after in scopes)


def _is_looser(limit: Limit, after: OperatingModel) -> bool:
    """Whether a limit is gone, or any of its bounds reaches further."""
    same = (limit.role, limit.actions, limit.accounts, limit.platforms)
    kept = [one for one in after.policy.limits if (one.role, one.actions, one.accounts, one.platforms) == same]
    return not any(_holds(one, limit) for one in kept)


def _holds(now: Limit, was: Limit) -> bool:
    bounds = ((was.max_change, now.max_change), (was.max_per_day, now.max_per_day))
    return all(before is None or (after is not None and after <= before) for before, after in bounds)


def _decides_alone_longer(person: Person, before: OperatingModel, after: OperatingModel) -> bool:
    """Whether an emergency is theirs, or theirs for longer."""
    was, now = before.policy.break_glass, after.policy.break_glass
    if now is None or now.role not in person.roles:
        return False
    return was is None or was.role != now.role or now.minutes > was.minutes


def _is_passed_more(person: Person, before: OperatingModel, after: OperatingModel) -> bool:
    """Whether questions nobody answers are passed on to them, or sooner than before."""
    was, now = before.policy, after.policy
    if now.escalate_after_hours is None or now.escalate_to not in person.roles:
        return False
    sooner = was.escalate_after_hours is None or now.escalate_after_hours < was.escalate_after_hours
    return was.escalate_to != now.escalate_to or sooner
