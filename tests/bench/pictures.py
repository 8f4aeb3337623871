"""The look of the report's pictures: readable at 800 pixels, told apart by shape and words as well as by colour."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
"""Okabe & Ito, "Color Universal Design" (2008): also told apart by the colour-blind."""
GREY, PALE, INK = "#8A8A8A", "#E4E4E4", "#222222"
WIDTH, DPI = 8.0, 130
"""Inches, and dots per inch: 1,040 pixels, shown at 800 or less."""
STYLE: Mapping[str, Any] = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
}
Drawn = tuple[Path, str]
"""A picture and what it shows in words, for those who cannot see it."""


@contextmanager
def figure(to: Path, height: float = 4.2, **grid: Any) -> Generator[tuple[Figure, Any]]:
    """A figure in this look with its axes (`nrows`, `ncols`, … as in `Figure.subplots`), written to `to` at the end."""
    with mpl.rc_context(dict(STYLE)):
        drawn = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
        yield drawn, drawn.subplots(**grid)
        to.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(to)


def headed(drawn: Figure, says: str) -> None:
    """A heading at the left that says what is to be seen."""
    drawn.suptitle(says, x=0.01, ha="left")
