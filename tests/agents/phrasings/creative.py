"""Jonas, who leads creative: ads, formats, wear-out, what was tried."""

from tests.agents.phrasings.company import JONAS
from tests.agents.phrasings.expected import (
    META,
    RIDGE,
    TEMPO,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
    Voice,
)
from tests.agents.phrasings.windows import (
    LAST_14,
    LAST_30,
    LAST_WEEK,
    THIS_MONTH,
    THIS_WEEK,
)

CREATIVE = Voice(
    "creative lead",
    JONAS,
    (
        ("Which of our ads is wearing out?", Told("Ridge line", cites="signal")),
        ("What did we learn about UGC video on Meta last winter?", Told("UGC video", "31 %")),
        ("Best performing ad by click-through rate this month?", Ranking("ctr", "ad", "highest", window=THIS_MONTH)),
        ("Which ads on Meta get the fewest clicks?", Ranking("clicks", "ad", "lowest", META)),
        (
            "Sunrise tempo video: how's the CTR this week compared with last?",
            Figure("ctr", TEMPO, THIS_WEEK, against=LAST_WEEK),
        ),
        (
            "Do videos beat carousels on Meta?",
            Sides(
                ("ctr", "cvr", "cpa"),
                ({"platform": "meta", "format": "video"}, {"platform": "meta", "format": "carousel"}),
            ),
        ),
        ("What am I supposed to decide?", Told("Refresh creative", never=("Shift budget", "Day packs"))),
        ("What evidence do you have that the Ridge line video is tired?", Told("412 clicks")),
        ("Could it be the auction rather than the creative for Ridge line?", Told("CPM moved only +2 %")),
        ("How much money are we losing on the Ridge line video?", Told("118")),
        ("What would a new Ridge line video bring?", Told("25 %|+25")),
        ("Have we tried free returns before?", Told("Free returns")),
        ("Did the new promise for Brand search work?", Told("4 %|no clear effect")),
        ("CTR of Left in your basket last week", Figure("ctr", {"ad_id": "ad5"}, LAST_WEEK)),
        ("How many impressions has Ridge line video had in the last 30 days?", Figure("impressions", RIDGE, LAST_30)),
        (
            "Show me the CTR of all ads in DACH prospecting last week",
            Sides("ctr", ({"ad_id": "ad1"}, {"ad_id": "ad2"}), LAST_WEEK),
        ),
        ("What lessons do we have on creative?", Told("UGC video")),
        ("Who decides on new creatives?", Told("Jonas|creative lead")),
        ("Write me three new headlines for the Ridge line video", Refused()),
        ("What are people saying about our ads on Reddit?", Refused()),
        (
            "How did the CTR of video ads move since February began?",
            Trend("ctr", {"format": "video"}, ("2026-02-01", "2026-03-14")),
        ),
        ("Which Meta ad converts worst?", Ranking("cvr", "ad", "lowest", META)),
        (
            "why do you think it is creative fatigue on trail shoes?",
            Told("seen it too often|412 clicks|CTR", cites="signal"),
        ),
        ("What's the hook rate of our videos?", Refused("hook")),
        (
            "Is Free returns image any good? CTR and CPA last 14 days please",
            Figure(("ctr", "cpa"), {"ad_id": "ad6"}, LAST_14, every=True),
        ),
        ("thumb-stop ratio on TikTok", Refused()),
        ("UGC learnings?", Told("UGC video")),
    ),
)
