"""The daily facts as tables of the public contract, each row with the day its version became known."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from tests.bench.world import rooms
from tests.bench.world.company import Company, Ints
from tests.bench.world.facts import Facts
from tests.bench.world.incidents import Happening
from tests.bench.world.shape import FIRST_DAY, Shape

AHEAD = 14
"""Days a calendar entry is known before its day."""
CURRENCY = "EUR"


def all_tables(
    company: Company, facts: Facts, happenings: Sequence[Happening], rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """Every table by its name."""
    return {
        "ad_report": ad_report(company, facts, rng),
        "ad_delivery": ad_delivery(company, facts),
        "campaign_status": campaign_status(company, facts),
        "web_report": web_report(company, facts, rng),
        "lifecycle_report": lifecycle_report(company, facts, rng),
        "cohort_report": cohort_report(company, facts),
        "creative": creative(company, rng),
        "segment": segment(company),
        "campaign_segment": campaign_segment(company),
        "calendar": calendar(company.shape, company, happenings),
        **rooms.tables(company.shape, happenings, rng),
    }


def _days(days: np.ndarray) -> pl.Series:
    """Day indices as calendar days."""
    first = np.datetime64(FIRST_DAY)
    return pl.Series((first + days.astype("timedelta64[D]")).astype("datetime64[D]"))


def _names(names: Sequence[str], places: Ints) -> pl.Series:
    return pl.Series(np.array(names, dtype=object)[places], dtype=pl.String)


def _campaign_columns(company: Company, campaign: Ints) -> dict[str, pl.Series]:
    accounts = range(company.shape.accounts)
    account = company.account[campaign]
    return {
        "platform": _names([company.platform(one) for one in accounts], account),
        "account_id": _names([company.account_id(one) for one in accounts], account),
        "campaign_id": _names([company.campaign_id(one) for one in range(company.shape.all_campaigns)], campaign),
    }


def ad_report(company: Company, facts: Facts, rng: np.random.Generator) -> pl.DataFrame:
    """One row per ad, segment, day and version: conversions come in over three days."""
    shape = company.shape
    known = np.cumsum(facts.arrivals, axis=-1)
    is_version = facts.arrivals > 0
    is_version[..., 0] = True
    c, a, s, t, k = np.nonzero(is_version)
    basket = company.order_value[:, None, None, None] * np.exp(rng.normal(0, 0.08, facts.spend.shape))
    conversions = known[c, a, s, t, k]
    ads = [company.ad_id(one, ad) for one in range(shape.all_campaigns) for ad in range(shape.ads)]
    account_names = [f"Account {one + 1}" for one in range(shape.accounts)]
    campaign_names = [f"Campaign {company.campaign_id(one)}" for one in range(shape.all_campaigns)]
    ad_names = [f"Ad {name}" for name in ads]
    groups = [f"{company.campaign_id(one)}-g1" for one in range(shape.all_campaigns)]
    place = c * shape.ads + a
    return pl.DataFrame(
        {
            "date_day": _days(t),
            **_campaign_columns(company, c),
            "ad_group_id": _names(groups, c),
            "ad_id": _names(ads, place),
            "segment_id": _names([company.segment_id(one) for one in range(shape.all_segments)], company.segment[c, s]),
            "account_name": _names(account_names, company.account[c]),
            "campaign_name": _names(campaign_names, c),
            "ad_name": _names(ad_names, place),
            "currency": pl.Series([CURRENCY]).new_from_index(0, len(c)),
            "clicks": facts.clicks[c, a, s, t],
            "impressions": facts.impressions[c, a, s, t],
            "spend": np.round(facts.spend[c, a, s, t], 2),
            "conversions": conversions.astype(np.float64),
            "conversions_value": np.round(conversions * basket[c, a, s, t], 2),
            "known_on": _days(t + k),
        }
    ).sort("date_day", "known_on", maintain_order=True)


def ad_delivery(company: Company, facts: Facts) -> pl.DataFrame:
    """Reach and frequency of each ad, and of each campaign as a whole."""
    shape = company.shape
    c, a, t = (axis.ravel() for axis in np.indices(facts.reach.shape))
    ads = [company.ad_id(one, ad) for one in range(shape.all_campaigns) for ad in range(shape.ads)]
    by_ad = _delivery_rows(company, c, t, facts.impressions.sum(axis=2)[c, a, t], facts.reach[c, a, t])
    by_ad = by_ad.with_columns(_names(ads, c * shape.ads + a).alias("ad_id"))
    c, t = (axis.ravel() for axis in np.indices(facts.campaign_reach.shape))
    whole = _delivery_rows(company, c, t, facts.impressions.sum(axis=(1, 2))[c, t], facts.campaign_reach[c, t])
    whole = whole.with_columns(pl.lit(None, pl.String).alias("ad_id"))
    return pl.concat([by_ad, whole]).sort("date_day", maintain_order=True)


def _delivery_rows(company: Company, campaign: Ints, day: Ints, impressions: Ints, reach: Ints) -> pl.DataFrame:
    frequency = np.round(impressions / np.maximum(reach, 1), 4)
    columns = _campaign_columns(company, campaign)
    return pl.DataFrame({"date_day": _days(day), **columns, "reach": reach, "frequency": frequency})


def campaign_status(company: Company, facts: Facts) -> pl.DataFrame:
    """Budget and hours served of each campaign."""
    c, t = (axis.ravel() for axis in np.indices(facts.hours.shape))
    return pl.DataFrame(
        {
            "date_day": _days(t),
            **_campaign_columns(company, c),
            "status": pl.Series(["active"]).new_from_index(0, len(c)),
            "daily_budget": facts.budget[c, t],
            "hours_served": np.round(facts.hours[c, t], 2),
            "learning": np.zeros(len(c), bool),
            "objective": pl.Series(["conversions"]).new_from_index(0, len(c)),
        }
    ).sort("date_day", maintain_order=True)


def web_report(company: Company, facts: Facts, rng: np.random.Generator) -> pl.DataFrame:
    """Sessions, orders and revenue of each campaign's landing page, in some worlds by ad; known on the day."""
    orders, sessions = facts.orders.sum(axis=2), facts.sessions[:, None, :]
    ads: list[str] = []
    if company.shape.physics.is_web_by_ad:
        shape, clicks = company.shape, facts.clicks.sum(axis=2)
        share = np.moveaxis(clicks / np.maximum(clicks.sum(axis=1, keepdims=True), 1), 1, -1)
        share[..., -1] = 1 - share[..., :-1].sum(axis=-1)  # all sessions go somewhere, also where nobody clicked
        sessions = np.moveaxis(rng.multinomial(facts.sessions, np.clip(share, 0, 1)), -1, 1)
        ads = [company.ad_id(one, ad) for one in range(shape.all_campaigns) for ad in range(shape.ads)]
    else:
        orders = orders.sum(axis=1, keepdims=True)
    c, a, t = (axis.ravel() for axis in np.indices(orders.shape))
    columns = _campaign_columns(company, c)
    pages = [f"/lp/{company.campaign_id(one)}" for one in range(company.shape.all_campaigns)]
    by_ad = {"ad_id": _names(ads, c * company.shape.ads + a)} if ads else {}
    revenue = orders[c, a, t] * company.order_value[c] * np.exp(rng.normal(0, 0.05, len(c)))
    return pl.DataFrame(
        {
            "date_day": _days(t),
            "account_id": columns["account_id"],
            "campaign_id": columns["campaign_id"],
            **by_ad,
            "landing_page": _names(pages, c),
            "sessions": sessions[c, a, t],
            "orders": orders[c, a, t],
            "revenue": np.round(revenue, 2),
        }
    ).sort("date_day", maintain_order=True)


