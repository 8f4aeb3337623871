"""An answer on the page while it is written: what is said of it, what is seen and what is heard of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.feedback import feedback
from tests.app.page_browser import CHANNEL, MARA, SWITCHES, Office, chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    chromium()
    with Office(tmp_path).open(lambda _: None) as made:
        yield made


def test_an_answer_grows_before_ones_eyes_and_is_read_aloud_once_it_is_whole(office: Office) -> None:
    from playwright.sync_api import sync_playwright

    asked = office.post(text="Why did CTR fall?")
    place = {"channel": asked["channel"], "thread_ts": asked["ts"]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(SWITCHES))
        page = browser.new_page()
        page.set_default_timeout(8000)
        page.goto(f"{office.workspace.address}/?user={MARA}#{asked['channel']}/{asked['ts']}")
        thread = page.get_by_role("complementary", name="Thread")
        thread.get_by_text("Why did CTR fall?").wait_for()

        status = {"channel_id": asked["channel"], "thread_ts": asked["ts"], "status": "is looking into your question…"}
        office.do(office.client.assistant_threads_setStatus(**status))
        thread.get_by_text("Baton is looking into your question…").wait_for()

        reader = {"recipient_user_id": MARA, "recipient_team_id": "T0LOCALBTN"}
        begun = office.do(office.client.chat_startStream(**place, **reader, markdown_text="**CTR fell** &amp; "))
        growing = thread.locator(".message[aria-busy=true]")
        growing.get_by_text("CTR fell", exact=True).wait_for()
        growing.get_by_text("More is being written").wait_for()
        assert thread.get_by_text("Baton is looking into your question…").count() == 0
        aloud = page.locator("#announcer[aria-live=polite]")
        assert aloud.inner_text() == f"Baton is answering in #{CHANNEL}"

        grows = {"channel": asked["channel"], "ts": begun["ts"]}
        office.do(office.client.chat_appendStream(**grows, markdown_text="CPM rose \\[7 %\\]."))
        growing.get_by_text("CTR fell & CPM rose [7 %].").wait_for()

        rated = "0a1b2c3d-0000-5000-8000-000000000001"
        office.do(office.client.chat_stopStream(**grows, blocks=[feedback(rated)]))
        thread.get_by_role("button", name="This answer was helpful").wait_for()
        assert growing.count() == 0
        assert "(edited)" not in thread.inner_text()
        assert aloud.inner_text() == f"Baton in #{CHANNEL}: CTR fell & CPM rose [7 %]."
        browser.close()
