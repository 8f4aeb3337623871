"""What is worth remembering."""

from datetime import date
from enum import StrEnum

from domain.base import Fraction, Frozen, Interval
from domain.scope import Scope
from domain.signal import Cause


class LessonKind(StrEnum):
    """The kinds of knowledge kept."""

    TEST_RESULT = "test_result"
    CREATIVE_FINDING = "creative_finding"
    AUDIENCE_INSIGHT = "audience_insight"
    CHANNEL_LESSON = "channel_lesson"
    OFFER_RESULT = "offer_result"
    SEASONAL_PATTERN = "seasonal_pattern"
    RETENTION_FINDING = "retention_finding"
    MESSAGING_LESSON = "messaging_lesson"
    WORKFLOW_ADJUSTMENT = "workflow_adjustment"
    CORRECTION = "correction"
    AGENT_ACCURACY = "agent_accuracy"


class Lesson(Frozen):
    """One thing learned, with where it holds, how strong it was, and where it comes from."""

    id: str
    """`les_` and 12 hex digits."""
    kind: LessonKind
    text: str
    """One sentence, ready to be quoted on a card: "last time, 14 March: CTR +31 % [12, 52], forecast was +25 %"."""
    scope: Scope
    cause: Cause | None = None
    action_kind: str | None = None
    metric: str | None = None
    effect: Fraction | None = None
    """Measured relative change; None where nothing was measured."""
    interval: Interval | None = None
    """95 % interval of `effect`."""
    forecast: Fraction | None = None
    size: float | None = None
    """What the action could have done at most, as forecast: see `Forecast.size`."""
    together_with: tuple[str, ...] = ()
    """Titles of what else was executed for the same signal in the same days: the effect is theirs too."""
    learned_on: date
    expires_on: date
    source: str
    """The proposal, test or person it comes from: "prop_…"."""

    @property
    def strength(self) -> float:
        """How sure it is, from 0 to 1: 1 for an effect measured exactly and alone, 0.5 for what nobody measured.

        An interval of half a whole (-20 % to +30 %) tells as little as an opinion; what was done together is told apart
        from nothing, and counts half as much above that.
        """
        if self.interval is None:
            return 0.5
        width = self.interval[1] - self.interval[0]
        sure = 1 / (1 + 2 * max(width, 0.0))
        return 0.5 + (sure - 0.5) / 2 if self.together_with and sure > 0.5 else sure


class Wanted(Frozen):
    """Which lessons a search is about; what is left open leaves nothing out."""

    scope: Scope | None = None
    """Only lessons that do not contradict it: for account a1, its own, its campaigns' and the whole company's."""
    kinds: tuple[LessonKind, ...] = ()
    """Only these kinds; none named means all."""
    holds_on: date | None = None
    """Only what was learned by that day and has not expired."""
