"""Proposals whose story is over, as known from what was decided, done and measured: nobody needs their threads."""

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.schema import ACTION, DECISION, OUTCOME

_UNANSWERED = ("rejected", "expired")
_NOT_DONE = ("drifted", "failed")
_DONE = ("done", "handed_over")


async def over(tx: AsyncConnection) -> tuple[str, ...]:
    """Proposals about which nothing is to be done, waited for or measured any more, oldest decision first."""
    return tuple(await tx.scalars(_decided().where(_is_over()).order_by(DECISION.c.at, DECISION.c.proposal_id)))


async def is_over(tx: AsyncConnection, proposal_id: str) -> bool:
    """Whether one proposal is."""
    return await tx.scalar(_decided().where(_is_over() & (DECISION.c.proposal_id == proposal_id))) is not None


def _decided() -> Select[str]:
    return select(DECISION.c.proposal_id).outerjoin(ACTION, ACTION.c.proposal_id == DECISION.c.proposal_id)


def _is_over() -> ColumnElement[bool]:
    """A withdrawn proposal may be asked again and an unknown result is still looked for: neither is over."""
    measured = ACTION.c.proposal_id.in_(select(OUTCOME.c.proposal_id))
    return or_(
        DECISION.c.kind.in_(_UNANSWERED),
        ACTION.c.state.in_(_NOT_DONE),
        and_(ACTION.c.state.in_(_DONE), or_(ACTION.c.measured_after.is_(None), measured)),
    )
