"""A change of the operating model: what it loosens, what it would have changed in the past, who must agree to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.amendment import Amendment, ChangedVerdict, Replay
from domain.badge import Badge
from domain.errors import NotYours
from domain.gains import gainers
from domain.moment import Moment
from domain.operating_model import OperatingModel, Person
from domain.proposal import Proposal
from domain.roles import ARCHITECT
from domain.standing import Standing
from domain.verdict import Verdict
from governance import eyes, people, terms
from governance.differences import Change, changes
from governance.eyes import who_agree
from governance.review import NOTHING_STANDS, is_as_strict, review

__all__ = [
    "FILE",
    "Change",
    "Past",
    "changes",
    "is_agreed",
    "may_agree",
    "may_draft",
    "quorum",
    "replay",
    "stuck",
    "who_agree",
]

FILE = "baton.yaml"
"""Who drafts what was changed in the file: nobody, so that it counts as no pair of eyes."""
_EYES = 2
"""How many different people must agree to a change that loosens: four eyes."""


@dataclass(frozen=True, slots=True)
class Past:
    """A proposal of the past with what it was answered."""

    proposal: Proposal
    verdict: Verdict
    standing: Standing = NOTHING_STANDS
    """What stood when it was answered, as far as it is known."""
    asked_at: datetime | None = None
    """When it was put to people; None, as of old records: the morning on which its day was looked at."""


def replay(after: OperatingModel, past: Iterable[Past], before: OperatingModel | None = None) -> Replay:
    """Past proposals under a new operating model, with those it would have answered differently, in words.

    With `before` both models answer anew, on what stood then, so that only the change itself makes a difference;
    without it the new answers are held against those that were given.
    """
    known = tuple(past)
    changed: list[ChangedVerdict] = []
    for one in known:
        asked = one.proposal
        was = one.verdict if before is None else review(asked, before, _asked(one, before), one.standing)
        now = review(asked, after, _asked(one, after), one.standing)
        if terms.verdict(was) != terms.verdict(now):
            changed.append(
                ChangedVerdict(
                    proposal_id=asked.id,
                    title=terms.title(asked),
                    proposed_on=asked.proposed_on,
                    before=terms.verdict(was),
                    after=terms.verdict(now),
                    loosens=not is_as_strict(now, was, asked.owner),
                )
            )
    return Replay(of=len(known), changed=tuple(changed))


def quorum(amendment: Amendment) -> int:
    """How many different people must agree: one architect; two people, one of them an architect, where it loosens.

    Whoever drafted it agrees by a press of their own, and only an architect can: then they are the first pair of eyes.
    """
    return _EYES if amendment.loosens else 1


def may_draft(user: str, model: OperatingModel, badge: Badge | None = None) -> None:
    """Returns where this person may draft a change: the architect. Raises NotYours."""
    _architect(people.known(user, model, badge), model)


def may_agree(
    user: str,
    amendment: Amendment,
    agreed: Collection[str],
    model: OperatingModel,
    badge: Badge | None = None,
    left: Collection[str] = (),
) -> None:
    """Returns where this person may agree, held against the operating model in force. Raises NotYours, Unidentified.

    Whoever stands in for somebody answers their questions and does not redesign the system: own roles alone count.
    `left`: Slack users whose accounts are deactivated; nobody waits for them, and what they agreed to counts no more.
    """
    person, gaining = people.known(user, model, badge), _gaining(amendment, model)
    model = eyes.present(model, {*left} - {user})
    if user in agreed:
        raise NotYours("You have agreed to this already; somebody else must agree as well.")
    if not amendment.loosens:
        _architect(person, model)
        return
    if problem := stuck(amendment, model):
        raise NotYours(problem)
    first, second = eyes.watchers(model, amendment.by, gaining)
    if user not in first | second:
        _not_watching(person, amendment, model, gaining)
    for slack in agreed:
        if slack not in first | second:
            one = model.person(slack)
            raise NotYours(f"{one.name if one else slack} agreed and may no longer do so; draft the change again.")
    watching = {*agreed, user}
    if len(watching) >= quorum(amendment) and not eyes.can_pair(first & watching, second & watching):
        if not first & watching:
            raise NotYours(f"One of the two must be {terms.holders(model, ARCHITECT)}.")
        raise NotYours(f"This change lets both of you decide more; {_names(second, model)} must agree to it.")


def is_agreed(amendment: Amendment, agreed: Collection[str], model: OperatingModel, left: Collection[str] = ()) -> bool:
    """Whether enough people agree by the operating model in force, all of whom may still do so."""
    gaining, model = _gaining(amendment, model), eyes.present(model, left)
    if not amendment.loosens:
        return any(eyes.is_architect(one) for one in map(model.person, agreed) if one is not None)
    first, second = eyes.watchers(model, amendment.by, gaining)
    return eyes.can_pair(first & {*agreed}, second & {*agreed})


def stuck(amendment: Amendment, model: OperatingModel) -> str | None:
    """Why nobody can bring a change in force, in a sentence; None where somebody can."""
    architects = eyes.architects(model)
    if not architects:
        return f"Nobody holds the role of {terms.role(ARCHITECT)}, so nobody can agree to a change."
    if not amendment.loosens or eyes.can_pair(*eyes.watchers(model, amendment.by, _gaining(amendment, model))):
        return None
    if gaining := [one.name for one in gainers(model, amendment.model) if model.person(one.slack)]:
        return (
            "This change loosens the policy, so two people must agree, and nobody who could be the second is left: "
            f"it lets {terms.listing(gaining, 'and')} decide more."
        )
    return (
        "This change loosens the policy, so two people must agree, "
        f"and nobody but {terms.holders(model, ARCHITECT)} holds a role."
    )


def _asked(one: Past, model: OperatingModel) -> Moment:
    """When a proposal of the past was put: on that day it was or was not frozen."""
    return model.swept(one.proposal.proposed_on) if one.asked_at is None else model.moment(one.asked_at)


def _gaining(amendment: Amendment, model: OperatingModel) -> frozenset[str]:
    """Slack users whose own powers a change widens."""
    return frozenset(one.slack for one in gainers(model, amendment.model))


def _names(slack: Collection[str], model: OperatingModel) -> str:
    return terms.listing([one.name for one in model.people if one.slack in slack])


def _not_watching(person: Person, amendment: Amendment, model: OperatingModel, gaining: Collection[str]) -> None:
    """Why somebody is no pair of eyes for a change that loosens. Raises NotYours."""
    if person.slack in gaining:
        raise NotYours("This change lets you decide more yourself, so other people must agree to it.")
    if person.slack == amendment.by:
        raise NotYours("You drafted this, so other people must agree to it.")
    if len(eyes.architects(model)) > 1:
        _architect(person, model)
    names = terms.listing([one.name for one in (*eyes.architects(model), *eyes.others(model, amendment.by))])
    raise NotYours(f"Only {names} can agree to this.")


def _architect(person: Person, model: OperatingModel) -> None:
    if not eyes.is_architect(person):
        raise NotYours(f"Only {terms.holders(model, ARCHITECT)} can change the design.")
