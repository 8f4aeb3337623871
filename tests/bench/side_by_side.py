"""The labelled world side by side: Baton, threshold rules, z-scores and Prophet, each scored from its events alone."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from tests.bench import baselines_prophet as prophet
from tests.bench import side_by_side_pictures as draw
from tests.bench.baselines import threshold_rules, z_scores
from tests.bench.commands import progress
from tests.bench.labelled import (
    AT_ONCE,
    REPORTING,
    SEEN_BEFORE,
    TUNING,
    about_of,
    draw_causes,
    judge,
    replay,
    total,
    write_world,
)
from tests.bench.report import Measure, Range, Row, Section, share_interval
from tests.bench.scoring import Event, Score
from tests.bench.world import MODES, build

BATON, RULES, Z, PROPHET = "Baton", "threshold rules", "z-scores", "Prophet"
Baseline = Callable[[Path, date, date], list[Event]]
BASELINES: Mapping[str, Baseline] = {RULES: threshold_rules, Z: z_scores}
OTHER, OTHER_SEEDS = "normal, other causes", 3
"""Causes the specification of the world does not list, in as many worlds of their own."""
HALF_ACCOUNTS = 3
"""Prophet takes minutes where the others take a second: it gets one world of half the accounts."""
HALF = "normal, half size"
HEADER: Row = (
    "world",
    "detector",
    "precision",
    "useful recall",
    "any recall",
    "cause acc.",
    "median days to detect",
    "days lost",
    "alerts / acct-week",
    "false / acct-week",
)
DECOYS = {"holiday": "holidays", "promo": "promos", "reporting_lag": "late reporting", "small_ad": "a small ad's jump"}
DECOYS_HEADER: Row = ("world", "detector", *DECOYS.values())
CAUSES_HEADER: Row = ("incident", "worlds", "how many", f"{BATON}: useful recall", "days", "false", RULES, Z)


@dataclass(frozen=True)
class Compared:
    """One world and how each detector fared on it."""

    world: Path
    scores: Mapping[str, Score]


def sections(pictures: Path, seeds: Mapping[str, Sequence[int]] = REPORTING) -> tuple[Section, ...]:
    """All detectors on the worlds of `seeds`, by mode; at what must stay quiet; and by cause."""
    with tempfile.TemporaryDirectory(prefix="baton-") as kept:
        folder = Path(kept)
        worlds = {mode: tuple(_compared(mode, some, folder)) for mode, some in seeds.items()}
        worlds[OTHER] = tuple(_compared("normal", seeds["normal"][:OTHER_SEEDS], folder, "other"))
        half = _halved(seeds["normal"][0], folder)
        scores = {mode: _totals(some) for mode, some in worlds.items()}
        first = worlds["normal"][0]
        drawn = (
            draw.timeline(pictures / "one_account.png", first.world, first.scores),
            draw.targets(pictures / "precision_recall.png", scores, MUST),
            draw.alerts(pictures / "alerts.png", {mode: scores[mode] for mode in seeds}),
            draw.delays(pictures / "days_to_detect.png", scores["normal"]),
        )
        causes, caption = draw_causes(pictures / "causes.png", {mode: scores[mode][BATON] for mode in MUST})
    rows = [row(mode, name, score) for mode, some in scores.items() for name, score in some.items()]
    rows += [row(HALF, name, score) for name, score in half.items()]
    if not prophet.INSTALLED:
        rows.append((HALF, PROPHET, prophet.SKIPPED, *[""] * (len(HEADER) - 3)))
    whole = Section(
        "The labelled world, side by side",
        HEADER,
        rows,
        _remarks(seeds, scores),
        [picture for picture, _ in drawn],
        tuple(_measures(scores)),
        [caption for _, caption in drawn],
    )
    said = ("Decoys at whose time and place a detector gave a false alert.",)
    decoys = Section("The labelled world: what must stay quiet", DECOYS_HEADER, tuple(_at_decoys(scores)), said)
    by_cause = tuple(_by_cause(scores))
    return whole, decoys, Section("The labelled world, by cause", CAUSES_HEADER, by_cause, (), [causes], (), [caption])


def _compared(mode: str, seeds: Sequence[int], folder: Path, causes: str = "specified") -> Iterator[Compared]:
    """Each seed's world in order: Baton as whole processes, two at a time, the baselines beside it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(partial(_one, mode, folder, causes), seeds)


