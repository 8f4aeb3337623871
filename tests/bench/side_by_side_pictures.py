"""Pictures of the labelled world: what each detector found, when, and with how much noise."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, MonthLocator
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from tests.bench.pictures import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SKY, VERMILION, Drawn, figure, headed
from tests.bench.report import Range, share_interval
from tests.bench.scoring import Alert, Score

Scores = Mapping[str, Mapping[str, Score]]
"""By mode, then by detector."""
LOOKS = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (PURPLE, "D", ":"))
"""Colour, marker and line of each detector in turn."""
BESIDE = ((-10, 10, "right"), (-6, 14, "right"), (6, 14, "left"), (6, -18, "left"))
"""Where each detector's name stands beside its point, in points, so that near ones do not overlap."""
DAYS_SHOWN = 14


def targets(to: Path, scores: Scores, must: Mapping[str, tuple[Range, Range]]) -> Drawn:
    """Precision over useful recall, with 95 % intervals; `must` holds the ranges of both by mode."""
    modes = [mode for mode in scores if mode in must]
    with figure(to, 4.4, ncols=len(modes), sharey=True, squeeze=False) as (drawn, axes):
        headed(drawn, "Is an alert real, and does the first one say the right thing?")
        for one, mode in zip(axes[0], modes, strict=True):
            precision, recall = must[mode]
            corner = recall.least or 0, precision.least or 0
            one.add_patch(Rectangle(corner, 1.04 - corner[0], 1.04 - corner[1], color=SKY, alpha=0.35, lw=0))
            one.annotate("must", corner, (-3, 0), textcoords="offset points", ha="right", fontsize=9, color=INK)
            for place, (name, score) in enumerate(scores[mode].items()):
                _point(one, name, score, place)
            one.set(xlim=(0, 1.04), ylim=(0, 1.04), xlabel="useful recall", title=f"{mode} worlds")
            one.grid(color=PALE, lw=0.6)
            one.set_axisbelow(True)
        axes[0][0].set_ylabel("precision")
    said = (
        f"{mode}, {name}: precision {score.precision:.2f}, useful recall {score.useful_recall:.2f}"
        for mode in modes
        for name, score in scores[mode].items()
    )
    return to, "Precision over useful recall with 95 % intervals. " + "; ".join(said)


def _point(axes: Axes, name: str, score: Score, place: int) -> None:
    (colour, mark, _), (right, up, side) = LOOKS[place], BESIDE[place]
    x, y = score.useful_recall, score.precision
    across = share_interval(x, score.incidents)
    along = share_interval(y, len(score.found) + len(score.false))
    xerr, yerr = ([[max(at - low, 0)], [max(high - at, 0)]] for at, (low, high) in ((x, across), (y, along)))
    axes.errorbar(x, y, yerr=yerr, xerr=xerr, fmt=mark, color=colour, ms=8, lw=1.5)
    axes.annotate(name, (x, y), (right, up), textcoords="offset points", ha=side, color=colour)


def alerts(to: Path, scores: Scores) -> Drawn:
    """Alerts per account-week, by what they were worth."""
    kinds = (("right cause and place", BLUE, ""), ("real but misnamed", SKY, "//"))
    kinds += (("repeats", GREY, ".."), ("false", VERMILION, "xx"))
    rows = [(f"{name}, {mode}", score) for mode, some in scores.items() for name, score in some.items()]
    groups = [group for group, some in enumerate(scores.values()) for _ in some]
    places = [row + 0.5 * group for row, group in enumerate(groups)]
    with figure(to, 1.5 + 0.38 * len(rows)) as (drawn, axes):
        headed(drawn, "What the owner of one account is told in a week")
        for place, (_, score) in zip(places, rows, strict=True):
            start = 0.0
            for (_, colour, hatch), share in zip(kinds, _worth(score), strict=True):
                axes.barh(place, share, left=start, color=colour, hatch=hatch, edgecolor="white", lw=0.5, height=0.75)
                start += share
            axes.annotate(f"{start:.2f}", (start, place), (4, 0), textcoords="offset points", va="center")
        axes.set_yticks(places, [name for name, _ in rows])
        axes.invert_yaxis()
        axes.margins(x=0.08)
        axes.set_xlabel("alerts per account-week")
        handles = [Rectangle((0, 0), 1, 1, fc=colour, hatch=hatch, ec="white") for _, colour, hatch in kinds]
        drawn.legend(handles, [name for name, *_ in kinds], loc="outside lower center", ncols=len(kinds))
    said = (f"{name} {score.alerts_a_week:.2f}, of which false {score.false_a_week:.2f}" for name, score in rows)
    return to, "Alerts per account-week: " + "; ".join(said)


