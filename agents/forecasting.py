"""What an action is expected to do before anyone approves it: where the figure goes by itself, what the action adds.

An action brings about some part of what it could at most: of a fall, the part it wins back; of a budget's step, the
part the cost per conversion follows. Everything is reckoned on the log scale, where a fall of a half and a doubling
weigh the same. How large the whole is comes from the readings (`wholes`, `outlook`), the part from a prior for the kind
of action (`levers`) and from what was measured here before (`statistics.shrinkage`).
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from agents.levers import LEVERS, Expectation
from agents.outlook import Outlook
from agents.statistics.normal import Z80, Z95
from agents.statistics.shrinkage import Evidence, Mixture, Prior, believed, product
from agents.wholes import SIZE_DOUBT, Ground, Whole
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.lesson import Lesson
from domain.proposal import Forecast
from domain.signal import Signal

TOO_WIDE = 0.7
"""Half an interval, on the log scale, beyond which no effect anybody forecasts would show: half or double."""
LEAST_SIZE = 0.01
"""Below this a whole (log) is too small to say which part of it came true."""


def forecast(action: Action, signal: Signal, lessons: Sequence[Lesson], ground: Ground, today: date) -> Forecast | None:
    """The expected change of the action's metric with its 80 % interval; None where nothing honest is known."""
    expects, known = LEVERS[action.kind].expects, usable(lessons, action, today)
    if expects is None or (whole := _whole(expects, action, signal, ground, known)) is None:
        return None
    prior, beside = expects.part, expects.beside
    evidence = [one for lesson in known if (one := _evidence(lesson, whole, prior)) is not None]
    part = believed(prior, evidence, signal.cause, signal.scope.platform)
    effect = product(part, whole.size, whole.sd, beside)
    low, middle, high = (math.expm1(effect.quantile(share)) for share in (0.1, 0.5, 0.9))
    plain = Forecast(
        metric=CATALOGUE[action.kind].metric,
        change=round(middle, 4),
        interval=(round(low, 4), round(high, 4)),
        basis=_basis(len(evidence)),
        days=CATALOGUE[action.kind].window_days,
        size=round(whole.size, 4),
    )
    return plain if ground.outlook is None else _with_figures(plain, ground.outlook, whole, part, beside)


def usable(lessons: Sequence[Lesson], action: Action, today: date) -> tuple[Lesson, ...]:
    """Measured effects of the same kind of action on the same metric that have not expired.

    Blunt comparisons count as far as their intervals tell, whatever they found: all are kept, so none is there only
    because it happened to be large. One that could be anything between half and double tells nothing.
    """
    return tuple(
        lesson
        for lesson in lessons
        if lesson.action_kind == action.kind
        and lesson.metric == CATALOGUE[action.kind].metric
        and lesson.effect is not None
        and lesson.interval is not None
        and lesson.effect > -1
        and lesson.interval[0] > -1
        and (math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / 2 <= TOO_WIDE
        and lesson.learned_on <= today <= lesson.expires_on
    )


def would_show(reach: float, forecast: float | None) -> bool:
    """Whether an interval of ± `reach` (log scale) excludes none when the effect is as forecast: not if it is wider."""
    expected = TOO_WIDE if forecast is None or forecast <= -1 else abs(math.log1p(forecast))
    return reach <= min(expected, TOO_WIDE)


def alike(lesson: Lesson, signal: Signal) -> int:
    """How much a lesson's circumstances resemble a signal's: one point each for the cause and the platform."""
    same_platform = lesson.scope.platform is not None and lesson.scope.platform == signal.scope.platform
    return int(lesson.cause == signal.cause) + int(same_platform)


def _whole(
    expects: Expectation[Any], action: Action, signal: Signal, ground: Ground, known: Sequence[Lesson]
) -> Whole | None:
    """What it could do at most: reckoned, or of what is only ever learnt, as much as was measured."""
    if expects.whole is not None:
        return expects.whole(action, signal, ground)
    return Whole(1.0, 0.0) if known else None


def _evidence(lesson: Lesson, whole: Whole, prior: Prior) -> Evidence | None:
    """A measured effect as the part of its whole that came true.

    Of an effect shared with other actions an unknown part is this one's: any split is as likely as any other.
    """
    assert lesson.effect is not None
    assert lesson.interval is not None
    mean = math.log1p(lesson.effect)
    sd = (math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / (2 * Z95)
    size = lesson.size
    if size is None:
        foreseen = math.log1p(lesson.forecast) if lesson.forecast is not None and lesson.forecast > -1 else None
        size = foreseen / prior.mean if foreseen is not None and prior.mean else whole.size
    if abs(size) < LEAST_SIZE:
        return None
    part = mean / size
    # by the part usually seen, not by this one: else large parts would count less than small ones
    sd = math.hypot(sd / size, SIZE_DOUBT * prior.mean)
    if others := len(lesson.together_with):
        own, own_sd = 1 / (others + 1), math.sqrt(others / (others + 2)) / (others + 1)
        part, sd = part * own, math.hypot(sd * own, part * own_sd)
    return Evidence(part, sd, lesson.cause, lesson.scope.platform)


def _with_figures(plain: Forecast, seen: Outlook, whole: Whole, part: Mixture, beside: float) -> Forecast:
    """The forecast with the metric in its own unit: now, over the window without the action, and with it."""
    idle = math.hypot(seen.usual_sd, seen.ahead_sd)
    if whole.wins_back:  # what is won back is what was lost, so how much was lost matters little in the end
        ahead, shift = -whole.size, 0.0
        left = Mixture(part.weights, 1 - part.means, part.sds)
        law = product(left, ahead, seen.ahead_sd, math.hypot(beside, seen.usual_sd))
    else:
        ahead = shift = seen.ahead
        law = product(part, whole.size, whole.sd, math.hypot(beside, idle))

    def figure(log: float) -> float:
        return round(seen.usual * math.exp(log), 6)

    return plain.model_copy(
        update={
            "now": figure(seen.now),
            "baseline": figure(ahead),
            "baseline_interval": (figure(ahead - Z80 * idle), figure(ahead + Z80 * idle)),
            # whoever holds one figure against the other finds the change that is forecast, not one a little off it
            "expected": round(figure(ahead) * (1 + plain.change), 6),
            "expected_interval": (figure(shift + law.quantile(0.1)), figure(shift + law.quantile(0.9))),
        }
    )


def _basis(measured: int) -> str:
    if not measured:
        return "a cautious first guess for this kind of change, nothing measured here yet"
    return f"from {measured} measured {'outcome' if measured == 1 else 'outcomes'} here and a cautious first guess"
