"""The page that shows all pictures: docs/gallery/README.md."""

from pathlib import Path

from tests.gallery.charting import charts
from tests.gallery.pictures import WINDOWS
from tests.gallery.scenes import hanging, scenes
from tests.gallery.views import forms, homes

_LEAD = """# Gallery

Every view of Baton in Slack: states of the domain, drawn by the bot's own renderers, on the page of the local
workspace, in headless Chromium. `python -m tests.gallery` takes all pictures anew; `python -m tests.gallery card-`
those whose names begin so.
"""
_ROOMS = {
    "card-": "Cards",
    "thread-": "In a card's thread",
    "chart": "Charts",
    "home-": "App Home",
    "design-": "The design tab",
    "form-": "Forms",
    "": "Digests, summaries, answers",
}


def told() -> dict[str, str]:
    """Name of every picture → what is to be seen."""
    return {
        **{one.name: one.words for one in scenes()},
        **{f"thread-{name}": words for name, (words, _) in hanging().items()},
        **{name: words for name, (words, _) in charts().items()},
        **{name: words for name, (words, _, _) in homes().items()},
        **{name: words for name, (words, _) in forms().items()},
    }


def write(folder: Path) -> None:
    """One section per kind of view, one row of four pictures per scene."""
    left = told()
    parts = [_LEAD]
    for beginning, heading in _ROOMS.items():
        here = {name: words for name, words in left.items() if name.startswith(beginning)}
        left = {name: words for name, words in left.items() if name not in here}
        parts += [f"## {heading}", *(_row(name, words) for name, words in here.items())]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", "utf-8")


def _row(name: str, words: str) -> str:
    heads = " | ".join(window.name.replace("-", ", ") for window in WINDOWS)
    cells = " | ".join(f"![{name}, {window.name}]({name}-{window.name}.webp)" for window in WINDOWS)
    rule = " | ".join("---" for _ in WINDOWS)
    return f"### {name}\n\n{words}\n\n| {heads} |\n| {rule} |\n| {cells} |"
