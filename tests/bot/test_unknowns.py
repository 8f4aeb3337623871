"""What nobody could read is closed from Slack: two buttons, a form that says what it means, one word that stays."""

from datetime import timedelta
from typing import Any

import pytest

from bot import modals, names, thread
from bot.board import SlackBoard
from bot.card import card
from bot.home import home
from bot.modals import Origin
from domain.action import inverse
from domain.case import Case, Inbox, ProposalStatus, ProposalView
from domain.errors import AlreadyDecided, NotYours
from domain.receipt import Receipt, ReceiptStatus, Said
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import (
    APPROVED,
    CLEO,
    EVE,
    HEALTH,
    MARA,
    MODEL,
    NOW,
    SHIFT,
    SHIFTING,
    SIG,
    case_of,
    receipt,
    view,
)
from tests.bot.test_listeners import app, opened, press, press_at_home, said, send, submission
from tests.bot.test_undo import pressed

__all__ = ["app", "send"]
UNREAD = receipt(ReceiptStatus.UNKNOWN).model_copy(update={"after": {}, "answer": "No answer came."})
UNKNOWN = view(SHIFTING, ProposalStatus.UNKNOWN, decision=APPROVED, receipt=UNREAD)
WHY = "I see it in <ads manager> & it runs"
BOTH = [names.SAY_DONE, names.SAY_NOT_DONE]


def closed(status: ReceiptStatus, by: str = MARA) -> Receipt:
    word = Said(by=by, at=NOW + timedelta(days=1), reason=WHY)
    return UNREAD.model_copy(update={"status": status, "said": word})


class Unknowns:
    """What graph.unknowns does, over the fake runner's cases."""

    def __init__(self, runner: FakeRunner) -> None:
        self.runner = runner

    async def closable(self, proposal_id: str, by: str) -> tuple[Case, ProposalView]:
        case = self.runner.cases[SIG]
        (one,) = [one for one in case.proposals if one.proposal.id == proposal_id]
        if by != MARA:
            raise NotYours("Only Mara Lindt (media lead) can decide this; you are the creative lead.")
        if one.receipt is None or one.receipt.said is not None:
            raise AlreadyDecided("Mara Lindt said that it was done on 15 March at 09:12; the card shows why.")
        return case, one

    async def close(self, proposal_id: str, by: str, reason: str, *, was_done: bool) -> str:
        case, one = await self.closable(proposal_id, by)
        word = closed(ReceiptStatus.DONE if was_done else ReceiptStatus.FAILED, by)
        assert word.said
        receipt = word.model_copy(update={"said": word.said.model_copy(update={"reason": reason})})
        status = ProposalStatus.EXECUTED if was_done else ProposalStatus.FAILED
        ended = one.model_copy(update={"receipt": receipt, "status": status})
        self.runner.put(case.model_copy(update={"proposals": (ended,)}))
        self.runner.calls.append(("close", proposal_id, by, reason, was_done))
        return SIG


@pytest.fixture(autouse=True)
def unknowns(runner: FakeRunner) -> None:
    runner.put(case_of(UNKNOWN))
    runner.unknowns = Unknowns(runner)  # type: ignore[attr-defined]


def test_what_is_unknown_has_two_buttons_on_its_card_and_at_home_as_long_as_it_is(valid: Any):
    shown = card(case_of(UNKNOWN), MODEL)
    valid(shown)
    assert list(pressed(shown.blocks)) == BOTH
    assert "whoever may decide this can also say what they see there" in str(shown.blocks)
    for inbox in (case_of(UNKNOWN), case_of(UNKNOWN, is_open=False)):
        at_home = home(
            Inbox(user=MARA, roles=("media_lead",), mine=(), others=(), decided=(inbox,), health=HEALTH), MODEL, NOW
        )
        valid(at_home)
        assert [one for one in pressed(at_home["blocks"]) if one in BOTH] == BOTH
    for status, ended in ((ProposalStatus.EXECUTED, ReceiptStatus.DONE), (ProposalStatus.FAILED, ReceiptStatus.FAILED)):
        over = view(SHIFTING, status, decision=APPROVED, receipt=closed(ended))
        assert not set(pressed(card(case_of(over), MODEL).blocks)) & set(BOTH)


