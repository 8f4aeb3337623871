"""Questions in one thread: each leaves out what was said before it."""

from tests.agents.phrasings.company import INES, JONAS, MARA, NILS, PRIYA, SAM
from tests.agents.phrasings.expected import (
    BASKET,
    DACH,
    EMAIL,
    GOOGLE,
    META,
    PUSH,
    RUN_CLUB,
    TENTS,
    TIKTOK,
    Expected,
    Figure,
    Ranking,
    Refused,
    Sides,
    Told,
    Trend,
)
from tests.agents.phrasings.windows import (
    FEBRUARY,
    JANUARY,
    LAST_7,
    LAST_WEEK,
    THIS_MONTH,
    THIS_WEEK,
    WEEK_BEFORE,
    YESTERDAY,
)

THREADS: tuple[tuple[str, tuple[tuple[str, Expected], ...]], ...] = (
    (
        MARA,
        (
            ("What was the CTR on Meta last week?", Figure("ctr", META, LAST_WEEK)),
            ("and on Google?", Figure("ctr", GOOGLE, LAST_WEEK)),
            ("and this week?", Figure("ctr", GOOGLE, THIS_WEEK)),
            ("what about CPA?", Figure("cpa", GOOGLE, THIS_WEEK)),
            ("vs last week", Figure("cpa", GOOGLE, THIS_WEEK, against=LAST_WEEK)),
        ),
    ),
    (
        INES,
        (
            ("How much did we spend on TikTok in February?", Figure("spend", TIKTOK, FEBRUARY)),
            ("and in January?", Figure("spend", TIKTOK, JANUARY)),
            ("Google?", Figure("spend", GOOGLE, JANUARY)),
            ("and overall, how much did we spend last week?", Figure("spend", {}, LAST_WEEK)),
        ),
    ),
    (
        INES,
        (
            ("Why was the DACH budget not raised?", Told("Mara", "plan for Germany")),
            ("when was that?", Told("6 March")),
            ("how sure were you about it?", Told("78")),
            ("and how much did DACH prospecting spend last week?", Figure("spend", DACH, LAST_WEEK)),
        ),
    ),
    (
        INES,
        (
            ("Did the landing page fix work?", Told("62")),
            ("who approved it?", Told("Tom")),
            ("when did it start?", Told("16 February")),
            ("why?", Told("landing page")),
        ),
    ),
    (
        JONAS,
        (
            ("Which ad is wearing out?", Told("Ridge line")),
            ("why?", Told("seen it too often|412 clicks")),
            ("how sure are you?", Told("86")),
            ("what did you rule out?", Told("CPM moved only")),
            ("what do you expect if it is refreshed?", Told("25")),
            ("what is the forecast?", Told("25")),
            ("who decides that?", Told("Jonas")),
        ),
    ),
    (
        PRIYA,
        (
            ("email click rate last week", Figure("click_rate", EMAIL, LAST_WEEK)),
            ("and push?", Figure("click_rate", PUSH, LAST_WEEK)),
            ("and the week before", Figure("click_rate", PUSH, WEEK_BEFORE)),
        ),
    ),
    (
        SAM,
        (
            ("wich campaign has the highest cpa last week", Ranking("cpa", "campaign", "highest", window=LAST_WEEK)),
            ("and the lowest?", Ranking("cpa", "campaign", "lowest", window=LAST_WEEK)),
            ("by platform?", Sides("cpa", (META, GOOGLE, TIKTOK), LAST_WEEK)),
        ),
    ),
    (
        NILS,
        (
            ("who still has to approve the Day packs budget?", Told("Ines")),
            ("and who has approved it?", Told("Nils")),
            ("until when?", Told("18 March")),
            ("what is the forecast?", Told("4 %")),
        ),
    ),
    (
        MARA,
        (
            ("conversions of Tents shopping yesterday", Figure("conversions", TENTS, YESTERDAY)),
            ("and Basket retargeting?", Figure("conversions", BASKET, YESTERDAY)),
            ("compared to last week?", Figure("conversions", BASKET, YESTERDAY, against=LAST_WEEK)),
            ("What is pending for me?", Told("Shift budget", never=("Refresh creative",))),
        ),
    ),
    (
        MARA,
        (
            ("CPM trend on Google since January", Trend("cpm", GOOGLE, ("2026-01-01", "2026-03-14"))),
            ("and on Meta?", Trend("cpm", META, ("2026-01-01", "2026-03-14"))),
            ("only Run Club spring", Trend("cpm", RUN_CLUB, ("2026-01-01", "2026-03-14"))),
        ),
    ),
    (
        INES,
        (
            ("What is our CPA on Meta this month?", Figure("cpa", META, THIS_MONTH)),
            ("approve the budget", Refused()),
            ("and in Hamburg?", Refused("hamburg")),
            ("and on Google?", Figure("cpa", GOOGLE, THIS_MONTH)),
        ),
    ),
    (
        SAM,
        (
            ("clicks on Meta", Figure("clicks", META, LAST_7)),
            ("what did we learn about it?", Told("UGC video")),
            ("anything open there?", Told("Ridge line", never=("Day packs",))),
        ),
    ),
)
"""Who asks, and what they ask one after the other."""
