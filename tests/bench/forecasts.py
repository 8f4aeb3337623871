"""Are Baton's forecasts calibrated? Effects of actions against simulated truth, baselines against real series."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.forecasting import forecast, usable
from agents.statistics.seasonal import seasonal
from domain.lesson import Lesson
from domain.proposal import Forecast
from tests.bench import real_days
from tests.bench.closed_loop import Company, Done
from tests.bench.pictures import BLUE, GREY, PALE, VERMILION, Drawn, figure, headed
from tests.bench.report import Measure, Range, Row, Section, markdown, share_interval

TUNED: Final = tuple(range(1, 13))
REPORTED: Final = tuple(range(321, 329))
DAYS: Final = 300
COUNTS: Final = (1, 2, 4, 8)
"""How many measured outcomes of the same kind a forecast is judged after."""
HISTORY, STEP, LEAST_USABLE = 105, 3, 28
"""Columns a baseline is fitted to, columns between two forecasts, and usable ones it needs."""
LEAST_OF_A_KIND = 15
QUANTILES: Final = (0.1, 0.5, 0.9)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Forecasts beside what came, all on the log scale."""

    low: Floats
    middle: Floats
    high: Floats
    truth: Floats

    @property
    def covered(self) -> Floats:
        """1 where the 80 % interval holds the truth."""
        return ((self.low <= self.truth) & (self.truth <= self.high)).astype(np.float64)

    @property
    def pinball(self) -> float:
        """Mean pinball loss over the three quantiles forecast (Gneiting and Raftery, JASA 102, 2007)."""
        return _pinball(self.truth, (self.low, self.middle, self.high))

    @property
    def pinball_of_no_change(self) -> float:
        """The same had "no change" been forecast."""
        nothing = np.zeros_like(self.truth)
        return _pinball(self.truth, (nothing, nothing, nothing))


def section(pictures: Path) -> Section:
    """Play the companies of the reporting seeds and judge every forecast made in them; judge baselines on real days."""
    done = list(played(REPORTED))
    rows = [*effect_rows(done), *figure_rows(done), *real_rows()]
    picture, caption = _picture(done, pictures / "forecasts.png")
    return Section(
        title="Forecasts: 80 % intervals against what came",
        header=("forecast", "n", "80 % interval covers", "bias (log)", "pinball", "no change", "seasonal naive"),
        rows=rows,
        remarks=_remarks(done),
        pictures=[picture],
        captions=[caption],
        measures=_measures(done),
    )


def played(seeds: Iterable[int]) -> Iterator[Done]:
    """Everything done in the companies of some seeds."""
    for seed in seeds:
        yield from Company.founded(seed, DAYS).lived()


def effect_rows(done: Sequence[Done]) -> Iterator[Row]:
    """The effect of the action: by priors alone, by kind, and after so many outcomes of the kind."""
    yield _row("effect, priors alone", judged(done, 0))
    for kind in sorted({one.proposal.action.kind for one in done}):
        mine = [one for one in done if one.proposal.action.kind == kind]
        if len(mine) >= LEAST_OF_A_KIND:
            yield _row(f"– {kind.replace('_', ' ')}", judged(mine, 0))
    for count in COUNTS:
        mine = [one for one in done if len(_outcomes(one)) >= count]
        if mine:
            yield _row(f"effect, after {count} measured", judged(mine, count))
            yield _row("– the same actions, priors alone", judged(mine, 0))
    yield _row("effect, as said on the card", judged(done, None))


def figure_rows(done: Sequence[Done]) -> Iterator[Row]:
    """The metric itself over the window, with and without the action."""
    told = [(one, one.proposal.forecast) for one in done if one.proposal.forecast and one.without]
    both = [(one, said) for one, said in told if said.baseline_interval and said.expected_interval and said.now]
    without = [(said.baseline, said.baseline_interval, one.without, said.now) for one, said in both]
    with_it = [
        (said.expected, said.expected_interval, one.without * math.exp(one.truth), said.now)
        for one, said in both
        if one.without
    ]
    for name, four in (("the metric without the action", without), ("the metric with the action", with_it)):
        logs = np.array([[math.log(v / now) for v in (low, mid, high, true)] for mid, (low, high), true, now in four])
        yield _row(name, Judged(*logs.T))


def judged(done: Sequence[Done], outcomes: int | None) -> Judged:
    """Forecasts made from the last so many usable outcomes of the kind (None: as many as there were)."""
    said = [(_again(one, outcomes), one.truth) for one in done]
    logs = [
        (*(math.log1p(end) for end in (found.interval[0], found.change, found.interval[1])), truth)
        for found, truth in said
        if found is not None
    ]
    return Judged(*np.array(logs).T)


