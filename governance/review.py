"""May we? Every proposal is held against every rule; the strictest answer wins, and silence asks a person."""

from collections.abc import Sequence

from domain.moment import Moment
from domain.operating_model import OperatingModel
from domain.proposal import Proposal
from domain.standing import Standing
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import moves
from governance.rules import RULES, Rule, ask, strictest_role
from governance.soundness import check, refusals

__all__ = ["check", "is_as_strict", "refusals", "review", "stricter"]

NOTHING_STANDS = Standing()


def review(
    proposal: Proposal,
    model: OperatingModel,
    now: Moment,
    standing: Standing = NOTHING_STANDS,
    rules: Sequence[Rule] = RULES,
) -> Verdict:
    """The strictest verdict any rule gives, with the sentences of all that spoke. None spoke: the owner decides."""
    then = moves.before(standing, proposal)
    spoken = [verdict for rule in rules if (verdict := rule(proposal, model, now, then)) is not None]
    return _strictest(spoken, proposal.owner) or ask(
        proposal.owner, model, "No rule speaks of this, so its owner decides."
    )


def stricter(one: Verdict, other: Verdict, owner: str) -> Verdict:
    """What meets both verdicts on one proposal: never fewer people, and never others, than either of them asks."""
    return _strictest((one, other), owner) or one


def is_as_strict(after: Verdict, before: Verdict, owner: str) -> bool:
    """Whether whoever suffices for `after` would have sufficed for `before`."""
    if isinstance(after, Forbidden) or isinstance(before, Automatic):
        return True
    if isinstance(after, Automatic) or isinstance(before, Forbidden):
        return False
    joined = stricter(after, before, owner)
    return isinstance(joined, Ask) and (joined.role, joined.quorum) == (after.role, after.quorum)


def _strictest(spoken: Sequence[Verdict], owner: str) -> Verdict | None:
    """Several verdicts become one that meets them all; None for none."""
    sentences = _sentences(spoken)
    if any(isinstance(verdict, Forbidden) for verdict in spoken):
        return Forbidden(rules=sentences)
    asks = [verdict for verdict in spoken if isinstance(verdict, Ask)]
    if asks:
        return _joined(asks, owner, sentences)
    return Automatic(rules=sentences) if spoken else None


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