def _one(mode: str, folder: Path, causes: str, seed: int) -> Compared:
    world = write_world(mode, seed, folder, causes)
    scores = {BATON: judge(world, replay(world)), **{name: _scored(world, by) for name, by in BASELINES.items()}}
    said = "; ".join(
        f"{name} precision {one.precision:.2f}, useful recall {one.useful_recall:.2f}, {one.alerts} alerts"
        for name, one in scores.items()
    )
    progress(f"{world.name}: {said}")
    return Compared(world, scores)


def _scored(world: Path, by: Baseline) -> Score:
    about = about_of(world)
    first, last = (date.fromisoformat(about[name]) for name in ("watched_from", "last_day"))
    return judge(world, by(world, first, last))


def _halved(seed: int, folder: Path) -> Mapping[str, Score]:
    """The world that Prophet gets, with Baton's score on the same world; nothing where Prophet is not installed."""
    if not prophet.INSTALLED:
        return {}
    world = folder / "half"
    build(seed, replace(MODES["normal"], accounts=HALF_ACCOUNTS)).write(world)
    progress("Prophet on a world of half the accounts …")
    scored = {BATON: judge(world, replay(world)), PROPHET: _scored(world, prophet.prophet_bands)}
    progress(f"Prophet: precision/useful recall {scored[PROPHET].precision:.2f}/{scored[PROPHET].useful_recall:.2f}")
    return scored


def _totals(worlds: Sequence[Compared]) -> dict[str, Score]:
    """By detector, all worlds together: every incident counts the same."""
    return {name: total(one.scores[name] for one in worlds) for name in worlds[0].scores}


def row(world: str, detector: str, one: Score) -> Row:
    """One line of the table. Without incidents there is nothing to recall: only alerts count."""
    name = f"**{detector}**" if detector == BATON else detector
    noise = f"{one.alerts_a_week:.2f}", f"{one.false_a_week:.3f}"
    if not one.incidents:
        return world, name, *["–"] * (len(HEADER) - 4), *noise
    shares = (one.precision, one.useful_recall, one.recall, one.cause_accuracy)
    days = f"{one.days_to_detect:.1f}", f"{one.days_lost:.1f}"
    return world, name, *(f"{share:.3f}" for share in shares), *days, *noise