def _worth(score: Score) -> tuple[float, float, float, float]:
    useful, found, false = score.useful, len(score.found), len(score.false)
    counts = (useful, found - useful, score.alerts - found - false, false)
    return tuple(count / score.account_weeks for count in counts)  # type: ignore[return-value]


def delays(to: Path, scores: Mapping[str, Score]) -> Drawn:
    """Share of all incidents whose first alert was useful and came within so many days."""
    days = np.arange(DAYS_SHOWN + 1)
    shares = {name: _named_within(score, days) for name, score in scores.items()}
    heights = _apart({name: float(share[-1]) for name, share in shares.items()})
    with figure(to, 3.8) as (drawn, axes):
        headed(drawn, "How soon an incident is rightly named (normal worlds)")
        for (name, score), (colour, _, line) in zip(scores.items(), LOOKS, strict=False):
            axes.step(days, shares[name], where="post", color=colour, ls=line, lw=2)
            label, at = f"{name}\n({score.alerts_a_week:.1f} alerts a week)", (days[-1], heights[name])
            axes.annotate(label, at, (4, 0), textcoords="offset points", va="center", color=colour)
        axes.set(xlim=(0, DAYS_SHOWN), ylim=(0, 1.02), xlabel="days after the effect passed 10 %")
        axes.set_ylabel("share of all incidents")
        axes.grid(color=PALE, lw=0.6)
    said = (f"{name} {_named_within(one, np.array([1]))[0]:.0%} within a day" for name, one in scores.items())
    return to, "Share of incidents rightly named by days since they were felt: " + ", ".join(said)


def _apart(heights: Mapping[str, float], least: float = 0.15) -> dict[str, float]:
    """Heights of labels, the highest as it is, none closer to the one above than two lines of text need."""
    placed = dict[str, float]()
    for name, height in sorted(heights.items(), key=lambda one: -one[1]):
        placed[name] = min(height, min(placed.values(), default=height + least) - least)
    return placed


def _named_within(score: Score, days: np.ndarray) -> np.ndarray:
    waited = np.array([one.delay for one in score.found if one.is_useful])
    return (waited[None, :] <= days[:, None]).sum(axis=1) / max(score.incidents, 1)