def _again(one: Done, outcomes: int | None) -> Forecast | None:
    known = _outcomes(one)
    kept = known if outcomes is None else known[len(known) - min(outcomes, len(known)) :]
    return forecast(one.proposal.action, one.signal, kept, one.ground, one.today)


def _outcomes(one: Done) -> tuple[Lesson, ...]:
    return usable(one.known, one.proposal.action, one.today)


def real_rows() -> Iterator[Row]:
    """What comes by itself, on real series: the mean of a window against what `seasonal` said."""
    for name, load in real_days.SETS.items():
        if (real_days.DATA / name).is_dir():
            series = load()
            for horizon in series.horizons:
                yield _baseline_row(series, horizon)


def _baseline_row(series: real_days.Series, horizon: int) -> Row:
    truths, ends, last, naive = list[Floats](), list[Floats](), list[Floats](), list[Floats]()
    columns = series.values.shape[1]
    for now in range(LEAST_USABLE + 2, columns - horizon + 1, STEP):
        begin = max(0, now - HISTORY)
        past, seen = series.values[:, begin:now], series.usable[:, begin:now]
        fitted = seasonal(past, seen, weekday=series.weekday[begin:now])
        low, high = fitted.interval(horizon, 0.8, mean=True)
        middle = fitted.expected(horizon).mean(axis=1)
        coming = series.usable[:, now : now + horizon]
        truth = _mean(series.values[:, now : now + horizon], coming)
        fit = (seen.sum(axis=1) >= LEAST_USABLE) & (2 * coming.sum(axis=1) >= horizon) & np.isfinite(low)
        yesterday, naive_mean = _mean(past[:, -1:], seen[:, -1:]), _same_weekdays(past, seen, horizon)
        fit &= np.isfinite(yesterday) & np.isfinite(naive_mean) & (truth > 0)
        unit = middle[fit]
        truths.append(truth[fit] / unit)
        ends.append(np.stack([low[fit] / unit, np.ones(len(unit)), high[fit] / unit]))
        last.append(yesterday[fit] / unit)
        naive.append(naive_mean[fit] / unit)
    truth, (low, middle, high) = np.concatenate(truths), np.concatenate(ends, axis=1)
    found = Judged(low, middle, high, truth)
    plain, weekly = (_pinball(truth, (one, one, one)) for one in (np.concatenate(last), np.concatenate(naive)))
    what = f"{series.name}; mean of {horizon}" if horizon > 1 else f"{series.name}; next one"
    bias = f"{float(np.mean(middle - truth)):+.3f}"
    week = f"{weekly:.4f}" if series.weekday.any() else ""
    return (what, f"{len(truth):,}", _share(found), bias, f"{found.pinball:.4f}", f"{plain:.4f}", week)


def _same_weekdays(past: Floats, seen: NDArray[np.bool_], horizon: int) -> Floats:
    """Seasonal naive: the mean of the last week's figures at the same places in the week."""
    places = [past.shape[1] - 7 + step % 7 for step in range(horizon)]
    own = _mean(past[:, places], seen[:, places])
    return np.where(np.isfinite(own), own, _mean(past[:, -7:], seen[:, -7:]))


def _mean(values: Floats, known: NDArray[np.bool_]) -> Floats:
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _pinball(truth: Floats, quantiles: Sequence[Floats]) -> float:
    losses = [
        np.maximum(share * (truth - said), (share - 1) * (truth - said))
        for share, said in zip(QUANTILES, quantiles, strict=True)
    ]
    return float(np.mean(losses))


def _share(found: Judged) -> str:
    return f"{float(found.covered.mean()):.1%}"


def _row(name: str, found: Judged) -> Row:
    bias = f"{float(np.mean(found.middle - found.truth)):+.3f}"
    loss, plain = f"{found.pinball:.4f}", f"{found.pinball_of_no_change:.4f}"
    return (name, f"{len(found.truth)}", _share(found), bias, loss, plain, "")


