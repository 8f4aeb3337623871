"""Policy as a list of small rules. Each one answers with a verdict or stays silent; silence is never permission."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from domain.action import Action, SetBudget, SetTarget, ShiftBudget
from domain.catalogue import CATALOGUE, Risk
from domain.operating_model import Limit, OperatingModel
from domain.proposal import Proposal
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import terms

Rule = Callable[[Proposal, OperatingModel, date], Verdict | None]

ALWAYS_HUMAN = frozenset(Risk) - {Risk.ROUTINE}
"""The six promises to people that no configuration hands to a machine."""
_RISK_WORDS = {
    Risk.STRATEGY: "Strategy",
    Risk.AUDIENCE_DEFINITION: "Who is reached",
    Risk.BUDGET_SHIFT: "Where money goes",
    Risk.REGULATED_CLAIM: "A regulated claim",
    Risk.BRAND_CRITICAL_CREATIVE: "What the brand shows",
    Risk.PERSONAL_DATA: "The use of personal data",
}


def forbidden_kind(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """What the policy rules out altogether."""
    kind = proposal.action.kind
    if kind not in CATALOGUE:
        return Forbidden(rules=(f"{kind} is not in the catalogue of actions.",))
    if kind not in model.policy.forbidden:
        return None
    return Forbidden(rules=(f"The policy never allows to {terms.action(kind)}.",))


def freeze(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """Days on which nothing is executed."""
    for frozen in model.freezes:
        if frozen.first_day <= today <= frozen.last_day:
            until = f"{frozen.last_day.day} {frozen.last_day:%B}"
            return Forbidden(rules=(f"Nothing is executed until {until}: {frozen.name}.",))
    return None


def hard_cap(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """How far a budget may move at once, whoever approves."""
    action, most = proposal.action, model.policy.max_budget_change
    if isinstance(action, ShiftBudget) and action.amount > action.from_was:
        return Forbidden(rules=("A campaign cannot give more than its whole budget.",))
    if not isinstance(action, SetBudget | ShiftBudget):
        return None
    change = relative_change(action)
    if change is None:
        return Forbidden(rules=("A budget of nothing has no share to move by: start it on the platform by hand.",))
    if change <= Decimal(str(most)):
        return None
    return Forbidden(
        rules=(f"No budget moves by more than {terms.share(most)} at once; this would be {terms.share(change)}.",)
    )


def always_human(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """The six kinds of decision that stay with people, whatever is configured."""
    risk = CATALOGUE[proposal.action.kind].risk
    if risk not in ALWAYS_HUMAN:
        return None
    return ask(proposal.owner, model, f"{_RISK_WORDS[risk]} is always decided by a person.")


def limits(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """How far the owner may go alone. Beyond it two people decide, one of them from the role named there."""
    broken = [
        (limit, sentence)
        for limit in model.policy.limits
        if limit.role == proposal.owner and (not limit.actions or proposal.action.kind in limit.actions)
        for sentence in _beyond(limit, proposal.action)
    ]
    if not broken:
        return None
    role = strictest_role({limit.beyond for limit, _ in broken})
    return Ask(
        role=role,
        quorum=1 if role == proposal.owner else 2,
        within_hours=model.policy.expires_after_hours,
        rules=tuple(dict.fromkeys(sentence for _, sentence in broken)),
    )


def vacant_role(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """A question to a role nobody holds goes to the architect."""
    if model.holders(proposal.owner):
        return None
    sentence = f"Nobody holds the role of {terms.role(proposal.owner)}, so the {terms.role(terms.ARCHITECT)} is asked."
    return ask(terms.ARCHITECT, model, sentence)


def automatic_kind(proposal: Proposal, model: OperatingModel, today: date) -> Verdict | None:
    """What the policy lets happen without asking: routine kinds only."""
    kind = proposal.action.kind
    if kind not in model.policy.automatic or CATALOGUE[kind].risk is not Risk.ROUTINE:
        return None
    return Automatic(rules=(f"The policy lets Baton {terms.action(kind)} without asking.",))


RULES: tuple[Rule, ...] = (
    forbidden_kind,
    freeze,
    hard_cap,
    always_human,
    limits,
    vacant_role,
    automatic_kind,
)


def ask(role: str, model: OperatingModel, sentence: str) -> Ask:
    """One person of a role decides within the time the policy gives."""
    return Ask(role=role, within_hours=model.policy.expires_after_hours, rules=(sentence,))


def strictest_role(roles: set[str]) -> str:
    """Of several roles, the one to ask: the architect if named, else the first by name, so that order never matters."""
    return terms.ARCHITECT if terms.ARCHITECT in roles else min(roles)


def relative_change(action: Action) -> Decimal | None:
    """The largest share by which an action moves a value; None where it moves one that was nothing, 0 where none."""
    match action:
        case SetBudget():
            pairs = [(action.daily_budget - action.was, action.was)]
        case ShiftBudget():
            pairs = [(action.amount, action.from_was), (action.amount, action.to_was)]
        case SetTarget():
            pairs = [(action.target - action.was, action.was)]
        case _:
            return Decimal(0)
    if any(not was for _, was in pairs):
        return None
    return max(abs(move) / was for move, was in pairs)


def _beyond(limit: Limit, action: Action) -> list[str]:
    """Which part of a limit an action exceeds, in words."""
    found: list[str] = []
    change = relative_change(action)
    then = f"so the {terms.role(limit.beyond)} must approve as well."
    if limit.max_change is not None and (change is None or change > Decimal(str(limit.max_change))):
        by = "from nothing" if change is None else terms.share(change)
        found.append(
            f"A {terms.role(limit.role)} decides alone up to {terms.share(limit.max_change)}; this is {by}, {then}"
        )
    if limit.max_per_day is not None and action.money_at_stake > limit.max_per_day:
        most, this = (f"{amount:,.2f} {action.currency}" for amount in (limit.max_per_day, action.money_at_stake))
        found.append(f"A {terms.role(limit.role)} decides alone up to {most} a day; this is {this}, {then}")
    return found
