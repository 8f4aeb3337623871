"""Five people nobody had heard ask before: in a hurry, at length, exact, from above, from the mail desk."""

# one question a line reads best
# ruff: noqa: E501

from tests.agents.phrasings.company import INES, LEA, PRIYA, SAM
from tests.agents.phrasings.expected import (
    BRAND,
    EMAIL,
    GOOGLE,
    MEMBERS,
    META,
    PUSH,
    RIDGE,
    RUN_CLUB,
    TENTS,
    TIKTOK,
    WALKERS,
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
    BLACK_FRIDAY,
    CHRISTMAS,
    DAY_BEFORE,
    DECEMBER,
    FEBRUARY,
    JANUARY,
    LAST_7,
    LAST_14,
    LAST_30,
    LAST_WEEK,
    MONDAY,
    THIS_MONTH,
    THIS_WEEK,
    WEEK_BEFORE,
    YESTERDAY,
)

HURRIED = Voice(
    "on the train",
    SAM,
    (
        ("spend so far this wk", Figure("spend", window=THIS_WEEK)),
        ("gimme tiktok clicks ystrday", Figure("clicks", TIKTOK, YESTERDAY)),
        ("cpa meta fri", Figure("cpa", META, DAY_BEFORE)),
        ("run club ctr?? last week", Figure("ctr", RUN_CLUB, LAST_WEEK)),
        ("hows ridge line doin", Figure(("ctr", "spend", "clicks"), RIDGE)),
        ("top 5 ads by clicks this month", Ranking("clicks", "ad", "highest", window=THIS_MONTH, count=5)),
        ("who do i ask abt the tiktok budget", Told("Nils|media lead")),
        ("anyting on fire?", Told("Ridge line", "Day packs")),
        ("mobile ctr meta last week", Refused()),
        ("pintrest spend feb", Refused("pint")),
        ("brand search convs mon", Figure("conversions", BRAND, MONDAY)),
        ("did the tents page get fixed", Told("Tom|Fix landing page|62|closed|handed")),
        ("cheapst campaign per clik last wk", Ranking("cpc", "campaign", "lowest", window=LAST_WEEK)),
        ("wht r we waiting on from priya", Told("retention flow|Run Club")),
        (
            "spend last week without brand search",
            Figure("spend", {"campaign_id": ("c1", "c2", "c3", "c4", "c6", "c7", "c8")}, LAST_WEEK),
        ),
    ),
)

POLITE = Voice(
    "a polite partner",
    SAM,
    (
        (
            "Good morning! Would you be so kind as to let me know what the click-through rate on Google came to over the last seven days?",
            Figure("ctr", GOOGLE, LAST_7),
        ),
        (
            "I was wondering whether you could tell me how much money went into the Tents shopping campaign during February.",
            Figure("spend", TENTS, FEBRUARY),
        ),
        (
            "For our monthly report we would need the total number of impressions served on TikTok in January, thank you very much.",
            Figure("impressions", TIKTOK, JANUARY),
        ),
        (
            "Before our call this afternoon, may I ask which of the campaigns delivered the highest return on ad spend last month?",
            Ranking("roas", "campaign", "highest", window=FEBRUARY),
        ),
        (
            "Could you possibly walk me through why the Ridge line video has been flagged?",
            Told("seen it too often|fatigue|wearing out"),
        ),
        (
            "My client would like to understand who is entitled to sign off a budget increase of 15 percent.",
            Told("Mara|media lead"),
        ),
        (
            "Sorry to bother you again, but do you happen to know how the conversion rate on Meta compares to the one on TikTok for last week?",
            Sides("cvr", (META, TIKTOK), LAST_WEEK),
        ),
        (
            "Would it be possible to see how many conversions came from Austria in February?",
            Refused(),
        ),
        (
            "If it isn't too much trouble, I'd like to know what share of people who received our emails last week clicked on something.",
            Figure("click_rate", EMAIL, LAST_WEEK),
        ),
        (
            "Kindly advise whether any decision is still outstanding on the client's side at the moment.",
            Told("Refresh creative", "Day packs"),
        ),
        (
            "Please could you tell me what we paid on average for a thousand impressions on Meta in December?",
            Figure("cpm", META, DECEMBER),
        ),
        (
            "May I ask what the outcome of the audience rotation for First hike video was?",
            Told("20 March|not measured|not yet|measured"),
        ),
        (
            "We were asked to benchmark your CTR against the industry average. What would that be?",
            Refused(),
        ),
        (
            "Just to double-check: the spend on Meta from the 1st to the 10th of March amounted to how much?",
            Figure("spend", META, "2026-03-01/2026-03-10"),
        ),
        (
            "Thanks so much for yesterday's help. Which ad on Google attracted the most clicks during last week?",
            Ranking("clicks", "ad", "highest", GOOGLE, LAST_WEEK),
        ),
    ),
)

