"""Watches campaigns by the hour: what a click and an impression cost since this afternoon, and whether it stays so.

An hour that the detector of `statistics.hourly` alarms at begins an episode. It becomes a finding when it lasts:
several hours, most of them off in the same direction, and their mean far outside what the same hours of the day strayed
by in the eight weeks before (Student's t; one mean per day, so hours that hang together do not count as many).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special

from agents.draft import Sight, log_change
from agents.kinds import KINDS
from agents.measures.hourly import FIGURES, HOURLY_DAYS, TABLE, Hourly, hours
from agents.statistics.arrays import Flags, Floats
from agents.statistics.discoveries import q_values
from agents.statistics.hourly import HOURS, SPREAD_DAYS, SPREAD_FLOOR, Hours, agreed, compared
from agents.statistics.normal import FROM_MAD, Z95
from agents.thresholds import FINDING_RATE
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Scope

ALARM: Final = 3.5
"""Score at which an hour begins an episode, in standard deviations. On synthetic hourly costs thresholds from 3.1 to
3.8 scored best."""
LOOKED_BACK: Final = 24
"""Hours within which an episode must have begun: what is older is seen by the day."""
JUDGED_DAYS: Final = 3
"""Days, the newest included, in which those hours and the ones before them lie."""
LASTS: Final = 4
"""Hours an episode must have lasted before it is worth a word: an odd hour or two are nobody's business."""
STARTS: Final = LOOKED_BACK / LASTS
"""By how much looking for its beginning multiplies a p-value: so many episodes fit beside each other."""
MOSTLY: Final = 0.75
"""Share of its hours that must be off."""
STANDS: Final = 0.25
"""Share of its change that the newest hour must still show: three odd hours and an ordinary one are over."""
CHANGE: Final = 0.2
"""Log change of its hours together (22 %): less waits for the evening."""
LEAST_CLICKS: Final = 20.0
"""Clicks within the episode below which nothing is said: one click would be 5 %."""
LEAST_DAYS: Final = 10
"""Earlier days with the same hours without which nobody knows how far they stray."""
OWN: Final = 0.5
"""Share of the change that must be the campaign's own, beside what the account's other campaigns did in these hours."""
PEERS: Final = 2
"""Other campaigns without which there is no account to compare with."""
SPEND_WAITS: Final = 0.5
"""The same change for spend, which edits and pacing move without harm."""

_KINDS: Final = {
    ("cpc", 1): FindingKind.CPC_RISE,
    ("cpm", 1): FindingKind.CPM_RISE,
    ("ctr", -1): FindingKind.CTR_DECLINE,
    ("spend", -1): FindingKind.SPEND_DROP,
    ("spend", 1): FindingKind.SPEND_RISE,
}


@dataclass(frozen=True, slots=True)
class _Episode:
    figure: str
    sign: int
    row: int
    start: int
    """Position of its first hour."""
    hours: int
    change: float
    """Log change over its hours."""
    se: float
    p_value: float


def intraday(agent: str, readings: Readings, found: Sequence[Finding] = ()) -> list[Finding]:
    """What campaigns show by the hour up to the newest one, besides what was `found` by the day."""
    source = hours(readings)
    if source is None:
        return []
    episodes, judged = list[_Episode](), 0
    for figure, wanted in FIGURES.items():
        logs, noise = source.figure(figure)
        seen = compared(logs, noise, HOURLY_DAYS - JUDGED_DAYS)
        for sign in (wanted,) if wanted else (-1, 1):
            episodes += _episodes(source, figure, sign, logs, noise, seen)
        judged += int(np.isfinite(seen.distance.reshape(source.size, -1)[np.arange(source.size), source.ends]).sum())
    family = np.ones(max(judged, len(episodes)))
    family[: len(episodes)] = [one.p_value for one in episodes]
    q = q_values(family) if len(family) else family
    known = {(one.kind, one.scope) for one in found}
    made = [_finding(agent, source, one, float(q[at])) for at, one in enumerate(episodes) if q[at] <= FINDING_RATE]
    return [one for one in made if (one.kind, one.scope) not in known]


def hour_sights(findings: Sequence[Finding]) -> dict[str, Sight]:
    """What hours say about figures that causes are weighed by."""
    sights: dict[str, Sight] = {}
    for one in findings:
        driver = KINDS[one.kind].driver
        if one.table == TABLE and driver in {"cpm", "ctr"}:
            low, high = (float(np.log1p(max(end, -0.999))) for end in one.interval)
            sights[driver] = Sight(log_change(one), max((high - low) / (2 * Z95), 1e-4))
    return sights


