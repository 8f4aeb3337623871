"""History swept day by day exactly as it would have happened, with nobody deciding. Needs no database and no Slack."""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, timedelta
from typing import Any

from domain.finding import Finding
from domain.operating_model import OperatingModel
from domain.ports import Source
from domain.proposal import Forecast, Proposal
from domain.scope import Scope
from domain.signal import Signal, SignalEvent
from domain.verdict import Verdict
from graph import sweep
from graph.desk import Desk
from memory.notebook import Notebook
from memory.proposals import Asked

_IN_A_SCOPE = ("platform", "account_id", "campaign_id", "ad_id", "segment_id")


async def replay(
    source: Source, model: OperatingModel, desk: Desk, first: date, last: date
) -> AsyncGenerator[tuple[date, tuple[dict[str, Any], ...]]]:
    """The events of each day in turn, as the public contract spells them. Days without any come too."""
    book, day = Notebook(), first
    while day <= last:
        run = sweep.Sweep(model=model, source=source, desk=desk, book=book, now=model.swept(day).at)
        events = await sweep.run(run, day)
        yield day, tuple(event_json(event, _pairs(book.asked(event.signal.id))) for event in events)
        day += timedelta(days=1)


def event_json(event: SignalEvent, asked: Sequence[tuple[Proposal, Verdict]]) -> dict[str, Any]:
    """One event as JSON, with the ids that do not apply as null."""
    signal = event.signal
    line: dict[str, Any] = {
        "as_of": event.as_of.isoformat(),
        "event": event.event.value,
        "signal_id": signal.id,
        "cause": signal.cause.value,
        "confidence": round(signal.confidence, 4),
        "scope": _place(signal.scope),
        "headline": signal.headline,
        "at_stake_per_day": str(signal.at_stake_per_day),
        "currency": signal.currency,
        "since": signal.since.isoformat(),
        "ruled_out": [{"cause": one.cause.value, "because": one.because} for one in signal.ruled_out],
        "findings": [_claim(finding) for finding in signal.findings],
        "owners": list(signal.owners),
        "actions": [_question(proposal, verdict) for proposal, verdict in asked],
    }
    if event.reason is not None:
        line["reason"] = event.reason.value
    return line | _more(signal)


def _more(signal: Signal) -> dict[str, Any]:
    """What the contract does not ask for, and a reader may want."""
    return {"version": signal.version, "opened_on": signal.opened_on.isoformat(), "gaps": list(signal.gaps)}


def _place(scope: Scope) -> dict[str, str | None]:
    named = dict(scope.ids())
    return {name: named.get(name) for name in _IN_A_SCOPE} | named


def _claim(finding: Finding) -> dict[str, Any]:
    return {
        "agent": finding.agent,
        "kind": finding.kind.value,
        "metric": finding.metric,
        "scope": dict(finding.scope.ids()),
        "baseline": finding.baseline,
        "observed": finding.observed,
        "change": finding.change,
        "interval": list(finding.interval),
        "q_value": finding.q_value,
        "since": finding.since.isoformat(),
        "evidence": finding.evidence,
    }


def _pairs(asked: Sequence[Asked]) -> list[tuple[Proposal, Verdict]]:
    return [(one.proposal, one.verdict) for one in asked]


def _question(proposal: Proposal, verdict: Verdict) -> dict[str, Any]:
    return {
        "kind": proposal.action.kind,
        "owner": proposal.owner,
        "verdict": verdict.kind,
        "forecast": _forecast(proposal.forecast),
        "action": proposal.action.model_dump(mode="json"),
    }


def _forecast(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    return {
        "metric": forecast.metric,
        "change": forecast.change,
        "interval": list(forecast.interval),
        "basis": forecast.basis,
        "now": forecast.now,
        "baseline": forecast.baseline,
        "baseline_interval": forecast.baseline_interval and list(forecast.baseline_interval),
        "expected": forecast.expected,
        "expected_interval": forecast.expected_interval and list(forecast.expected_interval),
    }
