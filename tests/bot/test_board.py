from datetime import date

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.board import SlackBoard
from domain.case import Post, ProposalStatus
from domain.errors import SlackUnavailable
from domain.receipt import ReceiptStatus
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import APPROVED, CASE, MARA, OUTCOME, SHIFT, SHIFTING, SIG, case_of, receipt, view


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    return SlackBoard(runner, client)


async def test_a_new_signal_becomes_one_card_with_evidence_and_chart_in_its_thread(board, runner, slack: FakeSlack):
    await board.show(SIG)

    card, evidence, chart = slack.calls("chat.postMessage")
    assert card["channel"] == "marketing-signals"
    assert "thread_ts" not in card
    ts = runner.kept[SIG][f"{SIG}/card"].ts
    assert evidence["thread_ts"] == chart["thread_ts"] == ts
    assert evidence["blocks"][1]["type"] == "table"
    told = evidence["blocks"][2]["text"]["text"]
    counted = "412 clicks from 48,900 impressions against 655 expected"
    assert f"• *Click-through rate, Trail Shoe video in Spring prospecting, last 5 days:* {counted}" in told
    assert chart["blocks"][0]["slack_file"]["id"] == next(iter(runner.files.values()))
    assert b"\x89PNG" in slack.uploads[0]
    assert slack.calls("files.completeUploadExternal")[0].get("channel_id") is None


async def test_showing_the_same_state_twice_sends_nothing_more(board, slack: FakeSlack):
    await board.show(SIG)
    sent = len(slack.sent)
    await board.show(SIG)
    assert len(slack.sent) == sent


async def test_a_decision_edits_the_card_in_place_and_mentions_nobody_again(board, runner, slack: FakeSlack):
    await board.show(SIG)
    assert f"<@{MARA}>" in str(slack.calls("chat.postMessage")[0]["blocks"])

    runner.put(case_of(view(SHIFTING, ProposalStatus.APPROVED, decision=APPROVED)))
    await board.show(SIG)

    (edit,) = slack.calls("chat.update")
    assert edit["ts"] == runner.kept[SIG][f"{SIG}/card"].ts
    assert "Approved by Mara Lindt" in str(edit["blocks"])
    assert "<@" not in str(edit["blocks"])
    assert not [block for block in edit["blocks"] if block["type"] == "actions"]


async def test_receipt_and_outcome_arrive_in_the_thread_once(board, runner, slack: FakeSlack):
    await board.show(SIG)
    done = view(
        SHIFTING, ProposalStatus.MEASURED, decision=APPROVED, receipt=receipt(ReceiptStatus.DONE), outcome=OUTCOME
    )
    runner.put(case_of(done))
    await board.show(SIG)
    await board.show(SIG)

    posts = slack.calls("chat.postMessage")
    assert len(posts) == 5
    assert "checked in the ad account" in str(posts[3]["blocks"])
    assert "CPA −11\u00a0%" in posts[4]["blocks"][1]["text"]["text"]
    assert set(runner.kept[SIG]) >= {f"{SHIFT}/receipt", f"{SHIFT}/outcome"}


async def test_a_deleted_card_is_posted_anew_with_its_thread(board, runner, slack: FakeSlack):
    await board.show(SIG)
    lost = runner.kept[SIG][f"{SIG}/card"].ts
    slack.refuse("chat.update", "message_not_found")
    runner.put(
        CASE.model_copy(update={"signal": CASE.signal.model_copy(update={"version": 2, "why": "It got worse."})})
    )
    await board.show(SIG)

    card = runner.kept[SIG][f"{SIG}/card"].ts
    assert card != lost
    assert [sent["thread_ts"] for sent in slack.calls("chat.postMessage")[4:]] == [card, card]
    await board.show(SIG)
    assert len(slack.calls("chat.postMessage")) == 6


