"""An experiment whose better arm is ahead for sure."""

from collections.abc import Iterator

from agents import moves, wording
from agents.causes.profile import Profile
from agents.draft import Draft
from agents.losses import order_value
from agents.situation import Situation
from agents.trials import trial
from domain.action import RollOutTest
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause


def loss(draft: Draft, readings: Readings) -> float:
    """Revenue missed each day by those in the test who do not yet see the better arm."""
    one = draft.findings[0]
    known = trial(readings.get("experiment"), one.scope.test_id)
    if known is None or known.readout.winner is None:
        return 0.0
    won = known.readout.winner
    missed = sum((won.rate - arm.rate) * arm.exposed for arm in (known.control, *known.arms) if arm.exposed > 0)
    return missed / max(one.window_days, 1) * order_value(readings, Scope())


def play(about: Situation) -> Iterator[moves.Draft]:
    """A test has decided: give everybody the arm that won."""
    known = trial(about.books.readings.get("experiment"), about.signal.scope.test_id)
    if known is None:
        return
    # what was decided once stays decided: a later day's figures may only say it a little less clearly
    won = known.readout.winner or max((known.control, *known.arms), key=lambda one: one.rate)
    arm = wording.quote(won.name, 60)
    yield moves.Draft(
        RollOutTest(currency=about.currency, test_id=known.test_id, arm=arm),
        f"Arm {arm} won with {wording.share(won.rate)} of {wording.count(won.exposed)} people converting.",
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
