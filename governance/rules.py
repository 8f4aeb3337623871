"""Policy as a list of small rules. Each one answers with a verdict or stays silent; silence is never permission."""

from collections.abc import Callable
from decimal import Decimal

from domain.action import PutBack, ShiftBudget
from domain.catalogue import CATALOGUE, Risk
from domain.moment import Moment
from domain.money import written
from domain.operating_model import Limit, OperatingModel
from domain.proposal import Proposal
from domain.roles import ARCHITECT
from domain.standing import Standing
from domain.verdict import Ask, Forbidden, Verdict
from governance import moves, people, terms
from governance.mandates import agents_behind, autonomy

Rule = Callable[[Proposal, OperatingModel, Moment, Standing], Verdict | None]

ALWAYS_HUMAN = frozenset(Risk) - {Risk.ROUTINE}
"""The six promises to people that no configuration hands to a machine."""
RISK_WORDS = {
    Risk.STRATEGY: "Strategy",
    Risk.AUDIENCE_DEFINITION: "Who is reached",
    Risk.BUDGET_SHIFT: "Where money goes",
    Risk.REGULATED_CLAIM: "A regulated claim",
    Risk.BRAND_CRITICAL_CREATIVE: "What the brand shows",
    Risk.PERSONAL_DATA: "The use of personal data",
}


def forbidden_kind(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """What the policy rules out altogether."""
    kind = proposal.action.kind
    if kind not in model.policy.forbidden:
        return None
    return Forbidden(rules=(f"The policy never allows to {terms.action(kind)}.",))


def stop(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """Kill switches of everything and of an action kind; those of agents are asked about with their mandates."""
    kind = proposal.action.kind
    sentences = {
        "Everything is stopped until a person lifts the stop."
        if one.of == "everything"
        else f"“{CATALOGUE[kind].title}” is stopped until a person lifts the stop."
        for one in standing.stops
        if one.of == "everything" or (one.of, one.name) == ("action", kind)
    }
    return Forbidden(rules=tuple(sorted(sentences))) if sentences else None


def freeze(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """Days on which nothing is executed, of the operating model and of the calendar, in all ad accounts or in one.

    What names no account may touch any, so a freeze of one holds it as well.
    """
    account = proposal.action.account_id
    here = [one for one in standing.freezes if not one.account_id or not account or account == one.account_id]
    sentences = {
        f"Nothing is executed{where} until {one.last_day.day} {one.last_day:%B}: {one.name}."
        for one, where in (
            *((one, "") for one in model.freezes),
            *((one, f" in the ad account {one.account_id}" if one.account_id else "") for one in here),
        )
        if one.first_day <= now.day <= one.last_day
    }
    return Forbidden(rules=tuple(sorted(sentences))) if sentences else None


def hard_cap(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """How far a budget may move in a day, in one step or in many, whoever approves."""
    action, most = proposal.action, model.policy.max_budget_change
    if isinstance(action, ShiftBudget) and action.amount > action.from_was:
        return Forbidden(rules=("A campaign cannot give more than its whole budget.",))
    if not CATALOGUE[action.kind].moves_budget:
        return None
    change = moves.largest_change(proposal, standing.moves)
    if change is None:
        return Forbidden(rules=("A budget of nothing has no share to move by: start it on the platform by hand.",))
    if change <= Decimal(str(most)):
        return None
    this = f"{_this(proposal, standing)} would be {terms.share(change)}"
    return Forbidden(rules=(f"No budget moves by more than {terms.share(most)} a day; {this}.",))


def always_human(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """The six kinds of decision that stay with people, whatever is configured."""
    risk = CATALOGUE[proposal.action.kind].risk
    if risk not in ALWAYS_HUMAN:
        return None
    return ask(proposal.owner, model, f"{RISK_WORDS[risk]} is always decided by a person.")


def undo(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """Taking back is a decision of its own; and putting back is nothing but that."""
    if proposal.undoes is not None:
        return ask(proposal.owner, model, "Taking back what was done is always decided by a person.")
    if isinstance(proposal.action, PutBack):
        return Forbidden(rules=("Something is put back only to undo what was done.",))
    return None


def limits(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """How far the owner may go alone in a day. Beyond it two people decide, one of them from the role named there."""
    broken = [
        (limit, sentence)
        for limit in model.policy.limits
        if limit.role == proposal.owner and moves.holds_for(limit, proposal.action)
        for sentence in _beyond(limit, proposal, standing)
    ]
    if not broken:
        return None
    others = {limit.beyond for limit, _ in broken} - {proposal.owner}
    return Ask(
        role=strictest_role(others) if others else proposal.owner,
        quorum=2 if others else 1,
        within_hours=model.policy.expires_after_hours,
        rules=tuple(dict.fromkeys(sentence for _, sentence in broken)),
    )


def unknown_money(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """What moves nobody knows how much is not taken for something that moves nothing."""
    if proposal.action.money_at_stake is not None:
        return None
    return ask(proposal.owner, model, "Nobody knows how much money this moves, so a person decides.")


def vacant_role(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """A question to a role that nobody holds, or nobody holds there, goes to the architect."""
    if people.answering(proposal.owner, proposal.action, model):
        return None
    then = f"so the {terms.role(ARCHITECT)} is asked."
    if not model.holders(proposal.owner):
        return ask(ARCHITECT, model, f"Nobody holds the role of {terms.role(proposal.owner)}, {then}")
    where = terms.place(proposal.action)
    return ask(ARCHITECT, model, f"No {terms.role(proposal.owner)} answers for {where}, {then}")


RULES: tuple[Rule, ...] = (
    forbidden_kind,
    stop,
    freeze,
    hard_cap,
    agents_behind,
    always_human,
    undo,
    limits,
    unknown_money,
    vacant_role,
    autonomy,
)


def ask(role: str, model: OperatingModel, sentence: str) -> Ask:
    """One person of a role decides within the time the policy gives."""
    return Ask(role=role, within_hours=model.policy.expires_after_hours, rules=(sentence,))


def strictest_role(roles: set[str]) -> str:
    """The one role to ask of several: where they differ, the architect, who may decide in place of each of them."""
    return min(roles) if len(roles) == 1 else ARCHITECT


def _beyond(limit: Limit, proposal: Proposal, standing: Standing) -> list[str]:
    """Which part of a limit a proposal exceeds with what was decided today, in words."""
    found: list[str] = []
    action = proposal.action
    change = moves.largest_change(proposal, standing.moves)
    money = moves.money(limit, action, standing.moves)
    alone = f"A {terms.role(limit.role)} decides alone up to"
    then = f"so the {terms.role(limit.beyond)} must approve as well."
    if limit.max_change is not None and (change is None or change > Decimal(str(limit.max_change))):
        by = "from nothing" if change is None else terms.share(change)
        found.append(f"{alone} {terms.share(limit.max_change)}; {_this(proposal, standing)} is {by}, {then}")
    if limit.max_per_day is not None and (money is None or money > limit.max_per_day):
        most, this = written(limit.max_per_day, action.currency), "with what was decided today this"
        this = "this" if action.money_at_stake in {None, money} else this
        known = money is not None
        comes_to = f"{this} is {written(money, action.currency)}" if known else f"nobody knows how much {this} is"
        found.append(f"{alone} {most} a day; {comes_to}, {then}")
    return found


def _this(proposal: Proposal, standing: Standing) -> str:
    """What is measured: the step alone, or the step after those of today where they make it longer."""
    alone = moves.largest_change(proposal)
    return "this" if alone == moves.largest_change(proposal, standing.moves) else "with what moved today this"