def _episodes(source: Hourly, figure: str, sign: int, logs: Floats, noise: Floats, seen: Hours) -> list[_Episode]:
    """The campaigns in which an episode of one figure is under way. Only where hours are far off, all is computed."""
    recent = slice(source.last - LOOKED_BACK - LASTS + 2, source.last + 1)
    far = sign * np.nan_to_num(seen.distance.reshape(source.size, -1)[:, recent])
    made: list[_Episode] = []
    for row in np.flatnonzero(_begins(far).any(axis=1)):
        signs = sign * np.sign(np.nan_to_num(seen.distance[row]))
        scores = (signs * agreed(logs[row], seen.distance[row])).ravel()[recent]
        for start in np.flatnonzero(_begins(scores[None])[0]) + recent.start:
            one = _episode(source, figure, sign, int(row), int(start), seen.away, noise)
            if one is not None:
                made.append(one)
                break
    return made


def _begins(scores: Floats) -> Flags:
    """[series, hours]: hours that alarm by themselves, or begin several that do so together, half as far off each."""
    together = sliding_window_view(scores, LASTS, axis=1).sum(axis=2) / np.sqrt(LASTS)
    out = scores >= ALARM
    out[:, : together.shape[1]] |= (together >= ALARM) & (scores[:, : together.shape[1]] >= ALARM / 2)
    return out


def _episode(
    source: Hourly, figure: str, sign: int, row: int, start: int, away: Floats, noise: Floats
) -> _Episode | None:
    """What began at `start`, if it lasts until now, is large, and is the campaign's own."""
    span = slice(start, int(source.ends[row]) + 1)
    flat = away.reshape(source.size, -1)
    off = flat[row, span]
    known = np.isfinite(off)
    lasted = int(known.sum())
    least = SPEND_WAITS if figure == "spend" else CHANGE
    if lasted < LASTS or not known[-1] or (sign * off[known] >= least / 2).mean() < MOSTLY:
        return None
    change = float(off[known].mean())
    if sign * off[known][-1] < max(least / 2, STANDS * sign * change):
        return None
    if np.nansum(source.clicks[row].ravel()[span]) < LEAST_CLICKS:
        return None
    others = _others(source, row, flat[:, span])
    if sign * change < least or sign * (change - others) < max(OWN * sign * change, least / 2):
        return None
    before = [_mean(flat[row], start - day * HOURS, lasted, span) for day in range(1, SPREAD_DAYS + 1)]
    past = np.array([one for one in before if one is not None])
    if len(past) < LEAST_DAYS:
        return None
    counting = float(noise[row].ravel()[span][known].mean()) / lasted
    se = float(np.sqrt((FROM_MAD * np.median(np.abs(past))) ** 2 + SPREAD_FLOOR**2 + counting))
    p_value = float(special.stdtr(len(past) - 1, -sign * (change - others) / se)) * STARTS
    return _Episode(figure, sign, row, start, lasted, change - others, se, min(p_value, 1.0))


def _others(source: Hourly, row: int, away: Floats) -> float:
    """What the account's other campaigns did in these hours, where there are enough of them."""
    same = (source.keys["account_id"] == source.keys["account_id"][row]).to_numpy() & (
        source.keys["platform"] == source.keys["platform"][row]
    ).to_numpy()
    same[row] = False
    known = np.isfinite(away).sum(axis=1) >= away.shape[1] / 2
    peers = np.flatnonzero(same & known)
    means: Floats = np.nanmean(away[peers], axis=1)
    return float(np.median(means)) if len(peers) >= PEERS else 0.0


def _mean(flat: Floats, start: int, lasted: int, span: slice) -> float | None:
    """The mean of the same hours of an earlier day, where most of them are known."""
    length = span.stop - span.start
    if start < 0:
        return None
    values = flat[start : start + length]
    known = np.isfinite(values)
    return float(values[known].mean()) if known.sum() >= max(lasted / 2, 1) else None


def _finding(agent: str, source: Hourly, one: _Episode, q_value: float) -> Finding:
    day, hour = source.moment(one.start)
    observed = source.paid(one.figure, one.row, slice(one.start, int(source.ends[one.row]) + 1))
    factor = float(np.exp(one.change))
    key = source.keys.row(one.row, named=True)
    now, usual = (_said(one.figure, value) for value in (observed, observed / factor))
    when = f"{hour:02d}:00" if day == source.moment(int(source.ends[one.row]))[0] else f"{hour:02d}:00 the day before"
    return Finding(
        agent=agent,
        kind=_KINDS[one.figure, one.sign],
        metric=one.figure,
        scope=Scope(**key),
        baseline=observed / factor,
        observed=observed,
        change=factor - 1,
        interval=(float(np.exp(one.change - Z95 * one.se)) - 1, float(np.exp(one.change + Z95 * one.se)) - 1),
        q_value=q_value,
        since=day,
        evidence=f"{_NAMES[one.figure]} {now} against {usual} usual, {one.hours} hours since {when}",
        table=TABLE,
    )


_NAMES: Final = {"cpc": "CPC", "cpm": "CPM", "ctr": "CTR", "spend": "spend per hour"}


def _said(figure: str, value: float) -> str:
    return f"{value:.2%}" if figure == "ctr" else f"{value:,.2f}"
