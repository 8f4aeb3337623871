"""What is whose: which signals concern a person, and which questions wait for them."""

from domain.case import Case, ProposalStatus, ProposalView
from domain.moment import Moment
from domain.operating_model import OperatingModel, Person
from domain.signal import Signal
from domain.summaries import Waiting
from domain.verdict import Ask
from graph import counsel


def concerns(signal: Signal, person: Person, model: OperatingModel, now: Moment) -> bool:
    """Whether a signal is for a role of theirs, or of somebody they stand in for, where that person answers."""
    place = signal.scope
    return any(
        cap.roles & set(signal.owners)
        and (not cap.accounts or place.account_id in cap.accounts)
        and (not cap.platforms or place.platform in cap.platforms)
        for cap in counsel.capacities(person, model, now)
    )


def asks(
    case: Case, view: ProposalView, person: Person, model: OperatingModel, now: Moment, title: str
) -> Waiting | None:
    """How a question waits for a person; None where it does not. `title` is what it is called."""
    is_open = case.takes_answers(view) and view.status is ProposalStatus.PENDING
    if not is_open or not isinstance(view.verdict, Ask) or person.slack in view.approvals:
        return None
    action, mine = view.proposal.action, counsel.roles_on(view.proposal.action, person, model, now)
    asked = (view.verdict.role, view.proposal.owner) if view.verdict.quorum > 1 else (view.verdict.role,)
    role = next((one for one in asked if one in mine), None)
    is_passed_on = role is None and model.policy.escalate_to in mine and counsel.passed_on(view, model, now)
    if is_passed_on:
        role = model.policy.escalate_to
    if role is None:
        return None
    own = person in counsel.answering(role, action, model)
    return Waiting(
        proposal_id=view.proposal.id,
        title=title,
        headline=case.signal.headline,
        at_stake_per_day=case.signal.at_stake_per_day,
        currency=case.signal.currency,
        signal_id=case.signal.id,
        until=view.expires_at,
        role=role,
        instead_of=None if own else _away(role, person, model, now),
        is_passed_on=is_passed_on,
    )


def _away(role: str, person: Person, model: OperatingModel, now: Moment) -> str | None:
    """Whom somebody stands in for in a role."""
    theirs = (one for one in model.delegations if one.to == person.slack and one.first_day <= now.day <= one.last_day)
    away = (model.person(one.of) for one in theirs if not one.roles or role in one.roles)
    return next((one.name for one in away if one is not None and role in one.roles), None)
