"""May this person decide this, now? Asked at the press, before anything is written."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.case import Case, ProposalStatus, ProposalView
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotYours, StaleCard
from domain.operating_model import OperatingModel, Person
from domain.proposal import Approved, Decision, Expired, Overridden, Snoozed
from domain.verdict import Ask, Automatic, Forbidden
from governance import terms
from governance.review import review

BATON = "baton"
"""Who decides where time or the policy does."""


def allow(decision: Decision, view: ProposalView, case: Case, model: OperatingModel, now: datetime) -> None:
    """Returns where the decision may be made.

    Raises NotYours, NoLongerOpen, AlreadyDecided, StaleCard or, for an override, InvalidChange.
    """
    if decision.by == BATON:
        _by_baton(decision, view, now)
        return
    person = model.person(decision.by)
    if person is None:
        raise NotYours("You are not among the people in the operating model, so you cannot decide this.")
    _open(decision, view, case, model, now)
    _theirs(person, decision, view, model)
    if isinstance(decision, Overridden):
        _within_policy(decision, person, view, model, now)
    if isinstance(decision, Approved):
        _still_allowed(view, model, now)


def deciders(view: ProposalView) -> tuple[str, ...]:
    """The roles that may decide a proposal, the one asked first."""
    asked = view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner
    four_eyes = isinstance(view.verdict, Ask) and view.verdict.quorum > 1
    roles = (asked, view.proposal.owner, terms.ARCHITECT) if four_eyes else (asked, terms.ARCHITECT)
    return tuple(dict.fromkeys(roles))


def _by_baton(decision: Decision, view: ProposalView, now: datetime) -> None:
    """Time may let a question expire; policy may let a routine action happen. Nothing else decides without a person."""
    match decision:
        case Expired() if view.expires_at is not None and now >= view.expires_at:
            return
        case Approved() if isinstance(view.verdict, Automatic) and view.status is ProposalStatus.PENDING:
            return
        case Expired():
            raise NoLongerOpen("This question has not run out of time yet.")
        case _:
            raise NotYours("Only a person can decide this.")


def _open(decision: Decision, view: ProposalView, case: Case, model: OperatingModel, now: datetime) -> None:
    if view.decision is not None and not isinstance(view.decision, Snoozed):
        if isinstance(view.decision, Expired):
            raise NoLongerOpen("Nobody answered in time, so this question has expired.")
        raise AlreadyDecided(_first(view.decision, model))
    if isinstance(view.verdict, Forbidden) or view.status is ProposalStatus.FORBIDDEN:
        raise NoLongerOpen(f"The policy forbids this: {' '.join(view.verdict.rules)}")
    if not case.is_open:
        raise NoLongerOpen("The signal has closed, so there is nothing to decide any more.")
    if view.status is ProposalStatus.WITHDRAWN:
        raise NoLongerOpen("This proposal was withdrawn before anyone decided.")
    if view.status not in {ProposalStatus.PENDING, ProposalStatus.SNOOZED}:
        raise NoLongerOpen(f"This proposal is {view.status.value} and no longer open.")
    snoozed = isinstance(view.decision, Snoozed) and now < view.decision.until
    if view.expires_at is not None and now >= view.expires_at and not snoozed:
        raise NoLongerOpen("Nobody answered in time, so this question has expired.")
    if decision.version != view.proposal.version:
        raise StaleCard("The proposal has changed since this card was drawn; look at it again.")


def _theirs(person: Person, decision: Decision, view: ProposalView, model: OperatingModel) -> None:
    roles = deciders(view)
    if not person.roles & set(roles):
        asked = terms.listing(
            [terms.holders(model, role) for role in roles if role != terms.ARCHITECT or len(roles) == 1]
        )
        own = terms.listing([f"the {terms.role(role)}" for role in sorted(person.roles)], "and")
        raise NotYours(f"Only {asked} can decide this; you are {own or 'not in any role'}.")
    if not isinstance(decision, Approved) or not isinstance(view.verdict, Ask):
        return  # a change voids the approvals so far: who makes it is the first to agree to it
    if person.slack in view.approvals:
        raise NotYours("You have approved this already; somebody else must approve it as well.")
    last_needed = len(view.approvals) + 1 >= view.verdict.quorum
    if view.verdict.quorum > 1 and last_needed:
        present = {
            role for slack in (*view.approvals, person.slack) if (one := model.person(slack)) for role in one.roles
        }
        if not present & {view.verdict.role, terms.ARCHITECT}:
            raise NotYours(f"One of the approvals must come from {terms.holders(model, view.verdict.role)}.")


def _still_allowed(view: ProposalView, model: OperatingModel, now: datetime) -> None:
    """A freeze or a new rule since the card was drawn counts at the press."""
    verdict = review(view.proposal, model, _day(model, now))
    if isinstance(verdict, Forbidden):
        raise NoLongerOpen(" ".join(verdict.rules))


def _day(model: OperatingModel, now: datetime) -> date:
    return now.astimezone(ZoneInfo(model.timezone)).date()


def _within_policy(
    decision: Overridden, person: Person, view: ProposalView, model: OperatingModel, now: datetime
) -> None:
    """A changed action is held against the same rules as a proposed one."""
    before, after = view.proposal.action, decision.action
    fixed = set(type(before).model_fields) - {field.field for field in before.editable}
    if type(after) is not type(before) or any(getattr(before, name) != getattr(after, name) for name in fixed):
        raise InvalidChange("value", "An override changes the values of an action, not the action itself.")
    changed = next(
        (field.field for field in before.editable if getattr(before, field.field) != getattr(after, field.field)), None
    )
    if changed is None:
        raise InvalidChange("value", "Nothing is changed: press Approve to do it as proposed.")
    verdict = review(view.proposal.model_copy(update={"action": after}), model, _day(model, now))
    if isinstance(verdict, Forbidden):
        raise InvalidChange(changed, " ".join(verdict.rules))
    shown = view.verdict
    if isinstance(verdict, Ask) and isinstance(shown, Ask) and verdict.quorum <= shown.quorum:
        same_people = verdict.role in {shown.role, view.proposal.owner}
        if same_people:
            return  # no more and no other people than were asked anyway
    if isinstance(verdict, Ask) and not person.roles & {verdict.role, terms.ARCHITECT}:
        raise InvalidChange(changed, " ".join(verdict.rules))
    if isinstance(verdict, Ask) and verdict.quorum > 1:
        raise InvalidChange(changed, f"{' '.join(verdict.rules)} One person's override cannot go that far.")


def _first(decision: Decision, model: OperatingModel) -> str:
    """Who was first, and when."""
    person = model.person(decision.by)
    at = decision.at.astimezone(ZoneInfo(person.timezone if person else model.timezone))
    who = person.name if person else "Baton" if decision.by == BATON else decision.by
    return f"{who} has {decision.kind} this already, on {at.day} {at:%B} at {at:%H:%M}."
