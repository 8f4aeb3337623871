"""Writes docs/gallery: `python -m tests.gallery [names that begin so …]`."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bot import thread
from bot.blocks import Message
from bot.charts import render
from bot.slack import Place
from bot.summary_page import alt, render_page
from bot.weekly import weekly
from domain.chart import Chart
from tests.bot.samples import MARA
from tests.e2e.window import launch
from tests.gallery import index
from tests.gallery.charting import charts
from tests.gallery.figures import SUMMARY
from tests.gallery.pictures import WINDOWS, Camera, Window, camera, channel, wanted
from tests.gallery.scenes import hanging, scenes
from tests.gallery.stage import CHANNEL, FORMS, Stage, View
from tests.gallery.views import forms, homes

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"


@dataclass(frozen=True)
class Show:
    """What is on stage, and where."""

    messages: Mapping[str, Place]
    core: Place
    """The card whose thread is open in the pictures of whole windows."""
    homes: Mapping[str, tuple[str, str, View]]
    forms: Mapping[str, View]


def main(only: Sequence[str]) -> None:
    """Put everything on stage, photograph it, and write the index."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="baton-") as folder, Stage(Path(folder)).open() as stage:
        show = put_on(stage, only)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for window in WINDOWS:
                photograph(browser, stage, window, show)
            browser.close()
    index.write(GALLERY)


def put_on(stage: Stage, only: Sequence[str] = ()) -> Show:
    """Post what is asked for, and offer the forms."""
    told = {one.name: one.message for one in scenes()}
    told |= {name: _chart(stage, name, drawn) for name, (_, drawn) in charts().items() if wanted(name, only)}
    page = stage.upload("summary", render_page(SUMMARY), alt(SUMMARY)) if wanted("summary", only) else None
    told["summary"] = weekly(SUMMARY, page)
    messages = {name: stage.post(message) for name, message in told.items() if wanted(name, only)}
    core = stage.post(next(one.message for one in scenes() if one.name == "card-pending"))
    for name, (_, message) in hanging().items():
        place = stage.post(message, under=core)
        if wanted(f"thread-{name}", only):
            messages[f"thread-{name}"] = place
    shown = {name: view for name, (_, view) in forms().items() if wanted(name, only)}
    stage.offer(shown)
    return Show(messages, core, {name: one for name, one in homes().items() if wanted(name, only)}, shown)


def photograph(browser: Browser, stage: Stage, window: Window, show: Show) -> None:
    """Everything through one window."""
    with camera(browser, stage, window, GALLERY) as through:
        page = through.page
        through.go(MARA)
        signals, buttons = channel(page, CHANNEL), channel(page, FORMS)
        through.go(MARA, signals)
        for name, place in show.messages.items():
            if not name.startswith("thread-"):
                through.message(name, place)
        _threads(through, signals, show)
        for name, (_, user, view) in show.homes.items():
            stage.publish(user, view)
            through.go(user, "home")
            through.home(name)
        through.go(MARA, buttons)
        for name in show.forms:
            through.form(name)


def _threads(through: Camera, channel: str, show: Show) -> None:
    hung = {name: place for name, place in show.messages.items() if name.startswith("thread-")}
    if not hung:
        return
    through.go(MARA, f"{channel}/{show.core.ts}")
    for name, place in hung.items():
        through.message(name, place, "#thread")


def _chart(stage: Stage, name: str, drawn: Chart) -> Message:
    return thread.chart(drawn, stage.upload(name, render(drawn), drawn.alt))


if __name__ == "__main__":
    main(sys.argv[1:])