def _segment_columns(company: Company, segment: Ints) -> dict[str, pl.Series]:
    shape = company.shape
    accounts = [company.account_id(one) for one in range(shape.accounts)]
    return {
        "account_id": _names(accounts, segment // shape.segments),
        "segment_id": _names([company.segment_id(one) for one in range(shape.all_segments)], segment),
    }


def lifecycle_report(company: Company, facts: Facts, rng: np.random.Generator) -> pl.DataFrame:
    """Messages to each segment, by channel."""
    channels, parts, left = company.shape.physics.channels, [], 1.0
    delivered, clicks = facts.delivered, facts.owned_clicks
    for name, share in channels[:-1]:
        some, clicked = rng.binomial(delivered, share / left), rng.binomial(clicks, share / left)
        clicked = np.minimum(clicked, some)
        parts.append(_messages(company, name, some, clicked, rng))
        delivered, clicks, left = delivered - some, np.minimum(clicks - clicked, delivered - some), left - share
    parts.append(_messages(company, channels[-1][0], delivered, clicks, rng))
    return pl.concat(parts).sort("date_day", maintain_order=True)


def _messages(company: Company, channel: str, sent: Ints, clicked: Ints, rng: np.random.Generator) -> pl.DataFrame:
    g, t = (axis.ravel() for axis in np.indices(sent.shape))
    delivered, clicks = sent[g, t], clicked[g, t]
    conversions = rng.binomial(clicks, 0.06)
    return pl.DataFrame(
        {
            "date_day": _days(t),
            **_segment_columns(company, g),
            "channel": pl.Series([channel]).new_from_index(0, len(g)),
            "delivered": delivered,
            "unique_opens": np.maximum(rng.binomial(delivered, 0.35), clicks),
            "unique_clicks": clicks,
            "unsubscribes": rng.binomial(delivered, 0.002),
            "complaints": rng.binomial(delivered, 0.0002),
            "conversions": conversions,
            "revenue": conversions * 55.0,
        }
    )


def cohort_report(company: Company, facts: Facts) -> pl.DataFrame:
    """Who of the people new 1, 7 and 30 days ago is back on the reading day."""
    g, h, t = (axis.ravel() for axis in np.indices(facts.cohort.shape))
    return pl.DataFrame(
        {
            "date_day": _days(t),
            **_segment_columns(company, g),
            "horizon_days": np.array(company.shape.physics.horizons)[h],
            "cohort_size": facts.cohort[g, h, t],
            "retained": facts.retained[g, h, t],
        }
    ).sort("date_day", maintain_order=True)


def creative(company: Company, rng: np.random.Generator) -> pl.DataFrame:
    """What each ad shows; all were launched before the first day."""
    shape = company.shape
    rows = [
        {
            "platform": company.platform(int(company.account[one])),
            "ad_id": company.ad_id(one, ad),
            "asset_id": f"asset-{company.ad_id(one, ad)}",
            "format": ("image", "video", "carousel", "image")[ad % 4],
            "headline": f"Offer {ad + 1}",
            "body": "Made to last.",
            "call_to_action": "shop_now",
            "launched_on": FIRST_DAY - timedelta(days=int(rng.integers(5, 60))),
            "ai_generated": False,
        }
        for one in range(shape.all_campaigns)
        for ad in range(shape.ads)
    ]
    return pl.DataFrame(rows)


def segment(company: Company) -> pl.DataFrame:
    """The segments' names."""
    ids = [company.segment_id(one) for one in range(company.shape.all_segments)]
    return pl.DataFrame({"segment_id": ids, "name": [f"Segment {one}" for one in ids], "kind": ["interest"] * len(ids)})


def campaign_segment(company: Company) -> pl.DataFrame:
    """Which campaign buys which segments."""
    pairs = [
        (company.campaign_id(one), company.segment_id(int(bought)))
        for one in range(company.shape.all_campaigns)
        for bought in company.segment[one]
    ]
    return pl.DataFrame(pairs, schema=["campaign_id", "segment_id"], orient="row")


def calendar(shape: Shape, company: Company, happenings: Sequence[Happening]) -> pl.DataFrame:
    """Holidays and promos, known two weeks ahead."""
    rows = [
        {
            "date_day": shape.day(day),
            "account_id": company.account_id(one.account),
            "kind": one.kind,
            "name": one.kind.capitalize(),
            "known_on": shape.day(one.start - AHEAD),
        }
        for one in happenings
        if one.kind in {"holiday", "promo"}
        for day in range(one.start, one.end + 1)
    ]
    kinds = {"date_day": pl.Date, "account_id": pl.String, "kind": pl.String, "name": pl.String, "known_on": pl.Date}
    return pl.DataFrame(rows, schema=kinds).sort("date_day", "account_id", "kind")
