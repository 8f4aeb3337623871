"""The story everything serves, as people live it: in a browser, from the first card to the lesson on the next one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e import story, window
from tests.e2e.process import Demo

pytestmark = pytest.mark.browser
BUDGET = "(Set|Shift) budget"
REASON = "The spring sale needs some reach"
INES = "U0INES0001"


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = window.launch(playwright)
        yield opened
        opened.close()


@pytest.mark.slow
def test_an_owner_overrides_on_the_page_and_the_lesson_comes_back(demo: Demo, browser: Browser) -> None:
    expect.set_options(timeout=window.PATIENCE)
    demo.start()
    story.core_card(demo)
    with window.visit(browser, demo, story.MEDIA) as page:
        read_the_evidence(page)
        press_as_the_wrong_person(page)
        with window.visit(browser, demo, INES, cut_off=True) as late:
            assert late.get_by_text("you are the CRM lead").count() == 0
            expect(window.answers(window.card(late, "Run Club"), BUDGET)).to_be_visible()
            override(page)
            see_the_budget_changed(page)
            changed = story.history(demo)
            press_too_late(late)
            assert story.history(demo) == changed
        approve_the_creative(page)
        wait_for_the_outcome(page)
        meet_the_lesson(page)
        look_at_home(page)


def read_the_evidence(page: Page) -> None:
    """The card opens into its thread, with the table and the chart in it."""
    card = window.card(page, "Run Club")
    card.get_by_role("link", name=re.compile("[2-9] replies")).click(timeout=2 * window.PATIENCE)
    thread = window.thread(page)
    expect(thread.get_by_role("columnheader", name="What")).to_be_visible()
    for agent in ("Performance", "Creative", "Lifecycle"):
        expect(thread.get_by_role("cell", name=agent).first).to_be_visible()
    chart = thread.get_by_role("img", name=re.compile("Run Club"))
    chart.scroll_into_view_if_needed()
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 400


def press_as_the_wrong_person(page: Page) -> None:
    """The CRM lead presses the media lead's button and is told so, alone."""
    window.be(page, "Priya Raman, CRM lead")
    window.answers(window.card(page, "Run Club"), BUDGET).get_by_text("Approve", exact=True).click()
    note = window.channel(page).get_by_role("listitem").filter(has_text="Only visible to you")
    expect(note).to_contain_text("Only Mara Lind (media lead) can decide this; you are the CRM lead.")
    window.be(page, "Mara Lind, media lead")
    expect(page.get_by_text("you are the CRM lead")).to_have_count(0)


def override(page: Page) -> None:
    """The media lead changes the step; a reason is not optional, and "no" is none."""
    card = window.card(page, "Run Club")
    buttons = window.answers(card, BUDGET)
    buttons.get_by_text("Override…", exact=True).click()
    form = page.get_by_role("dialog")
    amount, reason = form.locator("[data-field=amount], [data-field=daily_budget]"), form.locator("[data-field=reason]")
    step = story.SMALLER_CUT if amount.get_attribute("data-field") == "daily_budget" else story.SMALLER_SHIFT
    send = form.locator("[type=submit]")
    send.click()
    expect(reason).to_contain_text("Please fill this in.")
    expect(reason.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    reason.get_by_role("textbox").fill("no")
    send.click()
    expect(reason.locator(".field-problem")).not_to_be_empty()
    expect(reason.locator(".field-problem")).not_to_have_text("Please fill this in.")
    amount.locator("input").fill(step)
    reason.get_by_role("textbox").fill(REASON)
    send.click()
    expect(form).to_have_count(0)
    expect(card).to_contain_text(REASON)
    expect(card).to_contain_text(re.compile(r"(Changed|Overridden|Override).*Mara Lind", re.DOTALL))
    expect(buttons).to_have_count(0)


def see_the_budget_changed(page: Page) -> None:
    """The ad account stands as decided, with one line per value that changed."""
    page.get_by_role("link", name="Ad account").click()
    lines = page.get_by_role("region", name="Change history").get_by_role("listitem")
    mine = lines.filter(has_text=re.compile(r"Run Club spring daily budget"))
    expect(mine).to_contain_text(f"720.00 EUR → {story.BUDGET} EUR")
    expect(mine).to_contain_text("by Baton")
    addresses = lines.locator("[title]:not(time)").evaluate_all("all => all.map(one => one.title)")
    assert sorted(addresses) == sorted(set(addresses))
    campaign = page.locator("summary").filter(has=page.get_by_text("Run Club spring", exact=True))
    expect(campaign).to_contain_text(f"{story.BUDGET} EUR / day")


def press_too_late(late: Page) -> None:
    """The CMO's screen lags behind; her press is answered with who decided, and her card catches up."""
    card = window.card(late, "Run Club")
    window.answers(card, BUDGET).get_by_text("Approve", exact=True).click()
    note = window.channel(late).get_by_role("listitem").filter(has_text="Only visible to you")
    expect(note).to_contain_text(re.compile(r"Mara Lind .*at \d\d:\d\d"))
    expect(window.answers(card, BUDGET)).to_have_count(0)
    expect(card).to_contain_text(REASON)


def approve_the_creative(page: Page) -> None:
    """The creative lead presses Approve; the team finds its task in the ad account."""
    window.be(page, "Jonas Okafor, creative lead")
    page.get_by_role("link", name="marketing-signals").click()
    card = window.card(page, "Run Club")
    window.answers(card, "Refresh creative").get_by_text("Approve", exact=True).click()
    expect(card).to_contain_text("Approved by Jonas Okafor")
    expect(window.answers(card, "Refresh creative")).to_have_count(0)
    page.get_by_role("link", name="Ad account").click()
    expect(page.get_by_role("region", name="Tasks").get_by_role("listitem")).to_have_count(1)
    window.be(page, "Mara Lind, media lead")


def wait_for_the_outcome(page: Page) -> None:
    """A week passes; what came of it is in the card's thread, against the forecast."""
    window.pass_days(page, "Next week")
    page.get_by_role("link", name="marketing-signals").click()
    window.card(page, "Run Club").get_by_role("link", name=re.compile(r"\d+ replies")).click()
    outcome = window.thread(page).get_by_role("listitem").filter(has_text=re.compile(r"Outcome: (Set|Shift) budget"))
    expect(outcome).to_contain_text(
        re.compile(r"may be anything from −\d+\s% to \+\d+\s%, too wide to show the [+−]\d")
    )
    page.keyboard.press("Escape")
    expect(window.thread(page)).to_be_hidden()


def meet_the_lesson(page: Page) -> None:
    """Days pass until a new creative is asked for again; that card remembers what the first one brought."""
    lesson = re.compile(r"last time, \d+ March: [^.]*(CTR|[Cc]lick-through rate) \+\d+")
    conversation = page.get_by_role("region", name="Conversation")
    remembering = conversation.get_by_role("listitem").filter(has_text=lesson)
    for _ in range(16):
        if remembering.count():
            break
        window.pass_days(page, "Next day")
    expect(remembering.first).to_contain_text("Refresh creative")


def look_at_home(page: Page) -> None:
    """The media lead's inbox lists the case under what is decided."""
    page.get_by_role("link", name="Home").click()
    home = page.get_by_role("region", name="Baton home")
    expect(home.get_by_role("heading", name=re.compile("Decided"))).to_be_visible()
    expect(home).to_contain_text(re.compile(r"Decided.*Run Club", re.DOTALL))
