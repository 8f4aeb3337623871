"""The company the questions are about: Halden Outdoor on the morning of Sunday 15 March 2026, plain tables and a past.

Three platforms, two currencies, eight campaigns, three audiences, since 1 November 2025.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl

from domain.operating_model import Freeze, Goal, Limit, OperatingModel, Person, Policy, SourceSettings
from domain.reading import Gap, Readings
from tests.agents.company import frame

TODAY = date(2026, 3, 14)
"""The last complete day, a Saturday: people ask on the Sunday."""
FIRST = date(2025, 11, 1)
LENGTH = (TODAY - FIRST).days + 1

INES, MARA, JONAS, PRIYA, TOM, LEA, SAM, NILS = (
    "U0INES0001", "U0MARA0001", "U0JONAS001", "U0PRIYA001", "U0TOMB0001", "U0LEAF0001", "U0SAMI0001", "U0NILS0001",
)  # fmt: skip

MODEL = OperatingModel(
    company="Halden Outdoor",
    currency="EUR",
    timezone="Europe/Berlin",
    source=SourceSettings(path="data"),
    people=(
        Person(name="Ines Varga", slack=INES, roles=frozenset({"cmo"})),
        Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"}), platforms=frozenset({"meta", "google"})),
        Person(name="Nils Aune", slack=NILS, roles=frozenset({"media_lead"}), platforms=frozenset({"tiktok"})),
        Person(name="Jonas Okafor", slack=JONAS, roles=frozenset({"creative_lead"})),
        Person(name="Priya Raman", slack=PRIYA, roles=frozenset({"crm_lead"})),
        Person(name="Tom Brandt", slack=TOM, roles=frozenset({"web_lead"})),
        Person(name="Lea Fontaine", slack=LEA, roles=frozenset({"content_lead"})),
        Person(name="Sam Ito", slack=SAM, roles=frozenset()),
    ),
    goals=(Goal(name="acquisition cost", metric="cpa", target=Decimal(36)),),
    policy=Policy(
        expires_after_hours=72,
        max_budget_change=0.5,
        limits=(
            Limit(
                role="media_lead",
                actions=frozenset({"set_budget", "shift_budget"}),
                max_change=0.2,
                beyond="cmo",
            ),
        ),
        automatic=frozenset({"write_brief"}),
        forbidden=frozenset({"change_goal"}),
    ),
    freezes=(Freeze(name="Easter", first_day=date(2026, 4, 3), last_day=date(2026, 4, 6)),),
)

CAMPAIGNS: Mapping[str, tuple[str, str, str, float, float, float, float, float]] = {
    # id: name, platform, account, impressions a day, cpm, ctr, cvr, value of a conversion
    "c1": ("DACH prospecting", "meta", "a1", 90_000, 8.4, 0.0150, 0.036, 96.0),
    "c2": ("Trail shoes prospecting", "meta", "a1", 60_000, 8.9, 0.0126, 0.035, 118.0),
    "c3": ("Basket retargeting", "meta", "a1", 30_000, 10.8, 0.0165, 0.052, 92.0),
    "c4": ("Run Club spring", "meta", "a1", 70_000, 7.9, 0.0138, 0.030, 88.0),
    "c5": ("Brand search", "google", "a2", 20_000, 21.0, 0.0620, 0.041, 84.0),
    "c6": ("Tents shopping", "google", "a2", 80_000, 9.6, 0.0134, 0.036, 214.0),
    "c7": ("First hike video", "tiktok", "a3", 95_000, 5.3, 0.0121, 0.031, 64.0),
    "c8": ("Day packs video", "tiktok", "a3", 65_000, 4.9, 0.0109, 0.027, 61.0),
}
ACCOUNTS = {
    "a1": ("Halden Outdoor EU", "EUR"),
    "a2": ("Halden Outdoor EU Shopping", "EUR"),
    "a3": ("Halden Outdoor UK", "GBP"),
}
ADS: Mapping[str, tuple[str, str, str, float, float]] = {
    # id: name, campaign, format, share of the campaign, ctr against it
    "ad1": ("Alpine morning video", "c1", "video", 0.6, 1.05),
    "ad2": ("Hut map carousel", "c1", "carousel", 0.4, 0.92),
    "ad3": ("Ridge line video", "c2", "video", 0.7, 1.06),
    "ad4": ("Reviewer quotes", "c2", "image", 0.3, 0.88),
    "ad5": ("Left in your basket", "c3", "carousel", 0.5, 1.10),
    "ad6": ("Free returns image", "c3", "image", 0.5, 0.90),
    "ad7": ("Sunrise tempo video", "c4", "video", 0.55, 1.04),
    "ad8": ("Track night image", "c4", "image", 0.45, 0.95),
    "ad9": ("Halden brand text", "c5", "text", 1.0, 1.0),
    "ad10": ("Lofn 2 tent", "c6", "product", 0.6, 1.04),
    "ad11": ("Skog 3 tent", "c6", "product", 0.4, 0.94),
    "ad12": ("Packing in 30 seconds", "c7", "video", 0.6, 1.06),
    "ad13": ("Blister story", "c7", "video", 0.4, 0.91),
    "ad14": ("Rain cover test", "c8", "video", 1.0, 1.0),
}
SEGMENTS = {
    "seg_run": ("Run Club members", "loyalty"),
    "seg_trail": ("Trail Weekenders", "interest"),
    "seg_city": ("City Walkers", "interest"),
}
PAGES = {"c1": "/alps", "c2": "/shoes/trail", "c3": "/basket", "c4": "/run-club", "c6": "/tents"}
QUERIES = {"trail running shoes wide": 6.2, "two person tent under 2 kg": 4.4, "blister prevention hiking": 11.5}


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(LENGTH)]


def _course(campaign: str, figure: str) -> np.ndarray:
    """What became of a campaign's figure over the days, as a factor."""
    day = np.arange(LENGTH)

    def ramp(first: date, factor: float, over: int) -> np.ndarray:
        return np.exp(np.log(factor) * np.clip((day - (first - FIRST).days + 1) / over, 0, 1))

    match campaign, figure:
        case "c2", "ctr":
            return ramp(date(2026, 2, 23), 0.55, 18)
        case "c1", "demand":
            return ramp(date(2025, 12, 20), 1.9, 80)
        case "c6", "cpm":
            return ramp(date(2026, 1, 20), 1.8, 50)
        case "c8", "cvr":
            return ramp(date(2026, 2, 10), 1.5, 30)
        case "c5", "cvr":
            return ramp(date(2026, 3, 9), 0.7, 1)
        case _:
            return np.ones(LENGTH)


