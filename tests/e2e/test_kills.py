"""The whole process is killed at the worst moments; started again, the story ends the same, nothing twice."""

from collections import Counter
from typing import Any

import pytest

from tests.e2e import story
from tests.e2e.process import Demo

STEPS = ("card_posted", "decision_committed", "intent_written", "platform_written", "receipt_written")


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_the_story_ends_the_same(demo: Demo, step: str):
    if step == "card_posted":
        demo.start(failpoint=step)
        demo.wait_for_death()
    else:
        demo.start(failpoint=step)
        card = story.core_card(demo)
        press(demo, card)
        demo.wait_for_death()
    demo.start()
    ends_the_same(demo)


@pytest.mark.slow
def test_killed_right_after_the_click_was_acknowledged(demo: Demo):
    demo.start()
    card = story.core_card(demo)
    demo.post(
        "/control/fault", method="ads.*", kind="timeout", times=50
    )  # nothing reaches the ad account before the kill
    assert story.override(demo, card, story.budget_proposal(card), "Some reach is needed").get("closed")
    demo.kill()
    demo.start()
    ends_the_same(demo)


@pytest.mark.slow
def test_killed_while_the_outcome_is_written(demo: Demo):
    demo.start()
    card = story.core_card(demo)
    press(demo, card)
    demo.until(lambda: story.executed(demo, card["ts"]), what="the budget is written")
    demo.stop()
    demo.start(failpoint="outcome_written")
    let_time_pass(demo, 7)
    demo.wait_for_death()
    demo.start()
    ends_the_same(demo)
    demo.until(lambda: story.outcome(demo, card["ts"]), what="the outcome is in the thread")
    told = [m["text"] for m in story.replies(demo, card["ts"]) if m["text"].startswith("Outcome of")]
    assert len([text for text in told if "budget" in text]) == 1


def press(demo: Demo, card: dict[str, Any]) -> None:
    """Override; the process may die before it answers."""
    try:
        story.override(demo, card, story.budget_proposal(card), "Some reach is needed")
    except (OSError, KeyError, AssertionError):
        return


def let_time_pass(demo: Demo, days: int) -> None:
    try:
        demo.post("/control/clock", days=days)
    except (OSError, AssertionError):
        return


def ends_the_same(demo: Demo) -> None:
    """One card, one change of the budget, one receipt, the decision on the card."""
    card = story.core_card(demo)
    if not story.history(demo) and "Waits for Mara Lind" in story.words(card):
        press(demo, card)  # killed before anybody had decided: the owner decides now
    demo.until(lambda: story.executed(demo, card["ts"]), what="the budget is written and the thread says so")
    assert story.budget_of(demo, story.CAMPAIGN) == story.BUDGET
    assert_written_once(demo)
    assert len([c for c in story.cards(demo) if "Run Club" in story.words(c)]) == 1
    shown = Counter(message["text"] for message in story.replies(demo, card["ts"]))
    assert [text for text, times in shown.items() if times > 1] == []


def assert_written_once(demo: Demo) -> None:
    """No value of the ad account was changed twice, and all changes came with one token."""
    changes = story.history(demo)
    assert len({change["token"] for change in changes}) == 1
    assert [times for times in Counter(change["address"] for change in changes).values() if times > 1] == []
