"""From moves to findings: which of many series say something, bounded by a false discovery rate, put into words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from agents.kinds import KINDS
from agents.measures import Measure
from agents.statistics.arrays import Flags, Floats, Ints, days_from_end
from agents.statistics.discoveries import q_values
from agents.statistics.moves import WINDOWS, Moves, is_over, onset
from agents.statistics.normal import Z95
from agents.statistics.panel import codes_of
from agents.thresholds import (
    FINDING_RATE,
    OWN_SHARE,
    STILL_ERRORS,
    STILL_SHARE,
    STILL_WEEK_ERRORS,
    WINDOW_LOOKS,
)
from domain.finding import Finding, FindingKind
from domain.scope import Scope

LOOK: Final = WINDOWS.index(3)
WEEK: Final = WINDOWS.index(7)
"""The windows that must still show a longer move, or it is over."""
LARGEST: Final = 50.0
"""Log change beyond which a figure is a slip of somebody's data: its exponential stays a number one can reckon with."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The series of one measure that moved, with the window that shows it best."""

    measure: Measure
    kind: FindingKind
    down: bool
    window: Ints
    """[series] index into WINDOWS."""
    q: Floats
    clear: Flags
    """[series] whether it is a finding."""
    change: Floats
    """[series] log change in that window."""
    se: Floats


def claims(
    measure: Measure, kind: FindingKind, *, down: bool, among: Flags | None = None, lasting: Moves | None = None
) -> Claims:
    """Which series of a measure moved in one direction, materially, clearly and still.

    `among` limits the family: what is too small to be judged is not part of the multiplicity either. `lasting`: the
    same series by whose days to say whether the move goes on, where its own days are judged too leniently for that.
    """
    found = measure.moves
    return pick(
        measure,
        kind,
        found.change,
        found.se,
        found.raw,
        found.p_down if down else found.p_up,
        down=down,
        among=among,
        persisting=lasting or found,
    )


def pick(
    measure: Measure,
    kind: FindingKind,
    change: Floats,
    se: Floats,
    raw: Floats,
    p_value: Floats,
    *,
    down: bool,
    among: Flags | None = None,
    persisting: Moves | None = None,
) -> Claims:
    """The same for changes that come from somewhere else than the measure's own moves. All arrays [windows, series]."""
    sign = -1.0 if down else 1.0
    material = KINDS[kind].material
    size, size_raw = sign * change, sign * raw
    real = (size >= material) & (size_raw >= np.maximum(material / 2, OWN_SHARE * size))
    real[0] &= size[0] >= KINDS[kind].sudden
    still = (size[LOOK] >= STILL_SHARE * size) & (size[LOOK] >= np.maximum(material / 2, STILL_ERRORS * se[LOOK]))
    still[WEEK + 1 :] &= (size[WEEK] >= STILL_SHARE * size[WEEK + 1 :]) & (size[WEEK] >= STILL_WEEK_ERRORS * se[WEEK])
    if persisting is not None:
        still &= _persists(persisting, sign, np.maximum(material / 2, STILL_SHARE * size))
    still[0] = True
    judged = np.where(real & still, p_value, 1.0)
    series = np.arange(change.shape[1], dtype=np.int64)
    if persisting is not None:
        _without_ended(judged, persisting, down=down)
    best = np.argmin(judged, axis=0) if change.size else np.zeros(0, dtype=np.int64)
    p = np.minimum(1.0, WINDOW_LOOKS * judged[best, series])
    judgeable: Flags = np.asarray((p_value < 1).any(axis=0), dtype=bool)
    if among is not None:
        judgeable = judgeable & among
    q = _within_accounts(p, measure, judgeable)
    clear = judgeable & (q <= FINDING_RATE)
    return Claims(measure, kind, down, best, q, clear, change[best, series], se[best, series])


