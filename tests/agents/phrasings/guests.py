"""A fourth round: six people, ten questions each, written down before anybody looked at what becomes of them."""

# one question a line reads best

from datetime import date

from tests.agents.phrasings.company import INES, JONAS, MARA, PRIYA, SAM, TOM
from tests.agents.phrasings.expected import (
    BRAND,
    DACH,
    EMAIL,
    GOOGLE,
    HIKE,
    META,
    PACKS,
    RUN_CLUB,
    TENTS,
    TIKTOK,
    WEEKENDERS,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    LAST_7,
    LAST_14,
    LAST_30,
    LAST_WEEK,
    NOVEMBER,
    THIS_MONTH,
    THIS_WEEK,
    THURSDAY,
    YESTERDAY,
)

PLANNER = Voice(
    "a media planner",
    MARA,
    (
        ("What did we pay for clicks on TikTok in January?", Figure(("cpc", "spend"), TIKTOK, JANUARY)),
        ("Rank Meta campaigns by CPA for the last 14 days", Ranking("cpa", "campaign", "lowest", META, LAST_14)),
        ("How many impressions would 500 euros buy on Google?", Refused()),
        (
            "Tents shopping and Brand search: who had more conversions last week?",
            Sides("conversions", (TENTS, BRAND), LAST_WEEK),
        ),
        ("spend by campaign on Google yesterday", Sides("spend", (TENTS, BRAND), YESTERDAY)),
        ("show CPM on Meta for each month since December", Refused()),
        (
            "Can I move 15 % from Trail shoes to Basket retargeting without Ines?",
            Told("alone up to 20 %|Yes|you may|Mara"),
        ),
        ("How much headroom does DACH have?", Refused()),
        ("which campaign improved most week over week on CPA", Told("CPA", cites="ad_report")),
        ("what did you propose for Trail shoes and why", Told("Refresh creative|refresh creative")),
    ),
)

THUMBS = Voice(
    "all thumbs",
    SAM,
    (
        ("cst per clcik meta ystrday", Figure("cpc", META, YESTERDAY)),
        ("hw mny ordrs lst wk", Figure("orders", window=LAST_WEEK)),
        ("wich campagn spnds the mst", Ranking("spend", "campaign", "highest")),
        ("googel roas feburary", Figure("roas", GOOGLE, FEBRUARY)),
        ("impresions dach this wek", Figure("impressions", DACH, THIS_WEEK)),
        ("wats opn", Told("Ridge line", "Day packs")),
        ("who aproved tents fix", Told("Tom")),
        ("lessns abt tiktok", Told("TikTok budgets")),
        (
            "clcks and convrsions run club sprng thrsday",
            Figure(("clicks", "conversions"), RUN_CLUB, THURSDAY, every=True),
        ),
        ("snd me the wekly report", Refused()),
    ),
)

PRODUCT = Voice(
    "a product manager from next door",
    TOM,
    (
        ("How many people visited the website in the last 30 days?", Figure("sessions", window=LAST_30)),
        ("What's the average basket in February?", Figure("aov", window=FEBRUARY)),
        ("How many of last week's visitors bought something?", Refused()),
        ("Which product sells best?", Refused()),
        (
            "Have orders been growing since December?",
            Trend("orders", window=(date(2025, 12, 1).isoformat(), "2026-03-14")),
        ),
        ("Did fixing the tents page help?", Told("62")),
        ("When was the tents page broken?", Told("16 February|16 Feb")),
        ("Who is in charge of the landing pages?", Told("Tom")),
        ("What does ROAS mean?", Told("spend")),
        ("Is there anything on fire on the website?", Refused()),
    ),
)

EXEC = Voice(
    "an executive assistant",
    INES,
    (
        ("Ines would like to know what is on her list.", Told("Day packs")),
        ("How many decisions is Jonas still owing us?", Told("Refresh creative|refresh creative|1 decision")),
        ("By when does Ines have to answer on Day packs?", Told("18 March")),
        ("What was decided on 6 March?", Told("Mara", "DACH")),
        ("Please summarise what happened last week.", Told("DACH|March|Mara")),
        ("Are we above or below our acquisition cost goal?", Told("36")),
        ("Which forecasts are still open?", Told("CTR|CPA|Click rate|click rate")),
        ("How reliable are Baton's forecasts?", Told("62|4 %|forecast")),
        ("Spend: last month, and the month before", Figure("spend", window=FEBRUARY, against=JANUARY)),
        ("Book a meeting with Mara", Refused()),
    ),
)

RETENTION = Voice(
    "a lifecycle analyst",
    PRIYA,
    (
        ("open rate, email, Run Club members, week 9 and week 10", Told("Open rate", cites="lifecycle_report")),
        ("Which channel has the higher click rate, push or email?", Sides("click_rate", ({"channel": "push"}, EMAIL))),
        ("unsubscribe rate trend since January", Trend("unsubscribe_rate", window=("2026-01-01", "2026-03-14"))),
        ("retained customers Trail Weekenders last 14 days", Refused()),
        ("revenue per email in february", Refused()),
        ("how many mails landed in spam", Refused()),
        ("deliverability last week", Refused()),
        ("What has worked for retention so far?", Told("win-back|9 %")),
        ("email clicks per segment, Feb", Told("Run Club members", "City Walkers", cites="lifecycle_report")),
        (
            "click rate Trail Weekenders december vs november",
            Figure("click_rate", WEEKENDERS, DECEMBER, against=NOVEMBER),
        ),
    ),
)

CRAFT = Voice(
    "a motion designer",
    JONAS,
    (
        (
            "how's my Sunrise tempo video doing on clicks this month",
            Figure(("clicks", "ctr"), {"ad_id": "ad7"}, THIS_MONTH),
        ),
        ("which format gets the best ctr", Told("text|product|carousel|video|image", cites="ad_report")),
        (
            "how much money goes into videos on Meta, last 7 days",
            Figure("spend", {"platform": "meta", "format": "video"}, LAST_7),
        ),
        ("do people skip the First hike video", Refused()),
        ("First hike ads: which one converts better, last 30 days?", Ranking("cvr", "ad", "highest", HIKE, LAST_30)),
        ("when was the last time we refreshed something", Refused()),
        ("who can veto my design", Refused()),
        ("tell me the ctr of rain cover test on monday and tuesday", Told("CTR", cites="ad_report")),
        (
            "is Day packs video any better than it was in January",
            Figure(("ctr", "cvr", "cpa", "spend", "conversions"), PACKS, against=JANUARY),
        ),
        ("what else is waiting besides my refresh", Refused()),
    ),
)