def _ad_report(rng: np.random.Generator) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    weekly = np.exp(0.12 * np.sin(2 * np.pi * np.arange(LENGTH) / 7))
    moods = {one: np.exp(rng.normal(0, 0.05, LENGTH)) for one in CAMPAIGNS}
    for ad, (ad_name, campaign, _, share, appeal) in ADS.items():
        name, platform, account, volume, cpm, ctr, cvr, value = CAMPAIGNS[campaign]
        shown = np.floor(volume * share * weekly * moods[campaign] * _course(campaign, "demand")).astype(int)
        clicks = rng.binomial(shown, ctr * appeal * _course(campaign, "ctr"))
        bought = rng.binomial(clicks, np.clip(cvr * _course(campaign, "cvr"), 0, 1))
        paid = np.round(shown * cpm * _course(campaign, "cpm") * np.exp(rng.normal(0, 0.03, LENGTH)) / 1000, 2)
        segment = "seg_run" if campaign == "c4" else "seg_trail" if campaign in {"c2", "c3"} else "seg_city"
        for n, day in enumerate(days()):
            rows.append(
                {
                    "date_day": day, "platform": platform, "account_id": account, "campaign_id": campaign,
                    "ad_group_id": f"g{campaign}", "ad_id": ad, "segment_id": segment, "campaign_name": name,
                    "ad_name": ad_name, "account_name": ACCOUNTS[account][0], "currency": ACCOUNTS[account][1],
                    "impressions": int(shown[n]), "clicks": int(clicks[n]), "spend": float(paid[n]),
                    "conversions": float(bought[n]), "conversions_value": round(float(bought[n]) * value, 2),
                }
            )  # fmt: skip
    return frame("ad_report", rows)


