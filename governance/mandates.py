"""Rules about the agents behind a proposal: who of them still counts, and how far they may go."""

from domain.catalogue import CATALOGUE, Risk
from domain.moment import Moment
from domain.operating_model import OperatingModel
from domain.proposal import Proposal
from domain.standing import Level, Standing
from domain.verdict import Automatic, Forbidden, Verdict
from governance import terms

LEVELS = (Level.OBSERVE, Level.RECOMMEND, Level.ASK, Level.AUTOMATIC)
"""Least first."""


def agents_behind(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """What no agent stands behind any more: each is stopped, switched off, or may not suggest this kind.

    Taking back what an agent did stays possible, all the more once it was stopped for it.
    """
    if proposal.undoes is not None or not proposal.agents:
        return None
    reasons = [_out(agent, proposal.action.kind, model, standing) for agent in sorted(set(proposal.agents))]
    out = tuple(reason for reason in reasons if reason is not None)
    return Forbidden(rules=out) if len(out) == len(reasons) else None


def autonomy(proposal: Proposal, model: OperatingModel, now: Moment, standing: Standing) -> Verdict | None:
    """How far the agents behind it may go with this kind: as far as the one of them that may go least."""
    if proposal.undoes is not None:
        return None
    kind = proposal.action.kind
    levels = {agent: level(agent, kind, model, standing) for agent in proposal.agents}
    least = min(levels.values(), key=LEVELS.index, default=_by_policy(kind, model))
    agents = [terms.agent(agent) for agent in sorted(levels) if levels[agent] is least]
    who, ending = _capital(terms.listing(agents, "and")), "s" if len(agents) == 1 else ""
    match least:
        case Level.OBSERVE:
            return Forbidden(rules=(f"{who} only observe{ending} where it comes to {terms.action(kind)}.",))
        case Level.RECOMMEND:
            said = f"{who} only recommend{ending} this so far; do it yourself on the platform."
            return Forbidden(rules=(said,))
        case Level.ASK:
            return None
        case Level.AUTOMATIC:
            return _automatic(kind, model)


def level(agent: str, kind: str, model: OperatingModel, standing: Standing) -> Level:
    """How far one agent may go with one kind of action: as granted, as the policy says where nothing was."""
    granted = [one.level for one in standing.grants if (one.agent, one.action) == (agent, kind)]
    return min(granted, key=LEVELS.index, default=_by_policy(kind, model))


def _by_policy(kind: str, model: OperatingModel) -> Level:
    return Level.AUTOMATIC if kind in model.policy.automatic else Level.ASK


def _automatic(kind: str, model: OperatingModel) -> Verdict | None:
    if CATALOGUE[kind].risk is not Risk.ROUTINE:
        return None
    by = "The policy lets Baton" if kind in model.policy.automatic else "A person has let these agents"
    return Automatic(rules=(f"{by} {terms.action(kind)} without asking.",))


def _out(agent: str, kind: str, model: OperatingModel, standing: Standing) -> str | None:
    """Why an agent no longer stands behind a kind of action; None where it does."""
    name, taken = _capital(terms.agent(agent)), model.mandates.get(agent)
    if any((one.of, one.name) == ("agent", agent) for one in standing.stops):
        return f"{name} is stopped until a person lifts the stop."
    if taken is not None and taken.off:
        return f"{name} is switched off."
    if taken is not None and kind in taken.without:
        return f"{name} may no longer suggest to {terms.action(kind)}."
    return None


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
