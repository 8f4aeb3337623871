"""Somebody from an agency, polite and wordy, with synonyms nobody here uses; and questions with traps in them."""

from tests.agents.phrasings.company import SAM
from tests.agents.phrasings.expected import (
    BASKET,
    BRAND,
    DACH,
    GOOGLE,
    META,
    RUN_CLUB,
    TENTS,
    TIKTOK,
    TRAIL,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Voice,
)
from tests.agents.phrasings.windows import (
    CHRISTMAS,
    FEBRUARY,
    FRIDAY,
    JANUARY,
    LAST_7,
    LAST_30,
    LAST_FOUR_WEEKS,
    LAST_WEEK,
    THIS_MONTH,
    THIS_QUARTER,
    WEEK_BEFORE,
    YESTERDAY,
)

AGENCY = Voice(
    "agency",
    SAM,
    (
        (
            "Hi Baton, could you please tell me what the media investment on Google was in the previous week?",
            Figure("spend", GOOGLE, LAST_WEEK),
        ),
        (
            "I'd love to know the click rate we achieved on Meta's Basket retargeting during February, thanks!",
            Figure("ctr", BASKET, FEBRUARY),
        ),
        ("Return on ad spend for Brand search, year to date?", Figure("roas", BRAND, THIS_QUARTER)),
        ("What was the cost per thousand impressions for Tents shopping last month", Figure("cpm", TENTS, FEBRUARY)),
        (
            "Who is our best performer in terms of conversions, campaign wise, over the past 30 days?",
            Ranking("conversions", "campaign", "highest", window=LAST_30),
        ),
        ("Could you give me an overview of yesterday?", Figure(("spend", "conversions", "clicks"), window=YESTERDAY)),
        ("How many purchases came from the TikTok ads on Friday?", Figure("conversions", TIKTOK, FRIDAY)),
        (
            "Performance of DACH prospecting relative to the week before, in CPA terms, for last week",
            Figure("cpa", DACH, LAST_WEEK, against=WEEK_BEFORE),
        ),
        ("What did the customer acquisition cost look like on Meta in Jan?", Figure("cpa", META, JANUARY)),
        (
            "ad views on TikTok in the last week of February",
            Figure("impressions", TIKTOK, "2026-02-22/2026-02-28", also="2026-02-23/2026-03-01"),
        ),
        ("budget used on meta so far this month", Figure("spend", META, THIS_MONTH)),
        ("Which platform do we spend least on?", Ranking("spend", "platform", "lowest")),
        (
            "Is CTR or CVR the reason for the CPA on Brand search this week?",
            Told(any_of=("CVR", "conversion rate"), cites="ad_report|signal"),
        ),
        (
            "what changed since yesterday",
            Told(any_of=("Day packs", "Nothing", "nothing", "No signals", "spend", "Spend")),
        ),
        ("What did conversions on LinkedIn do?", Refused("LinkedIn")),
        ("CTR of the campaign Alpine Dreams last week", Refused("Alpine Dreams")),
        ("How did we do over Christmas in terms of conversions?", Figure("conversions", window=CHRISTMAS)),
        (
            "Clicks for Trail shoes prospecting & Run Club spring last week",
            Sides("clicks", (TRAIL, RUN_CLUB), LAST_WEEK),
        ),
        (
            "What is the CTR excluding Brand search last week?",
            Told(any_of=("exclud", "without", "except", "leave out"), cites=None),
        ),
        ("conversions last week on weekdays only", Refused()),
        (
            "the last four weeks of clicks on google please",
            Figure("clicks", GOOGLE, window=LAST_FOUR_WEEKS, also="2026-02-15/2026-03-14"),
        ),
        ("what's the CPA on Meta for last week?", Figure("cpa", META, LAST_WEEK)),
        ("How effective is Meta?", Figure(("cpa", "roas", "ctr", "conversions"), META)),
        ("What would CPA be if we doubled the budget on Tents shopping?", Refused()),
        ("who do I ask about email?", Told("Priya|crm lead")),
        ("spend today", Refused("today|14 March|complete")),
        ("spend in the last 7 days on Meta, Google and TikTok", Sides("spend", (META, GOOGLE, TIKTOK), LAST_7)),
        ("same period last year: conversions last week", Refused("2025|last year|starts|begin|1 November")),
        ("everything ok?", Told("Ridge line", any_of=("4", "four"))),
    ),
)