def _beside(rng: np.random.Generator, ads: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the other tables say of the same days."""
    web: list[dict[str, object]] = []
    status: list[dict[str, object]] = []
    delivery: list[dict[str, object]] = []
    per_campaign = ads.group_by("date_day", "campaign_id", maintain_order=True).agg(
        pl.col("clicks", "conversions", "conversions_value", "impressions").sum()
    )
    for row in per_campaign.iter_rows(named=True):
        campaign = row["campaign_id"]
        _, platform, account, volume, cpm, *_ = CAMPAIGNS[campaign]
        here = {"date_day": row["date_day"], "account_id": account, "campaign_id": campaign}
        orders = int(row["conversions"] + rng.integers(0, 6))
        value = CAMPAIGNS[campaign][7]
        web.append(
            here | {"landing_page": PAGES.get(campaign, "/"), "sessions": int(row["clicks"] * 0.9),
                    "orders": orders, "revenue": orders * value}
        )  # fmt: skip
        status.append(
            here | {"platform": platform, "status": "active", "daily_budget": round(volume * cpm / 1000 * 1.2, 0),
                    "hours_served": 24.0, "learning": False, "objective": "conversions"}
        )  # fmt: skip
        often = round(1.5 + 0.1 * int(campaign[1:]) + float(rng.normal(0, 0.03)), 3)
        delivery.append(
            here | {"platform": platform, "ad_id": None, "frequency": often, "reach": int(row["impressions"] / often)}
        )
    return {
        "web_report": frame("web_report", web),
        "campaign_status": frame("campaign_status", status),
        "ad_delivery": frame("ad_delivery", delivery),
    }


def _owned(rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    mails: list[dict[str, object]] = []
    cohorts: list[dict[str, object]] = []
    searches: list[dict[str, object]] = []
    rates = {"seg_run": 0.031, "seg_trail": 0.024, "seg_city": 0.019}
    for n, day in enumerate(days()):
        for place, (segment, rate) in enumerate(rates.items()):
            tired = 0.8 if segment == "seg_run" and day >= date(2026, 3, 2) else 1.0
            for channel, volume, part in (("email", 8000, 1.0), ("push", 3000, 0.6)):
                sent = volume + 40 * (n % 7)
                clicked = int(rng.binomial(sent, rate * part * tired))
                mails.append(
                    {"date_day": day, "account_id": "a1", "segment_id": segment, "channel": channel,
                     "delivered": sent, "unique_opens": clicked * 8 + 40 * place, "unique_clicks": clicked,
                     "unsubscribes": int(rng.binomial(sent, 0.0015)), "complaints": int(rng.binomial(sent, 0.0001)),
                     "conversions": float(rng.binomial(clicked, 0.05)), "revenue": round(clicked * 3.2, 2)}
                )  # fmt: skip
            kept = int(rng.binomial(400, 0.36 - 0.03 * place - (0.07 if tired < 1 else 0)))
            cohorts.append(
                {"date_day": day, "account_id": "a1", "segment_id": segment, "horizon_days": 30,
                 "cohort_size": 400, "retained": kept}
            )  # fmt: skip
        for query, rank in QUERIES.items():
            seen = int(rng.poisson(420))
            searches.append(
                {"date_day": day, "query": query, "page": "/guides", "impressions": seen,
                 "clicks": int(rng.binomial(seen, 0.2 / rank)), "position": rank}
            )  # fmt: skip
    return {
        "lifecycle_report": frame("lifecycle_report", mails),
        "cohort_report": frame("cohort_report", cohorts),
        "search_report": frame("search_report", searches),
    }


@cache
def readings() -> Readings:
    """The tables as known on the last complete day."""
    rng = np.random.default_rng(20260314)
    ads = _ad_report(rng)
    creative = [
        {"platform": CAMPAIGNS[campaign][1], "ad_id": ad, "asset_id": f"asset_{ad}", "format": form, "headline": name,
         "body": name, "call_to_action": "Shop now", "launched_on": date(2025, 10, 1), "ai_generated": False}
        for ad, (name, campaign, form, *_) in ADS.items()
    ]  # fmt: skip
    segments = [{"segment_id": one, "name": name, "kind": kind} for one, (name, kind) in SEGMENTS.items()]
    marked = [
        {"date_day": day, "account_id": "", "kind": kind, "name": name}
        for name, kind, first, last in (
            ("Black Friday", "promo", date(2025, 11, 28), date(2025, 12, 1)),
            ("Christmas", "holiday", date(2025, 12, 24), date(2025, 12, 26)),
        )
        for day in days()
        if first <= day <= last
    ]
    tables = {
        "ad_report": ads,
        **_beside(rng, ads),
        **_owned(rng),
        "creative": frame("creative", creative),
        "segment": frame("segment", segments),
        "calendar": frame("calendar", marked),
    }
    return Readings(TODAY, tables, (Gap("hourly_report", "no hourly_report, so the day under way cannot be seen"),))