@pytest.mark.parametrize(
    ("status", "ended", "on_card", "in_thread"),
    [
        (ProposalStatus.EXECUTED, ReceiptStatus.DONE, "*Done, says Mara Lindt*", "*Done, on somebody's word:*"),
        (ProposalStatus.MEASURED, ReceiptStatus.DONE, "*Done, says Mara Lindt*", "*Done, on somebody's word:*"),
        (
            ProposalStatus.EXECUTED,
            ReceiptStatus.HANDED_OVER,
            "*Handed over, says Mara Lindt*",
            "*Handed over, on somebody's word:*",
        ),
        (ProposalStatus.FAILED, ReceiptStatus.FAILED, "*Not done, says Mara Lindt*", "*Not done, on somebody's word:*"),
    ],
)
def test_card_and_thread_say_that_it_is_somebodys_word_and_was_never_read(
    valid: Any, status: ProposalStatus, ended: ReceiptStatus, on_card: str, in_thread: str
):
    one = view(SHIFTING, status, decision=APPROVED, receipt=closed(ended))
    shown, message = card(case_of(one), MODEL), thread.receipt(case_of(one), one, MODEL, NOW)
    assert message is not None
    valid(shown)
    valid(message)
    assert on_card in str(shown.blocks)
    assert in_thread in str(message.blocks)
    assert in_thread in message.text
    for words in (str(shown.blocks), str(message.blocks)):
        assert "“I see it in &lt;ads manager&gt; &amp; it runs”" in words
        assert "read back from the platform" not in words
        assert "Nothing was written" not in words
    if ended is not ReceiptStatus.HANDED_OVER:
        assert "was €450" in str(message.blocks), "what is there now was never read"


def test_each_form_shows_what_was_to_be_done_and_says_what_closing_means(valid: Any):
    origin = Origin(proposal_id=SHIFT, version=1, signal_id=SIG)
    done = modals.was_done(case_of(UNKNOWN), UNKNOWN, origin)
    not_done = modals.was_not_done(case_of(UNKNOWN), UNKNOWN, origin)
    for form in (done, not_done):
        valid(form)
        assert "Move *€50* a day" in str(form["blocks"])
        assert "Read after the try" not in str(form["blocks"]), "nothing was"
        assert "How do you know?" in str(form["blocks"])
    shows_old = UNREAD.model_copy(update={"after": UNREAD.before})
    seen = modals.was_done(case_of(UNKNOWN), UNKNOWN.model_copy(update={"receipt": shows_old}), origin)
    valid(seen)
    assert "€450 → €450" in str(seen["blocks"])
    assert "measures the effect from when it was tried" in str(done["blocks"])
    assert "never tries it again" in str(not_done["blocks"])
    back = SHIFTING.model_copy(
        update={"action": inverse(SHIFTING.action, UNREAD.before), "undoes": "prop_00000000dead"}
    )
    undone = modals.was_done(case_of(UNKNOWN), view(back, ProposalStatus.UNKNOWN, receipt=UNREAD), origin)
    valid(undone)
    assert "measures" not in str(undone["blocks"])


@pytest.mark.parametrize(("action", "was_done"), [(names.SAY_DONE, True), (names.SAY_NOT_DONE, False)])
async def test_a_press_opens_the_form_and_its_reason_closes_it(
    send: Any, runner: FakeRunner, slack: FakeSlack, client: Any, action: str, was_done: bool
):
    await SlackBoard(runner, client).show(SIG)  # type: ignore[arg-type]
    form = await opened(send, slack, action, MARA)
    wrong = await send(submission(form, MARA, reason=" "))
    assert "Please give a reason" in wrong.body
    response = await send(submission(form, MARA, reason=WHY))
    assert response.body == ""
    assert runner.calls == [("close", SHIFT, MARA, WHY, was_done)]
    shown = str(slack.calls("chat.update")[-1]["blocks"])
    assert f"*{'Done' if was_done else 'Not done'}, says Mara Lindt*" in shown
    again = await send(submission(form, MARA, reason=WHY))
    assert "Mara Lindt said that it was done" in again.body, "a second word is refused in the form"
    assert len(runner.calls) == 1


async def test_whoever_may_not_decide_it_is_told_so_and_sees_no_form(send: Any, slack: FakeSlack):
    await send(press(slack, names.SAY_DONE, CLEO))
    assert "Only Mara Lindt (media lead) can decide this" in said(slack)
    await send(press_at_home(names.SAY_NOT_DONE, EVE))
    assert "Only Mara Lindt (media lead) can decide this" in str(slack.calls("views.open")[-1]["view"])
    assert all(call["view"]["callback_id"] == names.NOTICE for call in slack.calls("views.open"))
