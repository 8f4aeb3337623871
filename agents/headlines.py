"""The words of a signal: its headline, why, and what people call the ids in it."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from agents import wording
from agents.causes import PROFILES
from agents.derivation import derived
from agents.draft import Draft
from agents.kinds import KINDS
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope

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


def headline(draft: Draft, names: Mapping[str, str]) -> str:
    """The verdict in one line of at most 150 characters."""
    wanted = PROFILES[draft.cause].told
    told = [one for kind in wanted if (one := _first(draft.findings, kind))][:2] or [draft.findings[0]]
    figures = ", ".join(f"{KINDS[one.kind].figure} {wording.percent(one.change)}" for one in told)
    called, verdict = _called(draft.scope, names), PROFILES[draft.cause].verdict
    room = LONGEST - len(f" {verdict}: {figures}")
    if len(called) > room:
        called = f"{called[: max(room - 1, 1)]}…"
    return f"{called} {verdict}: {figures}"[:LONGEST]


def _first(findings: Sequence[Finding], kind: FindingKind) -> Finding | None:
    return next((one for one in findings if one.kind is kind), None)


def why(draft: Draft) -> str:
    """One or two sentences a busy lead understands. Who saw it and since when is said next to it, not in it."""
    words = PROFILES[draft.cause].why
    return words if isinstance(words, str) else words(draft)


def stake_is(draft: Draft) -> str:
    """What its loss consists of: "wasted spend"."""
    words = PROFILES[draft.cause].stake_is
    return words if isinstance(words, str) else words(draft)


def currency_of(readings: Readings, scope: Scope, default: str) -> str:
    """The account's currency, where ad_report names it."""
    return derived(readings, ("ad_report",), "currencies", lambda: _currencies(readings)).get(scope.account_id, default)


def _currencies(readings: Readings) -> dict[str | None, str]:
    rows = readings.get("ad_report")
    if rows is None or "currency" not in rows.columns:
        return {}
    return dict(rows.select("account_id", "currency").drop_nulls().unique("account_id", keep="last").iter_rows())
