"""Findings that belong to one object become one draft of a signal, with its causes weighed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from agents.causes import PROFILES, Place, priors, signatures
from agents.draft import Draft, Sight, log_change
from agents.intraday import hour_sights
from agents.kinds import KINDS
from agents.measures import (
    Measure,
    campaign_click_rate,
    campaign_cpm,
    campaign_order_rate,
    campaign_pixel_ratio,
    campaigns,
    cell_click_rate,
    segment_leaves,
)
from agents.measures.hourly import TABLE as HOURLY
from agents.sights import (
    GAP,
    account_scope,
    account_sights,
    ad_sights,
    campaign_sights,
    click_rate_without,
    segment_sights,
    wear_odds,
    window_index,
)
from agents.statistics.arrays import Flags
from agents.thresholds import (
    ALONG,
    FATIGUE_FREQUENCY,
    FREQUENCY_ERRORS,
    HALF_TOLD_RATE,
    JOINT_RATE,
    MOST_CAMPAIGNS,
    REACHED_SHARE,
    SOLE_RATE,
    STILL_SHARE,
    TYPICAL_ALONG,
    UNEXPLAINED_AD_DAYS,
    UNEXPLAINED_CHANGE,
    UNEXPLAINED_DAYS,
    UNEXPLAINED_RATE,
)
from agents.weighing import only, weigh
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause

Kind = FindingKind


def strong(findings: Iterable[Finding]) -> bool:
    """Whether independent figures together are clear enough: the product of each figure's best q."""
    best: dict[str, float] = {}
    for one in findings:
        driver = KINDS[one.kind].driver
        if driver:
            best[driver] = min(one.q_value, best.get(driver, 1.0))
    joint = [q for q in best.values() if q <= JOINT_RATE]
    return bool(best) and (min(best.values()) <= SOLE_RATE or (len(joint) > 1 and float(np.prod(joint)) <= SOLE_RATE))


def lead(findings: Sequence[Finding]) -> Finding:
    """The clearest finding; among equally clear ones the larger change."""
    return min(findings, key=lambda one: (one.q_value, -abs(one.change)))


def segment_drafts(findings: Sequence[Finding], readings: Readings) -> list[Draft]:
    """One draft per segment whose response, engagement or retention moved."""
    kinds = {Kind.RESPONSE_DECLINE, Kind.ENGAGEMENT_DECLINE, Kind.RETENTION_DECLINE}
    groups: dict[tuple[str | None, str], list[Finding]] = {}
    for one in findings:
        if one.kind in kinds and one.scope.segment_id:
            groups.setdefault((one.scope.account_id, one.scope.segment_id), []).append(one)
    drafts: list[Draft] = []
    for (account, segment), own in groups.items():
        paid = next((one.scope for one in own if one.kind is Kind.RESPONSE_DECLINE), None)
        scope = paid or _paid_scope(readings, account, segment)
        first = lead(own)
        sights = segment_sights(readings, scope, window_index(first.window_days))
        for one in own:
            sights |= _as_found(one)
        ranking = weigh(sights, signatures(Place.SEGMENT))
        gaps = [GAP[table] for table in ("lifecycle_report",) if readings.get(table) is None]
        with_more = own + [
            one for one in findings
            if one.kind is Kind.UNSUBSCRIBE_RISE and (one.scope.account_id, one.scope.segment_id) == (account, segment)
        ]  # fmt: skip
        opens = strong(own) and _lasted(first, ranking.cause)
        opens = opens and (ranking.cause is not Cause.AUDIENCE_DECLINE or _across_campaigns(scope, first, readings))
        if ranking.cause is Cause.AUDIENCE_DECLINE and not gaps and len({one.agent for one in own}) == 1:
            opens = opens and first.q_value <= HALF_TOLD_RATE
        opens = opens and (ranking.cause is not Cause.UNEXPLAINED or _clear_without_cause(first))
        window = window_index(first.window_days)
        draft = Draft(scope, ranking, tuple(with_more), sights, window, tuple(gaps), opens)
        drafts.append(_with_paid(draft, findings, readings))
    return drafts


