"""What finished work takes away from an incident."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.demo.grid import Grid
from app.demo.levers import Work
from app.demo.noise import Days, Floats
from app.demo.world import Decoy, Incident
from domain.signal import Cause

CURES: Mapping[Cause | Decoy, Mapping[str, tuple[float, int]]] = {
    Cause.CREATIVE_FATIGUE: {"refresh_creative": (1.0, 3)},
    Cause.AUDIENCE_DECLINE: {"refresh_creative": (0.85, 4), "retention_flow": (0.2, 5), "update_promise": (0.3, 4)},
    Cause.AUDIENCE_SATURATION: {"rotate_audience": (0.9, 4)},
    Cause.TRACKING_OUTAGE: {"fix_tracking": (1.0, 1)},
    Cause.LANDING_PAGE_BREAK: {"fix_landing_page": (1.0, 1)},
    Cause.OFFER_DECAY: {"update_promise": (0.85, 5)},
}
"""Which work relieves what: the part relieved and over how many days. Work done before the onset cures nothing."""
FLOW_RELIEF = (0.9, 5)
"""A retention flow brings nine tenths of a segment's lost engagement back over five days."""
SPILL = 0.4
"""What a fresh ad relieves in the other ads of its campaign: the same people are shown the old ones less often."""


@dataclass(frozen=True, slots=True)
class Left:
    """The part of an incident left by day: 1 untouched, 0 cured."""

    rows: Floats
    campaigns: Floats
    owned: Floats
    """By segment, on owned channels."""


def left_of(incident: Incident, grid: Grid, days: Days, work: tuple[Work, ...]) -> Left:
    """What is left of an incident after the work done since it began."""
    left = Left(
        rows=np.ones((len(days), len(grid.row_ad))),
        campaigns=np.ones((len(days), len(grid.world.campaigns))),
        owned=np.ones((len(days), len(grid.world.segments))),
    )
    for item in work:
        if item.done_on < incident.start:
            continue
        relief, over = CURES.get(incident.kind, {}).get(item.task, (0.0, 1))
        here = grid.world.temper.relief_of(item.task, item.entity, item.done_on)
        grown = here * relief * item.grown(days, over)[:, None]
        left.rows[:] *= 1 - grown * _row_reach(incident, grid, item)
        left.campaigns[:] *= 1 - grown * np.array([item.covers(campaign) for campaign in grid.world.campaigns])
        if item.task == "retention_flow":
            part, over = FLOW_RELIEF
            mine = np.array([item.ident == segment.id for segment in grid.world.segments])
            left.owned[:] *= 1 - here * part * item.grown(days, over)[:, None] * mine
    return left


def _row_reach(incident: Incident, grid: Grid, item: Work) -> Floats:
    match item.task:
        case "refresh_creative":
            spill = SPILL if incident.kind is Cause.AUDIENCE_DECLINE else 0.0
            return np.where(grid.rows_of_ad(item.ident), 1.0, spill * grid.rows_of_siblings(item.ident))
        case "retention_flow":
            return grid.rows_of_segment(item.ident).astype(np.float64)
        case _:
            return grid.rows_covered(item).astype(np.float64)
