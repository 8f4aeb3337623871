"""Draws a signal's chart as a PNG that reads on a phone, in dark and light, and without colour vision."""

# matplotlib leaves every **kwargs untyped.
# pyright: reportUnknownMemberType=false

import asyncio
import io
import math
import textwrap
import threading
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.words import day, plain
from domain.chart import Chart, Mark, Series
from domain.money import MINUS, SIGNS, written

# Okabe and Ito's palette, told apart in every common kind of colour vision; shape and words say the same again.
LINE, _BAND, START, MARK, INK, PAPER = "#0072B2", "#56B4E9", "#D55E00", "#6B6B6B", "#1D1C1D", "#FFFFFF"
WIDTH = 5.0
"""Inches; at 216 dots per inch a picture is 1,080 pixels wide, three for each of a phone's 360.

So the smallest letters (10 points) are ten of a phone's pixels high where a message leaves the picture 350 of them.
"""
DPI = 216
_NEAR_DAYS = 3
"""Two marks nearer than this would cover each other's number; the second one stands lower."""
_LINE, _MOST_LABEL = 0.26, 40
"""Inches a line of the key takes, and characters of a mark's label that fit on it."""
STYLE: Mapping[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12.0,
    "axes.edgecolor": MARK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "text.parse_math": False,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


_BADGE: Mapping[str, Any] = {
    "ha": "center",
    "va": "top",
    "fontsize": 10,
    "color": PAPER,
    "bbox": {"boxstyle": "circle,pad=0.25", "facecolor": MARK, "edgecolor": "none"},
}
LOCK = threading.Lock()
"""matplotlib's settings are shared by all threads."""


async def draw(chart: Chart) -> bytes:
    """The PNG of a chart, drawn off the event loop."""
    return await asyncio.to_thread(render, chart)


def render(chart: Chart) -> bytes:
    """The PNG of a chart: a panel per series, on paper of its own so that no theme can swallow it."""
    panels, marks = chart.series[:4], _inside(chart)
    notes = _LINE * (len(marks) + 1)
    tall = 0.85 + 1.9 * max(len(panels), 1) + notes
    with LOCK, mpl.rc_context(dict(STYLE)), warnings.catch_warnings():
        # A name in letters the font lacks is drawn as boxes; its own letters stand on the card.
        warnings.filterwarnings("ignore", message="Glyph")
        bottom = (notes + 0.1) / tall
        layout = ConstrainedLayoutEngine(rect=(0.01, bottom, 0.97, 0.97 - bottom))
        figure = Figure(figsize=(WIDTH, tall), dpi=DPI, facecolor=PAPER, layout=layout)
        FigureCanvasAgg(figure)
        figure.suptitle(_wrapped(chart.title, 42), x=0.02, ha="left", fontsize=13, fontweight="bold")
        axes: list[Axes] = [figure.add_subplot(max(len(panels), 1), 1, row + 1) for row in range(len(panels))]
        for panel, series in zip(axes, panels, strict=True):
            _panel(panel, series, chart, marks)
        _key(figure, chart, marks, tall)
        sheet = io.BytesIO()
        figure.savefig(sheet, format="png", metadata={"Software": None})
    return sheet.getvalue()


def _panel(panel: Axes, series: Series, chart: Chart, marks: Sequence[Mark]) -> None:
    days = [_at(one) for one in series.days]
    observed, low, high = (_numbers(values) for values in (series.observed, series.low, series.high))
    start = _at(chart.since)
    panel.set_facecolor(PAPER)
    panel.set_title(plain(series.title, 44), loc="left", fontsize=12, color=INK)
    if days:
        panel.fill_between(days, low, high, color=_BAND, alpha=0.35, linewidth=0, label="expected")
        dot = "o" if len(days) <= 60 else ""
        panel.plot(days, observed, color=LINE, linewidth=2, marker=dot, markersize=3, label="observed")
        panel.set_xlim(days[0] - 0.5, days[-1] + 0.5)
        panel.margins(y=0.16)
        if start <= days[-1]:
            panel.axvline(max(start, days[0]), color=START, linewidth=2, linestyle=(0, (5, 2)))
    rows = _rows(marks)
    if rows:  # room above what was seen, so that no number stands on it
        bottom, top = panel.get_ylim()
        panel.set_ylim(bottom, top + (top - bottom) * 0.16 * (max(rows) + 1))
    for number, (mark, row) in enumerate(zip(marks, rows, strict=True), 1):
        at = _at(mark.day)
        panel.axvline(at, color=MARK, linewidth=1.2, linestyle=":")
        panel.annotate(str(number), (at, 0.98 - 0.15 * row), xycoords=panel.get_xaxis_transform(), **_BADGE)
    panel.grid(axis="y", color="#E4E4E4", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.yaxis.set_major_locator(MaxNLocator(4))
    panel.yaxis.set_major_formatter(FuncFormatter(partial(tick, unit=series.unit)))
    panel.xaxis.set_major_locator(AutoDateLocator(minticks=4, maxticks=6))
    panel.xaxis.set_major_formatter(FuncFormatter(_short_day))


def _key(figure: Figure, chart: Chart, marks: Sequence[Mark], tall: float) -> None:
    """What lines, band and numbers mean, one line each under the panels."""
    handles: list[Line2D | Patch] = [Line2D([], [], color=LINE, linewidth=2, label="observed")]
    if any(value is not None for series in chart.series for value in series.low):
        handles.append(Patch(facecolor=_BAND, alpha=0.35, label="expected"))
    if any(chart.since <= one for series in chart.series for one in series.days[-1:]):
        since = f"since {day(chart.since)}"
        handles.append(Line2D([], [], color=START, linewidth=2, linestyle=(0, (5, 2)), label=since))
    bottom = _LINE * len(marks) / tall
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.01, bottom), ncols=3, frameon=False, fontsize=11)
    for number, mark in enumerate(reversed(marks)):
        words = f"{len(marks) - number}  {day(mark.day)}: {plain(mark.label, _MOST_LABEL)}"
        figure.text(0.025, (0.07 + _LINE * number) / tall, words, fontsize=11, color=INK)


def _inside(chart: Chart) -> list[Mark]:
    """The marks that fall on the days drawn, oldest first, at most six."""
    days = [one for series in chart.series for one in series.days]
    inside = [mark for mark in chart.marks if days and min(days) <= mark.day <= max(days)]
    return sorted(inside, key=lambda mark: mark.day)[-6:]


def _rows(marks: Sequence[Mark]) -> list[int]:
    """How far down each mark's number stands: one below the other where they are near."""
    rows: list[int] = []
    for place, mark in enumerate(marks):
        near = place and (mark.day - marks[place - 1].day).days < _NEAR_DAYS
        rows.append(rows[-1] + 1 if near else 0)
    return rows


def _at(one: date) -> float:
    """A day on the axis, as matplotlib counts: days since 1970."""
    return float((one - date(1970, 1, 1)).days)


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def tick(number: float, _: int | None = None, *, unit: str) -> str:
    """A figure on an axis: "€1,200", "0.8 %", "48,900"."""
    places = next((count for count in range(4) if math.isclose(number, round(number, count), abs_tol=1e-9)), 4)
    if unit in SIGNS:
        return written(number, unit, places)
    return f"{number:,.{places}f}{' ' + unit if unit else ''}".replace("-", MINUS)


def _short_day(number: float, _: int | None = None) -> str:
    at = date(1970, 1, 1) + timedelta(days=round(number))
    return f"{at.day} {at:%b}"


def _wrapped(text: str, most: int) -> str:
    return "\n".join(textwrap.wrap(plain(text, most * 2), most)) or " "