def _across_campaigns(scope: Scope, first: Finding, readings: Readings) -> bool:
    """Whether a segment still responds less without the campaign in which it fell most: else that is what fell."""
    cells = cell_click_rate(readings)
    mine = (cells.keys["segment_id"] == (scope.segment_id or "")).to_numpy()
    mine &= (cells.keys["account_id"] == (scope.account_id or "")).to_numpy()
    window = window_index(first.window_days)
    mine &= cells.moves.expected[window] > 0
    if mine.sum() < 2 or first.kind is not Kind.RESPONSE_DECLINE:
        return True
    fall, weight = cells.moves.change[window, mine], cells.moves.expected[window, mine]
    others = np.arange(len(fall)) != int(np.argmin(fall * weight))
    rest = float((fall * weight)[others].sum() / weight[others].sum())
    return rest <= STILL_SHARE * log_change(first)


def _paid_scope(readings: Readings, account: str | None, segment: str) -> Scope:
    _, keys = segment_leaves(readings)
    rows = keys.filter((keys["segment_id"] == segment) & (keys["account_id"] == (account or "")))
    platform = rows["platform"][0] if rows.height else None
    return Scope(platform=platform, account_id=account, segment_id=segment)


def _as_found(one: Finding) -> dict[str, Sight]:
    name = KINDS[one.kind].seen_in_segment
    if name is None:
        return {}
    low, high = (float(np.log1p(max(end, -0.999))) for end in one.interval)
    return {name: Sight(log_change(one), max((high - low) / 3.92, 1e-4))}


def _with_paid(draft: Draft, findings: Sequence[Finding], readings: Readings) -> Draft:
    """A declining audience takes along what campaigns that reach it show: dearer results, fewer clicks on its ads."""
    if draft.cause is not Cause.AUDIENCE_DECLINE:
        return draft
    shares = segment_shares(readings, draft.scope)
    response = draft.sights.get("response")  # lacking where the segment's ads have too few figures
    fall = response.change if response else None
    taken = {
        at
        for at, one in enumerate(findings)
        if one not in draft.findings and follows_segment(one, draft.scope, shares, fall)
    }
    extra = tuple(sorted((findings[at] for at in taken), key=lambda one: (one.kind.value, one.q_value)))
    return replace(draft, findings=draft.findings + extra, absorbed=frozenset(taken))


def follows_segment(one: Finding, segment: Scope, shares: Collection[str], fall: float | None) -> bool:
    """Whether a finding is what a segment that responds less does to what reaches it.

    That is its own cells, the campaigns in `shares`, the whole account. `fall` is the segment's log change: orders per
    click may fall along, but not further.
    """
    if one.scope.account_id != segment.account_id:
        return False
    if one.scope.segment_id == segment.segment_id and one.kind in {Kind.CTR_DECLINE, Kind.CPC_RISE}:
        return True
    inside = one.scope.grain is Grain.CAMPAIGN and one.scope.campaign_id in shares
    soft = one.kind in {Kind.CPA_RISE, Kind.CPC_RISE, Kind.CTR_DECLINE}
    mild = one.kind is Kind.CVR_DECLINE and fall is not None and log_change(one) > fall
    return (inside or one.scope.grain is Grain.ACCOUNT) and (soft or mild)


def segment_shares(readings: Readings, scope: Scope) -> dict[str, float]:
    """Campaigns that show at least a seventh of their ads to a segment, with that share of their impressions."""
    source, keys = segment_leaves(readings)
    shown = source.values["impressions"][:, -28:].sum(1)
    shares: dict[str, float] = {}
    for campaign in keys.filter(keys["segment_id"] == (scope.segment_id or ""))["campaign_id"].unique().to_list():
        mine = (keys["campaign_id"] == campaign).to_numpy() & (
            keys["account_id"] == (scope.account_id or "")
        ).to_numpy()
        of_segment = mine & (keys["segment_id"] == scope.segment_id).to_numpy()
        share = float(shown[of_segment].sum() / max(shown[mine].sum(), 1))
        if share >= REACHED_SHARE:
            shares[campaign] = share
    return shares


def ad_drafts(findings: Sequence[Finding], readings: Readings) -> list[Draft]:
    """One draft per ad that loses against its siblings."""
    drafts: list[Draft] = []
    for one in findings:
        if one.kind is not Kind.CTR_DECLINE or not one.scope.ad_id:
            continue
        window = window_index(one.window_days)
        sights = ad_sights(readings, one.scope, window)
        prior = dict(priors(frequency_known="ad_frequency" in sights))
        prior[Cause.CREATIVE_FATIGUE] *= wear_odds(readings, one.scope)
        ranking = weigh(sights, signatures(Place.AD), prior)
        seen = [f for f in findings if f.kind is Kind.FREQUENCY_RISE and f.scope == one.scope]
        gaps = [GAP[table] for table in ("ad_delivery",) if readings.get(table) is None]
        opens = strong([one, *seen]) and _lasted(one, ranking.cause)
        if ranking.cause is not Cause.CREATIVE_FATIGUE:
            opens = opens and _clear_without_cause(one) and one.window_days >= UNEXPLAINED_AD_DAYS
        elif "ad_frequency" in sights:
            often = sights["ad_frequency"]
            opens = opens and often.change >= max(FATIGUE_FREQUENCY, FREQUENCY_ERRORS * often.se)
        drafts.append(Draft(one.scope, ranking, (one, *seen), sights, window, tuple(gaps), bool(opens)))
    return drafts


