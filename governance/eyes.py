"""Who watches a change of the operating model, and whose loss leaves fewer, or other, people to watch."""

from collections.abc import Collection

from domain.operating_model import OperatingModel, Person
from domain.roles import ARCHITECT


def architects(model: OperatingModel) -> tuple[Person, ...]:
    """Those who may change the design."""
    return model.holders(ARCHITECT)


def is_architect(person: Person) -> bool:
    """Whether a person may change the design."""
    return ARCHITECT in person.roles


def present(model: OperatingModel, left: Collection[str]) -> OperatingModel:
    """The company without those who have left: nobody waits for them, and nobody misses them."""
    return model.model_copy(update={"people": tuple(one for one in model.people if one.slack not in left)})


def who_agree(model: OperatingModel, left: Collection[str] = ()) -> frozenset[str]:
    """Slack users one of whom must agree to a change of the design."""
    company = present(model, left)
    return frozenset(one.slack for one in (*architects(company), *others(company)))


def others(model: OperatingModel, by: str = "") -> tuple[Person, ...]:
    """The other pair of eyes beside the only architect: whom questions are passed on to, else everybody with a role.

    Whoever drafted the change, `by`, is none.
    """
    if len(architects(model)) != 1:
        return ()
    rest = tuple(one for one in model.people if not is_architect(one) and one.slack != by and one.roles)
    return tuple(one for one in rest if model.policy.escalate_to in one.roles) or rest


def watchers(model: OperatingModel, by: str, gaining: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Who may be the architect who agrees to what loosens, and who the other person: Slack users.

    `gaining`: whose own powers the change widens. They watch nothing of it: an architect among them counts as the one
    who drafted it, or where all architects gain, and then only beside somebody who gains nothing. Where nobody else is
    left for that, everybody with a role may be.
    """
    heads = architects(model)
    neutral = [one for one in heads if one.slack not in gaining]
    first = frozenset(one.slack for one in heads if one in neutral or one.slack == by or not neutral)
    second = frozenset(one.slack for one in (*neutral, *others(model, by)) if one.slack not in gaining)
    if not can_pair(first, second):
        rest = (one for one in model.people if one.roles and not is_architect(one) and one.slack != by)
        second |= frozenset(one.slack for one in rest if one.slack not in gaining)
    return first, second


def can_pair(first: Collection[str], second: Collection[str]) -> bool:
    """Whether there are two different people, one of each."""
    return any(one != other for one in first for other in second)


def is_missed(person: Person, before: OperatingModel, after: OperatingModel, left: Collection[str] = ()) -> bool:
    """Whether taking a person out, or a role or a scope from them, changes who may agree or leaves a role unanswered.

    Otherwise one architect could take away, step by step, whoever would have to agree with them. Whoever has left could
    agree to nothing and answered for nothing.
    """
    if person.slack in left:
        return False
    before, after = present(before, left), present(after, left)
    policy = before.policy
    agreeing = {ARCHITECT, policy.escalate_to, *(limit.beyond for limit in policy.limits)}
    if person.roles & agreeing or person in others(before):
        return True
    return any(not _stays_answered(role, person, after) for role in person.roles)


def _stays_answered(role: str, person: Person, after: OperatingModel) -> bool:
    """Whether somebody holds a role afterwards wherever this person answered for it."""
    return any(
        is_within(person.accounts, one.accounts) and is_within(person.platforms, one.platforms)
        for one in after.holders(role)
    )


def is_within(inner: frozenset[str], outer: frozenset[str]) -> bool:
    """Whether nothing is in one that is not in the other, where empty means all."""
    return not outer or (bool(inner) and inner <= outer)
