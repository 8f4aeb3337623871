"""Whether the effects of two actions executed in the same days can be told apart."""

from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.scope import Grain


def told_apart(one: Action, other: Action) -> bool:
    """Whether `other` leaves the figure and the campaigns alone by which `one` is judged.

    An ad's new creative and its campaign's budget cannot be told apart; those of two campaigns can, and so can a mail
    to customers and a budget.
    """
    mine, theirs = CATALOGUE[one.kind], CATALOGUE[other.kind]
    if mine.shown_by is Grain.EXPERIMENT or not theirs.may_move(mine.metric):
        return True
    here, there = _campaigns(one), _campaigns(other)
    return bool(here and there) and not here & there


def _campaigns(action: Action) -> frozenset[str]:
    return frozenset(ident for column, ident in action.named() if column == "campaign_id")