def _at_decoys(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[Row]:
    for mode, some in scores.items():
        for name, one in some.items():
            counts = (f"{one.fires.get(kind, 0)} of {one.decoys.get(kind, 0)}" for kind in DECOYS)
            yield mode, f"**{name}**" if name == BATON else name, *counts


def _by_cause(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[Row]:
    for mode, some in scores.items():
        ours = some[BATON]
        kinds = {one.incident.kind for one in ours.found} | {one.kind for one in ours.missed}
        for kind in sorted(kinds | {alert.cause for alert in ours.false}):
            part = {name: score.of(kind) for name, score in some.items()}
            baton, happened = part[BATON], part[BATON].incidents > 0
            others = (f"{part[name].useful_recall:.2f}" if happened else "–" for name in BASELINES)
            mine = (f"{baton.useful_recall:.2f}", f"{baton.days_to_detect:.1f}") if happened else ("–", "–")
            yield kind.replace("_", " "), mode, str(baton.incidents), *mine, str(len(baton.false)), *others


MUST: Mapping[str, tuple[Range, Range]] = {
    "normal": (Range(0.90), Range(0.95)),
    "hard": (Range(0.80), Range(0.90)),
}
"""Precision and useful recall."""


def _measures(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[Measure]:
    normal, hard, quiet = (scores[mode][BATON] for mode in ("normal", "hard", "quiet"))
    yield _precision("Normal worlds: precision", normal, MUST["normal"][0], Range(0.95))
    yield _recall("Normal worlds: useful recall", normal, MUST["normal"][1], Range(0.98))
    share = normal.cause_accuracy
    note = _interval(share, len(normal.found))
    yield Measure("Normal worlds: cause accuracy", share, Range(0.97), Range(0.99), "{:.3f}", note)
    yield Measure("Alerts per account-week", normal.alerts_a_week, Range(most=0.5), Range(most=0.4))
    yield Measure("False alerts per account-week", normal.false_a_week, Range(most=0.05), Range(most=0.03), "{:.3f}")
    yield Measure("Median days to detect after 10 %", normal.days_to_detect, Range(most=2), Range(most=1), "{:.1f}")
    yield _precision("Hard worlds: precision", hard, MUST["hard"][0], Range(0.88))
    yield _recall("Hard worlds: useful recall", hard, MUST["hard"][1], Range(0.94))
    yield Measure(
        "A/A: signals per account-week in a year without incidents",
        quiet.alerts_a_week,
        Range(most=0.03),
        form="{:.3f}",
        note=f"{quiet.alerts} in {quiet.account_weeks:.0f} account-weeks",
    )


def _precision(name: str, one: Score, must: Range, aim: Range) -> Measure:
    return Measure(name, one.precision, must, aim, "{:.3f}", _interval(one.precision, len(one.found) + len(one.false)))


def _recall(name: str, one: Score, must: Range, aim: Range) -> Measure:
    return Measure(name, one.useful_recall, must, aim, "{:.3f}", _interval(one.useful_recall, one.incidents))


def _interval(share: float, of: int) -> str:
    low, high = share_interval(share, of)
    return f"95 % interval {low:.2f}–{high:.2f}, n = {of}"


def _in_words(scores: Mapping[str, Score]) -> str:
    """The normal worlds, as their owners live them."""
    told = "; ".join(
        f"{name} every {7 / one.alerts_a_week:.1f} days, {len(one.false) / one.alerts:.0%} of it false, and its first "
        f"alert of an incident is right for {one.useful} of {one.incidents}"
        for name, one in scores.items()
        if one.alerts
    )
    return f"How often the owner of one account is spoken to in the normal worlds: {told}."


def _remarks(seeds: Mapping[str, Sequence[int]], scores: Mapping[str, Mapping[str, Score]]) -> tuple[str, ...]:
    said = ", ".join(f"{mode} {some[0]}–{some[-1]}" for mode, some in seeds.items())
    unseen = (
        f"seeds {SEEN_BEFORE} were looked at in between and are reported no more; those reported here were not looked "
        "at before"
        if seeds is REPORTING
        else "the very seeds shown here"
    )
    return (
        _in_words(scores["normal"]),
        f"Seeds: {said}; {scores['normal'][BATON].incidents} incidents in the normal worlds, "
        f"{scores['hard'][BATON].incidents} in the hard ones. Thresholds, Baton's and the baselines' alike, were set "
        f"on seeds {TUNING[0]}–{TUNING[-1]}; {unseen}.",
        "Precision: incidents found over incidents found and false alerts. Useful recall: the first alert of an "
        "incident names the right cause at the right place. Any recall, days to detect and days lost: any alert at its "
        "place, whatever it names, so whoever alerts all the time does well there; a missed incident loses all its "
        "days. Repeats within a week fold into one.",
        "The baselines are not straw men: each sees the same tables on the same days, compares only where enough was "
        "counted, names the most plausible cause, speaks of an object at most once a week, and reads falling e-mail "
        "clicks as audience decline. None knows the calendar or sets an object against its account.",
    )
