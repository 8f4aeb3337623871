"""What App Home shows: what is mine, my team's, or all of it. The view remembers it, and nobody else."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.blocks import Block, actions, button
from bot.names import FILTER_HOME
from domain.case import Case, Inbox
from domain.proposal import Snoozed

MINE, TEAM, ALL = "mine", "team", "all"
FILTERS: Final[Mapping[str, str]] = {MINE: "Mine", TEAM: "My team's", ALL: "All"}
_HINTS = {
    MINE: "Show only what waits for you and what you decided",
    TEAM: "Show what your roles are asked about or informed of",
    ALL: "Show everything",
}


def chooser(shown: str) -> Block:
    """A button for each, the one in force marked."""
    return actions(
        "filter",
        [
            button(name, f"{FILTER_HOME}_{which}", which, "primary" if which == shown else None, _HINTS[which])
            for which, name in FILTERS.items()
        ],
    )


def filtered(inbox: Inbox, shown: str) -> Inbox:
    """The inbox with only what is to be seen. What waits for this person is always there."""
    if shown == MINE:
        own = tuple(case for case in inbox.decided if _decided_by(case, inbox.user))
        return inbox.model_copy(update={"others": (), "decided": own, "decided_by_others": ()})
    if shown == TEAM:
        mine = frozenset(inbox.roles)
        return inbox.model_copy(update={"others": _of(inbox.others, mine), "decided_by_others": ()})
    return inbox


def shown_in(body: Mapping[str, Any]) -> str:
    """Which was chosen in the home view something was pressed in; all of it where nothing tells."""
    view: Mapping[str, Any] = body.get("view") or {}
    held = str(view.get("private_metadata", "")) if view.get("type") == "home" else ""
    return held if held in FILTERS else ALL


def _of(cases: Sequence[Case], roles: frozenset[str]) -> tuple[Case, ...]:
    return tuple(
        case
        for case in cases
        if roles & {*case.signal.owners, *(view.proposal.owner for view in case.proposals), *map(_role, case.proposals)}
    )


def _role(view: Any) -> str:
    return str(getattr(view.verdict, "role", ""))


def _decided_by(case: Case, user: str) -> bool:
    return any(
        view.decision is not None and not isinstance(view.decision, Snoozed) and view.decision.by == user
        for view in case.proposals
    )
