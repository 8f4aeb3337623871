"""The one page of charts of a summary: reads on a phone, on paper of its own, and without colour vision."""

# matplotlib leaves every **kwargs untyped.
# pyright: reportUnknownMemberType=false

import asyncio
import io
import warnings
from decimal import Decimal
from functools import partial
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.charts import DPI, INK, LINE, LOCK, MARK, PAPER, STYLE, WIDTH, tick
from bot.words import day, listed, many, plain, span, stake
from domain.summaries import Step, Summary, Weight

_HIT, _REST = LINE, "#E69F00"
"""Approved as proposed, and the rest: blue and orange of Okabe and Ito, told apart by shape too (plain and hatched)."""
_MOST_EFFECTS = 6


def has_page(told: Summary) -> bool:
    """Whether there is anything to draw: one answered question, or one effect in money."""
    return any(step.answered for step in told.steps) or bool(_effects(told))


def alt(told: Summary) -> str:
    """What the page shows, for those who cannot see it."""
    parts: list[str] = []
    if any(step.answered for step in told.steps):
        weeks = [f"week of {day(one.first_day)}: {one.first_hits} of {one.answered}" for one in told.steps]
        parts.append(f"Questions approved as proposed of all answered, by week: {'; '.join(weeks)}")
        times = [
            f"{day(one.first_day)}: {one.hours_to_decision:.1f}"
            for one in told.steps
            if one.hours_to_decision is not None
        ]
        parts.append(f"Median hours from signal to decision, by week: {'; '.join(times)}")
    for one in _effects(told):
        amount = one.amount or Decimal(0)
        ends = listed([stake(end, one.currency) for end in one.interval or (amount, amount)])
        parts.append(f"{plain(_name(one), 80)}: {stake(amount, one.currency)}, 95 % sure between {ends}")
    return f"{'. '.join(parts)}."


async def draw_page(told: Summary) -> bytes:
    """The page as a PNG, drawn off the event loop."""
    return await asyncio.to_thread(render_page, told)


def render_page(told: Summary) -> bytes:
    """The page as a PNG: answers per week, time to decision per week, effects in money."""
    effects, has_weeks = _effects(told), any(step.answered for step in told.steps)
    heights = [*([2.1, 1.8] if has_weeks else []), *([0.75 + 0.62 * len(effects)] if effects else [])]
    tall = 0.8 + sum(heights)
    with LOCK, mpl.rc_context(dict(STYLE)), warnings.catch_warnings():
        # A name in letters the font lacks is drawn as boxes; its own letters stand in the message.
        warnings.filterwarnings("ignore", message="Glyph")
        layout = ConstrainedLayoutEngine(rect=(0.01, 0.01, 0.97, 0.98))
        figure = Figure(figsize=(WIDTH, tall), dpi=DPI, facecolor=PAPER, layout=layout)
        FigureCanvasAgg(figure)
        place = f", {plain(told.where, 24)}" if told.where else ""
        title = f"{span(told.first_day, told.last_day)}{place}"
        figure.suptitle(title, x=0.02, ha="left", fontsize=14, fontweight="bold")
        grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
        panels: list[Axes] = [figure.add_subplot(grid[row, 0]) for row in range(len(heights))]
        if has_weeks:
            _answers(panels[0], told.steps)
            _times(panels[1], told.steps)
        if effects:
            _money(panels[-1], effects)
        sheet = io.BytesIO()
        figure.savefig(sheet, format="png", metadata={"Software": None})
    return sheet.getvalue()


