"""May this person decide this, now? Asked at the press, before anything is written, and again before it is executed."""

from collections.abc import Set
from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.badge import Badge
from domain.case import Case, ProposalStatus, ProposalView
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotYours, Refusal, StaleCard
from domain.moment import Moment
from domain.operating_model import OperatingModel, Person
from domain.proposal import (
    MOST_PUT_OFF,
    Approved,
    Decision,
    Expired,
    FinalDecision,
    Overridden,
    Proposal,
    Snoozed,
    is_erased,
)
from domain.roles import ARCHITECT
from domain.standing import Standing
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import people, terms
from governance.emergencies import decides_alone
from governance.review import NOTHING_STANDS, review, stricter

BATON = "baton"
"""Who decides where time or the policy does."""


def allow(
    decision: Decision,
    view: ProposalView,
    case: Case,
    model: OperatingModel,
    now: Moment,
    standing: Standing = NOTHING_STANDS,
    badge: Badge | None = None,
) -> None:
    """Returns where the decision may be made.

    Raises NotYours, NoLongerOpen, AlreadyDecided, StaleCard or, for an override, InvalidChange. StaleCard also where
    more people are asked by now than the card says: then show it with `asked_now`.
    """
    if decision.by == BATON:
        _by_baton(decision, view, model, now, standing)
        return
    person = people.known(decision.by, model, badge)
    _open(decision, view, case, model, now)
    alone = decides_alone(person, view.proposal.action, model, standing, now)
    present = asked_now(view, model, now, standing)
    asked = present if isinstance(decision, Approved) and isinstance(present, Ask) else view.verdict
    if not alone:
        _theirs(person, decision, view, asked, model, now)
    if isinstance(decision, Overridden):
        _within_policy(decision, person, view, model, now, standing, alone=alone)
    if isinstance(decision, Approved):
        _still_allowed(view, present, alone=alone)
    if isinstance(decision, Snoozed):
        _not_for_ever(decision, view, model, now)


def too_late(by: str, made: FinalDecision, model: OperatingModel, badge: Badge | None = None) -> Refusal:
    """What a person's press meets where `made` was decided before: what `allow` raises, whatever was pressed."""
    try:
        people.known(by, model, badge)
    except Refusal as refusal:
        return refusal
    return _over(made, model)


def still_valid(
    view: ProposalView, case: Case, model: OperatingModel, now: Moment, standing: Standing = NOTHING_STANDS
) -> str | None:
    """Why what was approved may not be executed after all, in a sentence; None where it may.

    The sentence is kept in a receipt and fingerprinted in the ledger for good, so it names roles and no person.
    Held against the operating model, the stops, freezes and moves of now. Delegations, and how long the question had
    waited, are looked up at the decision: that they have ended since does not undo it.
    """
    del case  # as `allow` is asked
    decision, action = view.decision, view.done
    if not isinstance(decision, Approved | Overridden):
        return "This was not approved." if decision else "There is no decision."
    proposal = view.proposal.model_copy(update={"action": action})
    verdict = review(proposal, model, now, standing)
    if isinstance(verdict, Forbidden):
        return f"The policy no longer allows it: {' '.join(verdict.rules)}"
    if decision.by == BATON:
        return None if isinstance(verdict, Automatic) else f"This no longer happens unasked: {' '.join(verdict.rules)}"
    person = model.person(decision.by)
    if person is None:
        return "Whoever decided this is no longer among the people of the operating model."
    if decides_alone(person, action, model, standing, model.moment(decision.at)):
        return None
    return _unfounded(view, decision, stricter(verdict, view.verdict, proposal.owner), model)


def asked_now(view: ProposalView, model: OperatingModel, now: Moment, standing: Standing = NOTHING_STANDS) -> Verdict:
    """What a proposal asks by now: never less than its card says, and more where the day or the policy has moved on."""
    if isinstance(view.verdict, Forbidden):
        return view.verdict
    return stricter(review(view.proposal, model, now, standing), view.verdict, view.proposal.owner)


