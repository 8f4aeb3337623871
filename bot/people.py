"""Who is asked, who decided, and how a person or a role is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.words import listed, outside, proper_name, spoken
from domain.case import Case, ProposalStatus, ProposalView
from domain.operating_model import OperatingModel
from domain.proposal import Expired, Snoozed, is_erased
from domain.slack_id import is_person, team_of
from domain.verdict import Ask

WAITING = frozenset({ProposalStatus.PENDING, ProposalStatus.SNOOZED})
"""States in which somebody may still decide."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one owner role has to do with a case."""

    role: str
    asks: tuple[ProposalView, ...]
    """Proposals that wait for this role, in the card's order."""
    has_answered: bool = False
    """Whether a proposal put to this role was decided."""


def name_of(user: str, model: OperatingModel) -> str:
    """A person's name without notifying them; a mention only for somebody the operating model does not know."""
    if user == "baton":
        return "Baton"
    if is_erased(user):
        return "somebody who was erased"
    if person := model.person(user):
        return proper_name(person.name, 80)
    return f"<@{user}>" if is_person(user) and not team_of(user) else outside(user, 80)


def holders(role: str, model: OperatingModel, *, mention: bool = False) -> str:
    """The people behind a role: "Mara Lindt", "<@U0MARA0001>" or "nobody yet"."""
    people = model.holders(role)
    if not people:
        return "nobody yet"
    shown = [f"<@{person.slack}>" if mention else proper_name(person.name, 80) for person in people[:3]]
    rest = [f"{len(people) - 3} more"] if len(people) > 3 else []
    return listed(shown + rest)


def asked(view: ProposalView) -> str:
    """The role a proposal waits for first."""
    return view.verdict.role if isinstance(view.verdict, Ask) else view.proposal.owner


def deciders(view: ProposalView) -> tuple[str, ...]:
    """The roles whose answer is wanted: the one asked, and the owner too where more than one must approve."""
    four_eyes = isinstance(view.verdict, Ask) and view.verdict.quorum > 1
    return tuple(dict.fromkeys((asked(view), view.proposal.owner) if four_eyes else (asked(view),)))


def parts(case: Case) -> tuple[Part, ...]:
    """Each owner role once, the lead first; roles that are only asked by a proposal follow."""
    waiting = [view for view in case.proposals if view.status in WAITING and isinstance(view.verdict, Ask)]
    roles = dict.fromkeys([*case.signal.owners, *(role for view in waiting for role in deciders(view))])
    answered = {role for view in case.proposals if is_decided(view) for role in deciders(view)}
    return tuple(
        Part(role, tuple(view for view in waiting if role in deciders(view)), role in answered) for role in roles
    )


def is_decided(view: ProposalView) -> bool:
    """Whether a person gave the final answer."""
    return view.decision is not None and not isinstance(view.decision, Snoozed | Expired)


def who_is_asked(case: Case, model: OperatingModel, titles: Sequence[str], *, mention: bool) -> list[str]:
    """One line per owner with their part: "• Mara Lindt (media lead): decide on *1. Shift budget*".

    A mention notifies, so nobody is mentioned twice even when holding two roles.
    """
    numbers = {view.proposal.id: index for index, view in enumerate(case.proposals)}
    lines: list[str] = []
    mentioned: set[str] = set()
    for part in parts(case):
        known = {person.slack for person in model.holders(part.role)}
        names = holders(part.role, model, mention=mention and not known & mentioned)
        mentioned |= known
        lines.append(f"• *{names}* ({spoken(part.role)}): {_task(part, numbers, titles)}")
    return lines


def _task(part: Part, numbers: dict[str, int], titles: Sequence[str]) -> str:
    if not part.asks and part.has_answered:
        return "has decided"
    if not part.asks:
        return "for your information, nothing to decide"
    shown = [f"*{numbers[view.proposal.id] + 1}. {titles[numbers[view.proposal.id]]}*" for view in part.asks[:4]]
    rest = [f"{len(part.asks) - 4} more"] if len(part.asks) > 4 else []
    return f"decide on {listed(shown + rest)}"
