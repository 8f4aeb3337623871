"""The whole page as axe-core judges it: nothing serious in what people mostly look at, wide and narrow, light and dark.

axe-core is a development tool (MPL-2.0) and no part of this repository: `.ci/run` puts it beside the code with npm;
without it these tests are skipped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.card import card
from bot.charts import render
from bot.design import design
from bot.home import home
from bot.modals import Origin, override
from bot.slack import Place
from bot.thread import chart as chart_message
from bot.thread import evidence
from domain.case import Inbox
from tests.app.page_browser import chromium
from tests.bot.designs import BUSY
from tests.bot.samples import ADA, CASE, EVIDENCE, HEALTH, MARA, MODEL, NOW, SIG, chart
from tests.gallery.pictures import WINDOWS, Camera, Window, camera, channel
from tests.gallery.stage import CHANNEL, FORMS, Stage

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
_RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
  .map(({ id, impact, nodes }) => [impact, id, nodes.length, nodes[0].html.slice(0, 160), nodes[0].failureSummary]))"""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Place]]:
    """A channel with a card, its thread with table and chart, a form, two homes."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed here (.ci/run does it: npm install --prefix .axe axe-core)")
    chromium()
    asked = CASE.proposals[1]
    inbox = Inbox(user=MARA, roles=("media_lead",), mine=(CASE,), others=(), decided=(), health=HEALTH)
    with Stage(tmp_path_factory.mktemp("workspace")).open() as opened:
        root = opened.post(card(CASE, MODEL, mention=True))
        opened.post(evidence(CASE, EVIDENCE), under=root)
        drawn = chart()
        opened.post(chart_message(drawn, opened.upload("chart", render(drawn), drawn.alt)), under=root)
        origin = Origin(proposal_id=asked.proposal.id, version=1, signal_id=SIG, channel="C1")
        opened.offer({"override": override(CASE, asked, origin)})
        opened.publish(MARA, home(inbox, MODEL, NOW))
        opened.publish(ADA, design(BUSY, ADA))
        yield opened, root


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.e2e.window import launch

    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
def test_no_place_people_look_at_has_a_serious_barrier(
    show: tuple[Stage, Place], browser: Any, window: Window, tmp_path: Path
):
    stage, root = show
    found: dict[str, list[list[Any]]] = {}
    with camera(browser, stage, window, tmp_path) as through:
        page = through.page
        through.go(MARA)
        signals, forms = channel(page, CHANNEL), channel(page, FORMS)

        def look(place: str) -> None:
            page.evaluate(AXE.read_text("utf-8"))
            if grave := [one for one in page.evaluate(_RUN) if one[0] in GRAVE]:
                found[place] = grave

        _channel_and_thread(through, signals, root, look)
        _a_form(through, forms, look)
        through.go(MARA, "home")
        page.locator("#home .b-header").first.wait_for()
        look("App Home")
        through.go(ADA, "home")
        page.locator("#home .b-header").first.wait_for()
        look("design tab")
        through.go(MARA, _direct(page))
        look("direct message")
    assert found == {}


def _channel_and_thread(through: Camera, signals: str, root: Place, look: Any) -> None:
    through.go(MARA, signals)
    through.page.locator("#channel .card").first.wait_for()
    look("channel with a card")
    through.go(MARA, f"{signals}/{root.ts}")
    through.page.locator("#thread table").wait_for()
    look("thread")


def _a_form(through: Camera, forms: str, look: Any) -> None:
    through.go(MARA, forms)
    through.page.locator("[data-block='override'] button").first.click()
    through.page.get_by_role("dialog").wait_for()
    look("form")
    through.page.get_by_role("dialog").locator("[type=submit]").click()
    look("form with what is missing")
    through.page.keyboard.press("Escape")


def _direct(page: Any) -> str:
    """The conversation with Baton, begun where there was none."""
    return page.evaluate(
        """async user => {
          const { app } = await fetch("/control/state").then(answer => answer.json());
          const body = JSON.stringify({ user, with: app.user });
          const headers = { "Content-Type": "application/json" };
          const opened = await fetch("/control/open", { method: "POST", headers, body });
          return (await opened.json()).channel;
        }""",
        MARA,
    )
