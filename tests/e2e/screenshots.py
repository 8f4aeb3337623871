"""The pictures in docs/images, taken from a running demo: `python -m tests.e2e.screenshots`."""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e import story, window
from tests.e2e.conftest import end_database
from tests.e2e.process import Demo

IMAGES = Path(__file__).parents[2] / "docs" / "images"
REASON = "The spring sale needs some reach"
CASE = "Run Club"
SHARP = 1.5
MOST_BYTES = 300_000


def main() -> None:
    """Start a demo, live the first minutes of its story, and keep what they look like."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=window.PATIENCE)
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    demo = Demo(folder / "home")
    try:
        demo.start()
        with sync_playwright() as playwright:
            browser = window.launch(playwright)
            take(browser, demo)
            browser.close()
    finally:
        demo.stop()
        end_database(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def take(browser: Browser, demo: Demo) -> None:
    with window.visit(browser, demo, story.MEDIA) as page:
        open_thread(page)
        keep(page, "page.png")
    with window.visit(browser, demo, story.MEDIA, size=(1000, 2000), scale=SHARP) as page:
        card = window.card(page, CASE).locator(".card")
        expect(card).to_be_visible()
        save(card.screenshot(animations="disabled"), "card.png")
    with window.visit(browser, demo, story.CREATIVE, size=window.PHONE, dark=True) as page:
        expect(window.card(page, CASE)).to_be_visible()
        keep(page, "phone.png")
    card = story.core_card(demo)
    assert story.override(demo, card, story.budget_proposal(card), REASON).get("closed")
    demo.until(lambda: story.executed(demo, card["ts"]), what="the ad account changes")
    with window.visit(browser, demo, story.MEDIA) as page:
        page.get_by_role("link", name="Ad account").click()
        page.get_by_role("region", name="Change history").get_by_role("listitem").first.wait_for()
        page.locator("summary").filter(has=page.get_by_text("Run Club spring", exact=True)).click()
        keep(page, "ads.png")
        window.pass_days(page, "Next week")
        page.get_by_role("link", name="Home").click()
        page.get_by_role("region", name="Baton home").get_by_text("Decided").first.wait_for()
        keep(page, "home.png")


def open_thread(page: Page) -> None:
    """Take the first step of the guide: the card stays in sight, its evidence comes beside it."""
    window.card(page, CASE).get_by_role("link", name="2 replies").wait_for()
    page.get_by_role("region", name="What to do first").get_by_role("button", name="Open").click()
    chart = window.thread(page).get_by_role("img", name=CASE)
    chart.evaluate("image => { image.loading = 'eager'; return image.decode(); }")


def keep(page: Page, name: str) -> None:
    """One window as it is, without the pointer's traces."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    save(page.screenshot(animations="disabled"), name)


def save(picture: bytes, name: str) -> None:
    """As taken, or in 256 colours where that would be too many bytes for a page that shows it."""
    image, kept = Image.open(BytesIO(picture)).convert("RGB"), IMAGES / name
    image.save(kept, optimize=True)
    if kept.stat().st_size > MOST_BYTES:
        image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(kept, optimize=True)


if __name__ == "__main__":
    main()
