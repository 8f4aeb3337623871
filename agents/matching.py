"""Today's signals against the open ones: one incident stays one signal while it grows, moves and ends."""

from collections.abc import Sequence
from datetime import date, timedelta

from agents.causes import PROFILES
from agents.combine import Combined
from agents.draft import log_change
from agents.incidents import follows_segment, segment_shares, strong
from agents.kinds import KINDS
from agents.levels import left_of
from agents.pacing import follows_trouble
from agents.thresholds import (
    ECHO_DAYS,
    EXPIRE_DAYS,
    FORGET_DAYS,
    RECOVERED_SHARE,
    SEVERITY_STEP,
    UPDATE_CONFIDENCE,
    UPDATE_GAP,
    UPDATE_MARGIN,
)
from domain.finding import FindingKind
from domain.reading import Readings
from domain.scope import Grain
from domain.signal import Cause, CloseReason, EventKind, Signal, SignalEvent


def match(
    combined: Combined, open_signals: Sequence[Signal], readings: Readings, today: date
) -> tuple[SignalEvent, ...]:
    """What happened to the signals today: opened, updated, held, closed. An unchanged signal makes no event.

    `held` events are those of `combined`, which tells each only on its first day; matching keeps no memory of them.
    """
    left = list(open_signals)
    events: list[SignalEvent] = []
    kept: set[str] = set()
    for made in sorted(combined.signals, key=lambda one: -one.confidence):
        known = [old for old in left if same_incident(old, made)]
        if not known and (told := next((old for old in left if explains(old, made, readings)), None)):
            kept |= {told.id} if made.cause is not Cause.PACING_DRIFT else set()
            continue
        if not known:
            opened = made.model_copy(update={"opened_on": today})
            events.append(SignalEvent(as_of=today, event=EventKind.OPENED, signal=opened))
            left.append(opened)
            kept.add(opened.id)
            continue
        first = min(known, key=lambda old: (old.opened_on, old.id))
        if first.id not in kept:
            kept.add(first.id)
            if changed(first, made, today):
                update = _next(first, made)
                events.append(SignalEvent(as_of=today, event=EventKind.UPDATED, signal=update))
                left[left.index(first)] = update
        for other in known:
            if other is not first and other.id not in kept and made.scope.contains(other.scope):
                kept.add(other.id)
                left.remove(other)
                events.append(_closed(other, CloseReason.EXPIRED, today))
    for old in open_signals:
        if old.id in kept or any(same_incident(old, made) for made in combined.faint):
            continue
        reason = _over(old, readings, today)
        if reason is not None:
            events.append(_closed(old, reason, today))
    return tuple(events) + combined.held


def _over(old: Signal, readings: Readings, today: date) -> CloseReason | None:
    """Why a signal without fresh evidence closes; None while it stays open."""
    remaining = left_of(old, readings)
    if remaining is not None:
        return CloseReason.RECOVERED if remaining <= RECOVERED_SHARE else None
    return CloseReason.EXPIRED if (today - max(old.as_of, old.since)).days >= EXPIRE_DAYS else None


def same_incident(old: Signal, new: Signal) -> bool:
    """Whether two signals speak of one thing: scopes of which one contains the other, causes that may be confused."""
    if old.scope == new.scope and old.cause is new.cause:
        return True
    nested = old.scope.contains(new.scope) or new.scope.contains(old.scope)
    if not nested or not (old.scope.account_id and new.scope.account_id):
        return False
    if old.cause is new.cause:
        return True
    if Cause.UNEXPLAINED in {old.cause, new.cause}:
        return bool({_about(one) for one in old.findings} & {_about(one) for one in new.findings})
    return bool(PROFILES[old.cause].families & PROFILES[new.cause].families)


def explains(old: Signal, made: Signal, readings: Readings) -> bool:
    """Whether all that drives a new signal follows from one that is open: it is its echo, no second incident.

    A segment that responds less moves the campaigns it is reached by, and their longer windows still show that when
    the segment itself is already back; what spends less, or pays more for its results, where something is already wrong
    is not off its plan by itself.
    """
    began = old.since - timedelta(days=ECHO_DAYS)
    driving = [one for one in made.findings if KINDS[one.kind].driver and not KINDS[one.kind].accompanies]
    if not driving or any(one.since < began for one in driving):
        return False
    if made.cause is Cause.PACING_DRIFT:
        return follows_trouble(made.findings[0], old.cause, old.scope, old.findings, readings)
    if old.cause is not Cause.AUDIENCE_DECLINE or made.scope.grain not in {Grain.CAMPAIGN, Grain.ACCOUNT}:
        return False
    shares = segment_shares(readings, old.scope)
    falls = [log_change(one) for one in old.findings if one.kind is FindingKind.RESPONSE_DECLINE]
    own = [one for one in driving if not follows_segment(one, old.scope, shares, min(falls, default=None))]
    # a figure's odd day beside the echo is an incident of its own only if it could open a signal alone
    return len(own) < len(driving) and not strong(own)


def _about(finding: object) -> str:
    metric = getattr(finding, "metric", "")
    return "ctr" if metric in {"ctr", "cpa", "cpc"} else str(metric)


def changed(old: Signal, new: Signal, today: date) -> bool:
    """Whether owners must be told: another cause, another scope, or a stake of another size."""
    age = (today - old.as_of).days
    if new.cause is not old.cause:
        remaining = next((one.probability for one in new.candidates if one.cause is old.cause), 0.0)
        return age >= FORGET_DAYS and new.confidence >= max(remaining + UPDATE_MARGIN, UPDATE_CONFIDENCE)
    if new.scope != old.scope and new.scope.contains(old.scope):
        return True
    if age < UPDATE_GAP:
        return False
    before, now = float(old.at_stake_per_day), float(new.at_stake_per_day)
    agents = {one.agent for one in new.findings} - {one.agent for one in old.findings}
    return bool(agents) or now > SEVERITY_STEP * before + 1 or before > SEVERITY_STEP * now + 1


def _next(old: Signal, new: Signal) -> Signal:
    """The next version: today's words under the old id."""
    kept = {"id": old.id, "version": old.version + 1, "opened_on": old.opened_on, "since": min(old.since, new.since)}
    return new.model_copy(update=kept)


def _closed(signal: Signal, reason: CloseReason, today: date) -> SignalEvent:
    return SignalEvent(
        as_of=today, event=EventKind.CLOSED, signal=signal.model_copy(update={"as_of": today}), reason=reason
    )
