"""An experiment whose better arm is ahead for sure."""

from collections.abc import Iterator

import polars as pl

from agents import moves, wording
from agents.causes.profile import Profile
from agents.draft import Draft
from agents.losses import order_value
from agents.situation import Situation
from domain.action import RollOutTest
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause


def loss(draft: Draft, readings: Readings) -> float:
    """Revenue missed each day by those who do not yet see the better arm, in the test's own traffic."""
    one, rows = draft.findings[0], readings.get("experiment")
    if rows is None:
        return 0.0
    mine = rows.filter(pl.col("test_id") == one.scope.test_id)
    exposed = float(mine["exposed"].sum()) / max(one.window_days, 1)
    value = order_value(readings, Scope())
    return exposed / 2 * (one.observed - one.baseline) * value


def play(about: Situation) -> Iterator[moves.Draft]:
    """A test has decided: give everybody the arm that won."""
    ident = about.signal.scope.test_id
    frame = about.books.readings.get("experiment")
    if not ident or frame is None:
        return
    arms = frame.filter((pl.col("test_id") == ident) & (pl.col("exposed") > 0))
    if arms.height < 2:
        return
    rate = pl.col("converted") / pl.col("exposed")
    best = arms.sort(rate, "arm", descending=True).row(0, named=True)
    won = wording.share(best["converted"] / best["exposed"])
    arm = wording.quote(str(best["arm"]), 60)
    yield moves.Draft(
        RollOutTest(currency=about.currency, test_id=ident, arm=arm),
        f"Arm {arm} won with {won} of {wording.count(best['exposed'])} people converting.",
    )


PROFILE = Profile(
    cause=Cause.TEST_READY,
    name="a decided test",
    verdict="is decided",
    why="The better arm is ahead for sure, however often one looked.",
    owners=("media_lead",),
    stake_is="missed sales",
    loss=loss,
    play=play,
)
