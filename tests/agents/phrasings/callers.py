"""A fifth round: five people, ten questions each, written down before anybody looked at what becomes of them."""

# one question a line reads best

from tests.agents.phrasings.company import INES, LEA, NILS, PRIYA, SAM
from tests.agents.phrasings.expected import (
    BASKET,
    EMAIL,
    GOOGLE,
    META,
    PUSH,
    TIKTOK,
    TRAIL,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    FEBRUARY,
    FRIDAY,
    JANUARY,
    LAST_14,
    LAST_30,
    LAST_WEEK,
    THIS_MONTH,
    WEEK_BEFORE,
    YESTERDAY,
)

INVESTOR = Voice(
    "an investor's analyst",
    INES,
    (
        (
            "What was the customer acquisition cost in January and in February?",
            Figure("cpa", window=JANUARY, against=FEBRUARY),
        ),
        (
            "Which channel did you spend the least on in February?",
            Ranking("spend", "platform", "lowest", window=FEBRUARY),
        ),
        ("How dependent are we on Meta for conversions?", Refused()),
        ("Give me the CPC for every platform last month", Sides("cpc", (META, GOOGLE, TIKTOK), FEBRUARY)),
        ("What is the payback period on ad spend?", Refused()),
        ("Has the ROAS of Google declined since January?", Figure("roas", GOOGLE, against=True)),
        ("Who are the decision makers?", Told("Ines", "Mara")),
        ("What has gone wrong this year?", Told("Ridge line|Tents")),
        ("How much of the budget is left for March?", Refused()),
        ("Are returns included in revenue?", Refused()),
    ),
)

WEARY = Voice(
    "a weary media assistant",
    SAM,
    (
        ("once again: clicks, meta, last 30 days", Figure("clicks", META, LAST_30)),
        ("ctr for the alpine morning vid last week pls", Figure("ctr", {"ad_id": "ad1"}, LAST_WEEK)),
        ("any decisions made yesterday", Told("No|no|none")),
        ("spend trail shoes + basket retargeting this month", Sides("spend", (TRAIL, BASKET), THIS_MONTH)),
        ("who rejected what and why", Told("Mara", "plan for Germany")),
        ("cpa yesterday vs same day last week", Figure("cpa", window=YESTERDAY, against=True)),
        ("which campaigns got no conversions last week", Refused()),
        ("what's the id of the tents campaign", Refused()),
        ("google cpm up or down lately", Figure("cpm", GOOGLE, against=True)),
        ("did you pause anything", Refused()),
    ),
)

ORGANIC = Voice(
    "a content strategist",
    LEA,
    (
        ("which search term gets the most impressions", Ranking("search_impressions", "query", "highest")),
        ("position of trail running shoes wide over the last 90 days", Told("6.2", cites="search_report")),
        (
            "How much traffic did the site get last week compared with the week before?",
            Figure("sessions", window=LAST_WEEK, against=WEEK_BEFORE),
        ),
        ("do blog posts convert?", Refused()),
        ("What can you tell me about the First hike signal?", Told("reached its audience|saturation|44 %")),
        ("When did that Brand search thing in January end?", Told("28 January")),
        ("Which signals have we had on Google?", Told("Tents", "Brand")),
        ("how sure was the bot about the DACH budget cap", Told("78")),
        ("What share of sessions comes from mobile?", Refused()),
        ("Is there a rule against changing goals?", Told("goal")),
    ),
)

MAILER = Voice(
    "a mail designer",
    PRIYA,
    (
        ("what percentage opened our newsletter in january", Figure("open_rate", EMAIL, JANUARY)),
        (
            "lowest click rate by segment, email, last 14 days",
            Ranking("click_rate", "segment", "lowest", EMAIL, LAST_14),
        ),
        ("how many unsubscribes did the push of friday cause", Figure("unsubscribes", PUSH, FRIDAY)),
        ("send time with the best open rate", Refused()),
        ("did the complaints go up in march", Figure("complaints", window=THIS_MONTH, against=True)),
        ("who has to approve a new mail flow", Told("Priya|CRM lead")),
        ("delivered mails per segment last week", Told("8", cites="lifecycle_report")),
        ("are Run Club members less loyal than City Walkers?", Refused()),
        ("what happens with my retention flow if I don't answer", Told("expire|72|never")),
        ("forecast for the retention flow please", Told("12 %")),
    ),
)

LATE = Voice(
    "a buyer at midnight",
    NILS,
    (
        ("TikTok CTR trend last 60 days", Trend("ctr", TIKTOK)),
        ("why was the bid target not changed on Brand search", Told("expired|in time")),
        ("Day packs budget now vs proposed", Told("520")),
        ("what's eating money on TikTok", Refused()),
        ("conversions per pound on First hike last week", Refused()),
        (
            "Show me ads with CTR under 1.2% on TikTok, last 7 days",
            Told("Blister story|Rain cover test", cites="ad_report"),
        ),
        ("Ridge line CTR before and after 23 February", Refused()),
        ("what would Day packs gain from 520 a day?", Told("4 %")),
        ("my approvals so far", Told("Day packs|First hike")),
        ("am I the only one who has to approve Day packs?", Told("Ines")),
    ),
)
