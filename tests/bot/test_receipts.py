"""What stands in a card's thread about what was done."""

import pytest

from bot import thread
from domain.case import ProposalStatus
from domain.receipt import ReceiptStatus
from tests.bot.samples import APPROVED, FLOWING, MODEL, SHIFTING, case_of, receipt, view
from tests.bot.test_card import text

BUDGET = "meta/a1/campaign/c3/daily_budget"


def test_the_thread_names_who_takes_a_task_and_what_money_a_value_is(valid):
    task = view(FLOWING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=receipt(ReceiptStatus.HANDED_OVER))
    told = thread.receipt(case_of(task), task, MODEL)
    assert told is not None
    valid(told)
    assert "🤝 *Handed over as a task*, for Nils Berg (CRM lead) to see done ·" in text(told)
    done = view(SHIFTING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=receipt(ReceiptStatus.DONE))
    told = thread.receipt(case_of(done), done, MODEL)
    assert told is not None
    assert text(told).count("€450 → *€400*") == 1
    assert "On the platform" not in text(told), "what was read back is what the change says"


@pytest.mark.parametrize(
    ("status", "live", "said"),
    [
        (ReceiptStatus.DONE, {"before": {BUDGET: "430.00"}}, "budget of *Spring prospecting*: €430 → €400"),
        (ReceiptStatus.DONE, {"after": {BUDGET: "399.00"}}, "budget of *Spring prospecting*: €450 → €399"),
        (ReceiptStatus.UNKNOWN, {}, "budget of *Spring prospecting*: €450 → €400"),
        (ReceiptStatus.FAILED, {"after": {}}, "budget of *Spring prospecting*: is €450"),
        (ReceiptStatus.DRIFTED, {"after": {}, "before": {BUDGET: "430.00"}}, "*Spring prospecting*: is €430"),
    ],
)
def test_what_the_platform_shows_is_told_where_it_is_not_what_the_change_says(valid, status, live, said):
    held = receipt(status)
    read = {name: {**getattr(held, name), **values} if values else {} for name, values in live.items()}
    done = view(SHIFTING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=held.model_copy(update=read))
    told = thread.receipt(case_of(done), done, MODEL)
    assert told is not None
    valid(told)
    assert "_On the platform:_ daily" in text(told)
    assert said in text(told)
