"""Watches how the ads themselves are received."""

from datetime import date
from typing import Final

import numpy as np

from agents import wording
from agents.claims import claims, findings, object_scope
from agents.measures import ad_click_rate, ad_frequency, ad_wear, campaign_click_rate, cell_click_rate, leaves
from agents.statistics.arrays import Flags
from agents.statistics.panel import codes_of
from agents.thresholds import SMALL_AD_CLICKS, SMALL_AD_SHARE, WEAR_CLEAR
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings

AGENT: Final = "creative"


class Creative:
    """Finds ads that lose against their siblings, and campaigns and segments whose ads lose together."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches how the ads are received: click-through against siblings, and how often people have seen them.",
        reads=frozenset({"ad_report", "ad_delivery", "creative", "calendar"}),
        finds=frozenset({FindingKind.CTR_DECLINE, FindingKind.FREQUENCY_RISE}),
        suggests=frozenset({"refresh_creative", "pause_ad", "resume_ad", "update_promise", "start_test"}),
        hands_to=("creative_lead", "media_lead"),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """Click-through rate of ads, campaigns and segments within campaigns; frequency of ads."""
        if not leaves(readings).size:
            return []
        ads = ad_click_rate(readings)
        found = findings(
            AGENT, claims(ads, FindingKind.CTR_DECLINE, down=True, among=large_ads(readings)), object_scope, clicks
        )
        if readings.get("ad_delivery") is not None:
            found = [_with_wear(one, readings) for one in found]
        for measure in (campaign_click_rate(readings), cell_click_rate(readings)):
            found += findings(AGENT, claims(measure, FindingKind.CTR_DECLINE, down=True), object_scope, clicks)
        if readings.get("ad_delivery") is not None:
            rising = claims(ad_frequency(readings), FindingKind.FREQUENCY_RISE, down=False)
            found += findings(AGENT, rising, object_scope, shown_more)
        return found


def _with_wear(one: Finding, readings: Readings) -> Finding:
    """Say how the ad's click rate has followed its exposure over the last weeks, where it has."""
    found, row = ad_wear(readings), ad_click_rate(readings).keys["ad_id"].to_list().index(one.scope.ad_id)
    if found.p_value[row] > WEAR_CLEAR:
        return one
    words = f"; each doubling of exposure went with {wording.percent(float(found.per_doubling[row]))} clicks"
    return one.model_copy(update={"evidence": one.evidence + words})


def large_ads(readings: Readings) -> Flags:
    """[ads]: large enough in their campaign, and with clicks enough, to be judged on their own."""
    ads = ad_click_rate(readings)
    shown = ads.exposure[:, -28:].sum(1)
    codes, groups = codes_of(ads.keys, ("platform", "account_id", "campaign_id"))
    whole = np.bincount(codes, weights=shown, minlength=groups.height)[codes]
    return (shown >= SMALL_AD_SHARE * np.maximum(whole, 1)) & (ads.moves.expected.max(axis=0) >= SMALL_AD_CLICKS)


def clicks(events: float, exposure: float, expected: float, days: int) -> str:
    """The counts behind a click-through rate."""
    seen = f"{wording.counted(events, 'clicks')} from {wording.counted(exposure, 'impressions')}"
    return f"{seen} against {wording.count(expected * exposure)} expected"


def shown_more(events: float, exposure: float, expected: float, days: int) -> str:
    """The figures behind a frequency."""
    return f"shown {events / max(exposure, 1):.2f} times per person and day, {expected:.2f} before"
