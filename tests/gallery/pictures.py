"""Photographs of the stage: every scene in a wide and in a phone's window, light and dark."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize

from bot.slack import Place
from tests.gallery.stage import Stage

PATIENCE = 20_000
"""Milliseconds that anything may take on a busy machine."""
TALL = 4200
"""Pixels: so high that nothing has to be scrolled."""


@dataclass(frozen=True)
class Window:
    """How somebody looks at it."""

    name: str
    wide: int
    high: int
    dark: bool = False


WINDOWS = (
    Window("desktop-light", 1060, 900),
    Window("desktop-dark", 1060, 900, dark=True),
    Window("phone-light", 390, 844),
    Window("phone-dark", 390, 844, dark=True),
)
COLOURS = 64
"""In a picture: enough for letters, marks and charts, at half the size."""
GROUNDS = 24
"""The commonest colours of a picture, which stay exactly as they are."""
SPACE = 10
"""Pixels around what a picture shows."""


class Camera:
    """One window of one person, and the pictures taken through it."""

    def __init__(self, page: Page, stage: Stage, window: Window, folder: Path) -> None:
        self.page, self._stage, self._window, self._folder = page, stage, window, folder

    def go(self, user: str, place: str = "") -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self._stage.address}/?user={user}#{place}")
        self.page.locator("body:not(.loading)").wait_for()

    def message(self, name: str, place: Place, pane: str = "#channel") -> None:
        """One message of the channel or thread that is open."""
        row = self.page.locator(f"{pane} li.message[data-ts='{place.ts}']")
        row.wait_for()
        self._picture(name, row)  # the whole row: cards on a phone and tables in a thread take the gutter's room too

    def home(self, name: str) -> None:
        body = self.page.locator("#home .home.blocks")
        body.locator(".b-header").first.wait_for()
        self._picture(name, body)

    def form(self, name: str) -> None:
        """Press the button that opens a form, take it, and put it away."""
        self.page.set_viewport_size(ViewportSize(width=self._window.wide, height=self._window.high))
        self.page.locator(f"[data-block='{name}'] button").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.wait_for()
        self._settle()
        self._keep(name, dialog.screenshot(animations="disabled"))
        with self.page.expect_response("**/control/close"):  # else it is still open in the next window
            self.page.keyboard.press("Escape")
        dialog.wait_for(state="detached")

    def _picture(self, name: str, of: Locator) -> None:
        of.evaluate("one => one.scrollIntoView({ block: 'center' })")
        self._settle()
        box = of.bounding_box()
        assert box, name
        left, top = max(box["x"] - SPACE, 0), max(box["y"] - SPACE, 0)
        right = min(box["x"] + box["width"] + SPACE, self._window.wide)
        clip = FloatRect(x=left, y=top, width=right - left, height=box["height"] + 2 * SPACE)
        self._keep(name, self.page.screenshot(animations="disabled", clip=clip))

    def _settle(self) -> None:
        """Without the pointer's traces, and with every image drawn."""
        self.page.mouse.move(0, 0)
        self.page.evaluate(
            "Promise.all([...document.images].map("
            "one => { one.loading = 'eager'; return one.decode().catch(() => 0); }))"
        )

    def _keep(self, name: str, picture: bytes) -> None:
        kept = _fewer_colours(Image.open(BytesIO(picture)).convert("RGB"))
        kept.save(self._folder / f"{name}-{self._window.name}.webp", "WEBP", lossless=True, quality=60, method=4)


def _fewer_colours(image: Image.Image) -> Image.Image:
    """The same with the edges of letters in fewer shades; every ground and ink keeps its very colour."""
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).convert("RGB")
    exact, kept = np.asarray(image), np.array(few)
    packed = exact.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    common = values[np.argsort(counts)[-GROUNDS:]]
    plain = np.isin(packed, common)
    kept[plain] = exact[plain]
    return Image.fromarray(kept)


@contextmanager
def camera(browser: Browser, stage: Stage, window: Window, folder: Path) -> Iterator[Camera]:
    """A window on the stage. Leaving it proves that the page never complained."""
    context = browser.new_context(
        viewport=ViewportSize(width=window.wide, height=TALL),
        color_scheme="dark" if window.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type in {"error", "warning"} else None)
    yield Camera(page, stage, window, folder)
    context.close()
    assert troubles == []


def channel(page: Page, name: str) -> str:
    """The id of a channel, as the page's address names it."""
    state = page.evaluate("fetch('/control/state').then(answer => answer.json())")
    return next(one["id"] for one in state["channels"] if one["name"] == name)


def wanted(name: str, only: Iterable[str]) -> bool:
    """Whether a picture is asked for: all are where none is named."""
    beginnings = tuple(only)
    return not beginnings or name.startswith(beginnings)