def may_close(
    by: str,
    view: ProposalView,
    model: OperatingModel,
    now: Moment,
    standing: Standing = NOTHING_STANDS,
    badge: Badge | None = None,
) -> None:
    """Whether somebody may say what came of an execution nobody could read: any one who could decide it.

    Raises NotYours.
    """
    person, owner = people.known(by, model, badge), view.proposal.owner
    if decides_alone(person, view.done, model, standing, now):
        return
    roles = deciders(view.verdict, owner)
    decided = model.moment(view.decision.at) if view.decision else now
    may = {*roles, model.policy.escalate_to} if passed_on(view, model, decided) else {*roles}
    if not may & people.roles_on(view.done, person, model, now):
        raise NotYours(_whose(person, roles, may, view.proposal, model, now))


def approvals_needed(
    by: str, view: ProposalView, model: OperatingModel, now: Moment, standing: Standing = NOTHING_STANDS
) -> int:
    """How many different people must approve, this presser among them: in an emergency of theirs they alone suffice."""
    person = model.person(by)
    asked = asked_now(view, model, now, standing)
    if person is not None and decides_alone(person, view.proposal.action, model, standing, now):
        return 1
    return asked.quorum if isinstance(asked, Ask) else 1


def deciders(asked: Verdict, owner: str) -> tuple[str, ...]:
    """The roles that may decide a proposal of this owner, the one asked first."""
    first = asked.role if isinstance(asked, Ask) else owner
    four_eyes = isinstance(asked, Ask) and asked.quorum > 1
    roles = (first, owner, ARCHITECT) if four_eyes else (first, ARCHITECT)
    return tuple(dict.fromkeys(roles))


def passed_on(view: ProposalView, model: OperatingModel, now: Moment) -> bool:
    """Whether a question has waited so long that `escalate_to` may decide it as well. A snooze is no waiting."""
    hours = model.policy.escalate_after_hours
    if hours is None or view.asked_at is None or _asleep(view, now):
        return False
    return now.at >= view.asked_at + timedelta(hours=hours)


def _unfounded(
    view: ProposalView, decision: Approved | Overridden, asked: Verdict, model: OperatingModel
) -> str | None:
    """Which approval that a decision rests on is no longer good; None where enough of them are."""
    owner, decided = view.proposal.owner, model.moment(decision.at)
    may = {*deciders(asked, owner)}
    may |= {model.policy.escalate_to} if passed_on(view, model, decided) else set()
    agreed = [one for one in map(model.person, sorted({*view.approvals, decision.by})) if one is not None]
    roles = {one.slack: people.roles_on(view.done, one, model, decided) for one in agreed}
    good = {slack: held for slack, held in roles.items() if held & may}
    if decision.by not in good:
        return "Whoever decided this may no longer decide it."
    if not isinstance(asked, Ask) or asked.quorum == 1:
        return None
    if len(good) < asked.quorum:
        return f"The policy now asks for {asked.quorum} people, and {len(good)} agreed."
    if missing := _missing(frozenset[str]().union(*good.values()), asked, view, model, decided):
        return f"One of those who agree must be the {terms.role(missing)}."
    return None


def _missing(present: Set[str], asked: Ask, view: ProposalView, model: OperatingModel, now: Moment) -> str | None:
    """The role that none of those who agree holds, of the two that four eyes take: the one asked, and the owner's.

    Whoever must agree as well does not decide instead of the owner, however many of them agree. The architect stands
    in for either, and for the owner also those to whom a question was passed on.
    """
    if not present & {asked.role, ARCHITECT}:
        return asked.role
    instead = {model.policy.escalate_to} if passed_on(view, model, now) else set[str]()
    return None if present & {view.proposal.owner, ARCHITECT, *instead} else view.proposal.owner


