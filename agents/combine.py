"""Findings of several agents become one signal per incident: its cause, what was ruled out, what is at stake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from math import isfinite

from agents.causes import PROFILES
from agents.draft import Draft
from agents.headlines import currency_of, headline, names_of, stake_is, why
from agents.holds import holds
from agents.incidents import account_drafts, ad_drafts, campaign_drafts, lead, other_drafts, segment_drafts
from agents.market import under_pressure
from agents.measures import campaigns as campaign_panel
from agents.measures import status_columns
from agents.ownership import owners_of
from agents.pacing import pacing_drafts
from agents.sights import GAP
from agents.thresholds import OPEN_ANYWAY_DAYS, OPEN_CONFIDENCE
from domain.finding import Finding
from domain.operating_model import OperatingModel
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause, EventKind, HoldReason, Signal, SignalEvent


@dataclass(frozen=True, slots=True)
class Combined:
    """What one day's findings amount to."""

    signals: tuple[Signal, ...]
    """Strong enough to open a signal."""
    held: tuple[SignalEvent, ...] = ()
    """Noticed on this day for the first time, but explained or not yet judgeable."""
    faint: tuple[Signal, ...] = ()
    """Not enough to open a signal, enough to keep an open one from closing."""


def combine(findings: Sequence[Finding], readings: Readings, today: date, model: OperatingModel) -> Combined:
    """Join findings that belong to one object, weigh the causes, hold back what cannot be judged yet."""
    findings = tuple(findings)
    drafts = drafts_of(findings, readings)
    learning = learning_campaigns(readings)
    signals: list[Signal] = []
    faint: list[Signal] = []
    held = list(holds(readings, today, model))
    for draft in drafts:
        made = signal_of(draft, readings, today, model)
        settled = PROFILES[made.cause].certain_while_learning
        if draft.scope.campaign_id in learning and not settled:
            if draft.opens and draft.scope.campaign_id in learning and learning[draft.scope.campaign_id or ""] == today:
                held.append(
                    SignalEvent(as_of=today, event=EventKind.HELD, signal=made, reason=HoldReason.LEARNING_PHASE)
                )
            faint.append(made)
        else:
            (signals if draft.opens and _told_apart(draft, today) else faint).append(made)
    return Combined(tuple(signals), tuple(held), tuple(faint))


def _told_apart(draft: Draft, today: date) -> bool:
    """Whether the cause is clear enough to be shown, or has had a week to become so."""
    waited = (today - lead(draft.findings).since).days + 1
    return draft.ranking.confidence >= OPEN_CONFIDENCE or waited >= OPEN_ANYWAY_DAYS


def drafts_of(findings: Sequence[Finding], readings: Readings) -> list[Draft]:
    """Whole accounts first, then segments and ads, then campaigns with what is left."""
    accounts = account_drafts(findings, readings)
    explained = {at for draft in accounts if draft.opens for at in draft.absorbed}
    left = [one for at, one in enumerate(findings) if at not in explained]
    segments = segment_drafts(left, readings)
    ads = ad_drafts(left, readings)
    whole = campaign_drafts(left, readings, [*segments, *ads])
    accounts, whole = ([under_pressure(draft, findings, readings) for draft in some] for some in (accounts, whole))
    drafts = [*accounts, *segments, *ads, *whole, *other_drafts(left)]
    return [*drafts, *pacing_drafts(left, readings, drafts)]


def signal_of(draft: Draft, readings: Readings, today: date, model: OperatingModel) -> Signal:
    """A draft as its owners will see it."""
    first = lead(draft.findings)
    names = names_of(readings, [draft.scope, *(one.scope for one in draft.findings)])
    gaps = tuple(dict.fromkeys(draft.gaps + _missing(draft, readings)))
    return Signal(
        id=signal_id(draft.cause, draft.scope, first.since),
        cause=draft.cause,
        confidence=draft.ranking.confidence,
        scope=draft.scope,
        headline=headline(draft, names),
        why=why(draft),
        at_stake_per_day=_stake(draft, readings),
        stake_is=stake_is(draft),
        currency=currency_of(readings, draft.scope, model.currency),
        since=first.since,
        opened_on=today,
        as_of=today,
        findings=draft.findings,
        candidates=draft.ranking.candidates,
        ruled_out=draft.ranking.ruled_out,
        owners=owners_of(draft.cause, draft.findings, model),
        names=names,
        gaps=gaps,
    )


def _stake(draft: Draft, readings: Readings) -> Decimal:
    """Expected loss or missed gain per day while nothing is done, to the cent."""
    loss = PROFILES[draft.cause].loss(draft, readings)
    known = max(loss, 0.0) if isfinite(loss) else 0.0  # revenue that is no number is no loss that could be counted
    return Decimal(str(round(known, 2))).quantize(Decimal("0.01"))


def signal_id(cause: Cause, scope: Scope, since: date) -> str:
    """The same incident gets the same id on every machine."""
    return f"sig_{sha256(f'{cause}|{scope.key}|{since}'.encode()).hexdigest()[:12]}"


def _missing(draft: Draft, readings: Readings) -> tuple[str, ...]:
    paid = draft.scope.grain in {Grain.AD, Grain.CAMPAIGN, Grain.ACCOUNT, Grain.SEGMENT} and draft.cause not in {
        Cause.ENGAGEMENT_DROP,
        Cause.RETENTION_DROP,
    }
    return (GAP["calendar"],) if paid and readings.get("calendar") is None else ()


def learning_campaigns(readings: Readings) -> dict[str, date]:
    """Campaigns in their learning phase, with the first day of it."""
    if readings.get("campaign_status") is None:
        return {}
    source = campaign_panel(readings)
    learning = status_columns(readings)[2]
    out: dict[str, date] = {}
    for row in [at for at in range(source.size) if learning[at, -1]]:
        days = 1
        while days < source.days and learning[row, -1 - days]:
            days += 1
        out[str(source.keys["campaign_id"][row])] = readings.as_of - timedelta(days=days - 1)
    return out
