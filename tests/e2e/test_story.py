"""The whole way, through the control API: from a first combined signal to a lesson quoted on the next one."""

import re
from collections import Counter
from typing import Any

from tests.e2e import story
from tests.e2e.process import Demo

REASON = "The spring sale needs some reach"


def test_an_owner_overrides_and_the_lesson_comes_back(demo: Demo):
    demo.start()
    card = story.core_card(demo)
    assert "Run Club" in words(card)
    assert {agent for agent in ("performance", "creative", "lifecycle") if agent in words(card)} == {
        "performance",
        "creative",
        "lifecycle",
    }
    for owner in (story.MEDIA, story.CREATIVE, story.CRM):
        assert f"<@{owner}>" in words(card)

    thread = demo.until(lambda: story.replies(demo, card["ts"])[1:], what="evidence and chart are in the thread")
    assert any(block["type"] == "table" for reply in story.replies(demo, card["ts"]) for block in reply["blocks"])
    assert any(block["type"] == "image" for reply in thread for block in reply["blocks"])

    value = story.budget_proposal(card)
    refused = story.click(demo, story.CRM, card, "approve_proposal", value)
    assert refused["acked"]
    assert refused["ephemeral"] == "Only Mara Lind (media lead) can decide this; you are the CRM lead."
    assert not story.history(demo)

    before = story.budget_of(demo, story.CAMPAIGN)
    assert story.override(demo, card, value, REASON).get("closed")
    demo.until(lambda: story.history(demo), what="the ad account changes")
    assert story.budget_of(demo, story.CAMPAIGN) == story.BUDGET != before
    demo.until(lambda: story.executed(demo, card["ts"]), what="the thread says so")
    assert REASON in words(demo.until(lambda: decided(demo, card["ts"]), what="the card shows the decision"))

    again = story.click(demo, story.MEDIA, card, "approve_proposal", value)
    assert again["acked"]
    assert re.search(r"Mara Lind .*at \d\d:\d\d", again["ephemeral"])
    assert [n for n in Counter(line["address"] for line in story.history(demo)).values() if n > 1] == []

    value = story.creative_proposal(story.at(demo, card["ts"]))
    assert story.click(demo, story.CREATIVE, card, "approve_proposal", value)["acked"]
    demo.until(lambda: story.tasks(demo), what="the creative team has its task")

    demo.post("/control/clock", days=7)
    outcome = demo.until(lambda: story.outcome(demo, card["ts"]), what="the outcome is in the thread")
    assert re.fullmatch(
        r"Outcome of Shift budget: the effect on CPA could not be measured: "
        r"the effect may be anything from −\d+ % to \+\d+ %, "
        r"too wide to show the −0\.\d % forecast",
        outcome["text"],
    )

    # the next card on which a new creative is asked for quotes what the last one brought
    lesson = r"last time, \d+ March: [^.]*(CTR|[Cc]lick-through rate) \+\d+"
    quoted = None
    for _ in range(16):
        demo.post("/control/clock", days=1)
        later = [words(c) for c in story.cards(demo) if c["ts"] != card["ts"]]
        quoted = next((said for said in later if re.search(lesson, said)), None)
        if quoted:
            break
    assert quoted
    assert "Refresh creative" in quoted
    # an audience that tires elsewhere is seen before the first outcome is known, and asks the same three owners
    (bikes,) = [c for c in story.cards(demo) if "Bike Packers" in words(c)]
    for owner in (story.MEDIA, story.CREATIVE, story.CRM):
        assert f"<@{owner}>" in words(bikes)

    told = [reply["text"] for reply in story.replies(demo, card["ts"])]
    assert any(re.search(r"^Outcome of Refresh creative: CTR \+\d+ % .*forecast was \+\d+", text) for text in told), (
        told
    )

    home = demo.post("/control/home", user=story.MEDIA)
    assert REASON in words(home) or "Run Club" in words(home).split("Decided", 1)[1]


def words(thing: Any) -> str:
    return story.words(thing)


def decided(demo: Demo, ts: str) -> dict[str, Any] | None:
    card = story.at(demo, ts)
    return card if "Mara Lind" in words(card) and REASON in words(card) else None