def campaign_drafts(findings: Sequence[Finding], readings: Readings, finer: Sequence[Draft]) -> list[Draft]:
    """One draft per campaign that moved in a way no finer draft explains."""
    groups: dict[tuple[str | None, str], list[Finding]] = {}
    taken = {at for draft in finer if draft.opens for at in draft.absorbed}
    for at, one in enumerate(findings):
        joins = one.scope.grain is Grain.CAMPAIGN and KINDS[one.kind].alone is None
        if joins and at not in taken and one.scope.campaign_id:
            groups.setdefault((one.scope.account_id, one.scope.campaign_id), []).append(one)
    drafts: list[Draft] = []
    follow = {Kind.FREQUENCY_RISE, Kind.SPEND_DROP}
    if readings.get("web_report") is not None:
        follow.add(Kind.CONVERSIONS_DROP)
    for grouped in groups.values():
        own = grouped
        driving = [one for one in own if KINDS[one.kind].driver and one.kind not in follow]
        if not driving:
            continue
        first = lead(driving)
        window = window_index(first.window_days)
        sights = campaign_sights(readings, first.scope, window) | hour_sights(driving)
        inside = [draft for draft in finer if draft.opens and _reaches(draft, first.scope, readings)]
        if inside:
            rest = click_rate_without(readings, first.scope, window, _rows_of(inside, readings))
            own = [one for one in own if one.kind not in {Kind.CTR_DECLINE, Kind.CPA_RISE, Kind.CPC_RISE}]
            if rest is not None and "ctr" in sights:
                sights["ctr"] = rest
            if not [one for one in own if KINDS[one.kind].driver and one.kind not in follow]:
                continue
        draft = _campaign_draft(own, sights, window, readings)
        worn = any(one.scope.ad_id and first.scope.contains(one.scope) for one in finer)
        # It is an ad that wears; which one is a matter of days.
        drafts.append(replace(draft, opens=draft.opens and not (worn and draft.cause is Cause.CREATIVE_FATIGUE)))
    return drafts


def _campaign_draft(own: list[Finding], sights: dict[str, Sight], window: int, readings: Readings) -> Draft:
    source = campaigns(readings)
    web = readings.get("web_report") is not None
    known = signatures(Place.CAMPAIGN if web else Place.CAMPAIGN_BLIND)
    ranking = weigh(sights, known, priors(frequency_known="frequency" in sights))
    gaps = [
        GAP[table]
        for table in ("web_report", "ad_delivery", "campaign_status", "calendar")
        if readings.get(table) is None
    ]
    gaps += [GAP[name] for name in ("spend", "conversions") if name not in source.known]
    judged = [one for one in own if one.kind is not Kind.SPEND_DROP and not (web and one.kind is Kind.CONVERSIONS_DROP)]
    opens = strong(judged) and _lasted(lead(judged), ranking.cause)
    if ranking.cause is Cause.UNEXPLAINED:
        opens = opens and _clear_without_cause(lead([one for one in own if KINDS[one.kind].driver]))
    return Draft(own[0].scope, ranking, tuple(own), sights, window, tuple(gaps), opens)


def _lasted(finding: Finding, cause: Cause) -> bool:
    """Whether it has been seen for as long as its cause needs. Hours have a rule of their own: `intraday.LASTS`."""
    return finding.table == HOURLY or finding.window_days >= PROFILES[cause].least_days


def _reaches(draft: Draft, campaign: Scope, readings: Readings) -> bool:
    if draft.scope.ad_id:
        return campaign.contains(draft.scope)
    return draft.cause is Cause.AUDIENCE_DECLINE and campaign.campaign_id in segment_shares(readings, draft.scope)


def _rows_of(drafts: Sequence[Draft], readings: Readings) -> Flags:
    source, keys = segment_leaves(readings)
    out = np.zeros(source.size, dtype=bool)
    for draft in drafts:
        name, value = ("ad_id", draft.scope.ad_id) if draft.scope.ad_id else ("segment_id", draft.scope.segment_id)
        mine = (keys[name] == value).to_numpy() & (keys["account_id"] == (draft.scope.account_id or "")).to_numpy()
        out |= mine
    return out