def _by_baton(decision: Decision, view: ProposalView, model: OperatingModel, now: Moment, standing: Standing) -> None:
    """Time may let a question expire; policy may let a routine action happen. Nothing else decides without a person."""
    match decision:
        case Expired() if view.expires_at is not None and now.at >= view.expires_at:
            return
        case Approved() if isinstance(view.verdict, Automatic) and view.status is ProposalStatus.PENDING:
            present = asked_now(view, model, now, standing)
            if not isinstance(present, Automatic):
                raise NotYours(f"This no longer happens without asking: {' '.join(present.rules)}")
        case Expired():
            raise NoLongerOpen("This question has not run out of time yet.")
        case _:
            raise NotYours("Only a person can decide this.")


def _open(decision: Decision, view: ProposalView, case: Case, model: OperatingModel, now: Moment) -> None:
    if view.decision is not None and not isinstance(view.decision, Snoozed):
        raise _over(view.decision, model)
    if isinstance(view.verdict, Forbidden) or view.status is ProposalStatus.FORBIDDEN:
        raise NoLongerOpen(f"This may not be done: {' '.join(view.verdict.rules)}")
    if not case.takes_answers(view):
        raise NoLongerOpen("The signal has closed, so there is nothing to decide any more.")
    if view.status is ProposalStatus.WITHDRAWN:
        raise NoLongerOpen("This proposal was withdrawn before anyone decided.")
    if view.status not in {ProposalStatus.PENDING, ProposalStatus.SNOOZED}:
        raise NoLongerOpen(f"This proposal is {view.status.value} and no longer open.")
    if view.expires_at is not None and now.at >= view.expires_at and not _asleep(view, now):
        raise NoLongerOpen("Nobody answered in time, so this question has expired.")
    if decision.version != view.proposal.version:
        raise StaleCard("The proposal has changed since this card was drawn; look at it again.")


def _over(made: FinalDecision, model: OperatingModel) -> AlreadyDecided | NoLongerOpen:
    """What everybody meets who comes after a decision."""
    if isinstance(made, Expired):
        return NoLongerOpen("Nobody answered in time, so this question has expired.")
    return AlreadyDecided(_first(made, model))


def _asleep(view: ProposalView, now: Moment) -> bool:
    return isinstance(view.decision, Snoozed) and now.at < view.decision.until


def _theirs(
    person: Person, decision: Decision, view: ProposalView, asked: Verdict, model: OperatingModel, now: Moment
) -> None:
    owner = view.proposal.owner
    roles = deciders(asked, owner)
    may = {*roles, model.policy.escalate_to} if passed_on(view, model, now) else {*roles}
    if not may & people.roles_on(view.proposal.action, person, model, now):
        raise NotYours(_whose(person, roles, may, view.proposal, model, now))
    if not isinstance(decision, Approved) or not isinstance(asked, Ask):
        return  # a change voids the approvals so far: who makes it is the first to agree to it
    if person.slack in view.approvals:
        raise NotYours("You have approved this already; somebody else must approve it as well.")
    if asked.quorum > 1 and len(view.approvals) + 1 >= asked.quorum:
        _suffice((*view.approvals, person.slack), asked, may, view, model, now)


def _suffice(
    agreed: tuple[str, ...], asked: Ask, may: set[str], view: ProposalView, model: OperatingModel, now: Moment
) -> None:
    """The last approval needed: are they all good today, and does one come from the role asked?"""
    present: set[str] = set()
    for slack in agreed:
        one = model.person(slack)
        roles = people.roles_on(view.proposal.action, one, model, now) if one else frozenset[str]()
        if not roles & may:
            name = one.name if one else slack
            raise NotYours(f"{name} approved this and may no longer decide it, so somebody must change or reject it.")
        present |= roles
    if missing := _missing(present, asked, view, model, now):
        raise NotYours(f"One of the approvals must come from {terms.holders(model, missing)}.")