def _without_ended(judged: Floats, found: Moves, *, down: bool) -> None:
    """Set p-values [windows, series] to 1 where the move of the window has ended, in it or lately."""
    for row in np.flatnonzero(WINDOW_LOOKS * judged.min(axis=0, initial=1.0) <= FINDING_RATE):
        series = int(row)
        if is_over(found, series, down=down):
            judged[:, series] = 1.0
        for at, length in enumerate(WINDOWS):
            if length >= WINDOWS[WEEK] and judged[at, series] < 1:
                ended = is_over(found, series, down=down, longest=length, within=length)
                judged[at, series] = 1.0 if ended else judged[at, series]


def _within_accounts(p: Floats, measure: Measure, judgeable: Flags) -> Floats:
    """[series] q-values, every account a family of its own: what one account suffers says nothing about another's."""
    q = np.ones(len(p))
    codes = np.zeros(len(p), dtype=np.int64)
    if "account_id" in measure.keys.columns:
        codes, _ = codes_of(measure.keys, ("account_id",))
    for family in np.unique(codes[judgeable]):
        mine = judgeable & (codes == family)
        q[mine] = q_values(p[mine])
    return q


def _persists(found: Moves, sign: float, at_least: Floats) -> Flags:
    """[windows, series]: whether two of the last three usable days lie that far off. One odd day is no move."""
    last = found.usable & (days_from_end(found.usable) < 3)
    off = sign * found.residual[None, :, :] >= at_least[:, :, None]
    return (last[None, :, :] & off).sum(axis=2) >= 2


def findings(
    agent: str,
    made: Claims,
    scope: Callable[[Mapping[str, str]], Scope],
    evidence: Callable[[float, float, float, int], str],
    *,
    metric: str | None = None,
    observed: Callable[[int, int], float] | None = None,
    detail: Callable[[int, int], str] | None = None,
    most: int = 60,
) -> list[Finding]:
    """The clearest claims as findings. `evidence` words (events, exposure, expected rate, days).

    An interval is that of the window that shows a move best, and is not corrected for having been picked: of falls by a
    quarter that are clear enough for a signal it holds 95 % where 900 events a day are usual, but 69 % where 40 are,
    as only lucky ones show there (they look like 35 %). What is to be expected next is said by the forecast.

    `observed` and `detail` (a further clause) are asked for a row and a window: its days, its index.
    """
    rows = np.flatnonzero(made.clear)
    rows = rows[np.argsort(made.q[rows], kind="stable")][:most]
    return [_finding(agent, made, int(row), scope, evidence, metric, observed, detail) for row in rows]


def _finding(
    agent: str,
    made: Claims,
    row: int,
    scope: Callable[[Mapping[str, str]], Scope],
    evidence: Callable[[float, float, float, int], str],
    metric: str | None,
    observed: Callable[[int, int], float] | None,
    detail: Callable[[int, int], str] | None,
) -> Finding:
    measure, days = made.measure, WINDOWS[int(made.window[row])]
    change, se = min(float(made.change[row]), LARGEST), float(made.se[row])
    events, exposure = measure.seen(row, days)
    now = observed(row, days) if observed else events / max(exposure, 1e-12)
    factor = float(np.exp(change))
    # a change from nothing at all was reckoned with half an event, and so is what was usual
    before = (now if events or observed else 0.5 / max(exposure, 1e-12)) / factor
    more = detail(row, int(made.window[row])) if detail else ""
    return Finding(
        agent=agent,
        kind=made.kind,
        metric=metric or measure.name,
        scope=scope(measure.keys.row(row, named=True)),
        baseline=before,
        observed=now,
        change=factor - 1,
        interval=(float(np.exp(change - Z95 * se)) - 1, float(np.exp(min(change + Z95 * se, LARGEST))) - 1),
        q_value=float(made.q[row]),
        since=measure.day(onset(measure.moves, row, down=_own_direction(made))),
        window_days=days,
        evidence=evidence(events, exposure, before, days) + more,
        table=measure.table,
    )


def _own_direction(made: Claims) -> bool:
    """A rising cost is dated by the falling rate behind it where the measure is that rate."""
    return made.down or KINDS[made.kind].dated_by_fall


def object_scope(key: Mapping[str, str]) -> Scope:
    """The scope a key names; empty ids are left out."""
    return Scope(**{name: value for name, value in key.items() if value and name in Scope.model_fields})
