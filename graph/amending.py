"""How a change of the operating model is made: held against what is in force, and against the past."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amendment import Amendment
from domain.errors import ConfigurationError, InvalidChange, NoLongerOpen, StaleCard
from domain.operating_model import OperatingModel
from graph import counsel
from graph.services import Services
from memory import amendments, facts, operating_models
from memory.operating_models import FILE, InForce
from memory.people import SYSTEM

logger = logging.getLogger(__name__)

MOST_REPLAYED = 1000
"""Past proposals a change is held against, the newest: a form waits three seconds for its answer at most."""


async def drafted(
    services: Services,
    tx: AsyncConnection,
    base: InForce,
    model: OperatingModel,
    by: str,
    reason: str,
    at: datetime,
    left: Collection[str] = (),
) -> Amendment:
    """The amendment that would bring a model into force. Raises InvalidChange where it must not, or changes nothing.

    `left`: Slack users whose accounts are deactivated.
    """
    before = operating_models.governed(base.model, services.file)
    if refused := counsel.refusals(model):
        raise InvalidChange("part", refused[0])
    changes = counsel.changes(before, model, left)
    if not changes:
        raise InvalidChange("part", "Nothing would change.")
    past = await amendments.past(tx, MOST_REPLAYED)
    known = [counsel.Past(asked, verdict, asked_at=at) for asked, verdict, at in past]
    replay = await asyncio.to_thread(counsel.replay, model, known, before)
    return Amendment(
        id=facts.new_name("amd"),
        base=base.version,
        model=model,
        by=by,
        at=at,
        reason=reason,
        changes=tuple(one.sentence for one in changes),
        loosens=tuple(one.sentence for one in changes if one.loosens),
        replay=replay,
    )


async def refuse_stale(
    services: Services, tx: AsyncConnection, base: int | None, part: str, values: Mapping[str, str]
) -> None:
    """A form shows one version; raises StaleCard where what it would write over was changed in a later one."""
    known = services.in_force.known
    if base is None or known is None or base == known.version:
        return
    versions = await operating_models.since(tx, base)
    if not versions or versions[0].version != base:
        raise StaleCard("Nobody knows the design this form was drawn from; open it again.")
    shown = [counsel.edited(one.model, part, values) for one in versions]
    if shown[0] == shown[-1]:
        return
    last = next(one for one, was, now in zip(versions[:0:-1], shown[-2::-1], shown[:0:-1], strict=True) if was != now)
    person, at = last.model.person(last.by), services.file.moment(last.since).local
    raise StaleCard(
        f"{person.name if person else last.by} changed this on {at.day} {at:%B} at {at:%H:%M}, "
        "after this form was opened; open it again to see what holds now."
    )


def refuse_looser(services: Services, amendment: Amendment, model: OperatingModel, left: Collection[str]) -> None:
    """Raises NoLongerOpen where a change that took one architect would let more happen by now.

    It does where whom it takes out had left when it was drafted, and is back.
    """
    after = operating_models.governed(amendment.model, services.file)
    if not amendment.loosens and any(one.loosens for one in counsel.changes(model, after, left)):
        raise NoLongerOpen("Somebody it takes out is back in Slack, so two people must agree; draft it again.")


async def hold_against_file(services: Services) -> None:
    """At the start of a process: a file nobody has seen yet becomes an amendment; the very first one is adopted.

    Raises ConfigurationError where the file holds what must not be in an operating model.
    """
    file, now = services.file, services.clock.now()
    if refused := counsel.refusals(file):
        raise ConfigurationError(" ".join(refused))
    if not services.is_adopting:
        async with services.database.read() as tx:
            await services.in_force.read(tx)
        return
    digest = operating_models.fingerprint(file)
    async with services.database.write() as writing:
        await operating_models.lock(writing)
        known = await operating_models.current(writing.tx)
        if known is None:
            known = await operating_models.adopt(writing, file, now)
        elif known.file_digest != digest:
            await operating_models.held_against(writing, digest)
            known = replace(known, file_digest=digest)
            await amendments.outdate(writing, now, by=FILE)
            if operating_models.fingerprint(known.model) != digest:
                reason = f"{FILE} was changed."
                amendment = await drafted(services, writing.tx, known, file, FILE, reason, now)
                await amendments.draft(writing, amendment)
                logger.warning(
                    "%s was changed; the operating model in force stays version %s until the architect agrees to %s",
                    FILE,
                    known.version,
                    amendment.id,
                )
    services.in_force.take(known)


async def adopt_file(services: Services) -> InForce:
    """Put the file in force where nobody in the operating model could agree to it, as in a company of one person.

    On the record as done with the file, and announced. Raises NoLongerOpen where people can agree, and InvalidChange
    where nothing would change or what must not be would come in.
    """
    file, now = services.file, services.clock.now()
    async with services.database.write() as writing:
        await operating_models.lock(writing)
        known = await operating_models.current(writing.tx)
        assert known is not None, "nothing was adopted: the runner was not opened"
        amendment = await drafted(services, writing.tx, known, file, FILE, f"{FILE} was adopted.", now)
        model = operating_models.governed(known.model, file)
        if counsel.stuck(amendment, model) is None:
            raise NoLongerOpen(
                "People can agree to this change in Slack, in the Design tab; so it takes them. "
                "Where nobody of them is left in the company, erase who has left with `baton erase` first."
            )
        await amendments.draft(writing, amendment)
        after = await amendments.enact(writing, amendment, known, SYSTEM, now)
        await writing.defer("uphold", "now", once=True)
    services.in_force.take(after)
    return after
