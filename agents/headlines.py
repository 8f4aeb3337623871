"""The words of a signal: its headline, why, and what people call the ids in it."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from agents import wording
from agents.derivation import derived
from agents.incidents import Draft
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause

Kind = FindingKind
PLATFORMS: Final[Mapping[str, str]] = {
    "meta": "Meta", "google": "Google", "google_ads": "Google", "tiktok": "TikTok", "linkedin": "LinkedIn",
    "pinterest": "Pinterest", "snapchat": "Snapchat", "microsoft": "Microsoft",
}  # fmt: skip
LONGEST: Final = 150


def names_of(readings: Readings, scopes: Sequence[Scope]) -> dict[str, str]:
    """What people call the ids of these scopes, each on one line: a name must not pass for a line of ours."""
    tables = ("ad_report", "segment", "experiment")
    known = derived(readings, tables, "names", lambda: _names(readings))
    wanted = {value for scope in scopes for name, value in scope.ids() if name != "platform"}
    return {ident: called for ident in sorted(wanted) if (called := wording.flat(known.get(ident) or "", LONGEST))}


def _names(readings: Readings) -> dict[str, str]:
    out: dict[str, str] = {}
    rows = readings.get("ad_report")
    if rows is not None:
        for ident, name in (("account_id", "account_name"), ("campaign_id", "campaign_name"), ("ad_id", "ad_name")):
            if name in rows.columns:
                latest = rows.group_by(ident).agg(pl.col(name).sort_by("date_day").drop_nulls().last()).drop_nulls()
                out |= dict(latest.iter_rows())
    for table, ident, name in (("segment", "segment_id", "name"), ("experiment", "test_id", "hypothesis")):
        rows = readings.get(table)
        if rows is not None and rows.height:
            out |= dict(rows.select(ident, name).drop_nulls().iter_rows())
    return out


def _called(scope: Scope, names: Mapping[str, str]) -> str:  # noqa: PLR0911 - one line per grain
    on = f" on {PLATFORMS.get(scope.platform, scope.platform)}" if scope.platform else ""
    match scope.grain:
        case Grain.AD:
            return f"{names.get(scope.ad_id or '', scope.ad_id)}{on}"
        case Grain.SEGMENT:
            return f"{names.get(scope.segment_id or '', scope.segment_id)}{on}"
        case Grain.CAMPAIGN:
            return f"{names.get(scope.campaign_id or '', scope.campaign_id)}{on}"
        case Grain.ACCOUNT:
            return f"{names.get(scope.account_id or '', scope.account_id)}{on}"
        case Grain.QUERY:
            return f"“{wording.flat(scope.query or '', 60)}”"
        case Grain.EXPERIMENT:
            return f"Test “{names.get(scope.test_id or '', scope.test_id)}”"
        case _:
            return "The company"


_VERDICT: Final[Mapping[Cause, str]] = {
    Cause.CREATIVE_FATIGUE: "is wearing out",
    Cause.AUDIENCE_SATURATION: "has saturated its audience",
    Cause.AUDIENCE_DECLINE: "responds less",
    Cause.AUCTION_PRESSURE: "pays more for the same reach",
    Cause.BUDGET_CAP: "runs out of budget",
    Cause.TRACKING_OUTAGE: "has lost its conversion tracking",
    Cause.LANDING_PAGE_BREAK: "loses people on the landing page",
    Cause.OFFER_DECAY: "convinces fewer visitors",
    Cause.RETENTION_DROP: "comes back less",
    Cause.ENGAGEMENT_DROP: "clicks less on owned channels",
    Cause.CONTENT_OPPORTUNITY: "is searched more and we rank poorly",
    Cause.COMPETITOR_MOVE: "is under pressure from a competitor",
    Cause.TEST_READY: "is decided",
    Cause.PACING_DRIFT: "is off its spending plan",
    Cause.UNEXPLAINED: "has changed and we do not know why",
}

_FIGURE: Final[Mapping[FindingKind, str]] = {
    Kind.CTR_DECLINE: "CTR",
    Kind.RESPONSE_DECLINE: "CTR",
    Kind.CPA_RISE: "cost per acquisition",
    Kind.CPC_RISE: "cost per click",
    Kind.CPM_RISE: "CPM",
    Kind.CVR_DECLINE: "conversion rate",
    Kind.CONVERSIONS_DROP: "pixel conversions per click",
    Kind.PIXEL_GAP: "tracked share of orders",
    Kind.VISIT_LOSS: "visits per click",
    Kind.FREQUENCY_RISE: "frequency",
    Kind.HOURS_SERVED_DROP: "hours shown",
    Kind.SPEND_DROP: "spend",
    Kind.ENGAGEMENT_DECLINE: "message clicks",
    Kind.UNSUBSCRIBE_RISE: "unsubscribes",
    Kind.RETENTION_DECLINE: "retention",
    Kind.DEMAND_RISE: "searches",
    Kind.TEST_DECIDED: "better arm",
}

_TOLD: Final[Mapping[Cause, tuple[FindingKind, ...]]] = {
    Cause.CREATIVE_FATIGUE: (Kind.CTR_DECLINE, Kind.FREQUENCY_RISE),
    Cause.AUDIENCE_SATURATION: (Kind.CVR_DECLINE, Kind.FREQUENCY_RISE, Kind.CPM_RISE),
    Cause.AUDIENCE_DECLINE: (Kind.RESPONSE_DECLINE, Kind.ENGAGEMENT_DECLINE),
    Cause.AUCTION_PRESSURE: (Kind.CPM_RISE,),
    Cause.BUDGET_CAP: (Kind.HOURS_SERVED_DROP,),
    Cause.TRACKING_OUTAGE: (Kind.PIXEL_GAP, Kind.CONVERSIONS_DROP),
    Cause.LANDING_PAGE_BREAK: (Kind.CVR_DECLINE, Kind.VISIT_LOSS),
    Cause.OFFER_DECAY: (Kind.CVR_DECLINE,),
}
"""Which findings a headline quotes, at most two; for other causes the clearest one."""

_WHY: Final[Mapping[Cause, str]] = {
    Cause.CREATIVE_FATIGUE: "The ad falls behind its siblings while the same people see it more and more often.",
    Cause.AUDIENCE_SATURATION: "The same people see the campaign more often, at a higher price, and fewer convert.",
    Cause.AUDIENCE_DECLINE: "The same people respond less to our ads and our messages; acquisition gets dearer.",
    Cause.AUCTION_PRESSURE: "Impressions cost more while frequency, clicks and conversions hold: others bid more.",
    Cause.BUDGET_CAP: "The daily budget is used up before the day is over, and the rest of the day is missed.",
    Cause.TRACKING_OUTAGE: "The pixel counts fewer conversions than are made: the tracking broke, not the demand.",
    Cause.LANDING_PAGE_BREAK: "People click as before, but fewer reach the page or order on it.",
    Cause.OFFER_DECAY: "People click and arrive as before, but fewer order: the offer convinces less.",
    Cause.RETENTION_DROP: "Fewer customers of this segment come back than its cohorts used to.",
    Cause.ENGAGEMENT_DROP: "The segment clicks less on our own messages while it responds to ads as before.",
    Cause.CONTENT_OPPORTUNITY: "More people search for this than usual, and our page is placed too low to be seen.",
    Cause.COMPETITOR_MOVE: "A competitor's move coincides with the change.",
    Cause.TEST_READY: "The better arm is ahead for sure, however often one looked.",
    Cause.PACING_DRIFT: "Spend is off the plan.",
    Cause.UNEXPLAINED: "The change is real, but no known cause fits all figures.",
}


def headline(draft: Draft, names: Mapping[str, str]) -> str:
    """The verdict in one line of at most 150 characters."""
    wanted = _TOLD.get(draft.cause, ())
    told = [one for kind in wanted if (one := _first(draft.findings, kind))][:2] or [draft.findings[0]]
    figures = ", ".join(f"{_FIGURE.get(one.kind, one.metric)} {wording.percent(one.change)}" for one in told)
    called, verdict = _called(draft.scope, names), _VERDICT[draft.cause]
    room = LONGEST - len(f" {verdict}: {figures}")
    if len(called) > room:
        called = f"{called[: max(room - 1, 1)]}…"
    return f"{called} {verdict}: {figures}"[:LONGEST]


def _first(findings: Sequence[Finding], kind: FindingKind) -> Finding | None:
    return next((one for one in findings if one.kind is kind), None)


def why(draft: Draft) -> str:
    """One or two sentences a busy lead understands. Who saw it and since when is said next to it, not in it."""
    words = _WHY[draft.cause]
    if draft.cause is Cause.CREATIVE_FATIGUE:
        falls = "The ad falls behind its siblings" if draft.scope.ad_id else "Fewer people click the campaign's ads"
        again = " while the same people see it more and more often" if draft.scope.ad_id else " the more they see them"
        return f"{falls}{again if _first(draft.findings, Kind.FREQUENCY_RISE) else ''}."
    if draft.cause is Cause.AUDIENCE_DECLINE and not _first(draft.findings, Kind.ENGAGEMENT_DECLINE):
        return "The same people respond less to our ads than before, and other segments do not."
    if draft.cause is Cause.AUDIENCE_DECLINE and not _first(draft.findings, Kind.CPA_RISE):
        return "The same people respond less to our ads and our messages, and other segments do not."
    return words


def currency_of(readings: Readings, scope: Scope, default: str) -> str:
    """The account's currency, where ad_report names it."""
    return derived(readings, ("ad_report",), "currencies", lambda: _currencies(readings)).get(scope.account_id, default)


def _currencies(readings: Readings) -> dict[str | None, str]:
    rows = readings.get("ad_report")
    if rows is None or "currency" not in rows.columns:
        return {}
    return dict(rows.select("account_id", "currency").drop_nulls().unique("account_id", keep="last").iter_rows())