EXACT = Voice(
    "a data analyst",
    LEA,
    (
        ("Weighted CPC, platform = google, 2026-01-01..2026-01-31", Figure("cpc", GOOGLE, JANUARY)),
        ("Median CPA per day on Meta, last 30 days", Refused()),
        ("Conversions by platform, Feb 2026", Sides("conversions", (META, GOOGLE, TIKTOK), FEBRUARY)),
        ("Standard deviation of daily spend in February", Refused()),
        ("Campaigns with a CPA above 30 last week", Told("Tents shopping", never=("Brand search",), cites="ad_report")),
        (
            "Clicks and impressions for Brand search, W10",
            Figure(("clicks", "impressions"), BRAND, LAST_WEEK, every=True),
        ),
        ("MTD revenue", Figure("revenue", window=THIS_MONTH)),
        ("ROAS YTD on Meta", Figure("roas", META, "2026-01-01/2026-03-14")),
        ("CVR Tents shopping pre vs post 24 Feb", Refused()),
        ("Click volume on weekdays only, last month", Refused()),
        ("AOV in December 2025", Figure("aov", window=DECEMBER)),
        ("CTR for video ads on TikTok in February", Figure("ctr", {"platform": "tiktok", "format": "video"}, FEBRUARY)),
        ("What is the confidence interval of the Tents shopping outcome?", Told("41", "86")),
        ("How is CVR defined here?", Told("conversions", "clicks")),
        (
            "Week-over-week change in impressions on Meta, last week",
            Figure("impressions", META, LAST_WEEK, against=WEEK_BEFORE),
        ),
    ),
)

FROM_ABOVE = Voice(
    "a CMO between meetings",
    INES,
    (
        ("Give me the one number: what did a customer cost us last week?", Figure("cpa", window=LAST_WEEK)),
        ("Anything on my desk?", Told("Day packs", never=("Refresh creative",))),
        ("Is Mara overspending?", Refused()),
        ("Where would an extra 10k do most good?", Refused()),
        ("How much have we put into TikTok since January 1?", Figure("spend", TIKTOK, "2026-01-01/2026-03-14")),
        ("Was February better than January on ROAS?", Figure("roas", window=FEBRUARY, against=JANUARY)),
        ("Who has been sitting on a decision longest?", Told("retention flow|Run Club|Priya")),
        ("Biggest risk right now?", Told("Ridge line")),
        ("What happened on Black Friday in terms of revenue?", Figure(("revenue", "value"), window=BLACK_FRIDAY)),
        ("Did Nils do what you proposed?", Told("Run Club members|changed|instead|otherwise")),
        ("How many proposals have I rejected so far?", Told("no |none|nothing|0")),
        ("What share of spend goes to Meta this month?", Told("%", "Meta", cites="ad_report")),
        ("Can Mara move 25% of a budget on her own?", Told("Ines|CMO|cmo")),
        ("What's the headcount in the media team?", Refused()),
        ("Are conversions trending up since the new year?", Trend("conversions", window=("2026-01-01", "2026-03-14"))),
    ),
)

MAIL_DESK = Voice(
    "a retention manager",
    PRIYA,
    (
        ("Opens on email for City Walkers last week, as a rate", Figure("open_rate", WALKERS | EMAIL, LAST_WEEK)),
        ("How many pushes went out in January?", Figure("delivered", PUSH, JANUARY)),
        ("Who opted out yesterday? just the number", Figure("unsubscribes", window=YESTERDAY)),
        ("spam complaints in february, email", Figure("complaints", EMAIL, FEBRUARY)),
        ("Which audience has the best retention?", Ranking("retention", "segment", "highest")),
        ("Is the win-back for Trail Weekenders something we've tried?", Told("win-back|9 %")),
        (
            "Click rate of Run Club members vs City Walkers last 14 days",
            Sides("click_rate", (MEMBERS, WALKERS), LAST_14),
        ),
        ("Bounce rate last week", Refused("bounce")),
        ("How did SMS do last month?", Refused("sms")),
        ("revenue from push in feb", Figure("mail_revenue", PUSH, FEBRUARY)),
        (
            "did retention for Run Club members get worse since start of March?",
            Told("30 %", "35 %", cites="cohort_report"),
        ),
        ("When do I have to decide about the retention flow?", Told("16 March")),
        ("open rate by segment last 30 days", Sides("open_rate", (MEMBERS, WEEKENDERS, WALKERS), LAST_30)),
        ("Which subject line worked best?", Refused()),
        ("unsub rate on push over Christmas", Figure("unsubscribe_rate", PUSH, CHRISTMAS)),
    ),
)
