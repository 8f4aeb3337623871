"""What a decision moves on a platform, and what the decisions of one day come to together."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.action import Action
from domain.action_base import amount_of
from domain.effect import SetValues
from domain.operating_model import Limit
from domain.proposal import Proposal
from domain.standing import Move, Standing

_NOTHING = Decimal(0)
_PARTS_OF_A_PLACE = 4
"""A platform's address has at least these: platform, account, kind of object, id."""


def of_decision(proposal: Proposal, action: Action | None = None) -> tuple[Move, ...]:
    """What a decision to carry out a proposal moves, as `action` where it was changed. The money counts once."""
    done = action or proposal.action
    moved: Mapping[str, tuple[Decimal, Decimal]] = steps(done)
    if not moved and done.money_at_stake != _NOTHING:
        effect = done.effect()
        address = effect.settings[0].address if isinstance(effect, SetValues) else effect.entity
        moved = {address: (_NOTHING, _NOTHING)}
    return tuple(
        Move(
            proposal_id=proposal.id,
            role=proposal.owner,
            action=done.kind,
            address=address,
            was=was,
            to=to,
            currency=done.currency,
            money=_NOTHING if place else done.money_at_stake,
        )
        for place, (address, (was, to)) in enumerate(moved.items())
    )


def before(standing: Standing, proposal: Proposal) -> Standing:
    """The same standing without the moves of this proposal and of whatever was decided after it."""
    own = next((at for at, move in enumerate(standing.moves) if move.proposal_id == proposal.id), None)
    return standing if own is None else standing.model_copy(update={"moves": standing.moves[:own]})


def steps(action: Action) -> dict[str, tuple[Decimal, Decimal]]:
    """The amounts an action sets, from what to what, by address; empty where it sets none."""
    effect = action.effect()
    if not isinstance(effect, SetValues):
        return {}
    read = ((one.address, amount_of(one.was), amount_of(one.to)) for one in effect.settings)
    return {address: (was, to) for address, was, to in read if was is not None and to is not None}


def largest_change(proposal: Proposal, moves: Sequence[Move] = ()) -> Decimal | None:
    """The largest share by which a value moves, by this proposal alone or since the first of the day's `moves`.

    None where a value that was nothing moves; 0 where no value does. What takes something back is measured by the value
    it goes back to, so that going back is never further than going there was.
    """
    pairs: list[tuple[Decimal, Decimal]] = []
    for address, (was, to) in steps(proposal.action).items():
        pairs += [(was, to), (next((move.was for move in moves if move.address == address), was), to)]
    measures = [to if proposal.undoes else was for was, to in pairs]
    if not all(measures):
        return None
    return max((abs(to - was) / measure for (was, to), measure in zip(pairs, measures, strict=True)), default=_NOTHING)


def money(limit: Limit, action: Action, moves: Sequence[Move]) -> Decimal | None:
    """Money per day that a role's decisions of the day come to where a limit holds, this action included.

    None where one of them moves nobody knows how much: what is not known is not nothing.
    """
    same = (move for move in moves if move.role == limit.role and move.currency == action.currency)
    amounts = [action.money_at_stake, *(move.money for move in same if _counts(limit, move))]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, _NOTHING) if len(known) == len(amounts) else None


def holds_for(limit: Limit, action: Action) -> bool:
    """Whether a limit speaks of an action. One whose account or platform is not known is spoken of by every limit."""
    kind = not limit.actions or action.kind in limit.actions
    return kind and _inside(limit.platforms, action.platform) and _inside(limit.accounts, action.account_id)


def _counts(limit: Limit, move: Move) -> bool:
    parts = move.address.split("/")
    platform, account = parts[:2] if len(parts) >= _PARTS_OF_A_PLACE else (None, None)
    kind = not limit.actions or not move.action or move.action in limit.actions
    return kind and _inside(limit.platforms, platform) and _inside(limit.accounts, account)


def _inside(named: frozenset[str], one: str | None) -> bool:
    return not named or one in {None, "None"} or one in named