def _answers(panel: Axes, steps: tuple[Step, ...]) -> None:
    """A bar a week: approved as proposed below, everything else above."""
    places = list(range(len(steps)))
    hits, rest = [one.first_hits for one in steps], [one.answered - one.first_hits for one in steps]
    _dress(panel, "Questions answered, by week")
    panel.bar(places, hits, color=_HIT, width=0.62, label="approved as proposed")
    panel.bar(places, rest, bottom=hits, color=_REST, hatch="//", edgecolor=PAPER, width=0.62,
              label="changed, rejected or undone")  # fmt: skip
    for place, one in enumerate(steps):
        if one.answered:
            counted = f"{one.first_hits} of {one.answered}"
            above: dict[str, Any] = {"textcoords": "offset points", "xytext": (0, 4), "ha": "center", "fontsize": 10}
            panel.annotate(counted, (place, one.answered), **above)
    panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    panel.set_ylim(0, max(one.answered for one in steps) * 1.75)
    panel.legend(loc="upper left", frameon=False, fontsize=10, labelspacing=0.3, handlelength=1.4)
    _weeks(panel, steps)


def _times(panel: Axes, steps: tuple[Step, ...]) -> None:
    """The median time from signal to decision; a week without an answer has no point."""
    known = [(place, one.hours_to_decision) for place, one in enumerate(steps) if one.hours_to_decision is not None]
    _dress(panel, "Signal to decision, median hours")
    panel.plot([place for place, _ in known], [hours for _, hours in known], color=_HIT, marker="o", linewidth=2)
    for place, hours in known:
        panel.annotate(
            f"{hours:.1f}", (place, hours), textcoords="offset points", xytext=(0, 7), ha="center", fontsize=10
        )
    panel.set_ylim(0, max((hours for _, hours in known), default=1.0) * 1.35 or 1.0)
    panel.yaxis.set_major_locator(MaxNLocator(4))
    _weeks(panel, steps)


def _money(panel: Axes, effects: list[Weight]) -> None:
    """An effect a row: what it was worth, with its interval."""
    currency = effects[0].currency
    _dress(panel, "What effects were worth, with 95 % intervals", axis="x")
    for row, one in enumerate(reversed(effects)):
        amount = one.amount or Decimal(0)
        ends = [float(end) for end in one.interval or (amount, amount)]
        panel.plot(ends, [row, row], color=_HIT, linewidth=3, solid_capstyle="butt")
        panel.plot([float(amount)], [row], color=INK, marker="D", markersize=7, linestyle="")
        panel.annotate(
            plain(_name(one), 58), (0.01, row + 0.26), xycoords=panel.get_yaxis_transform(), fontsize=10, va="center",
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    panel.axvline(0, color=MARK, linewidth=1.2)
    panel.set_ylim(-0.5, len(effects) - 0.2)
    panel.set_yticks([])
    panel.xaxis.set_major_locator(MaxNLocator(4))
    panel.xaxis.set_major_formatter(FuncFormatter(partial(tick, unit=currency)))


def _dress(panel: Axes, title: str, axis: str = "y") -> None:
    panel.set_facecolor(PAPER)
    panel.set_title(title, loc="left", fontsize=12, color=INK)
    panel.grid(axis="x" if axis == "x" else "y", color="#E4E4E4", linewidth=0.8)
    panel.set_axisbelow(True)


def _weeks(panel: Axes, steps: tuple[Step, ...]) -> None:
    every = 1 if len(steps) <= 6 else 2
    panel.set_xticks(list(range(0, len(steps), every)))
    panel.set_xticklabels([f"{one.first_day.day} {one.first_day:%b}" for one in steps[::every]])
    panel.set_xlim(-0.6, max(len(steps), 3) - 0.4)


def _effects(told: Summary) -> list[Weight]:
    """The largest effects in money, of the currency that has most of them: two currencies share no axis."""
    priced = [one for one in told.weights if one.amount is not None]
    currencies = [one.currency for one in priced]
    main = max(sorted(set(currencies)), key=currencies.count, default="")
    return [one for one in priced if one.currency == main][:_MOST_EFFECTS]


def _name(one: Weight) -> str:
    """What was done, without what the row itself shows."""
    return one.words.partition(": ")[0]


def caption(told: Summary) -> str:
    """What the file is called in Slack."""
    return f"Summary of {many((told.last_day - told.first_day).days + 1, 'day')} up to {day(told.last_day)}"
