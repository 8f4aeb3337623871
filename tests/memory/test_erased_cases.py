"""Whoever is erased disappears from every card that named or quoted them, and no other card is drawn anew."""

from datetime import datetime, timedelta

import pytest

from domain.badge import Badge
from domain.proposal import Approved, Rejected, Snoozed
from domain.signal import EventKind, SignalEvent
from domain.verdict import Ask
from memory import decisions, people, proposals
from memory.database import Database
from memory.people import badges, erasure
from memory.proposals import Asked
from memory.sweeps import SweepBook, Swept
from tests.graph.fakes import FIRST, proposal, signal
from tests.memory.test_decisions import NOW
from tests.memory.test_erasure import NAME, OTHER, WILMA

REJECTED, AGREED, SNOOZED, QUOTING, NAMED, UNTOUCHED = range(6)
TOLD = "not in the harvest, they would never forgive us"


def case(trace: int) -> str:
    return f"sig_00000000000{trace}"


def question(trace: int) -> str:
    return f"prop_00000000000{trace}"


@pytest.fixture
async def traces(database: Database) -> Database:
    """Six cases, on each of which she left another trace, or none."""
    one, two = Ask(role="media_lead", within_hours=72, rules=()), Ask(role="cmo", quorum=2, within_hours=72, rules=())
    until = NOW + timedelta(hours=72)
    for trace in range(6):
        event = SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=signal(case(trace)))
        about = proposal(ident=question(trace), signal_id=case(trace))
        asked = {case(trace): (Asked(about, two if trace == AGREED else one, until),)}
        await SweepBook(database).save(
            Swept(FIRST + timedelta(days=trace), (event,), asked if trace != QUOTING else {})
        )
    hers, theirs = {"version": 1, "by": WILMA, "at": NOW}, {"version": 1, "by": OTHER, "at": NOW}
    await decisions.claim(database, Rejected(proposal_id=question(REJECTED), reason=TOLD, **hers))
    await decisions.claim(database, Approved(proposal_id=question(AGREED), **hers))
    tomorrow: datetime = NOW + timedelta(days=1)
    await decisions.snooze(database, Snoozed(proposal_id=question(SNOOZED), until=tomorrow, **hers))
    await decisions.claim(database, Rejected(proposal_id=question(NAMED), reason=f"{NAME} said no", **theirs))
    async with database.write() as writing:
        await writing.touch(case(QUOTING))
        her_own = Asked(proposal(ident=question(QUOTING), signal_id=case(QUOTING)), one, until, said_by=WILMA)
        await proposals.ask(writing, her_own)
    return database


async def test_every_card_with_a_trace_of_hers_is_drawn_anew_and_no_other(traces: Database):
    erased = await erasure.erase(traces, WILMA, names=(NAME,))
    assert erased
    assert erased.cases == tuple(map(case, (REJECTED, AGREED, SNOOZED, QUOTING, NAMED)))


async def test_the_name_somebody_has_in_slack_is_taken_out_of_what_others_wrote_as_well(traces: Database):
    """Nobody has to tell the command: Slack said it once."""
    async with traces.engine.begin() as tx:
        await badges.keep(tx, Badge(slack=WILMA, name="Billie Quince"), NOW)
    said = Rejected(proposal_id=question(UNTOUCHED), version=1, by=OTHER, at=NOW, reason="as Billie Quince asked")
    await decisions.claim(traces, said)
    assert await erasure.erase(traces, WILMA)
    async with traces.read() as tx:
        left = await decisions.of(tx, question(UNTOUCHED))
    assert isinstance(left, Rejected)
    assert left.reason == "as (erased) asked"


@pytest.mark.parametrize(("reason", "is_reported"), [("de rien, says Jo", False), ("Ann would not", True)])
async def test_two_letters_of_a_name_are_in_too_many_sentences_to_be_reported(
    traces: Database, reason: str, is_reported: bool
):
    said = Rejected(proposal_id=question(UNTOUCHED), version=1, by=OTHER, at=NOW, reason=reason)
    await decisions.claim(traces, said)
    erased = await erasure.erase(traces, WILMA, names=("Jo Ann de Quince",))
    assert erased
    assert erased.possible == ((f"decision of {question(UNTOUCHED)}",) if is_reported else ())


async def test_names_and_keys_are_given_of_those_alone_who_are_asked_for(traces: Database):
    async with traces.read() as tx:
        hers = await people.pseudonym(tx, WILMA)
        found = await people.everybody(tx, among=[hers])
    assert (set(found.keys), found.names) == ({hers}, {hers: WILMA})
