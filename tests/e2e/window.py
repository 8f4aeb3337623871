"""A person at the page of a running demo: a Chromium window, and the words people would use for what is in it."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, Playwright, ViewportSize

from tests.app.page_browser import SWITCHES, chromium
from tests.e2e.process import Demo

PATIENCE = 15_000
"""Milliseconds that anything on the page may take on a busy machine."""
DESK, PHONE = (1280, 860), (390, 844)


def launch(playwright: Playwright) -> Browser:
    """This machine's Chromium; skips the test where there is none."""
    return playwright.chromium.launch(executable_path=chromium(), args=list(SWITCHES))


@contextmanager
def visit(
    browser: Browser,
    demo: Demo,
    user: str,
    *,
    size: tuple[int, int] = DESK,
    scale: float = 1,
    dark: bool = False,
    cut_off: bool = False,
) -> Generator[Page]:
    """One person's window. Leaving it proves that the page never complained.

    `cut_off` holds back the live stream: what others do then shows only once this person does something.
    """
    context = browser.new_context(
        viewport=ViewportSize(width=size[0], height=size[1]),
        device_scale_factor=scale,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type in {"error", "warning"} else None)
    if cut_off:
        page.route("**/control/stream*", lambda route: None)  # neither answered nor refused: it just hangs
    page.goto(f"{demo.address}/?user={user}")
    page.locator("body:not(.loading)").wait_for()
    yield page
    context.close()
    assert troubles == []


def channel(page: Page) -> Locator:
    return page.get_by_role("region", name="Conversation")


def thread(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Thread")


def card(page: Page, about: str) -> Locator:
    """The signal card in the channel whose headline begins with these words."""
    headline = page.get_by_role("heading", name=re.compile(f"^{re.escape(about)}"))
    return channel(page).get_by_role("listitem").filter(has=headline)


def answers(one: Locator, title: str) -> Locator:
    """The buttons below the question on a card whose title matches; nothing once it is decided."""
    question = one.locator(".b-section").filter(has_text=re.compile(rf"^\d\. {title}"))
    return question.locator("xpath=following-sibling::*[1][contains(@class, 'b-actions')]")


def be(page: Page, who: str) -> None:
    """Become another person: "Priya Raman, CRM lead"."""
    page.get_by_role("radio", name=who).click()


def pass_days(page: Page, button: str) -> None:
    """Press "Next day" or "Next week" and wait until the days have passed."""
    clock = page.get_by_role("group", name="Demo clock")
    before = clock.locator(".clock-day").inner_text()
    clock.get_by_role("button", name=button).click()
    clock.locator(".clock-day").filter(has_not_text=before.splitlines()[0]).wait_for(timeout=3 * PATIENCE)
    clock.get_by_role("button", name=button).wait_for(timeout=3 * PATIENCE)
