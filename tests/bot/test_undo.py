"""Taking back from Slack: a button as long as it can be, a form that asks why, and a card that says where it stands."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot import modals, names, thread
from bot.board import SlackBoard
from bot.card import DRY_RUN, card
from bot.home import home
from bot.modals import Origin
from domain.action import inverse
from domain.case import Inbox, ProposalStatus, ProposalView
from domain.operating_model import ExecutorSettings
from domain.receipt import ReceiptStatus
from domain.signal import CloseReason
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import (
    APPROVED,
    EVE,
    HEALTH,
    MARA,
    MODEL,
    NOW,
    SHIFT,
    SHIFTING,
    SIG,
    TODAY,
    case_of,
    receipt,
    view,
)
from tests.bot.test_listeners import app, opened, press, said, send, submission

__all__ = ["app", "send"]
RECEIPT = receipt(ReceiptStatus.DONE)
DONE = view(SHIFTING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=RECEIPT)
UNTIL = RECEIPT.at + timedelta(days=7)


def back(status: ProposalStatus = ProposalStatus.PENDING, **more: Any) -> ProposalView:
    """The question that takes it back."""
    action = inverse(SHIFTING.action, RECEIPT.before)
    undo = SHIFTING.model_copy(
        update={"id": "prop_00000000back", "action": action, "undoes": SHIFT, "forecast": None, "why": "It hurts."}
    )
    return view(undo, status, **more)


def pressed(blocks: Any) -> Iterator[str]:
    """The buttons of a message or view, by action id."""
    for block in blocks:
        if block["type"] == "actions":
            yield from (element["action_id"] for element in block["elements"])


def test_what_was_done_can_be_taken_back_until_its_days_are_over(valid):
    message = thread.receipt(case_of(DONE), DONE, MODEL, NOW)
    assert message is not None
    valid(message)
    assert list(pressed(message.blocks)) == [names.UNDO]
    assert "can be undone until" in str(message.blocks)
    late = thread.receipt(case_of(DONE), DONE, MODEL, UNTIL)
    assert late is not None
    valid(late)
    assert list(pressed(late.blocks)) == []
    assert "undone" not in str(late.blocks)


@pytest.mark.parametrize("status", [ReceiptStatus.DRIFTED, ReceiptStatus.FAILED, ReceiptStatus.UNKNOWN])
def test_what_was_not_done_has_no_such_button(status):
    state = {
        ReceiptStatus.DRIFTED: ProposalStatus.DRIFTED,
        ReceiptStatus.FAILED: ProposalStatus.FAILED,
        ReceiptStatus.UNKNOWN: ProposalStatus.UNKNOWN,
    }[status]
    one = view(SHIFTING, state, decision=APPROVED, receipt=receipt(status))
    message = thread.receipt(case_of(one), one, MODEL, NOW)
    assert message is not None
    assert list(pressed(message.blocks)) == []


@pytest.mark.parametrize(
    ("status", "more", "told"),
    [
        (ProposalStatus.PENDING, {}, "Asked to be undone"),
        (ProposalStatus.APPROVED, {"decision": APPROVED}, "Being undone"),
        (ProposalStatus.EXECUTED, {"decision": APPROVED, "receipt": RECEIPT}, "*Undone* <!date"),
    ],
)
def test_once_asked_the_button_is_gone_and_the_card_says_where_it_stands(valid, status, more, told):
    case = case_of(DONE, back(status, **more))
    message = thread.receipt(case, DONE, MODEL, NOW)
    assert message is not None
    valid(message)
    assert list(pressed(message.blocks)) == []
    assert told in str(message.blocks)
    shown = card(case, MODEL)
    valid(shown)
    assert told in str(shown.blocks)
    assert "Undo: Shift budget" in str(shown.blocks)


def test_a_closed_card_still_asks_whether_to_take_something_back(valid):
    closed = {"is_open": False, "closed": CloseReason.ACTED, "closed_on": TODAY}
    shown = card(case_of(DONE, back(), **closed), MODEL)
    valid(shown)
    assert list(pressed(shown.blocks)) == [names.APPROVE, names.REJECT, names.MORE]
    assert "Only an undo waits here." in str(shown.blocks)
    assert "1 decision to make" in shown.text
    quiet = card(case_of(DONE, view(SHIFTING.model_copy(update={"id": "prop_000000000bbb"})), **closed), MODEL)
    assert list(pressed(quiet.blocks)) == []


def test_home_offers_it_beside_what_was_decided(valid):
    case = case_of(DONE)
    inbox = Inbox(user=MARA, roles=("media_lead",), mine=(), others=(), decided=(case,), health=HEALTH)
    shown = home(inbox, MODEL, NOW)
    valid(shown)
    assert names.UNDO in list(pressed(shown["blocks"]))
    assert names.UNDO not in list(pressed(home(inbox, MODEL, UNTIL)["blocks"]))


def test_the_form_shows_what_would_be_set_and_asks_why(valid):
    shown = modals.undo(case_of(DONE), DONE, Origin(proposal_id=SHIFT, version=1, signal_id=SIG))
    valid(shown)
    assert "€400 → *€450*" in str(shown["blocks"])
    assert "Why undo it?" in str(shown["blocks"])
    assert (shown["title"]["text"], shown["submit"]["text"]) == ("Undo", "Undo"), "one name for it everywhere"


async def test_a_press_opens_the_form_and_its_reason_puts_the_question(send, runner: FakeRunner, slack, client):
    runner.put(case_of(DONE))
    await SlackBoard(runner, client).show(SIG)
    form = await opened(send, slack, names.UNDO, MARA)
    response = await send(submission(form, MARA, reason="Sales needs the volume"))
    assert response.body == ""
    assert runner.calls == [("undo", SHIFT, MARA, "Sales needs the volume")]
    assert "Undo: Shift budget" in str(slack.calls("chat.update")[-1]["blocks"])


async def test_a_reason_is_required_to_take_back(send, runner: FakeRunner, slack):
    runner.put(case_of(DONE))
    form = await opened(send, slack, names.UNDO, MARA)
    response = await send(submission(form, MARA, reason=" "))
    assert "Please give a reason" in response.body
    assert runner.calls == []


async def test_whoever_comes_too_late_is_told_so(send, runner: FakeRunner, slack: FakeSlack):
    runner.put(case_of(DONE))
    runner.now = UNTIL
    await send(press(slack, names.UNDO, EVE))
    assert "can no longer be undone" in said(slack)
    assert slack.calls("views.open") == []


def test_a_company_in_dry_run_sees_so_on_card_thread_and_home(valid):
    model = MODEL.model_copy(update={"executor": ExecutorSettings(dry_run=True)})
    one = view(SHIFTING, ProposalStatus.REHEARSED, decision=APPROVED, receipt=receipt(ReceiptStatus.REHEARSED))
    case = case_of(one)
    shown = card(case, model)
    valid(shown)
    assert DRY_RUN in str(shown.blocks)
    assert "would have been set now" in str(shown.blocks)
    assert DRY_RUN not in str(card(case, MODEL).blocks)
    message = thread.receipt(case, one, MODEL, NOW)
    assert message is not None
    valid(message)
    assert "nothing was written" in str(message.blocks)
    assert list(pressed(message.blocks)) == []
    inbox = Inbox(user=MARA, roles=("media_lead",), mine=(), others=(case,), decided=(), health=HEALTH)
    assert DRY_RUN in str(home(inbox, model, NOW))


def test_home_offers_a_button_for_each_of_several_things_done_about_one_signal(valid):
    other = view(
        SHIFTING.model_copy(update={"id": "prop_000000000bbb"}), DONE.status, decision=APPROVED, receipt=RECEIPT
    )
    inbox = Inbox(user=MARA, roles=("media_lead",), mine=(), others=(), decided=(case_of(DONE, other),), health=HEALTH)
    shown = home(inbox, MODEL, NOW)
    valid(shown)
    assert list(pressed(shown["blocks"])).count(names.UNDO) == 2