def timeline(to: Path, world: Path, scores: Mapping[str, Score]) -> Drawn:
    """The world's first account: what happened, and below it what each detector said and whether that was right."""
    truth = json.loads((world / "truth.json").read_text("utf-8"))
    about = json.loads((world / "world.json").read_text("utf-8"))
    account = min(one["scope"]["account_id"] for one in truth)
    mine = [one for one in truth if one["scope"]["account_id"] == account]
    incidents = [one for one in mine if not one["decoy"]]
    with figure(to, 1.7 + 0.27 * len(incidents) + 0.5 * len(scores), nrows=2, sharex=True) as (drawn, (top, below)):
        headed(drawn, f"One account of a normal world (seed {about['seed']}): what happened and what was said")
        top.get_gridspec().set_height_ratios((len(incidents) + 1.5, 1.6 * len(scores)))
        _happenings(top, incidents, [one for one in mine if one["decoy"]])
        name, ours = next(iter(scores.items()))
        _answered(top, incidents, ours)
        top.set_title(
            f"orange: incidents, ● {name}'s alert · grey: holidays, promos, late reporting, a small ad", fontsize=10
        )
        for place, score in enumerate(scores.values()):
            said = [(alert.day, worth) for alert, worth in _judged(score) if alert.place.get("account_id") == account]
            for worth, (colour, mark, size, lift) in MARKS.items():
                days = [day for day, one in said if one == worth]
                below.scatter(days, [place + lift] * len(days), c=colour, marker=mark, s=size, lw=1.4, zorder=3)
        below.set_yticks(range(len(scores)), list(scores))
        below.set(ylim=(len(scores) - 0.4, -0.6))
        below.set_xlim(date.fromisoformat(about["watched_from"]), date.fromisoformat(about["last_day"]))
        below.xaxis.set_major_locator(MonthLocator())
        below.xaxis.set_major_formatter(DateFormatter("%b"))
        below.grid(axis="y", color=PALE)
        handles = [Line2D([], [], color=colour, marker=mark, ls="", mew=1.4) for colour, mark, *_ in MARKS.values()]
        below.legend(handles, list(MARKS), loc="upper center", bbox_to_anchor=(0.45, -0.22), ncols=4, handletextpad=0.1)
    counts = (f"{name}: {_tally(score, account)}" for name, score in scores.items())
    return to, f"Timeline of account {account} with {len(incidents)} incidents. Alerts by " + "; ".join(counts)


MARKS: Mapping[str, tuple[str, str, int, float]] = {
    "right": (BLUE, "o", 55, 0.0),
    "real but misnamed": (SKY, "D", 40, 0.0),
    "repeat": (GREY, "|", 50, 0.0),
    "false": (VERMILION, "x", 45, 0.22),
}
"""Colour, marker, size and how far below its line."""


def _happenings(axes: Axes, incidents: Sequence[Mapping[str, Any]], decoys: Sequence[Mapping[str, Any]]) -> None:
    for place, one in enumerate(incidents):
        start, end = (date.fromisoformat(one[name]) for name in ("start", "end"))
        axes.barh(place, end - start + timedelta(days=1), left=start, color=ORANGE, height=0.7)  # type: ignore[arg-type]
        scope = [one["scope"][name] for name in ("campaign_id", "ad_id", "segment_id") if name in one["scope"]]
        words = f"{one['kind'].replace('_', ' ')} · {scope[-1] if scope else 'account'}"
        late = place > len(incidents) / 2
        at, gap, side = (start, -4, "right") if late else (end + timedelta(days=1), 4, "left")
        axes.annotate(words, (at, place), (gap, 0), textcoords="offset points", va="center", ha=side, fontsize=9.5)  # type: ignore[arg-type]
    for one in decoys:
        start, end = (date.fromisoformat(one[name]) for name in ("start", "end"))
        axes.axvspan(start, end + timedelta(days=1), color=PALE, lw=0, zorder=0)  # type: ignore[arg-type]
    axes.set_ylim(len(incidents) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _answered(axes: Axes, incidents: Sequence[Mapping[str, Any]], score: Score) -> None:
    """On each incident the day of its first alert."""
    for place, one in enumerate(incidents):
        begun, where = date.fromisoformat(one["start"]), one["scope"].items()
        same = [it for it in score.found if it.incident.start == begun and it.incident.place.items() <= where]
        for day, useful in ((it.first.day, it.is_useful) for it in same if it.incident.kind == one["kind"]):
            colour, mark, size, _ = MARKS["right" if useful else "real but misnamed"]
            axes.scatter([day], [place], c=colour, marker=mark, s=size, edgecolors="white", zorder=3)


def _judged(score: Score) -> Iterator[tuple[Alert, str]]:
    """Every alert with what it was worth: a key of MARKS."""
    for found in score.found:
        yield found.first, "right" if found.is_useful else "real but misnamed"
        for alert in found.alerts[1:]:
            yield alert, "repeat"
    for alert in score.false:
        yield alert, "false"


def _tally(score: Score, account: str) -> str:
    worths = [worth for alert, worth in _judged(score) if alert.place.get("account_id") == account]
    return ", ".join(f"{worths.count(worth)} {worth}" for worth in MARKS)