def _remarks(done: Sequence[Done]) -> list[str]:
    companies, kinds = len({one.company for one in done}), Counter(one.proposal.action.kind for one in done)
    listed = ", ".join(f"{many} {kind.replace('_', ' ')}" for kind, many in kinds.most_common())
    measured = sum(one.outcome.measurable for one in done)
    return [
        f"Effects: {len(done)} actions in {companies} simulated companies of {DAYS} days ({listed}); "
        f"{measured} could be "
        "measured afterwards. Baton's own agents open a signal, one of the proposals with a forecast is "
        "carried out, and "
        "the same days are lived with and without it: the difference is the effect. The market is not Baton's model: "
        "spend elasticities are drawn per company from N(0.60, 0.15) and vary by 0.08 between campaigns; new "
        "creatives, "
        "rotations, promises and flows relieve Beta(2.5, 2.0) of what the demo's do, repairs Beta(9.0, 1.5), "
        "and single "
        "pieces of work vary around that by 0.05 to 0.25.",
        f"Reported on companies {min(REPORTED)} to {max(REPORTED)}; causes of bias were looked for on {min(TUNED)} to "
        f"{max(TUNED)}. Companies 101 to 112 were looked at once before: 90 % by priors alone and 88 % as said, too "
        "wide, because trouble was given any pace of building up; since then they are not used. "
        "Companies 201 to 212 were shown after that: outcomes, then measured against an incident that had stopped "
        "growing, made forecasts too sure. Companies 301 to 308 were reported before the last changes of detection.",
        "An effect's bias is forecast minus truth on the log scale; pinball loss is the mean over the 10, 50 and 90 % "
        "quantiles, beside that of forecasting no change at all. Incidents build up in the demo's times, varied by a "
        "third.",
        'After 1, 2, 4 or 8 measured: those of the same kind of action in the same company, the latest ones; "priors '
        'alone" is the same actions forecast with nothing measured.',
        f"Baselines: `seasonal` from {LEAST_USABLE} to {HISTORY} past columns, every {STEP} columns, on all series but "
        "those an experiment touched. Losses are relative to the forecast; no change repeats the last figure, seasonal "
        "naive the last week. Neighbouring windows and cities share their ups and downs, so a share of some "
        "hundreds of "
        "forecasts is known to a few points only. The constants of `seasonal` were set on simulated series; "
        "two of them "
        "(the two weeks before scoring, the weight of implied errors) after a look at these sets.",
    ]


def _measures(done: Sequence[Done]) -> list[Measure]:
    must = Range(0.75, 0.85)
    found = [("priors alone", judged(done, 0)), ("as said, with what was measured", judged(done, None))]
    return [
        Measure(
            f"80 % forecast intervals cover, {name}", float(one.covered.mean()), must, form="{:.0%}", note=_note(one)
        )
        for name, one in found
    ]


def _note(found: Judged) -> str:
    low, high = share_interval(float(found.covered.mean()), len(found.truth))
    return f"95 % interval {low:.0%} to {high:.0%}, {len(found.truth)} actions"


def _picture(done: Sequence[Done], path: Path) -> Drawn:
    """Left: every forecast against its truth. Right: how often intervals hold, by how much was measured before."""
    said = judged(done, None)
    with figure(path, ncols=2) as (drawn, (left, right)):
        headed(drawn, "What was forecast, and what came")
        inside = said.covered > 0
        for hit, colour, label in ((True, BLUE, "inside"), (False, VERMILION, "outside")):
            these = inside == hit
            reach = np.stack([said.middle - said.low, said.high - said.middle])[:, these]
            left.errorbar(
                said.truth[these],
                said.middle[these],
                reach,
                fmt="o",
                ms=3,
                lw=0.7,
                color=colour,
                alpha=0.6,
                label=label,
            )
        ends = [float(min(said.truth.min(), said.low.min())), float(max(said.truth.max(), said.high.max()))]
        left.plot(ends, ends, color=GREY, lw=1)
        left.set(xlabel="true effect (log)", ylabel="forecast with its 80 % interval (log)")
        left.legend(loc="upper left")
        _coverage(right, done)
    caption = "Each action's forecast with its 80 % interval against its true effect; share of intervals that hold it."
    return path, caption


def _coverage(axes: Any, done: Sequence[Done]) -> None:
    places, shares, names = list[float](), list[tuple[float, float, float]](), list[str]()
    for place, count in enumerate((0, *COUNTS)):
        mine = [one for one in done if len(_outcomes(one)) >= count]
        if mine:
            found = judged(mine, count)
            share = float(found.covered.mean())
            places.append(place)
            shares.append((share, *share_interval(share, len(found.truth))))
            names.append(f"{count}\nn={len(found.truth)}")
    middle, low, high = np.array(shares).T
    axes.axhspan(0.75, 0.85, color=PALE)
    axes.errorbar(places, middle, [middle - low, high - middle], fmt="s", color=BLUE, capsize=3)
    axes.set(xlabel="outcomes of the kind measured before", ylabel="80 % intervals that hold the truth", ylim=(0, 1.02))
    axes.set_xticks(places, names)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(markdown([section(Path(folder))], Path(folder)))