def _whose(
    person: Person, roles: tuple[str, ...], may: set[str], proposal: Proposal, model: OperatingModel, now: Moment
) -> str:
    """Who can decide instead of somebody who cannot."""
    held = {role for one in people.capacities(person, model, now) for role in one.roles}
    if out := sorted(held & may):
        return f"You are the {terms.role(out[0])}, but not for {terms.place(proposal.action)}."
    asked = terms.listing([terms.holders(model, role) for role in roles if role != ARCHITECT or len(roles) == 1])
    own = terms.listing([f"the {terms.role(role)}" for role in sorted(person.roles)], "and")
    return f"Only {asked} can decide this; you are {own or 'not in any role'}."


def _still_allowed(view: ProposalView, present: Verdict, *, alone: bool) -> None:
    """A freeze, a stop, a new rule or another decision since the card was drawn counts at the press."""
    if isinstance(present, Forbidden):
        raise NoLongerOpen(" ".join(present.rules))
    shown = view.verdict.quorum if isinstance(view.verdict, Ask) else 1
    if isinstance(present, Ask) and present.quorum > shown and not alone:
        raise StaleCard(f"More people are asked than when this card was drawn. {' '.join(present.rules)}")


def _not_for_ever(decision: Snoozed, view: ProposalView, model: OperatingModel, now: Moment) -> None:
    """All snoozes of a question together, whoever pressed, put it off by so much and no more. Raises InvalidChange."""
    awake = max(now.at, view.asleep_until or now.at)
    latest = awake + MOST_PUT_OFF - view.put_off
    if decision.until <= latest:
        return
    rule = f"A question is put off by {MOST_PUT_OFF.days} days at most, all snoozes together"
    if latest <= awake:
        raise InvalidChange("hours", f"{rule}, and this one has been: please decide it.")
    at = model.moment(latest).local
    raise InvalidChange("hours", f"{rule}: this one until {at.day} {at:%B} at {at:%H:%M} at the latest.")


def _within_policy(
    decision: Overridden,
    person: Person,
    view: ProposalView,
    model: OperatingModel,
    now: Moment,
    standing: Standing,
    *,
    alone: bool,
) -> None:
    """A changed action is held against the same rules as a proposed one."""
    changed = _changed(decision, view)
    verdict = review(view.proposal.model_copy(update={"action": decision.action}), model, now, standing)
    if isinstance(verdict, Forbidden):
        raise InvalidChange(changed, " ".join(verdict.rules))
    if alone or not isinstance(verdict, Ask):
        return
    shown = view.verdict
    if isinstance(shown, Ask) and verdict.quorum <= shown.quorum and verdict.role in {shown.role, view.proposal.owner}:
        return  # no more and no other people than were asked anyway
    roles = people.roles_on(decision.action, person, model, now)
    if not roles & {verdict.role, ARCHITECT}:
        raise InvalidChange(changed, " ".join(verdict.rules))
    if verdict.quorum > 1:
        raise InvalidChange(changed, f"{' '.join(verdict.rules)} One person's override cannot go that far.")


def _changed(decision: Overridden, view: ProposalView) -> str:
    """The field an override changes, where it is one that may be changed."""
    before, after = view.proposal.action, decision.action
    fixed = set(type(before).model_fields) - {field.field for field in before.editable}
    if type(after) is not type(before) or any(getattr(before, name) != getattr(after, name) for name in fixed):
        raise InvalidChange("value", "An override changes the values of an action, not the action itself.")
    changed = next(
        (field.field for field in before.editable if getattr(before, field.field) != getattr(after, field.field)), None
    )
    if changed is None:
        raise InvalidChange("value", "Nothing is changed: press Approve to do it as proposed.")
    if view.proposal.undoes is not None:
        raise InvalidChange(changed, "An undo goes back to what was: approve it, or reject it.")
    return changed


def _first(decision: Decision, model: OperatingModel) -> str:
    """Who was first, and when."""
    person = model.person(decision.by)
    at = decision.at.astimezone(ZoneInfo(person.timezone if person else model.timezone))
    nobody = "Somebody who was erased" if is_erased(decision.by) else decision.by
    who = person.name if person else "Baton" if decision.by == BATON else nobody
    return f"{who} has {decision.kind} this already, on {at.day} {at:%B} at {at:%H:%M}."
