"""What is on each person's home, and the numbers people call questions by."""

from domain.case import ProposalStatus
from domain.signal import EventKind, SignalEvent
from tests.graph.conftest import Start
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, opened, proposal

PROP, SIG = "prop_00000000000a", "sig_000000000001"


async def test_a_cmo_sees_what_others_decided_for_a_week(start: Start):
    clock = HandClock()
    runner = await start(clock=clock)
    await runner.sweep(FIRST)
    assert (await runner.inbox(CORA)).decided_by_others == ()
    await runner.reject(PROP, 1, MARA, "not now")
    assert [case.signal.id for case in (await runner.inbox(CORA)).decided_by_others] == [SIG]
    assert (await runner.inbox(MARA)).decided_by_others == (), "her own she sees as decided by herself"
    clock.pass_days(8)
    assert (await runner.inbox(CORA)).decided_by_others == ()


async def test_what_is_stopped_and_what_waits_for_agreement_is_in_the_inbox_of_whom_it_concerns(start: Start):
    runner = await start()
    stop = await runner.governing.stop(MARA, "everything", "", "the figures are off")
    drafted = await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter")
    cora, mara = await runner.inbox(CORA), await runner.inbox(MARA)
    assert cora.stops == mara.stops == (stop,)
    assert [one.amendment.id for one in cora.to_agree] == [drafted.amendment.id]
    assert mara.to_agree == (), "what tightens waits for the architect alone"
    await runner.governing.agree(drafted.amendment.id, CORA)
    assert (await runner.inbox(CORA)).to_agree == ()


async def test_a_question_keeps_its_number_when_another_is_withdrawn_and_a_new_one_comes(start: Start):
    """People speak of "number 2": a withdrawn one above it, or a new one planned before it, leaves it that."""
    one, two, three = (proposal(ident=f"prop_00000000000{letter}") for letter in "abc")
    clock, script = HandClock(), opened(one, two)
    runner = await start(clock=clock, script=script)
    await runner.sweep(FIRST)
    clock.pass_days(1)
    (event,) = script.events[FIRST]
    later = event.signal.model_copy(update={"version": 2, "as_of": clock.last_day()})
    script.events[clock.last_day()] = (SignalEvent(as_of=later.as_of, event=EventKind.UPDATED, signal=later),)
    script.plans[SIG] = (three, two)
    await runner.sweep(clock.last_day())
    case = await runner.case(SIG)
    assert [view.proposal.id for view in case.proposals] == [one.id, two.id, three.id]
    assert [view.status for view in case.proposals] == [ProposalStatus.WITHDRAWN, *[ProposalStatus.PENDING] * 2]
