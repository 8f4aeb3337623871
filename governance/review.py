"""May we? Every proposal is held against every rule; the strictest answer wins, and silence asks a person."""

from collections.abc import Sequence
from datetime import date

from domain.action import ACTION_KINDS
from domain.catalogue import CATALOGUE, Risk
from domain.operating_model import OperatingModel
from domain.proposal import Proposal
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import terms
from governance.rules import RULES, Rule, ask, strictest_role


def review(proposal: Proposal, model: OperatingModel, today: date, rules: Sequence[Rule] = RULES) -> Verdict:
    """The strictest verdict any rule gives, with the sentences of all that spoke. None spoke: the owner decides."""
    spoken = [verdict for rule in rules if (verdict := rule(proposal, model, today)) is not None]
    sentences = _sentences(spoken)
    if any(isinstance(verdict, Forbidden) for verdict in spoken):
        return Forbidden(rules=sentences)
    asks = [verdict for verdict in spoken if isinstance(verdict, Ask)]
    if asks:
        return _joined(asks, proposal.owner, sentences)
    if spoken:
        return Automatic(rules=sentences)
    return ask(proposal.owner, model, "No rule speaks of this, so its owner decides.")


def check(model: OperatingModel) -> tuple[str, ...]:
    """What in the operating model cannot work or must not be, one sentence each; empty when all is well."""
    return (*_kinds(model), *_roles(model), *_limits(model), *_people(model))


def _joined(asks: Sequence[Ask], owner: str, sentences: tuple[str, ...]) -> Ask:
    """Several demands to ask become one that meets them all: the most people, the highest role, the shortest time."""
    others = {verdict.role for verdict in asks} - {owner}
    return Ask(
        role=strictest_role(others) if others else owner,
        quorum=max(verdict.quorum for verdict in asks),
        within_hours=min(verdict.within_hours for verdict in asks),
        rules=sentences,
    )


def _sentences(spoken: Sequence[Verdict]) -> tuple[str, ...]:
    """All sentences, those of the strictest verdicts first, the same in whatever order the rules spoke."""
    strictness = {"forbidden": 0, "ask": 1, "automatic": 2}
    ranked = {(strictness[verdict.kind], sentence) for verdict in spoken for sentence in verdict.rules}
    return tuple(dict.fromkeys(sentence for _, sentence in sorted(ranked)))


def _kinds(model: OperatingModel) -> list[str]:
    policy = model.policy
    named = {"automatic": policy.automatic, "forbidden": policy.forbidden} | {
        f"the limit of the {terms.role(limit.role)}": limit.actions for limit in policy.limits
    }
    unknown = [
        f"{kind} under {where} is not an action; the actions are {', '.join(ACTION_KINDS)}."
        for where, kinds in named.items()
        for kind in sorted(kinds - set(ACTION_KINDS))
    ]
    human = [
        f"{kind} cannot be automatic: {CATALOGUE[kind].risk.replace('_', ' ')} is always decided by a person."
        for kind in sorted(policy.automatic & set(ACTION_KINDS))
        if CATALOGUE[kind].risk is not Risk.ROUTINE
    ]
    both = [f"{kind} is both automatic and forbidden." for kind in sorted(policy.automatic & policy.forbidden)]
    return unknown + human + both


def _roles(model: OperatingModel) -> list[str]:
    asked = {CATALOGUE[kind].owner for kind in ACTION_KINDS if kind not in model.policy.forbidden}
    vacant = [
        f"Nobody holds the role {role}; its questions go to the {terms.role(terms.ARCHITECT)}."
        for role in sorted(asked - {terms.ARCHITECT})
        if not model.holders(role)
    ]
    if not model.holders(terms.ARCHITECT):
        vacant.append(f"Nobody holds the role {terms.ARCHITECT}, so nobody answers where no owner can.")
    routed = [
        f"{cause} is routed to {role}, a role nobody holds."
        for cause, roles in sorted(model.routes.owners.items())
        for role in roles
        if not model.holders(role)
    ]
    empty = [f"{cause} is routed to nobody." for cause, roles in sorted(model.routes.owners.items()) if not roles]
    return vacant + routed + empty


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
        if limit.max_change is not None and limit.max_change > model.policy.max_budget_change:
            found.append(f"The limit of the {name} reaches beyond max_budget_change, which nothing may exceed.")
    return found


def _people(model: OperatingModel) -> list[str]:
    ids = [person.slack for person in model.people]
    twice = [
        f"The Slack id {slack} belongs to more than one person."
        for slack in sorted({s for s in ids if ids.count(s) > 1})
    ]
    backwards = [
        f"The freeze {freeze.name} ends before it begins."
        for freeze in model.freezes
        if freeze.last_day < freeze.first_day
    ]
    return twice + backwards
