"""The first message says what this is, what it may and may not do, and how it is stopped, and stays true."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import aloud
from bot.board import SlackBoard
from bot.introduction import INTRODUCTION, introduction
from domain.errors import SlackUnavailable
from domain.operating_model import ExecutorSettings, OperatingModel
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import MODEL


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    return SlackBoard(runner, client)


def told(model: OperatingModel) -> str:
    return aloud(introduction(model).blocks)


def with_executor(**settings: object) -> OperatingModel:
    return MODEL.model_copy(update={"executor": ExecutorSettings.model_validate(settings)})


def test_it_says_that_it_is_a_machine_and_how_it_is_stopped(valid):
    valid(introduction(MODEL))
    words = told(MODEL)
    assert "an AI system" in introduction(MODEL).text
    assert "/baton stop everything because" in words
    assert "Silence is never a yes" in words
    for architect in MODEL.holders("cmo"):
        assert architect.name in words


def test_it_says_where_approved_changes_go():
    assert "write to no ad platform" in told(with_executor(kind="by_hand"))
    assert "in the ad account" in told(with_executor(kind="ad_account", address="http://127.0.0.1:1"))
    assert "nothing is written" in told(with_executor(kind="by_hand", dry_run=True))


def test_it_names_what_the_policy_lets_it_do_without_asking():
    assert "Without asking" not in told(MODEL)
    policy = MODEL.policy.model_copy(update={"automatic": frozenset({"write_brief"})})
    assert "Without asking, as your policy allows, I do: Write brief." in told(
        MODEL.model_copy(update={"policy": policy})
    )


def test_without_an_architect_and_with_a_company_of_any_name_it_can_be_posted(valid):
    valid(introduction(MODEL.model_copy(update={"people": (), "company": "*Ä* <!channel> & Co " * 40})))


async def test_it_is_posted_once_and_edited_when_the_design_changes_what_it_says(board, runner, slack: FakeSlack):
    for _ in range(3):
        await board.introduce()
    assert len(slack.calls("chat.postMessage")) == 1
    assert slack.calls("chat.update") == []
    runner.model = with_executor(kind="by_hand", dry_run=True)
    await board.introduce()
    assert len(slack.calls("chat.postMessage")) == 1
    (edit,) = slack.calls("chat.update")
    assert "dry run" in str(edit["blocks"])


async def test_while_slack_refuses_it_nothing_is_noted_as_said(board, runner, slack: FakeSlack):
    slack.refuse("chat.postMessage", "not_in_channel")
    with pytest.raises(SlackUnavailable):
        await board.introduce()
    assert INTRODUCTION not in runner.kept.get(INTRODUCTION, {})
