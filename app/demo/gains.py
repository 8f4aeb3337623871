"""What finished work does by itself, whether or not anything was wrong."""

from collections.abc import Mapping

import numpy as np

from app.demo.effects import Moves
from app.demo.grid import Grid
from app.demo.levers import Work
from app.demo.noise import Days, Noise
from app.demo.world import Theme

_LEFT_BEHIND = 0.15
"""Part of a rotated segment's impressions that stays where it was."""
_BEST_RANK = 5.0
_CLIMB_DAYS = 12


def gain(into: Moves, grid: Grid, days: Days, work: tuple[Work, ...], noise: Noise) -> None:
    """Add what each piece of work brings."""
    for item in work:
        match item.task:
            case "refresh_creative":
                _fresh_ad(into, grid, days, item, noise)
            case "rotate_audience":
                _rotate(into, grid, days, item)
            case "write_brief":
                _climb(into, grid, days, item)
            case "roll_out_test":
                _roll_out(into, grid, days, item)
            case _:
                pass


def _fresh_ad(into: Moves, grid: Grid, days: Days, item: Work, noise: Noise) -> None:
    """A new creative: its own appeal (95 to 110 % of the first one's), a fresh frequency, and the platform's favour."""
    mine = grid.ad_mask(item.ident)
    appeal = float(np.log(0.95 + 0.15 * noise.once("appeal", item.entity, item.done_on)))
    age = np.maximum(days - item.done_on.toordinal(), 0)
    shown = days >= item.done_on.toordinal()
    into.ctr[:] += appeal * item.grown(days, 3)[:, None] * mine[grid.row_ad]
    into.ad_frequency[:] -= (0.25 * np.exp(-age / 10) * shown)[:, None] * mine
    into.favour[:] += (0.5 * np.exp(-age / 14) * item.grown(days, 4))[:, None] * mine


def _rotate(into: Moves, grid: Grid, days: Days, item: Work) -> None:
    """Hand most of one segment's impressions to another, over three days, within each ad of the campaign."""
    moved = (1 - _LEFT_BEHIND) * item.grown(days, 3)
    giving = grid.rows_covered(item) & grid.rows_of_segment(item.details.get("from_segment", ""))
    taking = grid.rows_of_segment(item.details.get("to_segment", ""))
    for giver in np.flatnonzero(giving & ~taking):
        for taker in np.flatnonzero(taking & (grid.row_ad == grid.row_ad[giver])):
            given = into.weight[:, giver] * moved
            into.weight[:, giver] -= given
            into.weight[:, taker] += given


def _climb(into: Moves, grid: Grid, days: Days, item: Work) -> None:
    """A written page climbs three quarters of the way to rank 5 within twelve days."""
    ours = np.array([_is_about(theme, item.ident, item.details) for theme in grid.world.themes], dtype=bool)
    far = np.array([max(theme.position - _BEST_RANK, 0.0) for theme in grid.world.themes])
    gained = 0.75 * item.grown(days, _CLIMB_DAYS)[:, None] * far * ours
    into.position[:] = np.minimum(into.position, -gained)


def _is_about(theme: Theme, ident: str, details: Mapping[str, str]) -> bool:
    return theme.query in {ident, details.get("theme")} or theme.page == (details.get("page") or None)


def _roll_out(into: Moves, grid: Grid, days: Days, item: Work) -> None:
    """The arm's true rate against the first arm's, for everybody on the site."""
    for trial in grid.world.trials:
        rates = dict(trial.arms)
        rate = rates.get(item.details.get("arm", ""))
        if trial.id == item.ident and rate:
            into.cvr[:] += np.log(rate / trial.arms[0][1]) * item.grown(days, 1)[:, None]
