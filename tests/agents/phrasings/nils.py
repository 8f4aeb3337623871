"""Nils, media lead for TikTok in the UK: his campaigns, pounds, decisions and their history."""

from tests.agents.phrasings.company import NILS
from tests.agents.phrasings.expected import (
    HIKE,
    PACKS,
    TIKTOK,
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
    JANUARY,
    LAST_10,
    LAST_30,
    LAST_WEEK,
    THIS_MONTH,
    THIS_WEEK,
    YESTERDAY,
)

UK_BUYER = Voice(
    "UK media lead",
    NILS,
    (
        ("how are my campaigns doing this week", Figure(("spend", "conversions", "cpa"), TIKTOK, THIS_WEEK)),
        (
            "which of my campaigns has the lower CPA this month?",
            Ranking("cpa", "campaign", "lowest", TIKTOK, THIS_MONTH),
        ),
        ("my spend yesterday", Figure("spend", TIKTOK, YESTERDAY)),
        ("anything waiting for me?", Told("nothing", never=("Shift budget waits for you",))),
        ("who still has to approve the Day packs budget?", Told("Ines|cmo")),
        ("who approved Day packs so far", Told("Nils|you")),
        (
            "what did I decide on First hike?",
            Told("Run Club members", any_of=("changes", "changed", "override", "Trail Weekenders")),
        ),
        ("when will we know whether rotating the audience on First hike worked?", Told("20 March|20 Mar")),
        ("how certain are you that Day packs is capped by budget?", Told("88")),
        ("have TikTok budget raises worked in the past?", Told("TikTok budgets")),
        ("First hike video conversions last week", Figure("conversions", HIKE, LAST_WEEK)),
        ("Day packs: CVR past ten days", Figure("cvr", PACKS, LAST_10)),
        ("tiktok cpm feb vs jan", Figure("cpm", TIKTOK, FEBRUARY, against=JANUARY)),
        ("has the conversion rate of day packs video improved over the last 30 days?", Trend("cvr", PACKS, LAST_30)),
        ("show me tiktok spend day by day last week", Figure("spend", TIKTOK, LAST_WEEK)),
        ("First hike or Day packs, which one got more clicks last week?", Sides("clicks", (HIKE, PACKS), LAST_WEEK)),
        ("what's the forecast for the Day packs budget?", Told("4 %", any_of=("-5", "−5", "14"))),
        ("may I raise Day packs by 37 %?", Told("Ines|cmo")),
        ("what's still open on TikTok?", Told("Day packs", never=("Ridge line", "DACH"))),
        ("what was closed on tiktok recently?", Told("First hike")),
        (
            "conversion rate on tiktok the last two weeks compared to the two before",
            Figure("cvr", TIKTOK, against=True),
        ),
        ("how much in euros did we spend on TikTok last week?", Told(any_of=("GBP", "£", "pound"), cites="ad_report")),
        ("what is our TikTok follower count", Refused()),
        ("what will day packs spend next week?", Refused()),
        ("why did first hike get a different audience than proposed", Told("other test until April")),
        ("tiktok value per conversion last month", Told("6", cites="ad_report")),
        ("how many ads are running on tiktok?", Told("3", never=("14 ads",))),
    ),
)