_WHOLE: Mapping[FindingKind, Callable[[Readings], Measure]] = MappingProxyType(
    {
        Kind.PIXEL_GAP: campaign_pixel_ratio,
        Kind.CPM_RISE: campaign_cpm,
        Kind.CVR_DECLINE: campaign_order_rate,
        Kind.CTR_DECLINE: campaign_click_rate,
    }
)
"""Findings of a whole account that may be a signal, with what its campaigns show of it."""


def account_drafts(findings: Sequence[Finding], readings: Readings) -> list[Draft]:
    """One draft per account whose pixel or prices moved as a whole."""
    drafts: list[Draft] = []
    for one in findings:
        if one.scope.grain is not Grain.ACCOUNT or one.kind not in _WHOLE:
            continue
        window = window_index(one.window_days)
        if not _most_campaigns(one, window, readings) or _one_segment(one, findings):
            continue
        sights = account_sights(readings, one.scope, window)
        ranking = weigh(sights, signatures(Place.ACCOUNT))
        inside = [at for at, f in enumerate(findings) if _of_account(f, one)]
        opens = strong([one]) and _lasted(one, ranking.cause)
        if ranking.cause is Cause.UNEXPLAINED:
            opens = opens and _clear_without_cause(one)
        drafts.append(
            Draft(
                one.scope,
                ranking,
                (one, *(findings[at] for at in inside)),
                sights,
                window,
                (),
                opens,
                frozenset(inside),
            )
        )
    return drafts


def _clear_without_cause(one: Finding) -> bool:
    """Whether a move is large, lasting and certain enough to be shown although no known cause fits."""
    large = abs(log_change(one)) >= UNEXPLAINED_CHANGE
    return large and one.window_days > UNEXPLAINED_DAYS and one.q_value <= UNEXPLAINED_RATE


def _most_campaigns(one: Finding, window: int, readings: Readings) -> bool:
    """Whether most campaigns of an account move with it; otherwise it is one campaign that moves the account."""
    measure = _WHOLE[one.kind](readings)
    mine = (measure.keys["account_id"] == (one.scope.account_id or "")).to_numpy()
    mine &= measure.moves.exposure[window] > 0
    along = measure.moves.raw[window, mine] / log_change(one)
    if not along.size or float((along >= ALONG).mean()) < MOST_CAMPAIGNS:
        return False
    # a few campaigns' rates are so noisy that most may seem to follow the one that fell
    return one.kind not in {Kind.CVR_DECLINE, Kind.CTR_DECLINE} or float(np.median(along)) >= TYPICAL_ALONG


def _one_segment(one: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a segment that all campaigns reach responds less than the others: then it is not the account."""
    inside = (other for other in findings if other.kind is Kind.RESPONSE_DECLINE and one.scope.contains(other.scope))
    return one.kind in {Kind.CTR_DECLINE, Kind.CVR_DECLINE} and any(inside)


def _of_account(inner: Finding, outer: Finding) -> bool:
    alike = {
        Kind.PIXEL_GAP: {Kind.PIXEL_GAP, Kind.CONVERSIONS_DROP},
        Kind.CPM_RISE: {Kind.CPM_RISE, Kind.CPA_RISE},
        Kind.CVR_DECLINE: {Kind.CVR_DECLINE, Kind.CPA_RISE, Kind.CONVERSIONS_DROP},
        Kind.CTR_DECLINE: {Kind.CTR_DECLINE, Kind.CPA_RISE, Kind.CPC_RISE},
    }
    inside = account_scope(inner.scope) == outer.scope and inner.scope.grain is Grain.CAMPAIGN
    return inside and inner.kind in alike[outer.kind]


def other_drafts(findings: Sequence[Finding]) -> list[Draft]:
    """Search themes and decided tests, which have no neighbours to be told from."""
    drafts: list[Draft] = []
    for one in findings:
        cause = KINDS[one.kind].alone
        if cause is not None and one.kind is not Kind.PLAN_GAP:  # has neighbours, see agents/pacing.py
            confidence = round(min(max(1 - one.q_value, 0.5), 0.97), 2)
            opens = one.kind is Kind.TEST_DECIDED or strong([one])
            ranking = only(cause, confidence)
            drafts.append(Draft(one.scope, ranking, (one,), {}, window_index(one.window_days), (), opens))
    return drafts
