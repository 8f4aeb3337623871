"""How clearly an incident would show to a test that knew its place, time and form, from expected counts alone.

One window at full strength against the four weeks before, on the log scale:
z = |log multiplier| / sqrt(1/k_now + 1/k_base + s^2 (1/n_now + 1/n_base)), with k the expected counts of the leading
figure and s its day-to-day noise. Where nearly nothing is left (a tracking outage) the logarithm does not exist, and
the score form z = (k_base-rate - k_now) / sqrt(k_base-rate) is used.
"""

import numpy as np

from tests.bench.world.company import Company
from tests.bench.world.incidents import Happening
from tests.bench.world.physics import Noise
from tests.bench.world.rooms import SEARCHES, test_z

BASE_DAYS = 28
WINDOW = 14
"""Longest window a daily monitor looks at."""
LEAST_LEG = 0.6
"""Where two figures make an incident, each is at least this clear, as a share of what both together must be."""
NO_COUNTS = 1e9
"""Events a day behind a figure without counting noise worth the name."""


def z_score(one: Happening, company: Company) -> float:
    """Standard errors by which the leading figure is off; an audience_decline has two legs."""
    noise = company.shape.physics.noise
    full_from = one.start + one.ramp - 1
    days = min(one.end - full_from + 1, WINDOW)
    if one.kind == "audience_decline":
        owned = _log_z(one.logs["owned_click"], _per_day(one, company, "owned_click"), days, noise.owned)
        paid = _log_z(one.logs["segment_ctr"], _per_day(one, company, "segment_ctr"), days, noise.ctr_campaign)
        return _together(owned, paid)
    if one.kind == "test_ready":
        return test_z(one.logs["lift"], one.end - one.start + 1)
    per_day = _per_day(one, company, one.leading)
    log = one.logs[one.leading]
    if one.kind == "audience_saturation":  # fewer orders and dearer impressions together
        orders = _log_z(log, per_day, days, noise.cvr)
        return _together(orders, _log_z(one.logs["cpm"], NO_COUNTS, days, _day_noise("cpm", noise)))
    if one.leading in {"pixel", "cvr"} and one.ramp == 1:
        expected = per_day * days
        spread = noise.cvr**2 / days * expected**2
        return float((1 - np.exp(log)) * expected / np.sqrt(expected + spread))
    return _log_z(log, per_day, days, _day_noise(one.leading, noise))


def cost_z(one: Happening, company: Company) -> float:
    """How clear a declining segment is in the cost per conversion of the campaign it weighs most on."""
    buyers = company.buyers(-1 if one.segment is None else one.segment)
    days = min(one.end - one.start - one.ramp + 2, WINDOW)
    noise, clearest = company.shape.physics.noise, 0.0
    day_noise = float(np.sqrt(noise.cvr**2 + noise.cpm**2 + noise.ctr_campaign**2))
    for campaign in buyers:
        share = float(company.split[campaign][company.segment[campaign] == one.segment].sum())
        log = float(np.log(1 - share * (1 - np.exp(one.logs["segment_ctr"]))))
        per_day = float(_clicks(company)[campaign] * company.cvr[campaign]) * company.shape.physics.pixel_share
        clearest = max(clearest, _log_z(log, per_day, days, day_noise))
    return clearest


def _together(one: float, other: float) -> float:
    """Both figures of an incident in one z, or the weaker one scaled up to its bar where that is less."""
    return min(float(np.hypot(one, other)), min(one, other) / LEAST_LEG)


def _log_z(log: float, per_day: float, days: int, noise: float) -> float:
    now, base = per_day * days * np.exp(log), per_day * BASE_DAYS
    return float(abs(log) / np.sqrt(1 / now + 1 / base + noise**2 * (1 / days + 1 / BASE_DAYS)))


def _day_noise(figure: str, noise: Noise) -> float:
    return {
        "ctr": float(np.hypot(noise.ctr_campaign, noise.ctr_ad)),
        "cvr": noise.cvr,
        "cpm": float(np.hypot(noise.cpm, noise.cpm_account)),
        "budget": noise.demand,
        "retention": noise.retention,
        "owned_click": noise.owned,
        "demand": noise.demand,
        "searches": noise.searches,
    }[figure]


def _per_day(one: Happening, company: Company, figure: str) -> float:
    """Expected events a day behind a figure at the happening's place."""
    if figure == "retention":
        assert one.segment is not None
        return float(company.cohort[one.segment] * company.shape.physics.returning.sum())
    if figure == "owned_click":
        assert one.segment is not None
        return float(company.delivered[one.segment] * company.click_rate[one.segment])
    if figure == "segment_ctr":
        assert one.segment is not None
        mine = company.segment == one.segment
        return float((_clicks(company)[:, None] * company.split)[mine].sum())
    if figure == "searches":
        return SEARCHES
    if figure in {"cpm", "budget", "demand"}:
        return NO_COUNTS
    if one.campaign is None:
        return float(
            (_clicks(company) * company.cvr)[company.account == one.account].sum() * company.shape.physics.pixel_share
        )
    clicks = float(_clicks(company)[one.campaign])
    if figure == "ctr":
        assert one.ad is not None
        shown = 1000 * company.spend[one.campaign] * company.share[one.campaign, one.ad] / company.cpm[one.campaign]
        return float(shown * company.ctr[one.campaign, one.ad])
    return clicks * float(company.cvr[one.campaign]) * company.shape.physics.pixel_share


def _clicks(company: Company) -> np.ndarray:
    """[C] clicks a day."""
    return 1000 * company.spend / company.cpm * (company.share * company.ctr).sum(axis=1)