async def test_a_card_whose_poster_died_before_noting_it_shows_what_was_decided_since(
    board, runner: FakeRunner, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
):
    keep = runner.posted

    async def dies_after_posting(signal_id: str, post: Post) -> None:
        if post.ts:
            raise SlackUnavailable("the lights went out")
        await keep(signal_id, post)

    with monkeypatch.context() as dying, pytest.raises(SlackUnavailable):
        dying.setattr(runner, "posted", dies_after_posting)
        await board.show(SIG)
    runner.put(case_of(view(SHIFTING, ProposalStatus.APPROVED, decision=APPROVED)))
    await board.show(SIG)
    (card,) = [message for message in slack.messages.values() if "thread_ts" not in message]
    assert "approve_proposal" not in str(card["blocks"])


async def test_without_the_chart_everything_else_still_goes_out(board, runner, slack: FakeSlack):
    slack.refuse("files.getUploadURLExternal", "internal_error")
    done = view(SHIFTING, ProposalStatus.EXECUTED, decision=APPROVED, receipt=receipt(ReceiptStatus.DONE))
    runner.put(case_of(done))
    with pytest.raises(SlackUnavailable):
        await board.show(SIG)
    there = {key for key, post in runner.kept[SIG].items() if post.ts}
    assert there == {f"{SIG}/card", f"{SIG}/evidence", f"{SHIFT}/receipt"}

    await board.show(SIG)
    assert f"{SIG}/chart" in runner.kept[SIG]
    assert len(slack.calls("chat.postMessage")) == 4


async def test_a_picture_slack_is_still_storing_is_tried_again(board, runner, slack: FakeSlack):
    runner.rows = ()
    await board.show(SIG)
    runner.kept[SIG].pop(f"{SIG}/chart")
    slack.refuse("chat.postMessage", "invalid_blocks")
    await board.show(SIG)
    assert f"{SIG}/chart" in runner.kept[SIG]


async def test_slack_saying_wait_or_failing_once_costs_nothing(board, slack: FakeSlack):
    slack.refuse("chat.postMessage", "429", "500")
    await board.show(SIG)
    assert len(slack.messages) == 3


async def test_a_post_whose_answer_was_lost_is_recognised_on_the_next_try(board, runner, slack: FakeSlack):
    await board.show(SIG)
    runner.kept.clear()  # the process died before it could remember
    await board.show(SIG)
    assert len(slack.messages) == 3


async def test_slack_refusing_is_said_as_slack_unavailable(board, slack: FakeSlack):
    slack.refuse("chat.postMessage", "not_in_channel")
    with pytest.raises(SlackUnavailable, match="not_in_channel"):
        await board.show(SIG)


async def test_slack_out_of_reach_is_said_as_slack_unavailable(runner):
    away = AsyncWebClient(token="xoxb-test", base_url="http://127.0.0.1:9/api/")
    away.retry_handlers.clear()
    with pytest.raises(SlackUnavailable, match="could not be reached"):
        await SlackBoard(runner, away).show(SIG)


async def test_a_decision_taken_while_the_card_is_drawn_is_on_it_in_the_end(board, runner, slack: FakeSlack):
    await board.show(SIG)
    runner.put(CASE.model_copy(update={"signal": CASE.signal.model_copy(update={"why": "It got worse."})}))
    first = runner.evidence

    async def meanwhile(signal_id: str):
        runner.put(case_of(view(SHIFTING, ProposalStatus.APPROVED, decision=APPROVED)))
        return await first(signal_id)

    runner.evidence = meanwhile
    await board.show(SIG)
    assert "Approved by Mara Lindt" in str(slack.calls("chat.update")[-1]["blocks"])


async def test_the_digest_is_posted_once_a_day(board, slack: FakeSlack):
    for day in (date(2026, 3, 14), date(2026, 3, 14), date(2026, 3, 15)):
        await board.post_digest(day)
    first, second = slack.calls("chat.postMessage")
    assert "14 March" in first["text"]
    assert "15 March" in second["text"]


async def test_a_quiet_day_is_not_worth_a_ping(board, runner: FakeRunner, slack: FakeSlack):
    runner.is_quiet = True
    await board.post_digest(date(2026, 3, 14))
    assert slack.sent == []


async def test_a_refresh_posts_nothing_where_there_is_no_card(board, slack: FakeSlack):
    await board.refresh(SIG)
    assert slack.sent == []
