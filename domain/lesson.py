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
